#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Hostile identities and rights, the rows A of the threat model that apply to plain HTTP. Shows: R7.1, R7.6."""

import select
import socket
import threading
import time

import nscl_test
from nscl_test import Checks, basic, basic_uri
from siege import CANARY, Siege, application

M2M = 'xmlns:m2m="http://uri.etsi.org/m2m"'
VERBS = ("GET", "PUT", "POST", "DELETE", "HEAD")


def container(name, right=None):
    inside = f"<m2m:accessRightID>{right}</m2m:accessRightID>" if right else ""
    return f'<m2m:container {M2M} m2m:id="{name}">{inside}</m2m:container>'


def access_right(name, flags, application_id, own_flags=("READ", "WRITE", "DELETE")):
    def permission(which, holder):
        marks = "".join(f"<m2m:flag>{flag}</m2m:flag>" for flag in which)
        return (f'<m2m:permission m2m:id="p"><m2m:permissionFlags>{marks}</m2m:permissionFlags><m2m:permissionHolders><m2m:applicationIDs>'
                f"<m2m:applicationID>{holder}</m2m:applicationID></m2m:applicationIDs></m2m:permissionHolders></m2m:permission>")
    identity = f' m2m:id="{name}"' if name else ""
    return (f"<m2m:accessRight {M2M}{identity}><m2m:permissions>{permission(flags, application_id) if flags else ''}</m2m:permissions>"
            f"<m2m:selfPermissions>{permission(own_flags, 'keeper')}</m2m:selfPermissions></m2m:accessRight>")


def credentials(siege: Siege):
    raw = siege.daemon
    for row, value in (("none", None), ("empty", ""), ("scheme only", "Basic"), ("=", "Basic ="), ("no colon", "Basic YWRtaW4="), ("NUL", "Basic AAAA"),
                       ("not base64", "Basic @@@@"), ("Digest", 'Digest username="admin"'), ("two words", "Basic a b"),
                       ("LF in the name", basic("admin\n", "x")), ("quote", basic("' OR 1=1--", "x")), ("percent", basic("%n%s%00", "x")),
                       ("long name", basic("a" * 2000, "x")), ("long password", basic("admin", "x" * 2500)), ("empty name", basic("", "")),
                       ("case of the name", basic("Admin", raw.admin_password())), ("space behind the password", basic("admin", raw.admin_password() + " ")),
                       ("empty password", basic("admin", ""))):
        answer = raw.client(value).get(CANARY)
        siege.checks.status(answer, (401, 400), f"A1 {row}")
        siege.checks.that(b"canary" not in answer.body, f"A1 {row}: nothing shown")
    one = f"Authorization: {siege.authorization}\r\n"
    host = f"Host: {raw.host}\r\n"
    siege.raw("A1 two, equal", f"GET {CANARY} HTTP/1.1\r\n{host}{one}{one}\r\n".encode(), (400, 401), closes=False, wait=0.7)
    siege.raw("A1 two, the second wrong", f"GET {CANARY} HTTP/1.1\r\n{host}{one}Authorization: Basic eDp5\r\n\r\n".encode(), (400, 401),
              closes=False, wait=0.7)
    siege.raw("A1 1 MiB", f"GET {CANARY} HTTP/1.1\r\n{host}Authorization: Basic {'QUFB' * 262144}\r\n\r\n".encode(), (431, 400, 401), wait=5)
    target = CANARY + "?Authorization=" + siege.authorization.split()[1] + "&access_token=x"
    siege.checks.status(raw.client().get(target), 401, "A8 a credential in the query is none")
    siege.checks.status(siege.admin.get(CANARY), 200, "the right one still works")


def guessing(siege: Siege):
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


def claims(siege: Siege, gw1, gw2):
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


