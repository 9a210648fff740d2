// Cosignatures of four nodes as the pages show them, and a node that lies about them: catalogue G29.
import {
    alarm, check, go_to_server, in_json, issuer, look, open_context, password, says, sign_in, text, with_lie,
} from './web_world.mjs';
import { cosign, make_node, verifier_key } from './web_units_log.mjs';

const is_node = (line) => line.startsWith('— node-');
const of_notes = (change) => (path, body) =>
    (path === '/log/checkpoint' ? Buffer.from(change(body.toString())) : body);
// made: lines in the place of the nodes'; theirs are given.
const with_lines = (made) => of_notes((note) => {
    const lines = note.split('\n').slice(0, -1), body = `${lines.slice(0, 3).join('\n')}\n`;
    const others = lines.filter((line) => !is_node(line));
    return [...others, ...made(lines.filter(is_node), body), ''].join('\n');
});
const both = (one, other) => (path, body, reply) => other(path, one(path, body, reply), reply);
const flip = (line) => line.slice(0, -20) + (line.at(-20) === 'A' ? 'B' : 'A') + line.slice(-19);

async function with_page(walk, storageState) {
    const context = await open_context({ bypassCSP: true, ...(storageState && { storageState }) });
    await walk(await context.newPage(), context);
    await context.close();
}
async function shows_no_proof(page) {
    check((await page.locator('.note.good, .badge.good').count()) === 0, 'nothing is called proved');
    check((await page.locator('.alarm').count()) === 0, 'which is no alarm');
}

// Each in a browser that sees the ledger for the first time.
async function too_few(by, lie, name) {
    await with_page((page) => with_lie(lie, async () => {
        await page.goto(`${issuer}/explorer?entry=1`);
        await says(page, `is signed by ${by} of 4 organisations so far. It counts when 3 have signed.`);
        await says(page, `is signed by ${by} of 4 organisations, and 3 have to sign before it counts`);
        await says(page, 'not enough organisations have signed yet');
        await shows_no_proof(page);
        if (name) await look(page, name);
    }));
}

// Published as soon as its block is made, cosigned a moment later.
async function soon_enough() {
    let asked = 0;
    const late = with_lines((lines) => (++asked < 3 ? [] : lines));
    await with_page((page) => with_lie(late, async () => {
        await page.goto(`${issuer}/explorer?entry=1`);
        await says(page, 'is signed by 0 of 4 organisations so far');
        await page.waitForFunction(
            () => /Checked here: block \d+, signed by [34] of 4/.test(document.body.textContent));
        await says(page, 'This is the root that the checkpoint signs');
    }));
}

// The account's lines are proved only under a checkpoint that counts; what did once goes on doing so.
async function lines_of_an_account() {
    await with_page(async (page, context) => {
        const none = with_lines(() => []);
        await with_lie(none, async () => {
            await sign_in(page, 'nora');
            await says(page, 'is signed by 0 of 4 organisations, and 3 have to sign');
            await says(page, 'Not signed by enough yet');
            await shows_no_proof(page);
            await look(page, 'account-not-final');
        });
        await page.reload();
        await says(page, 'Checked here: block');
        await with_lie(none, async () => {
            await page.reload();
            await says(page, 'is signed by 0 of 4 organisations, and 3 have to sign');
            check(!(await text(page)).includes('Not signed by enough yet'), 'older lines count as before');
        });
        await context.clearCookies();
    });
}

async function forged() {
    await with_page((page) => with_lie(with_lines(([first, ...rest]) => [flip(first), ...rest]), async () => {
        await page.goto(`${issuer}/explorer`);
        await alarm(page);
        await says(page, 'without a good signature');
    }));
}

export async function finality() {
    const [first] = (process.env.BULLA_NODES ?? '').split(/\s+/);
    go_to_server(first);
    const own = Array.from({ length: 4 }, make_node);
    const own_lines = with_lines((_lines, body) => own.map((node) => cosign(node, body).trimEnd()));
    const named = (cosigners, quorum) => in_json('/v1/network', () => ({ cosigners, quorum }));
    await too_few(0, with_lines(() => []), 'not-final');
    await too_few(2, with_lines((lines) => lines.slice(0, 2)));
    await too_few(1, with_lines(([one]) => [one, one, one]));
    await too_few(0, own_lines);
    await too_few(0, both(own_lines, named(own.map(verifier_key), 3)));
    await too_few(0, both(with_lines(() => []), named([], 0)));
    await soon_enough();
    await lines_of_an_account();
    await forged();
}
