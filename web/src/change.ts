// Statements about the own account, and how they get to the ledger.
import { ask, ask_dated, type Account, type NetworkDescription } from './api';
import { from_base64 } from './bytes';
import { encode, type Cbor } from './cbor';
import type { Signable } from './walks';

export type ChangeName = 'add_credential' | 'revoke_credential' | 'end_sessions' | 'erase' |
    'allow_operator_recovery' | 'forbid_operator_recovery';
const purposes: Record<ChangeName, number> = {
    add_credential: 3, revoke_credential: 4, end_sessions: 6, erase: 7, allow_operator_recovery: 8,
    forbid_operator_recovery: 9,
};

const validity = 600_000; // milliseconds: a signature by ssh-keygen takes a person a while

// A statement that follows the account's present entry.
export async function make_statement(
    name: ChangeName, wanted: [number, Cbor][], { network, token }: Asks): Promise<Signable> {
    const { said: account, time } = await ask_dated<Account>('/v1/account', { token });
    const statement = encode(new Map<number, Cbor>([
        [0, purposes[name]], [1, from_base64(network.network)], [2, from_base64(account.label)],
        [3, account.version + 1], [4, from_base64(account.head)], [5, time + validity], ...wanted,
    ]));
    return { purpose: purposes[name], statement };
}
export interface Asks { network: NetworkDescription; token: string }

export const submit_change = (
    kind: ChangeName, body: { statement: string; evidence: string[][] }, token: string): Promise<unknown> =>
    ask('/v1/account/entries', { method: 'POST', token, body: { kind, ...body } });

// The owner's own name for a way to sign in. It is not in the ledger.
export const name_max = 64;
export const name_credential = (id: string, name: string, token: string): Promise<unknown> =>
    ask(`/v1/account/credentials/${id}`, { method: 'PUT', token, body: { name } });
