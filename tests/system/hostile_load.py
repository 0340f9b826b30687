#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Hostile amounts, the rows D4, D5, D6 and D9 of the threat model, in numbers that a test has time for. Shows: R4.7, R5.2.2, R5.2.3."""

import os
import resource
import threading
import time
import urllib.parse

import nscl_test
import siege as besieged
from receiver import Receiver, answer
from siege import CANARY, M2M, Siege, application, group

QUEUE = 300


def together(count, action):
    """Runs action(number) in so many threads at once; what they returned."""
    found = [None] * count

    def run(number):
        try:
            found[number] = action(number)
        except (OSError, nscl_test.BadAnswer) as error:
            found[number] = repr(error)
    threads = [threading.Thread(target=run, args=(number,)) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return found


def ask_sleeper(client, number):
    target = urllib.parse.quote(f"http://sleeper.example.net/m2m/applications/a{number:05}", safe="")
    return client.get(f"/m2m?targetID={target}", headers={"X-etsi-correlationID": f"c{number}", "X-etsi-trpdt": "PT600S"}).status


def d4_queue_of_a_sleeper(siege: Siege):
    """What was acknowledged is delivered, in order; what is beyond the limit is refused."""
    checks, admin = siege.checks, siege.admin
    with Receiver(answer(200, b'<m2m:application xmlns:m2m="http://uri.etsi.org/m2m"/>', {"Content-Type": "application/xml"}), address="127.0.0.2") as gateway:
        poc = (f'<m2m:m2mPoc {M2M} m2m:id="p"><m2m:contactInfo><m2m:contactURI>{gateway.uri("/m2m")}</m2m:contactURI></m2m:contactInfo>'
               "<m2m:onlineStatus>%s</m2m:onlineStatus></m2m:m2mPoc>")
        scl = (f'<m2m:scl {M2M} sclId="sleeper"><m2m:link>http://sleeper.example.net/m2m</m2m:link><m2m:mgmtProtocolType>OMA_DM</m2m:mgmtProtocolType></m2m:scl>')
        checks.status(admin.post("/m2m/scls", scl), 201, "D4 the SCL")
        checks.status(admin.post("/m2m/scls/sleeper/m2mPocs", poc % "OFFLINE"), 201, "D4 sleeps")
        statuses = [ask_sleeper(admin, number) for number in range(QUEUE + 50)]
        checks.equal(statuses, [202] * QUEUE + [503] * 50, "D4 the limit")
        siege.in_service("D4 while the queue is full")
        checks.equal(gateway.requests, [], "D4 nothing reaches it")
        checks.status(admin.put("/m2m/scls/sleeper/m2mPocs/p", (poc % "ONLINE").replace(' m2m:id="p"', "")), (200, 204), "D4 wakes")
        told = gateway.wait(QUEUE, 60)
        checks.equal([request.target for request in told], [f"/m2m/applications/a{number:05}" for number in range(QUEUE)], "D4 each acknowledged one, in order")
        checks.status(admin.delete("/m2m/scls/sleeper"), (200, 204), "D4 it goes")


def d5_discovery_of_everything(siege: Siege):
    strings = "<m2m:searchStrings><m2m:searchString>flood</m2m:searchString></m2m:searchStrings>"
    count = 2000

    def make(part):
        client = siege.daemon.client(siege.authorization)
        return {client.post("/m2m/applications", application(f"d5n{number}", strings)).status for number in range(part, count, 4)}
    siege.checks.equal(together(4, make), [{201}] * 4, "D5 the resources")

    def ask(number):
        client = nscl_test.Client(siege.daemon.address, siege.daemon.port, siege.authorization, timeout=60)
        got = client.get("/m2m/discovery?searchString=flood" + ("&maxSize=100" if number % 2 else ""))
        client.close()
        return got.status, got.body.count(b"<reference>")
    found = together(50, ask)
    siege.checks.equal({one[0] for one in found}, {200}, "D5 50 at once")
    siege.checks.equal({one[1] for one in found[1::2]}, {100}, "D5 maxSize")
    siege.checks.that(all(0 < one[1] <= count for one in found), "D5 and all of them without it")


def d6_fan_out(siege: Siege):
    """A group of nearly 10,000, as many as a document may have elements, asked by 20 at once; the witness is served meanwhile."""
    members = [f"/m2m/containers/none{number}" for number in range(9_900)] + [CANARY]
    siege.checks.status(siege.admin.post("/m2m/groups", group("wide", *members)), 201, "D6 the group")
    before = siege.memory()

    def ask(_):
        client = nscl_test.Client(siege.daemon.address, siege.daemon.port, siege.authorization, timeout=120)
        got = client.get("/m2m/groups/wide/membersContent")
        client.close()
        return got.status
    found = together(20, ask)
    siege.checks.equal(set(found), {200, 503}, "D6 some are answered, and what is beyond the limit is refused")
    siege.grew_little("D6", before, 150 << 20)
    siege.checks.status(siege.admin.delete("/m2m/groups/wide"), (200, 204), "D6 it goes")


def processor_time(pid):
    with open(f"/proc/{pid}/stat", encoding="ascii") as stat:
        fields = stat.read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def d9_no_descriptors(siege: Siege):
    """Accepting pauses, without a busy loop, and resumes; who is connected is served on."""
    checks = siege.checks
    soft, hard = resource.prlimit(siege.pid, resource.RLIMIT_NOFILE)
    siege.admin.get(CANARY)
    resource.prlimit(siege.pid, resource.RLIMIT_NOFILE, (siege.count_descriptors() + 100, hard))
    crowd = [nscl_test.socket.create_connection((siege.daemon.address, siege.daemon.port), 10) for _ in range(200)]
    try:
        time.sleep(0.5)
        began = processor_time(siege.pid)
        time.sleep(2)
        spent = processor_time(siege.pid) - began
        checks.that(spent < 1, f"D9 no busy loop: {spent:.2f} s of the processor in 2 s")
        checks.equal(siege.admin.get(CANARY).body, siege.canary, "D9 a connection that was there is served")
        checks.that("accept failed" in siege.daemon.log(), "D9 the log says it")
    finally:
        for peer in crowd:
            peer.close()
    fresh = nscl_test.Client(siege.daemon.address, siege.daemon.port, siege.authorization, timeout=20)
    checks.equal(fresh.get(CANARY).body, siege.canary, "D9 accepting resumes")
    fresh.close()
    resource.prlimit(siege.pid, resource.RLIMIT_NOFILE, (soft, hard))
    checks.that(siege.daemon.log().count("accept failed") < 50, "D9 the log is not flooded")


besieged.run((d4_queue_of_a_sleeper, d5_discovery_of_everything, d6_fan_out, d9_no_descriptors),
             {"NSCL_OUTGOING_ALLOWED_NETWORKS": "127.0.0.2/32", "NSCL_DELIVERY_REQUESTS_PER_SCL": QUEUE, "NSCL_DELIVERY_FIRST_RETRY": "1s", "NSCL_DELIVERY_LAST_RETRY": "1s"})
