#!/usr/bin/env bash
# A validator's key is in use twice: its two votes for one height come before every node as evidence, which
# each keeps and shows. And a node whose ledger is not the others': its engine stops, theirs go on.
source "$(dirname "$0")/lib.sh"
source "$(dirname "$0")/network_lib.sh"
cd "$scratch"
python=$root/.deps/python/bin/python3

reports() { # NODE: what that node has against others
    curl -sS --max-time 5 "$(url_of "$1")/v1/network" | python3 -c '
import json, sys
for each in json.load(sys.stdin)["evidence"]:
    print(each["node"], each["offence"], each["at"])'
}
has_report() { # NODE WHAT
    reports "$1" | grep -q "$2"
}
rpc_of() { echo "$network/node-$1/data/engine/rpc.sock"; }
height_of() { # NODE: of its engine
    curl -sS --max-time 5 "$(url_of "$1")/v1/network" |
        python3 -c 'import json, sys; print(json.load(sys.stdin)["rules"]["engine_height"])'
}

"$bulla" network init --nodes 4 --port 0 "$network" >"$scratch/init.out"
sed -i 's/^\[server\]$/&\ntrusted_proxies = ["127.0.0.1"]/' "$network"/node-*/bulla.toml
start_nodes 1 2 3 4
register_new 1 alice
register_new 2 bob
until_true 20 has_cosigners 1 4
for node in 1 2 3 4; do
    [ -z "$(reports $node)" ] || fail "evidence at node $node before anything happened"
done

height=$(($(height_of 1) - 1))
"$python" -B "$root/tests/e2e/double_vote.py" "$network/node-4/data/engine" "$(rpc_of 1)" "$height" >out
grep -q '"result"' out || fail "the engine takes no evidence: $(cat out)"
register_new 3 carol # the block that brings it
cosigner=$(curl -sS "$(url_of 1)/log/checkpoint" | grep -o 'node-[0-9a-f]*' | sort -u | wc -l)
[ "$cosigner" = 4 ] || fail "cosigners: $cosigner"
for node in 1 2 3 4; do
    until_true 30 has_report $node "two_votes $height"
done
guilty=$(reports 1 | cut -d' ' -f1)
for node in 2 3 4; do
    [ "$(reports $node)" = "$guilty two_votes $height" ] || fail "node $node says $(reports $node)"
done
file=$guilty-height-$height.votes
grep -q "$guilty has signed two votes at engine height $height" "$network/node-2/data/evidence/$file"
expect 0 "$bulla" network status "$network"
has "$guilty has signed two votes for one height" out
has "$file" out
expect 0 "$bulla" network status "$network" --json
has '"offence":"two_votes"' out

# The same votes once more are nothing new; after a restart the node still knows.
"$python" -B "$root/tests/e2e/double_vote.py" "$network/node-4/data/engine" "$(rpc_of 2)" "$height" >out
kill -TERM "${node_pids[2]}"
expect 0 wait "${node_pids[2]}"
start_nodes 2
has_report 2 "$guilty two_votes $height" || fail "node 2 has forgotten"
[ "$(grep -c 'has signed two votes' "$network/node-2/node.log")" = 1 ] || fail "node 2 says it twice"
register_new 4 dave
invariants

# A node whose application answers other roots than the rest: its engine finds itself alone and stops, and
# the node answers nothing that rests on its ledger. The other three go on.
cat >"$scratch/engine" <<END
#!/bin/sh
[ "\$1" = start ] || exec "$root/build/cometbft" "\$@"
exec "$root/build/cometbft" "\$@" --proxy_app unix://$scratch/lie.sock
END
chmod +x "$scratch/engine"
python3 -B "$root/tests/e2e/lying_app.py" "$network/node-4/data/engine/abci.sock" "$scratch/lie.sock" \
    >"$scratch/lie.out" 2>&1 &
proxy_pid=$!
until_true 10 grep -q listening "$scratch/lie.out"
kill -TERM "${node_pids[4]}"
expect 0 wait "${node_pids[4]}"
"$bulla" serve --config "$network/node-4/bulla.toml" --engine "$scratch/engine" \
    >>"$network/node-4/node.log" 2>&1 &
node_pids[4]=$!
until_true 90 is_ready 4
register_new 1 erin
register_new 2 frank
until_true 30 agree 1 2 3
until_true 60 send 503 login 4 erin
! is_ready 4 || fail "a node with another ledger than the rest says that it is ready"
for name in "${acknowledged[@]}"; do
    until_true 20 log_in 3 "$name"
done
kill_node 4

stop_nodes
for node in 1 2 3 4; do
    expect 0 "$bulla" ledger verify --data "$network/node-$node/data"
done
echo "$passed passed, 0 failed"
