// Cosignatures, lists of nodes, and what a checkpoint counts for; what a server could lie about them.
// Catalogue: G29.
import assert from 'node:assert/strict';
import {
    apply_change, cosign, in_order, listed, Log, make_node, make_pair, node_list, verifier_key,
} from './web_units_log.mjs';

const flipped_text = (words, at) =>
    words.slice(0, at) + (words[at] === 'A' ? 'B' : 'A') + words.slice(at + 1);

export async function foreign_notes({ load, equal, read }) {
    const { find_signers, parse_key, parse_note } = await load('notes');
    const hex = (bytes) => Buffer.from(bytes).toString('hex');
    const { notes } = read('note/c2sp_examples.json');
    const cosigned = read('note/sunlight_cosignatures.json').notes;
    for (const { note, text, signatures } of [...notes, ...cosigned]) {
        const parsed = parse_note(note);
        equal(parsed.text, text, 'what is signed');
        equal(parsed.lines.map(({ name, id, signature }) => [name, hex(id), hex(signature)]),
            signatures.map(({ name, key_id, signature }) => [name, key_id, signature]), 'its lines');
    }
    for (const { note, text, verifier_key: spelt } of [notes[0], ...cosigned]) {
        const key = parse_key(spelt), start = note.indexOf(`— ${key.name} `) + key.name.length + 3;
        equal(hex(key.id), spelt.split('+')[1], 'its id');
        equal(find_signers(parse_note(note), [key])?.map(({ name }) => name), [key.name], 'good');
        equal(find_signers({ ...parse_note(note), text: `${text}more\n` }, [key]), undefined, 'other text');
        // The first six letters hold the key's id.
        for (let at = start + 6; at < start + 90; at += 5)
            equal(find_signers(parse_note(flipped_text(note, at)), [key]), undefined, `letter ${at}`);
        equal(find_signers(parse_note(note), []), [], 'by a key that nobody named');
    }
    const spoilt = [(note) => note.slice(0, -1), (note) => note.replace('\n\n', '\n'),
        (note) => `${note}more\n`, (note) => note.replace('— ', '- '), (note) => `${note}\n`,
        (note) => note + note.slice(note.indexOf('—')).repeat(100)];
    for (const spoil of spoilt) {
        assert.throws(() => parse_note(spoil(cosigned[1].note)), String(spoil));
        equal(parse_note(cosigned[1].note).lines.length, 1, 'unspoilt');
    }
}

export async function hostile_cosignatures({ load, equal }) {
    const { find_signers, make_cosigner, parse_note } = await load('notes');
    const { encode } = await load('cbor');
    const nodes = Array.from({ length: 4 }, make_node), [first, second] = nodes;
    const log = new Log(encode, nodes);
    const keys = nodes.map(({ name, cosigner_key }) => make_cosigner(name, cosigner_key.public_key));
    const signers = (lines) => find_signers(parse_note(log.note(lines)), keys)?.length;
    equal(signers((body) => nodes.map((node) => cosign(node, body))), 4, 'all');
    equal(signers(() => []), 0, 'none');
    equal(signers((body) => [cosign(first, body), cosign(first, body), cosign(first, body)]), 1,
        'one cosigner three times counts once');
    equal(signers((body) => [cosign(first, body), cosign(make_node(), body)]), 1, 'outside the list');
    equal(signers((body) => [cosign({ ...second, cosigner_key: make_pair() }, body)]), 0,
        'the name of a node, and another key');
    equal(signers((body) => [cosign({ ...first, name: second.name }, body)]), 0,
        'the key of a node under the name of another');
    equal(signers((body) => [cosign(first, body), cosign(second, body, { by: make_pair() })]), undefined,
        'forged');
    equal(signers((body) => [cosign(first, body).replace(first.name, second.name)]), 0,
        'the line of a node under the name of another');
    equal(signers((body) => [cosign(first, body, { at: 1_799_999_999n })]), undefined, 'another time');
    equal(signers((body) => [cosign(first, body, { written: 2n ** 62n })]), undefined, 'of no clock');
    equal(signers((body) => [cosign(first, body, { over: body.replace('\n', '\n1') })]), undefined,
        'another checkpoint');
    equal(signers((body) => [cosign(first, body, { more: [0] })]), undefined, 'too long');
}

