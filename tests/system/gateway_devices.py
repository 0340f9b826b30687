#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Devices behind a gateway from end to end: those embedded in its data model and those that call by themselves, played by
`nscl simulate cpe --embedded 2 --virtual 2`. Rows 58 and 59 of the acceptance list."""

import contextlib
import json
import sqlite3
import threading
import time

import management
import nscl_test
from management import XML, World, value
from nscl_test import Checks, until
from wire import BadAnswer

LAMP = "Device.X_NSCL_Lamp"
OVER = {4: "done", 5: "failed", 6: "cancelled"}   # states of operations as they are kept


def lamp_document(name, text, number=1):
    return (f'<m2m:mgmtObj xmlns:m2m="http://uri.etsi.org/m2m"><{name} xmlns="urn:nscl:mo" path="{LAMP}.{number}.{name}">{text}</{name}>'
            "</m2m:mgmtObj>")


class Gateway:
    def __init__(self, world):
        self.world = world
        self.device = world.device("GATE", extra=("--embedded", "2", "--virtual", "2"))
        self.scl = self.device.scl
        self.attached = f"{self.scl}/attachedDevices"
        self.lamps = [f"{self.attached}/zigbee0-lamp{i}" for i in (1, 2)]
        self.sensors = [f"00A0C9-SIMSENSOR-GATE000001V{i}" for i in (1, 2)]
        self.lamp = f"{self.lamps[0]}/mgmtObjs/X_NSCL_Lamp"


def listed(world, gateway):
    """R59: attachedDevices appear for the rows of its lists, and for those that called before it."""
    for name in [lamp.rsplit("/", 1)[1] for lamp in gateway.lamps] + gateway.sensors:
        world.until(gateway.attached, f'id="{name}"', f"{name} is attached")
    body = world.until(gateway.lamp, r'Level"[^>]*>0<', "a lamp shows what it is")
    world.checks.equal(value(body, "originalMO"), f"{LAMP}.1.", "by its object in the gateway")
    for path in (gateway.lamps[0], gateway.lamp):
        world.valid(world.get(path).text)
    world.checks.equal(world.get(f"{gateway.lamps[0]}/mgmtObjs/etsiDeviceInfo").status, 404, "it is not its gateway")


def changed(world, gateway):
    """R59: an UPDATE of an embedded device is over when the gateway has brought it there."""
    put = world.admin.put(gateway.lamp, lamp_document("Level", 40), headers=XML)
    world.checks.that(put.status in (200, 204), f"CommandProcessed was Pending, and is Success: {put.status} {put.text}")
    shown = world.get(f"{gateway.lamp}?rem=cached").text
    world.checks.that('Level">40<' in shown, f"the lamp has it: {shown}")
    world.checks.that('Name">lamp<' in shown, f"and has not lost what was not named: {shown}")


def refused(world, gateway):
    """R59: CommandProcessed=Error is a FAILURE with its text."""
    put = world.admin.put(gateway.lamp, lamp_document("Name", "broken"), headers=XML)
    world.checks.equal(put.status, 502, f"the lamp does not take it: {put.text}")
    world.checks.that("CWMP CommandProcessed Error the lamp is broken" in put.text, f"in its own words: {put.text}")
    world.checks.that("broken" not in world.get(gateway.lamp).text, "it keeps its name")


def put_unanswered(world, path, document):
    try:
        world.admin.put(path, document, headers=XML)
    except (OSError, BadAnswer):
        pass   # the daemon was killed


def operations(world, gateway):
    return json.loads(world.get(f"/m2m-admin/devices/{gateway.device.id}/operations").text)["operations"]


def ended(world, operation):
    """State and code of an operation that is over."""
    with contextlib.closing(sqlite3.connect(world.daemon.data_dir / "nscl.db", timeout=10)) as database:
        state, outcome = database.execute("SELECT state, outcome FROM rem_operation WHERE id = ?", (operation,)).fetchone()
    return OVER.get(state, state), json.loads(outcome)["code"]


def killed(world, gateway):
    """R59: the daemon dies while CommandProcessed is Pending, and knows how it ended all the same; and each change was set once."""
    line = gateway.device.line
    place = len(line.exchanges)
    for name, text, state, code in (("Level", 70, "done", "0"), ("Name", "broken", "failed", "PROCESSING_ERROR")):
        died = threading.Event()

        def at_answer(exchange):
            if exchange.rpc == "SetParameterValuesResponse":
                world.daemon.process.kill()
                line.at_request = lambda _: 0
                died.set()
            return not died.is_set()
        line.at_answer = at_answer
        threading.Thread(target=put_unanswered, args=(world, gateway.lamp, lamp_document(name, text)), daemon=True).start()
        world.checks.that(died.wait(management.PATIENCE), f"killed when the gateway has taken {name}")
        world.daemon.kill()
        world.daemon.start()
        world.admin = world.daemon.admin(timeout=60)
        waits = operations(world, gateway)
        world.checks.equal([each["kind"] for each in waits], ["get"], f"the row is to be looked at: {waits}")
        line.at_request = line.at_answer = None
        until(lambda: not operations(world, gateway))
        world.checks.equal(ended(world, waits[0]["id"]), (state, code), f"how {name} ended")
    shown = world.get(f"{gateway.lamp}?rem=cached").text
    world.checks.that('Level">70<' in shown and 'Name">lamp<' in shown, f"what came of both: {shown}")
    world.checks.equal(line.asked(place).count("SetParameterValues"), 2, "each was set once")


def apart(world, gateway):
    """What is below an embedded device is nothing of the gateway's own."""
    body = ('<m2m:mgmtObj xmlns:m2m="http://uri.etsi.org/m2m" m2m:id="own"><m2m:moID>Device.ManagementServer.</m2m:moID>'
            "<m2m:originalMO>Device.ManagementServer.</m2m:originalMO></m2m:mgmtObj>")
    world.checks.equal(world.admin.post(f"{gateway.lamps[0]}/mgmtObjs", body, headers=XML).status, 403, "another object of the gateway")
    command = '<m2m:mgmtCmd xmlns:m2m="http://uri.etsi.org/m2m" m2m:id="boot"><m2m:cmdType>REBOOT</m2m:cmdType></m2m:mgmtCmd>'
    world.checks.equal(world.admin.post(f"{gateway.lamps[0]}/mgmtObjs", command, headers=XML).status, 201, "a command")
    world.checks.equal(world.admin.post(f"{gateway.lamps[0]}/mgmtObjs/boot/execEnable", "").status, 501, "that would restart the gateway")


