#!/usr/bin/env bash
# /readyz says whether entries are taken, /healthz whether the server serves: they differ while it drains.
source "$(dirname "$0")/lib.sh"

start_server --drain 5s
ask 200 ready "$url/readyz"
ask 200 ok "$url/healthz"
kill -TERM "$server_pid"
tries=0
until [ "$(curl -s -o "$scratch/body" -w '%{http_code}' "$url/readyz")" = 503 ]; do
    tries=$((tries + 1))
    [ $tries -lt 100 ] || { echo "still ready after the signal to end" >&2; exit 1; }
    sleep 0.02
done
grep -q '"type":"/problems/read_only"' "$scratch/body"
ask 200 ok "$url/healthz"
ask 200 '*' "$url/register" -d username=alice --data-urlencode 'password=correct horse battery staple'
expect 0 wait "$server_pid"
server_pid=
expect 0 "$bulla" ledger verify --data "$data"

# J14: killed and started again, it is back without help, and answers from its first line on.
for start in 1 2 3; do
    start_server
    kill -KILL "$server_pid"
    wait "$server_pid" || true
    began=$(date +%s%N)
    start_server
    ask 200 ready "$url/readyz"
    echo "start $start after a kill: $((($(date +%s%N) - began) / 1000000)) ms to the first answer"
    expect 0 stop_server
done
echo "$passed passed, 0 failed"
