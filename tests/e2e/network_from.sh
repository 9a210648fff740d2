#!/usr/bin/env bash
# A single node's registry outgrows its machine: its ledger goes on as a network's; nobody registers again.
source "$(dirname "$0")/lib.sh"
source "$(dirname "$0")/network_lib.sh"
export XDG_STATE_HOME=$scratch/state
export BULLA_SERVER_SNAPSHOT_EVERY=2
cd "$scratch"

name_of_network() { curl -sS "$1/v1/network" | member '["network"]'; }

# What the single node knows: an account with a password, one that was erased, an operator's deed.
start_server
for name in alice bob carol; do
    ask 200 '*' "$url/register" -d username=$name --data-urlencode "password=$password"
done
ask 200 '*' "$url/login" -d username=alice --data-urlencode "password=$password"
subject=$(claims "$body" | member '["sub"]')
ask 200 '*' "$url/login" -d username=carol --data-urlencode "password=$password"
expect 0 "$bulla" operator suspend carol --server "$url" --data "$data"
before=$(name_of_network "$url")
curl -sS "$url/log/checkpoint" >"$scratch/checkpoint"

# Not while it runs, and not with settings that its ledger has made already.
expect 1 "$bulla" network init --from "$data" --nodes 4 --port 0 "$scratch/other"
has 'stop it first' err
expect 0 stop_server
expect 2 "$bulla" network init --from "$data" --change-delay 1h "$scratch/other"
expect 0 "$bulla" network init --from "$data" --nodes 4 --port 0 "$network"
cp "$scratch/out" "$scratch/init.out"

# The old directory signs no more; another network cannot be made of it.
expect 3 "$bulla" serve --data "$data" --listen 127.0.0.1:0
has 'goes on elsewhere' err
rm -rf "$scratch/other"
expect 1 "$bulla" network init --from "$data" --nodes 4 --port 0 "$scratch/other"

for node in 1 2 3 4; do
    expect 0 "$bulla" ledger verify --data "$network/node-$node/data" --checkpoint "$scratch/checkpoint"
    start_node $node
done
for node in 1 2 3 4; do
    until_true 90 is_ready $node
    [ "$(name_of_network "$(url_of $node)")" = "$before" ]
    until_true 20 log_in $node alice
    [ "$(claims "$body" | member '["sub"]')" = "$subject" ]
    send 401 login $node carol
done
send 409 register 3 bob
register_new 2 dave
until_true 20 agree 1 2 3 4
until_true 20 has_cosigners 4 3

# All four vote: three go on whichever is away, the old one too.
kill_node 1
register_new 3 erin
until_true 20 log_in 4 bob
start_node 1
until_true 90 is_ready 1
acknowledged+=(alice bob)
invariants

# The operator is who it was, and decides with two others now.
expect 0 "$bulla" operator restore carol --server "$(url_of 1)" --data "$network/node-1/data"
change=$(sed -n 's/^\([A-Za-z0-9_-]\{43\}\) waits for.*/\1/p' "$scratch/out")
for node in 2 3; do
    expect 0 "$bulla" operator approve "$change" --server "$(url_of $node)" --data "$network/node-$node/data"
done
until_true 20 log_in 4 carol

# Two more nodes come: the fifth executes the part of the log from before the engines, and takes the rest by
# the blocks; the sixth begins with a snapshot, and makes the engines' genesis from the log that it checked.
add() { # NODE APPROVER…: it is on the list that the others have
    local new=$1 approver
    "$bulla" network new-node --port 0 "$network/node-$new" >"$scratch/card"
    expect 0 "$bulla" network add-node "$scratch/card" --server "$(url_of 1)" --data "$network/node-1/data"
    change=$(sed -n 's/^\([A-Za-z0-9_-]\{43\}\) waits for.*/\1/p' "$scratch/out")
    for approver in "${@:2}"; do
        expect 0 "$bulla" operator approve "$change" --server "$(url_of "$approver")" \
            --data "$network/node-$approver/data"
    done
    "$bulla" network invite --data "$network/node-4/data" >"$scratch/invitation"
}
join() { "$bulla" network join "$network/node-$1" "$scratch/invitation" --network "$before" "${@:2}"; }
run() { # NODE: that has joined; everybody signs in there
    expect 0 cmp "$network/node-1/data/engine/config/genesis.json" \
        "$network/node-$1/data/engine/config/genesis.json"
    port=$(sed -n 's/^listen = "127.0.0.1:\([0-9]*\)"/\1/p' "$network/node-$1/bulla.toml")
    echo "  node-$1  http://127.0.0.1:$port  $network/node-$1" >>"$scratch/init.out"
    start_node "$1"
    until_true 90 is_ready "$1"
    for name in "${acknowledged[@]}" carol; do
        until_true 10 log_in "$1" "$name"
    done
}
add 5 2 3
expect 0 join 5 --all-blocks
run 5
until_true 20 agree 1 2 3 4 5

# With a beginning that is no block entry, and with one that is another's, it joins in neither way.
add 6 2 3 5
has_snapshot() { # of one height at the five
    local node newest
    newest=$(ls "$network/node-1/data/snapshots" | grep -v new | sort -n | tail -1)
    [ -n "$newest" ] || return 1
    for node in 2 3 4; do
        [ -d "$network/node-$node/data/snapshots/$newest" ] || return 1
    done
}
register_new 2 frank
register_new 2 grace
until_true 20 has_snapshot
cp "$scratch/invitation" "$scratch/good"
for size in 1 2 3 +1 +2 +3; do
    python3 "$root/tests/e2e/forge_invitation.py" start "$size" <"$scratch/good" >"$scratch/invitation"
    expect 1 join 6
    [ ! -e "$network/node-6/data/joined-list" ]
    [[ $size == +* ]] || expect 1 join 6 --all-blocks
done
cp "$scratch/good" "$scratch/invitation"
expect 0 join 6
has 'checked against what the nodes signed' out
run 6
until_true 20 agree 1 2 3 4 5 6
# It votes: with another one away, five of six are just enough.
kill_node 4
register_new 6 heidi
start_node 4
until_true 90 is_ready 4
until_true 30 agree 1 2 3 4 5 6

stop_nodes
for node in 1 2 3 4 5 6; do
    expect 0 "$bulla" ledger verify --data "$network/node-$node/data" --checkpoint "$scratch/checkpoint"
done
echo "$passed passed, 0 failed"
