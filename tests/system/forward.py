#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Requests that are passed on to a registered SCL: how they are addressed, what reaches it, what comes back, what happens when it
fails; procedures 3.8, 5.13, acceptance rows 2, 9, 10 and 11 of 6.6. Shows: R4.1, R4.6, R7.5, C2."""

import urllib.parse

import delivery
import nscl_test
from delivery import NOWHERE, Scene, application, document
from receiver import CLOSE, GARBAGE, HANG, RESET, answer, raw, too_much

ERROR = (b'<?xml version="1.0"?><m2m:errorInfo xmlns:m2m="http://uri.etsi.org/m2m"><m2m:statusCode>STATUS_NOT_FOUND</m2m:statusCode>'
         b"<m2m:additionalInfo>not here</m2m:additionalInfo></m2m:errorInfo>")
XML = {"Content-Type": "application/xml"}


def scl(scene: Scene, name, contacts, link=None):
    """A registered SCL of the standard dialect; returns its sclBase."""
    link = link or f"http://{name}.example.net/m2m"
    scene.make("scls", document("scl", f"<m2m:link>{link}</m2m:link><m2m:mgmtProtocolType>OMA_DM</m2m:mgmtProtocolType>", sclId=name))
    for number, contact in enumerate(contacts):
        poc(scene, name, f"p{number}", contact)
    return link


def poc(scene: Scene, name, identity, contact, status="ONLINE"):
    scene.make(f"scls/{name}/m2mPocs", document("m2mPoc", f"<m2m:contactInfo><m2m:contactURI>{contact}</m2m:contactURI></m2m:contactInfo><m2m:onlineStatus>"
                                               f"{status}</m2m:onlineStatus>", m2m_id=identity))


def om2m_scl(scene: Scene, name, contact):
    scene.make("scls", document("scl", f"<m2m:pocs><reference>{contact}/om2m</reference></m2m:pocs><m2m:link>{name}</m2m:link><m2m:mgmtProtocolType>OMA DM"
                                "</m2m:mgmtProtocolType>", sclId=name), base="/om2m/nscl")


def absolute_form(scene: Scene):
    """Acceptance row 11, second half: the target is another SCL's."""
    checks, receiver = scene.checks, scene.another_receiver(answer(200, b"<x/>", {**XML, "ETag": '"tag"'}))
    link = scl(scene, "one", [receiver.uri()])
    caller = scene.daemon.client(scene.daemon.principal("caller", "callers-own-password", entity="http://peer.example.net/m2m/applications/caller"))
    got = caller.get(f"{link}/applications/a?searchString=b%20c&x", headers={"If-None-Match": '"old"', "If-Modified-Since": "Wed, 21 Oct 2015 07:28:00 GMT"})
    checks.status(got, 200, "GET")
    checks.equal((got.body, got.field("ETag"), got.field("Content-Type")), (b"<x/>", '"tag"', "application/xml"), "the answer comes back as it was")
    request, = receiver.wait(1)
    checks.equal((request.method, request.target), ("GET", "/m2m/applications/a?searchString=b%20c&x"), "request line at the SCL")
    checks.equal(request.field("From"), "http://peer.example.net/m2m/applications/caller", "From is the originator")
    checks.that("callers-own-password" not in str(request.fields), f"not the password: {request.fields}")
    checks.that(nscl_test.basic("caller", "callers-own-password") != request.field("Authorization"), "nor the caller's credential")
    checks.equal(request.field("Authorization"), nscl_test.basic("http%3A//peer.example.net/m2m/applications/caller", ""), "its URI in Basic")
    checks.equal((request.field("If-None-Match"), request.field("If-Modified-Since")), ('"old"', "Wed, 21 Oct 2015 07:28:00 GMT"), "conditions are passed on")
    checks.that(request.field("Via") and request.field("Host") == f"127.0.0.1:{receiver.port}", f"Via and Host: {request.fields}")
    # Case of the host, and its usual port, make no difference; a longer name does.
    checks.status(caller.get("http://ONE.example.net:80/m2m/applications"), 200, "the same authority written otherwise")
    checks.status(caller.get("http://one.example.net/m2mx/applications"), 404, "not on a segment boundary")
    checks.status(caller.get("http://other.example.net/m2m"), 404, "an SCL that is not registered")
    checks.status(caller.get(f"http://{scene.daemon.host}/m2m/applications"), 200, "our own sclBase, written absolutely")
    checks.equal(len(receiver.matching()), 2, "nothing else was passed on")


