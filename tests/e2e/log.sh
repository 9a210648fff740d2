#!/usr/bin/env bash
# The log: each line is one record in both forms, names the requests as their answers do, and holds nothing of
# anybody. Catalogue: J6.
source "$(dirname "$0")/lib.sh"

name=mallory.of.the.log
password='correct horse battery staple of the log'
hostile=$'x\r\n2026-01-01T00:00:00.000Z error forged\x1b[2J","level":"error'

use_it() {
    ask 200 '*' -D "$scratch/head" "$url/register" -d "username=$name" --data-urlencode "password=$password"
    ask 200 '*' "$url/login" -d "username=$name" --data-urlencode "password=$password"
    token=$body
    ask 200 '*' "$url/verify" -H "Authorization: Bearer $token"
    ask 401 '*' -D "$scratch/head" "$url/login" -d "username=$name" --data-urlencode "password=not $password"
    ask 401 '*' "$url/login" --data-urlencode "username=$hostile" --data-urlencode "password=$hostile"
    ask 404 '*' "$url/$name%20%22" -H "X-Request-Id: chosen-by-$name" -A "$name"
    request_id=$(tr -d '\r' <"$scratch/head" | sed -n 's/^X-Request-Id: //p')
    [[ $request_id =~ ^[0-9a-f]{16}$ ]]
}

nothing_of_anybody() {
    local secret
    for secret in "$name" "$password" "$token" 'battery staple' forged 127.0.0.1; do
        if grep -qF -- "$secret" "$scratch/server.log"; then
            echo "the log holds '$secret'" >&2
            exit 1
        fi
        passed=$((passed + 1))
    done
}

# As JSON, and every request: levels, and the id of the refused sign-in.
start_server --log-format json --log-level debug
use_it
expect 0 stop_server
expect 0 python3 - "$scratch/server.log" "$request_id" <<'PYTHON'
import json, sys
records = [json.loads(line) for line in open(sys.argv[1])]
assert len(records) > 6
for record in records:
    assert record["time"].endswith("Z") and record["level"] and record["message"], record
    assert all(isinstance(value, str) for value in record.values())
refused = [r for r in records if r.get("request") == sys.argv[2]]
assert [r["message"] for r in refused] == ["a sign-in was refused"], refused
assert refused[0]["route"] == "plain_login" and refused[0]["status"] == "401"
assert {r["status"] for r in records if r["message"] == "a request"} >= {"200", "404"}
PYTHON
nothing_of_anybody

# As text, at info: no line for what went well.
rm -rf "$data" "$scratch/server.log"
start_server
use_it
for _ in $(seq 30); do
    curl -s -o "$scratch/body" "$url/login" -d "username=$name" --data-urlencode "password=wrong"
done
expect 0 stop_server
[ -z "$(grep -vE '^[0-9T:.-]{23}Z (info|warning|error) [ -~]+$' "$scratch/server.log")" ]
grep -q "info a sign-in was refused request=$request_id method=POST route=plain_login status=401" \
    "$scratch/server.log"
[ "$(grep -cE ' debug |status=200' "$scratch/server.log")" = 0 ]
[ "$(grep -c 'a limit refused a request' "$scratch/server.log")" -le 20 ]
nothing_of_anybody

# Warnings and worse alone: nothing at all.
rm -rf "$data" "$scratch/server.log"
start_server --log-level warning
use_it
expect 0 stop_server
[ ! -s "$scratch/server.log" ]
echo "$passed passed, 0 failed"
