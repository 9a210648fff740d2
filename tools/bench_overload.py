"""tools/bench overload: three times as many requests as the server can carry, at a constant rate.

Logins arrive at rising rates and at last three times the best; then logins, registrations and health
checks together. Shown are the logins completed beside the best of the lesser rates, how fast the rest is
refused, what the server's memory does, and who is served first.
"""

import re
import tempfile
from pathlib import Path

ACCOUNTS = 512
LOADS = (0.7, 1.0, 1.5)
OVERLOAD = 3.0
GOODPUT_MIN = 0.9
REFUSAL_MS_MAX = 5.0  # the median; the generator's own work between two looks at its sockets is in it
MEMORY_GROWTH_MAX = 64.0  # MiB
FIRST_SERVED_MIN = 0.99


def resident(pid):
    """MiB that the process holds by itself, without the files it has mapped."""
    status = Path(f"/proc/{pid}/status").read_text()
    return int(re.search(r"RssAnon:\s+(\d+)", status)[1]) / 1024


def logins_at(load, rate):
    tally = load.tally("open", "--logins", rate, "--connections", ACCOUNTS, "--name", "o")
    tally["logins"]["a_core"] = tally["logins"]["done"] / tally["server_cpu_seconds"]
    return tally["logins"]


def refused(kind):
    return kind["refused_at_first"] + kind["refused_later"]


def measure_goodput(load, pid, options, bench):
    """Yields the rows, and the rate that is three times what the server carries as the last."""
    rounds, refusals, growth = [], [], []
    for _ in range(options.rounds):
        closed = load.run("login", "--connections", bench.LOGIN_CONNECTIONS)
        carried = closed["a_second"]
        peak = max([closed["a_core"], *(logins_at(load, share * carried)["a_core"] for share in LOADS)])
        before = resident(pid)
        over = logins_at(load, OVERLOAD * carried)
        growth.append(bench.Figure("memory growth in an overload", resident(pid) - before, unit=" MiB"))
        growth[-1].rate_max = MEMORY_GROWTH_MAX
        name = "logins at three times the load, a core"
        rounds.append(bench.Figure(name, over["a_core"], "the best at less", peak))
        rounds[-1].ratio_min, rounds[-1].notes = GOODPUT_MIN, over
        median = (over["refused_median_us"] or 0) / 1e3
        refusals.append(bench.Figure("time to a refusal, median", median, unit=" ms"))
        refusals[-1].rate_max, refusals[-1].notes = REFUSAL_MS_MAX, {"slow_us": over["refused_slow_us"]}
    return rounds, refusals, growth, carried


def measure_order(load, carried, figure):
    """Second steps before first ones, these before registrations, health always."""
    tally = load.tally(
        *("open", "--logins", 2 * carried, "--registrations", carried, "--health-checks", 100),
        *("--connections", ACCOUNTS, "--name", "o"),
    )
    logins, registrations, health = (tally[kind] for kind in ("logins", "registrations", "health"))
    second = logins["done"] + logins["refused_later"]
    rows = (
        ("health checks answered", health["done"], health["done"] + refused(health), FIRST_SERVED_MIN),
        ("second steps of logins served", logins["done"], second, FIRST_SERVED_MIN),
        ("first steps of logins served", second, second + logins["refused_at_first"], 0),
        ("registrations served", registrations["done"], registrations["done"] + refused(registrations), 0),
    )
    for name, served, asked, least in rows:
        row = figure(f"overload: {name}", served, "of those asked for", asked, unit="")
        row.ratio_min, row.notes = least, tally
        yield row


def measure(options, bench):
    with tempfile.TemporaryDirectory(prefix="bulla-bench-") as directory:
        port = bench.free_port()
        with bench.running(bench.bulla(Path(directory) / "data", port), port) as (pid, _):
            load = bench.Load(port, pid, options.seconds)
            *parts, carried = measure_goodput(load, pid, options, bench)
            for rounds in parts:
                yield bench.median(rounds)
            for row in measure_order(load, carried, bench.Figure):
                yield bench.median([row])
