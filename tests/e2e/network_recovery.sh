#!/usr/bin/env bash
# Recovery and operators on four nodes: what begins at one node ends at another; no operator decides alone.
source "$(dirname "$0")/lib.sh"

password='correct horse battery staple'
changed='a quiet river runs by'
network=$scratch/network
export XDG_STATE_HOME=$scratch/state
cd "$scratch"
trap '[ $? -eq 0 ] || tail -n 20 "$network"/node-*/node.log >&2 2>/dev/null; finish' EXIT

until_true() { # SECONDS command…
    local end=$((SECONDS + $1))
    shift
    until "$@" >out 2>err; do
        [ $SECONDS -lt $end ] || { echo "too long: $*" >&2; cat out err >&2; exit 1; }
        sleep 0.1
    done
    passed=$((passed + 1))
}
url_of() { sed -n "s/^  node-$1  \([^ ]*\)  .*/\1/p" init.out; }
person() { # NODE words…, with $lines on standard input
    local node=$1
    shift
    printf '%s\n' "${lines[@]}" | "$bulla" "$@" --server "$(url_of "$node")" --password-stdin
}
operator() { # NODE words…, by the node's own operator
    local node=$1
    shift
    "$bulla" operator "$@" --server "$(url_of "$node")" --data "$network/node-$node/data"
}

"$bulla" network init --nodes 4 --port 0 "$network" >init.out
"$bulla" network up "$network" >server.out 2>>server.log &
server_pid=$!
until_true 90 grep -q '^all nodes are ready' server.out

# A code made at node 1 recovers at node 2, and the new password signs in at nodes 3 and 4.
lines=("$password")
until_true 20 person 1 account register alice
until_true 20 person 1 login alice
expect 0 person 1 account recovery-codes
mapfile -t codes < <(sed -n 's/^    //p' out)
[ "${#codes[@]}" -eq 10 ]
lines=("${codes[0]}" "$changed")
until_true 20 person 2 recover alice
lines=("$changed")
until_true 20 person 3 login alice
until_true 20 person 4 login alice
lines=("$password")
expect 1 person 3 login alice

# One operator proposes, two more approve: the third one's approval is the last wanted of four nodes.
expect 0 operator 1 suspend alice
has 'waits for approvals' out
change=$(cut -d' ' -f1 out)
until_true 20 operator 2 approve "$change"
has 'waits for approvals' out
expect 1 operator 2 apply "$change"
until_true 20 operator 3 approve "$change"
has 'done: entry' out
lines=("$changed")
until_true 20 bash -c "! printf '%s\n' '$changed' |
    '$bulla' login alice --server '$(url_of 4)' --password-stdin"
expect 0 operator 4 overview
[ "$(grep -c 'height' out)" -eq 4 ]
expect 0 stop_server
for node in 1 2 3 4; do
    expect 0 "$bulla" ledger verify --data "$network/node-$node/data"
done
echo "$passed passed, 0 failed"
