#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Requests for sleeping SCLs: kept, sent when these wake, answered later, ended in time; procedures 1.4, 5.14, resources.md 4.4.
Shows: R4.0, R4.2, R4.4, R4.5, R4.7, R4.16, R4.17, C6."""

import base64
import json
import re
import threading
import urllib.parse

import delivery
import nscl_test
from delivery import NOWHERE, Scene, document
from receiver import RESET, answer

ANSWER = b'<m2m:application xmlns:m2m="http://uri.etsi.org/m2m"/>'
XML = {"Content-Type": "application/xml"}
SETTINGS = {"outgoing.request_time": "5s", "delivery.last_retry": "1s"}


def gateway(scene: Scene, name, status="OFFLINE", schedule=None, receiver=None):
    """A registered SCL with one point of contact; its principal is `name`, too. Returns its receiver."""
    receiver = receiver or scene.another_receiver(answer(200, ANSWER, XML))
    line = f'<m2m:schedule><m2m:scheduleString id="s">{schedule}</m2m:scheduleString></m2m:schedule>' if schedule else ""
    body = f"<m2m:link>http://{name}.example.net/m2m</m2m:link>{line}<m2m:mgmtProtocolType>OMA_DM</m2m:mgmtProtocolType>"
    scene.make("scls", document("scl", body, sclId=name))
    scene.make(f"scls/{name}/m2mPocs", poc(receiver.uri("/m2m"), status, "p"))
    return receiver


def poc(contact, status, identity=None):
    return document("m2mPoc", f"<m2m:contactInfo><m2m:contactURI>{contact}</m2m:contactURI></m2m:contactInfo><m2m:onlineStatus>{status}</m2m:onlineStatus>",
                    m2m_id=identity)


def wake(scene: Scene, name, receiver):
    scene.checks.status(scene.admin.put(f"/m2m/scls/{name}/m2mPocs/p", poc(receiver.uri("/m2m"), "ONLINE")), (200, 204), f"{name} wakes")


def ask(client, name, rest="applications/a", method="GET", body=None, correlation=None, contact=None, tolerance=None, rcat=None):
    target = urllib.parse.quote(f"http://{name}.example.net/m2m/{rest}", safe="")
    fields = {"X-etsi-correlationID": correlation, "X-etsi-contactURI": contact, "X-etsi-trpdt": tolerance, "X-etsi-rcat": rcat}
    return client.request(method, f"/m2m?targetID={target}", body, headers={key: value for key, value in fields.items() if value})


class Response:
    """A responseNotify."""

    def __init__(self, request, checks):
        self.correlation, self.body = request.field("X-etsi-correlationID"), request.body
        if nscl_test.have_schemas():
            complaint = nscl_test.validate(request.body)
            checks.that(complaint is None, f"responseNotify: {complaint}\n{request.body.decode()}")
        text = request.body.decode()
        self.status = re.search(r"<m2m:statusCode>(\w+)<", text)[1]
        encoded = re.search(r"<representation[^>]*>([^<]*)<", text)
        self.representation = base64.b64decode(encoded[1]) if encoded else b""


def responses(scene: Scene, path, count, seconds=15):
    found = scene.receiver.wait(count, seconds, lambda request: request.target == path)
    scene.checks.equal(len(found), count, f"answers at {path}")
    return [Response(request, scene.checks) for request in found]


def kept_until_it_wakes(scene: Scene):
    checks, admin = scene.checks, scene.admin
    receiver = gateway(scene, "sleeper")
    got = ask(admin, "sleeper")
    checks.status(got, 503, "synchronous, and no delay tolerated")
    checks.that(got.field("Retry-After"), "with Retry-After")
    contact = scene.receiver.uri("/woken")
    checks.status(ask(admin, "sleeper", correlation="none", contact=contact), 503, "asynchronous, and no delay tolerated")
    checks.status(ask(admin, "sleeper", correlation="one", contact=contact, tolerance="PT600S"), 202, "GET taken")
    checks.status(ask(admin, "sleeper", correlation="one", contact=contact, tolerance="PT600S"), 202, "the same again is taken once")
    checks.status(ask(admin, "sleeper", "applications", "POST", delivery.application("b"), "two", contact, "PT600S"), 202, "POST taken")
    checks.equal(receiver.requests, [], "nothing reaches a sleeping SCL")
    wake(scene, "sleeper", receiver)
    first, second = receiver.wait(2)
    checks.equal([(r.method, r.target, r.field("X-etsi-correlationID")) for r in (first, second)],
                 [("GET", "/m2m/applications/a", "one"), ("POST", "/m2m/applications", "two")], "in the order of their coming, with their ids")
    checks.that(b'appId="b"' in second.body, "the body has been kept")
    checks.that(first.field("From").endswith("/m2m"), f"as who asked: {first.field('From')}")
    answers = responses(scene, "/woken", 2)
    checks.equal([(a.correlation, a.status, a.representation) for a in answers], [("one", "STATUS_OK", ANSWER), ("two", "STATUS_OK", ANSWER)], "and answered")
    checks.equal(len(receiver.requests), 2, "each was sent once")


def priorities(scene: Scene):
    """R4.17: without policies the categories leave by their number."""
    receiver = gateway(scene, "ranked")
    for rcat in ("RCAT_5", "RCAT_1", "3"):
        scene.checks.status(ask(scene.admin, "ranked", f"x/{rcat}", correlation=rcat, contact=scene.receiver.uri("/ranked"), tolerance="PT600S", rcat=rcat), 202, rcat)
    wake(scene, "ranked", receiver)
    found = receiver.wait(3)
    scene.checks.equal([r.target for r in found], ["/m2m/x/RCAT_1", "/m2m/x/3", "/m2m/x/RCAT_5"], "order of categories")
    scene.checks.equal([r.field("X-etsi-rcat") for r in found], ["RCAT_1", "RCAT_3", "RCAT_5"], "told to the next hop")


def ends_in_time(scene: Scene):
    """R4.7: whoever asked is told that it failed, and why."""
    receiver = gateway(scene, "late")
    scene.checks.status(scene.admin.put("/m2m/scls/late/m2mPocs/p", poc(NOWHERE, "OFFLINE")), (200, 204), "where nobody is")
    scene.checks.status(ask(scene.admin, "late", correlation="late", contact=scene.receiver.uri("/late"), tolerance="PT2S"), 202, "taken")
    told, = responses(scene, "/late", 1)
    scene.checks.equal((told.correlation, told.status), ("late", "STATUS_GATEWAY_TIMEOUT"), "told that its time is over")
    scene.checks.that(b"errorInfo" in told.representation, f"with a reason: {told.representation!r}")
    count = len(receiver.requests)
    wake(scene, "late", receiver)
    scene.checks.status(ask(scene.admin, "late", "after", correlation="after", contact=scene.receiver.uri("/after")), 202, "what comes after it")
    scene.checks.equal([request.target for request in receiver.wait(count + 1)[count:]], ["/m2m/after"], "nothing is delivered after its tolerance: it would have gone first")
    for wrong in ("yesterday", "PT", "P-1D"):
        scene.checks.status(ask(scene.admin, "late", correlation="x", contact="http://h/", tolerance=wrong), 400, f"TRPDT {wrong}")
    scene.checks.status(ask(scene.admin, "late", correlation="x", contact="http://h/", tolerance="PT9S", rcat="RCAT_8"), 400, "RCAT_8")
    scene.checks.status(ask(scene.admin, "late", contact="http://h/", tolerance="PT9S"), 400, "contactURI alone")


def fetched_later(scene: Scene):
    """Semi-asynchronous: the same request with the same correlationID collects the answer."""
    receiver = gateway(scene, "fetched")
    scene.checks.status(ask(scene.admin, "fetched", correlation="f", tolerance="PT600S"), 202, "taken")
    scene.checks.status(ask(scene.admin, "fetched", correlation="f", tolerance="PT600S"), 202, "not there yet")
    other = scene.daemon.client(scene.daemon.principal("other", "pw", entity="applications/other"))
    wake(scene, "fetched", receiver)
    receiver.wait(1)
    scene.until(lambda: (got := ask(scene.admin, "fetched", correlation="f", tolerance="PT600S")).status == 200 and got.body == ANSWER, "collected")
    scene.checks.equal(len(receiver.requests), 1, "it was executed once")
    scene.checks.status(ask(other, "fetched", correlation="f", tolerance="PT600S"), 202, "somebody else's id is another request")


def held_synchronously(scene: Scene):
    receiver = gateway(scene, "patient")
    found = []
    caller = threading.Thread(target=lambda: found.append(ask(scene.daemon.client(scene.admin.authorization), "patient", tolerance="PT30S")))
    caller.start()
    wake(scene, "patient", receiver)
    caller.join(15)
    scene.checks.equal([(got.status, got.body) for got in found], [(200, ANSWER)], "a request that tolerates a delay is held until its SCL wakes")


def signs_of_life(scene: Scene):
    """Whatever the SCL sends wakes its queue (procedures 5.14.3)."""
    receiver = gateway(scene, "quiet")
    own = scene.daemon.client(scene.daemon.principal("quiet", "pw", scl="quiet"))
    scene.checks.status(ask(scene.admin, "quiet", correlation="q", contact=scene.receiver.uri("/quiet"), tolerance="PT600S"), 202, "taken")
    scene.until(lambda: kept(scene.admin, "q").get("lastError"), "it waits")
    scene.checks.status(own.get("/m2m/scls/quiet"), 200, "any request of the SCL")
    scene.checks.equal(len(receiver.wait(1)), 1, "it was called")
    scene.checks.equal([a.status for a in responses(scene, "/quiet", 1)], ["STATUS_OK"], "answered")


def kept(client, correlation):
    listed = json.loads(client.get("/m2m-queue").body)["requests"]
    found = [entry for entry in listed if entry["correlationID"] == correlation]
    return found[0] if found else {}


def queue_and_cancel(scene: Scene):
    checks, receiver = scene.checks, gateway(scene, "listed")
    names = ("alice", "bob")
    alice, bob = (scene.daemon.client(scene.daemon.principal(name, "pw", entity=f"applications/{name}")) for name in names)
    for client, name in ((alice, "a1"), (alice, "a2"), (bob, "b1")):
        checks.status(ask(client, "listed", f"x/{name}", correlation=name, contact=scene.receiver.uri("/listed"), tolerance="PT600S"), 202, name)
    entries = json.loads(alice.get("/m2m-queue").body)["requests"]
    checks.equal([(e["correlationID"], e["method"], e["target"], e["owner"]) for e in entries],
                 [(n, "RETRIEVE", f"http://listed.example.net/m2m/x/{n}", "applications/alice") for n in ("a1", "a2")], "alice sees her own")
    checks.that(all(entry["deadline"] > entry["created"] for entry in entries), "with its deadline")
    checks.that({"a1", "a2", "b1"} <= {e["correlationID"] for e in json.loads(scene.admin.get("/m2m-queue").body)["requests"]}, "the operator sees all")
    number = entries[0]["id"]
    checks.status(bob.delete(f"/m2m-queue/{number}"), 404, "bob cannot take it back")
    checks.status(alice.delete(f"/m2m-queue/{number}"), 204, "alice can")
    checks.status(alice.delete(f"/m2m-queue/{number}"), 404, "once")
    checks.status(scene.admin.delete(f"/m2m-queue/{kept(scene.admin, 'b1')['id']}"), 204, "the operator can, anybody's")
    for method, path, expected in (("POST", "/m2m-queue", 405), ("GET", f"/m2m-queue/{number}", 405), ("DELETE", "/m2m-queue/x", 404), ("DELETE", "/m2m-queue/", 404)):
        checks.status(scene.admin.request(method, path), expected, f"{method} {path}")
    checks.status(scene.daemon.client().get("/m2m-queue"), 401, "not for everybody")
    wake(scene, "listed", receiver)
    checks.equal([r.target for r in receiver.wait(1)], ["/m2m/x/a2"], "what was taken back is not sent")


def pages_of_the_queue(scene: Scene):
    """A thousand at a time, each once: whatever the order in which they leave, and however many SCLs they are for."""
    asked = [f"q{number}" for number in range(1101)]
    with Scene(scene.checks, SETTINGS) as paged:
        for name in ("b", "a"):
            gateway(paged, name)
        bulk = paged.daemon.client(paged.daemon.principal("bulk", "pw", entity="applications/bulk"))
        for number, correlation in enumerate(asked):
            taken = ask(bulk, "ab"[number % 2], correlation=correlation, tolerance="PT600S", rcat=7 - number % 7)
            paged.checks.equal(taken.status, 202, correlation)
        for client, who in ((bulk, "who asked"), (paged.admin, "the operator")):
            first = json.loads(client.get("/m2m-queue").body)
            second = json.loads(client.get(f"/m2m-queue?after={first['requests'][-1]['id']}").body)
            paged.checks.equal((len(first["requests"]), first["more"], second["more"]), (1000, True, False), f"{who}: pages")
            paged.checks.equal([entry["correlationID"] for entry in first["requests"] + second["requests"]], asked, f"{who}: all, in the order of their coming")


def tried_before_it_ends(scene: Scene):
    """What its SCL says of itself does not count when the time of a request is about to end (procedures 5.14.2 step 7)."""
    receiver = gateway(scene, "hasty")
    scene.checks.status(ask(scene.admin, "hasty", correlation="h", contact=scene.receiver.uri("/hasty"), tolerance="PT2S"), 202, "taken")
    scene.checks.equal([a.status for a in responses(scene, "/hasty", 1)], ["STATUS_OK"], "it was worth the try")
    scene.checks.equal(len(receiver.requests), 1, "one")


def gone_with_its_scl(scene: Scene):
    gateway(scene, "leaver")
    scene.checks.status(ask(scene.admin, "leaver", correlation="g", contact=scene.receiver.uri("/leaver"), tolerance="PT600S"), 202, "taken")
    scene.checks.status(scene.admin.delete("/m2m/scls/leaver"), 204, "the SCL deregisters")
    scene.checks.equal([a.status for a in responses(scene, "/leaver", 1)], ["STATUS_NOT_FOUND"], "its requests end")


def failures_at_the_next_hop(scene: Scene):
    """What comes back broken is sent again with the same id; what is answered is not."""
    receiver = gateway(scene, "flaky")
    receiver.script(RESET, answer(503, fields={"Retry-After": "1"}), answer(404))
    wake(scene, "flaky", receiver)
    scene.checks.status(ask(scene.admin, "flaky", correlation="r", contact=scene.receiver.uri("/flaky"), tolerance="PT60S"), 202, "taken")
    told, = responses(scene, "/flaky", 1)
    scene.checks.equal(told.status, "STATUS_NOT_FOUND", "the answer of the third attempt")
    scene.checks.equal({r.field("X-etsi-correlationID") for r in receiver.requests}, {"r"}, "all attempts carry one id")


def survives_sigkill(scene: Scene):
    checks, receiver = scene.checks, gateway(scene, "durable")
    for number in range(20):
        checks.status(ask(scene.admin, "durable", f"x/{number}", correlation=f"d{number}", contact=scene.receiver.uri("/durable"), tolerance="PT600S"), 202, "taken")
    scene.daemon.kill()
    scene.daemon.start()
    admin = scene.daemon.client(scene.admin.authorization)
    checks.equal(sum(e["correlationID"].startswith("d") and e["correlationID"] != "durable" for e in json.loads(admin.get("/m2m-queue").body)["requests"]), 20, "all are there")
    checks.status(admin.put("/m2m/scls/durable/m2mPocs/p", poc(receiver.uri("/m2m"), "ONLINE")), (200, 204), "it wakes")
    checks.equal([r.field("X-etsi-correlationID") for r in receiver.wait(20)], [f"d{number}" for number in range(20)], "all are sent, in order")
    checks.equal(sorted(a.correlation for a in responses(scene, "/durable", 20)), sorted(f"d{number}" for number in range(20)), "all are answered")


CLOSED = '<m2m:schedule><m2m:scheduleString id="x">0 0 29 2 1</m2m:scheduleString></m2m:schedule>'
OPENED = '<m2m:schedule><m2m:scheduleString id="x">* * * * *</m2m:scheduleString></m2m:schedule>'
POLICIES = "scls/mgmtObjs/policies"


def parameters(kind, name, content):
    return document("parameters", content, m2m_id=name, xsi_type=f"m2m:{kind}")


def network(name, schedule, rcat="RCAT_2"):
    item = f'<m2m:schedItem m2m:id="i">{schedule}</m2m:schedItem>'
    return (f'<m2m:anName>{name}</m2m:anName><m2m:rcatSchedList m2m:id="l"><m2m:rcatSchedule m2m:id="r"><m2m:rcatValue>{rcat}</m2m:rcatValue>{item}'
            "</m2m:rcatSchedule></m2m:rcatSchedList>")


def category(name, delay, networks, most=""):
    limit = f"<m2m:maxPendReqs>{most}</m2m:maxPendReqs>" if most else ""
    ranked = "".join(f"<m2m:accessNetwork>{each}</m2m:accessNetwork>" for each in networks)
    return (f"<m2m:rcatValue>{name}</m2m:rcatValue><m2m:defaultTrpdtValue><tolerableDelay>{delay}</tolerableDelay></m2m:defaultTrpdtValue>{limit}"
            f'<m2m:rankedAnList m2m:id="n">{ranked}</m2m:rankedAnList>')


def make_policies(scene: Scene, usual, networks, categories):
    """One set for all: {name: AnpPolicy}, {name: RcatParamList}; `usual`: the default category."""
    scene.make("scls/mgmtObjs", document("mgmtObj", "<m2m:moID>urn:etsi:sclMo</m2m:moID>", m2m_id="policies", xsi_type="m2m:EtsiSclMo"))
    scene.make(POLICIES, parameters("SafPolicySet", "all", "<m2m:policyScope><reference>default</reference></m2m:policyScope>"))
    for name, content in networks.items():
        scene.make(f"{POLICIES}/all", parameters("AnpPolicy", name, content))
    scene.make(f"{POLICIES}/all", parameters("M2mSpPolicy", "m2mSpPolicy", f"<m2m:defaultRcatValue>{usual}</m2m:defaultRcatValue>"))
    for name, content in categories.items():
        scene.make(f"{POLICIES}/all/m2mSpPolicy", parameters("RcatParamList", name, content))


def changed(scene: Scene, path, body):
    scene.checks.status(scene.admin.put(f"/m2m/{path}", body), (200, 204), f"PUT {path}")


def paths(scene: Scene):
    """Which of its networks an SCL is called by, and by which when that fails (R4.5)."""
    checks, admin = scene.checks, scene.admin
    make_policies(scene, "RCAT_0", {name: network(name, OPENED, "RCAT_3") for name in ("lte", "sat")}, {"three": category("RCAT_3", "PT600S", ["sat", "lte"])})
    by_lte, by_sat = (scene.another_receiver(answer(200, ANSWER, XML)) for _ in range(2))
    scene.make("scls", document("scl", "<m2m:link>http://pathed.example.net/m2m</m2m:link><m2m:mgmtProtocolType>OMA_DM</m2m:mgmtProtocolType>", sclId="pathed"))
    for name, receiver in (("lte", by_lte), ("sat", by_sat)):
        scene.make("scls/pathed/m2mPocs", poc(receiver.uri("/m2m"), "ONLINE", name))

    def comes_by(rcat, text):
        """Names of the networks by which a request comes."""
        for receiver in (by_lte, by_sat):
            receiver.forget()
        checks.status(ask(admin, "pathed", rcat=rcat), 200, text)
        return [name for name, receiver in (("lte", by_lte), ("sat", by_sat)) if receiver.requests]
    checks.equal(comes_by(None, "no rule"), ["lte"], "without a rule by the first that was made")
    checks.equal(comes_by("RCAT_3", "by rule"), ["sat"], "by the one that the policy prefers")
    changed(scene, f"{POLICIES}/all/sat", parameters("AnpPolicy", None, network("sat", CLOSED, "RCAT_3")))
    checks.equal(comes_by("RCAT_3", "closed"), ["lte"], "not by one that is closed to the category")
    changed(scene, f"{POLICIES}/all/sat", parameters("AnpPolicy", None, network("sat", OPENED, "RCAT_3")))
    changed(scene, "scls/pathed/m2mPocs/sat", poc(NOWHERE, "ONLINE"))
    checks.equal(comes_by("RCAT_3", "failing"), ["lte"], "the first path fails, it takes the second")
    checks.that(b"NOT_REACHABLE" in admin.get("/m2m/scls/pathed/m2mPocs/sat").body, "which is remembered")
    checks.status(admin.delete(f"/m2m/{POLICIES}"), 204, "no policies")


def policy(scene: Scene):
    """Categories by the operator's policies: default category and tolerance, schedule, limit (resources.md 4.4)."""
    checks, admin = scene.checks, scene.admin
    make_policies(scene, "RCAT_2", {"lte": network("lte", CLOSED)}, {"two": category("RCAT_2", "PT600S", ["lte"], "3")})
    receiver = gateway(scene, "ruled", "ONLINE")
    contact = scene.receiver.uri("/ruled")
    checks.status(ask(admin, "ruled", "x/1", correlation="p1", contact=contact), 202, "kept by the default tolerance of the default category")
    checks.equal(kept(admin, "p1").get("rcat"), "RCAT_2", "its category")
    checks.status(ask(admin, "ruled", "x/2", correlation="p2", contact=contact), 202, "another")
    checks.that(kept(admin, "p1") and not receiver.requests, "the schedule of the network is closed for it, though the SCL is awake")
    checks.status(ask(admin, "ruled", "x/3", correlation="p3", contact=contact), 202, "the third fills the queue")
    checks.equal([r.target for r in receiver.wait(3)], ["/m2m/x/1", "/m2m/x/2", "/m2m/x/3"], "maxPendReqs is reached: all leave")
    responses(scene, "/ruled", 3)
    changed(scene, f"{POLICIES}/all/lte", parameters("AnpPolicy", None, network("lte", OPENED)))
    checks.status(ask(admin, "ruled", "x/4", correlation="p4", contact=contact), 202, "with an open network")
    checks.equal([r.target for r in receiver.wait(4)][3:], ["/m2m/x/4"], "it leaves at once")
    checks.status(admin.delete(f"/m2m/{POLICIES}"), 204, "no policies")


delivery.run([kept_until_it_wakes, priorities, ends_in_time, fetched_later, held_synchronously, signs_of_life, queue_and_cancel, pages_of_the_queue, tried_before_it_ends, gone_with_its_scl,
              failures_at_the_next_hop, policy, paths, survives_sigkill], SETTINGS)
