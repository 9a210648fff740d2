#!/usr/bin/env python3
"""Kills the server again and again while clients write, and compares what is there afterwards with what was
acknowledged.

Clients register, sign in, log out and guess wrong. An oracle outside the server remembers each answer:
after each kill -9 and restart every acknowledged account is there, every such log-out holds, and the
checkpoint extends every one that was ever served. A registration that was under way may be there or not.
Guesses are counted without a sync: a killed process forgets none of them. Catalogue: E8, G5.

The seed is printed; --seed runs the same choices again (the kernel's schedule is not part of them).
"""

import argparse
import dataclasses
import os
import pathlib
import random
import subprocess
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.parse
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parents[2]
BULLA = os.environ.get("BULLA_BINARY", str(ROOT / "build/release/bulla"))
PASSWORD = "a quiet river runs"
CLIENTS = 4


@dataclasses.dataclass
class Oracle:
    """What was acknowledged. Appended to by clients; lists are safe to append to from several threads."""

    registered: list[str] = dataclasses.field(default_factory=list)
    under_way: set[str] = dataclasses.field(default_factory=set)
    living: list[str] = dataclasses.field(default_factory=list)  # tokens
    ended: list[str] = dataclasses.field(default_factory=list)
    checkpoints: list[str] = dataclasses.field(default_factory=list)
    wrong_guesses: dict[str, int] = dataclasses.field(default_factory=dict)


class Server:
    def __init__(self, data: pathlib.Path) -> None:
        self.data = data
        self.process: subprocess.Popen | None = None
        self.url = ""

    def start(self) -> None:
        command = [BULLA, "serve", "--data", str(self.data), "--listen", "127.0.0.1:0",
                   "--trusted-proxies", "127.0.0.1"]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        for line in self.process.stdout:
            if line.startswith("listening on "):
                self.url = line.split()[-1]
                return
        raise SystemExit("FAILED: the server does not start again:\n" + self.process.stderr.read())

    def kill(self) -> None:
        self.process.kill()
        self.process.communicate()

    def stop(self) -> None:
        self.process.terminate()
        self.process.communicate(timeout=30)
        if self.process.returncode != 0:
            raise SystemExit(f"FAILED: SIGTERM ended in {self.process.returncode}")


def ask(url: str, form: dict | None = None, token: str = "", method: str | None = None) -> tuple[int, str]:
    """Status and body; 0 when the server went away. Each request comes from a network of its own."""
    digits = random.getrandbits(24)
    headers = {"X-Forwarded-For": f"10.{digits >> 16}.{digits >> 8 & 255}.{digits & 255}"}
    if token:
        headers["Authorization"] = "Bearer " + token
    data = urllib.parse.urlencode(form).encode() if form else None
    request = urllib.request.Request(url, data, headers, method=method)
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()
    except OSError:
        return 0, ""


class Client(threading.Thread):
    def __init__(self, url: str, oracle: Oracle, names: str, seed: int) -> None:
        super().__init__()
        self.url, self.oracle, self.names = url, oracle, names
        self.choose = random.Random(seed)
        self.count = 0

    def run(self) -> None:
        act = {"register": self.register, "log in": self.log_in, "log out": self.log_out, "look": self.look,
               "guess": self.guess}
        while act[self.choose.choices(list(act), [5, 3, 2, 2, 1])[0]]():
            pass

    def register(self) -> bool:
        self.count += 1
        name = f"{self.names}-{self.count}"
        self.oracle.under_way.add(name)
        status, _ = ask(self.url + "/register", {"username": name, "password": PASSWORD})
        if status == 200:
            self.oracle.registered.append(name)
        return status != 0

    def log_in(self) -> bool:
        mine = [name for name in self.oracle.registered if name.startswith(self.names)]
        if not mine:
            return True
        status, token = ask(self.url + "/login", {"username": self.choose.choice(mine), "password": PASSWORD})
        if status == 200:
            self.oracle.living.append(token)
        return status != 0

    def log_out(self) -> bool:
        if not self.oracle.living:
            return True
        try:
            token = self.oracle.living.pop()
        except IndexError:
            return True
        check = urllib.request.Request(self.url + "/verify", headers={"Authorization": "Bearer " + token})
        try:
            with urllib.request.urlopen(check, timeout=30) as answer:
                session = answer.headers["Bulla-Session"]
        except OSError:
            return False
        status, _ = ask(f"{self.url}/v1/sessions/{session}", token=token, method="DELETE")
        if 200 <= status < 300:
            self.oracle.ended.append(token)
        return status != 0

    def look(self) -> bool:
        status, text = ask(self.url + "/log/checkpoint")
        if status == 200:
            self.oracle.checkpoints.append(text)
        return status != 0

    def guess(self) -> bool:
        name = f"stranger-{self.names}"
        status, _ = ask(self.url + "/login", {"username": name, "password": "not the password"})
        if status == 401:
            self.oracle.wrong_guesses[name] = self.oracle.wrong_guesses.get(name, 0) + 1
        return status != 0


