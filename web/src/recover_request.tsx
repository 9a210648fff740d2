// The page of who asks operators for help: a number to tell them, then a new way to sign in with its
// fingerprint, then the wait.
import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { clean, is_name, type Shown } from './enter';
import { follow_blocks } from './feed';
import { t, time_text } from './messages';
import { fault_of, Field, Note, type Notice } from './parts';
import { NewWay, useRecovery } from './recover_new';
import { ask_operators, go_on, type Request, type RequestStand } from './recovery_request';
import type { Ending } from './recovery_walk';
import { drop_ending, drop_request, keep_request } from './state';

const poll = 5_000; // milliseconds: until an operator has accepted there is no block that tells

export function AskForm() {
    const [username, name] = useState(''), [is_tried, have_tried] = useState(false);
    const [notice, say] = useState<Notice>();
    const wanted = clean(username);
    const submit = (event: Event) => {
        event.preventDefault();
        have_tried(true);
        if (!is_name(wanted)) return;
        say({ tone: 'calm', text: t('working') });
        void ask_operators(wanted).then((request) => {
            keep_request(request);
            location.reload();
        }, (fault: unknown) => {
            const found = fault_of(fault);
            if ('notice' in found) say(found.notice);
        });
    };
    return (
        <form onSubmit={submit} noValidate>
            <Field label={t('username')} name="username" autocomplete="username" value={username}
                wrong={is_tried && !is_name(wanted) ? t('username_wrong') : undefined} on_input={name} />
            <Note notice={notice} />
            <button type="submit" aria-disabled={notice?.tone === 'calm'}>{t('request_ask')}</button>
        </form>
    );
}

const ReadOut = ({ what }: { what: string }) => <p class="read-out"><code>{what}</code></p>;

function Asked({ request }: { request: Request }) {
    return <>
        <p>{t('request_asked', { name: request.username, time: time_text(request.ends) })}</p>
        <ReadOut what={request.number} />
        <p class="dim">{t('request_asked_next')}</p>
    </>;
}

function Made({ request }: { request: Request }) {
    return <>
        <p>{t('request_made', { name: request.username })}</p>
        {request.fingerprint && <ReadOut what={request.fingerprint} />}
        <p class="dim">{t('request_made_next')}</p>
    </>;
}

function Accepted({ request, shown }: { request: Request; shown: Shown }) {
    const { notice, go } = useRecovery(shown);
    return <>
        <p>{t('request_accepted', { name: request.username })}</p>
        <NewWay shown={shown} username={request.username} notice={notice} button={t('request_make')}
            go={(means, password) =>
                go({ username: request.username, request: request.id }, means, password)} />
    </>;
}

// Nobody has to touch the page meanwhile: it asks every few seconds, and at each block.
function useStand(request: Request, say: (notice: Notice) => void): RequestStand | 'over' | undefined {
    const [stand, show] = useState<RequestStand | 'over'>();
    useEffect(() => {
        const look = () => void go_on(request).then((seen) => show(seen ?? 'over'), (fault: unknown) => {
            const found = fault_of(fault);
            if ('notice' in found) say(found.notice);
        });
        look();
        const timer = setInterval(look, poll), leave = follow_blocks(look);
        return () => {
            clearInterval(timer);
            leave();
        };
    }, [request.id, request.fingerprint]);
    return stand;
}

interface Shows {
    request: Request; shown: Shown; ending: Ending | undefined;
    Waiting: (asked: { ending: Ending; from: number }) => JSX.Element; // for its time
}
export function RequestPage({ request, shown, ending, Waiting }: Shows) {
    const [notice, say] = useState<Notice>();
    const stand = useStand(request, say);
    const state = stand === 'over' ? stand : stand?.state;
    if (state === 'begun' && ending && stand !== 'over')
        return <Waiting ending={ending} from={stand?.finish_from ?? ending.from} />;
    return (
        <main class="narrow card">
            <h1>{t('recover')}</h1>
            {state === 'over' && <p role="alert">{t('request_over')}</p>}
            {state === 'asked' && <Asked request={request} />}
            {state === 'accepted' && <Accepted request={request} shown={shown} />}
            {state === 'made' && <Made request={request} />}
            <Note notice={notice} />
            <div class="buttons">
                <button type="button" class="quiet" onClick={() => {
                    drop_request();
                    drop_ending();
                    location.reload();
                }}>{t('recover_forget')}</button>
            </div>
        </main>
    );
}
