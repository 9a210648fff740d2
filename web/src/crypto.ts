// All cryptography of the pages but OPAQUE itself, from @noble and the browser.
import { ed25519, ristretto255, ristretto255_hasher } from '@noble/curves/ed25519.js';
import { hmac } from '@noble/hashes/hmac.js';
import { sha256 as hash256, sha512 } from '@noble/hashes/sha2.js';
import { join, same, u32be, utf8, type Bytes } from './bytes';

export const sha256 = (...parts: Uint8Array[]): Bytes => new Uint8Array(hash256(join(...parts)));
export const sha512_of = (bytes: Uint8Array): Bytes => new Uint8Array(sha512(bytes));

export const is_signature = (signature: Bytes, message: Bytes, public_key: Bytes): boolean =>
    ed25519.verify(signature, message, public_key, { zip215: false });

// HKDF-Expand with SHA-512 (RFC 5869) for at most one block.
export const expand = (prk: Bytes, info: Uint8Array, size: number): Bytes =>
    new Uint8Array(hmac(sha512, prk, join(info, Uint8Array.of(1))).slice(0, size));

export interface PasswordKey {
    seed: Bytes;
    public_key: Bytes;
}

// docs/formats/login.md, "password key seed".
export function make_password_key(
    export_key: Bytes, network: Bytes, label: Bytes, generation: number): PasswordKey {
    const info = join(utf8('bulla/password-key/v1'), network, label, u32be(generation));
    const seed = expand(export_key, info, 32);
    return { seed, public_key: new Uint8Array(ed25519.getPublicKey(seed)) };
}

export const sign_digest = (digest: Bytes, key: PasswordKey): Bytes =>
    new Uint8Array(ed25519.sign(digest, key.seed));
export const sign_statement = (domain: string, statement: Bytes, key: PasswordKey): Bytes =>
    sign_digest(sha256(utf8(domain), statement), key);

export const password_kind = 1;
export const credential_id = (label: Bytes, kind: number, public_key: Bytes): Bytes =>
    sha256(utf8('bulla/credential-id/v1'), label, Uint8Array.of(kind), public_key).slice(0, 16);

// docs/formats/login.md, "sealed parameters": 512 bytes of plaintext, nothing when they do not open.
export async function open_parameters(session_key: Bytes, exchanged: Bytes, sealed: Bytes): Promise<Bytes> {
    const raw = expand(session_key, utf8('bulla/login-parameters/v1'), 32);
    const key = await crypto.subtle.importKey('raw', raw, 'AES-GCM', false, ['decrypt']);
    const algorithm = { name: 'AES-GCM', iv: new Uint8Array(12), additionalData: sha256(exchanged) };
    const padded = new Uint8Array(await crypto.subtle.decrypt(algorithm, key, sealed));
    return padded.slice(2, 2 + padded[0]! * 256 + padded[1]!);
}

// ---- C2SP vrf-r255 (RFC 9381): proof = gamma[32] ‖ c[16] ‖ s[32]

const { Point } = ristretto255;
const suite = join(Uint8Array.of(0xff), utf8('c2sp.org/vrf-r255'));
const little_endian = (bytes: Uint8Array): bigint =>
    bytes.reduceRight((number, byte) => number * 256n + BigInt(byte), 0n);

type Element = InstanceType<typeof Point>;
// noble refuses to multiply by zero, which nobody can arrange.
const recombine = (scaled: Element, challenge: bigint, other: Element): Element =>
    scaled.subtract(other.multiply(challenge));

// The label of the name when the proof is good; nothing otherwise.
export function check_vrf(public_key: Bytes, name: string, proof: Bytes): Bytes | undefined {
    if (proof.length !== 80) return undefined;
    try {
        const challenge = proof.subarray(32, 48);
        const gamma = Point.fromBytes(proof.subarray(0, 32));
        const c = little_endian(challenge), s = little_endian(proof.subarray(48));
        const wide = sha512(join(suite, Uint8Array.of(0x82), public_key, utf8(name)));
        const point = ristretto255_hasher.deriveToCurve!(wide);
        const u = recombine(Point.BASE.multiply(s), c, Point.fromBytes(public_key));
        const v = recombine(point.multiply(s), c, gamma);
        const elements = [point, gamma, u, v].map((element) => element.toBytes());
        const made = sha512(join(suite, Uint8Array.of(2), public_key, ...elements, Uint8Array.of(0)));
        if (!same(made.slice(0, 16), challenge)) return undefined;
        const output = sha512(join(suite, Uint8Array.of(3), gamma.toBytes(), Uint8Array.of(0)));
        return new Uint8Array(output.slice(0, 32));
    } catch {
        return undefined;
    }
}
