#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Hostile use of rights, the rows A9 to A18 of the threat model. Shows: R7.1, R7.6."""

import select
import socket
import threading
import time

import nscl_test
import siege as besieged
from siege import CANARY, M2M, Siege, access_right, application, container, group

VERBS = ("GET", "PUT", "POST", "DELETE", "HEAD")


def a9_stranger(siege: Siege):
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


def somebody(siege: Siege, name):
    """A client that acts as the application of that name; the principal is made when it is first asked for."""
    if name not in siege.known:
        siege.known[name] = siege.daemon.principal(name, "pw")
    return siege.daemon.client(siege.known[name])


def a10_reader(siege: Siege):
    admin, reader = siege.admin, somebody(siege, "reader")
    siege.checks.status(admin.post("/m2m/accessRights", access_right("ro", ("READ",), "reader")), 201, "accessRight")
    siege.checks.status(admin.post("/m2m/containers", container("ro", "/m2m/accessRights/ro")), 201, "container")
    before = admin.get("/m2m/containers/ro").body
    for method, path, body in (("PUT", "", f"<m2m:container {M2M}/>"), ("DELETE", "", None), ("POST", "/contentInstances", "x"),
                               ("POST", "/subcontainers", container("x")), ("PUT", "/accessRightID", f"<m2m:accessRightID {M2M}>/x</m2m:accessRightID>"),
                               ("PUT", "/searchStrings", f"<m2m:searchStrings {M2M}/>"), ("DELETE", "/accessRightID", None)):
        kind = "text/plain" if body == "x" else "application/xml"
        siege.checks.status(reader.request(method, "/m2m/containers/ro" + path, body, content_type=kind), 401, f"A10 {method} {path} with READ only")
    siege.checks.equal(admin.get("/m2m/containers/ro").body, before, "A10 unchanged")


def a14_attributes(siege: Siege):
    admin, reader = siege.admin, somebody(siege, "reader")
    before = admin.get("/m2m/containers/ro").body
    answer = reader.put("/m2m/containers/ro/accessRightID", f"<m2m:accessRightID {M2M}>/m2m/accessRights/x</m2m:accessRightID>")
    siege.checks.status(answer, 401, "A14 PUT accessRightID without WRITE")
    for name, value in (("lastModifiedTime", "2020-01-01T00:00:00Z"), ("creationTime", "2020-01-01T00:00:00Z")):
        answer = admin.put(f"/m2m/containers/ro/{name}", f"<m2m:{name} {M2M}>{value}</m2m:{name}>")
        siege.checks.status(answer, (400, 405), f"A14 PUT {name}, by who may write")
    answer = reader.put("/m2m/containers/ro/lastModifiedTime", f"<m2m:lastModifiedTime {M2M}>2020-01-01T00:00:00Z</m2m:lastModifiedTime>")
    siege.checks.status(answer, (400, 401), "A14 PUT lastModifiedTime")
    siege.checks.equal(admin.get("/m2m/containers/ro").body, before, "A10, A14 unchanged")


def a11_self_permissions(siege: Siege):
    admin, reader, keeper = siege.admin, somebody(siege, "reader"), somebody(siege, "keeper")
    siege.checks.status(keeper.put("/m2m/accessRights/ro", access_right(None, ("READ",), "reader", ())), (400, 200, 204), "A11 no flags for oneself")
    empty = f"<m2m:accessRight {M2M}><m2m:selfPermissions/></m2m:accessRight>"
    siege.checks.status(admin.put("/m2m/accessRights/ro", empty), 400, "A11 empty selfPermissions")
    siege.checks.status(admin.post("/m2m/accessRights", f'<m2m:accessRight {M2M} m2m:id="no"><m2m:permissions/></m2m:accessRight>'), 400,
                        "A11 no selfPermissions at all")
    siege.checks.status(admin.put("/m2m/accessRights/ro", access_right(None, ("READ",), "reader")), (200, 204), "A11 the right as it was")
    siege.checks.status(reader.get("/m2m/containers/ro"), 200, "A11 it holds")
    siege.checks.status(admin.delete("/m2m/accessRights/ro"), (200, 204), "A11 a right in use goes")
    siege.checks.status(reader.get("/m2m/containers/ro"), 404, "A11 and nobody has it any more")
    siege.checks.status(admin.get("/m2m/containers/ro"), 200, "A11 what it guarded is still there")
    siege.checks.status(admin.post("/m2m/accessRights", access_right("ro", ("READ",), "reader")), 201, "A11 another of its name")
    siege.checks.status(reader.get("/m2m/containers/ro"), 200, "A11 guards what names it")


def a12_dangling_rights(siege: Siege):
    admin, raw, reader = siege.admin, siege.daemon, somebody(siege, "reader")
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


