#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Simulated devices of OMA-DM (docs/simulator.md), in XML and WBXML, as docs/acceptance-omadm.md lists them: rows 40, 47, 56 and 61, commands, software, fleet work, traces
and what a SIGKILL leaves."""

import http.server
import json
import re
import threading

import nscl_test
from cwmp_world import M2M, XML, World, item, value
from nscl_test import Checks, until

MAPPING = """protocol = "oma_dm"

[[object]]
type = "etsiReboot"
at = ["{root}test/"]
[object.attributes]
rebootLevel = { stored = "RESTART_OS" }
rebootTiming = { stored = "IMMEDIATE" }
applicationRef = { stored = "" }
[object.actions]
child = "rebootAction"
status = "rebootActionStatus"
reboot = { exec = "{object}/execute" }
factoryReset = { unsupported = "it is only a test" }
"""


class Images(http.server.ThreadingHTTPServer):
    """Serves `image`; how often it was asked for. with Images(octets) as images: images.url"""

    def __init__(self, image):
        outer = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def log_message(self, *_):
                pass

            def do_GET(self):
                outer.fetched += 1
                self.send_response(200)
                self.send_header("Content-Length", str(len(image)))
                self.end_headers()
                self.wfile.write(image)

        super().__init__(("127.0.0.1", 0), Handler)
        self.fetched, self.url = 0, f"http://127.0.0.1:{self.server_port}/image"
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def __exit__(self, *_):
        self.shutdown()
        self.server_close()


def calls(world, device):
    """R40: a whole session, and what the device is."""
    checks = world.checks
    device.known()
    info = world.get(f"{device.scl}/mgmtObjs/etsiDeviceInfo?rem=live")
    checks.equal([value(info.text, name) for name in ("deviceLabel", "manufacturer", "firmwareVersion")], [device.id, "NSCL Simulator", "1.0.0"], f"R40 {device.id}: what it is")
    world.valid(info.text)
    shown = world.command("device", "show", device.id, "--json")
    checks.equal([shown["protocol"], shown["state"]], ["OMA_DM", "adopted"], f"R40 {device.id}: as it is listed")
    for name in ("etsiMemory", "etsiBattery", "etsiFirmware", "etsiSoftware", "etsiReboot", "etsiDeviceCapability"):
        document = world.get(f"{device.scl}/mgmtObjs/{name}")
        checks.status(document, 200, f"{device.id}: {name}")
        world.valid(document.text)


def firmware(world, device, version):
    """R56, R61: the action of a management object, the same as on a CPE (cwmp_commands.py); its status tells how it goes."""
    checks, instances = world.checks, re.findall(r'namedReference id="(fw\w*)"', world.get(f"{device.scl}/mgmtObjs/etsiFirmware").text)
    checks.equal(len(instances), 1, f"R61 {device.id}: one FUMO")
    place = f"{device.scl}/mgmtObjs/etsiFirmware/{instances[0]}"
    with Images(f"version {version}\n".encode() + b"x" * 2000) as images:
        put = world.put(place + "/firmwareURL", f"<m2m:firmwareURL {M2M}>{images.url}</m2m:firmwareURL>")
        checks.status(put, (200, 204), f"R61 {device.id}: which image")
        checks.status(world.admin.post(place + "/firmwareAction/fwDownloadAndUpdate", ""), 202, f"R61 {device.id}: the action")
        body = world.until(place, "<progress>100</progress>", f"R56, R61 {device.id}: it ends")
        checks.equal(value(body, "finalStatus"), "SUCCESS", f"R56, R61 {device.id}: well")
        world.valid(body)
        checks.equal(images.fetched, 1, f"R61 {device.id}: fetched once")
    world.until(f"{device.scl}/mgmtObjs/etsiDeviceInfo", f"firmwareVersion>{version}<", f"R61 {device.id}: the new version")


def commands(world, device):
    """The commands that this device has."""
    checks = world.checks
    for name in ("reboot", "factoryReset"):
        path, _ = world.execute(f"{device.scl}/mgmtObjs/{name}")
        body = world.finished(path, f"{device.id}: {name} ends")
        checks.equal(item(body, "FinalStatus"), "SUCCESS", f"{device.id}: {name} well")
        nscl_test.valid(checks, body)


def software(world, device):
    """An application's software is fetched and installed, stopped, started and removed."""
    checks, place = world.checks, f"{device.scl}/mgmtObjs/etsiSoftware"
    with Images(b"name=meter\nversion=1.1\n") as images:
        xml = (f'<m2m:parameters {M2M} xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:type="m2m:SwInstance" m2m:id="meter"><m2m:softwareName>meter</m2m:softwareName>'
               f"<m2m:softwareVersion>1.1</m2m:softwareVersion><m2m:softwareURL>{images.url}</m2m:softwareURL></m2m:parameters>")
        made = world.admin.post(place, xml, headers=XML)
        checks.status(made, 201, f"{device.id}: software to be installed")
        for action in ("swDownloadAndInstall", "swDeactivate", "swActivate", "swRemove"):
            answer = world.admin.post(f"{place}/meter/softwareAction/{action}", "")
            checks.that(answer.status in (200, 202), f"{device.id}: {action}: {answer.brief()}")
            body = world.until(f"{place}/meter", f"<action>[^<]*{action}</action>\\s*<progress>100</progress>\\s*<finalStatus>SUCCESS", f"{device.id}: {action}")
            world.valid(body)


