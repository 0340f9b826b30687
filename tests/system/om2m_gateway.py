#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The recorded messages of an Eclipse OM2M gateway, sent octet by octet, answered as that gateway needs
(registration, announcement, and what it passes on for its applications). Shows: C2, R4.21."""

import re

import nscl_test
from nscl_test import Checks, Daemon

CONTAINER_ANNC = """<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<om2m:containerAnnc xmlns:om2m="http://uri.etsi.org/m2m" xmlns:xmime="http://www.w3.org/2005/05/xmlmime" id="STATEAnnc">
    <om2m:searchStrings>
        <om2m:searchString>ResourceType/Container</om2m:searchString>
        <om2m:searchString>ResourceID/STATE</om2m:searchString>
    </om2m:searchStrings>
    <om2m:link>gscl/applications/ANNOUNCED/containers/STATE</om2m:link>
</om2m:containerAnnc>
"""


def recorded(prefix):
    folder = nscl_test.need_shared("spec", "vectors", "om2m-gscl")
    return next(path for path in sorted(folder.glob(prefix + "-*.http")) if ".peer." not in path.name).read_bytes()


def say(daemon, octets):
    """One message on a connection of its own; the octets go out as they are."""
    connection = nscl_test.Connection(daemon.address, daemon.port)
    try:
        connection.send(octets)
        return connection.read()
    finally:
        connection.close()


def in_the_same_form(method, path, body):
    """A message as this gateway's HTTP client writes it."""
    head = [f"{method} {path} HTTP/1.1", "Authorization: Basic YWRtaW46YWRtaW4=",
            "User-Agent: Jakarta Commons-HttpClient/3.1", "Host: 127.0.0.1:7621"]
    if body:
        head += [f"Content-Length: {len(body.encode())}", "Content-Type: application/xml; charset=UTF8"]
    return "\r\n".join(head).encode() + b"\r\n\r\n" + (body or "").encode()


def registration(checks: Checks, daemon):
    checks.section("registration")
    answer = say(daemon, recorded("01"))
    checks.status(answer, 201, "01 POST scl")
    checks.equal(answer.field("Location"), "nscl/scls/gscl", "Location of the scl")
    for wanted in (b"onlineStatus>ONLINE<", b"serverCapability>true<", b"<om2m:link>gscl</om2m:link>", b'sclId="gscl"',
                   b"accessRightID>nscl/accessRights/AR_ADMIN<", b"containersReference>nscl/scls/gscl/containers<",
                   b"mgmtProtocolType>OMA DM<", b"<reference>http://127.0.0.1:7622/om2m</reference>", b"expirationTime>"):
        checks.that(wanted in answer.body, f"01 answer has {wanted.decode()}: {answer.text[:700]}")
    years = re.search(rb"expirationTime>(\d{4})-", answer.body)
    checks.that(years and int(years[1]) >= 2040, "an OM2M gateway never refreshes, so it must not expire")
    checks.status(say(daemon, recorded("03")), 409, "03 the same again")
    checks.equal(daemon.restart(), 0, "exit code of the stop")
    checks.status(say(daemon, recorded("03")), 409, "03 after a restart")


