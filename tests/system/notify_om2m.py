#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Subscribers of the OM2M dialect: events on the parent collection, qualified children, ifMatch=content, no initial notification;
procedures 5.9.1 to 5.9.5 (OM2M columns), acceptance rows 4 and 8 of 6.6. Shows: C2, R4.25."""

import base64

import delivery
from delivery import NOWHERE, Scene, application, container, document, strings
from receiver import answer

BASE = "/om2m/nscl"
OBIX = "<obj><str name='state' val='ON'/></obj>"


def events(scene: Scene, path, statuses):
    """The notifications at `path`: their statusCodes are these; what all of this dialect have in common is checked."""
    told = scene.notified(path, len(statuses))
    scene.checks.equal([notify.status for notify in told], statuses, f"statusCodes at {path}")
    for notify in told:
        scene.checks.that(notify.qualified and b"<om2m:notify" in notify.body, f"{path}: qualified by its prefix: {notify.body[:200]}")
        scene.checks.that(notify.reference.startswith("nscl/"), f"{path}: the reference is relative, the SCL first: {notify.reference}")
    return told


def children_of_a_collection(scene: Scene):
    """STATUS_CREATED, STATUS_OK and STATUS_DELETED with the child; nothing when subscribing."""
    checks = scene.checks
    scene.make("applications", application("before"), base=BASE)
    scene.subscribe("applications", "/applications", "s", base=BASE)
    scene.make("applications", application("x"), base=BASE)
    checks.status(scene.admin.put(f"{BASE}/applications/x", application(None, strings("changed"))), 200, "update")
    checks.status(scene.admin.delete(f"{BASE}/applications/x"), 204, "delete")
    told = events(scene, "/applications", ["STATUS_CREATED", "STATUS_OK", "STATUS_DELETED"])
    for notify, shown in zip(told, ("ResourceID/x", "changed", "changed")):
        checks.that('appId="x"' in notify.text and shown in notify.text, f"{notify.status}: the child: {notify.text}")
        checks.equal(notify.reference, "nscl/applications/subscriptions/s", "subscriptionReference")
        checks.equal(notify.content_type, "application/xml", "media type")
    # A child of a child is none of this collection's, and whoever speaks /m2m is told of too.
    scene.make("applications", application("y"))
    scene.make("applications/y/containers", container("c"))
    scene.make("applications", application("z"))
    told = events(scene, "/applications", ["STATUS_CREATED", "STATUS_OK", "STATUS_DELETED", "STATUS_CREATED", "STATUS_CREATED"])
    checks.that('"y"' in told[3].text and '"z"' in told[4].text, "children made through the other dialect")


def content_instances(scene: Scene):
    """Acceptance row 4: raw XML posted as content; notify with the contentInstance, or with the bare payload."""
    checks = scene.checks
    scene.make("applications", application("n"), base=BASE)
    scene.make("applications/n/containers", container("c"), base=BASE)
    place = "applications/n/containers/c/contentInstances"
    for path, criteria in (("/whole", ""), ("/payload", "<ifMatch>content</ifMatch>"), ("/empty", "<sizeFrom>1</sizeFrom>")):
        scene.subscribe(place, path, path[1:], base=BASE, criteria=criteria)
    for name in ("CI_1", "CI_2"):
        made = scene.admin.post(f"{BASE}/{place}", OBIX.replace("ON", name))
        checks.status(made, 201, "raw XML as content")
    whole = events(scene, "/whole", ["STATUS_CREATED"] * 2)
    for notify, location in zip(whole, (1, 2)):
        checks.that(notify.text.count("<om2m:contentInstance ") == 1, f"one contentInstance: {notify.text}")
        encoded = base64.b64encode(OBIX.replace("ON", f"CI_{location}").encode()).decode()
        checks.that(encoded in notify.text, f"its content, in base64: {notify.text}")
        checks.equal(notify.reference, f"nscl/{place}/subscriptions/whole", "subscriptionReference")
    payload = events(scene, "/payload", ["STATUS_CREATED"] * 2)
    checks.equal([notify.text for notify in payload], [OBIX.replace("ON", "CI_1"), OBIX.replace("ON", "CI_2")], "the payload as posted, one by one")
    for notify in events(scene, "/empty", ["STATUS_CREATED"] * 2):
        checks.equal(notify.representation, None, "any other criterion: no representation")
    # Also instances posted in the standard dialect.
    scene.add("applications/n/containers/c", "std", "plain words")
    checks.equal(events(scene, "/payload", ["STATUS_CREATED"] * 3)[2].text, "plain words", "the payload of another dialect's instance")
    checks.status(scene.admin.delete(f"{BASE}/applications/n"), 204, "delete")
    last = events(scene, "/whole", ["STATUS_CREATED"] * 3 + ["STATUS_DELETED"])[3]
    checks.that("errorInfo" in last.text, f"the subscribed-to resource is gone: {last.text}")


def same_contact_twice(scene: Scene):
    """CONFLICT here only (5.9.1 step 5)."""
    contact = scene.receiver.uri("/twice")
    for base, status in ((BASE, 409), ("/m2m", 201)):
        scene.make("containers/subscriptions", delivery.subscription(contact, f"first{status}"), base=base)
        again = scene.admin.post(f"{base}/containers/subscriptions", delivery.subscription(contact, f"second{status}"))
        scene.checks.status(again, status, f"the same contact again through {base}")
        for name in (f"first{status}", f"second{status}"):
            scene.admin.delete(f"{base}/containers/subscriptions/{name}")


def each_event_in_order(scene: Scene):
    """Events are not merged, and are kept while the receiver fails; a 4xx counts as a failure."""
    checks, receiver = scene.checks, scene.another_receiver()
    receiver.script(answer(404), answer(503), answer(400))
    scene.make("applications", application("o"), base=BASE)
    scene.make("applications/o/containers", container("c"), base=BASE)
    place = "applications/o/containers/c/contentInstances"
    own = scene.subscribe(place, "/order", "s", base=BASE, receiver=receiver, criteria="<ifMatch>content</ifMatch>")
    words = [f"word{number}" for number in range(30)]
    for word in words:
        checks.status(scene.admin.post(f"{BASE}/{place}", f"<w>{word}</w>"), 201, word)
    scene.until(lambda: len(receiver.matching()) >= 33, "all arrive, after three failures", 30)
    told = [scene.checked(request).text.removeprefix("<w>").removesuffix("</w>") for request in receiver.matching()]
    checks.equal(told, ["word0"] * 3 + words, "the first again until it arrives, then each in order")
    checks.status(scene.admin.get(own), 200, "the subscription stays")
    checks.equal(receiver.most_at_once, 1, "never two in flight")


def contact_by_scl(scene: Scene):
    """A contact that names an SCL first goes to that gateway, with the credential of the dialect (3.8, 6.3)."""
    checks = scene.checks
    gateway = scene.another_receiver()
    scene.make("scls", document("scl", f"<m2m:pocs><reference>{gateway.uri('/om2m')}</reference></m2m:pocs><m2m:link>gscl</m2m:link>"
                                "<m2m:mgmtProtocolType>OMA DM</m2m:mgmtProtocolType>", sclId="gscl"), base=BASE)
    scene.make("applications/subscriptions", delivery.subscription("gscl/applications/na/alarms", "by_scl"), base=BASE)
    scene.make("applications", application("w"), base=BASE)
    request, = gateway.wait(1)
    checks.equal(request.target, "/om2m/gscl/applications/na/alarms", "request target")
    checks.equal(request.field("Authorization"), delivery.nscl_test.basic("admin", "admin"), "the credential these gateways know")
    checks.that(scene.checked(request).qualified, "in their dialect")


def own_application(scene: Scene):
    """A contact below an application of ours, `nscl/applications/...`, is passed on to it."""
    scene.make("applications", application("own", f"<m2m:aPoCPaths><m2m:aPoCPath><m2m:path>{scene.receiver.uri('/own')}</m2m:path></m2m:aPoCPath></m2m:aPoCPaths>"),
               base=BASE)
    scene.make("containers/subscriptions", delivery.subscription("nscl/applications/own/alarms", "s"), base=BASE)
    scene.make("containers", container("told"), base=BASE)
    events(scene, "/own/alarms", ["STATUS_CREATED"])


def both_registered(scene: Scene):
    """Acceptance row 8: one subscribed on `scls` sees gateways of both kinds."""
    scene.subscribe("scls", "/scls", "s", base=BASE)
    kind = "<m2m:link>%s</m2m:link><m2m:mgmtProtocolType>OMA DM</m2m:mgmtProtocolType>"
    scene.make("scls", document("scl", f"<m2m:pocs><reference>{NOWHERE}/om2m</reference></m2m:pocs>" + kind % "g2", sclId="g2"), base=BASE)
    scene.make("scls", document("scl", kind % "http://ong.example.net/m2m", sclId="ong"))
    told = events(scene, "/scls", ["STATUS_CREATED"] * 2)
    scene.checks.that('"g2"' in told[0].text and '"ong"' in told[1].text, "both are told of")


if __name__ == "__main__":
    delivery.run((children_of_a_collection, content_instances, same_contact_twice, each_event_in_order, contact_by_scl, own_application, both_registered))
