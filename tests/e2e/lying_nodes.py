"""Nodes of one machine's network that lie to one who joins.

    lying_nodes.py NETWORK_DIRECTORY

Listens on the ports that the node list names for messages (as network_ports.py has moved the nodes behind
them: DIRECTORY/proxy.json), and passes everything on. DIRECTORY/node-N/lies, read for each connection, names
what node N lies about; then its connections end here, under the node's own TLS key, and the answers named are
altered:

    offer chunk tile bundle    a byte is another
    app_hash                   the engine's header after the snapshot's names another state
    signature                  a byte of the signatures under the engine's blocks is another
    validators                 the engine's validators are others
    silence                    no answer to what a joining node asks: withheld

Each lie told is a line in DIRECTORY/node-N/told.
"""
from __future__ import annotations

import base64
import datetime
import http.client
import json
import pathlib
import re
import socket
import ssl
import sys
import threading
from typing import BinaryIO

from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ed25519

directory = pathlib.Path(sys.argv[1])
OF_A_JOIN = re.compile(r"^/(node/(snapshots|blocks)|log/tile)")


def flip(body: bytes, at: int) -> bytes:
    return body[:at] + bytes([body[at] ^ 1]) + body[at + 1:]


def alter_offer(body: bytes) -> bytes:
    """The header's hash: 01 58 20 and 32 bytes of each offer."""
    return re.sub(rb"\x01\x58\x20(.)", lambda m: b"\x01\x58\x20" + flip(m[1], 0), body, flags=re.DOTALL)


def alter_text(member: str, body: bytes) -> bytes:
    """Every value of a member of the engine's answers, a character of it."""
    def other(match: re.Match[str]) -> str:
        value = match[2]
        return match[1] + ("B" if value[0] == "A" else "A") + value[1:] + '"'
    return re.sub(rf'("{member}": ?")([^"]+)"', other, body.decode()).encode()


def alter_validators(body: bytes) -> bytes:
    answers = json.loads(body)
    for each in answers[1]["result"]["validators"]:
        key = base64.b64decode(each["pub_key"]["value"])
        each["pub_key"]["value"] = base64.b64encode(flip(key, 0)).decode()
    return json.dumps(answers).encode()


LIES = {
    "offer": (r"^/node/snapshots$", alter_offer),
    "chunk": (r"^/node/snapshots/", lambda body: flip(body, len(body) // 2)),
    "tile": (r"^/log/tile/[0-9]", lambda body: flip(body, 0)),
    "bundle": (r"^/log/tile/entries/", lambda body: flip(body, len(body) // 2)),
    "app_hash": (r"^/node/blocks/", lambda body: alter_text("app_hash", body)),
    "signature": (r"^/node/blocks/", lambda body: alter_text("signature", body)),
    "validators": (r"^/node/blocks/", alter_validators),
}


class Node:
    def __init__(self, number: str, real_port: int) -> None:
        self.place = directory / f"node-{number}"
        self.port = real_port
        self.server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.client = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        self.client.check_hostname = False
        self.client.verify_mode = ssl.CERT_NONE
        key = ed25519.Ed25519PrivateKey.from_private_bytes((self.place / "data/keys/tls").read_bytes())
        name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "bulla node")])
        now = datetime.datetime.now(datetime.timezone.utc)
        certificate = (x509.CertificateBuilder().subject_name(name).issuer_name(name).serial_number(1)
                       .public_key(key.public_key()).not_valid_before(now)
                       .not_valid_after(now + datetime.timedelta(days=1)).sign(key, None))
        file = self.place / "tls.pem"
        file.write_bytes(certificate.public_bytes(serialization.Encoding.PEM) + key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()))
        for context in (self.server, self.client):
            context.load_cert_chain(file)

    def lies(self) -> list[str]:
        file = self.place / "lies"
        return file.read_text(encoding="utf-8").split() if file.exists() else []

    def ask(self, method: str, target: str, body: bytes) -> tuple[int, bytes]:
        """The real node, as itself."""
        link = http.client.HTTPSConnection("127.0.0.1", self.port, timeout=30, context=self.client)
        try:
            link.request(method, target, body=body or None)
            answer = link.getresponse()
            return answer.status, answer.read()
        finally:
            link.close()

    def alter(self, target: str, body: bytes, lies: list[str]) -> bytes:
        for lie in lies:
            pattern, change = LIES.get(lie, (r"^$", bytes))
            if re.search(pattern, target):
                changed = change(body)
                if changed != body:
                    with (self.place / "told").open("a", encoding="utf-8") as told:
                        told.write(f"{lie} {target}\n")
                body = changed
        return body


def splice(source: socket.socket, sink: socket.socket) -> None:
    try:
        while piece := source.recv(65536):
            sink.sendall(piece)
    except OSError:
        pass
    for end in (source, sink):
        try:
            end.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass


def pass_on(connection: socket.socket, port: int) -> None:
    with socket.create_connection(("127.0.0.1", port)) as real:
        back = threading.Thread(target=splice, args=(real, connection), daemon=True)
        back.start()
        splice(connection, real)
        back.join()


def answer_one(node: Node, reader: BinaryIO, writer: BinaryIO) -> bool:
    words = reader.readline().decode().split(" ")
    headers = http.client.parse_headers(reader) if len(words) == 3 else None
    if headers is None:
        return False
    body = reader.read(int(headers.get("Content-Length", "0")))
    lies = node.lies()
    if "silence" in lies and OF_A_JOIN.search(words[1]):
        status, given = 404, b""
    else:
        status, given = node.ask(words[0], words[1], body)
    if status == 200:
        given = node.alter(words[1], given, lies)
    writer.write(f"HTTP/1.1 {status} X\r\nContent-Length: {len(given)}\r\n\r\n".encode() + given)
    writer.flush()
    return True


def lie(node: Node, connection: socket.socket) -> None:
    with node.server.wrap_socket(connection, server_side=True) as tls:
        reader, writer = tls.makefile("rb"), tls.makefile("wb")
        while answer_one(node, reader, writer):
            pass


def serve(node: Node | None, port: int, connection: socket.socket) -> None:
    try:
        with connection:
            if node is None or not node.lies():
                pass_on(connection, port)
            else:
                lie(node, connection)
    except (OSError, http.client.HTTPException):
        pass


def listen(node: Node | None, listed: int, real: int) -> None:
    listener = socket.create_server(("127.0.0.1", listed), backlog=128)

    def accept() -> None:
        while True:
            connection, _ = listener.accept()
            threading.Thread(target=serve, args=(node, real, connection), daemon=True).start()

    threading.Thread(target=accept, daemon=True).start()


def main() -> None:
    for number, (messages, engine) in json.loads((directory / "proxy.json").read_text())["nodes"].items():
        listen(Node(number, messages[1]), *messages)
        listen(None, *engine)
    print("listening", flush=True)
    threading.Event().wait()


main()
