// How the ledger grew: one line, entries over time.
import type { Growth } from './ledger';
import { t, time_text } from './messages';

const wide = 600, high = 140;

// Steps: between two blocks the ledger has the size it had.
function outline(points: Growth['points']): string {
    const first = points[0]!, last = points.at(-1)!;
    const while_long = Math.max(1, last.time - first.time), used = wide * 0.97;
    const x = (time: number): number => ((time - first.time) / while_long) * used;
    const y = (size: number): number => high - (size / last.size) * (high - 6);
    const steps = points.map(({ time, size }) => `H${x(time).toFixed(1)} V${y(size).toFixed(1)}`);
    return `M0 ${y(first.size).toFixed(1)} ${steps.join(' ')} H${wide}`;
}

export function GrowthChart({ growth }: { growth: Growth }) {
    const { points } = growth, first = points[0], last = points.at(-1);
    if (!first || !last || points.length < 2) return null;
    const line = outline(points);
    const told = { from: time_text(first.time), to: time_text(last.time), size: last.size };
    return (
        <figure class="chart">
            <div class="frame">
                <span class="most">{last.size}</span>
                <svg viewBox={`0 0 ${wide} ${high}`} preserveAspectRatio="none" role="img"
                    aria-label={t('chart_alt', told)}>
                    <path class="area" d={`${line} V${high} H0 Z`} />
                    <path class="line" d={line} />
                </svg>
            </div>
            <figcaption><span>{told.from}</span><span>{told.to}</span></figcaption>
        </figure>
    );
}
