#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Hostile XML and JSON, the rows X and J of the threat model, and L1. Shows: R5.2.2."""

import json
import re
import select
import socket
import time

import siege as besieged
from siege import Siege, application

M2M = "http://uri.etsi.org/m2m"
JSON = "application/json"
FAST = 1.5   # seconds for any single refusal; the machine may be busy
STRINGS = "<m2m:searchStrings><m2m:searchString>%s</m2m:searchString></m2m:searchStrings>"


def refused(siege: Siege, row, body, expected=400, kind="application/xml", target="/m2m/applications"):
    began = time.monotonic()
    try:
        answer = siege.admin.post(target, body, content_type=kind)
    except OSError as error:
        siege.checks.that(expected == 413 or (isinstance(expected, tuple) and 413 in expected), f"{row}: {error}")
        siege.admin.close()
        return None
    spent = time.monotonic() - began
    siege.checks.status(answer, expected, row)
    siege.checks.that(spent < FAST, f"{row}: {spent:.2f} s")
    if answer.status == 201:
        siege.admin.delete(answer.field("Location"))
    return answer


def x1_document_types(siege: Siege):
    trap = socket.create_server(("127.0.0.1", 0))
    trap.setblocking(False)
    port = trap.getsockname()[1]
    lol = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    for row, head in (("DOCTYPE", "<!DOCTYPE x>"), ("billion laughs", f'<!DOCTYPE x [<!ENTITY l0 "lol">{lol}]>'),
                      ("quadratic", f'<!DOCTYPE x [<!ENTITY a "{"a" * 50000}">]>'), ("parameter entity", '<!DOCTYPE x [<!ENTITY % p "x"> %p;]>'),
                      ("external DTD", '<!DOCTYPE x SYSTEM "http://127.0.0.1:9/x.dtd">'),
                      ("external DTD, a trap", f'<!DOCTYPE x SYSTEM "http://127.0.0.1:{port}/x.dtd">'),
                      ("external parameter entity", f'<!DOCTYPE x [<!ENTITY % p SYSTEM "http://127.0.0.1:{port}/p"> %p;]>'),
                      ("external entity", '<!DOCTYPE x [<!ENTITY f SYSTEM "file:///etc/hostname">]>')):
        reference = {"billion laughs": "&l9;", "quadratic": "&a;" * 50000, "external entity": "&f;"}.get(row, "x")
        answer = refused(siege, f"X1 {row}", '<?xml version="1.0"?>' + head + application("x1", STRINGS % reference))
        siege.checks.that(answer is None or answer.body.count(b"lol") == 0, f"X1 {row}: nothing expanded in the answer")
    refused(siege, "X1 undefined entity", application("x1", STRINGS % "&nothing;"))
    with trap:
        siege.checks.that(not select.select([trap], [], [], 0)[0], "X1 nothing is fetched")


def x2_depth(siege: Siege):
    deep = "<a>" * 200_000
    refused(siege, "X2 200,000 nested", deep)
    refused(siege, "X2 nested inside", application("x2", deep))
    refused(siege, "X2 and closed", application("x2", "<a>" * 60_000 + "</a>" * 60_000))
    refused(siege, "X2 depth 33", application("x2", "<m2m:searchStrings>" * 32 + "</m2m:searchStrings>" * 32))


def x3_width(siege: Siege):
    refused(siege, "X3 50,000 attributes", f'<m2m:application xmlns:m2m="{M2M}" ' + " ".join(f'a{n}="1"' for n in range(50_000)) + "/>")
    refused(siege, "X3 30,000 namespaces", f'<m2m:application xmlns:m2m="{M2M}" ' + " ".join(f'xmlns:n{n}="u"' for n in range(30_000)) + "/>")
    refused(siege, "X3 long name", "<" + "a" * 1_000_000 + "/>")
    refused(siege, "X3 long attribute name", f'<m2m:application xmlns:m2m="{M2M}" {"a" * 1_000_00}="1"/>')
    refused(siege, "X3 100,000 elements", application("x3", "<m2m:searchStrings>" + "<m2m:searchString/>" * 50_000 + "</m2m:searchStrings>"))
    refused(siege, "X3 attribute twice", f'<m2m:application xmlns:m2m="{M2M}" appId="x3" appId="x4"/>')
    refused(siege, "X3 attribute twice, two prefixes",
            f'<m2m:container xmlns:m2m="{M2M}" xmlns:n="{M2M}" m2m:id="x3" n:id="x4"/>', target="/m2m/containers")


