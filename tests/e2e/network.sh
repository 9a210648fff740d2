#!/usr/bin/env bash
# Four nodes and their engines on one machine: an account made at one is known at all, one node dies and the
# others go on, it comes back and catches up, and nothing is left running.
source "$(dirname "$0")/lib.sh"
source "$(dirname "$0")/network_lib.sh"

process_of() { sed -n "s/^  node-$1 .* process \([0-9]*\) .*/\1/p" "$scratch/server.out"; }
subject() { claims "$1" | grep -o '"sub":"[^"]*"'; }
kill_child() { # one of those that `network up` has started
    local pid
    pid=$(process_of "$1")
    [[ $pid =~ ^[1-9][0-9]+$ ]] || { echo "no process of node $1" >&2; exit 1; }
    kill -KILL "$pid"
}

"$bulla" network init --nodes 4 --port 0 "$network" >"$scratch/init.out"
expect 2 "$bulla" network init "$network" # is there already
expect 3 "$bulla" network status "$network"
"$bulla" network up "$network" >"$scratch/server.out" 2>>"$scratch/server.log" &
server_pid=$!
until_true 60 grep -q '^all nodes are ready' "$scratch/server.out"

# One account, known at every node.
until_true 10 register 1 alice
until_true 10 log_in 2 alice
at_two=$body
until_true 10 log_in 3 alice
at_three=$body
[ "$(subject "$at_two")" = "$(subject "$at_three")" ] || { echo "two subjects for one account" >&2; exit 1; }
ask 200 'Welcome, alice!' "$(url_of 3)/protected-resource" -H "Authorization: Bearer $at_three"
ask 401 'Invalid username or password' "$(url_of 4)/login" -d username=alice -d password=another-password
ask 409 'Username already taken' "$(url_of 4)/register" -d username=alice -d password=another-password
until_true 10 agree 1 2 3 4
expect 0 "$bulla" network status "$network"
for node in 1 2 3 4; do
    expect 0 "$bulla" ledger verify --data "$network/node-$node/data"
done

# A passkey and no password, known at every node; and a password that is taken back leaves every node's rows.
"$root/.deps/python/bin/python3" -B "$root/tests/e2e/passkeys.py" network "$(url_of 1)" "$(url_of 2)" \
    "$(url_of 3)" "$(url_of 4)"
export XDG_STATE_HOME=$scratch/state BULLA_SERVER
ssh-keygen -q -t ed25519 -N '' -f "$scratch/key"
BULLA_SERVER=$(url_of 1)
expect 0 "$bulla" account register erin --password-stdin <<<"$password"
expect 0 "$bulla" login erin --password-stdin <<<"$password"
expect 0 "$bulla" account add-ssh "$scratch/key.pub" --password-stdin <<<"$password"
expect 0 "$bulla" account credentials
password_id=$(sed -n 's/^\([^ ]*\)  password .*/\1/p' "$scratch/out")
expect 0 "$bulla" account revoke "$password_id" --ssh "$scratch/key"
BULLA_SERVER=$(url_of 3)
until_true 10 "$bulla" login erin --ssh "$scratch/key" >/dev/null
until_true 10 agree 1 2 3 4
# And a new one, which a quorum of nodes admits and every node then holds.
send 401 login 4 erin
expect 0 "$bulla" account add-password --ssh "$scratch/key" --password-stdin <<<"$password"
for node in 1 2 3 4; do
    until_true 10 log_in $node erin
done
until_true 10 agree 1 2 3 4
for node in 1 2 3 4; do
    expect 0 "$bulla" ledger verify --data "$network/node-$node/data"
done

# Three of four go on; two do not, and say so.
kill_child 4
until_true 20 register 1 bob
until_true 10 log_in 2 bob
kill_child 3
until_true 10 send 503 register 1 carol

# They come back: what was ordered meanwhile arrives, and the records that they lack.
start_node 3
start_node 4
until_true 40 agree 1 2 3 4
until_true 20 log_in 4 bob
until_true 20 register 4 dave
until_true 10 log_in 1 dave
until_true 10 agree 1 2 3 4
for node in 1 2 3 4; do
    until_true 10 "$bulla" ledger verify --data "$network/node-$node/data" >/dev/null
done

# The end is clean.
stop_nodes
expect 0 stop_server
! pgrep -f "cometbft start --home $network" >/dev/null || { echo "an engine is left" >&2; exit 1; }
for node in 1 2 3 4; do
    expect 0 "$bulla" ledger verify --data "$network/node-$node/data"
done
echo "$passed passed, 0 failed"
