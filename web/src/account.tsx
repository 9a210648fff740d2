// The own account: ways to sign in, sessions, and the history, each line of it proved here.
import { useEffect, useState } from 'preact/hooks';
import { ask, Refused, type Account, type Credential, type SessionRow } from './api';
import { from_base64 } from './bytes';
import { length_min, type Shown } from './enter';
import { load_head, load_history, type Change } from './ledger';
import { kind_text, t, time_text, type Message } from './messages';
import { judge, NewPassword } from './new_password';
import { fault_of, Note, notice_of, PasswordField, type Notice } from './parts';
import { order, prepare_worker } from './passwords';
import { drop_session, keep_session, load_session, type Session } from './state';

function leave(): void {
    drop_session();
    location.assign('/?came=over');
}

interface Loaded { account: Account; sessions: SessionRow[] }
async function load({ token }: Session): Promise<Loaded> {
    const [account, { sessions }] = await Promise.all([
        ask<Account>('/v1/account', { token }), ask<{ sessions: SessionRow[] }>('/v1/sessions', { token })]);
    return { account, sessions };
}

const Credentials = ({ credentials }: { credentials: Credential[] }) => (
    <ul class="rows">
        {credentials.map((credential) => (
            <li key={credential.id}>
                <span>{t(`credential_${credential.kind}` as Message)}</span>
                <span class="dim">{t('added', { time: time_text(credential.added_time) })}</span>
            </li>))}
    </ul>
);

function ChangePassword({ username, network, on_alarm, on_changed }:
    Shown & { username: string; on_changed: () => void }) {
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
        if (outcome.kind === 'alarm')
            return on_alarm({ text: t('alarm_server', { what: outcome.alarm }), can_forget: false });
        if (outcome.kind !== 'done' || !outcome.signed) return say(notice_of(outcome));
        keep_session(outcome.signed);
        type_present('');
        type_next('');
        have_tried(false);
        say({ tone: 'good', text: t('changed') });
        on_changed();
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

function Sessions({ sessions, on_end }: { sessions: SessionRow[]; on_end: (ended: SessionRow[]) => void }) {
    const others = sessions.filter((session) => !session.current);
    const sorted = sessions.filter((session) => session.current)
        .concat(others.sort((a, b) => b.began - a.began));
    return <>
        <ul class="rows">
            {sorted.map((session) => (
                <li key={session.id}>
                    <span>{session.current ? t('session_this')
                        : t('session_other', { client: session.client })}</span>
                    <span class="dim">{t('session_began', { time: time_text(session.began) })}</span>
                    {!session.current && <button type="button" class="quiet" onClick={() => on_end([session])}
                        aria-label={t('end_of', { time: time_text(session.began) })}>{t('end')}</button>}
                </li>))}
        </ul>
        {others.length > 0 && <button type="button" class="quiet" onClick={() => on_end(others)}>
            {t('end_others')}</button>}
    </>;
}

const kinds = ['password', 'passkey', 'device_key', 'recovery_key', 'ssh_key'];
function signer_of({ entry, signer }: Change): string {
    if (signer === undefined) return t('by_other');
    if (signer === 1 && entry.kind === 2) return t('by_new');
    if (signer === 1 && entry.kind === 5) return t('by_password');
    return t(`credential_${kinds[signer - 1]}` as Message);
}

const History = ({ changes }: { changes: Change[] }) => (
    <ol class="rows history">
        {changes.map((change) => (
            <li key={change.entry.index}>
                <span>{kind_text(change.entry.kind)}</span>
                <span class={`badge ${change.holds ? 'good' : 'bad'}`}>
                    {t(change.holds ? 'proved' : 'not_proved')}</span>
                <span class="dim wide">
                    {t('block_at', { height: change.height, time: time_text(change.time) })},{' '}
                    {t('authorised', { who: signer_of(change) })}</span>
            </li>))}
    </ol>
);

// Complete: from the account's present entry, as the server names it, back to the one that registered it.
const is_whole = (changes: Change[], account: Account): boolean =>
    changes.every((change) => change.holds) && changes.at(-1)?.entry.kind === 2 &&
    changes[0]?.entry.index === account.last_index;

export function AccountPage({ network, on_alarm }: Shown) {
    const [loaded, show] = useState<Loaded>();
    const [changes, prove] = useState<Change[]>();
    const [notice, say] = useState<Notice>();
    const refresh = async () => {
        const session = load_session();
        if (!session) return leave();
        try {
            const present = await load(session);
            show(present);
            prove(await load_history(await load_head(network), from_base64(present.account.label)));
        } catch (fault) {
            if (fault instanceof Refused && fault.status === 401) return leave();
            const found = fault_of(fault);
            if ('alarm' in found) on_alarm(found.alarm);
            else say(found.notice);
        }
    };
    useEffect(() => void refresh(), []);
    const end = async (ended: SessionRow[]) => {
        const token = load_session()?.token ?? '';
        for (const { id } of ended)
            await ask(`/v1/sessions/${id}`, { method: 'DELETE', token }).catch(() => undefined);
        await refresh();
    };
    if (!loaded) return <main class="wide"><h1>{t('account')}</h1><Note notice={notice} /></main>;
    const { account, sessions } = loaded;
    return (
        <main class="wide">
            <h1>{account.username}</h1>
            <Note notice={notice} />
            <section class="card">
                <h2>{t('credentials')}</h2>
                <Credentials credentials={account.credentials} />
                <ChangePassword username={account.username} network={network} on_alarm={on_alarm}
                    on_changed={() => void refresh()} />
            </section>
            <section class="card">
                <h2>{t('sessions')}</h2>
                <Sessions sessions={sessions} on_end={(ended) => void end(ended)} />
            </section>
            <section class="card">
                <h2>{t('history')}</h2>
                <p class="lead">{t('history_lead')}</p>
                {changes ? <>
                    <History changes={changes} />
                    <Note notice={is_whole(changes, account)
                        ? { tone: 'good', text: t('checked_all', { count: changes.length }) }
                        : { tone: 'bad', text: t('checked_some') }} />
                </> : <p class="dim">{t('checking')}</p>}
            </section>
        </main>
    );
}
