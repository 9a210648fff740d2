// Requests to recover an account, at this node: accepted when the person is known, proposed when the person
// reads the same fingerprint.
import { useState } from 'preact/hooks';
import type { Desk } from './admin';
import { from_base64 } from './bytes';
import { fingerprint_of_act, fold } from './crockford';
import { t, time_text } from './messages';
import { decide_request, submit_vote, type RequestRow } from './operator_walk';
import { Field } from './parts';

function Proposal({ request, desk }: { request: RequestRow; desk: Desk }) {
    const [read, type] = useState(''), [is_wrong, found_wrong] = useState(false);
    const act = request.act_bytes!, name = request.username ?? request.number;
    const propose = (event: Event) => {
        event.preventDefault();
        const is_same = fold(read) === fold(fingerprint_of_act(act) ?? '');
        found_wrong(!is_same);
        if (is_same)
            desk.try_to(() => submit_vote(desk.operator, desk.network, 'propose_change', from_base64(act)));
    };
    return (
        <form class="wide" onSubmit={propose} noValidate>
            <Field label={t('request_fingerprint', { name })} name={`read-${request.number}`}
                autocomplete="off" value={read} hint={t('request_fingerprint_hint')} on_input={type}
                wrong={is_wrong ? t('request_fingerprint_wrong') : undefined} />
            <button type="submit" class="quiet">{t('request_propose')}</button>
        </form>
    );
}

function Request({ request, desk }: { request: RequestRow; desk: Desk }) {
    const { number, state } = request;
    const decide = (decision: 'accept' | 'drop') =>
        desk.try_to(() => decide_request(desk.operator, number, decision));
    const is_proposed = desk.overview.changes.some((change) => change.request === number);
    return (
        <li>
            <span>{t('request_row', { number, name: request.username ?? request.label })}</span>
            <span class="badge">{t(`request_state_${state}`)}</span>
            <span class="dim wide">{t('since', { time: time_text(request.asked) })}{' '}
                {t('until', { time: time_text(request.ends) })}
                {request.act_bytes &&
                    ` · ${t('fingerprint', { what: fingerprint_of_act(request.act_bytes) ?? '' })}`}</span>
            {state === 'made' && !is_proposed && <Proposal request={request} desk={desk} />}
            {state !== 'begun' && <span class="buttons">
                {state === 'asked' && <button type="button" class="quiet" onClick={() => decide('accept')}>
                    {t('request_accept', { number })}</button>}
                <button type="button" class="quiet danger" onClick={() => decide('drop')}>
                    {t('request_drop', { number })}</button></span>}
        </li>
    );
}

export const AdminRequests = ({ desk }: { desk: Desk }) => (
    <section class="card">
        <h2>{t('requests')}</h2>
        <p class="lead">{t('requests_lead')}</p>
        {desk.overview.requests.length > 0
            ? <ul class="rows">{desk.overview.requests.map((request) =>
                <Request key={request.number} request={request} desk={desk} />)}</ul>
            : <p class="dim">{t('none')}</p>}
    </section>
);
