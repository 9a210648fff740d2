// Ways to sign in: shown, added, changed and taken away.
import { useState } from 'preact/hooks';
import { AddPasskey, AddPassword, AddSshKey } from './account_add';
import { go_on_as } from './account_news';
import { Approve } from './approve';
import type { Credential } from './api';
import { from_base64, to_base64url } from './bytes';
import { title_of, session_now, type Cared } from './cared';
import { make_statement, name_credential, name_max, submit_change } from './change';
import { Dialog } from './dialog';
import { length_min } from './enter';
import { t, time_text, type Message } from './messages';
import { judge, NewPassword } from './new_password';
import {
    fault_of, Field, Note, notice_of, outcome_alarm, OutcomeRefused, PasswordField, type Notice,
} from './parts';
import { has_passkeys } from './passkeys';
import { order, prepare_worker } from './passwords';
import { keep_session } from './state';

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
        go_on_as(outcome.signed.session_id);
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
                const session = session_now();
                const wanted = await make_statement(
                    'revoke_credential', [[6, from_base64(credential.id)]], { network, session });
                const evidence = [await sign(wanted)];
                const statement = to_base64url(wanted.statement);
                await submit_change('revoke_credential', { statement, evidence }, session);
            }}
            on_done={() => {
                close();
                on_done(t('removed', { name: title_of(credential) }));
            }} />
    );
}

// The name is for the owner alone and not in the ledger, so nothing is signed.
function Rename({ credential, close, on_done }:
    { credential: Credential; close: () => void; on_done: Cared['on_done'] }) {
    const [name, type] = useState(credential.name ?? ''), [notice, say] = useState<Notice>();
    const submit = (event: Event) => {
        event.preventDefault();
        if (!name.trim()) return;
        void name_credential(credential.id, name.trim(), session_now()).then(() => {
            close();
            on_done();
        }, (fault: unknown) => {
            const found = fault_of(fault);
            if ('notice' in found) say(found.notice);
        });
    };
    return (
        <Dialog title={t('rename_of', { name: title_of(credential) })} on_close={close}>
            <form onSubmit={submit} noValidate>
                <Field label={t('credential_name')} name="credential-name" autocomplete="off" value={name}
                    hint={t('credential_name_hint')} on_input={(typed) => type(typed.slice(0, name_max))} />
                <Note notice={notice} />
                <div class="buttons">
                    <button type="submit">{t('rename')}</button>
                    <button type="button" class="quiet" onClick={close}>{t('cancel')}</button>
                </div>
            </form>
        </Dialog>
    );
}

type Act = (() => void) | undefined;
interface RowAsked { credential: Credential; on_rename: Act; on_remove: Act }
function Row({ credential, on_rename, on_remove }: RowAsked) {
    const kind = t(`credential_${credential.kind}` as Message);
    const added = t('added', { time: time_text(credential.added_time) });
    return (
        <li>
            <span class="two"><span>{title_of(credential)}</span>
                <span class="dim">{credential.name ? `${kind}, ${added}` : added}</span></span>
            {on_rename && <button type="button" class="quiet" onClick={on_rename}
                aria-label={t('rename_of', { name: title_of(credential) })}>{t('rename')}</button>}
            {on_remove && <button type="button" class="quiet" onClick={on_remove}
                aria-label={t('remove_of', { name: title_of(credential) })}>{t('remove')}</button>}
        </li>
    );
}

export function WaysToSignIn(cared: Cared) {
    const [leaving, remove] = useState<Credential>(), [renamed, rename] = useState<Credential>();
    const [adding, add] = useState<'password' | 'passkey' | 'ssh_key'>();
    const has_keys = cared.network.relying_party !== undefined;
    const { credentials } = cared.account;
    const active = credentials.filter((one) => one.kind !== 'recovery_key');
    const has_password = active.some((one) => one.kind === 'password');
    return (
        <section class="card">
            <h2>{t('credentials')}</h2>
            <ul class="rows">
                {active.map((one) => <Row key={one.id} credential={one}
                    on_rename={has_keys && one.kind !== 'password' ? () => rename(one) : undefined}
                    on_remove={active.length > 1 ? () => remove(one) : undefined} />)}
            </ul>
            {has_keys && <div class="buttons">
                {!has_password && <button type="button" class="quiet" onClick={() => add('password')}>
                    {t('add_password')}</button>}
                {has_passkeys() && <button type="button" class="quiet" onClick={() => add('passkey')}>
                    {t('add_passkey')}</button>}
                <button type="button" class="quiet" onClick={() => add('ssh_key')}>{t('add_ssh_key')}</button>
            </div>}
            {adding === 'password' && <AddPassword {...cared} close={() => add(undefined)} />}
            {adding === 'passkey' && <AddPasskey {...cared} close={() => add(undefined)} />}
            {adding === 'ssh_key' && <AddSshKey {...cared} close={() => add(undefined)} />}
            {renamed && <Rename credential={renamed} close={() => rename(undefined)}
                on_done={cared.on_done} />}
            {has_password && <ChangePassword {...cared} />}
            {leaving && <Revoke {...cared} credential={leaving} close={() => remove(undefined)} />}
        </section>
    );
}
