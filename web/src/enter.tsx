// The two pages of who is not signed in.
import { useState } from 'preact/hooks';
import type { NetworkDescription } from './api';
import { t } from './messages';
import { PasskeyJoin, PasskeySignIn, useOfferedPasskeys } from './enter_passkey';
import { SshSignIn } from './enter_ssh';
import { judge, NewPassword } from './new_password';
import {
    Field, Note, notice_of, outcome_alarm, OutcomeRefused, PasswordField, type Alarmed, type Notice,
} from './parts';
import { order, prepare_worker } from './passwords';
import { keep_session } from './state';

export interface Shown { network: NetworkDescription; on_alarm: (alarm: Alarmed) => void }

export const clean = (username: string): string => username.trim().normalize('NFKC').toLowerCase();
export const is_name = (username: string): boolean => /^[a-z0-9._-]{1,64}$/.test(username);
export const length_min = (network: NetworkDescription): number => (network.passwords === 'nist' ? 15 : 8);

const greetings = new Map<string, Notice>(Object.entries({
    joined: { tone: 'good', text: t('created') },
    joined_passkey: { tone: 'good', text: t('created_passkey') },
    over: { tone: 'calm', text: t('session_over') },
    removed: { tone: 'good', text: t('removed_own') },
    out: { tone: 'good', text: t('signed_out') }, everywhere: { tone: 'good', text: t('ended_all') },
    erased: { tone: 'good', text: t('erased') }, recovered: { tone: 'good', text: t('recovered') },
}));
const greeting = (): Notice | undefined =>
    greetings.get(new URLSearchParams(location.search).get('came') ?? '');

export function SignIn({ network, on_alarm }: Shown) {
    const [username, name] = useState(new URLSearchParams(location.search).get('name') ?? '');
    const [password, type] = useState('');
    const [is_busy, be_busy] = useState(false);
    const [notice, say] = useState<Notice | undefined>(greeting);
    useOfferedPasskeys({ network, on_alarm });
    const submit = async (event: Event) => {
        event.preventDefault();
        if (is_busy) return;
        be_busy(true);
        say({ tone: 'calm', text: t('working') });
        const outcome = await order({ kind: 'sign_in', username: clean(username), password, network });
        be_busy(false);
        const alarm = outcome_alarm(new OutcomeRefused(outcome));
        if (alarm) return on_alarm(alarm);
        if (outcome.kind !== 'done' || !outcome.signed) return say(notice_of(outcome));
        keep_session(outcome.signed);
        location.assign('/account');
    };
    return (
        <main class="narrow card">
            <h1>{t('sign_in')}</h1>
            <p class="lead">{t('sign_in_lead')}</p>
            <form onSubmit={(event) => void submit(event)}>
                <Field label={t('username')} name="username" autocomplete="username webauthn" value={username}
                    on_input={name} on_focus={prepare_worker} />
                <PasswordField label={t('password')} name="password" autocomplete="current-password"
                    value={password} on_input={type} on_focus={prepare_worker} />
                <Note notice={notice} />
                <button type="submit" aria-disabled={is_busy}>{t('sign_in')}</button>
            </form>
            <PasskeySignIn network={network} on_alarm={on_alarm} />
            <SshSignIn network={network} on_alarm={on_alarm}
                name={is_name(clean(username)) ? clean(username) : undefined} />
            <p class="other">{t('no_account')} <a href="/join">{t('join')}</a><br />
                {t('lost')} <a href="/recover">{t('recover')}</a></p>
        </main>
    );
}

export function Join({ network, on_alarm }: Shown) {
    const [username, name] = useState('');
    const [password, type] = useState('');
    const [is_tried, have_tried] = useState(false);
    const [notice, say] = useState<Notice>();
    const min = length_min(network), wanted = clean(username);
    const submit = async (event: Event) => {
        event.preventDefault();
        if (notice?.tone === 'calm') return;
        have_tried(true);
        const strength = await import('./strength');
        if (!is_name(wanted) || judge(password, { username: wanted, min }, strength).weakness) return;
        say({ tone: 'calm', text: t('working') });
        const outcome = await order({ kind: 'register', username: wanted, password, network });
        const alarm = outcome_alarm(new OutcomeRefused(outcome));
        if (alarm) return on_alarm(alarm);
        if (outcome.kind !== 'done') return say(notice_of(outcome));
        location.assign(`/?came=joined&name=${encodeURIComponent(wanted)}`);
    };
    const wrong = is_tried && !is_name(wanted) ? t('username_wrong') : undefined;
    return (
        <main class="narrow card">
            <h1>{t('join')}</h1>
            <p class="lead">{t('join_lead')}</p>
            <form onSubmit={(event) => void submit(event)} noValidate>
                <Field label={t('username')} name="username" autocomplete="username" value={username}
                    hint={t('username_hint')} wrong={wrong} on_input={name} on_focus={prepare_worker} />
                <NewPassword value={password} username={wanted} min={min} is_tried={is_tried}
                    on_input={type} on_focus={prepare_worker} />
                <Note notice={notice} />
                <button type="submit" aria-disabled={notice?.tone === 'calm'}>{t('join')}</button>
            </form>
            <PasskeyJoin network={network} on_alarm={on_alarm} name={is_name(wanted) ? wanted : undefined}
                on_tried={() => have_tried(true)} />
            <p class="other">{t('have_account')} <a href="/">{t('sign_in')}</a></p>
        </main>
    );
}
