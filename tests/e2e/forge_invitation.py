"""forge_invitation.py CHANGE: reads an invitation, prints another one.

    start SIZE    the engines begin at this size of the log; +SIZE: so much later
    genesis       a byte of the genesis is another
    list          a byte of the newest list's entry is another
    withhold      without the newest list
    repeat        the newest list twice

An invitation is CBOR {0: genesis, 1: [entries], 2: size} in base64url (docs/formats/node-list.md).
"""
from __future__ import annotations

import base64
import sys

PREFIX = "bulla-invitation-v1:"


def read_head(data: bytes, at: int) -> tuple[int, int, int]:
    """Major type, argument, and where what follows begins."""
    kind, short = data[at] >> 5, data[at] & 31
    if short < 24:
        return kind, short, at + 1
    width = 1 << (short - 24)
    return kind, int.from_bytes(data[at + 1:at + 1 + width], "big"), at + 1 + width


def write_head(kind: int, value: int) -> bytes:
    if value < 24:
        return bytes([kind << 5 | value])
    width = next(width for width in (1, 2, 4, 8) if value < 1 << 8 * width)
    return bytes([kind << 5 | 23 + width.bit_length()]) + value.to_bytes(width, "big")


def read_bytes(data: bytes, at: int) -> tuple[bytearray, int]:
    _, size, start = read_head(data, at)
    return bytearray(data[start:start + size]), start + size


def flip(entry: bytearray) -> None:
    entry[len(entry) // 2] ^= 1


def main() -> None:
    text = sys.stdin.read().strip().removeprefix(PREFIX)
    data = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    genesis, at = read_bytes(data, 2)
    _, count, at = read_head(data, at + 1)
    changes = []
    for _ in range(count):
        entry, at = read_bytes(data, at)
        changes.append(entry)
    _, size, _ = read_head(data, at + 1)
    match sys.argv[1]:
        case "start":
            size = int(sys.argv[2]) + (size if sys.argv[2].startswith("+") else 0)
        case "genesis":
            flip(genesis)
        case "list":
            flip(changes[-1])
        case "withhold":
            changes.pop()
        case "repeat":
            changes.append(changes[-1])
    made = b"\xa3\x00" + write_head(2, len(genesis)) + genesis + b"\x01" + write_head(4, len(changes))
    for entry in changes:
        made += write_head(2, len(entry)) + entry
    made += b"\x02" + write_head(0, size)
    print(PREFIX + base64.urlsafe_b64encode(made).decode().rstrip("="))


main()