def a12_chains_of_holders(siege: Siege):
    """Groups hold groups: what is asked of a right stays little, and deep nesting grants nothing."""
    admin, far, near = siege.admin, somebody(siege, "far"), somebody(siege, "near")
    for client, name in ((far, "far"), (near, "near")):
        siege.checks.status(client.post("/m2m/applications", application(name)), 201, f"A12 {name}")
    last = 40
    for number in range(last):
        members = [f"/m2m/groups/chain{number + 1}"] if number < last - 1 else ["/m2m/applications/far", "/m2m/groups/chain0"]
        siege.checks.status(admin.post("/m2m/groups", group(f"chain{number}", *members, *(["/m2m/applications/near"] if number == 3 else []))), 201, "A12 chain")
    width = 60   # each of them holds all of them: 60^4 ways down
    everyone = [f"/m2m/groups/all{number}" for number in range(width)]
    for number in range(width):
        siege.checks.status(admin.post("/m2m/groups", group(f"all{number}", *everyone)), 201, "A12 all")
    for name in ("chain0", "all0"):
        holders = f"<m2m:holderRefs><m2m:holderRef>/m2m/groups/{name}</m2m:holderRef></m2m:holderRefs>"
        siege.checks.status(admin.post("/m2m/accessRights", access_right(name, ("READ",), holders)), 201, "A12 right")
        siege.checks.status(admin.post("/m2m/containers", container(name, f"/m2m/accessRights/{name}")), 201, "A12 container")
    siege.checks.status(near.get("/m2m/containers/chain0"), 200, "A12 a member of the fourth group is a holder")
    siege.checks.status(far.get("/m2m/containers/chain0"), 404, "A12 one of the fortieth is none")
    began = time.monotonic()
    siege.checks.status(far.get("/m2m/containers/all0"), 404, "A12 60 groups that hold each other")
    siege.checks.that(time.monotonic() - began < 2, f"A12 are searched once: {time.monotonic() - began:.1f} s")


def a13_hidden_member(siege: Siege):
    reader = somebody(siege, "reader")
    hides = group("g", CANARY)
    reader.post("/m2m/applications", application("reader"))
    answer = reader.post("/m2m/applications/reader/groups", hides)
    siege.checks.status(answer, (201, 400, 404), "A13 a hidden member")
    missing = reader.post("/m2m/applications/reader/groups", hides.replace('"g"', '"h"').replace("canary", "cannery"))
    siege.checks.equal(missing.status, answer.status, "A13 a hidden member looks like one that is not there")
    answer = reader.get("/m2m/discovery?searchString=alive")
    siege.checks.that(b"canary" not in answer.body, "A13 not found by discovery")
    siege.checks.status(reader.post("/m2m/applications/reader/groups", group("own", CANARY, "/m2m/applications/reader")), 201, "A13 a group of both")
    shown = [reader.get(f"/m2m/applications/reader/groups/{path}") for path in ("own/membersContent", "own/membersContent/searchStrings")]
    for answer in shown:
        siege.checks.status(answer, 200, "A13 membersContent")
        siege.checks.that(b"STATUS_NOT_FOUND" in answer.body and b"alive" not in answer.body, f"A13 the hidden one is not found: {answer.text}")
    answer = reader.get("/m2m/applications/reader/groups/g/members")
    siege.checks.that(b"searchString" not in answer.body, "A13 a membership shows nothing of the member")


def a17_nested_groups(siege: Siege):
    """Groups in each other and in themselves: the answer comes, and each member is asked once."""
    admin, count = siege.admin, 1000
    siege.checks.status(admin.post("/m2m/containers", container("asked")), 201, "A17 the member")
    for number in range(count):   # a ring, with ways across
        members = [f"/m2m/groups/ring{(number + step) % count}" for step in (0, 1, 7)] + ["/m2m/containers/asked/contentInstances"] * (number == 3)
        siege.checks.status(admin.post("/m2m/groups", group(f"ring{number}", *members)), 201, f"A17 ring{number}")
    answer = admin.post("/m2m/groups/ring0/membersContent", "once", content_type="text/plain")
    siege.checks.status(answer, (200, 201, 400, 403), "A17 CREATE at every member")
    text = admin.get("/m2m/containers/asked/contentInstances?metaDataOnly=true").text
    asked = int(text.split("currentNrOfInstances>")[1].split("<")[0])
    siege.checks.that(asked <= 1, f"A17 the member was asked {asked} times")
    siege.checks.status(admin.post("/m2m/groups/ring3/membersContent", "once more", content_type="text/plain"), (200, 201), "A17 where the member is near")
    text = admin.get("/m2m/containers/asked/contentInstances?metaDataOnly=true").text
    siege.checks.that(f"currentNrOfInstances>{asked + 1}<" in text, "A17 it is asked once")


def a18_race(siege: Siege):
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
    nscl_test.until(lambda: len(written) > 50)
    answer = admin.put("/m2m/accessRights/race", access_right(None, (), "racer"))
    removed[0] = time.monotonic()
    siege.checks.status(answer, (200, 204), "A18 the right is removed")
    nscl_test.until(lambda: len(refused) > 50)
    stop.set()
    for thread in threads:
        thread.join()
    siege.checks.that(len(written) > 20, f"A18 writes before: {len(written)}")
    siege.checks.that(len(refused) > 5 and set(refused) == {404}, f"A18 refusals after: {len(refused)} {set(refused)}")
    siege.checks.equal(late, [], "A18 no write begun after the removal's answer succeeds")
    answer = admin.get("/m2m/containers/race/contentInstances?metaDataOnly=true")
    siege.checks.that(f"currentNrOfInstances>{len(written)}<".encode() in answer.body, f"A18 exactly the acknowledged {len(written)} are stored")


besieged.run((a9_stranger, a10_reader, a14_attributes, a11_self_permissions, a12_dangling_rights, a12_chains_of_holders, a13_hidden_member, a17_nested_groups,
              a18_race))
