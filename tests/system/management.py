#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Device management from end to end: an application changes management objects and executes commands, and simulated devices (docs/simulator.md)
change and report, and tell of changes by themselves. Rows 1, 9 to 20, 24 to 28 and 60 of the acceptance list; R7: logs."""

import json
import pathlib
import re
import subprocess
import tempfile
import threading
import time

import nscl_test
from delivery import subscription
from nscl_test import Checks, Daemon, die_with_parent, free_port
from receiver import Receiver

CONFIG = """
[[listener]]
address = "127.0.0.1"
port = {port}

[[listener]]
purpose = "acs"
address = "127.0.0.1"
port = {acs}

[[listener]]
purpose = "files"
address = "127.0.0.1"
port = {files}

[acs]
authentication = "off"
informs_per_minute = 1000

[files]
url = "http://127.0.0.1:{files}"
basic_without_tls = true

[outgoing]
allowed_networks = ["127.0.0.0/8"]

[management]
unknown_devices = "adopt"
live_wait = "8s"
{more}
"""
PATIENCE = 30   # seconds; a session takes milliseconds
XML = {"Content-Type": "application/xml"}


class World:
    def __init__(self, checks, more=""):
        self.checks, self.folder = checks, pathlib.Path(tempfile.mkdtemp(prefix="nscl-management-"))
        self.port, self.acs, self.files = free_port(), free_port(), free_port()
        self.receiver = Receiver()
        config = self.folder / "nscl.toml"
        config.write_text(CONFIG.format(port=self.port, acs=self.acs, files=self.files, more=more))
        self.daemon = Daemon(config=config, port=self.port, listen=[], start=False)
        self.daemon.listen = None
        self.daemon.command = lambda: [self.daemon.program, "serve", "--config", str(config), "--data-dir", str(self.daemon.data_dir)]
        self.daemon.start()
        self.admin = self.daemon.admin()
        self.devices = []

    def close(self):
        for device in self.devices:
            device.stop()
        self.daemon.close()
        self.receiver.close()

    def device(self, prefix, **options):
        made = Device(self, prefix, **options)
        self.devices.append(made)
        return made

    def get(self, path):
        return self.admin.get(path)

    def until(self, path, wanted, text):
        """The document at `path` once `wanted` is found in it."""
        end = time.monotonic() + PATIENCE
        while True:
            answer = self.get(path)
            body = answer.text if answer.status == 200 else ""
            if re.search(wanted, body):
                self.checks.that(True, text)
                return body
            if time.monotonic() > end:
                self.checks.that(False, f"{text}: {answer.status} {body[-1500:]}")
                return body
            time.sleep(0.1)


class Device:
    """`nscl simulate cpe` with one device that calls each second."""

    def __init__(self, world, prefix, interval=1, style="plain", extra=()):
        self.world, self.serial = world, prefix + "000001"
        self.id = f"00A0C9-SIM-{self.serial}"
        self.scl = f"/m2m/scls/{self.id}"
        line = [world.daemon.program, "simulate", "cpe", "--acs", f"http://127.0.0.1:{world.acs}/acs", "--serial-prefix", prefix, "--interval", str(interval),
                "--style", style, "--retry-scale", "0.01", *extra]
        self.output = []
        self.process = subprocess.Popen(line, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, preexec_fn=die_with_parent)
        threading.Thread(target=lambda: self.output.extend(iter(self.process.stdout.readline, "")), daemon=True).start()

    def stop(self):
        if self.process.poll() is None:
            self.process.terminate()
        self.process.wait()


def value(document, name):
    found = re.search(rf"<(?:\w+:)?{name}(?: [^>]*)?>([^<]*)<", document)
    return found.group(1) if found else None


def item(document, name):
    found = re.search(rf"<execResultItem><name>{name}</name><value>([^<]*)</value>", document)
    return found.group(1) if found else None


def valid(world, document, text):
    complaint = nscl_test.validate(document) if nscl_test.have_schemas() else None
    world.checks.equal(complaint, None, text)


def known(world, device):
    """R1, R9: a device calls for the first time, and the tree shows what it is."""
    body = world.until(f"{device.scl}/mgmtObjs", "etsiDeviceInfo", "the device's objects are made at its first contact")
    for name in ("etsiMemory", "etsiFirmware", "etsiReboot", "etsiSclMo", 'id="reboot"', 'id="factoryReset"', 'id="download"'):
        world.checks.that(name in body, f"{name} in {body[:2000]}")
    info = world.get(f"{device.scl}/mgmtObjs/etsiDeviceInfo")
    world.checks.equal(info.status, 200, "etsiDeviceInfo")
    world.checks.equal(value(info.text, "deviceLabel"), device.serial, "its serial number")
    world.checks.that(value(info.text, "firmwareVersion"), f"its version: {info.text}")
    valid(world, info.text, "by the schema")


def changed_parameter(world, device):
    """R10, R16: any object of the device's data model as a management object."""
    xml = ('<m2m:mgmtObj xmlns:m2m="http://uri.etsi.org/m2m" m2m:id="server"><m2m:moID>Device.ManagementServer.</m2m:moID>'
           "<m2m:originalMO>Device.ManagementServer.</m2m:originalMO></m2m:mgmtObj>")
    made = world.admin.post(f"{device.scl}/mgmtObjs", xml, headers=XML)
    world.checks.that(made.status in (201, 202), f"bound to an object that is there: {made.status} {made.text}")
    body = world.until(f"{device.scl}/mgmtObjs/server", "PeriodicInformInterval", "it shows the device's values")
    world.checks.that("Password>s" not in body, "no password")
    changed = re.sub(r'(path="Device\.ManagementServer\.PeriodicInformInterval"[^>]*>)\d+<', r"\g<1>2<", body)
    world.checks.that(changed != body, f"the attribute has its path: {body}")
    keep = re.search(r"<m2m:subscriptionsReference>.*?</m2m:subscriptionsReference>(.*)</m2m:mgmtObj>", changed, re.S)
    only = re.findall(r"<[^<]*PeriodicInformInterval\"[^>]*>2</[^>]*>", keep.group(1) if keep else "")
    world.checks.equal(len(only), 1, f"one element for it: {changed}")
    put = world.admin.put(f"{device.scl}/mgmtObjs/server", changed_document(changed), headers=XML)
    world.checks.that(put.status in (200, 204, 202), f"the change is taken: {put.status} {put.text}")
    world.until(f"{device.scl}/mgmtObjs/server", r'PeriodicInformInterval"[^>]*>2<', "the device has it")


