// The pages of several nodes, each at its own address; and several nodes behind one address, where one is
// late.
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import {
    bulla, check, go_to_server, issuer, look, open_context, open_device, password, press, press_button, says,
    sign_in, tab_to, text,
} from './web_world.mjs';

const nodes = (process.env.BULLA_NODES ?? '').split(/\s+/).filter(Boolean);
const memory = process.env.BULLA_SEEN; // a file

async function join_at_one(page) {
    await page.goto(`${nodes[0]}/join`);
    await tab_to(page, 'input[name=username]');
    await page.keyboard.type('nora');
    await tab_to(page, 'input[name=new-password]');
    await page.keyboard.type(password);
    await page.waitForSelector('.score-4, .score-3');
    await page.keyboard.press('Enter');
    await page.waitForURL('**/?came=joined*', { timeout: 60_000 });
}

async function proved(page, count) {
    await says(page, `${count} of ${count} checked`);
    await page.waitForFunction(
        () => /Checked here: block \d+, signed by [34] of 4 organisations/.test(document.body.textContent));
    check((await page.locator('.badge.good').count()) === count, `${count} changes are proved`);
}

// A passkey that one node's page made opens at another's: all stand under one relying party.
async function one_passkey({ page }) {
    await press_button(page, 'Add a passkey');
    await tab_to(page, 'dialog input[name=password]');
    await page.keyboard.type(password);
    await page.keyboard.press('Enter');
    await says(page, 'Passkey was added.');
    await proved(page, 2);
    await page.goto(`${nodes[3]}/`);
    await press_button(page, 'Sign in with a passkey').catch(() => undefined); // or the browser offered it
    await page.waitForURL(`${nodes[3]}/account`);
    await proved(page, 2);
}

export async function network() {
    const device = await open_device();
    const { page } = device;
    await join_at_one(page);
    await sign_in(page, 'nora', password, nodes[1]);
    await proved(page, 1);
    await sign_in(page, 'nora', password, nodes[2]);
    await proved(page, 1);
    check(!(await text(page)).includes('behind'), 'no node is late');
    await one_passkey(device);
    await look(page, 'account-of-network');
    await device.context.close();
}

// ---- several nodes behind the address of the issuer

async function see_ledger_of(node, storage) {
    go_to_server(nodes[node - 1]);
    const context = await open_context({ bypassCSP: true, ...(storage && { storageState: storage }) });
    const page = await context.newPage();
    await page.goto(`${issuer}/explorer`);
    await page.waitForSelector('.entries li');
    return { context, page, size: Number(await page.textContent('.figures dd')) };
}

// Node 4 stands still while the others go on.
export async function late() {
    const first = await see_ledger_of(1);
    const storage = await first.context.storageState();
    await first.context.close();
    const { context, page, size } = await see_ledger_of(4, storage);
    check(size < first.size, 'node 4 has fewer entries');
    await says(page, `This node is ${first.size - size} entries behind`);
    check((await page.locator('.alarm').count()) === 0, 'which is no alarm');
    await look(page, 'late');
    writeFileSync(memory, JSON.stringify(await context.storageState()));
    await context.close();
}

export async function caught_up() {
    check(existsSync(memory), 'the browser remembers');
    const { context, page } = await see_ledger_of(4, JSON.parse(readFileSync(memory, 'utf8')));
    await says(page, 'Checked here: block');
    check(!(await text(page)).includes('entries behind'), 'node 4 has caught up');
    writeFileSync(memory, JSON.stringify(await context.storageState()));
    await context.close();
}

// ---- operators of several nodes

const run = (node, ...words) => execFileSync(bulla, [
    ...words, '--server', nodes[node - 1], '--data', `${process.env.BULLA_NETWORK}/node-${node}/data`,
], { encoding: 'utf8' });
const change_in = (printed) => /^([\w-]{43}) waits for/m.exec(printed)[1];

// A node may not have the block yet in which the change was proposed.
function approve(node, change, tries = 50) {
    try {
        run(node, 'operator', 'approve', change);
    } catch (fault) {
        if (tries === 0) throw fault;
        approve(node, change, tries - 1);
    }
}

// A second operator of node 1, whom the operators of nodes 1 to 3 let in, votes by passkey and by keyboard
// alone.
export async function operators_vote() {
    const { page, context } = await open_device();
    await page.goto(`${nodes[0]}/admin`);
    await page.waitForSelector('summary');
    await press(page, 'summary');
    await press(page, 'details .second');
    await page.waitForSelector('.command code');
    const granted = change_in(run(1, ...(await page.textContent('.command code')).split(' ').slice(1)));
    for (const node of [2, 3]) approve(node, granted);
    await page.goto(`${nodes[0]}/explorer`);
    await says(page, 'Change made'); // so that node 1 knows the new operator
    await page.goto(`${nodes[0]}/admin`);
    await press_button(page, 'Sign in with a passkey');
    await says(page, 'What operators did');

    change_in(run(2, 'operator', 'suspend', 'nora'));
    await says(page, '1 of 3'); // by itself
    await press_button(page, 'Agree');
    await says(page, '2 of 3');
    await press_button(page, 'Withdraw');
    await says(page, '1 of 3');
    await press_button(page, 'Agree');
    await says(page, '2 of 3');
    await look(page, 'admin-votes');
    await context.close();
}

// Node 4 is removed: a browser that knew four nodes and one that knew none both see that three are left.
export async function fewer_nodes() {
    for (const storage of [JSON.parse(readFileSync(memory, 'utf8')), undefined]) {
        const { context, page } = await see_ledger_of(1, storage);
        await page.waitForFunction(
            () => /Checked here: block \d+, signed by 3 of 3/.test(document.body.textContent));
        await context.close();
    }
}
