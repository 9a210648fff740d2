// Registration and login with the unmodified npm package @serenity-kit/opaque and Node's own Ed25519, HKDF
// and AES: a client that shares no code with the server.
// Use: node opaque.mjs SERVER_URL USERNAME PASSWORD
import assert from 'node:assert/strict';
import {
    createDecipheriv, createHash, createHmac, createPrivateKey, createPublicKey, sign,
} from 'node:crypto';
import * as opaque from '@serenity-kit/opaque';

const [url, username, password] = process.argv.slice(2);
const b64 = (bytes) => Buffer.from(bytes).toString('base64url');
const unb64 = (text) => Buffer.from(text, 'base64url');
const join = (parts) => Buffer.concat(parts.map((part) => Buffer.from(part)));
const sha256 = (...parts) => createHash('sha256').update(join(parts)).digest();

// HKDF-Expand with SHA-512 for at most one block.
const expand = (prk, info, size) =>
    createHmac('sha512', prk).update(Buffer.concat([info, Buffer.from([1])])).digest().subarray(0, size);

const u32be = (number) => { const bytes = Buffer.alloc(4); bytes.writeUInt32BE(number); return bytes; };

// Deterministic CBOR: unsigned integers, byte strings, text, maps with ascending keys, arrays.
function head(major, argument) {
    const type = major << 5;
    if (argument < 24) return Buffer.from([type | argument]);
    if (argument < 0x100) return Buffer.from([type | 24, argument]);
    const long = Buffer.alloc(8);
    long.writeBigUInt64BE(BigInt(argument));
    if (argument < 0x10000) return Buffer.concat([Buffer.from([type | 25]), long.subarray(6)]);
    if (argument < 0x100000000) return Buffer.concat([Buffer.from([type | 26]), long.subarray(4)]);
    return Buffer.concat([Buffer.from([type | 27]), long]);
}
function cbor(value) {
    if (typeof value === 'number') return head(0, value);
    if (typeof value === 'string') {
        const bytes = Buffer.from(value);
        return Buffer.concat([head(3, bytes.length), bytes]);
    }
    if (Buffer.isBuffer(value)) return Buffer.concat([head(2, value.length), value]);
    if (Array.isArray(value)) return Buffer.concat([head(4, value.length), ...value.map(cbor)]);
    const pairs = [...value.entries()];
    return Buffer.concat([head(5, pairs.length), ...pairs.flatMap(([k, v]) => [cbor(k), cbor(v)])]);
}
function decode(bytes) {
    let at = 0;
    const argument = () => {
        const info = bytes[at++] & 31;
        if (info < 24) return info;
        const size = 1 << (info - 24);
        const value = Number(BigInt('0x' + bytes.subarray(at, at + size).toString('hex')));
        at += size;
        return value;
    };
    const item = () => {
        const major = bytes[at] >> 5, count = argument();
        if (major === 0) return count;
        if (major === 2) { at += count; return bytes.subarray(at - count, at); }
        if (major === 3) { at += count; return bytes.subarray(at - count, at).toString(); }
        if (major === 5) return new Map(Array.from({ length: count }, () => [item(), item()]));
        throw new Error(`major type ${major}`);
    };
    return item();
}

async function ask(method, path, body, token) {
    const answer = await fetch(url + path, {
        method, body: body && JSON.stringify(body),
        headers: { 'content-type': 'application/json', ...(token && { authorization: `Bearer ${token}` }) },
    });
    return { status: answer.status, body: await answer.json() };
}

function passwordKey(exportKey, network, label, generation) {
    const seed = expand(unb64(exportKey),
        Buffer.concat([Buffer.from('bulla/password-key/v1'), network, label, u32be(generation)]), 32);
    const key = createPrivateKey({
        key: Buffer.concat([Buffer.from('302e020100300506032b657004220420', 'hex'), seed]),
        format: 'der', type: 'pkcs8' });
    const publicKey = createPublicKey(key).export({ format: 'der', type: 'spki' }).subarray(-32);
    return { key, publicKey };
}
const stretching = (s) => ({
    'argon2id-custom': { iterations: s.passes, memory: s.memory_kib, parallelism: s.lanes },
});

await opaque.ready;
const net = (await ask('GET', '/v1/network')).body;

