#!/usr/bin/env bash
# One node's engine dies at the places where CometBFT's own tests let it die: while it writes a block, its
# state, its votes. `FAIL_TEST_INDEX` N: at the N-th such place that it passes. Each time it starts again by
# itself, and one history holds all that was acknowledged. `LONG=1` goes through 0 to 30, else some of them.
source "$(dirname "$0")/lib.sh"
source "$(dirname "$0")/network_lib.sh"
indexes=${LONG:+$(seq 0 30)}
indexes=${indexes:-0 4 7 9}
engine=$root/build/cometbft

cat >"$scratch/engine" <<END
#!/bin/sh
if [ "\$1" = start ] && FAIL_TEST_INDEX=\$(cat "$scratch/index" 2>/dev/null); then
    mv "$scratch/index" "$scratch/index.taken"
    export FAIL_TEST_INDEX
else
    unset FAIL_TEST_INDEX
fi
exec "$engine" "\$@"
END
chmod +x "$scratch/engine"
start_fourth() {
    "$bulla" serve --config "$network/node-4/bulla.toml" --engine "$scratch/engine" \
        >>"$network/node-4/node.log" 2>&1 &
    node_pids[4]=$!
}
has_other_engine() { # PID: than that one
    local pid
    pid=$(engine_of 4)
    [ -n "$pid" ] && [ "$pid" != "$1" ]
}
has_died() { # INDEX: where it was told to
    grep -q "fail-test $1 \*\*\*" "$network/node-4/node.log"
}

"$bulla" network init --nodes 4 --port 0 "$network" >"$scratch/init.out"
sed -i 's/^\[server\]$/&\ntrusted_proxies = ["127.0.0.1"]/' "$network"/node-*/bulla.toml
start_nodes 1 2 3
start_fourth
until_true 90 is_ready 4
register_new 1 alice
for index in $indexes; do
    kill -TERM "${node_pids[4]}"
    expect 0 wait "${node_pids[4]}"
    echo "$index" >"$scratch/index"
    start_fourth
    until_true 30 test -e "$scratch/index.taken"
    rm "$scratch/index.taken"
    until_true 30 has_other_engine 0
    first=$(engine_of 4)
    count=0
    end=$((SECONDS + 60))
    until has_died "$index"; do
        [ $SECONDS -lt $end ] || fail "the engine has not died at place $index"
        count=$((count + 1))
        register_new $((count % 3 + 1)) "place-$index-$count"
    done
    until_true 30 has_other_engine "$first"
    until_true 90 is_ready 4
    register_new 4 "after-$index"
    until_true 60 agree 1 2 3 4
done
invariants
stop_nodes
for node in 1 2 3 4; do
    expect 0 "$bulla" ledger verify --data "$network/node-$node/data"
done
echo "$passed passed, 0 failed"
