// Recovery: codes are made and printed once, an account comes back by one of them, and a recovery that
// waits can be stopped on any signed-in device. Then operators who recover an account, and their page.
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
    bulla, check, choose, data, in_json, issuer, look, next_password, open_context, open_device, password,
    pictures, press, press_button, register_plainly, says, server, sign_in, tab_to, text, type_in, with_lie,
} from './web_world.mjs';

const form = /^([0-9A-HJKMNP-TV-Z]{3}-){8}[0-9A-HJKMNP-TV-Z]{2}[0-9A-HJKMNP-TV-Z*~$=U]$/;

async function make_codes(page, username) {
    await press_button(page, 'Make recovery codes');
    await page.waitForSelector('dialog[open]');
    await tab_to(page, 'dialog input[name=password]');
    await page.keyboard.type(password);
    await page.keyboard.press('Enter');
    await page.waitForSelector('.codes');
    const codes = await page.locator('.codes code').allTextContents();
    check(codes.length === 10 && codes.every((code) => form.test(code)), `ten codes: ${codes[0]}`);
    check(new Set(codes).size === 10, 'each is another');
    await says(page, `Recovery codes of ${username}`);
    return codes;
}

async function print_codes(page) {
    await look(page, 'codes');
    await page.emulateMedia({ media: 'print' });
    const seen = await page.evaluate(() => ['.codes', 'h1', 'dialog button'].map((selector) =>
        getComputedStyle(document.querySelector(selector)).visibility));
    check(seen.join() === 'visible,hidden,hidden', `on paper: ${seen}`);
    await page.screenshot({ path: join(pictures, 'codes-print.png') });
    await page.emulateMedia({ media: 'screen' });
    await press_button(page, 'I have kept them');
    await says(page, '10 left');
    await page.reload();
    await page.waitForSelector('.history');
    check((await page.locator('.codes').count()) === 0, 'codes are shown once');
    await says(page, '13 of 13 checked'); // a helper's key, ten codes, and the helper's end
}

async function open_form(page, username, code) {
    await page.goto(`${issuer}/recover`);
    await tab_to(page, 'input[name=username]');
    await page.keyboard.type(username);
    await tab_to(page, 'input[name=code]');
    await page.keyboard.type(code);
}

async function recover_by_password(page, code) {
    const wrong = code.slice(0, -1) + (code.endsWith('0') ? '1' : '0');
    await open_form(page, 'rosa', wrong);
    await tab_to(page, 'input[name=new-password]');
    await page.keyboard.type(next_password);
    await page.keyboard.press('Enter');
    await says(page, 'This is no recovery code');
    await look(page, 'recover');
    await type_in(page, 'input[name=code]', code.toLowerCase().replaceAll('-', ' '));
    await tab_to(page, 'input[name=new-password]');
    await page.keyboard.press('Enter');
    await page.waitForURL('**/?came=recovered');
    await says(page, 'Your account is yours again');
    await sign_in(page, 'rosa', next_password);
    await says(page, 'Recovery finished');
    await says(page, 'Recovery begun, for: Password');
    await says(page, '15 of 15 checked');
    await says(page, 'none');
    await look(page, 'recovered');
}

// The codes went with the recovery, so an old one opens nothing.
async function refuse_used_code(page, code) {
    await open_form(page, 'rosa', code);
    await type_in(page, 'input[name=new-password]', password);
    await page.keyboard.press('Enter');
    await says(page, 'Username or code is wrong, or the code was used');
}

async function recover_by_passkey() {
    const device = await open_device();
    await sign_in(device.page, 'bettina');
    const codes = await make_codes(device.page, 'bettina');
    await open_form(device.page, 'bettina', codes[3]);
    await choose(device.page, 'Passkey');
    await press(device.page, 'button[type=submit]');
    await device.page.waitForURL('**/account', { timeout: 60_000 }); // and the browser offers the new passkey
    await says(device.page, 'Recovery finished');
    await says(device.page, '15 of 15 checked');
    await device.context.close();
}

