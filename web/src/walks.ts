// Registration, sign-in and change of password, as docs/formats/login.md has them. Runs in the worker: the
// password comes in here and only what OPAQUE makes of it goes out.
import * as opaque from '@serenity-kit/opaque';
import { ask, Refused, type NetworkDescription, type Stretching } from './api';
import { from_base64, join, same, to_base64url, type Bytes } from './bytes';
import { bytes_of, decode, encode, map_of, number_of, type Cbor } from './cbor';
import {
    check_vrf, credential_id, make_password_key, open_parameters, password_kind, sha256, sign_digest,
    sign_statement,
    type PasswordKey,
} from './crypto';
import { domain_of } from './evidence';
import { Hostile } from './hostile';
import { signed_of, type LoginDone, type Signed } from './login_done';
import { recover, type Ending, type Recovered } from './recovery_walk';

interface Offer {
    id: string;
    registration_response: string;
    network: string;
    label: string;
    vrf_proof: string;
    version: number;
    previous: string;
    opening?: string;
    keyset: number;
    stretching: Stretching;
    time: number;
}
interface LoginOffer {
    id: string;
    login_response: string;
    network: string;
    stretching: Stretching;
    sealed_parameters: string;
}
// `moves`: the password is of an older keyset of the network.
interface Present {
    signed: Signed; token: string; credential: Bytes; key: PasswordKey; label: Bytes; moves: boolean;
}
interface Typed { username: string; password: string }

const validity = 60_000; // milliseconds

// OpaqueString (RFC 8265 §4.2); what it would refuse cannot be typed into a field.
const prepare = (password: string): string => password.replace(/\p{Zs}/gu, ' ').normalize('NFC');

// The server's own minimum: 19 MiB and two passes, one lane.
function check_stretching({ memory_kib, passes, lanes }: Stretching): void {
    const is_known = lanes === 1 && passes >= 1 && passes <= 10 && memory_kib <= 1_048_576;
    if (!is_known || memory_kib < 19_456 || memory_kib * passes < 38_912)
        throw new Hostile('weak_stretching');
}
const by_argon2id = ({ memory_kib, passes, lanes }: Stretching) => ({
    'argon2id-custom': { iterations: passes, memory: memory_kib, parallelism: lanes },
});

function check_label(network: NetworkDescription, username: string, label: Bytes, proof: Bytes): void {
    const shown = check_vrf(from_base64(network.vrf_public_key), username, proof);
    if (!shown || !same(shown, label)) throw new Hostile('wrong_label');
}

// A keyset may have come since the page was loaded.
async function check_server_key(network: NetworkDescription, key: string): Promise<void> {
    const has = (known: NetworkDescription): boolean =>
        key === network.opaque_public_key || (known.later_opaque_keys?.includes(key) ?? false);
    if (!has(network) && !has(await ask<NetworkDescription>('/v1/network')))
        throw new Hostile('wrong_server_key');
}

interface Made { record: Bytes; key: PasswordKey; credential: Bytes; described: Cbor }

type Offered = Pick<Offer, 'network' | 'label' | 'version' | 'keyset' | 'stretching'> &
    { registration_response?: string };
async function finish_opaque(
    password: string, state: string, offer: Offered, network: NetworkDescription): Promise<Made> {
    if (offer.network !== network.network) throw new Hostile('wrong_network');
    check_stretching(offer.stretching);
    const made = opaque.client.finishRegistration({
        password, clientRegistrationState: state, registrationResponse: offer.registration_response ?? '',
        keyStretching: by_argon2id(offer.stretching),
    });
    await check_server_key(network, made.serverStaticPublicKey);
    const label = from_base64(offer.label), record = from_base64(made.registrationRecord);
    const exported = from_base64(made.exportKey);
    const key = make_password_key(exported, from_base64(offer.network), label, offer.version);
    const { memory_kib, passes, lanes } = offer.stretching;
    const described: Cbor = new Map<number, Cbor>([
        [1, 1], [2, key.public_key], [3, offer.version], [4, offer.keyset],
        [5, new Map([[0, memory_kib], [1, passes], [2, lanes]])], [6, sha256(record)],
    ]);
    return { record, key, credential: credential_id(label, password_kind, key.public_key), described };
}

