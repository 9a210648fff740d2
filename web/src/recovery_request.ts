// A request that operators recover an account, on the side of who asks
// (docs/formats/recovery-requests.md). The id of a request opens its next step and nothing else.
import { ask, Refused } from './api';

export interface Request {
    id: string; number: string; username: string; ends: number;
    fingerprint?: string; // of the new way to sign in, once it is made
}
export interface RequestStand {
    state: 'asked' | 'accepted' | 'made' | 'begun'; time: number; ends: number; finish_from?: number;
}

export async function ask_operators(username: string): Promise<Request> {
    const { id, number, ends } = await ask<{ id: string; number: string; ends: number }>(
        '/v1/recovery-requests', { method: 'POST', body: { username } });
    return { id, number, username, ends };
}

const look = ({ id }: Request): Promise<RequestStand> =>
    ask<RequestStand>(`/v1/recovery-requests/${id}`, { cache: 'no-store' });

// Where it stands; begins the recovery when the operators have decided. Nothing: it is over.
export async function go_on(request: Request): Promise<RequestStand | undefined> {
    try {
        const stand = await look(request);
        if (stand.state !== 'made') return stand;
        await ask(`/v1/recovery-requests/${request.id}/begin`, { method: 'POST', body: {} });
        return await look(request);
    } catch (fault) {
        if (!(fault instanceof Refused)) throw fault;
        if (fault.status === 410) return undefined;
        if (fault.status !== 409) throw fault;
        return look(request);
    }
}
