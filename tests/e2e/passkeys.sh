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
expect 0 "$bulla" ledger verify --data "$data"
echo "$passed passed, 0 failed"