def stranger(siege: Siege):
    nobody = siege.daemon.client(siege.daemon.principal("stranger", "pw"))
    admin = siege.admin
    admin.post(CANARY + "/containers", container("c"))
    admin.post(CANARY + "/containers/c/contentInstances", "x", content_type="text/plain", headers={"Slug": "i"})
    paths = [CANARY, CANARY + "/containers", CANARY + "/containers/c", CANARY + "/containers/c/contentInstances", CANARY + "/groups",
             CANARY + "/containers/c/contentInstances/latest", CANARY + "/accessRights", CANARY + "/subscriptions", CANARY + "/searchStrings",
             CANARY + "/containers/c/subcontainers", "/m2m/accessRights/AR_ADMIN"]
    for path in paths:
        for method in VERBS:
            body = container("c") if method in ("POST", "PUT") else None
            hidden, absent = nobody.request(method, path, body), nobody.request(method, path.replace("canary", "cannery").replace("ADMIN", "X"), body)
            siege.checks.status(hidden, 404, f"A9 {method} {path}")
            siege.checks.that(not any(hidden.field(name) for name in ("ETag", "Last-Modified", "Allow", "Location")),
                              f"A9 {method} {path}: no tell-tale field")
            siege.checks.equal((hidden.status, len(hidden.body) - len(path) if path.encode() in hidden.body else len(hidden.body)),
                               (absent.status, len(absent.body) - len(path.replace("canary", "cannery").replace("ADMIN", "X"))
                                if b"cannery" in absent.body else len(absent.body)), f"A9 {method} {path}: like what is not there")
        answer = nobody.request("OPTIONS", path)
        if answer.field("Allow"):
            other = nobody.request("OPTIONS", path.replace("canary", "cannery").replace("ADMIN", "X"))
            siege.checks.equal(answer.field("Allow"), other.field("Allow"), f"A9 OPTIONS {path} tells the same of what is not there")
    for path in ("/metrics", "/m2m-admin/", "/m2m-tsa", "/admin", "/debug", "/server-status", "/.git/config"):
        siege.checks.status(nobody.get(path), 404, f"A16 {path}")


def rights(siege: Siege):
    admin, raw = siege.admin, siege.daemon
    reader, keeper = raw.client(raw.principal("reader", "pw")), raw.client(raw.principal("keeper", "pw"))
    siege.checks.status(admin.post("/m2m/accessRights", access_right("ro", ("READ",), "reader")), 201, "accessRight")
    siege.checks.status(admin.post("/m2m/containers", container("ro", "/m2m/accessRights/ro")), 201, "container")
    before = admin.get("/m2m/containers/ro").body
    for method, path, body in (("PUT", "", f"<m2m:container {M2M}/>"), ("DELETE", "", None), ("POST", "/contentInstances", "x"),
                               ("POST", "/subcontainers", container("x")), ("PUT", "/accessRightID", f"<m2m:accessRightID {M2M}>/x</m2m:accessRightID>"),
                               ("PUT", "/searchStrings", f"<m2m:searchStrings {M2M}/>"), ("DELETE", "/accessRightID", None)):
        kind = "text/plain" if body == "x" else "application/xml"
        siege.checks.status(reader.request(method, "/m2m/containers/ro" + path, body, content_type=kind), 401, f"A10 {method} {path} with READ only")
    answer = reader.put("/m2m/containers/ro/lastModifiedTime", f"<m2m:lastModifiedTime {M2M}>2020-01-01T00:00:00Z</m2m:lastModifiedTime>")
    siege.checks.status(answer, (400, 401), "A14 PUT lastModifiedTime")
    siege.checks.equal(admin.get("/m2m/containers/ro").body, before, "A10, A14 unchanged")
    siege.checks.status(keeper.put("/m2m/accessRights/ro", access_right(None, ("READ",), "reader", ())), (400, 200, 204), "A11 no flags for oneself")
    empty = f"<m2m:accessRight {M2M}><m2m:selfPermissions/></m2m:accessRight>"
    siege.checks.status(admin.put("/m2m/accessRights/ro", empty), 400, "A11 empty selfPermissions")
    trap = socket.create_server(("127.0.0.1", 0))
    trap.setblocking(False)
    aimed = f"http://127.0.0.1:{trap.getsockname()[1]}/accessRights/x"
    for right in ("/m2m/containers/aimed", "/m2m/accessRights/none", "/m2m/scls/x/accessRights/y", "/m2m/containers/ro", aimed,
                  "http://other.example.net/m2m/accessRights/ro", "../accessRights/ro", "x" * 5000, "", "javascript:alert(1)",
                  f"http://{raw.host}.evil.net/m2m/accessRights/ro"):
        answer = admin.post("/m2m/containers", container("aimed", right))
        siege.checks.status(answer, (201, 400), f"A12 accessRightID {right[:50]}")
        siege.checks.status(reader.get("/m2m/containers/aimed"), 404, f"A12 {right[:50]}: no right follows from it")
        admin.delete("/m2m/containers/aimed")
    with trap:
        siege.checks.that(not select.select([trap], [], [], 0)[0], "A12 nothing is fetched")
    for form in (f"http://{raw.host}/m2m/accessRights/ro", "/m2m/accessRights/ro", "nscl/accessRights/ro", "/m2m/accessRights/ro/"):
        admin.put("/m2m/accessRights/ro", access_right(None, ("READ",), "reader"))
        siege.checks.status(admin.post("/m2m/containers", container("aimed", form)), 201, f"accessRightID written {form}")
        siege.checks.status(reader.get("/m2m/containers/aimed"), 200, f"accessRightID written {form} is found")
        admin.delete("/m2m/containers/aimed")
    group = (f'<m2m:group {M2M} m2m:id="g"><m2m:memberType>MIXED</m2m:memberType><m2m:members><reference>{CANARY}</reference></m2m:members></m2m:group>')
    reader.post("/m2m/applications", application("reader"))
    answer = reader.post("/m2m/applications/reader/groups", group)
    siege.checks.status(answer, (201, 400, 404), "A13 a hidden member")
    missing = reader.post("/m2m/applications/reader/groups", group.replace('"g"', '"h"').replace("canary", "cannery"))
    siege.checks.equal(missing.status, answer.status, "A13 a hidden member looks like one that is not there")
    answer = reader.get("/m2m/discovery?searchString=alive")
    siege.checks.that(b"canary" not in answer.body, "A13 not found by discovery")


