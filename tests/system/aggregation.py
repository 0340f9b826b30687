#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Notifications of a group's members, collected by this SCL (TS 102 921 10.23, 10.25). Shows: R4.3, R6.1, R6.3."""

import base64
import json
import re
import time
import xml.etree.ElementTree as ElementTree

import nscl_test
from nscl_test import Checks, Connection, Daemon, compose
from receiver import Receiver

M2M = 'xmlns:m2m="http://uri.etsi.org/m2m" xmlns:xmime="http://www.w3.org/2005/05/xmlmime"'
Q = "{http://uri.etsi.org/m2m}"
JSON = "application/json"
HOME = "/m2m/applications/metering"


def container_with_group(client, group, *containers):
    """A group of new containers; their paths."""
    paths = [f"{HOME}/containers/{name}" for name in containers]
    for name in containers:
        client.post(f"{HOME}/containers", f'<m2m:container {M2M} m2m:id="{name}"/>')
    make_group(client, group, paths)
    return paths


def make_group(client, group, members, kind="CONTAINER"):
    references = "".join(f"<reference>{path}</reference>" for path in members)
    client.post(f"{HOME}/groups", f'<m2m:group {M2M} m2m:id="{group}"><m2m:memberType>{kind}</m2m:memberType><m2m:members>{references}</m2m:members></m2m:group>')


def members(group, suffix="contentInstances"):
    return f"{HOME}/groups/{group}/membersContent/{suffix}"


def subscription(contact, aggregate=None, pace=None, name="s"):
    parts = f"<m2m:minimalTimeBetweenNotifications>{pace}</m2m:minimalTimeBetweenNotifications>" if pace is not None else ""
    parts += f"<m2m:contact>{contact}</m2m:contact>"
    parts += f"<m2m:aggregateURI>{aggregate}</m2m:aggregateURI>" if aggregate is not None else ""
    return f'<m2m:subscription {M2M} m2m:id="{name}">{parts}</m2m:subscription>'


def text(value):
    return f'<m2m:contentInstance {M2M}><m2m:content xmime:contentType="text/plain"><m2m:textContent>{value}</m2m:textContent></m2m:content></m2m:contentInstance>'


def subscribe(checks, client, group, body, **options):
    answer = client.post(members(group) + "/subscriptions", body, **options)
    checks.status(answer, 200, f"subscription at the members of {group}")
    return re.findall(rb"STATUS_\w+", answer.body)


def told(collection):
    """(member's container, texts) of each notify in a notifyCollection."""
    root = ElementTree.fromstring(collection)
    entries = []
    for notify in root if root.tag == Q + "notifyCollection" else []:
        document = base64.b64decode(notify.findtext("representation"))
        name = re.search(r"containers/([^/]+)/", notify.findtext("subscriptionReference"))[1]
        entries.append((name, re.findall(r"<m2m:textContent>([^<]*)<", document.decode())))
    return entries


def collecting(checks: Checks, client, receiver):
    checks.section("one notifyCollection for what the members notify")
    one, two = container_with_group(client, "both", "c1", "c2")
    contact = receiver.uri("/both?x=1")
    codes = subscribe(checks, client, "both", subscription(contact))
    checks.equal(codes, [b"STATUS_CREATED", b"STATUS_CREATED"], "at both members")
    stored = client.get(f"{one}/contentInstances/subscriptions/s")
    uri = re.search(rb"aggregateURI>([^<]+)<", stored.body)
    checks.that(uri and f"http://{client.host}/m2m-channels/collect/".encode() in uri[1], f"an aggregateURI of this SCL: {stored.text}")
    checks.that(contact.encode() in stored.body, "contact stays what it was")
    client.post(members("both"), text("a"))
    bodies = receiver.wait_at("/both?x=1", 1)
    checks.equal(sorted(told(bodies[0])), [("c1", ["a"]), ("c2", ["a"])], "both in one")
    root = ElementTree.fromstring(bodies[0])
    for notify in root:
        checks.equal(notify.findtext("contact"), contact, "the final contact stands in each")
        checks.equal(notify.findtext("requestingEntity"), f"http://{client.host}/m2m", "and who notifies")
    if nscl_test.have_schemas():
        checks.equal(nscl_test.validate(bodies[0]), None, "valid by the schema")
    client.post(f"{two}/contentInstances", text("b"))
    bodies = receiver.wait_at("/both?x=1", 2)
    checks.equal(told(bodies[1]), [("c2", ["b"])], "a single one is a notifyCollection too")
    for value in ("c", "d", "e"):
        client.post(f"{one}/contentInstances", text(value))
    receiver.wait_at("/both?x=1", 3)
    checks.equal(arrived(receiver, "/both?x=1", "c1", "e"), ["a", "c", "d", "e"], "nothing is lost, in order")
    return uri[1].decode()


