#!/usr/bin/env python3
"""Kills the server again and again while clients write, and compares what is there afterwards with what was
acknowledged.

Clients register, change passwords, sign in, log out and guess wrong; an operator makes backups, rotates and
retires keys. The kill comes at any moment of that, and of the starts in between. An oracle outside the server
remembers each answer: after each kill -9 and restart every acknowledged account and password is there, every
such log-out holds, the key set holds every rotation, a backup is complete or not there, and the checkpoint
extends every one that was ever served. What was under way may be there or not. Guesses are counted without a
sync: a killed process forgets none of them. Catalogue: E8, G5, G22.

The seed is printed; --seed runs the same choices again (the kernel's schedule is not part of them).
"""

import argparse
import dataclasses
import os
import pathlib
import random
import re
import shutil
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
    passwords: dict[str, str] = dataclasses.field(default_factory=dict)  # where they were changed
    asked: dict[str, str] = dataclasses.field(default_factory=dict)  # a change that had no answer
    changed: int = 0
    keys: list[str] = dataclasses.field(default_factory=list)  # made by acknowledged rotations, not retired
    retired: set[str] = dataclasses.field(default_factory=set)
    rotations: int = 0
    backups: int = 0

    def password_of(self, name: str) -> str:
        return self.passwords.get(name, PASSWORD)


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

    def start_and_kill(self, seconds: float) -> None:
        """A start that does not get far."""
        process = subprocess.Popen([BULLA, "serve", "--data", str(self.data), "--listen", "127.0.0.1:0"],
                                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        time.sleep(seconds)  # the moment of the kill, not a wait for anything
        process.kill()
        process.wait()

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


def run_bulla(*arguments: str, words: str = "", environment: dict[str, str] | None = None) -> int:
    return subprocess.run([BULLA, *arguments], input=words, env=environment, text=True,
                          capture_output=True).returncode


class Operator(threading.Thread):
    """Makes a backup, or rotates the signing keys, while the server is killed."""

    def __init__(self, data: pathlib.Path, oracle: Oracle, choose: random.Random) -> None:
        super().__init__()
        self.data, self.oracle, self.choose = data, oracle, choose
        self.backup = data.parent / "backup"

    def run(self) -> None:
        time.sleep(self.choose.uniform(0, 0.8))
        self.choose.choice([self.make_backup, self.rotate])()

    def make_backup(self) -> None:
        run_bulla("backup", str(self.backup), "--data", str(self.data))

    def rotate(self) -> None:
        """Two keys at most are live: the older one is retired to make room, as if it had been stolen."""
        while len(self.oracle.keys) > 1:
            kid = self.oracle.keys.pop(0)
            self.oracle.retired.add(kid)
            run_bulla("key", "retire", kid, "--data", str(self.data))
        shown = subprocess.run([BULLA, "key", "rotate", "--data", str(self.data)], text=True,
                               capture_output=True)
        if shown.returncode == 0:
            self.oracle.rotations += 1
            self.oracle.keys += re.findall(r"[A-Za-z0-9_-]{43}", shown.stdout)[:1]


class Client(threading.Thread):
    def __init__(self, url: str, oracle: Oracle, names: str, seed: int) -> None:
        super().__init__()
        self.url, self.oracle, self.names = url, oracle, names
        self.choose = random.Random(seed)
        self.count = 0

    def run(self) -> None:
        act = {"register": self.register, "log in": self.log_in, "log out": self.log_out, "look": self.look,
               "guess": self.guess, "change": self.change_password}
        while act[self.choose.choices(list(act), [5, 3, 2, 2, 1, 1])[0]]():
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
        name = self.choose.choice(mine)
        form = {"username": name, "password": self.oracle.password_of(name)}
        status, token = ask(self.url + "/login", form)
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
        except urllib.error.HTTPError:
            return True  # its signing key was retired
        except OSError:
            return False
        status, _ = ask(f"{self.url}/v1/sessions/{session}", token=token, method="DELETE")
        if 200 <= status < 300:
            self.oracle.ended.append(token)
        return status != 0

    def change_password(self) -> bool:
        """With the program's own client, which runs OPAQUE and writes a new record."""
        mine = [name for name in self.oracle.registered
                if name.startswith(self.names) and name not in self.oracle.asked]
        if not mine:
            return True
        name, password = self.choose.choice(mine), f"a quieter river {self.choose.getrandbits(32)}"
        old = self.oracle.password_of(name)
        with tempfile.TemporaryDirectory() as state:
            environment = os.environ | {"XDG_STATE_HOME": state, "BULLA_SERVER": self.url}
            if run_bulla("login", name, "--password-stdin", words=old, environment=environment) != 0:
                return ask(self.url + "/healthz")[0] != 0
            self.oracle.asked[name] = password
            if run_bulla("account", "change-password", "--password-stdin", words=f"{old}\n{password}",
                         environment=environment) != 0:
                return ask(self.url + "/healthz")[0] != 0
        self.oracle.passwords[name] = password
        del self.oracle.asked[name]
        self.oracle.changed += 1
        return True

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


def can_sign_in(url: str, oracle: Oracle, name: str) -> bool:
    """With the password acknowledged last, or the one that was asked for and had no answer."""
    passwords = [oracle.asked.pop(name, ""), oracle.password_of(name)]
    for password in filter(None, passwords):
        if ask(url + "/login", {"username": name, "password": password})[0] == 200:
            oracle.passwords[name] = password
            return True
    return False


def check_backup(backup: pathlib.Path, oracle: Oracle) -> list[str]:
    if not backup.exists():
        return []
    whole = run_bulla("ledger", "verify", "--data", str(backup)) == 0
    oracle.backups += 1
    shutil.rmtree(backup)
    return [] if whole else ["a backup is there and not complete"]


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
        if not can_sign_in(url, oracle, name):
            faults.append(f"the owner of {name} cannot sign in")
    for name in list(oracle.asked) + choose.sample(list(oracle.passwords), min(2, len(oracle.passwords))):
        if not can_sign_in(url, oracle, name):
            faults.append(f"{name} changed the password and cannot sign in")
    published = ask(url + "/.well-known/jwks.json")[1]
    for kid in oracle.keys:
        if kid not in published:
            faults.append(f"the signing key {kid} was made and is not published")
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
    operator = Operator(server.data, oracle, random.Random(choose.getrandbits(32)))
    for thread in [*clients, operator]:
        thread.start()
    # The moment of the kill, not a wait for anything.
    time.sleep(choose.choice([choose.uniform(0.05, 0.5), choose.uniform(0.5, 2.5)]))
    server.kill()
    for thread in [*clients, operator]:
        thread.join()
    if choose.random() < 0.4:
        server.start_and_kill(choose.uniform(0, 0.2))


def run(data: pathlib.Path, kills: int, choose: random.Random) -> tuple[Oracle, list[str]]:
    oracle, faults, seen = Oracle(), [], {"registered": 0, "ended": 0}
    server = Server(data)
    server.start()
    for number in range(kills):
        one_life(server, oracle, number, choose)
        server.start()
        found = compare(server, oracle, seen, choose) + check_backup(data.parent / "backup", oracle)
        faults += [f"after kill {number + 1}: {fault}" for fault in found]
    server.stop()
    if not oracle.registered:
        faults.append("no registration was acknowledged: this run has shown nothing")
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
          f"{len(oracle.under_way)} begun, {oracle.changed} passwords changed, {len(oracle.ended)} log-outs, "
          f"{oracle.rotations} key rotations, {oracle.backups} backups, "
          f"{sum(oracle.wrong_guesses.values())} wrong guesses, "
          f"{len(oracle.checkpoints)} checkpoints; lost: {len(faults)}")
    if results := os.environ.get("BULLA_FAULT_RESULTS"):
        with open(results, "a") as file:
            file.write(f"kill -9 under load\t{options.kills}\t{len(faults)}\t\n")
    sys.exit(1 if faults else 0)


main()
