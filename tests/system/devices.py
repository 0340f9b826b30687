#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Managed devices as operators meet them: `nscl device`, /m2m-admin/devices, import files. Shows: R5.2.1 and rows 63, 64 of device management."""

import json
import os
import pathlib
import random
import re
import sqlite3
import subprocess
import tempfile
import time
import urllib.parse

import nscl_test
from nscl_test import Checks, Daemon

IMPORTED = int(os.environ.get("NSCL_TEST_DEVICES", "100000"))
MOST_MEMORY = 64 << 10   # KiB resident, of which the digests of columns take 72 octets a row
ADMIN = "/m2m-admin/devices"
HIDDEN = ["hush-login", "hush-connection", "hush-wifi", "hush-argument", "hush-shared", "hush-file"]
NOW = 1_800_000_000_000_000
GONE = "scls/gw/mgmtObjs/boot/execInstances/EXEC_1"


class Devices:
    """`nscl device` on one data folder. Remembers everything that was printed."""

    def __init__(self, daemon):
        self.daemon, self.printed = daemon, []

    def run(self, *words, stdin=None, wait=120):
        done = self.daemon.cli("device", *words, "--data-dir", str(self.daemon.data_dir), stdin=stdin, wait=wait)
        self.printed += [done.stdout, done.stderr]
        return done

    def rows(self, *words):
        done = self.run("list", "--json", *words)
        if done.returncode:
            raise RuntimeError(f"list: exit code {done.returncode}: {done.stderr}")
        rows = {row["id"]: row for row in json.loads(done.stdout)}
        for row in rows.values():   # the running daemon calls devices meanwhile
            row.pop("wakeDue"), row.pop("wakeAttempts")
        return rows

    def show(self, device):
        return json.loads(self.run("show", device, "--json").stdout)

    def queue(self, device):
        return json.loads(self.run("queue", device, "--json").stdout)

    def importing(self, text, *words, mode=0o600):
        path = pathlib.Path(tempfile.mkstemp(prefix="nscl-devices-", suffix=".csv")[1])
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        path.chmod(mode)
        try:
            return self.run("import", str(path), *words)
        finally:
            path.unlink()

    def database(self):
        return sqlite3.connect(self.daemon.data_dir / "nscl.db", timeout=10)

    def add_operation(self, device, state, body, outcome="", key=None):
        with self.database() as database:
            return database.execute("INSERT INTO rem_operation(device, state, priority, created, due, expires, attempts, key, resource, requester, body, outcome, change)"
                                    " VALUES(?, ?, 0, ?, ?, ?, 1, ?, ?, 'applications/a', ?, ?, '{\"kind\":\"refresh\"}')",
                                    (device, state, NOW, NOW, NOW * 2, key, GONE, json.dumps(body), outcome)).lastrowid

    def add_event(self, device, code, text):
        with self.database() as database:
            database.execute("INSERT INTO rem_event(device, time, code, key, text) VALUES(?, ?, ?, 'k', ?)", (device, NOW, code, text))


