// The parts of the pages that decide alone, against the vectors that the server's own code is tested with.
// Use: web_units.mjs VECTORS_FOLDER
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
    checkpoints_that_count, foreign_notes, hostile_cosignatures, lists_of_nodes,
} from './web_units_nodes.mjs';

const web = new URL('../../web/', import.meta.url).pathname;
const { build } = createRequire(`${web}package.json`)('esbuild');
const folder = mkdtempSync(join(tmpdir(), 'bulla-units-'));
const read = (path) => JSON.parse(readFileSync(join(process.argv[2], path), 'utf8'));
const hex = (text) => Uint8Array.from(Buffer.from(text, 'hex'));

// anew: a query, so that what the part keeps in its memory is not there yet.
async function load(name, anew = '') {
    const outfile = join(folder, `${name}.mjs`);
    const entryPoints = [`${web}src/${name}.ts`];
    await build({ entryPoints, bundle: true, format: 'esm', outfile, logLevel: 'error' });
    return import(`${outfile}${anew}`);
}
let passed = 0;
const equal = (made, wanted, what) => {
    assert.deepEqual(made, wanted, what);
    ++passed;
};
const flipped = (bytes, at) => bytes.map((byte, i) => (i === at ? byte ^ 1 : byte));

async function recovery_codes() {
    const { key_of_code, read_code, spell_code } = await load('recovery_code');
    for (const { code, text, network, public_key } of read('recovery/recovery_codes.json').vectors) {
        equal(spell_code(hex(code)), text, 'spelt');
        equal(read_code(text), hex(code), 'read');
        const sloppy = text.toLowerCase().replaceAll('-', ' ').replaceAll('0', 'o').replaceAll('1', 'l');
        equal(read_code(sloppy), hex(code), 'read as people write');
        equal(key_of_code(hex(code), hex(network)).public_key, hex(public_key), 'its key');
        const symbols = text.replaceAll('-', '');
        for (let i = 0; i < symbols.length; ++i)
            for (const other of '0123456789ABCDEFGHJKMNPQRSTVWXYZ'.replace(symbols[i], '')) {
                const wrong = symbols.slice(0, i) + other + symbols.slice(i + 1);
                equal(read_code(wrong), undefined, 'one wrong symbol');
            }
    }
    for (const text of ['', '0', '0'.repeat(26), '0'.repeat(28), `8${'0'.repeat(26)}`, `${'0'.repeat(26)}!`])
        equal(read_code(text), undefined, text);
}

// x and y stand in the COSE key behind the labels -2 and -3.
function key_in(attestation) {
    const coordinate = (label) => {
        const at = attestation.lastIndexOf(label) + label.length;
        return attestation.slice(at, at + 64);
    };
    return hex(coordinate('215820') + coordinate('225820'));
}
const party = (vectors) => ({ id: vectors.rp_id, origins: [vectors.origin] });

async function passkeys() {
    const { is_evidence } = await load('evidence');
    const { plain_signature } = await load('passkeys');
    const vectors = read('webauthn/webauthn_l3.json');
    const admitted = [];
    for (const { section, registration, authentication } of vectors.vectors) {
        if (!section.includes('ES256')) continue;
        const signer = { kind: 2, public_key: key_in(registration.attestationObject) };
        const digest = hex(authentication.challenge);
        const parts = [hex(authentication.authenticatorData), hex(authentication.clientDataJSON),
            plain_signature(hex(authentication.signature))];
        if (!(await is_evidence(parts, digest, signer, party(vectors)))) continue;
        admitted.push(section);
        for (const [i, part] of parts.entries())
            for (let at = 0; at < part.length; at += 7) {
                const changed = parts.map((one, j) => (j === i ? flipped(one, at) : one));
                const is_good = await is_evidence(changed, digest, signer, party(vectors));
                equal(is_good, false, `${section}, part ${i}, byte ${at}`);
            }
        equal(await is_evidence(parts, flipped(digest, 3), signer, party(vectors)), false, 'another digest');
        const elsewhere = { ...party(vectors), origins: ['https://example.com'] };
        equal(await is_evidence(parts, digest, signer, elsewhere), false, 'another origin');
    }
    equal(admitted, [
        'ES256 Credential with very long credential ID', 'Packed Attestation with ES256 Credential',
        'TPM Attestation with ES256 Credential',
    ], 'those that a verified person signed, in the page itself');
}

