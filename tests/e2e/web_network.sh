#!/usr/bin/env bash
# The pages on a network of four nodes: registered at one, signed in at another, the history proved on a
# third, by password and by one passkey, under checkpoints that enough nodes have cosigned; a node that is
# late is called so, not a fork; and the pages follow the list of nodes when it changes.
source "$(dirname "$0")/lib.sh"
source "$(dirname "$0")/network_lib.sh"
export PATH="$root/.deps/bin:$PATH"

"$bulla" network init --nodes 4 --port 0 --change-delay 0s "$network" >"$scratch/init.out"
for node in 1 2 3 4; do
    start_node $node
done
for node in 1 2 3 4; do
    until_true 60 is_ready $node
done

# What of node 4 keeps up with the others stands still, and goes on.
late() { kill -"$1" "$(engine_of 4)"; }
export BULLA_NODES
BULLA_NODES=$(for node in 1 2 3 4; do url_of $node; done)
export BULLA_BINARY=$bulla BULLA_NETWORK=$network
export BULLA_SEEN=$scratch/seen.json # what the browser remembers from one part to the next
pages() { # PART
    expect 0 node "$root/tests/e2e/web.mjs" "$(url_of 1)" "$root/build/pictures" "$1"
    cat "$scratch/out"
}

pages network
pages finality
late STOP
until_true 30 register 1 latecomer
pages late
late CONT
until_true 60 agree 1 2 3 4
pages caught_up
pages operators_vote

# Three operators remove node 4.
asked() { # NODE verb…: by the operator of that node, at that node
    local node=$1
    shift
    expect 0 "$bulla" "$@" --server "$(url_of "$node")" --data "$network/node-$node/data"
}
asked 4 operator overview --json
id=$(python3 -c 'import json, sys
print(next(node["id"] for node in json.load(open(sys.argv[1]))["nodes"] if node["here"]))' "$scratch/out")
asked 1 network remove-node "$id"
change=$(sed -n 's/^\([A-Za-z0-9_-]\{43\}\) waits for.*/\1/p' "$scratch/out")
asked 2 operator approve "$change"
asked 3 operator approve "$change"
has 'done: entry' "$scratch/out"
until_true 30 register 1 successor
until_true 30 has_cosigners 1 3
pages fewer_nodes
stop_nodes
echo "$passed passed, 0 failed"
