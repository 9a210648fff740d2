// Passkeys (WebAuthn Level 3): what the browser's authenticator makes, in the ledger's terms. The challenge
// of each signature is the digest of a statement, so that anybody can check it later.
import { from_base64, join, to_base64url, type Bytes } from './bytes';

export interface Passkey { public_key: Bytes; webauthn_id: Bytes }
export interface Assertion { webauthn_id: Bytes; account_id: Bytes | undefined; parts: Bytes[] }

export class PasskeyRefused extends Error {
    constructor(readonly reason: 'cancelled' | 'exists' | 'address' | 'unsuitable' | 'timeout') {
        super(reason);
    }
}

export const has_passkeys = (): boolean => 'PublicKeyCredential' in window;

const bytes = (buffer: ArrayBuffer): Bytes => new Uint8Array(buffer);

function refusal(fault: unknown): never {
    const name = fault instanceof DOMException ? fault.name : '';
    if (name === 'InvalidStateError') throw new PasskeyRefused('exists');
    if (name === 'SecurityError') throw new PasskeyRefused('address');
    if (name === 'NotSupportedError' || name === 'ConstraintError') throw new PasskeyRefused('unsuitable');
    if (name === 'TimeoutError') throw new PasskeyRefused('timeout');
    if (name === 'NotAllowedError' || name === 'AbortError') throw new PasskeyRefused('cancelled');
    throw fault;
}

const eddsa = -8, es256 = -7;

// SubjectPublicKeyInfo: the key stands at the end, x ‖ y after the byte 04 of a point that is not compressed.
function key_of(response: AuthenticatorAttestationResponse): Bytes {
    const info = response.getPublicKey();
    const size = { [eddsa]: 32, [es256]: 64 }[response.getPublicKeyAlgorithm()];
    if (!info || !size) throw new PasskeyRefused('unsuitable');
    return bytes(info).slice(-size);
}

export interface Owner { account_id: Bytes; username: string; known: Bytes[] }

export async function create_passkey(
    party: { id: string; name: string }, { account_id, username, known }: Owner): Promise<Passkey> {
    const made = await navigator.credentials.create({ publicKey: {
        rp: party, user: { id: account_id, name: username, displayName: username },
        challenge: crypto.getRandomValues(new Uint8Array(32)), // what creating proves is not looked at
        pubKeyCredParams: [{ type: 'public-key', alg: es256 }, { type: 'public-key', alg: eddsa }],
        authenticatorSelection: { residentKey: 'required', userVerification: 'required' },
        attestation: 'none', excludeCredentials: known.map((id) => ({ type: 'public-key', id })),
    } }).catch(refusal) as PublicKeyCredential | null;
    if (!made) throw new PasskeyRefused('cancelled');
    const response = made.response as AuthenticatorAttestationResponse;
    return { public_key: key_of(response), webauthn_id: bytes(made.rawId) };
}

// SEQUENCE { INTEGER r, INTEGER s } to r ‖ s, 32 bytes each; Ed25519 signatures are 64 bytes as they are.
export function plain_signature(signature: Bytes): Bytes {
    if (signature.length === 64) return signature;
    const first = 4, r_end = first + signature[3]!;
    const integer = (number: Bytes): Bytes => {
        const digits = number.slice(-32);
        return join(new Uint8Array(32 - digits.length), digits);
    };
    return join(integer(signature.slice(first, r_end)), integer(signature.slice(r_end + 2)));
}

export interface Asked {
    party: string; challenge: Bytes; allowed: Bytes[]; is_conditional?: boolean; signal?: AbortSignal;
}

// Only one question can be open: what the browser offers in a field gives way to a button.
let offered: { stop: AbortController; ended: Promise<unknown> } | undefined;
async function stop_offering(): Promise<void> {
    offered?.stop.abort();
    await offered?.ended;
    offered = undefined;
}

export async function ask_passkey(asked: Asked): Promise<Assertion> {
    await stop_offering();
    if (!asked.is_conditional) return ask_once(asked);
    const stop = new AbortController();
    const signal = AbortSignal.any([stop.signal, ...(asked.signal ? [asked.signal] : [])]);
    const made = ask_once({ ...asked, signal });
    offered = { stop, ended: made.catch(() => undefined) };
    return made;
}

async function ask_once(asked: Asked): Promise<Assertion> {
    const made = await navigator.credentials.get({
        publicKey: {
            rpId: asked.party, challenge: asked.challenge, userVerification: 'required',
            allowCredentials: asked.allowed.map((id) => ({ type: 'public-key', id })),
        },
        ...(asked.is_conditional && { mediation: 'conditional' as const }),
        ...(asked.signal && { signal: asked.signal }),
    }).catch(refusal) as PublicKeyCredential | null;
    if (!made) throw new PasskeyRefused('cancelled');
    const response = made.response as AuthenticatorAssertionResponse;
    const parts = [bytes(response.authenticatorData), bytes(response.clientDataJSON),
        plain_signature(bytes(response.signature))];
    const account_id = response.userHandle ? bytes(response.userHandle) : undefined;
    return { webauthn_id: bytes(made.rawId), account_id, parts };
}

export const spell_parts = (credential: Bytes | string, parts: Bytes[]): string[] =>
    [typeof credential === 'string' ? credential : to_base64url(credential), ...parts.map(to_base64url)];
export const read_ids = (ids: (string | undefined)[]): Bytes[] =>
    ids.flatMap((id) => (id ? [from_base64(id)] : []));
