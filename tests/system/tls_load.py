#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Load on listeners with TLS: many idle sessions (D1), floods of handshakes from one and from many sources (D2), bodies held at once (D10).
`NSCL_TEST_SESSIONS` sessions are idle (1,000); this test and the daemon need a descriptor for each (`ulimit -n`)."""

import concurrent.futures
import os
import pathlib
import re
import resource
import select
import shutil
import socket
import tempfile
import threading
import time

import nscl_test
from nscl_test import Checks
from tls import SCL, Tls
from wire import Connection, compose

SESSIONS = int(os.environ.get("NSCL_TEST_SESSIONS", "1000"))
SESSIONS_PER_SOURCE = 10_000   # an address has some 28,000 ports by default, and other tests want some too
SPARE_DESCRIPTORS = 100
HANDSHAKE_TIME = 60   # seconds
SANITIZED = "NSCL_TEST_SANITIZED" in os.environ   # such a build keeps what was freed
CLIENT_HELLO = bytes.fromhex("16030100c8010000c40303") + bytes(32)   # and the rest never comes


class Live:
    """A gateway with a key that asks again and again over its one session."""

    def __init__(self, tls, identity, key):
        self.tls, self.asked, self.failed, self.is_over = tls, 0, [], threading.Event()
        self.client = tls.start(identity, key, "-tls1_3")
        self.first = self.ask()   # the session is there before anything else happens
        self.thread = threading.Thread(target=self.run)
        self.thread.start()

    def ask(self):
        self.client.stdin.write(compose("GET", "/m2m/scls/gw1", "h"))
        self.client.stdin.flush()
        head = b""
        while b"\r\n\r\n" not in head:
            octet = self.client.stdout.read(1)
            if not octet:
                return "closed"
            head += octet
        self.client.stdout.read(int(re.search(rb"Content-Length: (\d+)", head)[1]))
        return head[9:12].decode()

    def run(self):
        while not self.is_over.is_set() and not self.failed:
            status = self.ask()
            self.asked += 1
            if status != "200":
                self.failed.append(status)

    def stop(self):
        self.is_over.set()
        self.thread.join()
        self.client.kill()
        self.client.communicate()


def need_descriptors():
    """As many as the hard limit allows, which the daemon inherits."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    if hard != resource.RLIM_INFINITY and hard < SESSIONS + SPARE_DESCRIPTORS:
        raise RuntimeError(f"{SESSIONS} sessions need {SESSIONS + SPARE_DESCRIPTORS} descriptors, the limit is {hard} (ulimit -Hn)")


def count_closed(sockets):
    """How many the peer has closed."""
    poller = select.poll()
    for each in sockets:
        poller.register(each, select.POLLRDHUP)
    return len(poller.poll(0))


def idle(tls):
    checks = tls.checks
    checks.section(f"D1 {SESSIONS} idle sessions")
    context = tls.authority.context()
    before = tls.daemon.resident()
    sessions = [tls.connect(context, f"127.0.1.{number // SESSIONS_PER_SOURCE + 1}") for number in range(SESSIONS)]
    admin = nscl_test.basic("admin", tls.daemon.admin_password())
    began = time.monotonic()
    checks.status(tls.secure(context, admin), 200, "one more is served")
    took = time.monotonic() - began
    each = (tls.daemon.resident() - before) / SESSIONS / 1024
    checks.that(SANITIZED or each < 24, f"{each:.1f} KiB for each")
    print(f"{each:.1f} KiB for each of {SESSIONS}; one more was served in {took * 1000:.0f} ms")
    sessions[0].send(compose("GET", "/m2m", "h", authorization=admin))
    checks.status(sessions[0].read(), 200, "so is the first of them")
    checks.equal(count_closed([session.socket for session in sessions]), 0, "and none was closed")
    for session in sessions:
        session.close()


