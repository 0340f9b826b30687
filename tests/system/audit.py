#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The audit trail from outside: what is recorded, who may read it, tampering, kills, erasing. Shows: R4.18, R7.6, rows L1, L2, L3, A16."""

import hashlib
import json
import os
import pathlib
import signal
import sqlite3
import tempfile
import threading
import time
import urllib.parse

import nscl_test
from nscl_test import Checks, Daemon, basic

M2M = 'xmlns:m2m="http://uri.etsi.org/m2m"'
AUDIT = "/m2m-admin/audit"
FORGED = "eve 2026-01-01 info  admin login ok \u202e\u200b%s%n${jndi}"   # without what HTTP Basic itself refuses


def application(name, right=None):
    inside = f"<m2m:accessRightID>{right}</m2m:accessRightID>" if right else ""
    return f'<m2m:application {M2M} appId="{name}">{inside}</m2m:application>'


def access_right(name, flags=("READ",)):
    marks = "".join(f"<m2m:flag>{flag}</m2m:flag>" for flag in flags)
    permission = (f'<m2m:permission m2m:id="p"><m2m:permissionFlags>{marks}</m2m:permissionFlags><m2m:permissionHolders><m2m:all/>'
                  "</m2m:permissionHolders></m2m:permission>")
    identity = f' m2m:id="{name}"' if name else ""
    return (f"<m2m:accessRight {M2M}{identity}><m2m:permissions>{permission}</m2m:permissions>"
            f"<m2m:selfPermissions>{permission}</m2m:selfPermissions></m2m:accessRight>")


def read(client, **query):
    answer = client.get(AUDIT + ("?" + urllib.parse.urlencode(query) if query else ""))
    if answer.status != 200:
        raise RuntimeError(answer.brief())
    page = json.loads(answer.body)
    return page["records"], page["next"]


def read_all(client, **query):
    records, after = read(client, **query)
    while after is not None:
        more, after = read(client, **{**query, "after": after})
        records += more
    return records


def wait_for(client, count=1, wait=10, **query):
    """Refusals are recorded in the background."""
    deadline = time.monotonic() + wait
    while time.monotonic() < deadline:
        records = read_all(client, **query)
        if len(records) >= count:
            return records
        time.sleep(0.1)
    return read_all(client, **query)


def cli(daemon, *arguments):
    return daemon.cli("audit", *arguments, "--data-dir", str(daemon.data_dir))


def verify(daemon, *arguments):
    return cli(daemon, "verify", *arguments)


def recorded(checks: Checks, daemon: Daemon):
    checks.section("what is recorded")
    admin = daemon.admin()
    meter = daemon.client(daemon.principal("metering", "secret"))
    body = application("metering")
    checks.status(meter.post("/m2m/applications", body), 201, "registration")
    checks.status(meter.post("/m2m/applications", body), 409, "a second one")
    checks.status(admin.post("/m2m/accessRights", access_right("ar1")), 201, "a right")
    checks.status(admin.put("/m2m/accessRights/ar1", access_right("", ("READ", "WRITE"))), (200, 204), "it is changed")
    checks.status(meter.post("/m2m/applications/metering/containers", f'<m2m:container {M2M} m2m:id="c"/>'), 201, "a container")
    checks.status(meter.post("/m2m/applications/metering/containers/c/contentInstances", "x", content_type="text/plain"), 201, "an instance")
    checks.status(meter.put("/m2m/applications/metering/containers/c/accessRightID", f"<m2m:accessRightID {M2M}>/m2m/accessRights/ar1</m2m:accessRightID>"),
                  (200, 204), "its right is changed")
    checks.status(admin.delete("/m2m/accessRights/ar1"), 204, "the right is deleted")
    records = read_all(admin)
    events = [record["event"] for record in records]
    expected = ["principal.added", "daemon.started", "principal.added", "application.created", "accessRight.created", "accessRight.updated",
                "accessRightID.changed", "accessRight.deleted", "audit.read"]
    checks.equal(events, expected, "events in their order, no record for what was refused, for containers or instances")
    checks.equal([record["seq"] for record in records], list(range(1, len(records) + 1)), "numbers")
    made = next(record for record in records if record["event"] == "application.created")
    checks.equal((made["principal"], made["entity"], made["source"], made["operation"], made["target"], made["status"]),
                 ("metering", "applications/metering", "127.0.0.1", "CREATE", "applications/metering", "STATUS_CREATED"), "a registration")
    checks.equal(made["request"], hashlib.sha256(body.encode()).hexdigest(), "its request's hash")
    moved = next(record for record in records if record["event"] == "accessRightID.changed")
    checks.that(moved["note"].endswith("-> /m2m/accessRights/ar1"), "from which right to which")
    added = [record for record in records if record["event"] == "principal.added"]
    checks.equal((added[1]["source"], added[1]["note"], added[1]["principal"]), ("command line", "metering", f"uid {os.getuid()}"), "the command line")


