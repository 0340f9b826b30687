#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Devices that an external ACS manages (docs/external-acs.md; M11, row 62 of the acceptance list): an application changes management objects and executes
commands, and a scripted GenieACS has its devices do it, at once, later, not at all, or over a restart of the daemon."""

import pathlib
import re
import tempfile
import time

import nscl_test
from nscl_test import Checks, Daemon, free_port
from scripted_genieacs import GenieAcs, box

CONFIG = """
[[listener]]
address = "127.0.0.1"
port = {port}

[outgoing]
allowed_networks = ["127.0.0.0/8"]

[management]
unknown_devices = "adopt"
live_wait = "10s"

[[external_acs]]
name = "genie"
uri = "http://127.0.0.1:{acs}"
devices = "all"
poll_time = "1s"
list_time = "1s"
"""
PATIENCE = 60   # seconds
XML = {"Content-Type": "application/xml"}
DURATION = "Device.ETSIM2M.SCL.1.Reregistration.RegExpirationDuration"


class World:
    def __init__(self, checks):
        self.checks, self.acs, self.port = checks, GenieAcs(), free_port()
        config = pathlib.Path(tempfile.mkdtemp(prefix="nscl-external-")) / "nscl.toml"
        config.write_text(CONFIG.format(port=self.port, acs=self.acs.port))
        self.daemon = Daemon(config=config, port=self.port, listen=[], start=False)
        self.daemon.command = lambda: [self.daemon.program, "serve", "--config", str(config), "--data-dir", str(self.daemon.data_dir)]
        self.daemon.start()
        self.admin = self.daemon.admin(timeout=60)

    def close(self):
        self.daemon.close()
        self.acs.close()

    def add(self, serial):
        device = box(serial)
        self.acs.add(device)
        scl = f"/m2m/scls/{device['_id']}"
        self.until(lambda: "etsiSclMo" in self.text(f"{scl}/mgmtObjs"), f"{serial}: its objects are there")
        return device["_id"], scl

    def text(self, path):
        answer = self.admin.get(path)
        return answer.text if answer.status == 200 else ""

    def until(self, wanted, text):
        end = time.monotonic() + PATIENCE
        while not (found := wanted()) and time.monotonic() < end:
            time.sleep(0.1)
        self.checks.that(found, text)
        return found

    def put(self, scl, duration):
        body = f'<m2m:regExpirationDuration xmlns:m2m="http://uri.etsi.org/m2m">{duration}</m2m:regExpirationDuration>'
        return self.admin.put(f"{scl}/mgmtObjs/etsiSclMo/regExpirationDuration", body, headers=XML)

    def duration(self, scl):
        found = re.search(r"regExpirationDuration>([^<]*)<", self.text(f"{scl}/mgmtObjs/etsiSclMo?rem=cached"))
        return found and found[1]

    def submitted(self, device, name):
        return [call for call in self.acs.made("POST", f"/devices/{device}/tasks") if f'"name":"{name}"' in call[2]]


def item(document, name):
    found = re.search(rf"<execResultItem><name>{name}</name><value>([^<]*)</value>", document)
    return found and found[1]


def at_once(world):
    """Row 62: task queued, executed, value visible."""
    device, scl = world.add("ONE")
    info = world.text(f"{scl}/mgmtObjs/etsiDeviceInfo")
    world.checks.that("<deviceLabel>ONE<" in info.replace("m2m:", ""), f"what the ACS knows of it: {info}")
    put = world.put(scl, "PT1H")
    world.checks.that(put.status in (200, 204), f"the change is done: {put.status} {put.text}")
    world.checks.equal(str(world.acs.value(device, DURATION)), "3600", "the device has it")
    world.checks.equal(world.duration(scl), "PT1H", "and the tree shows it")
    world.checks.equal(world.acs.waiting(device), [], "nothing is left there")
    return device, scl


def later(world, device, scl):
    """A device that sleeps: 202, and the old value until it called the ACS."""
    world.acs.asleep.add(device)
    put = world.put(scl, "PT2H")
    world.checks.status(put, 202, "the change waits")
    world.checks.equal(len(world.acs.waiting(device)), 1, "at the ACS")
    world.checks.equal(world.duration(scl), "PT1H", "the old value")
    world.acs.wake(device)
    world.until(lambda: world.duration(scl) == "PT2H", "the new value, once the device has called")


def refused(world, device, scl):
    world.acs.refusals[device, "setParameterValues"] = {
        "code": "cwmp.9003", "message": "Invalid arguments",
        "detail": {"faultCode": "9003", "faultString": "Invalid arguments",
                   "setParameterValuesFault": [{"parameterName": DURATION, "faultCode": "9007", "faultString": "Invalid value"}]}}
    put = world.put(scl, "PT3H")
    world.checks.status(put, 400, "the device refuses the value")
    world.checks.that("CWMP 9007" in put.text and DURATION in put.text, f"and its fault is told: {put.text}")
    world.until(lambda: not world.acs.waiting(device), "the ACS does not try again")
    world.checks.equal(world.acs.faults, {}, "and has no fault")
    world.checks.equal(world.duration(scl), "PT2H", "the old value")
    world.acs.refusals.clear()


def cancelled(world, device, scl):
    world.acs.asleep.add(device)
    answer = world.admin.post(f"{scl}/mgmtObjs/reboot/execEnable", "")
    path = re.sub(r"^https?://[^/]*", "", answer.field("Location") or "")
    world.checks.status(answer, 202, "a command for a device that sleeps")
    world.until(lambda: world.acs.waiting(device), "waits at the ACS")
    world.acs.in_session.add(device)
    world.checks.status(world.admin.post(f"{path}/execDisable", ""), (200, 202), "it is called back")
    world.until(lambda: len(world.acs.made("DELETE", "/tasks/")) > 2, "the ACS cannot now")
    world.checks.that("CANCELLING" in world.text(path), "which may take a while")
    world.acs.in_session.clear()
    world.until(lambda: "execStatus>FINISHED<" in world.text(path), "it is over")
    world.checks.equal(item(world.text(path), "FinalStatus"), "CANCELLED", "and was not done")
    world.acs.wake(device)
    world.checks.that(world.acs.devices[device]["_lastBoot"].startswith("2020"), "the device has not restarted")


def commanded(world, device, scl):
    answer = world.admin.post(f"{scl}/mgmtObjs/reboot/execEnable", "")
    path = re.sub(r"^https?://[^/]*", "", answer.field("Location") or "")
    world.until(lambda: "execStatus>FINISHED<" in world.text(path), "a command ends when its task leaves the queue")
    world.checks.equal(item(world.text(path), "FinalStatus"), "SUCCESS", "well")
    world.until(lambda: "1 BOOT" in world.admin.get(f"/m2m-admin/devices/{device}").text, "the restart is an event of the device")


def restarted(world, device, scl):
    """A task that was submitted is found again, and not submitted twice."""
    world.acs.asleep.add(device)
    before = len(world.submitted(device, "setParameterValues"))
    world.checks.status(world.put(scl, "PT4H"), 202, "the change waits at the ACS")
    world.daemon.kill()
    asked = len(world.acs.made("GET", "/faults"))
    world.daemon.start()
    world.admin = world.daemon.admin(timeout=60)
    world.until(lambda: len(world.acs.made("GET", "/faults")) > asked, "the ACS is asked again")
    world.acs.wake(device)
    world.until(lambda: world.duration(scl) == "PT4H", "and what was done meanwhile is seen")
    world.checks.equal(len(world.submitted(device, "setParameterValues")), before + 1, "submitted once")


def lost(world, device, scl):
    """The connection breaks before the answer of the ACS: whether the task is there is looked up before it is submitted again."""
    world.acs.asleep.add(device)
    before = len(world.submitted(device, "setParameterValues"))
    world.acs.lost = 1
    world.checks.status(world.put(scl, "PT5H"), 202, "it is not known yet")
    world.until(lambda: world.acs.made("GET", "/tasks?query=%7B%22device%22"), "the queue of the device is looked into")
    world.acs.wake(device)
    world.until(lambda: world.duration(scl) == "PT5H", "the change is done")
    world.checks.equal(len(world.submitted(device, "setParameterValues")), before + 1, "submitted once")


def test(checks: Checks):
    world = World(checks)
    try:
        checks.section("at once")
        device, scl = at_once(world)
        for step in (later, refused, cancelled, commanded, restarted, lost):
            checks.section(step.__name__)
            step(world, device, scl)
    finally:
        world.close()


if __name__ == "__main__":
    nscl_test.main(test)
