#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Requests of principals that are to be anonymous: what receivers are told instead, and how the operator finds out. Shows R4.19."""

import base64
import re
import urllib.parse

import delivery
from channels import Asking, gateway
from delivery import Scene
from forward import XML, scl
from receiver import answer
from retarget import BASE, served

SETTINGS = {"privacy.anonymous": ["shy", "proxy", "watcher"]}


def told(scene: Scene, receiver, client, target, method="GET", body=None, **options):
    """What the receiver learns of who asks."""
    receiver.forget()
    receiver.script(answer(200, b"<x/>", XML))
    got = client.request(method, target, body, **options)
    scene.checks.equal((got.status, got.body), (200, b"<x/>"), f"the answer to {method} {target} comes back")
    request, = receiver.wait(1)
    basic = base64.b64decode(request.field("Authorization").removeprefix("Basic ")).decode()
    scene.checks.equal(urllib.parse.unquote(basic), request.field("From") + ":", "Basic and From say the same")
    scene.checks.that("shy" not in f"{request.target} {request.fields} {basic}", f"nothing tells the name: {request.fields}")
    return request


def name_in(scene: Scene, originator):
    """The pseudonym in a URI of the sclBase."""
    found = re.fullmatch(re.escape(scene.base) + "/pseudonyms/([0-9a-f]{32})", originator)
    scene.checks.that(found, f"a pseudonym: {originator}")
    return found[1] if found else ""


def clients(scene: Scene):
    return [scene.daemon.client(scene.daemon.principal(name, "pw", entity=f"applications/{name}", operator=True)) for name in ("shy", "plain")]


def resolved(scene: Scene, *arguments):
    done = scene.daemon.cli("pseudonym", "resolve", *arguments, "--data-dir", str(scene.daemon.data_dir))
    return done.returncode, done.stdout.split("\t")[:2] if done.returncode == 0 else done.stdout + done.stderr


def receivers_of_all_kinds(scene: Scene):
    checks = scene.checks
    shy, plain = clients(scene)
    one, two, app = (scene.another_receiver() for _ in range(3))
    links = [scl(scene, name, [receiver.uri()]) for name, receiver in (("one", one), ("two", two))]
    served(scene, "app", app.uri("/x"), "data")
    places = ((one, f"{links[0]}/applications/a"), (two, f"{links[1]}/applications/a"), (app, f"{BASE}/app/data"))
    names = [name_in(scene, told(scene, receiver, shy, target).field("From")) for receiver, target in places]
    checks.equal(len(set(names)), 3, "each receiver is told another one")
    again = [name_in(scene, told(scene, receiver, shy, target, "POST", "<y/>").field("From")) for receiver, target in places]
    checks.equal(again, names, "and the same one every time")
    scene.daemon.kill()
    scene.daemon.start()
    checks.equal(name_in(scene, told(scene, one, shy, places[0][1]).field("From")), names[0], "also after a kill")
    for receiver, target in places:
        request = told(scene, receiver, plain, target)
        checks.equal(request.field("From"), f"{scene.base}/applications/plain", "whoever is not to be anonymous is shown")
    for name, peer in zip(names, ("scls/one", "scls/two", "applications/app")):
        checks.equal(resolved(scene, name), (0, ["applications/shy", peer]), "the operator finds out")
        checks.equal(resolved(scene, f"{scene.base}/pseudonyms/{name}", "--peer", peer, "--days", "1"), (0, ["applications/shy", peer]), "by the URI and the peer")
    checks.equal(resolved(scene, names[0], "--peer", "scls/two")[0], 1, "not if it was another's")
    for wrong in ("A" * 22, "x", names[0][1:]):
        checks.equal(resolved(scene, wrong)[0], 1, f"{wrong} is nobody's")
    checks.status(scene.admin.get(f"/m2m/pseudonyms/{names[0]}"), 404, "there is no such resource")


