#!/usr/bin/env python3
"""What the process gives away: after requests with marked passwords have ended, no password is in its memory,
no password or key is in a core dump of it, and neither is in anything it has said or answered (attack
catalogue E15, J6).

The server forbids dumps of itself. The dump is taken all the same, by root, with gdb's gcore, which leaves
out what the kernel would leave out of one (MADV_DONTDUMP): that is where keys are kept. OpenSSL's copies of
the TLS key are not kept there; a server that terminates TLS has that key in its dumps. Where the kernel lets
nobody but root read the memory, and this is not root, that is the result.
"""

import base64
import hashlib
import json
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
RIGHT = "Kanarienvogel-7391-sings-right"
WRONG = "Kanarienvogel-7391-sings-wrong"
MARK = b"Kanarienvogel-7391"
NASTY = "line\r\nforged: \x1b[31mred\x00"


networks = 0  # each request comes from a network of its own, so that no limit hides an answer


def ask(url: str, data: bytes | None = None, headers: dict | None = None) -> bytes:
    global networks
    networks += 1
    origin = {"X-Forwarded-For": f"10.{networks >> 8}.{networks & 255}.1"}
    request = urllib.request.Request(url, data, origin | (headers or {}))
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:
            return str(answer.headers).encode() + answer.read()
    except urllib.error.HTTPError as error:
        return str(error.headers).encode() + error.read()


def form(username: str, password: str) -> bytes:
    return urllib.parse.urlencode({"username": username, "password": password}).encode()


def misplaced(url: str, token: bytes) -> list[bytes]:
    """Passwords where none belongs, and each way to be refused."""
    basic = base64.b64encode(f"alice:{WRONG}".encode()).decode()
    as_json, as_form = {"Content-Type": "application/json"}, {"Content-Type": "text/plain"}
    spelt = urllib.parse.quote(WRONG)
    answers = [ask(f"{url}/login?password={spelt}", form("alice", WRONG)),
               ask(f"{url}/verify?password={spelt}"),
               ask(url + "/login", form("alice", WRONG), as_form),
               ask(url + "/login", form("alice", WRONG * 200)),
               ask(url + "/login", form("alice", WRONG * 2000)),
               ask(url + "/login", b"password=" + WRONG.encode() + b"%zz&username=alice"),
               ask(url + "/register", form("alice", WRONG)),
               ask(url + "/register", form("bob", WRONG[:7] + "\x00" + WRONG))]
    for value in (f"Basic {basic}", f"Bearer {WRONG}", WRONG):
        answers += [ask(url + path, None, {"Authorization": value})
                    for path in ("/verify", "/protected-resource", "/v1/account", "/v1/sessions")]
    for path in ("/v1/logins", "/v1/registrations", "/v1/logins/" + "A" * 22, "/v1/account/entries"):
        for body in (json.dumps({"password": WRONG}), json.dumps(WRONG), "{" + WRONG):
            answers.append(ask(url + path, body.encode(), as_json))
    answers.append(ask(url + "/verify", None, {"Cookie": f"password={WRONG}"}))
    return answers


def commands(url: str, folder: pathlib.Path) -> list[bytes]:
    """What the commands say, given passwords that are right, wrong and refused."""
    said = []
    environment = os.environ | {"BULLA_SERVER": url, "XDG_STATE_HOME": str(folder / "state")}
    for arguments, password in ((["account", "register", "carol"], RIGHT),
                                (["account", "register", "carol"], RIGHT), (["login", "carol"], WRONG),
                                (["login", "carol"], RIGHT), (["whoami"], ""),
                                (["account", "register", "b b"], RIGHT), (["login", "nobody"], WRONG),
                                (["account", "register", "dave"], WRONG * 200), (["logout"], "")):
        stdin = ["--password-stdin"] if password else []
        done = subprocess.run([BULLA, *arguments, *stdin], input=password.encode(), env=environment,
                              capture_output=True)
        said += [done.stdout, done.stderr]
    return said


def debug_options() -> list[str]:
    """The log as talkative as it can be made."""
    shown = subprocess.run([BULLA, "serve", "--help"], capture_output=True, text=True).stdout
    return ["--log-level", "debug"] if "--log-level" in shown else []


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
    answers += misplaced(url, token)
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


ORDER = 2**252 + 27742317777372353535851937790883648493


