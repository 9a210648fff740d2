#!/usr/bin/env bash
# People register, sign in and change passwords at four nodes while links, engines and nodes fail: what they
# saw can have happened one after the other, account by account (catalogue: G25). `LONG=1`: for a minute and
# more.
source "$(dirname "$0")/lib.sh"
source "$(dirname "$0")/network_lib.sh"

rounds=${LONG:+4}
rounds=${rounds:-1}
base=$((20000 + RANDOM % 20000))
"$bulla" network init --nodes 4 --port $base "$network" >"$scratch/init.out"
put_proxy_between
start_nodes 1 2 3 4
all_are_ready() {
    local node
    for node in 1 2 3 4; do
        until_true 90 is_ready $node
    done
}

BULLA_BINARY=$bulla python3 "$root/tests/e2e/network_history.py" "$scratch/stop" \
    "$(url_of 1)" "$(url_of 2)" "$(url_of 3)" "$(url_of 4)" >"$scratch/history.out" 2>&1 &
clients=$!
beat=0
people_go_on() { # until some people were acknowledged something
    beat=$((beat + 1))
    register_new "$1" "beat-$beat"
}
for ((round = 1; round <= rounds; ++round)); do
    people_go_on 1
    victim=$((RANDOM % 4 + 1))
    three=$(tr -d $victim <<<1234)
    link "$three" $victim
    for node in ${three//?/& }; do
        people_go_on "$node"
    done
    link 1234
    all_are_ready
    people_go_on $victim

    link 12 34
    ! register 1 "half-$round" || fail "half of the nodes have acknowledged a registration"
    link 1234
    all_are_ready
    people_go_on 2

    victim=$((RANDOM % 4 + 1))
    kill_engine $victim
    people_go_on $((victim % 4 + 1))
    kill_node $victim
    people_go_on $((victim % 4 + 1))
    start_node $victim
    all_are_ready
    people_go_on $victim
done
until_true 60 agree 1 2 3 4
touch "$scratch/stop"
wait $clients || fail "$(cat "$scratch/history.out")"
cat "$scratch/history.out"
passed=$((passed + 1))
stop_nodes
for node in 1 2 3 4; do
    expect 0 "$bulla" ledger verify --data "$network/node-$node/data"
done
echo "$passed passed, 0 failed"
