// Sign-ins of each hour, as this node counted them since it started.
import { t, time_text } from './messages';

export interface SignIns { since: number; first: number; counts: number[] }

const hour = 3_600_000, high = 90, column = 10, gap = 2, shown_min = 24;

export function SignInChart({ sign_ins }: { sign_ins: SignIns }) {
    const { since, first, counts } = sign_ins;
    const most = Math.max(...counts), total = counts.reduce((sum, count) => sum + count, 0);
    const busiest = first + counts.indexOf(most) * hour;
    const slots = Math.max(counts.length, shown_min), end = first + counts.length * hour;
    const x = (i: number): number => (slots - counts.length + i) * column;
    const told = { since: time_text(since), total, most, busiest: time_text(busiest) };
    return (
        <>
            <h3>{t('sign_ins')}</h3>
            {most === 0 ? <p class="dim">{t('sign_ins_few', told)}</p> : <figure class="chart sign-ins">
                <div class="frame">
                    <span class="most">{most}</span>
                    <svg viewBox={`0 0 ${slots * column} ${high}`}
                        preserveAspectRatio="none" role="img" aria-label={t('sign_ins_alt', told)}>
                        {counts.map((count, i) => count > 0 && <rect key={i} class="bar"
                            x={x(i)} width={column - gap} y={high - (count / most) * (high - 6)}
                            height={(count / most) * (high - 6)} />)}
                    </svg>
                </div>
                <figcaption><span>{time_text(end - slots * hour)}</span>
                    <span>{time_text(end)}</span></figcaption>
            </figure>}
            <p class="hint">{t('sign_ins_hint', told)}</p>
        </>
    );
}
