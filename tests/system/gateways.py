#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Two NSCLs and three gateways in one network: an OM2M one, an ONG one behind NAT that polls, one that registers as OpenMTC's do. They
register, announce, are asked through their NSCLs and on to an application, sleep, wake and expire; procedures 5.2, 5.10, 6.2, 6.3, 6.5 and rows 2, 3, 5 to 8, 10
of 6.6. Shows: R4.1, R4.2, R4.6, R4.25, R6.7, C2."""

import json
import re
import threading
import time
import urllib.parse

import delivery
import nscl_test
from delivery import Scene, application, document, strings
from nscl_test import Checks
from receiver import answer

XML = {"Content-Type": "application/xml"}
THING = b'<m2m:application xmlns:m2m="http://uri.etsi.org/m2m" appId="thing"/>'
OM2M_THING = THING.replace(b"m2m:application xmlns:m2m", b"om2m:application xmlns:om2m")


def later(seconds):
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + seconds))


class Om2mGateway:
    """Registers once in OM2M's form; serves what is asked of /om2m/gscl."""

    def __init__(self, scene: Scene):
        self.scene, self.receiver = scene, scene.another_receiver(answer(200, OM2M_THING, XML))
        self.client = scene.admin

    def register(self):
        body = (f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?><om2m:scl xmlns:om2m="http://uri.etsi.org/m2m" sclId="gscl"><om2m:pocs><reference>'
                f"{self.receiver.uri('/om2m')}</reference></om2m:pocs><om2m:link>gscl</om2m:link><om2m:mgmtProtocolType>OMA DM</om2m:mgmtProtocolType></om2m:scl>")
        return self.client.post("/om2m/nscl/scls", body, content_type="application/xml; charset=UTF8")

    def announce(self):
        body = ('<om2m:applicationAnnc xmlns:om2m="http://uri.etsi.org/m2m" id="thingAnnc"><om2m:link>gscl/applications/thing</om2m:link>'
                "<om2m:searchStrings><om2m:searchString>type/thing</om2m:searchString></om2m:searchStrings></om2m:applicationAnnc>")
        return self.client.post("/om2m/nscl/scls/gscl/applications", body)


class OngGateway:
    """Cannot be called: polls its notificationChannel, and answers in the vendor's form (procedures 5.10.4)."""

    def __init__(self, scene: Scene):
        self.scene, self.base = scene, "http://ong.example.net/m2m"
        self.client = scene.daemon.client(scene.daemon.principal("ong", "pw", scl="ong"))
        self.polls, self.asked, self.notified, self.is_over = None, [], [], False

    def register(self):
        """Steps 2 to 5 of procedures 6.2; their statuses."""
        right = ("<m2m:permissions/><m2m:selfPermissions><m2m:permission><m2m:permissionFlags><m2m:flag>READ</m2m:flag><m2m:flag>WRITE</m2m:flag></m2m:permissionFlags>"
                 f"<m2m:permissionHolders><m2m:holderRefs><m2m:holderRef>{self.scene.base}/scls/ong</m2m:holderRef></m2m:holderRefs></m2m:permissionHolders>"
                 "</m2m:permission></m2m:selfPermissions>")
        scl = "<m2m:accessRightID>/m2m/accessRights/ong</m2m:accessRightID><m2m:mgmtProtocolType>TR 069</m2m:mgmtProtocolType>"
        link = f"<m2m:link>{self.base}</m2m:link>"
        channel = document("notificationChannel", "<m2m:channelType>LONG_POLLING</m2m:channelType>", m2m_id="nc1")
        put, post, get = self.client.put, self.client.post, self.client.get
        seen = [put("/m2m/accessRights/ong", document("accessRight", right)), post("/m2m/accessRights", document("accessRight", right, m2m_id="ong")),
                put("/m2m/scls/ong", document("scl", scl)), post("/m2m/scls", document("scl", link + scl, sclId="ong")),
                get("/m2m"), get("/m2m/scls/ong/notificationChannels/nc1"), post("/m2m/scls/ong/notificationChannels", channel)]
        got = get("/m2m/scls/ong/notificationChannels/nc1")
        self.contact, self.polls = (re.search(rf"{name}>([^<]+)<", got.body.decode())[1] for name in ("contactURI", "longPollingURI"))
        contact = document("m2mPoc", f"<m2m:contactInfo><m2m:contactURI>{self.contact}</m2m:contactURI></m2m:contactInfo><m2m:onlineStatus>ONLINE</m2m:onlineStatus>", m2m_id="m2mPoc1")
        seen += [got, post("/m2m/scls/ong/m2mPocs", contact)]
        return [each.status for each in seen], got.field("Content-Location")

    def poll(self):
        """Polls until it is over: records what comes; a request is answered, a notification taken."""
        path = urllib.parse.urlsplit(self.polls).path
        client = nscl_test.Client(self.scene.daemon.address, self.scene.daemon.port, timeout=150)
        while not self.is_over:
            got = client.post(path, "")
            if got.status != 200:
                self.is_over = self.is_over or got.status == 404
                continue
            fields = {name: got.field(f"X-Acy-{name}") for name in ("Method", "Target-ID", "Requesting-Entity", "Transaction-ID")}
            if got.body.startswith(b"<?xml") and b":notify" in got.body:
                self.notified.append((fields, got.body))
                continue
            self.asked.append((fields, got.body))
            client.post(path, THING.decode(), headers={"X-Acy-Transaction-ID": fields["Transaction-ID"], "X-Acy-Status-Code": "200"})
        client.close()


