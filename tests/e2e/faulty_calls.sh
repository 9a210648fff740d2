#!/usr/bin/env bash
# The n-th call of the real program fails, or it is killed there; FAULT_STRIDE=1 in make test-long.
exec python3 "$(dirname "$0")/faulty_calls.py" "$@"