// The four ways in which a list changes, each by a quorum of the one before; and all that is no quorum.
export async function lists_of_nodes({ load, equal }) {
    const { cosigners_of, follow_change, read_list } = await load('node_list');
    const { encode } = await load('cbor');
    const nodes = in_order(Array.from({ length: 4 }, make_node)), log = new Log(encode, nodes);
    const before = read_list(node_list(1, nodes)), added = make_node();
    const names = (list) => cosigners_of(list).map(({ name }) => name);
    const act = new Map([[0, 4], [1, listed(added)], [2, new Map([[1, 2], [2, new Uint8Array(64)]])]]);
    const five = in_order([...nodes, added]), three = nodes.slice(0, 3);
    const follow = (signers, what = act, after = node_list(2, five)) =>
        follow_change(before, apply_change(log, what, after, signers));

    equal(names(follow(three)), five.map(({ name }) => name), 'a node comes');
    equal(names(follow(nodes.slice(1))), five.map(({ name }) => name), 'by any three of the four');
    equal(names(follow(three, new Map([[0, 5], [1, nodes[3].id], [2, []]]), node_list(2, three))),
        three.map(({ name }) => name), 'a node goes');
    const rotated = { ...nodes[1], cosigner_key: make_pair() };
    const after = nodes.with(1, rotated);
    const turned = follow(three, new Map([[0, 6], [1, listed(rotated)]]), node_list(2, after));
    equal(cosigners_of(turned)[1].public_key, rotated.cosigner_key.public_key, 'keys of a node change');
    equal(names(follow([], new Map([[0, 1], [1, new Uint8Array(32)]]))), names(before),
        'what is about an account changes no list');

    const refused = {
        'two of four': [nodes.slice(0, 2)], 'more than are needed': [nodes],
        'one of them twice': [[nodes[0], nodes[0], nodes[1]]],
        'not in order': [[nodes[1], nodes[0], nodes[2]]],
        'the one that comes': [in_order([nodes[0], nodes[1], added])],
        'over a list with another node': [three, act, node_list(2, in_order([...nodes, make_node()]))],
        'over a list of another number': [three, act, node_list(3, five)],
        'somebody who took the name of one': [[nodes[0], nodes[1], { ...make_node(), id: nodes[2].id }]],
        'one cosigner key in two places': [three, new Map([[0, 4],
            [1, listed({ ...added, cosigner_key: nodes[0].cosigner_key })]]), node_list(2, in_order(
                [...nodes, { ...added, cosigner_key: nodes[0].cosigner_key }]))],
    };
    for (const [what, asked] of Object.entries(refused)) {
        assert.throws(() => follow(...asked), what);
        equal(before.nodes.length, 4, what);
    }
}

// A browser with nothing in its memory, and a server: what it answers to /log/tile, and its newest note.
let browsers = 0;
async function open_browser({ load }) {
    const memory = new Map();
    globalThis.localStorage = {
        getItem: (name) => memory.get(name) ?? null, setItem: (name, value) => memory.set(name, value),
        removeItem: (name) => memory.delete(name) };
    const reload = () => load('finality', `?${++browsers}`);
    return { memory, reload, ...(await reload()) };
}
function serve(log, lie = (_path, body) => body) {
    globalThis.fetch = async (path) => {
        const body = lie(path, log.tile(path.replace('/log/tile/', '')));
        return new Response(body);
    };
}
const all_of = (nodes) => (body) => nodes.map((node) => cosign(node, body));
const told_by = (log, nodes) => ({ ...log.told, cosigners: nodes.map(verifier_key) });
const signed = (by, of, height) =>
    ({ kind: 'signed', height, by, of, needed: Math.floor(2 * of / 3) + 1 });

// A log of so many nodes, a browser that never saw it, and a server that answers with what it has.
async function open_world(tools, count = 4) {
    const { encode } = await tools.load('cbor'), { Tree } = await tools.load('tree');
    const nodes = in_order(Array.from({ length: count }, make_node)), log = new Log(encode, nodes);
    serve(log);
    const head = (lines, standing = { behind: 0, is_proved: true }) => ({
        checkpoint: { size: log.entries.length, root: log.root }, note: log.note(lines),
        tree: new Tree(log.entries.length), standing });
    return { log, nodes, own: Array.from({ length: 4 }, make_node), head, ...(await open_browser(tools)) };
}
async function is_fork(judging, what) {
    await assert.rejects(judging, (fault) => fault.constructor.name.endsWith('Forked'), what);
}
const add = (node) => new Map([[0, 4], [1, listed(node)]]);

async function too_few_then_enough(tools) {
    const { equal } = tools;
    const { log, nodes, head, judge, memory } = await open_world(tools), told = told_by(log, nodes);
    equal(await judge(head(all_of(nodes.slice(0, 2))), told),
        { finality: signed(2, 4, 0), final_to: 0 }, 'two of four');
    equal(memory.size, 0, 'of which nothing is remembered');
    equal(await judge(head(all_of(nodes.slice(1))), told),
        { finality: signed(3, 4, 0), final_to: 2 }, 'three of four');
    log.fill(3);
    equal(await judge(head(() => []), told),
        { finality: signed(0, 4, 1), final_to: 2 }, 'what counted before goes on counting');
    equal((await judge(head(() => [], { behind: 1, is_proved: false }), told)).final_to, 0,
        'but not where it is not proved to be the same history');
    const forged = head((body) => [cosign(nodes[0], body, { by: make_pair() })]);
    await is_fork(judge(forged, told), 'forged');
}

