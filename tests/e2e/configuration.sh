#!/usr/bin/env bash
# Where settings come from, what is refused, and what the process gives away. Catalogue: K9.
source "$(dirname "$0")/lib.sh"
cd "$scratch"


expect 0 "$bulla" serve --print-config
has 'listen = "127.0.0.1:8080" # default' out
has 'mode = "open" # default for a loopback address' out
printf '[server]\nlisten = "0.0.0.0:1"\n[token]\nlifetime = "0s"\n' >bulla.toml
expect 0 env BULLA_TOKEN_LIFETIME=2m "$bulla" serve --print-config --registration open
has 'listen = "0.0.0.0:1" # bulla.toml:2' out
has 'lifetime = "2m" # BULLA_TOKEN_LIFETIME' out
has 'mode = "open" # --registration' out
cp out again.toml
expect 0 "$bulla" serve --print-config --config again.toml
printf '[server]\nlisten = "0.0.0.0:1"\nprot = 5\n' >bulla.toml
expect 2 "$bulla" serve
has 'bulla.toml:3: server.prot: unknown key' err
expect 2 "$bulla" serve --config nowhere.toml
expect 2 "$bulla" serve --config .
: >empty.toml
expect 0 "$bulla" serve --config empty.toml --print-config
has 'listen = "127.0.0.1:8080" # default' out
rm bulla.toml
expect 2 "$bulla" serve --token-lifetime 25h
has '--token-lifetime: token.lifetime: must be 0s to 1d' err
expect 2 "$bulla" serve --no-such-flag
expect 2 "$bulla"
expect 0 "$bulla" --help
has 'Exit status' out
expect 0 "$bulla" --version
# I11: anybody can compute what it says of the pages it serves.
list_pages() { find -- * -type f ! -name '*.gz' ! -name '*.br' | LC_ALL=C sort | xargs sha256sum; }
has "pages SHA-256 $(cd "$root/web/dist" && list_pages | sha256sum | cut -d' ' -f1)" out

# What genesis fixed cannot be configured away.
start_server --issuer https://auth.example.org
[ "$(stat -c %a "$data" "$data/keys/log" "$data/control.sock" | tr '\n' ' ')" = '700 600 600 ' ]
expect 3 "$bulla" serve --data "$data" --listen 127.0.0.1:0
has 'another instance is running' err
expect 3 "$bulla" serve --data "$scratch/other" --listen "${url#http://}"
has 'is in use' err
has 0 <(sed -n 's/^Max core file size *//p' "/proc/$server_pid/limits")
expect 0 stop_server
start_server # the ledger's issuer
issuer=$(curl -sS "$url/v1/network" | python3 -c 'import json,sys; print(json.load(sys.stdin)["issuer"])')
[ "$issuer" = https://auth.example.org ]
expect 0 stop_server
expect 2 "$bulla" serve --data "$data" --listen 127.0.0.1:0 --issuer https://other.example
has 'founded with "https://auth.example.org"' err

# Closed registration, and no plain form.
start_server --registration closed
ask 403 '*' "$url/register" -d username=bob --data-urlencode 'password=correct horse battery staple'
expect 0 stop_server
start_server --plain-form false
for route in login register; do
    ask 403 'The plain form is turned off: use /v1/logins' "$url/$route" \
        -d username=bob --data-urlencode 'password=correct horse battery staple'
done
expect 0 stop_server
echo "$passed passed, 0 failed"
