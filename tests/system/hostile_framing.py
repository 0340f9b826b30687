#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Hostile HTTP framing, the rows H of the threat model: smuggling, broken heads, oversize, slow peers. Shows: R5.2.2."""

import socket
import time

import nscl_test
from nscl_test import Checks
from siege import CANARY, Siege, application

BODY = application("smuggler").encode()
XML = "Content-Type: application/xml"


def lengths(siege: Siege):
    post = {"method": "POST", "target": "/m2m/applications"}
    chunked = b"%x\r\n%s\r\n0\r\n\r\n" % (len(BODY), BODY)
    length = f"Content-Length: {len(BODY)}"
    for order in (("Transfer-Encoding: chunked", length), (length, "Transfer-Encoding: chunked")):
        siege.raw("H1 " + order[0], siege.head(XML, *order, **post) + chunked + siege.smuggled(), 400)
    for coding in ("xchunked", "chunked, chunked", "chunked, identity", "gzip, chunked", "\tchunked,", "chunked;x=1", "identity",
                   "chunked, xchunked", "cow", "", "chun\tked", "\x0bchunked"):
        siege.raw(f"H2 {coding!r}", siege.head(XML, f"Transfer-Encoding: {coding}", **post) + chunked + siege.smuggled(), (400, 501))
    for pair in (("chunked", "identity"), ("identity", "chunked"), ("chunked", "chunked")):
        lines = [f"Transfer-Encoding: {coding}" for coding in pair]
        siege.raw(f"H2 {pair}", siege.head(XML, *lines, **post) + chunked + siege.smuggled(), 400)
    siege.raw("H2 in HTTP/1.0", siege.head(XML, "Transfer-Encoding: chunked", version="HTTP/1.0", **post) + chunked, 400)
    siege.raw("H2 folded", siege.head(XML, "Transfer-Encoding:\r\n chunked", **post) + chunked + siege.smuggled(), 400)
    for value in (["5", "5"], ["5", "6"], ["5,5"], ["5, 5"], ["+5"], ["0x5"], ["5 5"], [""], ["1" * 20], ["18446744073709551615"],
                  ["-1"], ["5;"], ["5\x0b"], ["٥".encode().decode("latin-1")]):
        lines = [f"Content-Length: {item}" for item in value]
        received, _ = siege.raw(f"H3 {value}", siege.head(XML, *lines, **post) + b"aaaaa" + siege.smuggled(),
                                (400, 413) if value[0].isdigit() and len(value[0]) > 15 else 400)
        siege.checks.that(b" 204 " not in received, f"H3 {value}: the second request is not served")


