#!/usr/bin/env bash
# Backup beside a running server, restore elsewhere, what a node needs before it signs. Catalogue: G15, G22.
source "$(dirname "$0")/lib.sh"

password='correct horse battery staple'
register() {
    ask 200 'Registration successful' "$url/register" -d "username=$1" --data-urlencode "password=$password"
}
size_of() { sed -n 2p "$1"; }

expect 2 "$bulla" backup "$scratch/none" --data "$scratch/nowhere"
start_server
register alice
for name in bob carol dave erin frank; do register $name; done &
writer=$!
expect 0 "$bulla" backup "$scratch/backup" --data "$data"
wait $writer
curl -sS -o "$scratch/kept" "$url/log/checkpoint"
expect 2 "$bulla" backup "$scratch/backup" --data "$data"
expect 0 "$bulla" backup "$scratch/no-keys" --data "$data" --without-keys
[ ! -e "$scratch/no-keys/keys" ]
[ -z "$(ls "$data/copies")" ] || { echo "copies were left behind" >&2; exit 1; }
[ -z "$(find "$scratch/backup" -perm /077)" ] || { echo "others may read the backup" >&2; exit 1; }

# A backup is verified like a data directory, and is none.
expect 0 "$bulla" ledger verify --data "$scratch/backup"
expect 3 "$bulla" serve --data "$scratch/backup" --listen 127.0.0.1:0
grep -q 'guard record is missing' "$scratch/err"

# Every flipped byte of a database file is found before anything is restored.
cp -a "$scratch/backup" "$scratch/damaged"
python3 - "$scratch/damaged/ledger" <<'END'
import pathlib, sys
log = max(pathlib.Path(sys.argv[1]).glob("*.log"), key=lambda file: file.stat().st_size)
content = bytearray(log.read_bytes())
content[len(content) // 2] ^= 1
log.write_bytes(content)
END
expect 1 "$bulla" restore "$scratch/damaged" --data "$scratch/restored"
[ ! -e "$scratch/restored" ]
expect 2 "$bulla" restore "$scratch/no-keys" --data "$scratch/restored"
expect 2 "$bulla" restore "$scratch/nowhere" --data "$scratch/restored"
expect 2 "$bulla" restore "$scratch/backup" --data "$data"

# Yesterday's backup does not sign where more was signed since.
expect 0 "$bulla" restore "$scratch/backup" --data "$scratch/restored"
expect 3 "$bulla" serve --data "$scratch/restored" --listen 127.0.0.1:0
register grace
curl -sS -o "$scratch/newest" "$url/log/checkpoint"
expect 0 stop_server
expect 1 "$bulla" recover-guard --data "$scratch/restored" --size "$(size_of "$scratch/newest")"
grep -q 'second history' "$scratch/err"
expect 3 "$bulla" serve --data "$scratch/restored" --listen 127.0.0.1:0
expect 2 "$bulla" recover-guard --data "$data" --size 1

# A backup of the stopped node is as new as what was signed: it goes on, with everybody's password.
expect 0 "$bulla" backup "$scratch/last" --data "$data" --without-keys
expect 0 "$bulla" restore "$scratch/last" --data "$scratch/moved" --keys "$data/keys"
expect 0 "$bulla" recover-guard --data "$scratch/moved" --size "$(size_of "$scratch/newest")"
data=$scratch/moved
start_server
ask 200 '*' "$url/login" -d username=grace --data-urlencode "password=$password"
register heidi
expect 0 "$bulla" ledger verify --data "$data" --checkpoint "$scratch/newest"
expect 0 "$bulla" ledger verify --data "$data" --checkpoint "$scratch/kept"
expect 0 stop_server
echo "$passed passed, 0 failed"
