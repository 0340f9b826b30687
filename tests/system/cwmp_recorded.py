#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Messages that real CPEs sent, played to the daemon over sockets: their Informs octet by octet, and their answers with the ID of what they answer. Rows 1, 9, 11, 15, 16
and 39 of docs/acceptance-tr069.md. What a client has no recording for it answers with nothing, as netcwmp does."""

import re
import threading

import nscl_test
from cwmp_line import rpc_of
from cwmp_world import M2M, XML, World, value
from nscl_test import Checks, Client, until

CLIENTS = {"genieacs-sim": "inform-periodic", "cwmp-sim": "inform-boot", "netcwmp": "inform-0-bootstrap", "zte-ebg2100": "inform"}
FILES = {"GetRPCMethods": "getrpcmethods-response", "GetParameterNames": "gpn-response", "GetParameterValues": "gpv-response", "SetParameterValues": "spv-response"}
ENVELOPE = ('<soap-env:Envelope xmlns:soap-env="http://schemas.xmlsoap.org/soap/envelope/" xmlns:cwmp="urn:dslforum-org:cwmp-1-0"><soap-env:Header><cwmp:ID '
            'soap-env:mustUnderstand="1">0</cwmp:ID></soap-env:Header><soap-env:Body>{}</soap-env:Body></soap-env:Envelope>')


def recorded(client, name):
    path = nscl_test.shared("spec", "vectors", "rem", f"cwmp-{client}-{name}.xml")
    return path.read_bytes() if path else None


def values_told(request):
    """GetParameterValuesResponse for whatever is asked, every value 1."""
    names = re.findall(r"<string>([^<]*)</string>", request)
    inside = "".join(f"<ParameterValueStruct><Name>{name}</Name><Value>1</Value></ParameterValueStruct>" for name in names)
    return ENVELOPE.format(f"<cwmp:GetParameterValuesResponse><ParameterList>{inside}</ParameterList></cwmp:GetParameterValuesResponse>").encode()


class Cpe:
    """A client that says what was recorded. `answers`: more of it, by RPC; octets, or a function of the request."""

    def __init__(self, world, name):
        self.world, self.checks, self.name, self.answers, self.asked = world, world.checks, name, {}, []
        self.connection = Client("127.0.0.1", world.acs, timeout=60)
        self.inform = recorded(name, CLIENTS[name])
        identity = re.search(rb"<OUI[^>]*>([^<]*)<.*?<ProductClass[^>]*>([^<]*)<.*?<SerialNumber[^>]*>([^<]*)<", self.inform, re.S).groups()
        self.id = "-".join(re.sub(r"[^A-Za-z0-9_]", lambda c: f"%{ord(c[0]):02X}", part.decode()) for part in identity if part)
        self.scl = None

    def post(self, body, **headers):
        return self.connection.post("/acs", body, headers=headers, content_type="text/xml; charset=utf-8")

    def begin(self):
        self.asked = []
        answer = self.post(self.inform)
        self.checks.equal((answer.status, rpc_of(answer.text)), (200, "InformResponse"), f"R1 {self.name}: the recorded Inform is taken")
        self.cookie = (answer.field("Set-Cookie") or "").split(";")[0]

    def answer_to(self, request):
        rpc = rpc_of(request)
        self.asked.append(rpc)
        told = self.answers.get(rpc, recorded(self.name, FILES.get(rpc, "")))
        if told is None:
            told = recorded(self.name, "fault-9000") or b""
        told = told(request) if callable(told) else told
        identity = re.search(r"<cwmp:ID[^>]*>([^<]*)<", request)[1]
        return re.sub(rb"(:ID [^>]*>)[^<]*<", rb"\g<1>" + identity.encode() + b"<", told, count=1)

    def go_on(self):
        """Until the daemon has no more to ask."""
        body = b""
        for _ in range(500):
            answer = self.post(body, Cookie=self.cookie)
            if answer.status == 204:
                return
            self.checks.equal(answer.status, 200, f"{self.name}: {answer.text[:200]}")
            body = self.answer_to(answer.text)
        self.checks.that(False, f"{self.name}: the session does not end: {self.asked[-10:]}")

    def during(self, request):
        """A session in which somebody sends `request`: its answer."""
        answers = []
        self.begin()
        known = self.waiting()
        thread = threading.Thread(target=lambda: answers.append(request()))
        thread.start()
        until(lambda: self.waiting() - known or not thread.is_alive())
        self.go_on()
        thread.join(60)
        return answers[0]

    def waiting(self):
        """Ids of the operations that wait for it."""
        return {each["id"] for each in self.world.command("device", "queue", self.id, "--json")}


def first_sessions(world):
    """R1, R9: each client's first session, and what is known of it then."""
    cpes, labels = {}, {"genieacs-sim": "NREM0001", "netcwmp": "NREM0003"}
    for name in CLIENTS:
        cpe = cpes[name] = Cpe(world, name)
        cpe.begin()
        cpe.go_on()
        shown = world.command("device", "show", cpe.id, "--json")
        world.checks.equal(shown["state"], "adopted", f"R1 {name}: it is managed")
        cpe.scl = "/m2m/" + shown["managed"]
        world.checks.that(shown["facts"]["softwareVersion"], f"R1 {name}: its facts: {shown['facts']}")
        if name in labels:
            info = world.get(cpe.scl + "/mgmtObjs/etsiDeviceInfo").text
            world.checks.equal(value(info, "deviceLabel"), labels[name], f"R9 {name}: what it told is shown")
            nscl_test.valid(world.checks, info)
    world.checks.that(len(cpes["zte-ebg2100"].asked) < 12, f"R1 who says nothing is not asked for ever: {cpes['zte-ebg2100'].asked}")
    return cpes


