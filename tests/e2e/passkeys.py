#!/usr/bin/env python3
"""Passkeys against a running server: registration without a password, sign-in with and without a name,
other credentials, and the attacks of catalogue group D that reach the server.
Use: passkeys.py SERVER_URL STEP..., or passkeys.py network SERVER_URL..."""

import concurrent.futures
import json
import os
import pathlib
import sys
import time

import authenticator
from authenticator import ADD, BE, BS, ERASE, LOGIN, PASSKEY, REVOKE, UP, UV, Client, DeviceKey, Passkey
from authenticator import b64, unb64

PASSED = 0


def check(good: bool, what: str) -> None:
    global PASSED
    if not good:
        print(f"passkeys: {what}", file=sys.stderr)
        sys.exit(1)
    PASSED += 1


class Site:
    """The server under test, and how the network calls itself."""

    def __init__(self, url: str) -> None:
        self.url = url
        party = Client(url).good("GET", "/v1/network")["relying_party"]
        self.rp_id, self.origin = party["id"], party["origins"][0]
        self.pair = ("bulla", self.origin)

    def client(self) -> Client:
        return Client(self.url)

    def passkey(self, **traits: object) -> Passkey:
        return Passkey(self.rp_id, **traits)

    def register(self, name: str, **traits: object) -> Passkey:
        key = self.passkey(**traits)
        authenticator.register(self.client(), name, key, self.origin)
        return key

    def session(self, key: Passkey) -> Client:
        client = self.client()
        authenticator.log_in(client, key, self.pair)
        return client

    def try_login(self, key: Passkey, edit=None, typed: str | None = None, **who: str) -> tuple[int, dict]:
        """`edit` changes the body before it is sent; `who` stands in it instead of handle and id."""
        client = self.client()
        offer = authenticator.begin_login(client, self.pair, typed)
        body = authenticator.login_body(offer, key, self.pair, **who)
        if edit:
            edit(body, offer)
        return client.ask("POST", f"/v1/key-logins/{offer['id']}", body)

    def refuse(self, what: str, key: Passkey, edit=None, **who: str) -> None:
        refused(self.try_login(key, edit, **who), what)

    def enter(self, client: Client, kind: int, signer: object, **wanted: object) -> tuple[int, dict]:
        time = client.good("POST", "/v1/key-logins", {"client": "cli", "origin": "cli"})["time"]
        body = authenticator.entry_body(client, kind, signer, self.origin, time=time, **wanted)
        return client.ask("POST", "/v1/account/entries", body)


def refused(answer: tuple[int, dict], what: str) -> None:
    check(answer[0] == 401 and answer[1].get("type") == "/problems/login_refused", f"{what}: {answer}")


def walk(site: Site) -> None:
    for name, traits in (("ada", {"algorithm": -7}), ("edda", {"algorithm": -8}),
                         ("long", {"id_size": 1023}), ("short", {"id_size": 1})):
        key = site.register(name, **traits)
        client = site.client()
        issued = authenticator.log_in(client, key, site.pair)
        check(issued["username"] == name and unb64(issued["account_id"]) == key.user_handle, f"{name}")
        offer = authenticator.begin_login(site.client(), site.pair, name.upper())
        check(offer["passkeys"] == [b64(key.id)], f"{name}'s passkey is offered to who types the name")
        who = {"username": name, "passkey": b64(key.id)}
        client = site.client()
        offer = authenticator.begin_login(client, site.pair, name)
        body = authenticator.login_body(offer, key, site.pair, **who)
        status, answer = client.ask("POST", f"/v1/key-logins/{offer['id']}", body)
        check(status == 200, f"{name} signs in by name: {answer}")
    account = site.session(key).good("GET", "/v1/account")
    shown = account["credentials"][0]
    check(shown["kind"] == "passkey" and shown["passkey"] == b64(key.id) and shown["algorithm"] == -7,
          "the account shows its passkey")


def unknown_names(site: Site) -> None:
    """E4, E9: a name that nobody has gets a list of its own, always the same, of one to three passkeys."""
    first = authenticator.begin_login(site.client(), site.pair, "nobody-at-all")["passkeys"]
    again = authenticator.begin_login(site.client(), site.pair, "nobody-at-all")["passkeys"]
    other = authenticator.begin_login(site.client(), site.pair, "somebody-else")["passkeys"]
    check(first == again and first != other, "made up lists")
    check(1 <= len(first) <= 3 and 1 <= len(other) <= 3, "as long as lists of accounts are")
    check(authenticator.begin_login(site.client(), site.pair)["passkeys"] == [], "none without a name")
    ghost = site.passkey()
    ghost.user_handle = bytes(16)
    site.refuse("an account nobody has", ghost)
    site.refuse("a name nobody has", ghost, username="nobody-at-all", passkey=first[0])


