#!/usr/bin/env python3
"""Raw requests to Bulla directly, behind nginx and behind haproxy: the same answer, or a refusal by the
proxy, and never a second request smuggled in the first (attack catalogue B1 to B9, B21, B22, B24).

Each attack carries, where the two sides could disagree on where it ends, a registration of a name of its own.
It is smuggled when the name exists at the end although the client got no second answer.
"""

import concurrent.futures
import json
import os
import pathlib
import re
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parents[2]
PROXIES = ROOT / ".deps/proxies"  # unpacked by tools/setup where they are not installed
BULLA = os.environ.get("BULLA_BINARY", str(ROOT / "build/release/bulla"))


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


GET = b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n"
POST = b"POST /login HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-www-form-urlencoded\r\n"
CHUNKED = POST + b"Transfer-Encoding: chunked\r\n"


def registration(name: str, number: int) -> bytes:
    """As from a network of its own, so that no limit hides it."""
    body = f"username={name}&password=a+quiet+river+runs+by".encode()
    return POST.replace(b"/login", b"/register") + (
        b"X-Forwarded-For: 10.1.%d.1\r\nContent-Length: %d\r\n\r\n" % (number, len(body))) + body


def attacks() -> dict[str, bytes]:
    """Name of the attack to its bytes; {} marks where the smuggled request goes."""
    cases = {
        "B1 length, then chunked":
            POST + b"Content-Length: 6\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n{}",
        "B1 chunked, then length": CHUNKED + b"Content-Length: 4\r\n\r\n0\r\n\r\n{}",
        "B2 two equal lengths": POST + b"Content-Length: 0\r\nContent-Length: 0\r\n\r\n{}",
        "B2 two lengths": POST + b"Content-Length: 0\r\nContent-Length: 200\r\n\r\n{}",
        "B4 a chunk size with a sign": CHUNKED + b"\r\n+0\r\n\r\n{}",
        "B4 a chunk size in hexadecimal": CHUNKED + b"\r\n0x0\r\n\r\n{}",
        "B4 a chunk line with a bare line feed": CHUNKED + b"\r\n0\n\n{}",
        "B4 a chunk extension with a bare line feed":
            CHUNKED + b"\r\n0;a\n\r\n\r\n{}",
        "B4 a chunk size beyond 64 bits": CHUNKED + b"\r\n10000000000000000\r\n\r\n{}",
        "B5 a length in the trailer":
            CHUNKED + b"\r\n0\r\nContent-Length: 200\r\n\r\n",
        "B6 a bare line feed ends a field": GET + b"X-One: a\nX-Two: b\r\n\r\n",
        "B6 a carriage return within a value": GET + b"X-One: a\rX-Two: b\r\n\r\n",
        "B6 a folded field": GET + b"X-One: a\r\n b\r\n\r\n",
        "B6 a space before the colon": POST + b"Content-Length : 0\r\n\r\n{}",
        "B6 a NUL within a value": GET + b"X-One: a\0b\r\n\r\n",
        "B7 no host": b"GET /healthz HTTP/1.1\r\n\r\n",
        "B7 two hosts": GET + b"Host: elsewhere\r\n\r\n",
        "B7 a host with user information": b"GET /healthz HTTP/1.1\r\nHost: a@localhost\r\n\r\n",
        "B8 version 0.9": b"GET /healthz\r\n\r\n",
        "B8 a version that is none": b"GET /healthz HTTP/1.32\r\nHost: localhost\r\n\r\n",
        "B8 a NUL in the target": b"GET /health\0z HTTP/1.1\r\nHost: localhost\r\n\r\n",
        "B8 an encoded line end in the target": b"GET /healthz%0d%0aX:y HTTP/1.1\r\nHost: localhost\r\n\r\n",
        "B9 a method in lower case": b"get /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n",
        "B9 a method without meaning": b"BREW /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n",
        "B18 a path that climbs": b"GET /log/../healthz HTTP/1.1\r\nHost: localhost\r\n\r\n",
        "B21 an address of its own": GET + b"X-Forwarded-For: 1.2.3.4\r\nConnection: X-Forwarded-For\r\n\r\n",
        "B22 the preface of HTTP/2": b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        "B22 the PROXY protocol": b"PROXY TCP4 1.2.3.4 1.2.3.4 1 2\r\n" + GET + b"\r\n",
        "B22 an upgrade": GET + b"Connection: Upgrade\r\nUpgrade: websocket\r\n\r\n",
        "B24 a compressed body": POST + b"Content-Encoding: gzip\r\nContent-Length: 2\r\n\r\nab",
    }
    cases |= more_bodies() | more_heads()
    for spelling in (b"+0", b"-0", b"0x0", b"0 0", b"0_0", b"00", b"0,0", b"", b"18446744073709551616"):
        cases[f"B2 the length {spelling.decode()!r}"] = POST + b"Content-Length: " + spelling + b"\r\n\r\n{}"
    for coding in (b"chunked\t", b"\tchunked", b"\x0cchunked", b"chunked\x0c", b"chunked\0", b"\xa0chunked",
                   b",chunked", b"chunked,", b"chunked;q=1", b"\r\n chunked",
                   b"xchunked", b"chunked, identity", b"identity", b"identity, chunked", b"chunked, chunked",
                   b"\x0bchunked", b"chunked\x0b", b"\"chunked\"", b"chunked\xa0"):
        cases[f"B3 the coding {coding!r}"] = POST + b"Transfer-Encoding: " + coding + b"\r\n\r\n0\r\n\r\n{}"
    return cases


