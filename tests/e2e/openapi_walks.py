#!/usr/bin/env python3
"""Walks through the API whose every exchange is compared with docs/openapi.json.

The command line, an npm client that shares no code with the server, and a few requests by hand go through a
proxy on loopback, which holds each request and answer against the document: the route, the body's schema,
the status, the content type, the body, the header fields. In the end every good answer of every operation
must have been seen. Use: openapi_walks.py SERVER_URL BULLA DATA
"""

import email.utils
import http.client
import http.server
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import threading
import urllib.parse

import authenticator
import jsonschema_rs

ROOT = pathlib.Path(__file__).resolve().parents[2]
PASSWORD = "correct horse battery staple"
DOCUMENT = json.loads((ROOT / "docs/openapi.json").read_text())
PROBLEM, JSON, TEXT = "application/problem+json", "application/json", "text/plain"
EVENTS = "text/event-stream"


def resolve(value: dict) -> dict:
    while "$ref" in value:
        node = DOCUMENT
        for step in value["$ref"].removeprefix("#/").split("/"):
            node = node[step]
        value = node
    return value


def faults_of(schema: dict, value: object) -> list[str]:
    """The schema with the document's components around it, so that references lead somewhere."""
    whole = {"$schema": "https://json-schema.org/draft/2020-12/schema", "components": DOCUMENT["components"]}
    validator = jsonschema_rs.validator_for({**whole, "allOf": [schema]}, validate_formats=True)
    return [f"{error.message} at {list(error.instance_path)}" for error in validator.iter_errors(value)]


class Operation:
    def __init__(self, method: str, path: str, described: dict) -> None:
        self.name, self.method, self.described = described["operationId"], method, described
        pattern = re.escape(path).replace(r"\{", "{").replace(r"\}", "}")
        for parameter in described.get("parameters", []):
            inner = resolve(parameter["schema"])["pattern"].removeprefix("^").removesuffix("$")
            pattern = pattern.replace("{%s}" % parameter["name"], f"(?:{inner})")
        self.path = re.compile(pattern)

    def matches(self, method: str, path: str) -> bool:
        return method == self.method and self.path.fullmatch(path) is not None


OPERATIONS = [
    Operation(method.upper(), path, described)
    for path, item in DOCUMENT["paths"].items()
    for method, described in item.items()
    if not method.startswith("x-")
]


