// The big list of naughty strings (npm big-list-of-naughty-strings) as usernames, passwords, clients and
// origins. Catalogue: F5.
// Use: node naughty.mjs SERVER_URL
//
// Each string is refused, or comes back as it was; none is interpreted. Passwords go through Argon2id, which
// takes its time: every 24th of those that are long enough.
import assert from 'node:assert/strict';
import { createRequire } from 'node:module';

const naughty = createRequire(import.meta.url)('big-list-of-naughty-strings');
const [url] = process.argv.slice(2);
const password = 'a quiet river runs by';
const element = Buffer.from('e2f2ae0a6abc4e71a884a961c500515f58e30b6aa582dd8db6a65945e08d2d76', 'hex');
const ke1 = Buffer.concat([element, Buffer.alloc(32), element]).toString('base64url');

let networks = 0; // each request comes from a network of its own, so that no limit hides an answer
const headers = (more) => {
    ++networks;
    return { 'X-Forwarded-For': `10.${(networks >> 8) & 255}.${networks & 255}.1`, ...more };
};
const form = async (path, username, secret) => {
    const answer = await fetch(url + path, {
        method: 'POST',
        headers: headers(),
        body: new URLSearchParams({ username, password: secret }),
    });
    return { status: answer.status, text: await answer.text() };
};
const json = async (path, body) => {
    const answer = await fetch(url + path, {
        method: 'POST',
        headers: headers({ 'Content-Type': 'application/json' }),
        body: JSON.stringify(body),
    });
    return { status: answer.status, text: await answer.text() };
};
const nameOf = async (token) => {
    const answer = await fetch(url + '/v1/account', {
        headers: headers({ Authorization: `Bearer ${token}` }),
    });
    assert.equal(answer.status, 200);
    return (await answer.json()).username;
};

let names = 0;
let passwords = 0;
let long = 0;
for (const [number, text] of naughty.entries()) {
    const begun = await json('/v1/registrations', {
        username: text,
        registration_request: element.toString('base64url'),
    });
    assert.ok(
        [201, 400, 409].includes(begun.status),
        `registration of ${JSON.stringify(text)}: ${begun.text}`,
    );
    const login = await json('/v1/logins', {
        username: text,
        start_login_request: ke1,
        client: text,
        origin: text,
    });
    assert.ok([201, 400].includes(login.status), `login of ${JSON.stringify(text)}: ${login.text}`);
    if (begun.status === 201) {
        const made = await form('/register', text, password);
        if (made.status === 200) {
            const token = await form('/login', text, password);
            assert.equal(token.status, 200, `login of ${JSON.stringify(text)}`);
            assert.equal(await nameOf(token.text), text.normalize('NFKC').toLowerCase());
            ++names;
        } else {
            assert.ok(
                [400, 409].includes(made.status),
                `${JSON.stringify(text)}: ${made.status} ${made.text}`,
            );
        }
    }
    if ([...text].length < 8 || long++ % 24 !== 0) continue;
    const username = `n${number}`;
    const made = await form('/register', username, text);
    assert.ok(
        [200, 400].includes(made.status),
        `password ${JSON.stringify(text)}: ${made.status} ${made.text}`,
    );
    if (made.status === 400) continue;
    assert.equal((await form('/login', username, text)).status, 200, `password ${JSON.stringify(text)}`);
    assert.equal((await form('/login', username, text + ' ')).status, 401);
    ++passwords;
}
assert.ok(names >= 5 && passwords >= 5, `${names} names, ${passwords} passwords`);
console.log(
    `naughty strings: ${naughty.length}, of which ${names} are names; ${passwords} passwords came back`,
);
