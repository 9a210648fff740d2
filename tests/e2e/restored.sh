#!/usr/bin/env bash
# A backup made under load, restored elsewhere, and derived again by a program that shares no code with the
# server: it finds the root that is signed, and the log goes on from every checkpoint served before.
# Catalogue: G15, G22.
source "$(dirname "$0")/lib.sh"
[ ! -x "$root/.deps/python/bin/python3" ] || export PATH="$root/.deps/python/bin:$PATH"

password='correct horse battery staple'
status_of() { curl -s -o /dev/null -w '%{http_code}' "$@" || true; }
derive() { expect 0 python3 "$root/tests/interop/verify_log.py" "$@"; }
log_key() {
    curl -sS "$url/v1/network" | python3 -c 'import json, sys; print(json.load(sys.stdin)["log_key"])'
}

# load NAME: registers, changes and erases accounts until it is killed
load() {
    local count=0
    export XDG_STATE_HOME=$scratch/state-$1
    while count=$((count + 1)); do
        status_of "$url/register" -d "username=$1-$count" --data-urlencode "password=$password" >/dev/null
        [ $((count % 3)) -eq 0 ] || continue
        "$bulla" login "$1-$count" --server "$url" --password-stdin <<<"$password" || continue
        [ $((count % 2)) -eq 0 ] ||
            "$bulla" account change-password --server "$url" --password-stdin <<<"$password
another $password" || true
        [ $((count % 2)) -eq 1 ] ||
            "$bulla" account erase --yes --server "$url" --password-stdin <<<"$password" || true
    done
} >/dev/null 2>&1

start_server
vkey=$(log_key)
load ada &
first=$!
load bob &
second=$!
until [ "$(curl -sS "$url/log/checkpoint" | sed -n 2p)" -gt 12 ]; do :; done
expect 0 "$bulla" key rotate --data "$data"
curl -sS -o "$scratch/before" "$url/log/checkpoint"
expect 0 "$bulla" backup "$scratch/backup" --data "$data"
kill $first $second
wait $first $second 2>/dev/null || true
derive "$url" "$vkey" "$scratch/before"
live=$(cat "$scratch/out")
expect 0 stop_server

# Elsewhere. The guard is told what the backup itself holds: nothing newer is known there.
expect 0 "$bulla" restore "$scratch/backup" --data "$scratch/elsewhere"
expect 0 "$bulla" recover-guard --data "$scratch/elsewhere" --size "$(sed -n 2p "$scratch/before")"
data=$scratch/elsewhere
start_server
curl -sS -o "$scratch/restored" "$url/log/checkpoint"
derive "$url" "$vkey" "$scratch/before"
restored=$(cat "$scratch/out")
signed=$(sed -n 3p "$scratch/restored" | base64 -d | od -An -tx1 | tr -d ' \n')
[ "$(cut -d' ' -f4 <<<"$restored")" = "$signed" ] ||
    { echo "another root: $restored" >&2; exit 1; }
passed=$((passed + 1))
expect 0 stop_server
echo "live:     $live"
echo "restored: $restored"
echo "$passed passed, 0 failed"
