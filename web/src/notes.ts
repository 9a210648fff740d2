// Signed notes and the keys that sign them (docs/formats/merkle.md, "Signed notes"): the log's own line, and
// cosignatures of nodes.
import { from_base64, join, same, to_base64, utf8, type Bytes } from './bytes';
import { is_signature, sha256 } from './crypto';

const log_type = 1, cosigner_type = 4;
export interface VerifierKey { name: string; type: number; id: Bytes; public_key: Bytes }

export function make_key(name: string, type: number, public_key: Bytes): VerifierKey {
    const id = sha256(utf8(name), Uint8Array.of(10, type), public_key).slice(0, 4);
    return { name, type, id, public_key };
}
export const make_cosigner = (name: string, public_key: Bytes): VerifierKey =>
    make_key(name, cosigner_type, public_key);

// "name+id+key": the id follows from the rest.
export function parse_key(text: string): VerifierKey {
    const [name = '', id = ''] = text.split('+', 2);
    const key = from_base64(text.slice(name.length + id.length + 2));
    return make_key(name, key[0] ?? 0, key.slice(1));
}

interface Line { name: string; id: Bytes; signature: Bytes }
export interface SignedNote { text: string; lines: Line[] }

const lines_max = 100;

function parse_line(line: string): Line {
    const [, name, spelt] = /^— ([^\s+]+) ([A-Za-z0-9+/]+=*)$/.exec(line) ?? [];
    if (!name || !spelt) throw new Error('no signature line');
    const bytes = from_base64(spelt);
    if (to_base64(bytes) !== spelt) throw new Error('another spelling');
    return { name, id: bytes.slice(0, 4), signature: bytes.slice(4) };
}

// Throws when it is no note.
export function parse_note(note: string): SignedNote {
    const end = note.lastIndexOf('\n\n') + 1;
    const lines = note.slice(end + 1).split('\n');
    const is_ended = lines.pop() === '';
    if (end === 0 || !is_ended || lines.length < 1 || lines.length > lines_max) throw new Error('no note');
    return { text: note.slice(0, end), lines: lines.map(parse_line) };
}

const seconds_max = (2n ** 63n - 1n) / 1000n;

// c2sp.org/tlog-cosignature: u64be(seconds since 1970) ‖ signature[64].
function is_cosignature(signed: Bytes, text: string, public_key: Bytes): boolean {
    if (signed.length !== 72) return false;
    const seconds = new DataView(signed.buffer, signed.byteOffset).getBigUint64(0);
    const message = join(utf8(`cosignature/v1\ntime ${seconds}\n`), utf8(text));
    return seconds <= seconds_max && is_signature(signed.slice(8), message, public_key);
}
function is_signed(line: Line, text: string, key: VerifierKey): boolean {
    if (key.type === cosigner_type) return is_cosignature(line.signature, text, key.public_key);
    return key.type === log_type && line.signature.length === 64 &&
        is_signature(line.signature, utf8(text), key.public_key);
}

// Those of the keys that signed, each once whatever lines it has. A line of one of them that does not verify
// condemns the whole note: nothing is returned.
export function find_signers({ text, lines }: SignedNote, keys: VerifierKey[]): VerifierKey[] | undefined {
    const signers = new Map<string, VerifierKey>();
    for (const line of lines)
        for (const key of keys) {
            if (line.name !== key.name || !same(line.id, key.id)) continue;
            if (!is_signed(line, text, key)) return undefined;
            signers.set(to_base64(key.public_key), key);
        }
    return [...signers.values()];
}
