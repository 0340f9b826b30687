#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Simulated devices of TR-069 (docs/simulator.md) against a scripted ACS: sessions, RPCs, files, connection requests, failures, and the habits of
other clients. What the rows of the acceptance list need of a CPE: 1 to 5, 17 to 24, 30, 37, 65."""

import base64
import hashlib
import pathlib
import re
import subprocess
import tempfile
import time
import urllib.error
import urllib.request

import nscl_test
from nscl_test import until
from scripted_server import ScriptedServer, Simulator

HEAD = ('<soap-env:Envelope xmlns:soap-enc="http://schemas.xmlsoap.org/soap/encoding/" xmlns:soap-env="http://schemas.xmlsoap.org/soap/envelope/" '
        'xmlns:xsd="http://www.w3.org/2001/XMLSchema" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns:cwmp="urn:dslforum-org:cwmp-1-0">')


def envelope(rpc, identity):
    return (f'{HEAD}<soap-env:Header><cwmp:ID soap-env:mustUnderstand="1">{identity}</cwmp:ID></soap-env:Header>'
            f"<soap-env:Body>{rpc}</soap-env:Body></soap-env:Envelope>").encode()


def names(*all_names):
    inside = "".join(f"<string>{name}</string>" for name in all_names)
    return f"<cwmp:GetParameterValues><ParameterNames>{inside}</ParameterNames></cwmp:GetParameterValues>"


def setting(name, value, kind="string", key="k1"):
    return (f'<cwmp:SetParameterValues><ParameterList><ParameterValueStruct><Name>{name}</Name><Value xsi:type="xsd:{kind}">{value}</Value>'
            f"</ParameterValueStruct></ParameterList><ParameterKey>{key}</ParameterKey></cwmp:SetParameterValues>")


def transfer(method, url, kind, key="t1", size=0):
    size = f"<FileSize>{size}</FileSize>" if method == "Download" else ""
    return (f"<cwmp:{method}><CommandKey>{key}</CommandKey><FileType>{kind}</FileType><URL>{url}</URL><Username>u</Username><Password>p</Password>"
            f"{size}<DelaySeconds>0</DelaySeconds></cwmp:{method}>")


def rpc_of(body):
    found = re.search(r"Body>\s*<(?:cwmp|soap|soap-env|SOAP-ENV):(\w+)", body)
    return found.group(1) if found else ""


class Acs(ScriptedServer):
    """Answers every Inform, then asks what `script` holds, one RPC for each empty POST or response. Also a file server below /files."""

    def __init__(self, script=(), refuse=None, auth=None, files=None):
        super().__init__(script, refuse, files)
        self.auth, self.next_id = auth, 0

    def bodies(self, rpc):
        with self.lock:
            bodies = [body.decode() for body, _ in self.requests]
        return [body for body in bodies if rpc_of(body) == rpc]

    def answer(self, handler):
        body = self.take(handler).decode()
        rpc = rpc_of(body)
        identity = re.search(r"cwmp:ID[^>]*>([^<]*)<", body)
        is_first = rpc == "Inform" or not self.bodies("Inform")
        if self.auth and is_first and not self.auth(handler):
            return self.send(handler, 401, WWW_Authenticate='Digest realm="nrem", qop="auth", nonce="abc", algorithm=MD5, opaque="ff"')
        if rpc == "Inform":
            refusal = self.refuse and self.refuse(body)
            if refusal:
                return self.send(handler, refusal[0], **refusal[1])
            response = "<cwmp:InformResponse><MaxEnvelopes>1</MaxEnvelopes></cwmp:InformResponse>"
            return self.send(handler, 200, envelope(response, identity.group(1)), Content_Type="text/xml", Set_Cookie="session=s1; Path=/; HttpOnly")
        if rpc in ("TransferComplete", "DUStateChangeComplete"):
            return self.send(handler, 200, envelope(f"<cwmp:{rpc}Response/>", identity.group(1)))
        if not self.bodies("Inform"):   # no session yet
            return self.send(handler, 204)
        asked = self.asked()
        if asked is None:
            return self.send(handler, 204)
        with self.lock:
            self.next_id += 1
        return self.send(handler, 200, envelope(asked, f"acs-{self.next_id}"))

    def serve(self, handler, content):
        """Files, for u:p by Basic."""
        expected = "Basic " + base64.b64encode(b"u:p").decode()
        if handler.headers.get("Authorization") != expected:
            return self.send(handler, 401, WWW_Authenticate='Basic realm="files"')
        if content is not None:
            self.files[handler.path] = content
            return self.send(handler, 201)
        return super().serve(handler, content)


def simulator_of(acs, *arguments):
    return Simulator("cpe", "--acs", f"{acs.url}/acs", *arguments)


def run(acs, *arguments):
    with simulator_of(acs, *arguments) as simulator:
        return simulator.wait()


def secret_file(folder, text):
    path = folder / "password"
    path.write_text(text + "\n")
    path.chmod(0o600)
    return str(path)


def test_session(checks):
    interval = "Device.ManagementServer.PeriodicInformInterval"
    script = ["<cwmp:GetRPCMethods/>", setting(interval, 300, "unsignedInt"), names(interval, "Device.DeviceInfo.SerialNumber"),
              names("Device.Nope"), setting("Device.DeviceInfo.SerialNumber", "x")]
    with Acs(script) as acs:
        code, output = run(acs, "--once", "--serial-prefix", "NREM")
        checks.equal(code, 0, "exit code")
        checks.equal(output.strip(), "NREM000001: 0 BOOTSTRAP, 1 BOOT: 5 RPCs: ok", "told")
        inform = acs.bodies("Inform")[0]
        for name in ("HardwareVersion", "SoftwareVersion", "ProvisioningCode"):
            checks.that(f"Device.DeviceInfo.{name}" in inform, f"forced {name}")
        values = acs.bodies("GetParameterValuesResponse")[0]
        checks.that(">300<" in values and ">NREM000001<" in values, "value set is read back")
        faults = acs.bodies("Fault")
        checks.that("<FaultCode>9005<" in faults[0], "unknown name")
        checks.that("<FaultCode>9003<" in faults[1] and "<FaultCode>9008<" in faults[1], "read only")
        cookies = [headers.get("Cookie") for body, headers in acs.requests if rpc_of(body.decode()) != "Inform"]
        checks.equal(set(cookies), {"session=s1"}, "cookies")


def test_files(checks):
    firmware = b"version 2.5.0\n" + b"x" * 100_000
    with Acs(files={"/files/fw": firmware}) as acs:
        acs.script.put(transfer("Download", acs.url + "/files/fw", "1 Firmware Upgrade Image", "t1", len(firmware)))
        acs.script.put(transfer("Upload", acs.url + "/files/config", "1 Vendor Configuration File", "t2"))
        with simulator_of(acs, "--retry-scale", "0"):
            checks.that(until(lambda: len(acs.bodies("TransferComplete")) >= 2), "both are told of")
        told = acs.bodies("TransferComplete")
        checks.that("<CommandKey>t1<" in told[0] and "<FaultCode>0<" in told[0], "row 20: download")
        checks.that("<CommandKey>t2<" in told[1] and "<FaultCode>0<" in told[1], "row 23: upload")
        checks.that(b"Device.DeviceInfo.SerialNumber=SIM000001" in acs.files.get("/files/config", b""), "configuration")
        checks.that(any(">2.5.0<" in inform and "M Download" in inform for inform in acs.bodies("Inform")), "new version")


def test_reboot(checks):
    reboot = "<cwmp:Reboot><CommandKey>e1</CommandKey></cwmp:Reboot>"
    for rpc, events in ((reboot, ("1 BOOT", "M Reboot")), ("<cwmp:FactoryReset/>", ("0 BOOTSTRAP",))):
        with Acs([rpc]) as acs, simulator_of(acs):
            checks.that(until(lambda: len(acs.bodies("Inform")) >= 2), "row 17: it comes back")
            checks.that(all(f"<EventCode>{event}<" in acs.bodies("Inform")[1] for event in events), "events")
            if "e1" in rpc:
                checks.that("<CommandKey>e1<" in acs.bodies("Inform")[1], "its key")


def digest_of(handler, password, with_qop=True):
    field = dict(re.findall(r'(\w+)="?([^",]*)"?', handler.headers.get("Authorization", "")))
    if "response" not in field:
        return False
    md5 = lambda text: hashlib.md5(text.encode()).hexdigest()  # noqa: E731
    ha1 = md5(f"{field['username']}:{field['realm']}:{password}")
    ha2 = md5(f"POST:{field['uri']}")
    middle = f"{field['nonce']}:{field['nc']}:{field['cnonce']}:{field['qop']}" if with_qop else field["nonce"]
    return field["response"] == md5(f"{ha1}:{middle}:{ha2}")


def test_digest(checks, folder):
    file = secret_file(folder, "sesam")
    with Acs(auth=lambda handler: digest_of(handler, "sesam")) as acs:
        code, output = run(acs, "--once", "--password-file", file)
        checks.equal((code, "ok" in output), (0, True), "Digest")
        checks.that('username="00A0C9-SIM-SIM000001"' in acs.requests[1][1]["Authorization"], "user is its id")
    with Acs(auth=lambda handler: False) as acs:
        code, output = run(acs, "--once", "--password-file", file)
        checks.equal((code, "401" in output, "sesam" in output), (1, True, False), "wrong password")
        checks.equal(len(acs.requests), 2, "no hammering")
    with Acs(["<cwmp:GetRPCMethods/>"], auth=lambda handler: digest_of(handler, "sesam", False)) as acs:
        code, _ = run(acs, "--once", "--password-file", file, "--style", "netcwmp", "--user", "cwmp")
        checks.equal(code, 0, "row 3: netcwmp")
        first, second, third = (headers for _, headers in acs.requests[:3])
        checks.that("Authorization" not in first and 'uri=""' in second["Authorization"], "empty first, then RFC 2069")
        checks.that("Authorization" not in third and third["Cookie"] == "session=s1; Path=/; HttpOnly", "later without, cookie with attributes")
    with Acs(auth=lambda handler: digest_of(handler, "sesam")) as acs:
        code, _ = run(acs, "--once", "--password-file", file, "--style", "cwmp-sim")
        checks.equal(code, 0, "row 4: cwmp-sim")
        checks.that(acs.requests[0][1]["Authorization"].startswith("Basic ") and
                    not any("Cookie" in headers for _, headers in acs.requests), "Basic first, never a cookie")
    with Acs(auth=lambda handler: False) as acs:
        code, _ = run(acs, "--for", "2", "--password-file", file, "--style", "genieacs-sim", "--retry-scale", "0.01")
        checks.equal((code, len(acs.requests)), (1, 1), "row 5: genieacs-sim dies of a 401")


def test_failures(checks):
    times = []

    def busy(_):
        times.append(time.monotonic())
        return (503, {"Retry_After": "1"}) if len(times) == 1 else None

    with Acs(refuse=busy) as acs:
        code, _ = run(acs, "--once")
        checks.equal((code, len(times)), (0, 2), "Retry-After")
        checks.that(times[1] - times[0] >= 1, "it waited")
        checks.that("<RetryCount>1<" in acs.bodies("Inform")[1], "RetryCount")
    with Acs(refuse=lambda _: (500, {})) as acs, simulator_of(acs, "--retry-scale", "0.001") as simulator:
        checks.that(until(lambda: len(acs.bodies("Inform")) >= 3), "row 39: it tries again")
        checks.equal(simulator.end(), 1, "failure is told by the exit code")


def authorized(url, user, password):
    manager = urllib.request.HTTPPasswordMgrWithDefaultRealm()
    manager.add_password(None, url, user, password)
    opener = urllib.request.build_opener(urllib.request.HTTPDigestAuthHandler(manager))
    try:
        return opener.open(url, timeout=10).status
    except urllib.error.HTTPError as error:
        return error.code
    except ValueError:   # a challenge it does not know
        return 401


def md5_only(url, user, password):
    """Digest as an ACS does it: the challenge is taken, the answer is MD5."""
    try:
        urllib.request.urlopen(url, timeout=10)
    except urllib.error.HTTPError as error:
        challenge = next(field for field in error.headers.get_all("WWW-Authenticate") if "MD5" in field)
    nonce, realm = (re.search(name + r'="([^"]*)"', challenge).group(1) for name in ("nonce", "realm"))
    path = "/" + url.split("/", 3)[3]
    md5 = lambda text: hashlib.md5(text.encode()).hexdigest()  # noqa: E731
    response = md5(f"{md5(f'{user}:{realm}:{password}')}:{nonce}:00000001:c:auth:{md5('GET:' + path)}")
    field = (f'Digest username="{user}", realm="{realm}", nonce="{nonce}", uri="{path}", algorithm=MD5, qop=auth, nc=00000001, cnonce="c", '
             f'response="{response}"')
    try:
        return urllib.request.urlopen(urllib.request.Request(url, headers={"Authorization": field}), timeout=10).status
    except urllib.error.HTTPError as error:
        return error.code


def test_connection_requests(checks, folder):
    with Acs() as acs, simulator_of(acs, "--connection-requests", "127.0.0.1:0", "--connection-user", "acs", "--connection-password-file",
                                 secret_file(folder, "call")):
        checks.that(until(lambda: any(not body for body, _ in acs.requests)), "first session")
        url = re.search(r"ConnectionRequestURL</Name><Value[^>]*>([^<]*)<", acs.bodies("Inform")[0]).group(1)
        checks.equal(md5_only(url, "acs", "wrong"), 401, "row 30: wrong password")
        checks.equal(authorized(url[:-1] + "x", "acs", "call"), 404, "unknown path")
        time.sleep(0.2)
        checks.equal(len(acs.bodies("Inform")), 1, "nothing came of it")
        checks.equal(md5_only(url, "acs", "call"), 200, "row 30: accepted")
        checks.that(until(lambda: any("6 CONNECTION REQUEST" in inform for inform in acs.bodies("Inform"))), "row 30: event 6")


def test_habits(checks):
    bad = setting("Device.DeviceInfo.SerialNumber", "x")
    with Acs([bad, "<cwmp:AddObject><ObjectName>Device.NAT.PortMapping.</ObjectName><ParameterKey/></cwmp:AddObject>",
              "<cwmp:ChangeDUState><Operations/></cwmp:ChangeDUState>"]) as acs:
        code, output = run(acs, "--once", "--style", "cwmp-sim")
        checks.equal((code, "1 BOOT: 3 RPCs: ok" in output), (0, True), "cwmp-sim")
        checks.that("<soap:Fault>" in acs.bodies("Fault")[0] and "xmlns:soap=" not in acs.bodies("Fault")[0], "undeclared prefix")
        checks.that("<Status>9005<" in acs.bodies("AddObjectResponse")[0], "row 15: AddObject")
    skipped = "<cwmp:ScheduleInform><DelaySeconds>1</DelaySeconds><CommandKey>k</CommandKey></cwmp:ScheduleInform>"
    with Acs([skipped, setting("InternetGatewayDevice.ManagementServer.PeriodicInformInterval", "60", "unsignedInt")]) as acs:
        code, _ = run(acs, "--once", "--style", "netcwmp")
        checks.equal(code, 0, "row 2: netcwmp")
        checks.that("<SOAP-ENV:Fault>" in acs.bodies("Fault")[0] and "<FaultCode>9008<" in acs.bodies("Fault")[0], "row 24: skipped, row 11: 9008")
    with Acs(["<cwmp:GetRPCMethods/>", names("InternetGatewayDevice.Nope")]) as acs:
        code, output = run(acs, "--once", "--style", "genieacs-sim")
        checks.equal((code, "crashed" in output), (1, True), "genieacs-sim crashes on an unknown name")
        checks.that("<FaultCode>9000<" in acs.bodies("Fault")[0], "9000 for GetRPCMethods")


def test_many(checks):
    with Acs() as acs:
        code, output = run(acs, "--once", "--count", "200", "--parallel", "20")
        checks.equal((code, "sessions 200, failed 0" in output), (0, True), "row 65: many")
        serials = {re.search(r"<SerialNumber>([^<]*)<", inform).group(1) for inform in acs.bodies("Inform")}
        checks.equal(len(serials), 200, "each its own")
    code = subprocess.run([nscl_test.binary(), "simulate", "cpe", "--acs", "nonsense", "--once"], capture_output=True).returncode
    checks.equal(code, 2, "no URL")
    code, output = run(type("Nobody", (), {"url": "http://127.0.0.1:9"}), "--once")
    checks.equal((code, "no answer of the server" in output), (1, True), "nobody listens")


def everything(checks):
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        test_session(checks)
        test_files(checks)
        test_reboot(checks)
        test_digest(checks, folder)
        test_failures(checks)
        test_connection_requests(checks, folder)
        test_habits(checks)
        test_many(checks)


if __name__ == "__main__":
    nscl_test.main(everything)
