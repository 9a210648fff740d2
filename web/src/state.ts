// What this browser remembers: the token of this tab, and the keys of the network it met first.
import { ask, type NetworkDescription } from './api';
import type { Signed } from './walks';

const session_name = 'bulla.session', network_name = 'bulla.network', seen_name = 'bulla.checkpoint';

export type Session = Pick<Signed, 'token' | 'username'>;

export const keep_session = ({ token, username }: Session): void =>
    sessionStorage.setItem(session_name, JSON.stringify({ token, username }));
export const drop_session = (): void => sessionStorage.removeItem(session_name);
export function load_session(): Session | undefined {
    const stored = sessionStorage.getItem(session_name);
    return stored ? (JSON.parse(stored) as Session) : undefined;
}

export class OtherKeys extends Error {}
// The server showed this browser two histories, or one that nobody signed.
export class Forked extends Error {}

const pinned = ['network', 'log_key', 'vrf_public_key', 'opaque_public_key'] as const;

// The keys of the first visit count ever after: a server that comes with others is not believed.
export async function load_network(): Promise<NetworkDescription> {
    const network = await ask<NetworkDescription>('/v1/network');
    const stored = localStorage.getItem(network_name);
    if (!stored) localStorage.setItem(network_name, JSON.stringify(network));
    else {
        const known = JSON.parse(stored) as NetworkDescription;
        if (pinned.some((name) => known[name] !== network[name])) throw new OtherKeys();
    }
    return network;
}
export function forget_network(): void {
    localStorage.removeItem(network_name);
    localStorage.removeItem(seen_name);
}
