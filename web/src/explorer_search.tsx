// Finds entries: by number, by an account's label, by the own name of who is signed in.
import { useState } from 'preact/hooks';
import { ask, type Account } from './api';
import { from_base64, same, to_base64url, type Bytes } from './bytes';
import { label_of } from './history';
import { load_entry, read_entry, type Entry, type Head } from './ledger';
import { t, type Message } from './messages';
import { Field } from './parts';
import { load_session } from './state';

export type Found = { entries: Entry[]; label?: Bytes } | { wrong: Message };

const found_max = 100;

async function find_label(head: Head, label: Bytes): Promise<Found> {
    const entries: Entry[] = [];
    for (let next = head.checkpoint.size - 1; next >= 0 && entries.length < found_max;) {
        const bundle = await head.tree.bundle(next);
        const read = bundle.entries.map((bytes, i) => read_entry(bundle.first + i, bytes)).reverse();
        entries.push(...read.filter((entry) => same(label_of(entry) ?? new Uint8Array(), label)));
        next = bundle.first - 1;
    }
    return entries.length > 0 ? { entries, label } : { wrong: 'search_none' };
}

function parse_label(text: string): Bytes | undefined {
    if (/^[0-9a-f]{64}$/i.test(text))
        return Uint8Array.from(text.match(/../g)!, (pair) => parseInt(pair, 16));
    return /^[\w-]{43}$/.test(text) ? from_base64(text) : undefined;
}

export async function find(head: Head, typed: string): Promise<Found> {
    const text = typed.trim();
    if (/^\d{1,15}$/.test(text)) {
        const entry = await load_entry(head, Number(text));
        return entry ? { entries: [entry] } : { wrong: 'search_no_entry' };
    }
    const label = parse_label(text);
    if (label) return find_label(head, label);
    const session = load_session();
    if (session?.username !== text.normalize('NFKC').toLowerCase())
        return { wrong: session ? 'search_other' : 'search_signed_out' };
    const account = await ask<Account>('/v1/account', { session: session.session_id });
    return find_label(head, from_base64(account.label));
}

export function Search({ head, on_found }:
    { head: Head; on_found: (entries: Entry[], what: string) => void }) {
    const [text, type] = useState(''), [wrong, refuse] = useState<Message>();
    const submit = async (event: Event) => {
        event.preventDefault();
        const found = await find(head, text).catch((): Found => ({ wrong: 'search_failed' }));
        refuse('wrong' in found ? found.wrong : undefined);
        if ('wrong' in found) return;
        on_found(found.entries, found.label ? to_base64url(found.label) : '');
    };
    return (
        <form role="search" class="search" onSubmit={(event) => void submit(event)} noValidate>
            <Field label={t('search')} name="search" autocomplete="off" value={text} hint={t('search_hint')}
                wrong={wrong && t(wrong, { name: load_session()?.username ?? '' })} on_input={type} />
            <button type="submit">{t('search_do')}</button>
        </form>
    );
}
