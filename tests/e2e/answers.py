#!/usr/bin/env python3
"""What answers give away, byte for byte: whether a name is there, what stands behind the server, and that no
field of a stranger's request changes them (attack catalogue A29, B17, B21, E2, E4, E9, H3, J18).

Answers are compared whole: status, fields and body; Date and the request's id are left out, and what is
random by its nature (ids, keys of one login) is compared by its shape alone.
"""

import base64
import http.client
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import urllib.parse

ROOT = pathlib.Path(__file__).resolve().parents[2]
BULLA = os.environ.get("BULLA_BINARY", str(ROOT / "build/release/bulla"))
PASSWORD = "correct horse battery staple"
ELEMENT = bytes.fromhex("e2f2ae0a6abc4e71a884a961c500515f58e30b6aa582dd8db6a65945e08d2d76")
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
JSON = {"Content-Type": "application/json"}
ID = "A" * 22
RANDOM = ("Date", "X-Request-Id")


def b64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


KE1 = b64(ELEMENT + bytes(32) + ELEMENT)


class Server:
    def __init__(self, folder: pathlib.Path) -> None:
        command = [
            BULLA,
            "serve",
            "--data",
            str(folder / "data"),
            "--listen",
            "127.0.0.1:0",
            "--trusted-proxies",
            "127.0.0.2",
        ]
        self.process = subprocess.Popen(
            command, stdout=subprocess.PIPE, text=True, stderr=(folder / "log").open("w")
        )
        line = next(line for line in self.process.stdout if line.startswith("listening on "))
        self.port = int(line.rsplit(":", 1)[1])
        self.networks = 0

    def ask(self, method: str, path: str, body: str | bytes | None = None, fields: dict | None = None):
        """Through the trusted proxy, each from a network of its own, so that no limit hides an answer."""
        self.networks += 1
        origin = {"X-Forwarded-For": f"10.{self.networks >> 8}.{self.networks & 255}.1"}
        return self.answer(method, path, body, fields=origin | (fields or {}), address="127.0.0.2")

    def answer(self, method, path, body=None, *, fields=None, address="127.0.0.1"):
        connection = http.client.HTTPConnection(
            "127.0.0.1", self.port, timeout=30, source_address=(address, 0)
        )
        connection.request(method, path, body, fields or {})
        answer = connection.getresponse()
        content = answer.read().decode()
        connection.close()
        return (
            answer.status,
            [(name, value) for name, value in answer.getheaders() if name not in RANDOM],
            content,
        )

    def form(self, path: str, name: str, password: str, fields: dict | None = None):
        body = urllib.parse.urlencode({"username": name, "password": password})
        return self.ask("POST", path, body, FORM | (fields or {}))

    def json(self, path: str, body: dict, fields: dict | None = None):
        return self.ask("POST", path, json.dumps(body), JSON | (fields or {}))

    def stop(self) -> None:
        self.process.terminate()
        self.process.communicate(timeout=30)


def shape(answer):
    """An answer with every long base64url text and number of its body replaced by its length."""
    status, fields, body = answer
    return status, fields, re.sub(r'"[A-Za-z0-9_-]{16,}"', lambda found: f"<{len(found[0])}>", body)


class Checks:
    def __init__(self) -> None:
        self.passed, self.faults = 0, []

    def equal(self, what: str, left, right) -> None:
        if left == right:
            self.passed += 1
        else:
            self.faults.append(f"{what}:\n  {str(left)[:500]}\n  {str(right)[:500]}")

    def true(self, what: str, holds: bool) -> None:
        self.equal(what, bool(holds), True)


def login(server: Server, name: str, ke1: str = KE1):
    return server.json(
        "/v1/logins", {"username": name, "start_login_request": ke1, "client": "cli", "origin": "cli"}
    )


