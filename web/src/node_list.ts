// The signed lists of nodes, and the walk from one to the next (docs/formats/node-list.md). Each list is
// signed by more than two thirds of the nodes of the one before it, so who trusts the first one, which the
// network's id names, needs nobody's word for a later one.
import { same, to_hex, utf8, type Bytes } from './bytes';
import { bytes_of, decode, encode, map_of, number_of, type Cbor } from './cbor';
import { is_signature, sha256 } from './crypto';
import { make_cosigner, type VerifierKey } from './notes';

type Fields = Map<number, Cbor>;
// Of a node its listed part: 0 id, 1 node key, 2 cosigner key, more that is only carried along.
export interface NodeList { number: number; log_key: Bytes; origin: string; nodes: Fields[] }

const nodes_max = 64, listed_max = 8;
export const quorum_of = (count: number): number => Math.floor((2 * count) / 3) + 1;

const id_of = (node: Fields): Bytes => bytes_of(node.get(0));
const cosigner_key_of = (node: Fields): Bytes => bytes_of(node.get(2));
export const cosigners_of = ({ nodes }: NodeList): VerifierKey[] => nodes.map((node) =>
    make_cosigner(`node-${to_hex(id_of(node).slice(0, 8))}`, cosigner_key_of(node)));

// Of the genesis entry's row, or of what print_list() made.
export function read_list(row: Cbor | undefined): NodeList {
    const fields = map_of(row), nodes = fields.get(3);
    return {
        number: number_of(fields.get(0)), log_key: bytes_of(fields.get(1)), origin: String(fields.get(2)),
        nodes: (Array.isArray(nodes) ? nodes : []).map((node) =>
            new Map([...map_of(node)].filter(([key]) => key <= listed_max))),
    };
}
export const print_list = ({ number, log_key, origin, nodes }: NodeList): Bytes =>
    encode(new Map<number, Cbor>([[0, number], [1, log_key], [2, origin], [3, nodes]]));

const differ = (keys: Bytes[]): boolean => new Set(keys.map(to_hex)).size === keys.length;
function is_sound({ nodes }: NodeList): boolean {
    return nodes.length > 0 && nodes.length <= nodes_max &&
        differ(nodes.map(id_of)) && differ(nodes.map(cosigner_key_of));
}

function put_node(nodes: Fields[], added: Fields): Fields[] {
    const id = to_hex(id_of(added)), place = nodes.findIndex((node) => to_hex(id_of(node)) > id);
    return place < 0 ? [...nodes, added] : nodes.toSpliced(place, 0, added);
}
const add_node = 4, remove_node = 5, rotate_node_key = 6, change_log = 8;
function change(before: NodeList, act: Fields): NodeList | undefined {
    const { nodes } = before, next = { ...before, number: before.number + 1 };
    switch (act.get(0)) {
    case add_node:
        return { ...next, nodes: put_node(nodes, map_of(act.get(1))) };
    case remove_node:
        return { ...next, nodes: nodes.filter((node) => !same(id_of(node), bytes_of(act.get(1)))) };
    case rotate_node_key: {
        const changed = map_of(act.get(1));
        return { ...next, nodes: nodes.map((node) => (same(id_of(node), id_of(changed)) ? changed : node)) };
    }
    case change_log:
        return { ...next, log_key: bytes_of(act.get(1)), origin: String(act.get(2)) };
    default:
        return undefined;
    }
}

// Exactly a quorum of the list before, in ascending node id, each by its node key over the list after.
function is_vouched(before: NodeList, after: NodeList, evidence: Cbor | undefined): boolean {
    if (!Array.isArray(evidence) || evidence.length !== quorum_of(before.nodes.length)) return false;
    const digest = sha256(utf8('bulla/node-list/v1'), print_list(after));
    let last = '';
    return evidence.every((one) => {
        const [signer, signature] = Array.isArray(one) ? one.map(bytes_of) : [];
        const node = signer && before.nodes.find((listed) => same(id_of(listed), signer));
        if (!node || signature?.length !== 64 || to_hex(signer) <= last) return false;
        last = to_hex(signer);
        return is_signature(signature, digest, bytes_of(node.get(1)));
    });
}

// The list after an apply_change entry; the same one when its act is about something else. Throws when the
// list before does not vouch for it.
export function follow_change(before: NodeList, entry: Bytes): NodeList {
    const fields = map_of(decode(entry)), statement = map_of(decode(bytes_of(fields.get(1))));
    const after = change(before, map_of(decode(bytes_of(statement.get(7)))));
    if (!after) return before;
    if (!is_sound(after) || !is_vouched(before, after, fields.get(2)))
        throw new Error('the nodes have not signed their next list');
    return after;
}
