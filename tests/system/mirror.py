#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A container as the contact of a subscription: what is notified to it is stored in it (TS 102 921 10.19, 10.25). Shows: R6.1."""

import base64
import json

import nscl_test
from nscl_test import Checks, Daemon, until

M2M = 'xmlns:m2m="http://uri.etsi.org/m2m" xmlns:xmime="http://www.w3.org/2005/05/xmlmime"'
XML, JSON = "application/xml", "application/json"
CONTAINERS = "/m2m/applications/metering/containers"


def coded(text):
    return base64.b64encode(text.encode()).decode()


def instance(name, text, media="text/plain"):
    identity = f' m2m:id="{name}"' if name else ""
    return (f'<m2m:contentInstance {M2M}{identity}><m2m:content xmime:contentType="{media}">'
            f"<m2m:textContent>{text}</m2m:textContent></m2m:content></m2m:contentInstance>")


def instance_json(name, text):
    return json.dumps({"contentInstance": {"id": name, "content": {"contentType": "text/plain", "textContent": text}}})


def notify(representation=None, media=XML):
    part = f'<representation xmime:contentType="{media}">{coded(representation)}</representation>' if representation else ""
    reference = "<subscriptionReference>http://elsewhere.example.net/m2m/applications/subscriptions/s</subscriptionReference>"
    return f"<m2m:notify {M2M}><m2m:statusCode>STATUS_OK</m2m:statusCode>{part}{reference}</m2m:notify>"


def collection(*parts):
    return f"<m2m:notifyCollection {M2M}>{''.join(parts)}</m2m:notifyCollection>"


def notify_json(representation=None, media=JSON):
    out = {"statusCode": "STATUS_OK", "subscriptionReference": "http://elsewhere.example.net/m2m/s"}
    if representation:
        out["representation"] = {"contentType": media, "$t": coded(representation)}
    return json.dumps({"notify": out})


def make(client, *names):
    client.post("/m2m/applications", f'<m2m:application {M2M} appId="metering"/>')
    for name in names:
        client.post(CONTAINERS, f'<m2m:container {M2M} m2m:id="{name}"/>')


def stored(client, name):
    """(id, octets) of the instances of a container, oldest first."""
    listed = client.get(f"{CONTAINERS}/{name}/contentInstances", headers={"Accept": JSON})
    found = json.loads(listed.body)["contentInstances"]["contentInstanceCollection"].get("contentInstance", [])
    return [(entry["id"], entry["content"]["contentType"], client.get(f"{CONTAINERS}/{name}/contentInstances/{entry['id']}/content").body.decode())
            for entry in found]


def unpacking(checks: Checks, client):
    checks.section("a notify is unpacked")
    place = f"{CONTAINERS}/direct/contentInstances"
    first = ("a", "text/plain", "one")
    answer = client.post(place, notify(instance("a", "one")))
    checks.status(answer, 204, "a contentInstance")
    checks.equal(stored(client, "direct"), [first], "stored with its id, type and content")
    checks.status(client.post(place, notify(instance("a", "one"))), 204, "the same again")
    checks.equal(stored(client, "direct"), [first], "is stored once")
    checks.status(client.post(place, notify(instance("a", "other"))), 409, "another content under a taken id")
    checks.status(client.post(place, notify(instance_json("b", "two"), JSON)), 204, "JSON inside XML")
    checks.status(client.post(place, notify_json(instance_json("c", "three")), content_type=JSON), 204, "JSON")
    two = f'<m2m:contentInstances {M2M}><m2m:contentInstanceCollection>{instance("d", "4")}{instance("e", "5")}</m2m:contentInstanceCollection></m2m:contentInstances>'
    checks.status(client.post(place, notify(two)), 204, "contentInstances")
    deleted = f"<m2m:errorInfo {M2M}><m2m:statusCode>STATUS_DELETED</m2m:statusCode></m2m:errorInfo>"
    checks.status(client.post(place, collection(notify(instance("f", "6")), notify(deleted), notify(instance("g", "7")))), 204, "a notifyCollection")
    names = [name for name, _, _ in stored(client, "direct")]
    checks.equal(names, ["a", "b", "c", "d", "e", "f", "g"], "in the order in which they came")
    ahead = "CI_zzzzz"   # of the form of the ids given here, and not given yet
    for _ in range(2):
        checks.status(client.post(place, notify(instance(ahead, "8"))), 204, "an id that this SCL keeps for itself")
    checks.equal(stored(client, "direct")[7:], [("peer_" + ahead, "text/plain", "8")], "is stored under another, and once")


