#!/usr/bin/env bash
# Two servers with the keys of one log: as long as the one extends the other all is well; once both have gone
# on, `ledger compare` writes what proves the key guilty, of different sizes too.
source "$(dirname "$0")/lib.sh"
cd "$scratch"

register() { # URL NAME: each from an address of its own
    ask 200 '*' "$1/register" -d "username=$2" --data-urlencode 'password=correct horse battery staple' \
        -H "X-Forwarded-For: 10.$((RANDOM % 256)).$((RANDOM % 256)).1"
}
start_server --trusted-proxies 127.0.0.1
register "$url" alice
expect 0 stop_server
cp -a "$data" "$scratch/twin"
start_server --trusted-proxies 127.0.0.1
first=$url
first_pid=$server_pid
data=$scratch/twin start_server --trusted-proxies 127.0.0.1
second=$url
twin_pid=$server_pid
server_pid=
trap 'status=$?; kill -KILL $first_pid $twin_pid 2>/dev/null || true; set +e; (exit $status); finish' EXIT

expect 0 "$bulla" ledger compare "$first" "$second"
has 'one history: both show' out
register "$first" bob
expect 0 "$bulla" ledger compare "$first" "$second"
has "one history: $first has 2 entries more" out
expect 0 "$bulla" ledger compare "$second" "$first" --json
has '{"consistent":true,"more":2}' out
[ ! -e fork-proof ]

# Of one size, then of two.
key=$(curl -sS "$first/v1/network" | member '["log_key"]')
register "$second" carol
expect 1 "$bulla" ledger compare "$first" "$second"
has 'two histories of' out
expect 0 "$bulla" ledger fork fork-proof --key "$key"
for name in $(seq -f 'crowd%g' 130); do # past a tile of 256 entries
    register "$second" "$name"
done
rm fork-proof
expect 1 "$bulla" ledger compare "$first" "$second" --output proof
has 'they part at entry' out
has "bulla ledger fork proof --key $key" out
expect 0 "$bulla" ledger fork proof --key "$key"
has 'has signed two histories' out
[ ! -e fork-proof ]
expect 1 "$bulla" ledger compare "$second" "$first" --output proof --json
[ "$(member '["guilty"][0]' <out)" = "$key" ]
expect 0 "$bulla" ledger fork proof --key "$key"

# What is no server, no ledger, or another one.
expect 2 "$bulla" ledger compare "$first" ftp://localhost
expect 3 "$bulla" ledger compare "$first" http://127.0.0.1:9
rm -rf "$scratch/twin"
kill -TERM $twin_pid
wait $twin_pid
data=$scratch/stranger start_server --issuer http://localhost:9999
twin_pid=$server_pid
server_pid=
expect 2 "$bulla" ledger compare "$first" "$url"
has 'two ledgers:' err
kill -TERM $first_pid $twin_pid
echo "$passed passed, 0 failed"
