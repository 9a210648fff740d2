#!/usr/bin/env bash
# A node joins by a snapshot: it has the state and the whole log without executing a block of before, checks
# all of it against what the nodes signed, and passes over a node that gives something else (G21).
source "$(dirname "$0")/lib.sh"
source "$(dirname "$0")/network_lib.sh"
export XDG_STATE_HOME=$scratch/state
export BULLA_SERVER_SNAPSHOT_EVERY=4
cd "$scratch"

operator() { # NODE verb…: by that node's operator, at that node
    local node=$1
    shift
    "$bulla" operator "$@" --server "$(url_of "$node")" --data "$network/node-$node/data"
}
change_of() { sed -n 's/^\([A-Za-z0-9_-]\{43\}\) waits for.*/\1/p' "$scratch/out"; }
newest() { ls "$network/node-$1/data/snapshots" 2>/dev/null | grep -v new | sort -n | tail -1; }
has_snapshots() { # of the same heights at the first four
    local node first
    first=$(newest 1)
    [ -n "$first" ] || return 1
    for node in 2 3 4; do
        [ -d "$network/node-$node/data/snapshots/$first" ] || return 1
    done
}
same_bytes() {
    local height
    height=$(newest 1)
    diff -r "$network/node-1/data/snapshots/$height" "$network/node-2/data/snapshots/$height"
}
# NODE: made, and on the list that the others have
add() {
    local node=$1 change approver
    "$bulla" network new-node --port 0 "$network/node-$node" >"$scratch/card"
    expect 0 "$bulla" network add-node "$scratch/card" --server "$(url_of 1)" --data "$network/node-1/data"
    change=$(change_of)
    for approver in 2 3 4; do
        operator $approver approve "$change" >"$scratch/out" 2>&1 || true
    done
    "$bulla" network invite --data "$network/node-2/data" >"$scratch/invitation"
}
join() { "$bulla" network join "$network/node-$1" "$scratch/invitation" --network "$id" "${@:2}"; }
run() {
    local port
    port=$(sed -n 's/^listen = "127.0.0.1:\([0-9]*\)"/\1/p' "$network/node-$1/bulla.toml")
    echo "  node-$1  http://127.0.0.1:$port  $network/node-$1" >>"$scratch/init.out"
    start_node "$1"
    until_true 90 is_ready "$1"
}

"$bulla" network init --nodes 4 --port 0 --change-delay 0s "$network" >"$scratch/init.out"
start_nodes 1 2 3 4
id=$(curl -sS "$(url_of 1)/v1/network" | member '["network"]')
for name in alice bob carol dave; do
    register_new 1 $name
done
add 5
for name in erin frank grace; do
    register_new 2 $name
done
until_true 20 has_snapshots
[ "$(ls "$network/node-1/data/snapshots" | wc -l)" -le 3 ]
# One state, cut by all nodes into the same bytes.
until_true 20 same_bytes

# Two nodes give chunks that are not what they offered: the others' are taken.
for node in 1 2; do
    for chunk in "$network/node-$node"/data/snapshots/*/chunk-0; do
        printf x >>"$chunk"
    done
done
expect 0 join 5
has 'snapshot of height' out
has 'checked against what the nodes signed' out
# As after a death before the last step: what it has left of the engine's stores goes, in either way.
rm "$network/node-5/data/joined-list"
expect 0 join 5 --all-blocks
[ ! -e "$network/node-5/data/engine/data/state.db" ]
rm "$network/node-5/data/joined-list"
expect 0 join 5
[ -e "$network/node-5/data/engine/data/state.db" ]
run 5
until_true 20 agree 1 2 3 4 5
for name in "${acknowledged[@]}"; do
    until_true 20 log_in 5 "$name"
done
register_new 5 heidi
until_true 20 has_cosigners 1 5
# It did not execute what was before, and has it all the same: an auditor finds nothing missing.
expect 0 "$bulla" ledger compare "$(url_of 1)" "$(url_of 5)"
# It votes: with another one away, four of five are just enough.
kill_node 4
register_new 5 ivan
start_node 4
until_true 90 is_ready 4
until_true 30 agree 1 2 3 4 5

# Nobody has chunks that are good: the node does not join so, and does by the blocks.
add 6
for node in 1 2 3 4 5; do
    for chunk in "$network/node-$node"/data/snapshots/*/chunk-*; do
        [ ! -f "$chunk" ] || printf x >>"$chunk"
    done
done
expect 1 join 6
[ ! -e "$network/node-6/data/joined-list" ]
expect 0 join 6 --all-blocks
run 6
until_true 20 agree 1 2 3 4 5 6
until_true 20 log_in 6 alice

stop_nodes
# The joined node's own directory is whole, and starts again by itself.
expect 0 "$bulla" ledger verify --data "$network/node-5/data"
expect 0 "$bulla" ledger verify --data "$network/node-6/data"
start_node 5
start_node 1
start_node 2
start_node 3
start_node 4
until_true 90 is_ready 5
until_true 20 log_in 5 ivan
stop_nodes
echo "$passed passed, 0 failed"
