// One account, as operators see it: by its label, or by the name that somebody told them.
import { useState } from 'preact/hooks';
import { short_id, type Desk } from './admin';
import { has_message, t, time_text } from './messages';
import { load_account, make_act, submit_vote, type AccountRow, type Act } from './operator_walk';
import { Field } from './parts';

function Account({ account, desk }: { account: AccountRow; desk: Desk }) {
    const { operator, network } = desk;
    const propose = (act: Act) => desk.try_to(() =>
        submit_vote(operator, network, 'propose_change', make_act(act, account.label)));
    const status = `status_${account.status}`;
    return <>
        <ul class="rows">
            <li><span><code>{short_id(account.label)}</code></span>
                <span class="dim">{has_message(status) ? t(status) : account.status}</span></li>
            {account.credentials.map((one) => {
                const kind = `credential_${one.kind}`;
                return <li key={one.id}><span>{has_message(kind) ? t(kind) : one.kind}</span>
                    <span class="dim">{t('added', { time: time_text(one.added_time) })}</span></li>;
            })}
        </ul>
        <div class="buttons">
            {account.status === 'active' && <button type="button" class="quiet danger"
                onClick={() => propose('suspend')}>{t('propose_suspend')}</button>}
            {account.status === 'suspended' && <button type="button" class="quiet"
                onClick={() => propose('restore')}>{t('propose_restore')}</button>}
        </div>
    </>;
}

export function AdminAccounts({ desk }: { desk: Desk }) {
    const [typed, type] = useState(''), [account, show] = useState<AccountRow>();
    const find = (event: Event) => {
        event.preventDefault();
        const text = typed.trim();
        const asked = /^[\w-]{43}$/.test(text) ? { label: text } : { username: text };
        show(undefined);
        desk.try_to(async () => show(await load_account(desk.operator, asked)));
    };
    return (
        <section class="card">
            <h2>{t('accounts')}</h2>
            <form role="search" class="search" onSubmit={find} noValidate>
                <Field label={t('account_search')} name="account" autocomplete="off" value={typed}
                    hint={t('account_search_hint')} on_input={type} />
                <button type="submit">{t('search_do')}</button>
            </form>
            {account && <Account account={account} desk={desk} />}
        </section>
    );
}