def refusals(checks: Checks, daemon: Daemon):
    checks.section("refusals")
    admin = daemon.admin()
    for _ in range(3):
        checks.status(daemon.client(basic("metering", "wrong")).get("/m2m"), 401, "wrong password")
    found = wait_for(admin, event="auth.failed", principal="metering")
    checks.equal([(record["source"], record["detail"]) for record in found], [("127.0.0.1", "first")], "the first is recorded at once, alone")
    checks.status(daemon.client(basic("metering", "secret")).get("/m2m", headers={"From": "/m2m/applications/other"}), 401, "another's name in From")
    checks.equal([record["principal"] for record in wait_for(admin, event="identity.mismatch")], ["metering"], "A3 a foreign From is recorded")
    checks.section("L1 forged log lines")
    checks.status(daemon.client(basic(FORGED, "x")).get("/m2m"), 401, "a name with a direction mark")
    for octets in ("\r\n2026-01-01 admin login ok", "\x1b[31m", "\x9b1m", "\x00", "x" * 2_000_000):
        sent = daemon.client(basic(FORGED + octets, "x")).get("/m2m")
        checks.status(sent, (401, 431), f"a name with {octets[:10]!r}")
        checks.status(admin.get("/m2m/applications/" + urllib.parse.quote(FORGED + octets)), (400, 404, 414, 431), f"a path with {octets[:10]!r}")
    wait_for(admin, event="auth.failed", count=2)
    log = daemon.log()
    checks.that(max(len(line) for line in log.splitlines()) < 2000, "no line is long")
    checks.that(not any(mark in log for mark in "\x1b\x9b\r\x00\u202e\u200b"), "no control character in the log")
    checks.that(all("admin login ok" not in line or "authentication failed" in line for line in log.splitlines()), "no line of its own")
    checks.that(any("authentication failed" in line and "admin login ok" in line for line in log.splitlines()), "the line is there, escaped")
    listing = cli(daemon, "list")
    checks.equal(listing.returncode, 0, "list")
    checks.that("\x1b" not in listing.stdout and "\u202e" not in listing.stdout and "\\u202e" in listing.stdout, "the list shows it escaped")
    answer = admin.get(AUDIT)
    checks.that(b"\x1b" not in answer.body and "\u202e".encode() not in answer.body, "so does the API")


def reading(checks: Checks, daemon: Daemon):
    checks.section("reading by API")
    admin = daemon.admin()
    before = read_all(admin)
    page, after = read(admin, limit=2)
    checks.equal(([record["seq"] for record in page], after), ([1, 2], 2), "a page")
    checks.equal(read_all(admin, limit=2, to=before[-1]["time"]), before, "all pages together")
    created = [record for record in before if record["event"] == "application.created"]
    checks.equal(read_all(admin, event="application.created"), created, "by event")
    checks.equal(read_all(admin, principal="metering", event="application.created"), created, "by principal")
    cut = before[3]["time"]
    checks.equal([r["seq"] for r in read_all(admin, **{"from": cut, "to": cut})], [4], "by time")
    checks.equal(read_all(admin, **{"from": "2100-01-01T00:00:00Z"}), [], "the future")
    reads = read_all(admin, event="audit.read")
    checks.that(any(record.get("note") == "limit=2" and record["principal"] == "admin" for record in reads), "reading is recorded itself")
    for query in ("limit=0", "limit=1001", "limit=x", "after=-1", "from=yesterday", "to=", "colour=red", "event=%00", "limit=99999999999999999999"):
        checks.status(admin.get(AUDIT + "?" + query), 400, query)
    checks.status(admin.get(AUDIT + "?event=%27%20OR%201%3D1--"), 200, "SQL in a filter is text")
    for method in ("POST", "PUT", "DELETE"):
        answer = admin.request(method, AUDIT, "x" if method != "DELETE" else None)
        checks.status(answer, 405, method)
        checks.equal(answer.field("Allow"), "GET, HEAD", "Allow")
    checks.section("A16 an ordinary credential")
    ordinary = daemon.client(basic("metering", "secret"))
    for method in ("GET", "POST", "PUT", "DELETE"):
        for target in (AUDIT, AUDIT + "?event=audit.read", "/m2m-admin", "/m2m-admin/", "/m2m-admin/other"):
            answer = ordinary.request(method, target, "x" if method in ("POST", "PUT") else None)
            checks.status(answer, 404, f"{method} {target}")
            checks.that(b"records" not in answer.body, "nothing shown")
    checks.status(daemon.client().get(AUDIT), 401, "nobody")
    checks.status(admin.get(AUDIT, headers={"From": "/m2m/applications/metering"}), 404, "an operator in the name of another")
    checks.status(admin.get("/m2m-admin/other"), 404, "an operator, elsewhere")


