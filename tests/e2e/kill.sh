#!/usr/bin/env bash
# kill -9 under load, 20 times; KILLS=200 in make test-long.
exec python3 "$(dirname "$0")/kill.py" --kills "${KILLS:-20}"
