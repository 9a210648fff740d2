#!/usr/bin/env bash
# Operators of one node, by the command line at a real server: who gets in, what they decide, what it leaves.
# Catalogue: H5, H6, H9.
source "$(dirname "$0")/lib.sh"

password='correct horse battery staple'
export XDG_STATE_HOME=$scratch/state
cd "$scratch"

lacks() {
    ! grep -qF -- "$1" "$2" || { echo "did not expect '$1' in: $(cat "$2")" >&2; exit 1; }
    passed=$((passed + 1))
}
operator() { "$bulla" operator "$@" --server "$url" --data "$data"; }
plain_login() { ask "$1" '*' "$url/login" -d username=alice --data-urlencode "password=$password"; }

start_server
ask 200 '*' "$url/register" -d username=alice --data-urlencode "password=$password"
plain_login 200
token=$body

# Where there is nothing to show, that is said.
expect 0 operator pending
has 'nothing waits' out
expect 0 operator audit
has 'no operator has done anything yet' out

# Suspension: sign-ins stop, tokens too; restored, they go on.
expect 1 operator suspend nobody
has 'nobody has the name' err
expect 0 operator suspend alice
has 'done: entry' out
plain_login 401
ask 401 'Invalid token' "$url/protected-resource" -H "Authorization: Bearer $token"
expect 0 operator account alice
has 'suspended' out
expect 1 operator suspend alice
expect 0 operator restore alice
plain_login 200

# The proposal that failed waits for nothing but its end; the others are over.
expect 0 operator pending
[ "$(grep -c suspend "$scratch/out")" -eq 1 ]
expect 0 operator audit
has 'propose_change' out
has 'apply_change' out

# A second operator, with a key of their own; the first one cannot go with them, and the last one not at all.
expect 0 "$bulla" operator new-key "$scratch/second"
key=$(cat "$scratch/out")
[ "$(stat -c %a "$scratch/second/operator")" = 600 ]
expect 1 operator overview --keys "$scratch/second"
has 'no operator' err
expect 0 "$bulla" network grant-operator --device-key "$key" --server "$url" --data "$data"
expect 0 operator overview --keys "$scratch/second" --json
second=$(member '["you"]["operator"]' <"$scratch/out")
[ "$(member '["nodes"][0]["operators"].__len__()' <"$scratch/out")" -eq 2 ]
[ "$(member '["nodes"][0]["height"]' <"$scratch/out")" -gt 3 ]
[ "$(member '["nodes"][0]["signing_keys"][0]["published"]' <"$scratch/out")" -gt 0 ]
expect 0 operator suspend alice --keys "$scratch/second"
expect 0 operator restore alice --keys "$scratch/second"
expect 0 "$bulla" network revoke-operator "$second" --server "$url" --data "$data"
expect 1 operator overview --keys "$scratch/second"
expect 0 operator overview --json
first=$(member '["you"]["operator"]' <"$scratch/out")
expect 1 "$bulla" network revoke-operator "$first" --server "$url" --data "$data"
expect 2 "$bulla" network grant-operator --server "$url" --data "$data"
expect 2 "$bulla" network grant-operator --device-key AA --server "$url" --data "$data"

# One more address where browsers find the service; the rest of the policy stays.
network() { "$bulla" network "$@" --server "$url" --data "$data"; }
for origin in https://e.example/ E.example https://e.example:443 'https://e example'; do
    expect 2 network add-origin "$origin"
done
expect 0 network add-origin https://e.example
has 'done: entry' out
ask 200 '*' "$url/v1/network"
[ "$(member '["relying_party"]["origins"][-1]' <<<"$body")" = https://e.example ]
expect 1 network add-origin https://e.example
has 'has this origin already' err
expect 1 network upgrade 2 --height 1000
has 'a single node agrees with nobody' err

# The door: a person's token opens nothing, and an operator's opens nothing of a person's.
ask 200 '*' "$url/login" -d username=alice --data-urlencode "password=$password"
ask 401 '*' "$url/v1/operator/overview" -H "Authorization: Bearer $body"
ask 401 '*' "$url/v1/operator/entries" -H "Authorization: Bearer $body" -H 'Content-Type: application/json' \
    -d '{"kind":"apply_change","statement":"AA","evidence":[]}'
ask 401 '*' "$url/v1/operator/overview"
expect 0 stop_server

# Encrypted keys, a restart, and the ledger checked by itself: each decision is there and verifies.
expect 0 "$bulla" ledger verify --data "$data"
expect 0 "$bulla" ledger show --data "$data"
has 'apply_change' out
start_server
plain_login 200
expect 0 operator audit
has 'grant_operator' out
expect 0 stop_server

# With a delay a change waits, and who objects holds it up.
data=$scratch/delayed
start_server --change-delay 2s
ask 200 '*' "$url/register" -d username=alice --data-urlencode "password=$password"
expect 0 operator suspend alice
has 'waits for its time' out
change=$(cut -d' ' -f1 "$scratch/out")
plain_login 200
expect 1 operator apply "$change"
expect 0 operator object "$change"
has 'waits for approvals' out
expect 0 operator pending
has '0 approvals' out
expect 0 operator approve "$change"
until grep -q '^done: entry' out || operator apply "$change" >out 2>err; do
    grep -qF 'changed meanwhile' err || { cat out err >&2; exit 1; }
    sleep 0.1
done
has 'done: entry' out
plain_login 401
expect 0 operator pending
lacks "$change" out
expect 1 operator approve "$change"
expect 0 stop_server
expect 0 "$bulla" ledger verify --data "$data"
echo "$passed passed, 0 failed"
