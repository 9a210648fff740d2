#!/usr/bin/env bash
# Lists of inputs that others keep: the JSON test suite as bodies, naughty strings in every field.
# Catalogue: B20, F5.
source "$(dirname "$0")/lib.sh"
export PATH="$root/.deps/bin:$PATH"

password='correct horse battery staple'
start_server --trusted-proxies 127.0.0.1
ask 200 'Registration successful' "$url/register" -d username=alice --data-urlencode "password=$password"
ask 200 '*' "$url/login" -d username=alice --data-urlencode "password=$password"
token=$body
cd "$root/tests/interop"
run() {
    "$@" >"$scratch/out" 2>&1 || { tail -n 20 "$scratch/out" >&2; exit 1; }
    tail -n 1 "$scratch/out"
    passed=$((passed + 1))
}
run node foreign_json.mjs "$url" "$token"
run node naughty.mjs "$url"

# Nothing of it was interpreted on the way to the log or the ledger.
if LC_ALL=C grep -aq $'[\x01-\x08\x0b-\x1f\x7f]' "$scratch/server.log"; then
    echo 'a control character reached the log' >&2
    exit 1
fi
expect 0 stop_server
expect 0 "$bulla" ledger verify --data "$data"
passed=$((passed + 1))
echo "$passed passed, 0 failed"
