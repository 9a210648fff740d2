#!/usr/bin/env bash
# Other people's programs agree: jose and PyJWT on tokens, @serenity-kit/opaque on passwords, Go's x/mod/sumdb
# and tessera's fsck on the log.
source "$(dirname "$0")/lib.sh"
export PATH="$root/.deps/bin:$PATH" GOTOOLCHAIN=local

password='correct horse battery staple'
issuer=http://localhost:8080
start_server
ask 200 'Registration successful' "$url/register" -d username=alice --data-urlencode "password=$password"
ask 200 '*' "$url/login" -d username=alice --data-urlencode "password=$password"
token=$body

cd "$root/tests/interop"
agree() {
    "$@" >"$scratch/agree" 2>&1 || { cat "$scratch/agree" >&2; echo "disagrees: $*" >&2; exit 1; }
    head -n 1 "$scratch/agree"
    passed=$((passed + 1))
}
agree node token.mjs "$url" "$issuer" "$token" alice
agree python3 check_token.py "$url" "$issuer" "$token" alice

# An account made by the npm client logs in by the plain form, and the reverse is what opaque.mjs did before.
agree node opaque.mjs "$url" bob "$password"
ask 200 '*' "$url/login" -d username=bob --data-urlencode "password=$password"

vkey=$(curl -sS "$url/v1/network" | python3 -c 'import json, sys; print(json.load(sys.stdin)["log_key"])')
agree go run ./tlogcheck "$url/log" "$vkey"

# The log as a whole, by tessera's fsck: it derives the root again from every tile and entry bundle.
fsck=$root/.deps/bin/fsck
if [ ! -x "$fsck" ]; then
    GOBIN=$root/.deps/bin go install github.com/transparency-dev/tessera/cmd/fsck@v1.0.4 2>"$scratch/agree" ||
        { cat "$scratch/agree" >&2; exit 1; }
fi
echo "$vkey" >"$scratch/vkey"
agree "$fsck" --storage_url="$url/log/" --public_key="$scratch/vkey" --ui=false
grep -q 'Successfully' "$scratch/agree"

# The account's proof, made over HTTP, checked by the command with the log's key alone.
curl -sS "$url/v1/account/proof" -H "Authorization: Bearer $token" >"$scratch/alice.tlog-proof"
expect 0 "$bulla" ledger verify --proof "$scratch/alice.tlog-proof" --name alice --key "$vkey"
expect 1 "$bulla" ledger verify --proof "$scratch/alice.tlog-proof" --name bob --key "$vkey"
# The brief form, for who knows the network's VRF key already.
curl -sS "$url/v1/account/proof/brief" -H "Authorization: Bearer $token" >"$scratch/brief.tlog-proof"
vrf_key=$(curl -sS "$url/v1/network" | grep -o '"vrf_public_key":"[^"]*"' | cut -d '"' -f 4)
verify_brief=("$bulla" ledger verify --proof "$scratch/brief.tlog-proof" --name alice --key "$vkey")
expect 0 "${verify_brief[@]}" --vrf-key "$vrf_key"
expect 1 "${verify_brief[@]}"
expect 2 "${verify_brief[@]}" --vrf-key nonsense
expect 0 stop_server
echo "$passed passed, 0 failed"
