#!/usr/bin/env bash
# The pages on a network of four nodes: registered at one, signed in at another, the history proved on a
# third, by password and by one passkey; and a node that is late is called so, not a fork.
source "$(dirname "$0")/lib.sh"
source "$(dirname "$0")/network_lib.sh"
export PATH="$root/.deps/bin:$PATH"

"$bulla" network init --nodes 4 --port 0 "$network" >"$scratch/init.out"
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
export BULLA_SEEN=$scratch/seen.json # what the browser remembers from one part to the next
pages() { # PART
    expect 0 node "$root/tests/e2e/web.mjs" "$(url_of 1)" "$root/build/pictures" "$1"
    cat "$scratch/out"
}

pages network
late STOP
until_true 30 register 1 latecomer
pages late
late CONT
until_true 60 agree 1 2 3 4
pages caught_up
stop_nodes
echo "$passed passed, 0 failed"