def methods_and_bodies(scene: Scene):
    checks, receiver = scene.checks, scene.another_receiver()
    link = scl(scene, "two", [receiver.uri("/other/base")])
    body = application("made")
    receiver.script(answer(201, body.encode(), {**XML, "Location": f"{link}/applications/made", "ETag": '"1"'}), answer(204), answer(204), answer(200, b"<x/>", XML))
    made = scene.admin.post(f"{link}/applications", body, headers={"X-etsi-rcat": "RCAT_2", "X-etsi-trpdt": "PT20S"})
    checks.status(made, 201, "POST")
    checks.equal((made.field("Location"), made.field("ETag"), made.body), (f"{link}/applications/made", '"1"', body.encode()), "Location, ETag and body")
    put = scene.admin.put(f"{link}/applications/made", body, headers={"If-Match": '"1"'})
    checks.status(put, 204, "PUT")
    checks.status(scene.admin.delete(f"{link}/applications/made"), 204, "DELETE")
    head = scene.admin.request("HEAD", f"{link}/applications/made")
    checks.equal((head.status, head.field("Content-Length")), (200, "4"), "HEAD")
    requests = receiver.wait(4)
    checks.equal([(request.method, request.target, request.body) for request in requests[:3]],
                 [("POST", "/other/base/applications", body.encode()), ("PUT", "/other/base/applications/made", body.encode()),
                  ("DELETE", "/other/base/applications/made", b"")], "below the path of the m2mPoc")
    checks.equal((requests[0].field("X-etsi-rcat"), requests[0].field("Content-Type")), ("RCAT_2", "application/xml"), "category and media type")
    left = int(requests[0].field("X-etsi-trpdt").removeprefix("PT").removesuffix("S"))
    checks.that(0 <= left <= 20, f"what is left of the tolerance: {left}")
    checks.equal(requests[1].field("If-Match"), '"1"', "If-Match")


def target_id(scene: Scene):
    """Acceptance row 11: targetID names the target, local or not."""
    checks, receiver = scene.checks, scene.another_receiver(answer(200, b"<y/>", XML))
    link = scl(scene, "three", [receiver.uri()])
    quoted = urllib.parse.quote
    own = scene.admin.get(f"/m2m?targetID={quoted(scene.base + '/applications', '')}&mode=server")
    checks.status(own, 200, "our own")
    checks.equal(nscl_test.root_name(own.body), "applications", "is served as GET of that target")
    far = scene.admin.get(f"/m2m?targetID={quoted(link + '/applications?searchString=a%20b', '')}&mode=server")
    checks.equal((far.status, far.body), (200, b"<y/>"), "another SCL's is passed on")
    request, = receiver.wait(1)
    checks.equal(request.target, "/m2m/applications?searchString=a%20b", "with its query, without targetID and mode")
    checks.status(scene.admin.get(f"/m2m?targetID={quoted('http://unknown.example.net/m2m', '')}"), 404, "unknown")


def om2m_foreign_segment(scene: Scene):
    """Acceptance row 2."""
    checks, receiver = scene.checks, scene.another_receiver(answer(200, b"<om2m:applications/>", XML))
    om2m_scl(scene, "gscl", receiver.uri())
    got = scene.admin.get("/om2m/gscl/applications?searchString=q")
    checks.equal((got.status, got.body), (200, b"<om2m:applications/>"), "the gateway's answer")
    request, = receiver.wait(1)
    checks.equal((request.method, request.target), ("GET", "/om2m/gscl/applications?searchString=q"), "request line at the gateway")
    checks.equal(request.field("Authorization"), nscl_test.basic("admin", "admin"), "a credential it knows")
    receiver.script(answer(201, b"<a/>", {**XML, "Location": "gscl/applications/new"}))
    made = scene.admin.post("/om2m/gscl/applications", application("new"))
    checks.equal((made.status, made.field("Location")), (201, "gscl/applications/new"), "its relative Location, in its dialect")
    unknown = scene.admin.get("/om2m/nobody/applications")
    checks.status(unknown, 404, "an unknown SCL")
    checks.that(b"errorInfo" in unknown.body, f"with errorInfo: {unknown.text}")


