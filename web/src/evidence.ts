// What a credential makes over the digest of a statement, and its check (docs/formats/evidence.md).
import { join, same, ssh_string, to_base64url, utf8, type Bytes } from './bytes';
import type { Cbor } from './cbor';
import { bytes_of, map_of, number_of } from './cbor';
import { credential_id, is_signature, sha256, sha512_of } from './crypto';

// What may sign. Numbers are those of the ledger.
export interface PublicCredential { kind: number; public_key: Bytes }
export interface RelyingParty { id: string; origins: string[] }

export const kind_names = ['password', 'passkey', 'device_key', 'recovery_key', 'ssh_key'] as const;
export type KindName = (typeof kind_names)[number];

const domain_names: Record<number, string> = {
    2: 'register', 3: 'add-credential', 4: 'revoke-credential', 5: 'replace-credential', 6: 'end-sessions',
    7: 'erase', 8: 'allow-operator-recovery', 9: 'forbid-operator-recovery', 10: 'begin-recovery',
    11: 'finish-recovery', 12: 'cancel-recovery', 18: 'propose-change', 19: 'approve-change',
    20: 'object-change', 100: 'login',
};
export const domain_of = (purpose: number): string => `bulla/${domain_names[purpose]!}/v1`;
export const digest_of = (purpose: number, statement: Bytes): Bytes =>
    sha256(utf8(domain_of(purpose)), statement);

export function read_credential(described: Cbor | undefined): PublicCredential {
    const fields = map_of(described);
    return { kind: number_of(fields.get(1)), public_key: bytes_of(fields.get(2)) };
}
export const id_of = (label: Bytes, { kind, public_key }: PublicCredential): Bytes =>
    credential_id(label, kind, public_key);

// A key of 32 bytes signs by Ed25519, one of 64 (x ‖ y) by ES256 with a signature r ‖ s.
async function is_signed(signature: Bytes, message: Bytes, public_key: Bytes): Promise<boolean> {
    if (signature.length !== 64) return false;
    if (public_key.length === 32) return is_signature(signature, message, public_key);
    const algorithm = { name: 'ECDSA', namedCurve: 'P-256' };
    const point = join(Uint8Array.of(4), public_key);
    const key = await crypto.subtle.importKey('raw', point, algorithm, false, ['verify'])
        .catch(() => undefined);
    return !!key && crypto.subtle.verify({ name: 'ECDSA', hash: 'SHA-256' }, key, signature, message);
}

const flags_wanted = 5; // the person was present and was verified

function is_client_data(client_data: Bytes, digest: Bytes, origins: string[]): boolean {
    const text = Array.from(client_data, (byte) => String.fromCharCode(byte)).join('');
    const challenge = to_base64url(digest);
    return client_data.length <= 1024 && origins.some((origin) => {
        const begin =
            `{"type":"webauthn.get","challenge":"${challenge}","origin":"${origin}","crossOrigin":false`;
        return text.startsWith(begin) && (text.slice(begin.length) === '}' || text[begin.length] === ',');
    });
}

async function is_passkey_evidence(
    parts: Bytes[], digest: Bytes, public_key: Bytes, party: RelyingParty): Promise<boolean> {
    const [authenticator_data, client_data, signature] = parts;
    if (!authenticator_data || !client_data || !signature || authenticator_data.length < 37) return false;
    const is_meant = same(authenticator_data.subarray(0, 32), sha256(utf8(party.id))) &&
        (authenticator_data[32]! & flags_wanted) === flags_wanted;
    return is_meant && is_client_data(client_data, digest, party.origins) &&
        is_signed(signature, join(authenticator_data, sha256(client_data)), public_key);
}

export const ssh_message = (digest: Bytes): Bytes => join(
    utf8('SSHSIG'), ssh_string(utf8('bulla')), ssh_string(new Uint8Array()), ssh_string(utf8('sha512')),
    ssh_string(sha512_of(digest)));

// parts: what follows the credential id in an evidence.
export async function is_evidence(
    parts: Bytes[], digest: Bytes, signer: PublicCredential, party: RelyingParty): Promise<boolean> {
    if (signer.kind === 2) return is_passkey_evidence(parts, digest, signer.public_key, party);
    const [signature, ...more] = parts;
    if (!signature || more.length > 0) return false;
    return is_signed(signature, signer.kind === 5 ? ssh_message(digest) : digest, signer.public_key);
}
