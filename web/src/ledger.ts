// The ledger as this browser sees it: each checkpoint must carry the log's signature and stand in one history
// with those seen before. Fetched by the pages that show something of it.
import { ask_text, Refused, type NetworkDescription } from './api';
import { from_base64, same, type Bytes } from './bytes';
import { bytes_of, decode, map_of, number_of, type Cbor } from './cbor';
import type { RelyingParty } from './evidence';
import { find_signers, parse_key, parse_note, type SignedNote } from './notes';
import { place, type Checkpoint, type Relation, type Seen, type Standing } from './seen';
import { Forked, keep_seen, load_seen } from './state';
import { fold, hash_leaf, is_extension, Tree, type Step } from './tree';

export type { Checkpoint };

export interface Entry {
    index: number;
    kind: number;
    bytes: Bytes;
    fields: Map<number, Cbor>;
    statement: Map<number, Cbor> | undefined; // of a block or the genesis entry: none
}

// docs/formats/merkle.md, "Checkpoint": the log's own line must be there and good. What is no checkpoint at
// all is as bad as one that nobody signed.
export function parse_checkpoint(note: string, log_key: string): Checkpoint {
    const key = parse_key(log_key);
    const { text, lines } = parsed(note);
    const [origin, size, root, ...more] = text.split('\n');
    if (key.type !== 1 || origin !== key.name) throw new Forked('origin');
    if (!find_signers({ text, lines }, [key])?.length) throw new Forked('signature');
    if (!/^(0|[1-9]\d{0,14})$/.test(size ?? '') || more.join('\n') !== '') throw new Forked('form');
    return { size: Number(size), root: from_base64(root ?? '') };
}
function parsed(note: string): SignedNote {
    try {
        return parse_note(note);
    } catch {
        throw new Forked('form');
    }
}

async function relate(older: Checkpoint, newer: Checkpoint): Promise<Relation> {
    if (older.size === newer.size) return same(older.root, newer.root) ? 'continued' : 'differs';
    // What the browser has kept does not show that the server still has it.
    const proof = await new Tree(newer.size, 'no-store').consistency(older.size).catch((fault: unknown) => {
        if (fault instanceof Refused && fault.status === 404) return undefined;
        throw fault;
    });
    if (!proof) return 'unknown';
    return is_extension(older, newer, proof) ? 'continued' : 'differs';
}

export interface Head { checkpoint: Checkpoint; note: string; tree: Tree; standing: Standing }

// Takes a checkpoint that the server showed; throws Forked when it is of another history than what was seen
// before.
export async function accept_checkpoint(network: NetworkDescription, note: string): Promise<Head> {
    const checkpoint = parse_checkpoint(note, network.log_key);
    const before: Seen = load_seen(network.network);
    const { seen, standing } = await place(before, checkpoint, network.cosigners.length, relate);
    keep_seen(seen);
    return { checkpoint, note, tree: new Tree(checkpoint.size), standing };
}

export const load_head = async (network: NetworkDescription): Promise<Head> =>
    accept_checkpoint(network, await ask_text('/log/checkpoint'));

export function read_entry(index: number, bytes: Bytes): Entry {
    const fields = map_of(decode(bytes));
    const kind = number_of(fields.get(0));
    const statement = kind > 1 ? map_of(decode(bytes_of(fields.get(1)))) : undefined;
    return { index, kind, bytes, fields, statement };
}

export interface Proof { leaf: Bytes; steps: Step[]; holds: boolean }
export async function prove(head: Head, entry: Entry): Promise<Proof> {
    const leaf = hash_leaf(entry.bytes);
    const steps = await head.tree.inclusion(entry.index);
    return { leaf, steps, holds: same(fold(leaf, steps), head.checkpoint.root) };
}

export async function load_newest(head: Head, count: number): Promise<Entry[]> {
    const entries: Entry[] = [];
    for (let next = head.checkpoint.size - 1; next >= 0 && entries.length < count;) {
        const bundle = await head.tree.bundle(next);
        const read = bundle.entries.map((bytes, i) => read_entry(bundle.first + i, bytes));
        entries.push(...read.reverse());
        next = bundle.first - 1;
    }
    return entries.slice(0, count);
}

export async function load_entry(head: Head, index: number): Promise<Entry | undefined> {
    if (!Number.isSafeInteger(index) || index < 0 || index >= head.checkpoint.size) return undefined;
    const { first, entries } = await head.tree.bundle(index);
    return read_entry(index, entries[index - first]!);
}

export interface Block { height: number; time: number }
export const block_of = (entry: Entry): Block =>
    ({ height: number_of(entry.fields.get(1)), time: number_of(entry.fields.get(3)) });

// Entry 0, whose leaf hash is the network's id: nobody has to be believed about what it says.
export async function load_genesis(head: Head, { network }: NetworkDescription): Promise<Entry> {
    const { entries } = await head.tree.bundle(0);
    const genesis = read_entry(0, entries[0]!);
    const { leaf, holds } = await prove(head, genesis);
    if (genesis.kind !== 1 || !holds || !same(leaf, from_base64(network))) throw new Forked('genesis');
    return genesis;
}

// The relying party of passkeys stands there for ever; origins that came later are the server's word.
export async function load_relying_party(
    head: Head, network: NetworkDescription): Promise<RelyingParty> {
    const policy = map_of((await load_genesis(head, network)).fields.get(4));
    const origins = policy.get(2);
    const first = Array.isArray(origins) ? origins.map(String) : [];
    return { id: String(policy.get(1)), origins: [...first, ...(network.relying_party?.origins ?? [])] };
}

// Every entry of one bundle as the log has it, for a search that must miss none. The path of the first leaf
// is made of all the hashes beside it, so one path vouches for all.
export async function load_bundle(head: Head, index: number): Promise<Entry[]> {
    const { first, entries } = await head.tree.bundle(index);
    const read = entries.map((bytes, i) => read_entry(first + i, bytes));
    const leaves = await head.tree.leaves(first);
    const is_whole = leaves.length === read.length &&
        read.every(({ bytes }, i) => same(hash_leaf(bytes), leaves[i]!));
    if (!is_whole || !(await prove(head, read[0]!)).holds) throw new Forked('entries');
    return read;
}

// The block entry that every checkpoint ends with.
export async function load_last_block(head: Head): Promise<Entry> {
    const last = await load_entry(head, head.checkpoint.size - 1);
    if (last?.kind !== 0 || !(await prove(head, last)).holds) throw new Forked('block');
    return last;
}

// How the ledger grew: its size at the end of blocks, all of them while it is small, else of a sample.
export interface Growth { points: { time: number; size: number }[]; accounts: number | undefined }
const bundles_max = 16, bundle_size = 256;
export async function load_growth(head: Head): Promise<Growth> {
    const count = Math.ceil(head.checkpoint.size / bundle_size), taken = Math.min(count, bundles_max);
    const chosen = Array.from({ length: taken }, (_, i) =>
        (taken < 2 ? 0 : Math.round((i * (count - 1)) / (taken - 1))));
    const bundles = await Promise.all(chosen.map((number) => head.tree.bundle(number * bundle_size)));
    const entries = bundles.flatMap(({ first, entries: all }) =>
        all.map((bytes, i) => read_entry(first + i, bytes)));
    const points = entries.filter(({ kind }) => kind === 0)
        .map((entry) => ({ time: block_of(entry).time, size: entry.index + 1 }));
    const accounts = entries.filter(({ kind }) => kind === 2).length;
    return { points, accounts: taken === count ? accounts : undefined };
}
