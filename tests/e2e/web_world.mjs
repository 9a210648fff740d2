// What the parts of web.mjs share: a browser, a recorder between it and the server, and how to look at a
// page.
//
// The browser believes to be at http://localhost:8080, the default issuer and the origin of passkeys, and
// speaks to the recorder. So every byte that left the browser is on record, and any answer can be made a lie.
import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import http from 'node:http';
import { createRequire } from 'node:module';
import { join } from 'node:path';

const require = createRequire(new URL('../../web/package.json', import.meta.url));
const { chromium } = require('playwright-core');
const axe = readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');
const pages_folder = process.env.BULLA_PAGES; // while the pages are written: from disk, not from the program

export const issuer = 'http://localhost:8080';
const [server, pictures] = process.argv.slice(2);
let target = server; // whom the recorder speaks to
export const go_to_server = (url) => { target = url; };
export const bulla = process.env.BULLA_BINARY, data = process.env.BULLA_DATA; // of the server at hand
mkdirSync(pictures, { recursive: true });
export { server, pictures };

let passed = 0;
export function check(condition, what) {
    assert.ok(condition, what);
    ++passed;
}
export const passed_count = () => passed;

// ---- the recorder

export const received = [];
const honest = (_path, body) => body;
let twist = honest;
// lie(path, body, reply) gives the body that the browser gets; it may change reply.statusCode and headers.
export async function with_lie(lie, walk) {
    twist = lie;
    await walk().finally(() => { twist = honest; });
}
export const in_json = (wanted, change) => (path, body) =>
    path !== wanted ? body
        : Buffer.from(JSON.stringify({ ...JSON.parse(body), ...change(JSON.parse(body)) }));

const types = {
    html: 'text/html; charset=utf-8', js: 'text/javascript', css: 'text/css', svg: 'image/svg+xml' };
const policy = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; worker-src 'self'; " +
    "style-src 'self'; img-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; " +
    "frame-ancestors 'none'";
function from_disk(request, answer) {
    if (!pages_folder || request.method !== 'GET') return false;
    const path = request.url.split('?')[0];
    const is_page = ['/', '/join', '/account', '/explorer', '/recover', '/admin'].includes(path);
    const file = join(pages_folder, is_page ? 'index.html' : path);
    if (!is_page && !(path.startsWith('/assets/') && existsSync(file))) return false;
    const headers = { 'content-type': types[file.split('.').pop()], 'content-security-policy': policy };
    answer.writeHead(200, headers).end(readFileSync(file));
    return true;
}

function pass_on(request, body, answer) {
    const asked = { method: request.method, headers: { ...request.headers, host: new URL(target).host } };
    const passed_on = http.request(target + request.url, asked, (reply) => {
        if (reply.headers['content-type']?.startsWith('text/event-stream')) {
            answer.writeHead(reply.statusCode, reply.headers);
            answer.on('close', () => reply.destroy());
            return reply.pipe(answer);
        }
        const parts = [];
        reply.on('data', (part) => parts.push(part));
        reply.on('end', () => {
            const made = twist(request.url, Buffer.concat(parts), reply);
            answer.writeHead(reply.statusCode, { ...reply.headers, 'content-length': made.length });
            answer.end(made);
        });
    });
    passed_on.on('error', () => answer.destroy());
    passed_on.end(body);
}

const recorder = http.createServer((request, answer) => {
    const pieces = [];
    request.on('data', (piece) => pieces.push(piece));
    request.on('end', () => {
        const body = Buffer.concat(pieces);
        received.push(Buffer.from([request.method, request.url, ...request.rawHeaders].join('\n')), body);
        if (!from_disk(request, answer)) pass_on(request, body, answer);
    });
});
await new Promise((resolve) => recorder.listen(0, '127.0.0.1', resolve));
const there = `127.0.0.1:${recorder.address().port}`;

// ---- the browser

const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    args: ['--no-sandbox', `--host-resolver-rules=MAP *:8080 ${there}`] });
export const faults = [];
export async function open_context(options = {}) {
    const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options });
    context.setDefaultTimeout(60_000);
    context.on('page', (page) => {
        page.on('pageerror', (fault) => faults.push(String(fault)));
        page.on('console', (line) => line.type() === 'error' && faults.push(line.text()));
    });
    return context;
}
// What was on screen when a check failed.
export async function picture_failure() {
    const pages = browser.contexts().flatMap((context) => context.pages());
    for (const [i, page] of pages.entries())
        await page.screenshot({ path: join(pictures, `failed-${i}.png`) }).catch(() => undefined);
}
// A device with an authenticator of its own.
export async function open_device() {
    const context = await open_context({ bypassCSP: true });
    const page = await context.newPage();
    const cdp = await context.newCDPSession(page);
    await cdp.send('WebAuthn.enable', { enableUI: false });
    const options = {
        protocol: 'ctap2', ctap2Version: 'ctap2_1', transport: 'internal', hasResidentKey: true,
        hasUserVerification: true, isUserVerified: true, automaticPresenceSimulation: true,
    };
    const { authenticatorId } = await cdp.send('WebAuthn.addVirtualAuthenticator', { options });
    return { context, page, cdp, authenticatorId };
}

