#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""No credential is anywhere but where it belongs: after everything that has to do with one, logs, answers, files and what the system
shows of the process are searched. Nor does an answer tell what the inside looks like. Threat rows L4 (core), L5."""

import base64
import json
import os
import pathlib
import re
import signal
import sqlite3
import tempfile
import time

import nscl_test
from nscl_test import Checks, Daemon, basic, die_with_parent
from receiver import Receiver, answer

PEER = "peer-secret-4b1d7a"
OM2M = "om2m-secret-93c0fe"
METER, CHANGED, WRONG = "meter-secret-55d2", "changed-secret-81aa", "wrong-secret-7f3e"
CONFIG = """
[log]
level = "debug"
[scl]
base_uri = "http://127.0.0.1:{port}"
[outgoing]
allowed_networks = ["127.0.0.0/8"]
[delivery]
first_retry = "1s"
[[peer]]
id = "other"
own_id = "here"
uri = "{peer}/m2m"
register = true
credential = "nscl-here:{secret}"
"""
APPLICATION = '<m2m:application xmlns:m2m="http://uri.etsi.org/m2m" appId="%s"/>'
INSIDE = re.compile(rb"\.cpp|\.h:|SQLite|sqlite|SELECT |no such table|terminate|nscl::|std::", re.I)


class Scene:
    """One daemon with every kind of credential that the core has; keeps each answer it gave."""

    def __init__(self, checks: Checks, folder, receiver):
        self.checks, self.bodies = checks, []
        self.config, self.credential = pathlib.Path(folder) / "nscl.toml", pathlib.Path(folder) / "om2m-credential"
        self.credential.write_text(f"nscl-om2m:{OM2M}\n")
        self.credential.chmod(0o600)
        self.daemon = Daemon(config=self.config, env={"NSCL_OM2M_PEER_CREDENTIAL_FILE": self.credential}, start=False)
        self.daemon.port = nscl_test.free_port()
        self.config.write_text(CONFIG.format(port=self.daemon.port, peer=receiver.uri(), secret=PEER))
        self.config.chmod(0o600)
        self.folder = folder
        self.tokens = []

    def launch(self):
        self.daemon.launch(cwd=self.folder, preexec_fn=die_with_parent)
        self.checks.that(self.daemon.wait_ready(), f"ready: {self.daemon.log()[-300:]}")

    def ask(self, method, target, authorization=None, body=None, **options):
        client = self.daemon.client(authorization)
        got = client.request(method, target, body, **options)
        client.close()
        self.bodies.append((f"{method} {target}", got.head + b"\r\n\r\n" + got.body))
        return got

    def secrets(self):
        """What must be nowhere, with a name; each as it is and as Basic carries it."""
        named = {"the administrator's password": self.daemon.admin_password(), "a peer's credential": PEER, "OM2M's credential": OM2M,
                 "a password": METER, "a new password": CHANGED, "a wrong password": WRONG}
        named |= {f"token {number}": token for number, token in enumerate(self.tokens)}
        users = {"the administrator's password": "admin", "a peer's credential": "nscl-here", "OM2M's credential": "nscl-om2m"}
        for name, secret in list(named.items()):
            text = f"{users.get(name, 'meter')}:{secret}".encode()
            named[name + " in base64"] = base64.b64encode(text).decode().rstrip("=")[:-1]   # what follows may change the last sign
        return named

    def search(self, where, octets, but=()):
        for name, secret in self.secrets().items():
            if name.removesuffix(" in base64") not in but:
                self.checks.that(secret.encode() not in octets, f"{name} is in {where}")


def identify(scene: Scene):
    checks, daemon = scene.checks, scene.daemon
    admin = basic("admin", daemon.admin_password())
    checks.status(scene.ask("GET", "/m2m", admin), 200, "the administrator")
    meter = daemon.principal("meter", METER)
    checks.status(scene.ask("GET", "/m2m", meter), 200, "a principal")
    for wrong in (basic("meter", WRONG), basic("nobody", WRONG), basic("admin", WRONG), f"Bearer nscl_abcdef_{WRONG}", f"Bearer nscls_{WRONG}",
                  f"Digest username={WRONG}", f"Basic {WRONG}", WRONG, f"{meter}, {admin}"):
        checks.status(scene.ask("GET", "/m2m", wrong), (400, 401), "a wrong credential")
    checks.status(scene.ask("GET", f"/m2m/{WRONG}?password={WRONG}", meter), (400, 404), "a path that looks like one")
    opened = scene.ask("POST", "/m2m-session", meter, b"")
    scene.bodies.pop()   # the one answer that is a credential
    checks.status(opened, 201, "a session")
    token = json.loads(opened.body)["token"]
    scene.tokens.append(token)
    checks.status(scene.ask("GET", "/m2m", f"Bearer {token}"), 200, "by its token")
    checks.status(scene.ask("DELETE", "/m2m-session", f"Bearer {token}"), 204, "which ends")
    checks.status(scene.ask("GET", "/m2m", f"Bearer {token}"), 401, "and is good no more")
    done = daemon.cli("principal", "passwd", "meter", "--password-stdin", "--data-dir", str(daemon.data_dir), stdin=CHANGED + "\n")
    checks.equal(done.returncode, 0, "a new password")
    scene.search("what the command says", (done.stdout + done.stderr).encode())
    for body in (b"<", APPLICATION % "a b", APPLICATION % "fine"):
        scene.ask("POST", "/m2m/applications", admin, body)
    checks.status(scene.ask("POST", "/m2m/applications", admin, "{", content_type="application/json"), 400, "a broken document")


def go_out(scene: Scene, receiver):
    """The peer's credential is used, refused, and used again."""
    checks = scene.checks
    came = receiver.wait(2, 30)
    wanted = basic("nscl-here", PEER)
    checks.that(len(came) >= 2 and any(request.field("Authorization") == wanted for request in came), "the credential went to the peer")
    receiver.script(answer(401, b"no"), answer(500, f"you said {wanted}".encode()))
    receiver.wait(4, 30)


