// A token of the server, checked by npm `jose` against the served key set.
// Use: node token.mjs SERVER_URL ISSUER TOKEN USERNAME
import assert from 'node:assert/strict';
import { createRemoteJWKSet, jwtVerify, decodeProtectedHeader } from 'jose';

const [url, issuer, token, username] = process.argv.slice(2);
const keys = createRemoteJWKSet(new URL('/.well-known/jwks.json', url));
const { payload } = await jwtVerify(token, keys, {
    issuer, audience: issuer, typ: 'at+jwt', algorithms: ['EdDSA'],
    requiredClaims: ['iss', 'sub', 'aud', 'exp', 'iat', 'jti', 'client_id'],
});
assert.equal(payload.username, username);
assert.equal(payload.client_id, 'plain-form');
assert.ok(decodeProtectedHeader(token).kid);
const middle = token.split('.')[1];
const tampered = token.replace(middle, middle.slice(0, -2) + (middle.endsWith('AA') ? 'BB' : 'AA'));
await assert.rejects(jwtVerify(tampered, keys, { issuer }));
console.log(`jose: token of ${payload.username} holds, sub ${payload.sub}`);
