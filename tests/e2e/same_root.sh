#!/usr/bin/env bash
# The same bytes give the same root: by the release build and the one under sanitizers, with other numbers of
# threads, in another time zone and language, whichever build made them (catalogue: G10).
source "$(dirname "$0")/lib.sh"
checked=$root/build/sanitize/bulla
[ -x "$checked" ] || {
    echo "skipped: build/sanitize/bulla is not there: tools/build sanitize makes it"
    exit 0
}

people() {
    local name
    for name in alice bob carol дарья; do
        ask 200 '*' "$url/register" --data-urlencode "username=$name" \
            --data-urlencode 'password=correct horse battery staple'
    done
    expect 0 "$bulla" login bob --server "$url" --password-stdin <<<'correct horse battery staple'
    expect 0 "$bulla" account erase --yes --server "$url" --password-stdin <<<'correct horse battery staple'
}
export XDG_STATE_HOME=$scratch/state
release=$bulla
for maker in "$release" "$checked"; do
    data=$scratch/data-$(basename "$(dirname "$maker")")
    bulla=$maker
    start_server --scripts Cyrillic
    people
    expect 0 stop_server
    "$release" ledger verify --data "$data" --json >"$scratch/first"
    grep -q '"root"' "$scratch/first"
    for reader in "$release" "$checked"; do
        for threads in 1 3 64; do
            expect 0 env TZ=Asia/Kathmandu LC_ALL=tr_TR.UTF-8 HOSTNAME=elsewhere \
                "$reader" ledger verify --data "$data" --threads $threads --json
            cmp "$scratch/first" "$scratch/out"
        done
    done
done
echo "$passed passed, 0 failed"
