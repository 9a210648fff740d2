// The field for a new password, with what NIST SP 800-63B-4 asks for and a meter that loads when it is
// needed.
import { useEffect, useState } from 'preact/hooks';
import { t, type Message } from './messages';
import { PasswordField } from './parts';

type Strength = typeof import('./strength');

export interface Verdict { weakness: Message | undefined; score: 0 | 1 | 2 | 3 | 4 | undefined }

const squeeze = (text: string): string => text.toLowerCase().replace(/[^a-z0-9]/g, '');

interface Rules { username: string; min: number }
export function judge(password: string, asked: Rules, strength?: Strength): Verdict {
    const score = password ? strength?.estimate(password, asked.username) : undefined;
    if ([...password].length < asked.min) return { weakness: 'password_short', score };
    if (strength?.is_common(password)) return { weakness: 'password_common', score };
    const name = squeeze(asked.username);
    if (name && squeeze(password).replaceAll(name, '').length < 4)
        return { weakness: 'password_name', score };
    return { weakness: undefined, score };
}

const Meter = ({ score }: { score: number | undefined }) => (
    <div class={`meter score-${score ?? 'none'}`}>
        <div class="bars" aria-hidden="true"><i /><i /><i /><i /></div>
        <p class="hint" aria-live="polite">
            {score === undefined ? '\u00a0' : `${t('strength')}: ${t(`strength_${score}` as Message)}`}</p>
    </div>
);

interface Asked {
    value: string; username: string; min: number; is_tried: boolean;
    on_input: (value: string, verdict: Verdict) => void; on_focus: () => void;
}
export function NewPassword({ value, username, min, is_tried, on_input, on_focus }: Asked) {
    const [strength, arrive] = useState<Strength>();
    useEffect(() => { if (value && !strength) void import('./strength').then((module) => arrive(module)); });
    const verdict = judge(value, { username, min }, strength);
    const wrong = is_tried && verdict.weakness ? t(verdict.weakness, { min }) : undefined;
    return (
        <PasswordField label={t('password_new')} name="new-password" autocomplete="new-password" value={value}
            hint={t('password_hint', { min })} wrong={wrong} on_focus={on_focus}
            on_input={(typed) => on_input(typed, judge(typed, { username, min }, strength))}>
            <Meter score={verdict.score} />
        </PasswordField>
    );
}