def check_names(server: Server, check: Checks) -> None:
    """E9, E4: alice is there; the others are not, or could not be."""
    names = ("nobody", "zoe", "admin", "no body", "", "x" * 300)
    known = login(server, "alice")
    check.equal("a login begins", known[0], 201)
    for name in names:
        check.equal(f"the first half of a login of {name!r}", shape(login(server, name)), shape(known))
    refused = {"finish_login_request": b64(bytes(64)), "statement": "oA", "evidence": "AA"}
    ends = {
        name: server.json("/v1/logins/" + json.loads(login(server, name)[2])["id"], refused)
        for name in ("alice", *names)
    }
    for name, end in ends.items():
        check.equal(f"the second half of a login of {name!r}", end, ends["alice"])
    check.equal(
        "which is that of a login that never began", server.json("/v1/logins/" + ID, refused), ends["alice"]
    )

    plain = server.form("/login", "alice", "wrong horse battery staple")
    check.equal("a wrong password", plain[0], 401)
    for name in names:
        check.equal(
            f"the form of {name!r}", server.form("/login", name, "wrong horse battery staple"), plain
        )
    for name in ("alice", "nobody"):
        check.equal(f"an empty password of {name}", server.form("/login", name, ""), plain)
    long_ago = [server.form("/login", name, "p" * 5000) for name in ("alice", "nobody")]
    check.equal("a password beyond the limit", *long_ago)


def check_waiting(server: Server, check: Checks) -> None:
    """E9: a name that must wait says so whether it is there or not."""
    answers = {}
    for name in ("bob", "notbob"):
        for _ in range(6):
            answers[name] = login(server, name)
    check.equal("the wait of a name", answers["notbob"], answers["bob"])
    check.equal("is a wait", answers["bob"][0], 429)
    check.true("with its length", any(field == "Retry-After" for field, _ in answers["bob"][1]))


def check_elements(server: Server, check: Checks) -> None:
    """E2: what is no element is refused before the name matters."""
    bad = [
        b"",
        ELEMENT,
        bytes(96),
        b"\xff" * 96,
        ELEMENT + bytes(64),
        bytes(32) + bytes(32) + ELEMENT,
        ELEMENT[:31] + b"\xf6" + bytes(32) + ELEMENT,
        ELEMENT + bytes(32) + ELEMENT + b"\0",
    ]
    for ke1 in bad:
        answers = [login(server, name, b64(ke1)) for name in ("alice", "nobody")]
        check.equal(f"a first message {ke1.hex()[:20]}", *answers)
        check.equal("is refused", answers[0][0], 400)
    for element in (bytes(32), b"\xff" * 32, ELEMENT[:31], b""):
        begun = server.json(
            "/v1/registrations", {"username": "carol", "registration_request": b64(element)}
        )
        check.equal("a registration of no element", begun[0], 400)


def check_neighbours(server: Server, check: Checks, tokens: dict[str, str]) -> None:
    """H3: what belongs to somebody else is as unknown as what never was."""
    alice, bob = ({"Authorization": f"Bearer {tokens[name]}"} for name in ("alice", "bob"))
    sessions = json.loads(server.ask("GET", "/v1/sessions", None, bob)[2])["sessions"]
    foreign = server.ask("DELETE", "/v1/sessions/" + sessions[0]["id"], None, alice)
    check.equal("a neighbour's session", foreign, server.ask("DELETE", f"/v1/sessions/{ID}", None, alice))
    check.equal("is not there", foreign[0], 404)
    check.equal("and still lives", server.ask("GET", "/v1/account", None, bob)[0], 200)
    begun = server.json("/v1/account/password", {"registration_request": b64(ELEMENT)}, bob)
    record = {
        "registration_record": b64(ELEMENT + bytes(160)),
        "statement": "oA",
        "evidence": [["AA", "AA"]],
    }
    path = "/v1/account/password/"
    check.equal(
        "a neighbour's change of password",
        server.json(path + json.loads(begun[2])["id"], record, alice),
        server.json(path + ID, record, alice),
    )


STRANGE = {
    "Forwarded": "for=198.51.100.7;host=evil.example;proto=https",
    "X-Forwarded-For": "198.51.100.7",
    "X-Forwarded-Host": "evil.example",
    "X-Forwarded-Proto": "https",
    "X-Forwarded-Port": "1",
    "X-Forwarded-Uri": "/v1/network",
    "X-Forwarded-Prefix": "/evil",
    "X-Real-IP": "198.51.100.7",
    "X-Original-URL": "/metrics",
    "X-Rewrite-URL": "/metrics",
    "X-Original-Host": "evil.example",
    "X_Forwarded_For": "198.51.100.7",
    "X-HTTP-Method-Override": "DELETE",
    "X-Host": "evil.example",
    "Origin": "https://evil.example",
    "Referer": "https://evil.example/",
    "Remote-User": "bob",
    "Bulla-Account": ID,
    "X-Remote-User": "bob",
    "Via": "1.1 evil",
    "Cookie": "session=a; session=b",
    "Range": "bytes=0-3",
    "If-None-Match": "*",
    "Accept": "text/html;q=nonsense,,",
    "Accept-Encoding": "gzip",
}


