// The page of who has lost everything but a recovery code, or everything: then operators may help.
import { useState } from 'preact/hooks';
import { clean, is_name, type Shown } from './enter';
import { t, time_text } from './messages';
import { fault_of, Field, Note, type Notice } from './parts';
import { NewWay, useRecovery } from './recover_new';
import { AskForm, RequestPage } from './recover_request';
import { read_code } from './recovery_code';
import { finish, type Ending } from './recovery_walk';
import { drop_ending, drop_request, leave, load_ending, load_request } from './state';

// Waits for its time: anybody who still has a way to sign in sees it, and can stop it until then.
function Waiting({ ending, from }: { ending: Ending; from: number }) {
    const [notice, say] = useState<Notice>();
    const forget = () => {
        drop_ending();
        drop_request();
    };
    const end = () => void finish(ending).then(() => {
        forget();
        leave('recovered');
    }, (fault: unknown) => {
        const found = fault_of(fault);
        if ('notice' in found) say(found.notice);
    });
    return (
        <main class="narrow card">
            <h1>{t('recover')}</h1>
            <p>{t('recover_waiting', { name: ending.username, time: time_text(from) })}</p>
            <Note notice={notice} />
            <div class="buttons">
                <button type="button" onClick={end}>{t('recover_finish')}</button>
                <button type="button" class="quiet" onClick={() => {
                    forget();
                    location.reload();
                }}>{t('recover_forget')}</button>
            </div>
        </main>
    );
}

function CodeForm(shown: Shown) {
    const [username, name] = useState(''), [typed, type] = useState('');
    const [is_tried, have_tried] = useState(false);
    const { notice, go } = useRecovery(shown);
    const wanted = clean(username), code = read_code(typed);
    const is_ready = () => {
        have_tried(true);
        return is_name(wanted) && code !== undefined;
    };
    return (
        <NewWay shown={shown} username={wanted} notice={notice} button={t('recover')} is_ready={is_ready}
            go={(means, password) => go({ username: wanted, code: code! }, means, password)}>
            <Field label={t('username')} name="username" autocomplete="username" value={username}
                wrong={is_tried && !is_name(wanted) ? t('username_wrong') : undefined} on_input={name} />
            <Field label={t('code')} name="code" autocomplete="off" value={typed} hint={t('code_hint')}
                wrong={is_tried && !code ? t('code_wrong') : undefined} on_input={type} />
        </NewWay>
    );
}

export function RecoverPage(shown: Shown) {
    const [by, choose] = useState<'code' | 'operators'>('code');
    const ending = load_ending(), request = load_request();
    if (request) return <RequestPage request={request} shown={shown} ending={ending} Waiting={Waiting} />;
    if (ending) return <Waiting ending={ending} from={ending.from} />;
    const other = by === 'code' ? 'operators' : 'code';
    return (
        <main class="narrow card">
            <h1>{t('recover')}</h1>
            <p class="lead">{t(by === 'code' ? 'recover_lead' : 'request_lead')}</p>
            {by === 'code' ? <CodeForm {...shown} /> : <AskForm />}
            <p class="other"><button type="button" class="quiet" onClick={() => choose(other)}>
                {t(by === 'code' ? 'request_instead' : 'code_instead')}</button></p>
            <p class="other">{t('have_account')} <a href="/">{t('sign_in')}</a></p>
        </main>
    );
}
