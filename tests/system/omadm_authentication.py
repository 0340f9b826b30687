#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Basic, MD5 with nonces, and x-syncml-hmac in both directions, as the model of each simulated device has it (rem.md 3.4), in XML and WBXML: what each message shows,
computed anew; messages that are changed on their way, and nonces that are used twice."""

import base64
import hashlib
import hmac
import pathlib
import tempfile
import xml.etree.ElementTree as ElementTree

import nscl_test
from cwmp_world import World, value
from nscl_test import Checks, until
from omadm_acceptance import document, made

MODELS = """protocol = "oma_dm"

[[model]]
match = { manufacturer = "Basic *" }
authentication = "basic"

[[model]]
match = { manufacturer = "Mac *" }
authentication = "mac"

[[model]]
match = { manufacturer = "Hmac *" }
authentication = "mac"
hmac_by_rfc_2104 = true
"""
FIELD = "x-syncml-hmac"
WHO = {"basic": "Basic works", "md5": "Other works", "mac": "Mac works", "hmac": "Hmac works"}
NODE = "./Vendor/memory/a"


def b64_md5(octets):
    return base64.b64encode(hashlib.md5(octets).digest())


def digest_of(name, password):
    return b64_md5(f"{name}:{password}".encode())


def mac_field(name, password, nonce, octets, by_rfc_2104):
    digest, of_body = digest_of(name, password), b64_md5(octets)
    mac = base64.b64encode(hmac.digest(digest, nonce + b":" + of_body, "md5")) if by_rfc_2104 else b64_md5(digest + b":" + nonce + b":" + of_body)
    return f'algorithm=MD5, username="{name}", mac={mac.decode()}'


class Read:
    """What a message in XML shows of who sent it, and asks of who gets it."""

    def __init__(self, octets):
        root = ElementTree.fromstring(octets)
        for node in root.iter():
            node.tag = node.tag.rpartition("}")[2]
        self.session, self.number = root.findtext("SyncHdr/SessionID"), root.findtext("SyncHdr/MsgID")
        self.cred = (root.findtext("SyncHdr/Cred/Meta/Type"), root.findtext("SyncHdr/Cred/Data"))
        of_header = [node for node in root.iter("Status") if node.findtext("CmdRef") == "0"]
        self.status = of_header[-1].findtext("Data") if of_header else None
        nonces = [text for text in (node.findtext("Chal/Meta/NextNonce") for node in of_header) if text]
        self.nonce = base64.b64decode(nonces[-1]) if nonces else None


def played(world, kind, encoding, *extra):
    """A device whose model wants `kind` of it, and which wants the same of us. It begins by what is usual."""
    type_ = "mac" if kind == "hmac" else kind
    options = ["--auth", "basic" if kind == "basic" else "md5", "--server-auth", type_, *extra, *(["--wbxml"] if encoding == "wbxml" else []),
               *(["--hmac-by-rfc-2104"] if kind == "hmac" else [])]
    return world.dm_device(f"{kind}-{encoding}-{len(world.devices)}-", manufacturer=WHO[kind], extra=options)


def works(world, device, text):
    """Something is made, changed and read on it."""
    checks = world.checks
    device.known()
    checks.status(made(world, device.scl, "a", NODE, a="first-value"), 201, f"{text}: CREATE")
    checks.status(world.put(f"{device.scl}/mgmtObjs/a", document(NODE, a="other-value")), (200, 204), f"{text}: UPDATE")
    checks.equal(read_live(world, device), "other-value", f"{text}: RETRIEVE")


def read_live(world, device):
    return value(world.get(f"{device.scl}/mgmtObjs/a?rem=live").text, "a")


def answered(device, since=0):
    return [each for each in device.line.exchanges[since:] if each.answer and each.answer.status == 200]


def shown(world, device, kind):
    """Each message in XML: the Cred or MAC of both sides, computed with the nonce that the other side gave last."""
    checks, nonce, own_nonce, kinds, own_kinds = world.checks, b"", b"", set(), set()
    for each in answered(device):
        message, answer = Read(each.request.body), Read(each.answer.body)
        mac, own_mac = each.request.field(FIELD), each.answer.field(FIELD)
        is_taken = answer.status in ("200", "212")
        if mac:
            checks.equal(mac, mac_field(device.id, device.password, nonce, each.request.body, kind == "hmac"), f"{kind}: message {message.number} of {message.session}")
        if is_taken and message.cred[0]:
            data = {"syncml:auth-md5": b64_md5(digest_of(device.id, device.password) + b":" + nonce),
                    "syncml:auth-basic": base64.b64encode(f"{device.id}:{device.password}".encode())}[message.cred[0]]
            checks.equal(message.cred[1], data.decode(), f"{kind}: Cred of message {message.number}")
        if is_taken:
            kinds.add(FIELD if mac else message.cred[0])
            own_nonce = message.nonce or own_nonce
        if own_mac:
            checks.equal(own_mac, mac_field("nscl", device.server_password, own_nonce, each.answer.body, kind == "hmac"), f"{kind}: answer to message {message.number}")
        own_kinds.add(FIELD if own_mac else answer.cred[0])
        nonce = answer.nonce or nonce
    return kinds, own_kinds


def policies(world):
    """Each type, chosen by the model, in both directions."""
    checks = world.checks
    devices = {(kind, encoding): played(world, kind, encoding) for kind in WHO for encoding in ("xml", "wbxml")}
    for (kind, encoding), device in devices.items():
        works(world, device, f"R42 {kind}, {encoding}")
    wanted = {"basic": ({"syncml:auth-basic", None}, "syncml:auth-basic"), "md5": ({"syncml:auth-md5", None}, "syncml:auth-md5"), "mac": ({FIELD}, FIELD), "hmac": ({FIELD}, FIELD)}
    for kind, (of_device, of_server) in wanted.items():
        kinds, own_kinds = shown(world, devices[kind, "xml"], kind)
        checks.equal(kinds, of_device, f"{kind}: what is taken of the device")
        checks.that(of_server in own_kinds, f"{kind}: what this server shows: {own_kinds}")
        checks.equal(any(each.request.field(FIELD) for each in answered(devices[kind, "wbxml"])), FIELD in of_device, f"{kind}: WBXML")
    again(world, devices["mac", "xml"])
    for device in devices.values():
        device.stop()


def again(world, device):
    """The nonce of a session's last message is good for the next session, at once."""
    checks, since = world.checks, len(device.line.exchanges)

    def firsts():
        messages = [(Read(each.request.body), Read(each.answer.body)) for each in answered(device, since)]
        return [answer.status for message, answer in messages if message.number == "1"]

    checks.that(until(lambda: len(firsts()) >= 2), "mac: further sessions")
    checks.equal(set(firsts()), {"200"}, "mac: begin with the nonce that was kept")


