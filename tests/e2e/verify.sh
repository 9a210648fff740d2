#!/usr/bin/env bash
# The ledger's commands: verify beside a running server, with a checkpoint kept from before, and after a roll
# back; show; prove.
source "$(dirname "$0")/lib.sh"

password='correct horse battery staple'
register() {
    ask 200 'Registration successful' "$url/register" -d "username=$1" --data-urlencode "password=$password"
}
# field NAME: a member of the last command's JSON
field() {
    python3 -c 'import json,sys; print(json.load(open(sys.argv[1]))[sys.argv[2]])' "$scratch/out" "$1"
}
reason() {
    python3 -c 'import json,sys; print(json.load(open(sys.argv[1]))["fault"]["reason"].split()[0])' \
        "$scratch/out"
}
is() {
    [ "$1" = "$2" ] || { echo "expected '$2', got '$1'" >&2; cat "$scratch/out" "$scratch/err" >&2; exit 1; }
    passed=$((passed + 1))
}

start_server
register alice
expect 0 "$bulla" ledger verify --data "$data" --json
is "$(field ok) $(field entries) $(field blocks) $(field size) $(field fault)" 'True 3 3 6 None'
curl -sS -o "$scratch/kept" "$url/log/checkpoint"
key=$(curl -sS "$url/v1/network" | python3 -c 'import json,sys; print(json.load(sys.stdin)["log_key"])')

# Beside the running server, while it writes.
for name in bob carol dave erin; do register $name; done &
writer=$!
for _ in 1 2 3; do expect 0 "$bulla" ledger verify --data "$data" --checkpoint "$scratch/kept"; done
wait $writer
[ -z "$(ls "$data/copies")" ] || { echo "copies were left behind" >&2; exit 1; }

# Proofs, for and against.
expect 0 "$bulla" ledger prove alice --data "$data" --output "$scratch/alice.tlog-proof"
expect 0 "$bulla" ledger verify --proof "$scratch/alice.tlog-proof" --name Alice --key "$key" --json
is "$(field present) $(field status) $(field version)" 'True active 1'
expect 1 "$bulla" ledger verify --proof "$scratch/alice.tlog-proof" --name bob --key "$key" --json
is "$(reason)" wrong_name
expect 0 "$bulla" ledger prove nobody --data "$data" --output "$scratch/nobody.tlog-proof"
expect 0 "$bulla" ledger verify --proof "$scratch/nobody.tlog-proof" --name nobody --key "$key" --json
is "$(field present)" False
expect 2 "$bulla" ledger verify --proof "$scratch/alice.tlog-proof" --name alice --key nonsense
expect 2 "$bulla" ledger verify --proof "$scratch/alice.tlog-proof" --key "$key"
expect 2 "$bulla" ledger verify --proof "$scratch/nothing" --name alice --key "$key"

expect 0 "$bulla" ledger show 0 --data "$data" --json
is "$(field kind)" genesis
expect 2 "$bulla" ledger show 1000 --data "$data"
expect 0 stop_server
expect 0 "$bulla" ledger prove alice --data "$data" --output "$scratch/stopped.tlog-proof"
expect 0 "$bulla" ledger verify --proof "$scratch/stopped.tlog-proof" --name alice --key "$key"
expect 0 "$bulla" ledger verify --data "$data" --checkpoint "$scratch/kept"
expect 1 "$bulla" ledger verify --data "$data" --checkpoint "$scratch/out" --json
is "$(reason)" checkpoint_refused

# An older copy of the ledger put back under the guard: found by verify, and the server does not start on it.
cp -a "$data/ledger" "$scratch/old"
start_server
register frank
expect 0 stop_server
rm -rf "$data/ledger"
mv "$scratch/old" "$data/ledger"
expect 1 "$bulla" ledger verify --data "$data" --json
is "$(reason)" ends_before_guard
expect 3 "$bulla" serve --data "$data" --listen 127.0.0.1:0
grep -q 'rolled back' "$scratch/err"

# A socket that a killed server left behind, a lost guard, a key that is not the ledger's.
rm -rf "$data"
start_server
kill -KILL "$server_pid"
wait "$server_pid" 2>/dev/null || true
server_pid=
[ -S "$data/control.sock" ]
expect 0 "$bulla" ledger verify --data "$data"
mv "$data/guard/checkpoint" "$scratch/guard"
expect 1 "$bulla" ledger verify --data "$data" --json
is "$(reason)" guard_missing
expect 3 "$bulla" serve --data "$data" --listen 127.0.0.1:0
mv "$scratch/guard" "$data/guard/checkpoint"
head -c 32 /dev/urandom >"$data/keys/log"
expect 1 "$bulla" ledger verify --data "$data" --json
is "$(reason)" key_differs
expect 3 "$bulla" serve --data "$data" --listen 127.0.0.1:0
grep -q 'keys/log' "$scratch/err"
echo "$passed passed, 0 failed"
