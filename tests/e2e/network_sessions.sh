#!/usr/bin/env bash
# Where somebody is signed in: every node lists the sessions of all, ends any of them, and says which node did
# not answer.
source "$(dirname "$0")/lib.sh"
source "$(dirname "$0")/network_lib.sh"
export XDG_STATE_HOME=$scratch/state
cd "$scratch"

sessions_at() { # NODE TOKEN: "id node" a line
    curl -sS --max-time 10 "$(url_of "$1")/v1/sessions" -H "Authorization: Bearer $2" | python3 -c '
import json, sys
answer = json.load(sys.stdin)
for session in answer["sessions"]:
    print(session["id"], session["node"])
for node in answer["silent_nodes"]:
    print("silent", node)'
}
counts() { # NODE TOKEN SESSIONS SILENT
    local lines
    lines=$(sessions_at "$1" "$2") || return 1
    [ "$(grep -cv '^silent ' <<<"$lines")" = "$3" ] && [ "$(grep -c '^silent ' <<<"$lines" || true)" = "$4" ]
}
sid() { claims "$1" | grep -o '"sid":"[^"]*"' | cut -d'"' -f4; }
end_at() { # STATUS NODE SESSION TOKEN
    answers "$1" -X DELETE "$(url_of "$2")/v1/sessions/$3" -H "Authorization: Bearer $4"
}

"$bulla" network init --nodes 4 --port 0 "$network" >"$scratch/init.out"
start_nodes 1 2 3 4
register_new 1 alice
register_new 2 bob
declare -A tokens
for node in 1 2 3 4; do
    until_true 20 log_in $node alice
    tokens[$node]=$body
done
until_true 20 log_in 3 bob
bob=$body

# Every node lists all four, each with the node that began it, and nobody else's.
for node in 1 2 3 4; do
    until_true 10 counts $node "${tokens[1]}" 4 0
done
[ "$(sessions_at 2 "${tokens[1]}" | cut -d' ' -f2 | sort -u | wc -l)" = 4 ]
until_true 10 counts 1 "$bob" 1 0

# Ended at a node where it was never used and that did not list it; nobody ends a neighbour's.
until_true 10 end_at 404 4 "$(sid "${tokens[2]}")" "$bob"
until_true 10 verify 200 1 "${tokens[2]}"
until_true 10 end_at 204 4 "$(sid "${tokens[3]}")" "${tokens[4]}"
for node in 1 2 3 4; do
    until_true 15 verify 401 $node "${tokens[3]}"
done
until_true 10 counts 1 "${tokens[4]}" 3 0
until_true 10 end_at 404 1 "$(sid "${tokens[3]}")" "${tokens[4]}"

# The command line: lists, ends one, and then all of them by the ledger.
export BULLA_SERVER
BULLA_SERVER=$(url_of 1)
expect 0 "$bulla" login alice --password-stdin <<<"$password"
expect 0 "$bulla" account sessions
[ "$(grep -c ' node ' out)" = 4 ] && has 'this one' out
expect 0 "$bulla" account end-session "$(sid "${tokens[2]}")"
expect 1 "$bulla" account end-session "$(sid "${tokens[2]}")"
expect 2 "$bulla" account end-session nothing
until_true 15 verify 401 4 "${tokens[2]}"

# A node that is away: the others say so, its session is not ended by one of them, but by the ledger.
kill_node 4
until_true 10 counts 2 "${tokens[1]}" 2 1
expect 0 "$bulla" account sessions
has 'did not answer' out
until_true 10 end_at 503 2 "$(sid "${tokens[4]}")" "${tokens[1]}"
expect 3 "$bulla" account end-session "$(sid "${tokens[4]}")"
expect 0 "$bulla" account end-sessions --password-stdin <<<"$password"
for node in 1 2 3; do
    until_true 15 verify 401 $node "${tokens[1]}"
done
start_node 4
until_true 90 is_ready 4
until_true 20 verify 401 4 "${tokens[4]}"
until_true 20 log_in 4 alice
until_true 10 counts 4 "$body" 1 0

stop_nodes
echo "$passed passed, 0 failed"