const account_part = (kind: number, offer: Offer): [number, Cbor][] => [
    [0, kind], [1, from_base64(offer.network)], [2, from_base64(offer.label)], [3, offer.version],
    [4, from_base64(offer.previous)], [5, offer.time + validity],
];

export async function register(
    username: string, typed: string, network: NetworkDescription): Promise<void> {
    await opaque.ready;
    const password = prepare(typed);
    const start = opaque.client.startRegistration({ password });
    const offer = await ask<Offer>('/v1/registrations', {
        method: 'POST', body: { username, registration_request: start.registrationRequest } });
    check_label(network, username, from_base64(offer.label), from_base64(offer.vrf_proof));
    const made = await finish_opaque(password, start.clientRegistrationState, offer, network);
    const opening = sha256(from_base64(offer.opening ?? ''));
    const statement = encode(new Map([...account_part(2, offer), [6, made.described], [7, opening]]));
    const signature = sign_statement('bulla/register/v1', statement, made.key);
    await ask(`/v1/registrations/${offer.id}`, { method: 'POST', body: {
        registration_record: to_base64url(made.record), statement: to_base64url(statement),
        evidence: [[to_base64url(made.credential), to_base64url(signature)]],
    } });
}

// The parameters are under the session key: nobody but the server of the account can have sealed them.
async function open_login(
    session_key: string, ke1: string, offer: LoginOffer): Promise<Map<number, Cbor>> {
    const exchanged = join(from_base64(ke1), from_base64(offer.login_response));
    const sealed = from_base64(offer.sealed_parameters);
    return map_of(decode(await open_parameters(from_base64(session_key), exchanged, sealed)));
}

interface Place { client: string; origin: string }
// A page at an address that the policy does not have signs in as the command line does.
const place_of = (network: NetworkDescription): Place =>
    (network.relying_party?.origins.includes(self.location.origin)
        ? { client: 'bulla', origin: self.location.origin } : { client: 'cli', origin: 'cli' });

// What comes of a login: the session of this browser, or a token for the seconds that a change takes.
type Purpose = 'session' | 'token';
async function walk_login(who: Typed, network: NetworkDescription, purpose: Purpose): Promise<Present> {
    const { username, password: typed } = who;
    await opaque.ready;
    const password = prepare(typed);
    const start = opaque.client.startLogin({ password });
    const where = place_of(network);
    const offer = await ask<LoginOffer>('/v1/logins', { method: 'POST', body: {
        username, start_login_request: start.startLoginRequest, ...where } });
    if (offer.network !== network.network) throw new Hostile('wrong_network');
    check_stretching(offer.stretching);
    const made = opaque.client.finishLogin({
        password, clientLoginState: start.clientLoginState, loginResponse: offer.login_response,
        keyStretching: by_argon2id(offer.stretching),
    });
    // Nothing in OPAQUE shows which of the two it is: a wrong password, or an evaluation under another key.
    if (!made) throw new Refused(401, 'answer_not_opened');
    await check_server_key(network, made.serverStaticPublicKey);
    const known = await open_login(made.sessionKey, start.startLoginRequest, offer);
    const label = bytes_of(known.get(0)), credential = bytes_of(known.get(3));
    check_label(network, username, label, bytes_of(known.get(8)));
    const key = make_password_key(
        from_base64(made.exportKey), from_base64(offer.network), label, number_of(known.get(4)));
    const statement = encode(login_statement(from_base64(offer.network), known, where));
    const signature = sign_statement('bulla/login/v1', statement, key);
    const done = await ask<LoginDone>(
        `/v1/logins/${offer.id}`, { method: 'POST', body: {
            finish_login_request: made.finishLoginRequest, statement: to_base64url(statement),
            evidence: to_base64url(signature), ...(purpose === 'session' && { session: 'cookie' }) },
        begins_session: purpose === 'session' });
    return {
        signed: signed_of(done), token: done.access_token ?? '', credential, key, label,
        moves: known.get(9) !== undefined,
    };
}

function login_statement(
    network: Bytes, known: Map<number, Cbor>, { client, origin }: Place): Map<number, Cbor> {
    const part = (number: number): Cbor => known.get(number)!;
    return new Map<number, Cbor>([
        [0, 100], [1, network], [2, part(0)], [3, part(1)], [4, part(2)],
        [5, number_of(part(7)) + validity], [6, part(5)], [7, client], [8, origin], [9, part(3)],
        [10, part(4)], [11, part(6)],
    ]);
}

