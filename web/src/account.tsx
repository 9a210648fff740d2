// The own account: ways to sign in, sessions, the history, each line of it proved here, and the own data.
import { useEffect, useState } from 'preact/hooks';
import { OwnData, Sessions } from './account_care';
import { HelpByOperators } from './account_help';
import { WaysToSignIn } from './account_keys';
import { News, since_last } from './account_news';
import { PendingRecovery, RecoveryWays } from './account_recovery';
import { ask, Refused, type Account, type SessionList } from './api';
import { from_base64, to_base64 } from './bytes';
import { session_now } from './cared';
import type { Shown } from './enter';
import { kind_names } from './evidence';
import { follow_blocks } from './feed';
import { follow_finality, type Shown as Signed } from './finality';
import { kind_of_brought, load_history, type Change } from './history';
import { load_head, load_relying_party, type Entry } from './ledger';
import { has_message, kind_text, t, time_text, type Message } from './messages';
import { Behind, fault_of, Note, type Notice } from './parts';
import type { Standing } from './seen';
import { counts, SignedBy } from './signed_by';
import { leave, load_session, type Session } from './state';

interface Loaded { account: Account; sessions: SessionList }
async function load({ session_id: session }: Session): Promise<Loaded> {
    const [account, sessions] = await Promise.all([
        ask<Account>('/v1/account', { session }),
        ask<SessionList>('/v1/sessions', { session })]);
    return { account, sessions };
}

function signer_of({ entry, signer }: Change, account: Account): string {
    if (!signer) return t(entry.kind === 21 ? 'by_operators' : 'by_other');
    if (signer.is_new && signer.kind === 1) return t('by_new');
    if (entry.kind === 5 && signer.kind === 1) return t('by_password');
    const own = account.credentials.find((one) => to_base64(from_base64(one.id)) === signer.id)?.name;
    const kind = t(`credential_${kind_names[signer.kind - 1]}` as Message);
    return own ? t('by_named', { kind, name: own }) : t('by_kind', { kind });
}

function title_of(entry: Entry): string {
    const kind = kind_of_brought(entry), name = `kind_${entry.kind}_of`;
    if (!kind || !has_message(name)) return kind_text(entry.kind);
    return t(name, { what: t(`credential_${kind_names[kind - 1]!}`) });
}

interface HistoryAsked {
    changes: Change[] | undefined; account: Account;
    standing: Standing | undefined; signed: Signed | undefined;
}

// Proved is what stands under a checkpoint that counts.
function Badge({ change, signed }: { change: Change; signed: Signed | undefined }) {
    if (!change.holds) return <span class="badge bad">{t('not_proved')}</span>;
    return counts(signed, change.entry.index) ? <span class="badge good">{t('proved')}</span>
        : <span class="badge calm">{t('proved_not_yet')}</span>;
}

const History = ({ changes, account, signed }: HistoryAsked & { changes: Change[] }) => (
    <ol class="rows history">
        {changes.map((change) => (
            <li key={change.entry.index}>
                <span>{title_of(change.entry)}</span>
                <Badge change={change} signed={signed} />
                <span class="dim wide">
                    {t('block_at', { height: change.height, time: time_text(change.time) })},{' '}
                    {t('authorised', { who: signer_of(change, account) })},{' '}
                    <a href={`/explorer?entry=${change.entry.index}`}>
                        {t('see_proof', { index: change.entry.index })}</a></span>
            </li>))}
    </ol>
);

// Complete: from the account's present entry, as the server names it, back to the one that registered it.
const is_whole = (changes: Change[], account: Account): boolean =>
    changes.every((change) => change.holds) && changes.at(-1)?.entry.kind === 2 &&
    changes[0]?.entry.index === account.last_index;

function Proved(asked: HistoryAsked) {
    const { changes, account, standing, signed } = asked;
    const good = ({ finality }: Signed): string => {
        const whole = t('checked_all', { count: changes?.length ?? 0 });
        return finality.kind === 'alone' ? whole : `${whole} ${t('signed_by', { ...finality })}`;
    };
    return (
        <section class="card">
            <h2>{t('history')}</h2>
            <p class="lead">{t('history_lead')}</p>
            <Behind standing={standing} />
            {changes ? <>
                <History {...asked} changes={changes} />
                {is_whole(changes, account) ? <SignedBy signed={signed} good={good} />
                    : <Note notice={{ tone: 'bad', text: t('checked_some') }} />}
            </> : <p class="dim">{t('checking')}</p>}
        </section>
    );
}

// What another device did, or a recovery that somebody began, is shown when its block comes.
// Requests to operators come without one.
const poll = 10_000; // milliseconds
const state_of = ({ version, operator_help }: Account): string => JSON.stringify([version, operator_help]);
function useNews(account: Account | undefined, on_news: () => void): void {
    const known = account && state_of(account);
    useEffect(() => {
        if (known === undefined) return undefined;
        const look = () => void ask<Account>('/v1/account', { session: session_now() })
            .then((seen) => state_of(seen) !== known && on_news(), () => undefined);
        const timer = account?.operator_help && setInterval(look, poll), leave = follow_blocks(look);
        return () => {
            clearInterval(timer);
            leave();
        };
    }, [known]);
}

export function AccountPage({ network, on_alarm }: Shown) {
    const [loaded, show] = useState<Loaded>();
    const [changes, prove] = useState<Change[]>(), [standing, stand] = useState<Standing>();
    const [signed, sign] = useState<Signed>();
    const [notice, say] = useState<Notice>();
    const refresh = async (done?: string) => {
        const session = load_session();
        if (!session) return leave('over');
        try {
            const present = await load(session);
            show(present);
            if (done) say({ tone: 'good', text: done });
            const head = await load_head(network);
            stand(head.standing);
            const party = await load_relying_party(head, network);
            prove(await load_history(head, from_base64(present.account.label), party));
            await follow_finality(head, network, sign);
        } catch (fault) {
            if (fault instanceof Refused && fault.status === 401) return leave(done ? 'removed' : 'over');
            const found = fault_of(fault);
            if ('alarm' in found) on_alarm(found.alarm);
            else say(found.notice);
        }
    };
    useEffect(() => void refresh(), []);
    useNews(loaded?.account, () => void refresh());
    if (!loaded) return <main class="wide"><h1>{t('account')}</h1><Note notice={notice} /></main>;
    const { account, sessions } = loaded;
    const since = since_last(account, load_session()?.session_id ?? '');
    const shared = { account, network, on_alarm, on_done: (text?: string) => void refresh(text) };
    return (
        <main class="wide">
            <h1>{account.username}</h1>
            <Note notice={notice} />
            <PendingRecovery {...shared} />
            <HelpByOperators {...shared} />
            <News since={since} changes={changes} title_of={({ entry }) => title_of(entry)} />
            <WaysToSignIn {...shared} />
            {account.operator_recovery !== undefined && <RecoveryWays {...shared} />}
            <Sessions {...shared} list={sessions} />
            <Proved changes={changes} account={account} standing={standing} signed={signed} />
            <OwnData {...shared} />
        </main>
    );
}