def x4_text(siege: Siege):
    text = application("x4", STRINGS % "x")
    for row, body in (("UTF-16 with BOM", text.encode("utf-16")), ("UTF-16BE", text.encode("utf-16-be")), ("UTF-32", text.encode("utf-32"))):
        refused(siege, f"X4 {row}", body, 415)
    for coding in ("UTF-7", "ISO-8859-1", "UTF-16", "EBCDIC-CP-US", "nonsense"):
        refused(siege, f"X4 encoding {coding}", f'<?xml version="1.0" encoding="{coding}"?>' + text, 415)
    for row, value in (("invalid UTF-8", b"\xff"), ("overlong", b"\xc0\xaf"), ("surrogate", b"\xed\xa0\x80"), ("cut", b"\xe2\x82"),
                       ("NUL reference", b"&#0;"), ("control reference", b"&#x1F;"), ("surrogate reference", b"&#xD800;"),
                       ("U+FFFE", "\ufffe".encode()), ("U+FFFF reference", b"&#xFFFF;"), ("NUL", b"\0"), ("control", b"\x01"),
                       ("beyond", b"&#x110000;"), ("huge reference", b"&#99999999999999999999;"), ("bare &", b"a & b"), ("bare <", b"a < b"),
                       ("]]>", b"a]]>b")):
        refused(siege, f"X4 {row}", application("x4", STRINGS).encode().replace(b"%s", value), 400)


def x5_names(siege: Siege):
    for row, body in (("wrong namespace", f'<m2m:application xmlns:m2m="urn:x" appId="x5"/>'),
                      ("undeclared prefix", '<m2m:application appId="x5"/>'),
                      ("prefix redefined", f'<m2m:application xmlns:m2m="{M2M}" appId="x5"><m2m:searchStrings xmlns:m2m="urn:x"/>'
                                           "</m2m:application>"),
                      ("xsi:type of another", f'<m2m:application xmlns:m2m="{M2M}" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" '
                                              'xsi:type="m2m:Container" appId="x5"/>'),
                      ("xsi:nil", f'<m2m:application xmlns:m2m="{M2M}" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" '
                                  'appId="x5"><m2m:searchStrings xsi:nil="true"/></m2m:application>'),
                      ("XInclude", application("x5", '<xi:include xmlns:xi="http://www.w3.org/2001/XInclude" href="/etc/hostname"/>')),
                      ("XInclude in text", application("x5", STRINGS % '<xi:include xmlns:xi="http://www.w3.org/2001/XInclude" '
                                                       'parse="text" href="/etc/hostname"/>')),
                      ("processing instruction", '<?xml-stylesheet href="x"?>' + application("x5")),
                      ("processing instruction inside", application("x5", "<?php x ?>")),
                      ("foreign element", application("x5", '<x:y xmlns:x="urn:x"/>')),
                      ("text between elements", application("x5", "hello")), ("unknown attribute", application("x5").replace("appId", "appID")),
                      ("attribute of a namespace", f'<m2m:application xmlns:m2m="{M2M}" xmlns:e="urn:e" e:appId="x5" e:a="b"/>'),
                      ("not well-formed", application("x5") + "<"), ("end tag mismatch", f'<m2m:application xmlns:m2m="{M2M}"></m2m:x>'),
                      ("no root", '<?xml version="1.0"?>'), ("only text", "hello"), ("version 2.0", '<?xml version="2.0"?>' + application("x5"))):
        refused(siege, f"X5 {row}", body, 400)
    answer = siege.admin.post("/m2m/applications", application("cdata", STRINGS % "<![CDATA[a]]]]><![CDATA[>b]]><!-- c -->"))
    siege.checks.status(answer, 201, "X5 CDATA with ]]> split is plain text")
    siege.checks.that(b"a]]&gt;b<" in siege.admin.get("/m2m/applications/cdata").body, "X5 and reads back")


def x6_presence(siege: Siege):
    for row, content in (("creationTime", "<m2m:creationTime>2020-01-01T00:00:00Z</m2m:creationTime>"),
                         ("unknown element", "<m2m:colour>green</m2m:colour>"), ("element twice", STRINGS % "a" + STRINGS % "b"),
                         ("reference", "<m2m:groupsReference>x</m2m:groupsReference>")):
        refused(siege, f"X6 {row}", application("x6", content))
    refused(siege, "X6 wrong order", application("x6", "<m2m:aPoC>http://a.example.net</m2m:aPoC>" + STRINGS % "a"), 201)
    wrong = f'<m2m:container xmlns:m2m="{M2M}" m2m:id="x6"><m2m:%s>5</m2m:%s></m2m:container>'
    for name in ("currentNrOfInstances", "currentByteSize"):
        refused(siege, f"X6 {name}", wrong % (name, name), 400, target="/m2m/containers")