def race(siege: Siege):
    admin, raw = siege.admin, siege.daemon
    credential = raw.principal("racer", "pw")
    siege.checks.status(admin.post("/m2m/accessRights", access_right("race", ("WRITE", "CREATE"), "racer")), 201, "A18 accessRight")
    siege.checks.status(admin.post("/m2m/containers", container("race", "/m2m/accessRights/race")), 201, "A18 container")
    written, refused, late, stop = [], [], [], threading.Event()
    removed = [float("inf")]

    def write():
        client = nscl_test.Client(raw.address, raw.port, credential)
        while not stop.is_set():
            began = time.monotonic()
            status = client.post("/m2m/containers/race/contentInstances", "x", content_type="text/plain").status
            (written if status == 201 else refused).append(status)
            if status == 201 and began > removed[0]:
                late.append(began - removed[0])
        client.close()
    threads = [threading.Thread(target=write) for _ in range(4)]
    for thread in threads:
        thread.start()
    time.sleep(0.7)
    answer = admin.put("/m2m/accessRights/race", access_right(None, (), "racer"))
    removed[0] = time.monotonic()
    siege.checks.status(answer, (200, 204), "A18 the right is removed")
    time.sleep(0.5)
    stop.set()
    for thread in threads:
        thread.join()
    siege.checks.that(len(written) > 20, f"A18 writes before: {len(written)}")
    siege.checks.that(len(refused) > 5 and set(refused) == {404}, f"A18 refusals after: {len(refused)} {set(refused)}")
    siege.checks.equal(late, [], "A18 no write begun after the removal's answer succeeds")
    answer = admin.get("/m2m/containers/race/contentInstances?metaDataOnly=true")
    siege.checks.that(f"currentNrOfInstances>{len(written)}<".encode() in answer.body, f"A18 exactly the acknowledged {len(written)} are stored")


def test(checks: Checks):
    with Siege(checks) as siege:
        gw1 = siege.daemon.client(siege.daemon.principal("gw1", "pw", scl="gw1"))
        gw2 = siege.daemon.client(siege.daemon.principal("gw2", "pw2", scl="gw2"))
        for part, more in ((credentials, ()), (guessing, ()), (claims, (gw1, gw2)), (stranger, ()), (rights, ()), (race, ())):
            checks.section(part.__name__)
            part(siege, *more)
            siege.unharmed(part.__name__)
        siege.leaves_nothing()


nscl_test.main(test)
