#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What devices tell of their integrity, over TLS with pre-shared keys, and quarantine: threat row B10. Shows: R4.14, R5.1.5, R7.8."""

import hashlib
import hmac
import json
import pathlib
import shutil
import signal
import struct
import tempfile
import time

import nscl_test
from delivery import document, instance, subscription
from nscl_test import Checks, Daemon, until
from psk import PskDevices
from receiver import Receiver, answer
from wire import compose

NODES = {"gw1": "a1" * 16, "gw3": "a3" * 16}   # gw2 has no root key
CONFIG = """
[[listener]]
[[listener]]
tls = "psk"
[outgoing]
allowed_networks = ["127.0.0.0/8"]
[delivery]
first_retry = "1s"
last_retry = "1s"
[integrity]
mode = "%s"
"""


def lp(*items):
    return b"".join(struct.pack(">H", len(item)) + item for item in items)


def integrity_key(root, node):
    octets = struct.pack(">I", 1) + b"NSCL-1 IVal\0" + lp(bytes.fromhex(node)) + struct.pack(">I", 256)
    return hmac.digest(bytes.fromhex(root), octets, hashlib.sha256)


class Device:
    """A gateway that validates itself."""

    def __init__(self, scene, scl):
        self.scene, self.scl, self.node = scene, scl, NODES.get(scl)
        self.identity, self.key = f"id-{scl}", scene.key("add", f"id-{scl}", "--scl", scl)
        self.root = scene.key("add", f"n.{self.node}.1", "--scl", scl) if self.node else "00" * 32
        self.last = 0

    def time_stamp(self, off=0):
        """Later at each call: milliseconds."""
        self.last = max(self.last + 1, int(time.time() * 1000)) if not off else self.last
        moment = self.last if not off else int(time.time() * 1000) + off * 1000
        return time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(moment // 1000)) + f".{moment % 1000:03}Z"

    def results(self, results=0, stamp=None, spoil=0):
        stamp = stamp or self.time_stamp()
        key = integrity_key(self.root, self.node or "00" * 16)
        digest = hmac.digest(key, lp(struct.pack(">q", results), stamp.encode(), self.scl.encode()), hashlib.sha256)
        signature = struct.unpack(">q", digest[:8])[0] ^ spoil
        return (f"<m2m:integrityValResults><ivalResults>{results}</ivalResults><signedIvalResult>{signature}</signedIvalResult>"
                f"<secureTimeStamp>{stamp}</secureTimeStamp></m2m:integrityValResults>")

    def body(self, results="", **attributes):
        link = f"<m2m:link>{self.scene.link(self.scl)}</m2m:link>" if attributes else ""
        return document("scl", f"{link}<m2m:mgmtProtocolType>OMA_DM</m2m:mgmtProtocolType>{results}", **attributes)

    def ask(self, *request, **options):
        return self.scene.ask(self.identity, self.key, "-tls1_3", *request, **options)

    def register(self, results=""):
        return self.ask("POST", "/m2m/scls", body=self.body(results, sclId=self.scl))[0]

    def tell(self, results=""):
        return self.ask("PUT", f"/m2m/scls/{self.scl}", body=self.body(results))

    def session(self):
        """A live one, that has been answered once."""
        client = self.scene.start(self.identity, self.key, "-tls1_3")
        client.stdin.write(compose("GET", "/m2m", "h"))
        client.stdin.flush()
        self.scene.checks.that(client.stdout.readline().startswith(b"HTTP/1.1 200"), "a live session")
        return client


class Scene(PskDevices):
    def __init__(self, checks, folder, receiver):
        self.checks, self.receiver, self.config = checks, receiver, folder / "nscl.toml"
        self.config.write_text(CONFIG % "enforce")
        plain, self.psk = nscl_test.free_port(), nscl_test.free_port()
        self.daemon = Daemon(config=self.config, listen=[f"127.0.0.1:{port}" for port in (plain, self.psk)], start=False)
        self.daemon.port = plain
        self.daemon.launch()
        checks.that(self.daemon.wait_ready(), "ready")
        self.admin = self.daemon.admin()
        self.gw1, self.gw2, self.gw3 = (Device(self, scl) for scl in ("gw1", "gw2", "gw3"))

    def link(self, scl):
        return f"http://{scl}.example.net/m2m"

    def cli(self, *words):
        return self.daemon.cli(*words, "--data-dir", str(self.daemon.data_dir))

    def history(self, scl):
        listed = json.loads(self.cli("integrity", "list", "--scl", scl, "--json").stdout)
        return [entry["verdict"] for entry in listed]

    def is_told(self, name):
        return any(name in request.notify().ids() for request in self.receiver.matching(lambda request: request.target == "/m2m/applications/sink"))

    def reload(self, mode):
        self.config.write_text(CONFIG % mode)
        before = self.daemon.log().count("configuration reloaded")
        self.daemon.process.send_signal(signal.SIGHUP)
        self.checks.that(until(lambda: self.daemon.log().count("configuration reloaded") > before), f"reloaded: {mode}")

    def ended(self, client, text):
        client.stdout.read()   # until the daemon closes it: the test's own time limit is the bound
        self.checks.that(client.wait(10) is not None, text)
        client.stdin.close()


def alone(results):
    return results.replace("<m2m:integrityValResults>", '<m2m:integrityValResults xmlns:m2m="http://uri.etsi.org/m2m">')


def registration(scene):
    checks, gw1, gw2 = scene.checks, scene.gw1, scene.gw2
    checks.section("registration")
    checks.equal(gw1.register(), 400, "B10 missing")
    checks.equal(gw2.register(gw2.results()), 400, "B10 extra: nothing could have signed it")
    checks.equal(gw1.register(gw1.results(spoil=1)), 400, "B10 bad MAC")
    checks.equal(gw1.register(gw1.results(stamp=gw1.time_stamp(-3600))), 400, "B10 stale")
    checks.equal(gw1.register(gw1.results(stamp=gw1.time_stamp(3600))), 400, "B10 an hour ahead")
    halves = gw1.results().replace("<signedIvalResult>", "<!--").replace("</signedIvalResult>", "-->")
    checks.equal(gw1.register(halves), 400, "one part is missing")
    checks.equal(gw1.register(gw1.results(4)), 403, "R4.14 a failed validation: no registration")
    checks.status(scene.admin.get("/m2m/scls/gw1"), 404, "nothing is registered")
    good = gw1.results()
    checks.equal(gw1.register(good), 201, "R7.8 a proven one")
    checks.equal(gw2.register(), 201, "an SCL that cannot validate itself")
    shown = scene.admin.get("/m2m/scls/gw1").body.decode()
    checks.that(good.split("<secureTimeStamp>")[1].split("<")[0] in shown, "the time stamp is shown as it was sent")
    checks.equal(gw1.tell(good)[0], 400, "B10 the same time twice, in an update")
    checks.status(scene.admin.delete("/m2m/scls/gw1"), 204, "deregistered")
    checks.equal(gw1.register(good), 400, "B10 the same time twice, in a registration")
    checks.equal(gw1.register(gw1.results()), 201, "a later one")
    checks.that(gw1.tell(gw1.results())[0] in (200, 204), "and again in an update")
    for path, body, status in (("searchStrings", document("searchStrings", "<m2m:searchString>s</m2m:searchString>"), (200, 204)),
                               ("integrityValResults", alone(gw1.results(spoil=1)), (400,)), ("integrityValResults", alone(gw1.results()), (200, 204))):
        checks.that(gw1.ask("PUT", f"/m2m/scls/gw1/{path}", body=body)[0] in status, f"one attribute: {path} {status}")
    checks.that(gw1.tell()[0] in (200, 204), "an update that tells none")


def history(scene):
    checks = scene.checks
    checks.section("history")
    wanted = ["passed", "forged", "passed", "passed", "replayed", "replayed", "passed", "failed", "stale", "stale", "forged", "missing"]
    checks.equal(scene.history("gw1"), wanted, "by the command line")
    checks.equal(scene.history("gw2"), ["unexpected"], "of another")
    listed = scene.admin.get("/m2m-admin/integrity?scl=gw1")
    checks.status(listed, 200, "over HTTP")
    results = json.loads(listed.body)["results"]
    checks.equal([entry["verdict"] for entry in results], wanted, "the same")
    checks.equal((results[7]["ivalResults"], results[7]["node"]), (4, NODES["gw1"]), "with what was told")
    older = scene.admin.get(f"/m2m-admin/integrity?scl=gw1&before={results[9]['id']}")
    checks.equal([entry["id"] for entry in json.loads(older.body)["results"]], [entry["id"] for entry in results[10:]], "what lies before")
    checks.equal(len(json.loads(scene.admin.get("/m2m-admin/integrity").body)["results"]), 13, "of all")
    checks.status(scene.admin.get("/m2m-admin/integrity?x=1"), 400, "another query")
    checks.status(scene.admin.delete("/m2m-admin/integrity"), 405, "read only")
    stranger = scene.daemon.client(scene.daemon.principal("stranger", "secret"))
    checks.status(stranger.get("/m2m-admin/integrity"), 404, "A16 not for others")
    checks.that(scene.gw1.root not in scene.daemon.log(), "L4 no key in the log")


def quarantine(scene):
    """A failed result at a running SCL: its session ends, nothing is taken from it or sent to it, until that is lifted."""
    checks, gw1, admin, receiver = scene.checks, scene.gw1, scene.admin, scene.receiver
    checks.section("quarantine")
    poc = document("m2mPoc", f"<m2m:contactInfo><m2m:contactURI>{receiver.uri()}</m2m:contactURI></m2m:contactInfo><m2m:onlineStatus>ONLINE</m2m:onlineStatus>", m2m_id="p")
    checks.status(admin.post("/m2m/scls/gw1/m2mPocs", poc), 201, "it can be called")
    checks.status(admin.get(f"{scene.link('gw1')}/applications"), 200, "requests go on to it")
    checks.status(admin.post("/m2m/containers", document("container", m2m_id="told")), 201, "a container")
    told = subscription(f"{scene.link('gw1')}/applications/sink", name="s")
    checks.status(admin.post("/m2m/containers/told/contentInstances/subscriptions", told), 201, "somebody tells it what happens there")
    checks.status(admin.post("/m2m/containers/told/contentInstances", instance("before")), 201, "something happens")
    checks.that(until(lambda: scene.is_told("before")), "and is told")
    account = scene.daemon.client(scene.daemon.principal("gw1-by-password", "secret", scl="gw1"))
    checks.status(account.get("/m2m"), 200, "it has a password as well")
    live, other = gw1.session(), scene.gw2.session()

    status, text = gw1.tell(gw1.results(0x80))
    checks.that(status in (403, 0), f"R7.8 a running device that fails: {status}")   # 0: its session had ended before it read
    scene.ended(live, "its session ends")
    checks.that(other.poll() is None, "others go on")
    refused(scene, account)
    count = len(receiver.matching())
    checks.status(admin.post("/m2m/containers/told/contentInstances", instance("during")), 201, "something happens")
    subscribed = "/m2m/containers/told/contentInstances/subscriptions/s"
    time.sleep(2)   # for what must not come: its receiver is tried each second
    entry, = json.loads(scene.cli("quarantine", "list", "--json").stdout)
    checks.that(entry["scl"] == "gw1" and "tamper switch" in entry["reason"], f"for operators: {entry}")

    checks.status(admin.get(subscribed), 200, "the subscription stays")
    checks.equal(scene.daemon.restart(), 0, "restart")
    refused(scene, account)
    checks.equal(len(receiver.matching()), count, "R5.1.5 nothing is sent to it")
    checks.equal(scene.cli("quarantine", "remove", "gw1").returncode, 0, "lifted")
    checks.that(until(lambda: gw1.ask("GET", "/m2m")[0] == 200), "its fixed key is good again")
    checks.status(account.get("/m2m"), 200, "and its password")
    checks.status(admin.get(f"{scene.link('gw1')}/applications"), 200, "requests go on to it again")
    checks.that(until(lambda: scene.is_told("during")), "what happened meanwhile is told")
    checks.equal(scene.cli("quarantine", "remove", "gw1").returncode, 1, "once")


def refused(scene, account):
    checks, gw1, admin = scene.checks, scene.gw1, scene.admin
    status, text = gw1.ask("GET", "/m2m")
    checks.that(status == 403 and "quarantine" in text, f"R5.1.5 from it: {text[:300]}")
    checks.equal(gw1.ask("GET", "/m2m", headers={"From": f"{scene.link('gw1')}/applications/a"})[0], 403, "from an application of it")
    checks.equal(gw1.tell(gw1.results())[0], 403, "a better result comes too late")
    checks.status(account.get("/m2m"), 403, "by whatever credential")
    passed_on = admin.get(f"{scene.link('gw1')}/applications")
    checks.status(passed_on, 403, "to it")
    checks.that(b"quarantine" in passed_on.body, "and why")
    checks.status(admin.get(f"{scene.link('gw1')}/applications", headers={"X-etsi-trpdt": "PT20S"}), 403, "at once, whatever delay is tolerated")
    later = {"X-etsi-correlationID": f"later-{time.monotonic()}", "X-etsi-trpdt": "PT20S"}
    checks.status(admin.get(f"{scene.link('gw1')}/applications", headers=later), 403, "nor kept for it")
    checks.status(admin.get("/m2m/scls/gw1"), 200, "what is here of it can be read")


def by_hand(scene):
    checks, gw2 = scene.checks, scene.gw2
    checks.section("by hand")
    live = gw2.session()
    checks.equal(scene.cli("quarantine", "add", "gw2", "--reason", "stolen").returncode, 0, "added")
    scene.ended(live, "its session ends, without a restart")
    status, text = gw2.ask("GET", "/m2m")
    checks.equal(status, 403, "refused")
    checks.that("stolen" not in text, "the reason is for operators")
    checks.equal(scene.cli("quarantine", "add", "gw2", "--reason", "again").returncode, 0, "twice does no harm")
    checks.that("stolen" in scene.cli("quarantine", "list").stdout, "and changes nothing")
    checks.equal(scene.cli("quarantine", "add", "a/b").returncode, 2, "no id")
    checks.equal(scene.cli("quarantine", "add", "x", "--reason", "a\nb").returncode, 2, "no reason")
    checks.equal(scene.cli("quarantine", "remove", "gw2").returncode, 0, "removed")
    checks.that(until(lambda: gw2.ask("GET", "/m2m")[0] == 200), "good again")


def channel(scene):
    """What is polled goes by no credential: the channel knows whose it is."""
    checks, admin = scene.checks, scene.admin
    checks.section("channel")
    made = admin.post("/m2m/scls/gw2/notificationChannels", document("notificationChannel", "<m2m:channelType>LONG_POLLING</m2m:channelType>", m2m_id="c"))
    checks.status(made, 201, "a channel")
    text = admin.get("/m2m/scls/gw2/notificationChannels/c").body.decode()
    path = "/" + text.split("longPollingURI>")[1].split("<")[0].split("/", 3)[3]
    scene.cli("quarantine", "add", "gw2")
    checks.that(until(lambda: gw2_status(scene) == 403), "quarantined")
    checks.status(scene.daemon.client().post(path, ""), 403, "R5.1.5 its channel is not served")
    scene.cli("quarantine", "remove", "gw2")


def gw2_status(scene):
    return scene.gw2.ask("GET", "/m2m")[0]


def modes(scene):
    checks, gw3 = scene.checks, scene.gw3
    checks.section("modes")
    scene.reload("record")
    checks.equal(gw3.register(gw3.results(spoil=1)), 201, "record: noted")
    checks.that(gw3.tell(gw3.results(1))[0] in (200, 204), "record: a failed one")
    checks.equal(gw3.tell("<m2m:integrityValResults><ivalResults>no number</ivalResults></m2m:integrityValResults>")[0], 400, "malformed is malformed")
    checks.equal(scene.history("gw3"), ["failed", "forged"], "history")
    checks.equal(gw3.ask("GET", "/m2m")[0], 200, "not quarantined")
    scene.reload("off")
    checks.that(gw3.tell(gw3.results(1, spoil=1))[0] in (200, 204), "off: taken as it is")
    checks.equal(scene.history("gw3"), ["failed", "forged"], "and not judged")


def test(checks: Checks):
    folder = pathlib.Path(tempfile.mkdtemp(prefix="nscl-integrity-"))
    try:
        with Receiver(usual=answer(200, b"<x/>", {"Content-Type": "application/xml"})) as receiver:
            scene = Scene(checks, folder, receiver)
            with scene.daemon:
                for part in (registration, history, quarantine, by_hand, channel, modes):
                    part(scene)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    nscl_test.main(test)
