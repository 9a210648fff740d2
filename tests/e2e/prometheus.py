"""Debian's Prometheus scrapes a live server, with the rules of packaging/prometheus.

Checked: `promtool check rules` and `check metrics` are silent; every rule is evaluated without an error;
every series that a rule selects is there; every expression with its comparison taken off has a value; no
alarm fires while all is well; the counters say what was done.

Catalogue: J7 (series are bounded: nothing that clients send makes one).
"""

import json
import os
import pathlib
import re
import shutil
import signal
import ssl
import subprocess
import tempfile
import urllib.error
import urllib.parse
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parents[2]
RULES = ROOT / "packaging" / "prometheus" / "bulla.rules.yml"
BINARY = pathlib.Path(os.environ.get("BULLA_BINARY", ROOT / "build" / "release" / "bulla"))
TRIES_MAX = 600
PASSWORD = "correct horse battery staple"

passed = 0


def check(condition, what):
    global passed
    if not condition:
        raise SystemExit(f"prometheus.py: {what}")
    passed += 1


def until(attempt, what, pause):
    """The first answer of the attempt that is not nothing; each try waits for one scrape at most."""
    for _ in range(TRIES_MAX):
        answer = attempt()
        if answer:
            return answer
        pause()
    raise SystemExit(f"prometheus.py: {what} did not come to be")


class Process:
    """A child whose lines are read from one stream until the wanted one comes."""

    def __init__(self, command, stream, log):
        self.log = open(log, "wb")
        pipes = {"stdout": self.log, "stderr": self.log, stream: subprocess.PIPE}
        self.child = subprocess.Popen(command, **pipes)
        self.stream = getattr(self.child, stream)

    def line(self, pattern):
        for line in self.stream:
            match = re.search(pattern, line.decode())
            if match:
                return match
        raise SystemExit(f"prometheus.py: {self.child.args[0]} ended before it said {pattern}")

    def end(self):
        self.child.send_signal(signal.SIGTERM)
        self.stream.read()
        status = self.child.wait(60)
        self.stream.close()
        self.log.close()
        return status


def trusting_nobody():
    """The server's certificate is made here and signed by itself."""
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    return context


def fetch(url, form=None, token=None):
    """Status and body."""
    body = urllib.parse.urlencode(form).encode() if form else None
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    request = urllib.request.Request(url, body, headers)
    try:
        with urllib.request.urlopen(request, timeout=60, context=trusting_nobody()) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()


def make_traffic(url):
    form = {"username": "alice", "password": PASSWORD}
    check(fetch(f"{url}/register", form)[0] == 200, "no registration")
    status, token = fetch(f"{url}/login", form)
    check(status == 200, "no sign-in")
    check(fetch(f"{url}/login", {**form, "password": "another horse"})[0] == 401, "a wrong password")
    for path in ("/verify", "/protected-resource", "/nowhere/1", "/nowhere/2?a=%22", "/v1/account"):
        fetch(url + path, token=token)


def make_certificate(scratch):
    command = "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 30"
    command += " -subj /CN=localhost"
    files = ["-keyout", str(scratch / "key.pem"), "-out", str(scratch / "certificate.pem")]
    subprocess.run(command.split() + files, check=True, capture_output=True)
    os.chmod(scratch / "key.pem", 0o600)
    return scratch / "certificate.pem", scratch / "key.pem"


def start_server(scratch):
    certificate, key = make_certificate(scratch)
    command = [BINARY, "serve", "--data", scratch / "data", "--listen", "127.0.0.1:0"]
    command += ["--tls-certificate", certificate, "--tls-key", key]
    server = Process([str(word) for word in command], "stdout", scratch / "server.log")
    return server, server.line(r"listening on (\S+)").group(1)


def start_prometheus(scratch, url):
    configuration = {
        "global": {"scrape_interval": "200ms", "scrape_timeout": "200ms", "evaluation_interval": "200ms"},
        "rule_files": [str(RULES)],
        "scrape_configs": [
            {
                "job_name": "bulla",
                "scheme": "https",
                "tls_config": {"insecure_skip_verify": True},
                "static_configs": [{"targets": [url.removeprefix("https://")]}],
            }
        ],
    }
    (scratch / "prometheus.yml").write_text(json.dumps(configuration))  # JSON is YAML
    command = ["prometheus", f"--config.file={scratch / 'prometheus.yml'}"]
    command += [f"--storage.tsdb.path={scratch / 'series'}", "--web.listen-address=127.0.0.1:0"]
    prometheus = Process(command, "stderr", scratch / "prometheus.log")
    address = prometheus.line(r"[Ll]istening on.* address=(127\.0\.0\.1:\d+)").group(1)
    return prometheus, f"http://{address}"


def query(prometheus, expression):
    form = {"query": expression}
    status, body = fetch(f"{prometheus}/api/v1/query", form)
    check(status == 200, f"{expression}: {body}")
    return json.loads(body)["data"]["result"]


def rules_of(prometheus):
    groups = json.loads(fetch(f"{prometheus}/api/v1/rules")[1])["data"]["groups"]
    return [rule for group in groups for rule in group["rules"]]


