#!/usr/bin/env bash
# The map file of the directory: written at the end, used at the start, followed up after a kill, and not used
# when it is torn, flipped or of another ledger. Catalogue: G21.
source "$(dirname "$0")/lib.sh"

password='correct horse battery staple'
register() {
    ask 200 'Registration successful' "$url/register" -d "username=$1" --data-urlencode "password=$password"
}
log_in() { ask 200 '*' "$url/login" -d "username=$1" --data-urlencode "password=$password"; }
# said TEXT: the server's log of this run has it
said() {
    local tries=0
    until grep -q "$1" "$scratch/server.log"; do
        tries=$((tries + 1))
        [ $tries -lt 200 ] || { echo "the log does not say: $1" >&2; exit 1; }
        sleep 0.05
    done
    passed=$((passed + 1))
}
restart() {
    : >"$scratch/server.log"
    start_server
}
kill_server() {
    kill -KILL "$server_pid"
    wait "$server_pid" 2>/dev/null || true
    server_pid=
}
file=$data/maps/directory

start_server
register alice
register bob
[ ! -e "$file" ]
expect 0 stop_server
[ -f "$file" ] && [ ! -e "$file.new" ]
expect 0 "$bulla" ledger verify --data "$data"
cp "$file" "$scratch/older"

# From the file alone; then from the file and what came after it: a killed process writes none.
restart
said 'directory of 2 accounts from the map file of block [0-9]* and 0 entries after it'
said 'all hashes of the directory are checked'
log_in alice
register carol
kill_server
restart
said 'directory of 3 accounts from the map file of block [0-9]* and 2 entries after it'
log_in carol
expect 0 "$bulla" ledger verify --data "$data"
expect 0 stop_server

# An older file is as good as a new one.
cp "$scratch/older" "$file"
expect 0 "$bulla" ledger verify --data "$data"
restart
said 'directory of 3 accounts from the map file of block [0-9]* and 2 entries after it'
log_in bob
expect 0 stop_server

# Missing: after a restore, say. An unfinished one beside it is nobody's business.
rm "$file"
echo unfinished >"$file.new"
expect 0 "$bulla" ledger verify --data "$data"
restart
said 'directory of 3 accounts built from the rows'
log_in carol
expect 0 stop_server
[ -f "$file" ] && [ ! -e "$file.new" ]

# Flipped, and torn.
for damage in 'content[len(content) // 2] ^= 1' 'del content[-7:]' 'content.clear()'; do
    python3 -c "
import pathlib, sys
file = pathlib.Path(sys.argv[1])
content = bytearray(file.read_bytes())
$damage
file.write_bytes(content)" "$file"
    expect 1 "$bulla" ledger verify --data "$data" --json
    grep -q map_file_damaged "$scratch/out"
    restart
    said 'the map file is damaged; the directory of 3 accounts was built from the rows'
    log_in alice
    expect 0 stop_server
    expect 0 "$bulla" ledger verify --data "$data"
done

# With a false hash and a good checksum: a start believes it, finds it out, and ends; the next has the rows.
python3 - "$file" <<'END'
import hashlib, pathlib, sys
file = pathlib.Path(sys.argv[1])
content = bytearray(file.read_bytes())
content[-33] ^= 1
content[-32:] = hashlib.sha256(hashlib.sha256(content[:-32]).digest()).digest()
file.write_bytes(content)
END
expect 1 "$bulla" ledger verify --data "$data" --json
grep -q map_file_differs "$scratch/out"
: >"$scratch/server.log"
"$bulla" serve --data "$data" --listen 127.0.0.1:0 >"$scratch/out" 2>>"$scratch/server.log" || true
grep -q 'its hashes are not those of the accounts' "$scratch/server.log"
[ -f "$file.wrong" ] && [ ! -e "$file" ]
restart
said 'directory of 3 accounts built from the rows'
log_in alice
expect 0 stop_server

# Of another ledger.
mine=$data
data=$scratch/other
start_server
register mallory
expect 0 stop_server
cp "$data/maps/directory" "$mine/maps/directory"
data=$mine
expect 1 "$bulla" ledger verify --data "$data" --json
grep -q map_file_differs "$scratch/out"
restart
said 'the map file is of another ledger'
log_in carol
expect 0 stop_server

# A backup needs none; what is restored from it builds the directory once.
expect 0 "$bulla" backup "$scratch/backup" --data "$data"
[ ! -e "$scratch/backup/maps" ]
expect 0 "$bulla" ledger verify --data "$scratch/backup"
echo "$passed passed, 0 failed"