def changed_document(document):
    """What a client may send of a document that it has read."""
    for name in ("creationTime", "lastModifiedTime", "moID", "originalMO", "subscriptionsReference"):
        document = re.sub(rf"<m2m:{name}>.*?</m2m:{name}>", "", document, flags=re.S)
    document = re.sub(r"<m2m:parametersCollection.*?(/>|</m2m:parametersCollection>)", "", document, flags=re.S)
    return re.sub(r' m2m:id="[^"]*"', "", document)


def rebooted(world, device):
    """R17: a command, from EXECUTE to the report."""
    answer = world.admin.post(f"{device.scl}/mgmtObjs/reboot/execEnable", "")
    world.checks.equal(answer.status, 202, f"the command is taken: {answer.text}")
    instance = answer.field("Location") or ""
    world.checks.that("/execInstances/" in instance, f"its instance: {instance}")
    world.checks.equal(value(answer.text, "execStatus"), "INITIATED", "not begun yet")
    path = re.sub(r"^https?://[^/]*", "", instance)
    body = world.until(path, "execStatus>FINISHED<", "the device has restarted")
    world.checks.equal(item(body, "FaultCode"), "0", "without a fault")
    world.checks.equal(item(body, "FinalStatus"), "SUCCESS", "and tells so")
    valid(world, body, "by the schema")
    return path


def refused(world, device):
    """Arguments that no device could take are refused before it is asked."""
    world.checks.equal(world.admin.post(f"{device.scl}/mgmtObjs/download/execEnable", "").status, 400, "a download without arguments")


def action(world, device):
    """The same by the action of an object; progress and verdict stand in its ActionStatus."""
    path = f"{device.scl}/mgmtObjs/etsiReboot"
    answer = world.admin.post(f"{path}/rebootAction/reboot", "")
    world.checks.equal(answer.status, 202, f"the action is taken: {answer.text}")
    again = world.admin.post(f"{path}/rebootAction/reboot", "")
    world.checks.that(again.status in (409, 202), f"one at a time: {again.status}")
    body = world.until(path, r"<progress>100</progress>", "it ends")
    world.checks.equal(value(body, "finalStatus"), "SUCCESS", "well")


def switched(world, device, trigger):
    """The device changes a parameter by itself: the state of the radio that is switched."""
    radio = f"{device.scl}/mgmtObjs/etsiDeviceCapability/WiFi.Radio.1"
    answer = world.admin.post(f"{radio}/capabilityAction/{trigger}", "")
    world.checks.equal(answer.status, 202, f"{trigger}: {answer.text}")
    world.until(radio, r"<progress>100</progress>", f"{trigger} is done")


