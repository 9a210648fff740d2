// Recovery of an account by a code, as docs/formats/recovery-codes.md has it: the code shows whose account it
// is, the new way to sign in is made, both sign the beginning, and the new one the end. By operators an
// operator has accepted the request instead, and the new one signs alone. Runs in the page for a passkey and
// in the worker for a password.
import { ask, type NetworkDescription, type Stretching } from './api';
import { from_base64, same, to_base64url, utf8, type Bytes } from './bytes';
import { encode, type Cbor } from './cbor';
import { check_vrf, sha256 } from './crypto';
import { digest_of, id_of } from './evidence';
import { Hostile } from './hostile';
import { key_of_code, type SigningKey } from './recovery_code';

const validity = 60_000, finish_validity = 30 * 24 * 3_600_000; // milliseconds
const begin_purpose = 10, finish_purpose = 11;

interface Offer {
    network: string; label: string; vrf_proof: string; version: number; keyset: number;
    stretching: Stretching; delay: number; time: number; registration_response?: string; account_id: string;
}
interface OfferToCode extends Offer { id: string; key_version: number; credential: string }
interface OfferToRequest extends Offer { not_after: number }
export type RecoveryOffer = OfferToCode | OfferToRequest;

// What takes the place of everything that opened the account before.
export interface NewCredential {
    described: Cbor; kind: number; public_key: Bytes; record?: string;
    sign: (digest: Bytes) => Promise<Bytes[]>;
}
export interface Maker {
    request?: string; // of OPAQUE, for a password
    make: (offer: RecoveryOffer) => Promise<NewCredential>;
}

// What ends the recovery; no secret, and good for nothing else.
export interface Ending {
    username: string; begin: string; statement: string; evidence: string[][];
    from: number; is_due: boolean; // by the server's clock
}

// By a code, or by a request that an operator has accepted.
export type Recovered = { username: string } & ({ code: Bytes } | { request: string });
type ByCode = { username: string; code: Bytes };

async function show_code(
    { username }: ByCode, key: SigningKey, network: NetworkDescription, request?: string,
): Promise<OfferToCode> {
    const asked = await ask<{ id: string; network: string; challenge: string }>(
        '/v1/recoveries', { method: 'POST', body: { username } });
    if (asked.network !== network.network) throw new Hostile('wrong_network');
    const proof = sha256(
        utf8('bulla/recovery-proof/v1'), from_base64(asked.network), from_base64(asked.challenge));
    return ask<OfferToCode>(`/v1/recoveries/${asked.id}/proof`, { method: 'POST', body: {
        public_key: to_base64url(key.public_key), signature: to_base64url(key.sign(proof)),
        ...(request && { registration_request: request }),
    } });
}

function check_offer(network: NetworkDescription, username: string, offer: RecoveryOffer): Bytes {
    if (offer.network !== network.network) throw new Hostile('wrong_network');
    const label = from_base64(offer.label);
    const shown = check_vrf(from_base64(network.vrf_public_key), username, from_base64(offer.vrf_proof));
    if (!shown || !same(shown, label)) throw new Hostile('wrong_label');
    return label;
}

const spell = (id: Bytes, parts: Bytes[]): string[] => [to_base64url(id), ...parts.map(to_base64url)];

const asks = (kind: number, { network }: Offer, label: Bytes, until: number): [number, Cbor][] =>
    [[0, kind], [1, from_base64(network)], [2, label], [5, until]];

// What ends it, signed by the new way to sign in alone.
async function make_end(
    offer: Offer, label: Bytes, made: NewCredential, ended: { begin: Bytes; until: number },
): Promise<Pick<Ending, 'statement' | 'evidence'>> {
    const end = encode(new Map<number, Cbor>([
        ...asks(finish_purpose, offer, label, ended.until), [6, ended.begin]]));
    return {
        statement: to_base64url(end),
        evidence: [spell(id_of(label, made), await made.sign(digest_of(finish_purpose, end)))],
    };
}

async function recover_by_code(
    who: ByCode, network: NetworkDescription, maker: Maker): Promise<Ending> {
    const key = key_of_code(who.code, from_base64(network.network));
    const offer = await show_code(who, key, network, maker.request);
    const label = check_offer(network, who.username, offer);
    const made = await maker.make(offer);
    const statement = encode(new Map<number, Cbor>([
        ...asks(begin_purpose, offer, label, offer.time + validity), [6, made.described],
        [7, offer.key_version]]));
    const begin = digest_of(begin_purpose, statement);
    const evidence = [spell(from_base64(offer.credential), [key.sign(begin)]),
        spell(id_of(label, made), await made.sign(begin))];
    const begun = await ask<{ begin: string; finish_from: number }>(
        `/v1/recoveries/${offer.id}/begin`, { method: 'POST', body: {
            statement: to_base64url(statement), evidence,
            ...(made.record && { registration_record: made.record }) } });
    if (begun.begin !== to_base64url(begin)) throw new Hostile('wrong_label');
    const until = begun.finish_from + finish_validity;
    return {
        username: who.username, begin: begun.begin, from: begun.finish_from, is_due: offer.delay === 0,
        ...await make_end(offer, label, made, { begin, until }),
    };
}

// The beginning waits for the operators, so nobody knows yet when it can end.
async function recover_by_request(
    who: { username: string; request: string }, network: NetworkDescription, maker: Maker): Promise<Ending> {
    const path = `/v1/recovery-requests/${who.request}`;
    const offer = await ask<OfferToRequest>(`${path}/offer`, {
        method: 'POST', body: { ...(maker.request && { registration_request: maker.request }) } });
    const label = check_offer(network, who.username, offer);
    const made = await maker.make(offer);
    const statement = encode(new Map<number, Cbor>([
        ...asks(begin_purpose, offer, label, offer.not_after), [6, made.described]]));
    const begin = digest_of(begin_purpose, statement);
    const evidence = [spell(id_of(label, made), await made.sign(begin))];
    const until = offer.not_after + offer.delay + finish_validity;
    const end = await make_end(offer, label, made, { begin, until });
    await ask(`${path}/credential`, { method: 'POST', body: {
        statement: to_base64url(statement), evidence,
        ...(made.record && { registration_record: made.record }) } });
    return { username: who.username, begin: to_base64url(begin), from: 0, is_due: false, ...end };
}

export const recover = (who: Recovered, network: NetworkDescription, maker: Maker): Promise<Ending> =>
    ('code' in who ? recover_by_code(who, network, maker) : recover_by_request(who, network, maker));

export const finish = ({ begin, statement, evidence }: Ending): Promise<unknown> =>
    ask(`/v1/recoveries/${begin}/finish`, { method: 'POST', body: { statement, evidence } });
