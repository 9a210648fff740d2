#!/usr/bin/env bash
# Token signing keys of a running server: rotation with overlap, a stolen key, age, and kill -9 in between.
# Catalogue: A21, J10.
source "$(dirname "$0")/lib.sh"

password='correct horse battery staple'

# says TEXT: the last command's standard output or error holds it
says() {
    grep -qF -- "$1" "$scratch/out" "$scratch/err" ||
        { echo "expected '$1' in: $(cat "$scratch/out" "$scratch/err")" >&2; exit 1; }
    passed=$((passed + 1))
}
# is ACTUAL EXPECTED WHAT
is() {
    [ "$1" = "$2" ] || { echo "$3: expected $2, got $1" >&2; exit 1; }
    passed=$((passed + 1))
}
signing_kid() { "$bulla" key list --data "$data" | sed -n 's/  signs .*//p'; }
key_files() { find "$data/keys" -name 'signing*' | wc -l; }
# jwks KID…: the JWK set holds these keys and no other
jwks() {
    local kids
    kids=$(curl -sS "$url/.well-known/jwks.json" | python3 -c '
import json, sys
print(" ".join(sorted(key["kid"] for key in json.load(sys.stdin)["keys"])))')
    is "$kids" "$(printf '%s\n' "$@" | sort | paste -sd ' ')" 'the JWK set'
}
log_in() { curl -sS --fail "$url/login" -d username=alice --data-urlencode "password=$password"; }
kid_of() {
    python3 -c '
import base64, json, sys
print(json.loads(base64.urlsafe_b64decode(sys.argv[1].split(".")[0] + "=="))["kid"])' "$1"
}
accepted() { ask 200 '*' "$url/verify" -H "Authorization: Bearer $1"; }
refused() { ask 401 '*' "$url/verify" -H "Authorization: Bearer $1"; }
kill_server() {
    kill -KILL "$server_pid"
    wait "$server_pid" 2>/dev/null || true
    server_pid=
}
verify_clean() { expect 0 "$bulla" ledger verify --data "$data"; }

expect 3 "$bulla" key list --data "$data"
start_server
ask 200 '*' "$url/register" -d username=alice --data-urlencode "password=$password"
old=$(log_in)
first=$(signing_kid)
is "$(kid_of "$old")" "$first" 'the first key signs'
jwks "$first"

# Rotation: the new key signs, the old one verifies, its file is gone.
expect 0 "$bulla" key rotate --data "$data"
second=$(signing_kid)
says "$second signs tokens"
[ "$second" != "$first" ]
jwks "$first" "$second"
accepted "$old"
new=$(log_in)
is "$(kid_of "$new")" "$second" 'the second key signs'
accepted "$new"
is "$(key_files)" 1 'private files'
is "$(stat -c %a "$data/keys/signing-$second")" 600 'mode of the file'
expect 0 "$bulla" key list --data "$data" --json
says '"signs":true'
expect 1 "$bulla" key rotate --data "$data"
says 'no room for a third'
verify_clean

# The overlap outlives a kill, and so does a file that was made and never published.
cp "$data/keys/signing-$second" "$scratch/second"
head -c 32 /dev/urandom >"$data/keys/signing.tmp"
chmod 600 "$data/keys/signing.tmp"
kill_server
start_server
jwks "$first" "$second"
accepted "$old"
accepted "$new"
is "$(signing_kid)" "$second" 'after the kill'
is "$(key_files)" 1 'private files after the kill'

# A stolen key: retired at once, its tokens refused, others not.
expect 0 "$bulla" key retire "$first" --data "$data"
refused "$old"
accepted "$new"
jwks "$second"
expect 0 "$bulla" key retire "$second" --data "$data"
refused "$new"
third=$(signing_kid)
jwks "$third"
third_token=$(log_in)
accepted "$third_token"
expect 1 "$bulla" key retire "$second" --data "$data"
says 'ended already'
expect 1 "$bulla" key retire "$(printf 'A%.0s' {1..43})" --data "$data"
expect 1 "$bulla" key retire "-$(printf 'A%.0s' {1..42})" --data "$data" # a dash begins one id of 64
expect 2 "$bulla" key retire nonsense --data "$data"

# A stolen key's file put back does not bring it back.
kill_server
cp -p "$scratch/second" "$data/keys/signing-$second"
start_server
refused "$new"
accepted "$third_token"
jwks "$third"
is "$(key_files)" 1 'private files after a file came back'

# Age: a key that is too old is followed by another at the next start or minute.
expect 0 stop_server
touch -d '100 days ago' "$data/keys/signing-$third"
start_server
fourth=$(signing_kid)
[ "$fourth" != "$third" ]
jwks "$third" "$fourth"
accepted "$third_token"

# Killed at any moment of a change, the server starts again with one key that signs and one file.
expect 0 "$bulla" key retire "$third" --data "$data"
for delay in 0.001 0.005 0.008 0.011 0.015 0.03; do
    kid=$(signing_kid)
    "$bulla" key retire "$kid" --data "$data" >/dev/null 2>&1 &
    asked=$!
    sleep "$delay"
    kill_server
    wait $asked || true
    verify_clean
    start_server
    is "$(key_files)" 1 "private files after a kill at $delay s"
    is "$("$bulla" key list --data "$data" | grep -c '  signs ')" 1 "keys that sign after a kill at $delay s"
    accepted "$(log_in)"
done
verify_clean
expect 0 stop_server
verify_clean
echo "$passed passed, 0 failed"
