#!/usr/bin/env bash
# SSH keys from the command line, with the real ssh-keygen as the one that signs: added by the password,
# signed in with, added and removed by one another; what is refused, with which status. Catalogue: D12, D14.
source "$(dirname "$0")/lib.sh"

password='correct horse battery staple'
export XDG_STATE_HOME=$scratch/state
unset SSH_AUTH_SOCK SSH_ASKPASS DISPLAY
keys=$scratch/keys
mkdir "$keys"
ssh-keygen -q -t ed25519 -N '' -C 'a comment' -f "$keys/one"
ssh-keygen -q -t ecdsa -b 256 -N '' -f "$keys/two"
ssh-keygen -q -t ed25519 -N '' -f "$keys/stranger"
ssh-keygen -q -t rsa -b 2048 -N '' -f "$keys/rsa"
ssh-keygen -q -t ecdsa -b 384 -N '' -f "$keys/p384"
ssh-keygen -q -t ed25519 -N 'a passphrase' -f "$keys/locked"

# member NAME: of the last command's JSON
member() {
    python3 -c 'import json,sys; print(json.load(open(sys.argv[1]))[sys.argv[2]])' "$scratch/out" "$1"
}
says() {
    grep -q -- "$1" "$scratch/out" "$scratch/err" ||
        { echo "expected '$1' in:" >&2; cat "$scratch/out" "$scratch/err" >&2; exit 1; }
    passed=$((passed + 1))
}

start_server
export BULLA_SERVER=$url
expect 1 "$bulla" account credentials
expect 1 "$bulla" account add-ssh "$keys/one.pub" --password-stdin <<<"$password"
expect 0 "$bulla" account register alice --password-stdin <<<"$password"
expect 0 "$bulla" login alice --password-stdin <<<"$password"

# What is no key of the two kinds, or no file, is the command line's fault; nothing is asked of the server.
expect 2 "$bulla" account add-ssh "$keys/rsa.pub" --password-stdin <<<"$password"
says 'not a public key'
expect 2 "$bulla" account add-ssh "$keys/p384.pub" --password-stdin <<<"$password"
expect 2 "$bulla" account add-ssh "$keys/none.pub" --password-stdin <<<"$password"
expect 2 "$bulla" account add-ssh
expect 1 "$bulla" login alice --ssh "$keys/one"
says 'refused\|sign'

# D14: by the password, by nobody else's password, and by a key that is of the account.
expect 1 "$bulla" account add-ssh "$keys/one.pub" --password-stdin <<<"another password"
expect 1 "$bulla" account add-ssh "$keys/one.pub" --ssh "$keys/stranger"
expect 0 "$bulla" account add-ssh "$keys/one.pub" --password-stdin --json <<<"$password"
one=$(member credential)
expect 1 "$bulla" account add-ssh "$keys/one.pub" --password-stdin <<<"$password"
expect 0 "$bulla" account credentials
says "$one  ssh_key "
says ' password '

expect 0 "$bulla" login alice --ssh "$keys/one"
says 'signed in as alice'
expect 0 "$bulla" login ALICE --ssh "$keys/one.pub" --json
[ "$(member username)" = alice ]
expect 0 "$bulla" whoami
expect 1 "$bulla" login alice --ssh "$keys/stranger"
expect 1 "$bulla" login nobody --ssh "$keys/one"
expect 0 "$bulla" account add-ssh "$keys/two.pub" --ssh "$keys/one" --json
two=$(member credential)
expect 0 "$bulla" login alice --ssh "$keys/two"
# Without a terminal and an agent ssh-keygen cannot ask for the passphrase.
expect 1 setsid "$bulla" account add-ssh "$keys/locked.pub" --ssh "$keys/two"
says 'ssh-keygen did not sign'

expect 2 "$bulla" account revoke AAAA --ssh "$keys/two"
expect 1 "$bulla" account revoke AAAAAAAAAAAAAAAAAAAAAA --ssh "$keys/two"
expect 0 "$bulla" account revoke "$one" --ssh "$keys/two" --json
expect 1 "$bulla" login alice --ssh "$keys/one"
expect 0 "$bulla" login alice --ssh "$keys/two"
expect 0 "$bulla" account credentials --json
python3 - "$scratch/out" "$two" >"$scratch/password_id" <<'EOF_PY'
import json, sys
kinds = {each["kind"]: each["id"] for each in json.load(open(sys.argv[1]))["credentials"]}
assert kinds.keys() == {"password", "ssh_key"} and kinds["ssh_key"] == sys.argv[2], kinds
print(kinds["password"])
EOF_PY

# The password goes too: then its record has left, the key alone opens, and it cannot be removed.
expect 0 "$bulla" account revoke "$(cat "$scratch/password_id")" --ssh "$keys/two"
expect 1 "$bulla" login alice --password-stdin <<<"$password"
expect 0 "$bulla" login alice --ssh "$keys/two"
expect 1 "$bulla" account revoke "$two" --ssh "$keys/two"

# And comes back as another one, when a key of the account allows it; it is the only one then.
expect 2 "$bulla" account add-password --password-stdin <<<'a quiet river runs'
expect 1 "$bulla" account add-password --ssh "$keys/stranger" --password-stdin <<<'a quiet river runs'
expect 1 "$bulla" account add-password --ssh "$keys/two" --password-stdin <<<'short'
expect 0 "$bulla" account add-password --ssh "$keys/two" --password-stdin <<<'a quiet river runs'
says 'the account has a password: entry'
expect 0 "$bulla" login alice --password-stdin <<<'a quiet river runs'
expect 1 "$bulla" login alice --password-stdin <<<"$password"
expect 1 "$bulla" account add-password --ssh "$keys/two" --password-stdin <<<'another one of them'
expect 0 stop_server
expect 0 "$bulla" ledger verify --data "$data"

# What the shell completes.
expect 0 "$bulla" completion bash
says 'add-ssh'
says 'credentials'
echo "$passed passed, 0 failed"
