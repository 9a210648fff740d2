"""A ledger read over HTTP and derived again from its entries: log root, block chain, directory root and
network root, by docs/formats alone. Shares no code with the server; reads CBOR itself. Catalogue: G22.

Use: python3 verify_log.py SERVER_URL LOG_VKEY [CHECKPOINT_FILE]
With a file, the log of that older checkpoint must be a beginning of this one.
Prints one line: size, log root, directory root, network root.
"""

import base64
import dataclasses
import hashlib
import sys
import urllib.request
from collections.abc import Iterator

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

DAY = 86_400_000
ZEROS = bytes(32)
ERASED, ERASED_CLOSED = 3, 4
PASSWORD = 1
REGISTER, ADD, REVOKE, REPLACE, END_SESSIONS, ERASE, PUBLISH, RETIRE = 2, 3, 4, 5, 6, 7, 22, 23
PROPOSE, APPLY, CHANGE_LOG = 18, 21, 8


def sha256(*parts: bytes) -> bytes:
    return hashlib.sha256(b"".join(parts)).digest()


def u64(number: int) -> bytes:
    return number.to_bytes(8, "big")


# --- CBOR: what docs/formats/cbor.md allows, and the same bytes back


def print_head(major: int, number: int) -> bytes:
    if number < 24:
        return bytes([major << 5 | number])
    sizes = ((1, 24), (2, 25), (4, 26), (8, 27))
    size, code = next((size, code) for size, code in sizes if number < 1 << 8 * size)
    return bytes([major << 5 | code]) + number.to_bytes(size, "big")


def print_cbor(value: object) -> bytes:
    if isinstance(value, bool):
        return b"\xf5" if value else b"\xf4"
    if isinstance(value, int):
        return print_head(0, value)
    if isinstance(value, bytes):
        return print_head(2, len(value)) + value
    if isinstance(value, str):
        return print_head(3, len(value.encode())) + value.encode()
    if isinstance(value, list):
        return print_head(4, len(value)) + b"".join(map(print_cbor, value))
    if isinstance(value, dict):
        return print_head(5, len(value)) + b"".join(
            print_cbor(key) + print_cbor(value[key]) for key in sorted(value))
    raise ValueError(f"no CBOR of {type(value)}")


class Reader:
    def __init__(self, data: bytes) -> None:
        self.data, self.at = data, 0

    def take(self, size: int) -> bytes:
        if self.at + size > len(self.data):
            raise ValueError("CBOR ends early")
        self.at += size
        return self.data[self.at - size:self.at]

    def value(self) -> object:
        head = self.take(1)[0]
        if head in (0xF4, 0xF5):
            return head == 0xF5
        major, code = head >> 5, head & 31
        if code > 27:
            raise ValueError("CBOR of indefinite length")
        number = code if code < 24 else int.from_bytes(self.take(1 << code - 24), "big")
        if major == 0:
            return number
        if major == 2:
            return self.take(number)
        if major == 3:
            return self.take(number).decode()
        if major == 4:
            return [self.value() for _ in range(number)]
        if major == 5:
            return {self.value(): self.value() for _ in range(number)}
        raise ValueError(f"CBOR of major type {major}")


def read_cbor(data: bytes) -> dict:
    reader = Reader(data)
    value = reader.value()
    if reader.at != len(data) or not isinstance(value, dict) or print_cbor(value) != data:
        raise ValueError("not the one encoding of a map")
    return value


# --- trees


class LogTree:
    """The root of each prefix, as leaves come."""

    def __init__(self) -> None:
        self.size, self.full = 0, []  # roots of full subtrees, the largest first: (leaves, hash)

    def append(self, leaf_hash: bytes) -> None:
        self.size += 1
        self.full.append((1, leaf_hash))
        while len(self.full) > 1 and self.full[-2][0] == self.full[-1][0]:
            (size, left), (_, right) = self.full[-2:]
            self.full[-2:] = [(2 * size, sha256(b"\x01", left, right))]

    def root(self) -> bytes:
        if not self.full:
            return sha256()
        hashes = [one for _, one in self.full]
        root = hashes.pop()
        while hashes:
            root = sha256(b"\x01", hashes.pop(), root)
        return root


