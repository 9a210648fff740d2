"""Whoever has a validator's key: signs two votes for one height, and shows both to an engine.

usage: double_vote.py ENGINE_HOME_OF_THE_KEY RPC_SOCKET HEIGHT

The votes' bytes are CometBFT's CanonicalVote (specification, core/data_structures). Prints what the engine
answers.
"""

import base64
import datetime
import http.client
import json
import pathlib
import socket
import struct
import sys

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

PREVOTE = 1
TIME = "2026-01-01T00:00:00Z"


class UnixConnection(http.client.HTTPConnection):
    def __init__(self, path):
        super().__init__("localhost", timeout=30)
        self.path = path

    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.connect(self.path)


def ask(path, method, **parameters):
    connection = UnixConnection(path)
    body = {"jsonrpc": "2.0", "id": 1, "method": method, "params": parameters}
    connection.request("POST", "/", json.dumps(body), {"Content-Type": "application/json"})
    return json.loads(connection.getresponse().read())


def varint(number):
    out = bytearray()
    while number > 127:
        out.append(number & 127 | 128)
        number >>= 7
    return bytes([*out, number])


def delimited(tag, content):
    return varint(tag << 3 | 2) + varint(len(content)) + content


def canonical_vote(height, block, chain_id):
    seconds = int(datetime.datetime.fromisoformat(TIME.replace("Z", "+00:00")).timestamp())
    parts = varint(1 << 3) + varint(1) + delimited(2, block)
    vote = varint(1 << 3) + varint(PREVOTE) + varint(2 << 3 | 1) + struct.pack("<q", height)
    vote += delimited(4, delimited(1, block) + delimited(2, parts))
    vote += delimited(5, varint(1 << 3) + varint(seconds)) + delimited(6, chain_id.encode())
    return varint(len(vote)) + vote


def signed_vote(*, key, address, place, height, block, chain_id):
    hexadecimal = block.hex().upper()
    return {
        "type": PREVOTE,
        "height": str(height),
        "round": 0,
        "block_id": {"hash": hexadecimal, "parts": {"total": 1, "hash": hexadecimal}},
        "timestamp": TIME,
        "validator_address": address,
        "validator_index": place,
        "signature": base64.b64encode(key.sign(canonical_vote(height, block, chain_id))).decode(),
        "extension": None,
        "extension_signature": None,
    }


def main(home, rpc, height):
    file = json.loads((pathlib.Path(home) / "config/priv_validator_key.json").read_text())
    seed = base64.b64decode(file["priv_key"]["value"])[:32]
    key, address = Ed25519PrivateKey.from_private_bytes(seed), file["address"]
    header = ask(rpc, "block", height=str(height))["result"]["block"]["header"]
    validators = ask(rpc, "validators", height=str(height))["result"]["validators"]
    place = next(i for i, each in enumerate(validators) if each["address"] == address)
    votes = [signed_vote(key=key, address=address, place=place, height=height, block=block,
                         chain_id=header["chain_id"])
             for block in (b"\1" * 32, b"\2" * 32)]
    value = {"vote_a": votes[0], "vote_b": votes[1], "ValidatorPower": "1", "Timestamp": header["time"],
             "TotalVotingPower": str(len(validators))}
    print(json.dumps(ask(rpc, "broadcast_evidence",
                         evidence={"type": "tendermint/DuplicateVoteEvidence", "value": value})))


main(sys.argv[1], sys.argv[2], int(sys.argv[3]))
