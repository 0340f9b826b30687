#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Fleet works from end to end (docs/fleets.md): some hundred simulated devices are restarted by one EXECUTE at a group of groups, over SIGKILL; who may
see and stop it; nscl fleet."""

import json
import re
import time

import nscl_test
from management import World, XML
from nscl_test import Checks

DEVICES, RATE = 240, 30
PATIENCE = 120   # seconds
M2M = 'xmlns:m2m="http://uri.etsi.org/m2m"'


def until(checks, look, text):
    """What `look` brings, once that is something."""
    end = time.monotonic() + PATIENCE
    while not (found := look()):
        if time.monotonic() > end:
            checks.that(False, f"in time: {text}")
            return None
        time.sleep(0.2)
    checks.that(True, text)
    return found


def scl_of(number):
    return f"/m2m/scls/00A0C9-SIM-FLEET{number:06}"


def command(world, *arguments):
    return world.daemon.cli("fleet", *arguments, "--data-dir", str(world.daemon.data_dir))


def group(world, name, members, more=""):
    body = (f'<m2m:group {M2M} m2m:id="{name}"><m2m:memberType>MIXED</m2m:memberType>{more}<m2m:members>'
            + "".join(f"<m2m:reference>{each}</m2m:reference>" for each in members) + "</m2m:members></m2m:group>")
    answer = world.admin.post("/m2m/groups", body, headers=XML)
    world.checks.equal(answer.status, 201, f"group {name}: {answer.text[:500]}")


def known(world):
    """Every device was asked what it is, and has its commands."""
    def all_known():
        devices = json.loads(world.get("/m2m-admin/devices?limit=1000").text)["devices"]
        return len(devices) == DEVICES and all(each["facts"].get("methods") for each in devices)
    until(world.checks, all_known, f"{DEVICES} devices are known")
    half = DEVICES // 2
    group(world, "half1", [scl_of(i) for i in range(1, half + 1)])
    group(world, "half2", [scl_of(i) for i in range(half, DEVICES + 1)])   # one is in both
    group(world, "fleet", ["/m2m/groups/half1", "/m2m/groups/half2"])


def started(world, client, path):
    answer = client.post(path, "")
    world.checks.equal(answer.status, 202, f"{path}: {answer.text}")
    location = answer.field("Location") or ""
    world.checks.that(re.fullmatch(r"/m2m-admin/fleets/\d+", location), f"one resource tells of it: {location}")
    return location


def progress(world, location):
    answer = world.get(location)
    return json.loads(answer.text) if answer.status == 200 else {}


def restarted(world):
    """A member is begun once, whatever happens meanwhile, and all are told of."""
    location = started(world, world.admin, "/m2m/groups/fleet/membersContent/mgmtObjs/reboot/execEnable")
    until(world.checks, lambda: progress(world, location).get("members") == DEVICES and progress(world, location)["waiting"] < DEVICES, "its members are begun")
    world.daemon.kill()
    world.daemon.start()
    world.admin = world.daemon.admin()
    shown = progress(world, location)
    world.checks.that(0 < shown["waiting"] < DEVICES, f"killed in the middle: {shown}")
    until(world.checks, lambda: progress(world, location).get("state") == "finished", "it goes on to its end")
    shown = progress(world, location)
    world.checks.equal((shown["members"], shown["done"], shown["failed"], shown["refused"]), (DEVICES, DEVICES, 0, 0), f"all restarted: {shown}")
    members = json.loads(world.get(f"{location}/members?limit=1000").text)
    world.checks.equal(len({each["device"] for each in members["members"]}), DEVICES, "each device once")
    world.checks.equal({each["state"] for each in members["members"]}, {"done"}, "each is done")
    first = json.loads(world.get(f"{location}/members?limit=10").text)
    world.checks.equal((len(first["members"]), first["next"]), (10, first["members"][-1]["position"]), "page by page")
    instances = world.get(f"{scl_of(DEVICES // 2)}/mgmtObjs/reboot/execInstances").text
    world.checks.equal(instances.count("execInstances/EXEC_"), 1, f"one execution of a member of both groups: {instances}")
    return location


def seen(world, location):
    """By who began it and by operators; a member that he may not execute is refused as if he had asked it alone."""
    world.admin.post("/m2m/applications", f'<m2m:application {M2M} appId="meter"/>', headers=XML)
    holder = "<m2m:permissionHolders><m2m:holderRefs><m2m:holderRef>/m2m/applications/meter</m2m:holderRef></m2m:holderRefs></m2m:permissionHolders>"
    permission = ('<m2m:permission m2m:id="p"><m2m:permissionFlags><m2m:flag>WRITE</m2m:flag></m2m:permissionFlags>' + holder + "</m2m:permission>")
    right = f'<m2m:accessRight {M2M} m2m:id="meters"><m2m:permissions>{permission}</m2m:permissions><m2m:selfPermissions>{permission}</m2m:selfPermissions></m2m:accessRight>'
    made = world.admin.post("/m2m/accessRights", right, headers=XML)
    world.checks.equal(made.status, 201, f"a right: {made.text}")
    group(world, "theirs", [scl_of(i) for i in range(1, 41)], "<m2m:membersContentAccessRightID>/m2m/accessRights/meters</m2m:membersContentAccessRightID>")
    meter = world.daemon.client(world.daemon.principal("meter", "pw", entity="applications/meter"))
    world.checks.equal(meter.get(location).status, 404, "somebody else's")
    world.checks.equal(meter.post(f"{location}/stop", "").status, 404, "and he cannot stop it")
    world.checks.equal(json.loads(meter.get("/m2m-admin/fleets").text), {"fleets": [], "next": None}, "none is his")
    own = started(world, meter, "/m2m/groups/theirs/membersContent/mgmtObjs/reboot/execEnable")
    until(world.checks, lambda: json.loads(meter.get(own).text)["state"] == "finished", "it ends")
    shown = json.loads(meter.get(own).text)
    world.checks.equal((shown["refused"], shown["done"], shown["requester"]), (40, 0, "applications/meter"), f"all refuse him: {shown}")
    world.checks.equal(sum(shown["refusedByStatus"].values()), 40, "counted by status")
    world.checks.equal(len(shown["refusals"]), 10, "with some of them")
    world.checks.equal(meter.delete(own).status, 409, "what has ended cannot be stopped")
    world.checks.equal(len(json.loads(world.get("/m2m-admin/fleets").text)["fleets"]), 2, "operators see all")
    world.checks.equal(meter.put(own, "{}").status, 405, "it cannot be written")


def stopped(world):
    """Devices that do not call; DELETE, and the command."""
    for device in world.devices:
        device.stop()
    location = started(world, world.admin, "/m2m/groups/half1/membersContent/mgmtObjs/reboot/execEnable")
    until(world.checks, lambda: progress(world, location).get("queued", 0) > 0, "some wait")
    answer = world.admin.delete(location)
    world.checks.equal(answer.status, 200, f"stopped: {answer.text}")
    until(world.checks, lambda: progress(world, location).get("state") == "stopped", "nothing is under way any more")
    shown = progress(world, location)
    world.checks.that(shown["cancelled"] > 0 and shown["inProgress"] == 0 and shown["done"] == 0, f"what waited is cancelled: {shown}")
    again = started(world, world.admin, "/m2m/groups/half1/membersContent/mgmtObjs/reboot/execEnable")
    number = again.rsplit("/", 1)[1]
    until(world.checks, lambda: progress(world, again).get("members") == DEVICES // 2, "its members are gathered")
    world.checks.equal(command(world, "stop", number).returncode, 0, "nscl fleet stop")
    until(world.checks, lambda: progress(world, again).get("state") == "stopped", "the daemon follows")
    listed = command(world, "list").stdout
    world.checks.equal(len(listed.splitlines()), 4, f"nscl fleet list: {listed}")
    world.checks.that(re.search(r"^state\tstopped$", command(world, "show", number).stdout, re.M), "nscl fleet show")
    members = json.loads(command(world, "show", number, "--members", "--json").stdout)
    world.checks.equal(len(members), DEVICES // 2, "with its members")
    world.checks.equal(command(world, "stop", "4711").returncode, 1, "none of that number")


def test(checks: Checks):
    world = World(checks, management=f"fleet_rate = {RATE}")
    try:
        world.device("FLEET", interval=5, called=False, extra=("--count", str(DEVICES), "--rate", "200"))
        checks.section("some hundred devices")
        known(world)
        checks.section("are restarted by one EXECUTE")
        location = restarted(world)
        checks.section("who may see it")
        seen(world, location)
        checks.section("a stop")
        stopped(world)
    finally:
        world.close()


if __name__ == "__main__":
    nscl_test.main(test)
