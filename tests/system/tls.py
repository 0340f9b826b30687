#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""TLS from outside: gateways with pre-shared keys by `openssl s_client` (T1, T2, T3, T15, A3, A4; R7.1, R7.5, R7.10), HTTPS with
passwords, client certificates and sessions (R4.11), reload of certificates, and quotas (D3; R5.2.2)."""

import json
import pathlib
import shutil
import signal
import tempfile

import nscl_test
from certificates import Authority
from nscl_test import Checks, Daemon, until
from psk import PskDevices
from wire import Connection, compose

SCL = '<m2m:scl xmlns:m2m="http://uri.etsi.org/m2m" sclId="%s"><m2m:link>%s</m2m:link><m2m:mgmtProtocolType>OMA_DM</m2m:mgmtProtocolType></m2m:scl>'


class Tls(PskDevices):
    def __init__(self, checks, folder, listener=""):
        """`listener`: more keys for each of the three."""
        self.checks, self.authority = checks, Authority(folder).create()
        self.authority.make("server", "IP:127.0.0.1", "serverAuth")
        self.authority.make("meter", "URI:urn:meter", "clientAuth")
        self.plain, self.psk, self.https = (nscl_test.free_port() for _ in range(3))
        config = folder / "nscl.toml"
        config.write_text(f"""