def arrived(receiver, path, name, last, seconds=15):
    """Texts of one container in the order of their arrival, once `last` is among them."""
    deadline = time.monotonic() + seconds
    while True:
        found = [value for body in receiver.at(path) for who, values in told(body) if who == name for value in values]
        if last in found or time.monotonic() > deadline:
            return found
        receiver.wait_at(path, len(receiver.at(path)) + 1, deadline - time.monotonic())


def destinations(checks: Checks, client, receiver):
    checks.section("where collections go")
    container_with_group(client, "elsewhere", "d1", "d2")
    subscribe(checks, client, "elsewhere", subscription(receiver.uri("/contact"), aggregate=receiver.uri("/aggregate"), pace=300))
    client.post(members("elsewhere"), text("a"))
    checks.equal(arrived(receiver, "/aggregate", "d1", "a"), ["a"], "the aggregateURI of the subscriber")
    checks.equal(receiver.at("/contact"), [], "and not its contact")
    container_with_group(client, "empty", "d3")
    subscribe(checks, client, "empty", subscription(receiver.uri("/empty"), aggregate=""))
    client.post(members("empty"), text("a"))
    checks.equal(arrived(receiver, "/empty", "d3", "a"), ["a"], "an empty aggregateURI means contact")
    answer = client.post(members("empty") + "/subscriptions", subscription(receiver.uri("/x"), aggregate="somewhere", name="t"))
    checks.status(answer, 400, "an aggregateURI that is no address")

    make_group(client, "outer", [f"{HOME}/groups/elsewhere", f"{HOME}/containers/d3"], "MIXED")
    subscribe(checks, client, "outer", subscription(receiver.uri("/outer"), name="o"))
    client.post(members("outer"), text("n"))
    found = {name: arrived(receiver, "/outer", name, "n")[-1:] for name in ("d1", "d2", "d3")}
    checks.equal(found, {"d1": ["n"], "d2": ["n"], "d3": ["n"]}, "members of a group in a group")
    checks.equal({ElementTree.fromstring(body).tag for body in receiver.at("/outer")}, {Q + "notifyCollection"}, "are collected once")

    container_with_group(client, "mirrored", "m1", "m2")
    client.post(f"{HOME}/containers", f'<m2m:container {M2M} m2m:id="mirror"/>')
    subscribe(checks, client, "mirrored", subscription(f"{HOME}/containers/mirror/contentInstances"))
    client.post(members("mirrored"), text("a"))
    count = f"{HOME}/containers/mirror/contentInstances/currentNrOfInstances"
    deadline = time.monotonic() + 15
    while b">2<" not in client.get(count).body and time.monotonic() < deadline:
        time.sleep(0.05)
    checks.that(b">2<" in client.get(count).body, "a container mirrors those of a group")


def as_json(checks: Checks, client, receiver):
    checks.section("JSON")
    container_with_group(client, "json", "j1", "j2")
    body = json.dumps({"subscription": {"contact": receiver.uri("/json")}})
    subscribe(checks, client, "json", body, content_type=JSON)
    client.post(members("json"), text("a"))
    bodies = receiver.wait_at("/json", 1)
    entries = json.loads(bodies[0])["notifyCollection"]["notify"]
    checks.equal(sorted(re.search("containers/(..)", entry["subscriptionReference"])[1] for entry in entries), ["j1", "j2"], "both in one")
    checks.equal({entry["representation"]["contentType"] for entry in entries}, {JSON}, "representations in JSON")


def polling(checks: Checks, client):
    checks.section("a channel as contact")
    container_with_group(client, "polled", "p1", "p2")
    made = client.post(f"{HOME}/notificationChannels", f"<m2m:notificationChannel {M2M}><m2m:channelType>LONG_POLLING</m2m:channelType></m2m:notificationChannel>")
    contact = re.search(rb"contactURI>([^<]+)<", made.body)[1].decode()
    poll = re.search(rb"longPollingURI>([^<]+)<", made.body)[1].decode()
    subscribe(checks, client, "polled", subscription(contact))
    client.post(members("polled"), text("a"))
    answer = client.get(poll[poll.index("/m2m-channels"):])
    checks.equal(sorted(told(answer.body)), [("p1", ["a"]), ("p2", ["a"])], "the collection is polled")