class OpenMtcGateway:
    """From and Basic, sclType and expirationTime; refreshes, and deregisters at its end (procedures 6.5)."""

    def __init__(self, scene: Scene):
        self.scene, self.receiver = scene, scene.another_receiver(answer(200, THING, XML))
        self.client = scene.daemon.client(scene.daemon.principal("mtc", "pw", scl="mtc"))
        self.fields = {"From": f"{scene.base}/scls/mtc"}

    def scl(self, identity=None, seconds=3600):
        link = f"<m2m:link>{self.receiver.uri('/m2m')}</m2m:link>" if identity else ""
        kind = "<m2m:sclType>GSCL</m2m:sclType>" if identity else ""
        return document("scl", f"{link}<m2m:expirationTime>{later(seconds)}</m2m:expirationTime><m2m:mgmtProtocolType>OMA_DM</m2m:mgmtProtocolType>{kind}", sclId=identity)

    def poc(self, status, identity=None):
        return document("m2mPoc", f"<m2m:contactInfo><m2m:contactURI>{self.receiver.uri('/m2m')}</m2m:contactURI></m2m:contactInfo><m2m:onlineStatus>{status}</m2m:onlineStatus>", m2m_id=identity)

    def register(self):
        seen = [self.client.post("/m2m/scls", self.scl("mtc"), headers=self.fields), self.client.post("/m2m/scls/mtc/m2mPocs", self.poc("ONLINE", "p"), headers=self.fields)]
        return [each.status for each in seen]


def targeted(uri):
    return "/m2m?targetID=" + urllib.parse.quote(uri, safe="")


def register_all(scene: Scene, gateways):
    om2m, ong, mtc = gateways
    checks = scene.checks
    scene.subscribe("scls", "/gateways", "watcher")
    scene.notified("/gateways", 1)
    got = om2m.register()
    checks.equal((got.status, got.field("Location")), (201, "nscl/scls/gscl"), "OM2M registers")
    checks.status(om2m.register(), 409, "again, as after its restart")
    statuses, location = ong.register()
    checks.equal(statuses, [404, 201, 404, 201, 200, 404, 201, 200, 201], "ONG's steps on an empty tree")
    checks.that(location and location.startswith("http://"), f"Content-Location: {location}")
    checks.equal(mtc.register(), [201, 201], "OpenMTC's steps")
    scene.until(lambda: all(name in scene.receiver.requests[-1].notify().text for name in ("gscl", "ong", "mtc")), "the subscriber of scls sees all three")
    for name in ("gscl", "ong", "mtc"):
        checks.that(b"onlineStatus>ONLINE<" in scene.admin.get(f"/m2m/scls/{name}").body, f"{name} is ONLINE")


def announce_and_follow(scene: Scene, gateways):
    om2m, _, mtc = gateways
    checks = scene.checks
    checks.status(om2m.announce(), 201, "OM2M announces")
    annc = document("applicationAnnc", f"<m2m:link>{mtc.receiver.uri('/m2m/applications/thing')}</m2m:link>{strings('type/thing')}", id="thingAnnc")
    checks.status(mtc.client.post("/m2m/scls/mtc/applications", annc, headers=mtc.fields), 201, "OpenMTC announces")
    checks.that(b"thingAnnc" in scene.admin.get("/om2m/nscl/scls/gscl/applications").body, "row 3: listed")
    found = re.findall(r"<reference>([^<]+)</reference>", scene.admin.get("/m2m/discovery?searchString=type/thing").body.decode())
    checks.equal(len(found), 2, f"both are found: {found}")
    absolute = [uri for uri in found if "://" in uri]
    checks.equal((scene.admin.get(targeted(absolute[0])).status, scene.admin.get("/om2m/gscl/applications/thing").body), (200, OM2M_THING), "and lead to the gateways")
    checks.equal([request.target for request in om2m.receiver.requests], ["/om2m/gscl/applications/thing"], "row 2: how OM2M is asked")