def changes(checks: Checks, devices: Devices):
    checks.section("states, and what a device is in the tree")
    done = devices.importing("id,state\n00D09E-Box-1,quarantined\n00D09E-Box-2,quarantined\n00D09E-%2Fx-3,\n")
    checks.equal(done.returncode, 0, f"three devices: {done.stderr}")
    checks.equal({name: row["state"] for name, row in devices.rows().items()},
                 {"00D09E-Box-1": "quarantined", "00D09E-Box-2": "quarantined", "00D09E-%2Fx-3": "adopted"}, "listed")
    for words, managed in ((("--scl", "gw"), "scls/gw"), (("--managed", "scls/gw/attachedDevices/d1"), "scls/gw/attachedDevices/d1"),
                           ((), "scls/gw/attachedDevices/d1"), (("--scl", "gw"), "scls/gw")):
        checks.equal(devices.run("adopt", "00D09E-Box-1", *words).returncode, 0, f"adopted {words}")
        row = devices.show("00D09E-Box-1")
        checks.equal((row["state"], row["managed"]), ("adopted", managed), f"as what {words}")
    for words, code in ((("00D09E-Box-2", "--scl", "gw"), 1), (("00D09E-Box-2", "--scl", "a b"), 2), (("00D09E-Box-2", "--scl", "../x"), 2),
                        (("00D09E-Box-2", "--managed", "applications/x"), 2), (("00D09E-Box-2", "--managed", "scls/x/mgmtObjs/y"), 2),
                        (("00D09E-Box-2", "--managed", "/scls/x"), 2), (("00D09E-Box-2", "--scl", "x", "--managed", "scls/y"), 2), (("nobody", "--scl", "x"), 1), ((), 2)):
        done = devices.run("adopt", *words)
        checks.that(done.returncode == code and done.stderr and not done.stdout, f"adopt {words} is refused with {code}: {done.returncode} {done.stderr}")
    checks.equal(devices.show("00D09E-Box-2")["state"], "quarantined", "and nothing is changed")
    for word, state in (("reject", "rejected"), ("quarantine", "quarantined"), ("adopt", "adopted")):
        checks.equal(devices.run(word, "00D09E-Box-2").returncode, 0, word)
        checks.equal(devices.show("00D09E-Box-2")["state"], state, f"{word}: its state")
        checks.equal(devices.run(word, "nobody").returncode, 1, f"{word} nobody")
    checks.equal(devices.run("connect", "00D09E-Box-2").returncode, 0, "connect")
    called = devices.show("00D09E-Box-2")
    checks.that(called["wakeDue"] or any("connection_request" in event["code"] for event in called["events"]), f"it is due, or was called by now: {called}")
    devices.run("reject", "00D09E-Box-2")
    checks.equal(devices.run("connect", "00D09E-Box-2").returncode, 1, "one that is rejected is not called")
    checks.equal(sorted(devices.rows("--state", "adopted")), ["00D09E-%2Fx-3", "00D09E-Box-1"], "by state")
    checks.equal(devices.run("list", "--state", "lost").returncode, 2, "no such state")
    with devices.database() as database:
        database.execute("UPDATE rem_device SET gateway = '00D09E-Box-1' WHERE id = '00D09E-%2Fx-3'")
    checks.equal(list(devices.rows("--gateway", "00D09E-Box-1")), ["00D09E-%2Fx-3"], "by gateway")
    lines = [line.split("\t") for line in devices.run("list").stdout.splitlines()]
    checks.equal(lines[1], ["00D09E-Box-1", "BBF_TR069", "adopted", "scls/gw", "-", "-"], "a line each")


def operations(checks: Checks, devices: Devices):
    checks.section("operations")
    name = "00D09E-Box-1"
    leaves = [["Device.ManagementServer.Password", "hush-login", ""], ["Device.WiFi.AccessPoint.1.Security.KeyPassphrase", "hush-wifi", ""], ["Device.Time.Enable", "true", ""]]
    numbers = {word: devices.add_operation(name, state, {"task": "set", "leaves": leaves}) for state, word in enumerate(("queued", "sent", "accepted", "undecided"))}
    command = devices.add_operation(name, 0, {"task": "command", "type": "DOWNLOAD", "arguments": [{"name": "Password", "value": "hush-argument"}]},
                                    json.dumps({"end": "later", "status": "STATUS_BAD_GATEWAY", "code": "9002", "text": "CWMP\t9002\n\x1b[31m"}))
    rows = {row["id"]: row for row in devices.queue(name)}
    checks.equal([rows[number]["state"] for number in numbers.values()], list(numbers), "states")
    checks.equal((rows[command]["kind"], rows[command]["outcome"]["code"], rows[numbers["sent"]]["kind"], rows[command]["attempts"]), ("DOWNLOAD", "9002", "set", 1), "kinds")
    checks.that("true" in json.dumps(rows[numbers["sent"]]["task"]), "what is no secret is shown")
    text = devices.run("queue", name).stdout
    checks.equal([line.count("\t") for line in text.splitlines()], [8] * 5, f"nine words a line, whatever the device wrote: {text!r}")
    checks.that("\x1b" not in text, "nothing steers the terminal")
    for word, code in (("sent", 1), ("accepted", 1), ("queued", 0), ("undecided", 0)):
        done = devices.run("cancel", name, str(numbers[word]))
        checks.equal(done.returncode, code, f"cancel one that is {word}: {done.stderr}")
    rows = {row["id"]: row for row in devices.queue(name)}
    for word in ("queued", "undecided"):
        if numbers[word] in rows:   # else the daemon was quick
            checks.equal(rows[numbers[word]]["outcome"]["code"], "CANCELLED", f"{word}: its outcome")
            checks.that(rows[numbers[word]]["expires"] < nscl_test.iso(time.time() + 60), f"{word}: its time is over")
    checks.equal(rows[numbers["sent"]]["outcome"], None, "the others are as they were")
    for words in ((name, "999"), ("00D09E-Box-2", str(command)), ("nobody", str(command))):
        checks.equal(devices.run("cancel", *words).returncode, 1, f"cancel {words}")
    for words in ((name, "0"), (name, "x"), (name,), (name, "-1")):
        checks.equal(devices.run("cancel", *words).returncode, 2, f"cancel {words}")
    checks.equal(devices.run("queue", "nobody").returncode, 1, "nobody's")
    done = devices.run("forget", name)
    checks.that(done.returncode == 1 and "--with-pending" in done.stderr, f"a device with operations is not forgotten: {done.stderr}")