def expand_message(message: bytes, tag: bytes) -> bytes:
    """RFC 9380 §5.3.1 with SHA-512, 64 bytes."""
    tag += bytes([len(tag)])
    first = hashlib.sha512(bytes(128) + message + b"\0\x40\0" + tag).digest()
    return hashlib.sha512(first + b"\1" + tag).digest()


def scalar(wide: bytes) -> bytes:
    return (int.from_bytes(wide, "little") % ORDER).to_bytes(32, "little")


def secrets_of(data: pathlib.Path) -> dict[str, bytes]:
    """The keys as they lie in their files, and as the server computes with them."""
    found = {}
    for file in (data / "keys").iterdir():
        key = file.read_bytes()
        for number, begin in enumerate(range(0, len(key), 32)):
            found[f"{file.name}, part {number + 1}"] = key[begin:begin + 32]
    info = b"OPAQUE-DeriveDiffieHellmanKeyPair"
    seed = (data / "keys/opaque").read_bytes() + len(info).to_bytes(2, "big") + info + b"\0"
    tag = b"DeriveKeyPairOPRFV1-\0-ristretto255-SHA512"
    found["the scalar of opaque"] = scalar(expand_message(seed, tag))
    found["the scalar of vrf"] = scalar((data / "keys/vrf").read_bytes())
    return found


def places_of_secrets(content: bytes, secrets: dict[str, bytes]) -> list[str]:
    """A half is as bad as the whole."""
    return [name for name, secret in secrets.items()
            if any(half in content for half in (secret[:16], secret[16:]))]


def dump(pid: int, folder: pathlib.Path) -> bytes | None:
    """A core dump as the kernel would write it; nothing where that cannot be had."""
    if shutil.which("gcore") is None or os.geteuid() != 0:
        return None
    made = subprocess.run(["gcore", "-o", str(folder / "core"), str(pid)], capture_output=True)
    core = folder / f"core.{pid}"
    if not core.exists():
        print(made.stderr.decode(errors="replace")[-500:], file=sys.stderr)
        return None
    content = core.read_bytes()
    core.unlink()
    return content


def search_dump(pid: int, folder: pathlib.Path, data: pathlib.Path, known: bytes) -> tuple[str, list[str]]:
    secrets = secrets_of(data)
    with open(f"/proc/{pid}/mem", "rb", buffering=0) as memory:
        everything = b"".join(read_areas(pid, memory))
    # They are in the memory, or this looks for the wrong bytes.
    faults = [f"{name} is not in memory: this test is blind" for name in
              ("log, part 1", "oprf-1, part 1", "the scalar of opaque", "the scalar of vrf")
              if not places_of_secrets(everything, {name: secrets[name]})]
    content = dump(pid, folder)
    if content is None:
        return "no dump taken", faults
    faults += [f"in a core dump: {name}" for name in places_of_secrets(content, secrets)]
    if MARK in content:
        faults.append("a password is in a core dump")
    if known not in content:
        faults.append("what is surely in a dump was not found: this test is blind")
    return f"a dump of {len(content) >> 20} MiB searched", faults


def read_areas(pid: int, memory):
    for line in pathlib.Path(f"/proc/{pid}/maps").read_text().splitlines():
        area, rights = line.split()[:2]
        if not rights.startswith("r") or "[v" in line:
            continue
        begin, end = (int(part, 16) for part in area.split("-"))
        try:
            memory.seek(begin)
            yield memory.read(end - begin)
        except OSError:
            continue


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
        command = [BULLA, "serve", "--data", str(data), "--listen", "127.0.0.1:0",
                   "--trusted-proxies", "127.0.0.1", *debug_options()]
        server = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=log.open("wb"), text=True)
        said = []
        try:
            for line in server.stdout:
                said.append(line.encode())
                if line.startswith("listening on "):
                    url = line.split()[-1]
                if "Authorization" in line:
                    break
            answers = talk(url) + commands(url, pathlib.Path(folder))
            try:
                faults = [f"a password is still in memory at {place}"
                          for place in places_of(server.pid, MARK)]
                looked = "memory read"
                known = url.removeprefix("http://127.0.0.1:").encode()
                if not places_of(server.pid, known):
                    faults.append("what is surely in memory was not found: this test is blind")
                dumped, more = search_dump(server.pid, pathlib.Path(folder), data, known)
                looked, faults = f"{looked}, {dumped}", faults + more
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
