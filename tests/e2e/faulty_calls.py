#!/usr/bin/env python3
"""The real program, and the n-th call on its files: it fails, or the process is killed within it; n = 1 …
until the operation is over. Founding, starting after a kill, registering, rotating keys, stopping, backing up
and restoring; with faulty_calls.c in front of the C library.

After each the program starts again without help, everybody who was told "registered" signs in, and the ledger
verifies; a backup is complete or not there. Catalogue: G5, G7, G8.

FAULT_STRIDE=1 tries every n; the default tries every 11th, beginning at another one for each kind.
"""

import dataclasses
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import urllib.error
import urllib.parse
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parents[2]
BULLA = os.environ.get("BULLA_BINARY", str(ROOT / "build/release/bulla"))
STRIDE = int(os.environ.get("FAULT_STRIDE", "11"))
MEMORY = "/dev/shm"  # the disk is not what is tried here
PASSWORD = "a quiet river runs"
LIBRARY = "faulty_calls.so"


class Wrong(Exception):
    pass


@dataclasses.dataclass(frozen=True)
class Kind:
    name: str
    repeats: str

    def __str__(self) -> str:
        return self.name if self.repeats == "once" else f"{self.name} from then on"


class Fault:
    """What is put in front of the C library, and whether it has struck."""

    def __init__(self, place: pathlib.Path, kind: Kind, number: int) -> None:
        self.told = place / "told"
        self.armed = place / "armed"
        for file in (self.told, self.armed):
            file.unlink(missing_ok=True)
        self.environment = os.environ | {
            "LD_PRELOAD": str(place / LIBRARY), "FAULT_CALL": "any", "FAULT_KIND": kind.name,
            "FAULT_REPEATS": kind.repeats, "FAULT_NUMBER": str(number), "FAULT_TOLD": str(self.told),
            "FAULT_ARMED": str(self.armed)}

    def of(self, directory: pathlib.Path) -> dict[str, str]:
        return self.environment | {"FAULT_DIR": str(directory)}

    def arm(self) -> None:
        self.armed.touch()

    def struck(self) -> str:
        return self.told.read_text() if self.told.exists() else ""


