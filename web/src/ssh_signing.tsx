// One command to run, and a field for what it prints.
import { useId, useState } from 'preact/hooks';
import type { Bytes } from './bytes';
import { digest_of } from './evidence';
import { t } from './messages';
import { fault_of } from './parts';
import { parse_ssh_signature, ssh_command, ssh_key_in, SshRefused, type SshKey } from './ssh';
import type { Signable } from './walks';

export interface SshQuestion {
    wanted: Signable;
    keys: SshKey[] | 'any'; // one of them signs
    resolve: (made: Signed) => void;
    reject: (fault: unknown) => void;
}
interface Signed { at: number; key: SshKey; signature: Bytes }

// The fault of the key that came nearest.
function find_signer(text: string, keys: SshQuestion['keys']): Signed | SshRefused {
    let fault = new SshRefused('signature_form');
    try {
        for (const [at, key] of (keys === 'any' ? [ssh_key_in(text)] : keys).entries())
            try {
                return { at, key, signature: parse_ssh_signature(text, key) };
            } catch (found) {
                if (found instanceof SshRefused) fault = found;
            }
    } catch (found) {
        if (found instanceof SshRefused) fault = found;
    }
    return fault;
}

export function Command({ text }: { text: string }) {
    const [is_copied, copied] = useState(false);
    const copy = () => void navigator.clipboard.writeText(text).then(() => copied(true), () => undefined);
    return (
        <div class="command">
            <pre tabIndex={0}><code>{text}</code></pre>
            <button type="button" class="quiet" onClick={copy}>{t(is_copied ? 'copied' : 'copy')}</button>
        </div>
    );
}

export function SshSigning({ question }: { question: SshQuestion }) {
    const [text, type] = useState(''), [wrong, refuse] = useState<string>();
    const id = useId();
    const { purpose, statement } = question.wanted;
    const take = () => {
        const found = find_signer(text, question.keys);
        if (!(found instanceof SshRefused)) return question.resolve(found);
        const fault = fault_of(found);
        refuse('notice' in fault ? fault.notice.text : '');
    };
    return (
        <div class="field ssh">
            <p>{t('ssh_run')}</p>
            <Command text={ssh_command(digest_of(purpose, statement))} />
            <label for={id}>{t('ssh_signature')}</label>
            <textarea id={id} name="ssh-signature" rows={6} value={text} spellcheck={false}
                aria-invalid={wrong ? true : undefined} aria-describedby={wrong ? `${id}-wrong` : undefined}
                onInput={(event) => type(event.currentTarget.value)} />
            {wrong && <p class="wrong" id={`${id}-wrong`}>{wrong}</p>}
            <button type="button" class="next" onClick={take}>{t('ssh_take')}</button>
        </div>
    );
}