def what_else_would_tell(scene: Scene):
    checks = scene.checks
    receiver, (_, plain) = scene.another_receiver(), clients_again(scene)
    shy = scene.daemon.client(delivery.nscl_test.basic("shy", "pw"))
    served(scene, "other", receiver.uri("/x"), "data")
    request = told(scene, receiver, shy, f"{BASE}/other/data", headers={"Via": "1.1 gateway-of-its-home"})
    checks.that("gateway-of-its-home" not in request.field("Via"), f"Via names no SCL before this one: {request.field('Via')}")
    request = told(scene, receiver, plain, f"{BASE}/other/data", headers={"Via": "1.1 gateway-of-its-home"})
    checks.that("gateway-of-its-home" in request.field("Via"), "while that of others goes on")
    receiver.forget()
    refused = shy.get(f"{BASE}/other/data", headers={"X-etsi-correlationID": "c1", "X-etsi-contactURI": "http://shy.example.net/"})
    checks.status(refused, 403, "a contactURI would tell who it is")
    checks.equal(receiver.matching(), [], "so nothing is passed on")


def answers_that_come_later(scene: Scene):
    """They are collected: a contactURI would go on to the other SCL, and tell it who asked."""
    receiver, (shy, plain) = scene.another_receiver(), clients_again(scene)
    target, another = (scl(scene, name, [receiver.uri()]) + "/applications/a" for name in ("late", "later"))
    refused = shy.get(target, headers={"X-etsi-correlationID": "c2", "X-etsi-contactURI": scene.receiver.uri("/shy")})
    scene.checks.status(refused, 403, "with a contactURI, at once")
    scene.checks.status(plain.get(target, headers={"X-etsi-correlationID": "c2", "X-etsi-contactURI": scene.receiver.uri("/plain")}), 202, "others may")
    request, = receiver.wait(1)
    scene.checks.equal((request.field("From"), request.field("X-etsi-contactURI")), (f"{scene.base}/applications/plain", scene.receiver.uri("/plain")), "and are shown")
    receiver.forget()
    receiver.script(answer(200, b"<x/>", XML))
    scene.checks.status(shy.get(another, headers={"X-etsi-correlationID": "c3"}), 202, "without one")
    request, = receiver.wait(1)
    name_in(scene, request.field("From"))
    scene.until(lambda: shy.get(another, headers={"X-etsi-correlationID": "c3"}).body == b"<x/>", "the answer is collected")


def clients_again(scene: Scene):
    return [scene.daemon.client(delivery.nscl_test.basic(name, "pw")) for name in ("shy", "plain")]


def in_the_name_of_others(scene: Scene):
    """A principal that is anonymous hides those it speaks for."""
    receiver = scene.another_receiver()
    link = scl(scene, "three", [receiver.uri()])
    proxy = scene.daemon.client(scene.daemon.principal("proxy", "pw", operator=True))
    for entity in ("applications/shy", "http://shy.example.net/m2m/applications/a"):
        shown = entity if "://" in entity else f"{scene.base}/{entity}"
        name = name_in(scene, told(scene, receiver, proxy, f"{link}/applications", headers={"From": shown}).field("From"))
        expected = (0, ["applications/shy", "scls/three"]) if "://" not in entity else (1,)
        scene.checks.equal(resolved(scene, name)[:len(expected)], expected, f"{entity}, as far as it is known here")


def channels_too(scene: Scene):
    link, channel = gateway(scene, "polls", "notificationChannel")
    watcher = scene.daemon.principal("watcher", "pw", entity="applications/watcher")
    asking = Asking(scene, "GET", f"{link}/applications/a", headers={"Authorization": watcher})
    polled = channel.poll()
    name = name_in(scene, polled.field("X-Acy-Requesting-Entity"))
    scene.checks.that("watcher" not in str(polled.fields), f"nothing tells the name: {polled.fields}")
    scene.checks.equal(resolved(scene, name), (0, ["applications/watcher", "scls/polls"]), "the operator finds out")
    scene.checks.status(channel.answer(polled.field("X-Acy-Transaction-ID"), 200, b"<r/>"), 202, "the answer")
    scene.checks.equal(asking.ended().body, b"<r/>", "comes back")


if __name__ == "__main__":
    delivery.run([receivers_of_all_kinds, what_else_would_tell, answers_that_come_later, in_the_name_of_others, channels_too], SETTINGS)
