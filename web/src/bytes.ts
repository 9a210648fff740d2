// Byte strings and their spellings.
export type Bytes = Uint8Array<ArrayBuffer>;

export const utf8 = (text: string): Bytes => new Uint8Array(new TextEncoder().encode(text));
export const text_of = (bytes: Bytes): string => new TextDecoder('utf-8', { fatal: true }).decode(bytes);

export function join(...parts: Uint8Array[]): Bytes {
    const whole = new Uint8Array(parts.reduce((size, part) => size + part.length, 0));
    let at = 0;
    for (const part of parts) {
        whole.set(part, at);
        at += part.length;
    }
    return whole;
}

export function same(a: Uint8Array, b: Uint8Array): boolean {
    return a.length === b.length && a.every((byte, i) => byte === b[i]);
}

export function u32be(number: number): Bytes {
    const bytes = new Uint8Array(4);
    new DataView(bytes.buffer).setUint32(0, number);
    return bytes;
}

// RFC 4251 §5: u32be length ‖ bytes.
export const ssh_string = (bytes: Uint8Array): Bytes => join(u32be(bytes.length), bytes);

const binary = (bytes: Uint8Array): string => Array.from(bytes, (byte) => String.fromCharCode(byte)).join('');

export const to_base64 = (bytes: Uint8Array): string => btoa(binary(bytes));
export const to_base64url = (bytes: Uint8Array): string =>
    to_base64(bytes).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');

// Both alphabets, with or without padding; throws when it is neither.
export function from_base64(text: string): Bytes {
    const plain = atob(text.replaceAll('-', '+').replaceAll('_', '/'));
    return Uint8Array.from(plain, (letter) => letter.charCodeAt(0));
}

export const to_hex = (bytes: Uint8Array): string =>
    Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