def map_root(rows: dict[bytes, bytes]) -> bytes:
    """Of rows key → value, and the two sentinels."""
    leaves = sorted((rows | {ZEROS: b"\0", b"\xff" * 32: b"\0"}).items())
    return subtree([(key, sha256(b"\0", key, sha256(value))) for key, value in leaves], 0)


def bit_of(key: bytes, bit: int) -> int:
    return key[bit >> 3] >> (7 - (bit & 7)) & 1


def subtree(leaves: list[tuple[bytes, bytes]], bit: int) -> bytes:
    """Leaves in ascending order that agree in every bit before this one."""
    if len(leaves) == 1:
        return leaves[0][1]
    while bit_of(leaves[0][0], bit) == bit_of(leaves[-1][0], bit):
        bit += 1
    middle = next(place for place, (key, _) in enumerate(leaves) if bit_of(key, bit))
    return sha256(b"\x01", bit.to_bytes(2, "big"), subtree(leaves[:middle], bit + 1),
                  subtree(leaves[middle:], bit + 1))


# --- what entries do


@dataclasses.dataclass
class Account:
    status: int
    version: int
    last_index: int
    head: bytes
    state: dict | None

    def value(self) -> bytes:
        commitment = ZEROS
        if self.state is not None:
            commitment = sha256(b"bulla/account-state/v1", print_cbor(self.state))
        return bytes([1, self.status]) + u64(self.version) + u64(self.last_index) + self.head + commitment


def make_credential(label: bytes, wanted: dict, version: int, time: int) -> dict:
    identity = sha256(b"bulla/credential-id/v1", label, bytes([wanted[1]]), wanted[2])[:16]
    return {0: identity, 1: wanted, 2: version, 3: time}


def count_entry(state: dict, time: int) -> None:
    window = state[7]
    state[7] = {0: time, 1: 1} if time >= window[0] + DAY else {0: window[0], 1: window[1] + 1}


def change_state(kind: int, statement: dict, before: dict, time: int) -> dict:
    state = dict(before)
    credentials = [row for row in state[5] if 4 not in row or row[4] > time]
    if kind == REVOKE:
        credentials = [row for row in credentials if row[0] != statement[6]]
    if kind == REPLACE:
        credentials = [row for row in credentials if row[1][1] != PASSWORD]
    if kind in (ADD, REPLACE):
        credentials.append(make_credential(statement[2], statement[6], statement[3], time))
    if kind == END_SESSIONS:
        state[3] += 1
    if kind != REVOKE:
        count_entry(state, time)
    state[5] = sorted(credentials, key=lambda row: row[0])
    return state


def key_id(public_key: bytes) -> bytes:
    """RFC 7638 thumbprint of an Ed25519 key."""
    text = base64.urlsafe_b64encode(public_key).rstrip(b"=").decode()
    return sha256(f'{{"crv":"Ed25519","kty":"OKP","x":"{text}"}}'.encode())


