#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Hostile URIs in everything that is called, the rows S of the threat model, with a trap at loopback. Only 127.0.0.2 may be called
here. Shows: R4.7, R5.2.2, R7.5."""

import json
import time

import delivery
import siege as besieged
from receiver import HANG, Receiver, answer, raw
from siege import M2M, Siege, application, container, group

INSIDE = ("127.0.0.1", "localhost", "LOCALHOST.", "[::1]", "0", "0.0.0.0", "0x7f.1", "2130706433", "127.1", "0177.0.0.1", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]",
          "[64:ff9b::7f00:1]", "[2002:7f00:1::]", "[::]", "[::127.0.0.1]", "169.254.169.254", "[fd00:ec2::254]", "[fe80::1]", "10.0.0.1", "192.168.0.1",
          "224.0.1.187", "255.255.255.255")
STRINGS = "<m2m:searchStrings><m2m:searchString>%s</m2m:searchString></m2m:searchStrings>"


class Trap(Receiver):
    """Whoever connects to it was not to."""

    def caught(self):
        time.sleep(0.3)
        return self.connections


def watch(siege: Siege, name, contact):
    """An application, and a subscription to it; the answer to that."""
    siege.admin.post("/m2m/applications", application(name))
    return siege.admin.post(f"/m2m/applications/{name}/subscriptions", delivery.subscription(contact, "s"))


def change(siege: Siege, name, text):
    siege.checks.status(siege.admin.put(f"/m2m/applications/{name}", application(None, STRINGS % text)), (200, 204), f"{name} changes")


def s1_s2_addresses_inside(siege: Siege):
    """Accepted as contacts (procedures 5.9.1: nothing but their form is judged there), and never called, whoever asks."""
    checks = siege.checks
    with Trap() as trap, Receiver(address="127.0.0.2") as witness:
        for number, host in enumerate(INSIDE):
            uri = f"http://{host}:{trap.port}/x"
            checks.status(watch(siege, f"s1n{number}", uri), 201, f"S1 contact {uri}")
            change(siege, f"s1n{number}", "changed")
            checks.status(siege.admin.post("/m2m/applications", application(f"poc{number}", f"<m2m:aPoC>{uri}</m2m:aPoC><m2m:aPoCPaths><m2m:aPoCPath><m2m:path>p"
                          "</m2m:path></m2m:aPoCPath></m2m:aPoCPaths>")), 201, f"S1 aPoC {uri}")
            got = siege.admin.get(f"/m2m/applications/poc{number}/p")
            checks.status(got, 502, f"S1 an application at {host}")
            checks.that((len(host) < 4 or host.strip("[]").encode() not in got.body) and str(trap.port).encode() not in got.body, f"S1 {host}: no address told: {got.text}")
        members = [f"http://{host}:{trap.port}/m2m/x" for host in INSIDE]
        checks.status(siege.admin.post("/m2m/groups", group("inside", *members)), 201, "S1 a group of them")
        got = siege.admin.get("/m2m/groups/inside/membersContent")
        checks.that(got.status == 200 and b"STATUS_OK" not in got.body, f"S1 its members: {got.brief()}")
        checks.status(watch(siege, "told", witness.uri("/w")), 201, "S1 the witness")
        change(siege, "told", "changed")
        checks.that(witness.wait(1), "S1 one that may be called is told")
        checks.equal(trap.caught(), 0, "S1, S2 connections to loopback")


def s1_scl_contacts(siege: Siege):
    """Points of contact of a registered SCL, as a real gateway of OM2M names them: kept, and not called."""
    with Trap() as trap:
        poc = f"http://127.0.0.1:{trap.port}/m2m"
        scl = (f'<m2m:scl {M2M} sclId="lured"><m2m:pocs><reference>{poc}</reference></m2m:pocs><m2m:link>http://lured.example.net/m2m</m2m:link>'
               "<m2m:mgmtProtocolType>OMA_DM</m2m:mgmtProtocolType></m2m:scl>")
        siege.checks.status(siege.admin.post("/m2m/scls", scl), 201, "S1 an SCL at loopback")
        for target in ("/m2m?targetID=http%3A%2F%2Flured.example.net%2Fm2m%2Fapplications%2Fa", "/om2m/lured/applications/a"):
            got = siege.admin.get(target)
            siege.checks.status(got, (502, 503), f"S1 passed on to it: {target}")
        siege.checks.equal(trap.caught(), 0, "S1 connections to loopback")


def s3_names(siege: Siege):
    """A name that leads inside is judged by its address; that the judged address is the one connected to is unit.net's to show."""
    with Trap() as trap:
        siege.checks.status(watch(siege, "s3", f"http://localhost:{trap.port}/x"), 201, "S3 contact")
        change(siege, "s3", "changed")
        siege.checks.equal(trap.caught(), 0, "S3 connections")


