#!/usr/bin/env bash
# The nodes of a running network change by the votes of its operators: keys of a node are replaced, a node
# comes by the word of a quorum, another one goes, and the registry goes on.
source "$(dirname "$0")/lib.sh"
source "$(dirname "$0")/network_lib.sh"
export XDG_STATE_HOME=$scratch/state
cd "$scratch"

operator() { # NODE verb…: by that node's operator, at that node
    local node=$1
    shift
    "$bulla" operator "$@" --server "$(url_of "$node")" --data "$network/node-$node/data"
}
changes() { # NODE verb…: of `bulla network`
    local node=$1
    shift
    "$bulla" network "$@" --server "$(url_of "$node")" --data "$network/node-$node/data"
}
nodes_listed() { operator "$1" overview --json | member '["nodes"].__len__()'; }
lists() { [ "$(nodes_listed "$1")" = "$2" ]; }
change_of() { sed -n 's/^\([A-Za-z0-9_-]\{43\}\) waits for.*/\1/p' "$scratch/out"; }
# Proposed by node 1's operator and approved by the others' until it is applied.
decide() { # APPROVERS verb…
    local approvers=$1 change node
    shift
    expect 0 changes 1 "$@"
    change=$(change_of)
    [ -n "$change" ] || fail "no change: $(cat "$scratch/out")"
    for node in $approvers; do
        expect 0 operator "$node" approve "$change"
    done
    has 'done: entry' out
}
id_of() { operator "$1" overview --json | python3 -c '
import json, sys
print(next(node["id"] for node in json.load(sys.stdin)["nodes"] if node["here"]))'; }

"$bulla" network init --nodes 4 --port 0 --change-delay 0s "$network" >"$scratch/init.out"
expect 2 "$bulla" network init --change-delay 31d "$scratch/other"
start_nodes 1 2 3 4
register_new 1 alice
invariants

# One operator alone changes nothing, and who is no operator is not heard.
"$bulla" network new-keys validator p2p tls channel cosigner --data "$network/node-4/data" >"$scratch/card"
expect 0 changes 1 rotate-key "$scratch/card"
change=$(change_of)
expect 1 operator 1 apply "$change"
expect 0 operator 1 object "$change"
expect 2 changes 1 add-node "$scratch/card" # of keys, not of a node
expect 2 changes 1 rotate-key /dev/null
expect 2 "$bulla" network new-keys node --data "$network/node-4/data" # its id is made of it

# A node's keys: the others go on; it takes the new ones into use when it starts again.
old_validator=$(python3 -c 'import json, sys; print(json.load(open(sys.argv[1]))["address"])' \
    "$network/node-4/data/engine/config/priv_validator_key.json")
decide '2 3' rotate-key "$scratch/card"
until_true 10 grep -q 'start it again, so that it uses them' "$network/node-4/node.log"
register_new 1 bob
kill -TERM "${node_pids[4]}"
expect 0 wait "${node_pids[4]}"
unset 'node_pids[4]'
[ "$(ls "$network/node-4/data/keys" | grep -c 'next$')" = 5 ]
start_node 4
until_true 90 is_ready 4
[ "$(ls "$network/node-4/data/keys" | grep -c 'next$')" = 0 ]
new_validator=$(python3 -c 'import json, sys; print(json.load(open(sys.argv[1]))["address"])' \
    "$network/node-4/data/engine/config/priv_validator_key.json")
[ "$old_validator" != "$new_validator" ]
register_new 4 carol
until_true 20 has_cosigners 1 4
invariants
# It votes: without another one of the four, three are just enough.
kill_node 3
register_new 4 dave
start_node 3
until_true 90 is_ready 3
invariants

# A fifth node: made, added, invited, and joined by the network's id alone.
id=$(curl -sS "$(url_of 1)/v1/network" | member '["network"]')
new_node=$network/node-5
"$bulla" network new-node --port 0 "$new_node" >"$scratch/card"
diff "$scratch/card" "$new_node/card"
[ "$(stat -c %a "$new_node/data/keys/node")" = 600 ]
expect 2 "$bulla" network new-node --port 0 "$new_node"
"$bulla" network invite --data "$network/node-2/data" >"$scratch/early"
expect 1 "$bulla" network join "$new_node" "$scratch/early" --network "$id"
has 'does not name this node' err
decide '2 3' add-node "$scratch/card"
for node in 1 2 3 4; do
    until_true 10 lists $node 5
done
register_new 2 erin # four of five must run, and do
expect 0 changes 1 add-node "$scratch/card" # who is there is not added again
change=$(change_of)
expect 0 operator 2 approve "$change"
expect 0 operator 3 approve "$change"
expect 1 operator 4 approve "$change"
"$bulla" network invite --data "$network/node-2/data" >"$scratch/invitation"
expect 1 "$bulla" network join "$new_node" "$scratch/invitation" --network "$(id_of 1)"
has 'another network' err
expect 2 "$bulla" network join "$new_node" "$scratch/card" --network "$id"
expect 0 "$bulla" network join "$new_node" "$scratch/invitation" --network "$id"
expect 1 "$bulla" network join "$new_node" "$scratch/invitation" --network "$id"
has 'already' err
for key in log vrf oprf-1 opaque; do
    expect 0 cmp "$network/node-1/data/keys/$key" "$new_node/data/keys/$key"
done
port=$(sed -n 's/^listen = "127.0.0.1:\([0-9]*\)"/\1/p' "$new_node/bulla.toml")
echo "  node-5  http://127.0.0.1:$port  $new_node" >>"$scratch/init.out"
start_node 5
until_true 90 is_ready 5
until_true 20 agree 1 2 3 4 5
for name in "${acknowledged[@]}"; do
    until_true 10 log_in 5 "$name"
done
register_new 5 frank
until_true 20 has_cosigners 1 5
# It votes: with another one away, four of five are just enough.
kill_node 4
register_new 5 grace
start_node 4
until_true 90 is_ready 4
until_true 30 agree 1 2 3 4 5

# The first one goes: the four go on, what it signed is over, and it answers no more logins.
first=$(id_of 1)
until_true 10 log_in 1 alice
token=$body
until_true 10 verify 200 5 "$token"
expect 0 changes 2 remove-node "$first"
change=$(change_of)
for node in 3 4 5; do
    expect 0 operator $node approve "$change"
done
has 'done: entry' out
until_true 10 verify 401 5 "$token"
until_true 10 grep -q 'this node is removed from the network' "$network/node-1/node.log"
register_new 5 heidi
until_true 30 send 503 login 1 alice
! register 1 ivan || fail "a removed node has acknowledged a registration"
kill_node 1
until_true 30 agree 2 3 4 5
until_true 20 log_in 2 heidi
expect 3 "$bulla" serve --config "$network/node-1/bulla.toml"
has 'was removed from the network' err

# What was learned holds after a restart; without another one, too few would be left.
kill_node 5
start_node 5
until_true 90 is_ready 5
second=$(id_of 2)
kill_node 3
register_new 5 judy
kill_node 4
expect 1 changes 5 remove-node "$second"
has 'would stand still' err
start_node 3
start_node 4
for node in 2 3 4 5; do
    until_true 90 is_ready $node
done
for name in "${acknowledged[@]}"; do
    until_true 20 log_in 5 "$name"
done
until_true 30 agree 2 3 4 5

stop_nodes
for node in 2 3 4 5; do
    expect 0 "$bulla" ledger verify --data "$network/node-$node/data"
    ! grep -q 'was removed' out || fail "node $node was not removed"
done
# The removed one was brought no record of the last blocks that it saw. Its ledger is whole all the same.
expect 0 "$bulla" ledger verify --data "$network/node-1/data"
has 'the ledger is whole' out
has 'this node was removed from the network' out
echo "$passed passed, 0 failed"