async function cosigners_of_the_server(tools) {
    const { equal } = tools, { log, nodes, own, head, judge } = await open_world(tools);
    const judged = async (told) => (await judge(head(all_of(own)), told)).finality;
    equal(await judged(told_by(log, own)), signed(0, 4, 0), 'whom the server names does not count');
    equal(await judged(log.told), signed(0, 4, 0), 'a network is not alone because the server says so');
    const other = await open_world(tools);
    serve(log);
    await is_fork(other.judge(head(all_of(nodes)), { ...told_by(log, nodes), network: 'A'.repeat(43) }),
        'another beginning than the network has');
}

async function a_node_comes(tools) {
    const { equal } = tools, { log, nodes, own, head, judge, reload } = await open_world(tools);
    const added = make_node(), five = in_order([...nodes, added]);
    log.fill(300);
    log.add(apply_change(log, add(added), node_list(2, five), nodes.slice(0, 3)));
    log.close();
    const judged = async (signers, told, by = judge) =>
        (await by(head(all_of(signers)), told_by(log, told))).finality;
    equal(await judged(nodes.slice(0, 3), five), signed(3, 4, 2), 'those before it sign the change');
    log.fill(1);
    equal(await judged(five.slice(0, 3), five), signed(3, 5, 3), 'and those after it what follows');
    equal(await judged(five.slice(0, 4), five), signed(4, 5, 3), 'enough of them');
    const again = await reload();
    equal(await judged(nodes, nodes, again.judge), signed(4, 5, 3), 'it remembers who they are');
    equal(await judged(own, own, again.judge), signed(0, 5, 3), 'whatever the server says');
    const six = in_order([...five, own[0]]);
    log.add(apply_change(log, add(own[0]), node_list(3, six), five.slice(0, 4)));
    log.close();
    log.fill(1);
    equal(await judged(six.slice(0, 5), six, again.judge), signed(5, 6, 5), 'and goes on from there');
}

// The page was open meanwhile, and what it was told at its beginning is old.
async function keys_change(tools) {
    const { equal } = tools, { log, nodes, head, judge } = await open_world(tools);
    const told = told_by(log, nodes), turned = [...nodes];
    for (const i of [0, 1]) {
        const before = [...turned];
        turned[i] = { ...nodes[i], cosigner_key: make_pair() };
        const act = new Map([[0, 6], [1, listed(turned[i])]]);
        log.add(apply_change(log, act, node_list(2 + i, turned), before.slice(0, 3)));
        log.close();
    }
    log.fill(1);
    equal((await judge(head(all_of(turned)), told)).finality, signed(4, 4, 3), 'by the new keys');
    equal((await judge(head(all_of(nodes)), told)).finality, signed(2, 4, 3), 'not by the old ones');
}

// Who hides a change has to show other bytes in its place.
async function a_change_is_hidden(tools) {
    const { log, nodes, own, head, judge } = await open_world(tools);
    log.fill(300);
    log.add(apply_change(log, add(own[0]), node_list(2, in_order([...nodes, own[0]])), nodes.slice(0, 3)));
    log.close();
    log.fill(300);
    const index = log.entries.findIndex((entry) => entry[2] === 21);
    const entries = log.entries.with(index, log.entries[1]);
    const leaves = log.leaves.with(index, log.leaves[1]);
    const hide = (wanted) => serve(log, (path, body) => (wanted.test(path)
        ? log.tile.call({ entries, leaves }, path.replace('/log/tile/', '')) : body));
    hide(/entries\/001/);
    await is_fork(judge(head(all_of(own)), told_by(log, own)), 'a change that is hidden');
    hide(/(entries|tile\/0)\/001/);
    await is_fork(judge(head(all_of(own)), told_by(log, own)), 'and its hash');
}

async function a_change_that_nobody_signed(tools) {
    const { log, nodes, own, head, judge } = await open_world(tools);
    log.add(apply_change(log, add(own[0]), node_list(2, in_order([...nodes, own[0]])), own.slice(0, 3)));
    log.close();
    log.fill(1);
    await is_fork(judge(head(all_of(own)), told_by(log, own)), 'a change that nobody signed');
}

async function a_node_alone(tools) {
    const { equal } = tools, { log, own, head, judge } = await open_world(tools, 1);
    equal(await judge(head(() => []), log.told), { finality: { kind: 'alone', height: 0 }, final_to: 2 },
        'signed by its log');
    equal((await judge(head(all_of(own)), told_by(log, own))).finality, { kind: 'alone', height: 0 },
        'and by nobody else, whomever the server names');
}

export async function checkpoints_that_count(tools) {
    for (const part of [too_few_then_enough, cosigners_of_the_server, a_node_comes, keys_change,
        a_change_is_hidden, a_change_that_nobody_signed, a_node_alone]) await part(tools);
}