def x7_times(siege: Siege):
    for value, expected in (("2001-01-01T00:00:00Z", 400), ("0000-01-01T00:00:00Z", 400), ("292277026596-01-01T00:00:00Z", 400),
                            ("-0001-01-01T00:00:00Z", 400), ("2099-01-01T24:00:00Z", 201), ("2099-01-01T00:00:00+14:01", 400),
                            ("2099-01-01T00:00:00." + "1" * 10_000 + "Z", 400), ("2099-02-30T00:00:00Z", 400), ("2099-13-01T00:00:00Z", 400),
                            ("2099-01-01T25:00:00Z", 400), ("2099-01-01T00:00:60Z", 400), ("2099-01-01", 400), ("9999-12-31T23:59:59Z", 201),
                            ("", 400), ("9999-12-31T23:59:59-14:00", 400), ("99999-12-31T23:59:59Z", 400), (" ", 400)):
        refused(siege, f"X7 {value[:40]}", application("x7", f"<m2m:expirationTime>{value}</m2m:expirationTime>"), expected)


def x8_numbers(siege: Siege):
    for value, expected in (("-1", 201), ("9223372036854775808", 400), ("1e3", 400), ("", 400), ("0" * 10_000 + "5", 400),
                            ("5.0", 400), ("0x5", 400), ("+5", 201), ("\u0665", 400), ("9223372036854775807", 201),
                            (" 5 ", 201), ("99999999999999999999999", 400), ("-9223372036854775809", 400), ("NaN", 400)):
        body = f'<m2m:container xmlns:m2m="{M2M}" m2m:id="x8"><m2m:maxNrOfInstances>{value}</m2m:maxNrOfInstances></m2m:container>'
        refused(siege, f"X8 {value[:30]!r}", body, expected, target="/m2m/containers")
    for value in ("P", "PT", "P1", "1D", "P-1D", "P1S", "PT1D", "P99999999999Y", "P1Y2D3M", "P1.5D", "P" + "9" * 5000 + "D", ""):
        body = f'<m2m:container xmlns:m2m="{M2M}" m2m:id="x8"><m2m:maxInstanceAge>{value}</m2m:maxInstanceAge></m2m:container>'
        refused(siege, f"X8 maxInstanceAge {value[:20]!r}", body, (400, 201) if value == "1" else 400, target="/m2m/containers")


def x9_more_than_one(siege: Siege):
    one = application("x9")
    for row, body in (("two documents", one + one), ("junk after", one + "junk"), ("junk before", "junk" + one), ("BOM inside", one[:-2] + "\ufeff/>"),
                      ("declaration inside", application("x9", '<?xml version="1.0"?>')), ("space before declaration", ' <?xml version="1.0"?>' + one)):
        refused(siege, f"X9 {row}", body, 400)
    refused(siege, "X9 nothing", "", 400)
    refused(siege, "X9 BOM in front", b"\xef\xbb\xbf" + one.encode(), 201)


def x10_base64(siege: Siege):
    instances = "/m2m/containers/x10/contentInstances"
    siege.admin.post("/m2m/containers", f'<m2m:container xmlns:m2m="{M2M}" m2m:id="x10"/>')
    form = (f'<m2m:contentInstance xmlns:m2m="{M2M}" xmlns:xmime="http://www.w3.org/2005/05/xmlmime"><m2m:content xmime:contentType='
            '"application/octet-stream"><m2m:binaryContent>%s</m2m:binaryContent></m2m:content></m2m:contentInstance>')
    for value in ("A", "AAA", "AA=", "A===", "AAAA=", "====", "AA==AA==", "A*==", "AB==" + "\u00e4"):
        refused(siege, f"X10 base64 {value}", form % value, 400, target=instances)
    refused(siege, "X10 1 MiB of content", form % ("AAAA" * (1 << 18)), 413, target=instances)


def j1_depth(siege: Siege, kind=JSON):
    refused(siege, "J1 900,000 [", "[" * 900_000, 400, kind)
    refused(siege, "J1 in place", '{"application":{"searchStrings":' + "[" * 500_000, 400, kind)
    refused(siege, "J1 objects", '{"a":' * 150_000, 400, kind)
    refused(siege, "J1 depth 33", '{"application":' + '{"searchStrings":' * 33 + "{}" + "}" * 34, 400, kind)
    refused(siege, "J1 300,000 empty objects", '{"application":{"aPoCPaths":{"aPoCPath":[' + "{}," * 300_000 + "{}]}}}", 400, kind)