class Record:
    """What was seen, and what of it the document does not say."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.exchanges = 0
        self.seen: set[tuple[str, str]] = set()
        self.faults: list[str] = []

    def add(self, operation: str, status: int, faults: list[str]) -> None:
        with self.lock:
            self.exchanges += 1
            self.seen.add((operation, str(status)))
            self.faults += [f"{operation} {status}: {fault}" for fault in faults]


RECORD = Record()


def check_request(operation: Operation, content_type: str, body: bytes) -> list[str]:
    """Only of what the server took: what it refused may be anything."""
    described = operation.described.get("requestBody")
    if described is None:
        return [f"a body of {len(body)} bytes where none is described"] if body else []
    kind = content_type.split(";")[0]
    if kind not in described["content"]:
        return [f"a body of {kind}, which is not described"]
    value = json.loads(body) if kind == JSON else dict(urllib.parse.parse_qsl(body.decode(), True, True))
    return faults_of(described["content"][kind]["schema"], value)


def check_fields(described: dict, fields: http.client.HTTPMessage) -> list[str]:
    faults = []
    for name, field in described.get("headers", {}).items():
        field = resolve(field)
        value = fields.get(name)
        if value is None:
            faults += [f"no field {name}"] if field["required"] else []
        else:
            faults += [f"{name}: {fault}" for fault in faults_of(field["schema"], value)]
    if fields.get("Date") and email.utils.parsedate_to_datetime(fields["Date"]) is None:
        faults.append("Date is no date")
    return faults


def check_answer(operation: Operation, answer: http.client.HTTPResponse, body: bytes) -> list[str]:
    status, fields = answer.status, answer.headers
    if str(status) not in operation.described["responses"]:
        return ["the status is not described"]
    described = resolve(operation.described["responses"][str(status)])
    faults = check_fields(described, fields)
    contents = described.get("content")
    if contents is None:
        return faults + ([f"a body of {len(body)} bytes where none is described"] if body else [])
    kind = fields.get("Content-Type", "none").split(";")[0]
    if kind not in contents:
        return [*faults, f"content of {kind}, which is not described"]
    schema = contents[kind].get("schema")
    if schema is None:
        return faults
    return faults + faults_of(schema, json.loads(body) if kind in (JSON, PROBLEM) else body.decode())


def read_event(answer: http.client.HTTPResponse) -> bytes:
    """The first event of a stream that has no end."""
    event = b""
    while not event.endswith(b"\n\n"):
        event += answer.readline()
    return event


class Proxy(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_address_behind = ("", 0)

    def forward(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        behind = http.client.HTTPConnection(*self.server_address_behind)
        fields = {name: value for name, value in self.headers.items() if name.lower() != "connection"}
        behind.request(self.command, self.path, body or None, fields)
        answer = behind.getresponse()
        content = answer.read() if answer.getheader("Content-Type") != EVENTS else read_event(answer)
        behind.close()
        self.compare(body, answer, content)
        self.send_response_only(answer.status, answer.reason)
        for name, value in answer.getheaders():
            if name != "Transfer-Encoding":
                self.send_header(name, value)
        if answer.chunked:
            self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def compare(self, body: bytes, answer: http.client.HTTPResponse, content: bytes) -> None:
        operation = next((o for o in OPERATIONS if o.matches(self.command, self.path)), None)
        if operation is None:
            RECORD.add(f"{self.command} {self.path}", answer.status, ["no operation is described"])
            return
        faults = check_answer(operation, answer, content)
        if answer.status < 300:
            faults += check_request(operation, self.headers.get("Content-Type", "none"), body)
        RECORD.add(operation.name, answer.status, faults)

    do_GET = do_POST = do_PUT = do_DELETE = forward  # noqa: N815, the names that the base class looks for

    def log_message(self, *_: object) -> None:
        pass


class Walks:
    def __init__(self, url: str, bulla: str, state: str) -> None:
        self.url, self.bulla = url, bulla
        self.environment = {**os.environ, "BULLA_SERVER": url, "XDG_STATE_HOME": state}

    def run(self, *words: str, passwords: tuple[str, ...] = ()) -> str:
        flags = ["--password-stdin"] if passwords else []
        done = subprocess.run([self.bulla, *words, *flags], input="".join(p + "\n" for p in passwords),
                              env=self.environment, capture_output=True, text=True, check=False)
        if done.returncode != 0:
            sys.exit(f"bulla {' '.join(words)}: exit {done.returncode}: {done.stdout}{done.stderr}")
        return done.stdout

    def ask(self, method: str, path: str, token: str = "", form: dict | None = None) -> tuple[int, bytes]:
        host = urllib.parse.urlsplit(self.url)
        connection = http.client.HTTPConnection(host.hostname, host.port)
        fields = {"Authorization": f"Bearer {token}"} if token else {}
        if form is not None:
            fields["Content-Type"] = "application/x-www-form-urlencoded"
        connection.request(method, path, urllib.parse.urlencode(form) if form is not None else None, fields)
        answer = connection.getresponse()
        return answer.status, answer.read()

    def command_line(self) -> None:
        """Registration, login, a change of password, the account, its erasure."""
        self.run("account", "register", "carol", passwords=(PASSWORD,))
        self.run("login", "carol", passwords=(PASSWORD,))
        self.run("whoami")
        self.run("account", "show")
        self.run("token", "check")
        self.run("account", "change-password", passwords=(PASSWORD, "a quiet river runs by"))
        self.run("login", "carol", passwords=("a quiet river runs by",))
        self.run("account", "erase", "--yes", passwords=("a quiet river runs by",))

    def recovery(self) -> None:
        """Codes, a recovery by one of them, and the routes of a recovery to cancel."""
        self.run("account", "register", "frank", passwords=(PASSWORD,))
        self.run("login", "frank", passwords=(PASSWORD,))
        codes = self.run("account", "recovery-codes", passwords=(PASSWORD,)).split("\n    ")
        self.run("account", "allow-operator-recovery", passwords=(PASSWORD,))
        self.run("recover", "frank", passwords=(codes[1].split("\n")[0], "a quiet river runs by"))
        self.run("login", "frank", passwords=("a quiet river runs by",))

    def operators(self, data: str) -> None:
        """What the node's operator sees and decides, about the account made by hand."""
        self.run("operator", "suspend", "alice", "--data", data)
        self.run("operator", "restore", "alice", "--data", data)
        account = json.loads(self.run("operator", "account", "alice", "--data", data, "--json"))
        self.run("operator", "account", account["label"], "--data", data)
        self.run("network", "new-keyset", "--data", data)
        self.run("operator", "audit", "--data", data)

    def operator_recovery(self, data: str) -> None:
        """A request of who lost everything, as far as it goes without waiting three days."""
        ask = ("recover", "grace", "--by-operators", "--json")
        self.run("account", "register", "grace", passwords=(PASSWORD,))
        self.run("login", "grace", passwords=(PASSWORD,))
        self.run("account", "allow-operator-recovery", passwords=(PASSWORD,))
        number = json.loads(self.run(*ask))["number"]
        self.run("operator", "recover", number, "--data", data)
        made = json.loads(self.run(*ask, passwords=(PASSWORD,)))
        self.run("operator", "pending", "--data", data)
        self.run("operator", "recover", number, "--fingerprint", made["fingerprint"], "--data", data)
        self.run(*ask)
        self.run("account", "show")

    def other_client(self) -> None:
        subprocess.run(["node", "opaque.mjs", self.url, "bob", PASSWORD], check=True, capture_output=True,
                       cwd=ROOT / "tests/interop")

    def software_authenticator(self) -> None:
        """A passkey without a password: registration, sign-in, its name, everything that is held."""
        client = authenticator.Client(self.url)
        party = client.good("GET", "/v1/network")["relying_party"]
        client.good("GET", "/v1/sign-ins")
        pair = ("bulla", party["origins"][0])
        key = authenticator.Passkey(party["id"])
        authenticator.register(client, "erin", key, pair[1])
        authenticator.begin_login(client, pair, "erin")
        authenticator.log_in(client, key, pair)
        account = client.good("GET", "/v1/account")
        client.good("PUT", f"/v1/account/credentials/{account['credentials'][0]['id']}", {"name": "Ring"})
        client.good("GET", "/v1/account/export")

    def by_hand(self) -> None:
        alice = {"username": "alice", "password": PASSWORD}
        self.ask("POST", "/register", form=alice)
        token = self.ask("POST", "/login", form=alice)[1].decode()
        for path in ("/protected-resource", "/verify", "/v1/account", "/v1/account/proof",
                     "/v1/account/proof/brief", "/v1/sessions"):
            self.ask("GET", path, token)
            self.ask("GET", path)
            self.ask("GET", path, token + "x")
        session = json.loads(self.ask("GET", "/v1/sessions", token)[1])["sessions"][0]["id"]
        self.ask("DELETE", f"/v1/sessions/{session}", token)
        self.ask("POST", "/register", form=alice)
        self.ask("POST", "/register", form={"username": "dave", "password": "short"})
        self.ask("POST", "/login", form={**alice, "password": "wrong"})
        for path in ("/.well-known/jwks.json", "/metrics", "/healthz", "/readyz", "/openapi.json",
                     "/", "/join", "/account", "/explorer", "/recover", "/admin"):
            self.ask("GET", path)
        self.events()
        page = self.ask("GET", "/")[1].decode()
        for asset in re.findall(r'"(/assets/[^"]+)"', page):
            self.ask("GET", asset)
        self.ask("GET", "/assets/none.js")

    def events(self) -> None:
        lines = self.ask("GET", "/v1/events")[1].decode().splitlines()
        event = dict(line.split(": ", 1) for line in lines if line)
        faults = faults_of({"$ref": "#/components/schemas/BlockEvent"}, json.loads(event["data"]))
        RECORD.add("events", 200, faults)

    def log(self) -> None:
        """Tiles of what is there by now, none of them full."""
        size = int(self.ask("GET", "/log/checkpoint")[1].split(b"\n")[1])
        content = self.ask("GET", f"/log/tile/0/000.p/{size}")[1]
        if len(content) != 32 * size:
            sys.exit(f"a tile of {size} hashes has {len(content)} bytes")
        self.ask("GET", f"/log/tile/entries/000.p/{size}")
        self.ask("GET", "/log/tile/0/000")
        self.ask("GET", "/log/tile/entries/000")


