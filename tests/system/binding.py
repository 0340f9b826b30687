#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The HTTP binding (TS 102 921 annex C, RFC 9110, RFC 9112): methods, negotiation, header fields, connections. Shows: C1, R5.2.3."""

import json
import re
import time

import nscl_test
from nscl_test import Checks, Connection, Daemon, compose

APPLICATION = '<m2m:application xmlns:m2m="http://uri.etsi.org/m2m"%s>%s</m2m:application>'
STRINGS = "<m2m:searchStrings><m2m:searchString>%s</m2m:searchString></m2m:searchStrings>"
TARGET = "/m2m/applications/web"


def application(name=None, text=None):
    return APPLICATION % (f' appId="{name}"' if name else "", STRINGS % text if text else "")


def error_name(answer):
    found = re.search(rb"statusCode>(\w+)<", answer.body)
    return found[1].decode() if found else None


def methods(checks: Checks, client):
    checks.section("methods")
    get, head = client.get(TARGET), client.request("HEAD", TARGET)
    checks.status(head, 200, "HEAD")
    for name in ("Content-Length", "Content-Type", "ETag", "Last-Modified", "Content-Location"):
        checks.equal(head.field(name), get.field(name), f"HEAD and GET agree on {name}")
    head = client.request("HEAD", "/m2m/applications/none")
    checks.status(head, 404, "HEAD of what is not there")
    checks.equal(head.body, b"", "HEAD has no body")
    for target, wanted, unwanted in ((TARGET, "GET HEAD OPTIONS PUT DELETE", "POST"),
                                     ("/m2m/applications", "GET HEAD OPTIONS PUT POST", "DELETE"),
                                     ("/m2m", "GET HEAD OPTIONS PUT", "DELETE"),
                                     ("/m2m/discovery", "GET HEAD OPTIONS", "PUT")):
        answer = client.request("OPTIONS", target)
        checks.status(answer, (200, 204), f"OPTIONS {target}")
        allowed = set(re.split(r"[\s,]+", answer.field("Allow") or ""))
        checks.that(set(wanted.split()) <= allowed and unwanted not in allowed, f"OPTIONS {target}: Allow is {allowed}")
    for method, target, code in (("PATCH", TARGET, 405), ("TRACE", TARGET, 405), ("CONNECT", TARGET, 405), ("FOOBAR", TARGET, 501),
                                 ("get", TARGET, 501), ("DELETE", "/m2m/applications", 405), ("PUT", "/m2m/discovery", 405)):
        body = application() if method in ("PUT", "PATCH") else None
        answer = client.request(method, target, body)
        checks.status(answer, code, f"{method} {target}")
        if code == 405:
            checks.that("GET" in (answer.field("Allow") or ""), f"{method} {target}: 405 has Allow: {answer.field('Allow')}")
    answer = client.request("OPTIONS", "*")
    checks.status(answer, (200, 204, 400), "OPTIONS *")


def negotiation(checks: Checks, client):
    checks.section("content negotiation")
    xml, as_json = "application/xml", "application/json"
    for accept, wanted in ((None, xml), ("*/*", xml), (xml, xml), (as_json, as_json), ("application/*", xml),
                           (as_json + ", " + xml + ";q=0.9", as_json), (as_json + ";q=0.1, " + xml, xml),
                           (as_json + ";q=0, */*", xml), ("text/html, " + as_json, as_json),
                           ("application/JSON", as_json), (as_json + "; charset=utf-8", as_json)):
        answer = client.get(TARGET, headers={"Accept": accept} if accept else None)
        checks.status(answer, 200, f"Accept {accept}")
        checks.equal((answer.field("Content-Type") or "").split(";")[0], wanted, f"Accept {accept}")
    for accept in ("image/png", "text/html", "application/xml;q=0", "application/exi"):
        answer = client.get(TARGET, headers={"Accept": accept})
        checks.status(answer, 406, f"Accept {accept}")
        checks.equal(error_name(answer), "STATUS_NOT_ACCEPTABLE", f"Accept {accept}")
    answer = client.get(TARGET, headers={"Accept": as_json})
    document = json.loads(answer.body)
    checks.equal(document.get("application", {}).get("appId"), "web", "JSON has the appId")
    checks.that("Accept" in (answer.field("Vary") or "Accept"), "Vary names Accept, if it is sent")
    answer = client.get("/m2m/applications/none", headers={"Accept": as_json})
    checks.equal(json.loads(answer.body).get("errorInfo", {}).get("statusCode"), "STATUS_NOT_FOUND", "error in JSON")
    # A body is taken in any of our types, whatever parameter stands beside.
    for kind, body in (("application/xml; charset=utf-8", application(text="a")), ("application/xml;charset=UTF8", application(text="b")),
                       ("text/xml", application(text="c")), (as_json, '{"application":{"searchStrings":{"searchString":["d"]}}}'),
                       ("application/json; charset=utf-8", '{"application":{}}')):
        answer = client.put(TARGET, body, content_type=kind)
        checks.status(answer, (200, 204), f"PUT as {kind}")
    for kind in ("application/octet-stream", "image/png", "application/xml; charset=utf-16", "application/exi", "nonsense"):
        answer = client.put(TARGET, application(), content_type=kind)
        checks.status(answer, 415, f"PUT as {kind}")
        checks.equal(error_name(answer), "STATUS_UNSUPPORTED_MEDIA_TYPE", f"PUT as {kind}")
    answer = client.request("PUT", TARGET, application(), {"Content-Type": None})
    checks.status(answer, (400, 415), "PUT without Content-Type")
    answer = client.put(TARGET, application(), headers={"Content-Encoding": "gzip"})
    checks.status(answer, 415, "Content-Encoding: gzip")


