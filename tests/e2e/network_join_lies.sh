#!/usr/bin/env bash
# Nodes that lie to one who joins, and an invitation that is not what it should be: each lie is refused, the
# next node is asked, and whoever runs the join reads which node it was. With nobody honest nothing is joined.
source "$(dirname "$0")/lib.sh"
source "$(dirname "$0")/network_lib.sh"
export XDG_STATE_HOME=$scratch/state
export BULLA_SERVER_SNAPSHOT_EVERY=2
cd "$scratch"

operator() { # NODE verb…: by that node's operator, at that node
    local node=$1
    shift
    "$bulla" operator "$@" --server "$(url_of "$node")" --data "$network/node-$node/data"
}
id_of() { # NODE: as lines name it
    operator "$1" overview --json | python3 -c '
import base64, json, sys
id = next(node["id"] for node in json.load(sys.stdin)["nodes"] if node["here"])
print(base64.urlsafe_b64decode(id + "=").hex()[:8])'
}
told() { cat "$network"/node-*/told 2>/dev/null | grep -c "^$1 " || true; }
# LIE NODE…: they tell it from now on, nobody else tells any
let_lie() {
    local what=$1 node
    shift
    rm -f "$network"/node-*/lies "$network"/node-*/told
    for node in "$@"; do
        echo "$what" >"$network/node-$node/lies"
    done
}
join() { "$bulla" network join "$network/node-5" "$scratch/invitation" --network "$id" "$@"; }
says_who() { # TEXT NODE…: a line about each
    local text=$1 node
    shift
    for node in "$@"; do
        has "node-${ids[$node]} $text: passed over" err
    done
}
joins_again() { # LIE TEXT NODE…: which tell it, and are passed over
    rm -f "$network/node-5/data/joined-list"
    let_lie "$1" "${@:3}"
    expect 0 join
    has 'checked against what the nodes signed' out
    says_who "$2" "${@:3}"
    [ "$(told "$1")" -gt 0 ] || fail "nobody has told the lie $1"
}
does_not_join() { # LIE TEXT: told by all
    rm -f "$network/node-5/data/joined-list"
    let_lie "$1" 1 2 3 4
    expect 1 join
    has "$2" err
    [ ! -e "$network/node-5/data/joined-list" ]
}
has_snapshots() {
    local node newest
    newest=$(ls "$network/node-1/data/snapshots" 2>/dev/null | grep -v new | sort -n | tail -1)
    [ -n "$newest" ] || return 1
    for node in 2 3 4; do
        [ -d "$network/node-$node/data/snapshots/$newest" ] || return 1
    done
}

base=$((20000 + RANDOM % 20000))
"$bulla" network init --nodes 4 --port $base --change-delay 0s "$network" >"$scratch/init.out"
python3 "$root/tests/e2e/network_ports.py" "$network"
python3 "$root/tests/e2e/lying_nodes.py" "$network" >"$scratch/proxy.out" 2>&1 &
proxy_pid=$!
until_true 10 grep -q listening "$scratch/proxy.out"
start_nodes 1 2 3 4
id=$(curl -sS "$(url_of 1)/v1/network" | member '["network"]')
for name in alice bob carol dave; do
    register_new 1 $name
done
"$bulla" network invite --data "$network/node-2/data" >"$scratch/older"
"$bulla" network new-node --port 0 "$network/node-5" >"$scratch/card"
expect 0 "$bulla" network add-node "$scratch/card" --server "$(url_of 1)" --data "$network/node-1/data"
change=$(sed -n 's/^\([A-Za-z0-9_-]\{43\}\) waits for.*/\1/p' out)
for node in 2 3 4; do
    operator $node approve "$change" >"$scratch/out" 2>&1 || true
done
"$bulla" network invite --data "$network/node-2/data" >"$scratch/good"
for name in erin frank grace; do
    register_new 2 $name
done
until_true 20 has_snapshots
declare -A ids
for node in 1 2 3 4; do
    ids[$node]=$(id_of $node)
done
first=(1 2 3) # who joins asks in the order of the list, which `init` has made

# What is wrong with an invitation is found before anybody is asked.
forge() { python3 "$root/tests/e2e/forge_invitation.py" "$@" <"$scratch/good" >"$scratch/invitation"; }
let_lie silence
cp "$scratch/older" "$scratch/invitation"
expect 1 join
has "the invitation's list does not name this node" err
forge withhold
expect 1 join
has "the invitation's list does not name this node" err
for what in list repeat; do
    forge $what
    expect 1 join
    has 'is not signed by those of the list before' err
done
forge genesis
expect 1 join
has 'the invitation is of another network' err
cp "$scratch/good" "$scratch/invitation"
[ "$(cat "$network"/node-*/told 2>/dev/null | wc -l)" = 0 ]

# One honest node of four is enough where bytes are compared with what more nodes say than may lie. It is
# asked last here.
joins_again chunk 'gives a part of the snapshot that is not the one offered' "${first[@]}"
joins_again tile 'gives hashes of the log that do not make its root' "${first[@]}"
joins_again bundle 'gives entries that are not in the log' "${first[@]}"
for lie in app_hash signature validators; do
    joins_again $lie 'gives blocks of the engine that prove nothing' "${first[@]}"
done
# Offers are counted, since one node of five may lie.
joins_again offer 'offers another snapshot than the others' 1

# Shared keys that are others: three nodes hand out what lies in their directories.
rm -f "$network/node-5/data/joined-list"
let_lie silence
for pair in "1 oprf-1" "2 vrf" "3 opaque"; do
    read -r node key <<<"$pair"
    cp -p "$network/node-$node/data/keys/$key" "$scratch/key-$node"
    python3 -c 'import os, sys
size = os.path.getsize(sys.argv[1])
open(sys.argv[1], "wb").write(os.urandom(size))' "$network/node-$node/data/keys/$key"
done
expect 0 join
says_who "gives shared keys that are not this network's" "${first[@]}"
cmp "$network/node-5/data/keys/oprf-1" "$network/node-4/data/keys/oprf-1"
for pair in "1 oprf-1" "2 vrf" "3 opaque"; do
    read -r node key <<<"$pair"
    cp -p "$scratch/key-$node" "$network/node-$node/data/keys/$key"
done

# With nobody honest there is nothing to join, however the engine and the log are asked for.
does_not_join chunk 'no node gives all that the snapshot needs'
does_not_join tile 'no node gives all that the snapshot needs'
does_not_join bundle 'no node gives all that the snapshot needs'
does_not_join validators "the engine proves no node's snapshot"

# Silence is not taken for a lie.
rm -f "$network/node-5/data/joined-list"
let_lie silence "${first[@]:0:2}"
expect 0 join
has 'checked against what the nodes signed' out
! grep -q 'passed over' err || fail "silence was taken for a lie"
let_lie silence

# What was joined among liars is the network's ledger.
port=$(sed -n 's/^listen = "127.0.0.1:\([0-9]*\)"/\1/p' "$network/node-5/bulla.toml")
echo "  node-5  http://127.0.0.1:$port  $network/node-5" >>"$scratch/init.out"
start_nodes 5
until_true 20 agree 1 2 3 4 5
for name in "${acknowledged[@]}"; do
    until_true 20 log_in 5 "$name"
done
stop_nodes
expect 0 "$bulla" ledger verify --data "$network/node-5/data"
echo "$passed passed, 0 failed"