def failing(checks: Checks, daemon, client, receiver):
    checks.section("receivers that fail or refuse")
    one, _ = container_with_group(client, "failing", "f1", "f2")
    receiver.answers["/failing"] = 503
    subscribe(checks, client, "failing", subscription(receiver.uri("/failing")))
    client.post(members("failing"), text("a"))
    receiver.wait_at("/failing", 1)
    client.post(f"{one}/contentInstances", text("b"))
    daemon.kill()
    daemon.start()
    client.post(f"{one}/contentInstances", text("c"))
    failed = len(receiver.wait_at("/failing", len(receiver.at("/failing")) + 1))
    receiver.answers["/failing"] = 204
    receiver.wait_at("/failing", failed + 1)
    receiver.forget(keep=1)
    texts = arrived(receiver, "/failing", "f1", "c")   # what was on its way when the daemon was killed may come twice
    once = [value for index, value in enumerate(texts) if value not in texts[:index]]
    checks.equal(once, ["a", "b", "c"], f"all arrive after a failure and a kill, in order: {texts}")

    one, two = container_with_group(client, "refusing", "r1", "r2")
    receiver.answers["/refusing"] = 404
    subscribe(checks, client, "refusing", subscription(receiver.uri("/refusing")))
    client.post(members("refusing"), text("a"))
    receiver.wait_at("/refusing", 1)
    deadline = time.monotonic() + 15
    places = [f"{path}/contentInstances/subscriptions/s" for path in (one, two)]
    while any(client.get(place).status == 200 for place in places) and time.monotonic() < deadline:
        client.post(members("refusing"), text("again"))
        time.sleep(0.1)
    checks.equal([client.get(place).status for place in places], [404, 404], "the members' subscriptions end")
    receiver.forget()
    receiver.answers["/refusing"] = 204
    subscribe(checks, client, "refusing", subscription(receiver.uri("/refusing")))
    client.post(members("refusing"), text("new"))
    checks.equal(arrived(receiver, "/refusing", "r1", "new")[-1:], ["new"], "who subscribes again is told again")


def refusing_one(checks: Checks, client, receiver):
    checks.section("a receiver that refuses one of the members")
    one, two = container_with_group(client, "choosy", "o1", "o2")
    first, second = (f"{path}/contentInstances/subscriptions/s" for path in (one, two))

    def answer(body):
        found = re.findall(rb"subscriptionReference>([^<]+)<", body)
        states = "".join(f"<status><targetId>{uri.decode()}</targetId><primitiveType>notify</primitiveType><statusCode>"
                         f"{'STATUS_NOT_FOUND' if b'/o1/' in uri else 'STATUS_OK'}</statusCode></status>" for uri in found)
        text_ = f'<m2m:notifyCollectionResponse {M2M}>{states}</m2m:notifyCollectionResponse>'
        if nscl_test.have_schemas():
            checks.equal(nscl_test.validate(text_), None, "the receiver's answer is valid")
        return 200, text_.encode()

    receiver.answers["/choosy"] = answer
    subscribe(checks, client, "choosy", subscription(receiver.uri("/choosy")))
    client.post(members("choosy"), text("a"))
    receiver.wait_at("/choosy", 1)
    deadline = time.monotonic() + 15
    while client.get(first).status == 200 and time.monotonic() < deadline:
        client.post(members("choosy"), text("b"))
        time.sleep(0.1)
    checks.equal([client.get(place).status for place in (first, second)], [404, 200], "its subscription ends, the other's does not")
    receiver.forget()
    client.post(f"{two}/contentInstances", text("c"))
    checks.equal(arrived(receiver, "/choosy", "o2", "c")[-1:], ["c"], "which goes on telling")


