#!/usr/bin/env bash
# Passkeys: a software authenticator against a running server, attacks of catalogue group D, and the ledger
# afterwards. Every step has a server of its own run, since what one address may begin in an hour is limited.
source "$(dirname "$0")/lib.sh"
export PYTHONDONTWRITEBYTECODE=1
python=$root/.deps/python/bin/python3

for step in walk unknown client_data origins counts others keys credentials; do
    start_server
    "$python" "$root/tests/e2e/passkeys.py" "$url" "$step"
    expect 0 stop_server
done

# What a backup holds finds accounts by their user handle too.
export KEPT_PASSKEY=$scratch/passkey.json
start_server
"$python" "$root/tests/e2e/passkeys.py" "$url" keep
size=$(curl -sS "$url/log/checkpoint" | sed -n 2p)
expect 0 stop_server
expect 0 "$bulla" ledger verify --data "$data"
expect 0 "$bulla" backup "$scratch/backup" --data "$data" --without-keys
expect 0 "$bulla" restore "$scratch/backup" --data "$scratch/restored" --keys "$data/keys"
expect 0 "$bulla" recover-guard --data "$scratch/restored" --size "$size"
data=$scratch/restored
start_server
"$python" "$root/tests/e2e/passkeys.py" "$url" open
expect 0 stop_server
echo "$passed passed, 0 failed"
