// What was changed about the account since somebody last signed in to it in this browser, whoever changed it.
// The browser remembers by the version of the account, which grows by one with each entry.
import type { Account } from './api';
import { number_of } from './cbor';
import type { Change } from './history';
import { t, time_text } from './messages';

const seen_name = 'bulla.versions', shown_name = 'bulla.since', accounts_max = 20;

// The account's versions between two sign-ins: after the first, up to the second.
interface Since { account_id: string; session: string; from: number; to: number }

const load_versions = (): [string, number][] =>
    JSON.parse(localStorage.getItem(seen_name) ?? '[]') as [string, number][];
function keep_version({ account_id, version }: Account): void {
    const others = load_versions().filter(([id]) => id !== account_id);
    localStorage.setItem(seen_name, JSON.stringify([...others, [account_id, version]].slice(-accounts_max)));
}

// The same answer as long as the session lives. Nothing: it is the first time in this browser.
export function since_last(account: Account, session: string): Since | undefined {
    const stored = sessionStorage.getItem(shown_name);
    const shown = stored ? (JSON.parse(stored) as Since) : undefined;
    const known = load_versions().find(([id]) => id === account.account_id)?.[1];
    keep_version(account);
    if (shown?.account_id === account.account_id && shown.session === session) return shown;
    const since = { account_id: account.account_id, session, from: known ?? account.version,
        to: account.version };
    sessionStorage.setItem(shown_name, JSON.stringify(since));
    return since;
}

// The session goes on as another one: what was shown in it still is, and the change that did so is no news.
export function go_on_as(session: string): void {
    const stored = sessionStorage.getItem(shown_name);
    if (!stored) return;
    sessionStorage.setItem(shown_name, JSON.stringify({ ...(JSON.parse(stored) as Since), session }));
}

// Beside the statement where nobody signs it.
const version_of = ({ entry }: Change): number =>
    number_of(entry.statement?.get(3) ?? entry.fields.get(4));

export function News({ since, changes, title_of }: {
    since: Since | undefined; changes: Change[] | undefined; title_of: (change: Change) => string;
}) {
    const news = since && changes?.filter((change) =>
        version_of(change) > since.from && version_of(change) <= since.to);
    if (!news?.length) return null;
    return (
        <section class="card" aria-labelledby="news">
            <h2 id="news">{t('news')}</h2>
            <ul class="rows">{news.map((change) => (
                <li key={change.entry.index}><span>{title_of(change)}</span>
                    <span class="dim">{time_text(change.time)}</span></li>))}</ul>
            <p>{t('news_next')}</p>
        </section>
    );
}
