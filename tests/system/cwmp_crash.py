#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""SIGKILL, and cut connections, while devices are managed: rows 33 to 36 of docs/acceptance-tr069.md at the very message, and at random moments while twenty devices have
sessions. NSCL_CWMP_CRASH_ROUNDS (default 10) is for the latter; NSCL_CRASH_SEED repeats its choices. What is acknowledged is done, once."""

import functools
import os
import random
import re
import signal
import subprocess
import threading

import nscl_test
from cwmp_world import M2M, World, XML, item, value
from delivery import subscription
from nscl_test import Checks, die_with_parent, until
from receiver import Receiver
from storm import Wanted, queues, storm

DURATION = "etsiSclMo/regExpirationDuration"
LEAF = "Device.ETSIM2M.SCL.1.Reregistration.RegExpirationDuration"
POOL = "Device.DHCPv4.Server.Pool."
RACES = 6   # rounds of a race; the first two end one way and the other


def duration(seconds):
    return f"<m2m:regExpirationDuration {M2M}>PT{seconds}S</m2m:regExpirationDuration>"


class Scene:
    """A world with one device, whose line is cut where a test says so."""

    def __init__(self, world, device):
        self.world, self.device, self.line, self.checks = world, device, device.line, world.checks
        device.known()
        self.line.wait_session()

    def restart(self):
        self.world.daemon.kill()
        self.world.daemon.start()

    def cut(self):
        """From now on no message of the device comes through."""
        self.line.at_request = lambda exchange: 0

    def mend(self):
        self.line.at_request = self.line.at_answer = None

    def kill_at(self, rpc, passes):
        """The daemon is killed as soon as it has sent this RPC; whether the device gets to see it."""
        killed = threading.Event()

        def at_answer(exchange):
            if exchange.reply != rpc or killed.is_set():
                return True
            self.cut()   # nothing of what the device answers comes through
            self.world.daemon.process.kill()
            killed.set()
            return passes
        self.line.at_answer = at_answer
        return killed

    def set_duration(self, seconds, statuses=(202,)):
        answer = self.world.put(f"{self.device.scl}/mgmtObjs/{DURATION}", duration(seconds))
        return self.checks.status(answer, statuses, f"a change to {seconds}")

    def after_restart(self, seconds, text):
        """The value as the tree shows it, once it is so; and what the device was asked since it could call again."""
        self.world.daemon.kill()
        self.world.daemon.start()
        place = len(self.line.exchanges)
        self.mend()
        self.world.until(f"{self.device.scl}/mgmtObjs/etsiSclMo?rem=cached", f"regExpirationDuration>PT{seconds}S<", text)
        self.line.wait_session(place)
        return place


def between_answer_and_session(scene):
    """R33: killed after the 202, before the device came."""
    checks, device = scene.checks, scene.device
    scene.cut()
    path, _ = scene.world.execute(f"{device.scl}/mgmtObjs/reboot")
    scene.restart()
    checks.equal(value(scene.world.get(path).text, "execStatus"), "INITIATED", "R33 it waits still")
    place = len(scene.line.exchanges)
    scene.mend()
    body = scene.world.finished(path, "R33 it is done")
    checks.equal(item(body, "FinalStatus"), "SUCCESS", "R33 well")
    scene.line.wait_session(place)
    checks.equal(scene.line.asked(place).count("Reboot"), 1, "R33 once")


def between_set_and_response(scene):
    """R34: killed after SetParameterValues was sent; the device has it and our key, or it never came there."""
    checks, line = scene.checks, scene.line
    for seconds, arrives in ((1111, True), (2222, False)):
        scene.cut()
        scene.set_duration(seconds)
        scene.mend()
        killed = scene.kill_at("SetParameterValues", arrives)
        checks.that(killed.wait(30), "R34 killed at SetParameterValues")
        place = scene.after_restart(seconds, "R34 the change is shown")
        asked = [name for name in line.asked(place) if name in ("GetParameterValues", "SetParameterValues")]
        if arrives:
            key = re.search(r"<ParameterKey>([^<]*)<", line.sent("SetParameterValues")[-1])[1]
            checks.that(f">{key}<" in line.told("Inform", place)[0], "R34 the device shows our key")
            checks.equal(asked, [], "R34 and it is not asked again")
        else:
            checks.equal(asked, ["GetParameterValues", "SetParameterValues"], "R34 with another key and value it is looked at, and set again")


def forgets_keys(scene):
    """R34: a device that keeps no key, but has the value."""
    scene.cut()
    scene.set_duration(3333)
    scene.mend()
    scene.checks.that(scene.kill_at("SetParameterValues", True).wait(30), "R34 killed at SetParameterValues")
    place = scene.after_restart(3333, "R34 the change is shown")
    asked = [name for name in scene.line.asked(place) if name in ("GetParameterValues", "SetParameterValues")]
    scene.checks.equal(asked, ["GetParameterValues"], "R34 without a key it is looked at, and not set again")


def kill_after(scene, how):
    """At TransferComplete: when it has arrived and nothing was done yet ("arrived"), some time after it was passed on (a delay in ms), or when it
    was answered."""
    killed = threading.Event()

    def kill():
        scene.cut()
        scene.world.daemon.process.kill()
        killed.set()

    def at_request(exchange):
        if exchange.rpc == "TransferComplete" and how != "answered":
            if how == "arrived":
                scene.world.daemon.process.send_signal(signal.SIGSTOP)
            threading.Timer(0.2 if how == "arrived" else how / 1000, kill).start()
        return True

    def at_answer(exchange):
        if exchange.rpc != "TransferComplete":
            return True
        if how == "answered":
            kill()
        killed.wait(10)
        return False   # the device hears nothing, whatever was said
    scene.line.at_request, scene.line.at_answer = at_request, at_answer
    return killed


def between_report_and_answer(scene, receiver):
    """R35: killed between TransferComplete and its answer; the device repeats it."""
    world, checks, device = scene.world, scene.checks, scene.device
    outcomes = set()
    for count in range(RACES):
        how = ("answered", "arrived")[count] if count < 2 else random.uniform(0, 12)
        scene.cut()
        path, _ = world.execute(f"{device.scl}/mgmtObjs/download")
        target = f"/{count}"
        checks.status(world.admin.post(path + "/subscriptions", subscription(receiver.uri(target), "s"), headers=XML), 201, "R35 a subscriber")
        receiver.hold()   # told after the restart
        killed = kill_after(scene, how)
        checks.that(killed.wait(60), f"R35 killed at TransferComplete ({how})")
        world.daemon.kill()
        world.daemon.start()
        is_done = value(world.get(path).text, "execStatus") == "FINISHED"
        outcomes.add(is_done)
        result = world.get(path).text
        place = len(scene.line.exchanges)
        receiver.release()
        scene.mend()
        body = world.finished(path, "R35 the result is there")
        checks.equal(item(body, "FinalStatus"), "SUCCESS", f"R35 its result: {body}")
        checks.that(until(lambda: scene.line.told("TransferComplete", place)), "R35 it was told again")
        scene.line.wait(lambda all_: any(each.reply == "TransferCompleteResponse" for each in all_[place:]))
        checks.that(not is_done or world.get(path).text == result, "R35 told again, it changes nothing")
        told = receiver.wait(1, where=lambda request: request.target == target and "FINISHED" in request.notify().text)
        times = {value(request.notify().text, "lastModifiedTime") for request in told}
        checks.equal(len(times), 1, f"R35 one change is told of ({how}, {'kept' if is_done else 'not kept'})")
    checks.equal(outcomes, {True, False}, "R35 both outcomes were seen")


def between_add_and_answer(scene):
    """R36: the answer to AddObject breaks off half way; with a kill, or without."""
    world, checks, line, device = scene.world, scene.checks, scene.line, scene.device
    for name, kills in (("half", False), ("killed", True)):
        scene.cut()
        xml = (f'<m2m:mgmtObj {M2M} m2m:id="{name}"><m2m:moID>{POOL}</m2m:moID><m2m:originalMO>{POOL}</m2m:originalMO>'
               f'<VendorClassID xmlns="urn:nscl:mo">{name}</VendorClassID></m2m:mgmtObj>')
        checks.status(world.admin.post(f"{device.scl}/mgmtObjs", xml, headers=XML), 202, "R36 an instance to be made")
        was_cut, place = threading.Event(), len(line.exchanges)

        def at_request(exchange):
            if exchange.rpc != "AddObjectResponse" or was_cut.is_set():
                return True
            was_cut.set()
            if kills:
                world.daemon.process.kill()
            return len(exchange.text) // 2
        line.at_request = at_request
        checks.that(was_cut.wait(30), "R36 cut at the response")
        if kills:
            world.daemon.kill()
            world.daemon.start()
        body = world.until(f"{device.scl}/mgmtObjs/{name}?rem=cached", "originalMO", "R36 it is made")
        line.wait_session(place)
        checks.equal(line.asked(place).count("AddObject"), 1, "R36 once")
        checks.that(re.search(rf"{re.escape(POOL)}\d+\.<", body), f"R36 its number: {body}")
        checks.that(f">{name}</VendorClassID>" in body, f"R36 its values: {body}")
    scene.mend()


def exact(checks):
    with World(checks) as world, Receiver() as receiver:
        (world.folder / "page").write_bytes(b"<html>")
        world.command("file", "import", str(world.folder / "page"), "--name", "page", "--type", "2 Web Content")
        plain, forgetful = world.device("ONE", called=False), world.device("TWO", called=False, style="cwmp-sim")
        scene = Scene(world, plain)
        checks.section("R33")
        between_answer_and_session(scene)
        checks.section("R34")
        between_set_and_response(scene)
        forgets_keys(Scene(world, forgetful))
        checks.section("R36")
        between_add_and_answer(scene)
        checks.section("R35")
        arguments = "<execReqArg><name>File</name><value>page</value></execReqArg>"
        world.put(f"{plain.scl}/mgmtObjs/download/execReqArgs", f"<m2m:execReqArgs {M2M}>{arguments}</m2m:execReqArgs>")
        between_report_and_answer(scene, receiver)


# ---------------------------------------------------------------- at random


FIELDS = {"regExpirationDuration": "PT{}S", "maxNumberOfDiscovRecords": "{}", "maxSizeOfDiscovAnswer": "{}"}   # each a change of its own


class Fleet:
    """Twenty devices that call each second, and applications that change each of them again and again."""

    def __init__(self, world, count):
        self.world, self.ids = world, [f"00A0C9-SIM-MANY{number:06}" for number in range(1, count + 1)]
        self.wanted = Wanted((device, field) for device in self.ids for field in FIELDS)
        self.number, self.lock = 1000, threading.Lock()
        line = [world.daemon.program, "simulate", "cpe", "--acs", f"http://127.0.0.1:{world.acs}/acs", "--serial-prefix", "MANY", "--count", str(count),
                "--interval", "1", "--retry-scale", "0.001"]
        self.process = subprocess.Popen(line, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, preexec_fn=die_with_parent)

    def close(self):
        self.process.kill()
        self.process.wait()

    def path(self, device):
        return f"/m2m/scls/{device}/mgmtObjs/etsiSclMo"

    def new_value(self, field):
        with self.lock:
            self.number += 1
            return FIELDS[field].format(self.number)

    def change(self, places, client):
        for device, field in places:
            text = self.new_value(field)
            document = f"<m2m:{field} {M2M}>{text}</m2m:{field}>"
            self.wanted.change((device, field), text, lambda: client.put(f"{self.path(device)}/{field}", document, headers=XML))

    def storm(self, seconds):
        """Changes from four sides, and a kill in their midst."""
        places = list(self.wanted.values)
        storm(self.world, [functools.partial(self.change, places[part::4]) for part in range(4)], seconds)

    def check_values(self):
        """As the devices have them."""
        for device in self.ids:
            shown = self.world.get(self.path(device) + "?rem=live").text
            for field in FIELDS:
                wanted = self.wanted.values[device, field]
                self.world.checks.that(self.wanted.admits((device, field), value(shown, field)), f"{device}: {field} is {value(shown, field)}, and was to be {wanted}")


def at_random(checks):
    rounds = int(os.environ.get("NSCL_CWMP_CRASH_ROUNDS", "10"))
    seed = int(os.environ.get("NSCL_CRASH_SEED") or random.randrange(1 << 32))
    print(f"seed {seed}", flush=True)
    chance = random.Random(seed)
    with World(checks) as world:
        fleet = Fleet(world, 20)
        try:
            for device in fleet.ids:
                world.until(f"/m2m/scls/{device}/mgmtObjs", "etsiSclMo", f"{device} is known")
            for _ in range(rounds):
                fleet.storm(chance.uniform(0.5, 2.5))
            checks.that(until(lambda: not queues(world, fleet.ids), 60), f"nothing waits any more: {queues(world, fleet.ids)}")
            fleet.check_values()
        finally:
            fleet.close()


def test(checks: Checks):
    exact(checks)
    checks.section("at random")
    at_random(checks)


if __name__ == "__main__":
    nscl_test.main(test)
