// Attacks on the pages: group I of docs/attacks.md.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import {
    check, faults, in_json, issuer, next_password, open_context, password, press, press_button,
    register_plainly, says, server, sign_in, tab_to, text, with_lie,
} from './web_world.mjs';

const require = createRequire(new URL('../interop/package.json', import.meta.url));
const naughty = require('big-list-of-naughty-strings');
const pages = ['/', '/join', '/explorer'];
const scripts = ['<script>alert(1)</script>', '"><img src=x onerror=alert(1)>', "'-alert(1)-'",
    '<svg/onload=alert(1)>', 'javascript:alert(1)', '{{constructor.constructor("alert(1)")()}}'];

// A context that tells of each dialog and each violation of the policy.
async function open_watched() {
    const context = await open_context();
    const seen = [];
    await context.exposeFunction('tell_violation', (what) => seen.push(what));
    await context.addInitScript(() => addEventListener('securitypolicyviolation',
        (event) => window.tell_violation(`${event.violatedDirective} ${event.blockedURI}`)));
    const page = await context.newPage();
    page.on('dialog', (dialog) => {
        seen.push(dialog.message());
        void dialog.dismiss();
    });
    return { context, page, seen };
}

// I1: lists of scripts and naughty strings in each field and in the address: no report, no dialog.
async function naughty_strings() {
    const { context, page, seen } = await open_watched();
    const lists = [...scripts, ...naughty.filter((one) => one.length < 2_000)];
    for (const [path, field] of [['/', 'username'], ['/join', 'username'], ['/explorer', 'search']]) {
        await page.goto(issuer + path);
        await page.waitForSelector(`input[name=${field}]`);
        for (const one of lists) await page.fill(`input[name=${field}]`, one.replace(/[\r\n]/g, ' '));
    }
    for (const one of lists) {
        await page.fill('input[name=search]', one.replace(/[\r\n]/g, ' '));
        await page.keyboard.press('Enter');
    }
    for (const one of scripts) {
        const spelt = encodeURIComponent(one);
        await page.goto(`${issuer}/?name=${spelt}&came=${spelt}#${spelt}`);
        await page.waitForSelector('input[name=username]');
        check(await page.inputValue('input[name=username]') === one, 'a name from the address is text');
        await page.goto(`${issuer}/explorer?entry=${spelt}`);
        await page.waitForSelector('.entries li');
    }
    assert.deepEqual(seen, [], 'no script ran and none was stopped');
    check(lists.length > 400, 'the lists are whole');
    await context.close();
}

// I2: the policy stops inline scripts, handlers and what is made of strings.
async function policy() {
    const { context, page, seen } = await open_watched();
    await page.goto(issuer);
    await page.waitForSelector('input[name=username]');
    const ran = await page.evaluate(async () => {
        const script = document.createElement('script');
        script.textContent = 'window.ran = "inline"';
        document.body.append(script);
        const image = document.createElement('img');
        image.setAttribute('onerror', 'window.ran = "handler"');
        image.src = '/assets/none.png';
        document.body.append(image);
        const stranger = document.createElement('script');
        stranger.src = 'https://example.org/x.js';
        document.body.append(stranger);
        await new Promise((resolve) => { stranger.onerror = resolve; });
        return window.ran;
    });
    check(ran === undefined, `a stranger's script ran: ${ran}`);
    for (let i = 0; i < 500 && seen.length < 2; ++i) await page.evaluate(() => 0);
    check(seen.length >= 2, `the policy reports: ${seen}`);
    faults.length = 0;
    await context.close();
}

// I3: header fields of pages and of answers about an account; who is not signed in gets no cookie.
async function header_fields() {
    const page = await fetch(server);
    const policy_text = page.headers.get('content-security-policy');
    check(policy_text.startsWith("default-src 'none'"), 'nothing is allowed by default');
    check(policy_text.includes("frame-ancestors 'none'"), 'no frames');
    check(!policy_text.includes('unsafe-inline'), 'nothing inline');
    check(!policy_text.includes("'unsafe-eval'"), 'no eval');
    for (const [name, value] of Object.entries({ 'x-content-type-options': 'nosniff',
        'cross-origin-opener-policy': 'same-origin', 'referrer-policy': 'no-referrer' }))
        check(page.headers.get(name) === value, `${name}: ${page.headers.get(name)}`);
    const answer = await fetch(`${server}/v1/account`);
    check(answer.headers.get('cache-control') === 'no-store', 'nothing of an account is kept by caches');
    for (const reply of [page, answer]) check(reply.headers.get('set-cookie') === null, 'no cookie');
}

