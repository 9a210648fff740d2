// The worker that passwords are given to, so that stretching them does not stop the page.
import { Refused, type NetworkDescription } from './api';
import { change_password, Hostile, register, sign_in, type Alarm, type Signed } from './walks';

type Asked = { username: string; password: string; network: NetworkDescription };
export type Order = Asked &
    ({ kind: 'register' } | { kind: 'sign_in' } | { kind: 'change_password'; next: string });

export type Outcome =
    | { kind: 'done'; signed?: Signed }
    | { kind: 'refused'; status: number; problem: string; retry_after?: number }
    | { kind: 'alarm'; alarm: Alarm }
    | { kind: 'failed'; reason: string };

async function follow(order: Order): Promise<Signed | undefined> {
    const { username, password, network } = order;
    if (order.kind === 'sign_in') return sign_in(username, password, network);
    if (order.kind === 'change_password')
        return change_password(username, { present: password, next: order.next }, network);
    await register(username, password, network);
    return undefined;
}

function outcome_of(fault: unknown): Outcome {
    if (fault instanceof Hostile) return { kind: 'alarm', alarm: fault.alarm };
    if (!(fault instanceof Refused)) return { kind: 'failed', reason: String(fault) };
    const refused = { kind: 'refused', status: fault.status, problem: fault.kind } as const;
    return fault.retry_after === undefined ? refused : { ...refused, retry_after: fault.retry_after };
}

self.onmessage = async ({ data, ports }: MessageEvent<Order>) => {
    const outcome = await follow(data).then(
        (signed): Outcome => (signed ? { kind: 'done', signed } : { kind: 'done' }), outcome_of);
    ports[0]?.postMessage(outcome);
};