def more_bodies() -> dict[str, bytes]:
    """Where a body ends, told in yet other ways."""
    old = POST.replace(b"HTTP/1.1", b"HTTP/1.0")
    cases = {
        "B1 chunked, then a length, in HTTP/1.0":
            old + b"Transfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n0\r\n\r\n{}",
        "B3 two codings in two fields": CHUNKED + b"Transfer-Encoding: identity\r\n\r\n0\r\n\r\n{}",
        "B3 chunked twice": CHUNKED + b"Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n{}",
        "B3 chunked in HTTP/1.0": old + b"Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n{}",
        "B5 a coding in the trailer": CHUNKED + b"\r\n0\r\nTransfer-Encoding: chunked\r\n\r\n",
        "B5 a host in the trailer": CHUNKED + b"\r\n0\r\nHost: elsewhere\r\n\r\n",
        "B5 an authorization in the trailer": CHUNKED + b"\r\n0\r\nAuthorization: Bearer x\r\n\r\n",
    }
    for name, chunks in {
        "an empty chunk size": b"\r\n\r\n",
        "a negative chunk size": b"-1\r\n\r\n",
        "a space behind a chunk size": b"0 \r\n\r\n",
        "a space before a chunk size": b" 0\r\n\r\n",
        "an underscore in a chunk size": b"0_0\r\n\r\n",
        "17 digits of a chunk size": b"0" * 17 + b"\r\n\r\n",
        "a long extension": b"0;" + b"x" * 65536 + b"\r\n\r\n",
        "a control character in an extension": b"0;\x01\r\n\r\n",
        "a carriage return in an extension": b"0;a\rb\r\n\r\n",
        "no line end behind a chunk": b"3\r\na=b0\r\n\r\n",
        "a chunk longer than it says": b"3\r\na=bc\r\n0\r\n\r\n",
    }.items():
        cases[f"B4 {name}"] = CHUNKED + b"\r\n" + chunks + b"{}"
    return cases