def events(checks: Checks, devices: Devices):
    checks.section("events")
    for number in range(25):
        devices.add_event("00D09E-Box-1", f"{number} BOOT", f"line\n{number}\x1b[2J\u202e\t")
    devices.add_event("00D09E-Box-2", "login.refused", "")
    shown = devices.show("00D09E-Box-1")["events"]
    checks.equal([event["code"] for event in shown], [f"{number} BOOT" for number in range(24, 4, -1)], "the last 20, the newest first")
    lines = devices.run("events", "00D09E-Box-1").stdout.splitlines()
    checks.equal((len(lines), {line.count("\t") for line in lines}), (25, {4}), "a line each, whatever the device wrote")
    checks.that("\x1b" not in "".join(lines) and "\u202e" not in "".join(lines), "nothing steers the terminal")
    checks.equal(len(json.loads(devices.run("events", "--json").stdout)), 26, "of all devices")
    checks.equal(json.loads(devices.run("events", "--json", "--limit", "1").stdout)[0]["code"], "login.refused", "the newest")
    checks.equal(devices.run("events", "nobody").returncode, 1, "nobody's")
    checks.equal(devices.run("events", "--limit", "0").returncode, 2, "none")
    text = devices.run("show", "00D09E-Box-1").stdout   # the daemon may have ended the two that were cancelled
    checks.that(text.startswith("id\t00D09E-Box-1\n") and "facts.serialNumber\t1\n" in text and text.count("\nevent\t") == 20
                and re.search(r"\npending\t[345]\n", text), f"as lines: {text[:600]}")


def credentials(checks: Checks, devices: Devices):
    checks.section("credentials")
    run, file = devices.run, pathlib.Path(tempfile.mkstemp(prefix="nscl-password-")[1])
    file.write_text("hush-file\nmore\n")
    file.chmod(0o600)
    checks.equal(run("credential", "00D09E-Box-1", "--user", "box-1", stdin="hush-login\n").returncode, 0, "a login")
    checks.equal(run("credential", "00D09E-Box-1", "--user", "acs", "--connection-request", "--password-file", str(file)).returncode, 0, "for calls")
    checks.equal(run("credential", "--oui", "00D09E", "--user", "factory", stdin="hush-shared\n").returncode, 0, "a shared one")
    row = devices.show("00D09E-Box-1")
    checks.equal((row["login"], row["connectionRequest"]), ("box-1", "acs"), "who they are")
    for words, text, code in ((("00D09E-Box-2", "--user", "box-1"), "x\n", 1), (("nobody", "--user", "u"), "x\n", 1), (("--oui", "00D09F", "--user", "factory"), "x\n", 1),
                              (("00D09E-Box-2", "--user", "a:b"), "x\n", 1), (("00D09E-Box-2", "--user", ""), "x\n", (1, 2)), (("00D09E-Box-2", "--user", "u"), "\n", 2),
                              (("00D09E-Box-2", "--user", "u"), "x" * 300 + "\n", 1), (("00D09E-Box-2",), "x\n", 2), (("--user", "u"), "x\n", 2),
                              (("00D09E-Box-2", "--oui", "00D09E", "--user", "u"), "x\n", 2), (("--oui", "00D09E", "--user", "u", "--connection-request"), "x\n", 2)):
        done = run("credential", *words, stdin=text)
        checks.that(done.returncode in (code if isinstance(code, tuple) else (code,)), f"credential {words} is refused: {done.returncode} {done.stderr}")
    checks.equal(run("credential", "00D09E-Box-1", "--user", "box-1b", stdin="hush-login\n").returncode, 0, "another in its place")
    with devices.database() as database:
        rows = database.execute("SELECT purpose, user, device, oui, secret FROM rem_credential ORDER BY user").fetchall()
    checks.equal([row[:4] for row in rows], [(1, "acs", "00D09E-Box-1", ""), (0, "box-1b", "00D09E-Box-1", ""), (0, "factory", "", "00D09E")], "as they are kept")
    checks.equal({len(row[4]) - 28 for row in rows}, {len("hush-file"), len("hush-login"), len("hush-shared")}, "wrapped")
    checks.equal(run("credential", "--oui", "00D09F", "--user", "factory", "--remove").returncode, 1, "another OUI's is not there")
    checks.equal(run("credential", "--oui", "00D09E", "--user", "factory", "--remove").returncode, 0, "removed")
    checks.equal(run("credential", "--oui", "00D09E", "--user", "factory", "--remove").returncode, 1, "once")
    file.unlink()


