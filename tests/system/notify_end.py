#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The last notification of a subscription, and the subscriptions that end without one; procedures 5.9.4. Shows: R4.7, R4.16."""

import time

import delivery
import nscl_test
from delivery import Scene, access_right, application, container, document, strings


def deleted(scene: Scene):
    checks = scene.checks
    scene.make("applications", application("d"))
    own = scene.subscribe("applications/d", "/deleted", "s")
    scene.notified("/deleted", 1)
    checks.status(scene.admin.delete("/m2m/applications/d"), 204, "delete")
    last = scene.notified("/deleted", 2)[1]
    scene.error_of(last, "STATUS_DELETED")
    checks.equal(last.reference, f"http://{scene.daemon.host}{own}", "subscriptionReference of what is gone")
    checks.status(scene.admin.get(own), 404, "the subscription is gone")


def deleted_by_cascade(scene: Scene):
    """Subscriptions anywhere below the deleted resource, of single resources and of collections; what was not yet told comes first."""
    checks, slow = scene.checks, scene.another_receiver()
    path = scene.container("cascade/c")
    places = {"/of-application": "applications/cascade", "/of-containers": "applications/cascade/containers", "/of-container": path,
              "/of-instances": f"{path}/contentInstances", "/of-groups": "applications/cascade/groups"}
    scene.add(path, "i0")
    for contact, resource in places.items():
        scene.subscribe(resource, contact, "s")
        scene.notified(contact, 1)
    scene.subscribe(f"{path}/contentInstances", "/slow", "t", receiver=slow)
    slow.wait(1)
    slow.hold()
    scene.add(path, "i1")
    slow.wait(2)
    scene.notified("/of-instances", 2)
    checks.status(scene.admin.delete("/m2m/applications/cascade"), 204, "delete the application")
    slow.release()
    for contact, resource in places.items():
        count = 3 if contact == "/of-instances" else 2
        last = scene.notified(contact, count)[-1]
        scene.error_of(last, "STATUS_DELETED")
        checks.equal(last.reference, f"{scene.base}/{resource}/subscriptions/s", f"{contact}: subscriptionReference")
    told = scene.notified("/slow", 3, slow)
    checks.equal([notify.status for notify in told], ["STATUS_OK", "STATUS_OK", "STATUS_DELETED"], "a slow receiver is told in order")


def deleted_by_expiry(scene: Scene):
    checks = scene.checks
    expires = nscl_test.iso(time.time() + 4)
    scene.make("applications", application("brief", f"<m2m:expirationTime>{expires}</m2m:expirationTime>"))
    scene.make("applications/brief/containers", container("c"))
    scene.subscribe("applications/brief", "/expiring", "s")
    scene.subscribe("applications/brief/containers/c", "/expiring-below", "s")
    for contact in ("/expiring", "/expiring-below"):
        first, last = scene.notified(contact, 2)
        checks.equal(first.status, "STATUS_OK", f"{contact}: the first")
        scene.error_of(last, "STATUS_DELETED")
    checks.status(scene.admin.get("/m2m/applications/brief"), 404, "the application is gone")


def subscription_expires(scene: Scene):
    checks = scene.checks
    scene.make("applications", application("x"))
    own = scene.subscribe("applications/x", "/expired", "s", expires=nscl_test.iso(time.time() + 3))
    scene.notified("/expired", 1)
    last = scene.notified("/expired", 2)[-1]
    scene.error_of(last, "STATUS_EXPIRED")
    checks.equal(last.reference, f"http://{scene.daemon.host}{own}", "subscriptionReference")
    checks.status(scene.admin.get(own), 404, "the subscription is gone")
    # Refreshed in time it lives on (10.25).
    own = scene.subscribe("applications/x", "/refreshed", "r", expires=nscl_test.iso(time.time() + 4))
    later = nscl_test.iso(time.time() + 3600)
    refresh = document("subscription", f"<m2m:expirationTime>{later}</m2m:expirationTime>")
    checks.status(scene.admin.put(own, refresh), (200, 204), "refresh")
    scene.subscribe("applications/x", "/witness", "w", expires=nscl_test.iso(time.time() + 4))
    scene.error_of(scene.notified("/witness", 2)[1], "STATUS_EXPIRED")
    checks.status(scene.admin.get(own), 200, "a refreshed subscription outlives its first expirationTime")
    scene.notified("/refreshed", 1)


