# SPDX-License-Identifier: Apache-2.0
"""What the hostile-input tests share: a daemon with a canary, and the conditions that hold after every row."""

import os
import re
import time

import nscl_test
from nscl_test import Checks, Daemon

APPLICATION = '<m2m:application xmlns:m2m="http://uri.etsi.org/m2m"%s>%s</m2m:application>'
CANARY = "/m2m/applications/canary"


def application(name=None, content=""):
    return APPLICATION % (f' appId="{name}"' if name else "", content)


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
        self.descriptors = self.count_descriptors()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.daemon.close()

    def unharmed(self, row):
        """The common conditions: same process, healthy, the canary reads back octet by octet."""
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
        with open(f"/proc/{self.pid}/status", encoding="ascii") as status:
            return int(re.search(r"VmRSS:\s+(\d+)", status.read())[1]) * 1024

    def count_descriptors(self):
        """Of the daemon; 0 for a user who may not look into it."""
        try:
            return len(os.listdir(f"/proc/{self.pid}/fd"))
        except PermissionError:
            return 0

    def leaves_nothing(self):
        """Descriptors (but for a few connections to the database, opened when first needed) and memory are back."""
        self.daemon.close_clients()
        deadline = time.monotonic() + 5
        while self.count_descriptors() > self.descriptors and time.monotonic() < deadline:
            time.sleep(0.1)
        now = self.count_descriptors()
        self.checks.that(now <= self.descriptors + 8, f"descriptors: {self.descriptors} before, {now} after")
        if "NSCL_TEST_SANITIZED" not in os.environ:   # a sanitizer keeps what was freed
            self.checks.that(self.memory() < 200 << 20, f"resident memory: {self.memory() >> 20} MiB")
        self.log_is_clean()

    def log_is_clean(self):
        text = self.daemon.log_path.read_bytes()
        self.checks.that(not re.search(rb"[\x00-\x08\x0b-\x1a\x1c-\x1f\x7f]", text), "no raw control character in the log")
        for secret in (self.daemon.admin_password(), self.authorization.split()[1]):
            self.checks.that(secret.encode() not in text, "no credential in the log")
