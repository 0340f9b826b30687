#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Announcement (TS 102 921 10.3.2.8) between two daemons, and towards a scripted peer of the OM2M family: what is sent, in
which order, what becomes of each answer, and that nothing promised is lost. Shows: C2, R4.10, R4.21."""

import base64
import glob
import os
import pathlib
import tempfile
import time

import nscl_test
from nscl_test import Checks, Daemon, until
from scripted_scl import ScriptedScl

M2M = 'xmlns:m2m="http://uri.etsi.org/m2m"'
CONFIG = """[outgoing]
allowed_networks = ["127.0.0.0/8"]
[delivery]
first_retry = "1s"
last_retry = "1s"
[scl]
id = "{}"
"""
PEER = "/om2m/gscl/scls/nscl-a"   # where the scripted peer has us


def strings(*texts):
    return "<m2m:searchStrings>" + "".join(f"<m2m:searchString>{text}</m2m:searchString>" for text in texts) + "</m2m:searchStrings>"


def announce_to(*scls, activated=None, is_global=None):
    flag = lambda name, value: "" if value is None else f"<m2m:{name}>{str(value).lower()}</m2m:{name}>"  # noqa: E731
    references = "".join(f"<reference>{scl}</reference>" for scl in scls)
    return f"<m2m:announceTo>{flag('activated', activated)}<m2m:sclList>{references}</m2m:sclList>{flag('global', is_global)}</m2m:announceTo>"


def document(kind, content, name=None):
    attribute = {"application": "appId", "scl": "sclId"}.get(kind, "m2m:id")
    return f"<m2m:{kind} {M2M}" + (f' {attribute}="{name}"' if name else "") + f">{content}</m2m:{kind}>"


def comes(checks, client, target, wanted, text):
    """`target` can be read and holds the texts."""
    seen = {}

    def look():
        seen["answer"] = client.get(target)
        return seen["answer"].status == 200 and all(part in seen["answer"].text for part in wanted)
    return checks.that(until(look), f"{text}: {target} is {seen['answer'].brief()}, wanted {wanted}")


def goes(checks, client, target, text):
    return checks.that(until(lambda: client.get(target).status == 404), f"{text}: {target} is still there")


# ---------------------------------------------------------------- two daemons

class Pair:
    """Daemons A and B that are registered at each other, each known to the other by the URI of its sclBase."""

    def __init__(self, folder):
        self.daemons, self.clients, self.uris = {}, {}, {}
        for name in ("nscl-a", "nscl-b"):
            config = pathlib.Path(folder, name + ".toml")
            config.write_text(CONFIG.format(name))
            self.daemons[name] = Daemon(config=config)
            self.clients[name] = self.daemons[name].admin()
            self.uris[name] = f"http://{self.daemons[name].host}/m2m"
        self.a, self.b = self.clients["nscl-a"], self.clients["nscl-b"]

    def introduce(self, checks):
        for here, there in (("nscl-a", "nscl-b"), ("nscl-b", "nscl-a")):
            uri = self.uris[there]
            self.daemons[here].principal(uri, entity=uri)
            scl = document("scl", f"<m2m:pocs><reference>{uri}</reference></m2m:pocs><m2m:link>{uri}</m2m:link>"
                                  "<m2m:mgmtProtocolType>OMA_DM</m2m:mgmtProtocolType>", there)
            checks.status(self.clients[here].post("/m2m/scls", scl), 201, f"{there} registers at {here}")
            known = self.daemons[here].client(nscl_test.basic_uri(uri), timeout=5)
            checks.that(until(lambda: known.get("/m2m/scls/" + there).status == 200), f"{here} knows {there} by its URI")

    def close(self):
        for daemon in self.daemons.values():
            daemon.close()


def life_of_an_announcement(checks: Checks, pair):
    checks.section("from creation to deletion")
    a, b, to_b = pair.a, pair.b, pair.uris["nscl-b"]
    at_b = "/m2m/scls/nscl-a/applications/meterAnnc"
    right = "<m2m:accessRightID>/m2m/accessRights/AR_ADMIN</m2m:accessRightID>"
    answer = a.post("/m2m/applications", document("application", right + strings("type/meter") + announce_to(to_b, "http://127.0.0.1:9/m2m", "nobody", is_global=True), "meter"))
    checks.status(answer, 201, "POST application")
    checks.that(to_b in answer.text and "127.0.0.1:9" not in answer.text and "nobody" not in answer.text,
                f"the answer shows that two of three SCLs are not registered: {answer.text}")
    many = announce_to(*(f"scl{number}" for number in range(1001)))
    checks.status(a.post("/m2m/containers", document("container", many)), 403, "a sclList without end")
    checks.status(a.post("/m2m/applications/meter/containers", document("container", strings("readings"), "c")), 201, "POST container")
    own = pair.uris["nscl-a"] + "/applications/meter"
    comes(checks, b, at_b, [f"link>{own}<", "searchString>type/meter<", f"accessRightID>{pair.uris['nscl-a']}/accessRights/AR_ADMIN<"], "the application is announced")
    comes(checks, b, at_b + "/containers/cAnnc", [f"link>{own}/containers/c<"], "its container too, below it")
    found = b.get("/m2m/discovery?searchString=type/meter")
    checks.that(f"reference>{own}<" in found.text, f"discovery at B finds the original: {found.text}")

    later = nscl_test.iso(time.time() + 7200)
    kept = announce_to(to_b, is_global=True)
    update = document("application", f"<m2m:expirationTime>{later}</m2m:expirationTime>" + strings("type/meter", "new") + kept)
    checks.status(a.put("/m2m/applications/meter", update), (200, 204), "PUT application")
    comes(checks, b, at_b, ["searchString>new<", later[:-1]], "its change is told")

    checks.section("activated and sclList")
    checks.status(a.put("/m2m/applications/meter", document("application", strings("x") + announce_to(to_b, activated=False, is_global=True))), (200, 204), "activated=false")
    goes(checks, b, at_b, "de-announced")
    checks.status(a.put("/m2m/applications/meter", document("application", strings("x") + kept)), (200, 204), "activated again")
    comes(checks, b, at_b, ["searchString>x<"], "announced again")
    comes(checks, b, at_b + "/containers/cAnnc", ["searchString>readings<"], "and its container")
    checks.status(a.put("/m2m/applications/meter/containers/c", document("container", strings("readings") + announce_to())), (200, 204), "an own, empty announceTo")
    goes(checks, b, at_b + "/containers/cAnnc", "it counts more than the application's")
    comes(checks, b, at_b, ["searchString>x<"], "the application stays")
    checks.status(a.delete("/m2m/applications/meter"), 204, "DELETE application")
    goes(checks, b, at_b, "deleted with its original")


def an_scl(checks: Checks, pair):
    checks.section("a registered SCL")
    a, b = pair.a, pair.b
    if b.get("/m2m/scls/nscl-a/sclAnncs").status == 501:
        print("   left out: sclAnncs are not served")
        return
    content = ("<m2m:link>http://gw.example.net/m2m</m2m:link>" + strings("type/gateway") + "<m2m:mgmtProtocolType>OMA_DM</m2m:mgmtProtocolType>"
               + announce_to(pair.uris["nscl-b"]))
    checks.status(a.post("/m2m/scls", document("scl", content, "gw")), 201, "POST scl")
    comes(checks, b, "/m2m/scls/nscl-a/sclAnncs/gwAnnc", [f"link>{pair.uris['nscl-a']}/scls/gw<", "searchString>type/gateway<"], "the scl is announced")
    checks.status(a.delete("/m2m/scls/gw"), 204, "DELETE scl")
    goes(checks, b, "/m2m/scls/nscl-a/sclAnncs/gwAnnc", "deleted with its original")


def a_target_that_is_away(checks: Checks, pair):
    checks.section("a target that is away, and a crash")
    a, b, to_b = pair.a, pair.b, pair.uris["nscl-b"]
    pair.daemons["nscl-b"].stop()
    for name in ("one", "two"):
        checks.status(a.post("/m2m/containers", document("container", strings(name) + announce_to(to_b), name)), 201, "POST container while B is down")
    checks.status(a.delete("/m2m/containers/two"), 204, "DELETE container while B is down")
    pair.daemons["nscl-a"].kill()
    pair.daemons["nscl-a"].start()
    pair.daemons["nscl-b"].start()
    comes(checks, b, "/m2m/scls/nscl-a/containers/oneAnnc", ["searchString>one<"], "what was promised is kept")
    checks.status(b.get("/m2m/scls/nscl-a/containers/twoAnnc"), 404, "what went meanwhile is not announced")


def by_policy(checks: Checks, pair):
    """What says nothing of announcement follows the etsiSclMo of its SCL."""
    checks.section("announced by policy")
    a, b, to_b = pair.a, pair.b, pair.uris["nscl-b"]
    path = "/m2m/scls/nscl-a/applications/"
    checks.status(a.post("/m2m/applications", document("application", strings("before"), "before")), 201, "an application from before")
    checks.status(a.post("/m2m/applications", document("application", announce_to(to_b, activated=False), "shy")), 201, "one that does not want it")
    policy = (f'<m2m:mgmtObj {M2M} xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:type="m2m:EtsiSclMo" m2m:id="own"><m2m:moID>urn:etsi:sclMo</m2m:moID>'
              f"<m2m:announcedToSclList><reference>{to_b}</reference></m2m:announcedToSclList></m2m:mgmtObj>")
    checks.status(a.post("/m2m/scls/mgmtObjs", policy), 201, "announcedToSclList")
    comes(checks, b, path + "beforeAnnc", ["searchString>before<"], "what was there is announced")
    checks.status(a.post("/m2m/applications", document("application", "", "after")), 201, "an application from now")
    comes(checks, b, path + "afterAnnc", [], "what comes is announced")
    checks.status(b.get(path + "shyAnnc"), 404, "its own announceTo counts more")
    checks.status(b.get("/m2m/scls/nscl-a/containers/oneAnnc"), 200, "and another's stays as it is")
    checks.status(a.delete("/m2m/scls/mgmtObjs/own"), 204, "no policy any more")
    goes(checks, b, path + "beforeAnnc", "taken back")
    goes(checks, b, path + "afterAnnc", "taken back")
    for name in ("before", "shy", "after"):
        checks.status(a.delete("/m2m/applications/" + name), 204, f"DELETE {name}")


def a_chain(checks: Checks, pair):
    checks.section("an announcement that is announced")
    a, b = pair.a, pair.b
    checks.status(a.post("/m2m/applications", document("application", strings("chained") + announce_to(pair.uris["nscl-b"]), "link")), 201, "POST application")
    annc = "/m2m/scls/nscl-a/applications/linkAnnc"
    comes(checks, b, annc, ["searchString>chained<"], "announced to B")
    update = document("applicationAnnc", strings("chained") + announce_to(pair.uris["nscl-a"]))
    checks.status(b.put(annc, update), (200, 204), "B announces it further")
    again = "/m2m/scls/nscl-b/applications/linkAnncAnnc"
    comes(checks, a, again, [f"link>{pair.uris['nscl-b']}/scls/nscl-a/applications/linkAnnc<", "searchString>chained<"], "to the third, here A itself")
    checks.status(a.delete("/m2m/applications/link"), 204, "the original goes")
    goes(checks, b, annc, "with its announcement")
    goes(checks, a, again, "and that one's")


# ---------------------------------------------------------------- a scripted peer

def register(checks, a, port):
    scl = (f'<om2m:scl xmlns:om2m="http://uri.etsi.org/m2m" sclId="gscl"><om2m:pocs><reference>http://127.0.0.1:{port}/om2m</reference>'
           "</om2m:pocs><om2m:link>gscl</om2m:link><om2m:mgmtProtocolType>OMA DM</om2m:mgmtProtocolType></om2m:scl>")
    checks.status(a.post("/om2m/nscl-a/scls", scl), 201, "the peer registers")


def expect(checks, peer, briefs, text):
    checks.that(peer.wait_for(briefs), f"{text}: got {peer.briefs()}, expected {briefs}")
    return peer.take()


def order_and_form(checks: Checks, a, peer):
    checks.section("order and form")
    own = {"application": "applications", "container": "applications/lamp/containers", "group": "applications/lamp/groups"}
    content = {"application": strings("light") + announce_to("gscl", is_global=True), "container": "<m2m:accessRightID>/m2m/accessRights/AR_ADMIN</m2m:accessRightID>" + strings("state"),
               "group": strings("all") + "<m2m:memberType>MIXED</m2m:memberType>"}
    for kind, name in (("application", "lamp"), ("container", "STATE"), ("group", "G")):
        checks.status(a.post("/m2m/" + own[kind], document(kind, content[kind], name)), 201, f"POST {kind}")
    came = expect(checks, peer, [f"POST {PEER}/applications", f"POST {PEER}/applications/lampAnnc/containers", f"POST {PEER}/applications/lampAnnc/groups"], "parents first")
    for request, wanted in zip(came, ('<om2m:applicationAnnc ', '<om2m:containerAnnc ', '<om2m:groupAnnc ')):
        checks.that(wanted in request.text, f"{wanted} in {request.text}")
        checks.equal(request.fields["Authorization"], "Basic " + base64.b64encode(b"admin:admin").decode(), "the configured credential")
        if nscl_test.have_schemas():
            checks.equal(nscl_test.validate(request.body, om2m=True), None, f"{request.brief()} is valid")
    checks.that(' id="lampAnnc"' in came[0].text and "link>nscl-a/applications/lamp<" in came[0].text, f"applicationAnnc: {came[0].text}")
    checks.that('om2m:id="STATEAnnc"' in came[1].text and "link>nscl-a/applications/lamp/containers/STATE<" in came[1].text
                and "accessRightID>nscl-a/accessRights/AR_ADMIN<" in came[1].text, f"containerAnnc: {came[1].text}")
    right = document("accessRight", announce_to("gscl") + "<m2m:selfPermissions><m2m:permission m2m:id='p'><m2m:permissionFlags><m2m:flag>READ</m2m:flag>"
                     "</m2m:permissionFlags><m2m:permissionHolders><m2m:all/></m2m:permissionHolders></m2m:permission></m2m:selfPermissions>", "R")
    checks.status(a.post("/m2m/accessRights", right), 201, "POST accessRight")
    came = expect(checks, peer, [f"POST {PEER}/accessRights"], "an accessRight of the sclBase")
    if nscl_test.have_schemas():
        checks.equal(nscl_test.validate(came[0].body, om2m=True), None, "accessRightAnnc is valid")
    checks.status(a.put("/m2m/applications/lamp/containers/STATE", document("container", strings("state", "more"))), (200, 204), "PUT container")
    came = expect(checks, peer, [f"PUT {PEER}/applications/lampAnnc/containers/STATEAnnc"], "its change")
    checks.that("searchString>more<" in came[0].text and "link" not in came[0].text, f"the update: {came[0].text}")
    checks.status(a.delete("/m2m/applications/lamp"), 204, "DELETE application")
    checks.status(a.delete("/m2m/accessRights/R"), 204, "DELETE accessRight")
    expect(checks, peer, [f"DELETE {PEER}/applications/lampAnnc", f"DELETE {PEER}/accessRights/RAnnc"], "one DELETE for all below")


def answers_that_repeat(checks: Checks, a, peer):
    checks.section("answers after which it is tried again")
    peer.script("POST", "/containers", 503)
    peer.script("POST", "/containers", 500)
    for name in ("c1", "c2"):
        checks.status(a.post("/m2m/containers", document("container", announce_to("gscl"), name)), 201, "POST container")
    came = expect(checks, peer, [f"POST {PEER}/containers"] * 4, "two failures, then both")
    checks.equal([name for request in came for name in ("c1Annc", "c2Annc") if name in request.text], ["c1Annc"] * 3 + ["c2Annc"], "c2 waits for c1")
    peer.script("PUT", "/c1Annc", 404)
    checks.status(a.put("/m2m/containers/c1", document("container", strings("n") + announce_to("gscl"))), (200, 204), "PUT container")
    expect(checks, peer, [f"PUT {PEER}/containers/c1Annc", f"POST {PEER}/containers"], "the peer forgot it")
    peer.script("DELETE", "/c1Annc", 404)
    for name in ("c1", "c2"):
        checks.status(a.delete("/m2m/containers/" + name), 204, "DELETE container")
    expect(checks, peer, [f"DELETE {PEER}/containers/c1Annc", f"DELETE {PEER}/containers/c2Annc"], "one that is gone already is fine")


def names_that_are_taken(checks: Checks, a, peer):
    checks.section("names that are taken, and given")
    annc = ('<om2m:containerAnnc xmlns:om2m="http://uri.etsi.org/m2m" om2m:id="tAnnc"><om2m:link>nscl-a/containers/{}</om2m:link>'
            "<om2m:searchStrings/></om2m:containerAnnc>")
    for link, expected in (("t", [f"GET {PEER}/containers/tAnnc", f"PUT {PEER}/containers/tAnnc"]), ("other", [f"GET {PEER}/containers/tAnnc"])):
        peer.script("POST", "/containers", 409)
        peer.script("GET", "/tAnnc", 200, {"Content-Type": "application/xml"}, annc.format(link).encode())
        checks.status(a.post("/m2m/containers", document("container", announce_to("gscl"), "t")), 201, "POST container")
        expect(checks, peer, [f"POST {PEER}/containers"] + expected, f"409, and what is there links to {link}")
        is_listed = link == "t"
        checks.that(until(lambda: ("reference>gscl<" in a.get("/m2m/containers/t").text) == is_listed), f"sclList after 409 with link to {link}")
        checks.status(a.delete("/m2m/containers/t"), 204, "DELETE container")
        if is_listed:
            expect(checks, peer, [f"DELETE {PEER}/containers/tAnnc"], "taken over, so taken back")
    peer.script("POST", "/containers", 201, {"Location": "gscl/scls/nscl-a/containers/given"})
    checks.status(a.post("/m2m/containers", document("container", announce_to("gscl"), "t")), 201, "POST container")
    expect(checks, peer, [f"POST {PEER}/containers"], "announced")
    checks.status(a.put("/m2m/containers/t", document("container", strings("x") + announce_to("gscl"))), (200, 204), "PUT container")
    expect(checks, peer, [f"PUT {PEER}/containers/given"], "the peer gave another name")
    checks.status(a.delete("/m2m/containers/t"), 204, "DELETE container")
    expect(checks, peer, [f"DELETE {PEER}/containers/given"], "by which it is taken back")


def refusals(checks: Checks, a, peer):
    checks.section("refusals")
    peer.script("POST", "/applications", 403)
    checks.status(a.post("/m2m/applications", document("application", announce_to("gscl", is_global=True), "unwanted")), 201, "POST application")
    checks.that(until(lambda: "reference>gscl<" not in a.get("/m2m/applications/unwanted").text), "who refuses leaves the sclList")
    expect(checks, peer, [f"POST {PEER}/applications"], "asked once")
    own = document("container", announce_to("gscl"), "c")
    checks.status(a.post("/m2m/applications/unwanted/containers", own), 201, "POST container")
    expect(checks, peer, [f"POST {PEER}/containers"], "its application is not announced, so it stands beside")
    checks.status(a.put("/m2m/applications/unwanted", document("application", announce_to("gscl"))), (200, 204), "the application asks again")
    expect(checks, peer, [f"POST {PEER}/applications", f"DELETE {PEER}/containers/cAnnc", f"POST {PEER}/applications/unwantedAnnc/containers"], "and the container moves below it")
    checks.status(a.put("/m2m/applications/unwanted", document("application", announce_to("gscl", activated=False))), (200, 204), "activated=false")
    expect(checks, peer, [f"DELETE {PEER}/applications/unwantedAnnc", f"DELETE {PEER}/applications/unwantedAnnc/containers/cAnnc", f"POST {PEER}/containers"], "and beside it again")
    peer.script("POST", "/containers", 401)
    checks.status(a.post("/m2m/applications", document("application", announce_to("gscl", is_global=True), "wanted")), 201, "POST application")
    checks.status(a.post("/m2m/applications/wanted/containers", document("container", "", "inherits")), 201, "POST container")
    checks.status(a.put("/m2m/applications/wanted/containers/inherits", document("container", strings("x"))), (200, 204), "PUT container")
    checks.status(a.post("/m2m/applications/wanted/containers", document("container", "", "second")), 201, "POST container")
    created = [f"POST {PEER}/applications"] + [f"POST {PEER}/applications/wantedAnnc/containers"] * 2
    expect(checks, peer, created, "a refused one that follows its application is not offered again, the next is")
    checks.that("reference>gscl<" in a.get("/m2m/applications/wanted").text, "nor does it leave the application's list")


def end_of_a_target(checks: Checks, a, peer):
    checks.section("a target that deregisters")
    peer.script("POST", "/containers", 503)
    checks.status(a.post("/m2m/containers", document("container", announce_to("gscl"), "late")), 201, "POST container")
    expect(checks, peer, [f"POST {PEER}/containers"], "it fails once")
    checks.status(a.delete("/m2m/scls/gscl"), 204, "DELETE scl")
    answer = a.put("/m2m/containers/late", document("container", announce_to("gscl")))
    checks.status(answer, 200, "PUT container: the SCL is no longer registered")
    checks.that("reference>gscl<" not in answer.text, f"and is dropped: {answer.text}")
    register(checks, a, peer.port)
    below = f"POST {PEER}/applications/wantedAnnc/containers"
    expect(checks, peer, [f"POST {PEER}/containers", f"POST {PEER}/applications", below, below], "it registers anew: what still names it is announced again, the late one is not")
    checks.status(a.post("/m2m/groups", document("group", "<m2m:memberType>MIXED</m2m:memberType>" + announce_to("gscl"), "fresh")), 201, "POST group")
    expect(checks, peer, [f"POST {PEER}/groups"], "and so is what comes now")


def time_that_a_target_gives(checks: Checks, daemon, peer):
    checks.section("a target that gives less time")
    library = next(iter(sorted(glob.glob("/usr/lib/*/faketime/libfaketimeMT.so.1"))), None)
    if library is None or "NSCL_NO_FAKETIME" in os.environ:
        print("   left out: faketime is not installed, or not borne by this build")
        return
    a = daemon.admin()
    given = ('<om2m:containerAnnc xmlns:om2m="http://uri.etsi.org/m2m" om2m:id="briefAnnc"><om2m:link>nscl-a/containers/brief</om2m:link>'
             f"<om2m:searchStrings/><om2m:expirationTime>{nscl_test.iso(time.time() + 3600)}</om2m:expirationTime></om2m:containerAnnc>")
    peer.script("POST", "/containers", 201, {"Location": "gscl/scls/nscl-a/containers/briefAnnc", "Content-Type": "application/xml"}, given.encode())
    for name in ("brief", "next"):   # the second is sent once what came of the first is written down
        checks.status(a.post("/m2m/containers", document("container", announce_to("gscl"), name)), 201, "POST container")
    expect(checks, peer, [f"POST {PEER}/containers"] * 2, "announced, the first for an hour")
    checks.equal(daemon.stop(), 0, "stop")
    daemon.env = {"LD_PRELOAD": library, "FAKETIME": "+40m", "FAKETIME_DONT_FAKE_MONOTONIC": "1"}
    daemon.start()
    expect(checks, peer, [f"PUT {PEER}/containers/briefAnnc"], "prolonged when half of the hour is over, the other not")


def test(checks: Checks):
    with tempfile.TemporaryDirectory() as folder:
        pair = Pair(folder)
        try:
            pair.introduce(checks)
            life_of_an_announcement(checks, pair)
            an_scl(checks, pair)
            a_target_that_is_away(checks, pair)
            by_policy(checks, pair)
            a_chain(checks, pair)
            with ScriptedScl("/om2m/") as peer:
                register(checks, pair.a, peer.port)
                for part in (order_and_form, answers_that_repeat, names_that_are_taken, refusals, end_of_a_target):
                    part(checks, pair.a, peer)
                time_that_a_target_gives(checks, pair.daemons["nscl-a"], peer)
        finally:
            pair.close()


nscl_test.main(test)
