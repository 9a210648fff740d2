// The ledger as this browser sees it: each checkpoint must carry the log's signature and extend the last one
// seen. Fetched by the pages that show something of it.
import { ask_text, type NetworkDescription } from './api';
import { from_base64, same, to_base64, utf8, type Bytes } from './bytes';
import { bytes_of, decode, map_of, number_of, type Cbor } from './cbor';
import { credential_id, is_signature, sha256 } from './crypto';
import { Forked } from './state';
import { fold, hash_leaf, is_extension, Tree, type Step } from './tree';

export interface Checkpoint { size: number; root: Bytes }

export interface Entry {
    index: number;
    kind: number;
    bytes: Bytes;
    fields: Map<number, Cbor>;
    statement: Map<number, Cbor> | undefined; // of a block or the genesis entry: none
}

const seen_name = 'bulla.checkpoint';

// docs/formats/merkle.md, "Signed notes": the log's own line must be there and good.
export function parse_checkpoint(note: string, log_key: string): Checkpoint {
    const [name, id, key] = log_key.split('+', 3) as [string, string, string];
    const end = note.indexOf('\n\n') + 1;
    const [origin, size, root] = note.slice(0, end).split('\n');
    const public_key = from_base64(log_key.slice(name.length + id.length + 2) || key);
    if (public_key[0] !== 1 || origin !== name) throw new Forked('origin');
    const key_id = sha256(utf8(name), Uint8Array.of(10), public_key).slice(0, 4);
    const is_good = note.slice(end + 1).split('\n').some((line) => {
        if (!line.startsWith(`— ${name} `)) return false;
        const signature = from_base64(line.slice(name.length + 3));
        return same(signature.subarray(0, 4), key_id) &&
            is_signature(signature.slice(4), utf8(note.slice(0, end)), public_key.slice(1));
    });
    if (!is_good) throw new Forked('signature');
    return { size: Number(size), root: from_base64(root ?? '') };
}

interface Seen { network: string; size: number; root: string }
function last_seen(network: string): Checkpoint | undefined {
    const stored = localStorage.getItem(seen_name);
    const seen = stored ? (JSON.parse(stored) as Seen) : undefined;
    return seen?.network === network ? { size: seen.size, root: from_base64(seen.root) } : undefined;
}

// A ledger that became shorter is consistent only if the server still has the longer one's tiles.
async function is_consistent(older: Checkpoint, newer: Checkpoint): Promise<boolean> {
    if (older.size > newer.size) return is_consistent(newer, older).catch(() => false);
    return is_extension(older, newer, await new Tree(newer.size).consistency(older.size));
}

export interface Head { checkpoint: Checkpoint; tree: Tree; since: number | undefined }

// Fetches the newest checkpoint; throws Forked when it is no continuation of what was seen before.
export async function load_head(network: NetworkDescription): Promise<Head> {
    const checkpoint = parse_checkpoint(await ask_text('/log/checkpoint'), network.log_key);
    const older = last_seen(network.network);
    if (older && !(await is_consistent(older, checkpoint))) throw new Forked('history');
    if (!older || older.size <= checkpoint.size) {
        const seen: Seen = {
            network: network.network, size: checkpoint.size, root: to_base64(checkpoint.root) };
        localStorage.setItem(seen_name, JSON.stringify(seen));
    }
    return { checkpoint, tree: new Tree(checkpoint.size), since: older?.size };
}

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

// signer: the kind of the credential that authorised the change, when the history tells it.
export interface Change {
    entry: Entry; height: number; time: number; holds: boolean; leaf: Bytes; signer?: number;
}

interface Block { height: number; time: number }
const block_of = (entry: Entry): Block =>
    ({ height: number_of(entry.fields.get(1)), time: number_of(entry.fields.get(3)) });

const is_of = (entry: Entry, label: Bytes): boolean => {
    const owner = entry.statement?.get(2);
    return owner instanceof Uint8Array && owner.length === 32 && same(owner, label);
};

// Every change of one account, newest first, read from the log alone: the server is not asked which entries
// are the account's, so it can hide none. Ends at the entry that registered it.
export async function load_history(head: Head, label: Bytes): Promise<Change[]> {
    const changes: Change[] = [];
    let block: Block = { height: 0, time: 0 };
    for (let next = head.checkpoint.size - 1; next >= 0;) {
        const bundle = await head.tree.bundle(next);
        for (let i = bundle.entries.length - 1; i >= 0; --i) {
            const entry = read_entry(bundle.first + i, bundle.entries[i]!);
            if (entry.kind === 0) block = block_of(entry);
            if (!is_of(entry, label)) continue;
            const { leaf, holds } = await prove(head, entry);
            changes.push({ entry, ...block, leaf, holds: holds && follows(changes.at(-1), leaf) });
            if (entry.kind === 2) return name_signers(changes, label);
        }
        next = bundle.first - 1;
    }
    return name_signers(changes, label);
}

const domains: Record<number, string> = {
    2: 'register', 3: 'add-credential', 4: 'revoke-credential', 5: 'replace-credential', 6: 'end-sessions',
    7: 'erase',
};
const ed25519_kinds = [1, 3];

// Each evidence is looked up among the credentials that the history itself added, and its signature checked
// where it is a plain one: a password's or a device key's.
function name_signers(changes: Change[], label: Bytes): Change[] {
    const keys = new Map<string, { kind: number; public_key: Bytes }>();
    return [...changes].reverse().map((change) => {
        const added = change.entry.statement?.get(6);
        if (added instanceof Map && [2, 3, 5].includes(change.entry.kind)) {
            const kind = number_of(added.get(1)), public_key = bytes_of(added.get(2));
            keys.set(to_base64(credential_id(label, kind, public_key)), { kind, public_key });
        }
        const [signer, signature] = first_evidence(change.entry);
        const key = signer && keys.get(to_base64(signer));
        const domain = domains[change.entry.kind];
        if (!key || !domain || !signature) return change;
        const message = sha256(utf8(`bulla/${domain}/v1`), bytes_of(change.entry.fields.get(1)));
        const is_good = !ed25519_kinds.includes(key.kind) || is_signature(signature, message, key.public_key);
        return { ...change, signer: key.kind, holds: change.holds && is_good };
    }).reverse();
}

function first_evidence(entry: Entry): Bytes[] {
    const all = entry.fields.get(2);
    const first = Array.isArray(all) ? all[0] : undefined;
    return Array.isArray(first) ? first.map(bytes_of) : [];
}

// Each change names the one before it.
function follows(later: Change | undefined, leaf: Bytes): boolean {
    if (!later) return true;
    const previous = later.entry.statement?.get(4) ?? later.entry.fields.get(5);
    return previous instanceof Uint8Array && same(previous, leaf);
}

