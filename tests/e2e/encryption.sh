#!/usr/bin/env bash
# Keys encrypted at rest: founding with a passphrase, encrypting, decrypting, another passphrase, each ended
# by a kill at every step; the commands that read keys; a systemd credential. Catalogue: J5, J10.
source "$(dirname "$0")/lib.sh"

password='correct horse battery staple'
unset BULLA_KEYS_PASSPHRASE_FILE CREDENTIALS_DIRECTORY
# Commands ask the terminal when they are told no passphrase: here there is none.
[ -n "${WITHOUT_TERMINAL:-}" ] || WITHOUT_TERMINAL=1 exec setsid --wait bash "$0" "$@"

says() {
    grep -qF -- "$1" "$scratch/out" "$scratch/err" ||
        { echo "expected '$1' in: $(cat "$scratch/out" "$scratch/err")" >&2; exit 1; }
    passed=$((passed + 1))
}
passphrase_file() {
    (umask 077 && printf '%s\n' "$2" >"$scratch/$1")
    chmod 600 "$scratch/$1"
}
passphrase_file first 'a passphrase for tests'
passphrase_file second 'quite another passphrase'
passphrase_file wrong 'nobody chose this one'
first=(--passphrase-file "$scratch/first")
second=(--passphrase-file "$scratch/second")
log_in() { curl -sS --fail "$url/login" -d username=alice --data-urlencode "password=$password"; }
accepted() { ask 200 '*' "$url/verify" -H "Authorization: Bearer $1"; }
# sealed COUNT: so many files of the keys' directory are sealed, and one more is the wrapping
sealed() {
    local found
    found=$(grep -laF 'bulla-key-file-1' "$data"/keys/* | wc -l)
    [ "$found" = "$1" ] ||
        { echo "expected $1 sealed files, found $found: $(ls -l "$data/keys")" >&2; exit 1; }
    [ "$(ls "$data/keys" | grep -vxc wrapping)" = "$1" ]
    [ -e "$data/keys/wrapping" ]
    passed=$((passed + 1))
}
refuses_start() {
    expect "$1" timeout 60 "$bulla" serve --data "$data" --listen 127.0.0.1:0 "${@:3}"
    says "$2"
}

# A bare directory is encrypted while nobody runs on it.
start_server
ask 200 'Registration successful' "$url/register" -d username=alice --data-urlencode "password=$password"
token=$(log_in)
expect 3 "$bulla" key encrypt --data "$data" "${first[@]}"
says 'stop it first'
expect 0 stop_server
cp -a "$data" "$scratch/bare"
refuses_start 3 'bulla key encrypt' "${first[@]}"
expect 2 "$bulla" key encrypt --data "$data"
says '--passphrase-file'
expect 0 "$bulla" key encrypt --data "$data" "${first[@]}"
sealed 8
[ ! -e "$data/keys.new" ]
expect 1 "$bulla" key encrypt --data "$data" "${first[@]}"
says 'change-passphrase'

# It starts with the passphrase alone, and each refusal says why.
refuses_start 3 'name the file of the passphrase'
refuses_start 3 'another passphrase' --passphrase-file "$scratch/wrong"
refuses_start 2 'is missing' --passphrase-file "$scratch/nowhere"
chmod 640 "$scratch/first"
refuses_start 2 'chmod 600' "${first[@]}"
chmod 600 "$scratch/first"
start_server "${first[@]}"
accepted "$token"
accepted "$(log_in)"

# Token signing keys come and go encrypted.
expect 0 "$bulla" key rotate --data "$data"
sealed 8
accepted "$token"
accepted "$(log_in)"
expect 0 "$bulla" backup "$scratch/backup" --data "$data"
expect 0 "$bulla" ledger prove alice --data "$data"
expect 0 "$bulla" ledger verify --data "$data"
says 'were not compared'
expect 0 "$bulla" ledger verify --data "$data" "${first[@]}"
! grep -q 'not compared' "$scratch/err"
curl -sS -o "$scratch/kept" "$url/log/checkpoint"
expect 0 stop_server

# Without a server, the commands that read keys.
expect 0 "$bulla" ledger verify --data "$data" "${first[@]}"
expect 2 "$bulla" ledger verify --data "$data" --passphrase-file "$scratch/wrong"
says 'another passphrase'
expect 3 "$bulla" ledger prove alice --data "$data"
expect 0 "$bulla" ledger prove alice --data "$data" "${first[@]}"
expect 2 "$bulla" ledger show --account alice --data "$data"
expect 0 env BULLA_KEYS_PASSPHRASE_FILE="$scratch/first" "$bulla" ledger show --account alice --data "$data"

# Swapped and changed files are refused by name, by the server and by verifying.
cp -a "$data" "$scratch/kept-data"
mv "$data/keys/log" "$scratch/log"
cp -p "$data/keys/node" "$data/keys/log"
refuses_start 3 'keys/log' "${first[@]}"
expect 1 "$bulla" ledger verify --data "$data" "${first[@]}"
says 'keys/log'
mv "$scratch/log" "$data/keys/log"

# A backup has the keys as they were; restoring needs their passphrase.
expect 2 "$bulla" restore "$scratch/backup" --data "$scratch/restored"
[ ! -e "$scratch/restored" ]
expect 2 "$bulla" restore "$scratch/backup" --data "$scratch/restored" --passphrase-file "$scratch/wrong"
says 'another passphrase'
expect 0 "$bulla" restore "$scratch/backup" --data "$scratch/restored" "${first[@]}"
expect 0 "$bulla" recover-guard --data "$scratch/restored" --size "$(sed -n 2p "$scratch/kept")"
original=$data
data=$scratch/restored
sealed 8
start_server "${first[@]}"
accepted "$(log_in)"
expect 0 stop_server
data=$original

# Another passphrase.
expect 1 "$bulla" key change-passphrase --data "$data" --passphrase-file "$scratch/wrong" \
    --new-passphrase-file "$scratch/second"
expect 0 "$bulla" key change-passphrase --data "$data" "${first[@]}" --new-passphrase-file "$scratch/second"
refuses_start 3 'another passphrase' "${first[@]}"

# A systemd credential: read-only for the service's user, by a right that shows as the group's.
mkdir "$scratch/credentials"
install -m 440 "$scratch/second" "$scratch/credentials/bulla-passphrase"
export CREDENTIALS_DIRECTORY=$scratch/credentials
start_server
accepted "$(log_in)"
expect 0 stop_server
chmod 444 "$scratch/credentials/bulla-passphrase"
refuses_start 2 'others may read'
unset CREDENTIALS_DIRECTORY

# Back to bare files, which need no passphrase.
expect 1 "$bulla" key decrypt --data "$data" "${first[@]}"
expect 0 "$bulla" key decrypt --data "$data" "${second[@]}"
expect 1 "$bulla" key decrypt --data "$data" "${second[@]}"
says 'not encrypted'
start_server
accepted "$(log_in)"
expect 0 stop_server

# Ended by a kill before each of its steps, a change has happened or not; the next start goes on and tidies
# up.
clang-19 -shared -fPIC -O1 -o "$scratch/die_at.so" "$root/tests/e2e/die_at.c"
whole() {
    [ ! -e "$data/keys.new" ] || { echo "keys.new was left behind" >&2; exit 1; }
    [ ! -e "$data/keys/wrapping.new" ] || { echo "wrapping.new was left behind" >&2; exit 1; }
}
# opens_with [FLAG PASSPHRASE]: 0 when the directory is encrypted by it, or bare without it; opening tidies up
opens_with() {
    # A command does not mind a passphrase that it has no use for.
    if [ $# -gt 0 ]; then [ -e "$data/keys/wrapping" ]; else [ ! -e "$data/keys/wrapping" ]; fi || return 1
    "$bulla" ledger prove alice --data "$data" "$@" >"$scratch/out" 2>"$scratch/err"
}
# kill_everywhere BEFORE AFTER COMMAND…: BEFORE and AFTER are names of passphrase files, or "bare"
kill_everywhere() {
    local before=$1 after=$2 steps at outcome old=() new=()
    shift 2
    [ "$before" = bare ] || old=(--passphrase-file "$scratch/$before")
    [ "$after" = bare ] || new=(--passphrase-file "$scratch/$after")
    rm -rf "$scratch/untouched"
    cp -a "$data" "$scratch/untouched"
    DIE_COUNT=$scratch/steps LD_PRELOAD=$scratch/die_at.so "$@" >/dev/null
    steps=$(cat "$scratch/steps")
    [ "$steps" -gt 5 ] || { echo "only $steps steps were seen" >&2; exit 1; }
    local befores=0 afters=0
    for at in $(seq 1 "$steps"); do
        rm -rf "$data"
        cp -a "$scratch/untouched" "$data"
        outcome=0
        { DIE_AT=$at LD_PRELOAD=$scratch/die_at.so "$@" || outcome=$?; } >/dev/null 2>&1
        [ "$outcome" = 137 ] || [ "$at" = "$steps" ] || { echo "step $at: exit $outcome" >&2; exit 1; }
        if opens_with "${old[@]}"; then
            befores=$((befores + 1))
        elif opens_with "${new[@]}"; then
            afters=$((afters + 1))
        else
            echo "killed before step $at of $steps ($*), nothing opens: $(cat "$scratch/err")" >&2
            exit 1
        fi
        whole
        passed=$((passed + 1))
    done
    [ "$befores" -gt 0 ] && [ "$afters" -gt 0 ] || { echo "$befores before, $afters after" >&2; exit 1; }
    echo "killed before each of $steps steps of $2 $3: $befores times as before, $afters times as wished for"
    # What the last run began is finished by another one.
    if opens_with "${old[@]}"; then expect 0 "$@"; fi
    expect 0 "$bulla" ledger verify --data "$data" "${new[@]}"
}
kill_everywhere bare first "$bulla" key encrypt --data "$data" "${first[@]}"
kill_everywhere first second "$bulla" key change-passphrase --data "$data" "${first[@]}" \
    --new-passphrase-file "$scratch/second"
kill_everywhere second bare "$bulla" key decrypt --data "$data" "${second[@]}"
start_server
accepted "$(log_in)"
expect 0 stop_server

# A first start with a passphrase founds encrypted; no bare key ever touches the disk.
data=$scratch/founded
start_server "${first[@]}"
sealed 8
ask 200 'Registration successful' "$url/register" -d username=alice --data-urlencode "password=$password"
expect 0 stop_server
refuses_start 3 'name the file of the passphrase'
printf '[keys]\npassphrase_file = "%s"\n' "$scratch/first" >"$scratch/bulla.toml"
start_server --config "$scratch/bulla.toml"
accepted "$(log_in)"
expect 0 stop_server
expect 0 "$bulla" ledger verify --data "$data" "${first[@]}"
echo "$passed passed, 0 failed"
