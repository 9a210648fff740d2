// Statements about the own account, and how they get to the ledger.
import { ask, ask_dated, type Account, type NetworkDescription } from './api';
import { from_base64, type Bytes } from './bytes';
import { encode, type Cbor } from './cbor';
import type { Signable } from './walks';

export type ChangeName =
    'add_credential' | 'cancel_recovery' | 'revoke_credential' | 'end_sessions' | 'erase' |
    'allow_operator_recovery' | 'forbid_operator_recovery';
const purposes: Record<ChangeName, number> = {
    add_credential: 3, revoke_credential: 4, end_sessions: 6, erase: 7, allow_operator_recovery: 8,
    forbid_operator_recovery: 9, cancel_recovery: 12,
};

const validity = 600_000; // milliseconds: a signature by ssh-keygen takes a person a while

export interface Asks { network: NetworkDescription; session: string }
// Where the account stands: what the next statement follows.
export interface Place { network: Bytes; label: Bytes; version: number; head: Bytes; time: number }

export async function load_place({ network, session }: Asks): Promise<Place> {
    const { said: account, time } = await ask_dated<Account>('/v1/account', { session });
    return { network: from_base64(network.network), label: from_base64(account.label),
        version: account.version, head: from_base64(account.head), time };
}

export function statement_at(place: Place, name: ChangeName, wanted: [number, Cbor][]): Signable {
    const statement = encode(new Map<number, Cbor>([
        [0, purposes[name]], [1, place.network], [2, place.label], [3, place.version + 1],
        [4, place.head], [5, place.time + validity], ...wanted,
    ]));
    return { purpose: purposes[name], statement };
}
// A statement that follows the account's present entry.
export const make_statement = async (
    name: ChangeName, wanted: [number, Cbor][], asks: Asks): Promise<Signable> =>
    statement_at(await load_place(asks), name, wanted);

// Another entry may come before it, so it names none.
export async function make_cancellation(begin: string, asks: Asks): Promise<Signable> {
    const place = await load_place(asks);
    const statement = encode(new Map<number, Cbor>([
        [0, purposes.cancel_recovery], [1, place.network], [2, place.label], [5, place.time + validity],
        [6, from_base64(begin)],
    ]));
    return { purpose: purposes.cancel_recovery, statement };
}

export const submit_change = (
    kind: ChangeName, body: { statement: string; evidence: string[][] }, session: string): Promise<Receipt> =>
    ask('/v1/account/entries', { method: 'POST', session, body: { kind, ...body } });

export interface Receipt { leaf_hash: string; index: number; height: number; time: number }

// The owner's own name for a way to sign in. It is not in the ledger.
export const name_max = 64;
export const name_credential = (id: string, name: string, session: string): Promise<unknown> =>
    ask(`/v1/account/credentials/${id}`, { method: 'PUT', session, body: { name } });
