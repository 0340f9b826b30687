#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Simulated clients of OMA-DM (docs/simulator.md) against a scripted server: sessions, credentials, firmware, notifications, failures, habits. What the
rows of the acceptance list need of a DM client: 40 to 44, 47, 49, 53, 54, 56."""

import base64
import hashlib
import hmac
import pathlib
import re
import socket
import tempfile
import time
import urllib.error
import urllib.request
import xml.etree.ElementTree as ElementTree

import nscl_test
from nscl_test import until
from scripted_server import ScriptedServer, Simulator

PREFIX = "urn:dev:ops:00A0C9-SIMDM-"
XML = "application/vnd.syncml.dm+xml"


def md5(octets):
    return base64.b64encode(hashlib.md5(octets).digest())


def md5_data(name, password, nonce):
    return md5(md5(f"{name}:{password}".encode()) + b":" + nonce).decode()


def mac_data(name, password, nonce, octets, by_rfc_2104=False):
    digest, of_body = md5(f"{name}:{password}".encode()), md5(octets)
    if by_rfc_2104:
        return base64.b64encode(hmac.digest(digest, nonce + b":" + of_body, "md5")).decode()
    return md5(digest + b":" + nonce + b":" + of_body).decode()


def notification(session, password="srvpwd", nonce=b"\0\0\0\0", server=b"nscl"):
    """Package 0, with the nonce that both ends fall back to."""
    trigger = bytes([0x02, 0xD8, 0, 0, 0]) + session.to_bytes(2, "big") + bytes([len(server)]) + server
    return hashlib.md5(md5(server + b":" + password.encode()) + b":" + nonce + b":" + md5(trigger)).digest() + trigger


def command(name, uri, data=None, correlator=""):
    inside = f"<Correlator>{correlator}</Correlator>" if correlator else ""
    value = "" if data is None else f'<Meta><Format xmlns="syncml:metinf">chr</Format></Meta><Data>{data}</Data>'
    return f"<{name}><CmdID>{{id}}</CmdID>{inside}<Item><Target><LocURI>{uri}</LocURI></Target>{value}</Item></{name}>"


class Message:
    """A message of a client."""

    def __init__(self, octets):
        self.octets = octets
        text = octets.replace(b"\0", b"").decode()
        self.root = ElementTree.fromstring(re.sub(r"""\sxmlns=["'][^"']*["']""", "", text))
        self.session, self.number = self.root.findtext("SyncHdr/SessionID"), self.root.findtext("SyncHdr/MsgID")
        self.source = self.root.findtext("SyncHdr/Source/LocURI")
        self.cred = self.root.findtext("SyncHdr/Cred/Data")
        nonces = [base64.b64decode(text.text) for text in self.root.iter("NextNonce") if text.text]
        self.next_nonce = nonces[-1] if nonces else None   # that the server is given
        self.body = self.root.find("SyncBody")
        self.commands = [element for element in self.body if element.tag in ("Alert", "Replace")]
        self.alerts = [(alert.findtext("Data"), alert.findtext("Correlator"), alert.findtext("Item/Data")) for alert in self.body.findall("Alert")]
        self.values = {item.findtext("Source/LocURI"): item.findtext("Data") for item in self.body.findall("Results/Item")}
        self.statuses = [(status.findtext("Cmd"), status.findtext("Data")) for status in self.body.findall("Status")]


class DmServer(ScriptedServer):
    """Answers each message with a Status for all of it and the next of `script`, a list of commands. Files below /files."""

    def __init__(self, script=(), refuse=None, login=None, files=None):
        super().__init__(script, refuse, files)
        self.login = login

    def messages(self):
        with self.lock:
            return [Message(octets) for octets, _ in self.requests]

    def answer(self, handler):
        octets = self.take(handler)
        refusal = self.refuse and self.refuse()
        if refusal:
            return self.send(handler, refusal[0], **refusal[1])
        message = Message(octets)
        code, chal = self.judged(message, handler)
        is_good = code != "401"
        body = [f"<Status><CmdID>1</CmdID><MsgRef>{message.number}</MsgRef><CmdRef>0</CmdRef><Cmd>SyncHdr</Cmd>{chal}<Data>{code}</Data></Status>"]
        for each in message.commands:
            body.append(f"<Status><CmdID>{len(body) + 1}</CmdID><MsgRef>{message.number}</MsgRef><CmdRef>{each.findtext('CmdID')}</CmdRef>"
                        f"<Cmd>{each.tag}</Cmd><Data>{'200' if is_good else '401'}</Data></Status>")
        for asked in (self.asked() or []) if is_good else []:
            body.append(asked.format(id=len(body) + 1))
        text = (f'<SyncML xmlns="SYNCML:SYNCML1.2"><SyncHdr><VerDTD>1.2</VerDTD><VerProto>DM/1.2</VerProto><SessionID>{message.session}</SessionID>'
                f"<MsgID>{message.number}</MsgID><Target><LocURI>{message.source}</LocURI></Target><Source><LocURI>{self.url}/dm</LocURI></Source></SyncHdr>"
                f"<SyncBody>{''.join(body)}<Final/></SyncBody></SyncML>")
        return self.send(handler, 200, text.encode(), Content_Type=XML, **self.proof(message, text.encode()))

    def judged(self, message, _handler):
        """Status of its header, and a challenge."""
        is_good = not self.login or message.cred is None or self.login(message.cred)
        return ("212", "") if is_good else ("401", challenge("syncml:auth-md5", b"n1"))

    def proof(self, _message, _octets):
        """Fields of the answer."""
        return {}


class MacServer(DmServer):
    """It wants each message of the one client proved by x-syncml-hmac, and proves its own with the nonces of the client."""

    def __init__(self, name, by_rfc_2104=False, **options):
        super().__init__(**options)
        self.name, self.by_rfc_2104 = name, by_rfc_2104
        self.nonce, self.own_nonce, self.judgements, self.number = b"", b"", [], 0
        self.spoils = False   # its own MAC

    def judged(self, message, handler):
        wanted = mac_data(self.name, "sesam", self.nonce, message.octets, self.by_rfc_2104)
        is_good = handler.headers.get("x-syncml-hmac") == f'algorithm=MD5, username="{self.name}", mac={wanted}'
        self.judgements.append("200" if is_good else "401")
        if is_good and message.next_nonce:
            self.own_nonce = message.next_nonce
        self.number += 1
        self.nonce = f"nonce {self.number}".encode()
        return self.judgements[-1], challenge("syncml:auth-MAC", self.nonce)

    def proof(self, _message, octets):
        mac = mac_data("nscl", "srvpwd", b"another" if self.spoils else self.own_nonce, octets, self.by_rfc_2104)
        return {"X_SyncML_HMAC": f'algorithm=MD5, username="nscl", mac={mac}'}


def challenge(type_, nonce):
    return (f'<Chal><Meta><Format xmlns="syncml:metinf">b64</Format><Type xmlns="syncml:metinf">{type_}</Type>'
            f'<NextNonce xmlns="syncml:metinf">{base64.b64encode(nonce).decode()}</NextNonce></Meta></Chal>')


def simulator_of(server, *arguments):
    return Simulator("dm", "--url", f"{server.url}/dm", "--action-time", "10", "--reboot-time", "10", *arguments)


def run(server, *arguments):
    with simulator_of(server, *arguments) as simulator:
        return simulator.wait()


def secret_file(folder, name, text):
    path = folder / name
    path.write_text(text + "\n")
    path.chmod(0o600)
    return str(path)


def test_session(checks):
    script = [[command("Get", "./DevDetail/FwV"), command("Get", "./nope")], [command("Add", "./Vendor/memory/a", "x")], [command("Get", "./Vendor/memory/a")]]
    with DmServer(script) as server:
        code, output = run(server, "--once")
        checks.equal((code, output.strip()), (0, f"{PREFIX}000001: 1201: 4 commands: ok"), "told")
        messages = server.messages()
        checks.equal(messages[0].alerts, [("1201", None, None)], "row 40: alert")
        items = {item.findtext("Source/LocURI"): item.findtext("Data") for item in messages[0].body.findall("Replace/Item")}
        checks.equal(items.get("./DevInfo/DevId"), PREFIX + "000001", "row 40: DevInfo")
        checks.equal(messages[1].statuses, [("SyncHdr", "212"), ("Get", "200"), ("Get", "404")], "row 40: statuses")
        checks.equal(messages[-1].values, {"./Vendor/memory/a": "x"}, "row 44: what was added is read")
        checks.equal(server.requests[0][1]["Content-Type"], XML, "media type")


def test_login(checks, folder):
    files = ["--password-file", secret_file(folder, "password", "sesam")]
    name = PREFIX + "000001"
    with DmServer([[command("Get", "./DevInfo/Man")]], login=lambda cred: cred == md5_data(name, "sesam", b"n1")) as server:
        code, output = run(server, "--once", "--auth", "basic", *files)
        checks.equal((code, "1 commands: ok" in output), (0, True), "row 42: md5 after basic")
        checks.equal(base64.b64decode(server.messages()[0].cred).decode(), name + ":sesam", "row 42: basic first")
    with DmServer(login=lambda _: False) as server:
        code, output = run(server, "--once", *files)
        checks.equal((code, "failed: the server answers the header with 401" in output, "sesam" in output), (1, True, False), "row 41: refused")
        checks.equal(len(server.requests), 3, "row 41: no hammering")
    with DmServer([[command("Get", "./DevInfo/Man")]]) as server:
        code, output = run(server, "--once", "--server-password-file", secret_file(folder, "server", "srvpwd"))
        checks.equal((code, "did not prove" in output), (1, True), "row 43: a server without credentials")
        checks.equal(server.messages()[1].statuses, [("SyncHdr", "407"), ("Get", "407")], "row 43: nothing is done")


def test_mac(checks, folder):
    """x-syncml-hmac in both directions, as the text defines it and by RFC 2104, computed by hashlib and hmac."""
    files = ["--password-file", secret_file(folder, "password", "sesam"), "--server-password-file", secret_file(folder, "server", "srvpwd"), "--server-auth", "mac"]
    name = PREFIX + "000001"
    steps = [[command("Get", "./DevInfo/Man")], [command("Add", "./Vendor/memory/a", "x")], [command("Get", "./Vendor/memory/a")]]
    for options in ([], ["--hmac-by-rfc-2104"]):
        with MacServer(name, bool(options), script=steps) as server:
            code, output = run(server, "--once", "--auth", "mac", *files, *options)
            checks.equal((code, "3 commands: ok" in output), (0, True), f"MAC {options}: {output}")
            checks.equal(server.judgements, ["200"] * 4, f"MAC {options}: each message is proved, with the nonce of the answer before")
            checks.equal([message.statuses[0] for message in server.messages()[1:]], [("SyncHdr", "200")] * 3, f"MAC {options}: so is each of the server")
            checks.equal(server.messages()[-1].values, {"./Vendor/memory/a": "x"}, f"MAC {options}: and done")
            checks.equal([message.cred for message in server.messages()], [None] * 4, f"MAC {options}: there is no Cred")
    with MacServer(name, script=steps) as server:
        code, output = run(server, "--once", *files)
        checks.equal((code, server.judgements), (0, ["401"] + ["200"] * 4), "MAC: after a challenge")
    for mistake in ("tampered", "reused"):
        with MacServer(name, script=steps) as server:
            code, output = run(server, "--once", "--auth", "mac", "--mac-mistake", mistake, *files)
            checks.equal((code, server.judgements), (0, ["200", "401"] + ["200"] * 3), f"MAC: {mistake}, and said again")
            checks.that("3 commands: ok" in output, f"MAC: {mistake}, and nothing twice: {output}")
    with MacServer(name, script=steps) as server:
        server.spoils = True
        code, output = run(server, "--once", "--auth", "mac", *files)
        checks.equal((code, "did not prove" in output), (1, True), "MAC: a server that does not prove its messages")
        checks.equal(server.messages()[1].statuses, [("SyncHdr", "401"), ("Get", "401")], "MAC: nothing is done for it")


def test_firmware(checks):
    with DmServer(files={"/files/fw": b"version 2.5.0\n" + b"x" * 100_000}) as server:
        server.script.put([command("Replace", "./FUMO/1/DownloadAndUpdate/PkgURL", server.url + "/files/fw")])
        server.script.put([command("Exec", "./FUMO/1/DownloadAndUpdate", correlator="ei-1")])
        server.script.put([command("Get", "./FUMO/1/State")])
        server.script.put([])
        server.script.put([command("Get", "./FUMO/1/State"), command("Get", "./DevDetail/FwV")])
        with simulator_of(server):
            checks.that(until(lambda: len(server.requests) >= 6), "row 56: a session tells of it")
        messages = server.messages()
        checks.equal(messages[2].statuses[-1], ("Exec", "202"), "row 56: accepted")
        checks.equal(messages[3].values, {"./FUMO/1/State": "30"}, "row 56: State while it goes on")
        checks.equal(messages[4].alerts, [("1201", None, None), ("1226", "ei-1", "200")], "row 56: alert")
        checks.equal(messages[5].values, {"./FUMO/1/State": "100", "./DevDetail/FwV": "2.5.0"}, "row 56: State and version in the end")


def posted(url, body, media_type="application/vnd.syncml.notification"):
    try:
        return urllib.request.urlopen(urllib.request.Request(url, data=body, headers={"Content-Type": media_type}), timeout=10).status
    except urllib.error.HTTPError as error:
        return error.code


def test_notifications(checks, folder):
    password = secret_file(folder, "server", "srvpwd")
    for style, names in (("plain", ("A1", "B2")), ("libdmclient", ("A100", "B200"))):
        with DmServer() as server, simulator_of(server, "--server-password-file", password, "--notifications", "127.0.0.1:0", "--style", style) as simulator:
            told = re.fullmatch(r"\S+: notifications at (\S+) and udp://127.0.0.1:(\d+)\n", simulator.process.stdout.readline())
            url, port = told.group(1), int(told.group(2))
            checks.that(until(lambda: len(server.requests) == 1), f"{style}: first session")
            if style == "plain":
                checks.equal(posted(url, notification(0xA1, "wrong")), 403, "a wrong digest")
            checks.equal(posted(url[:-1] + "!", notification(0xA1)), 404, "unknown path")
            checks.equal(posted(url, notification(0xA1), "text/plain"), 415, "another media type")
            # The server answers before it knows that the session is over.
            checks.that(until(lambda: posted(url, notification(0xA1)) == 204), f"{style}: row 53: by HTTP")
            checks.that(until(lambda: len(server.requests) == 2), f"{style}: row 53: it comes")
            with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as datagrams:
                push = bytes([1, 6, 3, 0xC4, 0xAF, 0x87]) + notification(0xB2)

                def has_come():
                    if len(server.requests) == 2:
                        datagrams.sendto(push, ("127.0.0.1", port))
                        time.sleep(0.1)
                    return len(server.requests) >= 3

                checks.that(until(has_come), f"{style}: row 53: by UDP")
            messages = server.messages()
            checks.equal([(message.session, message.alerts[0][0]) for message in messages[1:3]], [(name, "1200") for name in names],
                         f"{style}: rows 53, 54: sessions")


def test_failures(checks):
    times = []

    def busy():
        times.append(time.monotonic())
        return (503, {"Retry_After": "1"}) if len(times) == 1 else None

    with DmServer(refuse=busy) as server:
        code, _ = run(server, "--once")
        checks.equal((code, len(times)), (0, 2), "Retry-After")
        checks.that(times[1] - times[0] >= 1, "it waited")
    with DmServer(refuse=lambda: (500, {})) as server:
        code, output = run(server, "--for", "2", "--retry-scale", "0.001")
        checks.that(len(server.requests) >= 3, "it tries again")
        checks.equal((code, "failed: the server answers 500" in output), (1, True), "told")


def test_habits(checks):
    with DmServer([[command("Get", "./DevInfo/Man"), command("Exec", "./test/execute", correlator="ei-1")]]) as server:
        code, _ = run(server, "--once", "--style", "libdmclient")
        checks.equal(code, 0, "libdmclient")
        checks.equal(server.requests[0][1]["Content-Type"], "application/vnd.syncml+xml", "row 49: media type")
        checks.that(b"NSCL Simulator\0</Data>" in server.requests[1][0], "row 44: a zero octet")
        kinds = [(element.tag, element.findtext("Cmd")) for element in server.messages()[1].body][-3:]
        checks.equal(kinds, [("Alert", None), ("Status", "Exec"), ("Final", None)], "row 47: the alert before the Status")
    with DmServer(refuse=lambda: (415, {})) as server:
        code, output = run(server, "--once", "--wbxml")
        checks.equal((code, "answers 415" in output), (1, True), "WBXML is refused")
        octets, fields = server.requests[0]
        checks.equal((octets[:5], fields["Content-Type"]), (b"\x02\xa4\x01\x6a\x00", "application/vnd.syncml.dm+wbxml"), "WBXML")


def test_many(checks):
    with DmServer() as server:
        code, output = run(server, "--once", "--count", "200", "--parallel", "20")
        checks.equal((code, "sessions 200, failed 0" in output), (0, True), "200 devices")
        checks.equal(len({message.source for message in server.messages()}), 200, "each has its id")


def everything(checks):
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        test_session(checks)
        test_login(checks, folder)
        test_mac(checks, folder)
        test_firmware(checks)
        test_notifications(checks, folder)
        test_failures(checks)
        test_habits(checks)
        test_many(checks)


if __name__ == "__main__":
    nscl_test.main(everything)
