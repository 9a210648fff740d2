"""tools/bench network: four nodes on this machine, beside four engines with CometBFT's own kvstore.

One client registers back to back, and again after ten seconds of silence each time: until its receipt, and
until every node has a final checkpoint that covers its entry. Then registrations that the nodes have admitted
before are handed to the engines as fast as they take them, and as many transactions of the same size to the
kvstore with the same configuration. Then whole registrations by many clients, with the CPU time they cost
each kind of process. At last checks of tokens, by more and more of the nodes.
"""

import base64
import http.client
import json
import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

NODES = 4
SILENCES = 3
SILENCE_SECONDS = 10
BATCH = 10  # requests in one of JSON-RPC: the engine's own limit
LATENCY_MS_MAX = 100.0
LATENCY_AFTER_SILENCE_MS_MAX = 200.0
THROUGHPUT_MIN = 0.5
CLIENTS = 16
PATIENCE = 300  # seconds until everything that was handed over is committed


class UnixConnection(http.client.HTTPConnection):
    def __init__(self, path):
        super().__init__("localhost", timeout=60)
        self.path = str(path)

    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(self.timeout)
        self.sock.connect(self.path)


class Rpc:
    """One engine's JSON-RPC over its unix socket."""

    def __init__(self, path):
        self.connection = UnixConnection(path)

    def ask(self, requests):
        body = [{"jsonrpc": "2.0", "id": i, "method": method, "params": parameters}
                for i, (method, parameters) in enumerate(requests)]
        self.connection.request("POST", "/", json.dumps(body), {"Content-Type": "application/json"})
        answer = json.loads(self.connection.getresponse().read())
        return answer if isinstance(answer, list) else [answer]

    def call(self, method, **parameters):
        return self.ask([(method, parameters)])[0].get("result")


def hand_over(rpc, transactions):
    """All of them; what an engine has no room for is handed over again."""
    waiting = list(transactions)
    while waiting:
        batch, waiting = waiting[:BATCH], waiting[BATCH:]
        answers = rpc.ask([("broadcast_tx_sync", {"tx": each}) for each in batch])
        by_id = {answer["id"]: answer for answer in answers}
        full = [each for i, each in enumerate(batch) if "mempool is full" in str(by_id[i].get("error"))]
        refused = [answer for answer in answers if answer.get("result", {}).get("code", 0) != 0]
        if refused:
            raise RuntimeError(f"an engine refused a transaction: {refused[0]}")
        if full:
            waiting = full + waiting
            time.sleep(0.02)


def measure_rate(sockets, transactions, count_at):
    """Transactions a second until every node has committed all; each engine is handed its share."""
    before = [count_at(node) for node in range(NODES)]
    began = time.monotonic()
    with ThreadPoolExecutor(NODES) as pool:
        shares = [pool.submit(hand_over, Rpc(path), transactions[i::NODES]) for i, path in enumerate(sockets)]
        for share in shares:
            share.result()
    while any(count_at(node) < before[node] + len(transactions) for node in range(NODES)):
        if time.monotonic() - began > PATIENCE:
            raise RuntimeError("the network does not commit what it was handed")
        time.sleep(0.005)
    return len(transactions) / (time.monotonic() - began)


class Network:
    """Four nodes by `bulla network init`."""

    def __init__(self, place, bench):
        self.place, self.bench = place / "network", bench
        command = [bench.RELEASE / "bulla", "network", "init", self.place, "--nodes", NODES, "--port", 0,
                   "--engine", bench.ROOT / "build/cometbft", "--json"]
        output = subprocess.run([*map(str, command)], stdout=subprocess.PIPE, check=True)
        self.nodes = json.loads(output.stdout)["nodes"]
        self.ports = [int(node["url"].rsplit(":", 1)[1]) for node in self.nodes]
        self.directories = [Path(node["directory"]) for node in self.nodes]
        for directory in self.directories:
            file = directory / "bulla.toml"
            believing = '[server]\ntrusted_proxies = ["127.0.0.1"]\n'
            file.write_text(file.read_text().replace("[server]\n", believing))
        self.processes = []

    def admit(self, count):
        command = [self.bench.BENCHES / "bulla_accounts", "admit", "--accounts", count, "--data"]
        command += [directory / "data" for directory in self.directories]
        output = subprocess.run([*map(str, command)], stdout=subprocess.PIPE, check=True)
        return output.stdout.decode().split()

    @contextmanager
    def running(self):
        for directory in self.directories:
            with open(directory / "node.log", "ab") as log:
                command = [self.bench.RELEASE / "bulla", "serve", "--config", directory / "bulla.toml"]
                self.processes.append(subprocess.Popen([*map(str, command)], stdout=log, stderr=log))
        try:
            for port, process in zip(self.ports, self.processes):
                self.bench.wait_for(port, process)
                while not is_ready(port):
                    time.sleep(0.05)
            yield
        finally:
            stop(self.processes)

    def accounts_at(self, node):
        return int(re.search(rb"(?m)^bulla_ledger_accounts (\d+)", get(self.ports[node], "/metrics"))[1])

    def engine_sockets(self):
        return [next(directory.rglob("rpc.sock")) for directory in self.directories]

    def engine_ids(self):
        return [child_of(process.pid) for process in self.processes]


