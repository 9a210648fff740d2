"""What the tests of passkeys sign with: a software authenticator, a client of /v1, and statements.

An authenticator makes passkeys of ES256 or EdDSA and assertions as WebAuthn Level 3 draws them; what a test
wants wrong about one it says. Statements are the deterministic CBOR of docs/formats/entries.cddl.
"""

import base64
import dataclasses
import hashlib
import http.client
import json
import os
import urllib.parse

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

UP, UV, BE, BS = 0x01, 0x04, 0x08, 0x10
PASSKEY, DEVICE_KEY, SSH_KEY = 2, 3, 5
REGISTER, ADD, REVOKE, END_SESSIONS, ERASE, LOGIN = 2, 3, 4, 6, 7, 100
DOMAINS = {REGISTER: "register", ADD: "add-credential", REVOKE: "revoke-credential",
           END_SESSIONS: "end-sessions", ERASE: "erase", LOGIN: "login"}


def b64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def unb64(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def cbor(value: object) -> bytes:
    """Deterministic CBOR (RFC 8949 §4.2.1) of what statements are made of."""
    def head(kind: int, number: int) -> bytes:
        if number < 24:
            return bytes([kind << 5 | number])
        for extra, size in ((24, 1), (25, 2), (26, 4), (27, 8)):
            if number < 1 << 8 * size:
                return bytes([kind << 5 | extra]) + number.to_bytes(size, "big")
        raise ValueError(number)
    if isinstance(value, int):
        return head(0, value)
    if isinstance(value, bytes):
        return head(2, len(value)) + value
    if isinstance(value, str):
        return head(3, len(value.encode())) + value.encode()
    if isinstance(value, dict):
        return head(5, len(value)) + b"".join(cbor(key) + cbor(value[key]) for key in sorted(value))
    raise TypeError(type(value))


def digest_of(kind: int, statement: bytes) -> bytes:
    return hashlib.sha256(f"bulla/{DOMAINS[kind]}/v1".encode() + statement).digest()


def credential_id(label: bytes, kind: int, public_key: bytes) -> bytes:
    return hashlib.sha256(b"bulla/credential-id/v1" + label + bytes([kind]) + public_key).digest()[:16]


def rs_of(der: bytes) -> bytes:
    r, s = decode_dss_signature(der)
    return r.to_bytes(32, "big") + s.to_bytes(32, "big")


@dataclasses.dataclass
class Passkey:
    """One credential of an authenticator: `algorithm` is -7 (ES256) or -8 (EdDSA)."""

    rp_id: str
    algorithm: int = -7
    user_handle: bytes | None = None
    id_size: int = 32
    counts: bool = True
    flags: int = UP | UV

    def __post_init__(self) -> None:
        self.kind, self.count, self.id = PASSKEY, 0, os.urandom(self.id_size)
        self.key = (ec.generate_private_key(ec.SECP256R1()) if self.algorithm == -7
                    else ed25519.Ed25519PrivateKey.generate())

    @property
    def public_key(self) -> bytes:
        if self.algorithm == -8:
            return self.key.public_key().public_bytes_raw()
        point = self.key.public_key().public_bytes(serialization.Encoding.X962,
                                                   serialization.PublicFormat.UncompressedPoint)
        return point[1:]

    def credential(self) -> dict:
        return {1: PASSKEY, 2: self.public_key, 7: self.id}

    def sign(self, message: bytes) -> bytes:
        if self.algorithm == -8:
            return self.key.sign(message)
        return rs_of(self.key.sign(message, ec.ECDSA(hashes.SHA256())))

    def assertion(self, digest: bytes, origin: str, **wrong: object) -> list[bytes]:
        """authenticatorData, clientDataJSON, signature. `wrong`: rp_id, flags, count, client_data."""
        self.count += self.counts
        count = wrong.get("count", self.count)
        data = (hashlib.sha256(str(wrong.get("rp_id", self.rp_id)).encode()).digest() +
                bytes([wrong.get("flags", self.flags)]) + int(count).to_bytes(4, "big"))
        client_data = wrong.get("client_data") or json.dumps(
            {"type": "webauthn.get", "challenge": b64(digest), "origin": origin, "crossOrigin": False},
            separators=(",", ":")).encode()
        return [data, client_data, self.sign(data + hashlib.sha256(client_data).digest())]

    def evidence(self, digest: bytes, origin: str) -> list[bytes]:
        return self.assertion(digest, origin)


class DeviceKey:
    kind = DEVICE_KEY

    def __init__(self) -> None:
        self.key = ed25519.Ed25519PrivateKey.generate()
        self.public_key = self.key.public_key().public_bytes_raw()

    def credential(self) -> dict:
        return {1: self.kind, 2: self.public_key}

    def evidence(self, digest: bytes, _origin: str) -> list[bytes]:
        return [self.key.sign(digest)]


class Client:
    """Requests to /v1; a session's token goes with them once there is one."""

    def __init__(self, url: str) -> None:
        self.address = urllib.parse.urlsplit(url).netloc
        self.token: str | None = None

    def ask(self, method: str, path: str, body: object = None) -> tuple[int, dict]:
        fields = {"Content-Type": "application/json"} if body is not None else {}
        if self.token:
            fields["Authorization"] = "Bearer " + self.token
        connection = http.client.HTTPConnection(self.address, timeout=60)
        connection.request(method, path, json.dumps(body) if body is not None else None, fields)
        answer = connection.getresponse()
        text = answer.read().decode()
        connection.close()
        return answer.status, json.loads(text) if text[:1] in "{[" and text else {"text": text}

    def good(self, method: str, path: str, body: object = None) -> dict:
        status, answer = self.ask(method, path, body)
        assert status in (200, 201, 204), f"{method} {path}: {status} {answer}"
        return answer


def asks(offer: dict, kind: int) -> dict:
    return {0: kind, 1: unb64(offer["network"]), 2: unb64(offer["label"]), 3: offer["version"],
            4: unb64(offer["previous"]), 5: offer["time"] + 100_000}


def begin_registration(client: Client, name: str) -> dict:
    return client.good("POST", "/v1/registrations", {"username": name})


def registration_body(offer: dict, passkey: Passkey, origin: str) -> dict:
    statement = cbor({**asks(offer, REGISTER), 6: passkey.credential(),
                      7: hashlib.sha256(unb64(offer["opening"])).digest()})
    identity = credential_id(unb64(offer["label"]), PASSKEY, passkey.public_key)
    parts = passkey.evidence(digest_of(REGISTER, statement), origin)
    return {"statement": b64(statement), "evidence": [[b64(identity)] + [b64(part) for part in parts]]}


def register(client: Client, name: str, passkey: Passkey, origin: str) -> dict:
    offer = begin_registration(client, name)
    passkey.user_handle = unb64(offer["account_id"])
    return client.good("POST", f"/v1/registrations/{offer['id']}", registration_body(offer, passkey, origin))


def begin_login(client: Client, pair: tuple[str, str], username: str | None = None) -> dict:
    body = {"client": pair[0], "origin": pair[1]}
    if username is not None:
        body["username"] = username
    return client.good("POST", "/v1/key-logins", body)


def login_statement(offer: dict, pair: tuple[str, str], **changes: object) -> bytes:
    _, size, root, *_ = offer["checkpoint"].split("\n")
    fields = {0: LOGIN, 1: unb64(offer["network"]), 5: offer["time"] + 60_000, 6: unb64(offer["challenge"]),
              7: pair[0], 8: pair[1], 11: {0: int(size), 1: base64.b64decode(root)}}
    return cbor({**fields, **{int(key[1:]): value for key, value in changes.items()}})


def login_body(offer: dict, key: object, pair: tuple[str, str], **who: str) -> dict:
    statement = login_statement(offer, pair)
    parts = key.evidence(digest_of(LOGIN, statement), pair[1])
    if isinstance(key, Passkey) and not who:
        who = {"account_id": b64(key.user_handle), "passkey": b64(key.id)}
    return {"statement": b64(statement), "evidence": [b64(part) for part in parts], **who}


def log_in(client: Client, key: object, pair: tuple[str, str], **who: str) -> dict:
    offer = begin_login(client, pair)
    answer = client.good("POST", f"/v1/key-logins/{offer['id']}", login_body(offer, key, pair, **who))
    client.token = answer["access_token"]
    return answer


def entry_body(client: Client, kind: int, signer: object, origin: str, **wanted: object) -> dict:
    """An entry of the own account; `new` is a credential that comes and signs too."""
    account = client.good("GET", "/v1/account")
    network = client.good("GET", "/v1/network")
    offer = {"network": network["network"], "label": account["label"], "version": account["version"] + 1,
             "previous": account["head"], "time": wanted.pop("time")}
    fields, new = asks(offer, kind), wanted.pop("new", None)
    if new is not None:
        fields[6] = new.credential()
    if "credential" in wanted:
        fields[6] = wanted["credential"]
    statement, label = cbor(fields), unb64(account["label"])
    evidence = []
    for key in [signer] + ([new] if new is not None else []):
        parts = key.evidence(digest_of(kind, statement), origin)
        evidence.append([b64(credential_id(label, key.kind, key.public_key))] + [b64(part) for part in parts])
    names = {ADD: "add_credential", REVOKE: "revoke_credential", END_SESSIONS: "end_sessions", ERASE: "erase"}
    return {"kind": names[kind], "statement": b64(statement), "evidence": evidence}
