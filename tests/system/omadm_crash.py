#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""SIGKILL, and cut connections, while devices of OMA-DM are managed: rows 33 to 36, at the very message. At random moments: omadm_storm.py.
The clients are scripted (dm_client.py)."""

import random
import re
import signal
import threading
import time

import nscl_test
from cwmp_world import M2M, XML, World, item, value
from delivery import subscription
from dm_client import DmClient
from nscl_test import BadAnswer, Checks, Client, until
from omadm_acceptance import PASSWORD, SERVER_PASSWORD
from receiver import Receiver
from wire import Connection, compose

SCLMO, FUMO, RESTART = "./ETSI/SclMo", "./FUMO/1", "./DiagMon/Restart"
UPDATE, REGISTER, START = f"{FUMO}/DownloadAndUpdate", f"{SCLMO}/ReRegistration", f"{RESTART}/Operations/Start"
RECORDS = f"{SCLMO}/MaxNumberOfDiscovRecords"
IMAGE = {"FileType": "1 Firmware Upgrade Image", "URL": "http://127.0.0.1:9/image"}
GONE = (OSError, BadAnswer, AssertionError)   # the daemon, or what it says is not a whole answer
RACES = 6   # rounds of a race; the first two end one way and the other


class Interrupted(Exception):
    """The device is cut off."""


class Device(DmClient):
    """A client that can be cut off: `at`, a function of a command's name, its node and whether it was done, raises Interrupted.
    With `cuts` half of its next message goes out, and `cuts` is called."""

    def __init__(self, world, name):
        world.import_dm(name, PASSWORD, SERVER_PASSWORD)
        super().__init__(world.dm, name, PASSWORD, SERVER_PASSWORD)
        self.world, self.at, self.cuts, self.number = world, None, None, 0
        self.scl = f"/m2m/scls/{name}"
        self.types |= {SCLMO: "urn:oma:mo:ext-etsi-sclmo:1.0", FUMO: "urn:oma:mo:oma-fumo:1.0", RESTART: "urn:oma:mo:oma-diag:restart:1.0"}
        self.tree |= {RECORDS: ("int", "1"), f"{SCLMO}/MaxSizeOfDiscovAnswer": ("int", "1"), f"{SCLMO}/RegExpirationDuration": ("int", "1"),
                      f"{FUMO}/State": ("int", "10"), f"{UPDATE}/PkgURL": ("chr", ""), f"{RESTART}/Operations": ("node", "")}
        self.executables = {UPDATE: self.fetch, REGISTER: self.accept, START: self.accept}
        self.done, self.correlators = [], []   # commands that were done, with their nodes; of what was run, in order

    def fetch(self, _, command):
        self.tree[f"{FUMO}/State"] = ("int", "30")
        return self.accept(_, command)

    def accept(self, _, command):
        self.correlators.append(command.findtext("Correlator"))
        return [], 202, []

    def report(self, correlator=None, source=UPDATE, kind="org.openmobilealliance.dm.firmwareupdate.downloadandupdate"):
        """Its alert that a run has ended well."""
        return correlator or self.correlators[-1], [self.alert_item(source, kind, "200")]

    def call(self, alerts=(), messages=200):
        """A session of so many messages at most, to its end or until it is cut off; whether it was."""
        self.number += 1
        self.connection, self.refused = Client("127.0.0.1", self.world.dm, timeout=30), 0
        try:
            self.run(session=f"{self.number:X}", alerts=alerts, messages=messages)
        except Interrupted:
            return True
        return False

    def comes_back(self):
        """For ten seconds after one that broke off, the device is told that it is in a session."""
        try:
            self.call(messages=20)
        except AssertionError:
            time.sleep(1)
        return self.package_one_status == "212"

    def answer(self, message, command):
        node = command.findtext("Item/Target/LocURI") or ""
        if self.at:
            self.at(command.tag, node, False)
        out = super().answer(message, command)
        self.done.append((command.tag, node))
        if self.at:
            self.at(command.tag, node, True)
        return out

    def post_octets(self, octets, media=None):
        if not self.cuts:
            return super().post_octets(octets, media)
        line = Connection("127.0.0.1", self.world.dm, 20)
        request = compose("POST", self.target, "127.0.0.1", octets, {"Content-Type": self.media})
        line.send(request[:len(request) - len(octets) // 2])
        self.cuts()
        line.close()
        raise Interrupted

    def count(self, name, node):
        return self.done.count((name, node))


class Scene:
    """A world with one device."""

    def __init__(self, world, name):
        self.world, self.checks, self.device = world, world.checks, Device(world, name)
        self.scl = self.device.scl
        self.device.call()
        world.until(f"{self.scl}/mgmtObjs", "etsiSclMo", f"{name}: what it has")

    def kill_at(self, name, node, is_done, alerts=()):
        """The daemon is killed as soon as it has sent this command; whether the device gets to do it. Then it is started again. `alerts`: what the device tells before."""
        def at(*what):
            if what == (name, node, is_done):
                self.world.daemon.process.kill()
                raise Interrupted
        self.device.at = at
        self.checks.that(self.device.call(alerts=alerts), f"killed at {name} of {node}")
        self.device.at = None
        self.restart()

    def restart(self):
        self.world.daemon.kill()
        self.world.daemon.start()

    def set_records(self, text):
        document = f"<m2m:maxNumberOfDiscovRecords {M2M}>{text}</m2m:maxNumberOfDiscovRecords>"
        self.checks.status(self.world.put(f"{self.scl}/mgmtObjs/etsiSclMo/maxNumberOfDiscovRecords", document), 202, f"a change to {text}")

    def records(self):
        return self.device.tree[RECORDS][1].rstrip("\0"), value(self.world.get(f"{self.scl}/mgmtObjs/etsiSclMo?rem=cached").text, "maxNumberOfDiscovRecords")

    def execute(self, command, **arguments):
        return self.world.execute(f"{self.scl}/mgmtObjs/{command}", **arguments)[0]

    def succeeds(self, path, text):
        body = self.world.finished(path, text)
        self.checks.equal(item(body, "FinalStatus"), "SUCCESS", f"{text}: well: {body}")


def between_answer_and_session(scene):
    """R33: killed after the 202, before the device came."""
    checks, device = scene.checks, scene.device
    path = scene.execute("reboot")
    scene.set_records(33)
    scene.restart()
    checks.equal(value(scene.world.get(path).text, "execStatus"), "INITIATED", "R33 it waits still")
    device.call()
    checks.equal(device.count("Exec", START), 1, "R33 the device is told once")
    device.call()   # it is back
    scene.succeeds(path, "R33 it is done")
    checks.equal([scene.records(), device.count("Replace", RECORDS)], [("33", "33"), 1], "R33 and so is the change")


def between_replace_and_status(scene):
    """R34: killed after Replace was sent; the device has the value, or it never came there."""
    checks, device = scene.checks, scene.device
    for text, arrives in (("1111", True), ("2222", False)):
        scene.set_records(text)
        before = device.count("Replace", RECORDS)
        scene.kill_at("Replace", RECORDS, arrives)
        place = len(device.done)
        device.call()
        asked = [name for name, node in device.done[place:] if node == RECORDS]
        checks.equal(asked, ["Get"] if arrives else ["Get", "Replace"], f"R34 it is looked at first ({arrives})")
        checks.equal([scene.records(), device.count("Replace", RECORDS) - before], [(text, text), 1], "R34 once in effect, and shown")


def between_exec_and_status(scene):
    """R34: killed after Exec was sent. What has a state is looked at; what has none is run again, unless its alert has come; what restarts the device is not."""
    checks, device = scene.checks, scene.device
    path, before = scene.execute("reboot"), device.count("Exec", START)
    scene.kill_at("Exec", START, True)
    device.call()   # it is back
    scene.succeeds(path, "R34 it has restarted")
    checks.equal(device.count("Exec", START) - before, 1, "R34 and is not told again")
    for runs in (True, False):
        path, before = scene.execute("download", **IMAGE), len(device.correlators)
        scene.kill_at("Exec", UPDATE, runs)
        device.call()
        checks.equal(len(device.correlators) - before, 1, f"R34 run once ({runs})")
        checks.equal(value(scene.world.get(path).text, "execStatus"), "STARTED", "R34 and going on")
        device.call(alerts=[device.report()])
        device.tree[f"{FUMO}/State"] = ("int", "10")
        scene.succeeds(path, "R34 it ends")
    action = f"{scene.scl}/mgmtObjs/etsiSclMo/sclMoAction/reRegistration"
    for has_ended in (True, False):
        checks.status(scene.world.admin.post(action, ""), 202, "R34 an action without a state")
        before = len(device.correlators)
        scene.kill_at("Exec", REGISTER, True)
        alert = device.report(source=REGISTER, kind="urn:test")
        device.call(alerts=[alert] if has_ended else ())
        checks.equal(len(set(device.correlators[before:])), 1, "R34 by its key it is one")
        checks.equal(len(device.correlators) - before, 1 if has_ended else 2, f"R34 what has ended is not run again ({has_ended})")
        if not has_ended:
            device.call(alerts=[alert])
        scene.world.until(f"{scene.scl}/mgmtObjs/etsiSclMo?rem=cached", "<progress>100</progress>\\s*<finalStatus>SUCCESS", "R34 its end")


def between_alert_and_next(scene):
    """R34: killed when the answer to the alert of one run has the next one with it, and never came there. What the state shows is of the first."""
    checks, device = scene.checks, scene.device
    first = scene.execute("download", **IMAGE)
    device.call()
    second, before, alert = scene.execute("download", **IMAGE), len(device.correlators), device.report()
    scene.kill_at("Exec", UPDATE, False, alerts=[alert])
    device.call(alerts=[alert])
    checks.equal(len(device.correlators) - before, 1, "R34 it is run")
    device.call(alerts=[device.report()])
    device.tree[f"{FUMO}/State"] = ("int", "10")
    for path in (first, second):
        scene.succeeds(path, "R34 both end")


def alert_is_cut(scene, how):
    """When the daemon is killed, the final alert has arrived and nothing was done yet ("arrived"), was sent some time ago (a delay in ms), or was answered."""
    world, device = scene.world, scene.device
    delay = {"answered": 0, "arrived": 0.2}[how] if isinstance(how, str) else how / 1000
    timer = threading.Timer(delay, world.daemon.process.kill)
    try:
        device.number += 1
        device.connection = Client("127.0.0.1", world.dm, timeout=30)
        if how == "arrived":
            world.daemon.process.send_signal(signal.SIGSTOP)
        if how != "answered":
            timer.start()
        device.begin(session=f"{device.number:X}", alerts=[device.report()])
    except GONE:
        pass
    if how == "answered":
        timer.start()
    timer.join()
    scene.restart()


def between_alert_and_status(scene, receiver):
    """R35: killed between the final alert and its Status; the device repeats it."""
    world, checks, device = scene.world, scene.checks, scene.device
    outcomes = set()
    for count in range(RACES):
        how = ("answered", "arrived")[count] if count < 2 else random.uniform(0, 12)
        path, target = scene.execute("download", **IMAGE), f"/{count}"
        device.call()
        checks.status(world.admin.post(path + "/subscriptions", subscription(receiver.uri(target), "s"), headers=XML), 201, "R35 a subscriber")
        receiver.hold()   # told after the restart
        alert_is_cut(scene, how)
        result = world.get(path).text
        is_done = value(result, "execStatus") == "FINISHED"
        outcomes.add(is_done)
        receiver.release()
        device.call(alerts=[device.report()])
        device.tree[f"{FUMO}/State"] = ("int", "10")
        scene.succeeds(path, "R35 its result")
        checks.that(not is_done or world.get(path).text == result, "R35 told again, it changes nothing")
        told = receiver.wait(1, where=lambda request: request.target == target and "FINISHED" in request.notify().text)
        times = {value(request.notify().text, "lastModifiedTime") for request in told}
        checks.equal(len(times), 1, f"R35 one change is told of ({how}, {'kept' if is_done else 'not kept'})")
    checks.equal(outcomes, {True, False}, "R35 both outcomes were seen")


def between_add_and_status(scene, receiver):
    """R36: the Status of an Add breaks off half way; with a kill, or without."""
    world, checks, device = scene.world, scene.checks, scene.device
    for name, kills in (("killed", True), ("half", False)):
        node, headers = f"./Vendor/memory/{name}", {"X-etsi-contactURI": receiver.uri(f"/{name}"), "X-etsi-correlationID": name} | XML
        xml = (f'<m2m:mgmtObj {M2M} m2m:id="{name}"><m2m:moID>urn:test</m2m:moID><m2m:originalMO>{node}</m2m:originalMO>'
               f'<size xmlns="urn:nscl:mo" path="{node}/size">7</size></m2m:mgmtObj>')
        checks.status(world.admin.post(f"{scene.scl}/mgmtObjs", xml, headers=headers), 202, "R36 a node to be made")

        def at(*what):
            if what == ("Add", node, True):
                device.cuts, device.at = (world.daemon.process.kill if kills else lambda: None), None
        device.at = at
        checks.that(device.call(), "R36 cut at the Status")
        device.cuts = None
        if kills:
            scene.restart()
        checks.that(until(device.comes_back, 30), f"R36 another session: {device.package_one_status}")
        body = world.until(f"{scene.scl}/mgmtObjs/{name}?rem=cached", f"originalMO>{node}<", "R36 it is made")
        checks.that(re.search(">7</size>", body), f"R36 with its value: {body}")
        made_nodes = sorted(path for path in device.tree if path.startswith("./Vendor/memory/" + name))
        checks.equal(made_nodes, [node, node + "/size"], "R36 one node")
        told = receiver.wait(1, where=lambda request: request.target == f"/{name}")
        answers = [(request.field("X-etsi-correlationID"), b"STATUS_OK<" in request.body) for request in told]
        checks.equal(answers, [(name, True)], f"R36 whoever asked is told that it is made: {[request.body for request in told]}")


def test(checks: Checks):
    with World(checks, dm="") as world, Receiver() as receiver:
        scene = Scene(world, "ONE")
        checks.section("R33")
        between_answer_and_session(scene)
        checks.section("R34")
        between_replace_and_status(scene)
        between_exec_and_status(scene)
        between_alert_and_next(scene)
        checks.section("R36")
        between_add_and_status(scene, receiver)
        checks.section("R35")
        between_alert_and_status(scene, receiver)


if __name__ == "__main__":
    nscl_test.main(test)
