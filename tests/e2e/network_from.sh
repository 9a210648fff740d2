#!/usr/bin/env bash
# A single node's registry outgrows its machine: its ledger goes on as a network's; nobody registers again.
source "$(dirname "$0")/lib.sh"
source "$(dirname "$0")/network_lib.sh"
export XDG_STATE_HOME=$scratch/state
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

# A fifth node takes the part of the log from before the engines from the others, and the rest by the blocks.
"$bulla" network new-node --port 0 "$network/node-5" >"$scratch/card"
expect 0 "$bulla" network add-node "$scratch/card" --server "$(url_of 1)" --data "$network/node-1/data"
change=$(sed -n 's/^\([A-Za-z0-9_-]\{43\}\) waits for.*/\1/p' "$scratch/out")
for node in 2 3; do
    expect 0 "$bulla" operator approve "$change" --server "$(url_of $node)" --data "$network/node-$node/data"
done
"$bulla" network invite --data "$network/node-4/data" >"$scratch/invitation"
expect 0 "$bulla" network join "$network/node-5" "$scratch/invitation" --network "$before"
for node in 1 5; do
    expect 0 cmp "$network/node-1/data/engine/config/genesis.json" \
        "$network/node-$node/data/engine/config/genesis.json"
done
port=$(sed -n 's/^listen = "127.0.0.1:\([0-9]*\)"/\1/p' "$network/node-5/bulla.toml")
echo "  node-5  http://127.0.0.1:$port  $network/node-5" >>"$scratch/init.out"
start_node 5
until_true 90 is_ready 5
for name in "${acknowledged[@]}" carol; do
    until_true 10 log_in 5 "$name"
done
until_true 20 agree 1 2 3 4 5

stop_nodes
for node in 1 2 3 4 5; do
    expect 0 "$bulla" ledger verify --data "$network/node-$node/data" --checkpoint "$scratch/checkpoint"
done
echo "$passed passed, 0 failed"
