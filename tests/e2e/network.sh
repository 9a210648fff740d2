#!/usr/bin/env bash
# Four nodes and their engines on one machine: an account made at one is known at all, one node dies and the
# others go on, it comes back and catches up, and nothing is left running.
source "$(dirname "$0")/lib.sh"

password='correct horse battery staple'
network=$scratch/network
returned_pids=()
end_returned() {
    local status=$?
    [ ${#returned_pids[@]} -eq 0 ] || kill -KILL "${returned_pids[@]}" 2>/dev/null || true
    [ $status -eq 0 ] || tail -n 20 "$network"/node-*/node.log >&2 2>/dev/null || true
    (exit $status)
    finish
}
trap end_returned EXIT

# until_true SECONDS command…: again and again
until_true() {
    local end=$((SECONDS + $1))
    shift
    until "$@"; do
        [ $SECONDS -lt $end ] || { echo "too long: $*" >&2; exit 1; }
        sleep 0.1
    done
    passed=$((passed + 1))
}
answers() { # STATUS curl arguments…; the body is in $body
    local want=$1
    shift
    [ "$(curl -sS -o "$scratch/body" -w '%{http_code}' "$@" 2>/dev/null)" = "$want" ] || return 1
    body=$(cat "$scratch/body")
}
url_of() { sed -n "s/^  node-$1  \([^ ]*\)  .*/\1/p" "$scratch/init.out"; }
process_of() { sed -n "s/^  node-$1 .* process \([0-9]*\) .*/\1/p" "$scratch/server.out"; }
send() { # STATUS ROUTE NODE NAME
    answers "$1" "$(url_of "$3")/$2" -d "username=$4" --data-urlencode "password=$password"
}
register() { send 200 register "$@"; }
log_in() { send 200 login "$@"; }
checkpoint() { curl -sS "$(url_of "$1")/log/checkpoint" 2>/dev/null | head -3; }
# nodes…: one size and root everywhere
agree() {
    local first node
    first=$(checkpoint "$1")
    [ -n "$first" ] || return 1
    for node in "$@"; do
        [ "$(checkpoint "$node")" = "$first" ] || return 1
    done
}
subject() { cut -d. -f2 <<<"$1" | tr '_-' '/+' | base64 -d 2>/dev/null | grep -o '"sub":"[^"]*"'; }
kill_node() {
    local pid
    pid=$(process_of "$1")
    [[ $pid =~ ^[1-9][0-9]+$ ]] || { echo "no process of node $1" >&2; exit 1; }
    kill -KILL "$pid"
}
come_back() {
    "$bulla" serve --config "$network/node-$1/bulla.toml" >>"$network/node-$1/node.log" 2>&1 &
    returned_pids+=($!)
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
for node in 1 2 3 4; do
    expect 0 "$bulla" ledger verify --data "$network/node-$node/data"
done

# Three of four go on; two do not, and say so.
kill_node 4
until_true 20 register 1 bob
until_true 10 log_in 2 bob
kill_node 3
until_true 10 send 503 register 1 carol

# They come back: what was ordered meanwhile arrives, and the records that they lack.
come_back 3
come_back 4
until_true 40 agree 1 2 3 4
until_true 20 log_in 4 bob
until_true 20 register 4 dave
until_true 10 log_in 1 dave
until_true 10 agree 1 2 3 4
for node in 1 2 3 4; do
    until_true 10 "$bulla" ledger verify --data "$network/node-$node/data" >/dev/null
done

# The end is clean.
for pid in "${returned_pids[@]}"; do
    kill -TERM "$pid"
    expect 0 wait "$pid"
done
returned_pids=()
expect 0 stop_server
! pgrep -f "cometbft start --home $network" >/dev/null || { echo "an engine is left" >&2; exit 1; }
for node in 1 2 3 4; do
    expect 0 "$bulla" ledger verify --data "$network/node-$node/data"
done
echo "$passed passed, 0 failed"
