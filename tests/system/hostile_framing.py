#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Hostile HTTP framing, the rows H1 to H11 of the threat model: smuggling, broken heads, oversize. Shows: R5.2.2."""

import siege as besieged
from siege import Siege, application

BODY = application("smuggler").encode()
XML = "Content-Type: application/xml"
POST = {"method": "POST", "target": "/m2m/applications"}
CHUNKED = b"%x\r\n%s\r\n0\r\n\r\n" % (len(BODY), BODY)


def nothing_stored(siege: Siege, row):
    siege.checks.status(siege.admin.get("/m2m/applications/smuggler"), 404, f"{row}: nothing was stored")


def h1_length_and_coding(siege: Siege):
    length = f"Content-Length: {len(BODY)}"
    for order in (("Transfer-Encoding: chunked", length), (length, "Transfer-Encoding: chunked")):
        siege.raw("H1 " + order[0], siege.head(XML, *order, **POST) + CHUNKED + siege.smuggled(), 400)
    nothing_stored(siege, "H1")


def h2_unknown_transfer_codings(siege: Siege):
    for coding in ("xchunked", "chunked, chunked", "chunked, identity", "gzip, chunked", "\tchunked,", "chunked;x=1", "identity",
                   "chunked, xchunked", "cow", "", "chun\tked", "\x0bchunked"):
        siege.raw(f"H2 {coding!r}", siege.head(XML, f"Transfer-Encoding: {coding}", **POST) + CHUNKED + siege.smuggled(), 400)
    for pair in (("chunked", "identity"), ("identity", "chunked"), ("chunked", "chunked")):
        lines = [f"Transfer-Encoding: {coding}" for coding in pair]
        siege.raw(f"H2 {pair}", siege.head(XML, *lines, **POST) + CHUNKED + siege.smuggled(), 400)
    siege.raw("H2 in HTTP/1.0", siege.head(XML, "Transfer-Encoding: chunked", version="HTTP/1.0", **POST) + CHUNKED + siege.smuggled(), 400)
    siege.raw("H2 folded", siege.head(XML, "Transfer-Encoding:\r\n chunked", **POST) + CHUNKED + siege.smuggled(), 400)
    nothing_stored(siege, "H2")


def h3_content_lengths(siege: Siege):
    for value in (["5", "5"], ["5", "6"], ["5,5"], ["5, 5"], ["+5"], ["0x5"], ["5 5"], [""], ["1" * 20], ["18446744073709551615"],
                  ["-1"], ["5;"], ["5\x0b"], ["٥".encode().decode("latin-1")]):
        lines = [f"Content-Length: {item}" for item in value]
        received, _ = siege.raw(f"H3 {value}", siege.head(XML, *lines, **POST) + b"aaaaa" + siege.smuggled(), 400)
        siege.checks.that(b" 204 " not in received, f"H3 {value}: the second request is not served")
    siege.raw("H3 plain oversize", siege.head(XML, "Content-Length: 4294967296", **POST) + b"aaaaa" + siege.smuggled(), 413)
    nothing_stored(siege, "H3")


def h4_field_lines(siege: Siege):
    for name, data in (("obs-fold", siege.head("X-A: a\r\n b")), ("obs-fold tab", siege.head("X-A: a\r\n\tb")),
                       ("bare LF", siege.head("X-A: a\nX-B: b")), ("bare CR", siege.head("X-A: a\rb")), ("NUL", siege.head("X-A: a\0b")),
                       ("space before colon", siege.head("X-A : b")), ("no colon", siege.head("X-A")), ("empty name", siege.head(": b")),
                       ("control in name", siege.head("X\x01A: b")), ("leading space", b"GET /m2m HTTP/1.1\r\n Host: a\r\n\r\n"),
                       ("LF only", siege.head().replace(b"\r\n", b"\n")), ("no target", b"GET HTTP/1.1\r\nHost: a\r\n\r\n"),
                       ("two blanks", b"GET  /m2m  HTTP/1.1\r\nHost: a\r\n\r\n"), ("DEL in value", siege.head("X-A: a\x7fb"))):
        siege.raw(f"H4 {name}", data, 400)


def h5_hosts(siege: Siege):
    for name, lines in (("none", []), ("two", ["Host: a", "Host: a"]), ("list", ["Host: a, b"]), ("user-info", ["Host: u:p@a"]),
                        ("path", ["Host: a/b"]), ("blank", ["Host: a b"]), ("empty", ["Host:"]), ("bad port", ["Host: a:99999"]),
                        ("letters as port", ["Host: a:b"]), ("CR", ["Host: a%0d%0aX: b"]), ("angle", ["Host: <script>"])):
        siege.raw(f"H5 Host {name}", siege.head(*lines, host=False), 400)


