// What this browser saw of the ledger, and how the checkpoint that is shown now stands to it. No node can
// show another history than before: what a checkpoint cannot be proved against now is kept, and proved when a
// node answers that has the entries for it.
import { same, from_base64, to_base64, type Bytes } from './bytes';
import { Forked, Unproved } from './state';

export interface Checkpoint { size: number; root: Bytes }
interface Point { size: number; root: string }

export interface Seen {
    network: string;
    nodes: number; // of the network, when the newest one was seen
    points: Point[]; // in ascending size, each proved to continue the one before it
    doubtful: Point[]; // of nodes that lagged, and not proved yet
}

// unknown: the server has not the entries that a proof needs.
export type Relation = 'continued' | 'differs' | 'unknown';
export type Relate = (older: Checkpoint, newer: Checkpoint) => Promise<Relation>;

// behind: how many entries fewer than seen before; is_proved: that they are the same as far as they go.
export interface Standing { behind: number; is_proved: boolean }

const points_max = 16;
const read = ({ size, root }: Point): Checkpoint => ({ size, root: from_base64(root) });
const spell = ({ size, root }: Checkpoint): Point => ({ size, root: to_base64(root) });
const put = (points: Point[], added: Checkpoint): Point[] =>
    [...points.filter(({ size }) => size !== added.size), spell(added)]
        .sort((a, b) => a.size - b.size).slice(-points_max);

async function expect_continued(older: Checkpoint, newer: Checkpoint, relate: Relate): Promise<void> {
    const relation = await relate(older, newer);
    if (relation === 'unknown') throw new Unproved('history'); // several nodes behind one name, and not alike
    if (relation === 'differs') throw new Forked('history');
}

async function go_on(seen: Seen, shown: Checkpoint, relate: Relate): Promise<void> {
    for (const point of [...seen.doubtful, ...seen.points.slice(-1)])
        await expect_continued(read(point), shown, relate);
}

// Fewer entries than before. A server alone never loses any; one of several may be late.
async function lag(seen: Seen, shown: Checkpoint, relate: Relate): Promise<Relation> {
    const newest = read(seen.points.at(-1)!);
    const known = seen.points.find(({ size }) => size === shown.size);
    if (known) {
        if (!same(from_base64(known.root), shown.root)) throw new Forked('history');
        return 'continued';
    }
    const below = seen.points.findLast(({ size }) => size < shown.size);
    if (below) await expect_continued(read(below), shown, relate);
    const relation = await relate(shown, newest);
    if (relation === 'differs' || (relation === 'unknown' && seen.nodes < 2)) throw new Forked('history');
    return relation;
}

// Throws Forked when there are two histories.
export async function place(seen: Seen, shown: Checkpoint, nodes: number, relate: Relate):
Promise<{ seen: Seen; standing: Standing }> {
    const newest = seen.points.at(-1);
    if (!newest || shown.size >= newest.size) {
        await go_on(seen, shown, relate);
        return { seen: { ...seen, nodes, points: put(seen.points, shown), doubtful: [] },
            standing: { behind: 0, is_proved: true } };
    }
    const is_proved = (await lag(seen, shown, relate)) === 'continued';
    return { seen: is_proved ? seen : { ...seen, doubtful: put(seen.doubtful, shown) },
        standing: { behind: newest.size - shown.size, is_proved } };
}