def reload(scene: Scene):
    text = scene.config.read_text()
    for changed, words in ((text.replace("register = true", f'register = "{WRONG}'), "reload refused"),
                           (text.replace(PEER, PEER + "-changed"), "reload refused"), (text, "configuration reloaded")):
        before = scene.daemon.log().count(words)
        scene.config.write_text(changed)
        os.kill(scene.daemon.pid, signal.SIGHUP)
        deadline = time.monotonic() + 15
        while scene.daemon.log().count(words) == before and time.monotonic() < deadline:
            time.sleep(0.05)
        scene.checks.that(scene.daemon.log().count(words) > before, f"SIGHUP: {words}")


def refuse_to_start(scene: Scene):
    """A start with a wrong configuration tells its line, not its credential."""
    scene.config.with_name("bad.toml").write_text(scene.config.read_text() + f'\ncredentials = "{PEER}"\n[om2m]\npeer_credential = "{OM2M}"\n')
    for arguments in (("check-config",), ("check-config", "--print"), ("serve",)):
        for file in ("bad.toml", "nscl.toml"):
            if (arguments[0], file) == ("serve", "nscl.toml"):
                continue
            done = scene.daemon.cli(*arguments, "--config", str(scene.config.with_name(file)), env={key: str(value) for key, value in scene.daemon.env.items()})
            scene.checks.equal(done.returncode, 2 if file == "bad.toml" else 0, f"{arguments} {file}: {done.stderr}")
            scene.search(f"what {' '.join(arguments)} says", (done.stdout + done.stderr).encode())


def break_inside(scene: Scene):
    """L5: the tables go away below the running daemon: every kind of request fails, and tells nothing of why."""
    admin = basic("admin", scene.daemon.admin_password())
    scene.bodies.clear()
    database = sqlite3.connect(scene.daemon.data_dir / "nscl.db", timeout=10)
    tables = [name for name, in database.execute("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")]
    with database:
        for name in tables:
            if name not in ("principal", "fact"):
                database.execute(f"DROP TABLE {name}")
    database.close()
    statuses = []
    for method, target, body in (("GET", "/m2m", None), ("GET", "/m2m/applications", None), ("GET", "/m2m/applications/unseen", None),
                                 ("POST", "/m2m/applications", APPLICATION % "new"), ("DELETE", "/m2m/applications/fine", None),
                                 ("GET", "/m2m/discovery?searchString=x", None), ("GET", "/readyz", None)):
        statuses.append(scene.ask(method, target, admin, body).status)
    scene.checks.that(any(status >= 500 for status in statuses), f"something failed: {statuses}")
    for name, octets in scene.bodies:
        scene.checks.that(not INSIDE.search(octets) and str(scene.daemon.data_dir).encode() not in octets, f"L5 {name}: {octets!r}")
        if octets.startswith(b"HTTP/1.1 500"):
            scene.checks.that(re.search(rb"in the log as [a-z0-9]{12}", octets), f"L5 {name}: a number to find it by: {octets!r}")


def look_everywhere(scene: Scene):
    checks, daemon = scene.checks, scene.daemon
    for name, octets in scene.bodies:
        scene.search(f"the answer to {name}", octets)
    for name in ("cmdline", "environ"):
        scene.search(name, pathlib.Path(f"/proc/{daemon.pid}/{name}").read_bytes())


def look_at_files(scene: Scene):
    log = scene.daemon.log_path.read_bytes()
    scene.checks.that(b" debug " in log or b"ready" in log, "there is a log")
    # A path is no credential, whatever it looks like, and not logged either.
    scene.search("the log", log)
    for file in scene.daemon.data_dir.rglob("*"):
        if file.is_file() and file.name != "admin-password":
            scene.search(file.name, file.read_bytes())
    left = {file.name for file in pathlib.Path(scene.folder).iterdir()} - {"nscl.toml", "bad.toml", "om2m-credential"}
    scene.checks.equal(left, set(), "files in the folder where it was started: no core")


def test(checks: Checks):
    with tempfile.TemporaryDirectory(prefix="nscl-secrets-") as folder, Receiver(answer(401)) as receiver:
        scene = Scene(checks, folder, receiver)
        with scene.daemon:
            scene.launch()
            checks.section("L4 credentials are used")
            identify(scene)
            go_out(scene, receiver)
            reload(scene)
            refuse_to_start(scene)
            look_everywhere(scene)
            checks.section("L5 the inside breaks")
            break_inside(scene)
            look_everywhere(scene)
            checks.section("L4 it aborts")
            os.kill(scene.daemon.pid, signal.SIGABRT)
            checks.equal(scene.daemon.process.wait(15), -signal.SIGABRT, "by the signal")
            look_at_files(scene)


nscl_test.main(test)
