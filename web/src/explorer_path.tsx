// The path from one entry up to the root: what a Merkle proof does, drawn, and what becomes of it when
// somebody changes the entry.
import { useState } from 'preact/hooks';
import { same, to_hex, type Bytes } from './bytes';
import type { Checkpoint, Entry, Proof } from './ledger';
import { t } from './messages';
import { fold_all, hash_leaf, type Step } from './tree';

export const short = (bytes: Uint8Array): string => `${to_hex(bytes).slice(0, 8)}…`;
export const span_text = ({ from, to }: Step): string =>
    to - from === 1 ? t('entry_of', { index: from }) : t('entries_of', { from, to: to - 1 });

const columns = { left: 128, right: 232, top: 180 }, rise = 58, above = 74;

interface Drawn { step: Step; own: number; other: number; y: number }

function Label({ x, y, lines }: { x: number; y: number; lines: [string, string] }) {
    const is_left = x === columns.left;
    const at = x + (is_left ? -15 : 15);
    return (
        <text class={is_left ? 'end' : 'start'} x={at} y={y - 2}>
            <tspan>{lines[0]}</tspan><tspan class="mono" x={at} dy="13">{lines[1]}</tspan></text>
    );
}

// A neighbour is one leaf, or a whole subtree drawn as a triangle.
const Neighbour = ({ x, y, step }: { x: number; y: number; step: Step }) => (
    step.to - step.from === 1 ? <circle class="neighbour" cx={x} cy={y} r="8" />
        : <path class="neighbour" d={`M${x} ${y - 9} l11 19 h-22 z`} />
);

function Rung({ drawn, up, hash, entry }:
    { drawn: Drawn; up: { x: number; y: number }; hash: Bytes; entry: Entry | undefined }) {
    const { step, own, other, y } = drawn;
    return (
        <g>
            <line x1={other} y1={y} x2={up.x} y2={up.y} />
            <line class="own" x1={own} y1={y} x2={up.x} y2={up.y} />
            <Neighbour x={other} y={y} step={step} />
            <Label x={other} y={y} lines={[span_text(step), short(step.hash)]} />
            <circle class="own" cx={own} cy={y} r="8" />
            <Label x={own} y={y}
                lines={[entry ? t('entry_of', { index: entry.index }) : t('hash_of_both'), short(hash)]} />
        </g>
    );
}

function Top({ hash, root, holds }: { hash: Bytes; root: Bytes; holds: boolean }) {
    return (
        <g class="top">
            <rect x="20" y="4" width="320" height="34" rx="7" />
            <text x="180" y="26">{t('checkpoint_root')} <tspan class="mono">{short(root)}</tspan></text>
            <text class="equals" x={columns.top} y={above - 15}>{holds ? '=' : '≠'}</text>
            <circle class="own" cx={columns.top} cy={above} r="8" />
            <text class="start" x={columns.top + 15} y={above + 4}>
                <tspan class="mono">{short(hash)}</tspan></text>
        </g>
    );
}

interface Shown { entry: Entry; steps: Step[]; hashes: Bytes[]; root: Bytes }
function Picture({ entry, steps, hashes, root }: Shown) {
    const count = steps.length, height = above + count * rise + 34;
    const holds = same(hashes[count]!, root);
    const drawn = steps.map((step, i): Drawn => ({
        step, y: above + (count - i) * rise,
        own: step.side === 'left' ? columns.right : columns.left,
        other: step.side === 'left' ? columns.left : columns.right,
    }));
    const at = (i: number) => (i < count ? { x: drawn[i]!.own, y: drawn[i]!.y }
        : { x: columns.top, y: above });
    return (
        <svg class={`path ${holds ? 'holds' : 'broken'}`} viewBox={`0 0 360 ${height}`} role="img"
            aria-label={t('path_alt', { count })}>
            {drawn.map((one, i) => <Rung key={i} drawn={one} up={at(i + 1)} hash={hashes[i]!}
                entry={i === 0 ? entry : undefined} />)}
            <Top hash={hashes[count]!} root={root} holds={holds} />
        </svg>
    );
}

function InWords({ entry, steps, hashes }: Omit<Shown, 'root'>) {
    return (
        <details>
            <summary>{t('path_words')}</summary>
            <ol class="words">
                <li>{t('path_leaf', { index: entry.index })} <code>{short(hashes[0]!)}</code></li>
                {steps.map((step, i) => (
                    <li key={i}>{t(step.side === 'left' ? 'path_left' : 'path_right', {
                        what: span_text(step), hash: short(step.hash) })}{' '}
                        <code>{short(hashes[i + 1]!)}</code></li>))}
            </ol>
        </details>
    );
}

interface Proved { entry: Entry; proof: Proof; checkpoint: Checkpoint; is_final: boolean }
export function PathOf({ entry, proof, checkpoint, is_final }: Proved) {
    const [is_forged, forge] = useState(false);
    const bytes = entry.bytes.slice();
    if (is_forged) bytes[bytes.length - 1]! ^= 1;
    const hashes = fold_all(is_forged ? hash_leaf(bytes) : proof.leaf, proof.steps);
    const holds = same(hashes.at(-1)!, checkpoint.root);
    const verdict = is_forged ? 'forgery_seen' : !holds ? 'root_differs'
        : is_final ? 'root_matches' : 'root_too_few';
    const tone = !holds ? 'bad' : is_final ? 'good' : 'calm';
    return <>
        <p class="dim">{t('entry_path_lead')}</p>
        <label class="check">
            <input type="checkbox" name="forge" checked={is_forged} onChange={() => forge(!is_forged)} />
            {t('forge')}
        </label>
        <Picture entry={entry} steps={proof.steps} hashes={hashes} root={checkpoint.root} />
        <p class={`note ${tone}`} aria-live="polite">{t(verdict)}</p>
        <InWords entry={entry} steps={proof.steps} hashes={hashes} />
    </>;
}
