#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Every *-create.xml of the specification's samples, and those of channels, places and management, is accepted by its
collection and read back equal, in the samples' own time: the daemon's clock is set to 2013 by libfaketime. Shows: C3."""

import glob
import re
import shutil
import sys

import nscl_test
from nscl_test import Checks, Daemon

sys.path.append(str(nscl_test.ROOT / "tests" / "conformance"))
import tree  # noqa: E402

NOW = "2013-01-11 09:00:00"
COLLECTION = {
    "scl": "scls", "application": "applications", "container": "applications/metering/containers",
    "contentInstance": "applications/metering/containers/readings/contentInstances",
    "group": "applications/metering/groups",
    "subscription": "applications/metering/containers/readings/contentInstances/subscriptions",
}
# Samples of answers: sent without what only the SCL sets.
WHOLE = {
    "locationContainer.xml": "applications/metering/containers", "sclAnnc.xml": "scls/gw-0017/sclAnncs",
    "attachedDevice.xml": "scls/gw-0017/attachedDevices", "mgmtObj.xml": "scls/gw-0017/mgmtObjs",
    "mgmtObj-etsiFirmware.xml": "scls/gw-0017/mgmtObjs", "parameters-fwInstance.xml": "scls/gw-0017/mgmtObjs/etsiFirmware",
    "parameters-anpPolicy.xml": "scls/gw-0017/mgmtObjs/etsiFirmware/fw1", "mgmtCmd.xml": "scls/gw-0017/mgmtObjs",
}
SET_BY_THE_SCL = re.compile(rb"<m2m:(creationTime|lastModifiedTime|parametersCollection|execEnable|\w+Reference)(/>|>.*?</m2m:\1>)", re.S)
ACCESS_RIGHT = """<m2m:accessRight xmlns:m2m="http://uri.etsi.org/m2m" m2m:id="Metering"><m2m:permissions><m2m:permission m2m:id="all">
<m2m:permissionFlags><m2m:flag>READ</m2m:flag><m2m:flag>WRITE</m2m:flag><m2m:flag>CREATE</m2m:flag><m2m:flag>DELETE</m2m:flag>
<m2m:flag>DISCOVER</m2m:flag></m2m:permissionFlags><m2m:permissionHolders><m2m:all/></m2m:permissionHolders></m2m:permission>
</m2m:permissions><m2m:selfPermissions><m2m:permission m2m:id="self"><m2m:permissionFlags><m2m:flag>READ</m2m:flag><m2m:flag>WRITE
</m2m:flag></m2m:permissionFlags><m2m:permissionHolders><m2m:all/></m2m:permissionHolders></m2m:permission></m2m:selfPermissions>
</m2m:accessRight>""".replace("\n", "")


def covers(sent, stored, path=""):
    """What of `sent` is missing or different in `stored`."""
    problems = [f"{path}@{name}: {stored.attributes.get(name)!r} instead of {value!r}"
                for name, value in sent.attributes.items() if stored.attributes.get(name) != value]
    if not sent.children and (sent.text or "").strip() != (stored.text or "").strip():
        problems.append(f"{path}: {stored.text!r} instead of {sent.text!r}")
    for name in dict.fromkeys(child.name for child in sent.children):
        mine, theirs = sent.find(name), stored.find(name)
        if len(mine) != len(theirs):
            problems.append(f"{path}/{name} occurs {len(theirs)} times instead of {len(mine)}")
        for left, right in zip(mine, theirs):
            problems += covers(left, right, f"{path}/{name}")
    return problems


def create(checks: Checks, client, path, collection, body):
    target = "/m2m/" + collection
    answer = client.post(target, body)
    if not checks.status(answer, 201, f"POST of {path.name} to {target}"):
        return
    if answer.body:
        checks.equal(nscl_test.validate(answer.body), None, f"answer to {path.name} is valid")
    answer = client.get(answer.field("Location"), headers={"Accept": "application/xml"})
    if not checks.status(answer, 200, f"GET of what {path.name} made"):
        return
    checks.equal(nscl_test.validate(answer.body), None, f"what {path.name} made is valid")
    checks.equal(covers(tree.from_xml(body), tree.from_xml(answer.body)), [], f"{path.name} read back")


def test(checks: Checks):
    samples = nscl_test.need_shared("spec", "samples")
    library = next(iter(sorted(glob.glob("/usr/lib/*/faketime/libfaketimeMT.so.1"))), None)
    if library is None:
        nscl_test.skip("faketime is not installed")
    if not shutil.which("xmllint"):
        nscl_test.skip("xmllint is not installed")
    environment = {"LD_PRELOAD": library, "FAKETIME": "@" + NOW, "FAKETIME_DONT_FAKE_MONOTONIC": "1", "TZ": "UTC"}
    with Daemon(env=environment) as daemon:
        client = daemon.admin()
        checks.that((client.get("/m2m").field("Last-Modified") or "").endswith("2013 09:00:00 GMT")
                    or b"2013-01-11T09:0" in client.get("/m2m").body, "the daemon lives in 2013")
        checks.status(client.post("/m2m/accessRights", ACCESS_RIGHT), 201, "accessRight Metering")
        order = list(COLLECTION)
        paths = sorted(samples.glob("*-create.xml"), key=lambda path: order.index(path.name.removesuffix("-create.xml"))
                       if path.name.removesuffix("-create.xml") in order else 99)
        for path in paths:
            if checks.that(path.name.removesuffix("-create.xml") in COLLECTION, f"{path.name} has a collection here"):
                create(checks, client, path, COLLECTION[path.name.removesuffix("-create.xml")], path.read_bytes())
        for name, collection in WHOLE.items():
            create(checks, client, samples / name, collection, SET_BY_THE_SCL.sub(b"", (samples / name).read_bytes()))


nscl_test.main(test)
