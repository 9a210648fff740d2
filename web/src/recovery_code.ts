// Recovery codes: 128 random bits in Crockford's base32 with his check symbol, and the key that is made of
// them.
import { ed25519 } from '@noble/curves/ed25519.js';
import { hkdf } from '@noble/hashes/hkdf.js';
import { sha512 } from '@noble/hashes/sha2.js';
import { join, utf8, type Bytes } from './bytes';
import { fold, symbols } from './crockford';

const digits = 26, check_modulus = 37n;
const code_size = 16;

const number_of = (bytes: Bytes): bigint => bytes.reduce((sum, byte) => sum * 256n + BigInt(byte), 0n);

// Nine groups of three.
export function spell_code(code: Bytes): string {
    const number = number_of(code);
    const text = Array.from({ length: digits }, (_, i) =>
        symbols[Number((number >> BigInt(5 * (digits - 1 - i))) & 31n)]).join('');
    return (text + symbols[Number(number % check_modulus)]).replace(/...(?=.)/g, '$&-');
}

// Nothing when it is no code, or one with a mistake of typing.
export function read_code(typed: string): Bytes | undefined {
    const text = fold(typed);
    if (text.length !== digits + 1) return undefined;
    const values = Array.from(text, (symbol) => symbols.indexOf(symbol));
    if (values.some((value, i) => value < 0 || (i < digits && value > 31))) return undefined;
    const number = values.slice(0, digits).reduce((sum, value) => sum * 32n + BigInt(value), 0n);
    if (number >> 128n || number % check_modulus !== BigInt(values[digits]!)) return undefined;
    return Uint8Array.from({ length: code_size }, (_, i) =>
        Number((number >> BigInt(8 * (code_size - 1 - i))) & 255n));
}

export const make_code = (): Bytes => crypto.getRandomValues(new Uint8Array(code_size));

export interface SigningKey { public_key: Bytes; sign: (digest: Bytes) => Bytes }
export const key_of_seed = (seed: Uint8Array): SigningKey => ({
    public_key: new Uint8Array(ed25519.getPublicKey(seed)),
    sign: (digest) => new Uint8Array(ed25519.sign(digest, seed)),
});
// Not of the label: who recovers an account does not know it before.
export const key_of_code = (code: Bytes, network: Bytes): SigningKey =>
    key_of_seed(hkdf(sha512, code, undefined, join(utf8('bulla/recovery-key/v1'), network), 32));
