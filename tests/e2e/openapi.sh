#!/usr/bin/env bash
# docs/openapi.json against the running server: what Schemathesis generates, good and bad, and what the
# command line and an independent client really exchange with it.
source "$(dirname "$0")/lib.sh"
export PATH="$root/.deps/bin:$PATH" PYTHONDONTWRITEBYTECODE=1
python=$root/.deps/python/bin/python3

password='correct horse battery staple'
start_server
ask 200 'Registration successful' "$url/register" -d username=alice --data-urlencode "password=$password"
ask 200 '*' "$url/login" -d username=alice --data-urlencode "password=$password"
token=$body

# Everybody can fetch the document, and it is the one of the repository.
ask 200 '*' -D "$scratch/head" "$url/openapi.json"
cmp "$scratch/body" "$root/docs/openapi.json"
grep -qi '^cache-control: public, max-age=300' "$scratch/head"

# A refused sign-in names the scheme (RFC 9110 §15.5.2), on the plain route too: found by Schemathesis.
ask 401 'Invalid username or password' -D "$scratch/head" "$url/login" -d username=alice -d password=wrong
grep -qi '^www-authenticate: Bearer' "$scratch/head"

# The same cases in every run. Whether a well-formed body is good depends on signatures that no generator
# makes: those good answers are seen below.
(cd "$scratch" && "$python" -m schemathesis.cli --config-file "$root/tests/e2e/schemathesis.toml" \
    run "$url/openapi.json" --header "Authorization: Bearer $token" --max-examples 25 \
    --checks all --exclude-checks positive_data_acceptance --generation-deterministic \
    --suppress-health-check all --warnings off) >"$scratch/generated" 2>&1 ||
    { cut -c1-300 "$scratch/generated" >&2; exit 1; }
cases=$(sed -n 's/^ *\([0-9]*\) generated,.*/\1/p' "$scratch/generated")
echo "Schemathesis: $cases cases"
[ "${cases:-0}" -gt 300 ] || { cat "$scratch/generated" >&2; exit 1; }
passed=$((passed + 1))
expect 0 stop_server

# Real exchanges, on a directory of their own: Schemathesis has used up what the limits allow this address.
data=$scratch/walks
start_server
"$python" "$root/tests/e2e/openapi_walks.py" "$url" "$bulla" "$data"
expect 0 stop_server
echo "$passed passed, 0 failed"
