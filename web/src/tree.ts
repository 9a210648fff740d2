// The log tree (RFC 6962 §2.1) read from tiles (docs/formats/merkle.md).
import { ask_bytes } from './api';
import { same, type Bytes } from './bytes';
import { sha256 } from './crypto';

const node = (left: Bytes, right: Bytes): Bytes => sha256(Uint8Array.of(1), left, right);
export const hash_leaf = (entry: Bytes): Bytes => sha256(Uint8Array.of(0), entry);

function spell(number: number): string {
    const groups: string[] = [];
    for (let rest = number; rest > 0 || groups.length === 0; rest = Math.floor(rest / 1000))
        groups.unshift(String(rest % 1000).padStart(3, '0'));
    return groups.map((group, i) => (i < groups.length - 1 ? `x${group}` : group)).join('/');
}
const part = (width: number): string => (width < 256 ? `.p/${width}` : '');

// The greatest power of two below count, which is at least 2.
function split(count: number): number {
    let k = 1;
    while (k * 2 < count) k *= 2;
    return k;
}

export interface Step { hash: Bytes; side: 'left' | 'right'; from: number; to: number }

// One tree of one size. What the server sends is believed only after it gave the root of a checkpoint.
export class Tree {
    private readonly tiles = new Map<string, Promise<Bytes>>();
    constructor(readonly size: number, private readonly cache: RequestCache = 'default') {}

    private load(path: string): Promise<Bytes> {
        const known = this.tiles.get(path) ?? ask_bytes(`/log/tile/${path}`, this.cache);
        this.tiles.set(path, known);
        return known;
    }
    private width(level: number, number: number): number {
        return Math.min(256, Math.floor(this.size / 256 ** level) - 256 * number);
    }
    private async stored(level: number, index: number): Promise<Bytes> {
        const number = Math.floor(index / 256);
        const tile = await this.load(`${level}/${spell(number)}${part(this.width(level, number))}`);
        return tile.slice((index % 256) * 32, (index % 256) * 32 + 32);
    }
    // The leaf hashes of the bundle that begins at this index.
    async leaves(first: number): Promise<Bytes[]> {
        const count = this.width(0, first / 256);
        return Promise.all(Array.from({ length: count }, (_, i) => this.stored(0, first + i)));
    }
    // The root over the entries from ≤ i < to; both are where a subtree of this tree begins and ends.
    async range(from: number, to: number): Promise<Bytes> {
        const count = to - from, level = Math.floor(Math.log2(count) / 8);
        if (count === 256 ** level) return this.stored(level, from / count);
        const k = split(count);
        const [left, right] = await Promise.all([this.range(from, from + k), this.range(from + k, to)]);
        return node(left, right);
    }
    async inclusion(index: number, from = 0, to = this.size): Promise<Step[]> {
        if (to - from === 1) return [];
        const middle = from + split(to - from);
        if (index < middle) {
            const hash = await this.range(middle, to);
            const below = await this.inclusion(index, from, middle);
            return [...below, { hash, side: 'right', from: middle, to }];
        }
        const hash = await this.range(from, middle);
        return [...(await this.inclusion(index, middle, to)), { hash, side: 'left', from, to: middle }];
    }
    // RFC 9162 §2.1.4.1, PROOF(m, D[n]).
    async consistency(m: number, from = 0, to = this.size, whole = true): Promise<Bytes[]> {
        if (m === to) return whole ? [] : [await this.range(from, to)];
        const middle = from + split(to - from);
        if (m <= middle)
            return [...(await this.consistency(m, from, middle, whole)), await this.range(middle, to)];
        return [...(await this.consistency(m, middle, to, false)), await this.range(from, middle)];
    }
    // Entries of the bundle that holds this index, the first one's index before them.
    async bundle(index: number): Promise<{ first: number; entries: Bytes[] }> {
        const number = Math.floor(index / 256);
        const bytes = await this.load(`entries/${spell(number)}${part(this.width(0, number))}`);
        const entries: Bytes[] = [];
        for (let at = 0; at < bytes.length;) {
            const size = bytes[at]! * 256 + bytes[at + 1]!;
            entries.push(bytes.slice(at + 2, at + 2 + size));
            at += 2 + size;
        }
        return { first: number * 256, entries };
    }
}

export const fold = (leaf: Bytes, steps: Step[]): Bytes =>
    steps.reduce((hash, step) =>
        (step.side === 'left' ? node(step.hash, hash) : node(hash, step.hash)), leaf);

// Each hash on the way, the leaf's first and the root last.
export const fold_all = (leaf: Bytes, steps: Step[]): Bytes[] =>
    steps.reduce((hashes, step) => [...hashes, fold(hashes.at(-1)!, [step])], [leaf]);

interface Root { size: number; root: Bytes }

// RFC 9162 §2.1.4.2: whether the proof leads from the older root to the newer one.
export function is_extension(older: Root, newer: Root, proof: Bytes[]): boolean {
    if (older.size === newer.size) return proof.length === 0 && same(older.root, newer.root);
    if (older.size < 1 || older.size > newer.size) return false;
    const is_power = Number.isInteger(Math.log2(older.size));
    const path = is_power ? [older.root, ...proof] : proof;
    let fn = older.size - 1, sn = newer.size - 1;
    for (; fn % 2 === 1; sn = Math.floor(sn / 2)) fn = Math.floor(fn / 2);
    let [fr, sr] = [path[0], path[0]];
    if (!fr || !sr) return false;
    for (const hash of path.slice(1)) {
        if (sn === 0) return false;
        if (fn % 2 === 1 || fn === sn) {
            fr = node(hash, fr);
            sr = node(hash, sr);
            for (; fn % 2 === 0 && fn !== 0; sn = Math.floor(sn / 2)) fn = Math.floor(fn / 2);
        } else sr = node(sr, hash);
        fn = Math.floor(fn / 2);
        sn = Math.floor(sn / 2);
    }
    return sn === 0 && same(fr, older.root) && same(sr, newer.root);
}
