#!/usr/bin/env python3
"""What the process gives away: after requests with marked passwords have ended, no password is in its memory,
and neither password nor key is in anything it has said or answered (attack catalogue E15, J6).

Keys are in the memory of a server that uses them, so memory is searched for passwords alone; dumps are off.
Where the kernel lets nobody but root read the memory, and this is not root, that is the result.
"""

import base64
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import urllib.error
import urllib.parse
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parents[2]
BULLA = os.environ.get("BULLA_BINARY", str(ROOT / "build/release/bulla"))
RIGHT = "Kanarienvogel-7391-sings-right"
WRONG = "Kanarienvogel-7391-sings-wrong"
MARK = b"Kanarienvogel-7391"
NASTY = "line\r\nforged: \x1b[31mred\x00"


def ask(url: str, data: bytes | None = None, headers: dict | None = None) -> bytes:
    request = urllib.request.Request(url, data, headers or {})
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:
            return str(answer.headers).encode() + answer.read()
    except urllib.error.HTTPError as error:
        return str(error.headers).encode() + error.read()


def form(username: str, password: str) -> bytes:
    return urllib.parse.urlencode({"username": username, "password": password}).encode()


def talk(url: str) -> list[bytes]:
    """Requests that carry passwords, good and bad, and odd ones; all answers."""
    as_json = {"Content-Type": "application/json"}
    token = ask(url + "/register", form("alice", RIGHT))
    forms = [form("alice", RIGHT), form("alice", WRONG), form("nobody", WRONG), form(NASTY, WRONG),
             b"username=alice&username=alice&password=" + WRONG.encode()]
    whole = json.dumps({"username": "alice", "password": WRONG}).encode()
    answers = [token, ask(url + "/register", form(WRONG, WRONG))]
    answers += [ask(url + "/login", one) for one in forms]
    answers += [ask(url + "/v1/logins", body, as_json) for body in (whole, whole[:-4])]
    answers += [ask(url + path) for path in ("/v1/network", "/metrics", "/.well-known/jwks.json",
                                             "/log/checkpoint", "/protected-resource")]
    for _ in range(20):  # what stood in a buffer is written over or wiped, not left to chance
        answers.append(ask(url + "/healthz"))
    return answers


def places_of(pid: int, mark: bytes) -> list[str]:
    places = []
    with open(f"/proc/{pid}/mem", "rb", buffering=0) as memory:
        for line in pathlib.Path(f"/proc/{pid}/maps").read_text().splitlines():
            area, rights = line.split()[:2]
            if not rights.startswith("rw") or "[v" in line:
                continue
            begin, end = (int(part, 16) for part in area.split("-"))
            try:
                memory.seek(begin)
                content = memory.read(end - begin)
            except OSError:
                continue
            at = content.find(mark)
            while at >= 0:
                places.append(f"{begin + at:x} {line.split()[-1]}: {content[max(0, at - 24):at + 40]!r}")
                at = content.find(mark, at + 1)
    return places


def spellings(key: bytes) -> list[bytes]:
    return [key, key.hex().encode(), key.hex().upper().encode(), base64.b64encode(key).rstrip(b"="),
            base64.urlsafe_b64encode(key).rstrip(b"=")]


def search_speech(speech: bytes, data: pathlib.Path) -> list[str]:
    faults = []
    if MARK in speech:
        at = speech.index(MARK)
        faults.append(f"a password was said: {speech[max(0, at - 60):at + 40]!r}")
    if b"\x1b" in speech or b"\nforged:" in speech:
        faults.append("a control character of a request was said")
    for file in (data / "keys").iterdir():
        key = file.read_bytes()
        if any(spelling in speech for part in (key, key[:32]) for spelling in spellings(part)):
            faults.append(f"the key {file.name} was said")
    return faults


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        data, log = pathlib.Path(folder, "data"), pathlib.Path(folder, "log")
        command = [BULLA, "serve", "--data", str(data), "--listen", "127.0.0.1:0"]
        server = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=log.open("wb"), text=True)
        said = []
        try:
            for line in server.stdout:
                said.append(line.encode())
                if line.startswith("listening on "):
                    url = line.split()[-1]
                if "Authorization" in line:
                    break
            answers = talk(url)
            try:
                faults = [f"a password is still in memory at {place}"
                          for place in places_of(server.pid, MARK)]
                looked = "memory read"
                if not places_of(server.pid, url.removeprefix("http://127.0.0.1:").encode()):
                    faults.append("what is surely in memory was not found: this test is blind")
            except PermissionError:
                faults, looked = [], "memory closed to this user"
        finally:
            server.terminate()
            said.append(server.communicate(timeout=30)[0].encode())
        faults += search_speech(b"".join([*said, *answers, log.read_bytes()]), data)
    for fault in faults:
        print("FAILED:", fault, file=sys.stderr)
    print(f"{len(answers)} answers and the log searched, {looked}: {len(faults)} findings")
    sys.exit(1 if faults else 0)


main()
