# SPDX-License-Identifier: Apache-2.0
"""What the hostile-input tests share: a daemon with a canary, and the conditions that hold after every row."""

import os
import re
import sqlite3
import threading
import time

import nscl_test
from nscl_test import Checks, Daemon

M2M = 'xmlns:m2m="http://uri.etsi.org/m2m"'
SANITIZED = "NSCL_TEST_SANITIZED" in os.environ   # such a build is slow, and keeps what was freed
APPLICATION = '<m2m:application xmlns:m2m="http://uri.etsi.org/m2m"%s>%s</m2m:application>'
CANARY = "/m2m/applications/canary"
INSTANCES = "/m2m/containers/witness/contentInstances"


def application(name=None, content=""):
    return APPLICATION % (f' appId="{name}"' if name else "", content)


def container(name, right=None):
    inside = f"<m2m:accessRightID>{right}</m2m:accessRightID>" if right else ""
    return f'<m2m:container {M2M} m2m:id="{name}">{inside}</m2m:container>'


def group(name, *members, more=""):
    references = "".join(f"<reference>{member}</reference>" for member in members)
    return f'<m2m:group {M2M} m2m:id="{name}">{more}<m2m:memberType>MIXED</m2m:memberType><m2m:members>{references}</m2m:members></m2m:group>'


def access_right(name, flags, holder, own_flags=("READ", "WRITE", "DELETE")):
    """`holder`: an applicationID, or the elements of permissionHolders. The application `keeper` may change the right."""
    def permission(which, who):
        marks = "".join(f"<m2m:flag>{flag}</m2m:flag>" for flag in which)
        holders = who if who.startswith("<") else f"<m2m:applicationIDs><m2m:applicationID>{who}</m2m:applicationID></m2m:applicationIDs>"
        return (f'<m2m:permission m2m:id="p"><m2m:permissionFlags>{marks}</m2m:permissionFlags><m2m:permissionHolders>{holders}'
                "</m2m:permissionHolders></m2m:permission>")
    identity = f' m2m:id="{name}"' if name else ""
    return (f"<m2m:accessRight {M2M}{identity}><m2m:permissions>{permission(flags, holder) if flags else ''}</m2m:permissions>"
            f"<m2m:selfPermissions>{permission(own_flags, 'keeper')}</m2m:selfPermissions></m2m:accessRight>")


class Witness(threading.Thread):
    """A well-behaved client during the attack, 20 requests a second: every second one stores, the others read back."""

    LONGEST = 60 if SANITIZED else 5   # seconds that an answer may take; the machine may be busy

    def __init__(self, siege):
        super().__init__(daemon=True)
        self.client = siege.daemon.admin(timeout=30)
        self.siege, self.stored, self.unseen, self.wrong, self.is_over = siege, 0, [], [], threading.Event()
        siege.checks.status(self.client.post("/m2m/containers", '<m2m:container xmlns:m2m="http://uri.etsi.org/m2m" m2m:id="witness"/>'), 201, "the witness")

    def run(self):
        while not self.is_over.wait(0.05):
            began = time.monotonic()
            try:
                stores = self.client.post(INSTANCES, f"seen {self.stored}", content_type="text/plain", headers={"Slug": f"w{self.stored}"})
                reads = self.client.get(CANARY)
                if (stores.status, reads.status, reads.body) != (201, 200, self.siege.canary):
                    self.wrong.append(f"{stores.brief()}, {reads.brief()}")
                if stores.status == 201:
                    self.unseen.append((stores.field("Location").rsplit("/", 1)[1], f"seen {self.stored}".encode()))
                    self.stored += 1
            except (OSError, nscl_test.BadAnswer) as error:
                self.wrong.append(repr(error))
            if (spent := time.monotonic() - began) > self.LONGEST:
                self.wrong.append(f"it took {spent:.1f} s")


