// Calls at each new block: by server-sent events, and by asking every few seconds while the server has no
// place for one more listener.
const poll = 5_000, again = 60_000; // milliseconds

export function follow_blocks(on_block: () => void): () => void {
    let source: EventSource, timer = 0, last = 0;
    const listen = () => {
        source = new EventSource('/v1/events');
        source.addEventListener('block', on_block);
        source.addEventListener('open', () => clearInterval(timer));
        source.addEventListener('error', () => {
            if (source.readyState !== EventSource.CLOSED) return; // it tries again by itself
            clearInterval(timer);
            last = Date.now();
            timer = setInterval(ask, poll);
        });
    };
    const ask = () => {
        on_block();
        if (Date.now() - last < again) return;
        clearInterval(timer);
        listen();
    };
    listen();
    return () => {
        clearInterval(timer);
        source.close();
    };
}
