#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Hostile identities, the rows A1 to A8 and A16 of the threat model that apply to plain HTTP. Shows: R7.1, R7.6."""

import threading
import time

import nscl_test
import siege as besieged
from nscl_test import basic, basic_uri
from siege import CANARY, M2M, Siege, access_right, application, container


def a1_credentials(siege: Siege):
    raw = siege.daemon
    for row, value in (("none", None), ("empty", ""), ("scheme only", "Basic"), ("=", "Basic ="), ("no colon", "Basic YWRtaW4="), ("NUL", "Basic AAAA"),
                       ("not base64", "Basic @@@@"), ("Digest", 'Digest username="admin"'), ("two words", "Basic a b"),
                       ("LF in the name", basic("admin\n", "x")), ("quote", basic("' OR 1=1--", "x")), ("percent", basic("%n%s%00", "x")),
                       ("long name", basic("a" * 2000, "x")), ("long password", basic("admin", "x" * 2500)), ("empty name", basic("", "")),
                       ("case of the name", basic("Admin", raw.admin_password())), ("space behind the password", basic("admin", raw.admin_password() + " ")),
                       ("empty password", basic("admin", ""))):
        answer = raw.client(value).get(CANARY)
        siege.checks.status(answer, 401, f"A1 {row}")
        siege.checks.that(b"canary" not in answer.body, f"A1 {row}: nothing shown")
    one = f"Authorization: {siege.authorization}\r\n"
    host = f"Host: {raw.host}\r\n"
    siege.raw("A1 two, equal", f"GET {CANARY} HTTP/1.1\r\n{host}{one}{one}\r\n".encode(), 400, closes=False, wait=0.7)
    siege.raw("A1 two, the second wrong", f"GET {CANARY} HTTP/1.1\r\n{host}{one}Authorization: Basic eDp5\r\n\r\n".encode(), 400,
              closes=False, wait=0.7)
    siege.raw("A1 1 MiB", f"GET {CANARY} HTTP/1.1\r\n{host}Authorization: Basic {'QUFB' * 262144}\r\n\r\n".encode(), (431, 400), wait=5)


def a8_credential_in_the_query(siege: Siege):
    raw = siege.daemon
    target = CANARY + "?Authorization=" + siege.authorization.split()[1] + "&access_token=x"
    siege.checks.status(raw.client().get(target), 401, "A8 a credential in the query is none")
    siege.checks.status(siege.admin.get(CANARY), 200, "the right one still works")


