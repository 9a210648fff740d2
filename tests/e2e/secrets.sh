#!/usr/bin/env bash
# Passwords in memory, passwords and keys in what the server says.
exec python3 "$(dirname "$0")/secrets.py"
