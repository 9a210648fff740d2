#!/usr/bin/env bash
# A backup that ends before what was signed: it does not go on under its name, but under a new one, with a new
# key. Old proofs keep their value, what came after the backup is lost, and everybody can see it.
# Catalogue: G15, G22.
source "$(dirname "$0")/lib.sh"
export PATH="$root/.deps/bin:$PATH" GOTOOLCHAIN=local
[ ! -x "$root/.deps/python/bin/python3" ] || export PATH="$root/.deps/python/bin:$PATH"

password='correct horse battery staple'
register() { ask 200 '*' "$url/register" -d "username=$1" --data-urlencode "password=$password"; }
sign_in() { ask "$1" '*' "$url/login" -d "username=$2" --data-urlencode "password=$password"; }
network() { curl -sS "$url/v1/network" | member "[\"$1\"]"; }
checkpoint() { curl -sS -o "$scratch/$1" "$url/log/checkpoint"; }
is_equal() { [ "$1" = "$2" ] || { echo "expected '$2', got '$1'" >&2; exit 1; }; passed=$((passed + 1)); }
old_origin=localhost:8080/log
new_origin=localhost:8080/log-2

start_server
register alice
checkpoint before
old_key=$(network log_key)
id=$(network network)
expect 0 "$bulla" backup "$scratch/backup" --data "$data"
register bob
checkpoint after
expect 0 stop_server
cp -a "$data" "$scratch/lost"

# The backup alone.
expect 0 "$bulla" restore "$scratch/backup" --data "$scratch/restored"
data=$scratch/restored
recover=("$bulla" recover-guard --data "$data")
expect 1 "${recover[@]}" --size "$(sed -n 2p "$scratch/after")"
has '--new-origin' "$scratch/err"
expect 2 "${recover[@]}"
expect 2 "${recover[@]}" --new-origin "$old_origin"
has 'this log has had that name' "$scratch/err"
expect 2 "${recover[@]}" --new-origin 'two words'
expect 2 "${recover[@]}" --size 1 --new-origin "$new_origin"
[ ! -e "$data/guard/checkpoint" ] || { echo "a refusal has made a guard" >&2; exit 1; }
expect 0 "${recover[@]}" --new-origin "$new_origin"
has "goes on as $new_origin" "$scratch/out"
new_key=$(tail -n 1 "$scratch/out" | tr -d ' ')
is_equal "$(head -n 1 "$data/guard/checkpoint")" "$new_origin"
[ ! -e "$data/keys/log.next" ] || { echo "the key is not in use" >&2; exit 1; }
expect 0 "${recover[@]}" --new-origin "$new_origin" # it is done: the same again
size=$(sed -n 2p "$data/guard/checkpoint")
expect 2 "${recover[@]}" --size 1
expect 0 "$bulla" ledger verify --data "$data"

# People sign in; who came after the backup is not there, and can come again.
start_server
is_equal "$(network log_key)" "$new_key"
is_equal "$(network network)" "$id"
checkpoint first
is_equal "$(head -n 1 "$scratch/first")" "$new_origin"
[ "$(sed -n 2p "$scratch/first")" -ge "$size" ]
sign_in 200 alice
sign_in 401 bob
register bob
checkpoint newest

# What an auditor sees: old checkpoints that the log extends are good, a later one under the old name is not.
expect 0 "$bulla" ledger verify --data "$data"
expect 0 "$bulla" ledger verify --data "$data" --checkpoint "$scratch/before"
expect 0 "$bulla" ledger verify --data "$data" --checkpoint "$scratch/first"
expect 1 "$bulla" ledger verify --data "$data" --checkpoint "$scratch/after"
cat "$scratch/out" "$scratch/err" >"$scratch/said"
has "$old_origin, which the log has left" "$scratch/said"
sed "1s|.*|$new_origin|" "$scratch/before" >"$scratch/forged"
expect 1 "$bulla" ledger verify --data "$data" --checkpoint "$scratch/forged"

# Somebody else's verifier, by the new key alone; the old one opens nothing here.
(cd "$root/tests/interop" && expect 0 go run ./tlogcheck "$url/log" "$new_key")
(cd "$root/tests/interop" && expect 1 go run ./tlogcheck "$url/log" "$old_key")
expect 0 python3 "$root/tests/interop/verify_log.py" "$url" "$new_key"

# A person's proof, to who knows the new key alone.
ask 200 '*' "$url/login" -d username=alice --data-urlencode "password=$password"
curl -sS -o "$scratch/proof" "$url/v1/account/proof" -H "Authorization: Bearer $body"
expect 0 "$bulla" ledger verify --proof "$scratch/proof" --name alice --key "$new_key"
expect 1 "$bulla" ledger verify --proof "$scratch/proof" --name alice --key "$old_key"

# The lost log, if it comes back: no fork under one name, but two names that have parted.
recovered=$url recovered_pid=$server_pid
data=$scratch/lost start_server
trap 'status=$?; kill -KILL $recovered_pid 2>/dev/null || true; set +e; (exit $status); finish' EXIT
(cd "$scratch" && expect 1 "$bulla" ledger compare "$recovered" "$url")
has 'one ledger under two names' "$scratch/out"
has 'nobody is proved guilty' "$scratch/out"
[ ! -e "$scratch/fork-proof" ]
expect 0 stop_server
server_pid=$recovered_pid
expect 0 stop_server

# A data directory that was rolled back below its own guard: the record goes to the new name too.
rm -rf "$scratch/lost/ledger"
cp -a "$scratch/backup/ledger" "$scratch/lost/ledger"
rm -rf "$scratch/lost/maps"
expect 3 "$bulla" serve --data "$scratch/lost" --listen 127.0.0.1:0
expect 2 "$bulla" recover-guard --data "$scratch/lost" --new-origin "$old_origin"
expect 0 "$bulla" recover-guard --data "$scratch/lost" --new-origin "$new_origin-3"
expect 0 "$bulla" ledger verify --data "$scratch/lost"
data=$scratch/lost start_server
sign_in 200 alice
expect 0 stop_server

# A whole log, whose key was stolen: it extends what it has signed, also under the new name.
expect 0 "$bulla" recover-guard --data "$scratch/lost" --new-origin "$new_origin-4"
expect 0 "$bulla" ledger verify --data "$scratch/lost"
data=$scratch/lost start_server
sign_in 200 alice
is_equal "$(curl -sS "$url/log/checkpoint" | head -n 1)" "$new_origin-4"
expect 0 stop_server

# The policy's delay: proposed now, applied later, and nothing signed in between.
clang-19 -O1 -shared -fPIC -o "$scratch/set_clock.so" "$root/tests/e2e/set_clock.c"
export CLOCK_OFFSET=$scratch/offset
echo 0 >"$CLOCK_OFFSET"
data=$scratch/slow
start_server --change-delay 72h
register carol
expect 0 stop_server
rm "$data/guard/checkpoint"
recover=(env LD_PRELOAD="$scratch/set_clock.so" "$bulla" recover-guard --data "$data")
expect 1 "${recover[@]}" --new-origin "$new_origin"
has 'Run this again then' "$scratch/err"
expect 1 "${recover[@]}" --new-origin "$new_origin"
expect 3 "$bulla" serve --data "$data" --listen 127.0.0.1:0
is_equal "$(sed -n 2p "$data/guard/checkpoint")" 0
echo $((73 * 3600)) >"$CLOCK_OFFSET"
expect 0 "${recover[@]}" --new-origin "$new_origin"
expect 0 "$bulla" ledger verify --data "$data"
echo "$passed passed, 0 failed"
