#!/usr/bin/env bash
# The pages in a real browser: every page, by keyboard, with axe-core; what left the browser; hostile servers.
# Pictures stay in build/pictures.
source "$(dirname "$0")/lib.sh"
export PATH="$root/.deps/bin:$PATH"

start_server

# Compressed, kept for ever, under a policy that allows nothing inline.
ask 200 '*' -D "$scratch/head" -H 'Accept-Encoding: gzip, br' "$url/"
grep -qi '^content-encoding: br' "$scratch/head"
grep -qi "^content-security-policy: default-src 'none'" "$scratch/head"
grep -qi '^cache-control: no-cache' "$scratch/head"
ask 200 '*' -D "$scratch/head" "$url/"
if grep -qi '^content-encoding' "$scratch/head"; then echo "compressed unasked" >&2; exit 1; fi
cmp "$scratch/body" "$root/web/dist/index.html"
script=$(grep -o '/assets/[^"]*\.js' "$scratch/body")
ask 200 '*' -D "$scratch/head" -H 'Accept-Encoding: gzip' "$url$script"
grep -qi '^content-encoding: gzip' "$scratch/head"
grep -qi '^cache-control: public, max-age=31536000, immutable' "$scratch/head"
gzip -dc <"$scratch/body" | cmp - "$root/web/dist$script"
ask 404 '*' "$url/assets/none.js"

# What a person waits for on the first visit, compressed: the document and what it names.
first=$(cat "$root/web/dist/index.html.br" $(grep -o '/assets/[^"]*' "$root/web/dist/index.html" |
    sed "s|.*|$root/web/dist&.br|") | wc -c)
echo "first load: $first bytes"
[ "$first" -lt 100000 ]
passed=$((passed + 1))

node "$root/tests/e2e/web_units.mjs" "$root/tests/vectors"
passed=$((passed + 1))

# Each part at a server of its own; where a recovery waits, its owner can stop it.
export BULLA_BINARY=$bulla
pages() {
    BULLA_DATA=$data node "$root/tests/e2e/web.mjs" "$url" "$root/build/pictures" "$1"
    passed=$((passed + 1))
    expect 0 stop_server
}
pages sign_in
data=$scratch/passkeys
start_server
pages passkeys
data=$scratch/recovery
start_server
pages recovery
data=$scratch/waiting
start_server --recovery-delay 1h
pages waiting
# Operators' recoveries take three days: the server's clock is moved.
data=$scratch/by_operators
clang-19 -O1 -shared -fPIC -o "$scratch/set_clock.so" "$root/tests/e2e/set_clock.c"
export CLOCK_OFFSET=$scratch/offset
echo 0 >"$CLOCK_OFFSET"
LD_PRELOAD=$scratch/set_clock.so start_server
pages by_operators
echo "$passed passed, 0 failed"