class Ledger:
    def __init__(self, genesis: dict) -> None:
        self.nodes, self.policy = genesis[3], genesis[4]
        self.accounts: dict[bytes, Account] = {}
        self.signing_keys: dict[bytes, dict] = {}
        self.pending: dict[bytes, dict] = {}

    def apply(self, index: int, entry_bytes: bytes, time: int) -> None:
        entry = read_cbor(entry_bytes)
        statement = read_cbor(entry[1])
        if statement[0] != entry[0]:
            raise ValueError(f"entry {index}: a statement for another purpose")
        leaf_hash = sha256(b"\0", entry_bytes)
        if entry[0] in (PUBLISH, RETIRE):
            self.apply_node_entry(statement, time)
        elif entry[0] == PROPOSE:
            self.propose(statement, leaf_hash, time)
        elif entry[0] == APPLY:
            self.apply_change(index, statement)
        else:
            self.apply_account_entry(index, statement, leaf_hash, time)

    def apply_account_entry(self, index: int, statement: dict, leaf_hash: bytes, time: int) -> None:
        kind, label, version = statement[0], statement[2], statement[3]
        before = self.accounts.get(label)
        follows = (before.version, before.head) if before else (0, ZEROS)
        if (version - 1, statement[4]) != follows:
            raise ValueError(f"entry {index} does not follow the account's last one")
        status, state = 1, None
        if kind == REGISTER:
            state = {1: version, 2: statement[7], 3: 0, 4: False,
                     5: [make_credential(label, statement[6], version, time)], 7: {0: time, 1: 1}}
        elif before is None or before.state is None:
            raise ValueError(f"entry {index} is of no account")
        elif kind == ERASE:
            status = ERASED_CLOSED if before.status == 2 else ERASED
        else:
            status, state = before.status, change_state(kind, statement, before.state, time)
        self.accounts[label] = Account(status, version, index, leaf_hash, state)

    def apply_node_entry(self, statement: dict, time: int) -> None:
        node = next(node for node in self.nodes[3] if node[0] == statement[2])
        if statement[3] != node[9] + 1:
            raise ValueError("a node's statement out of its sequence")
        node[9] = statement[3]
        live = [key for key in node[11] if 2 not in key or key[2] > time]
        if statement[0] == PUBLISH:
            kid = key_id(statement[7])
            live.append({0: kid, 1: statement[6]})
            self.signing_keys[kid] = {0: node[0], 1: statement[6], 2: statement[7]}
        else:
            kid = statement[6]
            ends = time if statement[7] else time + self.policy[6]
            self.signing_keys[kid][3] = ends
            live = [{**key, 2: ends} if key[0] == kid else key for key in live]
            live = [key for key in live if 2 not in key or key[2] > time]
        node[11] = live

    def propose(self, statement: dict, leaf_hash: bytes, time: int) -> None:
        node, person = next((node, person) for node in self.nodes[3] for person in node[10]
                            if person[0] == statement[2])
        if statement[3] != person[3] + 1:
            raise ValueError("an operator's statement out of its sequence")
        person[3] = statement[3]
        self.pending[leaf_hash] = {0: time, 1: sha256(statement[6]), 2: [{0: node[0], 1: person[0]}]}

    def apply_change(self, index: int, statement: dict) -> None:
        act = read_cbor(statement[7])
        if self.pending.pop(statement[6])[1] != sha256(statement[7]):
            raise ValueError(f"entry {index} applies another act than was proposed")
        if act[0] != CHANGE_LOG:
            raise ValueError(f"entry {index}: this program knows no act but a new log key")
        self.nodes = {**self.nodes, 0: self.nodes[0] + 1, 1: act[1], 2: act[2]}

    def directory_root(self) -> bytes:
        return map_root({label: account.value() for label, account in self.accounts.items()})

    def network_root(self) -> bytes:
        rows = {(1, b""): self.nodes, (2, b""): self.policy}
        rows |= {(5, kid): row for kid, row in self.signing_keys.items()}
        rows |= {(6, change): row for change, row in self.pending.items()}
        return map_root({sha256(b"bulla/network-map/v1", bytes([kind]), identity): print_cbor(row)
                         for (kind, identity), row in rows.items()})


# --- the log over HTTP


def fetch(url: str) -> bytes:
    with urllib.request.urlopen(url, timeout=30) as answer:
        return answer.read()


def tile_path(number: int) -> str:
    groups = [f"{number % 1000:03}"]
    while number := number // 1000:
        groups.insert(0, f"x{number % 1000:03}")
    return "/".join(groups)


