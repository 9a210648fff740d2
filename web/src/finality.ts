// Whether a checkpoint counts: more than two thirds of the network's nodes have cosigned it. Which nodes
// these are is not the server's word: the genesis entry, whose hash is the network's id, holds the first
// list, and each later list is signed by the nodes of the one before it. On a ledger of one node the
// signature of its log is all there is.
import type { NetworkDescription } from './api';
import { from_base64, to_base64 } from './bytes';
import { decode, number_of } from './cbor';
import { block_of, load_bundle, load_genesis, load_head, load_last_block, type Head } from './ledger';
import { cosigners_of, follow_change, print_list, quorum_of, read_list, type NodeList } from './node_list';
import { find_signers, parse_key, parse_note, type VerifierKey } from './notes';
import { Forked, keep_nodes, load_nodes } from './state';

export type Finality =
    | { kind: 'alone'; height: number }
    | { kind: 'signed'; height: number; by: number; of: number; needed: number };
export const is_final = (finality: Finality): boolean =>
    finality.kind === 'alone' || finality.by >= finality.needed;

// A list, the entry up to which the log was searched for changes of it, and the size of the largest
// checkpoint that was seen to count.
interface Reached { network: string; list: NodeList; read_to: number; final_to: number }
let reached: Reached | undefined; // while this page is open

async function load_reached(head: Head, told: NetworkDescription): Promise<Reached> {
    const { network } = told;
    if (reached?.network === network) return reached;
    const stored = load_nodes(network);
    if (stored) return { ...stored, list: read_list(decode(from_base64(stored.list))) };
    const list = read_list((await load_genesis(head, told)).fields.get(3));
    return { network, list, read_to: 1, final_to: 0 };
}

const apply_change = 21;

// The list in force before an entry of the log. A change that the list before did not sign is one that no
// honest node has in its log.
async function walk(known: Reached, head: Head, end: number): Promise<Reached> {
    let { list } = known;
    for (let next = known.read_to; next < end;) {
        const entries = await load_bundle(head, next);
        for (const { index, kind, bytes } of entries)
            if (kind === apply_change && index >= next && index < end) list = follow(list, bytes);
        next = entries[0]!.index + entries.length;
    }
    return { ...known, list, read_to: Math.max(known.read_to, end) };
}
function follow(list: NodeList, entry: Uint8Array<ArrayBuffer>): NodeList {
    try {
        return follow_change(list, entry);
    } catch {
        throw new Forked('nodes');
    }
}

// What the server says of its nodes is a hint that the list has changed, and nothing else.
function is_as_told(keys: VerifierKey[], { cosigners }: NetworkDescription): boolean {
    if (keys.length === 1 && cosigners.length === 0) return true; // a node alone
    const told = cosigners.map((text) => to_base64(parse_key(text).public_key));
    return told.length === keys.length && keys.every((key) => told.includes(to_base64(key.public_key)));
}

function count(head: Head, keys: VerifierKey[]): number {
    const signers = find_signers(parse_note(head.note), keys);
    if (!signers) throw new Forked('cosignature');
    return signers.length;
}

// final_to: entries before it stand under a checkpoint that counts.
export interface Judged { finality: Finality; final_to: number }

// Throws Forked for a cosignature that is none, and for a list that its predecessor's nodes have not signed.
export async function judge(head: Head, network: NetworkDescription): Promise<Judged> {
    const last = await load_last_block(head), height = block_of(last).height;
    let known = await load_reached(head, network);
    let keys = cosigners_of(known.list), by = count(head, keys);
    if (!is_as_told(keys, network) || (keys.length > 1 && by < quorum_of(keys.length))) {
        // A block is cosigned by the list in force before it.
        known = await walk(known, head, number_of(last.fields.get(4)));
        keys = cosigners_of(known.list);
        by = count(head, keys);
    }
    reached = known;
    if (keys.length === 1 && by === 0)
        return { finality: { kind: 'alone', height }, final_to: head.checkpoint.size };
    const of = keys.length, finality: Finality = { kind: 'signed', height, by, of, needed: quorum_of(of) };
    return { finality, final_to: is_final(finality) ? keep(known, head) : final_before(known, head) };
}

// What too few have signed is not remembered: it may be taken back.
function keep(known: Reached, { checkpoint: { size } }: Head): number {
    reached = { ...known, final_to: Math.max(known.final_to, size) };
    keep_nodes({ ...reached, list: to_base64(print_list(known.list)) });
    return size;
}
// As far as what counted before is known to be the same history.
const final_before = ({ final_to }: Reached, { checkpoint, standing }: Head): number =>
    (standing.is_proved ? Math.min(final_to, checkpoint.size) : 0);

// A head is published when its block is made, and again when enough nodes have cosigned it: moments later, as
// a rule. Shows what is known now and what comes of it.
// Nodes that have just started exchange cosignatures within five seconds.
const again = 700, patience = 8_000; // milliseconds
export interface Shown extends Judged { is_waiting: boolean }

export async function follow_finality(
    first: Head, network: NetworkDescription, show: (shown: Shown) => void): Promise<void> {
    const end = Date.now() + patience;
    for (let head = first; ;) {
        const judged = await judge(head, network);
        const is_waiting = !is_final(judged.finality) && Date.now() < end;
        show({ ...judged, is_waiting });
        if (!is_waiting) return;
        await new Promise((done) => setTimeout(done, again));
        const next = await load_head(network);
        // One of a node that is late says nothing about the first.
        if (next.checkpoint.size >= first.checkpoint.size) head = next;
    }
}