class Siege:
    def __init__(self, checks: Checks, env=None):
        self.checks = checks
        self.daemon = Daemon(env={"NSCL_QUOTA_REQUESTS": "0", "NSCL_QUOTA_WRITES": "0"} | (env or {}))   # quotas have a test of their own
        self.admin = self.daemon.admin()
        self.authorization = self.admin.authorization
        checks.status(self.admin.post("/m2m/applications", application("canary", "<m2m:searchStrings><m2m:searchString>alive"
                                      "</m2m:searchString></m2m:searchStrings>")), 201, "the canary")
        self.canary = self.admin.get(CANARY).body
        self.pid = self.daemon.pid
        self.known = {}   # principals of the test, by name
        self.witness = Witness(self)
        self.witness.start()
        self.descriptors = self.quiet_descriptors()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.witness.is_over.set()
        self.witness.join()
        self.daemon.close()

    def unharmed(self, row):
        """The common conditions N: the same process in service, nothing acknowledged is missing, the database is sound, nothing
        is left open, nothing that must not be is in the log."""
        self.in_service(row)
        self.nothing_lost(row)
        with sqlite3.connect(f"file:{self.daemon.data_dir}/nscl.db?mode=ro", uri=True) as database:
            self.checks.equal(database.execute("PRAGMA integrity_check").fetchall(), [("ok",)], f"{row}: integrity of the database")
        database.close()
        self.close_clients()
        deadline = time.monotonic() + 8
        while (now := self.count_descriptors()) > self.descriptors and time.monotonic() < deadline:
            time.sleep(0.05)
        self.checks.that(now <= self.descriptors, f"{row}: descriptors: {self.descriptors} before, {now} after")
        self.log_is_clean()

    def nothing_lost(self, row):
        """Whatever the witness was acknowledged is there, and nothing that it did not store."""
        witness = self.witness
        self.checks.equal(witness.wrong[:3], [], f"{row}: the witness was served")
        unseen, witness.unseen = witness.unseen, []
        wrong = [name for name, content in unseen if self.admin.get(f"{INSTANCES}/{name}/content").body != content]
        self.checks.equal(wrong[:3], [], f"{row}: all {len(unseen)} acknowledged writes are there")
        least = witness.stored
        text = self.admin.get(INSTANCES + "?metaDataOnly=true").text
        number = int(re.search(r"currentNrOfInstances>(\d+)<", text)[1])
        self.checks.that(least <= number <= witness.stored + 1, f"{row}: {number} instances, {least} to {witness.stored + 1} were stored")

    def close_clients(self):
        for client in self.daemon.clients():
            if client is not self.witness.client:
                client.close()

    def quiet_descriptors(self):
        """Descriptors at rest, once every I/O thread has opened what it needs."""
        connections = [nscl_test.Connection(self.daemon.address, self.daemon.port, timeout=60) for _ in range(32)]
        for number, connection in enumerate(connections):   # a credential is verified anew for each Host, by whoever is free
            connection.send(nscl_test.compose("GET", "/m2m/discovery?searchString=alive", f"warm{number}", authorization=self.authorization))
        for connection in connections:
            connection.read()
            connection.close()
        self.close_clients()
        counts = [-1, self.count_descriptors()]
        while counts[-1] != counts[-2]:
            time.sleep(0.2)
            counts.append(self.count_descriptors())
        return counts[-1]

    def in_service(self, row):
        """Same process, healthy, the canary reads back octet by octet."""
        checks, daemon = self.checks, self.daemon
        if not checks.that(daemon.alive() and daemon.pid == self.pid, f"{row}: the daemon lives: {daemon.log()[-800:]}"):
            raise RuntimeError("the daemon ended")
        began = time.monotonic()
        checks.status(daemon.probe("/readyz"), 200, f"{row}: /readyz")
        checks.that(time.monotonic() - began < 1, f"{row}: healthy within 1 s")
        checks.equal(self.admin.get(CANARY).body, self.canary, f"{row}: the canary is unchanged")

    def raw(self, row, data, expected, closes=True, wait=3.0, half_close=False):
        """Sends octets on a connection of their own. `expected`: statuses; None among them allows a mere close."""
        began = time.monotonic()
        received, closed = nscl_test.exchange(self.daemon.address, self.daemon.port, data, wait, half_close)
        status = nscl_test.first_status(received)
        allowed = expected if isinstance(expected, (tuple, list, set)) else (expected,)
        self.checks.that(status in allowed, f"{row}: got {status} {received[:120]!r}, expected {allowed}")
        if closes:
            self.checks.that(closed, f"{row}: the connection is closed after {status}")
        return received, time.monotonic() - began

    def head(self, *lines, method="GET", target="/m2m", version="HTTP/1.1", host=True):
        """A request head with the operator's credential; `lines` are octets or text, put in as they are."""
        first = [f"{method} {target} {version}"] + ([f"Host: {self.daemon.host}"] if host else [])
        first.append(f"Authorization: {self.authorization}")
        parts = [line.encode("latin-1") if isinstance(line, str) else line for line in first + list(lines)]
        return b"\r\n".join(parts) + b"\r\n\r\n"

    def smuggled(self):
        return self.head("Content-Length: 0", method="DELETE", target=CANARY)

    def memory(self):
        return self.daemon.resident()

    def grew_little(self, row, before, most):
        """Resident memory is at most so many octets above `before`."""
        now = self.memory()
        self.checks.that(SANITIZED or now < before + most, f"{row} memory: {before >> 20} -> {now >> 20} MiB")

    def count_descriptors(self):
        """Of the daemon; 0 for a user who may not look into it."""
        try:
            return len(os.listdir(f"/proc/{self.pid}/fd"))
        except PermissionError:
            return 0

    def leaves_nothing(self):
        """Descriptors (but for a few connections to the database, opened when first needed) and memory are back."""
        self.witness.is_over.set()
        self.witness.join()
        self.daemon.close_clients()
        deadline = time.monotonic() + 5
        while self.count_descriptors() > self.descriptors and time.monotonic() < deadline:
            time.sleep(0.1)
        now = self.count_descriptors()
        self.checks.that(now <= self.descriptors + 8, f"descriptors: {self.descriptors} before, {now} after")
        if not SANITIZED:
            self.checks.that(self.memory() < 200 << 20, f"resident memory: {self.memory() >> 20} MiB")
        self.log_is_clean()

    def log_is_clean(self):
        text = self.daemon.log_path.read_bytes()
        self.checks.that(not re.search(rb"[\x00-\x08\x0b-\x1a\x1c-\x1f\x7f]", text), "no raw control character in the log")
        for secret in (self.daemon.admin_password(), self.authorization.split()[1]):
            self.checks.that(secret.encode() not in text, "no credential in the log")


def run(parts, env=None):
    """Each part(siege) is a row, or a side of one; the conditions are checked after each."""
    def test(checks: Checks):
        with Siege(checks, env) as siege:
            for part in parts:
                checks.section(part.__name__)
                part(siege)
                siege.unharmed(part.__name__)
            siege.leaves_nothing()
    nscl_test.main(test)
