#!/usr/bin/env bash
# New rules at an agreed height: operators agree, programs that know them go on, the others stop cleanly
# before it and say what to install. bulla_next is the program as the one after this might be.
source "$(dirname "$0")/lib.sh"
source "$(dirname "$0")/network_lib.sh"
export XDG_STATE_HOME=$scratch/state
cd "$scratch"
next=${BULLA_NEXT_BINARY:-$root/build/release/bulla_next}

start_with() { # PROGRAM NODE
    local bulla=$1
    start_node "$2"
}
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
change_of() { sed -n 's/^\([A-Za-z0-9_-]\{43\}\) waits for.*/\1/p' "$scratch/out"; }
decide() { # verb…: proposed by node 1's operator, approved by those of 2 and 3
    local change
    expect 0 changes 1 "$@"
    change=$(change_of)
    expect 0 operator 2 pending
    has "$change" out
    cp out pending
    expect 0 operator 2 approve "$change"
    expect 0 operator 3 approve "$change"
    has 'done: entry' out
}
rules() { curl -sS --max-time 5 "$(url_of "$1")/v1/network" | member '["rules"]["'"$2"'"]'; }
has_ended() { ! kill -0 "${node_pids[$1]}" 2>/dev/null; }
ends_outdated() { # NODE: by itself, with the exit status for that, and says so
    until_true 60 has_ended "$1"
    expect 4 wait "${node_pids[$1]}"
    unset "node_pids[$1]"
    has 'install a newer bulla' "$network/node-$1/node.log"
}

"$bulla" network init --nodes 4 --port 0 --change-delay 0s "$network" >"$scratch/init.out"
for node in 1 2 3 4; do # every registration from an address of its own, as send() does it
    sed -i 's/^\[server\]$/&\ntrusted_proxies = ["127.0.0.1"]/' "$network/node-$node/bulla.toml"
    start_node $node
done
for node in 1 2 3 4; do
    until_true 90 is_ready $node
done
register_new 1 alice

# An origin more, by the same way: every node accepts it.
decide add-origin https://e.example
has 'https://e.example' pending
for node in 1 2 3 4; do
    until_true 20 answers 200 "$(url_of $node)/v1/network"
    [ "$(member '["relying_party"]["origins"][-1]' <<<"$body")" = https://e.example ]
done

# What is not the next version, or too near, is not proposed. What is agreed can be dropped while it waits.
expect 2 changes 1 upgrade 3 --height 100000
expect 2 changes 1 upgrade 2 --height 3
has 'the engine is at height' err
expect 1 changes 1 upgrade --cancel
decide upgrade 2 --height 100000
has 'rules 2 from engine height 100000 on' pending
decide upgrade --cancel
expect 0 "$bulla" network status "$network"
! has_rules=$(grep 'rules 2' out) || fail "still agreed: $has_rules"

height=$(($(rules 1 engine_height) + 40))
decide upgrade 2 --height $height
expect 0 "$bulla" network status "$network"
[ "$(grep -c "rules 2 from engine height $height on; .* does not know them: install a newer bulla" out)" = 4 ]

# Two nodes are ready in time.
for node in 3 4; do
    kill -TERM "${node_pids[$node]}"
    expect 0 wait "${node_pids[$node]}"
    start_with "$next" $node
    until_true 90 is_ready $node
done
expect 0 "$bulla" network status "$network"
[ "$(grep -c "rules 2 .* knows them$" out)" = 2 ]

# At the height before, the two others end; nothing that was acknowledged is lost.
count=0
end=$((SECONDS + 180))
until has_ended 1 && has_ended 2; do
    count=$((count + 1))
    [ $SECONDS -lt $end ] || fail "the nodes go on at height $(rules 3 engine_height)"
    register 1 "person-$count" && acknowledged+=("person-$count") || sleep 0.2
done
ends_outdated 1
ends_outdated 2
expect 4 "$bulla" serve --config "$network/node-1/bulla.toml"
has "under version 2 of its rules from engine height $height on" err
! register 3 bob || fail "two of four have gone on"

# With a third one that knows the rules the network goes on, under them.
start_with "$next" 1
until_true 90 is_ready 1
register_new 3 carol
start_with "$next" 2
until_true 90 is_ready 2
invariants
for node in 1 2 3 4; do
    [ "$(rules $node in_force)" = 2 ]
done
stop_nodes
for node in 1 2 3 4; do
    expect 0 "$bulla" ledger verify --data "$network/node-$node/data"
    start_with "$next" $node
done
for node in 1 2 3 4; do # the engines' headers name the new version, and replay finds them as they were
    until_true 90 is_ready $node
done
register_new 4 dave
invariants
expect 2 changes 1 upgrade 2 --height 100000 # it holds already

stop_nodes
echo "$passed passed, 0 failed"