def hold_handshakes(port, source, count, wanted=0):
    """Connections of `source` that begin a handshake and never go on; how many were shed at accept. The daemon is given time to shed `wanted`."""
    held, shed = [], 0
    for _ in range(count):
        try:
            peer = socket.create_connection(("127.0.0.1", port), 10, (source, 0))
            peer.sendall(CLIENT_HELLO)
            held.append(peer)
        except OSError:
            shed += 1
    deadline = time.monotonic() + HANDSHAKE_TIME / 2   # so that none was closed since its time was over
    while (closed := count_closed(held)) + shed < wanted and time.monotonic() < deadline:
        time.sleep(0.05)
    for peer in held:
        peer.close()
    return shed + closed


def flood(tls):
    checks = tls.checks
    checks.section("D2 floods of handshakes")
    key = tls.key("add", "id-1", "--scl", "gw1")
    checks.equal(tls.ask("id-1", key, "-tls1_3", "POST", "/m2m/scls", body=SCL % ("gw1", "http://gw1.example/m2m"))[0], 201, "a gateway registers")
    live = Live(tls, "id-1", key)
    deadline = time.monotonic() + 60
    try:
        with concurrent.futures.ThreadPoolExecutor(8) as pool:
            while live.asked < 20 and not live.failed and time.monotonic() < deadline:
                shed = hold_handshakes(tls.psk, "127.0.0.1", 600, wanted=100)
                checks.that(shed >= 100, f"from one source: {shed} of 600 are shed")
                list(pool.map(lambda i: hold_handshakes(tls.psk, f"127.0.{i // 250}.{i % 250 + 1}", 4), range(500)))
    finally:
        live.stop()
    checks.equal(live.first, "200", "a session is there before")
    checks.that(not live.failed and live.asked >= 20, f"it was served {live.asked} times meanwhile: {live.failed}")
    checks.equal(tls.ask("id-1", key, "-tls1_3", "GET", "/m2m/scls/gw1")[0], 200, "and so is a new one after it")


def answered_of(connections, count):
    """Those that have an answer, once there are so many of them."""
    deadline = time.monotonic() + 30
    while True:
        readable = select.select([connection.socket for connection in connections], [], [], 0.1)[0]
        if len(readable) >= count or time.monotonic() > deadline:
            return [connection for connection in connections if connection.socket in readable]


def bodies(tls):
    checks = tls.checks
    checks.section("D10 64 bodies of 1 MiB at once, of which 16 MiB are held")
    size = 1 << 20
    admin = nscl_test.basic("admin", tls.daemon.admin_password())
    before = tls.daemon.resident()
    head = (f"POST /m2m/applications HTTP/1.1\r\nHost: h\r\nAuthorization: {admin}\r\nContent-Type: application/xml\r\n"
            f"Content-Length: {size}\r\n\r\n").encode()
    connections = [Connection("127.0.0.1", tls.plain, 30) for _ in range(64)]
    statuses = []
    for connection in connections:
        connection.send(head + bytes(1000))
    answered = answered_of(connections, 48)
    for connection in answered:
        statuses.append(connection.read().status)
    checks.that(statuses and set(statuses) == {503}, f"the excess is refused: {len(statuses)} times {set(statuses)}")
    checks.that(len(connections) - len(answered) <= 16, f"{len(connections) - len(answered)} are held")
    checks.that(SANITIZED or tls.daemon.resident() - before < 48 << 20, "memory is bounded")
    for connection in connections:
        connection.close()
    checks.status(tls.daemon.admin().get("/m2m"), 200, "others are served")


def test(checks: Checks):
    folder = pathlib.Path(tempfile.mkdtemp(prefix="nscl-tls-"))
    try:
        need_descriptors()
        tls = Tls(checks, folder, listener=f'bytes_in_flight = "16MiB"\nconnections = {SESSIONS + 1000}\n'
                                           f'connections_per_peer = {SESSIONS + 1000}\nidle_time = "1h"\nhandshake_time = "{HANDSHAKE_TIME}s"\n')
        with tls.daemon:
            for part in (idle, flood, bodies):
                part(tls)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    nscl_test.main(test)
