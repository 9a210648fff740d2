#!/usr/bin/env bash
# One node's disk is full, another time its clock is an hour off: the other three go on, the node says what is
# wrong, and catches up by itself once it is mended. `LONG=1` fills the disk to the last byte as well.
# It is the node of the lowest id, which the others ask first.
source "$(dirname "$0")/lib.sh"
source "$(dirname "$0")/network_lib.sh"
cd "$scratch"

mebibyte=1048576
leave() { # MEBIBYTES: the rest of the disk is somebody else's
    local free
    free=$(df --output=avail -B1 "$disk" | tail -n 1)
    fallocate -l $((free - $1 * mebibyte)) "$disk/filler.$1"
}
end_disk() {
    local status=$?
    local pid
    for pid in "${node_pids[@]}"; do
        kill -KILL "$pid" 2>/dev/null || true
    done
    tail -n 20 "$disk/node.log" >"$scratch/node.log" 2>/dev/null || true
    cd /
    umount "$disk" || umount -l "$disk"
    [ $status -eq 0 ] || cat "$scratch/node.log" >&2
    end_network $status
}
says() { # NODE TEXT: in the line of `status` about it
    "$bulla" network status "$network" >"$scratch/status" || true
    grep -q "^node-$1 .*$2" "$scratch/status"
}
is_silent() { ! says "$1" '\(disk\|clock\|too few\)'; }
many() { # PREFIX: registered at the three
    local count
    for count in 1 2 3 4 5; do
        register_new "${others[count % 3]}" "$1-$count"
    done
}
lowest_node() { # the genesis entry has them in the order of their numbers
    "$bulla" ledger show 0 --json --data "$network/node-1/data" | python3 -c '
import base64, json, sys
ids = [base64.urlsafe_b64decode(node + "=") for node in json.load(sys.stdin)["nodes"]]
print(ids.index(min(ids)) + 1)'
}

"$bulla" network init --nodes 4 --port 0 "$network" >"$scratch/init.out"
bad=$(lowest_node)
others=()
for node in 1 2 3 4; do
    [ "$node" = "$bad" ] || others+=("$node")
done
disk=$network/node-$bad
mv "$disk" "$scratch/node"
mkdir "$disk"
mount -t tmpfs -o size=400m,mode=700 bulla-test "$disk" 2>"$scratch/err" || {
    echo "skipped: no disk can be mounted here: $(cat "$scratch/err")"
    exit 0
}
trap end_disk EXIT
cp -a "$scratch/node/." "$disk/"
clang-19 -O1 -shared -fPIC -o "$scratch/set_clock.so" "$root/tests/e2e/set_clock.c"
export CLOCK_OFFSET=$scratch/offset
echo 0 >"$CLOCK_OFFSET"
for node in "${others[@]}"; do
    start_node "$node"
done
export LD_PRELOAD=$scratch/set_clock.so # of the program alone: the engine does not ask the C library
start_node "$bad"
unset LD_PRELOAD
for node in 1 2 3 4; do
    until_true 90 is_ready $node
done
register_new "$bad" alice
until_true 20 log_in "$bad" alice
token=$body
invariants

# Full but for the reserve: the node takes no block, and says why. What it has it answers.
leave 20
until_true 20 says "$bad" 'disk is full'
many full
! register "$bad" zoe || fail "a node without room has acknowledged a registration"
until_true 20 answers 200 "$(url_of "$bad")/healthz"
rm -f "$disk"/filler.*
until_true 90 is_ready "$bad"
until_true 30 is_silent "$bad"
invariants
until_true 20 verify 200 "$bad" "$token"

if [ -n "${LONG:-}" ]; then
    leave 0
    until_true 20 says "$bad" 'disk is full'
    many byte
    rm -f "$disk"/filler.*
    until_true 180 is_ready "$bad"
    invariants
fi

# An hour ahead: it hears nobody and nobody hears it, and it says so. Its own word stops nothing.
for offset in 3600 -3600; do
    echo $offset >"$CLOCK_OFFSET"
    until_true 60 says "$bad" 'its clock is not that of most other nodes'
    many "clock$offset"
    until_true 40 send 503 login "$bad" alice
    ! register "$bad" zoe || fail "a node of another time has acknowledged a registration"
    echo 0 >"$CLOCK_OFFSET"
    until_true 90 is_ready "$bad"
    until_true 90 is_silent "$bad"
    invariants
    register_new "$bad" "return$offset"
done

stop_nodes
for node in 1 2 3 4; do
    expect 0 "$bulla" ledger verify --data "$network/node-$node/data"
done
echo "$passed passed, 0 failed"
