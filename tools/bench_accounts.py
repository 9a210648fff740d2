"""tools/bench accounts: start, memory, proofs, registrations, disk and audit with many accounts.

Data directories of 10^3 accounts and each further power of ten up to --accounts are made by bulla_accounts
(through execute() and the server's own synced blocks), and the real server is started on each; the last
accounts are registered over HTTP. The slope is what one account more costs between the last two sizes.
"""

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

REAL_ACCOUNTS_MAX = 1_000  # that can sign in, of each directory
BYTES_AN_ACCOUNT_MAX = 160
IDLE_MEMORY_MAX = 50e6
START_SECONDS_MAX = 1.0
START_ACCOUNTS = 1_000_000  # where the bar on the start stands
PROOFS_MIN = 20_000
PROOF_BYTES_MAX = 3_500
SIGNATURES_AN_ACCOUNT = 2
RATES_FALL_MAX = 0.5  # a registration among many accounts may cost twice what one costs among a thousand


@dataclass
class Point:
    """What was measured with so many accounts."""

    accounts: int
    values: dict = field(default_factory=dict)


def resident(pid):
    """Bytes of memory, the program's own file included."""
    status = Path(f"/proc/{pid}/status").read_text()
    return 1024 * int(re.search(r"VmRSS:\s+(\d+)", status)[1])


def settled(pid, seconds=20):
    """The resident memory once it has stopped changing."""
    last, same = 0, 0
    for _ in range(seconds * 2):
        now = resident(pid)
        same = same + 1 if abs(now - last) < 1 << 20 else 0
        if same == 3:
            break
        last = now
        time.sleep(0.5)
    return resident(pid)


def size_on_disk(directory):
    return sum(file.stat().st_blocks * 512 for file in directory.rglob("*") if file.is_file())


def drop_cached_files(directory):
    """The kernel forgets what it has read: a start after a reboot."""
    for file in directory.rglob("*"):
        if file.is_file():
            descriptor = os.open(file, os.O_RDONLY)
            os.posix_fadvise(descriptor, 0, 0, os.POSIX_FADV_DONTNEED)
            os.close(descriptor)


