#!/usr/bin/env python3
"""2,000 slow clients of one network beside one quick client of another (attack catalogue B13, B14).

A quarter each: a byte of a header a second, a byte of a body a second, answers that nobody reads, nothing at
all. All are closed by the deadlines of docs/http.md, those beyond the limit of one prefix at once: clients
see the end, but for those who read nothing, of whom the server's own count tells. And the quick
client's slow requests (the 99th percentile) take at most twice what they took alone, or 20 ms.
For `make test-long`: it takes half a minute of the clock.
"""

import asyncio
import os
import pathlib
import resource
import statistics
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
BULLA = os.environ.get("BULLA_BINARY", str(ROOT / "build/release/bulla"))
CLIENTS = int(os.environ.get("SLOW_CLIENTS", "2000"))
DEADLINE = 45  # header 10 s, body 20 s, each piece of an answer 20 s, and time to notice
HEAD = b"GET /healthz HTTP/1.1\r\nHost: a\r\n"
BODY = (
    b"POST /login HTTP/1.1\r\nHost: a\r\nContent-Type: application/x-www-form-urlencoded\r\n"
    b"Content-Length: 9000\r\n\r\n"
)


async def connect(port: int, address: str):
    return await asyncio.open_connection("127.0.0.1", port, local_addr=(address, 0))


async def until_closed(reader: asyncio.StreamReader) -> None:
    try:
        while await reader.read(65536):
            pass
    except OSError:
        pass


async def dribble(writer: asyncio.StreamWriter) -> None:
    try:
        while True:
            writer.write(b"x")
            await writer.drain()
            await asyncio.sleep(1)
    except OSError:
        pass


async def slow_client(port: int, kind: int, counted: asyncio.Event) -> bool:
    """Whether the server ended it in time, as far as the client can tell."""
    try:
        reader, writer = await connect(port, "127.0.0.1")
        if kind == 0:
            writer.write(HEAD + b"X: ")
        elif kind == 1:
            writer.write(BODY)
        elif kind == 2:
            writer.transport.pause_reading()
            writer.write(b"GET /metrics HTTP/1.1\r\nHost: a\r\n\r\n" * 2000)
        dribbling = asyncio.ensure_future(dribble(writer)) if kind < 2 else None
        try:
            await (counted.wait() if kind == 2 else asyncio.wait_for(until_closed(reader), DEADLINE))
            return True
        except TimeoutError:
            return False
        finally:
            if dribbling:
                dribbling.cancel()
            writer.transport.abort()
    except OSError:
        return True


async def count_connections(port: int) -> int:
    reader, writer = await connect(port, "127.0.1.1")
    writer.write(b"GET /metrics HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
    text = (await reader.read()).decode()
    writer.close()
    return int(float(text.split("\nbulla_http_connections ")[1].split("\n")[0]))


async def quick_client(port: int, seconds: float) -> float:
    """The 99th percentile of requests one after the other, in seconds."""
    reader, writer = await connect(port, "127.0.1.1")
    times, end = [], time.monotonic() + seconds
    while time.monotonic() < end:
        began = time.monotonic()
        writer.write(HEAD + b"\r\n")
        await reader.readuntil(b"\r\n\r\nok")
        times.append(time.monotonic() - began)
        await asyncio.sleep(0.002)
    writer.close()
    return statistics.quantiles(times, n=100)[98]


async def run(port: int) -> list[str]:
    alone = await quick_client(port, 5)
    counted = asyncio.Event()
    slow = [asyncio.ensure_future(slow_client(port, number % 4, counted)) for number in range(CLIENTS)]
    last = asyncio.get_running_loop().time() + DEADLINE
    beside = await quick_client(port, 10)
    await asyncio.wait(slow, timeout=last - asyncio.get_running_loop().time())
    open_now = await count_connections(port) - 1  # without the one that asks
    counted.set()
    ended = sum(await asyncio.gather(*slow))
    print(
        f"{ended} of {CLIENTS} slow clients ended, {open_now} connections left; "
        f"p99 of a quick one {alone * 1000:.1f} ms alone, {beside * 1000:.1f} ms beside them"
    )
    faults = []
    if ended != CLIENTS or open_now > 0:
        faults.append(f"{CLIENTS - ended} saw no end in {DEADLINE} s, {open_now} connections are left")
    if beside > max(2 * alone, 0.020):
        faults.append("the quick client was slowed down")
    return faults


def main() -> None:
    limit = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (limit, limit))
    with tempfile.TemporaryDirectory() as folder:
        command = [BULLA, "serve", "--data", folder + "/data", "--listen", "127.0.0.1:0"]
        server = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        try:
            line = next(line for line in server.stdout if line.startswith("listening on "))
            faults = asyncio.run(run(int(line.rsplit(":", 1)[1])))
        finally:
            server.terminate()
            server.communicate(timeout=30)
    for fault in faults:
        print("FAILED:", fault, file=sys.stderr)
    print(f"{2 - len(faults)} passed, {len(faults)} failed")
    sys.exit(1 if faults else 0)


main()