def refusing(checks: Checks, client, stranger):
    checks.section("what is refused")
    place = f"{CONTAINERS}/refusing/contentInstances"
    both = f'<m2m:contentInstances {M2M}><m2m:contentInstanceCollection>{instance("x", "1")}{instance(None, "2")}</m2m:contentInstanceCollection></m2m:contentInstances>'
    for body, text in ((notify(), "no representation"), (notify("nothing"), "a text as representation"),
                       (notify(instance("x", "1"), "text/plain"), "another media type"), (notify(instance(None, "1")), "an instance without id"),
                       (notify(instance("x", "")), "an instance without content"), (notify(instance("latest", "1")), "an id of the tree's own"),
                       (notify(f'<m2m:container {M2M}/>'), "another resource"), (notify(both), "one of two without id"),
                       (collection(), "an empty collection"), (collection(notify()), "a collection without instances")):
        answer = client.post(place, body)
        checks.status(answer, 400, text)
    checks.status(client.post(place, notify_json(), content_type=JSON), 400, "no representation, in JSON")
    checks.status(stranger.post(place, notify(instance("x", "1"))), (401, 404), "no right to create")
    checks.equal(stored(client, "refusing"), [], "nothing was stored")
    foreign = '<notify xmlns="http://example.net/other"><text/></notify>'
    checks.status(client.post(place, foreign), 201, "a notify of another vocabulary is content")
    checks.equal([text for _, _, text in stored(client, "refusing")], [foreign], "as it came")


def mirroring(checks: Checks, client, form):
    checks.section(f"a subscription whose contact is a container, {form}")
    source, mirror = f"source-{form}", f"mirror-{form}"
    contact = f"{CONTAINERS}/{mirror}/contentInstances"
    place = f"{CONTAINERS}/{source}/contentInstances"
    client.post(place, instance("before", "0"))
    if form == "xml":
        body, media = f"<m2m:subscription {M2M}><m2m:contact>{contact}</m2m:contact></m2m:subscription>", XML
    else:
        body, media = json.dumps({"subscription": {"contact": contact}}), JSON
    checks.status(client.post(place + "/subscriptions", body, content_type=media), 201, "subscribed")
    client.post(place, instance("named", "1"))
    client.post(place, b"\x00\xff raw", content_type="application/octet-stream")
    client.post(place, "second", content_type="text/plain")
    checks.that(until(lambda: len(stored_ids(client, mirror)) == 4), f"all arrive: {stored_ids(client, mirror)}")
    checks.equal(stored_ids(client, mirror), stored_ids(client, source), "with the ids that they have")
    raw = stored_ids(client, source)[2]
    copy = client.get(f"{contact}/{raw}/content")
    checks.equal((copy.body, copy.field("Content-Type")), (b"\x00\xff raw", "application/octet-stream"), "octets and media type")


def stored_ids(client, name):
    listed = client.get(f"{CONTAINERS}/{name}/contentInstances?metaDataOnly=true", headers={"Accept": JSON})
    return [entry["id"] for entry in json.loads(listed.body)["contentInstances"]["contentInstanceCollection"].get("contentInstance", [])]


def main(checks: Checks):
    with Daemon() as daemon:
        client = daemon.client(daemon.principal("metering", "secret", entity="applications/metering"))
        stranger = daemon.client(daemon.principal("stranger", "secret", entity="applications/stranger"))
        make(client, "direct", "refusing", "source-xml", "mirror-xml", "source-json", "mirror-json")
        unpacking(checks, client)
        refusing(checks, client, stranger)
        mirroring(checks, client, "xml")
        mirroring(checks, client, "json")
        checks.that(daemon.alive(), "the daemon runs")


nscl_test.main(main)