def through_a_channel(scene: Scene, gateways):
    ong, checks = gateways[1], scene.checks
    poller = threading.Thread(target=ong.poll, daemon=True)
    poller.start()
    got = scene.admin.get(targeted(f"{ong.base}/applications/thing?x=1"))
    checks.equal((got.status, got.body), (200, THING), "row 6: RETRIEVE through the poll")
    fields, _ = ong.asked[0]
    checks.equal((fields["Method"], fields["Target-ID"]), ("RETRIEVE", f"{ong.base}/applications/thing?x=1"), "what it was asked")
    checks.equal(fields["Requesting-Entity"], scene.base, "in whose name")
    got = scene.admin.post(targeted(f"{ong.base}/applications"), application("thing"))
    checks.status(got, 200, "CREATE through the poll")
    checks.that(b'appId="thing"' in ong.asked[1][1], "with its body")
    scene.container("na/c")
    own = document("subscription", f"<m2m:contact>{ong.contact}</m2m:contact>", m2m_id="byOng")
    right = document("accessRight", "<m2m:permissions><m2m:permission m2m:id=\"p\"><m2m:permissionFlags><m2m:flag>READ</m2m:flag></m2m:permissionFlags><m2m:permissionHolders><m2m:all/>"
                     "</m2m:permissionHolders></m2m:permission></m2m:permissions><m2m:selfPermissions/>", m2m_id="readable")
    scene.make("accessRights", right.replace("<m2m:selfPermissions/>", right[right.index("<m2m:permission m2m"):right.index("</m2m:permissions>")].join(
        ("<m2m:selfPermissions>", "</m2m:selfPermissions>"))))
    scene.make("applications/na/containers", document("container", "<m2m:accessRightID>/m2m/accessRights/readable</m2m:accessRightID>", m2m_id="open"))
    scene.make("applications/na/containers/open/contentInstances/subscriptions", own, ong.client)
    scene.add("applications/na/containers/open", "i1", "hello")
    scene.until(lambda: ong.notified, "row 6: a notification through the poll")
    checks.equal(ong.notified[0][0]["Target-ID"], ong.contact, "sent to its contact")


def sleep_and_wake(scene: Scene, gateways):
    mtc, checks = gateways[2], scene.checks
    checks.status(mtc.client.put("/m2m/scls/mtc/m2mPocs/p", mtc.poc("OFFLINE"), headers=mtc.fields), (200, 204), "it goes to sleep")
    checks.that(b"onlineStatus>OFFLINE<" in scene.admin.get("/m2m/scls/mtc").body, "the scl shows it")
    mtc.receiver.forget()
    uri = mtc.receiver.uri("/m2m/applications/thing")
    checks.status(scene.admin.get(targeted(uri)), 503, "it cannot be asked")
    fields = {"X-etsi-correlationID": "s1", "X-etsi-contactURI": scene.receiver.uri("/slept"), "X-etsi-trpdt": "PT600S"}
    checks.status(scene.admin.request("GET", targeted(uri), headers=fields), 202, "but told later")
    checks.equal(mtc.receiver.requests, [], "it is left alone")
    checks.status(mtc.client.put("/m2m/scls/mtc/m2mPocs/p", mtc.poc("ONLINE"), headers=mtc.fields), (200, 204), "it wakes")
    told = scene.receiver.wait(1, where=lambda request: request.target == "/slept")
    checks.equal([(request.field("X-etsi-correlationID"), b"STATUS_OK" in request.body) for request in told], [("s1", True)], "answered")


