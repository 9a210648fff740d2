// Sign-in and registration with a passkey (docs/formats/login.md). Comes with the code that checks the
// ledger: the statement that is signed names the checkpoint, which is checked first.
import { ask, type NetworkDescription } from './api';
import { from_base64, same, to_base64url, u32be, utf8, type Bytes } from './bytes';
import { encode, type Cbor } from './cbor';
import { check_vrf, sha256 } from './crypto';
import { digest_of, id_of } from './evidence';
import { Hostile } from './hostile';
import { accept_checkpoint } from './ledger';
import {
    ask_passkey, create_passkey, PasskeyRefused, spell_parts, type Asked, type Passkey,
} from './passkeys';
import { take_challenge } from './state';
import { signed_of, type LoginDone, type Signed } from './login_done';
import type { Signable } from './walks';

const validity = 60_000; // milliseconds
const login_purpose = 100, register_purpose = 2, passkey_kind = 2;

interface Party { id: string; name: string; origins: string[] }

// What a passkey signs carries the page's origin, and only those of the policy are good.
export function party_of(network: NetworkDescription): Party {
    const party = network.relying_party;
    if (!party?.origins.includes(location.origin)) throw new PasskeyRefused('address');
    return party;
}

interface KeyLoginOffer { id: string; challenge: string; network: string; checkpoint: string; time: number }

async function login_statement(
    network: NetworkDescription, offer: KeyLoginOffer, lifetime = validity): Promise<Bytes> {
    if (offer.network !== network.network) throw new Hostile('wrong_network');
    if (take_challenge(offer.challenge) === 'used') throw new Hostile('replayed_challenge');
    const { checkpoint } = await accept_checkpoint(network, offer.checkpoint);
    return encode(new Map<number, Cbor>([
        [0, login_purpose], [1, from_base64(offer.network)], [5, offer.time + lifetime],
        [6, from_base64(offer.challenge)], [7, 'bulla'], [8, location.origin],
        [11, new Map<number, Cbor>([[0, checkpoint.size], [1, checkpoint.root]])],
    ]));
}

// Without a name: the passkey says whose it is.
export async function sign_in_by_passkey(
    network: NetworkDescription, asked: Pick<Asked, 'is_conditional' | 'signal'> = {}): Promise<Signed> {
    const party = party_of(network);
    const offer = await ask<KeyLoginOffer>('/v1/key-logins', {
        method: 'POST', body: { client: 'bulla', origin: location.origin } });
    const statement = await login_statement(network, offer);
    const challenge = digest_of(login_purpose, statement);
    const made = await ask_passkey({ party: party.id, challenge, allowed: [], ...asked });
    if (!made.account_id) throw new PasskeyRefused('unsuitable');
    return signed_of(await ask<LoginDone>(`/v1/key-logins/${offer.id}`, { method: 'POST', body: {
        statement: to_base64url(statement), evidence: made.parts.map(to_base64url),
        account_id: to_base64url(made.account_id), passkey: to_base64url(made.webauthn_id),
        session: 'cookie',
    }, begins_session: true }));
}

// With a name: whose key it is stands in what ssh-keygen made. sign: asks for that.
export type SshSign = (wanted: Signable) => Promise<{ key: { public_key: Bytes }; signature: Bytes }>;
export async function sign_in_by_ssh(
    network: NetworkDescription, username: string, sign: SshSign): Promise<Signed> {
    party_of(network); // a page of the network's
    const offer = await ask<KeyLoginOffer>('/v1/key-logins', {
        method: 'POST', body: { client: 'bulla', origin: location.origin, username } });
    const statement = await login_statement(network, offer, 2 * validity);
    const { key, signature } = await sign({ purpose: login_purpose, statement });
    return signed_of(await ask<LoginDone>(`/v1/key-logins/${offer.id}`, { method: 'POST', body: {
        statement: to_base64url(statement), evidence: [to_base64url(signature)], username,
        public_key: to_base64url(key.public_key), session: 'cookie',
    }, begins_session: true }));
}

interface RegistrationOffer {
    id: string; network: string; label: string; vrf_proof: string; version: number; previous: string;
    opening: string; account_id: string; time: number;
}

export const describe_passkey = ({ public_key, webauthn_id }: Passkey): Map<number, Cbor> =>
    new Map<number, Cbor>([[1, passkey_kind], [2, public_key], [7, webauthn_id]]);

// The name's label must be shown, and the account id must be the one that comes of it: it goes into the
// passkey.
function check_offer(network: NetworkDescription, username: string, offer: RegistrationOffer): void {
    if (offer.network !== network.network) throw new Hostile('wrong_network');
    const label = from_base64(offer.label);
    const shown = check_vrf(from_base64(network.vrf_public_key), username, from_base64(offer.vrf_proof));
    if (!shown || !same(shown, label)) throw new Hostile('wrong_label');
    const account_id = sha256(utf8('bulla/account-id/v1'), from_base64(offer.network), label,
        u32be(offer.version), from_base64(offer.opening)).slice(0, 16);
    if (!same(account_id, from_base64(offer.account_id))) throw new Hostile('wrong_account_id');
}

// The new passkey is made, and used once: making it proves nothing, its signature is the account's first
// entry.
export async function join_by_passkey(
    network: NetworkDescription, username: string, say_step: (step: 'make' | 'use') => void): Promise<void> {
    const party = party_of(network);
    const offer = await ask<RegistrationOffer>('/v1/registrations', { method: 'POST', body: { username } });
    check_offer(network, username, offer);
    say_step('make');
    const passkey = await create_passkey(
        party, { account_id: from_base64(offer.account_id), username, known: [] });
    const label = from_base64(offer.label);
    const statement = encode(new Map<number, Cbor>([
        [0, register_purpose], [1, from_base64(offer.network)], [2, label], [3, offer.version],
        [4, from_base64(offer.previous)], [5, offer.time + 2 * validity], [6, describe_passkey(passkey)],
        [7, sha256(from_base64(offer.opening))],
    ]));
    say_step('use');
    const parts = await sign_by_new(party, passkey, digest_of(register_purpose, statement));
    const id = id_of(label, { kind: passkey_kind, public_key: passkey.public_key });
    await ask(`/v1/registrations/${offer.id}`, { method: 'POST', body: {
        statement: to_base64url(statement), evidence: [spell_parts(id, parts)] } });
}

export async function sign_by_new(
    party: { id: string }, passkey: Passkey, challenge: Bytes): Promise<Bytes[]> {
    const made = await ask_passkey({ party: party.id, challenge, allowed: [passkey.webauthn_id] });
    return made.parts;
}