[[listener]]
{listener}[[listener]]
{listener}tls = "psk"
[[listener]]
{listener}tls = "certificate"
certificate = "{self.authority / 'server.pem'}"
private_key = "{self.authority / 'server.key'}"
client_ca = "{self.authority / 'ca.pem'}"
[quota]
requests = 0
writes = 1
writes_burst = 20
resources = 50
""")
        ports = [f"127.0.0.1:{port}" for port in (self.plain, self.psk, self.https)]
        self.daemon = Daemon(config=config, listen=ports, start=False)
        self.daemon.port = self.plain
        self.daemon.launch()
        checks.that(self.daemon.wait_ready(), "ready")

    def connect(self, context, source=None):
        connection = Connection("127.0.0.1", self.https, 10, source)
        connection.socket = context.wrap_socket(connection.socket, server_hostname="127.0.0.1")
        return connection

    def secure(self, context, authorization=None, method="GET", target="/m2m"):
        connection = self.connect(context)
        connection.send(compose(method, target, f"127.0.0.1:{self.https}", "" if method == "POST" else None, authorization=authorization))
        answer = connection.read()
        connection.close()
        return answer


def keys(tls):
    checks = tls.checks
    checks.section("keys")
    key, other = tls.key("add", "id-1", "--scl", "gw1"), tls.key("add", "id-2", "--scl", "gw2")
    for version, alert in (("-tls1_2", 20), ("-tls1_3", 47)):
        checks.equal(tls.alert("id-1", other, version), alert, f"T1 {version}")
        checks.equal(tls.alert("nobody", other, version), alert, f"T2 {version}")
        status, _ = tls.ask("id-1", key, version, "GET", "/m2m")
        checks.equal(status, 200, f"the key is the credential {version}")
        status, _ = tls.ask("id-1", key, version, "POST", "/m2m/scls", body=SCL % ("gw2", "http://gw2.example/m2m"))
        checks.that(status in (401, 403), f"A4 somebody else's scl {version}: {status}")
    checks.equal(tls.ask("id-1", key, "-tls1_2", "POST", "/m2m/scls", body=SCL % ("gw1", "http://gw1.example/m2m"))[0], 201, "registers its scl")
    checks.equal(tls.ask("id-2", other, "-tls1_3", "POST", "/m2m/scls", body=SCL % ("gw2", "http://gw2.example/m2m"))[0], 201, "and the other")
    for claim, status in (("http://gw1.example/m2m/applications/a", 404), ("http://gw2.example/m2m", 401), ("/m2m/scls/gw2", 401)):
        checks.equal(tls.ask("id-1", key, "-tls1_3", "GET", "/m2m/scls/gw2", headers={"From": claim})[0], status, f"A3 {claim}")
    checks.equal(tls.ask("id-1", key, "-tls1_3", "POST", "/m2m-session", body="")[0], 403, "a key opens no session that would outlive it")
    checks.that(tls.alert("id-1", key, "-tls1_1") is not None, "T11 old versions are refused")


def revocation(tls):
    checks = tls.checks
    checks.section("revocation")
    key = tls.key("add", "id-3", "--scl", "gw3")
    client = tls.start("id-3", key, "-tls1_3")
    client.stdin.write(compose("GET", "/m2m", "h"))
    client.stdin.flush()
    checks.that(client.stdout.readline().startswith(b"HTTP/1.1 200"), "a live session")
    untouched = tls.start("id-1", tls.key("rotate", "id-1"), "-tls1_3")
    untouched.stdin.write(compose("GET", "/m2m", "h"))
    untouched.stdin.flush()
    checks.that(untouched.stdout.readline().startswith(b"HTTP/1.1 200"), "another one, by a key of the second generation")
    tls.key("revoke", "id-3")
    client.stdout.read()   # until the daemon closes it: the test's own time limit is the bound
    checks.equal(client.wait(10) is not None, True, "R7.5 a revoked key ends its session")
    checks.equal(tls.alert("id-3", key, "-tls1_3"), 47, "T3 as if it had never been")
    checks.that(untouched.poll() is None, "others go on")
    rotated = tls.key("rotate", "id-1")
    untouched.stdout.read()
    untouched.wait(10)
    checks.equal(tls.ask("id-1", rotated, "-tls1_3", "GET", "/m2m")[0], 200, "R7.10 other octets under the same identity")
    client.stdin.close()
    untouched.stdin.close()


def two_places(tls):
    checks = tls.checks
    checks.section("T19 a key in two places")
    key = tls.key("add", "id-t19", "--scl", "gw19")
    first = tls.start("id-t19", key, "-tls1_3", "-bind", "127.0.0.2:0")
    first.stdin.write(compose("GET", "/m2m/scls/gw19", "h"))
    first.stdin.flush()
    checks.that(first.stdout.read(12).startswith(b"HTTP/1.1"), "the first is served")
    checks.equal(tls.ask("id-t19", key, "-tls1_3", "GET", "/m2m/scls/gw19")[0], 404, "so is the second")
    listed = lambda: tls.daemon.cli("audit", "list", "--event", "node.duplicate", "--data-dir", str(tls.daemon.data_dir)).stdout
    checks.that(until(lambda: "id-t19" in listed() and "127.0.0.1" in listed()), "it is recorded")
    first.kill()
    first.communicate()


def https(tls):
    checks = tls.checks
    checks.section("https")
    anonymous, admin = tls.authority.context(), nscl_test.basic("admin", tls.daemon.admin_password())
    checks.status(tls.secure(anonymous), 401, "no proof")
    checks.status(tls.secure(anonymous, admin), 200, "a password")
    opened = tls.secure(anonymous, admin, "POST", "/m2m-session")
    checks.status(opened, 201, "R4.11 a session")
    token = "Bearer " + json.loads(opened.body)["token"]
    checks.status(tls.secure(anonymous, token), 200, "its token")
    checks.status(tls.secure(anonymous, token, "POST", "/m2m-session"), 403, "opens no other")
    checks.status(tls.secure(anonymous, token, "DELETE", "/m2m-session"), 204, "and ends")
    checks.status(tls.secure(anonymous, token), 401, "for good")
    checks.that(token[7:] not in tls.daemon.log(), "L4 no token in the log")
    meter = tls.authority.context("meter")
    checks.status(tls.secure(meter), 401, "a certificate that is nobody's")
    words = ["principal", "add", "meter", "--certificate", "URI:urn:meter", "--data-dir", str(tls.daemon.data_dir)]
    checks.equal(tls.daemon.cli(*words).returncode, 0, "a principal with a certificate")
    checks.equal(tls.daemon.cli(*[word.replace("meter", "other") if word == "meter" else word for word in words]).returncode, 1, "one name, one principal")
    checks.that(until(lambda: tls.secure(meter).status == 200), "its certificate is its proof")
    for password in ("", "!"):
        checks.status(tls.secure(anonymous, nscl_test.basic("meter", password)), 401, "and no password")
    checks.status(tls.secure(meter, nscl_test.basic("meter", "x")), 401, "a wrong password is not made good by a certificate")


def reload(tls):
    checks = tls.checks
    checks.section("reload")
    context, admin = tls.authority.context(), nscl_test.basic("admin", tls.daemon.admin_password())
    kept = tls.connect(context)
    before = kept.socket.getpeercert()["serialNumber"]
    tls.authority.make("server", "IP:127.0.0.1", "serverAuth")
    tls.daemon.process.send_signal(signal.SIGHUP)
    checks.that(until(lambda: "configuration reloaded" in tls.daemon.log()), "reloaded")
    fresh = tls.connect(context)
    checks.that(fresh.socket.getpeercert()["serialNumber"] != before, "new connections see the new certificate")
    fresh.close()
    kept.send(compose("GET", "/m2m", "h", authorization=admin))
    checks.status(kept.read(), 200, "old connections go on")
    kept.close()


def is_refused_without_its_body(tls, noisy):
    """False, if a write was allowed again between the refusal of a small one and the large one."""
    large = Connection("127.0.0.1", tls.plain, 2)
    while noisy.post("/m2m/applications", '<m2m:application xmlns:m2m="http://uri.etsi.org/m2m" appId="noisy0"/>').status != 429:
        pass
    large.send(f"POST /m2m/applications HTTP/1.1\r\nHost: h\r\nAuthorization: {nscl_test.basic('noisy', 'secret')}\r\n"
               "Content-Type: application/xml\r\nContent-Length: 500000\r\n\r\n".encode())
    try:
        return large.read().status == 429
    except TimeoutError:
        return False
    finally:
        large.close()


def quotas(tls):
    checks = tls.checks
    checks.section("quotas")
    noisy, calm = (tls.daemon.client(tls.daemon.principal(name, "secret")) for name in ("noisy", "calm"))
    statuses = [noisy.post("/m2m/applications", f'<m2m:application xmlns:m2m="http://uri.etsi.org/m2m" appId="noisy{i}"/>') for i in range(200)]
    refused = [answer for answer in statuses if answer.status == 429]
    checks.that(0 < len(refused) <= 180, f"D3 429 for {len(refused)} of 200 writes, and a burst before")
    checks.equal({answer.status for answer in statuses}, {201, 429}, "nothing else")
    if refused:
        checks.that(int(refused[0].field("Retry-After")) >= 1, "with Retry-After")
    checks.that(any(is_refused_without_its_body(tls, noisy) for _ in range(20)), "D3 429 before a large body is read")
    checks.status(noisy.get("/m2m"), 200, "reads are counted apart")
    checks.status(calm.post("/m2m/applications", '<m2m:application xmlns:m2m="http://uri.etsi.org/m2m" appId="calm"/>'), 201, "R5.2.2 others are served")
    admin = tls.daemon.admin()
    bodies = [f'<m2m:application xmlns:m2m="http://uri.etsi.org/m2m" appId="admin{i}"/>' for i in range(60)]
    checks.equal({admin.post("/m2m/applications", body).status for body in bodies}, {201}, "operators have no quota")


def resources(tls):
    """An application with its collection of containers, and 48 of these."""
    checks, admin = tls.checks, tls.daemon.admin()
    checks.section("resources")
    names = 'xmlns:m2m="http://uri.etsi.org/m2m"'
    checks.status(admin.post("/m2m/applications", f'<m2m:application {names} appId="full"/>'), 201, "an application")
    answers = [admin.post("/m2m/applications/full/containers", f'<m2m:container {names} m2m:id="c{i}"/>') for i in range(60)]
    checks.equal([answer.status for answer in answers], [201] * 48 + [403] * 12, "R5.2.2 so many, and no more")
    checks.that(b"delete some" in answers[-1].body, "and why")
    checks.equal({admin.post("/m2m/applications/full/containers/c1/contentInstances", str(i)).status for i in range(5)}, {201}, "instances do not count")
    checks.status(admin.post("/m2m/applications/calm/containers", f'<m2m:container {names}/>'), 201, "others are served")
    checks.status(admin.delete("/m2m/applications/full/containers/c1"), 204, "one goes")
    checks.status(admin.post("/m2m/applications/full/containers", f'<m2m:container {names}/>'), 201, "and another comes")
    checks.status(admin.post("/m2m/applications/full/containers", f'<m2m:container {names}/>'), 403, "not two")
    checks.status(admin.delete("/m2m/applications/full"), 204, "all go")
    checks.status(admin.post("/m2m/applications", f'<m2m:application {names} appId="full"/>'), 201, "it begins anew")
    checks.status(admin.post("/m2m/applications/full/containers", f'<m2m:container {names}/>'), 201, "with room")


def test(checks: Checks):
    folder = pathlib.Path(tempfile.mkdtemp(prefix="nscl-tls-"))
    try:
        tls = Tls(checks, folder)
        with tls.daemon:
            for part in (keys, revocation, two_places, https, reload, quotas, resources):
                part(tls)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    nscl_test.main(test)
