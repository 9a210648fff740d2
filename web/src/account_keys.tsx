// Ways to sign in: shown, added, changed and taken away.
import { useState } from 'preact/hooks';
import { Approve } from './approve';
import type { Account, Credential, NetworkDescription } from './api';
import { from_base64, to_base64url } from './bytes';
import { make_statement, submit_change } from './change';
import { length_min } from './enter';
import { t, time_text, type Message } from './messages';
import { judge, NewPassword } from './new_password';
import { Note, notice_of, outcome_alarm, OutcomeRefused, PasswordField, type Alarmed, type Notice }
    from './parts';
import { order, prepare_worker } from './passwords';
import { keep_session, load_session } from './state';

export interface Cared {
    account: Account; network: NetworkDescription; on_alarm: (alarm: Alarmed) => void;
    on_done: (text?: string) => void;
}
export const title_of = (credential: Credential): string =>
    credential.name || t(`credential_${credential.kind}` as Message);
const token_now = (): string => load_session()?.token ?? '';

function ChangePassword({ account, network, on_alarm, on_done }: Cared) {
    const { username } = account;
    const [present, type_present] = useState('');
    const [next, type_next] = useState('');
    const [is_tried, have_tried] = useState(false);
    const [notice, say] = useState<Notice>();
    const min = length_min(network);
    const submit = async (event: Event) => {
        event.preventDefault();
        if (notice?.tone === 'calm') return;
        have_tried(true);
        const strength = await import('./strength');
        if (!present || judge(next, { username, min }, strength).weakness) return;
        say({ tone: 'calm', text: t('working') });
        const outcome = await order({ kind: 'change_password', username, password: present, next, network });
        const alarm = outcome_alarm(new OutcomeRefused(outcome));
        if (alarm) return on_alarm(alarm);
        if (outcome.kind !== 'done' || !outcome.signed) return say(notice_of(outcome));
        keep_session(outcome.signed);
        type_present('');
        type_next('');
        have_tried(false);
        say({ tone: 'good', text: t('changed') });
        on_done();
    };
    return (
        <details>
            <summary>{t('change_password')}</summary>
            <form onSubmit={(event) => void submit(event)} noValidate>
                <input class="unseen" name="username" autocomplete="username" value={username} readOnly
                    tabIndex={-1} aria-hidden="true" />
                <PasswordField label={t('password_present')} name="password" autocomplete="current-password"
                    value={present} on_input={type_present} on_focus={prepare_worker} />
                <NewPassword value={next} username={username} min={min} is_tried={is_tried}
                    on_input={type_next} on_focus={prepare_worker} />
                <Note notice={notice} />
                <button type="submit" aria-disabled={notice?.tone === 'calm'}>{t('change_password')}</button>
            </form>
        </details>
    );
}

// Signed by another way to sign in, or by the one that goes: but one must be left.
function Revoke({ credential, close, ...cared }: Cared & { credential: Credential; close: () => void }) {
    const { network, on_done } = cared;
    return (
        <Approve {...cared} title={t('remove_of', { name: title_of(credential) })} lead={t('remove_lead')}
            button={t('remove')} is_danger on_close={close}
            act={async (sign) => {
                const token = token_now();
                const wanted = await make_statement(
                    'revoke_credential', [[6, from_base64(credential.id)]], { network, token });
                const evidence = [await sign(wanted)];
                const statement = to_base64url(wanted.statement);
                await submit_change('revoke_credential', { statement, evidence }, token);
            }}
            on_done={() => {
                close();
                on_done(t('removed', { name: title_of(credential) }));
            }} />
    );
}

function Row({ credential, on_remove }: { credential: Credential; on_remove: (() => void) | undefined }) {
    const kind = t(`credential_${credential.kind}` as Message);
    const added = t('added', { time: time_text(credential.added_time) });
    return (
        <li>
            <span>{title_of(credential)}</span>
            <span class="dim">{credential.name ? `${kind}, ${added}` : added}</span>
            {on_remove && <button type="button" class="quiet" onClick={on_remove}
                aria-label={t('remove_of', { name: title_of(credential) })}>{t('remove')}</button>}
        </li>
    );
}

export function WaysToSignIn(cared: Cared) {
    const [leaving, remove] = useState<Credential>();
    const { credentials } = cared.account;
    const active = credentials.filter((one) => one.kind !== 'recovery_key');
    return (
        <section class="card">
            <h2>{t('credentials')}</h2>
            <ul class="rows">
                {active.map((one) => <Row key={one.id} credential={one}
                    on_remove={active.length > 1 ? () => remove(one) : undefined} />)}
            </ul>
            {active.some((one) => one.kind === 'password') && <ChangePassword {...cared} />}
            {leaving && <Revoke {...cared} credential={leaving} close={() => remove(undefined)} />}
        </section>
    );
}