def over_http(checks: Checks, devices: Devices):
    checks.section("over HTTP")
    admin, other = devices.daemon.admin(), devices.daemon.client(devices.daemon.principal("meter", "secret"))
    answer = admin.get(ADMIN)
    checks.status(answer, 200, "the list")
    checks.equal(answer.field("Content-Type"), "application/json", "its type")
    page = json.loads(answer.body)
    checks.equal([[row["id"] for row in page["devices"]], page["next"]], [["00D09E-%2Fx-3", "00D09E-Box-1", "00D09E-Box-2"], None], "all of them")
    seen, after = [], ""
    while after is not None:
        page = json.loads(admin.get(f"{ADMIN}?limit=1&after={urllib.parse.quote(after)}").body)
        seen += [row["id"] for row in page["devices"]]
        after = page["next"]
    checks.equal(seen, ["00D09E-%2Fx-3", "00D09E-Box-1", "00D09E-Box-2"], "page by page")
    one = f"{ADMIN}/00D09E-Box-1"
    checks.equal(json.loads(admin.get(one).body), devices.show("00D09E-Box-1"), "what the command shows")
    checks.equal(json.loads(admin.get(one + "/operations").body)["operations"], devices.queue("00D09E-Box-1"), "its operations")
    page = json.loads(admin.get(one + "/events?limit=2").body)
    checks.equal([event["code"] for event in page["events"]], ["24 BOOT", "23 BOOT"], "its events")
    checks.equal(json.loads(admin.get(f"{one}/events?limit=1&before={page['next']}").body)["events"][0]["code"], "22 BOOT", "and those before")
    checks.status(admin.get(f"{ADMIN}/00D09E-%252Fx-3"), 200, "an id with an escape")
    for path in ("", "/00D09E-Box-1", "/00D09E-Box-1/operations", "/00D09E-Box-1/events", "/nobody"):
        checks.status(other.get(ADMIN + path), 404, f"others are told nothing of {path!r}")
    for path, code in (("/nobody", 404), ("/nobody/events", 404), ("/00D09E-Box-1/secrets", 404), ("/00D09E-Box-1/events/1", 404), ("/", 404), ("//events", 404), ("/%00", 404),
                       ("/" + "x" * 600, 404), ("?limit=0", 400), ("?limit=1001", 400), ("?limit=-1", 400), ("?limit=", 400), ("?before=1", 400), ("?x=1", 400),
                       ("/00D09E-Box-1/events?before=x", 400), ("/00D09E-Box-1?limit=1", 400), ("?after=%zz", 400), ("?after=" + "x" * 600, 400), ("/%2e%2e/audit", 404)):
        checks.status(admin.get(ADMIN + path), code, f"{path[:40]!r}")
    for answer in (admin.put(one, "x"), admin.post(ADMIN, "x"), admin.delete(one)):
        checks.status(answer, 405, "it can be read only")
    checks.status(admin.get(one), 200, "and is as it was")


def bad_rows():
    head = "id,scl,user,password,connection_user,connection_password,state"
    return head, {
        "another form of id": "00D09E,,,,,,", "an id with a blank": "00D09E-Box 1-2,,,,,,", "an id that is escaped twice over": "00D09E-%41-2,,,,,,", "no id": ",,,,,,",
        "no serial number": "00D09E-Box-,,,,,,", "a long id": "00D09E-" + "a" * 400 + "-1,,,,,,", "an octet that is no text": "00D09E-%01-1,,,,,,",
        "an SCL that is none": "00D09E-Box-9,a b,,,,,", "an SCL of another path": "00D09E-Box-9,../x,,,,,", "a device's SCL": "00D09E-Box-9,gw,,,,,",
        "another state": "00D09E-Box-9,,,,,,lost", "a user without password": "00D09E-Box-9,,u,,,,", "a password without user": "00D09E-Box-9,,,hush-login,,,",
        "a colon in a user": "00D09E-Box-9,,a:b,hush-login,,,", "a long password": f"00D09E-Box-9,,u,{'hush-login' * 30},,,", "another's login": "00D09E-Box-9,,box-1b,hush-login,,,",
        "calls without password": "00D09E-Box-9,,,,u,,", "a field too few": "00D09E-Box-9,,,,,", "a field too many": "00D09E-Box-9,,,,,,,", "an open quote": '"00D09E-Box-9,,,,,,',
        "text behind a quote": '"00D09E-Box-9"x,,,,,,', "a long line": "x" * 5000, "an escape of the terminal": "\x1b[31m,,,,,,", "garbage": random.Random(4).randbytes(3000).decode("latin-1")}