def client_data(site: Site, key: Passkey) -> None:
    """D2: exactly the one client data; a challenge is used once, by one of a hundred at once."""
    def sign_with(client_data_of):
        def edit(body: dict, offer: dict) -> None:
            statement = unb64(body["statement"])
            digest = authenticator.digest_of(LOGIN, statement)
            body["evidence"] = [b64(part) for part in key.assertion(
                digest, site.origin, client_data=client_data_of(b64(digest)).encode())]
        return edit

    def text(challenge: str, **changed: str) -> str:
        parts = {"type": "webauthn.get", "origin": site.origin, "cross": "false", "rest": "}", **changed}
        return (f'{{"type":"{parts["type"]}","challenge":"{challenge}","origin":"{parts["origin"]}",'
                f'"crossOrigin":{parts["cross"]}{parts["rest"]}')

    check(site.try_login(key, sign_with(text))[0] == 200, "client data as the standard prints it")
    check(site.try_login(key, sign_with(lambda c: text(c, rest=',"other":1}')))[0] == 200,
          "what follows is not read")
    wrong = {
        "the ceremony of creation": lambda c: text(c, type="webauthn.create"),
        "another challenge": lambda c: text(b64(bytes(32))),
        "a padded challenge": lambda c: text(c + "="),
        "a framed page": lambda c: text(c, cross="true"),
        "a topOrigin in its place": lambda c: text(c, cross='"x"'),
        "a byte order mark": lambda c: "\ufeff" + text(c),
        "white space": lambda c: text(c).replace(":", ": ", 1),
        "another order": lambda c: text(c).replace('"type":"webauthn.get",', "", 1),
        "a name twice": lambda c: '{"type":"webauthn.get",' + text(c)[1:],
    }
    for what, client_data_of in wrong.items():
        site.refuse(f"D2 {what}", key, sign_with(client_data_of))

    client = site.client()
    offer = authenticator.begin_login(client, site.pair)
    body = authenticator.login_body(offer, key, site.pair)
    path = f"/v1/key-logins/{offer['id']}"
    with concurrent.futures.ThreadPoolExecutor(20) as pool:
        answers = list(pool.map(lambda _: site.client().ask("POST", path, body)[0], range(100)))
    check(answers.count(200) == 1 and answers.count(401) == 99, f"D2 once of a hundred: {set(answers)}")
    other = authenticator.begin_login(client, site.pair)
    refused(client.ask("POST", f"/v1/key-logins/{other['id']}", body), "D2 a challenge of another login")


def origins(site: Site, key: Passkey) -> None:
    """D3: only the page that asked. D4: only this relying party."""
    host = site.origin.split("://")[1]
    for origin in ("http://bad" + host, site.origin + ":1", site.origin + ".", "https://" + host + "x",
                   "null", "http://sub." + host, "android:apk-key-hash:abc", site.origin.upper(), ""):
        status, answer = site.client().ask("POST", "/v1/key-logins", {"client": "bulla", "origin": origin})
        check(status == 400, f"D3 a login for {origin}: {answer}")

        def edit(body: dict, _offer: dict, origin: str = origin) -> None:
            digest = authenticator.digest_of(LOGIN, unb64(body["statement"]))
            body["evidence"] = [b64(part) for part in key.assertion(digest, origin)]
        site.refuse(f"D3 signed on {origin}", key, edit)
    client = site.client()
    pair = ("cli", "cli")
    offer = authenticator.begin_login(client, pair)
    statement = authenticator.login_statement(offer, pair)
    parts = key.assertion(authenticator.digest_of(LOGIN, statement), site.origin)
    body = {"statement": b64(statement), "evidence": [b64(part) for part in parts],
            "account_id": b64(key.user_handle), "passkey": b64(key.id)}
    refused(client.ask("POST", f"/v1/key-logins/{offer['id']}", body), "D3 a passkey for the command line")
    for rp_id in ("sub." + site.rp_id, "com", site.rp_id + ".", "", "example.org"):
        def party(body: dict, _offer: dict, rp_id: str = rp_id) -> None:
            digest = authenticator.digest_of(LOGIN, unb64(body["statement"]))
            body["evidence"] = [b64(part) for part in key.assertion(digest, site.origin, rp_id=rp_id)]
        site.refuse(f"D4 the relying party {rp_id}", key, party)


