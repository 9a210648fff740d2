// A passkey for who is to become an operator: made here, granted by those who are one.
import { useState } from 'preact/hooks';
import type { NetworkDescription } from './api';
import { to_base64url } from './bytes';
import { party_of } from './key_walks';
import { t } from './messages';
import { fault_of, Note, type Notice } from './parts';
import { create_passkey } from './passkeys';
import { Command } from './ssh_signing';

export function MakeOperatorPasskey({ network }: { network: NetworkDescription }) {
    const [public_key, show] = useState<string>(), [notice, say] = useState<Notice>();
    const make = async () => {
        try {
            const account_id = crypto.getRandomValues(new Uint8Array(16));
            const username = t('operator_of', { network: network.issuer });
            const made = await create_passkey(party_of(network), { account_id, username, known: [] });
            show(to_base64url(made.public_key));
        } catch (fault) {
            const found = fault_of(fault);
            if ('notice' in found) say(found.notice);
        }
    };
    return (
        <details>
            <summary>{t('operator_new')}</summary>
            <p>{t('operator_new_lead')}</p>
            <Note notice={notice} />
            {public_key ? <Command text={`bulla network grant-operator --passkey ${public_key}`} />
                : <button type="button" class="second" onClick={() => void make()}>
                    {t('operator_make')}</button>}
        </details>
    );
}