def imports(checks: Checks, devices: Devices):
    checks.section("import files")
    before = devices.rows()
    head, bad = bad_rows()
    good = "00D09E-Box-8,good,u8,hush-login,c8,hush-connection,adopted"
    for name, row in bad.items():
        done = devices.importing(f"{head}\n{good}\n{row}\n")
        checks.that(done.returncode == 1 and re.search(r"\.csv:\d+: ", done.stderr) and "nothing was imported" in done.stderr, f"{name} is told by its line: {done.stderr[:300]}")
        checks.that("\x1b" not in done.stderr, f"{name}: nothing steers the terminal")
    for name, rows in (("a device twice", (good, "00D09E-Box-8,,,,,,")), ("an SCL twice", (good, "00D09E-Box-7,good,,,,,")), ("a login twice", (good, "00D09E-Box-7,,u8,x,,,"))):
        done = devices.importing("\n".join([head, *rows, ""]))
        checks.that(done.returncode == 1 and "csv:3: " in done.stderr and "line 2 already" in done.stderr, f"{name}: {done.stderr}")
    checks.equal(devices.rows(), before, "nothing is imported")
    for text in ("", good + "\n", "scl\nx\n", "id,oui\nx,y\n", "oui\nx\n", "id,user\nx,y\n", "id,id\nx,x\n", "id,secret\nx,x\n", "x" * 5000, random.Random(5).randbytes(100_000)):
        checks.equal(devices.importing(text).returncode, 1, f"the file {text[:20]!r}")
    for mode in (0o644, 0o640, 0o604, 0o666):
        done = devices.importing(f"{head}\n{good}\n", mode=mode)
        checks.that(done.returncode == 1 and "chmod 600" in done.stderr, f"mode {mode:o} is refused: {done.stderr}")
    checks.equal(devices.run("import", "/nowhere/devices.csv").returncode, 1, "no file")
    checks.equal(devices.importing(f"{head}\n{good}\n", "--dry-run").returncode, 0, "a dry run")
    checks.equal(devices.rows(), before, "imports nothing")
    parts = 'serial,product_class,oui\n"12,3",Box 2,00D09E\n4,,00D09E\n'
    for text in (f"\ufeff{head}\r\n{good}\r\n", parts, parts):   # again: nothing else comes of it
        done = devices.importing(text)
        checks.equal(done.returncode, 0, f"a good file: {done.stderr}")
    rows = devices.rows()
    checks.equal(sorted(set(rows) - set(before)), ["00D09E-4", "00D09E-Box%202-12%2C3", "00D09E-Box-8"], "is imported")
    checks.equal(rows["00D09E-Box%202-12%2C3"]["facts"], {"oui": "00D09E", "productClass": "Box 2", "serialNumber": "12,3"} | {
        name: fact for name, fact in rows["00D09E-Box%202-12%2C3"]["facts"].items() if name not in ("oui", "productClass", "serialNumber")}, "with its parts")
    eight = devices.show("00D09E-Box-8")
    checks.equal((eight["managed"], eight["state"], eight["login"], eight["connectionRequest"]), ("scls/good", "adopted", "u8", "c8"), "and all of its columns")
    checks.equal(devices.importing("id,state\n00D09E-Box-8,quarantined\n").returncode, 0, "again, with less")
    again = devices.show("00D09E-Box-8")
    checks.equal((again["managed"], again["state"], again["login"]), ("scls/good", "quarantined", "u8"), "what the file does not say stays")


