// The page's side of the worker, which is fetched when somebody begins to type.
import type { Order, Outcome } from './password_worker';

let worker: Worker | undefined;

export function prepare_worker(): Worker {
    worker ??= new Worker(new URL('./password_worker.ts', import.meta.url), { type: 'module' });
    return worker;
}

export function order(what: Order): Promise<Outcome> {
    const { port1, port2 } = new MessageChannel();
    return new Promise((resolve) => {
        const present = prepare_worker();
        present.onerror = () => resolve({ kind: 'failed', reason: 'worker' });
        port1.onmessage = ({ data }: MessageEvent<Outcome>) => resolve(data);
        present.postMessage(what, [port2]);
    });
}
