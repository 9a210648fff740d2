// A server that lies: each lie is refused with words that say so.
import { join } from 'node:path';
import {
    alarm, check, in_json, issuer, look, next_password, open_context, password, pictures,
    register_plainly, says, server, text, type_in, with_lie,
} from './web_world.mjs';
import { cosign, make_node, verifier_key } from './web_units_log.mjs';

const flip = (body, at) => {
    const changed = Buffer.from(body);
    changed[at] ^= 1;
    return changed;
};
async function type_password(page) {
    await page.waitForSelector('input[name=username]');
    await type_in(page, 'input[name=username]', 'alice');
    await type_in(page, 'input[name=password]', next_password);
    await page.keyboard.press('Enter');
}

// Each in a browser that knows the network and its ledger.
async function refused(name, path, lie, words) {
    const context = await open_context({ bypassCSP: true });
    const page = await context.newPage();
    await page.goto(`${issuer}/explorer`);
    await page.waitForSelector('.entries li');
    if (name === 'fork') await register_plainly('carol');
    await with_lie(lie, async () => {
        await page.goto(issuer + path);
        if (path === '/') await type_password(page);
        await alarm(page);
        await says(page, words);
        await page.screenshot({ path: join(pictures, `alarm-${name}.png`) });
    });
    check(true, name);
    if (name === 'fork') await look(page, 'alarm');
    await context.close();
}

// A label that the VRF proof does not show: registration stops before a record is made.
async function wrong_vrf_proof() {
    const context = await open_context();
    const page = await context.newPage();
    const lie = in_json('/v1/registrations', ({ vrf_proof }) =>
        ({ vrf_proof: vrf_proof.split('').reverse().join('') }));
    await with_lie(lie, async () => {
        await page.goto(`${issuer}/join`);
        await page.waitForSelector('input[name=username]');
        await type_in(page, 'input[name=username]', 'bob');
        await type_in(page, 'input[name=new-password]', password);
        await page.keyboard.press('Enter');
        await alarm(page);
        await says(page, 'cannot show that your name belongs to this account');
    });
    await context.close();
}

// Another OPRF key gives another key from the same password, and the envelope does not open: no more is sent.
async function swapped_oprf_key() {
    const context = await open_context({ bypassCSP: true });
    const page = await context.newPage();
    const other = Buffer.from('e2f2ae0a6abc4e71a884a961c500515f58e30b6aa582dd8db6a65945e08d2d76', 'hex');
    const lie = in_json('/v1/logins', ({ login_response }) => {
        const ke2 = Buffer.from(login_response, 'base64url');
        return { login_response: Buffer.concat([other, ke2.subarray(32)]).toString('base64url') };
    });
    let finished = 0;
    page.on('request', (request) => { finished += /logins\/./.test(request.url()) ? 1 : 0; });
    await with_lie(lie, async () => {
        await page.goto(`${issuer}/`);
        await type_password(page);
        await says(page, 'Username or password is wrong, or the server used another key for this account');
        await says(page, 'ask the people who run the server');
        check((await page.locator('.alarm').count()) === 0, 'what may be a slip of the finger is no alarm');
        await look(page, 'not-opened');
    });
    check(finished === 0, 'nothing is signed for an OPRF key that is not the account’s');
    await context.close();
}

// A ledger that became shorter: put back from a copy, or somebody took its end away.
async function shortened() {
    const context = await open_context({ bypassCSP: true });
    const page = await context.newPage();
    const old = await (await fetch(`${server}/log/checkpoint`)).text();
    await register_plainly('celia');
    await page.goto(`${issuer}/explorer`);
    await page.waitForSelector('.entries li');
    const size = Number(old.split('\n')[1]);
    const lie = (path, body, reply) => {
        if (path === '/log/checkpoint') return Buffer.from(old);
        const width = /^\/log\/tile\/0\/000\.p\/(\d+)$/.exec(path)?.[1];
        if (Number(width) > size) reply.statusCode = 404;
        return body;
    };
    await with_lie(lie, async () => {
        await page.goto(`${issuer}/explorer`);
        await alarm(page);
        await says(page, 'does not continue the one it showed before');
    });
    await context.close();
}

// A server alone has no cosigners, whomever it names: its page says no more than is true. G29.
async function own_cosigners() {
    const own = Array.from({ length: 4 }, make_node);
    const named = in_json('/v1/network', () => ({ cosigners: own.map(verifier_key), quorum: 3 }));
    const lie = (path, body) => (path === '/log/checkpoint'
        ? Buffer.from(cosigned(body.toString(), own)) : named(path, body));
    const context = await open_context({ bypassCSP: true });
    const page = await context.newPage();
    await with_lie(lie, async () => {
        await page.goto(`${issuer}/explorer`);
        await says(page, 'Checked in this browser: the server’s signature over all');
        check(!(await text(page)).includes('organisations'), 'nobody else has signed');
    });
    await context.close();
}
const cosigned = (note, nodes) =>
    note + nodes.map((node) => cosign(node, note.slice(0, note.indexOf('\n\n') + 1))).join('');

export async function refuse_lies() {
    await refused('keys', '/join', in_json('/v1/network', () => ({ opaque_public_key: 'A'.repeat(43) })),
        'keys are not those that this browser knows');
    await refused('signature', '/explorer',
        (path, body) => (path === '/log/checkpoint' ? flip(body, body.length - 8) : body),
        'without a good signature');
    await refused('note', '/explorer',
        (path, body) => (path === '/log/checkpoint' ? body.subarray(0, body.length - 40) : body),
        'without a good signature');
    // The ledger grows, and the tiles that should show how do not lead back to what was seen.
    await refused('fork', '/explorer',
        (path, body) => (path.startsWith('/log/tile/0/') ? flip(body, body.length - 1) : body),
        'does not continue the one it showed before');
    await refused('stretching', '/', in_json('/v1/logins', () => (
        { stretching: { memory_kib: 8, passes: 1, lanes: 1 } })),
        'protection of your password that is too weak');
    await shortened();
    await own_cosigners();
    await wrong_vrf_proof();
    await swapped_oprf_key();
}
