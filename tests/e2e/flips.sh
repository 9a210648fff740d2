#!/usr/bin/env bash
# A sample of the bytes of a small ledger, each flipped in turn: `ledger verify` finds every one.
# Catalogue: G1.
# All bytes: flip_bytes.py alone.
exec python3 "$(dirname "$0")/flip_bytes.py" --every "${FLIP_EVERY:-41}"