def child_of(pid):
    for task in Path(f"/proc/{pid}/task").iterdir():
        children = (task / "children").read_text().split()
        if children:
            return int(children[0])
    return sys.exit("bench: a node has no engine")


def stop(processes):
    for process in processes:
        process.send_signal(signal.SIGTERM)
    for process in processes:
        process.wait(90)


def get(port, target):
    with urllib.request.urlopen(f"http://127.0.0.1:{port}{target}", timeout=10) as answer:
        return answer.read()


def is_ready(port):
    try:
        return bool(get(port, "/readyz"))
    except OSError:
        return False


class Kvstore:
    """Four engines with the application that is part of CometBFT, configured as Bulla configures its own."""

    def __init__(self, place, network, bench):
        self.place, self.bench = place / "kvstore", bench
        self.engine = bench.ROOT / "build/cometbft"
        self.run("testnet", "--v", NODES, "--o", self.place, "--populate-persistent-peers=false")
        self.homes = [self.place / f"node{i}" for i in range(NODES)]
        listens = [bench.free_port() for _ in self.homes]
        ids = [self.run("show-node-id", "--home", home).strip() for home in self.homes]
        for i, home in enumerate(self.homes):
            text = next(network.directories[i].rglob("config.toml")).read_text()
            peers = ",".join(f"{ids[j]}@127.0.0.1:{listens[j]}" for j in range(NODES) if j != i)
            for name, value in (("proxy_app", "kvstore"), ("abci", "local"), ("persistent_peers", peers),
                                ("external_address", f"127.0.0.1:{listens[i]}")):
                text = re.sub(rf"(?m)^{name} = .*$", f'{name} = "{value}"', text)
            text = text.replace("filter_peers = true", "filter_peers = false")
            rpc, p2p = f"unix://{home}/rpc.sock", f"tcp://127.0.0.1:{listens[i]}"
            parts = re.split(r'(?m)^laddr = .*$', text)
            text = f'{parts[0]}laddr = "{rpc}"{parts[1]}laddr = "{p2p}"{parts[2]}'
            (home / "config/config.toml").write_text(text)
        self.processes = []

    def run(self, *command):
        output = subprocess.run([str(self.engine), *map(str, command)], stdout=subprocess.PIPE, check=True)
        return output.stdout.decode()

    @contextmanager
    def running(self):
        for home in self.homes:
            with open(home / "log", "ab") as log:
                command = [str(self.engine), "start", "--home", str(home)]
                self.processes.append(subprocess.Popen(command, stdout=log, stderr=log))
        try:
            for home in self.homes:
                while not (home / "rpc.sock").exists():
                    time.sleep(0.05)
            self.rpcs = [Rpc(path) for path in self.sockets()]
            while any(self.is_waiting(rpc) for rpc in self.rpcs):
                time.sleep(0.05)
            self.commit("first")
            yield
        finally:
            stop(self.processes)

    @staticmethod
    def is_waiting(rpc):
        return (int(rpc.call("net_info")["n_peers"]) < NODES - 1
                or rpc.call("status")["sync_info"]["catching_up"])

    def sockets(self):
        return [home / "rpc.sock" for home in self.homes]

    def count_at(self, node):
        data = self.rpcs[node].call("abci_info")["response"].get("data", "{}")
        return json.loads(data).get("size", 0)

    def commit_times(self, count):
        """Milliseconds of one transaction after the other, until a block holds it."""
        return sorted(self.commit(f"lone{number}") for number in range(count))[count // 2]

    def commit(self, key):
        transaction = base64.b64encode(f"{key}={os.urandom(400).hex()}".encode()).decode()
        began = time.monotonic()
        answer = self.rpcs[0].ask([("broadcast_tx_commit", {"tx": transaction})])[0]
        if answer.get("result", {}).get("tx_result", {}).get("code", 1) != 0:
            raise RuntimeError(f"the kvstore refused a transaction: {answer}")
        return 1e3 * (time.monotonic() - began)


def chain(network, bench, count, pause):
    command = [bench.BENCHES / "bulla_load", "chain", "--port", network.ports[0], "--count", count,
               "--pause", pause, "--name", f"c{os.urandom(4).hex()}", "--others", *network.ports[1:]]
    output = subprocess.run([*map(str, command)], stdout=subprocess.PIPE, check=True)
    return json.loads(output.stdout)


def cpu_seconds(pid):
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def show_registrations(network, bench, seconds):
    """Whole registrations by many clients, and what each kind of process pays for one."""
    groups = {"the node that is asked": [network.processes[0].pid],
              "the other three nodes": [process.pid for process in network.processes[1:]],
              "the four engines": network.engine_ids()}
    before = {name: sum(map(cpu_seconds, pids)) for name, pids in groups.items()}
    load = bench.Load(network.ports[0], network.processes[0].pid, seconds)
    command = [bench.BENCHES / "bulla_load", "register", *load.base, "--connections", CLIENTS, "--name",
               f"r{os.urandom(4).hex()}"]
    tally = json.loads(subprocess.run([*map(str, command)], stdout=subprocess.PIPE, check=True).stdout)
    spent = {name: sum(map(cpu_seconds, pids)) - before[name] for name, pids in groups.items()}
    rate = tally["done"] / tally["wall_seconds"]
    # The load generator's second of warming up is in the CPU times, not in its count.
    made = rate * (tally["wall_seconds"] + 1)
    notes = {f"ms of CPU, {name}": round(1e3 * seconds / made, 2) for name, seconds in spent.items()}
    return bench.Figure(f"registrations on {NODES} nodes, {CLIENTS} clients", rate,
                        notes={**notes, **bench.latencies({**tally, "a_second": rate})})


def show_checks(network, bench, seconds):
    """Tokens checked by one node, by two and by all at the same time: a core of each, added up."""
    def rate_of(node):
        load = bench.Load(network.ports[node], network.processes[node].pid, seconds)
        return load.get("/verify")["a_core"]
    alone = 0.0
    for count in (1, 2, NODES):
        with ThreadPoolExecutor(count) as pool:
            rate = sum(pool.map(rate_of, range(count)))
        alone = alone or rate
        yield bench.Figure(f"GET /verify at {count} of {NODES} nodes, a core of each", rate, "at one", alone)


def measure(options, bench):
    with tempfile.TemporaryDirectory(prefix="bulla-bench-") as directory:
        place = Path(directory)
        network = Network(place, bench)
        entries = network.admit(options.entries)
        with network.running():
            lone = chain(network, bench, options.registrations, 0)
            silent = chain(network, bench, SILENCES, SILENCE_SECONDS)
            rate = measure_rate(network.engine_sockets(), entries, network.accounts_at)
            whole = show_registrations(network, bench, 3 * options.seconds)
            checks = list(show_checks(network, bench, options.seconds))
        kvstore = Kvstore(place, network, bench)
        with kvstore.running():
            commit_ms = kvstore.commit_times(options.registrations)
            size = 3 * len(entries[0]) // 4
            transactions = [base64.b64encode(f"{i}={os.urandom(size // 2).hex()}".encode()).decode()
                            for i in range(options.entries)]
            kvstore_rate = measure_rate(kvstore.sockets(), transactions, kvstore.count_at)
    def waited(figure, tally, where, most=0.0):
        rate, reference = tally[f"{where}_median_us"] / 1e3, "kvstore, until a block holds it"
        options = {"unit": " ms", "rate_max": most, "notes": tally}
        return bench.median([bench.Figure(figure, rate, reference, commit_ms, **options)])

    yield waited("one client, last POST to receipt, median", lone, "receipt")
    yield waited(f"the same, to a receipt at all {NODES}", lone, "everywhere", LATENCY_MS_MAX)
    yield waited(f"after {SILENCE_SECONDS} s of silence", silent, "everywhere", LATENCY_AFTER_SILENCE_MS_MAX)
    yield bench.median([bench.Figure(f"admitted entries, {NODES} nodes", rate, "kvstore, the same size",
                                     kvstore_rate, ratio_min=THROUGHPUT_MIN)])
    for figure in checks:
        yield bench.median([figure])
    yield whole.judge()
    for name, value in whole.notes.items():
        if name.startswith("ms of CPU"):
            yield bench.Figure(f"of it, {name}", value, unit=" ms").judge()


def add_options(parser):
    parser.add_argument("--entries", type=int, default=2_000, help="of network: ready-made ones")
    parser.add_argument("--registrations", type=int, default=50, help="of network: by a lone client")
