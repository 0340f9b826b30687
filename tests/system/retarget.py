#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Requests below an application that are passed on to its point of contact; procedures 5.12, resources 1.14.
Shows: TS 102 921 10.3.2.23, R4.6, R7.1."""

import delivery
from delivery import NOWHERE, Scene, access_right, application, container, document
from receiver import HANG, RESET, answer

BASE = "/m2m/applications"


def paths(*entries):
    """aPoCPaths; an entry is a path, or (path, accessRightID)."""
    inside = ""
    for entry in entries:
        path, right = entry if isinstance(entry, tuple) else (entry, None)
        mark = f"<m2m:accessRightID>{right}</m2m:accessRightID>" if right else ""
        inside += f"<m2m:aPoCPath><m2m:path>{path}</m2m:path>{mark}</m2m:aPoCPath>"
    return f"<m2m:aPoCPaths>{inside}</m2m:aPoCPaths>"


def served(scene: Scene, name, contact, *entries, right=None):
    mark = f"<m2m:accessRightID>{right}</m2m:accessRightID>" if right else ""
    scene.make("applications", application(name, f"{mark}<m2m:aPoC>{contact}</m2m:aPoC>{paths(*entries)}"))


def handling(scene: Scene, how):
    answer_ = scene.admin.put("/m2m", document("sclBase", f"<m2m:aPocHandling>{how}</m2m:aPocHandling>"))
    scene.checks.status(answer_, (200, 204), f"aPocHandling {how}")


def reached(scene: Scene, receiver, target):
    """Where a GET of `target` arrived, or the status that refused it."""
    receiver.forget()
    got = scene.admin.get(target)
    requests = receiver.matching()
    return requests[0].target if got.status == 204 and len(requests) == 1 else got.status


def shallow(scene: Scene):
    checks, receiver = scene.checks, scene.another_receiver()
    served(scene, "s", receiver.uri("/app"), "exact", "two/parts", "open/", "open/more/")
    scene.make("applications/s/containers", container("c"))
    for rest, expected in (("exact", "/app/exact"), ("two/parts", "/app/two/parts"), ("open/one", "/app/open/one"), ("open/more/x", "/app/open/more/x"),
                           ("exact/more", 404), ("two", 404), ("two/parts/x", 404), ("open", 404), ("open/one/two", 404), ("exac", 404), ("exactly", 404), ("nothing", 404),
                           ("open/a%20b", "/app/open/a%20b")):
        checks.equal(reached(scene, receiver, f"{BASE}/s/{rest}"), expected, f"SHALLOW {rest}")
    for own in ("containers", "containers/c", "groups", "aPoC", "searchStrings", ""):
        receiver.forget()
        checks.status(scene.admin.get(f"{BASE}/s/{own}".rstrip("/")), 200, f"our own {own or 'application'}")
        checks.equal(receiver.matching(), [], f"{own} is answered here")


def deep(scene: Scene):
    checks, receiver = scene.checks, scene.another_receiver()
    served(scene, "d", receiver.uri("/"), "top", "a/b")
    handling(scene, "DEEP")
    for rest, expected in (("top", "/top"), ("top/x/y/z", "/top/x/y/z"), ("a/b/c", "/a/b/c"), ("a", 404), ("topmost", 404), ("b", 404)):
        checks.equal(reached(scene, receiver, f"{BASE}/d/{rest}"), expected, f"DEEP {rest}")
    handling(scene, "SHALLOW")
    checks.equal(reached(scene, receiver, f"{BASE}/d/top/x"), 404, "and SHALLOW again")


def without(scene: Scene):
    """Both aPoC and aPoCPaths are needed."""
    scene.make("applications", application("w1", f"<m2m:aPoC>{scene.receiver.uri()}</m2m:aPoC>"))
    scene.make("applications", application("w2", paths("x")))
    for name in ("w1", "w2", "w3"):
        scene.checks.status(scene.admin.get(f"{BASE}/{name}/x"), 404, name)


def what_arrives(scene: Scene):
    checks, receiver = scene.checks, scene.another_receiver()
    served(scene, "what", receiver.uri("/base?own=1"), "x")
    caller = scene.daemon.client(scene.daemon.principal("anyone", "pw", entity="applications/anyone", operator=True))
    body = b"\x00\x01 any octets \xff"
    receiver.script(answer(201, b"<r/>", {"Content-Type": "application/xml", "Location": "/base/x/1", "ETag": '"7"'}))
    got = caller.post(f"{BASE}/what/x?a=b%20c&d", body, content_type="application/octet-stream", headers={"If-Match": '"6"', "X-etsi-rcat": "RCAT_1"})
    checks.equal((got.status, got.body, got.field("Location"), got.field("ETag")), (201, b"<r/>", "/base/x/1", '"7"'), "its answer")
    request, = receiver.wait(1)
    checks.equal(request.method, "POST", "method")
    checks.that(request.target.startswith("/base/x?") and request.target.endswith("a=b%20c&d") and "own=1" in request.target, f"path and query: {request.target}")
    checks.equal((request.body, request.field("Content-Type")), (body, "application/octet-stream"), "body and media type, unchanged")
    checks.equal((request.field("If-Match"), request.field("X-etsi-rcat")), ('"6"', "RCAT_1"), "conditions and category")
    checks.equal(request.field("From"), f"http://{scene.daemon.host}/m2m/applications/anyone", "the originator")
    for method, status in (("PUT", 200), ("DELETE", 204), ("GET", 404)):
        receiver.script(answer(status, b"<e/>", {"Content-Type": "application/xml"}))
        got = caller.request(method, f"{BASE}/what/x", b"<b/>" if method == "PUT" else None)
        checks.equal((got.status, receiver.matching()[-1].method), (status, method), f"{method} and its answer")


def rights(scene: Scene):
    """That of the aPoCPath decides, else the application's: READ for RETRIEVE, WRITE for everything else."""
    checks, receiver = scene.checks, scene.another_receiver()
    for name, flags in (("r_read", ["READ"]), ("r_write", ["WRITE"]), ("r_both", ["READ", "WRITE"])):
        scene.make("accessRights", access_right(name, "user", *flags))
    user = scene.daemon.client(scene.daemon.principal("user", "pw", entity="applications/user"))
    stranger = scene.daemon.client(scene.daemon.principal("stranger", "pw", entity="applications/stranger"))
    at = "/m2m/accessRights/"
    served(scene, "guarded", receiver.uri(), "usual", ("read", at + "r_read"), ("write", at + "r_write"), right=at + "r_both")
    for path, allowed in (("usual", {"GET", "POST", "PUT", "DELETE"}), ("read", {"GET"}), ("write", {"POST", "PUT", "DELETE"})):
        for method in ("GET", "POST", "PUT", "DELETE"):
            receiver.forget()
            got = user.request(method, f"{BASE}/guarded/{path}", b"<x/>" if method in ("POST", "PUT") else None)
            checks.status(got, 204 if method in allowed else 401, f"{method} {path}")
            checks.equal(len(receiver.matching()), int(method in allowed), f"{method} {path}: passed on")
            checks.status(stranger.request(method, f"{BASE}/guarded/{path}", b"<x/>" if method in ("POST", "PUT") else None), 404, f"a stranger's {method} {path}")
    checks.status(scene.daemon.client().get(f"{BASE}/guarded/usual"), 401, "no credential")


