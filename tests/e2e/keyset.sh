#!/usr/bin/env bash
# A new keyset on a single node: passwords of the old one open, and move at the next sign-in, by the command
# line and by the plain form; new ones are made under the new one; a start and a backup have both.
source "$(dirname "$0")/lib.sh"

password='correct horse battery staple'
export XDG_STATE_HOME=$scratch/state
cd "$scratch"

register() { ask "$1" '*' "$url/register" -d "username=$2" --data-urlencode "password=$password"; }
plain_login() { # STATUS NAME; the token is in $body
    ask "$1" '*' "$url/login" -d "username=$2" --data-urlencode "password=$password"
}
added_version() { # of the one credential of whoever has the token in $body
    curl -sS "$url/v1/account" -H "Authorization: Bearer $body" | member '["credentials"][0]["added_version"]'
}
is() { # VALUE WANTED
    [ "$1" = "$2" ] || { echo "expected $2, got $1" >&2; exit 1; }
    passed=$((passed + 1))
}
operator() { "$bulla" "$@" --server "$url" --data "$data"; }

start_server
export BULLA_SERVER=$url
for name in alice bob carol; do
    register 200 "$name"
done
plain_login 200 carol
is "$(added_version)" 1
ask 200 '*' "$url/v1/network"
first=$(member '["opaque_public_key"]' <<<"$body")
is "$(member '["later_opaque_keys"]' <<<"$body")" '[]'

# Proposed, approved and applied by the one operator there is.
expect 0 operator network new-keyset
has 'done: entry' out
ask 200 '*' "$url/v1/network"
is "$(member '["opaque_public_key"]' <<<"$body")" "$first"
is "$(member '["later_opaque_keys"].__len__()' <<<"$body")" 1
[ "$(stat -c '%a %s' "$data"/keys/keyset-*)" = '600 64' ]

# The plain form moves at once, and its token is of the new record.
plain_login 200 alice
is "$(added_version)" 2
plain_login 200 alice
is "$(added_version)" 2
ask 401 '*' "$url/login" -d username=alice -d 'password=another password entirely'

# So does the command line.
expect 0 "$bulla" login bob --password-stdin --server "$url" <<<"$password"
expect 0 "$bulla" account credentials --json --server "$url"
plain_login 200 bob
is "$(added_version)" 2

# New ones need not move.
register 200 dora
plain_login 200 dora
is "$(added_version)" 1

# Both sets are there again after a start, and in a backup; carol has not signed in since.
expect 0 "$bulla" backup "$scratch/backup" --data "$data"
stop_server
expect 0 "$bulla" ledger verify --data "$data"
start_server
plain_login 200 dora
plain_login 200 bob
is "$(added_version)" 2
ls "$scratch"/backup/keys/keyset-* >/dev/null

# Once more: two sets back goes to the newest in one step.
expect 0 operator network new-keyset
plain_login 200 carol
is "$(added_version)" 2
plain_login 200 alice
is "$(added_version)" 3
plain_login 200 alice
is "$(added_version)" 3
stop_server
expect 0 "$bulla" ledger verify --data "$data"

# A network that goes on from here has both sets at every node.
expect 0 "$bulla" network init --nodes 4 --port 0 --from "$data" "$scratch/network"
for node in 1 2 3 4; do
    is "$(find "$scratch/network/node-$node/data/keys" -name 'keyset-*' | wc -l)" 2
done
echo "$passed passed, 0 failed"