// ---- registration
{
    const { clientRegistrationState, registrationRequest } = opaque.client.startRegistration({ password });
    const begun = await ask('POST', '/v1/registrations',
        { username, registration_request: registrationRequest });
    assert.equal(begun.status, 201, JSON.stringify(begun.body));
    const offer = begun.body;
    const made = opaque.client.finishRegistration({
        password, clientRegistrationState, registrationResponse: offer.registration_response,
        keyStretching: stretching(offer.stretching) });
    assert.ok([net.opaque_public_key, ...net.later_opaque_keys].includes(made.serverStaticPublicKey));
    const network = unb64(offer.network), label = unb64(offer.label);
    const { key, publicKey } = passwordKey(made.exportKey, network, label, offer.version);
    const s = offer.stretching;
    const statement = cbor(new Map([
        [0, 2], [1, network], [2, label], [3, offer.version], [4, unb64(offer.previous)],
        [5, offer.time + 60_000],
        [6, new Map([[1, 1], [2, publicKey], [3, offer.version], [4, offer.keyset],
            [5, new Map([[0, s.memory_kib], [1, s.passes], [2, s.lanes]])],
            [6, sha256(unb64(made.registrationRecord))]])],
        [7, sha256(unb64(offer.opening))],
    ]));
    const credential = sha256('bulla/credential-id/v1', label, [1], publicKey).subarray(0, 16);
    const signature = sign(null, sha256('bulla/register/v1', statement), key);
    const done = await ask('POST', `/v1/registrations/${offer.id}`, {
        registration_record: made.registrationRecord, statement: b64(statement),
        evidence: [[b64(credential), b64(signature)]] });
    assert.equal(done.status, 201, JSON.stringify(done.body));
}

// ---- login, with the right and a wrong password
async function logIn(typed) {
    const { clientLoginState, startLoginRequest } = opaque.client.startLogin({ password: typed });
    const begun = await ask('POST', '/v1/logins', {
        username, start_login_request: startLoginRequest, client: 'cli', origin: 'cli' });
    assert.equal(begun.status, 201, JSON.stringify(begun.body));
    const offer = begun.body;
    const made = opaque.client.finishLogin({
        password: typed, clientLoginState, loginResponse: offer.login_response,
        keyStretching: stretching(offer.stretching) });
    if (!made) return undefined;
    assert.ok([net.opaque_public_key, ...net.later_opaque_keys].includes(made.serverStaticPublicKey));
    const sealed = unb64(offer.sealed_parameters);
    assert.equal(sealed.length, 528);
    const cipher = createDecipheriv('aes-256-gcm',
        expand(unb64(made.sessionKey), Buffer.from('bulla/login-parameters/v1'), 32), Buffer.alloc(12));
    cipher.setAAD(sha256(unb64(startLoginRequest), unb64(offer.login_response)));
    cipher.setAuthTag(sealed.subarray(512));
    const padded = Buffer.concat([cipher.update(sealed.subarray(0, 512)), cipher.final()]);
    const p = decode(padded.subarray(2, 2 + padded.readUInt16BE(0)));
    const network = unb64(offer.network);
    const { key } = passwordKey(made.exportKey, network, p.get(0), p.get(4));
    const statement = cbor(new Map([
        [0, 100], [1, network], [2, p.get(0)], [3, p.get(1)], [4, p.get(2)], [5, p.get(7) + 60_000],
        [6, p.get(5)], [7, 'cli'], [8, 'cli'], [9, p.get(3)], [10, p.get(4)], [11, p.get(6)],
    ]));
    const done = await ask('POST', `/v1/logins/${offer.id}`, {
        finish_login_request: made.finishLoginRequest, statement: b64(statement),
        evidence: b64(sign(null, sha256('bulla/login/v1', statement), key)) });
    assert.equal(done.status, 200, JSON.stringify(done.body));
    return done.body.access_token;
}

const token = await logIn(password);
assert.ok(token);
assert.equal(await logIn(password + '!'), undefined);
const account = await ask('GET', '/v1/account', undefined, token);
assert.equal(account.status, 200);
assert.equal(account.body.username, username);
console.log(`@serenity-kit/opaque: ${username} registered and logged in`);
console.log(token);
