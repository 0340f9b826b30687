#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The passwords of devices of OMA-DM are changed once they have come (rem.md 3.7; docs/omadm.md#new-passwords): in the first session after `nscl device bootstrap`, or when an operator
wants it; over SIGKILL at the very message, by devices that refuse both or one, and by simulated ones. The clients are scripted (dm_client.py). No password is anywhere but in the account."""

import base64
import re

import nscl_test
from cwmp_world import World
from dm_client import DmClient
from nscl_test import Checks, Client, until

CHANGES = 'change_passwords = "after_bootstrap"\n'
DM = CHANGES + '\n[log]\nlevel = "debug"\n'
APP_AUTH = "./DMAcc/nscl/AppAuth"
OWN, SERVERS = f"{APP_AUTH}/1/AAuthSecret", f"{APP_AUTH}/2/AAuthSecret"
CHANGED, BOTH = "passwords.changed", "of both sides"


class Interrupted(Exception):
    """The device is cut off."""


class Device(DmClient):
    """A client with an account of its own in its tree: it shows what stands there when a session begins, and believes what does."""

    def __init__(self, world, name):
        self.world, self.at, self.number, self.done, self.statuses = world, None, 0, [], {}
        own, server = self.bootstrapped(world, name)
        super().__init__(world.dm, name, own["AAUTHSECRET"], server["AAUTHSECRET"], user=own["AAUTHNAME"])
        self.type, self.server = "syncml:auth-md5", server["AAUTHNAME"]
        self.nonce, self.own_nonce = (base64.b64decode(each["AAUTHDATA"]) for each in (own, server))
        self.tree["./DMAcc/nscl/ServerID"] = ("chr", self.server)
        for place, level, each in ((1, "CLCRED", own), (2, "SRVCRED", server)):
            values = {"AAuthLevel": level, "AAuthType": "DIGEST", "AAuthName": each["AAUTHNAME"], "AAuthSecret": each["AAUTHSECRET"]}
            self.tree |= {f"{APP_AUTH}/{place}/{name}": ("chr", text) for name, text in values.items()}
        self.original = self.passwords()
        self.known = set(self.original)
        world.command("device", "trace", name, "on")

    @staticmethod
    def bootstrapped(world, name):
        """The credentials of both sides in the document that is made for it."""
        path, config = world.folder / f"{name}.xml", world.folder / "command.toml"
        config.write_text("[dm]\n" + CHANGES)
        done = world.daemon.cli("device", "bootstrap", name, "--url", f"http://127.0.0.1:{world.dm}/dm", "--server-id", "nscl", "--out", str(path), "--xml",
                                "--config", str(config), "--data-dir", str(world.daemon.data_dir))
        world.checks.equal(done.returncode, 0, f"{name}: {done.stderr}")
        parts = path.read_text().split("APPAUTH")[1:]
        path.unlink()
        return [dict(re.findall(r'name="([^"]*)" value="([^"]*)"', part)) for part in parts]

    def passwords(self):
        return [self.tree[node][1].rstrip("\0") for node in (OWN, SERVERS)]

    def call(self):
        """A whole session, unless it is cut off: what both sides say of each other, and whether the first message was good."""
        self.number += 1
        self.connection, self.refused, at = Client("127.0.0.1", self.world.dm, timeout=30), 0, len(self.heard)
        self.password, self.server_password = self.passwords()
        try:
            out = self.run(session=f"{self.number:X}")
        except Interrupted:
            return None
        finally:
            self.known |= set(self.passwords())
        return (*out, self.heard[at].status_of("0") == ["212"])

    def answer(self, message, command):
        what = command.tag, command.findtext("Item/Target/LocURI") or ""
        if self.at and self.is_trusted:
            self.at(*what, False)
        out = super().answer(message, command)
        if self.is_trusted:
            self.done.append(what)
        if self.at and self.is_trusted:
            self.at(*what, True)
        return out

    def replace(self, uri, item, command):
        return ([], self.statuses[uri], []) if uri in self.statuses else super().replace(uri, item, command)

    def count(self, node):
        return self.done.count(("Replace", node))

    # -- as the server has it

    def shown(self):
        return self.world.command("device", "show", self.device, "--json")

    def events(self):
        """What was told of its passwords, the oldest first."""
        return [(event["code"], event["text"]) for event in reversed(self.shown()["events"]) if event["code"].startswith("passwords.")]

    def is_taken_with(self, password):
        """Whether the server takes a message of a device with this password. Three wrong ones would lock it out."""
        self.number += 1
        nonce, self.password = self.nonce, password
        self.connection, self.session, self.msg, self.target = Client("127.0.0.1", self.world.dm, timeout=30), f"{self.number:X}", 0, self.path
        message = self.post([self.first("1201"), self.dev_info()], with_cred=True)
        self.nonce = message.chal()[1]
        code = self.post([self.first("1201"), self.dev_info()], with_cred=True).status_of("0")
        self.nonce = nonce   # which is that of the session before still
        return code == ["212"]


GOOD = ("212", "212", True)


def after_bootstrap(world):
    checks, device = world.checks, Device(world, "first")
    checks.section("after the bootstrap")
    checks.that(device.shown()["passwordChange"], "it is to be told new ones")
    checks.equal(device.call(), GOOD, "it comes with the passwords that it was sent")
    checks.that(not set(device.original) & set(device.passwords()), "it has others now")
    checks.equal([len(text) for text in device.passwords()], [26, 26], "as long as those")
    checks.equal([device.count(node) for node in (OWN, SERVERS)], [1, 1], "told once each")
    checks.equal([node for name, node in device.done if name == "Replace"], [OWN, SERVERS], "and nothing else of it")
    checks.that(not [node for name, node in device.done if name == "Get" and node.endswith("Secret")], "nor read")
    checks.equal([device.events(), device.shown()["passwordChange"]], [[(CHANGED, BOTH)], None], "which is told")
    checks.equal(device.call(), GOOD, "with the new ones, and the nonces of before")
    checks.equal([device.events(), device.count(OWN)], [[(CHANGED, BOTH)], 1], "and no further change")
    checks.that(not device.is_taken_with(device.original[0]), "the old one is good for nothing any more")
    return device


def until_used(world):
    """A device that goes on with the old ones, as it takes its time, is served; SIGKILL changes nothing of it."""
    checks, device = world.checks, Device(world, "slow")
    checks.section("the old ones until the new ones are used")
    checks.equal(device.call(), GOOD, "it takes them")
    new = device.tree[OWN], device.tree[SERVERS]
    device.tree[OWN], device.tree[SERVERS] = (("chr", text) for text in device.original)
    restart(world)
    for count in range(2):
        checks.equal(device.call()[0], "212", f"it shows the old one ({count})")
    device.tree[OWN], device.tree[SERVERS] = new
    checks.equal(device.call()[0], "212", "it shows the new one")
    checks.equal(device.events(), [(CHANGED, BOTH)], "one change")
    checks.that(not device.is_taken_with(device.original[0]), "which ends the old one")


def restart(world):
    world.daemon.kill()
    world.daemon.start()


def killed(world):
    """SIGKILL between what is sent and its Status: nothing has arrived, one did, both did."""
    checks = world.checks
    checks.section("SIGKILL between Replace and Status")
    for name, at, events in (("none", ("Replace", OWN, False), [BOTH]), ("one", ("Replace", OWN, True), ["of the device", "of this server"]),
                             ("both", ("Replace", SERVERS, True), ["of the device", "of this server"])):
        device = Device(world, f"killed-{name}")

        def cut(*what, at=at):
            if what == at:
                world.daemon.process.kill()
                raise Interrupted
        device.at = cut
        checks.equal(device.call(), None, f"{name}: cut off")
        device.at, sent = None, device.passwords()
        restart(world)
        checks.equal(device.events(), [], f"{name}: nothing is known of it")
        checks.equal(device.call()[:2], ("212", "212"), f"{name}: both know each other")
        checks.equal(device.events(), [(CHANGED, text) for text in events], f"{name}: what became of it")
        checks.that(not set(device.original) & set(device.passwords()), f"{name}: it has others")
        checks.that(name == "none" or device.passwords()[0] == sent[0], f"{name}: what it has is not changed again")
        checks.equal(device.count(OWN), 1, f"{name}: done once")
        checks.equal(device.call(), GOOD, f"{name}: and they are good")
        checks.equal(device.shown()["passwordChange"], None, f"{name}: nothing is left to do")
        checks.that(not [alarm for alarm in world.command("device", "alarms", device.device, "--json") if alarm["kind"] == "call_login"], f"{name}: no alarm")
        checks.that(not device.is_taken_with(device.original[0]), f"{name}: the old one is none")


def refused(world):
    checks = world.checks
    checks.section("devices that refuse")
    device = Device(world, "refuses")
    device.statuses = {OWN: 405, SERVERS: 425}
    for count in range(2):
        checks.equal(device.call(), GOOD, f"it keeps what it has ({count})")
        checks.equal(device.passwords(), device.original, f"which is so ({count})")
    checks.equal(device.events(), [("passwords.refused", f"{BOTH}: OMA-DM 405 Command not allowed: {OWN}; OMA-DM 425 Permission denied: {SERVERS}")], "told once, and why")
    checks.equal([device.count(OWN), device.shown()["passwordChange"]], [1, None], "nor asked again")

    device = Device(world, "takes-one")
    device.statuses = {SERVERS: 425}
    checks.equal(device.call(), GOOD, "it takes its own")
    checks.equal(device.events(), [(CHANGED, "of the device"), ("passwords.refused", f"of this server: OMA-DM 425 Permission denied: {SERVERS}")], "one of them")
    checks.equal([new == old for new, old in zip(device.passwords(), device.original)], [False, True], "as it is")
    for _ in range(2):
        checks.equal(device.call(), GOOD, "and both are good")
    checks.that(not device.is_taken_with(device.original[0]), "the old one is none")


def by_command(world, device):
    checks = world.checks
    checks.section("when an operator wants it")
    before = device.passwords()
    world.command("device", "change-passwords", device.device)
    since = device.shown()["passwordChange"]
    world.command("device", "change-passwords", device.device)
    checks.equal(device.shown()["passwordChange"], since, "wanted twice it is one change")
    checks.equal(device.call(), GOOD, "it comes")
    checks.that(not set(before) & set(device.passwords()), "and has others")
    done = world.daemon.cli("device", "change-passwords", device.device, "--data-dir", str(world.daemon.data_dir))
    checks.that(done.returncode == 1 and "not seen yet" in done.stderr, f"not before it was seen to use them: {done.stderr}")
    checks.equal(device.call(), GOOD, "it is seen")
    world.command("device", "change-passwords", device.device)
    world.command("device", "credential", device.device, "--user", device.user, "--password-file", world.secret("by-hand", "set by hand"))
    checks.that(not device.is_taken_with(device.passwords()[0]), "an operator has set another")
    device.tree[OWN] = ("chr", "set by hand")
    checks.equal(device.call()[:2], ("212", "212"), "which it shows")
    checks.equal([device.events()[-1], device.passwords()[0]], [(CHANGED, "of this server"), "set by hand"], "that one stays, the other side's is changed")
    done = world.daemon.cli("device", "change-passwords", "nobody", "--data-dir", str(world.daemon.data_dir))
    checks.that(done.returncode == 1 and "no device" in done.stderr, f"of nobody: {done.stderr}")


def simulated(world):
    """`nscl simulate dm` heeds what it was told from its next session on, and when it is called."""
    checks, device = world.checks, world.dm_device("sim", interval=4)
    checks.section("a simulated client")
    device.known()
    world.command("device", "change-passwords", device.id)

    def shown():
        return world.command("device", "show", device.id, "--json")

    def is_changed():
        return [event for event in shown()["events"] if event["code"] == CHANGED]
    checks.that(until(is_changed, 30), "its passwords are changed")
    place = len(device.output)
    restart(world)
    checks.that(until(lambda: any("1201" in line and line.endswith("ok\n") for line in device.output[place:]), 30), "it comes with the new one")
    place = len(device.output)

    def is_called():   # unless it comes by itself just then
        world.command("device", "connect", device.id)
        return until(lambda: any(": 1200" in line and line.endswith("ok\n") for line in device.output[place:]), 2)
    checks.that(until(is_called, 30), f"and when it is called by the new one: {device.output[place:]}")
    checks.equal(shown()["passwordChange"], None, "nothing is left to do")


def kept_quiet(world, secrets):
    checks, daemon = world.checks, world.daemon
    checks.section("no password anywhere")
    numbers = [trace["id"] for trace in world.command("device", "trace", "first", "--json")]
    traces = "".join(str(world.command("device", "trace", "first", str(number), "--json")) for number in numbers)
    checks.that("AAuthSecret" in traces, "a trace has the messages")
    seen = [traces, str(world.command("device", "show", "first", "--json")), world.command("device", "events"), world.command("audit", "list")]
    checks.that("device.passwordsDue" in seen[-1], "the audit trail tells who wanted it")
    checks.equal(daemon.stop(), 0, "it stops")
    octets = {"what commands show": "".join(seen).encode(), "the log": daemon.log().encode()}
    octets |= {file.name: file.read_bytes() for file in daemon.data_dir.rglob("*") if file.is_file()}
    checks.that(len(secrets) >= 6 and all(len(secret) == 26 for secret in secrets), f"{len(secrets)} passwords to look for")
    for name, text in octets.items():
        for secret in secrets:
            checks.that(secret.encode() not in text, f"a password is in {name}")


def test(checks: Checks):
    with World(checks, dm=DM) as world:
        device = after_bootstrap(world)
        until_used(world)
        killed(world)
        refused(world)
        by_command(world, device)
        simulated(world)
        kept_quiet(world, {secret for secret in device.known if len(secret) == 26})


if __name__ == "__main__":
    nscl_test.main(test)