def assertion_edit(site: Site, key: Passkey, **wrong: object):
    def edit(body: dict, _offer: dict) -> None:
        digest = authenticator.digest_of(LOGIN, unb64(body["statement"]))
        body["evidence"] = [b64(part) for part in key.assertion(digest, site.origin, **wrong)]
    return edit


def flags_and_counts(site: Site) -> None:
    """D5: who was not there or not verified. D6: counters. D13: verified at registration alone."""
    key = site.register("flags")
    for flags in (0, UP, UV, BE | BS):
        site.refuse(f"D5, D13 flags {flags}", key, assertion_edit(site, key, flags=flags))
    site.refuse("D5 backed up, not eligible", key, assertion_edit(site, key, flags=UP | UV | BS))
    check(site.try_login(key)[0] == 200, "D5 the first one")
    site.refuse("D5 eligible afterwards", key, assertion_edit(site, key, flags=UP | UV | BE))
    synced = site.register("synced", counts=False, flags=UP | UV | BE | BS)
    for _ in range(2):
        check(site.try_login(synced)[0] == 200, "D6 zero and zero again")
    site.refuse("D5 no longer eligible", synced, assertion_edit(site, synced, flags=UP | UV))
    check(site.try_login(synced, assertion_edit(site, synced, flags=UP | UV | BE))[0] == 200,
          "D5 not backed up any more")

    key = site.register("counts")
    for count, is_good in ((5, True), (5, False), (4, False), (0, False), (6, True), (2**32 - 1, True),
                           (0, False), (1, False), (2**32 - 1, False)):
        status, _ = site.try_login(key, assertion_edit(site, key, count=count))
        check((status == 200) == is_good, f"D6 a count of {count}")
    copied = site.register("copied")
    check(site.try_login(copied)[0] == 200, "D15 the one that was copied")
    before = copied.count
    check(site.try_login(copied)[0] == 200, "D15 the authenticator goes on")
    copied.count = before
    site.refuse("D15 the copy comes later", copied)


