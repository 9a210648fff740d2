// Deterministic CBOR as docs/formats/cbor.md has it: unsigned integers, byte strings, text, arrays, maps with
// ascending unsigned keys, booleans. Integers up to 2^53.
import { join, text_of, utf8, type Bytes } from './bytes';

export type Cbor = number | boolean | string | Bytes | Cbor[] | Map<number, Cbor>;

function head(major: number, argument: number): Bytes {
    const type = major << 5;
    if (argument < 24) return Uint8Array.of(type | argument);
    if (argument < 0x100) return Uint8Array.of(type | 24, argument);
    const long = new Uint8Array(8);
    new DataView(long.buffer).setBigUint64(0, BigInt(argument));
    if (argument < 0x10000) return join(Uint8Array.of(type | 25), long.subarray(6));
    if (argument < 0x100000000) return join(Uint8Array.of(type | 26), long.subarray(4));
    return join(Uint8Array.of(type | 27), long);
}

export function encode(value: Cbor): Bytes {
    if (typeof value === 'number') return head(0, value);
    if (typeof value === 'boolean') return Uint8Array.of(value ? 0xf5 : 0xf4);
    if (typeof value === 'string') return join(head(3, utf8(value).length), utf8(value));
    if (value instanceof Uint8Array) return join(head(2, value.length), value);
    if (Array.isArray(value)) return join(head(4, value.length), ...value.map(encode));
    const pairs = [...value.entries()].sort(([a], [b]) => a - b);
    return join(head(5, pairs.length), ...pairs.flatMap(([key, item]) => [encode(key), encode(item)]));
}

class Reader {
    private at = 0;
    constructor(private readonly bytes: Bytes) {}

    take(size: number): Bytes {
        if (this.at + size > this.bytes.length) throw new Error('CBOR ends too early');
        this.at += size;
        return this.bytes.slice(this.at - size, this.at);
    }
    private argument(short: number): number {
        if (short < 24) return short;
        if (short > 27) throw new Error('CBOR of no known length');
        return this.take(1 << (short - 24)).reduce((number, byte) => number * 256 + byte, 0);
    }
    private simple(short: number): boolean {
        if (short !== 20 && short !== 21) throw new Error('CBOR of no known kind');
        return short === 21;
    }
    item(): Cbor {
        const first = this.take(1)[0]!;
        const major = first >> 5;
        if (major === 7) return this.simple(first & 31);
        const count = this.argument(first & 31);
        if (major === 0) return count;
        if (major === 2) return this.take(count);
        if (major === 3) return text_of(this.take(count));
        if (major === 4) return Array.from({ length: count }, () => this.item());
        if (major === 5) return new Map(Array.from({ length: count }, () => this.pair()));
        throw new Error('CBOR of no known kind');
    }
    private pair(): [number, Cbor] {
        const key = this.item();
        if (typeof key !== 'number') throw new Error('CBOR key that is no number');
        return [key, this.item()];
    }
    is_at_end(): boolean {
        return this.at === this.bytes.length;
    }
}

export function decode(bytes: Bytes): Cbor {
    const reader = new Reader(bytes);
    const item = reader.item();
    if (!reader.is_at_end()) throw new Error('CBOR with more behind it');
    return item;
}

export function map_of(value: Cbor | undefined): Map<number, Cbor> {
    if (!(value instanceof Map)) throw new Error('CBOR: a map is expected');
    return value;
}
export function bytes_of(value: Cbor | undefined): Bytes {
    if (!(value instanceof Uint8Array)) throw new Error('CBOR: bytes are expected');
    return value;
}
export function number_of(value: Cbor | undefined): number {
    if (typeof value !== 'number') throw new Error('CBOR: a number is expected');
    return value;
}
