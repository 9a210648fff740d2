#!/usr/bin/env bash
# Behind nginx and haproxy: the same answer or a refusal, and nothing smuggled.
exec python3 "$(dirname "$0")/proxies.py"
