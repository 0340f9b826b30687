#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Requests signed under an application key (NSCL-HMAC) from outside: the test vector of docs/security.md by its own command line, and that a signature is
for one request, once, at its time, and as long as its key. Rows A1, A3 for this scheme."""

import hashlib
import hmac
import re
import secrets
import struct
import subprocess
import time

import nscl_test
from nscl_test import Checks, Daemon
from siege import application, container
from wire import Connection, compose

BASE = "/m2m/applications/meter/containers"
INSTANCES = BASE + "/c/contentInstances"


def prefixed(*items):
    return b"".join(struct.pack(">H", len(item)) + item for item in items)


class Signer:
    """An application that signs its requests."""

    def __init__(self, daemon, identity, key):
        self.daemon, self.identity, self.key, self.client = daemon, identity, key, daemon.client()

    def field(self, method, target, body=b"", ts=None, nonce=None, shows=None):
        """`shows`: what the field says other than what is signed."""
        ts = int(time.time()) if ts is None else ts
        nonce = nonce or secrets.token_urlsafe(16)
        octets = prefixed(b"NSCL-HMAC-1", self.identity.encode(), method.encode(), target.encode(), hashlib.sha256(body).digest(), struct.pack(">Q", ts), nonce.encode())
        values = {"id": f'"{self.identity}"', "ts": ts, "nonce": nonce, "mac": hmac.new(self.key, octets, "sha256").hexdigest(), **(shows or {})}
        return "NSCL-HMAC " + ",".join(f"{name}={value}" for name, value in values.items() if value is not None)

    def send(self, field, method, target, body=None, **options):
        self.client.authorization = field
        return self.client.request(method, target, body, content_type="text/plain" if target == INSTANCES else "application/xml", **options)

    def ask(self, method, target, body=None, **options):
        return self.send(self.field(method, target, body or b"", **options), method, target, body)


def key_command(daemon, *words, stdin=None):
    return daemon.cli("key", *words, "--data-dir", str(daemon.data_dir), stdin=stdin)


def add_key(daemon, *words):
    done = key_command(daemon, "add", *words)
    if done.returncode:
        raise RuntimeError(f"key add {words}: {done.stderr}")
    return bytes.fromhex(done.stdout.strip().removeprefix("hex:"))


def documented(checks):
    """The command line in docs/security.md gives the mac in docs/security.md."""
    checks.section("test vector")
    text = (nscl_test.ROOT / "docs" / "security.md").read_text()
    block = re.search(r"^    (\{ printf '\\000\\013NSCL-HMAC-1.*?hexkey:[0-9a-f]+)$", text, re.S | re.M)
    if not checks.that(block, "the command line is there"):
        return
    done = subprocess.run(["bash", "-c", block[1]], capture_output=True, text=True, timeout=30)
    mac = done.stdout.strip().rsplit(" ", 1)[-1]
    checks.equal(mac, "c8956d8ed95870eaa944e991c1e5fd81cc892b99f4957478b66d7e8c9f3408df", "openssl makes the mac")
    checks.that(f"mac={mac}" in text, "the field in the text has it")


def keys(checks, daemon):
    checks.section("keys")
    listed = key_command(daemon, "list").stdout
    checks.that("meter-key\tapplication\tactive\tapplications/meter" in listed, "an application key is listed as such")
    for words, reason in ((("x", "--application", "meter", "--scl", "gw1"), "excludes"), (("n." + "a" * 32 + ".1", "--application", "meter"), "root keys"),
                          (("v.x", "--application", "meter"), "vouchers"), (("x", "--application", ""), "applications/ID"), (("x", "--application", "a/b"), "applications/ID")):
        done = key_command(daemon, "add", *words)
        checks.that(done.returncode != 0 and reason in done.stderr, f"key add {words}: {done.stderr.strip()}")


def right(checks, meter):
    checks.section("right")
    checks.status(meter.ask("GET", BASE), 200, "a request without a body")
    for body in (b"21.5", b"x" * 100_000):
        checks.status(meter.ask("POST", INSTANCES, body), 201, f"a body of {len(body)} octets")
    checks.status(meter.ask("GET", "/m2m/discovery?searchString=a%2Fb&x=1"), 200, "a query")
    checks.status(meter.send(meter.field("GET", BASE), "GET", f"http://{meter.daemon.host}{BASE}"), 200, "an absolute-form target has the same canonical form")
    body, target = b"z" * 70_000, INSTANCES
    connection = Connection(meter.daemon.address, meter.daemon.port)
    head = compose("POST", target, meter.daemon.host, None, {"Transfer-Encoding": "chunked", "Content-Type": "text/plain", "Expect": "100-continue"},
                   authorization=meter.field("POST", target, body))
    connection.send(head)
    checks.equal(connection.read().status, 100, "what is signed is judged once the body is there")
    for at in range(0, len(body), 10_000):
        connection.send(b"%x\r\n%s\r\n" % (len(body[at:at + 10_000]), body[at:at + 10_000]))
    connection.send(b"0\r\n\r\n")
    checks.status(connection.read(), 201, "a body in chunks is signed as a whole")
    connection.close()
    checks.status(meter.ask("GET", BASE, ts=int(time.time()) + 200), 200, "a clock that is ahead")
    checks.status(meter.ask("GET", BASE, ts=int(time.time()) - 200), 200, "and one that is behind")


def changed(checks, meter, admin):
    checks.section("changed")
    count = admin.get(INSTANCES + "?metaDataOnly=true").body
    field = meter.field("POST", INSTANCES, b"21.5")
    checks.status(meter.send(field, "POST", INSTANCES, b"99.9"), 401, "another body")
    checks.status(meter.send(field, "POST", INSTANCES + "?x=1", b"21.5"), 401, "another query")
    checks.status(meter.send(field, "POST", "/m2m/containers/c/contentInstances", b"21.5"), 401, "another target")
    checks.status(meter.send(field, "PUT", INSTANCES, b"21.5"), 401, "another method")
    checks.status(meter.send(meter.field("GET", BASE + "/c"), "DELETE", BASE + "/c"), 401, "GET for DELETE")
    for name, value in (("id", '"other-key"'), ("ts", int(time.time()) + 1), ("nonce", "n" * 16), ("mac", "0" * 64), ("mac", None), ("id", '"nobody"'), ("nonce", "short"),
                        ("ts", "x"), ("x", "y")):
        checks.status(meter.send(meter.field("GET", BASE, shows={name: value}), "GET", BASE), 401, f"A1 {name}={value}")
    checks.equal(admin.get(INSTANCES + "?metaDataOnly=true").body, count, "nothing was stored")
    checks.status(meter.send(field, "POST", INSTANCES, b"21.5"), 201, "the right request is good after all of these")
    wrong, unknown = (meter.send(meter.field("GET", BASE, shows={name: value}), "GET", BASE) for name, value in (("mac", "0" * 64), ("id", '"nobody"')))
    checks.equal([(k, v) for k, v in wrong.fields if k != "Date"] + [wrong.body], [(k, v) for k, v in unknown.fields if k != "Date"] + [unknown.body],
                 "an unknown id looks like a wrong signature")


def once_and_in_time(checks, meter, admin):
    checks.section("once and in time")
    field = meter.field("POST", INSTANCES, b"once")
    checks.status(meter.send(field, "POST", INSTANCES, b"once"), 201, "once")
    meter.client.close()
    count = admin.get(INSTANCES + "?metaDataOnly=true").body
    answer = meter.send(field, "POST", INSTANCES, b"once")
    checks.status(answer, 401, "a replay")
    checks.that("nonce was used" in answer.text, f"it says why: {answer.text}")
    checks.status(meter.ask("POST", INSTANCES, b"twice", nonce=re.search("nonce=([^,]+)", field)[1]), 401, "another request with that nonce")
    checks.equal(admin.get(INSTANCES + "?metaDataOnly=true").body, count, "nothing was stored")
    for difference in (-400, 400, -int(time.time())):
        answer = meter.ask("GET", BASE, ts=int(time.time()) + difference)
        checks.status(answer, 401, f"{difference} s from our time")
        checks.that("300 s" in answer.text, "whoever has the key is told why")
    checks.that("300 s" not in meter.ask("GET", BASE, ts=1, shows={"mac": "0" * 64}).text, "nobody else is")


def rights(checks, daemon, meter):
    checks.section("rights")
    checks.status(meter.ask("GET", "/m2m/applications/other/containers/c"), 404, "no more than its application may")
    for claim, code in ((f"http://{daemon.host}/m2m/applications/other", 401), ("/m2m", 401), ("/m2m/applications/meter", 200)):
        checks.status(meter.send(meter.field("GET", BASE), "GET", BASE, headers={"From": claim}), code, f"A3 From: {claim}")
    daemon.principal("applications/meter", "pw", entity="applications/meter")
    checks.status(meter.ask("POST", "/m2m-session"), (403, 411), "a signature opens no session")
    checks.status(meter.send(meter.field("POST", "/m2m-session"), "POST", "/m2m-session", b""), 403, "not even beside a principal of the same name")
    fixed = Signer(daemon, "fixed-key", add_key(daemon, "fixed-key", "--entity", "applications/meter"))
    checks.status(fixed.ask("GET", BASE), 401, "a key of another kind signs nothing")


def ends(checks, daemon, meter):
    checks.section("ends")
    done = key_command(daemon, "rotate", "meter-key")
    checks.status(meter.ask("GET", BASE), 401, "a key that was replaced")
    meter.key = bytes.fromhex(done.stdout.strip().removeprefix("hex:"))
    checks.status(meter.ask("GET", BASE), 200, "and the one in its place")
    key_command(daemon, "revoke", "meter-key")
    checks.status(meter.ask("GET", BASE), 401, "a revoked key")
    log = daemon.log()
    checks.that(meter.key.hex() not in log, "no key in the log")


def not_admitted(checks, folder_config):
    checks.section("not admitted")
    with Daemon(config=folder_config) as daemon:
        meter = Signer(daemon, "meter-key", add_key(daemon, "meter-key", "--application", "meter"))
        answer = meter.ask("GET", "/m2m")
        checks.status(answer, 401, "where the listener does not admit it")
        checks.that("not admitted" in answer.text, "it says so")


def test(checks: Checks):
    documented(checks)
    with Daemon() as daemon:
        admin = daemon.admin()
        for name in ("meter", "other"):
            checks.status(admin.post("/m2m/applications", application(name)), 201, name)
            checks.status(admin.post(f"/m2m/applications/{name}/containers", container("c")), 201, f"container of {name}")
        meter = Signer(daemon, "meter-key", add_key(daemon, "meter-key", "--application", "meter"))
        add_key(daemon, "other-key", "--application", "other")
        keys(checks, daemon)
        right(checks, meter)
        changed(checks, meter, admin)
        once_and_in_time(checks, meter, admin)
        rights(checks, daemon, meter)
        ends(checks, daemon, meter)
        config = daemon.data_dir / "basic.toml"
        config.write_text('[[listener]]\nauthentication = ["basic"]\n')
        not_admitted(checks, config)


nscl_test.main(test)
