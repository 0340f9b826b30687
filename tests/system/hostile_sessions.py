#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Hostile conversations, the rows H12 to H25 of the threat model: unfinished requests, slow peers, methods, fields. Shows: R5.2.2."""

import select
import socket
import time

import nscl_test
import siege as besieged
from siege import CANARY, Siege, application

BODY = application("smuggler").encode()
XML = "Content-Type: application/xml"
LAST = b"GET /m2m HTTP/1.1\r\nHost: %s\r\nConnection: close\r\n\r\n"   # of a pipeline: nobody has to wait for its end


def nothing_stored(siege: Siege, row):
    siege.checks.status(siege.admin.get("/m2m/applications/smuggler"), 404, f"{row}: nothing was stored")


def half_a_post(siege: Siege):
    return siege.head(XML, "Content-Length: 500", method="POST", target="/m2m/applications")


def h12_short_body(siege: Siege):
    post = half_a_post(siege)
    _, spent = siege.raw("H12 half a body, then silence", post + BODY[:20], (408, None), wait=8)
    siege.checks.that(spent < 7, f"H12 closed at the deadline, after {spent:.1f} s")
    siege.raw("H12 half a body, then the end", post + BODY[:20], (400, 408, None), wait=8, half_close=True)
    nothing_stored(siege, "H12")


def h13_long_body(siege: Siege):
    whole = siege.head(XML, f"Content-Length: {len(BODY) - 1}", method="POST", target="/m2m/applications")
    received, _ = siege.raw("H13 body longer than its length", whole + BODY + b"\r\n\r\n", 400)
    received, closed = nscl_test.exchange(siege.daemon.address, siege.daemon.port,
                                          siege.head(XML, "Content-Length: 0") + b"rest of something\r\n\r\n")
    statuses = [int(part[:3]) for part in received.split(b"HTTP/1.1 ")[1:]]
    siege.checks.that(statuses == [200, 400] and closed, f"H13 the rest is no request: {statuses}, closed {closed}")
    nothing_stored(siege, "H13")


def h15_slow_peers(siege: Siege):
    head, post = siege.head(), half_a_post(siege)
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
    connections = [nscl_test.Connection(siege.daemon.address, siege.daemon.port) for _ in range(100)]
    for connection in connections:
        connection.send(head[:20])
    siege.in_service("H15 100 half requests")
    for connection in connections:
        connection.close()


def h15_answer_not_taken(siege: Siege):
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


def h14_pipeline(siege: Siege):
    """Each request asks for something else, so that an answer in another's place shows."""
    count = 1000
    gets = [siege.head(target=f"/m2m/discovery?searchString=pipe{n}") for n in range(count)]
    received, _ = nscl_test.exchange(siege.daemon.address, siege.daemon.port, b"".join(gets) + LAST % siege.daemon.host.encode(), wait=5)
    heads = [int(part[:3]) for part in received.split(b"HTTP/1.1 ")[1:]]
    siege.checks.equal(heads, [200] * count + [401], "H14 1,000 pipelined requests are all answered")
    targets = [f"/m2m/nothing{n}" for n in range(count)]
    received, _ = nscl_test.exchange(siege.daemon.address, siege.daemon.port, b"".join(siege.head(f"X-N: {n}", target=CANARY if n % 3 else target)
                                     for n, target in enumerate(targets)) + LAST % siege.daemon.host.encode(), wait=5)
    heads = [int(part[:3]) for part in received.split(b"HTTP/1.1 ")[1:]]
    siege.checks.equal(heads, [200 if n % 3 else 404 for n in range(count)] + [401], "H14 in their order")


def h16_methods(siege: Siege):
    for method, expected in (("CONNECT", 405), ("TRACE", 405), ("FOOBAR", 501), ("get", 501), ("M" * 4096, 400),
                             ("PROPFIND", 501), ("G ET", 400), ("GET\x00", 400), ("", 400), ("G@T", 400)):
        siege.raw(f"H16 {method[:20]!r}", siege.head(method=method, target="/m2m"), expected, closes=False, wait=0.7)


def h17_foreign_targets(siege: Siege):
    trap = socket.create_server(("127.0.0.1", 0))
    trap.setblocking(False)
    for target in (f"http://127.0.0.1:{trap.getsockname()[1]}/m2m", "http://example.com/", "http://169.254.169.254/latest/meta-data", "https://example.com/m2m", "ftp://a/b", "*", "m2m",
                   "example.com:443", "http://", "http:///m2m", f"http://u:p@{siege.daemon.host}/m2m", "//example.com/m2m"):
        siege.raw(f"H17 {target}", siege.head(target=target), (400, 404, 421, 501), closes=False, wait=0.7)
    with trap:
        siege.checks.that(not select.select([trap], [], [], 0)[0], "H17 nobody is called")


