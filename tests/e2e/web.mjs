// Drives every page in Debian's Chromium, by keyboard for the main tasks, with axe-core on each.
// Use: web.mjs SERVER_URL SCREENSHOTS_FOLDER
//
// The browser speaks to the server through a recorder, so that every byte which left it is on record: the
// password must not be among them. A second recorder plays the hostile server.
import assert from 'node:assert/strict';
import { mkdirSync, readFileSync } from 'node:fs';
import http from 'node:http';
import { createRequire } from 'node:module';
import { join } from 'node:path';

const require = createRequire(new URL('../../web/package.json', import.meta.url));
const { chromium } = require('playwright-core');
const axe = readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');
const [server, pictures] = process.argv.slice(2);
const password = 'seven quiet herons at dusk', next = 'a lantern over slow water';
let passed = 0;
const check = (condition, what) => {
    assert.ok(condition, what);
    ++passed;
};
mkdirSync(pictures, { recursive: true });

// ---- a proxy that records what the browser sends, and may change what it gets
const received = [];
let twist = (path, body) => body;
const recorder = http.createServer((request, answer) => {
    const pieces = [];
    request.on('data', (piece) => pieces.push(piece));
    request.on('end', () => {
        const body = Buffer.concat(pieces);
        received.push(Buffer.from([request.method, request.url, ...request.rawHeaders].join('\n')), body);
        const asked = { method: request.method, headers: { ...request.headers, host: new URL(server).host } };
        const passed_on = http.request(server + request.url, asked, (reply) => {
            const parts = [];
            reply.on('data', (part) => parts.push(part));
            reply.on('end', () => {
                const made = twist(request.url, Buffer.concat(parts));
                const headers = { ...reply.headers, 'content-length': made.length };
                answer.writeHead(reply.statusCode, headers);
                answer.end(made);
            });
        });
        passed_on.end(body);
    });
});
await new Promise((resolve) => recorder.listen(0, '127.0.0.1', resolve));
const url = `http://localhost:${recorder.address().port}`;

const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    args: ['--no-sandbox', '--host-resolver-rules=MAP localhost 127.0.0.1'] });
const faults = [];
async function open_context(options = {}) {
    const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options });
    context.on('page', (page) => {
        page.on('pageerror', (fault) => faults.push(String(fault)));
        page.on('console', (line) => line.type() === 'error' && faults.push(line.text()));
    });
    return context;
}

async function look(page, name) {
    const sizes = { desktop: { width: 1280, height: 900 }, phone: { width: 320, height: 700 } };
    for (const [size, viewport] of Object.entries(sizes))
        for (const colorScheme of ['light', 'dark']) {
            await page.setViewportSize(viewport);
            await page.emulateMedia({ colorScheme });
            const wide = await page.evaluate(() => document.documentElement.scrollWidth);
            check(wide <= viewport.width, `${name} is ${wide} wide on ${size}`);
            const found = await page.evaluate(async (source) => {
                if (!window.axe) (0, eval)(source);
                return (await window.axe.run()).violations.map(({ id, nodes }) => `${id}: ${nodes[0].html}`);
            }, axe).catch((fault) => [String(fault)]);
            assert.deepEqual(found, [], `${name}, ${size}, ${colorScheme}`);
            ++passed;
            const path = join(pictures, `${name}-${size}-${colorScheme}.png`);
            await page.screenshot({ path, fullPage: true });
        }
    await page.setViewportSize(sizes.desktop);
    await page.emulateMedia({ colorScheme: 'light' });
}

// Tab until the element has the focus, as a person without a mouse would.
async function tab_to(page, selector) {
    for (let i = 0; i < 40; ++i) {
        await page.keyboard.press('Tab');
        if (await page.evaluate((wanted) => document.activeElement?.matches(wanted), selector)) return;
    }
    assert.fail(`Tab never comes to ${selector}`);
}
const text = (page) => page.textContent('body');
const alarm = (page) => page.waitForSelector('.alarm [role=alert]', { timeout: 30_000 });

// bypassCSP lets axe-core in; the pages themselves are visited without it first.
const strict = await open_context();
const plain_page = await strict.newPage();
for (const path of ['/', '/join', '/explorer']) {
    await plain_page.goto(url + path);
    await plain_page.waitForSelector('h1:not(.unseen)');
}
assert.deepEqual(faults, [], 'the policy stops nothing of the pages');
++passed;
await strict.close();

const context = await open_context({ bypassCSP: true });
const page = await context.newPage();

// ---- create an account, by keyboard alone
await page.goto(`${url}/join`);
await tab_to(page, 'input[name=username]');
await page.keyboard.type('Alice');
await tab_to(page, 'input[name=new-password]');
await page.keyboard.type('password');
await page.keyboard.press('Enter');
await page.waitForSelector('.wrong');
check((await text(page)).includes('common use'), 'a password in common use is refused');
await page.fill('input[name=new-password]', password);
await page.waitForSelector('.score-4, .score-3');
await look(page, 'join');
await page.focus('input[name=new-password]');
await page.keyboard.press('Enter');
await page.waitForURL('**/?came=joined*', { timeout: 60_000 });
check((await text(page)).includes('Your account is ready'), 'the account is made');

