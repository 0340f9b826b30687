#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Calls over TLS from outside: notifications to https receivers, whom they believe and what they are shown; two NSCLs that register at
each other by certificates, and by a pre-shared key (docs/tls.md, Outgoing). Security 3.4 row 15, 4.10; rows S5, T1, T3; R7.1, R7.5."""

import json
import pathlib
import re
import shutil
import signal
import ssl
import tempfile
import urllib.parse

import delivery
import nscl_test
from delivery import Scene, application, document
from nscl_test import Checks
from certificates import Authority

NAME = "IP:127.0.0.1"


def server_context(authority, name, client_ca=None):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(authority / f"{name}.pem", authority / f"{name}.key")
    if client_ca:
        context.load_verify_locations(client_ca / "ca.pem")
        context.verify_mode = ssl.CERT_REQUIRED
    return context


def folder_of(parent, name):
    folder = parent / name
    folder.mkdir()
    return folder


def told(scene, path, receiver):
    return bool(receiver.matching(lambda request: request.target == path))


def failures(scene, port):
    """What the log tells of failed calls to a port of ours."""
    return re.findall(rf'TLS with another host failed host=127.0.0.1 port={port} reason="([^"]+)"', scene.daemon.log())


def reload(scene, before=None):
    """SIGHUP, once `before` was done to the files."""
    count = scene.daemon.log().count("configuration reloaded")
    if before:
        before()
    scene.daemon.process.send_signal(signal.SIGHUP)
    scene.until(lambda: scene.daemon.log().count("configuration reloaded") > count, "reloaded")


def add_settings(scene, settings):
    text = scene.config.read_text()
    for key, value in settings.items():
        section, name = key.split(".")
        text = text.replace(f"[{section}]\n", f"[{section}]\n{name} = {json.dumps(value)}\n", 1)
    scene.config.write_text(text)


def notifications(checks, authority, stranger):
    scene = Scene(checks, settings={"outgoing.ca": authority / "ca.pem"})
    with scene:
        scene.make("applications", application("a"))

        checks.section("a receiver with a certificate")
        good = scene.another_receiver(tls=server_context(authority, "receiver"))
        scene.subscribe("applications/a", "/good", "good", receiver=good)
        scene.notified("/good", 1, receiver=good)
        checks.status(scene.admin.put("/m2m/applications/a", application(None, delivery.strings("changed"))), (200, 204), "change")
        scene.notified("/good", 2, receiver=good)
        checks.equal(good.connections, 1, "over one connection")

        checks.section("a receiver of an unknown authority")
        context = server_context(stranger, "receiver")
        bad = scene.another_receiver(tls=context)
        scene.subscribe("applications/a", "/bad", "bad", receiver=bad)
        scene.until(lambda: bad.failed_handshakes >= 2, "is called again and again")
        checks.that(not told(scene, "/bad", bad), "and told nothing")
        checks.that("unable to get local issuer certificate" in failures(scene, bad.port), "the log says why")
        context.load_cert_chain(authority / "receiver.pem", authority / "receiver.key")
        scene.notified("/bad", 1, receiver=bad)

        checks.section("a receiver of another name")
        other = scene.another_receiver(tls=server_context(authority, "elsewhere"))
        scene.subscribe("applications/a", "/other", "other", receiver=other)
        scene.until(lambda: "IP address mismatch" in failures(scene, other.port), "is refused")
        checks.that(not told(scene, "/other", other), "and told nothing")

        checks.section("a receiver without TLS")
        scene.make("applications/a/subscriptions", delivery.subscription(scene.receiver.uri("/plain").replace("http:", "https:"), "plain"))
        scene.until(lambda: failures(scene, scene.receiver.port), "is refused")
        checks.that(not told(scene, "/plain", scene.receiver), "and told nothing")

        checks.section("a receiver that wants a certificate")
        strict = scene.another_receiver(tls=server_context(authority, "receiver", client_ca=authority))
        scene.subscribe("applications/a", "/strict", "strict", receiver=strict)
        scene.until(lambda: strict.failed_handshakes >= 1, "gets none")
        scene.until(lambda: failures(scene, strict.port), "which the log says")
        reload(scene, lambda: add_settings(scene, {"outgoing.certificate": authority / "caller.pem", "outgoing.private_key": authority / "caller.key"}))
        scene.notified("/strict", 1, receiver=strict)
        checks.that(scene.daemon.alive(), "the daemon lives")


class Node:
    """An NSCL with a plain port for the operator and a port with TLS for its peer."""

    def __init__(self, checks, name, listener):
        self.name, self.port, self.secure_port = name, nscl_test.free_port(), nscl_test.free_port()
        self.scene = Scene(checks, start=False)
        self.daemon, self.config, self.listener = self.scene.daemon, self.scene.config, listener
        self.daemon.port = self.port
        self.daemon.listen = [f"127.0.0.1:{self.port}", f"127.0.0.1:{self.secure_port}"]
        self.authorization = self.daemon.principal("operator", "pw", operator=True)

    @property
    def base(self):
        return f"https://127.0.0.1:{self.secure_port}/m2m"

    def configure(self, other, peer):
        text = delivery.config_file(delivery.SETTINGS)
        self.config.write_text(text.read_text() + f"""