def heads(siege: Siege):
    for name, data in (("obs-fold", siege.head("X-A: a\r\n b")), ("obs-fold tab", siege.head("X-A: a\r\n\tb")),
                       ("bare LF", siege.head("X-A: a\nX-B: b")), ("bare CR", siege.head("X-A: a\rb")), ("NUL", siege.head("X-A: a\0b")),
                       ("space before colon", siege.head("X-A : b")), ("no colon", siege.head("X-A")), ("empty name", siege.head(": b")),
                       ("control in name", siege.head("X\x01A: b")), ("leading space", b"GET /m2m HTTP/1.1\r\n Host: a\r\n\r\n"),
                       ("LF only", siege.head().replace(b"\r\n", b"\n")), ("no target", b"GET HTTP/1.1\r\nHost: a\r\n\r\n"),
                       ("two blanks", b"GET  /m2m  HTTP/1.1\r\nHost: a\r\n\r\n"), ("DEL in value", siege.head("X-A: a\x7fb"))):
        siege.raw(f"H4 {name}", data, 400)
    for name, lines in (("none", []), ("two", ["Host: a", "Host: a"]), ("list", ["Host: a, b"]), ("user-info", ["Host: u:p@a"]),
                        ("path", ["Host: a/b"]), ("blank", ["Host: a b"]), ("empty", ["Host:"]), ("bad port", ["Host: a:99999"]),
                        ("letters as port", ["Host: a:b"]), ("CR", ["Host: a%0d%0aX: b"]), ("angle", ["Host: <script>"])):
        siege.raw(f"H5 Host {name}", siege.head(*lines, host=False), (400, 421))
    for version, expected in (("HTTP/1.2", (505, 400)), ("HTTP/2.0", (505, 400)), ("HTTP/0.9", (505, 400)), ("HTTP/1.1 junk", 400),
                              ("HTTP/1.1x", 400), ("http/1.1", 400), ("HTTP/11", 400), ("HTTX/1.1", 400)):
        siege.raw(f"H6 {version}", siege.head(version=version), expected)
    siege.raw("H6 preface of HTTP/2", b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", (400, 505))
    siege.raw("H6 HTTP/0.9", b"GET /m2m\r\n", (400, 408, None), wait=5)
    siege.raw("H6 TLS hello", bytes.fromhex("1603010200010001fc0303") + b"\xaa" * 512, (400, None))
    siege.raw("H6 random", bytes(range(256)) * 8, (400, 431, None))
    siege.raw("H7 head of 64 KiB", siege.head(*[f"X-{n}: {'a' * 1000}" for n in range(64)]), 431)
    siege.raw("H7 3,000 fields", siege.head(*[f"X-{n}: a" for n in range(3000)]), 431)
    siege.raw("H7 field of 9 KiB", siege.head("X-A: " + "a" * 9216), 431)
    siege.raw("H7 name of 9 KiB", siege.head("a" * 9216 + ": a"), (431, 400))
    siege.raw("H7 target of 9 KiB", siege.head(target="/m2m/" + "a" * 9216), 414)
    siege.raw("H7 no end", b"GET /m2m HTTP/1.1\r\nHost: a\r\n" + b"X: " + b"a" * 1_000_000, (431, 400))


def chunks(siege: Siege):
    chunked = {"method": "POST", "target": "/m2m/applications"}
    head = siege.head(XML, "Transfer-Encoding: chunked", **chunked)
    before = siege.memory()
    for size in (1 << 20, 64 << 20):
        siege.raw(f"H8 chunk extension of {size >> 20} MiB", head + b"5;" + b"x" * size + b"\r\naaaaa\r\n0\r\n\r\n", (400, 413, 431, None),
                  wait=20)
    siege.checks.that(siege.memory() < before + (24 << 20), f"H8 memory is flat: {before >> 20} -> {siege.memory() >> 20} MiB")
    for size in ("1" * 17, "-5", "0x5", "f" * 16, "5 ", "", ";", "G", "+5", "5\t5"):
        siege.raw(f"H8 chunk size {size!r}", head + size.encode() + b"\r\naaaaa\r\n0\r\n\r\n" + siege.smuggled(), (400, 413))
    siege.raw("H8 no CR LF after the data", head + b"5\r\naaaaaX0\r\n\r\n" + siege.smuggled(), 400)
    siege.raw("H8 LF after the size", head + b"5\naaaaa\n0\n\n" + siege.smuggled(), 400)
    ending = b"%x\r\n%s\r\n0\r\n" % (len(BODY), BODY)
    for trailer in (b"Authorization: Basic eDp5", b"Host: evil", b"Content-Length: 5", b"X: y", b"Transfer-Encoding: chunked"):
        siege.raw(f"H9 trailer {trailer[:12]!r}", head + ending + trailer + b"\r\n\r\n", 400)
    siege.raw("H10 300,000 chunks of one octet", head + b"1\r\na\r\n" * 300_000 + b"0\r\n\r\n", (413, 400), wait=15)
    over = 1_048_577
    data = siege.head(XML, f"Content-Length: {over}", **chunked)
    _, spent = siege.raw("H11 one octet over the limit", data, 413)
    siege.checks.that(spent < 2, "H11 refused before the body came")
    siege.raw("H11 and with its body", data + b"a" * over, (413, None), wait=5)
    part = b"10000\r\n" + b"a" * 65536 + b"\r\n"
    siege.raw("H11 chunked over the limit", head + part * 17 + b"0\r\n\r\n", 413, wait=5)
    siege.checks.status(siege.admin.get("/m2m/applications/smuggler"), 404, "H1-H11: nothing was stored")


def unfinished(siege: Siege):
    """The listener here has short deadlines: 2 s for a head, 2 s for a body, 3 s to take an answer."""
    post = siege.head(XML, "Content-Length: 500", method="POST", target="/m2m/applications")
    _, spent = siege.raw("H12 half a body, then silence", post + BODY[:20], (408, None), wait=8)
    siege.checks.that(spent < 7, f"H12 closed at the deadline, after {spent:.1f} s")
    siege.raw("H12 half a body, then the end", post + BODY[:20], (400, 408, None), wait=8, half_close=True)
    whole = siege.head(XML, f"Content-Length: {len(BODY) - 1}", method="POST", target="/m2m/applications")
    received, _ = siege.raw("H13 body longer than its length", whole + BODY + b"\r\n\r\n", 400)
    received, closed = nscl_test.exchange(siege.daemon.address, siege.daemon.port,
                                          siege.head(XML, "Content-Length: 0") + b"rest of something\r\n\r\n")
    statuses = [int(part[:3]) for part in received.split(b"HTTP/1.1 ")[1:]]
    siege.checks.that(statuses == [200, 400] and closed, f"H13 the rest is no request: {statuses}, closed {closed}")
    siege.checks.status(siege.admin.get("/m2m/applications/smuggler"), 404, "H12, H13: nothing was stored")
    head = siege.head()
    for row, data, pause in (("H15 a dripped head", head, 0.25), ("H15 a dripped body", post + BODY[:60], 0.05)):
        started = time.monotonic()
        with socket.create_connection((siege.daemon.address, siege.daemon.port), 5) as peer:
            if "body" in row:
                peer.sendall(post)
                data = BODY
            closed = False
            try:
                for at in range(len(data)):
                    peer.sendall(data[at:at + 1])
                    time.sleep(pause)
                    if time.monotonic() - started > 9:
                        break
                    peer.setblocking(False)
                    try:
                        if peer.recv(4096) is not None:
                            closed = True
                            break
                    except BlockingIOError:
                        pass
                    peer.setblocking(True)
            except OSError:
                closed = True
        siege.checks.that(closed and time.monotonic() - started < 8, f"{row} is ended at the deadline")
    large = "x" * 900_000
    siege.admin.post("/m2m/containers", '<m2m:container xmlns:m2m="http://uri.etsi.org/m2m" m2m:id="large"/>')
    siege.checks.status(siege.admin.post("/m2m/containers/large/contentInstances", large, content_type="text/plain"), 201, "H15 large")
    request = siege.head(target="/m2m/containers/large/contentInstances/latest/content")
    with socket.socket() as peer:
        peer.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        peer.connect((siege.daemon.address, siege.daemon.port))
        peer.sendall(request * 10)
        time.sleep(6)
        peer.settimeout(3)
        count = 0
        try:
            while part := peer.recv(1 << 20):
                count += len(part)
        except (TimeoutError, socket.timeout):
            count = -1
        except OSError:
            pass
    siege.checks.that(0 <= count < 9_000_000, f"H15 an answer that nobody reads is given up ({count} octets came)")


def pipeline(siege: Siege):
    get = siege.head(target=CANARY)
    received, _ = nscl_test.exchange(siege.daemon.address, siege.daemon.port, get * 1000, wait=5)
    answered = received.count(b"HTTP/1.1 200 ")
    siege.checks.that(answered > 0 and b"HTTP/1.1 5" not in received, f"H14 1,000 pipelined requests: {answered} answered")
    connections = [nscl_test.Connection(siege.daemon.address, siege.daemon.port) for _ in range(100)]
    for connection in connections:
        connection.send(get[:20])
    siege.unharmed("H15 100 half requests")
    for connection in connections:
        connection.close()


def methods(siege: Siege):
    for method, expected in (("CONNECT", 405), ("TRACE", 405), ("FOOBAR", 501), ("get", 501), ("M" * 4096, (400, 501, 431, 414)),
                             ("PROPFIND", (405, 501)), ("G ET", 400), ("GET\x00", 400), ("", 400), ("G@T", (400, 501))):
        siege.raw(f"H16 {method[:20]!r}", siege.head(method=method, target="/m2m"), expected, closes=False, wait=0.7)
    for target in ("http://example.com/", "http://169.254.169.254/latest/meta-data", "https://example.com/m2m", "ftp://a/b", "*", "m2m",
                   "example.com:443", "http://", "http:///m2m", f"http://u:p@{siege.daemon.host}/m2m", "//example.com/m2m"):
        siege.raw(f"H17 {target}", siege.head(target=target), (400, 404, 421, 501), closes=False, wait=0.7)
    one = siege.admin.get(CANARY, headers={"X-Forwarded-For": "127.0.0.1", "Forwarded": "for=127.0.0.1", "X-Real-IP": "::1"})
    siege.checks.status(one, 200, "H18")
    answer = siege.admin.post(CANARY, b"", headers={"X-HTTP-Method-Override": "DELETE"})
    siege.checks.status(answer, (400, 405, 404), "H19 X-HTTP-Method-Override")
    siege.checks.status(siege.admin.post(CANARY + "?_method=DELETE", b""), (400, 405, 404), "H19 _method")
    siege.checks.equal(siege.admin.get(CANARY).status, 200, "H19 not deleted")
    siege.raw("H20 Expect and no body", siege.head(XML, "Content-Length: 100", "Expect: 100-continue", method="POST",
              target="/m2m/applications"), (408, None), wait=8)
    siege.raw("H20 Expect: foo", siege.head("Expect: foo"), 417, closes=False, wait=0.7)
    for upgrade in (["Upgrade: h2c", "HTTP2-Settings: AAMAAABkAAQAAP__", "Connection: Upgrade, HTTP2-Settings"],
                    ["Upgrade: websocket", "Connection: Upgrade", "Sec-WebSocket-Key: x"]):
        siege.raw(f"H21 {upgrade[0]}", siege.head(*upgrade), 200, closes=False, wait=0.7)
    answer = siege.admin.get(CANARY, headers={"Range": "bytes=" + ",".join("0-0" for _ in range(1000))})
    siege.checks.status(answer, (200, 416), "H22 1,000 ranges")
    siege.checks.that(len(answer.body) <= len(siege.canary), "H22 no amplification")
    for accept in ("*/*;q=0." + "0" * 900, ", ".join(f"a/b{n};q=0.{n}" for n in range(450))[:7000], ",,,,", ";", "a/b;q=;q=", "*/*;q=nan"):
        began = time.monotonic()
        siege.checks.status(siege.admin.get(CANARY, headers={"Accept": accept}), (200, 400, 406), f"H23 {accept[:20]}")
        siege.checks.that(time.monotonic() - began < 0.5, f"H23 {accept[:20]} costs little")
    bomb = b"\x1f\x8b\x08\0\0\0\0\0\x02\xff" + b"\xed\xc1\x01\x0d\0\0\0\xc2\xa0" * 100
    answer = siege.admin.post("/m2m/applications", bomb, headers={"Content-Encoding": "gzip"})
    siege.checks.status(answer, 415, "H24 Content-Encoding")
    for tags in (",".join(f'"{n}"' for n in range(10_000)), '"never ended', '"a" "b"', "W/", '"a\tb'):
        answer = siege.admin.get(CANARY, headers={"If-Match": tags})
        siege.checks.status(answer, (400, 412, 431), f"H25 If-Match {tags[:15]}")


def test(checks: Checks):
    short = {"NSCL_LISTENER_0_HEAD_TIME": "2s", "NSCL_LISTENER_0_BODY_TIME": "2s", "NSCL_LISTENER_0_WRITE_TIME": "3s"}
    with Siege(checks, short) as siege:
        for part in (lengths, heads, chunks, unfinished, pipeline, methods):
            checks.section(part.__name__)
            part(siege)
            siege.unharmed(part.__name__)
        siege.leaves_nothing()


nscl_test.main(test)