def trap(world, device):
    """A trap on any parameter: Notification 2, and a time in the ring for each change."""
    traps = f"{device.scl}/mgmtObjs/etsiTrapEvent"
    body = ('<m2m:parameters xmlns:m2m="http://uri.etsi.org/m2m" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:type="m2m:TrapInstance" m2m:id="radio">'
            "<m2m:trapId>Device.WiFi.Radio.1.Status</m2m:trapId></m2m:parameters>")
    made = world.admin.post(traps, body, headers=XML)
    world.checks.equal(made.status, 201, f"an application makes a trap: {made.text}")
    action = world.get(f"{traps}/radio/trapEventAction")
    enable = re.sub(r"^https?://[^/]*", "", value(action.text, "trapEventEnable") or "")
    world.checks.equal(world.admin.post(enable, "").status, 202, "it is enabled by the URI that is shown")
    enabled = world.until(f"{traps}/radio", "<progress>100</progress>", "the device is asked")
    world.checks.equal(value(enabled, "finalStatus"), "SUCCESS", "and takes it")
    world.checks.equal(value(enabled, "currentIndex"), None, "nothing has occured")
    switched(world, device, "devCapDisable")
    world.until(f"{traps}/radio", "<currentIndex>0</currentIndex>", "the change occured")
    switched(world, device, "devCapEnable")
    body = world.until(f"{traps}/radio", "<currentIndex>1</currentIndex>", "and so did the next")
    world.checks.equal(body.count("<trapEventTimeStamp>"), 2, "one time for each")
    valid(world, body, "the trap by the schema")
    shown = json.loads(world.admin.get(f"{traps}/radio", headers={"Accept": "application/json"}).text)["parameters"]
    world.checks.equal(shown["eventOccured"]["currentIndex"], 1, f"in JSON: {shown}")
    world.checks.equal(len(shown["eventOccured"]["trapEventTimeStamp"]), 2, "the same times")
    world.checks.equal(world.admin.post(f"{traps}/radio/trapEventAction/trapEventDisable", "").status, 202, "it is disabled")
    world.until(f"{traps}/radio", r"trapEventDisable</action><progress>100</progress><finalStatus>SUCCESS", "which the device takes too")


def told(world, device):
    """Whoever subscribes is told when the device changes, without anybody reading it, and once."""
    xml = ('<m2m:mgmtObj xmlns:m2m="http://uri.etsi.org/m2m" m2m:id="radio"><m2m:moID>Device.WiFi.</m2m:moID>'
           "<m2m:originalMO>Device.WiFi.Radio.1.</m2m:originalMO></m2m:mgmtObj>")
    made = world.admin.post(f"{device.scl}/mgmtObjs", xml, headers=XML)
    world.checks.that(made.status in (201, 202), f"an object for the radio: {made.status} {made.text}")
    world.until(f"{device.scl}/mgmtObjs/radio", r'Status"[^>]*>Up<', "it shows the device's values")
    made = world.admin.post(f"{device.scl}/mgmtObjs/radio/subscriptions", subscription(world.receiver.uri("/radio"), "s"), headers=XML)
    world.checks.equal(made.status, 201, f"it is subscribed to: {made.text}")
    world.receiver.wait_at("/radio", 1)   # how it is now
    switched(world, device, "devCapDisable")
    is_down = lambda request: request.target == "/radio" and b">Down<" in request.notify().representation   # noqa: E731
    world.checks.that(world.receiver.wait(1, PATIENCE, is_down), "the subscriber is told that it is down")
    switched(world, device, "devCapEnable")
    is_up = lambda request: request.target == "/radio" and b">Up<" in request.notify().representation   # noqa: E731
    world.checks.equal(len(world.receiver.wait(2, PATIENCE, is_up)), 2, "and that it is up again")
    world.checks.equal(len(world.receiver.at("/radio")), 3, "nothing is told twice")
    world.checks.equal(world.admin.delete(f"{device.scl}/mgmtObjs/radio/subscriptions/s").status, 204, "it unsubscribes")
    end = time.monotonic() + PATIENCE
    while '"notify"' in world.get(f"/m2m-admin/devices/{device.id}/operations").text and time.monotonic() < end:   # those that are not over
        time.sleep(0.1)
    before = len(world.receiver.at("/radio"))
    switched(world, device, "devCapDisable")
    switched(world, device, "devCapEnable")
    world.checks.equal(len(world.receiver.at("/radio")), before, "and is told no more")


