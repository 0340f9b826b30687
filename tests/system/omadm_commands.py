#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Commands on simulated devices of OMA-DM that a mapping makes possible: a cancel node (rem.md 1.7, rows 27 and 28), and UPLOAD as the reading of a node (rows 22 and 23)."""

import pathlib
import re
import tempfile

import nscl_test
from cwmp_world import M2M, XML, World, item
from nscl_test import Checks, until
from omadm_devices import Images

MAPPING = """protocol = "oma_dm"

[[command]]
type = "DOWNLOAD"
match = { manufacturer = "NSCL *" }
at = ["{urn:oma:mo:oma-fumo:1.0}"]
[command.ways]
when = { FileType = "1 Firmware Upgrade Image" }
exec = "{object}/DownloadAndUpdate"
write = { "{object}/DownloadAndUpdate/PkgURL" = "{URL!}" }
state = "{object}/State"
idle = ["10", "20", "70", "80"]
cancel = "{object}/Ext/Stop"

[[command]]
type = "CHANGEDUSTATE"
match = { manufacturer = "NSCL *" }
at = ["{urn:oma:mo:oma-scomo:1.0}"]
[command.ways]
exec = "{object}/Download/{key}/Operations/DownloadInstall"
write = { "{object}/Download/{key}/PkgID" = "{key}", "{object}/Download/{key}/PkgURL" = "{URL!}" }
cancel = "{root}FUMO/1/Ext/Stop"

[[command]]
type = "UPLOAD"
match = { manufacturer = "NSCL *" }
[[command.ways]]
when = { FileType = "X 00A0C9 Trap" }
read = "{root}ManagedObjects/DiagMon/Trap/TrapID"
[[command.ways]]
when = { FileType = "X 00A0C9 Dump" }
read = ["{root}Vendor/memory/dump", "{root}Vendor/memory/old-dump"]
"""
STOP = "./FUMO/1/Ext/Stop"


def execs_of(device, node, since=0):
    return sum(f"<LocURI>{node}</LocURI>" in each.answer.text and "<Exec>" in each.answer.text for each in device.line.exchanges[since:] if each.answer)


def begun(world, device, name, **arguments):
    """A command that the device has begun; its execInstance."""
    path, _ = world.execute(f"{device.scl}/mgmtObjs/{name}", **arguments)
    body = world.until(path, "execStatus>STARTED<", f"{device.id}: {name} has begun")
    return path, body


def cancelled(world, device, images):
    """R27: what the device has begun is ended by its node; its alert comes later, and is nothing new. R28: what has none is not cancelled."""
    checks = world.checks
    path, body = begun(world, device, "download", FileType="1 Firmware Upgrade Image", URL=images.url)
    checks.that("execDisable" in body, f"R27 {device.id}: it can be cancelled: {body}")
    world.valid(body)
    checks.status(world.admin.post(path + "/execDisable", ""), (200, 202), f"R27 {device.id}: execDisable")
    body = world.finished(path, f"R27 {device.id}: it ends")
    checks.equal([item(body, "FinalStatus"), item(body, "FaultCode")], ["CANCELLED", "CANCELLED"], f"R27 {device.id}: as cancelled")
    world.valid(body)
    checks.equal(execs_of(device, STOP), 1, f"R27 {device.id}: the node was run once")
    checks.that(until(lambda: any(">401</Data>" in each.text for each in device.line.exchanges)), f"R27 {device.id}: its own alert")
    checks.equal(item(world.get(path).text, "FinalStatus"), "CANCELLED", f"R27 {device.id}: it stays cancelled")
    checks.equal(images.fetched, 0, f"R27 {device.id}: nothing was fetched")
    path, body = begun(world, device, "reboot")
    checks.that("execDisable" not in body, f"R28 {device.id}: nothing cancels a restart: {body}")
    checks.status(world.admin.post(path + "/execDisable", ""), 409, f"R28 {device.id}: execDisable")
    world.finished(path, f"R28 {device.id}: it goes on")


def lost(world, device, images):
    """R27: the session in which the cancel was sent is lost; it is sent again."""
    checks = world.checks
    path, _ = begun(world, device, "download", FileType="1 Firmware Upgrade Image", URL=images.url)
    cuts = []

    def cut(exchange):
        if cuts or f"<LocURI>{STOP}</LocURI>" not in exchange.answer.text:
            return True
        cuts.append(exchange)
        return False

    device.line.at_answer = cut
    checks.status(world.admin.post(path + "/execDisable", ""), (200, 202), f"R27 {device.id}: execDisable")
    body = world.finished(path, f"R27 {device.id}: it ends in a later session")
    checks.equal(item(body, "FinalStatus"), "CANCELLED", f"R27 {device.id}: as cancelled")
    checks.equal(len(cuts), 1, f"R27 {device.id}: the first cancel was lost")


