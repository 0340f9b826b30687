#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""An NSCL that registers itself at another ([[peer]]; docs/delivery.md, Other NSCLs): it comes and goes with its configuration, its
applications are asked for by their own names, and what it announces comes again after the other lost it. Procedures 5.2.2, 5.2.3,
security 5.3. Shows: R4.2, R4.25, C2."""

import base64
import sqlite3
import time
import urllib.parse

import delivery
import nscl_test
from delivery import Scene, application, document
from nscl_test import Checks, basic

SECRET = "told-to-nobody"


def targeted(uri):
    return "/m2m?targetID=" + urllib.parse.quote(uri, safe="")


def permission(flags, holder):
    marks = "".join(f"<m2m:flag>{flag}</m2m:flag>" for flag in flags)
    return (f'<m2m:permission m2m:id="p"><m2m:permissionFlags>{marks}</m2m:permissionFlags><m2m:permissionHolders><m2m:holderRefs><m2m:holderRef>{holder}'
            "</m2m:holderRef></m2m:holderRefs></m2m:permissionHolders></m2m:permission>")


class Pair:
    """`one` registers at `two`; each knows the other by a credential."""

    def __init__(self, checks: Checks):
        self.checks = checks
        self.one, self.two = Scene(checks, start=False), Scene(checks, start=False)
        for scene in (self.one, self.two):
            scene.daemon.port = nscl_test.free_port()
            scene.daemon.env = {"NSCL_SCL_BASE_URI": f"http://{scene.daemon.host}"}
            scene.authorization = scene.daemon.principal("operator", "pw", operator=True)
        self.two.daemon.principal("nscl-one", SECRET, scl="one")
        self.one.daemon.principal("nscl-two", SECRET, scl="two")
        self.one.daemon.env |= {"NSCL_PEER_0_ID": "two", "NSCL_PEER_0_OWN_ID": "one", "NSCL_PEER_0_CREDENTIAL": f"nscl-one:{SECRET}", "NSCL_PEER_0_REGISTER": "true",
                                "NSCL_PEER_0_URI": self.two.base, "NSCL_PEER_0_LIFETIME": "2h"}
        self.two.daemon.env |= {"NSCL_PEER_0_ID": "one", "NSCL_PEER_0_OWN_ID": "two", "NSCL_PEER_0_CREDENTIAL": f"nscl-two:{SECRET}"}

    def start(self, scene):
        scene.daemon.start()
        scene.admin = scene.daemon.client(scene.authorization)

    def restart(self, scene, **env):
        scene.daemon.kill()
        scene.daemon.env |= env
        self.start(scene)

    def is_there(self, scene, path, text=b""):
        got = scene.admin.get(path)
        return got.status == 200 and text in got.body

    def lanes(self):
        with sqlite3.connect(f"file:{self.one.daemon.data_dir}/nscl.db?mode=ro", uri=True) as store:
            return store.execute("SELECT name, due FROM lane WHERE name LIKE 'register/%'").fetchall()


def registers_when_it_can(pair: Pair):
    checks, one, two = pair.checks, pair.one, pair.two
    pair.start(one)
    one.until(lambda: "registration failed" in one.daemon.log(), "there is nobody yet, and the log says so")
    checks.status(one.admin.get("/m2m/scls/two"), 404, "so nobody is known here")
    pair.start(two)
    one.until(lambda: pair.is_there(two, "/m2m/scls/one", b"onlineStatus>ONLINE<"), "it registers as soon as the other is there")
    one.until(lambda: pair.is_there(one, "/m2m/scls/two", b"onlineStatus>ONLINE<"), "and knows the other")
    there, here = two.admin.get("/m2m/scls/one").body, one.admin.get("/m2m/scls/two").body
    checks.that(f"link>{one.base}<".encode() in there and b"sclType>NSCL<" in there, "with its link and type")
    checks.that(f"link>{two.base}<".encode() in here, "the link of the other")
    checks.that(b"searchString>nscl<" in here, "the searchStrings of the other's sclBase")
    checks.that(pair.is_there(two, "/m2m/scls/one/m2mPocs/m2mPoc1", one.base.encode()), "the point of contact")
    for scl in (there, here):
        checks.that(not nscl_test.have_schemas() or nscl_test.validate(scl) is None, "valid by the schema")
    checks.that("registered peer=two" in one.daemon.log(), "which the log tells too")
    checks.that("credential" not in one.daemon.log() and SECRET not in one.daemon.log(), "the log has no secret")
    due = pair.lanes()[0][1] / 1e6 - time.time()
    checks.that(1500 < due < 1810, f"it will be refreshed in half an hour at most: {due:.0f} s")


def originators_keep_their_names(pair: Pair):
    checks, one, two = pair.checks, pair.one, pair.two
    for scene, other in ((one, two), (two, one)):
        for name in ("friend", "stranger"):
            scene.make("applications", application(name))
        reader = f"{other.base}/applications/friend"
        right = f"<m2m:permissions>{permission(['READ'], reader)}</m2m:permissions><m2m:selfPermissions>{permission(['READ'], reader)}</m2m:selfPermissions>"
        scene.make("accessRights", document("accessRight", right, m2m_id="friends"))
        scene.make("applications", document("application", f"<m2m:accessRightID>{scene.base}/accessRights/friends</m2m:accessRightID>", appId="open"))
    for scene, other in ((one, two), (two, one)):
        for name, status in (("friend", 200), ("stranger", 404)):
            client = scene.daemon.client(scene.daemon.principal(name, "pw", entity=f"applications/{name}"))
            checks.status(client.get(targeted(f"{other.base}/applications/open")), status, f"what {name} reads at the other")
    liar = two.daemon.client(basic("nscl-one", SECRET))
    checks.status(liar.get("/m2m/applications/open", headers={"From": "http://198.51.100.1/m2m/applications/friend"}), 401, "it vouches for its own only")
    checks.status(liar.get("/m2m/applications/open", headers={"From": f"{one.base}/applications/friend"}), 200, "as it does for this one")


def comes_again(pair: Pair):
    checks, one, two = pair.checks, pair.one, pair.two
    to = "<m2m:announceTo><m2m:activated>true</m2m:activated><m2m:sclList><m2m:reference>two</m2m:reference></m2m:sclList></m2m:announceTo>"
    one.make("applications", application("known", to))
    path = "/m2m/scls/one/applications/knownAnnc"
    one.until(lambda: pair.is_there(two, path, f"link>{one.base}/applications/known<".encode()), "an announcement stands below the id it has there")
    checks.status(two.admin.delete("/m2m/scls/one"), 204, "the other loses it")
    pair.restart(one)
    one.until(lambda: pair.is_there(two, "/m2m/scls/one"), "after a crash it registers again")
    checks.that("the peer has forgotten this SCL peer=two" in one.daemon.log(), "and says why")
    one.until(lambda: pair.is_there(two, path), "and announces again")
    before = two.admin.get("/m2m/scls/one").body
    time_of = lambda body: body.split(b"expirationTime>")[1][:23]
    pair.restart(one)
    one.until(lambda: time_of(two.admin.get("/m2m/scls/one").body) > time_of(before), "a restart refreshes what is there")
    checks.that(pair.is_there(two, path), "and what was announced stays")


def goes(pair: Pair):
    checks, one, two = pair.checks, pair.one, pair.two
    pair.restart(one, NSCL_PEER_0_REGISTER="false")
    one.until(lambda: two.admin.get("/m2m/scls/one").status == 404, "it deregisters")
    one.until(lambda: one.admin.get("/m2m/scls/two").status == 404, "and forgets the other")
    one.until(lambda: not pair.lanes(), "for good")
    link = one.receiver.uri("/gateway")
    gateway = f"<m2m:pocs><reference>{link}</reference></m2m:pocs><m2m:link>{link}</m2m:link><m2m:mgmtProtocolType>OMA_DM</m2m:mgmtProtocolType>"
    one.make("scls", document("scl", gateway, sclId="two"))
    pair.restart(one, NSCL_PEER_0_REGISTER="true")
    one.until(lambda: "another SCL has the id two or its link here" in one.daemon.log(), "an id that is taken is said to be")
    checks.that(pair.is_there(one, "/m2m/scls/two", link.encode()), "and whoever has it keeps it")
    checks.status(one.admin.get(targeted(f"{link}/applications/a")), 204, "and is asked")
    told = base64.b64decode(one.receiver.requests[-1].field("Authorization").split()[1]).decode()
    checks.that(SECRET not in told, f"without being told the peer's credential: {told}")
    pair.restart(one, NSCL_PEER_0_ID="other")
    one.until(lambda: pair.is_there(one, "/m2m/scls/other"), "another id does")
    one.until(lambda: [name for name, _ in pair.lanes()] == ["register/other"], "the old registration is given up")
    checks.that(pair.is_there(one, "/m2m/scls/two", link.encode()), "without touching the gateway of that id")


def no_two_have_a_link(pair: Pair):
    checks, one = pair.checks, pair.one

    def register(name, link, status):
        body = f"<m2m:link>{link}</m2m:link><m2m:mgmtProtocolType>OMA_DM</m2m:mgmtProtocolType>"
        checks.status(one.admin.post("/m2m/scls", document("scl", body, sclId=name)), status, f"{name} with link {link}")
    register("first", "http://gw.example/a/m2m", 201)
    for link in ("http://gw.example/a/m2m", "HTTP://GW.example:80/a/m2m/", "http://gw.example/a/m2m/below", "http://gw.example/a", "http://gw.example"):
        register("second", link, 409)
    register("second", "http://gw.example/a/m2m2", 201)
    checks.status(one.admin.delete("/m2m/scls/first"), 204, "the first goes")
    register("third", "http://gw.example/a/m2m", 201)


def is_refused(pair: Pair):
    checks, one = pair.checks, pair.one
    one.daemon.kill()
    one.daemon.log_path.write_text("")
    pair.restart(one, NSCL_PEER_0_CREDENTIAL="nscl-one:wrong-password")
    one.until(lambda: "registration failed" in one.daemon.log(), "a refusal is logged")
    checks.that("wrong-password" not in one.daemon.log(), "without the password")
    shown = one.daemon.cli("check-config", "--print", env={key: value for key, value in one.daemon.env.items()}).stdout
    checks.that("[[peer]]" in shown and "wrong-password" not in shown, "nor does the printed configuration show it")


def test(checks: Checks):
    pair = Pair(checks)
    with pair.one, pair.two:
        for part in (registers_when_it_can, originators_keep_their_names, comes_again, goes, no_two_have_a_link, is_refused):
            checks.section(part.__name__.replace("_", " "))
            part(pair)
        checks.that(pair.one.daemon.alive() and pair.two.daemon.alive(), "both daemons live")


nscl_test.main(test)
