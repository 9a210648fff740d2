// SSH keys: the line of a public key, and what `ssh-keygen -Y sign` makes (PROTOCOL.sshsig of OpenSSH).
import { from_base64, join, same, ssh_string, text_of, to_base64, utf8, type Bytes } from './bytes';

export class SshRefused extends Error {
    constructor(readonly reason: 'key_form' | 'key_kind' | 'signature_form' | 'signature_other') {
        super(reason);
    }
}

// Reads u32be length ‖ bytes, one after the other.
class Strings {
    private at = 0;
    constructor(private readonly bytes: Bytes) {}
    take(size: number): Bytes {
        if (this.at + size > this.bytes.length) throw new RangeError('ends too early');
        this.at += size;
        return this.bytes.slice(this.at - size, this.at);
    }
    next(): Bytes {
        return this.take(new DataView(this.take(4).buffer).getUint32(0));
    }
    text(): string {
        return text_of(this.next());
    }
}

export interface SshKey { public_key: Bytes; blob: Bytes; comment: string }

export function parse_ssh_key(line: string): SshKey {
    const [kind, encoded, ...comment] = line.trim().split(/\s+/);
    if (!encoded || !kind) throw new SshRefused('key_form');
    try {
        const blob = from_base64(encoded), strings = new Strings(blob);
        if (strings.text() !== kind) throw new SshRefused('key_form');
        return { public_key: key_in(kind, strings), blob, comment: comment.join(' ') };
    } catch (fault) {
        throw fault instanceof SshRefused ? fault : new SshRefused('key_form');
    }
}
function key_in(kind: string, strings: Strings): Bytes {
    if (kind === 'ssh-ed25519') return strings.next();
    if (kind !== 'ecdsa-sha2-nistp256') throw new SshRefused('key_kind');
    strings.next(); // the curve's name again
    return strings.next().slice(1);
}

// The key of a credential, spelt as ssh-keygen does.
export function ssh_key_of(public_key: Bytes): SshKey {
    const parts = public_key.length === 32 ? [utf8('ssh-ed25519'), public_key]
        : [utf8('ecdsa-sha2-nistp256'), utf8('nistp256'), join(Uint8Array.of(4), public_key)];
    return { public_key, blob: join(...parts.map(ssh_string)), comment: '' };
}

const armour = /-----BEGIN SSH SIGNATURE-----([\sA-Za-z0-9+/=]+)-----END SSH SIGNATURE-----/;

const number_of_32 = (digits: Bytes): Bytes => {
    const least = digits.slice(-32);
    return join(new Uint8Array(32 - least.length), least);
};

const preamble = join(utf8('SSHSIG'), Uint8Array.of(0, 0, 0, 1));

// The key that a signature says it is by.
export function ssh_key_in(text: string): SshKey {
    const found = armour.exec(text)?.[1];
    if (!found) throw new SshRefused('signature_form');
    try {
        const strings = new Strings(from_base64(found.replace(/\s/g, '')));
        if (!same(strings.take(preamble.length), preamble)) throw new SshRefused('signature_form');
        const blob = strings.next(), inside = new Strings(blob);
        return { public_key: key_in(inside.text(), inside), blob, comment: '' };
    } catch (fault) {
        throw fault instanceof SshRefused ? fault : new SshRefused('signature_form');
    }
}

// The 64 bytes that count as evidence; the rest of the signature must say what was asked for.
export function parse_ssh_signature(text: string, key: SshKey): Bytes {
    const found = armour.exec(text)?.[1];
    if (!found) throw new SshRefused('signature_form');
    try {
        const strings = new Strings(from_base64(found.replace(/\s/g, '')));
        if (!same(strings.take(preamble.length), preamble)) throw new SshRefused('signature_form');
        if (!same(strings.next(), key.blob)) throw new SshRefused('signature_other');
        if (strings.text() !== 'bulla') throw new SshRefused('signature_other');
        strings.next();
        if (strings.text() !== 'sha512') throw new SshRefused('signature_other');
        const made = new Strings(strings.next());
        const kind = made.text(), signature = made.next();
        if (kind === 'ssh-ed25519') return signature;
        const numbers = new Strings(signature);
        return join(number_of_32(numbers.next()), number_of_32(numbers.next()));
    } catch (fault) {
        throw fault instanceof SshRefused ? fault : new SshRefused('signature_form');
    }
}

// For a shell; ssh-keygen reads what to sign from its standard input and prints the signature.
export const ssh_command = (digest: Bytes): string =>
    `echo ${to_base64(digest)} | base64 -d | ssh-keygen -Y sign -n bulla -f ~/.ssh/id_ed25519`;