def s4_redirects(siege: Siege):
    with Trap() as trap, Receiver(address="127.0.0.2") as receiver:
        aimed = {"Location": f"http://127.0.0.1:{trap.port}/x"}
        receiver.script(answer(302, fields=aimed), answer(307, fields=aimed), answer(301, fields=aimed), answer(308, fields=aimed))
        siege.checks.status(watch(siege, "s4", receiver.uri("/r")), 201, "S4 contact")
        told = receiver.wait(5, 40)
        siege.checks.that(len(told) >= 5, f"S4 each redirect is a failure, and tried again: {len(told)}")
        siege.checks.equal({request.method for request in told}, {"POST"}, "S4 as before")
        siege.checks.equal(trap.caught(), 0, "S4 nobody follows")


def s5_schemes_and_users(siege: Siege):
    with Trap() as trap:
        at = f"127.0.0.1:{trap.port}"
        for number, uri in enumerate((f"file:///etc/passwd", f"file://{at}/", f"gopher://{at}/", f"ftp://{at}/", f"jar:http://{at}/!/", f"unix://{at}", f"dict://{at}/",
                                      f"http://u:p@{at}/", f"http://u@{at}/", f"https://u:p@{at}/", "https://", "http://", "http:///x", f"http://{at}:1/", "http://a:0/", "http://a:70000/", "://a/", "javascript:alert(1)")):
            siege.checks.status(watch(siege, f"s5n{number}", uri), 400, f"S5 {uri}")
        for uri in ("coap://224.0.1.187/", f"coap://{at}/", f"https://{at}/"):   # of the standard: CoAP nobody speaks here, and this address is not called by https either
            siege.checks.status(watch(siege, f"s5{len(uri)}", uri), 201, f"S5 {uri}")
            change(siege, f"s5{len(uri)}", "changed")
        siege.checks.equal(trap.caught(), 0, "S5 connections")


def s6_octets(siege: Siege):
    """In XML, where CR LF comes by reference, and in JSON."""
    for number, uri in enumerate(("http://h.example.net/\r\nX: y", "http://h.example.net/a b", "http://h.example.net\\@evil/", "http://h.example.net/#@evil", "http://good@evil/",
                                  "http://evil#good", "http://h.example.net/" + "a" * 3000, "http://h.example.net/\u00e4", "http://h.example.net/<x>", "http://h.exa mple/",
                                  "http://[::1/", "http://h.example.net:8o/", "http://h.example.net/\x7f", "http://h.example.net/{x}", "http://h_%0d%0a.example.net\t/")):
        siege.admin.post("/m2m/applications", application(f"s6n{number}"))
        body = delivery.subscription("@", "s").replace("@", "".join(f"&#{ord(c)};" for c in uri))
        siege.checks.status(siege.admin.post(f"/m2m/applications/s6n{number}/subscriptions", body), 400, f"S6 {uri[:60]!r}")
        body = json.dumps({"subscription": {"id": "s", "contact": uri}})
        siege.checks.status(siege.admin.post(f"/m2m/applications/s6n{number}/subscriptions", body, content_type="application/json"), 400, f"S6 {uri[:60]!r} in JSON")


def instances_of(siege: Siege, name):
    text = siege.admin.get(f"/m2m/containers/{name}/contentInstances?metaDataOnly=true").text
    return int(text.split("currentNrOfInstances>")[1].split("<")[0])


def s7_loops(siege: Siege):
    """Containers that are told of each other: what comes round is known already."""
    for name in ("self", "ping", "pong"):
        siege.checks.status(siege.admin.post("/m2m/containers", container(name)), 201, f"S7 {name}")
    own = f"http://{siege.daemon.host}/m2m/containers/"
    for source, target in (("self", "self"), ("ping", "pong"), ("pong", "ping")):
        body = delivery.subscription(f"{own}{target}/contentInstances", "s")
        siege.checks.status(siege.admin.post(f"/m2m/containers/{source}/contentInstances/subscriptions", body), 201, f"S7 {source} tells {target}")
    for name in ("self", "ping"):
        for slug in ("mine", None):
            siege.checks.status(siege.admin.post(f"/m2m/containers/{name}/contentInstances", "x", content_type="text/plain", headers={"Slug": slug}), 201, "S7 one")
    counts, deadline = [], time.monotonic() + 12
    while time.monotonic() < deadline and (len(counts) < 8 or len(set(counts[-8:])) > 1):
        time.sleep(0.4)
        counts.append(tuple(instances_of(siege, name) for name in ("self", "ping", "pong")))
    siege.checks.that(len(set(counts[-8:])) == 1 and max(counts[-1]) <= 8, f"S7 it ends: {counts[-10:]}")
    for name in ("self", "ping", "pong"):
        siege.admin.delete(f"/m2m/containers/{name}")


def drip(_, peer):
    for octet in b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n" * 20:
        peer.sendall(bytes([octet]))
        time.sleep(0.1)
    return False