// A server that shows another account's label for the name gets no signature.
async function refuse_other_label(page, code) {
    const label = Buffer.alloc(32, 7).toString('base64url');
    const lie = (path, body) => (/\/proof$/.test(path) ? in_json(path, () => ({ label }))(path, body) : body);
    await with_lie(lie, async () => {
        await open_form(page, 'rosa', code);
        await type_in(page, 'input[name=new-password]', next_password);
        await page.keyboard.press('Enter');
        await page.waitForSelector('.alarm [role=alert]');
        await says(page, 'cannot show that your name belongs to this account');
    });
}

export async function recovery() {
    await register_plainly('rosa');
    await register_plainly('bettina');
    const context = await open_context({ bypassCSP: true });
    const page = await context.newPage();
    await sign_in(page, 'rosa');
    const codes = await make_codes(page, 'rosa');
    await print_codes(page);
    await refuse_other_label(page, codes[2]);
    await recover_by_password(page, codes[0]);
    await refuse_used_code(page, codes[1]);
    await context.close();
    await recover_by_passkey();
}

// At a server that lets a recovery wait.
export async function waiting_recovery() {
    await register_plainly('sven');
    const context = await open_context({ bypassCSP: true });
    const page = await context.newPage();
    await sign_in(page, 'sven');
    const codes = await make_codes(page, 'sven');
    const thief = await (await open_context({ bypassCSP: true })).newPage();
    await open_form(thief, 'sven', codes[0]);
    await type_in(thief, 'input[name=new-password]', next_password);
    await thief.keyboard.press('Enter');
    await says(thief, 'The recovery of sven has begun');
    await look(thief, 'recover-waiting');
    await press_button(thief, 'Finish');
    await thief.waitForSelector('.note.bad');

    // The owner sees it without asking, and stops it.
    await press_button(page, 'I have kept them');
    await says(page, 'Somebody is recovering this account');
    await look(page, 'pending');
    await press_button(page, 'Stop the recovery');
    await tab_to(page, 'dialog input[name=password]');
    await page.keyboard.type(password);
    await page.keyboard.press('Enter');
    await says(page, 'The recovery was stopped.');
    await says(page, 'Recovery cancelled');
    check(!(await text(page)).includes('Somebody is recovering'), 'nothing is pending');
    await thief.context().close();
    await context.close();
}

// ---- by operators

async function read_out(page) {
    await page.waitForSelector('.read-out');
    return (await page.textContent('.read-out')).trim();
}

async function ask_operators(page, username) {
    await page.goto(`${issuer}/recover`);
    await press_button(page, 'No code? Ask the operators');
    await tab_to(page, 'input[name=username]');
    await page.keyboard.type(username);
    await look(page, 'request');
    await page.keyboard.press('Enter');
    await says(page, 'waits for an operator');
    return read_out(page);
}

async function allow_operators(username) {
    const context = await open_context({ bypassCSP: true });
    const page = await context.newPage();
    await sign_in(page, username);
    await press_button(page, 'Allow');
    await tab_to(page, 'dialog input[name=password]');
    await page.keyboard.type(password);
    await page.keyboard.press('Enter');
    await says(page, 'Operators may help from now on');
    return page;
}

async function open_admin() {
    const device = await open_device();
    await device.page.goto(`${issuer}/admin`);
    await device.page.waitForSelector('summary');
    await press(device.page, 'summary');
    await press(device.page, 'details .second');
    await device.page.waitForSelector('.command code');
    run(...(await device.page.textContent('.command code')).split(' ').slice(1));
    await press_button(device.page, 'Sign in with a passkey');
    await says(device.page, 'Requests to recover an account');
    return device;
}

// What an operator types as read: another one proposes nothing.
async function propose(admin, number, fingerprint) {
    const field = `input[name="read-${number}"]`;
    await admin.waitForSelector(field);
    await type_in(admin, field, '0000-0000-0000-0000');
    await admin.keyboard.press('Enter');
    await says(admin, 'This is not the one');
    check(!(await text(admin)).includes('Proposed: Recover'), 'nothing is proposed for another fingerprint');
    await look(admin, 'admin-request');
    await type_in(admin, field, fingerprint.toLowerCase().replaceAll('-', ' '));
    await admin.keyboard.press('Enter');
    await says(admin, 'Proposed: Recover an account');
}

