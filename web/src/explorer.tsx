// The ledger as it grows: the newest entries, one taken apart, and the path that proves it.
import { useEffect, useState } from 'preact/hooks';
import { to_hex } from './bytes';
import type { Shown } from './enter';
import { load_head, load_newest, prove, type Entry, type Head, type Proof } from './ledger';
import { kind_text, t, time_text, type Message } from './messages';
import { fault_of, Note, type Notice } from './parts';
import type { Step } from './tree';

const block_fields: [number, Message][] = [[1, 'field_height'], [3, 'field_time'], [4, 'field_first'],
    [5, 'field_count'], [6, 'field_root'], [7, 'field_directory']];
const statement_fields: [number, Message][] = [[1, 'field_network'], [2, 'field_label'], [3, 'field_version'],
    [4, 'field_previous']];

function spell(name: Message, value: unknown): string | undefined {
    if (value instanceof Uint8Array) return to_hex(value);
    if (typeof value !== 'number') return undefined;
    return name === 'field_time' ? time_text(value) : String(value);
}

function Facts({ entry, proof }: { entry: Entry; proof: Proof }) {
    const [source, names] =
        entry.kind === 0 ? [entry.fields, block_fields] : [entry.statement, statement_fields];
    const facts = names.flatMap(([number, name]): [Message, string][] => {
        const text = spell(name, source?.get(number));
        return text === undefined ? [] : [[name, text]];
    });
    facts.push(['field_bytes', String(entry.bytes.length)], ['field_leaf', to_hex(proof.leaf)]);
    return <dl>{facts.map(([name, text]) => <div key={name}><dt>{t(name)}</dt><dd>{text}</dd></div>)}</dl>;
}

const span_of = ({ from, to }: Step): string => (to - from === 1 ? String(from) : `${from}–${to - 1}`);

// One row a step, the leaf below and the root on top: a node of the path, and the neighbour it is hashed
// with.
function PathPicture({ entry, proof }: { entry: Entry; proof: Proof }) {
    const rise = 44, height = (proof.steps.length + 1) * rise;
    const y = (level: number) => height - rise / 2 - level * rise;
    return (
        <svg class="path" viewBox={`0 0 320 ${height}`} role="img"
            aria-label={t(proof.holds ? 'root_matches' : 'root_differs')}>
            {proof.steps.map((step, i) => {
                const x = step.side === 'left' ? 60 : 260;
                return <g key={i}>
                    <line x1="160" y1={y(i)} x2="160" y2={y(i + 1)} class="own" />
                    <line x1={x} y1={y(i)} x2="160" y2={y(i + 1)} />
                    <circle cx={x} cy={y(i)} r="7" class="neighbour" />
                    <text x={x} y={y(i) + 20}>{span_of(step)}</text>
                </g>;
            })}
            {Array.from({ length: proof.steps.length + 1 }, (_, i) =>
                <circle key={i} cx="160" cy={y(i)} r="7" class="own" />)}
            <text x="160" y={y(0) + 20}>{entry.index}</text>
        </svg>
    );
}

const Apart = ({ entry, proof }: { entry: Entry; proof: Proof }) => (
    <section class="card" aria-live="polite">
        <h2>{t('entry_of', { index: entry.index })}: {kind_text(entry.kind)}</h2>
        <h3>{t('entry_about')}</h3>
        <Facts entry={entry} proof={proof} />
        <h3>{t('entry_path')}</h3>
        <p class="dim">{t('entry_path_lead')}</p>
        <PathPicture entry={entry} proof={proof} />
        <p class={`note ${proof.holds ? 'good' : 'bad'}`}>
            {t(proof.holds ? 'root_matches' : 'root_differs')}</p>
    </section>
);

const poll = 5_000; // milliseconds

export function ExplorerPage({ network, on_alarm }: Shown) {
    const [head, show] = useState<Head>();
    const [entries, list] = useState<Entry[]>([]);
    const [chosen, choose] = useState<{ entry: Entry; proof: Proof }>();
    const [notice, say] = useState<Notice>();
    const fail = (fault: unknown) => {
        const found = fault_of(fault);
        if ('alarm' in found) on_alarm(found.alarm);
        else say(found.notice);
    };
    useEffect(() => {
        let timer = 0;
        const refresh = async () => {
            const newest = await load_head(network);
            list(await load_newest(newest, 30));
            show(newest);
            timer = setTimeout(() => void refresh().catch(fail), poll);
        };
        void refresh().catch(fail);
        return () => clearTimeout(timer);
    }, []);
    const take_apart = (entry: Entry) =>
        void prove(head!, entry).then((proof) => choose({ entry, proof }), fail);
    return (
        <main class="wide">
            <h1>{t('explorer')}</h1>
            <p class="lead">{t('explorer_lead')}</p>
            <Note notice={notice} />
            {head ? <p class="note good">
                {t('checkpoint')}: {t('checkpoint_size', { size: head.checkpoint.size })}</p>
                : <p class="dim">{t('checking')}</p>}
            {chosen && <Apart {...chosen} />}
            <section class="card">
                <h2>{t('newest')}</h2>
                {!chosen && <p class="dim">{t('choose_entry')}</p>}
                <ol class="rows entries">
                    {entries.map((entry) => (
                        <li key={entry.index}>
                            <button type="button" onClick={() => take_apart(entry)}
                                aria-pressed={chosen?.entry.index === entry.index}>
                                <span class="dim">{entry.index}</span>
                                <span>{kind_text(entry.kind)}</span></button>
                        </li>))}
                </ol>
            </section>
        </main>
    );
}
