# What the end-to-end scripts share: a server of their own on a port of its own, and plain assertions.
# Use: source tests/e2e/lib.sh; start_server [extra flags]; … ; a script ends by itself and stops its server.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
bulla=${BULLA_BINARY:-$root/build/release/bulla}
scratch=$(mktemp -d)
data=$scratch/data
server_pid=
passed=0

stop_server() {
    [ -n "$server_pid" ] || return 0
    kill -TERM "$server_pid" 2>/dev/null || true
    local status=0
    wait "$server_pid" || status=$?
    server_pid=
    return $status
}
finish() { # [STATUS]
    local status=${1:-$?}
    stop_server || true
    if [ $status -ne 0 ]; then
        echo "--- server log" >&2
        cat "$scratch"/server.log >&2 2>/dev/null || true
    fi
    rm -rf "$scratch"
    exit $status
}
trap finish EXIT

# The server prints its address once it answers.
start_server() {
    : >"$scratch/server.out"
    "$bulla" serve --data "$data" --listen 127.0.0.1:0 "$@" >"$scratch/server.out" 2>>"$scratch/server.log" &
    server_pid=$!
    local tries=0
    until url=$(sed -n 's/^listening on //p' "$scratch/server.out") && [ -n "$url" ]; do
        kill -0 "$server_pid" 2>/dev/null || { echo "the server ended before it listened" >&2; exit 1; }
        tries=$((tries + 1))
        [ $tries -lt 600 ] || { echo "the server did not listen within a minute" >&2; exit 1; }
        sleep 0.1
    done
}

# ask EXPECTED_STATUS EXPECTED_BODY curl arguments…   ('*' as body: anything); the body is in $body afterwards
ask() {
    local want_status=$1 want_body=$2 status
    shift 2
    status=$(curl -sS -o "$scratch/body" -w '%{http_code}' "$@")
    body=$(cat "$scratch/body")
    if [ "$status" != "$want_status" ]; then
        echo "expected status $want_status, got $status: $body   (curl $*)" >&2
        exit 1
    fi
    if [ "$want_body" != '*' ] && [ "$body" != "$want_body" ]; then
        echo "expected body '$want_body', got '$body'   (curl $*)" >&2
        exit 1
    fi
    passed=$((passed + 1))
}

# expect STATUS command…: the command's exit status
expect() {
    local want=$1 got=0
    shift
    "$@" >"$scratch/out" 2>"$scratch/err" || got=$?
    if [ "$got" -ne "$want" ]; then
        echo "expected exit $want, got $got: $*" >&2
        cat "$scratch/out" "$scratch/err" >&2
        exit 1
    fi
    passed=$((passed + 1))
}

# has TEXT FILE: it stands there
has() {
    grep -qF -- "$1" "$2" || { echo "expected '$1' in: $(cat "$2")" >&2; exit 1; }
    passed=$((passed + 1))
}
# member PATH: of the JSON on standard input, as Python writes it: '["a"][0]'
member() { python3 -c 'import json,sys; print(json.load(sys.stdin)'"$1"')'; }