def lengths(checks: Checks, daemon, client):
    checks.section("lengths and limits")
    checks.status(client.request("POST", "/m2m/applications", None, {"Content-Type": "application/xml"}), 411,
                  "POST without Content-Length")
    checks.status(client.request("PUT", TARGET, None, {"Content-Type": "application/xml"}), 411, "PUT without Content-Length")
    answer = client.post("/m2m/applications", b"")
    checks.status(answer, (400, 405), "POST with an empty body is EXECUTE, which a collection does not know")
    head = {"Content-Length": str(50 << 20), "Content-Type": "application/xml"}
    data = compose("POST", "/m2m/applications", daemon.host, None, head, authorization=client.authorization)
    received, closed = nscl_test.exchange(daemon.address, daemon.port, data)
    checks.equal(nscl_test.first_status(received), 413, "50 MiB announced: refused before it is sent")
    checks.that(closed, "and the connection is closed")
    checks.that(b"Connection: close" in received, "and said so")
    checks.status(client.get("/m2m/" + "a" * 9000), 414, "target of 9 KiB")
    checks.status(client.get("/m2m", headers={"X-Long": "a" * 9000}), 431, "field of 9 KiB")
    checks.status(client.get("/m2m", headers={f"X-{n}": "a" for n in range(300)}), 431, "300 fields")
    body = application(text="x" * 200_000)
    checks.status(client.put(TARGET, body), (200, 204, 400), "a body of 200 kB is no danger")
    # chunked requests are understood; answers never are chunked (the client here refuses them)
    text = application(text="chunked").encode()
    chunks = b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in (text[:10], text[10:11], text[11:])) + b"0\r\n\r\n"
    head = {"Transfer-Encoding": "chunked", "Content-Type": "application/xml"}
    connection = Connection(daemon.address, daemon.port)
    connection.send(compose("PUT", TARGET, daemon.host, None, head, authorization=client.authorization) + chunks)
    checks.status(connection.read(), (200, 204), "chunked PUT")
    connection.send(compose("GET", TARGET, daemon.host, authorization=client.authorization))
    checks.that(b"chunked<" in connection.read().body, "and it took effect")
    connection.close()


def expectation(checks: Checks, daemon, client):
    checks.section("Expect")
    body = application(text="expected").encode()
    head = {"Expect": "100-continue", "Content-Type": "application/xml", "Content-Length": str(len(body))}
    connection = Connection(daemon.address, daemon.port, 5)
    connection.send(compose("PUT", TARGET, daemon.host, None, head, authorization=client.authorization))
    answer = connection.read()
    if checks.status(answer, 100, "Expect: 100-continue is answered first"):
        connection.send(body)
        checks.status(connection.read(), (200, 204), "then the request")
    connection.close()
    for name, extra, code in (("too large", {"Content-Length": str(50 << 20)}, 413), ("no credential", {"Authorization": None}, 401),
                              ("unknown expectation", {"Expect": "miracles"}, 417)):
        connection = Connection(daemon.address, daemon.port, 5)
        connection.send(compose("PUT", TARGET, daemon.host, None, {**head, **extra}, authorization=client.authorization))
        checks.status(connection.read(), code, f"Expect, {name}: the answer comes without the body")
        connection.close()


