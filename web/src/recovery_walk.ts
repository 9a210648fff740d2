// Recovery of an account by a code, as docs/formats/login.md has it: the code shows whose account it is,
// the new way to sign in is made, both sign the beginning, and the new one the end. Runs in the page for a
// passkey and in the worker for a password.
import { ask, type NetworkDescription, type Stretching } from './api';
import { from_base64, same, to_base64url, utf8, type Bytes } from './bytes';
import { encode, type Cbor } from './cbor';
import { check_vrf, sha256 } from './crypto';
import { digest_of, id_of } from './evidence';
import { Hostile } from './hostile';
import { key_of_code, type SigningKey } from './recovery_code';

const validity = 60_000, finish_validity = 30 * 24 * 3_600_000; // milliseconds
const begin_purpose = 10, finish_purpose = 11;

export interface RecoveryOffer {
    id: string; network: string; label: string; vrf_proof: string; version: number; key_version: number;
    credential: string; keyset: number; stretching: Stretching; delay: number; time: number;
    registration_response?: string; account_id: string;
}

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

export interface Recovered { username: string; code: Bytes }

async function show_code(
    { username }: Recovered, key: SigningKey, network: NetworkDescription, request?: string,
): Promise<RecoveryOffer> {
    const asked = await ask<{ id: string; network: string; challenge: string }>(
        '/v1/recoveries', { method: 'POST', body: { username } });
    if (asked.network !== network.network) throw new Hostile('wrong_network');
    const proof = sha256(
        utf8('bulla/recovery-proof/v1'), from_base64(asked.network), from_base64(asked.challenge));
    return ask<RecoveryOffer>(`/v1/recoveries/${asked.id}/proof`, { method: 'POST', body: {
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

export async function recover(
    who: Recovered, network: NetworkDescription, maker: Maker): Promise<Ending> {
    const key = key_of_code(who.code, from_base64(network.network));
    const offer = await show_code(who, key, network, maker.request);
    const label = check_offer(network, who.username, offer);
    const made = await maker.make(offer);
    const asks = (kind: number, until: number): [number, Cbor][] =>
        [[0, kind], [1, from_base64(offer.network)], [2, label], [5, until]];
    const statement = encode(new Map<number, Cbor>([
        ...asks(begin_purpose, offer.time + validity), [6, made.described], [7, offer.key_version]]));
    const digest = digest_of(begin_purpose, statement), id = id_of(label, made);
    const evidence = [spell(from_base64(offer.credential), [key.sign(digest)]),
        spell(id, await made.sign(digest))];
    const begun = await ask<{ begin: string; finish_from: number }>(
        `/v1/recoveries/${offer.id}/begin`, { method: 'POST', body: {
            statement: to_base64url(statement), evidence,
            ...(made.record && { registration_record: made.record }) } });
    if (begun.begin !== to_base64url(digest)) throw new Hostile('wrong_label');
    const until = begun.finish_from + finish_validity;
    const end = encode(new Map<number, Cbor>([...asks(finish_purpose, until), [6, digest]]));
    return {
        username: who.username, begin: begun.begin, from: begun.finish_from, is_due: offer.delay === 0,
        statement: to_base64url(end),
        evidence: [spell(id, await made.sign(digest_of(finish_purpose, end)))],
    };
}

export const finish = ({ begin, statement, evidence }: Ending): Promise<unknown> =>
    ask(`/v1/recoveries/${begin}/finish`, { method: 'POST', body: { statement, evidence } });