// ---- sign in: wrong, then right
await tab_to(page, 'input[name=password]');
await page.keyboard.type('not the password');
await page.keyboard.press('Enter');
await page.waitForSelector('.note.bad', { timeout: 60_000 });
check((await text(page)).includes('Username or password is wrong'), 'a wrong password is refused');
await look(page, 'sign-in');
await page.fill('input[name=password]', password);
await page.focus('input[name=password]');
await page.keyboard.press('Enter');
await page.waitForURL('**/account', { timeout: 60_000 });
await page.waitForSelector('.history');
await page.waitForSelector('.note.good');
check((await page.locator('.badge.good').count()) === 1, 'the registration is proved');

// ---- change the password, by keyboard alone: a second line of history
await tab_to(page, 'summary');
await page.keyboard.press('Enter');
await tab_to(page, 'input[name=password]');
await page.keyboard.type(password);
await tab_to(page, 'input[name=new-password]');
await page.keyboard.type(next);
await page.keyboard.press('Enter');
await page.waitForFunction(
    () => document.querySelectorAll('.badge.good').length === 2, null, { timeout: 60_000 });
check((await text(page)).includes('All 2 checked'), 'both changes are proved');
await look(page, 'account');

// ---- the other session ends
const elsewhere = await fetch(`${server}/login`, {
    method: 'POST', body: new URLSearchParams({ username: 'alice', password: next }) });
check(elsewhere.status === 200, 'signed in elsewhere');
await page.reload();
await page.getByRole('button', { name: 'End all others' }).click();
await page.waitForFunction(() => !document.body.textContent.includes('Another session'));
++passed;

// ---- the ledger
await page.goto(`${url}/explorer`);
await page.waitForSelector('.entries li');
await tab_to(page, '.entries button');
await page.keyboard.press('Enter');
await page.waitForSelector('.path');
check((await text(page)).includes('This is the root that the checkpoint signs'), 'an entry is proved');
await look(page, 'explorer');

// ---- no byte of either password left the browser
const sent = Buffer.concat(received);
for (const part of ['start_login_request', 'finish_login_request'])
    check(sent.includes(part), `the record has no ${part}`);
for (const secret of [password, next, 'not the password', encodeURIComponent(password),
    password.replaceAll(' ', '+'), Buffer.from(password).toString('base64').slice(0, -4),
    Buffer.from(password).toString('hex')])
    check(!sent.includes(secret), `the password left the browser: ${secret}`);

// ---- a hostile server, each time refused with an alarm
async function hostile(name, path, lie, types = path === '/') {
    twist = lie;
    await page.goto(url + path);
    if (types) {
        await page.fill('input[name=username]', 'alice');
        await page.fill('input[name=password]', next);
        await page.keyboard.press('Enter');
    }
    await alarm(page);
    await page.screenshot({ path: join(pictures, `${name}.png`) });
    twist = (_, body) => body;
    ++passed;
}
const flip = (body, at) => {
    const changed = Buffer.from(body);
    changed[at] ^= 1;
    return changed;
};
await hostile('alarm-keys', '/', (path, body) => path !== '/v1/network' ? body
    : Buffer.from(JSON.stringify({ ...JSON.parse(body), opaque_public_key: 'A'.repeat(43) })), false);
await hostile('alarm-signature', '/explorer', (path, body) => path === '/log/checkpoint'
    ? flip(body, body.length - 8) : body);
// The ledger grows, and the tiles that should show how do not lead back to what was seen.
const grown = await fetch(`${server}/register`, {
    method: 'POST', body: new URLSearchParams({ username: 'carol', password: next }) });
check(grown.status === 200, 'the ledger grew');
await hostile('alarm-fork', '/explorer', (path, body) => path.startsWith('/log/tile/0/')
    ? flip(body, body.length - 1) : body);
const stretched = (path, body) => path !== '/v1/logins' ? body : Buffer.from(JSON.stringify(
    { ...JSON.parse(body), stretching: { memory_kib: 8, passes: 1, lanes: 1 } }));
await hostile('alarm-stretching', '/', stretched);

// A name's label that the VRF proof does not show: registration stops before a record is made.
twist = (path, body) => path !== '/v1/registrations' ? body : Buffer.from(JSON.stringify(
    { ...JSON.parse(body), vrf_proof: JSON.parse(body).vrf_proof.split('').reverse().join('') }));
await page.goto(`${url}/join`);
await page.fill('input[name=username]', 'bob');
await page.fill('input[name=new-password]', password);
await page.keyboard.press('Enter');
await alarm(page);
++passed;
await look(page, 'alarm');
twist = (_, body) => body;

// ---- without JavaScript the form signs in
const bare = await browser.newContext({ javaScriptEnabled: false });
const form = await bare.newPage();
await form.goto(url);
await form.fill('#plain-name', 'alice');
await form.fill('#plain-password', next);
await Promise.all([form.waitForURL('**/login'), form.click('button[type=submit]')]);
check(/^[\w-]+\.[\w-]+\.[\w-]+$/.test((await form.textContent('body')).trim()), 'the form gives the token');

await browser.close();
recorder.closeAllConnections();
recorder.close();
console.log(`${passed} checks of the pages`);
