#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Pre-shared keys from outside: commands beside a running daemon, import files (B7), the master key (B8), rows that were moved (B9),
file modes, and no key anywhere but where it is shown. Shows: R5.2.1, R7.10."""

import base64
import json
import os
import pathlib
import random
import re
import sqlite3
import stat
import subprocess
import tempfile

import nscl_test
from nscl_test import Checks, Daemon

IMPORTED = int(os.environ.get("NSCL_TEST_KEYS", "100000"))
MOST_MEMORY = 64 << 10   # KiB resident, however long the file is


class Keys:
    """`nscl key` on one data folder. Remembers each key it saw or gave, and everything that was printed beside."""

    def __init__(self, daemon):
        self.daemon, self.secrets, self.printed, self.env = daemon, [], [], {}

    def run(self, *words, stdin=None, shows=False, **options):
        done = self.daemon.cli("key", *words, "--data-dir", str(self.daemon.data_dir), stdin=stdin, env=self.env, **options)
        self.printed += [done.stderr] if shows else [done.stderr, done.stdout]
        return done

    def make(self, *words):
        """A command that shows a key: its octets."""
        done = self.run(*words, shows=True)
        match = re.fullmatch(r"hex:([0-9a-f]{64})\n", done.stdout)
        if done.returncode or not match:
            raise RuntimeError(f"{words}: exit code {done.returncode}: {done.stderr}")
        self.secrets.append(bytes.fromhex(match[1]))
        return self.secrets[-1]

    def rows(self):
        done = self.run("list", "--json")
        if done.returncode:
            raise RuntimeError(f"key list: exit code {done.returncode}: {done.stderr}")
        return {row["identity"]: row for row in json.loads(done.stdout)}

    def file(self, text, mode=0o600):
        path = pathlib.Path(tempfile.mkstemp(prefix="nscl-keys-", suffix=".csv")[1])
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        path.chmod(mode)
        return path

    def importing(self, text, *words, mode=0o600):
        path = self.file(text, mode)
        try:
            return self.run("import", str(path), *words)
        finally:
            path.unlink()

    def database(self):
        return sqlite3.connect(self.daemon.data_dir / "nscl.db")

    def content(self):
        with self.database() as database:
            return [sorted(database.execute(f"SELECT * FROM {table}"), key=repr) for table in ("key", "fact")]


def forms_of(key):
    text = base64.b64encode(key).decode().rstrip("=")
    return [key, key.hex().encode(), key.hex().upper().encode(), text.encode()]


def commands(checks: Checks):
    checks.section("commands beside a running daemon")
    with Daemon() as daemon:
        keys = Keys(daemon)
        first = keys.make("add", "dev-1", "--scl", "gw1")
        given = random.Random(1).randbytes(32)
        keys.secrets.append(given)
        done = keys.run("add", "dev-2", "--entity", "applications/meter", "--key-stdin", "--not-after", "2099-01-01T00:00:00Z",
                        stdin=f"base64:{base64.b64encode(given).decode()}\n")
        checks.equal((done.returncode, done.stdout), (0, ""), f"a key that was given is not shown: {done.stderr}")
        path = keys.file(f"hex:{given.hex()}\n")
        checks.equal(keys.run("add", "dev-3", "--scl", "gw3", "--key-file", str(path)).returncode, 0, "a key from a file")
        path.unlink()
        rows = keys.rows()
        checks.equal(sorted(rows), ["dev-1", "dev-2", "dev-3"], "listed")
        checks.equal((rows["dev-2"]["entity"], rows["dev-2"]["notAfter"], rows["dev-2"]["state"]),
                     ("applications/meter", "2099-01-01T00:00:00Z", "active"), "as it was added")
        checks.that(rows["dev-2"]["checkValue"] == rows["dev-3"]["checkValue"] != rows["dev-1"]["checkValue"],
                    "equal keys have equal check values")
        second = keys.make("rotate", "dev-1")
        checks.that(first != second and keys.rows()["dev-1"]["generation"] == 2, "rotated: another key, the next generation")
        checks.that(keys.rows()["dev-1"]["checkValue"] != rows["dev-1"]["checkValue"], "with another check value")
        checks.equal(keys.run("revoke", "dev-1").returncode, 0, "revoked")
        checks.equal((keys.rows()["dev-1"]["state"], keys.rows()["dev-1"]["checkValue"]), ("revoked", ""), "its octets are gone")
        listed = daemon.cli("audit", "list", "--data-dir", str(daemon.data_dir)).stdout
        told = [line.split("\t")[2:9] for line in listed.splitlines() if "\tkey." in line]
        checks.equal([(words[0], words[3], words[6]) for words in told],
                     [("key.added", "scls/gw1", "dev-1"), ("key.added", "applications/meter", "dev-2"), ("key.added", "scls/gw3", "dev-3"),
                      ("key.replaced", "scls/gw1", "dev-1"), ("key.revoked", "scls/gw1", "dev-1")], "R4.18 each change is recorded")
        for words in (("add", "dev-1", "--scl", "gw1"), ("rotate", "dev-1"), ("revoke", "nobody"), ("rotate", "nobody"),
                      ("add", "a b", "--scl", "gw1"), ("add", "dev-9", "--entity", "nobody"), ("add", "dev-9"),
                      ("add", "dev-9", "--scl", "gw1", "--not-after", "2001-01-01T00:00:00Z")):
            done = keys.run(*words)
            checks.that(done.returncode == 1 and done.stderr.startswith("nscl key: ") and not done.stdout,
                        f"{words} is refused with words: {done.returncode} {done.stderr}")
        for text in ("0011", "hex:zz", "hex:00", "", "hex:" + "00" * 32, "base64:c2hvcnQgdGV4dCBvZiBsZXR0ZXJz"):
            done = keys.run("add", "dev-9", "--scl", "gw1", "--key-stdin", stdin=text + "\n")
            checks.that(done.returncode in (1, 2) and (len(text) < 8 or text not in done.stderr), f"the key {text!r} is refused: {done.stderr}")
        checks.equal(keys.run("add", "dev-8", "--scl", "gw8", "--weak", "--key-stdin", stdin="hex:" + "00" * 32 + "\n").returncode, 0, "--weak")
        checks.equal(keys.run("rotate", "--data").returncode, 0, "another data key")
        checks.equal(keys.rows()["dev-2"]["checkValue"], rows["dev-2"]["checkValue"], "the keys stay")
        checks.status(daemon.probe("/readyz"), 200, "the daemon runs on")
        checks.equal(daemon.restart(), 0, "and starts again")
        files_and_secrets(checks, keys)


def files_and_secrets(checks, keys):
    folder = keys.daemon.data_dir
    for item in folder.rglob("*"):
        checks.equal(stat.S_IMODE(item.stat().st_mode) & 0o077, 0, f"nobody else reads {item.name}")
    master = (folder / "master.key").read_bytes()
    checks.equal(len(master), 32, "size of the master key")
    printed = "\n".join(keys.printed) + keys.daemon.log()
    stored = b"".join(item.read_bytes() for item in folder.rglob("*") if item.is_file() and item.name != "master.key")
    for key in [*keys.secrets, master]:
        for form in forms_of(key):
            checks.that(form not in stored, "a key stands in a file of the store")
            checks.that(form not in printed.encode(), "a key was printed or logged")


HEADER = "identity,kind,key,entity\n"


def imports(checks: Checks):
    checks.section("B7: import files")
    with Daemon() as daemon:
        keys = Keys(daemon)
        good = f"good,fixed,hex:{random.Random(2).randbytes(32).hex()},scls/gw1\n"
        secret = random.Random(3).randbytes(32).hex()
        bad = {
            "a key of one octet": f"bad,fixed,hex:{secret[:2]},scls/gw1",
            "a key without its form": f"bad,fixed,{secret},scls/gw1",
            "an identity twice": f"good,fixed,hex:{secret},scls/gw1",
            "an identity with a line end": f'"ba\nd",fixed,hex:{secret},scls/gw1',
            "an identity with a blank": f"b ad,fixed,hex:{secret},scls/gw1",
            "no entity": f"bad,fixed,hex:{secret},",
            "another kind": f"bad,connection,hex:{secret},scls/gw1",
            "a field too few": f"bad,fixed,hex:{secret}",
            "a long line": "x" * 5000,
            "garbage": bytes(random.Random(4).randbytes(3000)).decode("latin-1"),
        }
        for name, row in bad.items():
            done = keys.importing(HEADER + good + row + "\n")
            checks.that(done.returncode == 1 and re.search(r":\d+: ", done.stderr) and "nothing was imported" in done.stderr,
                        f"{name} is told by its line: {done.stderr[:300]}")
            checks.that(secret not in done.stderr, f"{name}: the text tells the key")
            checks.equal(keys.rows(), {}, f"{name}: nothing is imported")
        done = keys.importing(HEADER + good + "\n".join(row for row in bad.values() if row.isascii()) + "\n")
        checks.that(len(re.findall(r"\.csv:\d+: ", done.stderr)) >= 9, f"each bad row has its line: {done.stderr}")
        for name, text in (("garbage", random.Random(5).randbytes(100_000)), ("nothing", ""), ("no first line", good)):
            checks.equal(keys.importing(text).returncode, 1, f"a file of {name}")
        for mode in (0o644, 0o640, 0o604, 0o666):
            done = keys.importing(HEADER + good, mode=mode)
            checks.that(done.returncode == 1 and "chmod 600" in done.stderr, f"mode {mode:o} is refused: {done.stderr}")
        checks.equal(keys.run("import", "/nowhere/keys.csv").returncode, 1, "no file")
        checks.equal(keys.importing(HEADER + good, "--dry-run").returncode, 0, "a dry run")
        checks.equal(keys.rows(), {}, "imports nothing")
        checks.equal(keys.importing(HEADER + good).returncode, 0, "a good file")
        checks.equal(list(keys.rows()), ["good"], "is imported")
        checks.equal(keys.importing(HEADER + good).returncode, 1, "once")
        many(checks, keys)
        checks.status(daemon.probe("/readyz"), 200, "the daemon runs on")


def many(checks, keys):
    rows = [f"many-{i:07},fixed,hex:{random.Random(i).randbytes(32).hex()},scls/gw{i}\n" for i in range(IMPORTED)]
    path = keys.file(HEADER + "".join(rows) + "last,fixed,hex:00,scls/gw\n")
    checks.equal(measured_import(keys, path)[0], 1, f"{IMPORTED} rows and a bad one")
    checks.equal(len(keys.rows()), 1, "nothing is imported")
    path.write_text(HEADER + "".join(rows))
    code, memory = measured_import(keys, path)
    path.unlink()
    checks.equal(code, 0, f"{IMPORTED} rows")
    checks.equal(len(keys.rows()), IMPORTED + 1, "all are imported")
    print(f"   {memory} KiB resident")
    checks.that(os.environ.get("NSCL_TEST_SANITIZED") or memory < MOST_MEMORY, f"memory does not grow with the file: {memory} KiB")


def measured_import(keys, path):
    process = subprocess.Popen([keys.daemon.program, "key", "import", str(path), "--data-dir", str(keys.daemon.data_dir)],
                               env={name: value for name, value in os.environ.items() if not name.startswith("NSCL_")},
                               stderr=subprocess.DEVNULL, preexec_fn=nscl_test.die_with_parent)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    return process.returncode, usage.ru_maxrss


def request(checks: Checks):
    checks.section("a request for keys, and what comes back")
    with Daemon() as daemon:
        keys = Keys(daemon)
        done = daemon.cli("key", "export-request", "--count", "50", "--prefix", "acme-")
        checks.equal(done.returncode, 0, f"export-request: {done.stderr}")
        lines = done.stdout.splitlines()
        checks.equal((lines[0], len(lines)), ("identity,kind,key,entity", 51), "a head and a line for each device")
        cells = [line.split(",") for line in lines[1:]]
        checks.equal((len({row[0] for row in cells}), len({row[3] for row in cells})), (50, 50), "all identities and entities differ")
        checks.that(all(row[0].startswith("acme-") and row[3].startswith("scls/acme-") and row[2] == "" for row in cells), "of the form")
        checks.equal(keys.importing(done.stdout).returncode, 1, "without keys it is not imported")
        filled = [f"{row[0]},{row[1]},hex:{random.Random(row[0]).randbytes(32).hex()},{row[3]}" for row in cells]
        done = keys.importing("\r\n".join([lines[0], *filled, ""]))
        checks.equal(done.returncode, 0, f"with keys it is: {done.stderr}")
        checks.equal({(name, row["entity"]) for name, row in keys.rows().items()}, {(row[0], row[3]) for row in cells}, "who proves whom")
        for words in (("--count", "0"), ("--count", "1", "--prefix", "a b"), ("--count", "1", "--prefix", "a/b"), ()):
            checks.equal(daemon.cli("key", "export-request", *words).returncode, 2, f"{words} is refused")


def master_key(checks: Checks):
    checks.section("B8: the master key")
    with Daemon() as daemon, Daemon() as other:
        keys = Keys(daemon)
        keys.make("add", "dev-1", "--scl", "gw1")
        before = keys.rows()
        for one in (daemon, other):
            checks.equal(one.stop(), 0, "stopped")
        content, own = keys.content(), daemon.data_dir / "master.key"
        aside = own.rename(daemon.data_dir / "aside")
        swapped = (other.data_dir / "master.key").read_bytes()
        for name, octets, mode, text in (
                ("missing", None, 0, "there is no master key"), ("of another installation", swapped, 0o600, "does not open the keys"),
                ("wrong", b"x" * 32, 0o600, "does not open the keys"), ("too short", b"x" * 31, 0o600, "32 octets"),
                ("empty", b"", 0o600, "32 octets"), ("readable by others", aside.read_bytes(), 0o644, "chmod 600")):
            if octets is not None:
                own.write_bytes(octets)
                own.chmod(mode)
            checks.that(refused(daemon, text), f"a master key that is {name}: the daemon says {daemon.log()[-300:]!r}")
            done = keys.run("list")
            checks.that(done.returncode == 1 and text in done.stderr, f"{name}: the command too: {done.stderr}")
            checks.equal(keys.content(), content, f"{name}: the database is untouched")
            own.unlink(missing_ok=True)
        own.symlink_to(aside)
        checks.that(refused(daemon, "symbolic link"), "a symbolic link")
        own.unlink()
        aside.rename(own)
        daemon.start()
        checks.equal(keys.rows(), before, "with the right one everything is as before")
        sources(checks, daemon, keys, before)


def refused(daemon, text):
    """Whether the daemon refuses to start with exit code 1 and this text."""
    seen = len(daemon.log())
    daemon.launch()
    code = daemon.process.wait(15)
    return code == 1 and text in daemon.log()[seen:]


def sources(checks, daemon, keys, before):
    with tempfile.TemporaryDirectory() as folder:
        key = pathlib.Path(folder) / "next.key"
        key.write_text(os.urandom(32).hex() + "\n")
        key.chmod(0o600)
        checks.equal(keys.run("rotate", "--master", f"file:{key}").returncode, 0, "another master key, while the daemon runs")
        checks.equal(keys.run("list").returncode, 1, "the old one is of no use")
        for source in (f"file:{key}", "credential:next.key", f"command:{folder}/program"):
            if source.startswith("command:"):
                program = pathlib.Path(folder) / "program"
                program.write_text(f"#!/bin/sh\ncat {key}\n")
                program.chmod(0o700)
            keys.env = {"NSCL_KEYSTORE_MASTER": source, "CREDENTIALS_DIRECTORY": folder}
            checks.equal(keys.rows(), before, f"{source.split(':')[0]}: opens them")
            daemon.stop()
            daemon.env = keys.env
            daemon.start()
            checks.status(daemon.probe("/readyz"), 200, f"{source.split(':')[0]}: the daemon starts by it")
        for source in ("file:relative", "nowhere", "credential:../x"):
            keys.env = {"NSCL_KEYSTORE_MASTER": source}
            checks.equal(keys.run("list").returncode, 2, f"{source} is no source")


def moved_rows(checks: Checks):
    checks.section("B9: rows that were moved")
    with Daemon() as daemon:
        keys = Keys(daemon)
        for name in ("dev-1", "dev-2", "dev-3"):
            keys.make("add", name, "--scl", name)
        state = lambda name: keys.rows()[name]["checkValue"]   # noqa: E731
        good = state("dev-1")
        with keys.database() as database:
            wrapped = database.execute("SELECT wrapped FROM key WHERE identity = 'dev-1'").fetchone()[0]
            database.execute("UPDATE key SET wrapped = ? WHERE identity = 'dev-2'", (wrapped,))
        checks.equal(state("dev-2"), "damaged", "a key copied to another identity does not open")
        checks.equal(state("dev-1"), good, "its own does")
        keys.make("rotate", "dev-1")
        with keys.database() as database:
            database.execute("UPDATE key SET wrapped = ? WHERE identity = 'dev-1'", (wrapped,))
        checks.equal(state("dev-1"), "damaged", "nor does an older one that was put back")
        with keys.database() as database:
            database.execute("UPDATE key SET entity = 'scls/thief' WHERE identity = 'dev-3'")
        checks.equal(state("dev-3"), "damaged", "nor one that was given to another entity")
        done = keys.run("rotate", "--data")
        checks.that(done.returncode == 1 and "3 keys do not open" in done.stderr, f"told while all is wrapped anew: {done.stderr}")
        keys.make("rotate", "dev-1")
        checks.that(state("dev-1") not in ("", "damaged"), "another key mends it")


def test(checks: Checks):
    commands(checks)
    imports(checks)
    request(checks)
    master_key(checks)
    moved_rows(checks)


if __name__ == "__main__":
    nscl_test.main(test)
