#!/usr/bin/env bash
# TLS in the server: what it speaks and refuses, and a certificate replaced under an open connection.
# Catalogue: B13, B22, B23, J9.
source "$(dirname "$0")/lib.sh"

make_certificate() { # NAME: a self-signed certificate for localhost in NAME.pem and NAME.key
    openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 30 -subj "/CN=$1" \
        -addext 'subjectAltName=DNS:localhost,IP:127.0.0.1' \
        -keyout "$scratch/$1.key" -out "$scratch/$1.pem" 2>/dev/null
    chmod 600 "$scratch/$1.key"
}
install_certificate() { # as certbot does it: each file replaced at once
    cp "$scratch/$1.key" "$scratch/new.key" && mv "$scratch/new.key" "$scratch/server.key"
    cp "$scratch/$1.pem" "$scratch/new.pem" && mv "$scratch/new.pem" "$scratch/server.pem"
}
served() { # the name in the certificate that a new connection gets
    openssl s_client -connect "${url#https://}" </dev/null 2>/dev/null | openssl x509 -noout -subject
}
# handshake PASS|FAIL arguments of s_client
handshake() {
    local want=$1 got=PASS
    shift
    openssl s_client -connect "${url#https://}" "$@" </dev/null >"$scratch/out" 2>&1 || got=FAIL
    [ "$got" = "$want" ] || { echo "expected $want of s_client $*" >&2; cat "$scratch/out" >&2; exit 1; }
    passed=$((passed + 1))
}
has() { grep -q "$1" "$2" || { echo "no '$1' in $2" >&2; cat "$2" >&2; exit 1; }; passed=$((passed + 1)); }

make_certificate first
make_certificate second
install_certificate first
tls=(--tls-certificate "$scratch/server.pem" --tls-key "$scratch/server.key")

# What cannot work is refused at the start, with the file.
serve() { "$bulla" serve --data "$data" --listen 127.0.0.1:0 "$@"; }
expect 2 serve --tls-certificate "$scratch/server.pem"
has 'come together' "$scratch/err"
expect 2 serve --tls-certificate "$scratch/nothing.pem" --tls-key "$scratch/server.key"
has 'nothing.pem: no certificate' "$scratch/err"
expect 2 serve --tls-certificate "$scratch/server.pem" --tls-key "$scratch/second.key"
has 'not the private key of the certificate' "$scratch/err"
chmod 644 "$scratch/server.key"
expect 2 serve "${tls[@]}"
has 'chmod 600' "$scratch/err"
chmod 600 "$scratch/server.key"

start_server "${tls[@]}"
case $url in https://127.0.0.1:*) ;; *) echo "not https: $url" >&2; exit 1 ;; esac
curl_tls=(--cacert "$scratch/first.pem")
password='correct horse battery staple'
form=(-d username=alice --data-urlencode "password=$password")
ask 200 'Registration successful' "${curl_tls[@]}" "$url/register" "${form[@]}"
ask 200 '*' "${curl_tls[@]}" "$url/login" "${form[@]}"
ask 200 'Welcome, alice!' "${curl_tls[@]}" "$url/protected-resource" -H "Authorization: $body"
ask 200 '*' "${curl_tls[@]}" --tlsv1.2 --tls-max 1.2 "$url/healthz"
curl -sSi "${curl_tls[@]}" "$url/healthz" >"$scratch/answer"
has '^Strict-Transport-Security: max-age=31536000' "$scratch/answer"
head -c 20000 /dev/zero | tr '\0' 'a' >"$scratch/long"
ask 413 '*' "${curl_tls[@]}" "$url/login" --data-binary "@$scratch/long"

exec 5<>"/dev/tcp/127.0.0.1/${url##*:}" # says nothing: see the end

handshake PASS -tls1_3
handshake FAIL -tls1
handshake FAIL -tls1_1
handshake FAIL -tls1_2 -cipher 'AES128-SHA' # RSA key exchange
handshake PASS -servername elsewhere.example # the one certificate, whatever name is asked for
has 'subject=CN = first' "$scratch/out"
openssl s_client -connect "${url#https://}" -sess_out "$scratch/session" </dev/null >/dev/null 2>&1
printf 'POST /login HTTP/1.1\r\n' >"$scratch/early"
[ ! -s "$scratch/session" ] ||
    openssl s_client -connect "${url#https://}" -sess_in "$scratch/session" -early_data "$scratch/early" \
        </dev/null >"$scratch/out" 2>&1 || true
if grep -q 'Early data was accepted' "$scratch/out"; then echo 'early data was accepted' >&2; exit 1; fi
# A renegotiation ends the connection; no answer comes after it.
printf 'R\nGET /healthz HTTP/1.1\r\nHost: a\r\n\r\n' |
    timeout 20 openssl s_client -tls1_2 -connect "${url#https://}" >"$scratch/out" 2>&1 || true
if grep -q '200 OK' "$scratch/out"; then echo 'answered after a renegotiation' >&2; exit 1; fi
passed=$((passed + 2))
handshake FAIL -tls1_2 -cipher 'AES128-GCM-SHA256' # no forward secrecy
handshake FAIL -tls1_2 -cipher 'ECDHE-ECDSA-AES128-SHA' # no AEAD
handshake FAIL -alpn h2
handshake PASS -alpn h2,http/1.1
has 'ALPN protocol: http/1.1' "$scratch/out"
has 'Compression: NONE' "$scratch/out"
exec 4<>"/dev/tcp/127.0.0.1/${url##*:}"
# In a shell of its own: the server may close after the first line, which is a SIGPIPE for the second.
(printf 'GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n' >&4) || true
timeout 20 cat <&4 >"$scratch/plain" || true # an alert of TLS, then the end
exec 4>&-
if grep -aq '^HTTP' "$scratch/plain"; then echo 'plain HTTP was answered on the TLS port' >&2; exit 1; fi
passed=$((passed + 1))

# A faulty replacement changes nothing; a good one is used by new connections, and old ones go on.
exec 3> >(openssl s_client -quiet -connect "${url#https://}" >"$scratch/old" 2>/dev/null)
printf 'GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n' >&3
until grep -q '200 OK' "$scratch/old"; do sleep 0.05; done
cp "$scratch/second.pem" "$scratch/new.pem" && mv "$scratch/new.pem" "$scratch/server.pem"
until grep -q 'stays in force' "$scratch/server.log"; do sleep 0.1; done
[ "$(served)" = 'subject=CN = first' ]
install_certificate second
until [ "$(served)" = 'subject=CN = second' ]; do sleep 0.1; done
printf 'GET /readyz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n' >&3
until [ "$(grep -c '200 OK' "$scratch/old")" = 2 ]; do sleep 0.05; done
exec 3>&-
passed=$((passed + 3))
ask 200 '*' --cacert "$scratch/second.pem" "$url/healthz"

# The connection that has said nothing all the while is closed, ten seconds after it began.
if ! timeout 30 cat <&5 >/dev/null; then echo 'a handshake may take for ever' >&2; exit 1; fi
exec 5>&-
passed=$((passed + 1))
expect 0 stop_server
echo "$passed passed, 0 failed"
