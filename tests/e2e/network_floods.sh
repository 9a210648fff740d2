#!/usr/bin/env bash
# One node of a network is flooded. It refuses what is too much, in bounded memory, and takes the rest; the
# others go on as if nothing were, and all agree afterwards. Catalogue: G18.
source "$(dirname "$0")/lib.sh"
source "$(dirname "$0")/network_lib.sh"
cd "$scratch"
growth_max=200 # MiB
seconds=8

"$bulla" network init --nodes 4 --port 0 "$network" >"$scratch/init.out"
for node in 1 2 3 4; do
    sed -i 's/^\[server\]$/&\ntrusted_proxies = ["127.0.0.1"]/' "$network/node-$node/bulla.toml"
done
start_nodes 1 2 3 4
register_new 2 alice
until_true 20 log_in 3 alice
token=$body

python3 "$root/tests/e2e/network_floods.py" "$(url_of 1)" "${node_pids[1]}" $seconds >"$scratch/flood.json" &
flood=$!
# Meanwhile, at the others: registered, signed in, checked.
for name in bob carol dave; do
    register_new 2 $name
    until_true 30 log_in 3 $name
    until_true 10 verify 200 4 "$token"
done
# The flooded one has a lane for what others bring and for checks.
until_true 10 verify 200 1 "$token"
expect 0 wait $flood
cat "$scratch/flood.json"
python3 - "$scratch/flood.json" $growth_max <<'CHECK'
import json, sys
found = json.load(open(sys.argv[1]))
assert not found["wrong"], found["wrong"]
assert found["grown_mib"] <= int(sys.argv[2]), found["grown_mib"]
for kind, counts in found["counts"].items():
    assert sum(counts.values()) > 20, (kind, counts)
assert found["counts"]["registration"].get("200", 0) > 0, found["counts"]["registration"]
refused = sum(counts.get("429", 0) + counts.get("503", 0) for counts in found["counts"].values())
assert refused > 0, "nothing was too much"
CHECK
passed=$((passed + 1))
until_true 60 is_ready 1
register_new 1 erin
invariants
stop_nodes
echo "$passed passed, 0 failed"
