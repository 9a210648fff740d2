#!/usr/bin/env bash
# Recovery by code at a real server, with and without a delay, by the command line. Catalogue: E13.
source "$(dirname "$0")/lib.sh"

password='correct horse battery staple'
changed='a quiet river runs by'
export XDG_STATE_HOME=$scratch/state
cd "$scratch"

# bulla WORDS…, with a line of standard input for each of the passwords in $lines
at_server() {
    printf '%s\n' "${lines[@]}" | "$bulla" "$@" --server "$url" --password-stdin
}

make_account() {
    lines=("$password")
    expect 0 at_server account register "$1"
    expect 0 at_server login "$1"
    expect 0 at_server account recovery-codes
    mapfile -t codes < <(sed -n 's/^    //p' "$scratch/out")
    [ "${#codes[@]}" -eq 10 ]
}

# Without a delay: one command, and the old credentials are gone, other codes too.
start_server
make_account alice
expect 0 "$bulla" account show --server "$url"
has '  10 recovery codes' out
has '  password    ' out
lines=("${codes[0]}" "$changed")
expect 0 at_server recover alice
has 'alice is recovered' out
lines=("$password")
expect 1 at_server login alice
lines=("$changed")
expect 0 at_server login alice
expect 0 "$bulla" account show --server "$url" --json
[ "$(member '["credentials"].__len__()' <"$scratch/out")" -eq 1 ]
for code in "${codes[0]}" "${codes[1]}"; do
    lines=("$code" "$password")
    expect 1 at_server recover alice
done

# A mistake in typing is found here; a code of somebody else, and a name that nobody has, are refused alike.
last=${codes[1]: -1}
lines=("${codes[1]%?}$([ "$last" = 0 ] && echo 1 || echo 0)" "$password")
expect 1 at_server recover alice
has 'no recovery code' err
make_account bob
lines=("${codes[0]}" "$password")
expect 1 at_server recover alice
cp "$scratch/err" "$scratch/known"
expect 1 at_server recover nobody
cmp "$scratch/known" "$scratch/err"
passed=$((passed + 1))

# What the server answers about a name before a proof: the same, whoever it is.
for name in alice nobody 'no such name'; do
    ask 201 '*' "$url/v1/recoveries" -H 'Content-Type: application/json' -d "{\"username\":\"$name\"}"
    [ "$(sed -E 's/"(id|challenge)":"[^"]*"/"\1":"…"/g; s/"time":[0-9]+/"time":0/' <<<"$body")" = \
        "${shape:=$(sed -E 's/"(id|challenge)":"[^"]*"/"\1":"…"/g; s/"time":[0-9]+/"time":0/' <<<"$body")}" ]
done
expect 0 "$bulla" ledger verify --data "$data"
expect 0 stop_server

# With a delay: pending, seen by the owner, cancelled; then left alone and ended by the same command.
data=$scratch/delayed
start_server --recovery-delay 2s
make_account carol
lines=("${codes[0]}" "$changed")
expect 0 at_server recover carol
has 'has begun' out
lines=("$password")
expect 0 "$bulla" account show --server "$url"
has 'recovery' out
expect 0 at_server account cancel-recovery
expect 1 at_server account cancel-recovery
has 'no recovery of this account is under way' err
expect 0 at_server login carol
until ! "$bulla" recover carol --server "$url" >"$scratch/out" 2>"$scratch/err" &&
    grep -qF 'none any more' "$scratch/err"; do
    grep -qF 'can be ended from' "$scratch/err" || { cat "$scratch/out" "$scratch/err" >&2; exit 1; }
    sleep 0.1
done
lines=("${codes[1]}" "$changed")
expect 0 at_server recover carol
has 'has begun' out
until "$bulla" recover carol --server "$url" >"$scratch/out" 2>"$scratch/err"; do
    grep -qF 'can be ended from' "$scratch/err" || { cat "$scratch/out" "$scratch/err" >&2; exit 1; }
    sleep 0.1
done
has 'carol is recovered' out
lines=("$changed")
expect 0 at_server login carol
expect 0 stop_server
expect 0 "$bulla" ledger verify --data "$data"
expect 2 "$bulla" serve --data "$data" --listen 127.0.0.1:0 --recovery-delay 1s
has 'founded with "2s"' err
echo "$passed passed, 0 failed"
