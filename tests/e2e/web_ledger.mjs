// The ledger's page: entries as they come, one taken apart, a forgery, a search.
import { join } from 'node:path';
import {
    check, issuer, look, next_password, open_context, pictures, press, register_plainly, says, sign_in, text,
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
    await page.getByLabel('Pretend that somebody').focus();
    await page.keyboard.press('Space');
    await page.waitForSelector('.path.broken');
    await says(page, 'Every hash on the way came out different');
    await page.emulateMedia({ colorScheme: 'dark' });
    await page.locator('#entry').screenshot({ path: join(pictures, 'entry.png') });
    await look(page, 'forgery');

    // What comes while one looks, appears.
    const before = Number(await page.textContent('.entries button .dim'));
    await register_plainly('dora');
    const newest = 'section:last-child .entries .dim';
    await page.waitForFunction(
        ([where, size]) => Number(document.querySelector(where).textContent) > size, [newest, before]);

    await page.fill('input[name=search]', '1');
    await page.keyboard.press('Enter');
    await says(page, 'Entry 1:');
    await page.fill('input[name=search]', 'alice');
    await page.keyboard.press('Enter');
    await says(page, 'Sign in to look for your own');
    await sign_in(page, 'alice', next_password);
    await page.goto(`${issuer}/explorer`);
    await page.fill('input[name=search]', 'bob');
    await page.keyboard.press('Enter');
    await says(page, 'You can look for your own, alice');
    await page.fill('input[name=search]', 'Alice');
    await page.keyboard.press('Enter');
    await says(page, 'Entries of account');
    check((await text(page)).includes('Account created'), 'the own entries are found by the own name');
    await page.goto(`${issuer}/account`);
    await page.getByRole('link', { name: /^entry / }).last().click();
    await page.waitForSelector('.path.holds');
    await says(page, 'Somebody created an account and signs in with a password');
    await context.close();
}
