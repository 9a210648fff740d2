#!/usr/bin/env bash
# The commands of a person: register, sign in, look, change the password, erase. The password stays with
# the client.
source "$(dirname "$0")/lib.sh"

export XDG_STATE_HOME=$scratch/state
first='correct horse battery staple'
second='a quiet river runs'
start_server
export BULLA_SERVER=$url

# says TEXT: the last command's standard output holds it
says() {
    grep -qF -- "$1" "$scratch/out" ||
        { echo "expected '$1' in: $(cat "$scratch/out" "$scratch/err")" >&2; exit 1; }
    passed=$((passed + 1))
}

expect 1 "$bulla" whoami
expect 0 "$bulla" account register alice --password-stdin <<<"$first"
says 'registered alice: entry 4 in block 2'
expect 1 "$bulla" account register alice --password-stdin <<<"$first"
expect 1 "$bulla" account register bob --password-stdin <<<'short'
expect 1 "$bulla" account register 'b b' --password-stdin <<<"$first"
expect 1 "$bulla" login alice --password-stdin <<<'another password'
expect 1 "$bulla" login nobody --password-stdin <<<"$first"
expect 0 "$bulla" login Alice --password-stdin <<<"$first"
says 'signed in as alice'
[ "$(stat -c %a "$XDG_STATE_HOME/bulla/session")" = 600 ]
expect 0 "$bulla" whoami
says alice
expect 0 "$bulla" whoami --json
says '"username":"alice"'
expect 0 "$bulla" account show
says 'alice active, version 1, last entry 4'
expect 0 "$bulla" token check
expect 1 "$bulla" token check nonsense
expect 1 "$bulla" token check - <<<''
expect 0 "$bulla" account change-password --password-stdin <<<"$first
$second"
expect 0 "$bulla" account show
says 'version 2'
expect 1 "$bulla" login alice --password-stdin <<<"$first"
expect 0 "$bulla" login alice --password-stdin <<<"$second"
says 'since your last sign-in here' # D14
says 'removed the password'
expect 0 "$bulla" login alice --password-stdin <<<"$second"
[ "$(cat "$scratch/out")" = 'signed in as alice' ]
ask 200 '*' "$url/login" -d username=alice --data-urlencode "password=$second"
expect 1 "$bulla" account erase --password-stdin <<<'bob'
expect 0 "$bulla" account erase --yes --password-stdin <<<"$second"
expect 1 "$bulla" whoami
expect 1 "$bulla" login alice --password-stdin <<<"$second"
expect 0 "$bulla" account register alice --password-stdin <<<"$first"
expect 0 "$bulla" ledger show --data "$data" --account alice
[ "$(wc -l <"$scratch/out")" = 4 ] || { cat "$scratch/out" >&2; exit 1; }

# A server that shows another network than before is not trusted with anything.
expect 0 stop_server
rm -rf "$data"
start_server --listen "${url#http://}"
expect 1 "$bulla" account register carol --password-stdin <<<"$first"
grep -q 'another network' "$scratch/err"
expect 0 "$bulla" account register carol --password-stdin --trust-new-network <<<"$first"
expect 0 "$bulla" login carol --password-stdin <<<"$first"
expect 0 stop_server
expect 3 "$bulla" whoami
expect 2 "$bulla" whoami --server ftp://localhost
echo "$passed passed, 0 failed"
