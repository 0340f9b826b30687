#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Commands on devices, as docs/acceptance-tr069.md lists them: rows 17 to 29, 61 and 63. Devices are simulated, with the habits of the clients that the
rows name, and call over a line that shows each message."""

import http.server
import re
import threading
import types

import nscl_test
from cwmp_world import M2M, World, XML, item, value
from delivery import subscription
from digest import Digest
from nscl_test import Checks, Client, until
from receiver import Receiver

FIRMWARE = "1 Firmware Upgrade Image"


def subscribed(world, path, receiver, target):
    world.checks.status(world.admin.post(path + "/subscriptions", subscription(receiver.uri(target), "s"), headers=XML), 201, f"somebody is subscribed to {path}")


def states_told(receiver, target):
    told = [request.notify() for request in receiver.requests if request.target == target]
    return [value(each.text, "execStatus") for each in told if each.status == "STATUS_OK"]


def restarted(world, device, receiver, row, command, events):
    """A command that restarts the device: INITIATED, STARTED, FINISHED, each told of once."""
    checks, target = world.checks, f"/{row}"
    device.sleep()
    path, answer = world.execute(f"{device.scl}/mgmtObjs/{command}")
    checks.equal(value(answer.text, "execStatus"), "INITIATED", f"{row} not begun yet")
    subscribed(world, path, receiver, target)
    place = len(device.line.exchanges)
    device.wake()
    body = world.finished(path, f"{row} the device is back")
    checks.equal([item(body, "FaultCode"), item(body, "FinalStatus")], ["0", "SUCCESS"], f"{row} its result")
    nscl_test.valid(checks, body)
    informs = device.line.told("Inform", place)
    told = [[code for code in re.findall(r"<EventCode>([^<]*)<", text) if code not in ("2 PERIODIC", "6 CONNECTION REQUEST")] for text in informs]
    checks.that(events in told, f"{row} by these events: {events} in {told}")
    receiver.wait(3, where=lambda request: request.target == target)
    checks.equal(states_told(receiver, target), ["INITIATED", "STARTED", "FINISHED"], f"{row} told of in order")
    return place


def restarts(world, receiver, sim, net):
    restarted(world, sim, receiver, "R17", "reboot", ["1 BOOT", "M Reboot"])
    restarted(world, net, receiver, "R18", "reboot", ["1 BOOT"])
    place = restarted(world, sim, receiver, "R19", "factoryReset", ["1 BOOT"])
    world.checks.that(until(lambda: "GetParameterNames" in sim.line.asked(place)), "R19 it is asked again what it has")


def ask(method, url, user, password, **fields):
    """By Digest."""
    port, target = re.match(r"http://127\.0\.0\.1:(\d+)(.*)", url).groups()
    client = Client("127.0.0.1", int(port))
    digest = Digest(types.SimpleNamespace(client=lambda: client), user, password)
    challenge = client.request(method, target)
    digest.challenge(challenge)
    realm = re.search(r'realm="([^"]*)"', challenge.field("WWW-Authenticate"))[1]
    client.authorization = digest.field(method, target, realm=realm)
    return client.request(method, target, headers=fields)


def arguments(world, path, **named):
    items = "".join(f"<execReqArg><name>{name}</name><value>{text}</value></execReqArg>" for name, text in named.items())
    world.checks.status(world.put(path + "/execReqArgs", f"<m2m:execReqArgs {M2M}>{items}</m2m:execReqArgs>"), 204, f"arguments of {path}")


def told_in(text, name):
    found = re.search(rf"<{name}>([^<]*)</{name}>", text)
    return found[1] if found else None


def downloads(world, device, image):
    """R20: the whole way of a firmware image."""
    checks, who = world.checks, device.serial
    arguments(world, f"{device.scl}/mgmtObjs/download", File="box.bin", FileType=FIRMWARE)
    place = len(device.line.exchanges)
    path, _ = world.execute(f"{device.scl}/mgmtObjs/download")
    checks.that(device.line.wait(lambda all_: any(each.rpc == "DownloadResponse" for each in all_[place:])), f"R20 {who}: it is told")
    sent = device.line.sent("Download", place)[0]
    checks.equal([told_in(sent, "FileType"), told_in(sent, "FileSize")], [FIRMWARE, str(len(image))], f"R20 {who}: what it is told")
    checks.that("<Status>1<" in device.line.told("DownloadResponse", place)[0], f"R20 {who}: it will do it")
    url, user, password = (told_in(sent, name) for name in ("URL", "Username", "Password"))
    head = ask("HEAD", url, user, password)
    checks.equal((head.status, head.field("Content-Length")), (200, str(len(image))), f"R20 {who}: HEAD")
    part = ask("GET", url, user, password, Range="bytes=10-19")
    checks.equal((part.status, part.field("Content-Range"), part.body), (206, f"bytes 10-19/{len(image)}", image[10:20]), f"R20 {who}: Range")
    checks.status(ask("GET", url, user, "wrong"), 401, f"R20 {who}: not without its password")
    body = world.finished(path, f"R20 {who}: it reports")
    checks.equal([item(body, "FaultCode"), item(body, "FinalStatus")], ["0", "SUCCESS"], f"R20 {who}: its result")
    checks.that(item(body, "StartTime") and item(body, "CompleteTime"), f"R20 {who}: its times: {body}")
    checks.equal(len(device.line.told("TransferComplete", place)), 1, f"R20 {who}: told once")
    world.until(f"{device.scl}/mgmtObjs/etsiDeviceInfo", "firmwareVersion>2.0.0<", f"R20 {who}: the new version")
    nscl_test.valid(checks, body)
    checks.that(password not in world.daemon.log() and url.split("/")[-2] not in world.daemon.log(), "R63 neither password nor token is in the log")


def without_credentials(checks, image):
    """R20: a client that fetches files without the credentials that it was told."""
    for files, fault in (("", "9012"), ("token_alone = true", "0")):
        with World(checks, files=files) as world:
            keep(world, image)
            device = world.device("GEN", style="genieacs-sim")
            device.known()
            arguments(world, f"{device.scl}/mgmtObjs/download", File="box.bin", FileType=FIRMWARE)
            body = world.finished(world.execute(f"{device.scl}/mgmtObjs/download")[0], "R20 it reports")
            checks.equal(item(body, "FaultCode"), fault, f"R20 with \"{files}\"")
            checks.that(not any("7 TRANSFER" in text for text in device.line.told("Inform")), "R20 without an event")


def firmware_action(world, device, image):
    """R61: the action of a management object, with a file of somebody else; its status tells how it goes."""
    checks, place = world.checks, f"{device.scl}/mgmtObjs/etsiFirmware/fw1"

    class Handler(http.server.BaseHTTPRequestHandler):
        def log_message(self, *_):
            pass

        def do_GET(self):
            self.send_response(200)
            self.send_header("Content-Length", str(len(image)))
            self.end_headers()
            self.wfile.write(image)

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        url = f"http://127.0.0.1:{server.server_port}/image"
        checks.status(world.put(place + "/firmwareURL", f"<m2m:firmwareURL {M2M}>{url}</m2m:firmwareURL>"), (200, 204), "R61 which image")
        checks.status(world.admin.post(place + "/firmwareAction/fwDownloadAndUpdate", ""), 202, "R61 the action")
        body = world.until(place, "<progress>100</progress>", "R61 it ends")
        checks.equal(value(body, "finalStatus"), "SUCCESS", "R61 well")
        nscl_test.valid(checks, body)
        world.until(f"{device.scl}/mgmtObjs/etsiDeviceInfo", "firmwareVersion>3.0.0<", "R61 the new version")
        server.shutdown()


def refused_transfers(world, net, sim):
    """R21, R22: what clients report that do no such thing."""
    checks = world.checks
    arguments(world, f"{net.scl}/mgmtObjs/download", File="box.bin", FileType=FIRMWARE)
    body = world.finished(world.execute(f"{net.scl}/mgmtObjs/download")[0], "R21 it reports")
    checks.equal([item(body, name) for name in ("FaultCode", "FaultString", "FinalStatus", "StartTime")], ["9001", "Request denied", "FAILURE", None], "R21 its result")
    arguments(world, f"{sim.scl}/mgmtObjs/upload", FileType="2 Vendor Log File")
    body = world.finished(world.execute(f"{sim.scl}/mgmtObjs/upload")[0], "R22 it reports")
    checks.equal([item(body, name) for name in ("FaultCode", "FinalStatus")], ["9010", "FAILURE"], "R22 its result")


def uploads(world, device):
    """R23: what a device brings is stored, and read by whoever may."""
    checks = world.checks
    arguments(world, f"{device.scl}/mgmtObjs/upload", FileType="1 Vendor Configuration File")
    body = world.finished(world.execute(f"{device.scl}/mgmtObjs/upload")[0], "R23 it reports")
    checks.equal(item(body, "FinalStatus"), "SUCCESS", f"R23 its result: {body}")
    url = re.sub(r"^https?://[^/]*", "", item(body, "FileURL") or "")
    checks.that(f"Device.DeviceInfo.SerialNumber={device.serial}" in world.get(url).text, f"R23 the file: {url}")
    stranger = world.daemon.client(world.daemon.principal("stranger", "pw"))
    checks.equal(stranger.get(url).status, 404, "R23 others do not see it")


def skipped(world, device, row, fault):
    """R24: a command that the device does not know; what waits behind it is done in the same session."""
    checks, info = world.checks, "InternetGatewayDevice.DeviceInfo."
    checks.status(world.bind(device, "info", info), 201, f"{row} an object")
    device.sleep()
    command = f'<m2m:mgmtCmd {M2M} m2m:id="soon"><m2m:cmdType>SCHEDULEINFORM</m2m:cmdType></m2m:mgmtCmd>'
    checks.status(world.admin.post(f"{device.scl}/mgmtObjs", command, headers=XML), 201, f"{row} a command that an application makes")
    arguments(world, f"{device.scl}/mgmtObjs/soon", DelaySeconds="5")
    path, _ = world.execute(f"{device.scl}/mgmtObjs/soon")
    put = world.put(f"{device.scl}/mgmtObjs/info", f'<m2m:mgmtObj {M2M}><ProvisioningCode xmlns="urn:nscl:mo">{row}</ProvisioningCode></m2m:mgmtObj>')
    checks.status(put, 202, f"{row} and a change behind it")
    place = len(device.line.exchanges)
    device.wake()
    body = world.finished(path, f"{row} {device.serial}: the command ends")
    checks.equal([item(body, "FinalStatus"), item(body, "FaultCode")], ["FAILURE", fault], f"{row} {device.serial}: its result")
    world.until(f"{device.scl}/mgmtObjs/info", f">{row}</ProvisioningCode>", f"{row} {device.serial}: the change is done")
    of = {each.reply: each.number for each in device.line.exchanges[place:] if each.reply in ("ScheduleInform", "SetParameterValues")}
    checks.equal((len(of), len(set(of.values()))), (2, 1), f"{row} {device.serial}: in the same session: {of}")


def no_software(world, device):
    """R25: who does not know ChangeDUState is not asked again."""
    checks = world.checks
    command = f'<m2m:mgmtCmd {M2M} m2m:id="units"><m2m:cmdType>CHANGEDUSTATE</m2m:cmdType></m2m:mgmtCmd>'
    checks.status(world.admin.post(f"{device.scl}/mgmtObjs", command, headers=XML), 201, "R25 a command")
    operation = ("<execReqArg><name>Operations</name><value><Operation>Install</Operation><URL>http://127.0.0.1:9/unit</URL></value></execReqArg>")
    put = world.put(f"{device.scl}/mgmtObjs/units/execReqArgs", f"<m2m:execReqArgs {M2M}>{operation}</m2m:execReqArgs>")
    checks.status(put, 204, "R25 its arguments")
    body = world.finished(world.execute(f"{device.scl}/mgmtObjs/units")[0], "R25 the command ends")
    checks.equal([item(body, "FinalStatus"), item(body, "FaultCode")], ["FAILURE", "9000"], "R25 its result")
    unit = (f'<m2m:parameters {M2M} xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:type="m2m:SwInstance" m2m:id="unit"><m2m:softwareName>u</m2m:softwareName>'
            "<m2m:softwareVersion>1</m2m:softwareVersion><m2m:softwareURL>http://127.0.0.1:9/unit</m2m:softwareURL></m2m:parameters>")
    entity = world.daemon.client(world.daemon.principal("entity", "pw", scl=device.id))   # its own SCL tells of it
    made = entity.post(f"{device.scl}/mgmtObjs/etsiSoftware", unit, headers=XML)
    checks.status(made, 201, "R25 a software")
    actions = "".join(f"<m2m:sw{name}/>" for name in ("Download", "DownloadAndInstall", "Install", "Remove", "Activate", "Deactivate"))
    buttons = f'<m2m:parameters {M2M} xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:type="m2m:SoftwareAction" m2m:id="softwareAction">{actions}</m2m:parameters>'
    checks.status(entity.post(f"{device.scl}/mgmtObjs/etsiSoftware/unit", buttons, headers=XML), 201, "R25 with its actions")
    place = len(device.line.exchanges)
    answer = world.admin.post(f"{device.scl}/mgmtObjs/etsiSoftware/unit/softwareAction/swDownloadAndInstall", "")
    checks.that(answer.status == 501 and "ChangeDUState" in answer.text, f"R25 an action that needs it: {answer.brief()}")
    checks.equal(device.line.sent("ChangeDUState", place), [], "R25 it is not asked")


def cancelled(world, sim, gen):
    """R26 to R29."""
    checks = world.checks
    sim.sleep()
    place = len(sim.line.exchanges)
    path, _ = world.execute(f"{sim.scl}/mgmtObjs/reboot")
    checks.status(world.admin.post(path + "/execDisable", ""), 200, "R26 called back")
    body = world.get(path).text
    checks.equal([value(body, "execStatus"), item(body, "FinalStatus")], ["FINISHED", "CANCELLED"], "R26 it is over")
    arguments(world, f"{sim.scl}/mgmtObjs/download", File="box.bin", FileType=FIRMWARE, DelaySeconds="60")
    path, _ = world.execute(f"{sim.scl}/mgmtObjs/download")
    sim.wake()
    world.until(path, "execStatus>STARTED<", "R27 begun")
    checks.equal(sim.line.sent("Reboot", place), [], "R26 and was never sent")
    disabled = world.admin.post(path + "/execDisable", "")
    checks.status(disabled, (200, 202), "R27 called back")
    body = world.finished(path, "R27 it ends")
    checks.equal(item(body, "FinalStatus"), "CANCELLED", "R27 cancelled")
    checks.equal(len(sim.line.sent("CancelTransfer", place)), 1, "R27 by CancelTransfer")

    path, _ = world.execute(f"{sim.scl}/mgmtObjs/reboot")
    world.until(path, "execStatus>STARTED<", "R28 begun")
    before = world.get(path).text
    checks.status(world.admin.post(path + "/execDisable", ""), (404, 409) if "execDisable" not in before else 409, "R28 not to be called back")
    checks.that(value(world.get(path).text, "execStatus") in ("STARTED", "FINISHED"), "R28 it goes on")
    world.finished(path, "R28 and ends")

    place = len(gen.line.exchanges)
    arguments(world, f"{gen.scl}/mgmtObjs/download", File="page", FileType="2 Web Content", DelaySeconds="3")
    path, _ = world.execute(f"{gen.scl}/mgmtObjs/download")
    world.until(path, "execStatus>STARTED<", "R29 begun")
    checks.status(world.admin.delete(path), (200, 204), "R29 deleted")
    checks.that(gen.line.wait(lambda all_: any(each.rpc == "TransferComplete" and each.answer for each in all_[place:])), "R29 the report comes")
    checks.equal([each.reply for each in gen.line.exchanges[place:] if each.rpc == "TransferComplete"], ["TransferCompleteResponse"], "R29 it is answered")
    checks.equal(world.get(path).status, 404, "R29 nothing else comes of it")


def keep(world, image):
    """Files for devices."""
    for name, octets, words in (("box.bin", image, ["--version", "2.0.0"]), ("page", b"<html>", ["--type", "2 Web Content"])):
        (world.folder / name).write_bytes(octets)
        world.command("file", "import", str(world.folder / name), "--name", name, *words)


def test(checks: Checks):
    image = b"version 2.0.0\n" + b"x" * 100_000
    with World(checks) as world, Receiver() as receiver:
        keep(world, image)
        net, gen, sim = (world.device(prefix, style=style) for prefix, style in (("NET", "netcwmp"), ("GEN", "genieacs-sim"), ("SIM", "cwmp-sim")))
        plain = world.device("ONE")
        for device in world.devices:
            device.known()
        checks.section("restarts")
        restarts(world, receiver, sim, net)
        checks.section("transfers")
        downloads(world, plain, image)
        downloads(world, sim, image)
        firmware_action(world, gen, image.replace(b"2.0.0", b"3.0.0"))
        refused_transfers(world, net, sim)
        uploads(world, plain)
        checks.section("what devices do not know")
        skipped(world, net, "R24", "9000")
        skipped(world, gen, "R24", "9000")
        no_software(world, sim)
        checks.section("cancelling")
        cancelled(world, sim, gen)
    checks.section("a client that sends no credentials")
    without_credentials(checks, image)


if __name__ == "__main__":
    nscl_test.main(test)