def killed(world, device):
    """R33 of OMA-DM: a SIGKILL between 202 and the session; what was accepted is done, once."""
    checks = world.checks
    device.sleep()
    path, _ = world.execute(f"{device.scl}/mgmtObjs/reboot")
    world.daemon.kill()
    world.daemon.start()
    place = len(device.line.exchanges)
    device.wake()
    checks.equal(item(world.finished(path, f"{device.id}: after a SIGKILL"), "FinalStatus"), "SUCCESS", f"{device.id}: it is done")
    runs = sum("<Exec>" in each.answer.text for each in device.line.exchanges[place:] if each.answer)
    checks.equal(runs, 1, f"{device.id}: once")


def told(world, device):
    """Traces without secrets, and none of them in the log."""
    checks = world.checks
    world.command("device", "trace", device.id, "on")
    found = until(lambda: world.command("device", "trace", device.id, "--json"))
    checks.that(found, f"{device.id}: a trace")
    texts = world.daemon.log() + str(found)
    checks.that(device.password not in texts and device.server_password not in texts, "R63 no password is told")


def execute(checks):
    """R47: an operator's mapping has an action run a node; the alert comes before the status."""
    import pathlib
    import tempfile
    with tempfile.TemporaryDirectory() as folder:
        mapping = pathlib.Path(folder) / "test.toml"
        mapping.write_text(MAPPING)
        mapping.chmod(0o600)
        with World(checks, dm="", management=f'mappings = ["{mapping}"]') as world:
            device = world.dm_device("R47", extra=("--style", "libdmclient"))
            device.known()
            place = f"{device.scl}/mgmtObjs/etsiReboot"
            checks.status(world.admin.post(place + "/rebootAction/reboot", ""), (200, 202), "R47 EXECUTE")
            body = world.until(place, "<progress>100</progress>", "R47 it ends")
            checks.equal(value(body, "finalStatus"), "SUCCESS", "R47 well")
            sent = [each.answer.text for each in device.line.exchanges if each.answer]
            checks.that(any("<Exec>" in text and "<Correlator>" in text and "./test/execute" in text for text in sent), "R47 Exec with Correlator")


def fleet(world, devices):
    """A group's EXECUTE reaches devices of both protocols as one fleet work."""
    checks = world.checks
    members = "".join(f"<m2m:reference>{device.scl}</m2m:reference>" for device in devices)
    group = f'<m2m:group {M2M} m2m:id="all"><m2m:memberType>MIXED</m2m:memberType><m2m:members>{members}</m2m:members></m2m:group>'
    checks.status(world.admin.post("/m2m/groups", group, headers=XML), 201, "a group of devices")
    outer = f'<m2m:group {M2M} m2m:id="outer"><m2m:memberType>MIXED</m2m:memberType><m2m:members><m2m:reference>/m2m/groups/all</m2m:reference></m2m:members></m2m:group>'
    checks.status(world.admin.post("/m2m/groups", outer, headers=XML), 201, "a group with a group in it")
    answer = world.admin.post("/m2m/groups/outer/membersContent/mgmtObjs/reboot/execEnable", "")
    checks.status(answer, 202, f"EXECUTE of the group: {answer.brief()}")
    shown = until(lambda: (lambda found: found if found["state"] == "finished" else None)(json.loads(world.get(answer.field("Location")).text)))
    checks.equal(shown and [shown["members"], shown["done"]], [len(devices), len(devices)], f"the fleet work ends, each is done: {shown}")


def test(checks: Checks):
    with World(checks, dm="") as world:
        plain = world.dm_device("XML")
        small = world.dm_device("WBX", extra=("--wbxml", "--style", "libdmclient"))
        for device in (plain, small):
            calls(world, device)
            firmware(world, device, "2.0.0")
            commands(world, device)
        software(world, plain)
        cpe = world.device("CPE")
        cpe.known()
        fleet(world, [plain, small, cpe])
        told(world, plain)
        killed(world, plain)
    execute(checks)


if __name__ == "__main__":
    nscl_test.main(test)
