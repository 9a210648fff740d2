#!/usr/bin/env python3
"""Flips each byte of a small stored ledger in turn: `bulla ledger verify` finds every one, or the byte stands
in a file that carries nothing (HARMLESS, with the reason).

The server is run once to make the ledger; then, for each byte of each file below DATA that belongs to the
ledger, a copy with that byte's bits inverted is verified. With --every N only each N-th byte is tried
(make test); without it every byte.
"""

import argparse
import concurrent.futures
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import urllib.parse
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parents[2]
BULLA = os.environ.get("BULLA_BINARY", str(ROOT / "build/release/bulla"))

# File name patterns below DATA whose bytes carry nothing that the ledger's truth depends on.
HARMLESS = {
    r"ledger/LOG(\.old\.\d+)?$": "RocksDB's diary for people; read by nothing",
    r"ledger/OPTIONS-\d+$": "RocksDB's note of the options last used; Bulla passes its own at every opening",
    r"ledger/IDENTITY$": "a random name of the database that nothing compares",
    r"ledger/LOCK$": "empty; only its lock counts",
    r"live/": "sessions and counters: no part of the ledger, lost without loss of an account",
    r"guard/checkpoint\.new$": "the record before, written over at the next signature; read by nothing",
    r"maps/directory\.(new|wrong)$": "a map file that was never finished, or set aside; read by nothing",
    r"lock$": "empty; only its lock counts",
    r"reserve$": "zeros that keep room on the disk; read by nothing",
}


def make_ledger(data: pathlib.Path) -> None:
    server = subprocess.Popen(
        [BULLA, "serve", "--data", str(data), "--listen", "127.0.0.1:0"],
        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    try:
        url = next(line.removeprefix("listening on ").strip() for line in server.stdout
                   if line.startswith("listening on "))
        for name in ("alice", "bob"):
            form = urllib.parse.urlencode({"username": name, "password": "a quiet river runs"}).encode()
            with urllib.request.urlopen(url + "/register", form, timeout=30) as answer:
                assert answer.read() == b"Registration successful"
    finally:
        server.terminate()
        server.wait(30)
    assert server.returncode == 0, server.returncode


def verify(data: pathlib.Path) -> subprocess.CompletedProcess:
    command = [BULLA, "ledger", "verify", "--data", str(data)]
    return subprocess.run(command, capture_output=True, text=True, timeout=120)


def harmless(name: str) -> str | None:
    return next((reason for pattern, reason in HARMLESS.items() if re.match(pattern, name)), None)


def try_bytes(source: pathlib.Path, name: str, offsets: list[int]) -> list[str]:
    """Returns the offsets whose change was not found, as 'name:offset'."""
    missed = []
    with tempfile.TemporaryDirectory(prefix="bulla-flip-") as folder:
        copy = pathlib.Path(folder) / "data"
        shutil.copytree(source, copy, copy_function=shutil.copy2)
        file = copy / name
        original = file.read_bytes()
        for offset in offsets:
            changed = bytearray(original)
            changed[offset] ^= 0xFF
            file.write_bytes(changed)
            result = verify(copy)
            if result.returncode == 0:
                missed.append(f"{name}:{offset}")
            elif result.returncode != 1:
                missed.append(f"{name}:{offset} exit {result.returncode}: {result.stderr.strip()[:200]}")
            file.write_bytes(original)
    return missed


def main() -> int:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--every", type=int, default=1, help="try each N-th byte of a file")
    every = arguments.parse_args().every
    with tempfile.TemporaryDirectory(prefix="bulla-flip-") as folder:
        data = pathlib.Path(folder) / "data"
        make_ledger(data)
        clean = verify(data)
        if clean.returncode != 0:
            print(clean.stdout, clean.stderr)
            return 1
        jobs = []
        for path in sorted(p for p in data.rglob("*") if p.is_file() and not p.is_socket()):
            name = str(path.relative_to(data))
            size = path.stat().st_size
            if reason := harmless(name):
                print(f"skipped  {name}: {reason}")
                continue
            offsets = list(range(0, size, every))
            if size and offsets[-1] != size - 1:
                offsets.append(size - 1)
            print(f"trying   {name}: {len(offsets)} of {size} bytes")
            jobs += [(name, offsets[start:start + 200]) for start in range(0, len(offsets), 200)]
        missed = []
        with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
            for result in pool.map(lambda job: try_bytes(data, *job), jobs):
                missed += result
    tried = sum(len(offsets) for _, offsets in jobs)
    for place in missed[:40]:
        print("NOT FOUND", place)
    print(f"{tried - len(missed)} passed, {len(missed)} failed")
    return 1 if missed or not tried else 0


if __name__ == "__main__":
    sys.exit(main())