class Meddler:
    """Who stands in between, and changes one message: `old` to `new`, of the same length. `asks`: of the server, else of the device."""

    def __init__(self, device, old, new, asks):
        self.device, self.old, self.new, self.asks, self.changed = device, old, new, asks, []

    def __enter__(self):
        setattr(self.device.line, "at_answer" if self.asks else "at_request", self.meddle)
        return self

    def __exit__(self, *_):
        self.device.line.at_request = self.device.line.at_answer = None

    def meddle(self, exchange):
        message = exchange.answer if self.asks else exchange.request
        if self.old in message.body and not self.changed:
            self.changed.append(exchange)
            message.body = message.body.replace(self.old, self.new)
        return True


def changed_on_the_way(world, encoding):
    """A message that is not what its sender sent has no effect, and its sender says it again."""
    checks, device = world.checks, played(world, "mac", encoding)
    works(world, device, f"mac, {encoding}, without a meddler")
    with Meddler(device, b"other-value", b"WRONG-value", asks=False) as meddler:
        checks.equal(read_live(world, device), "other-value", f"{encoding}: a value that was changed is not believed")
    checks.equal(len(meddler.changed), 1, f"{encoding}: it was changed once")
    checks.that(meddler.changed and b"401" in meddler.changed[0].answer.body, f"{encoding}: and refused with 401")
    with Meddler(device, b"third-value", b"WRONG-value", asks=True) as meddler:
        answer = world.put(f"{device.scl}/mgmtObjs/a", document(NODE, a="third-value"))
        checks.status(answer, (200, 204), f"{encoding}: UPDATE over a meddler")
    checks.equal(len(meddler.changed), 1, f"{encoding}: the command was changed once")
    checks.equal(read_live(world, device), "third-value", f"{encoding}: the device did what this server said")
    device.stop()


def mistaken(world, mistake, encoding):
    """Once in each session the device uses a nonce twice, or proves other octets: 401, and the rest of the session goes on."""
    checks, device = world.checks, played(world, "mac", encoding, "--mac-mistake", mistake)
    works(world, device, f"{mistake}, {encoding}")
    refused = [each for each in answered(device) if each.request.field(FIELD) and b"401" in each.answer.body]
    checks.that(refused, f"{mistake}, {encoding}: refused")
    checks.that(not any(b"<Get>" in each.answer.body or b"<Add>" in each.answer.body for each in refused), f"{mistake}, {encoding}: no command goes with that")
    checks.that(all("failed" not in line for line in device.output), f"{mistake}, {encoding}: its sessions end well: {device.output[-3:]}")
    device.stop()


def no_secrets(world):
    checks = world.checks
    for device in world.devices:
        for secret in (device.password, device.server_password, digest_of(device.id, device.password).decode()):
            checks.that(secret not in world.daemon.log(), f"R63 {device.id}: no password in the log")


def test(checks: Checks):
    with tempfile.TemporaryDirectory() as folder:
        models = pathlib.Path(folder) / "models.toml"
        models.write_text(MODELS)
        models.chmod(0o600)
        with World(checks, dm="", management=f'mappings = ["{models}"]') as world:
            policies(world)
            for encoding in ("xml", "wbxml"):
                changed_on_the_way(world, encoding)
                for mistake in ("tampered", "reused"):
                    mistaken(world, mistake, encoding)
            no_secrets(world)


if __name__ == "__main__":
    nscl_test.main(test)