def restarted(gateway):
    return {line.split(":")[0] for line in list(gateway.device.output) if "M Reboot" in line}


def by_themselves(world, gateway):
    """R59: what calls by itself is managed in sessions of its own."""
    path = f"{gateway.attached}/{gateway.sensors[0]}/mgmtObjs"
    world.until(path, "etsiSclMo", "a device behind it tells what it has")
    world.checks.equal(value(world.get(f"{path}/etsiDeviceInfo").text, "deviceLabel"), "GATE000001V1", "its own serial number")
    duration = '<m2m:regExpirationDuration xmlns:m2m="http://uri.etsi.org/m2m">PT2H</m2m:regExpirationDuration>'
    put = world.admin.put(f"{path}/etsiSclMo/regExpirationDuration", duration, headers=XML)
    world.checks.that(put.status in (200, 202, 204), f"it is changed: {put.status} {put.text}")
    world.until(f"{path}/etsiSclMo", "PT(2H|7200S)<", "it has the value")
    world.checks.that("7200S" not in world.get(f"{gateway.scl}/mgmtObjs/etsiSclMo").text, "and its gateway has not")
    answer = world.admin.post(f"{path}/reboot/execEnable", "")
    world.checks.equal(answer.status, 202, f"it is restarted: {answer.text}")
    instances = f"{path}/reboot/execInstances"
    name = (answer.field("Location") or "").rsplit("/", 1)[1]
    world.until(f"{instances}/{name}", "execStatus>FINISHED<", "and comes back")
    end = time.monotonic() + management.PATIENCE
    while not restarted(gateway) and time.monotonic() < end:   # it is told of when the session is over
        time.sleep(0.1)
    world.checks.equal(restarted(gateway), {"GATE000001V1"}, "it was that one, and not the gateway")


def gone(world, gateway):
    world.checks.that(world.admin.delete(gateway.lamps[1]).status in (200, 204), "an attachedDevice is deleted")
    world.checks.equal(world.get(f"{gateway.lamps[1]}/mgmtObjs").status, 404, "with what was below it")
    world.checks.equal(world.get(gateway.lamp).status, 200, "and nothing else")


def areas(world, gateway):
    """R58: the area networks of a gateway with two rows of AreaNwkInstance, by the schema."""
    path = f"{gateway.scl}/mgmtObjs/etsiAreaNwkInfo"
    body = world.get(path).text
    world.checks.equal(value(body, "numOfAreaNwks"), "2", "two networks")
    world.valid(body)
    for name in ("nwk1", "nwk2"):
        one = world.get(f"{path}/{name}")
        world.checks.equal(one.status, 200, f"{name}: {body}")
        world.valid(one.text)
    devices = f"{gateway.scl}/mgmtObjs/etsiAreaNwkDeviceInfo"
    for one in (devices, f"{devices}/device1"):
        answer = world.get(one)
        world.checks.equal(answer.status, 200, one)
        world.valid(answer.text)


def test(checks: Checks):
    world = World(checks)
    try:
        gateway = Gateway(world)
        checks.section("what a gateway lists")
        listed(world, gateway)
        checks.section("embedded devices")
        changed(world, gateway)
        refused(world, gateway)
        killed(world, gateway)
        apart(world, gateway)
        checks.section("devices that call by themselves")
        by_themselves(world, gateway)
        checks.section("the end of one")
        gone(world, gateway)
        checks.section("area networks")
        areas(world, gateway)
    finally:
        world.close()


if __name__ == "__main__":
    nscl_test.main(test)