def missing() -> list[str]:
    # Full tiles want 256 entries, which take a minute to make; one handler answers for them and the others.
    good = {(operation.name, status) for operation in OPERATIONS if operation.name not in ("tile", "entries")
            for status in operation.described["responses"] if int(status) < 300}
    return sorted(f"{name} {status}" for name, status in good - RECORD.seen)


def main() -> None:
    url, bulla, data = sys.argv[1:]
    behind = urllib.parse.urlsplit(url)
    Proxy.server_address_behind = (behind.hostname, behind.port)
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Proxy) as proxy, \
            tempfile.TemporaryDirectory() as state:
        threading.Thread(target=proxy.serve_forever, daemon=True).start()
        walks = Walks(f"http://127.0.0.1:{proxy.server_address[1]}", bulla, state)
        walks.by_hand()
        walks.log()
        walks.command_line()
        walks.recovery()
        walks.operators(data)
        walks.operator_recovery(data)
        walks.other_client()
        walks.software_authenticator()
        walks.log()
        proxy.shutdown()
    unseen = missing()
    for fault in sorted(set(RECORD.faults)):
        print(f"not as described: {fault}")
    for answer in unseen:
        print(f"never seen: {answer}")
    if RECORD.faults or unseen:
        sys.exit(1)
    print(f"{RECORD.exchanges} exchanges as described, {len(RECORD.seen)} kinds of answers")


main()