def others(site: Site) -> None:
    """D10, D11: the same WebAuthn id in two accounts, another's passkey, user handles that are missing."""
    mine, theirs = site.register("mine"), site.passkey(algorithm=-8)
    theirs.id = mine.id
    authenticator.register(site.client(), "theirs", theirs, site.origin)
    check(site.try_login(mine)[0] == 200 and site.try_login(theirs)[0] == 200, "D10 each their own account")
    handle, identity = b64(mine.user_handle), b64(mine.id)
    site.refuse("D10 the other's account", theirs, account_id=handle, passkey=identity)
    site.refuse("D11 the other's name", theirs, username="mine", passkey=identity)
    site.refuse("D11 another name was typed", mine, typed="theirs")
    site.refuse("D11 no user handle", mine, passkey=identity)
    site.refuse("D11 handle and name of two", mine, account_id=handle, username="theirs", passkey=identity)
    site.refuse("D11 a handle of none", mine, account_id=b64(bytes(16)), passkey=identity)
    site.refuse("D11 no credential", mine, account_id=handle)
    site.refuse("D10 a prefix of an id", mine, account_id=handle, passkey=b64(mine.id[:-1]))
    site.refuse("D10 a huge id", mine, account_id=handle, passkey=b64(bytes(65536 // 4)))
    refused(site.client().ask("POST", "/v1/key-logins/" + b64(bytes(16)), {"statement": "", "evidence": []}),
            "a login that never began")

    client = site.session(mine)
    twin = site.passkey(algorithm=-8)
    twin.id = mine.id
    check(site.enter(client, ADD, mine, new=twin)[0] == 409, "D10 one id twice in an account")
    same = site.passkey()
    same.key = mine.key
    status, _ = site.enter(client, ADD, mine, new=same)
    check(status in (403, 409), "D10 one key twice in an account")
    for size, is_good in ((0, False), (1024, False), (1023, True)):
        added = site.passkey(id_size=size)
        check((site.enter(client, ADD, mine, new=added)[0] == 201) == is_good, f"D10 an id of {size} bytes")


def keys_and_signatures(site: Site) -> None:
    """D7: keys that are none. D8, D9: the server reads no CBOR of an authenticator and no attestation. D12:
    signatures of another algorithm or form."""
    key = site.register("forms")
    client = site.session(key)
    for what, public_key in (("off the curve", bytes(63) + b"\1"), ("compressed", b"\2" + bytes(32)),
                             ("P-384", bytes(96)), ("RSA", bytes(256)),
                             ("of the identity", b"\1" + bytes(31))):
        class Bad(DeviceKey):
            kind = PASSKEY

            def __init__(self, public_key: bytes) -> None:
                super().__init__()
                self.public_key = public_key

            def credential(self) -> dict:
                return {1: PASSKEY, 2: self.public_key, 7: b"x"}

            def evidence(self, digest: bytes, origin: str) -> list[bytes]:
                return key.assertion(digest, origin)
        status, _ = site.enter(client, ADD, key, new=Bad(public_key))
        check(status in (400, 403), f"D7 a key {what}: {status}")

    eddsa = site.register("eddsa-form", algorithm=-8)
    def swap(body: dict, offer: dict) -> None:
        digest = authenticator.digest_of(LOGIN, unb64(body["statement"]))
        body["evidence"] = [b64(part) for part in eddsa.assertion(digest, site.origin)]
    site.refuse("D12 a signature of another algorithm", key, swap)

    def cut(part: int, to: int):
        def edit(body: dict, _offer: dict) -> None:
            body["evidence"][part] = b64(unb64(body["evidence"][part])[:to])
        return edit
    for size in (0, 1, 63):
        site.refuse(f"D12 a signature of {size} bytes", key, cut(2, size))
    for part, size in ((0, 0), (0, 36), (1, 0), (1, 20)):
        site.refuse(f"D8 part {part} cut to {size}", key, cut(part, size))

    def der(body: dict, _offer: dict) -> None:
        from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
        rs = unb64(body["evidence"][2])
        whole = encode_dss_signature(int.from_bytes(rs[:32], "big"), int.from_bytes(rs[32:], "big"))
        body["evidence"][2] = b64(whole)
    site.refuse("D12 a signature in DER", key, der)

    def attested(body: dict, _offer: dict) -> None:
        body["evidence"].append(b64(b"\xa3cfmtfpacked"))
    check(site.try_login(key, attested)[0] == 400, "D9 an attestation beside the evidence")
    for size in (2049, 20_000):
        def long(body: dict, offer: dict, size: int = size) -> None:
            digest = authenticator.digest_of(LOGIN, unb64(body["statement"]))
            parts = key.assertion(digest, site.origin)
            data = parts[0] + b"\x9f" * (size - len(parts[0]))
            import hashlib
            body["evidence"] = [b64(data), b64(parts[1]),
                                b64(key.sign(data + hashlib.sha256(parts[1]).digest()))]
        site.refuse(f"D8 {size} bytes of authenticator data", key, long)

    def flip(body: dict, _offer: dict) -> None:
        part = bytearray(unb64(body["evidence"][flip.part]))
        part[flip.place] ^= 1
        body["evidence"][flip.part] = b64(bytes(part))
    for flip.part, places in ((0, (0, 31, 36)), (1, (0, 20, 60)), (2, (0, 32, 63))):
        for flip.place in places:
            site.refuse(f"D1 byte {flip.place} of part {flip.part} flipped", key, flip)


def credentials(site: Site) -> None:
    """D14: enrolment and removal need the account's own signature, once; the last credential stays."""
    first = site.register("keeper")
    client = site.session(first)
    label = unb64(client.good("GET", "/v1/account")["label"])
    check(site.enter(client, REVOKE, first, credential=authenticator.credential_id(
        label, PASSKEY, first.public_key))[0] in (403, 409), "D14 the last credential is not removed")
    second, device = site.passkey(algorithm=-8), DeviceKey()
    second.user_handle = first.user_handle
    stranger = site.register("stranger")
    check(site.enter(client, ADD, stranger, new=second)[0] in (403, 409), "D14 enrolment by another's")
    time = authenticator.begin_login(client, site.pair)["time"]
    body = authenticator.entry_body(client, ADD, first, site.origin, time=time, new=second)
    check(site.client().ask("POST", "/v1/account/entries", body)[0] == 401, "D14 without a session")
    lacking = {**body, "evidence": body["evidence"][:1]}
    check(client.ask("POST", "/v1/account/entries", lacking)[0] in (400, 403), "D14 the new one must sign")
    check(client.ask("POST", "/v1/account/entries", body)[0] == 201, "a second passkey")
    check(client.ask("POST", "/v1/account/entries", body)[0] in (403, 409), "D14 enrolment again")
    check(site.enter(client, ADD, second, new=device)[0] == 201, "a device key, by the second passkey")
    check(site.try_login(second)[0] == 200, "sign-in with the second")
    shown = client.good("GET", "/v1/account")["credentials"]
    check(sorted(each["kind"] for each in shown) == ["device_key", "passkey", "passkey"], "three of them")
    identity = authenticator.credential_id(label, PASSKEY, second.public_key)

    path = "/v1/account/credentials/" + b64(identity)
    client.good("PUT", path, {"name": "Schlüssel am Bund"})
    named = [each for each in client.good("GET", "/v1/account")["credentials"] if "name" in each]
    check([each["name"] for each in named] == ["Schlüssel am Bund"], "a name")
    for name in ("", "x" * 65, "a\nb", 7):
        check(client.ask("PUT", path, {"name": name})[0] == 400, f"the name {name!r}")
    check(client.ask("PUT", path[:-22] + b64(bytes(16)), {"name": "x"})[0] == 404, "none such")
    check(site.session(stranger).ask("PUT", path, {"name": "x"})[0] == 404, "H3 a neighbour's credential")

    check(site.enter(client, REVOKE, device, credential=identity)[0] == 201, "the device removes it")
    site.refuse("a removed passkey", second)
    shown = client.good("GET", "/v1/account")["credentials"]
    check(len(shown) == 2 and not any("name" in each for each in shown), "its name too")
    held = client.good("GET", "/v1/account/export")
    check(held["account"]["username"] == "keeper", "the export")
    check(len(held["sessions"]) == 1 and len(held["sign_counts"]) == 1, "sessions and counts")

    check(site.enter(client, ERASE, first)[0] == 201, "erasure")
    site.refuse("an erased account", first)
    again = site.register("keeper")
    check(again.user_handle != first.user_handle, "F3 the name again is somebody else")
    site.refuse("F3 the passkey of before", first)


def network(urls: list[str]) -> None:
    """A passkey registered at one node opens at all of them, by its user handle alone; and all nodes have one
    list for a name that nobody has."""
    sites = [Site(url) for url in urls]
    key = sites[0].register("greta", algorithm=-8)
    for site in sites:
        end = time.monotonic() + 20
        while site.try_login(key)[0] != 200:  # until the block has come there
            check(time.monotonic() < end, f"sign-in at {site.url}")
            time.sleep(0.1)
    lists = [authenticator.begin_login(site.client(), site.pair, name)["passkeys"]
             for name in ("nobody", "greta") for site in sites]
    half = len(sites)
    check(len({str(each) for each in lists[:half]}) == 1, "one made up list at all nodes")
    check(lists[half:] == [[b64(key.id)]] * half, "greta's at all nodes")


def keep(site: Site, file: pathlib.Path) -> None:
    """An account whose passkey outlives this process: for a server that was restored."""
    key = site.register("held")
    check(site.try_login(key)[0] == 200, "sign-in before")
    file.write_text(json.dumps(key.keep()))


def open_again(site: Site, file: pathlib.Path) -> None:
    """G22: the account is found by its user handle alone, on what was restored."""
    key = Passkey.kept(json.loads(file.read_text()))
    client = site.client()
    check(authenticator.log_in(client, key, site.pair)["username"] == "held", "sign-in after")


def main() -> int:
    if sys.argv[1] == "network":
        network(sys.argv[2:])
        print(f"{PASSED} passed, 0 failed")
        return 0
    site = Site(sys.argv[1])
    steps = sys.argv[2:]
    kept = pathlib.Path(os.environ.get("KEPT_PASSKEY", "kept-passkey.json"))
    todo = {
        "walk": lambda: walk(site),
        "unknown": lambda: unknown_names(site),
        "client_data": lambda: client_data(site, site.register("data")),
        "origins": lambda: origins(site, site.register("pages")),
        "counts": lambda: flags_and_counts(site),
        "others": lambda: others(site),
        "keys": lambda: keys_and_signatures(site),
        "credentials": lambda: credentials(site),
        "keep": lambda: keep(site, kept),
        "open": lambda: open_again(site, kept),
    }
    for step in steps:
        todo[step]()
    print(f"{PASSED} passed, 0 failed")
    return 0


if __name__ == "__main__":
    sys.exit(main())
