#!/usr/bin/env python3
"""network_floods.py URL PID SECONDS: floods one node of a network and prints what came of it as JSON.

Of many prefixes at once: bodies of nothing, of a megabyte, tiny ones that are no JSON; entries of nobody;
names asked for and never taken; whole registrations by form. Each answer has to be a refusal in its place or
a good one, the memory of the process bounded.
"""

import collections
import http.client
import json
import pathlib
import random
import sys
import threading
import time
import urllib.parse

URL, PID, SECONDS = sys.argv[1], int(sys.argv[2]), float(sys.argv[3])
PLACE = urllib.parse.urlsplit(URL).netloc
THREADS = 4  # of each kind
CROWD = 64  # of whole registrations: more than a node stretches passwords for
JSON = {"Content-Type": "application/json"}
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


def fresh_name():
    return "flood" + "".join(random.choices("abcdefghijklmnopqrstuvwxyz", k=12))


def name_asked():
    return json.dumps({"username": fresh_name()}).encode()


def registration():
    fields = {"username": fresh_name(), "password": "correct horse battery staple"}
    return urllib.parse.urlencode(fields).encode()


# What is sent, and what may be answered.
KINDS = {
    "nothing": ("/v1/registrations", JSON, lambda: b"", {400, 415}),
    "a megabyte": ("/v1/registrations", JSON, lambda: bytes(1024 * 1024), {413}),
    "no JSON": ("/v1/registrations", JSON, lambda: b"{", {400}),
    "entry of nobody": ("/v1/account/entries", JSON, lambda: b'{"entry":"AA"}', {401}),
    "name asked for": ("/v1/registrations", JSON, name_asked, {200, 201}),
    "registration": ("/register", FORM, registration, {200}),
}
REFUSED = {429, 503}
counts = {kind: collections.Counter() for kind in KINDS}
wrong = []
end = time.monotonic() + SECONDS


def resident():
    status = pathlib.Path(f"/proc/{PID}/status").read_text()
    return int(status.split("VmRSS:")[1].split()[0]) // 1024


def flood(kind):
    path, fields, body_of, good = KINDS[kind]
    connection = None
    while time.monotonic() < end:
        prefix = {"X-Forwarded-For": f"10.{random.randrange(256)}.{random.randrange(256)}.1"}
        try:
            connection = connection or http.client.HTTPConnection(PLACE, timeout=30)
            connection.request("POST", path, body_of(), {**fields, **prefix})
            answer = connection.getresponse()
            answer.read()
        except OSError:  # closed after an answer that came before the whole body
            connection = None
            counts[kind]["closed"] += 1
            continue
        except http.client.HTTPException as fault:
            connection = None
            wrong.append(f"{kind}: {fault!r}")
            continue
        if answer.will_close:
            connection.close()
            connection = None
        counts[kind][answer.status] += 1
        if answer.status in REFUSED and not answer.getheader("Retry-After"):
            wrong.append(f"{kind}: {answer.status} without Retry-After")
        if answer.status not in good | REFUSED:
            wrong.append(f"{kind}: {answer.status}")


def main():
    before, most = resident(), 0
    kinds = [*KINDS] * THREADS + ["registration"] * CROWD
    threads = [threading.Thread(target=flood, args=(kind,)) for kind in kinds]
    for thread in threads:
        thread.start()
    while any(thread.is_alive() for thread in threads):
        most = max(most, resident())
        threads[0].join(0.1)
        if not threads[0].is_alive():
            threads.pop(0)
    print(json.dumps({"grown_mib": most - before, "wrong": sorted(set(wrong)), "counts": counts}))


main()