def many(checks: Checks, devices: Devices):
    checks.section(f"64: {IMPORTED} devices")
    head = "oui,product_class,serial,scl,user,password,connection_user,connection_password\n"
    path = pathlib.Path(tempfile.mkstemp(prefix="nscl-devices-", suffix=".csv")[1])
    rows = [f"0019F4,Meter,{i:07},meter-{i:07},meter-{i:07},password-{i:012},acs,password-{i:012}\n" for i in range(IMPORTED)]
    before = len(devices.rows())
    path.write_text(head + "".join(rows) + "0019F4,Meter,last,,user,,,\n")
    checks.equal(measured(devices, path)[0], 1, "with a bad row at the end")
    checks.equal(len(devices.rows()), before, "nothing is imported")
    path.write_text(head + "".join(rows))
    code, memory, seconds = measured(devices, path)
    path.unlink()
    checks.equal(code, 0, "all good")
    checks.equal(len(devices.rows()), before + IMPORTED, "all are imported")
    print(f"   {seconds:.1f} s, {memory} KiB resident")
    checks.that(os.environ.get("NSCL_TEST_SANITIZED") or memory < MOST_MEMORY, f"memory does not grow with the file: {memory} KiB")
    last = devices.show(f"0019F4-Meter-{IMPORTED - 1:07}")
    checks.equal((last["managed"], last["state"], last["login"]), (f"scls/meter-{IMPORTED - 1:07}", "adopted", f"meter-{IMPORTED - 1:07}"), "the last one")


def measured(devices, path):
    begun = time.monotonic()
    process = subprocess.Popen([devices.daemon.program, "device", "import", str(path), "--data-dir", str(devices.daemon.data_dir)],
                               env={name: value for name, value in os.environ.items() if not name.startswith("NSCL_")},
                               stderr=subprocess.DEVNULL, preexec_fn=nscl_test.die_with_parent)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    return process.returncode, usage.ru_maxrss, time.monotonic() - begun


def forgetting(checks: Checks, devices: Devices):
    checks.section("forgetting")
    checks.equal(devices.run("forget", "00D09E-Box-1", "--with-pending").returncode, 0, "with all that waits")
    checks.equal(devices.run("show", "00D09E-Box-1").returncode, 1, "it is gone")
    checks.equal(devices.run("forget", "00D09E-Box-1").returncode, 1, "once")
    with devices.database() as database:
        left = [database.execute(f"SELECT count(*) FROM {table} WHERE device = '00D09E-Box-1'").fetchone()[0] for table in ("rem_operation", "rem_event", "rem_credential")]
    checks.equal(left, [0, 0, 0], "and all that was kept of it")


def trail_and_secrets(checks: Checks, devices: Devices):
    checks.section("the trail, and secrets")
    daemon = devices.daemon
    listed = daemon.cli("audit", "list", "--limit", "100000", "--data-dir", str(daemon.data_dir)).stdout
    told = [line.split("\t") for line in listed.splitlines()]
    counts = {}
    for words in told:
        counts[words[2]] = counts.get(words[2], 0) + 1
    expected = {"device.adopted": 5, "device.rejected": 2, "device.quarantined": 1, "device.called": 1, "operation.cancelled": 2, "device.credentialSet": 4,
                "device.credentialRemoved": 1, "device.forgotten": 1, "device.imported": 5 + -(-IMPORTED // 1000)}
    checks.equal({name: counts.get(name, 0) for name in expected}, expected, "R4.18 each change is recorded, and what was refused is not")
    cancelled = next(words for words in told if words[2] == "operation.cancelled")
    checks.equal((cancelled[3], cancelled[4], cancelled[5], cancelled[8].split()[0].strip('"')), (f'"uid {os.getuid()}"', '"command line"', "scls/gw", "00D09E-Box-1"), "by whom")
    stored = b"".join(item.read_bytes() for item in daemon.data_dir.rglob("*") if item.is_file())
    printed = "\n".join(devices.printed) + daemon.log() + listed
    for secret in HIDDEN:
        checks.that(secret not in printed, f"63: {secret} was printed or logged")
    for secret in ("hush-shared", "hush-connection", "hush-file", "password-000000000001"):
        checks.that(secret.encode() not in stored, f"63: {secret} stands in a file of the store")


def test(checks: Checks):
    with Daemon() as daemon:
        devices = Devices(daemon)
        checks.equal(json.loads(devices.run("list", "--json").stdout), [], "none at first")
        for part in (changes, operations, events, credentials, over_http, imports, many, forgetting, trail_and_secrets):
            part(checks, devices)
        checks.status(daemon.probe("/readyz"), 200, "the daemon runs on")
        checks.equal(daemon.restart(), 0, "and starts again")


if __name__ == "__main__":
    nscl_test.main(test)