def log(world, device):
    """R7: the log of the device is fetched, and its text is logData."""
    listed = re.findall(r'id="(etsiPerformanceLog[^"]*)"', world.get(f"{device.scl}/mgmtObjs").text)
    system = [name for name in listed if "systLog" in world.get(f"{device.scl}/mgmtObjs/{name}").text]
    world.checks.equal(len(system), 1, f"the system's log among {listed}")
    path = f"{device.scl}/mgmtObjs/{system[0]}"
    answer = world.admin.post(f"{path}/perfLogAction/perfLogStart", "")
    world.checks.equal(answer.status, 202, f"it is to be fetched: {answer.text}")
    body = world.until(path, "<progress>100</progress>", "it is")
    world.checks.that(f'<log xmlns="urn:nscl:mo">simulated line 1 of {device.serial}\n' in body, f"its text: {body}")
    valid(world, body, "the log by the schema")
    shown = json.loads(world.admin.get(path, headers={"Accept": "application/json"}).text)["mgmtObj"]
    world.checks.that(f"simulated line 8 of {device.serial}" in str(shown["logData"]), f"in JSON: {shown}")
    world.checks.equal(world.admin.post(f"{path}/perfLogAction/perfLogStop", "").status, 501, "it cannot be stopped")


def asleep(world):
    """R12, R26: a device that does not call."""
    device = world.device("ASLEEP", interval=1)
    world.until(f"{device.scl}/mgmtObjs", "etsiSclMo", "it was there once")
    device.stop()
    time.sleep(0.5)
    answer = world.admin.post(f"{device.scl}/mgmtObjs/reboot/execEnable", "")
    path = re.sub(r"^https?://[^/]*", "", answer.field("Location") or "")
    world.checks.equal(value(world.get(path).text, "execStatus"), "INITIATED", "a command waits for it")
    world.checks.equal(world.admin.post(f"{path}/execDisable", "").status, 200, "it can be called back")
    world.checks.equal(item(world.get(path).text, "FinalStatus"), "CANCELLED", "and is over")
    before = world.get(f"{device.scl}/mgmtObjs/etsiSclMo").text
    body = changed_document(before).replace("</m2m:mgmtObj>", "")
    put = world.admin.put(f"{device.scl}/mgmtObjs/etsiSclMo/regExpirationDuration",
                          '<m2m:regExpirationDuration xmlns:m2m="http://uri.etsi.org/m2m">PT1H</m2m:regExpirationDuration>', headers=XML)
    world.checks.equal(put.status, 202, f"R57: a change waits too: {put.text} {body[:0]}")
    world.checks.equal(world.get(f"{device.scl}/mgmtObjs/etsiSclMo").text, before, "until then the old value is shown")
    return device


def mirrored(world):
    """R60: what the gateway itself writes is data; the same by an application is done on the device."""
    gateway = world.daemon.principal("gw", "pw", scl="gw")
    scl = world.daemon.client(gateway)
    body = ('<m2m:scl xmlns:m2m="http://uri.etsi.org/m2m" sclId="gw"><m2m:link>http://gw.example/m2m</m2m:link>'
            "<m2m:mgmtProtocolType>BBF_TR069</m2m:mgmtProtocolType></m2m:scl>")
    world.checks.equal(scl.post("/m2m/scls", body, headers=XML).status, 201, "a gateway registers")
    command = ('<m2m:mgmtCmd xmlns:m2m="http://uri.etsi.org/m2m" m2m:id="boot"><m2m:cmdType>REBOOT</m2m:cmdType></m2m:mgmtCmd>')
    world.checks.equal(scl.post("/m2m/scls/gw/mgmtObjs", command, headers=XML).status, 201, "and tells of a command")
    answer = world.admin.post("/m2m/scls/gw/mgmtObjs/boot/execEnable", "")
    world.checks.equal(answer.status, 501, f"that no device is known for: {answer.text}")


def test(checks: Checks):
    world = World(checks)
    try:
        device = world.device("ONE")
        checks.section("a device calls")
        known(world, device)
        checks.section("a parameter is changed")
        changed_parameter(world, device)
        checks.section("a command")
        rebooted(world, device)
        refused(world, device)
        checks.section("an action")
        action(world, device)
        checks.section("a trap")
        trap(world, device)
        checks.section("a subscription")
        told(world, device)
        checks.section("a log")
        log(world, device)
        checks.section("a device that does not call")
        asleep(world)
        checks.section("who created what")
        mirrored(world)
        checks.section("no secrets")
        checks.that(world.daemon.admin_password() not in world.daemon.log(), "nothing in the log")
    finally:
        world.close()


if __name__ == "__main__":
    nscl_test.main(test)
