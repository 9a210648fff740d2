"""packaging/bulla.service without systemd: its score, its sandbox as far as a process can make one for
itself, and both ends of the supervisor's protocol.

The program is started by the unit's own ExecStart line under the unit's system call filter, its address
families, its ban on writable code, its limits and umask, without privileges (as root: as nobody), and then
used. Threads are stopped one by one, as a hang would, and the watchdog must fall silent and say which.

Catalogue: J1 (SIGTERM, as the supervisor sends it).
"""

import ctypes
import errno
import os
import pathlib
import re
import resource
import shutil
import signal
import socket
import subprocess
import tempfile
import urllib.parse
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parents[2]
UNIT = ROOT / "packaging" / "bulla.service"
BINARY = pathlib.Path(os.environ.get("BULLA_BINARY", ROOT / "build" / "release" / "bulla"))
NOBODY = 65534
EXPOSURE_MAX = 1.5
ANSWER_MAX = 60  # seconds until something that must come has come
PASSWORD = "correct horse battery staple"

passed = 0


def check(condition, what):
    global passed
    if not condition:
        raise SystemExit(f"unit.py: {what}")
    passed += 1


def read_unit():
    """Directive to the list of its values, in order."""
    directives = {}
    for line in UNIT.read_text().splitlines():
        match = re.match(r"([A-Za-z]+)=(.*)", line)
        if match:
            directives.setdefault(match.group(1), []).append(match.group(2))
    return directives


def run(*command):
    environment = {**os.environ, "LC_ALL": "C", "SYSTEMD_COLORS": "0", "SYSTEMD_PAGER": ""}
    return subprocess.run(command, capture_output=True, text=True, check=False, env=environment)


def check_exposure():
    threshold = str(int(EXPOSURE_MAX * 10))
    result = run("systemd-analyze", "security", "--offline=true", f"--threshold={threshold}", str(UNIT))
    score = re.search(r"Overall exposure level for \S+: ([0-9.]+)", result.stdout)
    check(score and float(score.group(1)) <= EXPOSURE_MAX, result.stdout[-400:] + result.stderr)
    check(result.returncode == 0, result.stderr)
    print(f"exposure level {score.group(1)}, at most {EXPOSURE_MAX}")
    complaints = run("systemd-analyze", "verify", "--man=no", str(UNIT)).stderr
    of_unit = [line for line in complaints.splitlines() if "bulla.service" in line]
    # The program is not installed here; anything else is a mistake in the unit.
    check(not [line for line in of_unit if "is not executable" not in line], complaints)


# --- the sandbox ------------------------------------------------------------------------------------------


def expand_calls(group, known):
    """The system calls of a group of systemd's, groups inside it included."""
    if group not in known:
        known[group] = set()
        for line in run("systemd-analyze", "syscall-filter", group).stdout.splitlines():
            name = line.strip()
            if name.startswith("@") and name != group:
                known[group] |= expand_calls(name, known)
            elif name and not name.startswith(("#", "@")):
                known[group].add(name)
    return known[group]


def allowed_calls(directives):
    known, allowed = {}, set()
    for value in directives["SystemCallFilter"]:
        denied = value.startswith("~")
        for group in value.lstrip("~").split():
            calls = expand_calls(group, known)
            allowed = allowed - calls if denied else allowed | calls
    return allowed


class Comparison(ctypes.Structure):
    _fields_ = [
        ("argument", ctypes.c_uint),
        ("operator", ctypes.c_int),
        ("first", ctypes.c_uint64),
        ("second", ctypes.c_uint64),
    ]


EQUAL, MASKED_EQUAL = 4, 7
ALLOW, REFUSE = 0x7FFF0000, 0x00050000 | errno.EPERM
WRITE, EXECUTE = 2, 4


def rules_for(name):
    """What of a call is allowed: lists of comparisons, any of which must hold; one empty list for all."""
    if name == "socket":  # RestrictAddressFamilies
        families = (socket.AF_UNIX, socket.AF_INET, socket.AF_INET6)
        return [[Comparison(0, EQUAL, family, 0)] for family in families]
    if name == "mmap":  # MemoryDenyWriteExecute: one of the two at most
        both = WRITE | EXECUTE
        return [[Comparison(2, MASKED_EQUAL, both, some)] for some in (0, WRITE, EXECUTE)]
    if name in ("mprotect", "pkey_mprotect"):
        return [[Comparison(2, MASKED_EQUAL, EXECUTE, 0)]]
    return [[]]


def filter_calls(allowed):
    library = ctypes.CDLL("libseccomp.so.2", use_errno=True)
    library.seccomp_init.restype = ctypes.c_void_p
    context = ctypes.c_void_p(library.seccomp_init(REFUSE))
    for name in sorted(allowed):
        number = library.seccomp_syscall_resolve_name(name.encode())
        if number < 0:  # another architecture's
            continue
        for rule in rules_for(name):
            comparisons = (Comparison * len(rule))(*rule)
            if library.seccomp_rule_add_array(context, ALLOW, number, len(rule), comparisons) != 0:
                raise OSError(f"no rule for {name}")
    if library.seccomp_load(context) != 0:
        raise OSError("the filter was not loaded")


def enter_sandbox(directives, allowed):
    os.umask(int(directives["UMask"][0], 8))
    for limit, which in (("LimitCORE", resource.RLIMIT_CORE), ("LimitNOFILE", resource.RLIMIT_NOFILE)):
        _, hard = resource.getrlimit(which)
        value = int(directives[limit][0])
        value = value if hard == resource.RLIM_INFINITY else min(value, hard)
        resource.setrlimit(which, (value, value))
    if os.getuid() == 0:
        os.setgroups([])
        os.setresgid(NOBODY, NOBODY, NOBODY)
        os.setresuid(NOBODY, NOBODY, NOBODY)
    filter_calls(allowed)


