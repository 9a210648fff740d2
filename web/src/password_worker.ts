// The worker that passwords are given to, so that stretching them does not stop the page.
import { Refused, type NetworkDescription } from './api';
import { Hostile, type Alarm } from './hostile';
import type { Signed } from './login_done';
import type { Ending, Recovered } from './recovery_walk';
import {
    change_password, prepare_password, recover_by_password, register, sign_change, sign_in,
    type FirstPassword, type Signable,
} from './walks';

type Asked = { username: string; password: string; network: NetworkDescription };
export type Order = Asked &
    ({ kind: 'register' } | { kind: 'sign_in' } | { kind: 'change_password'; next: string } |
        { kind: 'prepare_password'; session: string } |
        { kind: 'sign_change'; wanted: Signable } | ({ kind: 'recover' } & Recovered));

export type Outcome =
    | { kind: 'done'; signed?: Signed; evidence?: string[]; ending?: Ending; first?: FirstPassword }
    | { kind: 'refused'; status: number; problem: string; retry_after?: number }
    | { kind: 'alarm'; alarm: Alarm }
    | { kind: 'failed'; reason: string };

async function follow(order: Order): Promise<Outcome> {
    const { kind, username, password, network } = order;
    if (kind === 'sign_in') return { kind: 'done', signed: await sign_in(username, password, network) };
    if (kind === 'change_password') {
        const passwords = { present: password, next: order.next };
        return { kind: 'done', signed: await change_password(username, passwords, network) };
    }
    if (kind === 'sign_change') {
        const evidence = await sign_change({ username, password }, order.wanted, network);
        return { kind: 'done', evidence };
    }
    if (kind === 'prepare_password')
        return { kind: 'done', first: await prepare_password(order.session, password, network) };
    if (kind === 'recover') {
        const ending = await recover_by_password(order, password, network);
        return { kind: 'done', ending };
    }
    await register(username, password, network);
    return { kind: 'done' };
}

function outcome_of(fault: unknown): Outcome {
    if (fault instanceof Hostile) return { kind: 'alarm', alarm: fault.alarm };
    if (!(fault instanceof Refused)) return { kind: 'failed', reason: String(fault) };
    const refused = { kind: 'refused', status: fault.status, problem: fault.kind } as const;
    return fault.retry_after === undefined ? refused : { ...refused, retry_after: fault.retry_after };
}

self.onmessage = async ({ data, ports }: MessageEvent<Order>) => {
    ports[0]?.postMessage(await follow(data).catch(outcome_of));
};