export async function close_world() {
    await browser.close();
    recorder.closeAllConnections();
    recorder.close();
}

// ---- looking

const sizes = { desktop: { width: 1280, height: 900 }, phone: { width: 320, height: 700 } };

async function look_once(page, name, size, colorScheme) {
    await page.setViewportSize(sizes[size]);
    await page.emulateMedia({ colorScheme });
    const wide = await page.evaluate(() => document.documentElement.scrollWidth);
    check(wide <= sizes[size].width, `${name} is ${wide} wide on ${size}`);
    const found = await page.evaluate(async (source) => {
        if (!window.axe) (0, eval)(source);
        return (await window.axe.run()).violations.map(({ id, nodes }) => `${id}: ${nodes[0].html}`);
    }, axe).catch((fault) => [String(fault)]);
    assert.deepEqual(found, [], `${name}, ${size}, ${colorScheme}`);
    ++passed;
    const fullPage = (await page.locator('dialog[open]').count()) === 0;
    await page.screenshot({ path: join(pictures, `${name}-${size}-${colorScheme}.png`), fullPage });
}
// Both sizes, light and dark: no axe-core finding, no horizontal scroll, a picture of each.
export async function look(page, name) {
    for (const size of Object.keys(sizes))
        for (const colorScheme of ['light', 'dark']) await look_once(page, name, size, colorScheme);
    await page.setViewportSize(sizes.desktop);
    await page.emulateMedia({ colorScheme: 'light' });
}

// Tab until the element has the focus, as a person without a mouse would.
export async function tab_to(page, selector) {
    for (let i = 0; i < 80; ++i) {
        await page.keyboard.press('Tab');
        if (await page.evaluate((wanted) => document.activeElement?.matches(wanted), selector)) return;
    }
    assert.fail(`Tab never comes to ${selector}`);
}
// In the field's place, whatever stood there.
export async function type_in(page, selector, words) {
    await tab_to(page, selector);
    await page.keyboard.press('Control+a');
    await page.keyboard.type(words);
}
// A radio button by its label, with the arrow keys within its group.
export async function choose(page, label) {
    await tab_to(page, 'input[type=radio]');
    for (let i = 0; i < 4; ++i) {
        const chosen = await page.evaluate(() => document.activeElement.closest('label')?.textContent.trim());
        if (chosen === label) return page.keyboard.press('Space');
        await page.keyboard.press('ArrowDown');
    }
    return assert.fail(`no choice ${label}`);
}
export async function press(page, selector) {
    await tab_to(page, selector);
    await page.keyboard.press('Enter');
}
// The same for a button, by what a screen reader calls it.
export async function press_button(page, name) {
    await page.getByRole('button', { name, exact: true }).waitFor();
    for (let i = 0; i < 120; ++i) {
        await page.keyboard.press('Tab');
        const focused = await page.evaluate(() => {
            const { tagName, ariaLabel, textContent } = document.activeElement ?? {};
            return tagName === 'BUTTON' ? ariaLabel ?? textContent.trim() : '';
        });
        if (focused === name) return page.keyboard.press('Enter');
    }
    return assert.fail(`Tab never comes to the button ${name}`);
}
export const text = (page) => page.textContent('body');
export const says = (page, words) => page.waitForFunction(
    (wanted) => document.body.textContent.includes(wanted), words, { timeout: 60_000 });
export const alarm = (page) => page.waitForSelector('.alarm [role=alert]', { timeout: 30_000 });

// ---- what several parts do

export const password = 'seven quiet herons at dusk', next_password = 'a lantern over slow water';

export async function register_plainly(username, secret = password) {
    const made = await fetch(`${server}/register`, {
        method: 'POST', body: new URLSearchParams({ username, password: secret }) });
    check(made.status === 200, `${username} is registered: ${made.status}`);
}
export async function sign_in(page, username, secret = password, where = issuer) {
    await page.goto(`${where}/`);
    await page.waitForSelector('input[name=username]');
    await type_in(page, 'input[name=username]', username);
    await type_in(page, 'input[name=password]', secret);
    await page.keyboard.press('Enter');
    await page.waitForURL('**/account', { timeout: 60_000 });
    await page.waitForSelector('.history');
}
