// Passkeys on the pages of who is not signed in.
import { useEffect, useState } from 'preact/hooks';
import type { NetworkDescription } from './api';
import { t } from './messages';
import { fault_of, Note, type Alarmed, type Notice } from './parts';
import { has_passkeys, PasskeyRefused } from './passkeys';
import { keep_session } from './state';

interface Asked { network: NetworkDescription; on_alarm: (alarm: Alarmed) => void }

const offers_passkeys = (network: NetworkDescription): boolean =>
    has_passkeys() && network.relying_party !== undefined;

function enter(signed: Parameters<typeof keep_session>[0]): void {
    keep_session(signed);
    location.assign('/account');
}

const challenge_lifetime = 50_000; // milliseconds; the server's is a minute
const rounds_max = 20;

// The browser offers its passkeys in the field for the name. A challenge does not live long, so a new one is
// fetched while the page is looked at.
export function useOfferedPasskeys({ network, on_alarm }: Asked): void {
    useEffect(() => {
        const over = new AbortController();
        const offer_once = async (): Promise<'again' | 'over'> => {
            const { sign_in_by_passkey } = await import('./key_walks');
            const signal = AbortSignal.any([over.signal, AbortSignal.timeout(challenge_lifetime)]);
            const fault = await sign_in_by_passkey(network, { is_conditional: true, signal })
                .then(enter, (found: unknown) => found);
            const found = fault === undefined ? undefined : fault_of(fault);
            if (found && 'alarm' in found) on_alarm(found.alarm);
            return fault instanceof PasskeyRefused && fault.reason === 'timeout' ? 'again' : 'over';
        };
        const offer = async () => {
            const is_here = network.relying_party?.origins.includes(location.origin);
            const is_able = is_here && offers_passkeys(network) &&
                await PublicKeyCredential.isConditionalMediationAvailable?.();
            for (let round = 0; is_able && !over.signal.aborted && round < rounds_max; ++round)
                if ((await offer_once()) === 'over') return;
        };
        void offer();
        return () => over.abort();
    }, []);
}

function usePasskey({ on_alarm }: Asked, walk: (say: (text: string) => void) => Promise<void>) {
    const [notice, say] = useState<Notice>();
    const go = async () => {
        if (notice?.tone === 'calm') return;
        say({ tone: 'calm', text: t('passkey_waiting') });
        try {
            await walk((text) => say({ tone: 'calm', text }));
        } catch (fault) {
            const found = fault_of(fault);
            if ('alarm' in found) on_alarm(found.alarm);
            else say(found.notice);
        }
    };
    return { notice, go };
}

export function PasskeySignIn(asked: Asked) {
    const { network } = asked;
    const { notice, go } = usePasskey(asked, async () => {
        const { sign_in_by_passkey } = await import('./key_walks');
        enter(await sign_in_by_passkey(network));
    });
    if (!offers_passkeys(network)) return null;
    return (
        <div class="instead">
            <p class="or"><span>{t('or')}</span></p>
            <Note notice={notice} />
            <button type="button" class="second" onClick={() => void go()}
                aria-disabled={notice?.tone === 'calm'}>{t('passkey_sign_in')}</button>
        </div>
    );
}

// name: nothing when what was typed is no name.
export function PasskeyJoin({ name, on_tried, ...asked }:
    Asked & { name: string | undefined; on_tried: () => void }) {
    const { network } = asked;
    const { notice, go } = usePasskey(asked, async (say) => {
        const { join_by_passkey } = await import('./key_walks');
        await join_by_passkey(network, name!, (step) =>
            say(t(step === 'make' ? 'passkey_making' : 'passkey_using')));
        location.assign('/?came=joined_passkey');
    });
    if (!offers_passkeys(network)) return null;
    return (
        <div class="instead">
            <p class="or"><span>{t('or')}</span></p>
            <p class="dim">{t('passkey_join_lead')}</p>
            <Note notice={notice} />
            <button type="button" class="second" onClick={() => (name ? void go() : on_tried())}
                aria-disabled={notice?.tone === 'calm'}>{t('passkey_join')}</button>
        </div>
    );
}
