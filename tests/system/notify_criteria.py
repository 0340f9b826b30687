#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""filterCriteria of a subscription: which events are told, and which part of the resource; procedures 5.9.2, resources 1.13.
Shows: TS 102 921 10.25, 10.39."""

import time

import delivery
import nscl_test
from delivery import Scene, application, container, strings

PLAIN, IMAGE = "text/plain", "image/png"
# name, text, contentType, searchStrings
INSTANCES = [("short", "x", PLAIN, ("unit/kWh",)), ("middle", "x" * 50, PLAIN, ("unit/kWh", "phase/1")),
             ("long", "x" * 500, "text/csv", ("phase/1",)), ("picture", "x" * 60, IMAGE, ())]
# contact, criteria, who is told of
ROWS = [
    ("/string", "<searchString>unit/kWh</searchString>", ["short", "middle"]),
    ("/strings", "<searchString>unit/kWh</searchString><searchString>phase/1</searchString>", ["middle"]),
    ("/from", "<sizeFrom>10</sizeFrom>", ["middle", "long", "picture"]),
    ("/until", "<sizeUntil>55</sizeUntil>", ["short", "middle"]),
    ("/between", "<sizeFrom>10</sizeFrom><sizeUntil>100</sizeUntil>", ["middle", "picture"]),
    ("/type", f"<contentType>{PLAIN}</contentType>", ["short", "middle"]),
    ("/types", f"<contentType>text/csv</contentType><contentType>{IMAGE}</contentType>", ["long", "picture"]),
    ("/any-text", "<contentType>text/*</contentType>", ["short", "middle", "long"]),
    ("/all-of-them", f"<searchString>phase/1</searchString><sizeFrom>10</sizeFrom><contentType>{PLAIN}</contentType>", ["middle"]),
    ("/meta", "<metaDataOnly>true</metaDataOnly>", ["short", "middle", "long", "picture"]),
    ("/since", f"<createdAfter>{nscl_test.iso(time.time() + 3600)}</createdAfter>", []),
    ("/before", f"<createdBefore>{nscl_test.iso(time.time() + 3600)}</createdBefore>", ["short", "middle", "long", "picture"]),
    ("/none", "<searchString>never</searchString>", []),
]


def told(scene: Scene, contact):
    return scene.receiver.matching(lambda request: request.target == contact)


def on_instances(scene: Scene):
    checks = scene.checks
    path = scene.container("f/c")
    for contact, criteria, _ in ROWS:
        order = ("attributeAccessor", "searchString", "createdAfter", "createdBefore", "sizeFrom", "sizeUntil", "contentType", "metaDataOnly")
        parts = sorted(criteria.replace("><", ">\n<").split("\n"), key=lambda part: next(i for i, name in enumerate(order) if part.startswith("<" + name)))
        scene.subscribe(f"{path}/contentInstances", contact, contact[1:], criteria="".join(parts))
    for name, text, content_type, words in INSTANCES:
        scene.add(path, name, text, content_type, strings(*words))
    # One that every filter but the impossible ones admits comes last, so that what is missing by then was not sent.
    for contact, _, names in ROWS:
        scene.until(lambda: [name for request in told(scene, contact) for name in request.notify().ids()] == names, f"{contact}: {names}")
    for contact, _, names in ROWS:
        notifications = [scene.checked(request) for request in told(scene, contact)]
        checks.equal([name for notify in notifications for name in notify.ids()], names, contact)
        shown = any("Content>" in notify.text for notify in notifications)
        checks.equal(shown, bool(names) and contact != "/meta", f"{contact}: content is shown")
        checks.that(all(notify.ids() for notify in notifications), f"{contact}: no notification without an instance")


def accessors(scene: Scene):
    checks = scene.checks
    path = scene.container("l/c")
    instances = f"{path}/contentInstances"
    scene.subscribe(instances, "/latest", "l", criteria="<attributeAccessor>latest</attributeAccessor>", until=nscl_test.iso(time.time() + 2))
    scene.subscribe(instances, "/list", "c", criteria="<attributeAccessor>contentInstanceCollection</attributeAccessor>")
    for name in ("i0", "i1", "i2"):
        scene.add(path, name, name)
    scene.until(lambda: told(scene, "/latest") and told(scene, "/latest")[-1].notify().ids() == ["i2"], "latest is told")
    for notify in (scene.checked(request) for request in told(scene, "/latest")):
        checks.equal(nscl_test.root_name(notify.representation), "contentInstance", "latest is a contentInstance")
        checks.equal(len(notify.ids()), 1, "one")
    scene.until(lambda: [n for r in told(scene, "/list") for n in r.notify().ids()] == ["i0", "i1", "i2"], "the list is told, in order")
    for request in told(scene, "/list"):
        checks.equal(nscl_test.root_name(request.notify().representation), "contentInstanceCollection", "just the list")


def attribute(scene: Scene):
    checks = scene.checks
    place = "<m2m:aPoC>http://p.example.net/%s</m2m:aPoC>"
    scene.make("applications", application("p", place % "one"))
    own = scene.subscribe("applications/p", "/attribute", "s", criteria="<attributeAccessor>aPoC</attributeAccessor>")
    first, = scene.notified("/attribute", 1)
    checks.equal(nscl_test.root_name(first.representation), "aPoC", "the attribute alone")
    checks.equal(first.representation, scene.admin.get("/m2m/applications/p/aPoC").body, "as RETRIEVE of it shows it")
    checks.status(scene.admin.put("/m2m/applications/p", application(None, place % "two")), (200, 204), "update")
    checks.that("/two<" in scene.notified("/attribute", 2)[1].text, "its new value")
    # It no longer resolves: the error of that retrieve, and the end (10.39.6).
    checks.status(scene.admin.put("/m2m/applications/p", application(None)), (200, 204), "update that takes the attribute away")
    scene.error_of(scene.notified("/attribute", 3)[2], "STATUS_NOT_FOUND")
    scene.gone(own)


def never_resolves(scene: Scene):
    """Accepted, and ended at once by a notification with the error (5.9.1 step 7)."""
    scene.make("applications", application("n"))
    own = scene.subscribe("applications/n", "/never", "s", criteria="<attributeAccessor>aPoC</attributeAccessor>")
    last, = scene.notified("/never", 1)
    scene.error_of(last, "STATUS_NOT_FOUND")
    scene.gone(own)


def conditions(scene: Scene):
    """ifMatch, ifNoneMatch, ifModifiedSince and searchString on a single resource."""
    checks = scene.checks
    scene.make("applications", application("m", strings("dull")))
    past, future = nscl_test.iso(time.time() - 3600), nscl_test.iso(time.time() + 3600)
    rows = {"/word": ("<searchString>alarm</searchString>", ["alarm"]), "/since-past": (f"<ifModifiedSince>{past}</ifModifiedSince>", ["dull", "alarm"]),
            "/since-future": (f"<ifModifiedSince>{future}</ifModifiedSince>", []), "/until-past": (f"<ifUnmodifiedSince>{past}</ifUnmodifiedSince>", []),
            "/no-such-tag": ("<ifMatch>nothing</ifMatch>", []), "/not-that-tag": ("<ifNoneMatch>nothing</ifNoneMatch>", ["dull", "alarm"])}
    for contact, (criteria, _) in rows.items():
        scene.subscribe("applications/m", contact, contact[1:], criteria=criteria)
    for contact, (_, words) in rows.items():
        if words[:1] == ["dull"]:
            scene.notified(contact, 1)
    checks.status(scene.admin.put("/m2m/applications/m", application(None, strings("alarm"))), (200, 204), "update")
    for contact, (_, words) in rows.items():
        notifications = scene.notified(contact, len(words))
        for notify, word in zip(notifications, words):
            checks.that(f">{word}<" in notify.text, f"{contact}: {word} in {notify.text}")


def container_is_not_its_instances(scene: Scene):
    """A criterion of contentInstances is none of another resource: refused when the subscription is made, or without effect."""
    scene.make("applications", application("o"))
    scene.make("applications/o/containers", container("c"))
    answer = scene.admin.post("/m2m/applications/o/subscriptions", delivery.subscription(scene.receiver.uri("/odd"), "s", "<sizeFrom>1</sizeFrom>"))
    if scene.checks.status(answer, (201, 400), "sizeFrom on an application") and answer.status == 201:
        scene.notified("/odd", 1)


if __name__ == "__main__":
    delivery.run((on_instances, accessors, attribute, never_resolves, conditions, container_is_not_its_instances))