// I5: prototype pollution by the address or an answer, named elements, messages from other windows: no
// effect.
async function pollution() {
    const { context, page, seen } = await open_watched();
    const queries = ['__proto__%5Bx%5D=1&came=__proto__', 'came=constructor', 'came=toString&name=__proto__'];
    for (const query of queries) {
        await page.goto(`${issuer}/?${query}`);
        await page.waitForSelector('input[name=username]');
        check(await page.evaluate(() => ({}).x) === undefined, 'no prototype is changed');
        check((await page.locator('.note').count()) === 0, 'no greeting by an inherited name');
    }
    const polluted = (path, body) => (path === '/v1/network'
        ? Buffer.from(body.toString().replace('{', '{"__proto__":{"x":1},')) : body);
    await with_lie(polluted, async () => {
        await page.goto(issuer);
        await page.waitForSelector('input[name=username]');
        check(await page.evaluate(() => ({}).x) === undefined, 'an answer changes no prototype');
    });
    await page.evaluate(() => {
        for (const name of ['location', 'crypto', 'page', 'localStorage']) {
            const form = document.createElement('form');
            form.id = form.name = name;
            document.body.append(form);
        }
        postMessage({ kind: 'done', signed: { token: 'x', username: 'mallory', session_id: 'x' } }, '*');
    });
    await page.fill('input[name=username]', 'nobody');
    check(await page.evaluate(() => localStorage.getItem('bulla.session')) === null, 'no message signs in');
    check(page.url().startsWith(issuer) && seen.length === 0, 'and none leads away');
    await context.close();
}

// I6: written from right to left, 320 px wide, nothing sticks out; without JavaScript and by keyboard: the
// parts beside this one.
async function right_to_left() {
    const context = await open_context({ viewport: { width: 320, height: 700 } });
    const page = await context.newPage();
    await sign_in(page, 'alice', next_password);
    for (const path of [...pages, '/account']) {
        await page.goto(issuer + path);
        await page.waitForSelector('h1:not(.unseen)');
        await page.evaluate(() => { document.documentElement.dir = 'rtl'; });
        const sticks_out = await page.evaluate(() => {
            const { scrollWidth } = document.documentElement;
            return scrollWidth > innerWidth || document.body.getBoundingClientRect().left < 0;
        });
        check(!sticks_out, `${path} from right to left`);
    }
    await context.close();
}

// I7: names for autofill, pasting, showing the password.
async function password_managers() {
    const context = await open_context({ permissions: ['clipboard-read', 'clipboard-write'] });
    const page = await context.newPage();
    const wanted = { '/': [['username', 'username webauthn'], ['password', 'current-password']],
        '/join': [['username', 'username'], ['new-password', 'new-password']] };
    for (const [path, fields] of Object.entries(wanted)) {
        await page.goto(issuer + path);
        for (const [name, autocomplete] of fields) {
            await page.waitForSelector(`input[name=${name}]`);
            check(await page.getAttribute(`input[name=${name}]`, 'autocomplete') === autocomplete, name);
        }
    }
    const secret = 'pasted, not typed 7';
    await page.evaluate((words) => navigator.clipboard.writeText(words), secret);
    await tab_to(page, 'input[name=new-password]');
    await page.keyboard.press('Control+V');
    check(await page.inputValue('input[name=new-password]') === secret, 'a password can be pasted');
    check(await page.getAttribute('input[name=new-password]', 'type') === 'password', 'it is hidden');
    await tab_to(page, 'input[type=checkbox]');
    await page.keyboard.press('Space');
    check(await page.getAttribute('input[name=new-password]', 'type') === 'text', 'and shown on request');
    await context.close();
}

// I8: back after signing out shows nothing of the account.
async function back_after_leaving() {
    const context = await open_context();
    const page = await context.newPage();
    await sign_in(page, 'alice', next_password);
    await press(page, 'nav a[href="/explorer"]');
    await page.waitForSelector('.entries li');
    await press_button(page, 'Sign out');
    await page.waitForURL('**/?came=out');
    await page.goBack();
    await page.waitForURL('**/?came=over');
    check(!(await text(page)).includes('alice'), 'nothing of the account is shown');
    await context.close();
}

// I4: the session is a cookie for this host alone, which no script reads and no other site sends along.
async function session_cookie() {
    const context = await open_context();
    const page = await context.newPage();
    const bodies = [];
    page.on('response', (answer) => answer.url().endsWith('/v1/events') || // which does not end
        bodies.push(answer.text().catch(() => '')));
    await sign_in(page, 'alice', next_password);
    const [cookie, ...more] = await context.cookies();
    check(more.length === 0 && cookie.name === 'bulla' && cookie.httpOnly, 'one cookie, not for scripts');
    check(cookie.sameSite === 'Strict' && cookie.path === '/', 'for requests of its own pages');
    check(cookie.domain === 'localhost', 'for this host');
    check(cookie.value.length < 4000 && cookie.expires < Date.now() / 1000 + 1000, 'small, and for a while');
    const readable = await page.evaluate(() =>
        [document.cookie, JSON.stringify(localStorage), JSON.stringify(sessionStorage)].join());
    for (const text_seen of [readable, ...(await Promise.all(bodies))])
        check(!/eyJ[\w-]+\.eyJ/.test(text_seen) && !text_seen.includes(cookie.value),
            'no script sees a token');
    await other_site(context, cookie);
    await page.reload();
    await says(page, 'alice');
    await page.waitForSelector('.history');
    await context.close();
}