[scl]
base_uri = "https://127.0.0.1:{self.secure_port}"
[[listener]]
[[listener]]
{self.listener}
[[peer]]
id = "{other.name}"
own_id = "{self.name}"
register = true
uri = "{other.base}"
{peer}
""")
        text.unlink()

    def start(self):
        self.daemon.start()
        self.scene.admin = self.daemon.client(self.authorization)

    def knows(self, other):
        got = self.scene.admin.get(f"/m2m/scls/{other.name}")
        return got.status == 200 and b"onlineStatus>ONLINE<" in got.body and f"link>{other.base}<".encode() in got.body

    def ask(self, other, path):
        return self.scene.admin.get("/m2m?targetID=" + urllib.parse.quote(f"{other.base}/{path}", safe=""))


def register_at_each_other(checks, nodes):
    for node in nodes:
        node.start()
    one, two = nodes
    for node, other in ((one, two), (two, one)):
        node.scene.until(lambda: node.knows(other) and f"registered peer={other.name}" in node.daemon.log(), f"{node.name} and {other.name} know each other")
        node.scene.make("applications", application("open", "<m2m:accessRightID>accessRights/AR_DEFAULT</m2m:accessRightID>"))
    for node, other in ((one, two), (two, one)):
        checks.status(other.ask(node, "applications/open"), 200, f"{other.name} asks {node.name}")
        to = f"<m2m:announceTo><m2m:activated>true</m2m:activated><m2m:sclList><m2m:reference>{other.name}</m2m:reference></m2m:sclList></m2m:announceTo>"
        node.scene.make("applications", application("known", to))
        node.scene.until(lambda: other.scene.admin.get(f"/m2m/scls/{node.name}/applications/knownAnnc").status == 200, f"{node.name} announces at {other.name}")


def by_certificates(checks, authority):
    checks.section("two NSCLs with certificates")
    listener = (f'tls = "certificate"\ncertificate = "{authority / "receiver.pem"}"\nprivate_key = "{authority / "receiver.key"}"\n'
                f'client_ca = "{authority / "ca.pem"}"\nrequire_client_certificate = true')
    one, two = (Node(checks, name, listener) for name in ("one", "two"))
    for node, other in ((one, two), (two, one)):
        node.configure(other, f'ca = "{authority / "ca.pem"}"\ncertificate = "{authority / node.name}.pem"\nprivate_key = "{authority / node.name}.key"')
        done = node.daemon.cli("principal", "add", "--scl", other.name, "--certificate", f"URI:urn:nscl:{other.name}", "--data-dir", str(node.daemon.data_dir))
        checks.equal(done.returncode, 0, f"a principal whom the certificate proves: {done.stderr}")
    with one.scene, two.scene:
        register_at_each_other(checks, (one, two))
        checks.that(one.daemon.alive() and two.daemon.alive(), "both daemons live")


def by_keys(checks, folder):
    checks.section("two NSCLs with pre-shared keys")
    one, two = (Node(checks, name, 'tls = "psk"') for name in ("one", "two"))

    def key(node, *words):
        done = node.daemon.cli("key", *words, "--data-dir", str(node.daemon.data_dir))
        checks.equal(done.returncode, 0, f"key {words}: {done.stderr}")
        return done.stdout.strip()

    secrets = []
    for node, other in ((one, two), (two, one)):
        secrets.append(key(other, "add", f"id-{node.name}", "--scl", node.name))
        file = folder / f"{node.name}.psk"
        file.touch(0o600)
        file.write_text(secrets[-1] + "\n")
        node.configure(other, f'psk_identity = "id-{node.name}"\npsk_file = "{file}"')
    with one.scene, two.scene:
        register_at_each_other(checks, (one, two))

        checks.section("a key that is revoked, and one that is replaced")
        checks.status(one.ask(two, "scls/one"), 200, "one reads its own scl there")
        key(two, "revoke", "id-one")
        one.scene.until(lambda: one.ask(two, "scls/one").status == 502, "T3 nothing goes by a revoked key, in a second at most")
        one.scene.until(lambda: failures(one.scene, two.secure_port), "the log says so")
        told_to_client = one.ask(two, "scls/one").text
        checks.that("alert" not in told_to_client, f"but the client is not told how: {told_to_client}")
        secrets.append(key(two, "add", "id-one-again", "--scl", "one"))

        def replace():
            (folder / "one.psk").write_text(secrets[-1] + "\n")
            one.config.write_text(one.config.read_text().replace('"id-one"', '"id-one-again"'))

        reload(one.scene, replace)
        checks.status(one.ask(two, "scls/one"), 200, "a new one does, after SIGHUP")
        log = one.daemon.log() + two.daemon.log()
        checks.that(not [secret for secret in secrets if secret.removeprefix("hex:") in log], "L4 no key in the log")
        addresses = [word for address in one.daemon.listen for word in ("--listen", address)]
        shown = one.daemon.cli("check-config", "--print", "--config", str(one.config), *addresses).stdout
        checks.that("id-one-again" in shown and not [secret for secret in secrets if secret.removeprefix("hex:") in shown], "nor in the printed configuration")


def configurations(checks, authority, folder):
    checks.section("configurations that are refused")
    file = folder / "bad.toml"
    weak = folder / "weak.psk"
    weak.touch(0o600)
    weak.write_text("hex:" + "00" * 16)
    open_to_all = folder / "open.psk"
    open_to_all.write_text("hex:" + bytes(range(32)).hex())
    open_to_all.chmod(0o644)
    some = open_to_all
    peer = '[[peer]]\nuri = "https://a.example/m2m"\n'
    daemon = nscl_test.Daemon(start=False)
    for text, problem in (
            (f'[outgoing]\ncertificate = "{authority / "caller.pem"}"\n', "outgoing.private_key: is needed"),
            (f'[outgoing]\nprivate_key = "{authority / "caller.key"}"\n', "outgoing.certificate: is needed"),
            ('[outgoing]\nca = "/nowhere.pem"\n', "outgoing.ca: authority /nowhere.pem"),
            (f'[outgoing]\ncertificate = "{authority / "caller.pem"}"\nprivate_key = "{authority / "receiver.key"}"\n', "outgoing.private_key: private key"),
            (f'{peer}certificate = "/nowhere.pem"\nprivate_key = "{authority / "caller.key"}"\n', "peer[0].certificate: certificate /nowhere.pem"),
            (f'{peer}psk_identity = "a"\n', "peer[0].psk_file: is needed"),
            (f'{peer}psk_file = "{some}"\n', "peer[0].psk_identity: is needed"),
            (f'{peer}psk_identity = "a b"\npsk_file = "{some}"\n', "peer[0].psk_identity: \"a b\" is no identity"),
            (f'{peer}psk_identity = "a"\npsk_file = "{open_to_all}"\n', "peer[0].psk_file: "),
            (f'{peer}psk_identity = "a"\npsk_file = "{weak}"\n', "are all the same"),
            (f'{peer}psk_identity = "a"\npsk_file = "/nowhere"\n', "peer[0].psk_file: /nowhere"),
            (f'{peer}psk_identity = "a"\npsk_file = "{some}"\nca = "{authority / "ca.pem"}"\n', "peer[0].psk_identity: a peer has either"),
            (f'{peer.replace("https", "http")}psk_identity = "a"\npsk_file = "{some}"\n', "peer[0].uri: is not https"),
            (f'[[peer]]\nca = "{authority / "ca.pem"}"\n', "peer[0].uri: is not https"),
            (f'{peer}ca = "{authority / "ca.pem"}"\n{peer}id = "b"\nca = "{authority / "ca.pem"}"\n', "peer[1].uri: has the host and port")):
        file.write_text(text)
        for command in (["check-config"], ["serve", "--data-dir", str(daemon.data_dir), "--listen", "127.0.0.1:0"]):
            done = daemon.cli(*command, "--config", str(file))
            checks.equal(done.returncode, 2, f"{command[0]} refuses\n{text}")
            checks.that(problem in done.stderr, f"{command[0]}: {problem} in {done.stderr}")
    daemon.close()


def test(checks: Checks):
    if not shutil.which("openssl"):
        nscl_test.skip("there is no openssl")
    folder = pathlib.Path(tempfile.mkdtemp(prefix="nscl-outgoing-"))
    try:
        authority, stranger = Authority(folder_of(folder, "known")).create(), Authority(folder_of(folder, "unknown")).create()
        for name, alternative, usage in (("receiver", NAME, "serverAuth"), ("elsewhere", "IP:127.0.0.2", "serverAuth"), ("caller", "URI:urn:caller", "clientAuth"),
                                         ("one", "URI:urn:nscl:one", "clientAuth"), ("two", "URI:urn:nscl:two", "clientAuth")):
            authority.make(name, alternative, usage)
        stranger.make("receiver", NAME, "serverAuth")
        notifications(checks, authority, stranger)
        by_certificates(checks, authority)
        by_keys(checks, folder)
        configurations(checks, authority, folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    nscl_test.main(test)
