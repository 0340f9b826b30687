#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""R59, M10: gateways of OMA-DM. A gateway lists devices that it speaks for (proxy and adaptation mode), and devices that have sessions of their own (transparent mode).
Gateways and devices are scripted clients (dm_client.py), and simulated ones (docs/simulator.md)."""

import json

import nscl_test
from cwmp_world import World, value
from nscl_test import Checks, until
from omadm_acceptance import SERVER_PASSWORD, Calling, client_of, document, made
from omadm_calls import digest_of
from receiver import Receiver

LIST = "./GwMO/ManagedDevices"


class Gateway:
    """`scl`: where it is in the tree; `attached`: the devices behind it."""

    def __init__(self, world, name):
        self.world, self.name, self.scl = world, name, f"/m2m/scls/{name}"
        self.attached, self.client = f"{self.scl}/attachedDevices", client_of(world, name)
        self.client.types["./GwMO"] = "urn:oma:mo:oma-gwmo:1.0"
        self.client.tree[LIST] = ("node", "")

    def lists(self, node, device, mode, **leaves):
        """A row of its list, and leaves of the object Vendor below it."""
        self.client.tree |= {f"{LIST}/{node}/DevID": ("chr", device), f"{LIST}/{node}/Mode": ("chr", mode)}
        self.client.tree |= {f"{LIST}/{node}/Vendor/{name}": ("chr", text) for name, text in leaves.items()}

    def tells(self, node=""):
        """It calls, and says that its list is another one."""
        source = f"{LIST}/{node}".rstrip("/")
        self.client.run(session="7A", alerts=[("", [self.client.alert_item(source, "urn:test:attached", "1")])])


def commands_since(client, place):
    """What a client was told to do, and where."""
    return [(command.tag, node.text) for message in client.heard[place:] for command in message.commands for node in command.iter("LocURI")]


def queue(world, device):
    return json.loads(world.get(f"/m2m-admin/devices/{device}/operations").text)["operations"]


def listed(world, gateway, meter):
    """Each listed device is an attachedDevice; one that called before its gateway was known moves there."""
    checks = world.checks
    meter.run(session="9")
    checks.status(world.get("/m2m/scls/meter"), 200, "R59, M10 a device that calls, and nobody lists")
    gateway.client.run(session="1")
    for name in ("lamp", "adapted", "meter"):
        world.until(gateway.attached, f'id="{name}"', f"M10 {name} is attached")
        world.valid(world.get(f"{gateway.attached}/{name}").text)
    checks.status(world.get("/m2m/scls/meter"), 404, "M10 what it was before is no more")
    shown = world.command("device", "show", "meter", "--json")
    checks.equal([shown["gateway"], shown["managed"]], ["GW", "scls/GW/attachedDevices/meter"], "M10 as the operator sees it")


def own_session(world, gateway, meter):
    """In transparent mode: what it has is found, and done, in its own sessions, and its gateway hears nothing of that."""
    checks, place = world.checks, f"{gateway.attached}/meter"
    world.call_at(gateway.scl, "http://127.0.0.1:9/")
    heard = len(gateway.client.heard)
    with Calling(world, gateway.client), Calling(world, meter, place=place):
        info = world.get(f"{place}/mgmtObjs/etsiDeviceInfo?rem=cached").text
        checks.equal([value(info, "deviceLabel"), value(info, "model")], ["meter", "test model"], "R59, M10 etsiDeviceInfo of the device")
        world.valid(info)
        checks.status(made(world, place, "a", "./Vendor/memory/a", a="one"), 201, "M10 CREATE below it")
        checks.status(world.put(f"{place}/mgmtObjs/a", document("./Vendor/memory/a", a="two")), (200, 204), "R59, M10 UPDATE below it")
    checks.equal(meter.tree["./Vendor/memory/a"][1], "two\0", "R59, M10 it has the value")
    checks.that("./Vendor/memory/a" not in gateway.client.tree, "M10 its gateway has not")
    told = [uri for _, uri in commands_since(gateway.client, heard) if "Vendor" in uri or "/2" in uri]
    checks.equal(told, [], "M10 and was told nothing of it")


def proxied(world, gateway, meter):
    """In proxy mode: below its node, in sessions of the gateway."""
    checks, vendor = world.checks, f"{gateway.attached}/lamp/mgmtObjs/Vendor"
    heard = len(meter.heard)
    with Calling(world, gateway.client), Calling(world, meter, place=f"{gateway.attached}/meter"):
        body = world.until(vendor, ">0<", "M10 the object of a device that the gateway speaks for")
        checks.equal(value(body, "originalMO"), f"{LIST}/1/Vendor", "M10 by its node")
        put = world.put(vendor, document("", level="40").replace("<level ", f'<level path="{LIST}/1/Vendor/level" '))
        checks.status(put, (200, 204), "R59, M10 UPDATE below it")
    checks.equal(gateway.client.tree[f"{LIST}/1/Vendor/level"][1], "40\0", "R59, M10 the gateway has it")
    checks.that(not any("Vendor/level" in uri for _, uri in commands_since(meter, heard)), "M10 and nobody else was told")
    checks.status(world.get(f"{gateway.attached}/adapted/mgmtObjs/Vendor"), 200, "M10 adaptation mode is no other")


def called(world, gateway, meter):
    """Package 0 goes where its gateway is called. It names this server, and is proven by the device's password: it is for nobody else."""
    checks, place = world.checks, f"{gateway.attached}/meter"
    with Receiver() as receiver:
        world.call_at(gateway.scl, receiver.uri("/gateway"))
        world.command("device", "connect", "meter")
        request = receiver.wait(1, 20)[0]
    account = {"server_id": b"nscl", "secret": SERVER_PASSWORD.encode(), "nonce": meter.own_nonce}
    checks.equal([request.target, request.field("Content-Type")], ["/gateway", "application/vnd.syncml.notification"], "M10 package 0 at the gateway's address")
    checks.equal(request.body[:16], digest_of(account, request.body[16:]), "M10 proven by the nonce that the device issued")
    checks.equal(request.body[23:], b"\x04nscl", "M10 of this server")
    world.call_at(gateway.scl, "http://127.0.0.1:9/")
    put = world.put(f"{place}/mgmtObjs/a", document("./Vendor/memory/a", a="three"))
    checks.status(put, 202, "M10 what waits for its session")
    checks.equal([len(queue(world, "meter")), queue(world, "GW")], [1, []], "M10 in its own queue")


