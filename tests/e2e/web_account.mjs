// Registration, sign-in and the care of an account, by keyboard alone; nothing of a password leaves the
// browser.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import {
    check, faults, issuer, look, next_password, open_context, password, press, press_button, received,
    register_plainly, says, server, sign_in, tab_to, text, type_in,
} from './web_world.mjs';

async function visit_strictly() {
    const context = await open_context();
    const page = await context.newPage();
    for (const path of ['/', '/join', '/explorer']) {
        await page.goto(issuer + path);
        await page.waitForSelector('h1:not(.unseen)');
    }
    assert.deepEqual(faults, [], 'the policy stops nothing of the pages');
    await context.close();
}

async function join_and_sign_in(page) {
    await page.goto(`${issuer}/join`);
    await tab_to(page, 'input[name=username]');
    await page.keyboard.type('Alice');
    await tab_to(page, 'input[name=new-password]');
    await page.keyboard.type('password');
    await page.keyboard.press('Enter');
    await page.waitForSelector('.wrong');
    check((await text(page)).includes('common use'), 'a password in common use is refused');
    await page.keyboard.press('Control+a');
    await page.keyboard.type(password);
    await page.waitForSelector('.score-4, .score-3');
    await look(page, 'join');
    await tab_to(page, 'input[name=new-password]');
    await page.keyboard.press('Enter');
    await page.waitForURL('**/?came=joined*', { timeout: 60_000 });
    await says(page, 'Your account is ready');

    await tab_to(page, 'input[name=password]');
    await page.keyboard.type('not the password');
    await page.keyboard.press('Enter');
    await says(page, 'Username or password is wrong');
    await look(page, 'sign-in');
    await type_in(page, 'input[name=password]', password);
    await page.keyboard.press('Enter');
    await page.waitForURL('**/account', { timeout: 60_000 });
    await page.waitForSelector('.history');
    await page.waitForSelector('.note.good');
    check((await page.locator('.badge.good').count()) === 1, 'the registration is proved');
}

async function change_password(page) {
    await press(page, 'summary');
    await tab_to(page, 'input[name=password]');
    await page.keyboard.type(password);
    await tab_to(page, 'input[name=new-password]');
    await page.keyboard.type(next_password);
    await page.keyboard.press('Enter');
    await page.waitForFunction(
        () => document.querySelectorAll('.badge.good').length === 2, null, { timeout: 60_000 });
    check((await text(page)).includes('2 of 2 checked'), 'both changes are proved');
    check(!(await text(page)).includes('Since your last sign-in'), 'an own change is no news');
    await look(page, 'account');
}

async function sign_in_elsewhere(page) {
    const elsewhere = await fetch(`${server}/login`, {
        method: 'POST', body: new URLSearchParams({ username: 'alice', password: next_password }) });
    check(elsewhere.status === 200, 'signed in elsewhere');
    await page.reload();
    await says(page, 'Another session');
}

async function end_sessions(page) {
    const is_alone = () => page.waitForFunction(
        () => !document.body.textContent.includes('Another session'));
    await sign_in_elsewhere(page);
    await press(page, 'button[aria-label^="End the session since"]');
    await is_alone();
    await sign_in_elsewhere(page);
    await press_button(page, 'End all others');
    await is_alone();

    await press_button(page, 'Sign out everywhere');
    await page.waitForSelector('dialog[open]');
    await tab_to(page, 'dialog input[name=password]');
    await page.keyboard.type('not the password');
    await page.keyboard.press('Enter');
    await page.waitForSelector('dialog .note.bad');
    await look(page, 'approve');
    await page.keyboard.press('Escape');
    await page.waitForSelector('dialog', { state: 'detached' });
    await press_button(page, 'Sign out everywhere');
    await type_in(page, 'dialog input[name=password]', next_password);
    await page.keyboard.press('Enter');
    await page.waitForURL('**/?came=everywhere', { timeout: 60_000 });
    await says(page, 'All sessions were ended');
    await sign_in(page, 'alice', next_password);
    await says(page, 'All sessions ended');
    await says(page, '3 of 3 checked');
}

async function own_data(page) {
    const [download] = await Promise.all([
        page.waitForEvent('download'), press_button(page, 'Download your data')]);
    const held = JSON.parse(readFileSync(await download.path(), 'utf8'));
    check(JSON.stringify(held).includes('"alice"') && held.proof.length > 500, 'the own data are a file');
}

async function sign_out(page) {
    const token = (await page.context().cookies()).find(({ name }) => name === 'bulla').value;
    await press_button(page, 'Sign out');
    await page.waitForURL('**/?came=out');
    check((await page.context().cookies()).length === 0, 'the cookie is taken away');
    const asked = await fetch(`${server}/v1/account`, { headers: { authorization: `Bearer ${token}` } });
    check(asked.status === 401, 'the session is ended at the server too');
}

async function erase(page) {
    await register_plainly('edith');
    await sign_in(page, 'edith');
    await press_button(page, 'Erase account');
    await tab_to(page, 'dialog input[name=confirmation]');
    await page.keyboard.type('Edit');
    await tab_to(page, 'dialog input[name=password]');
    await page.keyboard.type(password);
    await page.keyboard.press('Enter');
    await says(page, 'This is not your username');
    await look(page, 'erase');
    await type_in(page, 'dialog input[name=confirmation]', 'edith');
    await tab_to(page, 'dialog input[name=password]');
    await page.keyboard.press('Enter');
    await page.waitForURL('**/?came=erased', { timeout: 60_000 });
    await says(page, 'Your account was erased');
}

function nothing_left_the_browser() {
    const sent = Buffer.concat(received);
    for (const part of ['start_login_request', 'finish_login_request', 'registration_record'])
        check(sent.includes(part), `the record has no ${part}`);
    for (const secret of [password, next_password, 'not the password', encodeURIComponent(password),
        password.replaceAll(' ', '+'), Buffer.from(password).toString('base64').slice(0, -4),
        Buffer.from(password).toString('hex')])
        check(!sent.includes(secret), `the password left the browser: ${secret}`);
}

export async function care_for_account() {
    await visit_strictly();
    const context = await open_context({ bypassCSP: true, acceptDownloads: true });
    const page = await context.newPage();
    await join_and_sign_in(page);
    await change_password(page);
    await end_sessions(page);
    await own_data(page);
    await sign_out(page);
    await erase(page);
    nothing_left_the_browser();
    await context.close();
}

// Opened by its address, the page goes where passkeys and what is remembered belong.
export async function go_to_issuer() {
    const context = await open_context();
    const page = await context.newPage();
    await page.goto('http://127.0.0.1:8080/join?x=1');
    await page.waitForURL(`${issuer}/join?x=1`);
    await page.waitForSelector('input[name=username]');
    await context.close();
}

export async function without_javascript() {
    const context = await open_context({ javaScriptEnabled: false });
    const page = await context.newPage();
    await page.goto(issuer);
    await type_in(page, '#plain-name', 'alice');
    await type_in(page, '#plain-password', next_password);
    await Promise.all([page.waitForURL('**/login'), press(page, 'button[type=submit]')]);
    check(/^[\w-]+\.[\w-]+\.[\w-]+$/.test((await text(page)).trim()), 'the form gives the token');
    await context.close();
}
