// Every change of one account, read from the log, and who authorised it.
import { same, to_base64, type Bytes } from './bytes';
import { bytes_of, decode, map_of, number_of, type Cbor } from './cbor';
import { digest_of, id_of, is_evidence, read_credential, type PublicCredential, type RelyingParty }
    from './evidence';
import { block_of, prove, read_entry, type Block, type Entry, type Head } from './ledger';

export interface Change {
    entry: Entry;
    height: number;
    time: number;
    leaf: Bytes;
    holds: boolean; // in the tree, after the change before it, and signed by who may
    // id: base64; absent: no credential of the account
    signer?: { id: string; kind: number; is_new: boolean };
}

// The account a change of the operators is about.
function label_of_act(statement: Map<number, Cbor>): Cbor | undefined {
    const act = map_of(decode(bytes_of(statement.get(7))));
    const about = act.get(1);
    return about instanceof Map ? about.get(2) : about;
}
export function label_of(entry: Entry): Bytes | undefined {
    if (!entry.statement || entry.kind > 21 || (entry.kind > 12 && entry.kind < 21)) return undefined;
    const owner = entry.kind === 21 ? label_of_act(entry.statement) : entry.statement.get(2);
    return owner instanceof Uint8Array && owner.length === 32 ? owner : undefined;
}

// The server is not asked which entries are the account's, so it can hide none. Newest first; ends at the
// entry that registered the account.
export async function load_history(head: Head, label: Bytes, party: RelyingParty): Promise<Change[]> {
    const changes: Change[] = [];
    let block: Block = { height: 0, time: 0 };
    for (let next = head.checkpoint.size - 1; next >= 0;) {
        const bundle = await head.tree.bundle(next);
        for (let i = bundle.entries.length - 1; i >= 0; --i) {
            const entry = read_entry(bundle.first + i, bundle.entries[i]!);
            if (entry.kind === 0) block = block_of(entry);
            const owner = label_of(entry);
            if (!owner || !same(owner, label)) continue;
            const { leaf, holds } = await prove(head, entry);
            changes.push({ entry, ...block, leaf, holds: holds && follows(changes.at(-1), leaf) });
            if (entry.kind === 2) return name_signers(changes, { label, party });
        }
        next = bundle.first - 1;
    }
    return name_signers(changes, { label, party });
}

// Each change names the one before it.
function follows(later: Change | undefined, leaf: Bytes): boolean {
    if (!later) return true;
    const previous = later.entry.statement?.get(4) ?? later.entry.fields.get(5);
    return previous instanceof Uint8Array && same(previous, leaf);
}

interface Whose { label: Bytes; party: RelyingParty }
type Keyring = Map<string, PublicCredential>; // by credential id in base64

async function name_signers(changes: Change[], whose: Whose): Promise<Change[]> {
    const named: Change[] = [];
    let keys: Keyring = new Map();
    let pending: PublicCredential | undefined;
    for (const change of [...changes].reverse()) {
        const { entry } = change;
        const brought = brought_by(entry);
        const usable = new Map(keys);
        for (const one of [brought, entry.kind === 11 ? pending : undefined])
            if (one) usable.set(to_base64(id_of(whose.label, one)), one);
        named.push(await name_signer(change, usable, brought && id_of(whose.label, brought), whose));
        if (brought && is_recovery(entry)) pending = brought;
        keys = keys_after(entry, keys, { label: whose.label, brought, pending });
    }
    return named.reverse();
}

// Its new credential counts when the recovery is finished.
const is_recovery = (entry: Entry): boolean => entry.kind === 10 || entry.kind === 21;

function brought_by(entry: Entry): PublicCredential | undefined {
    if ([2, 3, 5, 10].includes(entry.kind)) return read_credential(entry.statement?.get(6));
    const act = entry.kind === 21 ? map_of(decode(bytes_of(entry.statement?.get(7)))) : undefined;
    return act?.get(0) === 3 ? read_credential(map_of(act.get(1)).get(6)) : undefined;
}

interface Moved { label: Bytes; brought: PublicCredential | undefined; pending: PublicCredential | undefined }

// What may sign the next change. A recovery key goes on for a while after it was taken away (LEDGER.md §7).
function keys_after(entry: Entry, keys: Keyring, { label, brought, pending }: Moved): Keyring {
    if (entry.kind === 11) return new Map(pending ? [[to_base64(id_of(label, pending)), pending]] : []);
    const left = new Map(keys);
    if (entry.kind === 5) for (const [id, key] of keys) if (key.kind === 1) left.delete(id);
    if (brought && !is_recovery(entry)) left.set(to_base64(id_of(label, brought)), brought);
    if (entry.kind === 4) {
        const id = to_base64(bytes_of(entry.statement?.get(6)));
        if (left.get(id)?.kind !== 4) left.delete(id);
    }
    return left;
}

const evidence_of = (entry: Entry): Bytes[][] => {
    const all = entry.fields.get(2);
    return Array.isArray(all) ? all.map((one) => (Array.isArray(one) ? one.map(bytes_of) : [])) : [];
};

// Every evidence must be good; the first one authorises, a second one shows that the new credential works.
async function name_signer(
    change: Change, keys: Keyring, brought: Bytes | undefined, { party }: Whose): Promise<Change> {
    if (change.entry.kind === 21) return change; // operators: their votes are entries of their own
    const evidence = evidence_of(change.entry);
    const digest = digest_of(change.entry.kind, bytes_of(change.entry.fields.get(1)));
    const good = await Promise.all(evidence.map(([id, ...parts]) => {
        const key = id && keys.get(to_base64(id));
        return !!key && is_evidence(parts, digest, key, party);
    }));
    const wanted = [3, 5, 10].includes(change.entry.kind) ? 2 : 1;
    const holds = change.holds && evidence.length === wanted && good.every(Boolean);
    const first = evidence[0]?.[0], key = first && keys.get(to_base64(first));
    if (!key) return { ...change, holds: false };
    const signer = { id: to_base64(first), kind: key.kind, is_new: !!brought && same(first, brought) };
    return { ...change, holds: holds && (wanted === 1 || !signer.is_new), signer };
}

export const kind_of_brought = (entry: Entry): number | undefined => {
    const described = entry.statement?.get(6);
    return described instanceof Map && [2, 3, 5, 10].includes(entry.kind)
        ? number_of(described.get(1)) : undefined;
};
