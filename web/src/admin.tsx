// For operators: how the nodes do, what is proposed and waits for votes, one account, and what operators did.
import { useEffect, useState } from 'preact/hooks';
import { AdminAccounts } from './admin_accounts';
import { AdminRequests } from './admin_requests';
import { Refused, type NetworkDescription } from './api';
import { from_base64 } from './bytes';
import { fingerprint_of_act } from './crockford';
import type { Shown } from './enter';
import { follow_blocks } from './feed';
import { duration_text, has_message, t, time_text } from './messages';
import {
    apply_change, load_overview, sign_in_operator, submit_vote, type AuditRow, type ChangeRow, type
    NodeRow, type Operator, type Overview, type RecoveryRow, type Vote,
} from './operator_walk';
import { fault_of, Note, type Notice } from './parts';
import { has_passkeys } from './passkeys';
import { MakeOperatorPasskey } from './admin_passkey';

export const short_id = (id: string): string => `${id.slice(0, 8)}…`;
const named = (group: string, name: string): string => {
    const key = `${group}_${name}`;
    return has_message(key) ? t(key) : name;
};

// What any of these parts does and may fail at.
export interface Desk {
    operator: Operator; network: NetworkDescription; overview: Overview;
    try_to: (what: () => Promise<unknown>) => void;
}

// As the file in the node's data directory is called that proves it.
const evidence_file = ({ node, offence, at }: NodeRow['evidence'][number]): string =>
    offence === 'two_votes' ? `${node}-height-${at}.votes`
        : `${node}-size-${at}.${offence === 'two_histories' ? 'fork' : 'checkpoint'}`;

function Nodes({ nodes, size }: { nodes: NodeRow[]; size: number }) {
    return (
        <section class="card">
            <h2>{t('nodes')}</h2>
            <ul class="rows">
                {nodes.map((node) => (
                    <li key={node.id}>
                        <span><code>{short_id(node.id)}</code>{node.here && ` ${t('node_here')}`}</span>
                        {node.lag !== undefined && <span class={`badge ${node.lag > 2 ? 'bad' : 'good'}`}>
                            {t(node.lag > 0 ? 'node_lag' : 'node_level', { count: node.lag })}</span>}
                        <span class="dim wide">
                            {node.height !== undefined && `${t('node_height', { height: node.height })} · `}
                            {node.cosigned !== undefined && `${node.cosigned >= size ? t('node_cosigned')
                                : t('node_cosigning', { size: node.cosigned })} · `}
                            {t('node_operators', { count: node.operators.length })}
                            {node.https_address && ` · ${node.https_address}`}</span>
                        {node.evidence.map((each) => <span key={evidence_file(each)} class="note bad wide">
                            {t('node_evidence', { what: named('offence', each.offence),
                                file: evidence_file(each) })}</span>)}
                        {node.signing_keys.map((key) => <span key={key.kid} class="dim wide">
                            {t('node_key', { kid: short_id(key.kid), algorithm: key.algorithm })}
                            {key.published && ` ${t('since', { time: time_text(key.published) })}`}
                            {key.ends && ` ${t('until', { time: time_text(key.ends) })}`}</span>)}
                    </li>))}
            </ul>
        </section>
    );
}

function Change({ change, desk }: { change: ChangeRow; desk: Desk }) {
    const { operator, network, overview } = desk;
    const vote = (kind: Vote) =>
        desk.try_to(() => submit_vote(operator, network, kind, from_base64(change.change)));
    const fingerprint = fingerprint_of_act(change.act_bytes);
    const is_due = change.approved && change.apply_from <= Date.now() &&
        (fingerprint === undefined || change.request !== undefined);
    const is_mine = change.approvals.some(({ node }) => node === overview.you.node);
    return (
        <li>
            <span>{named('act', change.act)}{' '}
                {change.label && <code>{short_id(change.label)}</code>}</span>
            <span class={`badge ${change.approved ? 'good' : ''}`}>{t('votes', {
                count: change.approvals.length, all: overview.quorum })}</span>
            <span class="dim wide">{t('change_times', { proposed: time_text(change.proposed),
                from: time_text(change.apply_from), expires: time_text(change.expires) })}
                {fingerprint && ` ${t('fingerprint', { what: fingerprint })}`}</span>
            <span class="buttons">
                {is_mine
                    ? <button type="button" class="quiet" onClick={() => vote('object_change')}>
                        {t('object')}</button>
                    : <button type="button" class="quiet" onClick={() => vote('approve_change')}>
                        {t('approve')}</button>}
                {is_due && <button type="button"
                    onClick={() => desk.try_to(() => apply_change(operator, network, change))}>
                    {t('apply')}</button>}
            </span>
        </li>
    );
}

const Changes = ({ desk }: { desk: Desk }) => (
    <section class="card">
        <h2>{t('changes')}</h2>
        <p class="lead">{t('changes_lead', { count: desk.overview.quorum })}</p>
        {desk.overview.changes.length > 0
            ? <ul class="rows">{desk.overview.changes.map((change) =>
                <Change key={change.change} change={change} desk={desk} />)}</ul>
            : <p class="dim">{t('none')}</p>}
    </section>
);

