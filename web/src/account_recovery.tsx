// For when everything else is lost: codes on paper, and whether operators may help. And a recovery that
// somebody began, with the way to stop it.
import { useState } from 'preact/hooks';
import { Approve, type Sign } from './approve';
import { from_base64, to_base64url, type Bytes } from './bytes';
import { session_now, type Cared } from './cared';
import {
    load_place, make_cancellation, make_statement, statement_at, submit_change, type ChangeName, type Place,
} from './change';
import { Dialog } from './dialog';
import { digest_of, id_of } from './evidence';
import { t, time_text, type Message } from './messages';
import { key_of_code, key_of_seed, make_code, spell_code, type SigningKey } from './recovery_code';

const codes_count = 10;
const kinds = { device_key: 3, recovery_key: 4 };

interface Chain { place: Place; session: string }
interface Wanted { name: ChangeName; more: [number, Map<number, Bytes | number> | Bytes][] }

// One entry after the other: each follows the one before, whose receipt tells its hash.
async function append(chain: Chain, { name, more }: Wanted, sign: (digest: Bytes) => [Bytes, Bytes][]) {
    const { purpose, statement } = statement_at(chain.place, name, more);
    const evidence = sign(digest_of(purpose, statement))
        .map((parts) => parts.map((part) => to_base64url(part)));
    const receipt = await submit_change(
        name, { statement: to_base64url(statement), evidence }, chain.session);
    chain.place = { ...chain.place, version: chain.place.version + 1,
        head: from_base64(receipt.leaf_hash), time: receipt.time };
}

// The owner confirms once: that adds a key for the next seconds, which signs for the codes and takes itself
// away.
async function make_codes(cared: Cared, sign: Sign, say: (text: string) => void): Promise<string[]> {
    const { account, network } = cared, session = session_now();
    const label = from_base64(account.label);
    const helper = key_of_seed(crypto.getRandomValues(new Uint8Array(32)));
    const place = await load_place({ network, session });
    const described = (kind: number, { public_key }: SigningKey): Map<number, Bytes | number> =>
        new Map<number, Bytes | number>([[1, kind], [2, public_key]]);
    const id = (kind: number, { public_key }: SigningKey): Bytes => id_of(label, { kind, public_key });
    const helper_id = id(kinds.device_key, helper);

    const first = statement_at(place, 'add_credential', [[6, described(kinds.device_key, helper)]]);
    const by_helper = helper.sign(digest_of(first.purpose, first.statement));
    const evidence = [await sign(first), [to_base64url(helper_id), to_base64url(by_helper)]];
    const statement = to_base64url(first.statement);
    const receipt = await submit_change('add_credential', { statement, evidence }, session);
    const chain: Chain = { session, place: { ...place, version: place.version + 1,
        head: from_base64(receipt.leaf_hash), time: receipt.time } };

    const codes: string[] = [];
    while (codes.length < codes_count) {
        const code = make_code(), key = key_of_code(code, place.network);
        await append(chain, { name: 'add_credential', more: [[6, described(kinds.recovery_key, key)]] },
            (digest) => [[helper_id, helper.sign(digest)], [id(kinds.recovery_key, key), key.sign(digest)]]);
        codes.unshift(spell_code(code)); // the newest is to be used first
        say(t('codes_made', { count: codes.length, all: codes_count }));
    }
    for (const old of account.credentials.filter((one) => one.kind === 'recovery_key' && !one.ends))
        await append(chain, { name: 'revoke_credential', more: [[6, from_base64(old.id)]] },
            (digest) => [[helper_id, helper.sign(digest)]]);
    await append(chain, { name: 'revoke_credential', more: [[6, helper_id]] },
        (digest) => [[helper_id, helper.sign(digest)]]);
    return codes;
}

function Codes({ codes, username, close }: { codes: string[]; username: string; close: () => void }) {
    return (
        <Dialog title={t('codes_title', { name: username })} on_close={close}>
            <p>{t('codes_lead')}</p>
            <ol class="codes">{codes.map((code) => <li key={code}><code>{code}</code></li>)}</ol>
            <p class="dim">{t('codes_how', { page: `${location.origin}/recover` })}</p>
            <div class="buttons">
                <button type="button" onClick={() => print()}>{t('print')}</button>
                <button type="button" class="quiet" onClick={close}>{t('codes_kept')}</button>
            </div>
        </Dialog>
    );
}

