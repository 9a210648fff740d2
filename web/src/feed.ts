// Calls every few seconds, for who wants to know of new blocks.
const poll = 5_000; // milliseconds

export function follow_blocks(on_block: () => void): () => void {
    const timer = setInterval(on_block, poll);
    return () => clearInterval(timer);
}
