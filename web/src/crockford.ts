// Crockford's base32: what people read to each other and type (docs/formats/recovery-requests.md).
import { from_base64, type Bytes } from './bytes';
import { bytes_of, decode, map_of } from './cbor';
import { id_of, read_credential } from './evidence';

// The last five: check symbols alone.
export const symbols = '0123456789ABCDEFGHJKMNPQRSTVWXYZ*~$=U';
export const fold = (typed: string): string =>
    typed.toUpperCase().replace(/[\s-]/g, '').replaceAll('O', '0').replace(/[IL]/g, '1');

const fingerprint_size = 10;
const recover_account = 3;

// Five bits a symbol, the highest first, in groups of four.
function spell(bytes: Bytes): string {
    const bits = Array.from(bytes, (byte) => byte.toString(2).padStart(8, '0')).join('');
    const text = (bits.match(/.{5}/g) ?? []).map((five) => symbols[parseInt(five, 2)]).join('');
    return text.replace(/....(?=.)/g, '$&-');
}

export const fingerprint_of = (credential: Bytes): string => spell(credential.slice(0, fingerprint_size));

// Of the new credential that an act to recover an account names; nothing: another act. From the bytes that
// are signed, whatever the server says they mean.
export function fingerprint_of_act(act_bytes: string): string | undefined {
    const act = map_of(decode(from_base64(act_bytes)));
    if (act.get(0) !== recover_account) return undefined;
    const begin = map_of(act.get(1));
    return fingerprint_of(id_of(bytes_of(begin.get(2)), read_credential(begin.get(6))));
}