def check_strangers(server: Server, check: Checks, tokens: dict[str, str]) -> None:
    """B21: fields of an address that is no listed proxy mean nothing, one by one and all at once."""
    chain = {"X-Forwarded-For": ", ".join(["198.51.100.7"] * 1000)}
    bearer = {"Authorization": f"Bearer {tokens['alice']}"}
    for path in ("/v1/network", "/.well-known/jwks.json", "/verify", "/v1/account"):
        plain = server.answer("GET", path, fields=bearer)
        for fields in ({}, *({name: value} for name, value in STRANGE.items()), STRANGE, chain):
            strange = server.answer("GET", path, fields=bearer | fields)
            check.equal(f"{path} with {list(fields)[:3]}", strange, plain)
    check.true(
        "the issuer is the configured one",
        "evil" not in server.answer("GET", "/v1/network", fields=STRANGE)[2],
    )
    # The limits of a stranger's network are its own, whatever addresses it claims.
    body = json.dumps({"username": "x", "start_login_request": KE1, "client": "cli", "origin": "cli"})
    statuses = set()
    for number in range(60):
        claimed = JSON | {"X-Forwarded-For": f"10.9.{number}.1"}
        asked = body.replace('"x"', f'"x{number}"')
        statuses.add(server.answer("POST", "/v1/logins", asked, fields=claimed)[0])
    check.equal("sixty claimed networks are one", statuses, {201, 429})


def check_banners(server: Server, check: Checks) -> None:
    """J18, A29."""
    keys = server.ask("GET", "/.well-known/jwks.json")
    fields = {name.lower(): value for name, value in keys[1]}
    check.true("a key set is cacheable", "max-age" in fields["cache-control"])
    check.true("and of its type", "json" in fields["content-type"])
    check.true("and has no private member", not re.search(r'"(d|p|q|dp|dq|qi|k|oth)"', keys[2]))
    for method, path in (
        ("GET", "/"),
        ("GET", "/nothing"),
        ("GET", "/healthz"),
        ("POST", "/login"),
        ("TRACE", "/login"),
        ("OPTIONS", "/login"),
        ("GET", "/.git/config"),
        ("GET", "/metrics"),
    ):
        status, fields, body = server.ask(method, path)
        text = " ".join(f"{name}: {value}" for name, value in fields).lower()
        check.true(
            f"{method} {path} names no product",
            not re.search(r"server:|x-powered-by|bulla/|beast|boost", text),
        )
        check.true(
            f"{method} {path} tells of no file", not re.search(r"/src/|\.cpp|terminate|exception", body)
        )
        check.true(f"{method} {path} echoes nothing", method != "TRACE" or status == 405)


def check_reflection(server: Server, check: Checks) -> None:
    """B17: line ends in what is asked for reach no field of an answer."""
    for value in ("%0d%0aSet-Cookie:%20a=b", "%0aX:%20y", "%00", "%E5%98%8A%E5%98%8D"):
        for path in (f"/{value}", f"/login?next={value}", f"/v1/sessions/{value}", f"/log/tile/{value}"):
            status, fields, _ = server.ask("GET", path)
            check.true(f"{path} adds no field", not {"Set-Cookie", "X"} & {name for name, _ in fields})
            check.true(f"{path} is refused", 400 <= status < 500)


def run(server: Server) -> Checks:
    check, tokens = Checks(), {}
    for name in ("alice", "bob"):
        check.equal(f"{name} is registered", server.form("/register", name, PASSWORD)[0], 200)
        tokens[name] = server.form("/login", name, PASSWORD)[2]
    check_names(server, check)
    check_elements(server, check)
    check_neighbours(server, check, tokens)
    check_strangers(server, check, tokens)
    check_banners(server, check)
    check_reflection(server, check)
    check_waiting(server, check)
    return check


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        server = Server(pathlib.Path(folder))
        try:
            check = run(server)
        finally:
            server.stop()
    for fault in check.faults:
        print("FAILED:", fault, file=sys.stderr)
    print(f"{check.passed} passed, {len(check.faults)} failed")
    sys.exit(1 if check.faults else 0)


main()
