// Sessions, the own data, and the end of the account.
import { useState } from 'preact/hooks';
import { Approve } from './approve';
import { ask, ask_text, type SessionList, type SessionRow } from './api';
import { to_base64url } from './bytes';
import { session_now, type Cared } from './cared';
import { make_statement, submit_change, type ChangeName } from './change';
import { has_message, t, time_text } from './messages';
import { fault_of, Field, Note, type Notice } from './parts';
import { leave } from './state';

function place_of({ client }: SessionRow): string {
    const name = `session_${client}`;
    return has_message(name) ? t(name) : t('session_other', { client });
}

const Row = ({ session, on_end }: { session: SessionRow; on_end: () => void }) => (
    <li>
        <span>{session.current ? t('session_this') : place_of(session)}</span>
        <span class="dim">{t('session_began', { time: time_text(session.began) })}</span>
        {!session.current && <button type="button" class="quiet" onClick={on_end}
            aria-label={t('end_of', { time: time_text(session.began) })}>{t('end')}</button>}
    </li>
);

// A change without more to say: signed, submitted, and over.
const plain_change = (kind: ChangeName, { network }: Cared): Parameters<typeof Approve>[0]['act'] =>
    async (sign) => {
        const session = session_now();
        const wanted = await make_statement(kind, [], { network, session });
        const evidence = [await sign(wanted)];
        await submit_change(kind, { statement: to_base64url(wanted.statement), evidence }, session);
    };

export function Sessions({ list, ...cared }: Cared & { list: SessionList }) {
    const [is_asking, have_asked] = useState(false);
    const { sessions, silent_nodes } = list;
    const others = sessions.filter((session) => !session.current).sort((a, b) => b.began - a.began);
    const end = async (ended: SessionRow[]) => {
        let count = 0;
        for (const { id } of ended)
            await ask(`/v1/sessions/${id}`, { method: 'DELETE', session: session_now() })
                .then(() => ++count, () => undefined);
        const left = ended.length - count;
        cared.on_done(t(left > 0 ? 'ended_but' : 'ended', { count, left }));
    };
    return (
        <section class="card">
            <h2>{t('sessions')}</h2>
            {silent_nodes.length > 0 && <p class="lead">
                {t('silent_nodes', { count: silent_nodes.length })}</p>}
            <ul class="rows">
                {[...sessions.filter((session) => session.current), ...others].map((session) =>
                    <Row key={session.id} session={session} on_end={() => void end([session])} />)}
            </ul>
            <div class="buttons">
                {others.length > 0 && <button type="button" class="quiet" onClick={() => void end(others)}>
                    {t('end_others')}</button>}
                <button type="button" class="quiet" onClick={() => have_asked(true)}>
                    {t('end_all')}</button>
            </div>
            {is_asking && <Approve {...cared} title={t('end_all')} lead={t('end_all_lead')}
                button={t('end_all')} act={plain_change('end_sessions', cared)}
                on_done={() => leave('everywhere')} on_close={() => have_asked(false)} />}
        </section>
    );
}

// What the server holds, and the proof that the ledger says so, as one document.
async function gather(): Promise<string> {
    const session = session_now();
    const [held, proof] = await Promise.all([
        ask<object>('/v1/account/export', { session }), ask_text('/v1/account/proof', session)]);
    return JSON.stringify({ ...held, proof }, undefined, 2);
}
function save(text: string, name: string): void {
    const link = document.createElement('a');
    link.href = URL.createObjectURL(new Blob([text], { type: 'application/json' }));
    link.download = name;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}

function Erase(cared: Cared & { close: () => void }) {
    const { account, close } = cared;
    const [typed, type] = useState(''), [is_tried, have_tried] = useState(false);
    const is_same = typed.trim() === account.username;
    return (
        <Approve {...cared} title={t('erase')} lead={t('erase_lead')} button={t('erase_now')} is_danger
            check={() => {
                have_tried(true);
                return is_same;
            }}
            act={plain_change('erase', cared)} on_done={() => leave('erased')} on_close={close}>
            <Field label={t('erase_type', { name: account.username })} name="confirmation" value={typed}
                autocomplete="off" wrong={is_tried && !is_same ? t('erase_wrong') : undefined}
                on_input={type} />
        </Approve>
    );
}

export function OwnData(cared: Cared) {
    const { account } = cared;
    const [is_asking, have_asked] = useState(false), [notice, say] = useState<Notice>();
    const download = () => void gather().then(
        (text) => {
            save(text, `bulla-${account.username}.json`);
            say({ tone: 'good', text: t('downloaded') });
        },
        (fault: unknown) => {
            const found = fault_of(fault);
            if ('notice' in found) say(found.notice);
        });
    return (
        <section class="card">
            <h2>{t('own_data')}</h2>
            <p class="lead">{t('own_data_lead')}</p>
            <Note notice={notice} />
            <div class="buttons">
                <button type="button" class="quiet" onClick={download}>{t('download')}</button>
                <button type="button" class="quiet danger" onClick={() => have_asked(true)}>
                    {t('erase')}</button>
            </div>
            {is_asking && <Erase {...cared} close={() => have_asked(false)} />}
        </section>
    );
}
