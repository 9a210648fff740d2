// Passkeys, with Chromium's virtual authenticators, and an SSH key with ssh-keygen.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
    alarm, check, choose, in_json, issuer, look, next_password, open_context, open_device, password, press,
    press_button, received, register_plainly, says, sign_in, tab_to, text, type_in, with_lie,
} from './web_world.mjs';

const credentials_of = async ({ cdp, authenticatorId }) =>
    (await cdp.send('WebAuthn.getCredentials', { authenticatorId })).credentials;
// From its next page on the browser does not offer passkeys by itself, as some do not.
const offer_nothing = (page) => page.addInitScript(() => {
    PublicKeyCredential.isConditionalMediationAvailable = async () => false;
});

async function proved(page, count) {
    await says(page, `${count} of ${count} checked`);
    check((await page.locator('.badge.good').count()) === count, `${count} changes are proved`);
}

// Without any password, by keyboard alone.
async function join_by_passkey(device) {
    const { page } = device;
    await page.goto(`${issuer}/join`);
    await tab_to(page, 'input[name=username]');
    await page.keyboard.type('paula');
    await press(page, 'button.second');
    await page.waitForURL('**/?came=joined_passkey');
    check((await credentials_of(device)).length === 1, 'the device holds a passkey');
    await page.waitForURL('**/account'); // offered in the field, taken at once
    await page.waitForSelector('.history');
    await says(page, 'authorised by Passkey');
    await proved(page, 1);
}

async function sign_in_by_button(device) {
    const { page } = device;
    await offer_nothing(page);
    await press_button(page, 'Sign out');
    await page.waitForURL('**/?came=out');
    await press(page, 'button.second');
    await page.waitForURL('**/account');
    await says(page, 'paula');
    await page.waitForSelector('.history');
}

async function approve_with_passkey({ page }) {
    await press_button(page, 'Sign out everywhere');
    await page.waitForSelector('dialog[open]');
    await press(page, 'dialog button[type=submit]');
    await page.waitForURL('**/?came=everywhere');
}

async function add_passkey({ page }, name) {
    await press_button(page, 'Add a passkey');
    await page.waitForSelector('dialog[open]');
    await type_in(page, 'dialog input[name=credential-name]', name);
    if (await page.locator('dialog input[type=radio]').count()) await choose(page, 'Password');
    await type_in(page, 'dialog input[name=password]', password);
    await page.keyboard.press('Enter');
    await says(page, `${name} was added.`);
}

// Two passkeys and a password: named, renamed, one taken away by another.
async function several_keys() {
    await register_plainly('quentin');
    const desk = await open_device();
    await sign_in(desk.page, 'quentin');
    await add_passkey(desk, 'Desk');
    await proved(desk.page, 2);
    const phone = await open_device();
    await offer_nothing(phone.page);
    await sign_in(phone.page, 'quentin');
    await add_passkey(phone, 'Phone');
    await says(phone.page, 'Desk');
    await press_button(phone.page, 'Rename Phone');
    await type_in(phone.page, 'dialog input[name=credential-name]', 'Pocket');
    await phone.page.keyboard.press('Enter');
    await says(phone.page, 'Pocket');
    await add_ssh_key(phone);
    await look(phone.page, 'account');
    await press_button(phone.page, 'Remove Password');
    await look(phone.page, 'remove');
    await press(phone.page, 'dialog button[type=submit]'); // confirmed by the passkey
    await phone.page.waitForURL('**/?came=removed'); // the password had opened the session
    await says(phone.page, 'It was removed');
    await press(phone.page, 'button.second');
    await phone.page.waitForURL('**/account');
    await proved(phone.page, 5);
    await says(phone.page, 'authorised by Passkey “Pocket”');
    await add_password(phone);
    return { desk, phone };
}

// To an account that has none, by keyboard alone; its passkey allows it.
async function add_password({ page }) {
    await press_button(page, 'Add a password');
    await tab_to(page, 'dialog input[name=new-password]');
    await page.keyboard.type('password');
    await page.keyboard.press('Enter');
    await says(page, 'This password is in common use');
    await page.keyboard.press('Control+a');
    await page.keyboard.type(next_password);
    await page.waitForSelector('dialog .score-4, dialog .score-3');
    await look(page, 'add-password');
    await tab_to(page, 'dialog input[name=new-password]');
    await page.keyboard.press('Enter');
    await says(page, 'Password was added.');
    await proved(page, 6);
    check((await page.getByRole('button', { name: 'Add a password' }).count()) === 0, 'there is one now');
    await press_button(page, 'Sign out');
    await page.waitForURL('**/?came=out');
    await sign_in(page, 'quentin', next_password);
    await proved(page, 6);
}

