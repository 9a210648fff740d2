#!/usr/bin/env bash
# GET /v1/events: each block as it comes, from where a listener left off, until the server ends.
source "$(dirname "$0")/lib.sh"

password='correct horse battery staple'
start_server
python3 "$root/tests/e2e/events.py" "$url" "$server_pid" "$password"
expect 0 wait "$server_pid"
server_pid=

# Listeners before the start that refuses them no more: what was seen last counts on a restarted server.
start_server
ask 400 '*' -H 'Last-Event-ID: -1' "$url/v1/events"
ask 400 '*' -H 'Last-Event-ID: 18446744073709551616' "$url/v1/events"
ask 200 '*' --head "$url/v1/events"
expect 0 stop_server
echo "$passed passed, 0 failed"
