// What the pages ask the server. A refusal is a Refused with the kind of problem the server named.
export class Refused extends Error {
    constructor(readonly status: number, readonly kind: string, readonly retry_after?: number) {
        super(kind);
    }
}

export interface Stretching { memory_kib: number; passes: number; lanes: number }

export interface NetworkDescription {
    network: string;
    issuer: string;
    origin: string;
    log_key: string;
    vrf_public_key: string;
    opaque_public_key: string; // of the first keyset
    later_opaque_keys?: string[]; // of those made since
    stretching: Stretching;
    passwords: 'nist' | 'standard';
    cosigners: string[]; // the nodes' keys; none where there is one node
    relying_party?: { id: string; name: string; origins: string[] };
}

export interface Credential {
    id: string;
    kind: 'password' | 'passkey' | 'device_key' | 'recovery_key' | 'ssh_key';
    added_version: number;
    added_time: number;
    public_key: string;
    name?: string; // the owner's own
    passkey?: string; // WebAuthn id
    algorithm?: number; // COSE: -7 or -8
    ends?: number; // of a recovery key that was taken away
}

export interface PendingRecovery {
    begin: string; // digest of the statement that began it
    finish_from: number;
    by: 'recovery_key' | 'operators';
    credential: { kind: Credential['kind']; public_key: string };
    cancel_with: string[]; // ids of the credentials that may cancel it
}

export interface OperatorHelp {
    requests: { number: string; state: string; asked: number; fingerprint?: string }[];
    proposals: {
        change: string; kind: Credential['kind']; fingerprint: string; proposed: number; apply_from: number;
        approvals: number; quorum: number;
    }[];
}

export interface Account {
    username: string;
    account_id: string;
    label: string;
    status: string;
    version: number;
    last_index: number;
    head: string;
    operator_recovery?: boolean; // whether operators may help
    operator_help?: OperatorHelp; // where they may
    recovery?: PendingRecovery;
    credentials: Credential[];
    checkpoint: string;
}

export interface SessionRow {
    id: string; client: string; began: number; ends: number; current: boolean; node: string;
}
// Those of the silent nodes are not among them.
export interface SessionList { sessions: SessionRow[]; silent_nodes: string[] }

async function refusal(answer: Response): Promise<Refused> {
    const problem: unknown = await answer.json().catch(() => ({}));
    const type = problem instanceof Object && 'type' in problem ? String(problem.type) : '';
    const wait = answer.headers.get('retry-after');
    return new Refused(answer.status, type.split('/').pop() || 'unknown', wait ? Number(wait) : undefined);
}

interface Asked {
    method?: 'GET' | 'POST' | 'PUT' | 'DELETE';
    body?: object;
    session?: string; // of this tab: its id, which goes with the cookie that no script can read
    begins_session?: boolean; // the answer brings the cookie
    token?: string; // of an operator, or of a login that confirms a change
    cache?: RequestCache;
}

async function send(path: string, asked: Asked): Promise<Response> {
    const { method = 'GET', body, session, token, cache = 'default' } = asked;
    const headers: Record<string, string> = {};
    if (body) headers['content-type'] = 'application/json';
    if (token) headers['authorization'] = `Bearer ${token}`;
    if (session) headers['bulla-session'] = session;
    const credentials = session || asked.begins_session ? 'same-origin' : 'omit';
    const sent = body && { body: JSON.stringify(body) };
    const request: RequestInit = { method, headers, credentials, cache, ...sent };
    const answer = await fetch(path, request)
        .catch(() => { throw new Refused(0, 'unreachable'); });
    if (!answer.ok) throw await refusal(answer);
    return answer;
}

// The server's word: the shape is what docs/openapi.json promises.
export async function ask<T>(path: string, asked: Asked = {}): Promise<T> {
    const answer = await send(path, asked);
    return answer.status === 204 ? (undefined as T) : ((await answer.json()) as T);
}
// The same, with the server's clock: what a statement's end is reckoned from.
export async function ask_dated<T>(path: string, asked: Asked): Promise<{ said: T; time: number }> {
    const answer = await send(path, { ...asked, cache: 'no-store' });
    const time = Date.parse(answer.headers.get('date') ?? '');
    return { said: (await answer.json()) as T, time: Number.isNaN(time) ? Date.now() : time };
}
export const ask_text = async (path: string, session?: string): Promise<string> =>
    (await send(path, { cache: 'no-store', ...(session && { session }) })).text();
export const ask_bytes = async (path: string, cache: RequestCache): Promise<Uint8Array<ArrayBuffer>> =>
    new Uint8Array(await (await send(path, { cache })).arrayBuffer());