// At a server whose clock is moved on by as many seconds as a file says.
export async function recovery_by_operators() {
    await register_plainly('dora');
    await register_plainly('emil');
    const owner = await allow_operators('dora');
    const lost = await (await open_context({ bypassCSP: true })).newPage();
    const number = await ask_operators(lost, 'dora');
    await says(owner, `Request ${number}`); // on the owner's device, by itself
    await look(owner, 'help');
    const stranger = await (await open_context({ bypassCSP: true })).newPage();
    await ask_operators(stranger, 'emil'); // has not allowed it, and is told the same
    const { page: admin, context } = await open_admin();
    await admin.reload();
    await press_button(admin, 'Sign in with a passkey');
    await says(admin, `${number} for dora`);
    check(!(await text(admin)).includes('emil'), 'a request that was not allowed is none');

    await press_button(admin, `Accept ${number}`);
    await says(lost, 'An operator has accepted your request'); // by itself
    await look(lost, 'request-accepted');
    await type_in(lost, 'input[name=new-password]', next_password);
    await lost.keyboard.press('Enter');
    await says(lost, 'is set aside');
    const fingerprint = await read_out(lost);
    await look(lost, 'request-made');
    await says(admin, `Fingerprint ${fingerprint}`);
    await propose(admin, number, fingerprint);

    await says(lost, 'The recovery of dora has begun'); // by itself
    await says(owner, 'The operators began it'); // on the owner's device, by itself
    await says(owner, 'Stop the recovery');
    await press_button(lost, 'Finish');
    await lost.waitForSelector('.note.bad');
    writeFileSync(process.env.CLOCK_OFFSET, String(73 * 3600));
    await press_button(lost, 'Finish');
    await lost.waitForURL('**/?came=recovered');
    await sign_in(lost, 'dora', next_password);
    await says(lost, 'Recovery finished');
    check(!(await text(lost)).includes('Since your last sign-in'), 'there was none in this browser');
    await sign_in(owner, 'dora', next_password);
    await says(owner, 'Since your last sign-in in this browser'); // D14
    await look(owner, 'news');
    for (const page of [owner, lost, stranger]) await page.context().close();
    await context.close();
}

// ---- operators

function run(...words) {
    return execFileSync(bulla, [...words, '--server', server, '--data', data], { encoding: 'utf8' });
}

export async function operators() {
    await register_plainly('alice', next_password);
    const device = await open_device();
    const { page } = device;
    await page.goto(`${issuer}/admin`);
    await press(page, 'summary');
    await press(page, 'details .second');
    await page.waitForSelector('.command code');
    await look(page, 'admin-door');
    await press_button(page, 'Sign in with a passkey');
    await says(page, 'No operator signs in with this passkey');
    run(...(await page.textContent('.command code')).split(' ').slice(1));
    await press_button(page, 'Sign in with a passkey');
    await says(page, 'What operators did');
    await says(page, 'Make somebody an operator');

    await type_in(page, 'input[name=account]', 'alice');
    await page.keyboard.press('Enter');
    await press_button(page, 'Propose to suspend it');
    await page.getByRole('button', { name: 'Make it so' }).waitFor();
    await says(page, 'wait of a recovery by operators3 days');
    check(!(await text(page)).includes('259200000'), 'delays are in words');
    await look(page, 'admin');
    await press_button(page, 'Make it so');
    await page.getByRole('button', { name: 'Make it so' }).waitFor({ state: 'detached' });
    const refused = await fetch(`${server}/login`, {
        method: 'POST', body: new URLSearchParams({ username: 'alice', password: next_password }) });
    check(refused.status === 401, 'a suspended account does not sign in');
    run('operator', 'restore', 'alice');
    await says(page, 'Let an account sign in again'); // by itself
    await device.context.close();
}
