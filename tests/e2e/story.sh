#!/usr/bin/env bash
# The article's story with curl alone: register, log in, a guarded route, and everything that must be refused.
source "$(dirname "$0")/lib.sh"

password='correct horse battery staple'
start_server

ask 200 'Registration successful' "$url/register" -d username=alice --data-urlencode "password=$password"
ask 409 'Username already taken' "$url/register" -d username=alice --data-urlencode "password=$password"
ask 409 'Username already taken' "$url/register" -d username=ALICE -d password=another-password
ask 200 '*' "$url/login" -d username=alice --data-urlencode "password=$password"
token=$body
[[ $token =~ ^[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+$ ]] || { echo "no JWT: $token" >&2; exit 1; }
ask 200 'Welcome, alice!' "$url/protected-resource" -H "Authorization: $token"
ask 200 'Welcome, alice!' "$url/protected-resource" -H "Authorization: Bearer $token"

ask 401 'Invalid username or password' "$url/login" -d username=alice --data-urlencode 'password=wrong horse'
ask 401 'Invalid username or password' "$url/login" -d username=nobody --data-urlencode "password=$password"
ask 401 'Invalid username or password' "$url/login" -d 'username=no body' -d password=another-password
ask 401 'No token provided' "$url/protected-resource"
ask 401 'Invalid token' "$url/protected-resource" -H 'Authorization: Bearer nonsense'
tampered=${token%?}$([ "${token: -1}" = A ] && echo B || echo A)
ask 401 'Invalid token' "$url/protected-resource" -H "Authorization: $tampered"
ask 400 '*' "$url/register" -d username=bob --data-urlencode 'password=short'
ask 400 '*' "$url/register" -d 'username=b b' --data-urlencode "password=$password"
ask 400 '*' "$url/register" -d username=bob -d username=carol --data-urlencode "password=$password"
ask 400 '*' "$url/register" -d username=bob
ask 415 '*' "$url/register" -H 'Content-Type: application/json' -d '{"username":"bob"}'
ask 200 '*' "$url/verify" -H "Authorization: Bearer $token"
ask 401 '*' "$url/verify"
ask 200 '*' "$url/.well-known/jwks.json"
ask 200 '*' "$url/log/checkpoint"

# What was acknowledged is there after a kill, and the token still counts.
kill -KILL "$server_pid"
wait "$server_pid" 2>/dev/null || true
server_pid=
start_server
ask 200 'Welcome, alice!' "$url/protected-resource" -H "Authorization: $token"
ask 200 '*' "$url/login" -d username=alice --data-urlencode "password=$password"
expect 0 stop_server

# A token born expired.
start_server --token-lifetime 0s
ask 200 '*' "$url/login" -d username=alice --data-urlencode "password=$password"
ask 401 'Token expired' "$url/protected-resource" -H "Authorization: $body"
expect 0 stop_server

# The ledger of all this verifies, on the stopped server's directory.
expect 0 "$bulla" ledger verify --data "$data"
expect 0 "$bulla" ledger verify --data "$data" --json
grep -q '"ok":true' "$scratch/out" || { cat "$scratch/out" >&2; exit 1; }
expect 2 "$bulla" ledger verify --data "$scratch/nowhere"
expect 2 "$bulla" ledger verify --no-such-flag
echo "$passed passed, 0 failed"
