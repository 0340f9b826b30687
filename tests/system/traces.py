#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Traces of sessions and alarms from outside: a CPE that is played here (the recorded first Inform of netcwmp, with other passwords) gets credentials and a
download, and breaks off. Row 63: what went both ways as a secret is nowhere but on the wire. Also rows of 2.1 (two devices with one id) and 4.3 (failed logins)."""

import base64
import http.client
import json
import pathlib
import re
import tempfile
import time
import urllib.parse

import nscl_test
from nscl_test import Checks, Daemon, basic, free_port

CONFIG = """
[log]
level = "debug"
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
[files]
url = "http://127.0.0.1:{files}"
[acs]
authentication = "basic"
basic_without_tls = true
[management]
unknown_devices = "adopt"
live_wait = "0s"
"""
DEVICE, SCL = "A00001-OT2800-NREM0003", "/m2m/scls/A00001-OT2800-NREM0003"
XML = {"Content-Type": "application/xml"}
PATIENCE = 30
INFORM_PASSWORD, CALL_PASSWORD, SHARED, OWN, WRONG = "hush-inform-61", "hush-call-62", "hush-shared-63", "hush-own-64", "hush-wrong-65"
ENVELOPE = ('<e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/" xmlns:cwmp="urn:dslforum-org:cwmp-1-0"><e:Header><cwmp:ID e:mustUnderstand="1">{id}'
            "</cwmp:ID></e:Header><e:Body>{body}</e:Body></e:Envelope>")
FAULT = ("<e:Fault><faultcode>Client</faultcode><faultstring>CWMP fault</faultstring><detail><cwmp:Fault><FaultCode>{code}</FaultCode><FaultString>{text}</FaultString>"
         "</cwmp:Fault></detail></e:Fault>")


def recorded_inform():
    path = nscl_test.need_shared("spec", "vectors", "rem", "cwmp-netcwmp-inform-0-bootstrap.xml")
    text = pathlib.Path(path).read_text()
    for name, password in (("ManagementServer.Password", INFORM_PASSWORD), ("ConnectionRequestPassword", CALL_PASSWORD)):
        text, count = re.subn(rf"({name}</Name>\s*<Value[^>]*>)[^<]*<", rf"\g<1>{password}<", text)
        assert count == 1, name
    return text


def element(text, name):
    found = re.search(rf"<{name}>([^<]*)<", text)
    return found.group(1) if found else ""


class Cpe:
    """One connection to the ACS."""

    def __init__(self, world, credential):
        self.world, self.credential = world, credential
        self.connection = http.client.HTTPConnection("127.0.0.1", world.acs, timeout=20)

    def post(self, body):
        self.connection.request("POST", "/acs", body, {"Content-Type": "text/xml", "Authorization": self.credential})
        answer = self.connection.getresponse()
        text = answer.read().decode()
        if answer.status != 200:
            self.world.bodies.append(text)
        return answer.status, text

    def session(self, inform, own=()):
        """A session to its end; what it is asked is answered, and kept by the names of the RPCs. `own`: messages of the CPE first."""
        asked = {}
        status, text = self.post(inform)
        assert status == 200, f"{status} {text}"
        for body in own:
            assert self.post(ENVELOPE.format(id="own", body=body))[0] == 200
        body = ""
        while True:
            status, text = self.post(body)
            if status != 200:
                self.connection.close()
                return status, asked
            name, identity = re.search(r"<soap-env:Body><cwmp:(\w+)", text).group(1), re.search(r"<cwmp:ID[^>]*>([^<]*)<", text).group(1)
            asked[name] = text
            body = ENVELOPE.format(id=identity, body=self.answer_to(name, text))

    @staticmethod
    def answer_to(name, text):
        wanted = re.findall(r"<string>([^<]*ConnectionRequest(?:Username|Password))</string>", text)
        if name == "GetParameterValues" and wanted:
            values = "".join(f"<ParameterValueStruct><Name>{path}</Name><Value>{CALL_PASSWORD}</Value></ParameterValueStruct>" for path in wanted)
            return f"<cwmp:GetParameterValuesResponse><ParameterList>{values}</ParameterList></cwmp:GetParameterValuesResponse>"
        if name == "SetParameterValues":
            return "<cwmp:SetParameterValuesResponse><Status>0</Status></cwmp:SetParameterValuesResponse>"
        if name == "Download":
            return "<cwmp:DownloadResponse><Status>1</Status><StartTime/><CompleteTime/></cwmp:DownloadResponse>"
        return FAULT.format(code="9005", text="Invalid parameter name")


class World:
    def __init__(self, checks):
        self.checks, self.folder = checks, pathlib.Path(tempfile.mkdtemp(prefix="nscl-traces-"))
        self.port, self.acs, files = free_port(), free_port(), free_port()
        self.config = self.folder / "nscl.toml"
        self.config.write_text(CONFIG.format(port=self.port, acs=self.acs, files=files))
        self.bodies, self.secrets = [], {INFORM_PASSWORD, CALL_PASSWORD, SHARED, OWN, WRONG}
        self.unshown = set()   # may stand in the database, and nowhere else
        self.inform = recorded_inform()
        self.daemon = Daemon(config=self.config, port=self.port, listen=[], start=False)
        self.daemon.listen = None
        self.daemon.command = lambda: [self.daemon.program, "serve", "--config", str(self.config), "--data-dir", str(self.daemon.data_dir)]
        self.daemon.start()
        self.admin = self.daemon.admin()
        self.secrets.add(self.daemon.admin_password())
        self.credential("--oui", "A00001", "--user", "cwmp", password=SHARED)

    def device(self, *words, code=0):
        done = self.daemon.cli("device", *words, "--config", str(self.config), "--data-dir", str(self.daemon.data_dir))
        self.checks.equal(done.returncode, code, f"device {' '.join(words)}: {done.stderr}")
        self.bodies += [done.stdout, done.stderr]
        return done.stdout

    def credential(self, *words, password):
        file = self.folder / "password"
        file.write_text(password + "\n")
        file.chmod(0o600)
        self.device("credential", *words, "--password-file", str(file))
        file.unlink()

    def get(self, path, status=200):
        answer = self.admin.get(path)
        self.bodies.append(answer.text)
        self.checks.equal(answer.status, status, f"GET {path}: {answer.text[:300]}")
        return json.loads(answer.text) if answer.status == 200 else None

    def traces(self, least):
        path = f"/m2m-admin/devices/{DEVICE}/traces"
        end = time.monotonic() + PATIENCE
        while True:
            found = self.get(path)["traces"]
            if len(found) >= least or time.monotonic() > end:
                self.checks.that(len(found) >= least, f"{least} traces: {found}")
                return found
            time.sleep(0.2)

    def alarms(self, wanted):
        """The alarms of the device by their kinds, once they are these."""
        end = time.monotonic() + PATIENCE
        while True:
            found = {alarm["kind"]: alarm for alarm in self.get(f"/m2m-admin/devices/{DEVICE}/alarms")["alarms"]}
            if set(found) == set(wanted) or time.monotonic() > end:
                self.checks.equal(sorted(found), sorted(wanted), f"alarms: {found}")
                return found
            time.sleep(0.2)


def passwords_both_ways(world):
    """The device tells its passwords, and is given others; it echoes one in a fault."""
    status, asked = Cpe(world, basic("cwmp", SHARED)).session(world.inform)
    world.checks.equal(status, 204, "the first session ends well")
    world.checks.that("SetParameterValues" in asked, f"credentials are given: {sorted(asked)}")
    given = re.search(r"ConnectionRequestPassword</Name><Value[^>]*>([^<]+)<", asked.get("SetParameterValues", ""))
    world.checks.that(given is not None, f"a password for calls went out: {asked.get('SetParameterValues')}")
    if given:
        world.secrets.add(given.group(1))
    trace = world.get(f"/m2m-admin/devices/{DEVICE}/traces/{world.traces(1)[0]['id']}")
    names = [message["name"] for message in trace["messages"]]
    world.checks.equal(names[:2] + names[-1:], ["Inform", "InformResponse", "the end"], f"the whole session: {names}")
    world.checks.equal((trace["end"], trace["isTls"], trace["user"], trace["peer"], trace["events"]), ("204", False, "cwmp", "127.0.0.1", ["0 BOOTSTRAP"]), "where it comes from")
    text = json.dumps(trace)
    for part in ("ManagementServer.Password", "ConnectionRequestPassword", "(hidden)", "9005"):
        world.checks.that(part in text, f"{part} in the trace: {text[:2000]}")


def download(world):
    """URL, user and password of a transfer, and a file server that refuses them."""
    (world.folder / "page").write_bytes(b"<html>")
    done = world.daemon.cli("file", "import", str(world.folder / "page"), "--name", "page", "--type", "2 Web Content", "--config", str(world.config), "--data-dir",
                            str(world.daemon.data_dir))
    world.checks.equal(done.returncode, 0, f"a file: {done.stderr}")
    command = ('<m2m:mgmtCmd xmlns:m2m="http://uri.etsi.org/m2m" m2m:id="get"><m2m:cmdType>DOWNLOAD</m2m:cmdType><m2m:execReqArgs><execReqArg><name>File</name>'
               "<value>page</value></execReqArg></m2m:execReqArgs></m2m:mgmtCmd>")
    made = world.admin.post(f"{SCL}/mgmtObjs", command, headers=XML)
    if made.status != 201:
        made = world.admin.post(f"{SCL}/mgmtObjs", command.replace("m2m:execReqArgs>", "execReqArgs>").replace("m2m:cmdType>", "cmdType>"), headers=XML)
    world.checks.equal(made.status, 201, f"a command: {made.text}")
    world.checks.equal(world.admin.post(f"{SCL}/mgmtObjs/get/execEnable", "").status, 202, "is begun")
    world.credential(DEVICE, "--user", "box-1", password=OWN)
    world.device("trace", DEVICE, "on")
    cpe = basic("box-1", OWN)
    _, asked = Cpe(world, cpe).session(world.inform.replace("0 BOOTSTRAP", "2 PERIODIC"))
    sent = asked.get("Download", "")
    url, user, password, key = (element(sent, name) for name in ("URL", "Username", "Password", "CommandKey"))
    world.checks.that(url and user and password and key, f"a download is asked for: {sorted(asked)}")
    token = urllib.parse.urlparse(url).path.split("/")[2]
    world.secrets |= {token, password}
    world.unshown.add(user)
    complete = (f"<cwmp:TransferComplete><CommandKey>{key}</CommandKey><FaultStruct><FaultCode>9012</FaultCode><FaultString>not let in</FaultString></FaultStruct>"
                "<StartTime>2026-11-22T02:55:30Z</StartTime><CompleteTime>2026-11-22T02:55:31Z</CompleteTime></cwmp:TransferComplete>")
    Cpe(world, cpe).session(world.inform.replace("0 BOOTSTRAP", "7 TRANSFER COMPLETE"), [complete])
    world.alarms(["file_login"])
    shown = world.traces(3)
    whole = [world.get(f"/m2m-admin/devices/{DEVICE}/traces/{each['id']}") for each in shown]
    world.checks.that(any(key in json.dumps(trace) for trace in whole), "the CommandKey is no secret")
    readable = "".join(world.device("trace", DEVICE, str(each["id"])) for each in shown)
    world.checks.that("http://127.0.0.1" in readable and "<FileType>2 Web Content</FileType>" in readable, f"as an operator reads it: {readable[-3000:]}")
    listed = world.device("trace", DEVICE).splitlines()
    world.checks.equal([line.split("\t")[0] for line in listed], [str(each["id"]) for each in shown], "the same by the command, newest first")


def broken_off(world):
    """What cannot be read is told of, and not shown; a session that gives way is kept with how it ended."""
    cpe = Cpe(world, basic("box-1", OWN))
    world.checks.equal(cpe.post(world.inform)[0], 200, "a session begins")
    world.checks.equal(cpe.post(f"<Envelope><Body><x>{INFORM_PASSWORD}")[0], 400, "with what is no message")
    before = world.traces(1)[0]["id"]
    cpe = Cpe(world, basic("box-1", OWN))   # what could not be read ended the connection
    world.checks.equal(cpe.post(world.inform)[0], 200, "it begins another one")
    end = time.monotonic() + PATIENCE
    while world.traces(1)[0]["id"] == before and time.monotonic() < end:
        time.sleep(0.2)
    last = world.get(f"/m2m-admin/devices/{DEVICE}/traces/{world.traces(1)[0]['id']}")
    world.checks.equal((last["end"], last["isProblem"]), ("another session began", True), "how the one before ended")
    world.checks.that("octets that cannot be read" in json.dumps(last), f"what was no message: {last['messages']}")
    other = Cpe(world, basic("box-1", OWN))
    world.checks.equal(other.post(world.inform)[0], 503, "two devices with one id")
    found = world.alarms(["file_login", "two_devices"])
    world.checks.that("127.0.0.1" in found["two_devices"]["text"], f"from where: {found}")
    cpe.connection.close()


def alarms(world):
    for _ in range(3):
        world.checks.equal(Cpe(world, basic("box-1", WRONG)).post(world.inform)[0], 401, "a wrong password")
    world.checks.equal(Cpe(world, basic("nobody", WRONG)).post(world.inform)[0], 401, "and nobody's")
    found = world.alarms(["file_login", "login", "two_devices"])
    world.checks.equal(found["login"]["since"] <= found["login"]["last"], True, f"times: {found}")
    everything = world.get("/m2m-admin/alarms?limit=2")
    world.checks.equal((len(everything["alarms"]), everything["next"]), (2, f"{DEVICE}/login"), "a page of all")
    rest = world.get(f"/m2m-admin/alarms?after={DEVICE}/login")
    world.checks.equal([alarm["kind"] for alarm in rest["alarms"]], ["two_devices"], "and the next one")
    for path, status in (("/m2m-admin/devices/nobody/alarms", 404), (f"/m2m-admin/devices/{DEVICE}/alarms/else", 404), ("/m2m-admin/alarms?limit=0", 400),
                         ("/m2m-admin/alarms?after=x", 400), (f"/m2m-admin/devices/{DEVICE}/alarms?limit=1", 400), (f"/m2m-admin/devices/{DEVICE}/traces/9999", 404),
                         (f"/m2m-admin/devices/{DEVICE}/traces/x", 404)):
        world.get(path, status)
    world.checks.equal(world.admin.delete(f"/m2m-admin/devices/{DEVICE}/alarms/two_devices").status, 204, "an operator clears one")
    world.checks.equal(world.admin.delete(f"/m2m-admin/devices/{DEVICE}/alarms/two_devices").status, 404, "which is gone")
    world.checks.equal(world.admin.delete("/m2m-admin/alarms").status, 405, "not all at once")
    stranger = world.daemon.client(world.daemon.principal("app", "app-password"))
    for method, path in (("GET", "/m2m-admin/alarms"), ("DELETE", f"/m2m-admin/devices/{DEVICE}/alarms/login"), ("GET", f"/m2m-admin/devices/{DEVICE}/traces")):
        world.checks.equal(stranger.request(method, path).status, 404, f"others know nothing of it: {method} {path}")
    kinds = [line.split("\t")[:2] for line in world.device("alarms").splitlines()]
    world.checks.equal(kinds, [[DEVICE, "file_login"], [DEVICE, "login"]], "by the command")
    world.device("alarms", DEVICE, "--clear", "file_login")
    world.device("alarms", DEVICE, "--clear", "file_login", code=1)
    Cpe(world, basic("box-1", OWN)).session(world.inform)
    world.alarms([])
    world.checks.that("alarm.raised" in world.daemon.log() and "alarm.cleared" in world.daemon.log(), "the log tells of both")
    trail = world.daemon.admin().get("/m2m-admin/audit?event=alarm.cleared").text
    world.checks.equal(len(json.loads(trail)["records"]), 2, f"the audit trail tells what operators cleared: {trail}")


def no_secrets(world):
    """R63"""
    world.daemon.stop()
    places = {"the log": world.daemon.log().encode(), "an answer": "\n".join(world.bodies).encode()}
    for path in world.daemon.data_dir.iterdir():
        if path.is_file() and path.name != "admin-password":
            places[path.name] = path.read_bytes()
    world.checks.that(any(name.startswith("nscl.db") for name in places), f"the database is searched: {sorted(places)}")
    for name in ("the log", "an answer"):
        world.checks.that(not any(each.encode() in places[name] for each in world.unshown), f"the user of a transfer is in {name}")
    for secret in world.secrets:
        forms = {secret.encode()} | {base64.b64encode(f"{user}:{secret}".encode()).rstrip(b"=")[:-1] for user in ("cwmp", "box-1", "nobody", "admin")}
        for name, octets in places.items():
            world.checks.that(not any(form in octets for form in forms), f"{secret} is in {name}")


def test(checks: Checks):
    world = World(checks)
    try:
        for part in (passwords_both_ways, download, broken_off, alarms, no_secrets):
            checks.section(part.__name__.replace("_", " "))
            part(world)
    finally:
        world.daemon.close()


if __name__ == "__main__":
    nscl_test.main(test)
