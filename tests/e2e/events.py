#!/usr/bin/env python3
"""Listens to a server's blocks. Use: events.py SERVER_URL SERVER_PID PASSWORD; the server is ended."""

import http.client
import json
import os
import signal
import sys
import urllib.parse

URL, PID, PASSWORD = urllib.parse.urlsplit(sys.argv[1]), int(sys.argv[2]), sys.argv[3]
PATIENCE = 60  # seconds, until what does not come is missed


class Listener:
    """One stream of events."""

    def __init__(self, last: int | None = None) -> None:
        self.connection = http.client.HTTPConnection(URL.hostname, URL.port, timeout=PATIENCE)
        seen = {} if last is None else {"Last-Event-ID": str(last)}
        self.connection.request("GET", "/v1/events", headers=seen)
        self.answer = self.connection.getresponse()

    def next(self) -> dict | None:
        """The next block, None at the end of the stream."""
        fields: dict[str, str] = {}
        while line := self.answer.readline():
            text = line.decode().rstrip("\n")
            if text.startswith(":"):
                continue
            if text:
                name, _, value = text.partition(": ")
                fields[name] = value
            elif fields:
                block = json.loads(fields["data"])
                check(fields["event"] == "block" and fields["id"] == str(block["height"]), fields)
                return block
        return None

    def close(self) -> None:
        self.connection.close()


def check(condition: bool, seen: object) -> None:
    if not condition:
        sys.exit(f"events: not expected: {seen}")


def register(name: str) -> None:
    connection = http.client.HTTPConnection(URL.hostname, URL.port, timeout=PATIENCE)
    form = urllib.parse.urlencode({"username": name, "password": PASSWORD})
    connection.request("POST", "/register", form, {"Content-Type": "application/x-www-form-urlencoded"})
    answer = connection.getresponse()
    check(answer.status == 200, answer.read())


def main() -> None:
    listener = Listener()
    check(listener.answer.status == 200, listener.answer.status)
    check(listener.answer.getheader("Content-Type") == "text/event-stream", listener.answer.headers)
    check(listener.answer.getheader("Cache-Control") == "no-store", listener.answer.headers)
    newest = listener.next()
    register("alice")
    block = listener.next()
    check(set(block) == {"height", "time", "index", "entries", "checkpoint"}, block)
    check(block["height"] == newest["height"] + 1 and block["time"] >= newest["time"], (newest, block))
    check(block["index"] == newest["index"] + block["entries"] + 1, (newest, block))
    check(block["checkpoint"].split("\n")[1] == str(block["index"] + 1), block)

    # Who comes back is told what was missed, in order; who never reads keeps nobody from being told.
    listener.close()
    silent = [Listener() for _ in range(8)]
    register("bob")
    register("carol")
    back = Listener(block["height"])
    missed = [back.next(), back.next()]
    check([one["height"] for one in missed] == [block["height"] + 1, block["height"] + 2], missed)

    # More than one prefix may have: the others are told to come again.
    crowd = [Listener() for _ in range(70)]
    refused = [one for one in crowd if one.answer.status == 503]
    check(len(refused) >= 6 and all(one.answer.getheader("Retry-After") for one in refused), len(refused))
    for one in [*crowd, *silent]:
        one.close()

    # The end of the server is the end of the stream, not a cut.
    os.kill(PID, signal.SIGTERM)
    check(back.next() is None, "an event after the end")


main()
