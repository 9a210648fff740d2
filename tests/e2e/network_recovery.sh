#!/usr/bin/env bash
# Recovery and operators on four nodes: what begins at one node ends at another; no operator decides alone.
source "$(dirname "$0")/lib.sh"
source "$(dirname "$0")/network_lib.sh"

changed='a quiet river runs by'
export XDG_STATE_HOME=$scratch/state
cd "$scratch"

person() { # NODE words…, with $lines on standard input
    local node=$1
    shift
    printf '%s\n' "${lines[@]}" | "$bulla" "$@" --server "$(url_of "$node")" --password-stdin >out 2>err
}
operator() { # NODE words…, by the node's own operator
    local node=$1
    shift
    "$bulla" operator "$@" --server "$(url_of "$node")" --data "$network/node-$node/data" >out 2>err
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

# Operators recover an account: asked at node 1, proposed there, approved at nodes 2 and 3. The record of the
# new password comes to every node with the beginning, which the owner cancels at node 4.
elsewhere() { XDG_STATE_HOME=$scratch/elsewhere person "$@"; }
lines=("$password")
until_true 20 person 1 account register carol
until_true 20 person 4 login carol
expect 0 person 4 account allow-operator-recovery
lines=()
until_true 20 elsewhere 1 recover carol --by-operators
has 'waits for an operator' out
number=$(sed -nE 's/.*request ([0-9A-Z-]{9}) of.*/\1/p' out)
until_true 20 operator 1 recover "$number"
expect 1 operator 2 recover "$number"
has 'no request of this number' err
lines=("$changed")
expect 0 elsewhere 1 recover carol --by-operators
fingerprint=$(sed -nE 's/.*fingerprint is ([0-9A-Z-]{19}).*/\1/p' out)
expect 0 operator 1 recover "$number" --fingerprint "$fingerprint"
has 'waits for approvals' out
change=$(cut -d' ' -f1 out)
until_true 20 operator 2 approve "$change"
lines=()
expect 0 elsewhere 1 recover carol --by-operators
has "waits for the operators' decision" out
expect 0 operator 3 pending
has "fingerprint $fingerprint, as the person has it" out
until_true 20 operator 3 approve "$change"
has 'waits for the person' out
until_said() { elsewhere 1 recover carol --by-operators && grep -q "$1" out; }
until_true 30 until_said 'has begun'
lines=("$password")
until_shown() { "$bulla" account show --server "$(url_of 4)" >out && grep -q "$1" out; }
until_true 20 until_shown 'recovery by operators under way'
until_true 20 person 4 account cancel-recovery
until_true 20 person 3 login carol

expect 0 stop_server
for node in 1 2 3 4; do
    expect 0 "$bulla" ledger verify --data "$network/node-$node/data"
done
echo "$passed passed, 0 failed"