def tampering(checks: Checks, daemon: Daemon):
    checks.section("L2, L3 tampering")
    with tempfile.TemporaryDirectory() as place:
        head = pathlib.Path(place) / "head"
        database = daemon.data_dir / "nscl.db"
        done = verify(daemon)
        checks.that(done.returncode == 0 and "as they were written" in done.stdout, f"beside the daemon: {done.stdout}{done.stderr}")
        old = pathlib.Path(place) / "old.db"
        daemon.stop()
        old.write_bytes(database.read_bytes())
        daemon.start()
        checks.status(daemon.admin().post("/m2m/applications", application("later")), 201, "life goes on")
        daemon.stop()
        head.write_text(cli(daemon, "head").stdout)
        checks.equal(verify(daemon, "--head", str(head)).returncode, 0, "the exported head is held")
        good = database.read_bytes()

        def damaged(what, sql, seq, *arguments):
            connection = sqlite3.connect(database)
            connection.executescript(sql)
            connection.close()
            found = verify(daemon, *arguments)
            checks.that(found.returncode == 3 and f"record {seq}:" in found.stderr, f"{what}: exit code {found.returncode}, {found.stdout}{found.stderr}")
            for rest in ("-wal", "-shm"):
                pathlib.Path(str(database) + rest).unlink(missing_ok=True)
            database.write_bytes(good)

        last = json.loads(head.read_text())["seq"]
        damaged("one octet", "UPDATE audit SET event = 'application.Created' WHERE seq = 4", 4)
        damaged("a name", "UPDATE audit_personal SET principal = 'nobody' WHERE seq = 4", 4)
        damaged("deleted", "DELETE FROM audit WHERE seq = 5", 5)
        damaged("swapped", "UPDATE audit SET seq = 999 WHERE seq = 5; UPDATE audit SET seq = 5 WHERE seq = 6; UPDATE audit SET seq = 6 WHERE seq = 999", 5)
        damaged("appended", f"INSERT INTO audit SELECT {last + 1}, time, monotonic, event, key, session, operation, request, status, detail, personal, hash"
                " FROM audit WHERE seq = 4", last + 1)
        damaged("cut off", f"DELETE FROM audit WHERE seq > {last - 2}", last - 1)
        damaged("cut off with its signatures", f"DELETE FROM audit WHERE seq > {last - 2}; DELETE FROM audit_checkpoint WHERE seq > {last - 2}", last - 1,
                "--head", str(head))
        database.write_bytes(old.read_bytes())
        found = verify(daemon)
        checks.equal(found.returncode, 0, "an older copy is whole by itself")
        found = verify(daemon, "--head", str(head))
        checks.that(found.returncode == 3 and "older copy" in found.stderr, f"an older copy, against the head: {found.stderr}")
        for rest in ("-wal", "-shm"):
            pathlib.Path(str(database) + rest).unlink(missing_ok=True)
        database.write_bytes(good)
        checks.equal(verify(daemon, "--head", str(pathlib.Path(place) / "none")).returncode, 2, "no such head")
        daemon.start()
        checks.equal(verify(daemon, "--head", str(head)).returncode, 0, "all is well again")


def erasing(checks: Checks, daemon: Daemon):
    checks.section("R7.6 erasing")
    admin = daemon.admin()
    done = cli(daemon, "erase", "--entity", "applications/metering")
    checks.equal(done.returncode, 0, done.stderr)
    checks.equal(verify(daemon).returncode, 0, "the chain holds")
    records = read_all(admin)
    made = next(record for record in records if record["seq"] == 4)
    checks.equal((made["event"], made.get("erased"), made.get("principal")), ("application.created", True, None), "the record stays, without names")
    left = [record for record in records if record.get("entity") == "applications/metering" or record.get("target", "").startswith("applications/metering")]
    checks.equal(left, [], "nothing of the entity is left")
    checks.that(any(record["event"] == "audit.erased" for record in records), "the erasing is recorded")
    checks.equal(cli(daemon, "erase", "--entity", "/m2m").returncode, 2, "the SCL itself is no person")
    lines = cli(daemon, "export").stdout.splitlines()
    checks.equal([json.loads(line)["seq"] for line in lines][:len(records)], [record["seq"] for record in records], "export")


