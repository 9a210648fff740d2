// The new way to sign in that a recovery brings, by a code or by operators.
import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';
import { from_base64 } from './bytes';
import { fingerprint_of } from './crockford';
import { length_min, type Shown } from './enter';
import { describe_passkey, party_of, sign_by_new } from './key_walks';
import { t } from './messages';
import { judge, NewPassword } from './new_password';
import { fault_of, Note, OutcomeRefused, type Notice } from './parts';
import { create_passkey, has_passkeys } from './passkeys';
import { order, prepare_worker } from './passwords';
import { finish, recover, type Ending, type Recovered } from './recovery_walk';
import { drop_ending, keep_ending, keep_request, leave, load_request } from './state';

export type Means = 'password' | 'passkey';

async function recover_by_passkey(
    who: Recovered, { network }: Shown, say: (text: string) => void): Promise<Ending> {
    const party = party_of(network);
    return recover(who, network, { make: async (offer) => {
        say(t('passkey_making'));
        const owner = { account_id: from_base64(offer.account_id), username: who.username, known: [] };
        const passkey = await create_passkey(party, owner);
        return {
            described: describe_passkey(passkey), kind: 2, public_key: passkey.public_key,
            sign: (digest) => {
                say(t('passkey_using'));
                return sign_by_new(party, passkey, digest);
            },
        };
    } });
}

async function recover_by_password(
    who: Recovered, password: string, { network }: Shown): Promise<Ending> {
    const outcome = await order({ kind: 'recover', ...who, password, network });
    if (outcome.kind !== 'done' || !outcome.ending) throw new OutcomeRefused(outcome);
    return outcome.ending;
}

// What was made waits: for operators, or for its time.
async function go_on(who: Recovered, ending: Ending): Promise<void> {
    keep_ending(ending);
    const request = load_request();
    if ('request' in who && request)
        keep_request({ ...request, fingerprint: fingerprint_of(from_base64(ending.evidence[0]![0]!)) });
    if (!ending.is_due) return location.reload();
    await finish(ending);
    drop_ending();
    return leave('recovered');
}

export function useRecovery(shown: Shown) {
    const [notice, say] = useState<Notice>();
    const go = async (who: Recovered, means: Means, password: string) => {
        if (notice?.tone === 'calm') return;
        const tell = (text: string) => say({ tone: 'calm', text });
        tell(t('working'));
        try {
            await go_on(who, means === 'passkey' ? await recover_by_passkey(who, shown, tell)
                : await recover_by_password(who, password, shown));
        } catch (fault) {
            const found = fault_of(fault);
            if ('alarm' in found) shown.on_alarm(found.alarm);
            else say(found.notice.text === t('login_refused')
                ? { tone: 'bad', text: t('recover_refused') } : found.notice);
        }
    };
    return { notice, go };
}

function Choice({ means, choose }: { means: Means; choose: (means: Means) => void }) {
    return (
        <fieldset>
            <legend>{t('recover_new')}</legend>
            {(['password', 'passkey'] as const).map((one) => (
                <label key={one} class="check">
                    <input type="radio" name="means" checked={one === means} onChange={() => choose(one)} />
                    {t(`credential_${one}`)}
                </label>))}
        </fieldset>
    );
}

interface Asked {
    shown: Shown; username: string; notice: Notice | undefined; button: string;
    children?: ComponentChildren; // fields before
    is_ready?: () => boolean; // those are as they must be
    go: (means: Means, password: string) => Promise<void>;
}
export function NewWay({ shown, username, notice, button, children, is_ready, go }: Asked) {
    const [password, choose] = useState(''), [means, take] = useState<Means>('password');
    const [is_tried, have_tried] = useState(false);
    const min = length_min(shown.network);
    const submit = async (event: Event) => {
        event.preventDefault();
        have_tried(true);
        const is_good = is_ready?.() ?? true;
        const strength = await import('./strength');
        const is_weak = means === 'password' && judge(password, { username, min }, strength).weakness;
        if (is_good && !is_weak) await go(means, password);
    };
    return (
        <form onSubmit={(event) => void submit(event)} noValidate>
            {children}
            {has_passkeys() && <Choice means={means} choose={take} />}
            {means === 'password' && <NewPassword value={password} username={username} min={min}
                is_tried={is_tried} on_input={choose} on_focus={prepare_worker} />}
            <Note notice={notice} />
            <button type="submit" aria-disabled={notice?.tone === 'calm'}>{button}</button>
        </form>
    );
}
