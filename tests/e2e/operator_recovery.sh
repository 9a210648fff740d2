#!/usr/bin/env bash
# Recovery by operators at a real server, from the request to the sign-in, by the command line. The server's
# clock is moved on over the 72 hours. Catalogue: D14, E13.
source "$(dirname "$0")/lib.sh"

password='correct horse battery staple'
changed='a quiet river runs by'
export XDG_STATE_HOME=$scratch/state
cd "$scratch"
clang-19 -O1 -shared -fPIC -o set_clock.so "$root/tests/e2e/set_clock.c"
export CLOCK_OFFSET=$scratch/offset
echo 0 >"$CLOCK_OFFSET"
start_turned() { LD_PRELOAD=$scratch/set_clock.so start_server "$@"; }
turn_on() { # SECONDS
    echo "$(($(cat "$CLOCK_OFFSET") + $1))" >"$CLOCK_OFFSET.new"
    mv "$CLOCK_OFFSET.new" "$CLOCK_OFFSET"
}

at_server() { printf '%s\n' "${lines[@]}" | "$bulla" "$@" --server "$url" --password-stdin; }
# By somebody at another machine, who has nothing.
elsewhere() { XDG_STATE_HOME=$scratch/elsewhere at_server "$@"; }
operator() { "$bulla" operator "$@" --server "$url" --data "$data"; }
number_in() { sed -nE 's/.*request ([0-9A-Z]{4}-[0-9A-Z]{4}) of.*/\1/p' "$1" | head -1; }
fingerprint_in() { sed -nE 's/.*fingerprint (is )?([0-9A-Z]{4}(-[0-9A-Z]{4}){3}).*/\2/p' "$1" | head -1; }

start_turned
lines=("$password")
for name in alice bob; do
    expect 0 at_server account register "$name"
done
expect 0 at_server login alice
expect 0 at_server account allow-operator-recovery

# Whoever asks is told nothing of the name: who allows it, who does not, who is nobody.
for name in bob nobody 'no such name'; do
    lines=()
    expect 0 elsewhere recover "$name" --by-operators
    has 'waits for an operator' out
    ask 201 '*' "$url/v1/recovery-requests" -H 'Content-Type: application/json' -d "{\"username\":\"$name\"}"
done
expect 0 operator pending
has 'nothing waits' out

# alice asks, and the operator finds the number that alice reads out.
expect 0 elsewhere recover alice --by-operators
has 'waits for an operator' out
number=$(number_in out)
expect 0 elsewhere recover alice --by-operators
[ "$(number_in out)" = "$number" ]
expect 0 operator pending
has "request $number of alice" out
expect 1 operator recover AAAA-AAAA
has 'no request of this number' err
expect 2 operator recover AAAA
expect 0 operator recover "${number,,}"
has 'the person makes the new credential now' out

# The new password, and the fingerprint that both sides read.
lines=("$changed")
expect 0 elsewhere recover alice --by-operators
fingerprint=$(fingerprint_in out)
[ -n "$fingerprint" ]
expect 0 operator pending
[ "$(fingerprint_in out)" = "$fingerprint" ]
expect 0 "$bulla" account show --server "$url"
has "somebody asked operators to recover the account: request $number" out
expect 2 operator recover "$number"
has 'ask the person for the fingerprint' err
expect 1 operator recover "$number" --fingerprint 0000-0000-0000-0000
has 'somebody else may have made it' err
lines=()
expect 0 elsewhere recover alice --by-operators
has "waits for the operators' decision" out

# A restart keeps what an operator has accepted. One operator is enough here; the person begins it.
expect 0 stop_server
before=$url
start_turned
sed -i "s|$before|$url|g" state/bulla/* elsewhere/bulla/* # another port, the same server
expect 0 operator recover "$number" --fingerprint "$fingerprint"
has 'waits for the person' out
expect 0 elsewhere recover alice --by-operators
has 'has begun' out
expect 0 operator audit
has 'recover_account' out
expect 0 operator pending
has 'by operators, can end from' out
expect 1 elsewhere recover alice --by-operators
has 'can be ended from' err

# The owner's devices show it, and until the time has come everything is as it was.
lines=("$password")
expect 0 at_server login alice
expect 0 "$bulla" account show --server "$url"
has 'recovery by operators under way' out
turn_on $((72 * 3600 - 600))
expect 1 elsewhere recover alice --by-operators
turn_on 660
expect 0 elsewhere recover alice --by-operators
has 'alice is recovered' out
expect 1 at_server login alice
lines=("$changed")
expect 0 at_server login alice
expect 0 "$bulla" account show --server "$url"
has '  password    ' out

# Cancelled by the owner: over, and the request says so.
expect 0 at_server account allow-operator-recovery
lines=()
expect 0 elsewhere recover alice --by-operators
number=$(number_in out)
expect 0 operator recover "$number"
lines=("$password")
expect 0 elsewhere recover alice --by-operators
expect 0 operator recover "$number" --fingerprint "$(fingerprint_in out)"
lines=()
expect 0 operator apply "$(cut -d' ' -f1 out)"
lines=("$changed")
expect 0 at_server account cancel-recovery
turn_on $((73 * 3600))
expect 1 elsewhere recover alice --by-operators
has 'the request is over' err
expect 0 at_server login alice

# Forbidden, and dropped: nobody is told.
lines=()
expect 0 elsewhere recover alice --by-operators
expect 0 operator drop "$(number_in out)"
expect 0 elsewhere recover alice --by-operators
has 'waits for an operator' out
lines=("$changed")
expect 0 at_server account forbid-operator-recovery
lines=()
expect 0 elsewhere recover alice --by-operators
expect 0 operator pending
has 'nothing waits' out
expect 0 stop_server
expect 0 "$bulla" ledger verify --data "$data"

# Where operators' changes are delayed, the person's own command begins it once they have decided.
data=$scratch/delayed
start_turned --change-delay 2h
lines=("$password")
expect 0 at_server account register carol
expect 0 at_server login carol
expect 0 at_server account allow-operator-recovery
lines=()
expect 0 elsewhere recover carol --by-operators
number=$(number_in out)
expect 0 operator recover "$number"
lines=("$changed")
expect 0 elsewhere recover carol --by-operators
fingerprint=$(fingerprint_in out)
expect 0 operator recover "$number" --fingerprint "$fingerprint"
has 'waits for the person' out
change=$(cut -d' ' -f1 out)
expect 0 operator pending
has "fingerprint $fingerprint, as the person has it" out
expect 0 "$bulla" account show --server "$url"
has "an operator proposed to recover the account, fingerprint $fingerprint: 1 of 1 approvals" out
has 'bulla account forbid-operator-recovery' out
expect 0 operator object "$change"
turn_on 7260
lines=()
expect 0 elsewhere recover carol --by-operators
has "waits for the operators' decision" out
expect 0 "$bulla" operator audit --server "$url" --data "$data"
expect 0 operator approve "$change" # and it is time: begun
has 'done: entry' out
expect 1 elsewhere recover carol --by-operators
has 'can be ended from' err
turn_on $((73 * 3600))
expect 0 elsewhere recover carol --by-operators
has 'carol is recovered' out
lines=("$changed")
expect 0 at_server login carol
expect 0 stop_server
expect 0 "$bulla" ledger verify --data "$data"
echo "$passed passed, 0 failed"
