#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Long polling: notifications and requests for those who cannot be called; procedures 5.10, acceptance row 6 of 6.6.
Shows: R4.2, R4.6, R4.15; TS 102 921 10.37, 10.38."""

import base64
import re
import threading
import urllib.parse
import xml.etree.ElementTree as ElementTree

import delivery
import nscl_test
from delivery import Scene, document, instance
from receiver import M2M, Notify


class Channel:
    """A channel and its client, which polls without a credential."""

    def __init__(self, scene: Scene, owner, client, kind="notificationChannel", name="nc"):
        self.scene, self.owner = scene, owner
        self.path = f"/m2m/{owner}/{kind}s/{name}"
        made = scene.make(f"{owner}/{kind}s", document(kind, "<m2m:channelType>LONG_POLLING</m2m:channelType>", m2m_id=name), client)
        self.contact = re.search(rb"contactURI>([^<]+)<", made.body)[1].decode()
        self.polled = urllib.parse.urlsplit(re.search(rb"longPollingURI>([^<]+)<", made.body)[1].decode()).path

    def poll(self, method="POST", timeout=30):
        return nscl_test.Client(self.scene.daemon.address, self.scene.daemon.port, None, timeout).request(method, self.polled, b"" if method == "POST" else None,
                                                                                                    headers={"Content-Type": None})

    def begin(self):
        """A poll that goes on while the test does; .join() it and look at .answer."""
        return Waiting(self)

    def answer(self, transaction, status, body=b"", **fields):
        headers = {"X-Acy-Transaction-ID": transaction, **{key.replace("_", "-"): value for key, value in fields.items()}}
        if status is not None:
            headers["X-Acy-Status-Code"] = str(status)
        return nscl_test.Client(self.scene.daemon.address, self.scene.daemon.port).post(self.polled, body, headers=headers)


class Waiting(threading.Thread):
    def __init__(self, channel):
        super().__init__(daemon=True)
        self.answer, self.channel = None, channel
        self.start()

    def run(self):
        self.answer = self.channel.poll()

    def ended(self, seconds=15):
        self.join(seconds)
        return self.answer


def own(scene: Scene, name):
    """A client that is the application `name`, which is registered."""
    client = scene.daemon.client(scene.daemon.principal(name, "pw", entity=f"applications/{name}"))
    scene.make("applications", document("application", "<m2m:accessRightID>/m2m/accessRights/AR_DEFAULT</m2m:accessRightID>", appId=name), client)
    return client


def notify_in(scene: Scene, answer, what):
    """The notification that a poll was answered with."""
    scene.checks.status(answer, 200, what)
    for name in ("X-Acy-Method", "X-Acy-Target-ID", "X-Acy-Requesting-Entity", "X-Acy-Transaction-ID"):
        scene.checks.that(answer.field(name), f"{what}: {name}")
    if nscl_test.have_schemas():
        complaint = nscl_test.validate(answer.body)
        scene.checks.that(complaint is None, f"{what}: {complaint}")
    return Notify(answer.body)


def notifications(scene: Scene):
    checks = scene.checks
    client = own(scene, "app")
    channel = Channel(scene, "applications/app", client)
    path = scene.container("data/c")
    scene.make(f"{path}/contentInstances/subscriptions", delivery.subscription(channel.contact, "s"))
    shown = scene.admin.get(f"/m2m/{path}/contentInstances/subscriptions/s")
    checks.that(b"subscriptionType>SYNCHRONOUS<" in shown.body, f"subscriptionType: {shown.text}")
    waiting = channel.begin()
    scene.add(path, "i0")
    told = notify_in(scene, waiting.ended(), "a poll that waited")
    checks.equal((told.status, told.ids(), told.reference), ("STATUS_OK", ["i0"], f"{scene.base}/{path}/contentInstances/subscriptions/s"), "what it was told")
    for name in ("i1", "i2"):                # nobody polls
        scene.add(path, name)
    told = notify_in(scene, channel.poll("GET"), "a poll by GET")
    checks.equal(told.ids(), ["i1", "i2"], "what had happened meanwhile, in order")
    scene.add(path, "i3")
    checks.equal(scene.daemon.restart(), 0, "stop and start")
    checks.equal(notify_in(scene, channel.poll(), "after a restart").ids(), ["i3"], "nothing is lost")
    # A poll whose client has gone takes nothing with it.
    peer = nscl_test.Connection(scene.daemon.address, scene.daemon.port)
    peer.send(nscl_test.compose("GET", channel.polled, scene.daemon.host))
    peer.close()
    scene.add(path, "i4")
    checks.equal(notify_in(scene, channel.poll(), "after a poll that was given up").ids(), ["i4"], "nothing is lost")
    foreign = own(scene, "thief").post(f"/m2m/{path}/contentInstances/subscriptions", delivery.subscription(channel.contact, "t"))
    checks.status(foreign, (400, 401, 404), "somebody else's channel as contact")


def polls(scene: Scene):
    checks = scene.checks
    client = own(scene, "poller")
    channel = Channel(scene, "applications/poller", client)
    empty = channel.poll()
    checks.equal((empty.status, empty.body, empty.field("Cache-Control")), (202, b"", "no-store"), "hold time over")
    first = channel.begin()
    second = None
    for _ in range(20):                       # whichever of two comes first is let go when the other comes
        second = channel.begin()
        if first.ended(0.3):
            break
        first = second
    checks.equal(first.answer and first.answer.status, 202, "an older poll is let go")
    second.ended()
    for method in ("PUT", "DELETE"):
        answer = nscl_test.Client(scene.daemon.address, scene.daemon.port).request(method, channel.polled, b"")
        checks.status(answer, 405, f"{method} on a longPollingURI")
    for wrong in (channel.polled[:-1] + ("a" if channel.polled[-1] != "a" else "b"), channel.polled + "x", urllib.parse.urlsplit(channel.contact).path, "/m2m-channels/poll/",
                  "/m2m-channels/poll/1-", "/m2m-channels/poll/" + "9" * 30):
        answer = nscl_test.Client(scene.daemon.address, scene.daemon.port, timeout=5).get(wrong)
        checks.that(answer.status in (400, 401, 404, 405), f"{wrong}: {answer.brief()}")
    waiting = channel.begin()
    checks.status(client.delete(channel.path), 204, "delete the channel")
    checks.equal(waiting.ended().status, 404, "a poll on a channel that goes")
    checks.status(channel.poll(), 404, "a channel that is gone")


def gateway(scene: Scene, name, kind):
    """A registered SCL that is reached through a channel of its own only."""
    client = scene.daemon.client(scene.daemon.principal(name, "pw", scl=name))
    link = f"http://{name}.example.net/m2m"
    scene.make("scls", document("scl", f"<m2m:link>{link}</m2m:link><m2m:mgmtProtocolType>OMA_DM</m2m:mgmtProtocolType>", sclId=name), client)
    channel = Channel(scene, f"scls/{name}", client, kind)
    scene.make(f"scls/{name}/m2mPocs", document("m2mPoc", f"<m2m:contactInfo><m2m:contactURI>{channel.contact}</m2m:contactURI></m2m:contactInfo>"
                                               "<m2m:onlineStatus>ONLINE</m2m:onlineStatus>", m2m_id="p"), client)
    return link, channel


class Asking(threading.Thread):
    """A request that waits for its answer while the test plays the gateway."""

    def __init__(self, scene: Scene, *arguments, **options):
        super().__init__(daemon=True)
        self.answer = None
        self.work = lambda: scene.daemon.client(scene.admin.authorization, timeout=60).request(*arguments, **options)
        self.start()

    def run(self):
        self.answer = self.work()

    def ended(self):
        self.join(30)
        return self.answer


def requests(scene: Scene):
    """Acceptance row 6, in the form of the ONG family (5.10.4)."""
    checks = scene.checks
    link, channel = gateway(scene, "ong", "notificationChannel")
    for method, name, body in (("GET", "RETRIEVE", None), ("POST", "CREATE", "<x/>"), ("PUT", "UPDATE", "<y/>"), ("DELETE", "DELETE", None)):
        asking = Asking(scene, method, f"{link}/applications/a?x=1", body)
        polled = channel.poll()
        checks.status(polled, 200, f"{method}: the poll")
        checks.equal((polled.field("X-Acy-Method"), polled.field("X-Acy-Target-ID"), polled.body), (name, f"{link}/applications/a?x=1", (body or "").encode()), f"{method}: what it says")
        checks.that((polled.field("X-Acy-Requesting-Entity") or "").startswith("http://"), f"{method}: the originator is absolute")
        transaction = polled.field("X-Acy-Transaction-ID")
        checks.status(channel.answer(transaction, None, b"<r/>"), 400, f"{method}: an answer without status")
        checks.status(channel.answer(transaction, 100), 202, f"{method}: a provisional answer")
        checks.status(channel.answer("unknown", 200), 403, f"{method}: an unknown transaction")
        status, location = (201, f"{link}/applications/a/new") if method == "POST" else (404, None) if method == "DELETE" else (200, None)
        checks.status(channel.answer(transaction, status, b"<r/>", ETag='"tag"', **({"Location": location} if location else {})), 202, f"{method}: the answer")
        got = asking.ended()
        checks.equal((got.status, got.body, got.field("Location"), got.field("ETag")), (status, b"<r/>", location, '"tag"'), f"{method}: comes back")
        checks.status(channel.answer(transaction, 200), 403, f"{method}: a second answer")
    # One that waited before the poll came, and a notification behind it.
    scene.make("applications/subscriptions", delivery.subscription(channel.contact, "by_channel"), scene.daemon.client(nscl_test.basic("ong", "pw")))
    checks.status(scene.admin.get(f"{link}/nobody/polls"), 504, "nobody polls")


def request_notify(scene: Scene):
    """The standard's form, through a communicationChannel (5.10.2)."""
    checks = scene.checks
    link, channel = gateway(scene, "std", "communicationChannel")
    asking = Asking(scene, "POST", f"{link}/applications", instance("q"))
    polled = channel.poll()
    checks.status(polled, 200, "the poll")
    root = ElementTree.fromstring(polled.body)
    checks.equal(root.tag, M2M + "requestNotify", "document element")
    if nscl_test.have_schemas():
        complaint = nscl_test.validate(polled.body)
        checks.that(complaint is None, f"requestNotify: {complaint}\n{polled.text}")
    said = {child.tag.removeprefix(M2M): child.text for child in root}
    checks.equal((said["targetID"], said["method"]), (f"{link}/applications", "CREATE"), "targetID and method")
    checks.equal(base64.b64decode(said["representation"]).decode(), instance("q"), "representation")
    body = document("responseNotify", f"<m2m:statusCode>STATUS_CREATED</m2m:statusCode><representation xmime:contentType='application/xml'>"
                    f"{base64.b64encode(b'<made/>').decode()}</representation><locationHeader>{link}/applications/new</locationHeader>")
    target = urllib.parse.urlsplit(said["xEtsiContactUriHeader"]).path
    answer = nscl_test.Client(scene.daemon.address, scene.daemon.port).post(target, body, headers={"X-etsi-correlationID": said["xEtsiCorrelationIDHeader"]})
    checks.status(answer, (202, 204), "the responseNotify")
    got = asking.ended()
    checks.equal((got.status, got.body, got.field("Location")), (201, b"<made/>", f"{link}/applications/new"), "comes back")


def too_many(scene: Scene):
    with Scene(scene.checks, {"delivery.polls": 2, "delivery.poll_hold_time": "20s"}) as few:
        client = own(few, "many")
        channels = [Channel(few, "applications/many", client, name=f"nc{number}") for number in range(3)]
        waiting = [channel.begin() for channel in channels]
        few.until(lambda: any(poll.answer for poll in waiting), "one is refused")
        refused = [poll.answer for poll in waiting if poll.answer]
        few.checks.equal([answer.status for answer in refused], [503], "one poll too many")
        few.checks.equal(few.daemon.stop(), 0, "a stop does not wait for polls")
        few.checks.equal(sorted(poll.ended().status for poll in waiting), [202, 202, 503], "which end empty")


if __name__ == "__main__":
    delivery.run((notifications, polls, requests, request_notify, too_many), {"delivery.poll_hold_time": "3s", "delivery.poll_queue_time": "3s"})
