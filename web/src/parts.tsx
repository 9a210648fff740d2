// The parts that pages are made of.
import type { ComponentChildren } from 'preact';
import { useId, useState } from 'preact/hooks';
import { Refused } from './api';
import { t, type Message } from './messages';
import { PasskeyRefused } from './passkeys';
import type { Outcome } from './password_worker';
import { SshRefused } from './ssh';
import type { Standing } from './seen';
import { forget_network, Forked, OtherKeys, Unproved } from './state';
import { Hostile } from './hostile';

export type Notice = { tone: 'bad' | 'good' | 'calm'; text: string };
export type Alarmed = { text: string; can_forget: boolean };

export const Note = ({ notice }: { notice: Notice | undefined }) => (
    <div aria-live="polite" class="notices">
        {notice && <p class={`note ${notice.tone}`} role={notice.tone === 'bad' ? 'alert' : undefined}>
            {notice.text}</p>}
    </div>
);

// The ledger that is shown is not as far as one that this browser saw before.
export const Behind = ({ standing }: { standing: Standing | undefined }) =>
    (standing && standing.behind > 0
        ? <p class="note calm behind" role="status">
            {t(standing.is_proved ? 'behind' : 'behind_unproved', { count: standing.behind })}</p> : null);

export function AlarmPage({ alarm }: { alarm: Alarmed }) {
    const start_over = () => {
        forget_network();
        location.assign('/');
    };
    return (
        <main class="narrow card alarm">
            <div role="alert">
                <h1>{t('alarm')}</h1>
                <p>{alarm.text}</p>
            </div>
            {alarm.can_forget && <button type="button" class="quiet" onClick={start_over}>
                {t('forget')}</button>}
        </main>
    );
}

interface FieldAsked {
    label: string; name: string; value: string; hint?: string | undefined; wrong?: string | undefined;
    autocomplete: string; on_input: (value: string) => void; on_focus?: () => void;
    children?: ComponentChildren;
}
function described(id: string, { hint, wrong }: FieldAsked): string | undefined {
    if (wrong) return `${id}-wrong`;
    return hint ? `${id}-hint` : undefined;
}

export function Field(asked: FieldAsked & { type?: 'text' | 'password' }) {
    const id = useId();
    const { label, hint, wrong, children } = asked;
    const common = {
        id, name: asked.name, value: asked.value, required: true, autocomplete: asked.autocomplete,
        autocapitalize: 'none', spellcheck: false, 'aria-invalid': wrong ? true : undefined,
        'aria-describedby': described(id, asked), onFocus: asked.on_focus,
        onInput: (event: { currentTarget: HTMLInputElement }) => asked.on_input(event.currentTarget.value),
    } as const;
    return (
        <div class="field">
            <label for={id}>{label}</label>
            {asked.type === 'password' ? <input {...common} type="password" />
                : <input {...common} type="text" />}
            {hint && !wrong && <p class="hint" id={`${id}-hint`}>{hint}</p>}
            {wrong && <p class="wrong" id={`${id}-wrong`}>{wrong}</p>}
            {children}
        </div>
    );
}

export function PasswordField(asked: FieldAsked) {
    const [shown, show] = useState(false);
    const { children, ...rest } = asked;
    return (
        <Field {...rest} type={shown ? 'text' : 'password'}>
            <label class="check">
                <input type="checkbox" checked={shown} onChange={() => show(!shown)} />
                {t('password_show')}
            </label>
            {children}
        </Field>
    );
}

const known = new Map<string, Message>(Object.entries({
    login_refused: 'login_refused', answer_not_opened: 'answer_not_opened',
    username_taken: 'username_taken', username_invalid: 'username_invalid',
    username_reserved: 'username_invalid', too_many_requests: 'too_many_requests', too_busy: 'too_busy',
    unreachable: 'unreachable', gone: 'gone', conflict: 'conflict', evidence_refused: 'evidence_refused',
    token_missing: 'session_over', token_expired: 'session_over', token_invalid: 'session_over',
    value_not_allowed: 'value_not_allowed', storage_full: 'read_only', read_only: 'read_only',
}));
const sentence = (kind: string, seconds?: number): string =>
    t(known.get(kind) ?? 'unknown', { kind, seconds: seconds ?? 60 });

// The worker did not do what was asked.
export class OutcomeRefused extends Error {
    constructor(readonly outcome: Outcome) {
        super(outcome.kind);
    }
}
export function outcome_alarm(fault: unknown): Alarmed | undefined {
    const what = fault instanceof Hostile ? fault.alarm
        : fault instanceof OutcomeRefused && fault.outcome.kind === 'alarm' ? fault.outcome.alarm : undefined;
    return what && { text: t('alarm_server', { what: t(`lie_${what}`) }), can_forget: false };
}

// What an outcome that is not "done" means for the person.
export function notice_of(outcome: Outcome): Notice {
    if (outcome.kind === 'refused')
        return { tone: 'bad', text: sentence(outcome.problem, outcome.retry_after) };
    return { tone: 'bad', text: t('unknown', { kind: outcome.kind === 'failed' ? outcome.reason : '' }) };
}

const bad = (text: string): { notice: Notice } => ({ notice: { tone: 'bad', text } });
export function fault_of(fault: unknown): { alarm: Alarmed } | { notice: Notice } {
    const alarm = outcome_alarm(fault);
    if (alarm) return { alarm };
    if (fault instanceof OutcomeRefused) return { notice: notice_of(fault.outcome) };
    if (fault instanceof PasskeyRefused) return bad(t(`passkey_${fault.reason}`));
    if (fault instanceof SshRefused) return bad(t(`ssh_${fault.reason}`));
    if (fault instanceof Unproved) return bad(t('unproved'));
    if (fault instanceof OtherKeys) return { alarm: { text: t('alarm_keys'), can_forget: true } };
    if (fault instanceof Refused)
        return { notice: { tone: 'bad', text: sentence(fault.kind, fault.retry_after) } };
    if (fault instanceof Forked) return { alarm: { text: t('alarm_fork'), can_forget: true } };
    return { notice: { tone: 'bad', text: t('unknown', { kind: String(fault) }) } };
}