SELECTOR = re.compile(r"\b(?:bulla|process|up)[a-z0-9_:]*\{[^}]*\}")
COMPARISON = re.compile(r"\s(?:[<>]=?|[=!]=)\s")


def parts_of(expression):
    """What stands on both sides of comparisons and of `and`: each must have a value."""
    parts = []
    for side in re.split(r"\sand\s", expression):
        parts += COMPARISON.split(side)
    return [part.strip() for part in parts]


def check_rules(prometheus, next_scrape):
    # The printed form of an expression has no line ends in it.
    expressions = {rule["name"]: re.sub(r"\s+", " ", rule["query"]) for rule in rules_of(prometheus)}
    check(len(expressions) >= 15, "rules are missing")
    for name, expression in expressions.items():
        selectors = SELECTOR.findall(expression)
        check(selectors, f"{name} selects nothing: {expression}")
        for text in selectors + parts_of(expression):
            until(lambda text=text: query(prometheus, text), f"{name}: a value of {text}", next_scrape)
        check(True, name)

    def evaluated():
        rules = rules_of(prometheus)
        return rules if all(rule["health"] != "unknown" for rule in rules) else None

    for rule in until(evaluated, "an evaluation of every rule", next_scrape):
        check(rule["health"] == "ok", f"{rule['name']}: {rule.get('lastError')}")
        check(rule.get("state") != "firing", f"{rule['name']} alarms about a healthy server")


def value(text, series):
    match = re.search(rf"^{re.escape(series)} (\S+)$", text, re.MULTILINE)
    check(match, f"no series {series}")
    return float(match.group(1))


def lint(what, *files, text=""):
    """What promtool complains of."""
    command = ["promtool", "check", what, *files]
    done = subprocess.run(command, input=text, capture_output=True, text=True, check=False)
    return done.stdout + done.stderr if done.returncode != 0 or text else ""


def check_page(text):
    complaints = lint("metrics", text=text)
    check(not complaints, complaints)
    check(value(text, 'bulla_logins_total{result="good"}') == 1, "sign-ins")
    check(value(text, 'bulla_logins_total{result="refused"}') == 1, "refused sign-ins")
    check(value(text, 'bulla_registrations_total{result="good"}') == 1, "registrations")
    check(value(text, "bulla_guesses_total") == 2, "guesses")
    check(value(text, "bulla_ledger_accounts") == 1, "accounts")
    check(value(text, 'bulla_http_problems_total{problem="not_found"}') == 2, "not found")
    check(value(text, "bulla_http_requests_in_flight") >= 1, "the scrape itself is in flight")
    check(value(text, 'bulla_sync_seconds_count{of="block"}') >= 1, "syncs")
    check(value(text, "bulla_sessions") == 1, "sessions")
    check(value(text, 'bulla_database_size_bytes{database="ledger"}') > 0, "size of the ledger")
    check(value(text, "bulla_disk_free_bytes") > 0 and value(text, "process_open_fds") > 5, "the machine")
    check(value(text, "process_resident_memory_bytes") > 1e6, "memory")
    documented = (ROOT / "docs" / "operations.md").read_text()
    for name in re.findall(r"^# TYPE (\S+)", text, re.MULTILINE):
        check(f"`{name}" in documented, f"docs/operations.md does not describe {name}")


def check_backup(url, scratch):
    command = [BINARY, "backup", scratch / "backup", "--data", scratch / "data"]
    subprocess.run(command, check=True, capture_output=True)
    text = fetch(f"{url}/metrics")[1]
    check(value(text, "bulla_backup_last_success_timestamp_seconds") > 1e9, "the backup")


def count_series(url):
    return len([line for line in fetch(f"{url}/metrics")[1].splitlines() if not line.startswith("#")])


def check_bounded(url):
    before = count_series(url)
    for number in range(200):
        fetch(f"{url}/nowhere/{number}?a={number}")
        fetch(f"{url}/log/tile/{number}")
        fetch(f"{url}/verify", token=f"token-{number}")
    check(count_series(url) <= before + 3, "series grow with what clients send")


def main():
    for tool in ("prometheus", "promtool", "openssl"):
        check(shutil.which(tool), f"{tool} is missing: run tools/setup test")
    complaints = lint("rules", str(RULES))
    check(not complaints, complaints)
    with tempfile.TemporaryDirectory() as directory:
        scratch = pathlib.Path(directory)
        server, url = start_server(scratch)
        prometheus = None
        try:
            make_traffic(url)
            check_page(fetch(f"{url}/metrics")[1])
            prometheus, address = start_prometheus(scratch, url)
            # A request costs about as long as a scrape's share: the pause is work that has to be done anyway.
            check_rules(address, lambda: make_traffic_again(url))
            check_backup(url, scratch)
            check_bounded(url)
        finally:
            if prometheus:
                prometheus.end()
            status = server.end()
        check(status == 0, f"the server ended with {status}")
    print(f"{passed} passed, 0 failed")


def make_traffic_again(url):
    for _ in range(20):
        fetch(f"{url}/healthz")


if __name__ == "__main__":
    main()
