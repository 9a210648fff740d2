// One entry taken apart: what it says in a sentence, its parts, and its way to the root.
import { to_hex } from './bytes';
import { map_of, type Cbor } from './cbor';
import { kind_names } from './evidence';
import { PathOf, short } from './explorer_path';
import { kind_of_brought, label_of } from './history';
import type { Checkpoint, Entry, Proof } from './ledger';
import { has_message, kind_text, t, time_text, type Message } from './messages';

const number_at = (fields: Map<number, Cbor> | undefined, key: number): number => {
    const value = fields?.get(key);
    return typeof value === 'number' ? value : 0;
};

// In one or two sentences, for somebody who has never seen a ledger.
export function say_entry(entry: Entry): string {
    const label = label_of(entry), kind = kind_of_brought(entry);
    const brought = kind ? t(`a_${kind_names[kind - 1]!}`) : '';
    const name = `says_${entry.kind}`;
    return t(has_message(name) ? name : 'says_other', {
        label: label ? short(label) : '', brought, count: number_at(entry.fields, 5),
        height: number_at(entry.fields, 1), time: time_text(number_at(entry.fields, 3)),
        tokens: number_at(entry.statement, 6),
    });
}

type Fact = [Message, string];
const block_fields: [number, Message][] = [[1, 'field_height'], [3, 'field_time'], [4, 'field_first'],
    [5, 'field_count'], [2, 'field_block_before'], [6, 'field_root'], [7, 'field_directory'],
    [8, 'field_network_root']];
const statement_fields: [number, Message][] = [[2, 'field_label'], [3, 'field_version'],
    [4, 'field_previous'], [5, 'field_until'], [1, 'field_network']];
const times: Message[] = ['field_time', 'field_until'];

function spell(name: Message, value: Cbor | undefined): string | undefined {
    if (value instanceof Uint8Array) return to_hex(value);
    if (typeof value !== 'number') return undefined;
    return times.includes(name) ? time_text(value) : String(value);
}

function credential_facts(entry: Entry): Fact[] {
    const kind = kind_of_brought(entry);
    if (!kind) return [];
    const key = map_of(entry.statement?.get(6)).get(2);
    return [['field_credential', t(`credential_${kind_names[kind - 1]!}`)],
        ['field_public_key', key instanceof Uint8Array ? to_hex(key) : '']];
}

function evidence_facts(entry: Entry): Fact[] {
    const all = entry.kind > 1 ? entry.fields.get(2) : undefined;
    const facts = (Array.isArray(all) ? all : []).flatMap((one): Fact[] => {
        const [id, ...parts] = Array.isArray(one) ? one : [];
        const signature = parts.at(-1);
        return id instanceof Uint8Array && signature instanceof Uint8Array
            ? [['field_signer', to_hex(id)], ['field_signature', to_hex(signature)]] : [];
    });
    const admissions = entry.fields.get(3);
    const admitted: Fact[] = Array.isArray(admissions) && entry.kind > 1
        ? [['field_admissions', String(admissions.length)]] : [];
    return [...facts, ...admitted];
}

function facts_of(entry: Entry, proof: Proof): Fact[] {
    const [source, names] =
        entry.kind === 0 ? [entry.fields, block_fields] : [entry.statement, statement_fields];
    const named = names.flatMap(([number, name]): Fact[] => {
        const text = spell(name, source?.get(number));
        return text === undefined ? [] : [[name, text]];
    });
    return [...named, ...credential_facts(entry), ...evidence_facts(entry),
        ['field_bytes', String(entry.bytes.length)], ['field_leaf', to_hex(proof.leaf)]];
}

interface Shown { entry: Entry; proof: Proof; checkpoint: Checkpoint; is_final: boolean }
export function Apart({ entry, proof, checkpoint, is_final }: Shown) {
    return (
        <section class="card" id="entry" tabIndex={-1} aria-labelledby="entry-title">
            <h2 id="entry-title">{t('entry_of', { index: entry.index })}: {kind_text(entry.kind)}</h2>
            <p>{say_entry(entry)}</p>
            <h3>{t('entry_path')}</h3>
            <PathOf key={entry.index} entry={entry} proof={proof} checkpoint={checkpoint}
                is_final={is_final} />
            <details class="facts">
                <summary>{t('entry_about')}</summary>
                <dl>{facts_of(entry, proof).map(([name, text], i) =>
                    <div key={i}><dt>{t(name)}</dt><dd>{text}</dd></div>)}</dl>
            </details>
        </section>
    );
}