class Server:
    def __init__(self, data: pathlib.Path, environment: dict[str, str] | None = None) -> None:
        self.process = subprocess.Popen(
            [BULLA, "serve", "--data", str(data), "--listen", "127.0.0.1:0"], env=environment,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        self.url = ""
        for line in self.process.stdout:
            if line.startswith("listening on "):
                self.url = line.split()[-1]
                break

    def ask(self, path: str, form: dict[str, str]) -> int:
        """The status; 0 when the server went away."""
        data = urllib.parse.urlencode(form).encode()
        try:
            with urllib.request.urlopen(self.url + path, data, timeout=30) as answer:
                answer.read()
                return answer.status
        except urllib.error.HTTPError as error:
            return error.code
        except OSError:
            return 0

    def end(self, stop: str = "terminate") -> int:
        getattr(self.process, stop)()
        self.words = self.process.communicate(timeout=60)[1]
        return self.process.returncode


def bulla(*arguments: object, environment: dict[str, str] | None = None) -> int:
    return subprocess.run([BULLA, *map(str, arguments)], env=environment, capture_output=True).returncode


class Site:
    """One try: a data directory, who is in it, and what is to be tried on it."""

    def __init__(self, folder: pathlib.Path, prepared: pathlib.Path | None) -> None:
        self.folder = folder
        self.data = folder / "data"
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        self.names = []
        if prepared:
            shutil.copytree(prepared, self.data)
            self.names.append("alice")

    def found(self, fault: Fault) -> None:
        fault.arm()
        server = Server(self.data, fault.of(self.data))
        server.end()

    start = found

    def register(self, fault: Fault) -> None:
        server = Server(self.data, fault.of(self.data))
        fault.arm()
        for name in ("bob", "carol"):
            if server.ask("/register", {"username": name, "password": PASSWORD}) == 200:
                self.names.append(name)
        server.end("kill")

    def rotate(self, fault: Fault) -> None:
        server = Server(self.data, fault.of(self.data))
        fault.arm()
        bulla("key", "rotate", "--data", self.data)
        server.end("kill")

    def stop(self, fault: Fault) -> None:
        server = Server(self.data, fault.of(self.data))
        fault.arm()
        server.end()

    def back_up(self, fault: Fault) -> None:
        fault.arm()
        target = self.folder / "backup"
        bulla("backup", target, "--data", self.data, environment=fault.of(self.folder))
        if not target.exists() and bulla("backup", target, "--data", self.data) != 0:
            raise Wrong("no backup can be made any more")
        if bulla("ledger", "verify", "--data", target) != 0:
            raise Wrong("the backup is not complete")

    def restore(self, fault: Fault) -> None:
        backup, restored = self.folder / "backup", self.folder / "restored"
        if bulla("backup", backup, "--data", self.data) != 0:
            raise Wrong("no backup can be made")
        fault.arm()
        bulla("restore", backup, "--data", restored, environment=fault.of(restored))
        if not restored.exists() and bulla("restore", backup, "--data", restored) != 0:
            raise Wrong("nothing can be restored any more")
        if bulla("recover-guard", "--data", restored, "--size", 1) != 0:
            raise Wrong("the guard of what was restored cannot be made")
        if bulla("ledger", "verify", "--data", restored) != 0:
            raise Wrong("what was restored is not complete")

    def check(self) -> None:
        """The next start is unaided, and all that was acknowledged is there."""
        server = Server(self.data)
        if not server.url:
            server.end()
            raise Wrong("it does not start again: " + server.words.strip())
        for name in self.names:
            if (status := server.ask("/login", {"username": name, "password": PASSWORD})) != 200:
                raise Wrong(f"{name} was registered and cannot sign in: {status}")
        if status := server.end():
            raise Wrong(f"SIGTERM ended in {status}: {server.words}")
        if bulla("ledger", "verify", "--data", self.data) != 0:
            raise Wrong("the ledger does not verify")


OPERATIONS = {"found": Site.found, "start after a kill": Site.start, "register": Site.register,
              "rotate keys": Site.rotate, "stop": Site.stop, "back up": Site.back_up, "restore": Site.restore}


def prepare(folder: pathlib.Path) -> None:
    """A node that was killed, with one account."""
    data = folder / "prepared"
    server = Server(data)
    if server.ask("/register", {"username": "alice", "password": PASSWORD}) != 200:
        raise SystemExit("FAILED: no account can be made")
    server.end("kill")
    (data / "control.sock").unlink(missing_ok=True)
    (data / "reserve").unlink(missing_ok=True)  # 64 MiB that need not be copied for each try


KINDS = [Kind("kill", "once"), Kind("eio", "once"), Kind("enospc", "once"), Kind("enospc", "on"),
         Kind("short", "once"), Kind("torn", "once")]


def try_each(folder: pathlib.Path, operation: str, kind: Kind) -> tuple[int, list[str]]:
    """How many n there were, and what was wrong."""
    tried, wrong = 0, []
    number = 1 + KINDS.index(kind) % STRIDE
    prepared = folder / "prepared"
    while True:
        site = Site(folder / "site", None if operation == "found" else prepared)
        fault = Fault(folder, kind, number)
        try:
            OPERATIONS[operation](site, fault)
            site.check()
        except Wrong as reason:
            wrong.append(f"{operation}, {kind}, call {number} ({fault.struck()}): {reason}")
        if not fault.struck():
            return tried, wrong
        tried += 1
        number += STRIDE


def tell_results(operation: str, kind: Kind, tried: int, lost: int) -> None:
    if file := os.environ.get("BULLA_FAULT_RESULTS"):
        with open(file, "a") as results:
            results.write(f"bulla {operation}, {kind}\t{tried}\t{lost}\t\n")


def main() -> None:
    failed = total = 0
    with tempfile.TemporaryDirectory(dir=MEMORY if os.access(MEMORY, os.W_OK) else None) as name:
        folder = pathlib.Path(name)
        subprocess.run(["clang-19", "-O1", "-shared", "-fPIC", "-o", folder / LIBRARY,
                        ROOT / "tests/e2e/faulty_calls.c"], check=True)
        prepare(folder)
        for operation in sys.argv[1:] or OPERATIONS:
            for kind in KINDS:
                tried, wrong = try_each(folder, operation, kind)
                for one in wrong:
                    print("FAILED:", one, file=sys.stderr, flush=True)
                print(f"{operation}, {kind}: {tried} tried, {len(wrong)} wrong", flush=True)
                tell_results(operation, kind, tried, len(wrong))
                total, failed = total + tried, failed + len(wrong)
    print(f"{total} faults tried, {failed} failed")
    sys.exit(1 if failed else 0)


main()
