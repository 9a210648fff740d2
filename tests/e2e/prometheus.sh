#!/usr/bin/env bash
# The metrics as Prometheus reads them: promtool finds nothing wrong, and every rule of the package has data.
exec python3 "$(dirname "$0")/prometheus.py"