def more_heads() -> dict[str, bytes]:
    """Lines, hosts, targets and methods."""
    def get(line: bytes) -> bytes:
        return line + b"\r\nHost: localhost\r\n\r\n"

    cases = {
        "B6 no colon": GET + b"X-One\r\n\r\n",
        "B6 an empty name": GET + b": a\r\n\r\n",
        "B6 a name that is no token": GET + b"X(One: a\r\n\r\n",
        "B6 a space before the first field": b"GET /healthz HTTP/1.1\r\n Host: localhost\r\n\r\n",
        "B6 line feeds alone": b"GET /healthz HTTP/1.1\nHost: localhost\n\n",
        "B6 carriage returns alone": b"GET /healthz HTTP/1.1\rHost: localhost\r\r",
        "B7 an empty host": b"GET /healthz HTTP/1.1\r\nHost:\r\n\r\n",
        "B7 a list of hosts": b"GET /healthz HTTP/1.1\r\nHost: localhost, elsewhere\r\n\r\n",
        "B7 a host with a path": b"GET /healthz HTTP/1.1\r\nHost: localhost/x\r\n\r\n",
        "B7 an absolute target of another host": get(b"GET http://elsewhere/healthz HTTP/1.1"),
        "B7 an absolute target of the same host": get(b"GET http://localhost/healthz HTTP/1.1"),
        "B9 a method of 64 KiB": b"M" * 65536 + b" / HTTP/1.1\r\nHost: localhost\r\n\r\n",
    }
    for line in (b"GET /healthz HTTP/4294967295.255", b"GET /healthz http/1.1", b"GET\t/healthz\tHTTP/1.1",
                 b"GET  /healthz HTTP/1.1", b"GET /healthz  HTTP/1.1",
                 b"GET /healthz#x HTTP/1.1", b"GET \\healthz HTTP/1.1",
                 b"GET /healthz%00 HTTP/1.1", b"GET /%c1%a8ealthz HTTP/1.1", b"GET /h\xc3\xa9 HTTP/1.1",
                 b"GET /healthz HTTP/2.0"):
        cases[f"B8 the line {line!r}"] = get(line)
    for method in (b"CONNECT", b"TRACE", b"PUT", b"HEAD", b"OPTIONS"):
        cases[f"B9 the method {method.decode()}"] = get(method + b" /healthz HTTP/1.1")
    return cases


def exchange(port: int, request: bytes, silence: float = 1.5) -> list[int]:
    """The statuses of all answers on one connection, until the server closes it or is silent."""
    received = b""
    with socket.create_connection(("127.0.0.1", port), timeout=10) as connection:
        connection.sendall(request)
        connection.settimeout(silence)
        try:
            while piece := connection.recv(65536):
                received += piece
        except (TimeoutError, ConnectionResetError):
            pass
    return [int(status) for status in re.findall(rb"HTTP/1\.[01] (\d{3})", received)]


