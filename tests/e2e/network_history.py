#!/usr/bin/env python3
"""network_history.py STOP_FILE URL…: clients register, sign in and change passwords at random nodes until
STOP_FILE exists, then each account signs in at each node with the password it should have. Says whether all
they saw can have happened one after the other (history.py), account by account; fails when it cannot, or when
too little happened to mean anything.
"""
from __future__ import annotations

import math
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
from dataclasses import dataclass, field

from history import Operation, check_the_checker, is_linearizable

BULLA = os.environ["BULLA_BINARY"]
WORKERS = 5
ACCOUNTS_AT_ONCE = 4
CHANGES_MAX = 12  # of one account; then another name takes its place
# Changes in a row without an answer, likewise: each leaves a password to try in the end, and the fifth wrong
# one is refused for half a minute.
UNANSWERED_MAX = 2
REFUSED = 401
PATIENCE = 150.0  # seconds, at the end, for an answer that says what a password is


@dataclass
class Account:
    name: str
    operations: list[Operation] = field(default_factory=list)
    passwords: list[str] = field(default_factory=list)  # ever tried to set, the newest last
    known: str | None = None  # acknowledged last
    changes: int = 0
    unanswered: int = 0

    @property
    def is_spent(self) -> bool:
        return self.changes >= CHANGES_MAX or self.unanswered >= UNANSWERED_MAX


class Clients:
    def __init__(self, urls: list[str], stop: pathlib.Path, seed: int) -> None:
        self.urls = urls
        self.stop = stop
        self.random = random.Random(seed)
        self.mutex = threading.Lock()
        self.accounts: list[Account] = []
        self.current = [self.new_account() for _ in range(ACCOUNTS_AT_ONCE)]
        self.passwords = 0

    def new_account(self) -> Account:
        account = Account(f"person{len(self.accounts)}")
        self.accounts.append(account)
        return account

    def new_password(self) -> str:
        self.passwords += 1
        return f"a quiet river runs by {self.passwords}"

    # --- one request

    def post(self, url: str, route: str, name: str, password: str) -> int:
        """The status; 0 when there was no answer."""
        with self.mutex:
            prefix = f"10.{self.random.randrange(256)}.{self.random.randrange(256)}.1"
        body = urllib.parse.urlencode({"username": name, "password": password}).encode()
        request = urllib.request.Request(f"{url}/{route}", body, {"X-Forwarded-For": prefix})
        try:
            with urllib.request.urlopen(request, timeout=15) as answer:
                answer.read()
                return answer.status
        except urllib.error.HTTPError as error:
            return error.code
        except OSError:
            return 0

    def note(self, account: Account, operation: Operation) -> None:
        with self.mutex:
            account.operations.append(operation)

    # --- what people do

    def register(self, account: Account, url: str) -> None:
        with self.mutex:
            password = self.new_password()
            account.passwords.append(password)
        begin = time.monotonic()
        status = self.post(url, "register", account.name, password)
        end = time.monotonic() if status == 200 else math.inf
        self.note(account, Operation(begin, end, "register", None, password))
        if status == 200:
            account.known = password

    def sign_in(self, account: Account, url: str, password: str, fresh: bool = False) -> int:
        begin = time.monotonic()
        status = self.post(url, "login", account.name, password)
        kind = {200: "right", REFUSED: "wrong"}.get(status)
        if kind:
            self.note(account, Operation(begin, time.monotonic(), kind, password, None, fresh))
        return status

    def change(self, account: Account, url: str, old: str) -> None:
        with self.mutex:
            new = self.new_password()
            account.passwords.append(new)
            account.changes += 1
            account.unanswered += 1
        with tempfile.TemporaryDirectory() as state:
            environment = os.environ | {"XDG_STATE_HOME": state, "BULLA_SERVER": url}

            def run(*words: str, lines: str) -> bool:
                try:
                    ran = subprocess.run([BULLA, *words, "--password-stdin"], input=lines, text=True,
                                         timeout=30, env=environment, capture_output=True)
                except subprocess.TimeoutExpired:
                    return False
                return ran.returncode == 0

            begin = time.monotonic()
            if not run("login", account.name, lines=old + "\n"):
                return
            self.note(account, Operation(begin, time.monotonic(), "right", old))
            begin = time.monotonic()
            is_done = run("account", "change-password", lines=f"{old}\n{new}\n")
            end = time.monotonic() if is_done else math.inf
            self.note(account, Operation(begin, end, "change", old, new))
            if is_done:
                account.known = new
                account.unanswered = 0

    def work(self, seed: int) -> None:
        dice = random.Random(seed)
        while not self.stop.exists():
            with self.mutex:
                place = dice.randrange(len(self.current))
                if self.current[place].is_spent:
                    self.current[place] = self.new_account()
                account = self.current[place]
                recent = account.passwords[-3:]
            url = dice.choice(self.urls)
            if not account.known:
                self.register(account, url)
            elif dice.random() < 0.4:
                self.change(account, url, account.known)
            else:
                # Mostly the right one: wrong ones are counted, and soon refused unseen.
                self.sign_in(account, url, dice.choice(recent) if dice.random() < 0.15 else account.known)

    # --- the end

    def sign_in_everywhere(self, account: Account) -> bool:
        """With the password it has now, which may be one whose answer was lost."""
        candidates = [account.known] * bool(account.known)
        candidates += [password for password in reversed(account.passwords) if password != account.known]
        for password in candidates:
            if self.is_password(account, self.urls[0], password):
                return all(self.is_password(account, url, password) for url in self.urls[1:])
        return not account.known

    def is_password(self, account: Account, url: str, password: str) -> bool:
        """Asks until a node says so: it may be busy, or refuse what follows wrong ones for a while."""
        end = time.monotonic() + PATIENCE
        while (status := self.sign_in(account, url, password, fresh=True)) not in (200, REFUSED):
            if time.monotonic() > end:
                print(f"{url} answers {status} to {account.name}", flush=True)
                return False
            time.sleep(0.5)
        return status == 200

    def run(self) -> None:
        threads = [threading.Thread(target=self.work, args=(self.random.random(),)) for _ in range(WORKERS)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()


def main() -> None:
    check_the_checker()
    seed = int(os.environ.get("SEED", random.randrange(1 << 32)))
    print("seed", seed, flush=True)
    clients = Clients(sys.argv[2:], pathlib.Path(sys.argv[1]), seed)
    clients.run()
    faults = [f"{account.name} cannot sign in everywhere" for account in clients.accounts
              if not clients.sign_in_everywhere(account)]
    counts = {kind: 0 for kind in ("register", "change", "right", "wrong", "unknown")}
    for account in clients.accounts:
        for operation in account.operations:
            counts["unknown" if math.isinf(operation.end) else operation.kind] += 1
        if not is_linearizable(account.operations):
            history = sorted(account.operations, key=lambda operation: operation.begin)
            faults.append(f"{account.name}: cannot have happened one after the other: "
                          + "; ".join(map(str, history)))
    print(f"{len(clients.accounts)} accounts:",
          ", ".join(f"{count} {kind}" for kind, count in counts.items()))
    if min(counts["register"], counts["change"], counts["right"]) == 0:
        faults.append("too little happened")
    for fault in faults:
        print(fault, file=sys.stderr)
    sys.exit(1 if faults else 0)


main()