def refused(world, device, images):
    """R27: a device that refuses goes on, and tells of the real end."""
    checks = world.checks
    operations = f"<execReqArg><name>Operations</name><value><Operation>Install</Operation><URL>{images.url}</URL></value></execReqArg>"
    answer = world.admin.post(f"{device.scl}/mgmtObjs/changeDUState/execEnable", f"<m2m:execReqArgs {M2M}>{operations}</m2m:execReqArgs>", headers=XML)
    checks.status(answer, 202, f"{device.id}: software: {answer.text}")
    path = re.sub(r"^https?://[^/]*", "", answer.field("Location") or "")
    world.until(path, "execStatus>STARTED<", f"{device.id}: it has begun")
    checks.status(world.admin.post(path + "/execDisable", ""), (200, 202), f"{device.id}: execDisable")
    body = world.until(path, "CancelFaultCode", f"{device.id}: it is refused")
    checks.equal(item(body, "CancelFaultCode"), "405", f"{device.id}: by the device")
    checks.that("execStatus>STARTED<" in body and "execDisable" not in body, f"{device.id}: it goes on, and cannot be cancelled: {body}")
    world.valid(body)
    checks.equal(item(world.finished(path, f"{device.id}: it ends"), "FinalStatus"), "SUCCESS", f"{device.id}: well")


def uploaded(world, device, size):
    """R23: a node that was read is a file, for those who may read it."""
    checks = world.checks
    path, _ = world.execute(f"{device.scl}/mgmtObjs/upload", FileType="2 Vendor Log File")
    body = world.finished(path, f"R23 {device.id}: the log is read")
    checks.equal([item(body, "FinalStatus"), item(body, "FaultCode")], ["SUCCESS", "0"], f"R23 {device.id}: well: {body}")
    world.valid(body)
    url = re.sub(r"^https?://[^/]*", "", item(body, "FileURL") or "")
    log = world.get(url)
    checks.equal([log.status, len(log.body), log.text[:10]], [200, size, "0123456789"], f"R23 {device.id}: the whole of it")
    stranger = world.daemon.client(world.daemon.principal(f"stranger-{device.id}", "pw"))
    checks.equal(stranger.get(url).status, 404, f"R23 {device.id}: others do not see it")
    path, _ = world.execute(f"{device.scl}/mgmtObjs/upload", FileType="X 00A0C9 Trap")
    body = world.finished(path, f"R23 {device.id}: a node that the operator named")
    checks.equal(world.get(re.sub(r"^https?://[^/]*", "", item(body, "FileURL") or "")).text, "alarm", f"R23 {device.id}: its value")


def not_uploaded(world, device):
    """R22: a node that is not there; and what no node is known for."""
    checks = world.checks
    path, _ = world.execute(f"{device.scl}/mgmtObjs/upload", FileType="X 00A0C9 Dump")
    body = world.finished(path, f"R22 {device.id}: the node is missing")
    checks.equal([item(body, name) for name in ("FinalStatus", "FaultCode", "FileURL")], ["FAILURE", "404", None], f"R22 {device.id}: its result: {body}")
    for arguments, status in (({"FileType": "1 Vendor Configuration File"}, 501), ({"FileType": "2 Vendor Log File", "URL": "http://127.0.0.1/"}, 501)):
        items = "".join(f"<execReqArg><name>{name}</name><value>{text}</value></execReqArg>" for name, text in arguments.items())
        answer = world.admin.post(f"{device.scl}/mgmtObjs/upload/execEnable", f"<m2m:execReqArgs {M2M}>{items}</m2m:execReqArgs>", headers=XML)
        checks.status(answer, status, f"{device.id}: UPLOAD of {arguments}: {answer.text}")


def test(checks: Checks):
    with tempfile.TemporaryDirectory() as folder:
        mapping = pathlib.Path(folder) / "commands.toml"
        mapping.write_text(MAPPING)
        mapping.chmod(0o600)
        with World(checks, dm="", management=f'mappings = ["{mapping}"]') as world, Images(b"name=meter\nversion=1.1\n") as images:
            slow = world.dm_device("SLOW", extra=("--action-time", "600000", "--log-size", "40000"))
            quick = world.dm_device("QUICK", extra=("--wbxml", "--action-time", "8000", "--log-size", "3000"))
            for device in (slow, quick):
                device.known()
            uploaded(world, slow, 40000)
            uploaded(world, quick, 3000)
            not_uploaded(world, slow)
            cancelled(world, slow, images)
            lost(world, slow, images)
            refused(world, quick, images)


if __name__ == "__main__":
    nscl_test.main(test)
