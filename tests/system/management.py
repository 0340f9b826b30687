#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Device management from end to end: an application changes management objects and executes commands, and simulated devices (docs/simulator.md)
change and report, and tell of changes by themselves. Rows 1, 9, 10, 12, 13, 16, 17, 26, 57 and 60 of docs/acceptance-tr069.md; R7: logs."""

import json
import re
import time

import nscl_test
from cwmp_world import PATIENCE, XML, World, changed_document, item, value
from delivery import subscription
from nscl_test import Checks
from receiver import Receiver


def known(world, device):
    """R1, R9: a device calls for the first time, and the tree shows what it is."""
    body = world.until(f"{device.scl}/mgmtObjs", "etsiDeviceInfo", "the device's objects are made at its first contact")
    for name in ("etsiMemory", "etsiFirmware", "etsiReboot", "etsiSclMo", 'id="reboot"', 'id="factoryReset"', 'id="download"'):
        world.checks.that(name in body, f"{name} in {body[:2000]}")
    info = world.get(f"{device.scl}/mgmtObjs/etsiDeviceInfo")
    world.checks.equal(info.status, 200, "etsiDeviceInfo")
    world.checks.equal(value(info.text, "deviceLabel"), device.serial, "its serial number")
    world.checks.that(value(info.text, "firmwareVersion"), f"its version: {info.text}")
    world.valid(info.text)


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
    world.valid(body)
    return path


def refused(world, device):
    """Arguments that no device could take are refused before it is asked."""
    world.checks.equal(world.admin.post(f"{device.scl}/mgmtObjs/download/execEnable", "").status, 400, "a download without arguments")


def run_arguments(world, device):
    """An EXECUTE may bring arguments for this run; nothing else has a body."""
    def arguments(name, text):
        return ('<m2m:execReqArgs xmlns:m2m="http://uri.etsi.org/m2m">'
                f"<execReqArg><name>{name}</name><value>{text}</value></execReqArg></m2m:execReqArgs>")

    path = f"{device.scl}/mgmtObjs/scheduleInform"
    command = ('<m2m:mgmtCmd xmlns:m2m="http://uri.etsi.org/m2m" m2m:id="soon"><m2m:cmdType>SCHEDULEINFORM</m2m:cmdType></m2m:mgmtCmd>')
    if world.get(path).status == 404:
        path = f"{device.scl}/mgmtObjs/soon"
        world.checks.equal(world.admin.post(f"{device.scl}/mgmtObjs", command, headers=XML).status, 201, "a command")
    world.checks.equal(world.admin.post(f"{path}/execEnable", "").status, 400, "it lacks an argument")
    world.checks.equal(world.admin.post(f"{path}/execEnable", arguments("Colour", "blue"), headers=XML).status, 400, "nobody knows this one")
    world.checks.equal(world.admin.post(f"{path}/execEnable", "<x/>", headers=XML).status, 400, "another document")
    answer = world.admin.post(f"{path}/execEnable", arguments("DelaySeconds", "1"), headers=XML)
    world.checks.equal(answer.status, 202, f"with its argument it is taken: {answer.text}")
    body = world.until(re.sub(r"^https?://[^/]*", "", answer.field("Location") or ""), "execStatus>FINISHED<", "and done")
    world.checks.equal(item(body, "FaultCode"), "0", "well")
    world.checks.that("DelaySeconds" not in world.get(path).text, "the command does not keep it")
    reboot = f"{device.scl}/mgmtObjs/etsiReboot/rebootAction/reboot"
    world.checks.equal(world.admin.post(reboot, arguments("DelaySeconds", "1"), headers=XML).status, 400, "an action has none")


def action(world, device):
    """The same by the action of an object; progress and verdict stand in its ActionStatus."""
    path = f"{device.scl}/mgmtObjs/etsiReboot"
    answer = world.admin.post(f"{path}/rebootAction/reboot", "")
    world.checks.equal(answer.status, 202, f"the action is taken: {answer.text}")
    again = world.admin.post(f"{path}/rebootAction/reboot", "")
    world.checks.that(again.status in (409, 202), f"one at a time: {again.status}")
    body = world.until(path, r"<progress>100</progress>", "it ends")
    world.checks.equal(value(body, "finalStatus"), "SUCCESS", "well")


def change(world, device, name, text, correlation, receiver, tolerance=None):
    """An asynchronous UPDATE, which is answered 202."""
    fields = XML | {"X-etsi-correlationID": correlation, "X-etsi-contactURI": receiver.uri(f"/{correlation}")}
    if tolerance:
        fields["X-etsi-trpdt"] = tolerance
    put = world.admin.put(f"{device.scl}/mgmtObjs/etsiSclMo/{name}", f'<m2m:{name} xmlns:m2m="http://uri.etsi.org/m2m">{text}</m2m:{name}>', headers=fields)
    world.checks.equal(put.status, 202, f"a change waits: {put.text}")


def told(world, receiver, correlation, status):
    found = receiver.wait(1, PATIENCE, lambda request: request.target == f"/{correlation}")
    world.checks.equal(len(found), 1, f"{correlation} is told its outcome")
    for request in found:
        world.checks.equal(request.field("X-etsi-correlationID"), correlation, "by its correlationID")
        world.checks.that(f"<m2m:statusCode>{status}<" in request.body.decode(), f"{status}: {request.body.decode()}")
        if nscl_test.have_schemas():
            world.checks.equal(nscl_test.validate(request.body), None, "a responseNotify")


def told_later(world, device, receiver):
    """R12, R13: who asked is told, also by a daemon that was killed meanwhile."""
    change(world, device, "regExpirationDuration", "PT2H", "older", receiver)
    change(world, device, "regExpirationDuration", "PT3H", "newer", receiver)
    change(world, device, "maxNumberOfDiscovRecords", "7", "late", receiver, tolerance="PT1S")
    told(world, receiver, "late", "STATUS_GATEWAY_TIMEOUT")
    world.daemon.kill()
    world.daemon.start()
    world.device("ASLEEP", interval=1)
    told(world, receiver, "older", "STATUS_OK")
    told(world, receiver, "newer", "STATUS_OK")
    world.until(f"{device.scl}/mgmtObjs/etsiSclMo", r"PT(3H|10800S)<", "the newer one counts")


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
    world.valid(body)
    shown = json.loads(world.admin.get(f"{traps}/radio", headers={"Accept": "application/json"}).text)["parameters"]
    world.checks.equal(shown["eventOccured"]["currentIndex"], 1, f"in JSON: {shown}")
    world.checks.equal(len(shown["eventOccured"]["trapEventTimeStamp"]), 2, "the same times")
    world.checks.equal(world.admin.post(f"{traps}/radio/trapEventAction/trapEventDisable", "").status, 202, "it is disabled")
    world.until(f"{traps}/radio", r"trapEventDisable</action><progress>100</progress><finalStatus>SUCCESS", "which the device takes too")


def subscribed(world, device, receiver):
    """Whoever subscribes is told when the device changes, without anybody reading it, and once."""
    xml = ('<m2m:mgmtObj xmlns:m2m="http://uri.etsi.org/m2m" m2m:id="radio"><m2m:moID>Device.WiFi.</m2m:moID>'
           "<m2m:originalMO>Device.WiFi.Radio.1.</m2m:originalMO></m2m:mgmtObj>")
    made = world.admin.post(f"{device.scl}/mgmtObjs", xml, headers=XML)
    world.checks.that(made.status in (201, 202), f"an object for the radio: {made.status} {made.text}")
    world.until(f"{device.scl}/mgmtObjs/radio", r'Status"[^>]*>Up<', "it shows the device's values")
    made = world.admin.post(f"{device.scl}/mgmtObjs/radio/subscriptions", subscription(receiver.uri("/radio"), "s"), headers=XML)
    world.checks.equal(made.status, 201, f"it is subscribed to: {made.text}")
    receiver.wait_at("/radio", 1)   # how it is now
    switched(world, device, "devCapDisable")
    is_down = lambda request: request.target == "/radio" and b">Down<" in request.notify().representation   # noqa: E731
    world.checks.that(receiver.wait(1, PATIENCE, is_down), "the subscriber is told that it is down")
    switched(world, device, "devCapEnable")
    is_up = lambda request: request.target == "/radio" and b">Up<" in request.notify().representation   # noqa: E731
    world.checks.equal(len(receiver.wait(2, PATIENCE, is_up)), 2, "and that it is up again")
    world.checks.equal(len(receiver.at("/radio")), 3, "nothing is told twice")
    world.checks.equal(world.admin.delete(f"{device.scl}/mgmtObjs/radio/subscriptions/s").status, 204, "it unsubscribes")
    end = time.monotonic() + PATIENCE
    while '"notify"' in world.get(f"/m2m-admin/devices/{device.id}/operations").text and time.monotonic() < end:   # those that are not over
        time.sleep(0.1)
    before = len(receiver.at("/radio"))
    switched(world, device, "devCapDisable")
    switched(world, device, "devCapEnable")
    world.checks.equal(len(receiver.at("/radio")), before, "and is told no more")


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
    world.valid(body)
    shown = json.loads(world.admin.get(path, headers={"Accept": "application/json"}).text)["mgmtObj"]
    world.checks.that(f"simulated line 8 of {device.serial}" in str(shown["logData"]), f"in JSON: {shown}")
    world.checks.equal(world.admin.post(f"{path}/perfLogAction/perfLogStop", "").status, 501, "it cannot be stopped")


def asleep(world):
    """R12, R26: a device that does not call."""
    device = world.device("ASLEEP", called=False)
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
    with World(checks) as world:
        device = world.device("ONE", called=False)
        checks.section("a device calls")
        known(world, device)
        checks.section("a parameter is changed")
        changed_parameter(world, device)
        checks.section("a command")
        rebooted(world, device)
        refused(world, device)
        run_arguments(world, device)
        checks.section("an action")
        action(world, device)
        checks.section("a trap")
        trap(world, device)
        checks.section("a subscription")
        with Receiver() as receiver:
            subscribed(world, device, receiver)
        checks.section("a log")
        log(world, device)
        checks.section("a device that does not call")
        device = asleep(world)
        checks.section("what becomes of it")
        with Receiver() as receiver:
            told_later(world, device, receiver)
        checks.section("who created what")
        mirrored(world)
        checks.section("no secrets")
        checks.that(world.daemon.admin_password() not in world.daemon.log(), "nothing in the log")


if __name__ == "__main__":
    nscl_test.main(test)
