// Operators: sign-in with the passkey that a node granted, and acts signed with it. An operator is no
// account.
import { ask, ask_dated, type NetworkDescription } from './api';
import { from_base64, to_base64url, utf8, type Bytes } from './bytes';
import { encode, type Cbor } from './cbor';
import { sha256 } from './crypto';
import { digest_of } from './evidence';
import { Hostile } from './hostile';
import { party_of } from './key_walks';
import { accept_checkpoint } from './ledger';
import { ask_passkey, spell_parts } from './passkeys';
import { take_challenge } from './state';

const validity = 60_000; // milliseconds
const login_purpose = 101; // docs/formats/operator-login.md

export interface Operator { token: string; id: string; node: string }

export interface Overview {
    you: { operator: string; node: string; sequence: number; kind: string };
    network: string; height: number; size: number; time: number; quorum: number;
    nodes: NodeRow[]; changes: ChangeRow[]; requests: RequestRow[];
    recoveries: RecoveryRow[]; audit: AuditRow[];
    limits: Record<string, unknown>; policy: Record<string, unknown>;
}
export interface NodeRow {
    id: string; here: boolean; https_address?: string; height?: number; lag?: number;
    operators: { id: string; kind: string; sequence: number }[];
    signing_keys: { kid: string; algorithm: string; published?: number; ends?: number }[];
    cosigned?: number; // size of the newest checkpoint that it has cosigned
    evidence: { node: string; offence: string; at: number }[];
}
export interface ChangeRow {
    change: string; act: string; act_bytes: string; label?: string; node?: string; proposed: number;
    apply_from: number; expires: number; approvals: { node: string; by: string }[]; approved: boolean;
    request?: string; // of a recovery, at the node that holds it
}
export interface RequestRow {
    number: string; state: 'asked' | 'accepted' | 'made' | 'begun'; label: string; username?: string;
    asked: number; ends: number; act_bytes?: string;
}
export interface RecoveryRow { label: string; begin: string; by: string; finish_from: number }
export interface AuditRow {
    index: number; time: number; kind: string; by?: string; node?: string; act?: string; label?: string;
    change?: string;
}
export interface AccountRow {
    label: string; status: string; version: number; last_index: number; operator_recovery: boolean;
    credentials: { id: string; kind: string; added_time: number }[];
    recovery?: { finish_from: number };
}

interface LoginOffer { id: string; challenge: string; network: string; checkpoint: string; time: number }

export async function sign_in_operator(network: NetworkDescription): Promise<Operator> {
    const party = party_of(network);
    const offer = await ask<LoginOffer>('/v1/operator/logins', {
        method: 'POST', body: { origin: location.origin } });
    if (offer.network !== network.network) throw new Hostile('wrong_network');
    if (take_challenge(offer.challenge) === 'used') throw new Hostile('replayed_challenge');
    const { checkpoint } = await accept_checkpoint(network, offer.checkpoint);
    const statement = encode(new Map<number, Cbor>([
        [0, login_purpose], [1, from_base64(offer.network)], [2, from_base64(offer.challenge)],
        [3, location.origin],
        [4, new Map<number, Cbor>([[0, checkpoint.size], [1, checkpoint.root]])],
        [5, offer.time + validity],
    ]));
    const challenge = sha256(utf8('bulla/operator-login/v1'), statement);
    const made = await ask_passkey({ party: party.id, challenge, allowed: [] });
    const done = await ask<{ access_token: string; operator: string; node: string }>(
        `/v1/operator/logins/${offer.id}`, { method: 'POST', body: {
            statement: to_base64url(statement), evidence: made.parts.map(to_base64url) } });
    return { token: done.access_token, id: done.operator, node: done.node };
}

export const load_overview = ({ token }: Operator): Promise<Overview> =>
    ask<Overview>('/v1/operator/overview', { token, cache: 'no-store' });

// By its label, or by its name, which then goes to the node.
export const load_account = ({ token }: Operator, asked: { label: string } | { username: string }):
Promise<AccountRow> => ('label' in asked
    ? ask<AccountRow>(`/v1/operator/accounts/${asked.label}`, { token })
    : ask<AccountRow>('/v1/operator/accounts', { method: 'POST', token, body: asked }));

// Nothing of this is on the ledger: accepting tells whoever asked the account's label.
export const decide_request = (
    { token }: Operator, number: string, decision: 'accept' | 'drop'): Promise<unknown> =>
    ask('/v1/operator/recovery-requests', { method: 'POST', token, body: { number, decision } });

export type Vote = 'propose_change' | 'approve_change' | 'object_change';
const purposes: Record<Vote, number> = { propose_change: 18, approve_change: 19, object_change: 20 };

// what: the act in full for a proposal, else the name of the change.
export async function submit_vote(
    operator: Operator, network: NetworkDescription, vote: Vote, what: Bytes): Promise<void> {
    const { said, time } = await ask_dated<Overview>('/v1/operator/overview', { token: operator.token });
    const statement = encode(new Map<number, Cbor>([
        [0, purposes[vote]], [1, from_base64(network.network)], [2, from_base64(operator.id)],
        [3, said.you.sequence + 1], [5, time + validity], [6, what],
    ]));
    const challenge = digest_of(purposes[vote], statement);
    const { parts } = await ask_passkey({ party: party_of(network).id, challenge, allowed: [] });
    await ask('/v1/operator/entries', { method: 'POST', token: operator.token, body: {
        kind: vote, statement: to_base64url(statement), evidence: [spell_parts(operator.id, parts)] } });
}

// What is approved and whose time has come: nobody has to sign that.
export async function apply_change(
    operator: Operator, network: NetworkDescription, { change, act_bytes }: ChangeRow): Promise<void> {
    const statement = encode(new Map<number, Cbor>([
        [0, 21], [1, from_base64(network.network)], [6, from_base64(change)], [7, from_base64(act_bytes)]]));
    await ask('/v1/operator/entries', { method: 'POST', token: operator.token, body: {
        kind: 'apply_change', statement: to_base64url(statement), evidence: [] } });
}

export type Act = 'suspend' | 'restore';
const acts: Record<Act, number> = { suspend: 1, restore: 2 };
export const make_act = (act: Act, label: string): Bytes =>
    encode(new Map<number, Cbor>([[0, acts[act]], [1, from_base64(label)]]));
