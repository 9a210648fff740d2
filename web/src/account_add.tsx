// One more way to sign in: a password, a passkey, an SSH key. The new one signs the entry too, so it is known
// to work.
import { useId, useRef, useState } from 'preact/hooks';
import { Approve, type Sign } from './approve';
import { ask } from './api';
import { from_base64, same, to_base64url, type Bytes } from './bytes';
import { bytes_of, decode, map_of, type Cbor } from './cbor';
import { session_now, type Cared } from './cared';
import { make_statement, name_credential, name_max, submit_change } from './change';
import { length_min } from './enter';
import { digest_of, id_of } from './evidence';
import { Hostile } from './hostile';
import { describe_passkey, party_of, sign_by_new } from './key_walks';
import { t } from './messages';
import { judge, NewPassword } from './new_password';
import { fault_of, Field, OutcomeRefused } from './parts';
import { create_passkey, read_ids, spell_parts, type Passkey } from './passkeys';
import { parse_ssh_key, type SshKey } from './ssh';
import { SshSigning, type SshQuestion } from './ssh_signing';
import { order, prepare_worker } from './passwords';
import type { Signable } from './walks';

interface Added {
    described: Map<number, Cbor>; kind: number; public_key: Bytes; name: string;
    sign_new: (wanted: Signable) => Promise<Bytes[]>;
}
async function add({ account, network }: Cared, added: Added, sign: Sign): Promise<void> {
    const session = session_now();
    const wanted = await make_statement('add_credential', [[6, added.described]], { network, session });
    const id = id_of(from_base64(account.label), added);
    const by_new = spell_parts(id, await added.sign_new(wanted));
    const statement = to_base64url(wanted.statement), evidence = [await sign(wanted), by_new];
    await submit_change('add_credential', { statement, evidence }, session);
    if (added.name) await name_credential(to_base64url(id), added.name, session);
}

function NameField({ name, type }: { name: string; type: (name: string) => void }) {
    return <Field label={t('credential_name')} name="credential-name" autocomplete="off" value={name}
        hint={t('credential_name_hint')} on_input={(typed) => type(typed.slice(0, name_max))} />;
}

export function AddPasskey({ close, ...cared }: Cared & { close: () => void }) {
    const { account, network } = cared;
    const [name, type] = useState(t('credential_passkey'));
    const made = useRef<Passkey>(undefined); // kept for another try
    const act = async (sign: Sign, say: (text: string) => void) => {
        const party = party_of(network);
        say(t('passkey_making'));
        made.current ??= await create_passkey(party, {
            account_id: from_base64(account.account_id), username: account.username,
            known: read_ids(account.credentials.map((one) => one.passkey)) });
        const passkey = made.current;
        await add(cared, {
            described: describe_passkey(passkey), kind: 2, public_key: passkey.public_key, name: name.trim(),
            sign_new: ({ purpose, statement }) => {
                say(t('passkey_using'));
                return sign_by_new(party, passkey, digest_of(purpose, statement));
            },
        }, (wanted) => {
            say(t('approving'));
            return sign(wanted);
        });
    };
    return (
        <Approve {...cared} title={t('add_passkey')} lead={t('add_passkey_lead')} button={t('add_passkey')}
            act={act} on_close={close} on_done={() => {
                close();
                cared.on_done(t('added_done', { name: name.trim() || t('credential_passkey') }));
            }}>
            <NameField name={name} type={type} />
        </Approve>
    );
}

async function add_password({ account, network }: Cared, password: string, sign: Sign): Promise<void> {
    const session = session_now(), { username } = account;
    const outcome = await order({ kind: 'prepare_password', username, password, network, session });
    if (outcome.kind !== 'done' || !outcome.first) throw new OutcomeRefused(outcome);
    const { id, record, wanted, by_new } = outcome.first;
    const label = bytes_of(map_of(decode(wanted.statement)).get(2));
    if (!same(label, from_base64(account.label))) throw new Hostile('wrong_label');
    const evidence = [await sign(wanted), by_new];
    await ask(`/v1/account/password/${id}`, { method: 'POST', session, body: {
        registration_record: record, statement: to_base64url(wanted.statement), evidence } });
}

