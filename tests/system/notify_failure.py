#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Receivers that refuse, fail or must not be called, and contacts inside this tree; procedures 5.9.5. Shows: R4.2, R4.7, R5.2.2, R7.5."""

import delivery
from delivery import NOWHERE, Scene, access_right, application, container, strings
from receiver import CLOSE, GARBAGE, HANG, RESET, Receiver, answer, raw, too_much

REFUSALS = (400, 401, 403, 404, 405, 406, 409, 410, 415)
FAILURES = {"500": answer(500), "501": answer(501), "502": answer(502), "503": answer(503), "504": answer(504), "reset": RESET, "close": CLOSE,
            "garbage": GARBAGE, "hang": HANG, "too much": too_much(80_000), "half a head": raw(b"HTTP/1.1 200 O"),
            "half a body": raw(b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n123")}


def refusals(scene: Scene):
    """Any 4xx ends the subscription, silently."""
    checks = scene.checks
    scene.make("applications", application("r"))
    own = {}
    for status in REFUSALS:
        receiver = scene.another_receiver(answer(status))
        own[status] = (receiver, scene.subscribe("applications/r", "/", f"s{status}", receiver=receiver))
    for status, (receiver, path) in own.items():
        receiver.wait(1)
        scene.gone(path)
    checks.status(scene.admin.put("/m2m/applications/r", application(None, strings("new"))), (200, 204), "update")
    scene.subscribe("applications/r", "/after", "after")
    scene.notified("/after", 1)
    for status, (receiver, _) in own.items():
        checks.equal(len(receiver.matching()), 1, f"{status}: it is not told again")


def failures(scene: Scene):
    """Sent again with the same subscriptionReference, until it arrives; what happens meanwhile is not lost."""
    checks = scene.checks
    for number, (name, failure) in enumerate(FAILURES.items()):
        path = scene.container(f"f/c{number}")
        receiver = scene.another_receiver()
        receiver.script(failure)
        own = scene.subscribe(f"{path}/contentInstances", "/f", "s", receiver=receiver)
        scene.add(path, "i0")
        FAILURES[name] = (receiver, path, own)
    for name, (receiver, path, own) in FAILURES.items():
        receiver.wait(1)
        scene.add(path, "i1")
        scene.until(lambda receiver=receiver: "i1" in [i for request in receiver.matching()[1:] for i in request.notify().ids()], f"{name}: i1 arrives")
        told = [scene.checked(request) for request in receiver.matching()]
        checks.equal(told[0].ids(), ["i0"], f"{name}: the attempt that failed")
        checks.equal([i for notify in told[1:] for i in notify.ids()], ["i0", "i1"], f"{name}: each once after it")
        checks.equal({notify.reference for notify in told}, {f"http://{scene.daemon.host}{own}"}, f"{name}: subscriptionReference")
        checks.status(scene.admin.get(own), 200, f"{name}: the subscription stays")


def retry_after(scene: Scene):
    receiver = scene.another_receiver()
    receiver.script(answer(503, fields={"Retry-After": "3"}))
    scene.make("applications", application("wait"))
    scene.subscribe("applications/wait", "/", "s", receiver=receiver)
    first, second = receiver.wait(2)
    scene.checks.that(second.at - first.at >= 2.9, f"Retry-After is respected: {second.at - first.at:.1f} s")


def back_again(scene: Scene):
    """A port nobody listens at: the notification arrives when somebody does."""
    checks = scene.checks
    path = scene.container("b/c")
    first = Receiver()
    port = first.port
    first.close()
    contact = f"http://127.0.0.1:{port}/back"
    scene.make(f"{path}/contentInstances/subscriptions", delivery.subscription(contact, "s"))
    for name in ("i0", "i1"):
        scene.add(path, name)
    scene.subscribe(f"{path}/contentInstances", "/alive", "t")
    scene.notified("/alive", 1)
    second = scene.another_receiver(port=port)
    scene.until(lambda: sum(len(request.notify().ids()) for request in second.matching()) >= 2, "both arrive")
    checks.equal([name for request in second.matching() for name in request.notify().ids()], ["i0", "i1"], "each once, in order")


def the_dead_delay_nobody(scene: Scene):
    """R5.2.2: receivers that hang or refuse do not hold up another, even when they are many."""
    checks = scene.checks
    path = scene.container("many/c")
    dead = scene.another_receiver(HANG)
    for number in range(20):
        scene.subscribe(f"{path}/contentInstances", f"/hang{number}", f"h{number}", receiver=dead)
        scene.make(f"{path}/contentInstances/subscriptions", delivery.subscription(f"{NOWHERE}/{number}", f"n{number}"))
    scene.subscribe(f"{path}/contentInstances", "/living", "alive")
    scene.add(path, "i0")
    dead.wait(1)
    for number in range(1, 11):
        scene.add(path, f"i{number}")
        told = scene.receiver.wait(1, where=lambda request, n=number: request.target == "/living" and f"i{n}" in request.notify().ids())
        checks.equal(len(told), 1, f"i{number} arrives while others hang")
    checks.that(any(request.target.startswith("/hang") for request in dead.matching()), "they do hang")
    checks.equal(scene.admin.delete(f"/m2m/{path}").status, 204, "the container goes")


def forbidden_address(scene: Scene):
    """No socket is opened to an address that is not allowed, however it is written (R7.5)."""
    with Scene(scene.checks, {"outgoing.allowed_networks": ["127.0.0.2/32"]}) as strict:
        strict.make("applications", application("a"))
        port = strict.receiver.port
        for number, host in enumerate(("127.0.0.1", "localhost", "[::ffff:127.0.0.1]", "127.1", "0.0.0.0", "2130706433", "0x7f.0.0.1", "[::1]", "0177.0.0.1")):
            answer_ = strict.admin.post("/m2m/applications/a/subscriptions", delivery.subscription(f"http://{host}:{port}/x", f"s{number}"))
            strict.checks.status(answer_, (201, 400), f"{host}: accepted, or refused as a contact")
        witness = strict.another_receiver(address="127.0.0.2")
        strict.subscribe("applications/a", "/witness", "w", receiver=witness)
        strict.notified("/witness", 1, witness)
        for number in range(2, 5):   # a second and more: the others are tried again meanwhile
            strict.checks.status(strict.admin.put("/m2m/applications/a", application(None, strings(f"x{number}"))), (200, 204), "update")
            strict.notified("/witness", number, witness)
        strict.subscribe("applications/a", "/slow", "slow", receiver=witness, until=delivery.nscl_test.iso(delivery.nscl_test.time.time() + 3))
        strict.notified("/slow", 1, witness)
        strict.checks.equal(strict.receiver.connections, 0, "connections opened to loopback")


def inside(scene: Scene):
    """A contact in this tree: what is told is stored there, with the subscriber's own rights and no others."""
    checks = scene.checks
    writer = scene.daemon.client(scene.daemon.principal("writer", "pw", entity="applications/writer"))
    reader = scene.daemon.client(scene.daemon.principal("reader", "pw", entity="applications/reader"))
    scene.make("accessRights", access_right("both", "writer", "READ", "WRITE", "CREATE"))
    scene.make("accessRights", access_right("seen", "reader", "READ"))
    scene.make("applications", application("in"))
    mark = "<m2m:accessRightID>/m2m/accessRights/%s</m2m:accessRightID>"
    for name, right in (("source", "both"), ("other", "both"), ("target", "both"), ("shown", "seen"), ("closed", "seen")):
        scene.make("applications/in/containers", container(name, mark % right))
    base = "/m2m/applications/in/containers"
    own = f"http://{scene.daemon.host}"
    for client, source, contact in ((writer, "source", f"{base}/target/contentInstances"), (writer, "other", f"{own}{base}/target/contentInstances"),
                                    (reader, "shown", f"{base}/closed/contentInstances")):
        scene.make(f"applications/in/containers/{source}/contentInstances/subscriptions", delivery.subscription(contact, "s"), client)
        scene.add(f"applications/in/containers/{source}", f"told_{source}", "what is told")
    scene.until(lambda: b"currentNrOfInstances>2<" in scene.admin.get(f"{base}/target/contentInstances").body, "stored in the other container, named by its path and by its URI")
    stored = scene.admin.get(f"{base}/target/contentInstances/latest/content")
    checks.equal((stored.status, stored.body), (200, b"what is told"), "with what was told")
    scene.gone(f"{base}/shown/contentInstances/subscriptions/s")
    checks.that(b"currentNrOfInstances>0<" in scene.admin.get(f"{base}/closed/contentInstances").body, "without WRITE nothing is stored")


def by_application(scene: Scene):
    """A contact below an application is passed on to its aPoC (5.12)."""
    scene.make("applications", application("na", f"<m2m:aPoC>{scene.receiver.uri('/na')}</m2m:aPoC><m2m:aPoCPaths><m2m:aPoCPath><m2m:path>alarms</m2m:path>"
                                           "</m2m:aPoCPath></m2m:aPoCPaths>"))
    path = scene.container("by/c")
    scene.make(f"{path}/contentInstances/subscriptions", delivery.subscription("/m2m/applications/na/alarms", "s"))
    scene.add(path, "i0")
    told, = scene.notified("/na/alarms", 1)
    scene.checks.equal((told.status, told.ids()), ("STATUS_OK", ["i0"]), "the application is told")


if __name__ == "__main__":
    delivery.run((refusals, failures, retry_after, back_again, the_dead_delay_nobody, forbidden_address, inside, by_application),
                 {"outgoing.request_time": "3s", "outgoing.connect_time": "2s", "outgoing.body_limit": "64KiB", "delivery.last_retry": "2s"})
