#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""`nscl device bootstrap --push`: the daemon pushes the document by UDP and short message until a client that was made from it has come. The pushes are decoded here
by WAP-230, what is in them by wbxml2xml; the message centre is Net::SMPP (smpp_centre.pl). M1; no password anywhere but in the push."""

import base64
import hmac
import html
import json
import pathlib
import re
import shutil
import socket
import subprocess
import tempfile

import nscl_test
from dm_client import DmClient
from nscl_test import Daemon, free_port, until
from omadm_calls import Centre, M2M, XML, has_peer, set_trigger

CONFIG = """
[[listener]]
port = 0
[[listener]]
purpose = "dm"
port = 0
[management]
unknown_devices = "adopt"
connection_request_networks = ["127.0.0.0/8"]
[log]
level = "debug"
"""
SMPP = '[smpp]\naddress = "127.0.0.1"\nport = {port}\nsystem_id = "nscl"\npassword = "hushsmpp"\ndestinations = ["+4915"]\n'
DEVICE, PIN = "urn:imei:350000000000001", b"1234"
PATIENCE = 20


class Phone:
    """Listens as a client does before it knows any server."""

    def __init__(self):
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind(("127.0.0.1", 0))
        self.socket.settimeout(PATIENCE)
        self.address = f"udp://127.0.0.1:{self.socket.getsockname()[1]}"

    def push(self):
        return self.socket.recv(65536)

    def is_silent(self, seconds):
        self.socket.settimeout(seconds)
        try:
            self.socket.recv(65536)
            return False
        except TimeoutError:
            return True
        finally:
            self.socket.settimeout(PATIENCE)


def number(octets, at):
    """A uintvar, and what follows it."""
    value = 0
    while octets[at] & 0x80:
        value, at = value << 7 | octets[at] & 0x7F, at + 1
    return value << 7 | octets[at], at + 1


def decoded(checks, push):
    """Type, SEC, MAC and body of a push of a document (WAP-230 8.2.4.1, 8.4.2.24)."""
    checks.equal(push[1], 6, "it is a push")
    size, at = number(push, 2)
    headers, body = push[at:at + size], push[at + size:]
    length, begin = (headers[0], 1) if headers[0] < 31 else number(headers, 1)
    value, rest = headers[begin:begin + length], headers[begin + length:]
    checks.equal(len(value), length, "the length of the content type")
    if value[0] & 0x80:   # numbers: the type, SEC and its value; MAC, a text
        checks.equal([value[0], value[1], value[3]], [0x80 | 0x36, 0x80 | 0x11, 0x80 | 0x12], "client provisioning with SEC and MAC")
        words = ["application/vnd.wap.connectivity-wbxml", str(value[2] & 0x7F), value[4:-1].decode()]
    else:
        kind, sec_name, sec, mac_name, mac, end = value.split(b"\0")
        checks.equal([sec_name, mac_name, end, rest], [b"SEC", b"MAC", b"", b"\xaf\x87"], "a message with SEC and MAC, for the client of OMA-DM")
        words = [kind.decode(), sec.decode(), mac.decode()]
    return (*words, body)


def as_xml(body):
    return subprocess.run(["wbxml2xml", "-o", "-", "-"], input=body, capture_output=True, check=True, timeout=20).stdout.decode()


class Account:
    """What a client takes from a document of client provisioning."""

    def __init__(self, checks, push):
        kind, sec, mac, body = decoded(checks, push)
        checks.equal([kind, sec], ["application/vnd.wap.connectivity-wbxml", "1"], "its type, and whose pin")
        checks.equal(mac, hmac.new(PIN, body, "sha1").hexdigest().upper(), "the proof is of the body under the pin")
        text = as_xml(body)
        checks.equal(self.parameters(text[:text.index("APPAUTH")])["APPID"], "w7", "an account of OMA-DM")
        own, server = (self.parameters(part) for part in text.split("APPAUTH")[1:3])
        checks.equal([own["AAUTHLEVEL"], server["AAUTHLEVEL"]], ["APPSRV", "CLIENT"], "both directions")
        self.own, self.server = own, server
        self.secrets = [own["AAUTHSECRET"], server["AAUTHSECRET"]]

    @staticmethod
    def parameters(text):
        return dict(re.findall(r'name="([^"]*)" value="([^"]*)"', text))

    def client(self, port):
        client = DmClient(port, DEVICE, self.own["AAUTHSECRET"], self.server["AAUTHSECRET"], user=self.own["AAUTHNAME"])
        client.server, client.type = self.server["AAUTHNAME"], "syncml:auth-md5"
        client.nonce, client.own_nonce = (base64.b64decode(each["AAUTHDATA"]) for each in (self.own, self.server))
        return client


def first_status(client):
    """How the server takes the first message of a client. Three wrong ones would lock out who is at this address."""
    client.session, client.msg, client.target = "9", 0, client.path
    return client.post([client.first("1201"), client.dev_info()], with_cred=True).status_of("0")


class World:
    def __init__(self, checks, folder, centre):
        self.checks, self.folder, self.secrets = checks, pathlib.Path(folder), set()
        self.config, self.pin = self.folder / "nscl.toml", self.folder / "pin"
        self.config.write_text(CONFIG + (SMPP.format(port=centre.port) if centre else ""))
        self.pin.write_bytes(PIN + b"\n")
        self.pin.chmod(0o600)
        self.tree, self.dm = free_port(), free_port()
        self.daemon = Daemon(config=self.config, start=False, listen=[f"127.0.0.1:{self.tree}", f"127.0.0.1:{self.dm}"])
        self.daemon.port = self.tree
        self.daemon.start()

    def device(self, *words):
        return self.daemon.cli("device", *words, "--config", str(self.config), "--data-dir", str(self.daemon.data_dir))

    def bootstrap(self, *words, sec="userpin"):
        proof = ["--sec", sec, "--pin-file", str(self.pin)] if sec else []
        return self.device("bootstrap", DEVICE, "--url", f"http://127.0.0.1:{self.dm}/dm", "--server-id", "nscl", *proof, *words)

    def push(self, *words):
        done = self.bootstrap(*words)
        self.checks.equal(done.returncode, 0, f"{words}: {done.stderr}")

    def shown(self):
        return json.loads(self.device("show", DEVICE, "--json").stdout)

    def codes(self):
        return [event["code"] for event in self.shown()["events"] if event["code"].startswith("bootstrap.")]

    def account(self, push):
        account = Account(self.checks, push)
        self.secrets |= set(account.secrets)
        return account


def refused(world):
    checks = world.checks
    checks.section("what is not pushed")
    for words, sec, reason in ((["--push", "udp://127.0.0.1:5"], "", "--sec"), (["--push", "udp://127.0.0.1:5", "--xml"], "userpin", "--xml"), ([], "userpin", "--push"),
                               (["--push", "http://127.0.0.1/"], "userpin", "udp://"), (["--push", "udp://localhost"], "userpin", "no names"),
                               (["--push", "tel:x"], "userpin", "tel:"), (["--push"], "userpin", "remTriggerAddr"),
                               (["--push", "udp://127.0.0.1:5", "--name", "n" * 1000, "--profile", "dm"], "userpin", "can be pushed")):
        done = world.bootstrap(*words, sec=sec)
        checks.that(done.returncode != 0 and reason in done.stderr, f"{words}: {done.stderr}")
    off = world.folder / "off.toml"
    off.write_text(CONFIG.replace("[management]", "[management]\nconnection_requests = false"))
    done = world.daemon.cli("device", "bootstrap", DEVICE, "--url", "http://127.0.0.1/", "--server-id", "nscl", "--push", "udp://127.0.0.1:5", "--sec", "userpin",
                            "--pin-file", str(world.pin), "--config", str(off), "--data-dir", str(world.daemon.data_dir))
    checks.that(done.returncode != 0 and "connection_requests" in done.stderr, "nobody would push it")
    checks.that(world.device("show", DEVICE).returncode != 0, "nothing was kept")


def by_udp(world):
    """M1: from the push to the first session, which ends it."""
    checks, phone = world.checks, Phone()
    checks.section("M1 UDP")
    world.push("--push", phone.address)
    old = world.account(phone.push())
    shown = world.shown()["bootstrap"]
    checks.equal(shown["address"], phone.address, "it is under way")
    checks.that("bootstrap.address" in world.device("show", DEVICE).stdout, "and shown so")
    world.push("--push", phone.address, "--out", str(world.folder / "too.wbxml"))
    account = world.account(phone.push())
    checks.equal((world.folder / "too.wbxml").stat().st_mode & 0o777, 0o600, "a file too, for its owner alone")
    checks.equal(first_status(old.client(world.dm)), ["401"], "the account of the document before is none")
    checks.that(world.shown()["bootstrap"], "which ends nothing")
    checks.equal(account.client(world.dm).run(session="2"), ("212", "212"), "both know each other, at the first try")
    shown = world.shown()
    checks.equal([shown["bootstrap"], shown["wakeDue"]], [None, None], "nothing is pushed any more")
    checks.equal(world.codes(), ["bootstrap.done"], "and that is told")
    checks.that(phone.is_silent(1.5), "no push")
    return account


def while_in_use(world, account):
    """A device that has an account calls by it until it has the new one, and the pushes go on."""
    checks, phone = world.checks, Phone()
    checks.section("M1 the trigger address, and a message of OMA-DM")
    gateway = world.daemon.client(world.daemon.principal("gw", "secret", scl="gw"))
    made = gateway.post("/m2m/scls", f'<m2m:scl {M2M} m2m:sclId="gw"><m2m:link>http://127.0.0.1:9</m2m:link><m2m:mgmtProtocolType>OMA_DM</m2m:mgmtProtocolType></m2m:scl>', headers=XML)
    checks.status(made, 201, "the gateway registers")
    set_trigger(checks, world.daemon.admin(), phone.address)
    checks.equal(world.device("adopt", DEVICE, "--scl", "gw").returncode, 0, "it is that gateway")
    world.push("--profile", "dm", "--push")
    kind, sec, mac, body = decoded(checks, phone.push())
    checks.equal([kind, sec, mac], ["application/vnd.syncml.dm+wbxml", "USERPIN", hmac.new(PIN, body, "sha1").hexdigest().upper()], "proven")
    text = as_xml(body)
    checks.that("urn:oma:mo:oma-dm-dmacc:1.0" in text and "./Inbox" in text, "the account as a management object")
    world.secrets |= set(re.findall(r"AAuthSecret.*?<Value>([^<]*)", html.unescape(text), re.S))
    checks.equal(first_status(account.client(world.dm)), ["401"], "the account of before")
    for state in ("quarantine", "reject"):
        checks.that(world.shown()["bootstrap"], f"until {state}")
        world.device(state, DEVICE)
        checks.equal(world.shown()["bootstrap"], None, f"{state} ends it")
        done = world.bootstrap("--push")
        checks.that(done.returncode != 0 and "not adopted" in done.stderr, f"{state}: {done.stderr}")
        world.device("adopt", DEVICE)
        world.push("--push")
        world.account(phone.push())


def killed(world):
    """What was promised is pushed after a SIGKILL."""
    checks, phone = world.checks, Phone()
    checks.section("M1 SIGKILL")
    world.daemon.kill()
    world.push("--push", phone.address)
    world.daemon.start()
    account = world.account(phone.push())
    world.daemon.kill()
    world.daemon.start()
    checks.that(world.shown()["bootstrap"], "it is still under way")
    checks.equal(account.client(world.dm).run(), ("212", "212"), "the device comes")
    checks.equal(world.shown()["bootstrap"], None, "done")


def by_short_message(world, centre):
    checks = world.checks
    checks.section("M1 short messages")
    if not centre:
        print("Net::SMPP is not here (libnet-smpp-perl)")
        return
    world.push("--push", "tel:+49-151-12345")
    parts, total = {}, 1
    while len(parts) < total:
        _, _, number_called, esm_class, coding, octets, status = centre.line()
        octets = bytes.fromhex(octets)
        checks.equal([number_called, esm_class, coding, status], ["4915112345", "64", "4", "0"], "a message with a header, of octets")
        checks.equal([octets[:10].hex()[:18], len(octets) <= 140], ["0b05040b8423f00003", True], "to port 2948, a part")
        reference, total = octets[9], octets[10]
        parts[reference, octets[11]] = octets[12:]
    checks.equal(sorted(parts), [(reference, place) for place in range(1, total + 1)], "parts of one message")
    checks.that(total <= 5, f"{total} parts")
    account = world.account(b"".join(parts[key] for key in sorted(parts)))
    checks.equal(account.client(world.dm).run(), ("212", "212"), "the device comes")
    checks.equal(world.shown()["bootstrap"], None, "done")


def to_nobody(world, centre):
    checks = world.checks
    checks.section("M1 wrong destinations")
    for address, reason in (("udp://192.0.2.1", "management.connection_request_networks"), *([("tel:+19001234", "smpp.destinations")] if centre else [("tel:+49151", "message centre")])):
        before = world.codes().count("bootstrap.given_up")
        world.push("--push", address)
        checks.that(until(lambda: world.codes().count("bootstrap.given_up") > before, PATIENCE), f"{address} is given up")
        checks.that(reason in world.shown()["events"][0]["text"], f"{address}: why: {world.shown()['events'][0]}")
        checks.equal(world.shown()["bootstrap"], None, f"{address}: nothing is under way")


def kept_quiet(world):
    checks, daemon = world.checks, world.daemon
    checks.section("no password anywhere")
    world.push("--push", Phone().address)   # one is under way
    seen = [world.device("show", DEVICE, "--json").stdout, world.device("events").stdout, world.device("trace", DEVICE, "--json").stdout,
            world.daemon.cli("audit", "list", "--data-dir", str(daemon.data_dir)).stdout]
    checks.equal(daemon.stop(), 0, "it stops")
    octets = {"what commands show": "".join(seen).encode(), "the log": daemon.log().encode()}
    octets |= {file.name: file.read_bytes() for file in daemon.data_dir.rglob("*") if file.is_file()}
    checks.that(len(world.secrets) >= 10 and all(len(secret) == 26 for secret in world.secrets), f"{len(world.secrets)} passwords to look for")
    for name, text in octets.items():
        for secret in world.secrets:
            checks.that(secret.encode() not in text, f"a password is in {name}")


def run(checks):
    if not shutil.which("wbxml2xml"):
        nscl_test.skip("wbxml2xml is not here (libwbxml2-utils)")
    centre = Centre() if has_peer() else None
    with tempfile.TemporaryDirectory(prefix="nscl-bootstrap-") as folder:
        world = World(checks, folder, centre)
        with world.daemon:
            refused(world)
            account = by_udp(world)
            while_in_use(world, account)
            killed(world)
            by_short_message(world, centre)
            to_nobody(world, centre)
            kept_quiet(world)
    if centre:
        centre.close()


if __name__ == "__main__":
    nscl_test.main(run)
