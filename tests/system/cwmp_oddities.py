#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What CPEs do to an ACS, octet by octet over real sockets: recorded messages, odd framing, character sets and compression, lost connections, and models
that want to be treated differently. Rows 6, 7, 8, 37 and 38 of the acceptance list; O numbers are those of the list of oddities."""

import gzip
import pathlib
import re
import tempfile
import time
import zlib

import nscl_test
from nscl_test import Connection, Daemon, compose, exchange, first_status, free_port

CONFIG = """
[[listener]]
port = {port}
[[listener]]
purpose = "acs"
port = {acs}
[acs]
authentication = "off"
idle_time = "20s"
informs_per_minute = 1000
[management]
unknown_devices = "adopt"
mappings = ["{models}"]
"""
MODELS = """
[[model]]
match = { oui = "0ADD01" }
end_with_200 = true
cookie_path = true
[[model]]
match = { oui = "0ADD02" }
no_gpn = true
gpv_batch = 1
"""
HEAD = ('<soap-env:Envelope xmlns:soap-env="http://schemas.xmlsoap.org/soap/envelope/" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" '
        'xmlns:xsd="http://www.w3.org/2001/XMLSchema" xmlns:cwmp="urn:dslforum-org:cwmp-1-0">')
MEBI = 1 << 20


def envelope(rpc, identity="7", header=""):
    inside = f'<soap-env:Header><cwmp:ID soap-env:mustUnderstand="1">{identity}</cwmp:ID>{header}</soap-env:Header>' if identity else ""
    return f"{HEAD}{inside}<soap-env:Body>{rpc}</soap-env:Body></soap-env:Envelope>".encode()


def inform(serial, oui="0ADD00", identity="7", name="", header=""):
    return envelope(f"<cwmp:Inform><DeviceId><Manufacturer>{name or 'M'}</Manufacturer><OUI>{oui}</OUI><ProductClass>Box</ProductClass><SerialNumber>{serial}</SerialNumber></DeviceId>"
                    "<Event><EventStruct><EventCode>2 PERIODIC</EventCode><CommandKey/></EventStruct></Event><MaxEnvelopes>1</MaxEnvelopes><RetryCount>0</RetryCount>"
                    "<ParameterList><ParameterValueStruct><Name>Device.DeviceInfo.SoftwareVersion</Name><Value>1</Value></ParameterValueStruct></ParameterList></cwmp:Inform>",
                    identity, header)


def rpc_of(answer):
    found = re.search(r"Body><cwmp:(\w+)", answer.text)
    return found.group(1) if found else answer.brief()


def id_of(answer):
    found = re.search(r"<cwmp:ID[^>]*>([^<]*)<", answer.text)
    return found.group(1) if found else None


class World:
    def __init__(self, folder):
        self.port, self.acs = free_port(), free_port()
        models, config = folder / "models.toml", folder / "nscl.toml"
        models.write_text(MODELS)
        models.chmod(0o600)
        config.write_text(CONFIG.format(port=self.port, acs=self.acs, models=models))
        self.daemon = Daemon(port=self.port, start=False)
        self.daemon.command = lambda: [self.daemon.program, "serve", "--config", str(config), "--data-dir", str(self.daemon.data_dir)]
        self.daemon.start()

    def connect(self):
        return Connection("127.0.0.1", self.acs)

    def request(self, body, fields=None, method="POST", target="/acs"):
        return compose(method, target, f"127.0.0.1:{self.acs}", body, {"Content-Type": "text/xml; charset=utf-8", **(fields or {})})

    def ask(self, connection, body, fields=None, **options):
        connection.send(self.request(body, fields, **options))
        answer = connection.read()
        while answer.status == 100:
            answer = connection.read()
        return answer

    def once(self, body, fields=None, **options):
        """One exchange on a connection of its own."""
        connection = self.connect()
        try:
            return self.ask(connection, body, fields, **options)
        finally:
            connection.close()


def recorded(checks, world):
    checks.section("row 6: recorded messages")
    for name in ("cwmp-zte-ebg2100-inform.xml", "cwmp-netcwmp-inform-0-bootstrap.xml", "cwmp-genieacs-sim-inform-periodic.xml", "cwmp-cwmp-sim-inform-boot.xml"):
        octets = nscl_test.shared("spec", "vectors", "rem", name).read_bytes()
        used = re.search(rb"urn:dslforum-org:cwmp-1-\d", octets).group()
        connection = world.connect()
        for space in (used, b"urn:dslforum-org:cwmp-1-2", b"urn:dslforum-org:cwmp-1-4"):
            answer = world.ask(connection, octets.replace(used, space))
            checks.equal((answer.status, rpc_of(answer), space in answer.body), (200, "InformResponse", True), f"{name} in {space.decode()}")
            checks.that(answer.body.startswith(b"<soap-env:Envelope"), f"O2: no declaration in the answer to {name}")
            checks.equal(answer.field("Content-Length"), str(len(answer.body)), f"Content-Length for {name}")
        connection.close()
    supported = "<cwmp:SupportedCWMPVersions>1.0,1.1,1.4</cwmp:SupportedCWMPVersions>"
    answer = world.once(inform("S6", header=supported).replace(b"cwmp-1-0", b"cwmp-1-2"))
    checks.that('<cwmp:UseCWMPVersion soap-env:mustUnderstand="1">1.4<' in answer.text, f"the highest common version: {answer.text[:600]}")
    checks.section("O12, O37: recorded reports of transfers that nobody asked for")
    for name in ("cwmp-cwmp-sim-transfercomplete-9010.xml", "cwmp-genieacs-sim-transfercomplete-ok.xml", "cwmp-netcwmp-transfercomplete-9001.xml"):
        octets = nscl_test.shared("spec", "vectors", "rem", name).read_bytes()
        connection = world.connect()
        world.ask(connection, inform("S12-" + name[5:9]))
        for _ in range(2):
            answer = world.ask(connection, octets)
            checks.equal((answer.status, rpc_of(answer)), (200, "TransferCompleteResponse"), name)
        connection.close()


def framing(checks, world):
    checks.section("row 7: header, compression, chunks, character set, Expect")
    answer = world.once(inform("S7", identity=""))
    checks.equal((rpc_of(answer), id_of(answer)), ("InformResponse", None), "O14: no SOAP header, no ID")
    raw = zlib.compressobj(wbits=-15)
    for coding, packed, unpack in (("gzip", gzip.compress(inform("S7z")), gzip.decompress), ("deflate", zlib.compress(inform("S7d")), zlib.decompress),
                                   ("deflate", raw.compress(inform("S7r")) + raw.flush(), zlib.decompress)):
        answer = world.once(packed, {"Content-Encoding": coding})
        checks.equal((answer.status, answer.field("Content-Encoding")), (200, coding), f"{coding} is mirrored")
        checks.that(answer.status == 200 and b"InformResponse" in unpack(answer.body), f"{coding}: the answer can be read")
    checks.status(world.once(inform("S7"), {"Content-Encoding": "br"}), 415, "another coding")
    body = inform("S7c")
    parts = b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in (body[:1], body[1:400], body[400:])) + b"0\r\n\r\n"
    connection = world.connect()
    connection.send(world.request(None, {"Transfer-Encoding": "chunked"}) + parts)
    checks.equal(rpc_of(connection.read()), "InformResponse", "chunked")
    connection.close()
    connection = world.connect()
    body = inform("S7e")
    connection.send(world.request(None, {"Expect": "100-continue", "Content-Length": str(len(body))}))
    checks.equal(connection.read().status, 100, "Expect is answered before the body is there")
    connection.send(body)
    checks.equal(rpc_of(connection.read()), "InformResponse", "and the body is taken")
    connection.close()
    latin = inform("S7l", name="Geräte").decode().encode("latin-1")
    declared = b'<?xml version="1.0" encoding="ISO-8859-1"?>\r\n' + latin.replace(b"S7l", b"S7m")   # another device: the first may still be in its session
    checks.equal(rpc_of(world.once(latin, {"Content-Type": "text/xml; charset=ISO-8859-1"})), "InformResponse", "O18: ISO-8859-1 by its field")
    checks.equal(rpc_of(world.once(declared, {"Content-Type": "text/xml"})), "InformResponse", "O18: ISO-8859-1 by its declaration")
    for serial in ("S7l", "S7m"):
        done = world.daemon.cli("device", "show", f"0ADD00-Box-{serial}", "--data-dir", str(world.daemon.data_dir))
        checks.that(r'"Ger\u00e4te"' in done.stdout, f"the name is read: {done.stdout[:400]}{done.stderr[:200]}")
    for number, kind in enumerate(("", None, "application/soap+xml", "application/xml")):
        checks.equal(rpc_of(world.once(inform(f"S7t{number}"), {"Content-Type": kind})), "InformResponse", f"O18: Content-Type {kind}")
    checks.equal(rpc_of(world.once(b"\xef\xbb\xbf \r\n<?xml version='1.0'\n encoding='utf-8'\n?>\n" + inform("S19") + b"\0\r\n")), "InformResponse", "O19")
    checks.equal(rpc_of(world.once(inform("S20", name="R&D \x01 AT&T"))), "InformResponse", "O20")


def refused(checks, world):
    checks.section("row 8: what is refused")
    answer = world.once(None, method="GET")
    checks.equal((answer.status, answer.field("Allow")), (405, "POST"), "GET")
    checks.status(world.once(None, method="PUT"), 405, "PUT")
    before = world.daemon.resident()
    connection = world.connect()
    connection.send(world.request(None, {"Content-Length": str(40 * MEBI)}))
    checks.status(connection.read(), 413, "40 MiB")
    connection.close()
    deep = envelope("<a>" * 10_000 + "</a>" * 10_000)
    checks.status(world.once(deep), 400, "depth 10,000")
    laughs = b'<!DOCTYPE l [<!ENTITY a "ha">' + b"".join(b'<!ENTITY %c "&%c;&%c;&%c;&%c;">' % (98 + i, 97 + i, 97 + i, 97 + i, 97 + i) for i in range(20)) + b"]>"
    checks.status(world.once(laughs + inform("S8", name="&u;")), 400, "billion laughs")
    bomb = gzip.compress(b" " * (64 * MEBI) + inform("S8"))
    checks.status(world.once(bomb, {"Content-Encoding": "gzip"}), 400, "64 MiB of blanks, compressed")
    checks.that(world.daemon.resident() - before < 48 * MEBI, f"memory is flat: {(world.daemon.resident() - before) >> 20} MiB more")
    checks.section("O30: Content-Length counts characters")
    body = inform("S30", name="ä" * 40)
    received, closed = exchange("127.0.0.1", world.acs, world.request(body, {"Content-Length": str(len(body.decode()))}))
    checks.equal((first_status(received), received.count(b"HTTP/1.1 "), closed), (400, 1, True), "one clean answer, and the end")
    checks.equal(rpc_of(world.once(inform("S30b"))), "InformResponse", "others are served")


def at_once(checks, world):
    checks.section("row 37: two Informs of one device at once")
    first, second = world.connect(), world.connect()
    for connection in (first, second):
        connection.send(world.request(inform("S37")))
    statuses = sorted((first.read(), second.read()), key=lambda answer: answer.status)
    checks.equal([answer.status for answer in statuses], [200, 503], "one is served")
    checks.that(int(statuses[1].field("Retry-After") or 0) > 0, "the other is told when to come")
    first.close()
    second.close()
    end = time.monotonic() + 20   # until the server has seen that they are gone
    while (answer := world.once(inform("S37"))).status == 503 and time.monotonic() < end:
        time.sleep(0.05)
    checks.equal(rpc_of(answer), "InformResponse", "O38: the session of a connection that is gone gives way")


def cookies(checks, world):
    checks.section("row 38: cookies and connections")
    stale = "session=" + "0" * 32 + "; Path=/; HttpOnly"
    begun = world.once(inform("S38"), {"Cookie": stale, "Connection": "close"})
    checks.equal((rpc_of(begun), begun.closes), ("InformResponse", True), "O3, O31: an Inform with a stale cookie")
    checks.equal(begun.all_fields("Set-Cookie"), [begun.field("Set-Cookie")], "one cookie")
    checks.that(re.fullmatch("session=[0-9a-f]{32}", begun.field("Set-Cookie") or ""), f"without attributes: {begun.field('Set-Cookie')}")
    cookie = {"Cookie": begun.field("Set-Cookie") + "; Path=/; HttpOnly", "Connection": "close"}
    asked = world.once(b"", cookie)
    checks.equal(rpc_of(asked), "GetRPCMethods", "O31: on a new connection, the cookie with attributes: a new device is asked what it knows")
    answer = envelope("<soap-env:Fault><faultcode>Server</faultcode><faultstring>CWMP fault<detail><cwmp:Fault><FaultCode>9000</FaultCode></cwmp:Fault></detail></faultstring>"
                      "</soap-env:Fault>", id_of(asked))
    checks.equal(rpc_of(world.once(answer, cookie)), "GetParameterNames", "O6, O11: and the response on another one; 9000 means the base set")
    checks.equal(id_of(world.once(answer, cookie)), "2", "said again, the same request again")
    checks.status(world.once(envelope("<cwmp:GetRPCMethods/>")), 400, "without a cookie there is no session")
    checks.status(world.once(b""), 204, "O1: nothing, without a session")
    connection = world.connect()
    world.ask(connection, inform("S38n"))
    checks.equal(rpc_of(world.ask(connection, b"")), "GetRPCMethods", "O3, O17: no cookie at all, one connection")
    checks.equal(rpc_of(world.ask(connection, inform("S38n"))), "InformResponse", "O38: it restarted while our RPC was outstanding")
    connection.close()


def session_of(world, connection, oui, serial):
    """The RPCs of a session of a device that answers nothing, its cookie, and its end."""
    begun = world.ask(connection, inform(serial, oui))
    asked = []
    while True:
        answer = world.ask(connection, b"")
        if not answer.body:
            return asked, begun.field("Set-Cookie"), answer
        asked.append(rpc_of(answer))


def models(checks, world):
    checks.section("models (docs/models.md)")
    connection = world.connect()
    _, cookie, end = session_of(world, connection, "0ADD01", "S1")
    checks.that(cookie.endswith("; Path=/"), f"cookie_path: {cookie}")
    checks.equal((end.status, end.field("Content-Length"), end.closes), (200, "0", True), "end_with_200")
    checks.that(connection.is_closed(), "and the connection ends")
    connection.close()
    connection = world.connect()
    asked, _, end = session_of(world, connection, "0ADD02", "S2")
    checks.equal((end.status, "GetParameterNames" in asked), (204, False), f"no_gpn: {asked[:4]}")
    connection.close()
    connection = world.connect()
    asked, _, _ = session_of(world, connection, "0ADD03", "S3")
    checks.that("GetParameterNames" in asked, "O5: others are asked for names; what is not answered is followed by the next")
    connection.close()


def main(checks):
    with tempfile.TemporaryDirectory(prefix="nscl-oddities-") as folder:
        world = World(pathlib.Path(folder))
        try:
            for part in (framing, refused, at_once, cookies, models):
                part(checks, world)
            if nscl_test.shared("spec", "vectors", "rem"):
                recorded(checks, world)
            else:
                print("without the recorded messages (set NSCL_SHARED)")
            checks.that(world.daemon.alive(), "the daemon lives")
            checks.equal(world.daemon.stop(), 0, "and ends well")
        finally:
            world.daemon.close()


if __name__ == "__main__":
    nscl_test.main(main)