def answers(scene: Scene):
    """Its status and body come back; row 9: 413 is BAD_REQUEST; row 10: a Content-Length on everything (wire.py sees to it)."""
    checks, receiver = scene.checks, scene.another_receiver()
    link = scl(scene, "four", [receiver.uri()])
    for said, told in ((200, 200), (204, 204), (400, 400), (401, 401), (403, 403), (404, 404), (405, 405), (406, 406), (409, 409), (413, 400), (415, 415),
                       (500, 500), (501, 501), (502, 502), (503, 503), (504, 504), (418, 400), (599, 502)):
        receiver.script(answer(said, ERROR, XML))
        got = scene.admin.get(f"{link}/applications")
        checks.status(got, told, f"{said} of the SCL")
        checks.equal(got.body, b"" if said == 204 else ERROR, f"{said}: its body")
    receiver.script(raw(b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n"))
    got = scene.admin.get(f"{link}/applications")
    checks.equal((got.status, got.body, got.field("Content-Length")), (200, b"abcde", "5"), "chunks are put together")
    receiver.script(answer(200, b"<x/>", {**XML, "Location": "http://x/\x01\x7f", "Set-Cookie": "a=b"}))
    got = scene.admin.get(f"{link}/applications")
    checks.that(b"\x01" not in got.head and got.field("Set-Cookie") is None, f"no field that is none of ours: {got.head}")


def failures(scene: Scene):
    checks = scene.checks
    receiver = scene.another_receiver()
    link = scl(scene, "five", [receiver.uri()])
    for name, act, status in (("reset", RESET, 502), ("closed", CLOSE, 502), ("garbage", GARBAGE, 502), ("too much", too_much(300_000), 502),
                              ("endless head", raw(b"HTTP/1.1 200 OK\r\n" + b"X-A: b\r\n" * 20_000), 502), ("half a body", raw(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nx"), 502),
                              ("two lengths", raw(b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nxy"), 502), ("hang", HANG, 504)):
        receiver.usual = act   # whether or not it is tried again on another connection
        got = scene.admin.post(f"{link}/applications", application("x"))
        checks.status(got, status, name)
        checks.that(b"errorInfo" in got.body and b"127.0.0.1" not in got.body, f"{name}: says why, and no address: {got.text}")
    receiver.usual = answer(204)
    checks.status(scene.admin.delete(f"{link}/applications/x"), 204, "and then it works")
    checks.status(scene.admin.get(scl(scene, "six", [NOWHERE]) + "/x"), 502, "nobody listens")
    checks.status(scene.admin.get(scl(scene, "seven", []) + "/x"), 503, "no m2mPoc")
    checks.status(scene.admin.get(scl(scene, "eight", ["coap://127.0.0.1:5683"]) + "/x"), 501, "a scheme that is not spoken")
    link = scl(scene, "nine", [])
    poc(scene, "nine", "p", receiver.uri(), "OFFLINE")
    checks.status(scene.admin.get(f"{link}/x"), 503, "an SCL that is OFFLINE")
    checks.status(scene.admin.put("/m2m/scls/nine/m2mPocs/p", document("m2mPoc", f"<m2m:contactInfo><m2m:contactURI>{receiver.uri()}</m2m:contactURI></m2m:contactInfo>"
                                                                       "<m2m:onlineStatus>ONLINE</m2m:onlineStatus>")), (200, 204), "it comes back")
    checks.status(scene.admin.get(f"{link}/x"), 204, "and is reached")


def several_contacts(scene: Scene):
    """The next m2mPoc if nobody listens at the first; not if the request may have been carried out."""
    checks = scene.checks
    first, second = scene.another_receiver(RESET), scene.another_receiver()
    link = scl(scene, "pair", [NOWHERE, second.uri()])
    checks.status(scene.admin.post(f"{link}/applications", application("x")), 204, "the second is asked")
    checks.equal(len(second.matching()), 1, "once")
    link = scl(scene, "careful", [first.uri(), second.uri()])
    checks.status(scene.admin.post(f"{link}/applications", application("x")), 502, "a POST that was lost on the way is not repeated elsewhere")
    checks.equal(len(second.matching()), 1, "the second was not asked")


def lost_on_a_kept_connection(scene: Scene):
    """What the peer could not tell from a second request is not sent again by itself; anything else is."""
    checks, receiver = scene.checks, scene.another_receiver()
    link = scl(scene, "kept", [receiver.uri()])
    checks.status(scene.admin.get(f"{link}/x"), 204, "a connection is opened")
    receiver.script(RESET)
    checks.status(scene.admin.get(f"{link}/x"), 204, "a GET that is lost on it is repeated")
    checks.equal((len(receiver.requests), receiver.connections), (3, 2), "on a new one")
    receiver.script(RESET)
    checks.status(scene.admin.post(f"{link}/applications", application("x")), 502, "a POST is not")
    checks.equal(len(receiver.requests), 4, "it came once")


def forbidden(scene: Scene):
    with Scene(scene.checks, {"outgoing.allowed_networks": []}) as strict:
        link = scl(strict, "inner", [strict.receiver.uri()])
        got = strict.admin.get(f"{link}/applications")
        strict.checks.status(got, 502, "an address that only leads inside")
        strict.checks.that(b"127.0.0.1" not in got.body, f"which is not told: {got.text}")
        strict.checks.equal(strict.receiver.connections, 0, "connections opened")


def admin_admin(scene: Scene):
    """The credential that OM2M's gateways send becomes valid by the operator's decision."""
    done = scene.daemon.cli("principal", "passwd", "admin", "--password-stdin", "--data-dir", str(scene.daemon.data_dir), stdin="admin\n")
    scene.checks.equal(done.returncode, 0, f"nscl principal passwd: {done.stderr}")
    scene.admin = scene.daemon.client(nscl_test.basic("admin", "admin"))
    scene.until(lambda: scene.admin.get("/m2m").status == 200, "the new password is valid")


def loop(scene: Scene):
    """Two daemons that each take the other for the way to the same SCL, and one that takes itself for it: BAD_REQUEST, at once."""
    checks = scene.checks
    with Scene(checks) as one, Scene(checks) as two:
        for here, there in ((one, two), (two, one)):
            admin_admin(here)
            om2m_scl(here, "ring", f"http://{there.daemon.host}")
            om2m_scl(here, "mirror", f"http://{here.daemon.host}")
        for method in ("GET", "DELETE"):
            for target in ("/om2m/ring/applications", "/om2m/mirror/applications"):
                got = one.admin.request(method, target)
                checks.status(got, 400, f"{method} {target}")
                checks.that(b"loop" in got.body, f"says why: {got.text}")
        # Two of them in a row are no loop.
        om2m_scl(one, "nscl2", f"http://{two.daemon.host}")
        om2m_scl(two, "nscl2", two.receiver.uri())
        checks.status(one.admin.get("/om2m/nscl2/applications"), 204, "through both to a third")
        request, = two.receiver.wait(1)
        checks.equal(request.field("Via").count("1.1 "), 2, f"Via names both: {request.field('Via')}")


if __name__ == "__main__":
    delivery.run((absolute_form, methods_and_bodies, target_id, om2m_foreign_segment, answers, failures, several_contacts, lost_on_a_kept_connection, forbidden, loop),
                 {"outgoing.request_time": "2s", "outgoing.connect_time": "2s", "outgoing.body_limit": "256KiB"})