class Bench:
    """The functions of tools/bench, and the programs."""

    def __init__(self, tools, options):
        self.tools, self.options = tools, options

    def accounts_program(self, *arguments, core=True):
        command = [self.tools.BENCHES / "bulla_accounts", *map(str, arguments)]
        if core:
            command = self.tools.on_core(self.tools.cores()[0], command)
        output = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True).stdout
        return json.loads(output)

    def load(self, data, accounts):
        every = max(1, accounts // REAL_ACCOUNTS_MAX)
        return self.accounts_program(
            "load", "--data", data, "--accounts", accounts, "--real-every", every, core=False
        )

    def serve(self, data):
        port = self.tools.free_port()
        return self.tools.running(self.tools.bulla(data, port), port), port

    def start_once(self, data):
        """Seconds to the first answer, and the memory afterwards."""
        server, _ = self.serve(data)
        with server as (pid, seconds):
            return seconds, settled(pid)

    def verify(self, data):
        """Signatures a second of CPU, both cores' together."""
        before = os.times()
        command = [self.tools.RELEASE / "bulla", "ledger", "verify", "--data", data, "--json"]
        output = subprocess.run(command, capture_output=True, text=True, check=True).stdout
        after = os.times()
        spent = after.children_user + after.children_system - before.children_user - before.children_system
        blocks = json.loads(output)
        return SIGNATURES_AN_ACCOUNT * blocks["entries"] / spent

    def over_http(self, data, point, registrations):
        server, port = self.serve(data)
        with server as (pid, _):
            load = self.tools.Load(port, pid, self.options.seconds)
            proofs = load.run("get", "--target", "/v1/account/proof", "--connections", 64, "--name", "user")
            point.values["proofs_http"] = proofs["a_core"]
            if not registrations:
                return
            name = f"late{os.urandom(4).hex()}"
            made = load.run("register", "--connections", 256, "--name", name)
            point.values["registrations_http"] = made["a_core"]
            point.values["registration_slow_us"] = made["slow_us"]
            point.values["registered_http"] = made["done"]

    def measure(self, data, accounts):
        point = Point(accounts)
        values = point.values
        loaded = self.load(data, accounts)
        values["load_a_second"] = loaded["made"] / loaded["wall_seconds"] if loaded["made"] else 0.0
        values["start_rows"], _ = self.start_once(data)  # writes the map file at its end
        values["disk"] = size_on_disk(data) / accounts
        values["map_file"] = (data / "maps/directory").stat().st_size / accounts
        values["start"], values["memory"] = min(
            self.start_once(data) for _ in range(self.options.rounds)
        )
        drop_cached_files(data)
        values["start_cold"], _ = self.start_once(data)
        proved = self.accounts_program("prove", "--data", data)
        values["proofs"], values["proof_bytes"] = proved["proofs_a_core"], proved["proof_bytes_max"]
        values["brief_bytes"] = proved["brief_proof_bytes_max"]
        self.over_http(data, point, registrations=True)
        if accounts <= self.options.verify_max:
            values["audit"] = self.verify(data)
            values["bare"] = self.accounts_program("check", "--data", data)["signatures_a_core"]
        return point


CURVE = (
    ("start", "start to the first answer, s", 3),
    ("start_cold", "the same, no file cached, s", 3),
    ("start_rows", "the same without map file, s", 3),
    ("memory", "memory, MB", 1),
    ("memory_an_account", "memory an account, bytes", 0),
    ("disk", "disk an account, bytes", 0),
    ("map_file", "map file an account, bytes", 0),
    ("proofs", "proofs of random accounts, a core", 0),
    ("proof_bytes", "longest of these proofs, bytes", 0),
    ("brief_bytes", "longest of them in the brief form, bytes", 0),
    ("proofs_http", "proofs over HTTP, a core", 0),
    ("registrations_http", "registrations over HTTP, a core", 0),
    ("registration_slow_us", "99 of 100 of them within, us", 0),
    ("audit", "audit, signatures a CPU second", 0),
    ("load_a_second", "loader, accounts a second", 0),
)


def print_curve(points):
    print("\n| with so many accounts | " + " | ".join(f"{point.accounts:,}" for point in points) + " |")
    print("|---" * (len(points) + 1) + "|")
    for key, text, digits in CURVE:
        cells = []
        for point in points:
            value = point.values.get(key)
            value = value / 1e6 if value is not None and key == "memory" else value
            cells.append("-" if value is None else f"{value:,.{digits}f}")
        print(f"| {text} | " + " | ".join(cells) + " |")
    print(flush=True)


def slope(points, key):
    """Of the last two sizes, for one account."""
    first, last = points[-2:]
    return (last.values[key] - first.values[key]) / (last.accounts - first.accounts)


def figures_of(points, empty, tools):
    """The bars of this part, at the greatest size."""
    last = points[-1]
    values, figure, size = last.values, tools.Figure, f"{last.accounts:,} accounts"
    small = points[0].values
    yield figure("memory without accounts", empty / 1e6, rate_max=IDLE_MEMORY_MAX / 1e6, unit=" MB")
    yield figure(f"memory an account, {size}", values["memory_an_account"], rate_max=BYTES_AN_ACCOUNT_MAX,
                 unit=" B")
    bar = START_SECONDS_MAX * max(1.0, last.accounts / START_ACCOUNTS)
    yield figure(f"start to the first answer, {size}", values["start"], rate_max=bar, unit=" s")
    if last.accounts >= START_ACCOUNTS:
        yield figure("one million accounts more add to the start", slope(points, "start") * 1e6,
                     rate_max=START_SECONDS_MAX, unit=" s")
    yield figure(f"proofs of random accounts, {size}, a core", values["proofs"], rate_min=PROOFS_MIN)
    yield figure(f"longest proof, {size}", values["proof_bytes"], unit=" B")
    brief = f"longest proof in the brief form, {size}"
    yield figure(brief, values["brief_bytes"], rate_max=PROOF_BYTES_MAX, unit=" B")
    yield figure(f"proofs over HTTP, {size}, a core", values["proofs_http"], rate_min=PROOFS_MIN)
    yield figure(f"registrations over HTTP, {size}, a core", values["registrations_http"],
                 f"{points[0].accounts:,} accounts", small["registrations_http"], ratio_min=RATES_FALL_MAX)
    # Without a bar: it reads every row and every file besides. The audit alone has its bar in audit_bench.
    audited = [point for point in points if "audit" in point.values]
    if audited:
        yield figure(f"ledger verify, {audited[-1].accounts:,} accounts, signatures a CPU second",
                     audited[-1].values["audit"], "the same signatures, bare", audited[-1].values["bare"])


def sizes_up_to(accounts):
    size = 1_000
    while size < accounts:
        yield size
        size *= 10
    yield accounts


def add_options(parser):
    parser.add_argument("--accounts", type=int, default=1_000_000, help="the greatest number of accounts")
    parser.add_argument("--verify-max", type=int, default=1_000_000, help="audit up to so many accounts")
    parser.add_argument("--place", help="where the data directories are made; default: TMPDIR")


def measure(options, tools):
    bench = Bench(tools, options)
    place = Path(tempfile.mkdtemp(prefix="bulla-accounts-", dir=options.place))
    try:
        _, empty = bench.start_once(place / "empty")
        points = []
        for accounts in sizes_up_to(options.accounts):
            print(f"bench: {accounts:,} accounts", file=sys.stderr, flush=True)
            points.append(bench.measure(place / str(accounts), accounts))
            points[-1].values["memory_an_account"] = (points[-1].values["memory"] - empty) / accounts
            shutil.rmtree(place / str(accounts))
        print_curve(points)
        for figure in figures_of(points, empty, tools):
            yield figure.judge()
    finally:
        shutil.rmtree(place)
