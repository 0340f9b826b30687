#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Devices that call, and management objects, as docs/acceptance-tr069.md lists them: rows 1 to 5, 9 to 12, 14 to 16, 30, 31, 57 and 63. Devices are simulated,
with the habits of the clients that the rows name (docs/simulator.md), and call over a line that shows each message."""

import re
import socket
import time

import nscl_test
from cwmp_world import M2M, World, XML, value
from delivery import subscription
from nscl_test import Checks, until
from receiver import Receiver

STYLES = {"NET": "netcwmp", "GEN": "genieacs-sim", "SIM": "cwmp-sim"}
POOL = "InternetGatewayDevice.LANDevice.1.LANHostConfigManagement.DHCPConditionalServingPool."


def values_of(**values):
    return "".join(f'<{name} xmlns="urn:nscl:mo">{text}</{name}>' for name, text in values.items())


def document(**values):
    return f"<m2m:mgmtObj {M2M}>{values_of(**values)}</m2m:mgmtObj>"


def calls(world, device):
    """R1: Inform to 204, and the device is listed."""
    checks = world.checks
    device.known()
    checks.that(device.line.wait_session(), f"R1 {device.serial}: the session ends with 204")
    first = [each for each in device.line.exchanges if each.rpc == "Inform"][0]
    checks.equal(first.reply, "InformResponse", f"R1 {device.serial}: Inform is answered")
    shown = world.command("device", "show", device.id, "--json")
    facts = [shown["facts"][name] for name in ("manufacturer", "oui", "productClass", "serialNumber", "softwareVersion", "hardwareVersion")]
    checks.equal(facts, ["NSCL Simulator", "00A0C9", "SIM", device.serial, "1.0.0", "1.0"], f"R1 {device.serial}: what it is")
    checks.equal([shown["id"], shown["state"]], [device.id, "adopted"], f"R1 {device.serial}: by its id")
    declared = [each for each in device.line.exchanges if each.answer and b"<?xml" in each.answer.body]
    checks.equal(declared, [], f"R2 {device.serial}: no answer has an XML declaration")
    checks.that(until(lambda: any("RPCs: ok" in line for line in device.output)), f"R2 {device.serial}: a full session: {device.output}")


def shown_values(world, device):
    """R9: what a device is, read from it now."""
    before = nscl_test.iso(time.time() - 1)
    place = len(device.line.exchanges)
    info = world.get(f"{device.scl}/mgmtObjs/etsiDeviceInfo?rem=live")
    world.checks.equal(info.status, 200, "R9 etsiDeviceInfo")
    nscl_test.valid(world.checks, info.text)
    wanted = {"deviceLabel": device.serial, "manufacturer": "NSCL Simulator", "model": "Simulated CPE", "deviceType": "SIM", "firmwareVersion": "1.0.0",
              "softwareVersion": "bootloader 1.0", "hardwareVersion": "1.0"}
    world.checks.equal({name: value(info.text, name) for name in wanted}, wanted, f"R9 {device.serial}: its values")
    world.checks.that("GetParameterValues" in device.line.asked(place), f"R9 {device.serial}: they are read: {device.line.asked(place)}")
    world.checks.that(value(info.text, "lastModifiedTime") >= before, f"R9 {device.serial}: the time is that of the read: {info.text}, after {before}")


def writable(world, device):
    """R10: a parameter is set, and the device says so when it is asked again."""
    checks, place = world.checks, len(device.line.exchanges)
    checks.equal(world.bind(device, "server", "Device.ManagementServer.").status, 201, "R10 an object of the device's data model")
    put = world.put(f"{device.scl}/mgmtObjs/server", document(PeriodicInformInterval="2"))
    checks.that(put.status in (200, 204), f"R10 the change is done: {put.brief()}")
    sent = device.line.sent("SetParameterValues", place)
    checks.that(any("PeriodicInformInterval" in text for text in sent), f"R10 SetParameterValues: {sent}")
    place = len(device.line.exchanges)
    shown = world.get(f"{device.scl}/mgmtObjs/server?rem=live").text
    told = device.line.told("GetParameterValuesResponse", place)
    checks.that(any(re.search(r"PeriodicInformInterval</Name><Value[^>]*>2<", text) for text in told), f"R10 the device has it: {told}")
    checks.that(re.search(r'<PeriodicInformInterval [^>]*>2<', shown), f"R10 and it is shown: {shown}")


def not_writable(world, device):
    """R11: the same where the device does not let it be set."""
    world.bind(device, "server", "InternetGatewayDevice.ManagementServer.")
    path = f"{device.scl}/mgmtObjs/server"
    before = world.get(path).text
    put = world.put(path, document(PeriodicInformEnable="false", PeriodicInformInterval="2"))
    world.checks.that(put.status in (400, 405), f"R11 refused: {put.brief()}")
    for part in ("CWMP 9003", "CWMP 9008", "PeriodicInformEnable", "PeriodicInformInterval"):
        world.checks.that(part in put.text, f"R11 additionalInfo has {part}: {put.text}")
    world.checks.equal(world.get(path).text, before, "R11 nothing has changed")


def asleep(world, device, receiver):
    """R12: a change waits for a device that sleeps, and its subscribers are told once it is there. Whoever asked is told as well: unit.nrem."""
    checks, path = world.checks, f"{device.scl}/mgmtObjs/etsiSclMo"
    before = world.get(path + "?rem=live").text
    checks.status(world.admin.post(path + "/subscriptions", subscription(receiver.uri("/told"), "s"), headers=XML), 201, "R12 somebody is subscribed")
    device.sleep()
    put = world.put(path + "/regExpirationDuration", f"<m2m:regExpirationDuration {M2M}>PT1H</m2m:regExpirationDuration>")
    checks.status(put, 202, "R12 the change waits")
    checks.equal(world.get(path + "?rem=cached").text, before, "R12 the old value is shown")
    place = len(device.line.exchanges)
    device.wake()
    world.until(path + "?rem=cached", "PT1H", "R12, R57 the device has it")
    sent = device.line.sent("SetParameterValues", place)
    checks.that(any(re.search(r"RegExpirationDuration</Name><Value[^>]*>3600<", text) for text in sent), f"R57 in seconds: {sent}")
    told = receiver.wait(1, where=lambda request: "PT1H" in request.notify().text)
    checks.equal(len(told), 1, "R12 the subscriber is told once")


def made(world, device):
    """R14: an instance is made on the device, with values, and removed; what it cannot have does not reach a client that would die of it."""
    checks, place = world.checks, len(device.line.exchanges)
    checks.equal(world.bind(device, "lan", POOL.rsplit(".", 2)[0] + ".").status, 201, "R14 the object that it is made in")

    def create(name, **values):
        xml = f'<m2m:parameters {M2M} m2m:id="{name}"><m2m:originalMO>{POOL}</m2m:originalMO>{values_of(**values)}</m2m:parameters>'
        return world.admin.post(f"{device.scl}/mgmtObjs/lan", xml, headers=XML)

    place = len(device.line.exchanges)
    answer = create("pool", Enable="true", VendorClassID="meter")
    checks.status(answer, 201, "R14 made")
    asked = [name for name in device.line.asked(place) if name != "GetParameterValues"]
    checks.equal(asked, ["AddObject", "GetParameterNames", "SetParameterValues"], "R14 by these RPCs")
    checks.equal(value(answer.text, "originalMO"), POOL + "1.", "R14 its number")
    shown = world.get(f"{device.scl}/mgmtObjs/lan/pool?rem=live").text
    checks.that(">meter</VendorClassID>" in shown and ">true</Enable>" in shown, f"R14 its values: {shown}")
    refused = create("wrong", Enable="true", Nonsense="1")
    checks.that(refused.status == 400 and POOL + "2.Nonsense" in refused.text, f"R14 an attribute that it does not have: {refused.brief()}")
    checks.that(not any("Nonsense" in text for text in device.line.sent("SetParameterValues")), "R14 is not sent to the device")
    checks.equal(world.get(f"{device.scl}/mgmtObjs/lan/wrong").status, 404, "R14 and nothing is left of it")
    place = len(device.line.exchanges)
    checks.status(world.admin.delete(f"{device.scl}/mgmtObjs/lan/pool"), (200, 204), "R14 removed")
    checks.that(any(POOL + "1." in text for text in device.line.sent("DeleteObject", place)), "R14 on the device too")
    checks.equal(device.process.poll(), None, "R14 the client lives")


def unseen(world, device):
    """R10: what an object of a device does not have does not reach a client that would die of it; and what is not named is not lost."""
    checks, path, server = world.checks, f"{device.scl}/mgmtObjs/server", "InternetGatewayDevice.ManagementServer."
    checks.equal(world.bind(device, "server", server).status, 201, "R10 an object of the device's data model")
    place = len(device.line.exchanges)
    put = world.put(path, document(PeriodicInformInterval="2", Nonsense="1", Folly="2"))
    checks.equal(put.status, 404, f"R10 names that it does not have: {put.brief()}")
    checks.that(all(server + name in put.text for name in ("Nonsense", "Folly")), f"R10 all of them: {put.text}")
    checks.that("GetParameterNames" in device.line.asked(place), f"R10 they were looked for: {device.line.asked(place)}")
    heard = device.line.sent("GetParameterValues", place) + device.line.sent("SetParameterValues", place)
    checks.that(not any("Nonsense" in text for text in heard), f"R10 and nothing else: {heard}")
    checks.equal(device.process.poll(), None, "R10 the client lives")
    put = world.put(path, document(PeriodicInformInterval="2"))
    checks.that(put.status in (200, 204), f"R10 what it has is set: {put.brief()}")
    shown = world.get(path + "?rem=cached").text
    checks.that(re.search(r"<PeriodicInformInterval [^>]*>2<", shown), f"R10 and shown: {shown}")
    checks.that("<PeriodicInformEnable " in shown, f"R10 with what was not named: {shown}")


def missing(world, device):
    """R15, R16: objects and parameters that a device does not have, which this client tells in ways of its own."""
    checks, nat = world.checks, "Device.NAT.PortMapping."
    for name, original_mo, values, statuses, reason in (("nat", nat, values_of(Enable="true"), (404, 501), "CWMP 9005"), ("table", nat, "", (404,), nat),
                                                        ("leaf", "Device.DeviceInfo.Nonsense", "", (404,), "Device.DeviceInfo.Nonsense")):
        row = "R16" if name == "leaf" else "R15"
        xml = f'<m2m:mgmtObj {M2M} m2m:id="{name}"><m2m:moID>{nat}</m2m:moID><m2m:originalMO>{original_mo}</m2m:originalMO>{values}</m2m:mgmtObj>'
        answer = world.admin.post(f"{device.scl}/mgmtObjs", xml, headers=XML)
        checks.status(answer, statuses, f"{row} {name}")
        checks.that(reason in answer.text, f"{row} {name}: the reason: {answer.text}")
        checks.equal(world.get(f"{device.scl}/mgmtObjs/{name}").status, 404, f"{row} {name}: no resource is left")
    checks.that("<Status>9005<" in "".join(device.line.told("AddObjectResponse")), "R15 it failed in a response")
    empty = [text for text in device.line.told("GetParameterValuesResponse") if "ParameterValueStruct[0]" in text]
    checks.that(empty, "R16 an empty list")


def called(world, secret):
    """R30: a device is called, and a wrong password is told of once."""
    checks, device = world.checks, world.device("CALL", style="cwmp-sim", interval=3600)   # a session of its own accord would do as well
    device.known()
    device.line.wait_session()
    place = len(device.line.exchanges)
    world.command("device", "connect", device.id)
    checks.that(device.line.wait(lambda all_: any("6 CONNECTION REQUEST" in each.text for each in all_[place:])), "R30 it comes")
    device.line.wait_session(place)
    world.command("device", "credential", device.id, "--user", "acs", "--password-file", world.secret("wrong", secret), "--connection-request")
    world.command("device", "connect", device.id)
    refused = until(lambda: [event for event in world.command("device", "events", device.id, "--json") if event["code"] == "connection_request.refused"], 40)
    checks.equal(len(refused), 1, "R30 a wrong password is told of")
    world.command("device", "connect", device.id)
    refused = [event for event in world.command("device", "events", device.id, "--json") if event["code"] == "connection_request.refused"]
    checks.equal(len(refused), 1, "R30 and not again and again")


def objects(checks, secret):
    with World(checks) as world, Receiver() as receiver:
        devices = {prefix: world.device(prefix, style=style) for prefix, style in STYLES.items()}
        for device in devices.values():
            checks.section(f"{device.serial} calls")
            calls(world, device)
            shown_values(world, device)
        checks.section("values")
        writable(world, devices["SIM"])
        not_writable(world, devices["NET"])
        missing(world, devices["SIM"])
        checks.section("a device that sleeps")
        asleep(world, devices["SIM"], receiver)
        checks.section("an instance")
        made(world, devices["GEN"])
        checks.section("what a device does not have")
        unseen(world, devices["GEN"])
        checks.section("connection requests")
        called(world, secret)
        checks.that(secret not in world.daemon.log(), "R63 no password is in the log")


def netcwmp_logs_in(world):
    """R3: a challenge first, RFC 2069 with an empty uri, and later messages by the cookie."""
    checks = world.checks
    world.command("device", "credential", "--oui", "00A0C9", "--user", "cwmp", "--password-file", world.secret("oui", "sesam-3"))
    device = world.device("DIG", style="netcwmp", user="cwmp", password="sesam-3", interval=3600)
    device.known()
    device.line.wait_session()
    first, second, *others = device.line.exchanges
    checks.equal((first.text, first.answer.status), ("", 401), "R3 nothing first, and a challenge")
    checks.that(first.answer.field("WWW-Authenticate").startswith("Digest "), "R3 of Digest")
    login = second.request.field("Authorization")
    checks.equal((second.rpc, second.reply), ("Inform", "InformResponse"), "R3 the Inform is taken")
    checks.that('uri=""' in login and "qop" not in login, f"R3 with RFC 2069: {login}")
    checks.that(all(each.request.field("Authorization") is None and "session=" in each.request.field("Cookie") for each in others), "R3 the rest by its cookie")
    checks.that(len(others) > 3, "R3 is served")
    wrong = world.device("BAD", style="netcwmp", user="cwmp", password="garbage", interval=3600, extra=("--once",))
    checks.equal(wrong.process.wait(60), 1, "R3 unmended: it fails")
    checks.equal([each.answer.status for each in wrong.line.exchanges], [401, 401], "R3 unmended: a clean 401")
    checks.equal(wrong.line.exchanges[-1].answer.field("Set-Cookie"), None, "R3 unmended: no session")


def simulators_log_in(world):
    """R4: Digest after Basic was not taken, without a cookie. R5: nothing is kept of who shows wrong credentials."""
    checks = world.checks
    device = world.device("SIM", style="cwmp-sim", user="cwmp", password="sesam-3", interval=3600)
    device.known()
    device.line.wait_session()
    statuses = [each.answer.status for each in device.line.exchanges]
    checks.equal((statuses[0], statuses.count(401), statuses[-1]), (401, 1, 204), f"R4 401, then served to the end: {statuses}")
    checks.that(device.line.exchanges[0].request.field("Authorization").startswith("Basic "), "R4 it tried Basic")
    checks.that(all(each.request.field("Cookie") is None for each in device.line.exchanges), "R4 no cookie")
    wrong = world.device("GEN", style="genieacs-sim", password="wrong", interval=3600)
    checks.that(wrong.line.wait(lambda all_: all_ and all_[0].answer), "R5 it calls")
    checks.equal(wrong.line.exchanges[0].answer.status, 401, "R5 refused")
    known = [device["id"] for device in world.command("device", "list", "--json")]
    checks.that(wrong.id not in known and "00A0C9-SIM-BAD000001" not in known, f"R3, R5 nothing is kept of it: {known}")
    checks.equal(world.get(wrong.scl).status, 404, "R5 nor in the tree")


def digest(checks):
    with World(checks, authentication="digest") as world:
        checks.section("authentication")
        netcwmp_logs_in(world)
        simulators_log_in(world)
        checks.that("sesam-3" not in world.daemon.log(), "R63 no password is in the log")


def forbidden(checks):
    """R31: an address that is not the device's, or is inside."""
    checks.section("addresses that are not called")
    with World(checks) as world, socket.create_server(("127.0.0.1", 0)) as victim:
        config = world.folder / "nscl.toml"
        config.write_text(config.read_text().replace('connection_request_networks = ["127.0.0.0/8"]', ""))
        world.daemon.restart()
        device = world.device("OUT", interval=3600, called=False)
        device.known()
        for url in (f"http://127.0.0.1:{victim.getsockname()[1]}/", "http://169.254.169.254/"):
            inform = device.line.told("Inform")[0].replace("OUT000001", "EVIL").replace("</ParameterList>",
                '<ParameterValueStruct><Name>Device.ManagementServer.ConnectionRequestURL</Name><Value xsi:type="xsd:string">' + url + "</Value></ParameterValueStruct></ParameterList>")
            inform = re.sub(r"<ParameterValueStruct><Name>Device.ManagementServer.ConnectionRequestURL</Name><Value[^>]*/></ParameterValueStruct>", "", inform)
            answer = nscl_test.Client("127.0.0.1", world.acs).post("/acs", inform, content_type="text/xml")
            checks.status(answer, 200, f"R31 {url}: the Inform is taken")
            world.command("device", "connect", "00A0C9-SIM-EVIL")
            events = until(lambda: [event for event in world.command("device", "events", "00A0C9-SIM-EVIL", "--json") if event["code"] == "connection_request.forbidden"])
            checks.equal(len(events), 1, f"R31 {url}: the operator is told")
        victim.settimeout(0.5)
        try:
            victim.accept()
            checks.that(False, "R31 it was called")
        except TimeoutError:
            checks.that(True, "R31 it was not called")


def test(checks: Checks):
    objects(checks, "sesam-30")
    digest(checks)
    forbidden(checks)


if __name__ == "__main__":
    nscl_test.main(test)