def remote_members(checks: Checks, daemon, receiver):
    checks.section("members of other SCLs")
    admin = daemon.admin()
    link = receiver.uri("/m2m")
    gateway = daemon.client(daemon.principal("gw1", "secret", scl="gw1"))
    made = gateway.post("/m2m/scls", f'<m2m:scl {M2M} m2m:sclId="gw1"><m2m:link>{link}</m2m:link><m2m:mgmtProtocolType>OMA_DM</m2m:mgmtProtocolType></m2m:scl>')
    checks.status(made, 201, "an SCL registers")
    poc = f"<m2m:contactInfo><m2m:contactURI>{receiver.uri('')}</m2m:contactURI></m2m:contactInfo><m2m:expirationTime>{nscl_test.iso(time.time() + 3600)}</m2m:expirationTime>"
    made = gateway.post("/m2m/scls/gw1/m2mPocs", f"<m2m:m2mPoc {M2M}>{poc}<m2m:onlineStatus>ONLINE</m2m:onlineStatus></m2m:m2mPoc>")
    checks.status(made, 201, "with a point of contact")
    admin.post("/m2m/groups", f'<m2m:group {M2M} m2m:id="far"><m2m:memberType>MIXED</m2m:memberType><m2m:members><reference>{link}/a</reference><reference>{link}/b</reference></m2m:members></m2m:group>')
    receiver.answers["/m2m/a/subscriptions"] = 201
    receiver.answers["/m2m/b/subscriptions"] = lambda body: 400 if b"aggregateURI" in body else 201
    answer = admin.post("/m2m/groups/far/membersContent/subscriptions", subscription(receiver.uri("/far")))
    checks.equal(re.findall(rb"STATUS_\w+", answer.body), [b"STATUS_CREATED"] * 2, f"both subscribed: {answer.text[:400]}")
    first, second = receiver.at("/m2m/a/subscriptions"), receiver.at("/m2m/b/subscriptions")
    checks.equal([b"aggregateURI" in body for body in first + second], [True, True, False], "release 1 gets the subscription as it came")
    uri = re.search(rb"aggregateURI>([^<]+)<", first[0])[1].decode()
    path = uri[uri.index("/m2m-channels"):]
    nobody = daemon.client()
    notify = f"<m2m:notify {M2M}><m2m:statusCode>STATUS_OK</m2m:statusCode><subscriptionReference>{link}/a/subscriptions/s</subscriptionReference><contact>{receiver.uri('/far')}</contact></m2m:notify>"
    checks.status(nobody.post(path, notify), 204, "a member notifies without a credential")
    checks.status(nobody.post(path, f"<m2m:notifyCollection {M2M}>{notify}{notify}</m2m:notifyCollection>"), 204, "several at once")
    deadline = time.monotonic() + 15
    while sum(body.count(b"<m2m:notify>") for body in receiver.at("/far")) < 3 and time.monotonic() < deadline:
        time.sleep(0.05)
    checks.equal(sum(body.count(b"<m2m:notify>") for body in receiver.at("/far")), 3, "each entry arrives")
    hostile(checks, daemon, nobody, path, notify)
    admin.delete("/m2m/groups/far")
    checks.status(nobody.post(path, notify), 404, "the group is gone")


def hostile(checks: Checks, daemon, nobody, path, notify):
    checks.section("an aggregateURI cannot be made up")
    head, name, rest = path.rpartition("/")[0].rpartition("/")[0], path.split("/")[-2], path.split("/")[-1]
    group, mark = name.split("-")
    changed = "0" if mark[0] != "0" else "1"
    other = base64.urlsafe_b64encode(base64.urlsafe_b64decode(rest + "=" * (-len(rest) % 4)).replace(b"/far", b"/far2")).decode().rstrip("=")
    for target, what in ((f"{head}/{group}-{changed}{mark[1:]}/{rest}", "another mark"), (f"{head}/{name}/{other}", "another destination"),
                         (f"{head}/{group}0-{mark}/{rest}", "another group"), (f"{head}/{name}", "no parameters"), (f"{head}/{name}/", "empty ones"),
                         (f"{head}/", "nothing"), (f"{head}/-/", "dashes"), (f"{head}/{name}/{rest}?x=1", "a query")):
        checks.status(nobody.post(target, notify), 404, what)
    checks.status(nobody.get(path), 405, "GET")
    checks.status(nobody.post(path, "no document"), 400, "no document")
    checks.status(nobody.post(path, f"<m2m:notifyCollection {M2M}/>"), 400, "an empty collection")
    checks.status(nobody.post(path, f"<m2m:container {M2M}/>"), 400, "another document")
    checks.status(nobody.post(path, "x", content_type="text/plain"), 415, "another media type")
    many = f"<m2m:notifyCollection {M2M}>{notify * 600}</m2m:notifyCollection>"
    codes = [nobody.post(path, many).status for _ in range(2)]
    checks.equal(codes, [204, 503], "no more than a thousand wait")
    checks.that(daemon.alive(), "the daemon runs")


def main(checks: Checks):
    receiver = Receiver()
    settings = {"NSCL_OUTGOING_ALLOWED_NETWORKS": "127.0.0.0/8", "NSCL_DELIVERY_FIRST_RETRY": "1s"}
    with Daemon(env=settings) as daemon:
        client = daemon.client(daemon.principal("metering", "secret", entity="applications/metering"))
        client.post("/m2m/applications", f'<m2m:application {M2M} appId="metering"/>')
        collecting(checks, client, receiver)
        destinations(checks, client, receiver)
        as_json(checks, client, receiver)
        polling(checks, client)
        remote_members(checks, daemon, receiver)
        refusing_one(checks, client, receiver)
        failing(checks, daemon, client, receiver)
        checks.that(daemon.alive(), "the daemon runs")
    receiver.close()


nscl_test.main(main)
