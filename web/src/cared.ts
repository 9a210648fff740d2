// What the parts of the account page share.
import type { Account, Credential, NetworkDescription } from './api';
import { t, type Message } from './messages';
import type { Alarmed } from './parts';
import { load_session } from './state';

export interface Cared {
    account: Account; network: NetworkDescription; on_alarm: (alarm: Alarmed) => void;
    on_done: (text?: string) => void;
}
export const title_of = (credential: Credential): string =>
    credential.name || t(`credential_${credential.kind}` as Message);
export const session_now = (): string => load_session()?.session_id ?? '';
