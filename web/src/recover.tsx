// The page of who has lost everything but a recovery code.
import { useState } from 'preact/hooks';
import { from_base64 } from './bytes';
import { clean, is_name, length_min, type Shown } from './enter';
import { describe_passkey, party_of, sign_by_new } from './key_walks';
import { t, time_text } from './messages';
import { judge, NewPassword } from './new_password';
import { fault_of, Field, Note, OutcomeRefused, type Notice } from './parts';
import { create_passkey, has_passkeys } from './passkeys';
import { order, prepare_worker } from './passwords';
import { read_code } from './recovery_code';
import { finish, recover, type Ending, type Recovered } from './recovery_walk';
import { drop_ending, keep_ending, leave, load_ending } from './state';

type Means = 'password' | 'passkey';

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

// Waits for its time: anybody who still has a way to sign in sees it, and can stop it until then.
function Waiting({ ending }: { ending: Ending }) {
    const [notice, say] = useState<Notice>();
    const end = () => void finish(ending).then(() => {
        drop_ending();
        leave('recovered');
    }, (fault: unknown) => {
        const found = fault_of(fault);
        if ('notice' in found) say(found.notice);
    });
    return (
        <main class="narrow card">
            <h1>{t('recover')}</h1>
            <p>{t('recover_waiting', { name: ending.username, time: time_text(ending.from) })}</p>
            <Note notice={notice} />
            <div class="buttons">
                <button type="button" onClick={end}>{t('recover_finish')}</button>
                <button type="button" class="quiet" onClick={() => {
                    drop_ending();
                    location.reload();
                }}>{t('recover_forget')}</button>
            </div>
        </main>
    );
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

function useRecovery(shown: Shown) {
    const [notice, say] = useState<Notice>();
    const go = async (who: Recovered, means: Means, password: string) => {
        if (notice?.tone === 'calm') return;
        const tell = (text: string) => say({ tone: 'calm', text });
        tell(t('working'));
        try {
            const ending = means === 'passkey' ? await recover_by_passkey(who, shown, tell)
                : await recover_by_password(who, password, shown);
            keep_ending(ending);
            if (!ending.is_due) return location.reload();
            await finish(ending);
            drop_ending();
            leave('recovered');
        } catch (fault) {
            const found = fault_of(fault);
            if ('alarm' in found) shown.on_alarm(found.alarm);
            else say(found.notice.text === t('login_refused')
                ? { tone: 'bad', text: t('recover_refused') } : found.notice);
        }
    };
    return { notice, go };
}

function Form(shown: Shown) {
    const [username, name] = useState(''), [typed, type] = useState(''), [password, choose] = useState('');
    const [means, take] = useState<Means>('password'), [is_tried, have_tried] = useState(false);
    const { notice, go } = useRecovery(shown);
    const min = length_min(shown.network), wanted = clean(username), code = read_code(typed);
    const submit = async (event: Event) => {
        event.preventDefault();
        have_tried(true);
        const strength = await import('./strength');
        const is_weak = means === 'password' && judge(password, { username: wanted, min }, strength).weakness;
        if (is_name(wanted) && code && !is_weak) await go({ username: wanted, code }, means, password);
    };
    return (
        <form onSubmit={(event) => void submit(event)} noValidate>
            <Field label={t('username')} name="username" autocomplete="username" value={username}
                wrong={is_tried && !is_name(wanted) ? t('username_wrong') : undefined} on_input={name} />
            <Field label={t('code')} name="code" autocomplete="off" value={typed} hint={t('code_hint')}
                wrong={is_tried && !code ? t('code_wrong') : undefined} on_input={type} />
            {has_passkeys() && <Choice means={means} choose={take} />}
            {means === 'password' && <NewPassword value={password} username={wanted} min={min}
                is_tried={is_tried} on_input={choose} on_focus={prepare_worker} />}
            <Note notice={notice} />
            <button type="submit" aria-disabled={notice?.tone === 'calm'}>{t('recover')}</button>
        </form>
    );
}

export function RecoverPage(shown: Shown) {
    const ending = load_ending();
    if (ending) return <Waiting ending={ending} />;
    return (
        <main class="narrow card">
            <h1>{t('recover')}</h1>
            <p class="lead">{t('recover_lead')}</p>
            <Form {...shown} />
            <p class="other">{t('have_account')} <a href="/">{t('sign_in')}</a></p>
        </main>
    );
}