def j2_names_twice(siege: Siege, kind=JSON):
    refused(siege, "J2 names twice", '{"application":{"appId":"j2","appId":"j3"}}', 400, kind)
    refused(siege, "J2 right twice", '{"application":{"accessRightID":"/m2m/accessRights/a","accessRightID":"/m2m/accessRights/b"}}', 400, kind)
    refused(siege, "J2 root twice", '{"application":{},"application":{}}', 400, kind)
    refused(siege, "J2 escaped name twice", '{"application":{"appId":"j2","\\u0061ppId":"j3"}}', 400, kind)


def j3_numbers(siege: Siege, kind=JSON):
    for number in ("1e400", "-0", "1" * 100_000, "NaN", "0x10", "01", "1.5", "1e2", "9223372036854775808", "Infinity", "-1e-400", "true",
                   '"5"', "[5]", "{}", "null"):
        expected = 201 if number == "null" else 400
        refused(siege, f"J3 {number[:20]}", '{"container":{"id":"j3","maxNrOfInstances":' + number + "}}", expected, kind, "/m2m/containers")


def j4_text(siege: Siege, kind=JSON):
    text = b'{"application":{"appId":"j4","searchStrings":{"searchString":["%s"]}}}'
    for row, value in (("NUL", rb"\u0000"), ("lone surrogate", rb"\ud800"), ("lone low surrogate", rb"\udc00x"), ("invalid UTF-8", b"\xff"),
                       ("control", b"\x01"), ("control escape", rb"\u001f"), ("newline", b"\n"), ("bad escape", rb"\x41"), ("short escape", rb"\u12"),
                       ("U+FFFE", rb"\ufffe"), ("overlong", b"\xc0\xaf")):
        refused(siege, f"J4 {row}", text.replace(b"%s", value), 400, kind)
    good = '{"application":{"appId":"j4"}}'
    for row, body in (("trailing comma", '{"application":{"appId":"j4",}}'), ("comment", '{"application":{/* */}}'), ("trailing text", good + "x"),
                      ("two documents", good + good), ("BOM", b"\xef\xbb\xbf" + good.encode()), ("single quotes", good.replace('"', "'")),
                      ("no root", '{"appId":"j4"}'), ("array", "[" + good + "]"), ("string", '"application"'), ("null", "null"), ("empty", "{}"),
                      ("two roots", '{"application":{},"container":{}}'), ("root null", '{"application":null}'),
                      ("root array", '{"application":[{}]}'), ("root string", '{"application":"x"}'), ("cut", good[:-1]),
                      ("list is text", '{"application":{"searchStrings":"x"}}'), ("list of numbers", '{"application":{"searchStrings":{"searchString":[1]}}}'),
                      ("list of lists", '{"application":{"searchStrings":{"searchString":[["a"]]}}}'), ("appId is a number", '{"application":{"appId":5}}'),
                      ("appId is an object", '{"application":{"appId":{"$t":"x"}}}')):
        refused(siege, f"J4 {row}", body, 400, kind)


def j5_media_types(siege: Siege, kind=JSON):
    good = '{"application":{"appId":"j5"}}'
    refused(siege, "J5 JSON called XML", good, 400, "application/xml")
    refused(siege, "J5 XML called JSON", application("j5"), 400, kind)
    refused(siege, "J5 utf-16", good.encode("utf-16"), 415, "application/json; charset=utf-16")
    refused(siege, "J5 utf-16 undeclared", good.encode("utf-16"), 415, kind)


def j6_names(siege: Siege, kind=JSON):
    for name in ("__proto__", "constructor", "$ref", "$t", "xsi:type", "xmlns", "m2m:appId", ""):
        refused(siege, f"J6 {name}", json.dumps({"application": {"appId": "j6", name: "x"}}), 400, kind)


def l1_injected_log(siege: Siege):
    """A line of the log is a line, whatever came in."""
    siege.raw("L1 path", siege.head(target="/m2m/%0d%0a2026-01-01%20admin%20login%20ok"), 400, closes=False, wait=0.7)
    siege.admin.get("/m2m/applications/x%1b[31m%25s%25n$%7Bjndi:ldap:x%7D", headers={"User-Agent": "\x1b[31m", "Referer": "%s%n"})
    siege.admin.post("/m2m/applications", application("&#10;2026-01-01 admin login ok"))
    log = siege.daemon.log()
    siege.checks.that(not re.search(r"^2026-01-01 admin login ok", log, re.M), "L1 no line is made up")


besieged.run((x1_document_types, x2_depth, x3_width, x4_text, x5_names, x6_presence, x7_times, x8_numbers, x9_more_than_one, x10_base64,
              j1_depth, j2_names_twice, j3_numbers, j4_text, j5_media_types, j6_names, l1_injected_log))
