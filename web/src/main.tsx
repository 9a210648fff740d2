import { render, type ComponentType } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { ask, type NetworkDescription } from './api';
import { Join, SignIn, type Shown } from './enter';
import { t } from './messages';
import { AlarmPage, fault_of, Note, type Alarmed, type Notice } from './parts';
import { leave, load_network, load_session } from './state';
import seal from './seal.svg';

const path = location.pathname;

// Pages beyond the first load bring the code that checks the ledger with them.
async function load_page(): Promise<ComponentType<Shown>> {
    if (path === '/account') return (await import('./account')).AccountPage;
    if (path === '/explorer') return (await import('./explorer')).ExplorerPage;
    if (path === '/recover') return (await import('./recover')).RecoverPage;
    if (path === '/admin') return (await import('./admin')).AdminPage;
    return path === '/join' ? Join : SignIn;
}

function Header() {
    const session = load_session();
    const sign_out = async () => {
        const { session_id = '' } = session ?? {};
        await ask(`/v1/sessions/${session_id}`, { method: 'DELETE', session: session_id })
            .catch(() => undefined);
        leave('out');
    };
    const here = (to: string) => (to === path ? 'page' : undefined);
    return (
        <header>
            <a class="brand" href={session ? '/account' : '/'}>
                <img src={seal} alt="" width="28" height="28" />Bulla</a>
            <nav aria-label="Bulla">
                <a href="/explorer" aria-current={here('/explorer')}>{t('explorer')}</a>
                {session ? <>
                    <a href="/account" aria-current={here('/account')}>{t('account')}</a>
                    <button type="button" class="quiet" onClick={() => void sign_out()}>
                        {t('sign_out')}</button>
                </> : <a href="/" aria-current={here('/')}>{t('sign_in')}</a>}
            </nav>
        </header>
    );
}

type View = { network: NetworkDescription; Page: ComponentType<Shown> };

function App() {
    const [view, show] = useState<View>();
    const [alarm, ring] = useState<Alarmed>();
    const [notice, say] = useState<Notice | undefined>(
        isSecureContext ? undefined : { tone: 'bad', text: t('insecure') });
    useEffect(() => {
        if (!isSecureContext) return;
        Promise.all([load_network(), load_page()]).then(
            ([network, Page]) => go_to_issuer(network) || show({ network, Page }),
            (fault: unknown) => {
                const found = fault_of(fault);
                if ('alarm' in found) ring(found.alarm);
                else say(found.notice);
            });
    }, []);
    if (alarm) return <><Header /><AlarmPage alarm={alarm} /></>;
    if (!view) return <><Header /><main class="narrow">
        <h1 class="unseen">Bulla</h1><Note notice={notice} /></main></>;
    return <><Header /><view.Page network={view.network} on_alarm={ring} /></>;
}

// On a loopback address passkeys and what this browser remembers would be another site's than the issuer's.
function go_to_issuer({ issuer }: NetworkDescription): boolean {
    const there = new URL(issuer), here = new URL(location.href);
    const is_address = /^127\.|^\[::1\]$/.test(here.hostname);
    if (!is_address || here.hostname === there.hostname) return false;
    if (there.hostname !== 'localhost') here.port = there.port;
    here.protocol = there.protocol;
    here.hostname = there.hostname;
    location.replace(here.href);
    return true;
}

const titles: Record<string, string> = {
    '/': t('sign_in'), '/join': t('join'), '/account': t('account'), '/explorer': t('explorer'),
    '/recover': t('recover'), '/admin': t('admin') };
document.title = `${titles[path] ?? ''} · Bulla`;

// A page that the browser keeps for its back button would show an account after its owner has left.
const root = document.getElementById('page')!;
addEventListener('pagehide', () => render(null, root));
addEventListener('pageshow', (event) => event.persisted && location.reload());
render(<App />, root);
