#!/usr/bin/env bash
# The systemd unit: how exposed it leaves the program, and that the program runs inside it.
exec python3 "$(dirname "$0")/unit.py"
