#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What waits for a subscriber is told to whoever subscribed (docs/delivery.md, What waits). Shows: R4.7."""

import time

import nscl_test
from nscl_test import Checks, Daemon
from receiver import Receiver

M2M = 'xmlns:m2m="http://uri.etsi.org/m2m" xmlns:xmime="http://www.w3.org/2005/05/xmlmime"'
HOME = "applications/metering"
NAMES = ("X-Nscl-Pending", "X-Nscl-Failing-Since", "X-Nscl-Last-Error")


def fields(client, target, **options):
    answer = client.request(options.pop("method", "GET"), target, **options)
    return tuple(answer.field(name) for name in NAMES)


def until(client, target, wanted, seconds=15):
    deadline = time.monotonic() + seconds
    while not wanted(fields(client, target)) and time.monotonic() < deadline:
        time.sleep(0.02)
    return fields(client, target)


def subscription(contact, name="s"):
    return f'<m2m:subscription {M2M} m2m:id="{name}"><m2m:contact>{contact}</m2m:contact></m2m:subscription>'


def states(checks: Checks, client, admin, reader, receiver):
    checks.section("a receiver that fails")
    receiver.answers["/state"] = 503
    place = f"/m2m/{HOME}/containers/c/subscriptions"
    before = nscl_test.iso(time.time() - 1)
    checks.status(client.post(place, subscription(receiver.uri("/state"))), 201, "subscribed")
    target = place + "/s"
    pending, since, error = until(client, target, lambda found: found[1])
    checks.equal((pending, error), ("1", "STATUS_SERVICE_UNAVAILABLE"), "the state has still to be told, and why")
    checks.that(since and before <= since <= nscl_test.iso(time.time() + 1), f"since when: {since}")
    checks.equal(fields(client, target, method="HEAD")[2], "STATUS_SERVICE_UNAVAILABLE", "HEAD tells it too")
    checks.equal(fields(admin, target)[2], "STATUS_SERVICE_UNAVAILABLE", "operators are told")
    checks.equal(fields(client, target + "/contact"), (None, None, None), "a part of it tells nothing")
    checks.equal(fields(client, f"/m2m/{HOME}/containers/c"), (None, None, None), "other resources neither")
    first = client.get(target)
    receiver.answers["/state"] = 204
    checks.equal(until(client, target, lambda found: found[0] == "0"), ("0", None, None), "then it is told")
    checks.equal(client.get(target).field("ETag"), first.field("ETag"), "the subscription itself did not change")

    checks.section("somebody else's subscription")
    receiver.answers["/reader"] = 503
    checks.status(reader.post(place, subscription(receiver.uri("/reader"), "r")), 201, "a reader subscribes")
    until(reader, place + "/r", lambda found: found[1])
    checks.equal(fields(reader, place + "/r")[0], "1", "and is told")
    checks.status(client.get(place + "/r"), 200, "whoever may delete the resource sees the subscription")
    checks.equal(fields(client, place + "/r"), (None, None, None), "but not what waits")


def held(checks: Checks, client, receiver):
    checks.section("notifications that are held")
    receiver.answers["/held"] = 503
    place = f"/om2m/nscl/{HOME}/containers/c/contentInstances"
    made = client.post(place + "/subscriptions", subscription(receiver.uri("/held"), "h"))
    checks.status(made, 201, "a subscription of OM2M's dialect")
    target = place + "/subscriptions/h"
    checks.equal(fields(client, target), ("0", None, None), "nothing happened yet")
    for value in ("a", "b", "c"):
        client.post(f"/m2m/{HOME}/containers/c/contentInstances", value, content_type="text/plain")
    checks.equal(until(client, target, lambda found: found[1])[0], "3", "three are held")
    receiver.answers["/held"] = 204
    checks.equal(until(client, target, lambda found: found[0] == "0"), ("0", None, None), "all have arrived")


def main(checks: Checks):
    receiver = Receiver()
    settings = {"NSCL_OUTGOING_ALLOWED_NETWORKS": "127.0.0.0/8", "NSCL_DELIVERY_FIRST_RETRY": "1s"}
    with Daemon(env=settings) as daemon:
        client = daemon.client(daemon.principal("metering", "secret", entity=HOME))
        reader = daemon.client(daemon.principal("reader", "secret", entity="applications/reader"))
        client.post("/m2m/applications", f'<m2m:application {M2M} appId="metering"/>')
        flags = "".join(f"<m2m:flag>{flag}</m2m:flag>" for flag in ("READ", "WRITE", "DELETE", "CREATE", "DISCOVER"))
        holders = "".join(f"<m2m:applicationID>{name}</m2m:applicationID>" for name in ("metering", "reader"))
        permission = (f'<m2m:permission m2m:id="p"><m2m:permissionFlags>{flags}</m2m:permissionFlags><m2m:permissionHolders>'
                      f"<m2m:applicationIDs>{holders}</m2m:applicationIDs></m2m:permissionHolders></m2m:permission>")
        admin = daemon.admin()
        made = admin.post("/m2m/accessRights", f'<m2m:accessRight {M2M} m2m:id="both"><m2m:permissions>{permission}</m2m:permissions><m2m:selfPermissions>{permission}</m2m:selfPermissions></m2m:accessRight>')
        checks.status(made, 201, "a right for both")
        client.post(f"/m2m/{HOME}/containers", f'<m2m:container {M2M} m2m:id="c"><m2m:accessRightID>/m2m/accessRights/both</m2m:accessRightID></m2m:container>')
        states(checks, client, admin, reader, receiver)
        held(checks, client, receiver)
    receiver.close()


nscl_test.main(main)
