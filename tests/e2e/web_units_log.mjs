// A log of a network in memory, for the units: its nodes sign what is asked of them, and it answers as a
// server does.
import { createHash, generateKeyPairSync, sign } from 'node:crypto';

export const sha256 = (...parts) =>
    new Uint8Array(parts.reduce((hash, part) => hash.update(part), createHash('sha256')).digest());
const text = (words) => Buffer.from(words);
const seconds_now = 1_800_000_000n;

export function make_pair() {
    const { privateKey, publicKey } = generateKeyPairSync('ed25519');
    const raw = new Uint8Array(Buffer.from(publicKey.export({ format: 'jwk' }).x, 'base64url'));
    return { public_key: raw, sign: (message) => new Uint8Array(sign(null, message, privateKey)) };
}
export function make_node() {
    const node_key = make_pair(), cosigner_key = make_pair();
    const id = sha256(text('bulla/node-id/v1'), node_key.public_key);
    return { id, node_key, cosigner_key, name: `node-${Buffer.from(id.slice(0, 8)).toString('hex')}` };
}
export const listed = ({ id, node_key, cosigner_key }) =>
    new Map([[0, id], [1, node_key.public_key], [2, cosigner_key.public_key], [7, 'tcp://node:1']]);
export const in_order = (nodes) => [...nodes].sort((a, b) => Buffer.compare(a.id, b.id));

const line = (name, id, signature) =>
    `— ${name} ${Buffer.concat([id, signature]).toString('base64')}\n`;
const key_id = (name, type, key) => sha256(text(`${name}\n`), Uint8Array.of(type), key).slice(0, 4);
const u64 = (number) => {
    const bytes = Buffer.alloc(8);
    bytes.writeBigUInt64BE(number);
    return bytes;
};
export const verifier_key = ({ name, cosigner_key }) => {
    const key = Buffer.concat([Uint8Array.of(4), cosigner_key.public_key]);
    const id = Buffer.from(key_id(name, 4, cosigner_key.public_key)).toString('hex');
    return `${name}+${id}+${key.toString('base64')}`;
};
// Written: its time; by, at, over, more: what is not as it should be.
export function cosign({ name, cosigner_key }, body, wrong = {}) {
    const { by = cosigner_key, written = seconds_now, at = written, over = body, more = [] } = wrong;
    const signature = by.sign(text(`cosignature/v1\ntime ${at}\n${over}`));
    const id = key_id(name, 4, cosigner_key.public_key);
    return line(name, id, Buffer.concat([u64(written), signature, Buffer.from(more)]));
}

function root_of(leaves) {
    if (leaves.length === 1) return leaves[0];
    let k = 1;
    while (k * 2 < leaves.length) k *= 2;
    return sha256(Uint8Array.of(1), root_of(leaves.slice(0, k)), root_of(leaves.slice(k)));
}

export const origin = 'log.example';
// encode: deterministic CBOR, as the pages have it.
export class Log {
    constructor(encode, nodes) {
        const row = new Map([[0, 1], [1, new Uint8Array(32)], [2, origin],
            [3, nodes.map((node) => new Map([...listed(node), [9, 0], [10, []], [11, []]]))]]);
        this.encode = encode;
        this.log_key = make_pair();
        this.entries = [encode(new Map([[0, 1], [1, 1], [2, 0], [3, row], [4, new Map()]]))];
        this.heights = 0;
        this.first = 0;
        this.close();
    }
    get network() { return Buffer.from(sha256(Uint8Array.of(0), this.entries[0])).toString('base64url'); }
    get leaves() { return this.entries.map((entry) => sha256(Uint8Array.of(0), entry)); }
    get root() { return root_of(this.leaves); }
    add(entry) { this.entries.push(entry); }
    close() {
        const none = new Uint8Array(32), count = this.entries.length - this.first;
        this.entries.push(this.encode(new Map([
            [0, 0], [1, this.heights++], [2, none], [3, 1], [4, this.first], [5, count], [6, none], [7, none],
            [8, none]])));
        this.first = this.entries.length;
    }
    fill(count) {
        const counted = this.encode(new Map([[0, 24], [1, this.encode(new Map())]]));
        for (let i = 0; i < count; ++i) this.add(counted);
        this.close();
    }
    get body() {
        const root = Buffer.from(this.root).toString('base64');
        return `${origin}\n${this.entries.length}\n${root}\n`;
    }
    // lines: made of the body.
    note(lines) {
        const id = key_id(origin, 1, this.log_key.public_key);
        const own = line(origin, id, this.log_key.sign(text(this.body)));
        return `${this.body}\n${own}${lines(this.body).join('')}`;
    }
    get told() {
        const key = Buffer.concat([Uint8Array.of(1), this.log_key.public_key]).toString('base64');
        return { network: this.network, log_key: `${origin}+00000000+${key}`, cosigners: [] };
    }
    tile(path) {
        const [, level, spelt, width] = /^(\w+)\/((?:x?\d{3}\/?)+?)(?:\.p\/(\d+))?$/.exec(path);
        const first = 256 * Number(spelt.replace(/[x/]/g, '')), count = Number(width ?? 256);
        if (level === 'entries') return Buffer.concat(this.entries.slice(first, first + count)
            .flatMap((entry) => [Uint8Array.of(entry.length >> 8, entry.length & 255), entry]));
        const size = 256 ** Number(level), { leaves } = this;
        return Buffer.concat(Array.from({ length: count }, (_, i) =>
            root_of(leaves.slice((first + i) * size, (first + i + 1) * size))));
    }
}

// An apply_change entry. signers: of the list before; over: what they sign, if not the list after.
export function apply_change(log, act, after, signers) {
    const { encode } = log;
    const digest = sha256(text('bulla/node-list/v1'), encode(after));
    const evidence = signers.map(({ id, node_key }) => [id, node_key.sign(digest)]);
    const none = new Uint8Array(32);
    const statement = encode(new Map([[0, 21], [1, none], [6, none], [7, encode(act)]]));
    return encode(new Map([[0, 21], [1, statement], [2, evidence]]));
}
export const node_list = (number, nodes) =>
    new Map([[0, number], [1, new Uint8Array(32)], [2, origin], [3, nodes.map(listed)]]);