def size_of(checkpoint: str) -> int:
    return int(checkpoint.split("\n")[1])


def compare(server: Server, oracle: Oracle, seen: dict[str, int], choose: random.Random) -> list[str]:
    """What is missing. `seen`: how much of each list was looked at after earlier kills."""
    faults = []
    url = server.url
    for name in oracle.registered[seen["registered"]:]:
        if ask(url + "/register", {"username": name, "password": PASSWORD})[0] != 409:
            faults.append(f"the account {name} was acknowledged and is not there")
    for name in choose.sample(oracle.registered, min(2, len(oracle.registered))):
        if ask(url + "/login", {"username": name, "password": PASSWORD})[0] != 200:
            faults.append(f"the owner of {name} cannot sign in")
    for token in oracle.ended[seen["ended"]:]:
        if ask(url + "/verify", token=token)[0] != 401:
            faults.append("a session that was ended has come back")
    for name, count in oracle.wrong_guesses.items():
        status = ask(url + "/login", {"username": name, "password": "not the password"})[0]
        if count >= 5 and status != 429:
            faults.append(f"{count} wrong guesses at {name} are forgotten")
    newest = ask(url + "/log/checkpoint")[1]
    if oracle.checkpoints and size_of(newest) < max(map(size_of, oracle.checkpoints)):
        faults.append("the log is shorter than a checkpoint it has served")
    seen["registered"], seen["ended"] = len(oracle.registered), len(oracle.ended)
    return faults


def verify(data: pathlib.Path, checkpoint: str) -> list[str]:
    kept = data.parent / "kept"
    kept.write_text(checkpoint)
    shown = subprocess.run([BULLA, "ledger", "verify", "--data", str(data), "--checkpoint", str(kept)],
                           capture_output=True, text=True)
    return [] if shown.returncode == 0 else [f"ledger verify: {shown.stdout}{shown.stderr}"]


def one_life(server: Server, oracle: Oracle, number: int, choose: random.Random) -> None:
    clients = [Client(server.url, oracle, f"life{number}client{client}", choose.getrandbits(32))
               for client in range(CLIENTS)]
    for client in clients:
        client.start()
    time.sleep(choose.uniform(0.05, 1.0))  # the moment of the kill, not a wait for anything
    server.kill()
    for client in clients:
        client.join()


def run(data: pathlib.Path, kills: int, choose: random.Random) -> tuple[Oracle, list[str]]:
    oracle, faults, seen = Oracle(), [], {"registered": 0, "ended": 0}
    server = Server(data)
    server.start()
    for number in range(kills):
        one_life(server, oracle, number, choose)
        server.start()
        faults += [f"after kill {number + 1}: {fault}" for fault in compare(server, oracle, seen, choose)]
    server.stop()
    for checkpoint in {size_of(text): text for text in oracle.checkpoints}.values():
        faults += verify(data, checkpoint)
    return oracle, faults


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--seed", type=int, default=random.getrandbits(32))
    options = parser.parse_args()
    print(f"seed {options.seed}", flush=True)
    with tempfile.TemporaryDirectory() as folder:
        oracle, faults = run(pathlib.Path(folder, "data"), options.kills, random.Random(options.seed))
    for fault in faults:
        print("FAILED:", fault, file=sys.stderr)
    print(f"{options.kills} kills; acknowledged: {len(oracle.registered)} accounts of "
          f"{len(oracle.under_way)} begun, {len(oracle.ended)} log-outs, "
          f"{sum(oracle.wrong_guesses.values())} wrong guesses, "
          f"{len(oracle.checkpoints)} checkpoints; lost: {len(faults)}")
    sys.exit(1 if faults else 0)


main()
