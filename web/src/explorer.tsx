// The ledger as it grows: blocks and their entries, one taken apart, a search, and how fast it grows.
import { useEffect, useRef, useState } from 'preact/hooks';
import { ask } from './api';
import { to_hex, from_base64 } from './bytes';
import type { Shown } from './enter';
import { Apart } from './explorer_apart';
import { GrowthChart } from './explorer_chart';
import { Search } from './explorer_search';
import { SignInChart, type SignIns } from './explorer_sign_ins';
import { follow_blocks } from './feed';
import { follow_finality, type Shown as Signed } from './finality';
import {
    block_of, load_entry, load_growth, load_head, load_newest, prove, type Checkpoint, type Entry,
    type Growth, type Head, type Proof,
} from './ledger';
import { kind_text, t, time_text } from './messages';
import { Behind, fault_of, Note, type Notice } from './parts';
import { counts, SignedBy } from './signed_by';

interface Listed { entries: Entry[]; chosen: number | undefined; choose: (entry: Entry) => void }

const Line = ({ entry, chosen, choose }: Omit<Listed, 'entries'> & { entry: Entry }) => (
    <button type="button" onClick={() => choose(entry)} aria-pressed={chosen === entry.index}>
        <span class="dim">{entry.index}</span>
        <span>{entry.kind === 0 ? t('block_of', { height: block_of(entry).height }) : kind_text(entry.kind)}
        </span>
        {entry.kind === 0 && <span class="dim when">{time_text(block_of(entry).time)}</span>}
    </button>
);

// A block stands above the entries that it closes.
function Entries({ entries, ...rest }: Listed) {
    return (
        <ol class="rows entries">
            {entries.map((entry) => (
                <li key={entry.index} class={entry.kind === 0 ? 'block' : undefined}>
                    <Line entry={entry} {...rest} /></li>))}
        </ol>
    );
}

const good_words = ({ finality, final_to: size }: Signed): string =>
    (finality.kind === 'alone' ? t('checkpoint_size', { size })
        : t('checkpoint_signed', { size, ...finality }));

interface Figured {
    signed: Signed | undefined; head: Head; growth: Growth; sign_ins: SignIns | undefined; newest: Entry[];
}
function Figures({ signed, head, growth, sign_ins, newest }: Figured) {
    const block = newest.find((entry) => entry.kind === 0);
    const figures: [string, number | undefined][] = [
        [t('figure_entries'), head.checkpoint.size],
        [t('figure_blocks'), block && block_of(block).height + 1],
        [t('figure_accounts'), growth.accounts]];
    return (
        <section class="card">
            <h2>{t('growth')}</h2>
            <dl class="figures">
                {figures.map(([name, value]) => value !== undefined &&
                    <div key={name}><dt>{name}</dt><dd>{value}</dd></div>)}
            </dl>
            <GrowthChart growth={growth} />
            {head.standing.behind === 0 &&
                <SignedBy signed={signed} good={good_words} />}
            {sign_ins && <SignInChart sign_ins={sign_ins} />}
        </section>
    );
}

const shown_max = 40;

interface Chosen { entry: Entry; proof: Proof; checkpoint: Checkpoint }
interface Seen { head: Head; entries: Entry[]; growth: Growth; sign_ins: SignIns | undefined }

async function look(network: Shown['network'], before: Head | undefined): Promise<Seen | undefined> {
    const head = await load_head(network);
    if (before && before.checkpoint.size === head.checkpoint.size) return undefined;
    const [entries, growth, sign_ins] = await Promise.all([
        load_newest(head, shown_max), load_growth(head),
        ask<SignIns>('/v1/sign-ins', { cache: 'no-store' }).catch(() => undefined)]);
    return { head, entries, growth, sign_ins };
}

export function ExplorerPage({ network, on_alarm }: Shown) {
    const [seen, show] = useState<Seen>();
    const [found, find] = useState<{ entries: Entry[]; what: string }>();
    const [chosen, choose] = useState<Chosen>();
    const [notice, say] = useState<Notice>(), [signed, sign] = useState<Signed>();
    const place = useRef<HTMLDivElement>(null);
    const fail = (fault: unknown) => {
        const what = fault_of(fault);
        if ('alarm' in what) on_alarm(what.alarm);
        else say(what.notice);
    };
    const take_apart = async (head: Head, entry: Entry) => {
        choose({ entry, proof: await prove(head, entry), checkpoint: head.checkpoint });
        history.replaceState(null, '', `/explorer?entry=${entry.index}`);
        const section = place.current?.querySelector<HTMLElement>('#entry');
        section?.focus({ preventScroll: true });
        section?.scrollIntoView({ block: 'start' });
    };
    useEffect(() => {
        let before: Head | undefined, turn = Promise.resolve();
        const refresh = async () => {
            const now = await look(network, before);
            if (now) show(now);
            const asked = new URLSearchParams(location.search).get('entry');
            const first = !before && now && asked ? await load_entry(now.head, Number(asked)) : undefined;
            before = now?.head ?? before;
            if (first) await take_apart(now!.head, first);
            if (now) await follow_finality(now.head, network, sign);
        };
        const next = () => { turn = turn.then(refresh).catch(fail); };
        next();
        return follow_blocks(next);
    }, []);
    const listed = { chosen: chosen?.entry.index,
        choose: (entry: Entry) => void take_apart(seen!.head, entry).catch(fail) };
    return (
        <main class="wide" ref={place}>
            <h1>{t('explorer')}</h1>
            <p class="lead">{t('explorer_lead')}</p>
            <Note notice={notice} />
            {seen ? <>
                <Behind standing={seen.head.standing} />
                <Search head={seen.head} on_found={(entries, what) => {
                    find({ entries, what });
                    if (!what) void take_apart(seen.head, entries[0]!).catch(fail);
                }} />
                {chosen && <Apart {...chosen} is_final={counts(signed, chosen.entry.index)} />}
                {found?.what && <section class="card">
                    <h2>{t('found', { label: to_hex(from_base64(found.what)).slice(0, 8) })}</h2>
                    <Entries entries={found.entries} {...listed} />
                </section>}
                <Figures {...seen} signed={signed} newest={seen.entries} />
                <section class="card">
                    <h2>{t('newest')}</h2>
                    {!chosen && <p class="dim">{t('choose_entry')}</p>}
                    <Entries entries={seen.entries} {...listed} />
                </section>
            </> : !notice && <p class="dim">{t('checking')}</p>}
        </main>
    );
}