def connections(checks: Checks, daemon, client):
    checks.section("connections")
    connection = Connection(daemon.address, daemon.port)
    one = compose("GET", TARGET, daemon.host, authorization=client.authorization)
    for _ in range(50):
        connection.send(one)
        answer = connection.read()
    checks.status(answer, 200, "50 requests on one connection")
    requests = [compose("GET", f"/m2m/applications/{'web' if n % 2 else 'none'}", daemon.host, authorization=client.authorization)
                for n in range(100)]
    connection.send(b"".join(requests))
    codes = [connection.read().status for _ in requests]
    checks.equal(codes, [404, 200] * 50, "100 pipelined requests, answered in order")
    body = application(text="p").encode()
    mixed = [compose("PUT", TARGET, daemon.host, body, authorization=client.authorization), one] * 10
    connection.send(b"".join(mixed))
    codes = [connection.read().status for _ in mixed]
    checks.that(all(put in (200, 204) and get == 200 for put, get in zip(codes[::2], codes[1::2])), f"pipelined writes: {codes}")
    connection.send(compose("GET", TARGET, daemon.host, None, {"Connection": "close"}, authorization=client.authorization))
    checks.status(connection.read(), 200, "Connection: close")
    checks.that(connection.is_closed(), "the server closes when asked")
    old = b"GET /m2m HTTP/1.0\r\nHost: " + daemon.host.encode() + b"\r\nAuthorization: " + client.authorization.encode() + b"\r\n\r\n"
    received, closed = nscl_test.exchange(daemon.address, daemon.port, old)
    checks.equal(nscl_test.first_status(received), 200, "HTTP/1.0")
    checks.that(closed, "HTTP/1.0 without keep-alive: closed")
    received, _ = nscl_test.exchange(daemon.address, daemon.port, b"\r\n" + one, wait=1)
    checks.that(nscl_test.first_status(received) in (200, 400), "an empty line before the request")
    # byte by byte
    connection = Connection(daemon.address, daemon.port)
    for at in range(0, len(one), 7):
        connection.send(one[at:at + 7])
        time.sleep(0.002)
    checks.status(connection.read(), 200, "a request in small pieces")
    connection.close()


def fields(checks: Checks, daemon, client):
    checks.section("header fields")
    base = "http://" + daemon.host
    answer = client.post("/m2m/applications", application("second"))
    checks.status(answer, 201, "POST")
    checks.equal(answer.field("Location"), base + "/m2m/applications/second", "Location")
    checks.equal(answer.field("Content-Location"), base + "/m2m/applications/second", "Content-Location")
    checks.equal(answer.field("Content-Length"), "0" if not answer.body else str(len(answer.body)), "Content-Length")
    answer = client.get("/m2m/applications/second")
    modified = re.search(rb"lastModifiedTime>([^<]+)<", answer.body)[1].decode()
    checks.equal(answer.field("ETag"), f'"{modified}"', "ETag is the quoted lastModifiedTime")
    checks.equal(answer.field("Content-Location"), base + "/m2m/applications/second", "Content-Location of a GET")
    checks.that(re.fullmatch(r"\w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d GMT", answer.field("Last-Modified") or ""),
                f"Last-Modified {answer.field('Last-Modified')}")
    # Absolute URIs follow the Host field, nothing else.
    answer = client.get("/m2m/applications/second", headers={"Host": "nscl.example.com:8080"})
    if answer.status == 200:
        checks.equal(answer.field("Content-Location"), "http://nscl.example.com:8080/m2m/applications/second", "by Host")
    else:
        checks.status(answer, (400, 421), "a Host that is not ours")
    answer = client.get("/m2m/applications/second", headers={"X-Forwarded-Host": "evil.example.com", "Forwarded": "host=evil"})
    checks.equal(answer.field("Content-Location"), base + "/m2m/applications/second", "X-Forwarded-Host is not believed")
    answer = client.request("GET", base + "/m2m/applications/second")
    checks.status(answer, 200, "absolute-form of the own authority")
    checks.status(client.request("GET", "http://other.example.com/m2m"), (400, 404, 421, 501), "absolute-form of another")
    answer = client.put("/m2m/applications/second", application(text="x"))
    checks.status(answer, (200, 204), "PUT")
    checks.that(answer.field("ETag"), "PUT answers with the new ETag")
    answer = client.delete("/m2m/applications/second")
    checks.status(answer, 204, "DELETE")
    checks.equal((answer.field("Content-Type"), answer.body), (None, b""), "204 has no body")
    checks.equal(answer.field("Content-Length"), "0", "204 says its length too (docs/adr/0004)")
    answer = client.post("/om2m/nscl/applications", application("third"))
    checks.equal(answer.field("Location"), "nscl/applications/third", "Location in the dialect of OM2M")
    checks.status(client.get("/om2m/nscl/applications/third"), 200, "GET of it")
    for target in ("/", "/nothing", "/m2mx", "/M2M", "/om2m", "/om2m/"):
        checks.status(client.get(target), (404, 400), f"GET {target}")