// The page prints a command, ssh-keygen runs, the page takes what it printed.
async function add_ssh_key({ page }) {
    const folder = mkdtempSync(join(tmpdir(), 'bulla-ssh-')), file = join(folder, 'id');
    try {
        execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', 'quentin@desk', '-f', file]);
        await press_button(page, 'Add an SSH key');
        await type_in(page, 'textarea[name=ssh-key]', 'ssh-rsa AAAA');
        await choose(page, 'Password');
        await type_in(page, 'dialog input[name=password]', password);
        await page.keyboard.press('Enter');
        await says(page, 'This is no line of a public key');
        await type_in(page, 'textarea[name=ssh-key]', readFileSync(`${file}.pub`, 'utf8').trim());
        await press(page, 'dialog button[type=submit]');
        await page.waitForSelector('.command code');
        await look(page, 'ssh');
        const signature = sign_by(file, await page.textContent('.command code'));
        await type_in(page, 'textarea[name=ssh-signature]', signature.replace('U1NIU0', 'AAAAAA'));
        await press(page, '.ssh .next');
        await says(page, 'This is no SSH signature');
        await type_in(page, 'textarea[name=ssh-signature]', signature);
        await press(page, '.ssh .next');
        await says(page, 'quentin@desk was added.');
        await sign_in_by_ssh(file);
    } finally {
        rmSync(folder, { recursive: true });
    }
}

const sign_by = (file, command) => execFileSync(
    'bash', ['-c', command.replace('~/.ssh/id_ed25519', file)], { encoding: 'utf8', stdio: 'pipe' });

// By keyboard alone, in a browser that holds nothing of the account; a key that is another's opens nothing.
async function sign_in_by_ssh(file) {
    execFileSync('ssh-keygen', ['-q', '-t', 'ecdsa', '-b', '256', '-N', '', '-f', `${file}-other`]);
    const context = await open_context({ bypassCSP: true });
    const page = await context.newPage();
    for (const [signer, opens] of [[`${file}-other`, false], [file, true]]) {
        await page.goto(`${issuer}/`);
        await type_in(page, 'input[name=username]', 'quentin');
        await press(page, '.ssh-entry summary');
        await press_button(page, 'Show the command');
        await page.waitForSelector('.command code');
        if (opens) await look(page, 'ssh-sign-in');
        const signature = sign_by(signer, await page.textContent('.command code'));
        await type_in(page, 'textarea[name=ssh-signature]', signature);
        await press(page, '.ssh .next');
        if (!opens) await says(page, 'This key does not open this account');
    }
    await page.waitForURL('**/account');
    await says(page, 'quentin@desk');
    await page.waitForSelector('.history');
    await context.close();
}

// ---- a server that lies about passkeys

async function refuse_replayed_challenge({ page }) {
    let first;
    const replay = in_json('/v1/key-logins', (offer) => {
        first ??= offer.challenge;
        return { challenge: first };
    });
    await with_lie(replay, async () => {
        await page.goto(`${issuer}/`);
        await press_button(page, 'Sign in with a passkey');
        await page.waitForURL('**/account');
        await page.goto(`${issuer}/`);
        await press_button(page, 'Sign in with a passkey');
        await alarm(page);
        await says(page, 'asked for a signature that was given before');
    });
}

async function refuse_other_party({ page }) {
    const other = in_json('/v1/network', ({ relying_party }) =>
        ({ relying_party: { ...relying_party, id: 'example.org' } }));
    await with_lie(other, async () => {
        await page.goto(`${issuer}/join`);
        await alarm(page);
        await says(page, 'keys are not those that this browser knows');
    });
}

// The same pages under another name, as a thief of passwords would serve them.
async function refuse_other_origin() {
    const { page, context } = await open_device();
    await page.goto('http://thief.localhost:8080/');
    await press_button(page, 'Sign in with a passkey');
    await says(page, 'Passkeys do not work at this address');
    check(!(await text(page)).includes('Waiting'), 'nothing waits');
    await context.close();
}

export async function passkeys() {
    const device = await open_device();
    await join_by_passkey(device);
    await sign_in_by_button(device);
    await approve_with_passkey(device);
    check(!Buffer.concat(received).includes('"password"'), 'no password field was ever sent');
    await refuse_replayed_challenge(device);
    await refuse_other_party(device);
    await refuse_other_origin();
    await device.context.close();
    const { desk, phone } = await several_keys();
    await desk.context.close();
    await phone.context.close();
}
