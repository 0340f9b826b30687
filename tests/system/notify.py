#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What subscribers of the standard dialect are told, when, and in which order; procedures 5.9.1 to 5.9.5.
Shows: R4.2, R4.16, R4.25; TS 102 921 10.25."""

import time

import delivery
import nscl_test
from delivery import Scene, application, container, instance, strings
from receiver import answer


def told_ids(scene: Scene, path):
    return [name for request in scene.receiver.matching(lambda request: request.target == path) for name in request.notify().ids()]


def initial(scene: Scene):
    checks = scene.checks
    scene.make("applications", application("i", strings("first")))
    path = scene.subscribe("applications/i", "/initial", "s")
    first, = scene.notified("/initial", 1)
    checks.equal(first.status, "STATUS_OK", "statusCode")
    checks.equal(first.reference, f"http://{scene.daemon.host}{path}", "subscriptionReference")
    checks.equal(first.content_type.split(";")[0], "application/xml", "media type of the representation")
    checks.equal(first.representation, scene.admin.get("/m2m/applications/i").body, "the representation is what RETRIEVE shows")
    request, = scene.receiver.matching(lambda request: request.target == "/initial")
    checks.equal(request.field("From"), scene.base, "it comes from this SCL")
    checks.equal(request.field("Host"), f"{scene.receiver.address}:{scene.receiver.port}", "Host")
    # Suppressed by a condition that does not hold, but not for ever.
    scene.subscribe("applications/i", "/quiet", "q", criteria=f"<ifModifiedSince>{nscl_test.iso(time.time() + 3600)}</ifModifiedSince>")
    # contentInstances that are empty are not told of.
    scene.make("applications/i/containers", container("c"))
    scene.subscribe("applications/i/containers/c/contentInstances", "/instances", "e")
    scene.add("applications/i/containers/c", "one")
    only, = scene.notified("/instances", 1)
    checks.equal(only.ids(), ["one"], "the first notification")
    checks.equal(scene.receiver.matching(lambda request: request.target == "/quiet"), [], "a condition keeps the initial one back")


def contact_as_given(scene: Scene):
    """An empty path, a query and escapes go out as they came (procedures 3.8)."""
    scene.make("applications", application("k"))
    for number, rest in enumerate(("/?x=id", "/a%2fb?c=d&e=%20;f", "/p//q/?")):
        scene.subscribe("applications/k", rest, f"s{number}")
        scene.notified(rest, 1)
    scene.subscribe("applications/k", "?x=bare", "bare")
    scene.notified("/?x=bare", 1)
    scene.subscribe("applications/k", "", "empty")
    scene.notified("/", 1)


def update_and_children(scene: Scene):
    checks = scene.checks
    scene.make("applications", application("u"))
    scene.make("applications/u/containers", container("c"))
    scene.subscribe("applications/u", "/single", "s")
    scene.subscribe("applications/u/containers", "/collection", "s")
    scene.subscribe("applications/u/containers/c", "/container", "s")
    for path in ("/single", "/collection", "/container"):
        scene.notified(path, 1)
    checks.status(scene.admin.put("/m2m/applications/u", application(None, strings("changed"))), (200, 204), "update")
    told = scene.notified("/single", 2)[1]
    checks.equal(told.status, "STATUS_OK", "statusCode after an update")
    checks.that("changed" in told.text, f"the whole resource as it is now: {told.text}")
    scene.make("applications/u/containers", container("d"))
    told = scene.notified("/collection", 2)[1]
    checks.that('id="d"' in told.text and 'id="c"' in told.text and told.status == "STATUS_OK", f"the whole collection: {told.text}")
    checks.status(scene.admin.delete("/m2m/applications/u/containers/d"), 204, "delete the child")
    told = scene.notified("/collection", 3)[2]
    checks.that('id="d"' not in told.text and 'id="c"' in told.text, f"the collection without it: {told.text}")
    # A grandchild's change is none of the container's, and a container's is none of the application's.
    scene.add("applications/u/containers/c", "n")
    checks.status(scene.admin.put("/m2m/applications/u/containers/c", container(None, strings("now"))), (200, 204), "update the container")
    told = scene.notified("/container", 2)[1]
    checks.that("now" in told.text, "the container is told of when it changes itself")
    checks.equal(len(scene.receiver.matching(lambda request: request.target == "/single")), 2, "the application was not")
    checks.equal(len(scene.receiver.matching(lambda request: request.target == "/collection")), 3, "nor was the collection")


def new_instances(scene: Scene):
    """Only new ones; merged while the receiver is slow; each once and in order."""
    checks, receiver = scene.checks, scene.another_receiver()
    path = scene.container("n/c")
    scene.subscribe(path + "/contentInstances", "/slow", "s", receiver=receiver)
    scene.add(path, "i0")
    first, = scene.notified("/slow", 1, receiver)
    checks.equal(first.ids(), ["i0"], "the first instance")
    receiver.hold()
    scene.add(path, "i1")
    receiver.wait(2)
    for number in range(2, 12):
        scene.add(path, f"i{number}")
    receiver.release()
    scene.until(lambda: sum(len(request.notify().ids()) for request in receiver.matching()) >= 12, "every instance arrives")
    told = [scene.checked(request) for request in receiver.matching()]
    checks.equal([name for notify in told for name in notify.ids()], [f"i{number}" for number in range(12)], "each once, in order")
    checks.equal(len(told), 3, "what came while the receiver was slow is one notification")
    checks.equal(receiver.matching()[2].notify().status, "STATUS_OK", "statusCode")


def order_and_one_at_a_time(scene: Scene):
    checks, receiver = scene.checks, scene.another_receiver()
    path = scene.container("o/c")
    names = [f"i{number}" for number in range(200)]
    reference = scene.subscribe(path + "/contentInstances", "/order", "s", receiver=receiver)
    for name in names:
        scene.admin.post(f"/m2m/{path}/contentInstances", instance(name))
    scene.until(lambda: receiver.matching() and receiver.matching()[-1].notify().ids()[-1:] == names[-1:], "the last one arrives")
    told = [request.notify() for request in receiver.matching()]
    checks.equal([name for notify in told for name in notify.ids()], names, "each once, in order")
    checks.equal({notify.reference for notify in told}, {f"http://{scene.daemon.host}{reference}"}, "subscriptionReference")
    checks.equal(receiver.most_at_once, 1, "never two in flight for one subscription")


def pause(scene: Scene):
    """minimalTimeBetweenNotifications, in milliseconds: what happens in between is one report."""
    checks = scene.checks
    path = scene.container("p/c")
    scene.subscribe(path + "/contentInstances", "/pause", "s", pause=1500)
    for number in range(10):
        scene.add(path, f"i{number}")
    scene.until(lambda: len(told_ids(scene, "/pause")) >= 10, "every instance arrives")
    checks.equal(told_ids(scene, "/pause"), [f"i{number}" for number in range(10)], "each once, in order")
    times = [request.at for request in scene.receiver.matching(lambda request: request.target == "/pause")]
    shortest = min((later - earlier for earlier, later in zip(times, times[1:])), default=0)
    checks.that(shortest >= 1.4, f"1.5 s between two: {shortest:.2f}")


def tolerance(scene: Scene):
    """delayTolerance of the subscription, and of an instance: held back and merged until then; the earliest time wins."""
    checks = scene.checks
    path = scene.container("t/c")
    until = int(time.time()) + 3
    scene.subscribe(path + "/contentInstances", "/tolerant", "s", until=nscl_test.iso(until))
    for number in range(3):
        scene.add(path, f"i{number}")
    scene.until(lambda: len(told_ids(scene, "/tolerant")) >= 3, "every instance arrives")
    checks.equal(told_ids(scene, "/tolerant"), ["i0", "i1", "i2"], "each once, in order")
    first = scene.receiver.matching(lambda request: request.target == "/tolerant")[0]
    checks.that(first.time >= until - 0.1, f"not before delayTolerance of the subscription: {first.time - until:.2f}")
    path = scene.container("t/d")
    scene.subscribe(path + "/contentInstances", "/instance", "s")
    scene.add(path, "now")   # once it is told of, nothing of the subscription's beginning waits any more that could take others along
    scene.notified("/instance", 1)
    until = int(time.time()) + 2
    scene.add(path, "later", before=f"<m2m:delayTolerance>{nscl_test.iso(until)}</m2m:delayTolerance>")
    scene.notified("/instance", 2)
    _, first = scene.receiver.matching(lambda request: request.target == "/instance")
    checks.that(first.time >= until - 0.1, f"not before delayTolerance of the instance: {first.time - until:.2f}")
    scene.add(path, "far", before=f"<m2m:delayTolerance>{nscl_test.iso(until + 3600)}</m2m:delayTolerance>")
    scene.add(path, "soon")
    checks.equal(scene.notified("/instance", 3)[2].ids(), ["far", "soon"], "one that bears no delay takes the other along")


def no_representation(scene: Scene):
    path = scene.container("r/c")
    scene.subscribe(path + "/contentInstances", "/bare", "s", more="<m2m:noRepresentation>true</m2m:noRepresentation>")
    scene.add(path, "i")
    told, = scene.notified("/bare", 1)
    scene.checks.equal((told.status, told.representation), ("STATUS_OK", None), "noRepresentation")


def json(scene: Scene):
    checks = scene.checks
    scene.make("applications", application("j"))
    contact = scene.receiver.uri("/json")
    made = scene.admin.post("/m2m/applications/j/subscriptions", nscl_test.to_json({"subscription": {"id": "s", "contact": contact}}),
                            content_type="application/json")
    checks.status(made, 201, "subscription by JSON")
    told, = scene.notified("/json", 1)
    checks.that(told.is_json, f"the subscriber that speaks JSON is told in JSON: {told.body}")
    checks.equal(told.content_type.split(";")[0], "application/json", "and so is the representation")
    checks.equal(nscl_test.json.loads(told.representation),
                 nscl_test.json.loads(scene.admin.get("/m2m/applications/j", headers={"Accept": "application/json"}).body), "what RETRIEVE shows")
    checks.status(scene.admin.delete("/m2m/applications/j"), 204, "delete")
    last = scene.notified("/json", 2)[1]
    checks.that(last.status == "STATUS_DELETED" and "errorInfo" in nscl_test.json.loads(last.representation), f"the last one too: {last.text}")


def registrations(scene: Scene):
    """A subscriber of applications and of scls learns of new ones, whoever registers them (R4.25)."""
    checks = scene.checks
    scene.subscribe("applications", "/applications", "r")
    scene.subscribe("scls", "/scls", "r")
    scene.notified("/applications", 1), scene.notified("/scls", 1)
    newcomer = scene.daemon.client(scene.daemon.principal("newcomer", "pw", entity="applications/newcomer"))
    scene.make("applications", application("newcomer"), newcomer)
    checks.that("newcomer" in scene.notified("/applications", 2)[1].text, "the new application is told of")
    scene.make("scls", delivery.document("scl", "<m2m:link>http://g.example.net/m2m</m2m:link><m2m:mgmtProtocolType>OMA_DM</m2m:mgmtProtocolType>",
                                         sclId="gateway"))
    checks.that("gateway" in scene.notified("/scls", 2)[1].text, "the new SCL is told of")
    checks.status(scene.admin.delete("/m2m/applications/newcomer"), 204, "deregister")
    checks.that("newcomer" not in scene.notified("/applications", 3)[2].text, "and its end")


def restart(scene: Scene):
    """What was not told before the daemon stopped is told after it has started again."""
    checks, receiver = scene.checks, scene.another_receiver(answer(503))
    path = scene.container("z/c")
    reference = scene.subscribe(path + "/contentInstances", "/restart", "s", receiver=receiver)
    scene.add(path, "i0")
    receiver.wait(1)
    checks.equal(scene.daemon.restart(), 0, "stops and starts")
    receiver.usual = answer(204)
    scene.add(path, "i1")
    scene.until(lambda: receiver.matching()[-1].notify().ids()[-1:] == ["i1"], "the new one arrives")
    checks.that(any("i0" in request.notify().ids() for request in receiver.matching()[1:]), "and the old one again")
    checks.equal(receiver.matching()[-1].notify().reference, f"http://{scene.daemon.host}{reference}", "subscriptionReference")


if __name__ == "__main__":
    delivery.run((initial, contact_as_given, update_and_children, new_instances, order_and_one_at_a_time, pause, tolerance, no_representation,
                  json, registrations, restart))
