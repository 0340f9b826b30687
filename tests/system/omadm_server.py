#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The server of OMA-DM from outside: HTTP, authentication, and what survives a SIGKILL. What devices and applications do by it is in omadm_acceptance.py."""

import json
import pathlib
import tempfile

import nscl_test
from dm_client import DmClient
from nscl_test import Checks, Client, Daemon, free_port, until

CONFIG = """
[[listener]]
port = 0
[[listener]]
purpose = "dm"
port = 0
[dm]
sessions_per_minute = 1000
[management]
unknown_devices = "adopt"
connection_requests = false
"""
DEVICE, USER, PASSWORD, SERVER_PASSWORD = "urn:imei:1", "box", "hush-client", "hush-server"


class World:
    def __init__(self, checks):
        self.checks, self.folder = checks, tempfile.TemporaryDirectory(prefix="nscl-dm-")
        folder = pathlib.Path(self.folder.name)
        (folder / "nscl.toml").write_text(CONFIG)
        self.tree, self.dm = free_port(), free_port()
        self.daemon = Daemon(config=folder / "nscl.toml", data_dir=folder / "data", start=False, listen=[f"127.0.0.1:{self.tree}", f"127.0.0.1:{self.dm}"])
        self.daemon.port = self.tree
        self.daemon.env = {"NSCL_DM_AUTHENTICATION": "off"}   # until the device is known
        self.daemon.start()
        self.client().begin(session="0")
        self.daemon.env = {}
        self.daemon.restart()
        for words, password in (((USER,), PASSWORD), (("nscl", "--connection-request"), SERVER_PASSWORD)):
            self.command("device", "credential", DEVICE, "--user", *words, stdin=password + "\n")

    def command(self, *words, stdin=None):
        done = self.daemon.cli(*words, "--data-dir", str(self.daemon.data_dir), stdin=stdin)
        assert done.returncode == 0, f"{words}: {done.stdout}{done.stderr}"
        return done.stdout

    def client(self):
        return DmClient(self.dm, DEVICE, PASSWORD, SERVER_PASSWORD, user=USER)

    def restart_by_kill(self):
        self.daemon.kill()
        self.daemon.start()

    def events(self):
        return self.command("device", "events", DEVICE)


def http(world):
    checks, client = world.checks, Client("127.0.0.1", world.dm)
    checks.status(client.get("/dm"), 405, "GET")
    checks.status(client.post("/elsewhere", b"<SyncML/>", content_type="application/vnd.syncml.dm+xml"), 404, "another path")
    checks.status(client.post("/dm", b"{}", content_type="application/json"), 415, "another type")
    checks.status(client.post("/dm", b"<SyncML", content_type="application/vnd.syncml.dm+xml"), 400, "no message")
    checks.status(client.post("/dm", b"\x02\xa4\x01\x6a\x00\x6d\xff", content_type="application/vnd.syncml.dm+wbxml"), 400, "R55 no WBXML")
    checks.status(client.post("/dm", b"<" + b"a" * (2 << 20), content_type="application/vnd.syncml.dm+xml"), 413, "too large")


def sessions(world):
    """R40, R42: basic is answered by a challenge, both sides prove who they are, and the device is there."""
    checks, client = world.checks, world.client()
    checks.equal(client.run(), ("212", "212"), "R40 a whole session")
    checks.equal(client.heard[0].chal()[0], "syncml:auth-md5", "R42 md5 is wanted")
    checks.that(all(answer.field("Content-Length") and not answer.field("Transfer-Encoding") for answer in client.answers), "answers have a length")
    listed = json.loads(world.command("device", "list", "--json"))
    shown = [each for each in (listed if isinstance(listed, list) else listed["devices"]) if each["id"] == DEVICE]
    checks.that(shown and "test manufacturer" in json.dumps(shown), f"R40 the device is known: {shown}")
    checks.that("1201" in world.events(), "R40 why it called is an event")


def nonces(world):
    """The nonce for the next session outlives a SIGKILL right after the message that told it."""
    checks, client = world.checks, world.client()
    client.begin(session="A")
    world.restart_by_kill()
    again = world.client()
    again.type, again.nonce, again.own_nonce = client.type, client.nonce, client.own_nonce
    again.begin(session="B")
    checks.equal([again.package_one_status, len(again.heard)], ["212", 1], "R41 the nonce of before is taken at once")


def alerts(world):
    """What an alert tells is kept once its Status has come."""
    checks, client = world.checks, world.client()
    item = client.alert_item("./FUMO", "urn:test:kept", "200")
    message = client.begin(session="C", alerts=[("nobodys", [item])])
    checks.that(message.status_of("3") == ["200"] or "200" in [node.findtext("Data") for node in message.statuses], "R47 the alert is taken")
    world.restart_by_kill()
    checks.equal(world.events().count("urn:test:kept"), 1, "R47 and kept")


def repetition(world):
    """R50: over another connection too; and what belongs to no session is aborted."""
    checks, client = world.checks, world.client()
    client.begin(session="D")
    octets, first = client.sent[-1], client.answers[-1].body
    client.connection = Client("127.0.0.1", world.dm)
    client.post_octets(octets)
    checks.equal(client.answers[-1].body, first, "R50 octet by octet")
    world.restart_by_kill()
    client.connection = Client("127.0.0.1", world.dm)
    lost = client.post([client.header_status(client.heard[-1])])
    checks.equal([lost.status_of("0"), lost.alerts], [["400"], ["1223"]], "a session that was lost with its server")


def passwords(world):
    """R41: a wrong password is challenged, refused, told, and locked out."""
    checks, client = world.checks, world.client()
    client.password = "wrong"
    client.begin(session="E")
    checks.equal([message.status_of("0")[0] for message in client.heard], ["401"] * 3, "R41 refused: basic that is wrong counts too, or it would tell who is known")
    checks.that(client.heard[-1].chal() is None, "R41 without a challenge in the end")
    checks.that(not any(message.commands for message in client.heard), "R41 nothing else leaves")
    checks.that(until(lambda: "login" in world.command("device", "alarms", DEVICE), 30), "R41 an alarm")
    checks.that("dm.login_failed" in world.daemon.log(), "R41 a line in the log")
    right = world.client()
    right.begin(session="F")
    checks.equal(right.package_one_status, "401", "R41 from there nothing is looked at for a minute")


def ends(world):
    world.checks.equal(world.daemon.stop(), 0, "SIGTERM")
    for secret in (PASSWORD, SERVER_PASSWORD):
        world.checks.that(secret not in world.daemon.log(), "R63 no password in the log")


def test(checks: Checks):
    world = World(checks)
    try:
        for part in (http, sessions, nonces, alerts, repetition, passwords, ends):
            part(world)
    finally:
        world.daemon.close()
        world.folder.cleanup()


if __name__ == "__main__":
    nscl_test.main(test)