def reloading(checks: Checks, daemon: Daemon):
    checks.section("start and stop")
    checks.equal(daemon.restart(), 0, "restart")
    events = [record["event"] for record in read_all(daemon.admin()) if record["event"] != "audit.read"]
    checks.equal(events[-2:], ["daemon.stopped", "daemon.started"], "recorded")
    os.kill(daemon.pid, signal.SIGHUP)
    found = wait_for(daemon.admin(), event="configuration.reloaded")
    checks.equal([len(record.get("request", "")) for record in found], [64], "a reload, with the configuration's hash")
    os.chmod(daemon.data_dir / "audit.key", 0o644)
    daemon.stop()
    daemon.launch()
    checks.equal(daemon.process.wait(20), 1, "a key that others may read is not used")
    checks.that("audit.key may be opened by others" in daemon.log(), "and the log says so")
    os.chmod(daemon.data_dir / "audit.key", 0o600)
    daemon.start()


def unwritable(checks: Checks, daemon: Daemon):
    checks.section("a trail that cannot be written")
    daemon.stop()
    with sqlite3.connect(daemon.data_dir / "nscl.db") as connection:
        connection.execute("CREATE TRIGGER no BEFORE INSERT ON audit WHEN new.event = 'application.created' BEGIN SELECT RAISE(ABORT, 'no'); END")
    connection.close()
    daemon.start()
    admin = daemon.admin()
    checks.status(admin.post("/m2m/applications", application("unseen")), (500, 503), "no record, no registration")
    checks.status(admin.get("/m2m/applications/unseen"), 404, "nothing was made")
    checks.status(admin.post("/m2m/accessRights", access_right("seen")), 201, "others go on")
    daemon.stop()
    with sqlite3.connect(daemon.data_dir / "nscl.db") as connection:
        connection.execute("DROP TRIGGER no")
    connection.close()
    checks.equal(verify(daemon).returncode, 0, "the chain holds")
    daemon.start()


def expiry(checks: Checks):
    checks.section("expiry")
    with tempfile.TemporaryDirectory() as place:
        config = pathlib.Path(place) / "nscl.toml"
        config.write_text("[lifetime]\nminimum = \"1s\"\n")
        with Daemon(config=config) as daemon:
            admin = daemon.admin()
            ends = nscl_test.iso(time.time() + 2)
            body = f'<m2m:application {M2M} appId="brief"><m2m:expirationTime>{ends}</m2m:expirationTime></m2m:application>'
            checks.status(admin.post("/m2m/applications", body), 201, "a short life")
            found = wait_for(admin, wait=15, event="application.expired")
            checks.equal([(record["target"], record.get("principal")) for record in found], [("applications/brief", None)], "its end is recorded, nobody's doing")


def killing(checks: Checks):
    checks.section("SIGKILL during registrations")
    with Daemon() as daemon:
        authorization = basic("admin", daemon.admin_password())
        acknowledged = set()
        for turn in range(4):
            def register(number, turn=turn):
                client = nscl_test.Client(daemon.address, daemon.port, authorization, timeout=5)
                try:
                    for count in range(10_000):
                        name = f"a{turn}-{number}-{count}"
                        if client.post("/m2m/applications", application(name)).status == 201:
                            acknowledged.add("applications/" + name)
                except (OSError, ValueError, nscl_test.BadAnswer):
                    pass
                finally:
                    client.close()
            before = len(acknowledged)
            threads = [threading.Thread(target=register, args=(number,)) for number in range(4)]
            for thread in threads:
                thread.start()
            deadline = time.monotonic() + 20
            while len(acknowledged) < before + 40 and time.monotonic() < deadline:
                time.sleep(0.005)
            daemon.kill()
            for thread in threads:
                thread.join()
            checks.equal(verify(daemon).returncode, 0, "the chain holds")
            daemon.start()
        recorded_paths = [record["target"] for record in read_all(daemon.admin(), event="application.created", limit=1000)]
        checks.that(len(acknowledged) >= 160, "registrations were made")
        checks.equal(acknowledged - set(recorded_paths), set(), "each acknowledged registration has its record")
        checks.equal(len(recorded_paths), len(set(recorded_paths)), "one record each")
        daemon.stop()
        with sqlite3.connect(daemon.data_dir / "nscl.db") as connection:
            stored = {row[0] for row in connection.execute("SELECT path FROM resource WHERE type = 'application'")}
        checks.equal(set(recorded_paths) ^ stored, set(), "no record without its change, no change without its record")


def test(checks: Checks):
    with Daemon() as daemon:
        for part in (recorded, refusals, reading, tampering, erasing, reloading, unwritable):
            part(checks, daemon)
    expiry(checks)
    killing(checks)


if __name__ == "__main__":
    nscl_test.main(test)
