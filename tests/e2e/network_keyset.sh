#!/usr/bin/env bash
# A node is removed, and then the passwords get new keys: the removed one never gets them; people sign in at
# each node and move; one that was down during all of it catches up and serves.
source "$(dirname "$0")/lib.sh"
source "$(dirname "$0")/network_lib.sh"
export XDG_STATE_HOME=$scratch/state
cd "$scratch"

operator() { # NODE command…: by that node's operator, at that node
    local node=$1
    shift
    "$bulla" "$@" --server "$(url_of "$node")" --data "$network/node-$node/data"
}
change_named() { sed -n 's/^\([A-Za-z0-9_-]\{43\}\) waits for.*/\1/p' out; }
id_of() { operator "$1" operator overview --json | python3 -c '
import json, sys
print(next(node["id"] for node in json.load(sys.stdin)["nodes"] if node["here"]))'; }
keysets_at() { find "$network/node-$1/data/keys" -name 'keyset-*' | wc -l; }
has_keysets() { [ "$(keysets_at "$1")" -eq "$2" ]; }
approve() { # NODE CHANGE: once the node has the secret
    operator "$1" operator approve "$2" >out 2>err
}
added_version() { # NODE, for the token in $body
    curl -sS "$(url_of "$1")/v1/account" -H "Authorization: Bearer $body" |
        member '["credentials"][0]["added_version"]'
}
is() { # VALUE WANTED
    [ "$1" = "$2" ] || fail "expected $2, got $1"
    passed=$((passed + 1))
}

"$bulla" network init --nodes 5 --port 0 --change-delay 0s "$network" >"$scratch/init.out"
start_nodes 1 2 3 4 5
for name in alice bob carol dora; do
    register_new 1 "$name"
done
until_true 60 agree 1 2 3 4 5

# The removed node runs on, and wants whatever there is.
gone=$(id_of 5)
expect 0 operator 1 network remove-node "$gone"
change=$(change_named)
for node in 2 3 4; do
    approve "$node" "$change" || fail "approve at $node: $(cat err)"
done
until_true 30 grep -q 'this node is removed from the network' "$network/node-5/node.log"

# Node 4 is away from here on.
kill_node 4
expect 0 operator 1 network new-keyset
change=$(change_named)
has_keysets 1 1 || fail 'node 1 has not kept the new keyset'
for node in 2 3; do
    until_true 60 has_keysets "$node" 1
    until_true 30 approve "$node" "$change"
done
until_true 60 agree 1 2 3
is "$(curl -sS "$(url_of 2)/v1/network" | member '["later_opaque_keys"].__len__()')" 1

# Old passwords at every node; each moves where its owner signs in, and opens elsewhere then.
until_true 30 log_in 2 alice
is "$(added_version 2)" 2
until_true 30 agree 1 2 3
until_true 30 log_in 3 alice
is "$(added_version 3)" 2
expect 0 "$bulla" login bob --password-stdin --server "$(url_of 3)" --trust-new-network <<<"$password"
until_true 30 agree 1 2 3
until_true 30 log_in 1 bob
is "$(added_version 1)" 2
register_new 2 erin
until_true 30 agree 1 2 3
until_true 30 log_in 1 erin
is "$(added_version 1)" 1
answers 401 "$(url_of 1)/login" -d username=nobody --data-urlencode "password=$password" ||
    fail "a name that is not there: $body"

# Who was down takes the ledger, asks for the keyset, and serves old and new.
start_node 4
until_true 120 is_ready 4
has_keysets 4 1 || fail 'node 4 is ready without the keyset'
until_true 60 agree 1 2 3 4
for name in alice bob carol dora erin; do
    until_true 30 log_in 4 "$name"
done
until_true 30 agree 1 2 3 4
until_true 30 log_in 1 carol
is "$(added_version 1)" 2

# The removed one got nothing.
is "$(keysets_at 5)" 0
kill_node 5
stop_nodes
for node in 1 2 3 4; do
    expect 0 "$bulla" ledger verify --data "$network/node-$node/data"
    is "$(sha256sum "$network/node-$node/data/keys/"keyset-* | cut -c1-64)" \
        "$(sha256sum "$network/node-1/data/keys/"keyset-* | cut -c1-64)"
done
echo "$passed passed, 0 failed"
