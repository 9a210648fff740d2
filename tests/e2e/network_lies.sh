#!/usr/bin/env bash
# A node whose keys sign a second history: the others keep what proves it, anybody checks that, and a quorum
# of operators removes the node.
source "$(dirname "$0")/lib.sh"
source "$(dirname "$0")/network_lib.sh"
export XDG_STATE_HOME=$scratch/state
cd "$scratch"
liar=${BULLA_LIAR_BINARY:-$root/build/release/bulla_liar}

operator() { # NODE verb…: by that node's operator, at that node
    local node=$1
    shift
    "$bulla" operator "$@" --server "$(url_of "$node")" --data "$network/node-$node/data"
}
evidence_at() { ls "$network/node-$1/data/evidence/"*.fork 2>/dev/null | head -1; }
has_evidence() { [ -n "$(evidence_at "$1")" ]; }
id_of() { operator "$1" overview --json | python3 -c '
import json, sys
print(next(node["id"] for node in json.load(sys.stdin)["nodes"] if node["here"]))'; }

"$bulla" network init --nodes 4 --port 0 --change-delay 0s "$network" >"$scratch/init.out"
start_nodes 1 2 3 4
register_new 1 alice
for node in 1 2 3 4; do
    until_true 20 has_cosigners $node 4
done
invariants

# While the honest nodes are all there, one lie is told to each of them.
expect 0 "$liar" "$network/node-4/data"
has 'told 3' out
for node in 1 2 3; do
    until_true 10 has_evidence $node
    has 'has signed two histories' "$network/node-$node/node.log"
done
! has_evidence 4 || fail "evidence against nobody at node 4"

# The file alone proves it, with the key that the node list names, and proves nothing against another.
fork=$(evidence_at 2)
name=$(basename "$fork" | sed 's/-size-.*//')
curl -sS "$(url_of 1)/v1/network" |
    python3 -c 'import json, sys; print(*json.load(sys.stdin)["cosigners"], sep="\n")' >keys
guilty=$(grep "^$name+" keys)
other=$(grep -v "^$name+" keys | head -1)
expect 0 "$bulla" ledger fork "$fork" --key "$guilty"
has "proved: $name has signed two histories" out
expect 1 "$bulla" ledger fork "$fork" --key "$other"
has 'this proves nothing' out

# Who looks after the network is shown it.
expect 0 "$bulla" network status "$network"
[ "$(grep -c "$name has signed two histories" out)" = 3 ] || fail "status names no liar"
operator 1 overview --json | python3 -c '
import json, sys
against = [e["offence"] for n in json.load(sys.stdin)["nodes"] for e in n["evidence"]]
sys.exit(against != ["two_histories"])'

# Nothing else has happened: registrations, log-ins and cosignatures go on.
register_new 2 bob
invariants

# The operators of the others remove it. It is out at all of them, and three go on.
last=$(id_of 4)
expect 0 "$bulla" network remove-node "$last" --server "$(url_of 1)" --data "$network/node-1/data"
change=$(sed -n 's/^\([A-Za-z0-9_-]\{43\}\) waits for.*/\1/p' out)
expect 0 operator 2 approve "$change"
expect 0 operator 3 approve "$change"
has 'done: entry' out
until_true 20 grep -q 'this node is removed from the network' "$network/node-4/node.log"
register_new 3 carol
kill_node 4
until_true 30 agree 1 2 3
for name in "${acknowledged[@]}"; do
    until_true 20 log_in 2 "$name"
done
expect 1 "$liar" "$network/node-4/data" # nobody listens to it any more
stop_nodes
for node in 1 2 3 4; do
    expect 0 "$bulla" ledger verify --data "$network/node-$node/data"
done
echo "$passed passed, 0 failed"