async function ssh_signatures() {
    const { parse_ssh_signature, ssh_key_of } = await load('ssh');
    const { is_evidence } = await load('evidence');
    for (const { public_key, digest, signature, armored } of read('ssh/sshsig.json').vectors) {
        const made = parse_ssh_signature(armored, ssh_key_of(hex(public_key)));
        equal(made, hex(signature), 'taken out of its armour');
        const signer = { kind: 5, public_key: hex(public_key) }, none = { id: '', origins: [] };
        equal(await is_evidence([made], hex(digest), signer, none), true, 'good');
        equal(await is_evidence([flipped(made, 40)], hex(digest), signer, none), false, 'one bit changed');
    }
}

async function labels() {
    const { check_vrf } = await load('crypto');
    for (const { PK, alpha, pi, beta } of read('vrf/ecvrf_ristretto255_sha512.json').vectors) {
        const name = Buffer.from(alpha, 'hex').toString();
        equal(check_vrf(hex(PK), name, hex(pi)), hex(beta).slice(0, 32), 'the label is shown');
        for (let at = 0; at < 80; ++at)
            equal(check_vrf(hex(PK), name, flipped(hex(pi), at)), undefined, `one changed byte ${at}`);
    }
}

// One history or two, and nodes that lack what a proof needs. root: which history; has: what the node holds.
async function checkpoints_seen() {
    const { place } = await load('seen');
    const of = (history, size) => ({ size, root: Uint8Array.of(history) });
    const node = (has) => async (older, newer) => {
        if (newer.size > has) return 'unknown';
        return older.root[0] === newer.root[0] ? 'continued' : 'differs';
    };
    const nothing = { network: 'n', nodes: 0, points: [], doubtful: [] };
    const see = async (shown, nodes, before = nothing) => {
        let seen = before, standing;
        for (const [checkpoint, has] of shown)
            ({ seen, standing } = await place(seen, checkpoint, nodes, node(has ?? checkpoint.size)));
        return { ...standing, sizes: seen.points.map(({ size }) => size), doubtful: seen.doubtful.length };
    };
    const is_fork = async (shown, nodes, what) => {
        await assert.rejects(see(shown, nodes), (fault) => fault.constructor.name.endsWith('Forked'), what);
        ++passed;
    };
    equal(await see([[of(1, 4)], [of(1, 9)]], 1),
        { behind: 0, is_proved: true, sizes: [4, 9], doubtful: 0 }, 'goes on');
    equal(await see([[of(1, 9)], [of(1, 4), 9]], 1),
        { behind: 5, is_proved: true, sizes: [9], doubtful: 0 }, 'an older one of the same server');
    equal(await see([[of(1, 9)], [of(1, 4)]], 4),
        { behind: 5, is_proved: false, sizes: [9], doubtful: 1 }, 'a node that is late is no fork');
    equal(await see([[of(1, 9)], [of(1, 4)], [of(1, 12)]], 4),
        { behind: 0, is_proved: true, sizes: [9, 12], doubtful: 0 }, 'what it showed is proved afterwards');
    equal(await see([[of(1, 4)], [of(1, 9)], [of(1, 4)]], 4),
        { behind: 5, is_proved: true, sizes: [4, 9], doubtful: 0 }, 'seen before');
    await is_fork([[of(1, 9)], [of(1, 4)]], 1, 'a server alone loses nothing');
    await is_fork([[of(1, 9)], [of(2, 9)]], 4, 'two of one size');
    await is_fork([[of(1, 9)], [of(2, 12)]], 4, 'another history that is longer');
    await is_fork([[of(1, 9)], [of(2, 4), 9]], 4, 'another history that is shorter');
    await is_fork([[of(1, 3)], [of(1, 9)], [of(2, 4)]], 4, 'it does not go on from what was seen earlier');
    await is_fork([[of(1, 9)], [of(2, 4)], [of(1, 12)]], 4, 'another history behind a node that was late');
}

try {
    for (const part of [recovery_codes, passkeys, ssh_signatures, labels, checkpoints_seen]) await part();
    for (const part of [foreign_notes, hostile_cosignatures, lists_of_nodes, checkpoints_that_count])
        await part({ load, equal, read });
} finally {
    rmSync(folder, { recursive: true });
}
console.log(`${passed} checks of the pages' parts`);