def announcement(checks: Checks, daemon):
    checks.section("announcement")
    listing = in_the_same_form("GET", "/om2m/nscl/scls/gscl/applications", None)
    answer = say(daemon, recorded("52"))
    checks.status(answer, 201, "52 POST applicationAnnc")
    checks.equal(answer.field("Location"), "nscl/scls/gscl/applications/ANNOUNCEDAnnc", "Location of the applicationAnnc")
    for wanted in (b"link>gscl/applications/ANNOUNCED<", b"searchString>ResourceID/ANNOUNCED<", b'id="ANNOUNCEDAnnc"'):
        checks.that(wanted in answer.body, f"52 answer has {wanted.decode()}: {answer.text[:500]}")
    checks.that(b'om2m:id="ANNOUNCED' not in answer.body, "the id of an applicationAnnc has no prefix")
    checks.that(b"ANNOUNCEDAnnc" in say(daemon, listing).body, "the collection lists the applicationAnnc")
    answer = say(daemon, recorded("52"))
    checks.status(answer, 201, "52 again, as after a restart of the gateway")
    checks.equal(answer.field("Location"), "nscl/scls/gscl/applications/ANNOUNCEDAnnc", "Location of the same applicationAnnc")
    containers = "/om2m/nscl/scls/gscl/applications/ANNOUNCEDAnnc/containers"
    answer = say(daemon, in_the_same_form("POST", containers, CONTAINER_ANNC))
    checks.status(answer, 201, "POST containerAnnc")
    checks.equal(answer.field("Location"), containers[len("/om2m/"):] + "/STATEAnnc", "Location of the containerAnnc")
    checks.status(say(daemon, in_the_same_form("POST", "/om2m/nscl/scls/gscl/containers", CONTAINER_ANNC)), 201,
                  "POST containerAnnc below the scl")
    checks.status(say(daemon, in_the_same_form("DELETE", "/om2m/nscl/scls/gscl/containers/STATEAnnc", None)), 204,
                  "DELETE containerAnnc")
    checks.status(say(daemon, recorded("56")), 204, "56 DELETE applicationAnnc")
    checks.that(b"ANNOUNCEDAnnc" not in say(daemon, listing).body, "the collection no longer lists it")
    checks.status(say(daemon, in_the_same_form("GET", containers + "/STATEAnnc", None)), 404, "what was below is gone")


def passed_on(checks: Checks, daemon):
    checks.section("requests of its applications")
    answer = say(daemon, recorded("60"))
    checks.status(answer, 200, "60 GET applications")
    checks.that(b"applicationCollection" in answer.body and b"om2m:applications" in answer.body,
                f"60 is applications with prefix om2m: {answer.text[:300]}")
    answer = say(daemon, recorded("64"))
    checks.status(answer, 201, "64 POST application")
    checks.equal(answer.field("Location"), "nscl/applications/VIAGW", "Location of the application")
    answer = say(daemon, recorded("68"))
    checks.status(answer, 200, "68 PUT application")
    checks.that(b"searchString>x<" in answer.body and b'appId="VIAGW"' in answer.body, f"68 full body: {answer.text[:400]}")
    checks.status(say(daemon, recorded("72")), 204, "72 DELETE application")
    answer = say(daemon, recorded("76"))
    checks.status(answer, (404, 501), "76 EXECUTE on a mgmtCmd that is not there, or of a kind not served")
    checks.that(b"statusCode>STATUS_NOT_" in answer.body, f"76 errorInfo: {answer.text[:200]}")


def identity(checks: Checks, daemon):
    checks.section("credentials")
    without = re.sub(rb"Authorization: [^\r]*\r\n", b"", recorded("60"))
    checks.status(say(daemon, without), 402, "no Authorization")
    wrong = re.sub(rb"Authorization: [^\r]*", b"Authorization: Basic Z3Vlc3Q6Z3Vlc3Q=", recorded("60"))
    checks.status(say(daemon, wrong), 401, "unknown credential")


def test(checks: Checks):
    nscl_test.need_shared("spec", "vectors", "om2m-gscl")
    with Daemon() as daemon:
        # The gateway is shipped with admin:admin: that pair becomes valid by the operator's decision only.
        checks.status(say(daemon, recorded("01")), 401, "admin:admin is not valid by itself")
        done = daemon.cli("principal", "passwd", "admin", "--password-stdin", "--data-dir", str(daemon.data_dir),
                          stdin="admin\n")
        checks.equal(done.returncode, 0, f"nscl principal passwd: {done.stderr}")
        for _ in range(30):
            if say(daemon, recorded("60")).status == 200:
                break
            nscl_test.time.sleep(0.2)
        registration(checks, daemon)
        announcement(checks, daemon)
        passed_on(checks, daemon)
        identity(checks, daemon)


nscl_test.main(test)