def fetch_entries(url: str, size: int) -> Iterator[bytes]:
    for number in range((size + 255) // 256):
        width = min(256, size - 256 * number)
        part = "" if width == 256 else f".p/{width}"
        bundle = Reader(fetch(f"{url}/log/tile/entries/{tile_path(number)}{part}"))
        for _ in range(width):
            yield bundle.take(int.from_bytes(bundle.take(2), "big"))
        if bundle.at != len(bundle.data):
            raise ValueError(f"entry bundle {number} is too long")


def read_checkpoint(note: bytes, vkey: str) -> tuple[int, bytes]:
    """Size and root, after the log's signature has been checked."""
    name, identity, key_text = vkey.split("+", 2)
    key = base64.b64decode(key_text)
    if key[:1] != b"\x01" or sha256(name.encode(), b"\n", key)[:4].hex() != identity:
        raise ValueError("the log's key does not fit its id")
    text, lines = note.rsplit(b"\n\n", 1)
    text += b"\n"
    for line in lines.splitlines():
        _, signer, blob = line.decode().split(" ")
        if signer == name and base64.b64decode(blob)[:4].hex() == identity:
            Ed25519PublicKey.from_public_bytes(key[1:]).verify(base64.b64decode(blob)[4:], text)
            origin, size, root = text.decode().splitlines()
            if origin != name:
                raise ValueError("a checkpoint of another log")
            return int(size), base64.b64decode(root)
    raise ValueError("the log has not signed this checkpoint")


@dataclasses.dataclass
class Chain:
    """The last block entry, and the entries after it."""

    block: dict | None = None
    block_hash: bytes = ZEROS
    waiting: list[tuple[int, bytes]] = dataclasses.field(default_factory=list)


def check_block(block: dict, chain: Chain, tree: LogTree, ledger: Ledger) -> None:
    before, count = chain.block, len(chain.waiting)
    expected = {1: before[1] + 1 if before else 0, 2: chain.block_hash, 4: tree.size - count, 5: count,
                6: tree.root(), 7: ledger.directory_root(), 8: ledger.network_root()}
    for key, value in expected.items():
        if block[key] != value:
            raise ValueError(f"block {block[1]}: field {key} is {block[key]!r}, derived was {value!r}")
    if before and block[3] < before[3]:
        raise ValueError(f"block {block[1]}: time went back")


def derive(entries: Iterator[bytes], older_size: int) -> tuple[LogTree, dict, bytes]:
    """The tree, the last block entry, and the root at the older size. Raises on the first that is wrong."""
    tree, ledger, older_root, chain = LogTree(), None, sha256(), Chain()
    for index, entry_bytes in enumerate(entries):
        entry = read_cbor(entry_bytes)
        if index == 0:
            ledger = Ledger(entry)
        if index > 0 and entry[0] == 0:
            for place, one in chain.waiting:
                if place > 0:
                    ledger.apply(place, one, entry[3])
            check_block(entry, chain, tree, ledger)
            chain = Chain(entry, sha256(b"\0", entry_bytes))
        else:
            chain.waiting.append((index, entry_bytes))
        tree.append(sha256(b"\0", entry_bytes))
        if tree.size == older_size:
            older_root = tree.root()
    if chain.waiting:
        raise ValueError("the log ends within a block")
    return tree, chain.block, older_root


def main() -> None:
    url, vkey, *older_file = sys.argv[1:]
    size, root = read_checkpoint(fetch(url + "/log/checkpoint"), vkey)
    older_size, older_root = 0, sha256()
    if older_file:
        with open(older_file[0], "rb") as file:
            older_size, older_root = read_checkpoint(file.read(), vkey)
    tree, block, derived_older_root = derive(fetch_entries(url, size), older_size)
    if tree.size != size or tree.root() != root:
        raise ValueError("the root of the log is not the one that was signed")
    if derived_older_root != older_root:
        raise ValueError(f"the log is no continuation of the checkpoint of {older_size}")
    print(f"size {size} log {root.hex()} directory {block[7].hex()} network {block[8].hex()}")


main()
