#!/usr/bin/env bash
# What a machine does to a server: few descriptors, little memory, clocks that jump, a pause, a second
# instance on the same directory. Catalogue: G9, J2, J3, J17, K10.
source "$(dirname "$0")/lib.sh"

password='correct horse battery staple'
status_of() { curl -sS -o "$scratch/body" -w '%{http_code}' "$@"; }
register() { status_of "$url/register" -d "username=$1" --data-urlencode "password=$password"; }
log_in() { curl -sS --fail "$url/login" -d "username=$1" --data-urlencode "password=$password"; }
# is ACTUAL EXPECTED WHAT
is() {
    [ "$1" = "$2" ] || { echo "$3: expected $2, got $1: $(cat "$scratch/body")" >&2; exit 1; }
    passed=$((passed + 1))
}
verify() { status_of "$url/verify" -H "Authorization: Bearer $1"; }
# limited DATA COMMAND…: a server under a limit serves, or says why not; either way it leaves a directory that
# starts again
limited() {
    local place=$1 status=0 pid
    shift
    ("$@" && exec timeout -k 5 20 "$bulla" serve --data "$place" --listen 127.0.0.1:0) \
        >"$scratch/limited" 2>"$scratch/err" &
    pid=$!
    while kill -0 $pid 2>/dev/null && ! grep -q '^listening' "$scratch/limited"; do sleep 0.05; done
    if url=$(sed -n 's/^listening on //p' "$scratch/limited") && [ -n "$url" ]; then
        for name in one two three; do
            curl -s -m 20 -o /dev/null "$url/register" -d "username=$name-$BASHPID" \
                --data-urlencode "password=$password" || true
        done
        kill -TERM $pid 2>/dev/null || true
    fi
    wait $pid || status=$?
    if [ $status -ne 0 ] && [ ! -s "$scratch/err" ]; then
        echo "a server under $* ended in $status without a word" >&2
        exit 1
    fi
}
starts_again() {
    data=$1
    start_server
    is "$(register "after-$RANDOM")" 200 'registering after a limit'
    expect 0 stop_server
    expect 0 "$bulla" ledger verify --data "$data"
}

# Descriptors, at the first start and at a later one.
for limit in 8 12 16 20 24 32 48 64 96; do limited "$scratch/few" ulimit -n $limit; done
starts_again "$scratch/few"
for limit in 16 24 32 48 64; do limited "$scratch/few" ulimit -n $limit; done
starts_again "$scratch/few"

# Memory, in KiB of addresses.
for limit in 65536 131072 262144 393216 524288; do limited "$scratch/little" ulimit -v $limit; done
starts_again "$scratch/little"

# A second instance is told so; the first one goes on.
data=$scratch/shared
start_server
is "$(register alice)" 200 'registering'
expect 3 "$bulla" serve --data "$data" --listen 127.0.0.1:0
grep -q 'another instance' "$scratch/err" || { echo "no clear error: $(cat "$scratch/err")" >&2; exit 1; }
expect 2 "$bulla" restore "$data" --data "$data"
token=$(log_in alice)
is "$(verify "$token")" 200 'a token beside a refused instance'

# Paused with a request on its way, and woken up: an ended session stays ended.
session=$(curl -sS -o /dev/null -D - "$url/verify" -H "Authorization: Bearer $token" |
    sed -n 's/^bulla-session: *\([^\r]*\)\r$/\1/Ip')
is "$(status_of -X DELETE "$url/v1/sessions/$session" -H "Authorization: Bearer $token")" 204 'a log-out'
kill -STOP "$server_pid"
status_of "$url/verify" -H "Authorization: Bearer $token" >"$scratch/woken" &
asking=$!
kill -CONT "$server_pid"
wait $asking
is "$(cat "$scratch/woken")" 401 'an ended session after a pause'
expect 0 stop_server

# Clocks: turned while the server runs, and over a restart. Times in the ledger never go back.
clang-19 -O1 -shared -fPIC -o "$scratch/set_clock.so" "$root/tests/e2e/set_clock.c"
export CLOCK_OFFSET=$scratch/offset
hour=3600
year=31557600
now=$(date +%s)
data=$scratch/clock
echo 0 >"$CLOCK_OFFSET"
count=0
# turn SECONDS
turn() {
    echo "$1" >"$CLOCK_OFFSET"
    count=$((count + 1))
}
start_turned() { LD_PRELOAD=$scratch/set_clock.so start_server; }
works() {
    is "$(register "person-$count")" 200 "registering with the clock off by $1"
    is "$(verify "$(log_in "person-$count")")" 200 "a new token with the clock off by $1"
}
start_turned
works 0
end_of_31_bits=$((2147483648 - now))
end_of_32_bits=$((4294967296 - now))
for offset in $hour -$hour $((10 * year)) -$((10 * year)) -$now $end_of_31_bits $end_of_32_bits 0; do
    turn "$offset"
    works "$offset"
    [ $((count % 3)) -ne 0 ] || { expect 0 stop_server; start_turned; }
    works_again=$count
    count=0
    is "$(verify "$(log_in person-0)")" 200 "an old account with the clock off by $offset"
    count=$works_again
done
expect 0 stop_server
expect 0 "$bulla" ledger verify --data "$data"
echo "$passed passed, 0 failed"
