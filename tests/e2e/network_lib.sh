# What the scripts about networks share, after lib.sh: four nodes, started one by one, whose links can be cut
# where a proxy stands between them.
password='correct horse battery staple'
network=$scratch/network
declare -A node_pids=()
proxy_pid=
failure=

fail() { # why…
    failure=$*
    echo "$failure" >&2
    exit 1
}
end_network() { # [STATUS]
    local status=${1:-$?}
    local pid
    for pid in "${node_pids[@]}" $proxy_pid; do
        kill -KILL "$pid" 2>/dev/null || true
    done
    [ $status -eq 0 ] || tail -n 12 "$network"/node-*/node.log >&2 2>/dev/null || true
    [ -z "$failure" ] || echo "FAILED  $failure" >&2 # again, where whoever reads only the end sees it
    finish $status
}
trap end_network EXIT

# until_true SECONDS command…: again and again
until_true() {
    local end=$((SECONDS + $1))
    shift
    until "$@"; do
        [ $SECONDS -lt $end ] || fail "too long: $*"
        sleep 0.1
    done
    passed=$((passed + 1))
}
answers() { # STATUS curl arguments…; the body is in $body
    local want=$1
    shift
    [ "$(curl -sS --max-time 30 -o "$scratch/body" -w '%{http_code}' "$@" 2>/dev/null)" = "$want" ] ||
        return 1
    body=$(cat "$scratch/body")
}
url_of() { sed -n "s/^  node-$1  \([^ ]*\)  .*/\1/p" "$scratch/init.out"; }
# Every request from another prefix: the limits of one address are not what is tested here. Nodes believe it
# where network_ports.py has told them to.
send() { # STATUS ROUTE NODE NAME
    answers "$1" "$(url_of "$3")/$2" -d "username=$4" --data-urlencode "password=$password" \
        -H "X-Forwarded-For: 10.$((RANDOM % 256)).$((RANDOM % 256)).1"
}
register() { send 200 register "$@"; }
log_in() { send 200 login "$@"; }
verify() { # STATUS NODE TOKEN
    answers "$1" "$(url_of "$2")/verify" -H "Authorization: Bearer $3"
}
checkpoint() { curl -sS --max-time 5 "$(url_of "$1")/log/checkpoint" 2>/dev/null | head -3; }
claims() { cut -d. -f2 <<<"$1" | tr '_-' '/+' | base64 -d 2>/dev/null || true; } # of a token
is_ready() { answers 200 "$(url_of "$1")/readyz"; }
# nodes…: one size and root everywhere
agree() {
    local first node
    first=$(checkpoint "$1")
    [ -n "$first" ] || return 1
    for node in "$@"; do
        [ "$(checkpoint "$node")" = "$first" ] || return 1
    done
}
# NODE: how many cosigners its checkpoint has
cosigners() { curl -sS --max-time 5 "$(url_of "$1")/log/checkpoint" | grep -c '^— node-'; }
has_cosigners() { [ "$(cosigners "$1")" -ge "$2" ]; }

start_node() { # NODE
    "$bulla" serve --config "$network/node-$1/bulla.toml" >>"$network/node-$1/node.log" 2>&1 &
    node_pids[$1]=$!
}
start_nodes() { # NODE…: all of them, until they are ready
    local node
    for node in "$@"; do
        start_node "$node"
    done
    for node in "$@"; do
        until_true 90 is_ready "$node"
    done
}
kill_node() {
    kill -KILL "${node_pids[$1]}"
    wait "${node_pids[$1]}" 2>/dev/null || true
    unset "node_pids[$1]"
}
engine_of() { # NODE: the process id of its engine
    pgrep -P "${node_pids[$1]}" -f "cometbft start --home $network/node-$1/" | head -1
}
kill_engine() { kill -KILL "$(engine_of "$1")"; }
stop_nodes() {
    local node
    for node in "${!node_pids[@]}"; do
        kill -TERM "${node_pids[$node]}"
    done
    for node in "${!node_pids[@]}"; do
        expect 0 wait "${node_pids[$node]}"
        unset "node_pids[$node]"
    done
}

# Every name that was acknowledged, to be found at every node after each fault.
acknowledged=()
register_new() { # NODE NAME: until it is acknowledged; a repetition may find it taken by itself
    local end=$((SECONDS + 60))
    until register "$1" "$2"; do
        grep -q 'already taken' "$scratch/body" 2>/dev/null && break
        [ $SECONDS -lt $end ] || fail "too long: register $2 at $1"
        sleep 0.2
    done
    acknowledged+=("$2")
    passed=$((passed + 1))
}
invariants() { # all four run: one history, and nothing acknowledged is lost
    until_true 90 agree 1 2 3 4
    local name node
    for name in "${acknowledged[@]}"; do
        node=$((RANDOM % 4 + 1))
        until_true 60 log_in "$node" "$name"
    done
}

# The listed ports are the proxy's; the nodes listen elsewhere.
put_proxy_between() {
    python3 "$root/tests/e2e/network_ports.py" "$network"
    echo 1234 >"$network/links"
    python3 "$root/tests/e2e/fault_proxy.py" "$network" >"$scratch/proxy.out" 2>&1 &
    proxy_pid=$!
    until_true 10 grep -q listening "$scratch/proxy.out"
}
link() { # groups…, as fault_proxy.py reads them
    echo "$*" >"$network/links.new"
    mv "$network/links.new" "$network/links"
    until_true 10 grep -q "links $*" "$scratch/proxy.out"
}
