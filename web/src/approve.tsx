// Asks for one of the account's own ways to sign in, and lets it sign a change. Nothing about an account
// changes without that.
import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';
import type { Account, Credential, NetworkDescription } from './api';
import { from_base64, to_base64url } from './bytes';
import { Dialog } from './dialog';
import { digest_of } from './evidence';
import { t, type Message } from './messages';
import { fault_of, Note, OutcomeRefused, PasswordField, type Alarmed, type Notice } from './parts';
import { ask_passkey, has_passkeys, read_ids, spell_parts } from './passkeys';
import { order, prepare_worker } from './passwords';
import { ssh_key_of } from './ssh';
import { SshSigning, type SshQuestion } from './ssh_signing';
import type { Signable } from './walks';

export type Sign = (wanted: Signable) => Promise<string[]>;

interface Asked {
    title: string; lead?: string; button: string; is_danger?: boolean; children?: ComponentChildren;
    account: Account; network: NetworkDescription;
    check?: () => boolean | Promise<boolean>; // whether what else was typed will do
    act: (sign: Sign, say: (text: string) => void) => Promise<void>;
    on_done: () => void; on_close: () => void; on_alarm: (alarm: Alarmed) => void;
}

const means = ['passkey', 'password', 'ssh_key'] as const;
type Means = (typeof means)[number];

const usable = ({ credentials }: Account): Means[] => means.filter((kind) =>
    credentials.some((one) => one.kind === kind) && (kind !== 'passkey' || has_passkeys()));
const of_kind = ({ credentials }: Account, kind: Means): Credential[] =>
    credentials.filter((one) => one.kind === kind);

async function sign_by_passkey(
    { account, network }: Asked, { purpose, statement }: Signable): Promise<string[]> {
    const passkeys = of_kind(account, 'passkey');
    const made = await ask_passkey({ party: network.relying_party?.id ?? location.hostname,
        challenge: digest_of(purpose, statement), allowed: read_ids(passkeys.map((one) => one.passkey)) });
    const used = passkeys.find((one) => one.passkey === to_base64url(made.webauthn_id));
    return spell_parts(used?.id ?? '', made.parts);
}

async function sign_by_password(
    { account, network }: Asked, password: string, wanted: Signable): Promise<string[]> {
    const outcome = await order({
        kind: 'sign_change', username: account.username, password, network, wanted });
    if (outcome.kind !== 'done' || !outcome.evidence) throw new OutcomeRefused(outcome);
    return outcome.evidence;
}

function Choice({ choices, chosen, choose }:
    { choices: Means[]; chosen: Means; choose: (one: Means) => void }) {
    if (choices.length < 2) return null;
    return (
        <fieldset>
            <legend>{t('approve_by')}</legend>
            {choices.map((one) => (
                <label key={one} class="check">
                    <input type="radio" name="means" checked={one === chosen} onChange={() => choose(one)} />
                    {t(`credential_${one}` as Message)}
                </label>))}
        </fieldset>
    );
}

export function Approve(asked: Asked) {
    const { account } = asked;
    const choices = usable(account);
    const [chosen, choose] = useState<Means>(choices[0] ?? 'password');
    const [password, type] = useState('');
    const [question, put] = useState<SshQuestion>();
    const [notice, say] = useState<Notice>();
    const is_busy = notice?.tone === 'calm';
    const sign: Sign = (wanted) => {
        if (chosen === 'passkey') return sign_by_passkey(asked, wanted);
        if (chosen === 'password') return sign_by_password(asked, password, wanted);
        const keys = of_kind(account, 'ssh_key');
        return new Promise((resolve, reject) => put({
            wanted, keys: keys.map((one) => ssh_key_of(from_base64(one.public_key))), reject,
            resolve: ({ at, signature }) => resolve(spell_parts(keys[at]!.id, [signature])),
        }));
    };
    const submit = async (event: Event) => {
        event.preventDefault();
        if (is_busy || !((await asked.check?.()) ?? true)) return;
        if (chosen === 'password' && !password)
            return say({ tone: 'bad', text: t('password_missing') });
        say({ tone: 'calm', text: t(chosen === 'passkey' ? 'passkey_waiting' : 'working') });
        try {
            await asked.act(sign, (text) => say({ tone: 'calm', text }));
            asked.on_done();
        } catch (fault) {
            put(undefined);
            const found = fault_of(fault);
            if ('alarm' in found) asked.on_alarm(found.alarm);
            else say(found.notice);
        }
    };
    return (
        <Dialog title={asked.title} on_close={asked.on_close}>
            {asked.lead && <p>{asked.lead}</p>}
            <form onSubmit={(event) => void submit(event)} noValidate>
                {asked.children}
                <Choice choices={choices} chosen={chosen} choose={choose} />
                {chosen === 'password' && <>
                    <input class="unseen" name="username" autocomplete="username" value={account.username}
                        readOnly tabIndex={-1} aria-hidden="true" />
                    <PasswordField label={t('password')} name="password" autocomplete="current-password"
                        value={password} on_input={type} on_focus={prepare_worker} />
                </>}
                {question && <SshSigning question={question} />}
                <Note notice={notice} />
                <div class="buttons">
                    <button type="submit" class={asked.is_danger ? 'danger' : undefined}
                        aria-disabled={is_busy}>{asked.button}</button>
                    <button type="button" class="quiet" onClick={asked.on_close}>{t('cancel')}</button>
                </div>
            </form>
        </Dialog>
    );
}