def right_lost(scene: Scene):
    checks = scene.checks
    watcher = scene.daemon.client(scene.daemon.principal("watcher", "pw", entity="applications/watcher"))
    scene.make("accessRights", access_right("see", "watcher", "READ", "DISCOVER"))
    guarded = "<m2m:accessRightID>/m2m/accessRights/see</m2m:accessRightID>"
    scene.make("applications", application("guarded", guarded))
    scene.make("applications/guarded/containers", container("c", guarded))
    inside = "applications/guarded/containers/c/contentInstances"
    own = scene.subscribe("applications/guarded", "/guarded", "s", watcher)
    scene.subscribe(inside, "/guarded-instances", "s", watcher)
    scene.notified("/guarded", 1)
    scene.add("applications/guarded/containers/c", "open")
    checks.equal(scene.notified("/guarded-instances", 1)[0].ids(), ["open"], "with the right")
    checks.status(scene.admin.put("/m2m/accessRights/see", access_right(None, "somebody", "READ")), (200, 204), "take the right away")
    checks.status(scene.admin.put("/m2m/applications/guarded", application(None, guarded + strings("secret"))), (200, 204), "update")
    scene.add("applications/guarded/containers/c", "hidden", "secret")
    for contact in ("/guarded", "/guarded-instances"):
        last = scene.notified(contact, 2)[1]
        scene.error_of(last, "STATUS_PERMISSION_DENIED")
        checks.that(b"secret" not in last.body and "secret" not in last.text and "hidden" not in last.text, "nothing of it is shown")
    scene.gone(own)
    checks.status(scene.admin.put("/m2m/applications/guarded", application(None, guarded)), (200, 204), "a further update")
    scene.add("applications/guarded/containers/c", "later")
    bystander(scene, 1)
    scene.notified("/guarded", 2), scene.notified("/guarded-instances", 2)


def bystander(scene: Scene, number):
    """A notification that left after everything before: what has not come until then was not sent."""
    scene.make("applications", application(f"bystander{number}"))
    scene.subscribe(f"applications/bystander{number}", f"/bystander{number}", "s")
    scene.notified(f"/bystander{number}", 1)


def unsubscribed(scene: Scene):
    """Its own end by its owner's hand is no news; what was pending is not sent either."""
    checks, slow = scene.checks, scene.another_receiver()
    path = scene.container("un/c")
    scene.add(path, "i0")
    own = scene.subscribe("applications/un", "/unsubscribed", "s")
    pending = scene.subscribe(f"{path}/contentInstances", "/pending", "s", receiver=slow, pause=1000)
    scene.notified("/unsubscribed", 1), scene.notified("/pending", 1, slow)
    scene.add(path, "i1")   # waits for the pause
    checks.status(scene.admin.delete(pending), 204, "unsubscribe with a notification pending")
    checks.status(scene.admin.delete(own), 204, "unsubscribe")
    checks.status(scene.admin.put("/m2m/applications/un", application(None, strings("new"))), (200, 204), "update")
    scene.subscribe(f"{path}/contentInstances", "/later", "s", receiver=slow, until=nscl_test.iso(time.time() + 3))
    scene.notified("/later", 1, slow)
    scene.notified("/unsubscribed", 1), scene.notified("/pending", 1, slow)
    checks.status(scene.admin.delete("/m2m/applications/un"), 204, "delete")
    scene.error_of(scene.notified("/later", 2, slow)[1], "STATUS_DELETED")
    scene.notified("/unsubscribed", 1), scene.notified("/pending", 1, slow)


if __name__ == "__main__":
    delivery.run((deleted, deleted_by_cascade, deleted_by_expiry, subscription_expires, right_lost, unsubscribed))