def a2_guessing(siege: Siege):
    stop, seen = threading.Event(), []

    def guess(number):
        client = nscl_test.Client(siege.daemon.address, siege.daemon.port, timeout=30)
        count = 0
        while not stop.is_set() and count < 60:
            client.authorization = basic("admin", f"guess {number} {count}")
            count += 1
            try:
                seen.append(client.get("/m2m").status)
            except (OSError, nscl_test.BadAnswer):
                pass
        client.close()
    threads = [threading.Thread(target=guess, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    time.sleep(0.5)
    before = len(seen)
    answer = siege.admin.get("/m2m")
    siege.checks.status(answer, 200, "A2 the right password, remembered, during guessing")
    meanwhile = len(seen) - before   # all that wait, eight, if it had to wait with them
    siege.checks.that(meanwhile < 5, f"A2 it does not wait behind the guesses: {meanwhile} were answered before it")
    siege.daemon.principal("fresh", "password")
    began, status = time.monotonic(), None
    while time.monotonic() - began < 8:
        status = siege.daemon.client(basic("fresh", "password"), timeout=8).get("/m2m").status
        if status == 200:
            break
        time.sleep(0.2)
    siege.checks.equal(status, 200, "A2 one never seen before gets through during guessing")
    stop.set()
    for thread in threads:
        thread.join()
    siege.checks.that(seen and set(seen) <= {401, 429, 503}, f"A2 guesses are answered {sorted(set(seen))}")


def a3_a4_claims(siege: Siege):
    gw1 = siege.daemon.client(siege.daemon.principal("gw1", "pw", scl="gw1"))
    gw2 = siege.daemon.client(siege.daemon.principal("gw2", "pw2", scl="gw2"))
    base = f"http://{siege.daemon.host}/m2m"
    scl = f'<m2m:scl {M2M} sclId="%s"><m2m:link>%s</m2m:link><m2m:mgmtProtocolType>OMA_DM</m2m:mgmtProtocolType></m2m:scl>'
    siege.checks.status(gw2.post("/m2m/scls", scl % ("gw2", "http://gw2.example.net/m2m")), 201, "gw2 registers")
    for claim in (f"{base}/scls/gw2", f"{base}/applications/canary", base, f"{base}/scls/gw1%2f..%2fgw2", base.upper() + "./scls/gw2",
                  "/m2m/scls/gw2", "gw2", "admin", "../gw2", "scls/gw2"):
        answer = gw1.get("/m2m/scls/gw2", headers={"From": claim})
        siege.checks.status(answer, (401, 404, 400, 403), f"A3 gw1 says From: {claim}")
        answer = siege.daemon.client(basic_uri(claim, "pw")).get("/m2m/scls/gw2")
        siege.checks.status(answer, (401, 400), f"A3 Basic user {claim} with gw1's password")
    siege.checks.status(gw1.post("/m2m/scls", scl % ("gw3", "http://gw3.example.net/m2m")), (401, 403), "A4 gw1 registers gw3")
    siege.checks.status(gw1.post("/m2m/scls", scl % ("gw2", "http://gw1.example.net/m2m")), (401, 403, 404, 409), "A4 gw1 registers gw2")
    siege.checks.status(gw1.post("/m2m/scls", scl % ("gw1", base)), (400, 403), "A4 link is our own sclBase")
    siege.checks.status(gw1.post("/m2m/scls", scl % ("gw1", base + "/scls/gw2")), (400, 403), "A4 link inside our sclBase")
    siege.checks.status(gw1.post("/m2m/scls", scl % ("gw1", "not a uri at all")), (400, 403), "A4 link is no URI")
    siege.checks.status(gw1.get("/m2m/scls/gw1"), 404, "A4 nothing was registered")


def a5_domains(siege: Siege):
    """A domain is a host and the hosts below it, judged by labels; an address has none below it."""
    admin, raw = siege.admin, siege.daemon
    for number, (domain, entity, seen) in enumerate((
            ("example.com", "http://example.com/applications/x", True), ("example.com", "http://app.example.com/applications/x", True),
            ("example.com", "http://EXAMPLE.com./applications/x", True), ("EXAMPLE.com.", "http://example.com/applications/x", True),
            ("example.com", "http://evil-example.com/applications/x", False), ("example.com", "http://example.com.evil/applications/x", False),
            ("example.com", "http://xn--exampe-2za.com/applications/x", False), ("example.com", "http://com/applications/x", False),
            ("example.com", "http://x/example.com", False), ("0.0.1", "http://127.0.0.1/applications/x", False),
            ("http://example.com/a", "http://example.com/a/b", True), ("http://example.com/a", "http://example.com/ab", False),
            ("http://example.com/a", "http://example.com/A", False))):
        holders = f"<m2m:domains><m2m:domain>{domain}</m2m:domain></m2m:domains>"
        siege.checks.status(admin.post("/m2m/accessRights", access_right(f"d{number}", ("READ",), holders)), 201, f"A5 right for {domain}")
        siege.checks.status(admin.post("/m2m/containers", container(f"d{number}", f"/m2m/accessRights/d{number}")), 201, "A5 container")
        siege.checks.status(raw.client(siege.authorization).get(f"/m2m/containers/d{number}", headers={"From": entity}), 200 if seen else 404,
                            f"A5 {entity} under the domain {domain}")


def a6_prefixes(siege: Siege):
    """`a` is not the owner of `ab`."""
    admin, raw = siege.admin, siege.daemon
    scl = f'<m2m:scl {M2M} sclId="%s"><m2m:link>%s</m2m:link><m2m:mgmtProtocolType>OMA_DM</m2m:mgmtProtocolType></m2m:scl>'
    short, long = (raw.client(raw.principal(name, name, scl=name)) for name in ("a", "ab"))
    siege.checks.status(short.post("/m2m/scls", scl % ("a", "http://a.example.net/m2m")), 201, "A6 a registers")
    siege.checks.status(long.post("/m2m/scls", scl % ("ab", "http://a.example.net/m2mb")), 201, "A6 ab registers, with a link that begins like a's")
    siege.checks.status(long.post("/m2m/scls/ab/containers", container("c")), 201, "A6 ab makes a container")
    x, xy = (raw.client(raw.principal(name, name)) for name in ("x", "xy"))
    for name, client in (("x", x), ("xy", xy)):
        siege.checks.status(client.post("/m2m/applications", application(name)), 201, f"A6 {name} registers")
    siege.checks.status(xy.post("/m2m/applications/xy/containers", container("c")), 201, "A6 xy makes a container")
    for client, base in ((short, "/m2m/scls/ab"), (x, "/m2m/applications/xy")):
        for method, path, body in (("GET", "", None), ("GET", "/containers", None), ("GET", "/containers/c", None), ("POST", "/containers", container("d")),
                                   ("PUT", "/containers/c", f"<m2m:container {M2M}/>"), ("DELETE", "/containers/c", None), ("DELETE", "", None)):
            siege.checks.status(client.request(method, base + path, body), 404, f"A6 {method} {base}{path}")
    for claim in ("http://a.example.net/m2mb/applications/z", "http://a.example.net/m2mb", "/m2m/scls/ab", "http://a.example.net/m2m/../m2mb",
                  "http://a.example.net/m2m/%2e%2e/m2mb", "http://a.example.net/m2m/%252e%252e/m2mb/%2F", "http://a.example.net/m2m/x%2f..%2f..%2fm2mb"):
        siege.checks.status(short.get("/m2m", headers={"From": claim}), 401, f"A6 a says From: {claim}")


def a7_foreign_uris(siege: Siege):
    """The last two segments of a URI that somebody else made up are nobody's name."""
    admin, raw = siege.admin, siege.daemon
    holders = "<m2m:applicationIDs><m2m:applicationID>app1</m2m:applicationID></m2m:applicationIDs><m2m:sclIDs><m2m:sclID>gw7</m2m:sclID></m2m:sclIDs>"
    siege.checks.status(admin.post("/m2m/accessRights", access_right("only", ("READ", "WRITE", "DELETE"), holders)), 201, "A7 right")
    siege.checks.status(admin.post("/m2m/containers", container("only", "/m2m/accessRights/only")), 201, "A7 container")
    app1 = raw.client(raw.principal("app1", "pw"))
    siege.checks.status(app1.get("/m2m/containers/only"), 200, "A7 app1 itself")
    for entity in ("http://evil.example/applications/app1", "http://evil.example/m2m/applications/app1", "http://evil.example/scls/gw7",
                   "http://evil.example/x/y/z/applications/app1"):
        liar = raw.client(raw.principal(entity, "pw", entity=entity))
        liar.authorization = basic_uri(entity, "pw")
        siege.checks.status(liar.get("/m2m"), (200, 401), f"A7 {entity} is somebody")
        for method in ("GET", "DELETE"):
            siege.checks.status(liar.request(method, "/m2m/containers/only"), (404, 401), f"A7 {method} by {entity}")
    siege.checks.status(admin.get("/m2m/containers/only"), 200, "A7 it is still there")


def a16_other_paths(siege: Siege):
    nobody = siege.daemon.client(siege.daemon.principal("passerby", "pw"))
    for path in ("/metrics", "/m2m-admin/", "/m2m-admin/keys", "/m2m-tsa", "/admin", "/debug"):
        siege.checks.status(nobody.get(path), 404, f"A16 {path}")


besieged.run((a1_credentials, a8_credential_in_the_query, a2_guessing, a3_a4_claims, a5_domains, a6_prefixes, a7_foreign_uris, a16_other_paths))