// A password of an older keyset is registered again under the newest one, which ends the session it began. It
// stays as it is when that cannot be, and moves another time.
export async function sign_in(
    username: string, password: string, network: NetworkDescription): Promise<Signed> {
    const { signed, moves } = await walk_login({ username, password }, network, 'session');
    if (!moves) return signed;
    try {
        return await change_password(username, { present: password, next: password }, network);
    } catch {
        return signed;
    }
}

// A new password in the place of everything that opened the account before.
export async function recover_by_password(
    who: Recovered, typed: string, network: NetworkDescription): Promise<Ending> {
    await opaque.ready;
    const password = prepare(typed);
    const start = opaque.client.startRegistration({ password });
    return recover(who, network, { request: start.registrationRequest, make: async (offer) => {
        const made = await finish_opaque(password, start.clientRegistrationState, offer, network);
        return {
            described: made.described, kind: password_kind, public_key: made.key.public_key,
            record: to_base64url(made.record), sign: async (digest) => [sign_digest(digest, made.key)],
        };
    } });
}

export interface Signable { purpose: number; statement: Bytes }

// Signs a change of the own account. The session that came of finding the key is ended again.
export async function sign_change(
    who: Typed, wanted: Signable, network: NetworkDescription): Promise<string[]> {
    const { signed, token, credential, key, label } = await walk_login(who, network, 'token');
    await ask(`/v1/sessions/${signed.session_id}`, { method: 'DELETE', token });
    const asks = map_of(decode(wanted.statement));
    if (number_of(asks.get(0)) !== wanted.purpose || !same(bytes_of(asks.get(2)), label))
        throw new Hostile('wrong_label');
    const signature = sign_statement(domain_of(wanted.purpose), wanted.statement, key);
    return [to_base64url(credential), to_base64url(signature)];
}

// A first password, without the signature of the credential that allows it: that comes beside it.
export interface FirstPassword { id: string; record: string; wanted: Signable; by_new: string[] }
export async function prepare_password(
    session: string, typed: string, network: NetworkDescription): Promise<FirstPassword> {
    await opaque.ready;
    const password = prepare(typed);
    const start = opaque.client.startRegistration({ password });
    const offer = await ask<Offer>('/v1/account/password', {
        method: 'POST', session, body: { registration_request: start.registrationRequest } });
    const made = await finish_opaque(password, start.clientRegistrationState, offer, network);
    const purpose = 3;
    const until = { ...offer, time: offer.time + validity }; // a person may run ssh-keygen meanwhile
    const statement = encode(new Map([...account_part(purpose, until), [6, made.described]]));
    const signature = sign_statement(domain_of(purpose), statement, made.key);
    return {
        id: offer.id, record: to_base64url(made.record), wanted: { purpose, statement },
        by_new: [to_base64url(made.credential), to_base64url(signature)],
    };
}

// The present password authorises the new one: it signs in once more, and its key signs the change. That ends
// every session, so the new password signs in at once.
export async function change_password(
    username: string, passwords: { present: string; next: string },
    network: NetworkDescription): Promise<Signed> {
    const present = await walk_login({ username, password: passwords.present }, network, 'token');
    const { token } = present;
    const password = prepare(passwords.next);
    const start = opaque.client.startRegistration({ password });
    const offer = await ask<Offer>('/v1/account/password', {
        method: 'POST', token, body: { registration_request: start.registrationRequest } });
    if (!same(from_base64(offer.label), present.label)) throw new Hostile('wrong_label');
    const made = await finish_opaque(password, start.clientRegistrationState, offer, network);
    const statement = encode(new Map([...account_part(5, offer), [6, made.described]]));
    const domain = 'bulla/replace-credential/v1';
    const evidence = [
        [to_base64url(present.credential), to_base64url(sign_statement(domain, statement, present.key))],
        [to_base64url(made.credential), to_base64url(sign_statement(domain, statement, made.key))],
    ];
    await ask(`/v1/account/password/${offer.id}`, { method: 'POST', token, body: {
        registration_record: to_base64url(made.record), statement: to_base64url(statement), evidence } });
    return (await walk_login({ username, password: passwords.next }, network, 'session')).signed;
}