# --- the supervisor ----------------------------------------------------------------------------------------


class Service:
    """The program, started as systemd would, and the socket on which it is heard."""

    def __init__(self, scratch, directives, allowed):
        self.scratch = scratch
        self.notify = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.notify.settimeout(ANSWER_MAX)
        address = scratch / "notify"
        address.unlink(missing_ok=True)
        self.notify.bind(str(address))
        os.chmod(address, 0o777)
        command = directives["ExecStart"][0].split()
        check(command[0] == "/usr/bin/bulla", "ExecStart names another program")
        replaced = {
            "/usr/bin/bulla": str(scratch / "bulla"),
            "/etc/bulla/bulla.toml": str(scratch / "bulla.toml"),
            "/var/lib/bulla/data": str(scratch / "state" / "data"),
        }
        self.log = open(scratch / "log", "ab")
        self.process = subprocess.Popen(
            [replaced.get(word, word) for word in command] + ["--listen", "127.0.0.1:0"],
            stdout=subprocess.PIPE,
            stderr=self.log,
            cwd=scratch / "state",
            env={"NOTIFY_SOCKET": str(address), "WATCHDOG_USEC": "1500000", "PATH": "/usr/bin:/bin"},
            preexec_fn=lambda: enter_sandbox(directives, allowed),
        )

    def hear(self, wanted):
        """The first message that holds it; what comes before is dropped."""
        while True:
            message = self.notify.recv(4096).decode()
            if wanted in message:
                return message

    def url(self):
        for line in self.process.stdout:
            match = re.match(r"listening on (\S+)", line.decode())
            if match:
                return match.group(1)
        raise SystemExit("unit.py: the program ended before it listened")

    def threads(self):
        """Name to number; the names stand in /proc, which a process that may not be dumped shows to root."""
        found = {}
        for task in pathlib.Path(f"/proc/{self.process.pid}/task").iterdir():
            found[(task / "comm").read_text().strip()] = int(task.name)
        return found

    def ask_to_end(self):
        self.process.send_signal(signal.SIGTERM)

    def wait(self):
        status = self.process.wait(ANSWER_MAX)
        self.process.stdout.close()
        self.notify.close()
        self.log.close()
        return status


def ask(url, form=None, token=None):
    body = urllib.parse.urlencode(form).encode() if form else None
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    with urllib.request.urlopen(urllib.request.Request(url, body, headers), timeout=ANSWER_MAX) as answer:
        return answer.read().decode()


def use(url):
    form = {"username": "alice", "password": PASSWORD}
    check(ask(f"{url}/register", form) == "Registration successful", "no registration in the sandbox")
    token = ask(f"{url}/login", form)
    check(ask(f"{url}/protected-resource", token=token) == "Welcome, alice!", "no sign-in in the sandbox")


# --- hangs ------------------------------------------------------------------------------------------------

SEIZE, INTERRUPT, DETACH = 0x4206, 0x4207, 17
ANY_THREAD = 0x40000000  # __WALL


def trace(request, thread):
    library = ctypes.CDLL(None, use_errno=True)
    library.ptrace.argtypes = [ctypes.c_long, ctypes.c_long, ctypes.c_void_p, ctypes.c_void_p]
    library.ptrace.restype = ctypes.c_long
    return library.ptrace(request, thread, None, None) == 0


def check_hang(service, name):
    thread = service.threads()[name]
    if not trace(SEIZE, thread):
        print(f"not tried: a thread cannot be stopped here ({name})")
        return
    check(trace(INTERRUPT, thread), f"{name} was not stopped")
    os.waitpid(thread, ANY_THREAD)
    said = service.hear("no answer from the threads")
    for _ in range(3):  # rounds of the watchdog
        check("WATCHDOG=1" not in said, f"the watchdog was fed while {name} hung: {said}")
        check(name in said, f"the status does not name {name}: {said}")
        said = service.notify.recv(4096).decode()
    check(trace(DETACH, thread), f"{name} was not let go")
    check("WATCHDOG=1" in service.hear("answer again"), "not fed after the hang")


def check_running(scratch):
    directives = read_unit()
    allowed = allowed_calls(directives)
    check("ptrace" not in allowed and "read" in allowed, "the filter was not understood")
    shutil.copy(BINARY, scratch / "bulla")
    (scratch / "bulla.toml").touch()
    (scratch / "state").mkdir(mode=0o700)
    if os.getuid() == 0:
        os.chmod(scratch, 0o755)
        os.chown(scratch / "state", NOBODY, NOBODY)

    service = Service(scratch, directives, allowed)
    try:
        check("STATUS=serving" in service.hear("READY=1"), "no status at the start")
        use(service.url())
        service.hear("WATCHDOG=1")
        for name in ("io-0", "head", "commit"):
            check_hang(service, name)
        service.ask_to_end()
        check("EXTEND_TIMEOUT_USEC=" in service.hear("STOPPING=1"), "the end asks for no time")
    except BaseException:
        service.process.kill()
        raise
    finally:
        status = service.wait()
    check(status == 0, f"ended with {status}: {(scratch / 'log').read_text()}")

    again = Service(scratch, directives, allowed)
    again.hear("READY=1")
    again.ask_to_end()
    check(again.wait() == 0, "the second run")
    modes = {path.name: path.stat().st_mode & 0o077 for path in (scratch / "state").rglob("*")}
    check(not any(modes.values()), f"files that others may read: {modes}")


def main():
    check_exposure()
    with tempfile.TemporaryDirectory() as scratch:
        check_running(pathlib.Path(scratch))
    print(f"{passed} passed, 0 failed")


if __name__ == "__main__":
    main()