def low_level(name, original_mo, **values):
    inside = "".join(f'<{key} xmlns="urn:nscl:mo">{text}</{key}>' for key, text in values.items())
    return f'<m2m:mgmtObj {M2M} m2m:id="{name}"><m2m:moID>{original_mo}</m2m:moID><m2m:originalMO>{original_mo}</m2m:originalMO>{inside}</m2m:mgmtObj>'


def refused(world, cpe, root, answer_file, statuses, parts):
    """R11, R39: a change that the client refuses as it was recorded."""
    entity = world.daemon.client(world.daemon.principal(cpe.name, "pw", scl=cpe.scl.rsplit("/", 1)[1]))
    server, path = root + "ManagementServer.", cpe.scl + "/mgmtObjs/server"
    made = entity.post(cpe.scl + "/mgmtObjs", low_level("server", server, PeriodicInformEnable="1", PeriodicInformInterval="1"), headers=XML)
    world.checks.status(made, 201, f"R39 {cpe.name}: its SCL tells of an object")
    cpe.answers = {"GetParameterValues": values_told, "SetParameterValues": recorded(cpe.name, answer_file)}
    changed = f'<m2m:mgmtObj {M2M}><PeriodicInformEnable xmlns="urn:nscl:mo">0</PeriodicInformEnable><PeriodicInformInterval xmlns="urn:nscl:mo">2</PeriodicInformInterval></m2m:mgmtObj>'
    answer = cpe.during(lambda: world.put(path, changed))
    world.checks.status(answer, statuses, f"R11, R39 {cpe.name}: refused")
    for part in parts:
        world.checks.that(part in answer.text, f"R11, R39 {cpe.name}: {part} in {answer.text}")


def not_made(world, cpe, root, rpc, answer_file, statuses, reason, values):
    """R15, R16, R39: what a client says that it does not have."""
    cpe.answers = {rpc: recorded(cpe.name, answer_file)}
    original_mo = root + ("NAT.PortMapping." if rpc == "AddObject" else "DeviceInfo.Nonsense")
    client = world.daemon.admin(timeout=60)
    answer = cpe.during(lambda: client.post(cpe.scl + "/mgmtObjs", low_level("none", original_mo, **values), headers=XML))
    row = "R15, R39" if rpc == "AddObject" else "R16"
    world.checks.status(answer, statuses, f"{row} {cpe.name}: it is not there")
    world.checks.that(reason in answer.text, f"{row} {cpe.name}: the reason: {answer.text}")
    world.checks.that(rpc in cpe.asked, f"{row} {cpe.name}: it was asked: {cpe.asked}")


def test(checks: Checks):
    nscl_test.need_shared("spec", "vectors", "rem", "README.md")
    with World(checks) as world:
        checks.section("first sessions")
        cpes = first_sessions(world)
        checks.section("faults")
        old, new = "InternetGatewayDevice.", "Device."
        refused(world, cpes["cwmp-sim"], new, "fault-9008-undeclared-prefix", 405, ["CWMP 9008"])
        refused(world, cpes["netcwmp"], old, "fault-9003-with-spvfaults", (400, 405), ["CWMP 9003", "CWMP 9008", "PeriodicInformInterval"])
        not_made(world, cpes["cwmp-sim"], new, "AddObject", "addobject-failed-as-response", 501, "CWMP 9005", {"Enable": "1"})
        not_made(world, cpes["netcwmp"], old, "AddObject", "fault-9005", 501, "CWMP 9005", {"Enable": "1"})
        not_made(world, cpes["cwmp-sim"], new, "GetParameterValues", "gpv-unknown-name-empty-list", 404, "DeviceInfo.Nonsense", {})
        not_made(world, cpes["netcwmp"], old, "GetParameterValues", "gpv-unknown-name-empty-list", 404, "DeviceInfo.Nonsense", {})


if __name__ == "__main__":
    nscl_test.main(test)
