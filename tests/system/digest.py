#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""HTTP Digest (RFC 7616) from outside: curl, and by hand what curl never sends: counts used twice, nonces of before, other methods, targets and realms, MD5;
what is at rest, and what ends it. Rows A1, A2 for this scheme."""

import hashlib
import pathlib
import re
import sqlite3
import subprocess
import tempfile

import nscl_test
from nscl_test import Checks, Daemon, until
from siege import container
from wire import Connection, compose

CONFIG = '[[listener]]\nauthentication = ["digest", "basic", "bearer"]\n[quota]\nwrites = 0\n'


class Digest:
    """A client that answers challenges by hand."""

    def __init__(self, daemon, user, password, algorithm="SHA-256"):
        self.daemon, self.user, self.password, self.algorithm = daemon, user, password, algorithm
        self.client, self.nonce, self.count = daemon.client(), None, 0

    def hash(self, *parts):
        return hashlib.new({"SHA-256": "sha256", "MD5": "md5"}[self.algorithm], ":".join(parts).encode()).hexdigest()

    def challenge(self, answer=None):
        """The nonce of a challenge for our algorithm, in `answer` or a new one."""
        answer = answer or self.client.get("/m2m")
        for value in answer.all_fields("WWW-Authenticate"):
            if value.startswith("Digest ") and f"algorithm={self.algorithm}," in value:
                self.nonce, self.count = re.search(r'nonce="([^"]+)"', value)[1], 0
                return self.nonce
        raise RuntimeError(f"no challenge for {self.algorithm} in {answer.fields}")

    def field(self, method, target, count=None, realm="nscl", uri=None, signed_method=None, **more):
        if self.nonce is None:
            self.challenge()
        self.count = self.count + 1 if count is None else count
        values = {"username": self.user, "realm": realm, "nonce": self.nonce, "uri": target if uri is None else uri, "cnonce": "0a4f113b"}
        values["response"] = self.hash(self.hash(self.user, realm, self.password), self.nonce, f"{self.count:08x}", "0a4f113b", "auth",
                                       self.hash(signed_method or method, values["uri"]))
        bare = {"nc": f"{self.count:08x}", "qop": "auth", "algorithm": self.algorithm}
        for name, value in more.items():
            (bare if name in bare else values)[name] = value
        return "Digest " + ", ".join([f'{name}="{value}"' for name, value in values.items() if value is not None] +
                                     [f"{name}={value}" for name, value in bare.items() if value is not None])

    def ask(self, method, target, body=None, **options):
        self.client.authorization = self.field(method, target, **options)
        try:
            return self.client.request(method, target, body)
        finally:
            self.client.authorization = None


def is_stale(answer):
    return any("stale=true" in value for value in answer.all_fields("WWW-Authenticate"))


def add(daemon, *words, password="secret"):
    done = daemon.cli("principal", *words, "--password-stdin", "--data-dir", str(daemon.data_dir), *(["--config", str(daemon.config)] if daemon.config else []),
                      stdin=password + "\n")
    if done.returncode:
        raise RuntimeError(f"{words}: {done.stderr}")


def curl(daemon, *options, user="meter:secret", target="/m2m"):
    done = subprocess.run(["curl", "-s", "-o", "/dev/null", "-w", "%{http_code} %{num_connects}", "-u", user, *options, f"http://{daemon.host}{target}"], capture_output=True,
                          text=True, timeout=30)
    return done.stdout.split()[0]


def with_curl(checks, daemon):
    checks.section("curl")
    checks.equal(curl(daemon, "--digest"), "200", "curl --digest")
    checks.equal(curl(daemon, "--anyauth"), "200", "curl --anyauth takes it")
    checks.equal(curl(daemon, "--digest", user="meter:wrong"), "401", "a wrong password")
    checks.equal(curl(daemon, "--digest", user="nobody:secret"), "401", "nobody")
    checks.equal(curl(daemon, "--digest", user="plain:secret"), "401", "who has a password and no digest")
    checks.equal(curl(daemon, "--basic", user="plain:secret"), "200", "who may use Basic")
    checks.equal(curl(daemon, "--digest", user="quo\"te \\ ü:pä\"ss:word"), "200", "quotes, backslashes and other letters")
    checks.equal(curl(daemon, "--digest", target="/m2m/discovery?searchString=a%20b&x=1,2"), "200", "a query")
    checks.equal(curl(daemon, "--digest", "-H", "Content-Type: text/plain", "-H", "Expect: 100-continue", "--data-binary", "x" * 100_000,
                      target="/m2m/containers/c/contentInstances"), "201", "a body that is admitted before it is read")


def by_hand(checks, daemon):
    checks.section("by hand")
    answer = daemon.client().get("/m2m")
    values = answer.all_fields("WWW-Authenticate")
    checks.that(len(values) == 2 and values[0].startswith('Digest realm="nscl", qop="auth", algorithm=SHA-256, nonce="') and values[1].startswith("Basic "),
                f"the challenges: {values}")
    meter = Digest(daemon, "meter", "secret")
    checks.status(meter.ask("GET", "/m2m"), 200, "the right answer")
    for connection in ("the same", "another"):
        checks.status(meter.ask("GET", "/m2m"), 200, f"the next count on {connection} connection")
        meter.client.close()
    answer = meter.ask("GET", "/m2m", count=1)
    checks.status(answer, 401, "a count used before")
    checks.that(is_stale(answer), "whoever has the password learns that it is the nonce")
    checks.status(meter.ask("GET", "/m2m", count=3), 401, "and so is the third")
    meter.challenge()
    checks.status(meter.ask("DELETE", "/m2m/containers/c", signed_method="GET"), 401, "another method")
    checks.status(meter.ask("GET", "/m2m/containers/c", uri="/m2m"), 401, "another target")
    checks.status(meter.ask("GET", "/m2m?x=1", uri="/m2m"), 401, "a target without its query")
    checks.status(meter.ask("GET", "/m2m", realm="other"), 401, "another realm")
    checks.status(meter.ask("GET", "/m2m", response="0" * 64), 401, "another response")
    for name, value in (("qop", None), ("qop", "auth-int"), ("nc", "1"), ("algorithm", "SHA-256-sess"), ("userhash", "true"), ("username", None), ("nonce", "")):
        checks.status(meter.ask("GET", "/m2m", **{name: value}), 401, f"A1 {name}={value}")
    checks.that(not is_stale(meter.ask("GET", "/m2m", response="0" * 64)), "a wrong response is not called stale")
    checks.status(meter.ask("GET", "/m2m"), 200, "the nonce is good after all of these")
    weak = Digest(daemon, "meter", "secret", "MD5")
    weak.nonce = meter.challenge()
    checks.status(weak.ask("GET", "/m2m"), 401, "MD5 is refused")


def a2_alike(checks, daemon):
    """A2: who does not exist, has no digest, or another password, is told the same."""
    checks.section("A2 alike")
    seen = []
    for user, password in (("meter", "wrong"), ("nobody", "secret"), ("plain", "secret")):
        answer = Digest(daemon, user, password).ask("GET", "/m2m")
        fields = [(key, re.sub(r'nonce="[^"]*"', "nonce", value)) for key, value in answer.fields if key != "Date"]
        seen.append((answer.status, fields, answer.body))
    checks.that(seen[0] == seen[1] == seen[2] and seen[0][0] == 401, f"the same answer: {seen}")


def admission(checks, daemon):
    checks.section("admission")
    meter = Digest(daemon, "meter", "secret")
    target = "/m2m/containers/c/contentInstances"
    field, body = meter.field("POST", target), b"y" * 200_000
    connection = Connection(daemon.address, daemon.port)
    connection.send(compose("POST", target, daemon.host, body, content_type="text/plain", authorization=field))
    checks.status(connection.read(), 201, "one count for a request that is admitted and then handled")
    connection.send(compose("POST", target, daemon.host, body, content_type="text/plain", authorization=field))
    checks.status(connection.read(), 401, "it is used up")
    connection.close()
    meter.client.authorization = meter.field("POST", "/m2m-session")
    opened = meter.client.post("/m2m-session", "")
    checks.status(opened, 201, "a digest opens a session, as its password would")


def at_rest(checks, daemon):
    checks.section("at rest")
    ha1 = hashlib.sha256(b"meter:nscl:secret").digest()
    everything = b"".join(path.read_bytes() for path in daemon.data_dir.iterdir() if path.is_file())
    for octets in (ha1, ha1.hex().encode()):
        checks.that(octets not in everything, "HA1 is not in the data folder")
        checks.that(octets not in daemon.log_path.read_bytes(), "nor in the log")
    listed = daemon.cli("principal", "list", "--json", "--data-dir", str(daemon.data_dir)).stdout
    checks.that('"digest": true' in listed and '"digest": false' in listed, "the list tells who has one")
    done = daemon.cli("key", "rotate", "--data", "--data-dir", str(daemon.data_dir))
    checks.equal(done.returncode, 0, f"another data key: {done.stderr}")
    checks.equal(curl(daemon, "--digest"), "200", "digests are wrapped anew")
    with sqlite3.connect(daemon.data_dir / "nscl.db", timeout=10) as database:
        database.execute("UPDATE principal SET digest = (SELECT digest FROM principal WHERE name = 'meter'), digest_key = (SELECT digest_key FROM principal "
                         "WHERE name = 'meter') WHERE name = 'thief'")
    database.close()
    checks.equal(curl(daemon, "--digest", user="thief:secret"), "401", "one that was moved to another row does not open")


def ends(checks, daemon):
    checks.section("ends")
    meter = Digest(daemon, "meter", "secret")
    checks.status(meter.ask("GET", "/m2m"), 200, "before the daemon starts anew")
    daemon.restart()
    answer = meter.ask("GET", "/m2m")
    checks.status(answer, 401, "a nonce of before")
    checks.that(is_stale(answer), "is called stale")
    meter.challenge(answer)
    checks.status(meter.ask("GET", "/m2m"), 200, "and the new one is good")
    add(daemon, "passwd", "meter", password="another")
    checks.that(until(lambda: meter.ask("GET", "/m2m").status == 401), "the old password ends")
    checks.equal(curl(daemon, "--digest", user="meter:another"), "200", "the digest is that of the new one")
    daemon.cli("principal", "passwd", "meter", "--without-password", "--data-dir", str(daemon.data_dir))
    checks.equal(curl(daemon, "--digest", user="meter:another"), "401", "without a password there is no digest")
    add(daemon, "passwd", "meter", "--digest", password="third")
    checks.equal(curl(daemon, "--digest", user="meter:third"), "200", "until one is set")
    daemon.cli("principal", "remove", "meter", "--data-dir", str(daemon.data_dir))
    checks.equal(curl(daemon, "--digest", user="meter:third"), "401", "it goes with its principal")
    add(daemon, "add", "meter", password="third")
    checks.equal(curl(daemon, "--digest", user="meter:third"), "401", "and is not that of who has the name next")
    done = daemon.cli("principal", "add", "x", "--digest", "--without-password", "--data-dir", str(daemon.data_dir))
    checks.that(done.returncode == 2 and "--digest needs a password" in done.stderr, "a digest needs a password")


def md5(checks, folder):
    checks.section("MD5")
    config = folder / "md5.toml"
    config.write_text(CONFIG + "[authentication]\nallow_md5 = true\n")
    with Daemon(config=config) as daemon:
        add(daemon, "add", "meter", "--entity", "applications/meter", "--digest")
        weak, strong = Digest(daemon, "meter", "secret", "MD5"), Digest(daemon, "meter", "secret")
        checks.status(weak.ask("GET", "/m2m"), 200, "MD5 where it is allowed")
        checks.status(strong.ask("GET", "/m2m"), 200, "and SHA-256 beside it")
        checks.status(weak.ask("GET", "/m2m", algorithm=None), 200, "MD5 is what is meant where nothing is named")


def not_admitted(checks):
    checks.section("not admitted")
    with Daemon() as daemon:
        add(daemon, "add", "meter", "--entity", "applications/meter", "--digest")
        answer = daemon.client().get("/m2m")
        checks.that(all(not value.startswith("Digest") for value in answer.all_fields("WWW-Authenticate")), "by default nobody is asked for it")
        meter = Digest(daemon, "meter", "secret")
        meter.nonce = "0" * 48
        checks.status(meter.ask("GET", "/m2m"), 401, "and it is not taken")


def test(checks: Checks):
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        config = folder / "nscl.toml"
        config.write_text(CONFIG)
        with Daemon(config=config) as daemon:
            admin = daemon.admin()
            checks.status(admin.post("/m2m/containers", container("c")), 201, "a container")
            add(daemon, "add", "meter", "--operator", "--digest")
            add(daemon, "add", "thief", "--digest")
            add(daemon, "add", "plain")
            add(daemon, "add", 'quo"te \\ ü', "--entity", "applications/q", "--digest", password='pä"ss:word')
            for part in (with_curl, by_hand, a2_alike, admission, at_rest, ends):
                part(checks, daemon)
            checks.that("secret" not in daemon.log(), "no password in the log")
        md5(checks, folder)
    not_admitted(checks)


if __name__ == "__main__":
    nscl_test.main(test)