def failures(scene: Scene):
    checks, receiver = scene.checks, scene.another_receiver()
    for name, contact, act, status in (("refuse", NOWHERE, None, 502), ("reset", receiver.uri(), RESET, 502), ("hang", receiver.uri(), HANG, 504),
                                       ("scheme", "coap://127.0.0.1", None, 501), ("forbidden", "http://10.0.0.1", None, 502)):
        served(scene, name, contact, "x")
        receiver.usual = act or answer(204)
        got = scene.admin.post(f"{BASE}/{name}/x", "<x/>")
        checks.status(got, status, name)
        checks.that(b"errorInfo" in got.body and b"10.0.0.1" not in got.body, f"{name}: says why: {got.text}")


def om2m(scene: Scene):
    """OM2M puts the address into the path entry, and asks below /om2m/nscl."""
    checks, receiver = scene.checks, scene.another_receiver(answer(200, b"<o/>", {"Content-Type": "application/xml"}))
    scene.make("applications", application("o", paths(receiver.uri("/na"))), base="/om2m/nscl")
    got = scene.admin.post("/om2m/nscl/applications/o/lamps/LAMP_0/on?x=1", "")
    checks.equal((got.status, got.body), (200, b"<o/>"), "its answer")
    request, = receiver.wait(1)
    checks.equal((request.method, request.target), ("POST", "/na/lamps/LAMP_0/on?x=1"), "any depth")
    checks.status(scene.admin.get("/om2m/nscl/applications/o/containers"), 200, "our own")
    checks.equal(len(receiver.matching()), 1, "is answered here")


def itself(scene: Scene):
    """An aPoC that leads back here is a loop, not an endless one."""
    served(scene, "self", f"{scene.base}/applications/self", "x")
    got = scene.admin.get(f"{BASE}/self/x")
    scene.checks.status(got, (400, 401, 404), "an aPoC that names itself")
    scene.checks.status(scene.daemon.probe("/readyz"), 200, "healthy")


if __name__ == "__main__":
    delivery.run((shallow, deep, without, what_arrives, rights, failures, om2m, itself),
                 {"outgoing.request_time": "2s", "outgoing.connect_time": "2s"})
