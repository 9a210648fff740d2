// What may become a recovery by operators: requests, and what operators have proposed. It replaces nothing
// yet, and ends when the account lets operators help no more.
import { useState } from 'preact/hooks';
import type { Cared } from './cared';
import { Forbid } from './account_recovery';
import { t, time_text, type Message } from './messages';

export function HelpByOperators(cared: Cared) {
    const [is_asking, have_asked] = useState(false);
    const { requests = [], proposals = [] } = cared.account.operator_help ?? {};
    if (cared.account.recovery || requests.length + proposals.length === 0) return null;
    return (
        <section class="card alarm" role="alert">
            <h2>{t('help')}</h2>
            <ul class="rows">
                {requests.map((one) => (
                    <li key={one.number}><span>{t('help_request', { number: one.number })}</span>
                        <span class="dim">{time_text(one.asked)}</span></li>))}
                {proposals.map((one) => (
                    <li key={one.change}>
                        <span>{t('help_proposal', { what: t(`credential_${one.kind}` as Message) })}</span>
                        <span class="badge">
                            {t('votes', { count: one.approvals, all: one.quorum })}</span>
                        <span class="dim wide">{t('fingerprint', { what: one.fingerprint })}</span></li>))}
            </ul>
            <p>{t('help_next')}</p>
            <button type="button" class="quiet" onClick={() => have_asked(true)}>
                {t('forbid_operators_now')}</button>
            {is_asking && <Forbid cared={cared} close={() => have_asked(false)} />}
        </section>
    );
}