def flood(octets, head=b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"):
    def act(_, peer):
        peer.sendall(head)
        for _ in range(1024):
            peer.sendall(octets)
        return False
    return act


BOMB = b"\x1f\x8b\x08\0\0\0\0\0\x02\xff" + b"\xed\xc1\x01\x0d\0\0\0\xc2\xa0" * 1000
ANSWERS = {"never": HANG, "drips": drip, "1 GiB": flood(b"100000\r\n" + b"x" * (1 << 20) + b"\r\n"), "1 GiB of length": raw(b"HTTP/1.1 200 OK\r\nContent-Length: 1073741824\r\n\r\n" + b"x" * 200_000),
           "100,000 fields": flood(b"X-A: b\r\n" * 100, b"HTTP/1.1 200 OK\r\n"), "bad chunks": raw(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nfffffffffffffffff\r\nx"),
           "chunk of -5": raw(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n-5\r\nx"), "two framings": raw(b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\nx")}


def s8_hostile_answers(siege: Siege):
    """Each is a failure: tried again, within bounds, and others do not wait for it."""
    checks, before = siege.checks, siege.memory()
    receivers = {name: Receiver(act, address="127.0.0.2") for name, act in ANSWERS.items()}
    bomb = Receiver(raw(b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: %d\r\n\r\n" % len(BOMB) + BOMB), address="127.0.0.2")
    with Receiver(address="127.0.0.2") as well:
        for number, receiver in enumerate(receivers.values()):
            checks.status(watch(siege, f"s8n{number}", receiver.uri("/r")), 201, "S8 contact")
        checks.status(watch(siege, "s8bomb", bomb.uri("/r")), 201, "S8 contact")
        checks.status(watch(siege, "s8well", well.uri("/w")), 201, "S8 contact")
        for turn in range(1, 6):
            change(siege, "s8well", f"turn {turn}")
            told = well.wait(turn, where=lambda request, text=f"turn {turn}": text in request.notify().text or request.target == "/w")
            checks.that(len(told) >= turn, f"S8 the other contact is told, turn {turn}")
        for name, receiver in receivers.items():
            checks.that(len(receiver.wait(2, 40)) >= 2, f"S8 {name}: a failure, and tried again")
        checks.that(len(bomb.wait(1)) >= 1, "S8 a gzip bomb")
        checks.that(len(bomb.matching()) == 1, "S8 which nobody opens: the 200 counts")
        for number, receiver in enumerate(receivers.values()):
            count = len(receiver.matching())
            siege.admin.delete(f"/m2m/applications/s8n{number}")
            checks.that(count < 30, f"S8 tried {count} times")
            receiver.close()
        bomb.close()
    siege.grew_little("S8", before, 48 << 20)


def s9_announce_to(siege: Siege):
    """Only registered SCLs are announced to; what else the list names is dropped from it (M*), and not called."""
    with Trap() as trap:
        for number, target in enumerate((f"http://127.0.0.1:{trap.port}/m2m", "nobody", f"http://127.0.0.1:{trap.port}/m2m/scls/x", "../x", "file:///x")):
            announce = (f"<m2m:announceTo><m2m:activated>true</m2m:activated><sclList><reference>{target}</reference></sclList></m2m:announceTo>"
                        .replace("sclList", "m2m:sclList"))
            got = siege.admin.post("/m2m/applications", application(f"s9n{number}", announce))
            siege.checks.status(got, 201, f"S9 announceTo {target}")
            siege.checks.that(target.encode() not in siege.admin.get(f"/m2m/applications/s9n{number}").body, f"S9 {target} is dropped")
        siege.checks.equal(trap.caught(), 0, "S9 connections")


def s10_fields(siege: Siege):
    with Trap() as trap:
        uri = f"http://127.0.0.1:{trap.port}/x"
        got = siege.admin.get("/m2m", headers={"X-Acy-Next-Hop-URI": uri, "X-etsi-contactURI": uri, "X-etsi-correlationID": "c1"})
        siege.checks.status(got, (200, 202), "S10 a request whose answer shall go elsewhere")
        got = siege.admin.get("/m2m/scls/lured/applications/a", headers={"X-Acy-Next-Hop-URI": uri, "X-etsi-contactURI": uri, "X-etsi-correlationID": "c2"})
        siege.checks.status(got, (202, 404, 502, 503), "S10 one that is passed on")
        for contact in ("x\x01y", "http://h/ x\x7f"):
            siege.raw(f"S10 contactURI {contact!r}", siege.head(f"X-etsi-contactURI: {contact}", "X-etsi-correlationID: c3"), 400)
        time.sleep(1)
        siege.checks.equal(trap.caught(), 0, "S10 connections")


besieged.run((s1_s2_addresses_inside, s1_scl_contacts, s3_names, s4_redirects, s5_schemes_and_users, s6_octets, s7_loops, s8_hostile_answers, s9_announce_to, s10_fields),
             {"NSCL_OUTGOING_ALLOWED_NETWORKS": "127.0.0.2/32", "NSCL_OUTGOING_REQUEST_TIME": "3s", "NSCL_OUTGOING_CONNECT_TIME": "2s",
              "NSCL_OUTGOING_BODY_LIMIT": "64KiB", "NSCL_DELIVERY_FIRST_RETRY": "1s", "NSCL_DELIVERY_LAST_RETRY": "1s"})