def tags(checks: Checks, client):
    checks.section("conditions")
    client.put(TARGET, application(text="tagged"))
    tag, date = client.get(TARGET).field("ETag"), client.get(TARGET).field("Last-Modified")
    answer = client.get(TARGET, headers={"If-None-Match": tag})
    checks.status(answer, 304, "If-None-Match")
    checks.equal(answer.field("ETag"), tag, "304 has the ETag")
    checks.equal(answer.body, b"", "304 has no body")
    checks.status(client.request("HEAD", TARGET, headers={"If-None-Match": tag}), 304, "HEAD and If-None-Match")
    checks.status(client.get(TARGET, headers={"If-None-Match": '"a", ' + tag}), 304, "a list")
    checks.status(client.get(TARGET, headers={"If-None-Match": '"a"', "If-Modified-Since": date}), 200,
                  "If-None-Match goes before If-Modified-Since")
    checks.status(client.get(TARGET, headers={"If-Modified-Since": date}), 304, "If-Modified-Since")
    checks.status(client.get(TARGET, headers={"If-Modified-Since": "Thu, 01 Jan 2004 00:00:00 GMT"}), 200, "old date")
    for form in ("Sunday, 06-Nov-94 08:49:37 GMT", "Sun Nov  6 08:49:37 1994"):
        checks.status(client.get(TARGET, headers={"If-Unmodified-Since": form}), (412, 200), f"obsolete date form {form}")
    checks.status(client.put(TARGET, application(), headers={"If-Match": '"a"'}), 412, "If-Match of another")
    checks.status(client.delete(TARGET, headers={"If-Match": '"a", "b"'}), 412, "If-Match of others")
    checks.status(client.put(TARGET, application(text="x"), headers={"If-Match": tag}), (200, 204), "If-Match")
    checks.status(client.put(TARGET, application(text="y"), headers={"If-Match": tag}), 412, "If-Match a second time")
    for broken in ('"unterminated', ", ".join(f'"{n}"' for n in range(10_000))[:7000] + '"', "no quotes"):
        checks.status(client.get(TARGET, headers={"If-None-Match": broken}), (400, 200, 431), f"If-None-Match: {broken[:20]}")


def credentials(checks: Checks, daemon, client):
    checks.section("credentials")
    nobody = daemon.client()
    for method, target, body in (("GET", "/m2m", None), ("GET", "/m2m/none", None), ("POST", "/m2m/applications", application("x")),
                                 ("DELETE", TARGET, None)):
        answer = nobody.request(method, target, body)
        checks.status(answer, 401, f"{method} {target} without a credential")
        checks.that((answer.field("WWW-Authenticate") or "").startswith("Basic"), "401 has a Basic challenge")
        checks.equal(error_name(answer), "STATUS_PERMISSION_DENIED", "401 without a credential")
    checks.status(nobody.get("/om2m/nscl/applications"), 402, "the dialect of OM2M: 402")
    for name, value in (("wrong password", nscl_test.basic("admin", "wrong")), ("unknown user", nscl_test.basic("nobody", "x")),
                        ("no scheme", "Basic"), ("bad base64", "Basic ="), ("no colon", "Basic YWRtaW4="),
                        ("another scheme", "Bearer abc"), ("long", "Basic " + "QUFB" * 1500)):
        answer = daemon.client(value).get("/m2m")
        checks.status(answer, (401, 400) if name not in ("wrong password", "unknown user") else 401, f"Authorization: {name}")
        checks.status(daemon.client(value).get("/om2m/nscl"), (401, 400), f"OM2M, Authorization: {name}")
    reader = daemon.client(daemon.principal("reader", "pw"))
    answer = reader.post("/m2m/containers", '<m2m:container xmlns:m2m="http://uri.etsi.org/m2m"/>')
    checks.status(answer, 401, "known, but without the flag")
    checks.equal(answer.field("WWW-Authenticate"), None, "no challenge for whom we know")
    checks.status(reader.get(TARGET), 404, "known, but no holder")
    for target in ("/livez", "/readyz"):
        answer = nobody.get(target)
        checks.status(answer, 200, f"{target} needs no credential")
        checks.status(nobody.post(target, "x"), 405, f"POST {target}")


def test(checks: Checks):
    with Daemon() as daemon:
        client = daemon.admin()
        checks.status(client.post("/m2m/applications", application("web")), 201, "the application of this test")
        for part in (methods, negotiation, tags):
            part(checks, client)
        for part in (lengths, expectation, connections, fields, credentials):
            part(checks, daemon, client)
        checks.that(daemon.alive(), "the daemon lives")
        checks.that(daemon.admin_password() not in daemon.log(), "the password is not in the log")


nscl_test.main(test)