const simple = (kind: ChangeName, { network }: Cared) => async (sign: Sign) => {
    const session = session_now();
    const wanted = await make_statement(kind, [], { network, session });
    const statement = to_base64url(wanted.statement);
    await submit_change(kind, { statement, evidence: [await sign(wanted)] }, session);
};

export function Forbid({ cared, close }: { cared: Cared; close: () => void }) {
    return (
        <Approve {...cared} title={t('forbid_operators')} button={t('forbid_operators')}
            act={simple('forbid_operator_recovery', cared)} on_close={close}
            on_done={() => {
                close();
                cared.on_done(t('operators_forbidden'));
            }} />);
}

type Asking = 'codes' | 'allow' | 'forbid' | undefined;
function Question({ asking, close, show, ...cared }:
    Cared & { asking: Asking; close: () => void; show: (codes: string[]) => void }) {
    const done = (text: Message) => () => {
        close();
        cared.on_done(t(text));
    };
    if (asking === 'codes') return (
        <Approve {...cared} title={t('make_codes')} lead={t('make_codes_lead')} button={t('make_codes')}
            act={async (sign, say) => show(await make_codes(cared, sign, say))}
            on_done={done('codes_done')} on_close={close} />);
    if (asking === 'allow') return (
        <Approve {...cared} title={t('allow_operators')} lead={t('allow_operators_lead')}
            button={t('allow_operators')} act={simple('allow_operator_recovery', cared)}
            on_done={done('operators_allowed')} on_close={close} />);
    return asking === 'forbid' ? <Forbid cared={cared} close={close} /> : null;
}

export function RecoveryWays(cared: Cared) {
    const { account } = cared;
    const [asking, put] = useState<Asking>(), [codes, show] = useState<string[]>();
    const left = account.credentials.filter((one) => one.kind === 'recovery_key' && !one.ends).length;
    return (
        <section class="card">
            <h2>{t('recovery')}</h2>
            <p class="lead">{t('recovery_lead')}</p>
            <ul class="rows">
                <li><span>{t('codes')}</span>
                    <span class="dim">{left > 0 ? t('codes_left', { count: left }) : t('codes_none')}</span>
                    <button type="button" class="quiet" onClick={() => put('codes')}>
                        {t(left > 0 ? 'make_codes_again' : 'make_codes')}</button></li>
                <li><span>{t('operators_help')}</span>
                    <span class="dim">{t(account.operator_recovery ? 'allowed' : 'not_allowed')}</span>
                    <button type="button" class="quiet"
                        onClick={() => put(account.operator_recovery ? 'forbid' : 'allow')}>
                        {t(account.operator_recovery ? 'forbid_operators' : 'allow_operators')}</button></li>
            </ul>
            <Question {...cared} asking={asking} close={() => put(undefined)} show={show} />
            {codes && <Codes codes={codes} username={account.username} close={() => show(undefined)} />}
        </section>
    );
}

// Seen on every device that is signed in.
export function PendingRecovery(cared: Cared) {
    const { account, network } = cared, pending = account.recovery;
    const [is_asking, have_asked] = useState(false);
    if (!pending) return null;
    const kept = { ...account, credentials:
        account.credentials.filter(({ id }) => pending.cancel_with.includes(id)) };
    const act = async (sign: Sign) => {
        const session = session_now();
        const wanted = await make_cancellation(pending.begin, { network, session });
        const statement = to_base64url(wanted.statement);
        await submit_change('cancel_recovery', { statement, evidence: [await sign(wanted)] }, session);
    };
    return (
        <section class="card alarm" role="alert">
            <h2>{t('pending')}</h2>
            <p>{t(pending.by === 'operators' ? 'pending_by_operators' : 'pending_by_code', {
                time: time_text(pending.finish_from),
                what: t(`credential_${pending.credential.kind}` as Message) })}</p>
            {kept.credentials.length > 0
                ? <button type="button" class="quiet" onClick={() => have_asked(true)}>
                    {t('cancel_recovery')}</button>
                : <p>{t('pending_no_cancel')}</p>}
            {is_asking && <Approve {...cared} account={kept} title={t('cancel_recovery')}
                button={t('cancel_recovery')} act={act} on_close={() => have_asked(false)}
                on_done={() => {
                    have_asked(false);
                    cared.on_done(t('recovery_cancelled'));
                }} />}
        </section>
    );
}