def refresh_and_expire(scene: Scene, gateways):
    ong, mtc, checks = gateways[1], gateways[2], scene.checks
    before = mtc.client.get("/m2m/scls/mtc", headers=mtc.fields).body
    checks.status(mtc.client.put("/m2m/scls/mtc", mtc.scl(seconds=7200), headers=mtc.fields), (200, 204), "row 7: refresh")
    time_of = lambda body: re.search(rb"expirationTime>([^<]+)<", body)[1]
    checks.that(time_of(scene.admin.get("/m2m/scls/mtc").body) > time_of(before), "prolongs its life")
    checks.status(mtc.client.put("/m2m/scls/mtc", mtc.scl(seconds=2), headers=mtc.fields), (200, 204), "shortly before it stops for ever")
    scene.gone("/m2m/scls/mtc")
    scene.gone("/m2m/scls/mtc/applications/thingAnnc")
    checks.status(mtc.client.put("/m2m/scls/mtc", mtc.scl(), headers=mtc.fields), 404, "on which it would register again")
    scene.until(lambda: "mtc" not in [r for r in scene.receiver.requests if r.target == "/gateways"][-1].notify().text, "the subscriber of scls sees it go")
    checks.status(scene.admin.delete("/m2m/scls/ong"), 204, "deregistration")
    scene.until(lambda: ong.is_over, "its poll ends with 404")


def peer_nscl(scene: Scene, other: Scene):
    """NSCL to NSCL: each is an scl at the other."""
    checks = scene.checks
    for here, there in ((scene, other), (other, scene)):
        body = f"<m2m:link>{there.base}</m2m:link><m2m:mgmtProtocolType>OMA_DM</m2m:mgmtProtocolType><m2m:sclType>NSCL</m2m:sclType>"
        here.make("scls", document("scl", body, sclId="peer"))
        contact = f"<m2m:contactInfo><m2m:contactURI>{there.base}</m2m:contactURI></m2m:contactInfo>"
        here.make("scls/peer/m2mPocs", document("m2mPoc", contact, m2m_id="p"))
    other.daemon.principal(scene.base, None, entity=scene.base)
    reader = ('<m2m:permission m2m:id="p"><m2m:permissionFlags><m2m:flag>READ</m2m:flag></m2m:permissionFlags><m2m:permissionHolders><m2m:all/></m2m:permissionHolders></m2m:permission>')
    other.make("accessRights", document("accessRight", f"<m2m:permissions>{reader}</m2m:permissions><m2m:selfPermissions>{reader}</m2m:selfPermissions>", m2m_id="all"))
    other.make("applications", document("application", "<m2m:accessRightID>/m2m/accessRights/all</m2m:accessRightID>", appId="remote"))
    got = scene.admin.get(targeted(f"{other.base}/applications/remote"))
    checks.status(got, 200, "a resource of the peer")
    checks.that(b'appId="remote"' in got.body, "comes through")
    checks.that(got.field("Content-Length") is not None and got.field("Transfer-Encoding") is None, "row 10")
    checks.status(scene.admin.get(targeted(f"{other.base}/applications/none")), 404, "one that is not there")
    retarget_at_the_peer(scene, other)


def retarget_at_the_peer(scene: Scene, other: Scene):
    """On from the other NSCL to the point of contact of an application there."""
    checks, device = scene.checks, scene.another_receiver(answer(200, THING, XML))
    paths = "<m2m:aPoCPaths><m2m:aPoCPath><m2m:path>state</m2m:path></m2m:aPoCPath></m2m:aPoCPaths>"
    other.make("applications", document("application", f"<m2m:accessRightID>/m2m/accessRights/all</m2m:accessRightID><m2m:aPoC>{device.uri('/device')}</m2m:aPoC>{paths}", appId="served"))
    got = scene.admin.get(targeted(f"{other.base}/applications/served/state?unit=K"))
    checks.equal((got.status, got.body), (200, THING), "retargeted to the application")
    came = device.requests[0]
    checks.equal((came.target, came.field("From")), ("/device/state?unit=K", scene.base), "in the name of whoever asked first")
    checks.that(came.field("Via").count("nscl-") == 2, f"over both: {came.field('Via')}")
    checks.status(scene.admin.get(targeted(f"{other.base}/applications/served/other")), 404, "a path that it does not serve")


def test(checks: Checks):
    settings = {"lifetime.minimum": "0s"}
    with Scene(checks, settings) as scene, Scene(checks, settings) as other:
        gateways = Om2mGateway(scene), OngGateway(scene), OpenMtcGateway(scene)
        for part, more in ((register_all, gateways), (announce_and_follow, gateways), (through_a_channel, gateways), (sleep_and_wake, gateways),
                           (refresh_and_expire, gateways), (peer_nscl, other)):
            checks.section(part.__name__.replace("_", " "))
            try:
                part(scene, more)
            except (OSError, RuntimeError, ValueError, IndexError, TypeError, AttributeError, KeyError) as error:
                checks.that(False, f"{type(error).__name__}: {error}")
        gateways[1].is_over = True
        checks.that(scene.daemon.alive() and other.daemon.alive(), "both daemons live")


nscl_test.main(test)
