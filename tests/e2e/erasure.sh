#!/usr/bin/env bash
# What is erased leaves the disk: the record and opening of an account, and the record of a password replaced.
# Catalogue: G28, K8.
source "$(dirname "$0")/lib.sh"

export XDG_STATE_HOME=$scratch/state
first='correct horse battery staple'
second='a quiet river runs'

# rows FILE: the side rows (docs/formats/store.md) in the files of the ledger, record ‖ opening in hex, one a
# line
rows() {
    python3 - "$data/ledger" >"$1" <<'END'
import pathlib, re, sys
row = re.compile(rb"\xa4\x00\x58\xc0(.{192})\x01\x58\x20(.{32})\x02\x58\x50", re.S)
found = {record + opening for file in pathlib.Path(sys.argv[1]).iterdir() if file.is_file()
         for record, opening in row.findall(file.read_bytes())}
print("\n".join(sorted(one.hex() for one in found)))
END
}
# holds HEX FROM TO: whether any file of the ledger holds one of the 32-byte parts of these bytes of a row
holds() {
    python3 - "$data/ledger" "$@" <<'END'
import pathlib, sys
part = bytes.fromhex(sys.argv[2])[int(sys.argv[3]):int(sys.argv[4])]
parts = [part[place:place + 32] for place in range(0, len(part), 32)]
files = [file.read_bytes() for file in pathlib.Path(sys.argv[1]).iterdir() if file.is_file()]
sys.exit(0 if any(one in bytes_of for one in parts for bytes_of in files) else 1)
END
}
record() { holds "$1" 0 192; }
opening() { holds "$1" 192 224; }
# gone WHAT HEX: within a minute no file holds it
gone() {
    local tries=0
    while "$1" "$2"; do
        tries=$((tries + 1))
        [ $tries -lt 300 ] || { echo "the $1 is still on the disk" >&2; exit 1; }
        sleep 0.2
    done
    passed=$((passed + 1))
}
kept() {
    "$1" "$2" || { echo "the $1 should be on the disk" >&2; exit 1; }
    passed=$((passed + 1))
}
# register NAME: its row, in $row
register() {
    rows "$scratch/before"
    expect 0 "$bulla" account register "$1" --password-stdin <<<"$first"
    rows "$scratch/after"
    row=$(comm -13 "$scratch/before" "$scratch/after" | grep .)
    [ "${#row}" = 448 ] || { echo "no row of $1" >&2; exit 1; }
}
kill_server() {
    kill -KILL "$server_pid"
    wait "$server_pid" 2>/dev/null || true
    server_pid=
}

start_server
export BULLA_SERVER=$url
register bob
bob=$row
register alice
alice=$row
kept record "$alice"
kept opening "$alice"

# A new password: the old record goes, the opening stays.
expect 0 "$bulla" login alice --password-stdin <<<"$first"
rows "$scratch/before"
expect 0 "$bulla" account change-password --password-stdin <<<"$first
$second"
gone record "$alice"
kept opening "$alice"
rows "$scratch/after"
alice=$(comm -13 "$scratch/before" "$scratch/after" | grep .)
kept record "$alice"

# The account itself.
expect 0 "$bulla" account erase --yes --password-stdin <<<"$second"
gone record "$alice"
gone opening "$alice"
kept record "$bob"
kept opening "$bob"

# Killed right after the answer, the server goes on at its next start.
register carol
carol=$row
expect 0 "$bulla" login carol --password-stdin <<<"$first"
expect 0 "$bulla" account erase --yes --password-stdin <<<"$first"
kill_server
start_server
gone record "$carol"
gone opening "$carol"
kept record "$bob"
expect 0 "$bulla" ledger verify --data "$data"
ask 200 '*' "$url/login" -d username=bob --data-urlencode "password=$first"
expect 0 stop_server
! record "$carol"
expect 0 "$bulla" ledger verify --data "$data"
echo "$passed passed, 0 failed"
