// What this browser remembers: who is signed in, and the keys of the network it met first.
import { ask, type NetworkDescription } from './api';
import type { Signed } from './login_done';
import type { Request } from './recovery_request';
import type { Ending } from './recovery_walk';
import type { Seen } from './seen';

const session_name = 'bulla.session', network_name = 'bulla.network', seen_name = 'bulla.seen';

export type Session = Signed;

// The cookie is the session, and all tabs share it. What stands here names it, so that a tab in which another
// one is shown does nothing with it: each request says which one it means.
const stored_session = (): Session | undefined => {
    const stored = localStorage.getItem(session_name);
    return stored ? (JSON.parse(stored) as Session) : undefined;
};
// As it was when this page was loaded, or what it has begun since.
let session: { now: Session | undefined } | undefined;
export function load_session(): Session | undefined {
    session ??= { now: stored_session() };
    return session.now;
}
export function keep_session(begun: Session): void {
    session = { now: begun };
    localStorage.setItem(session_name, JSON.stringify(begun));
}
export function drop_session(): void {
    if (stored_session()?.session_id === load_session()?.session_id) localStorage.removeItem(session_name);
    session = { now: undefined };
}

// To the page to sign in, which says why.
export function leave(came: 'over' | 'out' | 'everywhere' | 'erased' | 'recovered' | 'removed'): void {
    drop_session();
    location.replace(`/?came=${came}`);
}

export class OtherKeys extends Error {}
// The server showed this browser two histories, or one that nobody signed.
export class Forked extends Error {}
// It did not show that its ledger goes on from what was seen.
export class Unproved extends Error {}

const pinned = ['network', 'log_key', 'vrf_public_key', 'opaque_public_key'] as const;

// The keys of the first visit count ever after: a server that comes with others is not believed.
export async function load_network(): Promise<NetworkDescription> {
    const network = await ask<NetworkDescription>('/v1/network');
    const stored = localStorage.getItem(network_name);
    if (!stored) localStorage.setItem(network_name, JSON.stringify(network));
    else {
        const known = JSON.parse(stored) as NetworkDescription;
        const party = known.relying_party?.id;
        if (pinned.some((name) => known[name] !== network[name])) throw new OtherKeys();
        if (party && party !== network.relying_party?.id) throw new OtherKeys();
    }
    return network;
}

// The checkpoints of the network that this browser saw.
export function load_seen(network: string): Seen {
    const stored = localStorage.getItem(seen_name);
    const seen = stored ? (JSON.parse(stored) as Seen) : undefined;
    return seen?.network === network ? seen : { network, nodes: 0, points: [], doubtful: [] };
}
export const keep_seen = (seen: Seen): void => localStorage.setItem(seen_name, JSON.stringify(seen));

// The newest list of its nodes that was reached here (finality.ts), in base64.
const nodes_name = 'bulla.nodes';
export interface ReadList { network: string; list: string; read_to: number; final_to: number }
export const keep_nodes = (read: ReadList): void => localStorage.setItem(nodes_name, JSON.stringify(read));
export function load_nodes(network: string): ReadList | undefined {
    const stored = localStorage.getItem(nodes_name);
    const read = stored ? (JSON.parse(stored) as ReadList) : undefined;
    return read?.network === network ? read : undefined;
}

// What ends a recovery that has to wait. No secret: it can do nothing else.
const ending_name = 'bulla.recovery';
export const keep_ending = (ending: Ending): void =>
    localStorage.setItem(ending_name, JSON.stringify(ending));
export const drop_ending = (): void => localStorage.removeItem(ending_name);
export function load_ending(): Ending | undefined {
    const stored = localStorage.getItem(ending_name);
    return stored ? (JSON.parse(stored) as Ending) : undefined;
}

// A request to operators: its id opens the next step, and nothing else.
const request_name = 'bulla.request';
export const keep_request = (request: Request): void =>
    localStorage.setItem(request_name, JSON.stringify(request));
export const drop_request = (): void => localStorage.removeItem(request_name);
export function load_request(): Request | undefined {
    const stored = localStorage.getItem(request_name);
    return stored ? (JSON.parse(stored) as Request) : undefined;
}

// A challenge that this browser has signed is never signed again, whatever the server says.
const challenges_name = 'bulla.challenges', challenges_max = 200;
export function take_challenge(challenge: string): 'fresh' | 'used' {
    const used = JSON.parse(localStorage.getItem(challenges_name) ?? '[]') as string[];
    if (used.includes(challenge)) return 'used';
    localStorage.setItem(challenges_name, JSON.stringify([...used, challenge].slice(-challenges_max)));
    return 'fresh';
}

export function forget_network(): void {
    localStorage.removeItem(network_name);
    localStorage.removeItem(seen_name);
    localStorage.removeItem(nodes_name);
}