def moves(world, first, second, meter):
    """The last list that was seen counts, and what waits goes with the device."""
    checks = world.checks
    second.lists("5", "meter", "Transparent")
    second.tells()
    place = f"{second.attached}/meter"
    world.until(second.attached, 'id="meter"', "M10 it is behind the other gateway")
    checks.that(any("three" in json.dumps(each) or each["kind"] == "set" for each in queue(world, "meter")), f"M10 the change waits still: {queue(world, 'meter')}")
    with Calling(world, meter, place=place):
        checks.that(until(lambda: meter.tree["./Vendor/memory/a"][1] == "three\0"), "M10 and is done in its own session")
    checks.status(world.get(f"{first.attached}/meter"), 200, "M10 the old place is kept as data")
    second.lists("6", "new", "transparent")
    second.tells("6")
    world.until(second.attached, 'id="new"', "M10 a device that is listed is there before it calls")


def gone(world, gateway):
    """DELETE of an attachedDevice cancels its queue."""
    checks, place = world.checks, f"{gateway.attached}/meter"
    checks.status(made(world, place, "late", "./Vendor/memory/late", late="x"), 202, "M10 something waits")
    checks.that(queue(world, "meter"), "M10 in its queue")
    checks.status(world.admin.delete(place), (200, 204), "M10 DELETE")
    checks.equal(queue(world, "meter"), [], "M10 nothing waits any more")
    checks.status(world.get(gateway.attached + "/new"), 200, "M10 the others stay")


def simulated(world):
    """A simulated gateway, two lamps that it speaks for, and a device with sessions of its own that is called at the gateway's address."""
    checks, prefix = world.checks, "SIM-"
    world.import_dm(f"{prefix}000001V1", f"{prefix} client password", f"{prefix} server password")
    gateway = world.dm_device(prefix, interval=2, extra=("--embedded", "2", "--virtual", "1"))
    attached = f"{gateway.scl}/attachedDevices"
    gateway.known()
    for name in ("E1", "E2", "V1"):
        world.until(attached, f'id="{gateway.id}{name}"', f"R59, M10 {name} behind a simulated gateway")
    reached(world, gateway, attached)
    lamp_goes(world, gateway, attached)


def lamp_of(world, attached, device, level, text):
    """Sets the level of a lamp; the answer."""
    lamp = f"{attached}/{device}/mgmtObjs/Lamp"
    node = value(world.until(lamp, "originalMO", f"{text}: its object"), "originalMO")
    return world.put(lamp, document("", Level=level).replace("<Level ", f'<Level path="{node}/Level" '))