// For an account that has none.
export function AddPassword({ close, ...cared }: Cared & { close: () => void }) {
    const { account, network } = cared, min = length_min(network);
    const [password, type] = useState(''), [is_tried, have_tried] = useState(false);
    const is_good = async () => {
        have_tried(true);
        return !judge(password, { username: account.username, min }, await import('./strength')).weakness;
    };
    const act = async (sign: Sign, say: (text: string) => void) => {
        say(t('working'));
        await add_password(cared, password, (wanted) => {
            say(t('approving'));
            return sign(wanted);
        });
    };
    return (
        <Approve {...cared} title={t('add_password')} lead={t('add_password_lead')}
            button={t('add_password')} check={is_good} act={act} on_close={close} on_done={() => {
                close();
                cared.on_done(t('added_done', { name: t('credential_password') }));
            }}>
            <input class="unseen" name="username" autocomplete="username" value={account.username} readOnly
                tabIndex={-1} aria-hidden="true" />
            <NewPassword value={password} username={account.username} min={min} is_tried={is_tried}
                on_input={type} on_focus={prepare_worker} />
        </Approve>
    );
}

function KeyField({ line, type, wrong }:
    { line: string; type: (line: string) => void; wrong: string | undefined }) {
    const id = useId();
    return (
        <div class="field">
            <label for={id}>{t('ssh_public_key')}</label>
            <textarea id={id} name="ssh-key" rows={3} value={line} spellcheck={false}
                aria-invalid={wrong ? true : undefined}
                aria-describedby={wrong ? `${id}-wrong` : `${id}-hint`}
                onInput={(event) => type(event.currentTarget.value)} />
            {wrong ? <p class="wrong" id={`${id}-wrong`}>{wrong}</p>
                : <p class="hint" id={`${id}-hint`}>{t('ssh_public_key_hint')}</p>}
        </div>
    );
}

function read_key(line: string): { key: SshKey } | { wrong: string } {
    try {
        return { key: parse_ssh_key(line) };
    } catch (fault) {
        const found = fault_of(fault);
        return { wrong: 'notice' in found ? found.notice.text : '' };
    }
}

export function AddSshKey({ close, ...cared }: Cared & { close: () => void }) {
    const [line, type] = useState(''), [is_tried, have_tried] = useState(false);
    const [question, put] = useState<SshQuestion>();
    const read = read_key(line);
    const name = ('key' in read && read.key.comment) || t('credential_ssh_key');
    const act = async (sign: Sign, say: (text: string) => void) => {
        if ('wrong' in read) return;
        const { key } = read, { public_key } = key;
        say(t('ssh_waiting'));
        await add(cared, {
            described: new Map<number, Cbor>([[1, 5], [2, public_key]]), kind: 5, public_key,
            name: name.slice(0, name_max),
            sign_new: (wanted) => new Promise((resolve, reject) => put({
                wanted, keys: [key], reject, resolve: ({ signature }) => resolve([signature]) })),
        }, (wanted) => {
            put(undefined);
            say(t('approving'));
            return sign(wanted);
        });
    };
    return (
        <Approve {...cared} title={t('add_ssh_key')} lead={t('add_ssh_key_lead')} button={t('add_ssh_key')}
            check={() => {
                have_tried(true);
                return 'key' in read;
            }}
            act={act} on_close={close} on_done={() => {
                close();
                cared.on_done(t('added_done', { name }));
            }}>
            {question ? <SshSigning question={question} />
                : <KeyField line={line} type={type}
                    wrong={is_tried && 'wrong' in read ? read.wrong : undefined} />}
        </Approve>
    );
}