class Site:
    """Bulla on one port, each proxy before it on another."""

    def __init__(self, folder: pathlib.Path) -> None:
        self.folder = folder
        self.processes: list[subprocess.Popen] = []
        self.data = folder / "data"
        server = self.start([BULLA, "serve", "--data", str(self.data), "--listen", "127.0.0.1:0",
                             "--trusted-proxies", "127.0.0.1"], stdout=subprocess.PIPE, text=True)
        line = next(line for line in server.stdout if line.startswith("listening on "))
        self.ports = {"directly": int(line.rsplit(":", 1)[1])}
        self.start_nginx()
        self.start_haproxy()

    def start_proxy(self, program: str, *arguments: str) -> None:
        unpacked = PROXIES / "usr/sbin" / program
        libraries = {"LD_LIBRARY_PATH": str(PROXIES / "usr/lib/x86_64-linux-gnu")}
        if unpacked.exists():
            self.start([str(unpacked), *arguments], env=os.environ | libraries)
        else:
            self.start([program, *arguments], env=os.environ | {"PATH": os.environ["PATH"] + ":/usr/sbin"})

    def start(self, command: list[str], **options) -> subprocess.Popen:
        options.setdefault("stdout", subprocess.DEVNULL)
        process = subprocess.Popen(command, stderr=(self.folder / "log").open("a"), **options)
        self.processes.append(process)
        return process

    def wait_for(self, port: int) -> None:
        for _ in range(100):
            try:
                urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=5).read()
                return
            except OSError:
                time.sleep(0.1)
        raise SystemExit(f"nothing answers on port {port}:\n" + (self.folder / "log").read_text())

    def start_nginx(self) -> None:
        port = self.ports["nginx"] = free_port()
        places = "".join(f"{name}_temp_path {self.folder}/{name};\n"
                         for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
        (self.folder / "nginx.conf").write_text(f"""
            daemon off; pid {self.folder}/nginx.pid; error_log stderr; events {{}}
            http {{ access_log off; {places}
              upstream bulla {{ server 127.0.0.1:{self.ports["directly"]}; keepalive 4; }}
              server {{ listen 127.0.0.1:{port}; location / {{
                proxy_pass http://bulla; proxy_http_version 1.1; proxy_set_header Connection "";
                proxy_set_header Host $host; proxy_set_header X-Forwarded-For $remote_addr; }} }} }}""")
        self.start_proxy("nginx", "-c", str(self.folder / "nginx.conf"), "-e", "stderr")
        self.wait_for(port)

    def start_haproxy(self) -> None:
        port = self.ports["haproxy"] = free_port()
        (self.folder / "haproxy.cfg").write_text(f"""
global
    maxconn 100
defaults
    mode http
    timeout connect 5s
    timeout client 5s
    timeout server 5s
    option http-keep-alive
    http-reuse always
listen bulla
    bind 127.0.0.1:{port}
    option forwardfor
    server one 127.0.0.1:{self.ports["directly"]}
""")
        self.start_proxy("haproxy", "-db", "-f", str(self.folder / "haproxy.cfg"))
        self.wait_for(port)

    def exists(self, name: str) -> bool:
        proof = self.folder / f"{name}.proof"
        subprocess.run([BULLA, "ledger", "prove", name, "--data", str(self.data), "--output", str(proof)],
                       check=True)
        network = f"http://127.0.0.1:{self.ports['directly']}/v1/network"
        with urllib.request.urlopen(network, timeout=10) as answer:
            key = json.load(answer)["log_key"]
        verify = [BULLA, "ledger", "verify", "--proof", str(proof), "--name", name, "--key", key, "--json"]
        shown = subprocess.run(verify, capture_output=True, check=True)
        return json.loads(shown.stdout)["present"]

    def stop(self) -> None:
        for process in reversed(self.processes):
            process.terminate()
            process.wait(30)


def is_fine(name: str, direct: list[int], through: list[int]) -> bool:
    """A proxy answers as Bulla does, or refuses; what it mends on the way (see MENDED) may be accepted."""
    if any(status >= 400 for status in through) or not through:
        return True
    return through == direct or name in MENDED


# What a proxy may turn into a request without a fault, because it writes a head of its own.
MENDED = {
    "B6 a folded field", "B6 a bare line feed ends a field", "B18 a path that climbs", "B7 no host",
    "B22 an upgrade", "B8 version 0.9", "B8 a version that is none",
    "B7 a host with user information", "B7 two hosts", "B6 no colon", "B6 a name that is no token",
    "B6 line feeds alone", "B7 an absolute target of another host", "B8 the line b'GET  /healthz HTTP/1.1'",
    "B8 the line b'GET /healthz  HTTP/1.1'", "B8 the line b'GET\\t/healthz\\tHTTP/1.1'",
    "B8 the line b'GET /healthz HTTP/2.0'",
}


def try_one(site: Site, case: tuple[int, str, bytes, str]) -> list[str]:
    number, attack, request, way = case
    name = f"smuggled{number}{way}"
    carries = b"{}" in request
    got = exchange(site.ports[way], request.replace(b"{}", registration(name, number)))
    direct = exchange(site.ports["directly"], request.replace(b"{}", b""))[:1]
    faults = []
    if not is_fine(attack, direct, got):
        faults.append(f"{attack}: {way} answered {got}, Bulla {direct}")
    if carries and len(got) < 2 and site.exists(name):  # or its answer was late: the machine may be busy
        name += "again"
        got = exchange(site.ports[way], request.replace(b"{}", registration(name, number)), silence=20)
        if len(got) < 2 and site.exists(name):
            faults.append(f"{attack}: a request was smuggled ({way}), answers {got}")
    return faults


def check_that_it_would_be_seen(site: Site) -> list[str]:
    exchange(site.ports["directly"], GET + b"\r\n" + registration("control", 255))
    return [] if site.exists("control") else ["a registration in plain sight was not seen"]


def run(site: Site) -> tuple[int, list[str]]:
    cases = [(number, attack, request, way) for number, (attack, request) in enumerate(attacks().items())
             for way in site.ports]
    with concurrent.futures.ThreadPoolExecutor(24) as pool:
        faults = [fault for found in pool.map(lambda case: try_one(site, case), cases) for fault in found]
    return len(cases) + 1, faults + check_that_it_would_be_seen(site)


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        site = Site(pathlib.Path(folder))
        try:
            tried, faults = run(site)
        finally:
            site.stop()
    for fault in faults:
        print(fault, file=sys.stderr)
    print(f"{tried - len(faults)} passed, {len(faults)} failed")
    sys.exit(1 if faults else 0)


main()