def h18_forwarded_for(siege: Siege):
    one = siege.admin.get(CANARY, headers={"X-Forwarded-For": "127.0.0.1", "Forwarded": "for=127.0.0.1", "X-Real-IP": "::1"})
    siege.checks.status(one, 200, "H18")
    nobody = siege.daemon.client().get(CANARY, headers={"X-Forwarded-For": "127.0.0.1", "Forwarded": "for=127.0.0.1", "X-Real-IP": "::1"})
    siege.checks.status(nobody, 401, "H18 it is no credential")


def h19_method_override(siege: Siege):
    answer = siege.admin.post(CANARY, b"", headers={"X-HTTP-Method-Override": "DELETE"})
    siege.checks.status(answer, (400, 405, 404), "H19 X-HTTP-Method-Override")
    siege.checks.status(siege.admin.post(CANARY + "?_method=DELETE", b""), (400, 405, 404), "H19 _method")
    siege.checks.equal(siege.admin.get(CANARY).status, 200, "H19 not deleted")


def h20_expect(siege: Siege):
    siege.raw("H20 Expect and no body", siege.head(XML, "Content-Length: 100", "Expect: 100-continue", method="POST",
              target="/m2m/applications"), 408, wait=8)
    siege.raw("H20 Expect: foo", siege.head("Expect: foo"), 417, closes=False, wait=0.7)


def h21_upgrade(siege: Siege):
    for upgrade in (["Upgrade: h2c", "HTTP2-Settings: AAMAAABkAAQAAP__", "Connection: Upgrade, HTTP2-Settings"],
                    ["Upgrade: websocket", "Connection: Upgrade", "Sec-WebSocket-Key: x"]):
        siege.raw(f"H21 {upgrade[0]}", siege.head(*upgrade), 200, closes=False, wait=0.7)


def h22_ranges(siege: Siege):
    answer = siege.admin.get(CANARY, headers={"Range": "bytes=" + ",".join("0-0" for _ in range(1000))})
    siege.checks.status(answer, (200, 416), "H22 1,000 ranges")
    siege.checks.that(len(answer.body) <= len(siege.canary), "H22 no amplification")


def h23_accept(siege: Siege):
    for accept in ("*/*;q=0." + "0" * 900, ", ".join(f"a/b{n};q=0.{n}" for n in range(450))[:7000], ",,,,", ";", "a/b;q=;q=", "*/*;q=nan"):
        began = time.monotonic()
        siege.checks.status(siege.admin.get(CANARY, headers={"Accept": accept}), (200, 406), f"H23 {accept[:20]}")
        siege.checks.that(time.monotonic() - began < 0.5, f"H23 {accept[:20]} costs little")


def h24_content_encoding(siege: Siege):
    bomb = b"\x1f\x8b\x08\0\0\0\0\0\x02\xff" + b"\xed\xc1\x01\x0d\0\0\0\xc2\xa0" * 100
    answer = siege.admin.post("/m2m/applications", bomb, headers={"Content-Encoding": "gzip"})
    siege.checks.status(answer, 415, "H24 Content-Encoding")
    nothing_stored(siege, "H24")


def h25_entity_tags(siege: Siege):
    for tags in (",".join(f'"{n}"' for n in range(10_000)), '"never ended', '"a" "b"', "W/", '"a\tb'):
        answer = siege.admin.get(CANARY, headers={"If-Match": tags})
        siege.checks.status(answer, (400, 412, 431), f"H25 If-Match {tags[:15]}")


# Short deadlines: 2 s for a head, 2 s for a body, 3 s to take an answer.
besieged.run((h12_short_body, h13_long_body, h14_pipeline, h15_slow_peers, h15_answer_not_taken, h16_methods, h17_foreign_targets, h18_forwarded_for,
              h19_method_override, h20_expect, h21_upgrade, h22_ranges, h23_accept, h24_content_encoding, h25_entity_tags),
             {"NSCL_LISTENER_0_HEAD_TIME": "2s", "NSCL_LISTENER_0_BODY_TIME": "2s", "NSCL_LISTENER_0_WRITE_TIME": "3s"})
