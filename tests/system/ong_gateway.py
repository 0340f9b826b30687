#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The recorded messages of an Actility ONG gateway, sent octet by octet: the two recordings (with and without its own
server) and the second start of the gateway. The server listens where the recording says: 127.0.0.2:7651. Shows: C2."""

import re
import socket

import nscl_test
from nscl_test import Checks, Daemon

ADDRESS, PORT = "127.0.0.2", 7651


def recorded(prefix):
    folder = nscl_test.need_shared("spec", "vectors", "ong-gscl")
    return next(path for path in sorted(folder.glob(prefix + "-*.http")) if ".peer." not in path.name).read_bytes()


class Gateway:
    """One kept connection, as the gateway has it."""

    def __init__(self, checks, daemon):
        self.checks, self.daemon, self.connection = checks, daemon, None

    def say(self, prefix, expected, what):
        for _ in range(2):
            if self.connection is None:
                self.connection = nscl_test.Connection(self.daemon.address, self.daemon.port)
            try:
                self.connection.send(recorded(prefix))
                answer = self.connection.read()
                break
            except OSError:
                self.connection = None
        if answer.closes:
            self.connection = None
        self.checks.status(answer, expected, f"{prefix} {what}")
        return answer


def in_future(checks, answer, what):
    found = re.search(rb"expirationTime>([^<]+)<", answer.body)
    if checks.that(found, f"{what}: expirationTime in the answer: {answer.text[:300]}"):
        checks.that(found[1].decode() > nscl_test.iso(nscl_test.time.time()), f"{what}: expirationTime is in the future")


def first_start(checks: Checks, gateway, numbers, name):
    get, put_right, post_right, put_scl, post_scl, again, put_poc, post_poc = numbers
    base = f"http://{ADDRESS}:{PORT}/m2m"
    answer = gateway.say(get, 200, "GET sclBase")
    checks.that(b"searchStrings" in answer.body, "sclBase has searchStrings, else the gateway starts over every 5 s")
    checks.equal(answer.field("Content-Location"), base, "Content-Location of the sclBase")
    gateway.say(put_right, 404, "PUT accessRight, not there yet")
    answer = gateway.say(post_right, 201, "POST accessRight")
    checks.equal(answer.field("Location"), f"{base}/accessRights/{name}", "Location of the accessRight")
    checks.equal(answer.field("Content-Location"), f"{base}/accessRights/{name}", "Content-Location of the accessRight")
    checks.that(b"m2m:id=\"" + name.encode() not in answer.body.split(b">", 2)[-1] and b" m2m:id=\"" + name.encode()
                not in answer.body, "no m2m:id in the answer, else the gateway builds a wrong accessRightID")
    gateway.say(put_scl, 404, "PUT scl, not there yet")
    answer = gateway.say(post_scl, 201, "POST scl")
    checks.equal(answer.field("Location"), f"{base}/scls/{name}", "Location of the scl")
    in_future(checks, answer, "POST scl")
    if answer.body:
        for wanted in (b"creationTime", b"lastModifiedTime"):
            checks.that(wanted in answer.body, f"POST scl: {wanted.decode()} in the answer")
    answer = gateway.say(again, 200, "GET sclBase again")
    checks.that(b"searchStrings" in answer.body, "sclBase has searchStrings")
    gateway.say(put_poc, 404, "PUT m2mPoc, not there yet")
    answer = gateway.say(post_poc, 201, "POST m2mPoc")
    checks.equal(answer.field("Location"), f"{base}/scls/{name}/m2mPocs/m2mPoc1", "Location of the m2mPoc")


def state(checks: Checks, daemon, name):
    answer = daemon.admin().get(f"/m2m/scls/{name}")
    checks.status(answer, 200, "the scl as the operator sees it")
    for wanted in (b"onlineStatus>ONLINE<", b"serverCapability>true<", b"searchString>hw/vendor/Connected Object<"):
        checks.that(wanted in answer.body, f"scl has {wanted.decode()}: {answer.text}")
    # The gateway's own "TR 069" is none of the schema's values: either it stands as it came or as the value it means.
    checks.that(b"mgmtProtocolType>TR 069<" in answer.body or b"mgmtProtocolType>BBF_TR069<" in answer.body,
                f"mgmtProtocolType of the scl: {answer.text}")
    if nscl_test.have_schemas():
        body = answer.body.replace(b">TR 069<", b">BBF_TR069<")
        checks.equal(nscl_test.validate(body), None, "the scl is valid")


def test(checks: Checks):
    nscl_test.need_shared("spec", "vectors", "ong-gscl")
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((ADDRESS, PORT))
        except OSError as error:
            nscl_test.skip(f"{ADDRESS}:{PORT}, the address in the recording, is not free: {error}")
    with Daemon(address=ADDRESS, port=PORT) as daemon:
        daemon.principal("gw1", scl="gw1")
        daemon.principal("127", scl="127")
        gateway = Gateway(checks, daemon)
        checks.section("first start, behind NAT (without its channel)")
        first_start(checks, gateway, ("01", "03", "05", "07", "09", "11", "17", "20"), "gw1")
        state(checks, daemon, "gw1")
        checks.section("first start, with its own server")
        first_start(checks, gateway, ("73", "75", "77", "79", "81", "83", "85", "87"), "127")
        state(checks, daemon, "127")
        for occasion in ("second start of the gateway", "after a restart of the server"):
            checks.section(occasion)
            gateway.say("73", 200, "GET sclBase")
            gateway.say("75", (200, 204), "PUT accessRight")
            answer = gateway.say("79", (200, 204), "PUT scl")
            if answer.body:
                in_future(checks, answer, "PUT scl")
            gateway.say("83", 200, "GET sclBase")
            gateway.say("85", (200, 204), "PUT m2mPoc")
            state(checks, daemon, "127")
            if occasion.startswith("second"):
                checks.equal(daemon.restart(), 0, "exit code of the stop")
                gateway.connection = None
        checks.section("refresh")
        answer = gateway.say("69", (200, 204), "PUT scl at half of its life")
        if answer.body:
            in_future(checks, answer, "refresh")
        other = recorded("07").replace(b"/m2m/scls/gw1 ", b"/m2m/scls/127 ")
        gateway.connection.send(other)
        checks.status(gateway.connection.read(), 404, "one gateway cannot write the other's scl")


nscl_test.main(test)
