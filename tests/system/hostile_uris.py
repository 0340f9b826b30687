#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Hostile URIs, the rows U of the threat model. Shows: R5.2.2."""

import time
import urllib.parse

import siege as besieged
from siege import Siege, application

M2M = "http://uri.etsi.org/m2m"
FAST = 1.5   # seconds for any single refusal; the machine may be busy


def u1_other_places(siege: Siege):
    for target in ("/m2m/../../etc/passwd", "/m2m/%2e%2e%2f%2e%2e%2fetc/passwd", "/m2m/%252e%252e/x", "/m2m/..%5c..%5cx", "/m2m/..;/x",
                   "/m2m/%2e%2e/%2e%2e/etc/passwd", "/m2m/%252e%252e%252fetc", "/m2m/applications/../applications/canary", "/m2m/./scls", "/../m2m", "/m2m/applications/canary/.."):
        answer = siege.admin.get(target)
        siege.checks.status(answer, (400, 404), f"U1 {target}")
        siege.checks.that(b"root:" not in answer.body, f"U1 {target}: no file")


def u2_octets(siege: Siege):
    for part in ("%00", "a%0d%0aSet-Cookie:x", "%c0%af", "%", "%zz", "%1", "%ff", "%ed%a0%80", "a%0ab", "a%7fb"):
        answer = siege.admin.get("/m2m/applications/" + part)
        siege.checks.status(answer, 400, f"U2 {part}")
        siege.checks.that(answer.field("Set-Cookie") is None and b"Set-Cookie" not in answer.head, f"U2 {part}: no field injected")
    siege.raw("U2 raw UTF-8", siege.head(target="/m2m/Z\u00e4hler"), 400, closes=False, wait=0.7)
    for target in ("/m2m/<script>", "/m2m/a b", '/m2m/a"b', "/m2m/a\\b", "/m2m/a^b", "/m2m/a`b", "/m2m#fragment", "/m2m/{x}", "/m2m/a|b"):
        siege.raw(f"U2 {target}", siege.head(target=target), 400, closes=False, wait=0.7)
    for name in ("a%0d%0aSet-Cookie:x", "http://evil/", "//evil/m2m"):   # a name for what is created: it becomes a Location
        answer = siege.admin.post("/m2m/containers/witness/contentInstances", "x", content_type="text/plain", headers={"Slug": name})
        siege.checks.that(answer.status in (201, 400) and b"Set-Cookie" not in answer.head and "evil" not in (answer.field("Location") or ""), f"U2 Slug {name}: {answer.brief()}")
        if answer.status == 201:
            siege.admin.delete(answer.field("Location"))


def u3_forms(siege: Siege):
    for target, expected in (("//evil/m2m", 400), ("/m2m//scls", 400), ("/M2M", 404), ("/m2m/SCLS", 404), ("/m2m/scls/", 200),
                             ("/m2m/scls//", 400), ("/m2m/./scls", 400), ("/m2m/?", 200), ("/m2m?", 200), ("/m2m/applications/canary?&&", 200)):
        answer = siege.admin.get(target)
        siege.checks.status(answer, expected, f"U3 {target}")
        for name in ("Location", "Content-Location"):
            siege.checks.that("evil" not in (answer.field(name) or ""), f"U3 {target}: {name} {answer.field(name)}")
    answer = siege.admin.post("/m2m/applications", application("u3"), headers={"Host": "evil.example.net"})
    siege.checks.status(answer, 201, "U3 a Host that is not ours")
    siege.checks.that(not (answer.field("Location") or "").startswith("//"), f"U3 Location {answer.field('Location')}")
    siege.admin.delete("/m2m/applications/u3")


def u4_many_segments(siege: Siege):
    siege.checks.status(siege.admin.get("/m2m" + "/a" * 10_000), 414, "U4 10,000 segments")
    siege.checks.status(siege.admin.get("/m2m/" + "a" * 8192), 414, "U4 a segment of 8 KiB")
    siege.checks.status(siege.admin.get("/m2m" + "/a" * 900), 404, "U4 900 segments")


def u5_attributes_of_a_hidden_resource(siege: Siege):
    nobody = siege.daemon.client(siege.daemon.principal("nobody", "pw"))
    for path in ("/permissions", "/permissions/permission", "/permissions/permission/permissionFlags", "/selfPermissions", "/creationTime"):
        for method in ("GET", "PUT", "DELETE"):
            body = "<m2m:x xmlns:m2m='http://uri.etsi.org/m2m'/>" if method == "PUT" else None
            siege.checks.status(nobody.request(method, "/m2m/accessRights/AR_ADMIN" + path, body), 404, f"U5 {method} {path}")
    siege.checks.status(siege.admin.get("/m2m/accessRights/AR_ADMIN/permissions"), 200, "U5 it is there")


def u6_ids(siege: Siege):
    for name in (".", "..", "a/b", "a%2fb", "latest", "contentInstances", "", "n" * 300, "\U0001f600", "<script>", "'; DROP TABLE x;--",
                 "a b", "a\tb", "a?b", "a#b", "a;b", "a&b", "%00", "a\u202eb", "scls", "discovery", "*", "\u0000"[:0] or " "):
        escaped = name.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
        answer = siege.admin.post("/m2m/containers", f'<m2m:container xmlns:m2m="{M2M}" m2m:id="{escaped}"/>')
        siege.checks.status(answer, 400, f"U6 id {name[:30]!r}")
        answer = siege.admin.get("/m2m/containers/" + urllib.parse.quote(name, safe="") if name.strip() else "/m2m/containers")
        siege.checks.that(answer.status in (400, 404, 414) or not name.strip(), f"U6 GET of {name[:30]!r}: {answer.status}")


def u7_queries(siege: Siege):
    siege.checks.status(siege.admin.get("/m2m/discovery?" + "&".join(f"a{n}=1" for n in range(1000))), (400, 414), "U7 1,000 parameters")
    for query, expected in (("&".join(f"a{n}=1" for n in range(250)), (200, 400)), ("ifMatch=a&ifMatch=b", (200, 400)), ("maxSize=-1", 400),
                            ("maxSize=1e9", 400), ("maxSize=99999999999999999999", (400, 200)), ("maxSize=", 400), ("maxSize=0x10", 400),
                            ("searchString=%25", 200), ("searchString=_", 200), ("searchString=(a%2B)%2B$", 200),
                            ("searchString=' OR '1'='1".replace(" ", "%20"), 200), ("searchString=%00", 400), ("searchString=%zz", 400),
                            ("createdAfter=x", 400), ("=", (200, 400)), ("%3d%26", (200, 400)), ("maxSize=1&maxSize=2", (200, 400))):
        began = time.monotonic()
        answer = siege.admin.get("/m2m/discovery?" + query)
        siege.checks.status(answer, expected, f"U7 ?{query[:40]}")
        siege.checks.that(time.monotonic() - began < FAST, f"U7 ?{query[:40]} costs little")
        if query.startswith("searchString") and answer.status == 200:
            siege.checks.that(b"<reference>" not in answer.body, f"U7 ?{query}: no wildcards, no SQL")


besieged.run((u1_other_places, u2_octets, u3_forms, u4_many_segments, u5_attributes_of_a_hidden_resource, u6_ids, u7_queries))
