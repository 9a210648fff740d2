// Sign-in with an SSH key: a command to run where the key is, and a field for what it prints.
import type { ComponentType } from 'preact';
import { useState } from 'preact/hooks';
import type { NetworkDescription } from './api';
import { t } from './messages';
import { fault_of, Note, type Alarmed, type Notice } from './parts';
import { keep_session } from './state';
import type { SshQuestion } from './ssh_signing';

interface Asked {
    network: NetworkDescription; on_alarm: (alarm: Alarmed) => void;
    name: string | undefined; // nothing when what was typed is no name
}

export function SshSignIn({ network, on_alarm, name }: Asked) {
    const [notice, say] = useState<Notice>(), [question, put] = useState<SshQuestion>();
    const [Signing, load] = useState<{ Part: ComponentType<{ question: SshQuestion }> }>();
    const go = async () => {
        if (!name) return say({ tone: 'bad', text: t('username_wrong') });
        try {
            const [{ sign_in_by_ssh }, { SshSigning }] = await Promise.all([
                import('./key_walks'), import('./ssh_signing')]);
            load({ Part: SshSigning });
            say({ tone: 'calm', text: t('ssh_waiting') });
            keep_session(await sign_in_by_ssh(network, name, (wanted) =>
                new Promise((resolve, reject) => put({ wanted, keys: 'any', resolve, reject }))));
            location.assign('/account');
        } catch (fault) {
            put(undefined);
            const found = fault_of(fault);
            if ('alarm' in found) on_alarm(found.alarm);
            else say(found.notice.text === t('login_refused')
                ? { tone: 'bad', text: t('ssh_refused') } : found.notice);
        }
    };
    if (!network.relying_party?.origins.includes(location.origin)) return null;
    return (
        <details class="ssh-entry">
            <summary>{t('ssh_sign_in')}</summary>
            {question && Signing ? <Signing.Part question={question} /> : <p>{t('ssh_sign_in_lead')}</p>}
            <Note notice={notice} />
            {!question && <button type="button" class="second" onClick={() => void go()}>
                {t('ssh_show_command')}</button>}
        </details>
    );
}