def reached(world, gateway, attached):
    checks, first, second, own = world.checks, f"{gateway.id}E1", f"{gateway.id}E2", f"{attached}/{gateway.id}V1"
    checks.status(lamp_of(world, attached, first, "40", "R59, M10 proxy"), (200, 204), "R59, M10 UPDATE through the simulated gateway")
    checks.equal(value(world.get(f"{attached}/{first}/mgmtObjs/Lamp?rem=live").text, "Level"), "40", "R59, M10 and RETRIEVE")
    checks.equal(value(world.get(f"{attached}/{second}/mgmtObjs/Lamp?rem=live").text, "Level"), "0", "R59, M10 the other one is as it was")
    info = world.until(f"{own}/mgmtObjs/etsiDeviceInfo", "deviceLabel", "R59, M10 it had a session of its own")
    checks.equal(value(info, "deviceLabel"), f"{gateway.id}V1", "R59, M10 as what it is")
    checks.status(made(world, own, "a", "./Vendor/memory/a", a="one"), 201, "R59, M10 CREATE below it")
    sessions = told_by(gateway, f"{gateway.id}V1")

    def comes():   # one that is in a session when it is called does not hear it
        world.command("device", "connect", f"{gateway.id}V1")
        return until(lambda: told_by(gateway, f"{gateway.id}V1") > sessions, 3)

    checks.that(until(comes, 60), "R59, M10 it is called at its gateway's address, and comes")
    added = [each for each in gateway.line.exchanges if each.answer and "./Vendor/memory/a" in each.answer.text]
    checks.that(added and all(f"{gateway.id}V1<" in each.text for each in added), "R59, M10 its gateway heard nothing of that")


def told_by(gateway, device):
    """How often it was called, and came."""
    return sum(f"<LocURI>{device}<" in each.text and "<Data>1200<" in each.text for each in gateway.line.exchanges)


def has_listed(gateway, since):
    """Its list was read, and nothing more is asked of it."""
    answers = [each.answer for each in gateway.line.exchanges[since:] if f"<LocURI>{gateway.id}<" in each.text]
    has_read = any(each and f"<LocURI>{LIST}</LocURI>" in each.text for each in answers)
    return has_read and answers[-1] is not None and not any(f"<{name}>" in answers[-1].text for name in ("Get", "Replace"))


def lamp_goes(world, gateway, attached):
    """It leaves the list, and the gateway says so: nothing is said to it any more; then it is back."""
    checks, second = world.checks, f"{gateway.id}E2"
    checks.status(world.bind(gateway, "attached", "./Vendor/Attached"), 201, "M10 the switches of the simulator")
    switch, row = f"{gateway.scl}/mgmtObjs/attached", f"{LIST}/2/Lamp"

    def turn(state):
        world.until(switch, "d2", "M10 the switch")
        since = len(gateway.line.exchanges)
        checks.status(world.put(switch, document("./Vendor/Attached", d2=state)), (200, 204), f"M10 it is there: {state}")
        checks.that(until(lambda: has_listed(gateway, since)), f"M10 the list is read again: {state}")

    turn("false")
    place = len(gateway.line.exchanges)
    checks.status(lamp_of(world, attached, second, "60", "M10 it is there"), (200, 204), "M10 what is gone is kept as data")
    said = [each.answer.text for each in gateway.line.exchanges[place:] if each.answer and row in each.answer.text]
    checks.equal(said, [], "M10 of which its gateway hears nothing")
    turn("true")
    checks.status(lamp_of(world, attached, second, "70", "M10 it is back"), (200, 204), "M10 UPDATE of a device that is back")
    checks.equal(value(world.get(f"{attached}/{second}/mgmtObjs/Lamp?rem=live").text, "Level"), "70", "M10 through its gateway")
    checks.that(any(row in each.answer.text for each in gateway.line.exchanges[place:] if each.answer), "M10 which hears of it again")


def test(checks: Checks):
    with World(checks, dm="") as world:
        first, second, meter = Gateway(world, "GW"), Gateway(world, "GW2"), client_of(world, "meter")
        first.lists("1", "lamp", "proxy", level="0")
        first.lists("2", "meter", "transparent")
        first.lists("3", "adapted", "adaptation", level="0")
        second.client.run(session="1")
        listed(world, first, meter)
        own_session(world, first, meter)
        proxied(world, first, meter)
        called(world, first, meter)
        moves(world, first, second, meter)
        gone(world, second)
        simulated(world)


if __name__ == "__main__":
    nscl_test.main(test)
