#!/usr/bin/env bash
# Disks that are full or read-only, on a small disk in memory. Catalogue: G8.
source "$(dirname "$0")/lib.sh"

disk=$scratch/disk
mkdir "$disk"
mount -t tmpfs -o size=300m,mode=700 bulla-test "$disk" 2>"$scratch/err" || {
    echo "skipped: no disk can be mounted here: $(cat "$scratch/err")"
    exit 0
}
unmount() {
    local status=$?
    stop_server || true
    umount "$disk" || umount -l "$disk"
    finish $status
}
trap unmount EXIT
data=$disk/data
password='correct horse battery staple'
mebibyte=1048576

free_bytes() { df --output=avail -B1 "$disk" | tail -n 1; }
# leave MEBIBYTES: the rest of the disk is somebody else's
leave() {
    fallocate -l $(($(free_bytes) - $1 * mebibyte)) "$disk/filler.$1"
}
empty() { rm -f "$disk"/filler.*; }
status_of() { curl -sS -o "$scratch/body" -w '%{http_code}' "$@"; }
register() { status_of "$url/register" -d "username=$1" --data-urlencode "password=$password"; }
log_in() { curl -sS --fail "$url/login" -d "username=$1" --data-urlencode "password=$password"; }
# is ACTUAL EXPECTED WHAT
is() {
    [ "$1" = "$2" ] || { echo "$3: expected $2, got $1: $(cat "$scratch/body")" >&2; exit 1; }
    passed=$((passed + 1))
}
verify() { status_of "$url/verify" -H "Authorization: Bearer $1"; }
end_session() {
    local session
    session=$(curl -sS -o /dev/null -D - "$url/verify" -H "Authorization: Bearer $1" |
        sed -n 's/^bulla-session: *\([^\r]*\)\r$/\1/Ip')
    status_of -X DELETE "$url/v1/sessions/$session" -H "Authorization: Bearer $1"
}
reserve_size() { stat -c %s "$data/reserve" 2>/dev/null || echo none; }

start_server
is "$(register alice)" 200 'registering'
kept=$(log_in alice)
ended=$(log_in alice)
is "$(reserve_size)" $((64 * mebibyte)) 'the reserve'

# Fewer than 32 MiB beside the reserve: the ledger refuses, and what must go on has the reserve's space.
leave 20
is "$(register bob)" 503 'registering on a full disk'
grep -qi 'disk' "$scratch/body" || { echo "no clear error: $(cat "$scratch/body")" >&2; exit 1; }
is "$(reserve_size)" none 'the reserve of a full disk'
is "$(status_of "$url/readyz")" 503 'ready on a full disk'
is "$(status_of "$url/healthz")" 200 'alive on a full disk'
log_in alice >/dev/null
is "$(end_session "$ended")" 204 'a log-out on a full disk'
is "$(verify "$kept")" 200 'a token on a full disk'

# The reserve is used up as well: no guess can be counted, so no password is looked at.
leave 2
is "$(status_of "$url/login" -d username=alice --data-urlencode "password=$password")" 503 \
    'logging in without space for counters'
is "$(register bob)" 503 'registering without any space'
is "$(verify "$kept")" 200 'a token without any space'
is "$(verify "$ended")" 401 'an ended session without any space'

# It starts again on that disk.
kill -KILL "$server_pid"
wait "$server_pid" 2>/dev/null || true
start_server
is "$(verify "$kept")" 200 'a token after a start on a full disk'
is "$(verify "$ended")" 401 'an ended session after a start on a full disk'
is "$(register bob)" 503 'registering after a start on a full disk'

# Space returns: without a restart everything goes on, and nothing is lost.
empty
is "$(register bob)" 200 'registering when space is back'
is "$(reserve_size)" $((64 * mebibyte)) 'the reserve when space is back'
is "$(status_of "$url/readyz")" 200 'ready when space is back'
log_in alice >/dev/null
log_in bob >/dev/null
is "$(verify "$ended")" 401 'an ended session when space is back'
expect 0 stop_server
expect 0 "$bulla" ledger verify --data "$data"

# A disk that is full to the last byte at the start: the reserve is what it starts with.
leave 0
start_server
is "$(verify "$kept")" 200 'a token after a start without a byte free'
expect 0 stop_server
empty

# A backup onto a full disk is refused and leaves nothing.
leave 0
expect 3 "$bulla" backup "$disk/backup" --data "$data"
[ ! -e "$disk/backup" ] && [ ! -e "$disk/backup.new" ] || { echo "half a backup is there" >&2; exit 1; }
empty

# Read-only: it is verified, and not served.
mount -o remount,ro "$disk"
expect 0 "$bulla" ledger verify --data "$data"
expect 3 "$bulla" serve --data "$data" --listen 127.0.0.1:0
grep -q 'Read-only file system' "$scratch/err" ||
    { echo "no clear error: $(cat "$scratch/err")" >&2; exit 1; }
mount -o remount,rw "$disk"
start_server
log_in bob >/dev/null
is "$(verify "$kept")" 200 'a token when the disk can be written again'
expect 0 stop_server
echo "$passed passed, 0 failed"
