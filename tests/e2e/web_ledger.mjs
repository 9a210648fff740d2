// The ledger's page: entries as they come, one taken apart, a forgery, a search.
import { join } from 'node:path';
import {
    check, issuer, look, next_password, open_context, pictures, press, register_plainly, says, server,
    sign_in, tab_to, text, type_in,
} from './web_world.mjs';

export async function look_at_ledger() {
    const context = await open_context({ bypassCSP: true });
    const page = await context.newPage();
    await page.goto(`${issuer}/explorer`);
    await page.waitForSelector('.entries li');
    await press(page, '.entries button');
    await page.waitForSelector('.path.holds');
    await says(page, 'This is the root that the checkpoint signs');
    await look(page, 'explorer');
    await press(page, '#entry .facts summary');
    await says(page, 'root of the accounts');

    // One changed bit gives another root.
    await tab_to(page, 'input[type=checkbox]');
    await page.keyboard.press('Space');
    await page.waitForSelector('.path.broken');
    await says(page, 'Every hash on the way came out different');
    await page.emulateMedia({ colorScheme: 'dark' });
    await page.locator('#entry').screenshot({ path: join(pictures, 'entry.png') });
    await look(page, 'forgery');

    // Five sign-ins are the first that the chart tells of.
    for (let i = 0; i < 5; ++i) {
        const done = await fetch(`${server}/login`, {
            method: 'POST', body: new URLSearchParams({ username: 'alice', password: next_password }) });
        check(done.status === 200, 'signed in');
    }
    await page.reload();
    await page.waitForSelector('.sign-ins svg[role=img]');
    const told = await page.getAttribute('.sign-ins svg', 'aria-label');
    check(/Sign-ins of each hour since .*: (5|10|15|20) in all, at most/.test(told), `told: ${told}`);
    check((await page.locator('.sign-ins .bar').count()) >= 1, 'and drawn');
    await look(page, 'sign-ins');

    // What comes while one looks, appears.
    const before = Number(await page.textContent('.entries button .dim'));
    await register_plainly('dora');
    const newest = 'section:last-child .entries .dim';
    await page.waitForFunction(
        ([where, size]) => Number(document.querySelector(where).textContent) > size, [newest, before]);

    await type_in(page, 'input[name=search]', '1');
    await page.keyboard.press('Enter');
    await says(page, 'Entry 1:');
    await type_in(page, 'input[name=search]', 'alice');
    await page.keyboard.press('Enter');
    await says(page, 'Sign in to look for your own');
    await sign_in(page, 'alice', next_password);
    await page.goto(`${issuer}/explorer`);
    await type_in(page, 'input[name=search]', 'bob');
    await page.keyboard.press('Enter');
    await says(page, 'You can look for your own, alice');
    await type_in(page, 'input[name=search]', 'Alice');
    await page.keyboard.press('Enter');
    await says(page, 'Entries of account');
    check((await text(page)).includes('Account created'), 'the own entries are found by the own name');
    await page.goto(`${issuer}/account`);
    await page.waitForSelector('.history');
    await press(page, '.history li:last-child a');
    await page.waitForSelector('.path.holds');
    await says(page, 'Somebody created an account and signs in with a password');
    await context.close();
}