def h6_versions(siege: Siege):
    for version, expected in (("HTTP/1.2", 505), ("HTTP/2.0", 505), ("HTTP/0.9", 505), ("HTTP/1.1 junk", 400),
                              ("HTTP/1.1x", 400), ("http/1.1", 400), ("HTTP/11", 400), ("HTTX/1.1", 400)):
        siege.raw(f"H6 {version}", siege.head(version=version), expected)
    siege.raw("H6 preface of HTTP/2", b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", (400, 505))
    siege.raw("H6 HTTP/0.9", b"GET /m2m\r\n", (400, 408, None), wait=5)
    siege.raw("H6 TLS hello", bytes.fromhex("1603010200010001fc0303") + b"\xaa" * 512, (400, None))
    siege.raw("H6 random", bytes(range(256)) * 8, (400, 431, None))


def h7_large_heads(siege: Siege):
    siege.raw("H7 head of 64 KiB", siege.head(*[f"X-{n}: {'a' * 1000}" for n in range(64)]), 431)
    siege.raw("H7 3,000 fields", siege.head(*[f"X-{n}: a" for n in range(3000)]), 431)
    siege.raw("H7 field of 9 KiB", siege.head("X-A: " + "a" * 9216), 431)
    siege.raw("H7 name of 9 KiB", siege.head("a" * 9216 + ": a"), (431, 400))
    siege.raw("H7 target of 9 KiB", siege.head(target="/m2m/" + "a" * 9216), 414)
    siege.raw("H7 no end", b"GET /m2m HTTP/1.1\r\nHost: a\r\n" + b"X: " + b"a" * 1_000_000, 431)


def h8_chunks(siege: Siege):
    head = siege.head(XML, "Transfer-Encoding: chunked", **POST)
    before = siege.memory()
    for size in (1 << 20, 64 << 20):
        siege.raw(f"H8 chunk extension of {size >> 20} MiB", head + b"5;" + b"x" * size + b"\r\naaaaa\r\n0\r\n\r\n", (400, None),
                  wait=20)
    siege.checks.that(siege.memory() < before + (24 << 20), f"H8 memory is flat: {before >> 20} -> {siege.memory() >> 20} MiB")
    for size in ("1" * 17, "-5", "0x5", "f" * 16, "5 ", "", ";", "G", "+5", "5\t5"):
        siege.raw(f"H8 chunk size {size!r}", head + size.encode() + b"\r\naaaaa\r\n0\r\n\r\n" + siege.smuggled(), 400)
    siege.raw("H8 no CR LF after the data", head + b"5\r\naaaaaX0\r\n\r\n" + siege.smuggled(), 400)
    siege.raw("H8 LF after the size", head + b"5\naaaaa\n0\n\n" + siege.smuggled(), 400)
    nothing_stored(siege, "H8")


def h9_trailers(siege: Siege):
    head = siege.head(XML, "Transfer-Encoding: chunked", **POST)
    ending = b"%x\r\n%s\r\n0\r\n" % (len(BODY), BODY)
    for trailer in (b"Authorization: Basic eDp5", b"Host: evil", b"Content-Length: 5", b"X: y", b"Transfer-Encoding: chunked"):
        siege.raw(f"H9 trailer {trailer[:12]!r}", head + ending + trailer + b"\r\n\r\n", 400)
    nothing_stored(siege, "H9")


def h10_many_chunks(siege: Siege):
    head = siege.head(XML, "Transfer-Encoding: chunked", **POST)
    siege.raw("H10 300,000 chunks of one octet", head + b"1\r\na\r\n" * 300_000 + b"0\r\n\r\n", 413, wait=15)
    nothing_stored(siege, "H10")


def h11_large_bodies(siege: Siege):
    head = siege.head(XML, "Transfer-Encoding: chunked", **POST)
    over = 1_048_577
    data = siege.head(XML, f"Content-Length: {over}", **POST)
    _, spent = siege.raw("H11 one octet over the limit", data, 413)
    siege.checks.that(spent < 2, "H11 refused before the body came")
    siege.raw("H11 and with its body", data + b"a" * over, (413, None), wait=5)
    part = b"10000\r\n" + b"a" * 65536 + b"\r\n"
    siege.raw("H11 chunked over the limit", head + part * 17 + b"0\r\n\r\n", 413, wait=5)
    nothing_stored(siege, "H11")


besieged.run((h1_length_and_coding, h2_unknown_transfer_codings, h3_content_lengths, h4_field_lines, h5_hosts, h6_versions, h7_large_heads, h8_chunks,
              h9_trailers, h10_many_chunks, h11_large_bodies))
