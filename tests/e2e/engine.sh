#!/usr/bin/env bash
# What is ours in the engine: checks that are written at once, and how a node begins after a snapshot. Its Go
# tests, with the toolchain and the modules that tools/setup engine gives; nothing is fetched.
set -euo pipefail
cd "$(dirname "$0")/../../engine"
export GOTOOLCHAIN=local CGO_ENABLED=0 GOFLAGS= GOPROXY=off

gofmt=$(go env GOROOT)/bin/gofmt
[ ! -x "$gofmt" ] || [ -z "$("$gofmt" -l .)" ] || { "$gofmt" -d . >&2; exit 1; }
go vet -mod=readonly .
results=$(mktemp)
trap 'rm -f "$results"' EXIT
go test -trimpath -mod=readonly -buildvcs=false -count=1 -v . >"$results" 2>&1 || {
    cat "$results" >&2
    exit 1
}
passed=$(grep -c -- '--- PASS' "$results")
[ "$passed" -gt 20 ] || { echo "only $passed tests ran" >&2; exit 1; }
echo "$passed passed, 0 failed"