// B27: another site's page asks for the account, and to end its session.
async function other_site(context, cookie) {
    const page = await context.newPage();
    const answers = [];
    const watch = (path, body, reply) => {
        if (path.startsWith('/v1/account') || path.startsWith('/v1/sessions')) answers.push(reply.statusCode);
        return body;
    };
    await with_lie(watch, async () => {
        await page.goto('http://thief.localhost:8080/healthz');
        await page.evaluate(async (where) => {
            const asked = { credentials: 'include', mode: 'no-cors' };
            await fetch(`${where}/v1/account`, asked).catch(() => undefined);
            await fetch(`${where}/v1/account/entries`, { ...asked, method: 'POST', body: '{}' })
                .catch(() => undefined);
            await fetch(`${where}/v1/account`, { credentials: 'include', headers: { 'bulla-session': 'x' } })
                .catch(() => undefined);
        }, issuer);
        await page.evaluate((where) => {
            const form = document.createElement('form');
            Object.assign(form, { action: `${where}/v1/account/entries`, method: 'post' });
            document.body.append(form);
            form.submit();
        }, issuer);
        await page.waitForURL(`${issuer}/v1/account/entries`);
    });
    check(answers.length >= 3 && answers.every((status) => status >= 400), `other sites: ${answers}`);
    check(!(await text(page)).includes(cookie.value), 'and nothing is told');
    faults.length = 0; // the browser tells of what it did not let the page see
    await page.close();
}

// I9: two tabs of one browser, two accounts. The browser is signed in as the later one; a tab that still
// shows the earlier one does nothing with the other's session.
async function two_tabs() {
    await register_plainly('bettina');
    const context = await open_context();
    const [one, two] = [await context.newPage(), await context.newPage()];
    await sign_in(one, 'alice', next_password);
    await sign_in(two, 'bettina', password);
    check((await one.textContent('h1')) === 'alice', 'the first tab still shows alice');
    await press_button(one, 'Download your data');
    await says(one, 'Your session has ended');
    await press_button(one, 'Sign out');
    await one.waitForURL('**/?came=out');
    await one.goto(`${issuer}/account`);
    for (const page of [one, two]) {
        await page.reload();
        await page.waitForSelector('.history');
        check((await page.textContent('h1')) === 'bettina', 'both tabs are bettina’s, and wholly');
        check(!(await text(page)).includes('alice'), 'nothing is mixed');
    }
    await context.close();
}

// I10: markup in names and in every text that a server sends is shown as text.
async function markup_in_names() {
    const { context, page, seen } = await open_watched();
    await sign_in(page, 'alice', next_password);
    const lie = in_json('/v1/account', ({ credentials }) => ({ username: scripts[0], credentials:
        credentials.map((one, i) => ({ ...one, name: scripts[(i + 1) % scripts.length] })) }));
    await with_lie(lie, async () => {
        await page.goto(`${issuer}/account`);
        await says(page, scripts[0]);
        await says(page, scripts[1]);
    });
    assert.deepEqual(seen, [], 'and nothing of it runs');
    await context.close();
}

// I11: every script comes from the server itself, and is what was committed.
async function own_scripts() {
    const { context, page } = await open_watched();
    const hosts = new Set();
    page.on('request', (request) => hosts.add(new URL(request.url()).origin));
    for (const path of pages) {
        await page.goto(issuer + path);
        await page.waitForSelector('h1:not(.unseen)');
    }
    assert.deepEqual([...hosts], [issuer], 'nothing is asked of anybody else');
    const assets = new URL('../../web/dist/assets/', import.meta.url).pathname;
    for (const name of readdirSync(assets).filter((one) => one.endsWith('.js'))) {
        const served = Buffer.from(await (await fetch(`${server}/assets/${name}`)).arrayBuffer());
        const is_same = served.equals(readFileSync(join(assets, name)));
        check(is_same || process.env.BULLA_PAGES, `${name} is served`);
    }
    await context.close();
}

export async function resist_attacks() {
    for (const attack of [naughty_strings, policy, header_fields, pollution, right_to_left, password_managers,
        back_after_leaving, session_cookie, two_tabs, markup_in_names, own_scripts]) await attack();
}