const Recoveries = ({ recoveries }: { recoveries: RecoveryRow[] }) => (
    <section class="card">
        <h2>{t('recoveries')}</h2>
        {recoveries.length > 0 ? <ul class="rows">{recoveries.map((one) => (
            <li key={one.begin}><span><code>{short_id(one.label)}</code></span>
                <span class="dim">{t(one.by === 'operators' ? 'by_operators' : 'by_code')},{' '}
                    {t('since', { time: time_text(one.finish_from) })}</span></li>))}</ul>
            : <p class="dim">{t('none')}</p>}
    </section>
);

const Audit = ({ audit }: { audit: AuditRow[] }) => (
    <section class="card">
        <h2>{t('audit')}</h2>
        <p class="lead">{t('audit_lead')}</p>
        <ol class="rows">{audit.map((row) => (
            <li key={row.index}>
                <span>{named('did', row.kind)}{row.act && `: ${named('act', row.act)}`}</span>
                <span class="dim">{time_text(row.time)}</span>
                <span class="dim wide">{row.by && t('by_operator', { id: short_id(row.by) })}{' '}
                    <a href={`/explorer?entry=${row.index}`}>{t('see_proof', { index: row.index })}</a></span>
            </li>))}</ol>
        {audit.length === 0 && <p class="dim">{t('none')}</p>}
    </section>
);

// Milliseconds in the policy, and nothing else there that is a number.
function value_text(value: unknown, group: 'limits' | 'policy'): string {
    if (typeof value === 'number') return group === 'policy' ? duration_text(value) : String(value);
    return typeof value === 'object' ? JSON.stringify(value) : String(value);
}
const Figures = ({ values, group }: { values: Record<string, unknown>; group: 'limits' | 'policy' }) => (
    <dl class="limits">{Object.entries(values).map(([name, value]) => {
        const key = `${group}_${name}`;
        return <div key={name}><dt>{has_message(key) ? t(key) : name.replaceAll('_', ' ')}</dt>
            <dd>{value_text(value, group)}</dd></div>;
    })}</dl>
);

function Inside({ operator, shown }: { operator: Operator; shown: Shown }) {
    const [overview, show] = useState<Overview>(), [notice, say] = useState<Notice>();
    const refresh = async () => show(await load_overview(operator));
    const try_to = (what: () => Promise<unknown>) => {
        say({ tone: 'calm', text: t('working') });
        void what().then(refresh).then(() => say({ tone: 'good', text: t('done') }), (fault: unknown) => {
            const found = fault_of(fault);
            if ('alarm' in found) shown.on_alarm(found.alarm);
            else say(found.notice);
        });
    };
    useEffect(() => {
        void refresh().catch((fault: unknown) => {
            const found = fault_of(fault);
            if ('notice' in found) say(found.notice);
        });
        const again = () => void refresh().catch(() => undefined);
        const timer = setInterval(again, poll), leave = follow_blocks(again);
        return () => {
            clearInterval(timer);
            leave();
        };
    }, []);
    if (!overview) return <Note notice={notice} />;
    const desk = { operator, network: shown.network, overview, try_to };
    return <>
        <p class="lead">{t('operator_lead', { id: short_id(operator.id), node: short_id(operator.node),
            height: overview.height, time: time_text(overview.time) })}</p>
        <Note notice={notice} />
        <Nodes nodes={overview.nodes} size={overview.size} />
        <Changes desk={desk} />
        <AdminRequests desk={desk} />
        <AdminAccounts desk={desk} />
        <Recoveries recoveries={overview.recoveries} />
        <Audit audit={overview.audit} />
        <section class="card">
            <h2>{t('limits')}</h2>
            <Figures values={overview.limits} group="limits" />
            <h3>{t('policy')}</h3>
            <Figures values={overview.policy} group="policy" />
        </section>
    </>;
}

const poll = 10_000; // milliseconds: requests come without a block

const is_refused = (fault: unknown): boolean => fault instanceof Refused && fault.status === 401;

export function AdminPage(shown: Shown) {
    const [operator, enter] = useState<Operator>(), [notice, say] = useState<Notice>();
    const sign_in = () => {
        say({ tone: 'calm', text: t('passkey_waiting') });
        void sign_in_operator(shown.network).then(enter, (fault: unknown) => {
            const found = fault_of(fault);
            if ('alarm' in found) shown.on_alarm(found.alarm);
            else say(is_refused(fault) ? { tone: 'bad', text: t('operator_refused') } : found.notice);
        });
    };
    if (operator) return <main class="wide"><h1>{t('admin')}</h1>
        <Inside operator={operator} shown={shown} /></main>;
    return (
        <main class="narrow card">
            <h1>{t('admin')}</h1>
            <p class="lead">{t('admin_lead')}</p>
            <Note notice={notice} />
            {has_passkeys() && <button type="button" onClick={sign_in}>{t('passkey_sign_in')}</button>}
            <MakeOperatorPasskey network={shown.network} />
        </main>
    );
}
