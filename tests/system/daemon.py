#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Manners of the daemon: first start, exit codes, the lock, signals, systemd's socket, configuration, restart. Shows: C7, R7.5."""

import os
import pathlib
import re
import select
import shutil
import signal
import socket
import sqlite3
import stat
import tempfile
import threading
import time

import nscl_test
from nscl_test import Checks, Daemon, until

APPLICATION = '<m2m:application xmlns:m2m="http://uri.etsi.org/m2m" appId="%s"/>'


def first_start(checks: Checks):
    checks.section("first start")
    with Daemon() as daemon:
        path = daemon.data_dir / "admin-password"
        checks.equal(stat.S_IMODE(path.stat().st_mode), 0o600, "mode of admin-password")
        password = daemon.admin_password()
        checks.that(len(password) >= 16 and password != "admin", "the password is random and long")
        checks.that(password not in daemon.log(), "it is not on a terminal that is none: standard output here is a log")
        for item in daemon.data_dir.rglob("*"):
            checks.equal(stat.S_IMODE(item.stat().st_mode) & 0o077, 0, f"nobody else reads {item.name}")
        checks.status(daemon.admin().get("/m2m"), 200, "it works")
        checks.status(daemon.client(nscl_test.basic("admin", "admin")).get("/m2m"), 401, "admin:admin does not")
        with Daemon() as other:
            checks.that(other.admin_password() != password, "another installation has another password")
        checks.equal(daemon.restart(), 0, "exit code after SIGTERM")
        checks.equal(daemon.admin_password(), password, "the password stays")
        checks.status(daemon.admin().get("/m2m"), 200, "and works")


def terminal(checks: Checks):
    checks.section("first start on a terminal")
    master, slave = os.openpty()
    with Daemon(start=False) as daemon:
        daemon.port = nscl_test.free_port()
        daemon.launch(stdin=slave, stdout=slave, stderr=slave)
        checks.that(daemon.wait_ready(), "ready")
        shown = read_terminal(master)
        checks.equal(shown.count(daemon.admin_password().encode()), 1, f"the password is shown once: {shown[:300]!r}")
        daemon.stop()
        read_terminal(master)
        daemon.launch(stdin=slave, stdout=slave, stderr=slave)
        checks.that(daemon.wait_ready(), "ready again")
        checks.that(daemon.admin_password().encode() not in read_terminal(master), "and never again")
    os.close(master)
    os.close(slave)


def read_terminal(master, wait=0.5):
    shown, deadline = b"", time.monotonic() + wait
    while time.monotonic() < deadline:
        if select.select([master], [], [], 0.1)[0]:
            shown += os.read(master, 65536)
    return shown


def commands(checks: Checks):
    checks.section("commands")
    with Daemon() as daemon:
        done = daemon.cli("version")
        checks.that(done.returncode == 0 and re.search(r"\d+\.\d+\.\d+", done.stdout), f"version: {done.stdout}{done.stderr}")
        done = daemon.cli("--help")
        checks.that(done.returncode == 0 and "serve" in done.stdout and "check-config" in done.stdout, "--help names the commands")
        for line in ((), ("nonsense",), ("serve", "--nonsense"), ("principal", "add"), ("serve", "--listen", "nowhere:99999")):
            done = daemon.cli(*line, wait=15)
            checks.that(done.returncode != 0 and (done.stderr + done.stdout).strip(), f"nscl {' '.join(line)}: refused with words")
        folder = str(daemon.data_dir)
        done = daemon.cli("principal", "list", "--data-dir", folder)
        checks.that(done.returncode == 0 and "admin" in done.stdout, f"principal list: {done.stdout}{done.stderr}")
        credential = daemon.principal("meter", "first")
        done = daemon.cli("principal", "add", "meter", "--password-stdin", "--data-dir", folder, stdin="x\n")
        checks.that(done.returncode != 0, "a name is taken once")
        checks.status(daemon.client(credential).get("/m2m"), 200, "principal add, while the daemon runs")
        password_file = daemon.data_dir.parent / (daemon.data_dir.name + "-password")
        password_file.write_text("from a file\n")
        password_file.chmod(0o600)
        done = daemon.cli("principal", "add", "filed", "--password-file", str(password_file), "--data-dir", folder)
        checks.equal(done.returncode, 0, f"--password-file: {done.stderr}")
        password_file.unlink()
        checks.status(daemon.client(nscl_test.basic("filed", "from a file")).get("/m2m"), 200, "a password from a file")
        done = daemon.cli("principal", "passwd", "meter", "--password-stdin", "--data-dir", folder, stdin="second\n")
        checks.equal(done.returncode, 0, f"principal passwd: {done.stderr}")
        checks.that(until(lambda: daemon.client(credential).get("/m2m").status == 401), "the old password ends within seconds")
        checks.status(daemon.client(nscl_test.basic("meter", "second")).get("/m2m"), 200, "the new one works")
        done = daemon.cli("principal", "remove", "meter", "--data-dir", folder)
        checks.equal(done.returncode, 0, f"principal remove: {done.stderr}")
        checks.that(until(lambda: daemon.client(nscl_test.basic("meter", "second")).get("/m2m").status == 401),
                    "a removed principal is refused within seconds")
        checks.that(daemon.cli("principal", "remove", "meter", "--data-dir", folder).returncode != 0, "removed once")
        for secret in ("first", "second", "from a file"):
            checks.that(secret not in (daemon.cli("principal", "list", "--data-dir", folder).stdout), "list shows no password")


def refusals(checks: Checks):
    checks.section("refusals at start")
    with Daemon() as daemon:
        second = Daemon(data_dir=daemon.data_dir, start=False)
        second.port = nscl_test.free_port()
        process = second.launch()
        code = wait_exit(process)
        checks.that(code not in (None, 0), f"a second daemon on the same data folder: exit code {code}")
        checks.that(str(daemon.data_dir) in second.log() or "data" in second.log().lower(), f"it says why: {second.log()[-300:]}")
        checks.status(daemon.probe("/readyz"), 200, "the first one runs on")
        third = Daemon(start=False)
        third.port = daemon.port
        process = third.launch()
        code = wait_exit(process)
        checks.that(code not in (None, 0), f"an address in use: exit code {code}")
        checks.that(str(daemon.port) in third.log(), f"it names the address: {third.log()[-300:]}")
        second.close()
        third.close()
    file = tempfile.NamedTemporaryFile()
    blocked = Daemon(data_dir=file.name, start=False)
    blocked.port = nscl_test.free_port()
    code = wait_exit(blocked.launch())
    checks.that(code not in (None, 0) and file.name in blocked.log(), f"a data folder that is a file: {code}, {blocked.log()[-300:]}")
    blocked.close()


def wait_exit(process, wait=15):
    try:
        return process.wait(wait)
    except Exception:
        process.kill()
        process.wait()
        return None


def newer_schema(checks: Checks):
    checks.section("a newer schema")
    with Daemon() as daemon:
        daemon.stop()
        changed = 0
        for path in daemon.data_dir.rglob("*"):
            if path.is_file() and path.read_bytes()[:16].startswith(b"SQLite format 3"):
                with sqlite3.connect(path) as database:
                    version = database.execute("PRAGMA user_version").fetchone()[0]
                    checks.that(version >= 1, f"{path.name} has a schema version: {version}")
                    database.execute(f"PRAGMA user_version = {version + 1000}")
                    changed += 1
                database.close()
        checks.that(changed, "there is a database")
        code = wait_exit(daemon.launch())
        checks.that(code not in (None, 0), f"a newer schema is refused: exit code {code}")
        checks.that(re.search("version|newer|schema", daemon.log()[-500:]), f"with a clear message: {daemon.log()[-300:]}")


def configuration(checks: Checks):
    checks.section("configuration")
    folder = pathlib.Path(tempfile.mkdtemp(prefix="nscl-config-"))
    file = folder / "nscl.toml"
    with Daemon() as daemon:
        shipped = nscl_test.ROOT / "config" / "nscl.toml"
        done = daemon.cli("check-config", "--config", str(shipped))
        checks.equal(done.returncode, 0, f"the shipped configuration is right: {done.stdout}{done.stderr}")
        text = shipped.read_text()
        keys = re.findall(r"^#?\s*([a-z_0-9]+)\s*=", text, re.M)
        checks.that(len(keys) > 20, f"the shipped configuration shows the keys ({len(keys)})")
        for wrong, what in (("[log]\nlevel = \"loud\"\n", "level"), ("[store]\nnonsense = 1\n", "nonsense"),
                            ("[lifetime]\nminimum = \"soon\"\n", "minimum"), ("[server]\nthreads = -1\n", "threads"),
                            ("[nothing]\nx = 1\n", "nothing")):
            file.write_text("# a comment\n" + wrong)
            done = daemon.cli("check-config", "--config", str(file))
            said = done.stdout + done.stderr
            checks.that(done.returncode != 0, f"{wrong!r} is refused")
            checks.that(re.search(re.escape(str(file.name)) + r":[23]\b", said) and what in said,
                        f"{wrong!r}: file, line and key are named: {said.strip()[:200]}")
        file.write_text("[log\nlevel = 1\n")
        done = daemon.cli("check-config", "--config", str(file))
        checks.that(done.returncode != 0 and "nscl.toml:" in done.stdout + done.stderr, "bad TOML is refused with its line")
        done = daemon.cli("check-config", "--config", str(folder / "missing.toml"))
        checks.that(done.returncode != 0 and "missing.toml" in done.stdout + done.stderr, "a missing file is named")
        done = daemon.cli("check-config", env={"NSCL_LOG_LEVEL": "loud"})
        checks.that(done.returncode != 0 and "NSCL_LOG_LEVEL" in done.stdout + done.stderr.replace("log.level", ""),
                    f"a wrong environment variable is named: {done.stdout}{done.stderr}")
    shutil.rmtree(folder)


def reload(checks: Checks):
    checks.section("reload")
    folder = pathlib.Path(tempfile.mkdtemp(prefix="nscl-config-"))
    file = folder / "nscl.toml"
    file.write_text('[lifetime]\nminimum = "10m"\n')
    with Daemon(config=file) as daemon:
        client = daemon.admin()

        def lifetime(name):
            soon = nscl_test.iso(time.time() + 60)
            body = (APPLICATION % name).replace("/>", f"><m2m:expirationTime>{soon}</m2m:expirationTime></m2m:application>")
            answer = client.post("/m2m/applications", body)
            checks.status(answer, 201, f"POST {name}")
            text = re.search(rb"expirationTime>([^<]+)Z<", answer.body)
            return text[1].decode()[:19] if text else soon[:19]
        checks.that(lifetime("a") > nscl_test.iso(time.time() + 500), "the file's minimum holds")
        file.write_text('[lifetime]\nminimum = "wrong"\n')
        os.kill(daemon.pid, signal.SIGHUP)
        time.sleep(0.7)
        checks.that(daemon.alive() and daemon.probe("/readyz").status == 200, "SIGHUP with a wrong file: it runs on")
        checks.that("nscl.toml:2" in daemon.log(), f"and says what is wrong: {daemon.log()[-300:]}")
        checks.that(lifetime("b") > nscl_test.iso(time.time() + 500), "with the old configuration")
        file.write_text('[lifetime]\nminimum = "20s"\n')
        os.kill(daemon.pid, signal.SIGHUP)
        checks.that(until(lambda: lifetime(f"c{time.monotonic_ns()}") < nscl_test.iso(time.time() + 500)), "SIGHUP takes over what is right")
    shutil.rmtree(folder)


def systemd(checks: Checks):
    checks.section("systemd")
    folder = tempfile.mkdtemp(prefix="nscl-notify-")
    path = os.path.join(folder, "notify")
    heard = []
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as notify:
        notify.bind(path)
        notify.settimeout(0.2)
        stop = threading.Event()

        def listen():
            while not stop.is_set():
                try:
                    heard.append((time.monotonic(), notify.recv(4096).decode()))
                except OSError:
                    pass
        thread = threading.Thread(target=listen, daemon=True)
        thread.start()
        daemon = Daemon(start=False, env={"NOTIFY_SOCKET": path, "WATCHDOG_USEC": "1000000"})
        with daemon:
            daemon.port = nscl_test.free_port()
            daemon.launch()
            checks.that(until(lambda: any("READY=1" in text for _, text in heard), 15), "READY=1")
            checks.that(daemon.wait_ready(2), "it is ready when it says so")
            time.sleep(2.2)
            beats = [text for _, text in heard if "WATCHDOG=1" in text]
            checks.that(len(beats) >= 3, f"WATCHDOG=1 at least every half second: {len(beats)} in 2.2 s")
            os.kill(daemon.pid, signal.SIGHUP)
            time.sleep(0.5)
            checks.equal(daemon.stop(), 0, "exit code")
            checks.that(until(lambda: any("STOPPING=1" in text for _, text in heard), 2), f"STOPPING=1: {[t for _, t in heard][-3:]}")
        stop.set()
        thread.join()
    shutil.rmtree(folder)


def stop_under_load(checks: Checks):
    checks.section("stop under load")
    with Daemon() as daemon:
        acknowledged, broken, stop = [], [], threading.Event()

        def work(number):
            client = daemon.client(nscl_test.basic("admin", daemon.admin_password()))
            count = 0
            while not stop.is_set():
                name = f"s{number}x{count}"
                count += 1
                try:
                    answer = client.post("/m2m/applications", APPLICATION % name)
                except nscl_test.BadAnswer as error:
                    broken.append(repr(error))
                    return
                except OSError:
                    return
                if answer.status == 201:
                    acknowledged.append(name)
                elif answer.status != 503:
                    broken.append(answer.brief())
        threads = [threading.Thread(target=work, args=(number,)) for number in range(6)]
        for thread in threads:
            thread.start()
        time.sleep(1)
        os.kill(daemon.pid, signal.SIGTERM)
        began = time.monotonic()
        code = wait_exit(daemon.process, 15)
        stop.set()
        for thread in threads:
            thread.join()
        checks.equal(code, 0, "exit code")
        checks.that(time.monotonic() - began < 11, "it stops within its limit")
        checks.equal(broken, [], "every answer was whole")
        checks.that(len(acknowledged) > 20, f"there was load: {len(acknowledged)}")
        daemon.start()
        client = daemon.admin()
        missing = [name for name in acknowledged if client.get(f"/m2m/applications/{name}").status != 200]
        checks.equal(missing, [], "every acknowledged write is there afterwards")


def restart_keeps_all(checks: Checks):
    checks.section("restart")
    with Daemon() as daemon:
        client = daemon.admin()
        client.post("/m2m/applications", APPLICATION % "kept")
        client.post("/m2m/applications/kept/containers", '<m2m:container xmlns:m2m="http://uri.etsi.org/m2m" m2m:id="c"/>')
        for number in range(20):
            client.post("/m2m/applications/kept/containers/c/contentInstances", f"value {number}", content_type="text/plain")
        paths = ["/m2m", "/m2m/applications", "/m2m/applications/kept", "/m2m/applications/kept/containers/c",
                 "/m2m/applications/kept/containers/c/contentInstances", "/m2m/accessRights"]
        before = {path: client.get(path).body for path in paths}
        checks.equal(daemon.restart(), 0, "exit code")
        client = daemon.admin()
        for path in paths:
            checks.equal(client.get(path).body, before[path], f"{path} after SIGTERM")
        daemon.kill()
        daemon.start()
        client = daemon.admin()
        for path in paths:
            checks.equal(client.get(path).body, before[path], f"{path} after SIGKILL")


def expiry_while_down(checks: Checks):
    checks.section("what expires while the daemon is down")
    with Daemon(env={"NSCL_LIFETIME_MINIMUM": "1s"}) as daemon:
        soon = nscl_test.iso(time.time() + 3)
        client = daemon.admin()
        body = (APPLICATION % "gone").replace("/>", f"><m2m:expirationTime>{soon}</m2m:expirationTime></m2m:application>")
        checks.status(client.post("/m2m/applications", body), 201, "a short life")
        container = '<m2m:container xmlns:m2m="http://uri.etsi.org/m2m" m2m:id="c"/>'
        checks.status(client.post("/m2m/applications/gone/containers", container), 201, "with something below it")
        checks.equal(daemon.stop(), 0, "exit code")
        time.sleep(3)
        daemon.start()
        client = daemon.admin()
        checks.that(until(lambda: client.get("/m2m/applications/gone/containers/c").status == 404, 4), "what was below is gone")
        checks.status(client.get("/m2m/applications/gone"), 404, "it is gone")
        checks.that(b"applications/gone<" not in client.get("/m2m/applications").body, "and not listed")
        checks.status(client.post("/m2m/applications", APPLICATION % "gone"), 201, "its name is free")


def listeners(checks: Checks):
    checks.section("listeners")
    try:
        six = nscl_test.free_port("::1")
    except OSError:
        print("no IPv6 here: one listener only")
        six = None
    four = nscl_test.free_port()
    with Daemon(listen=[f"127.0.0.1:{four}"] + ([f"[::1]:{six}"] if six else []), start=False) as daemon:
        daemon.port = four
        daemon.launch()
        checks.that(daemon.wait_ready(), "ready")
        credential = nscl_test.basic("admin", daemon.admin_password())
        checks.status(nscl_test.Client("127.0.0.1", four, credential).get("/m2m"), 200, "IPv4")
        if six:
            answer = nscl_test.Client("::1", six, credential).get("/m2m")
            checks.status(answer, 200, "IPv6")
            checks.equal(answer.field("Content-Location"), f"http://[::1]:{six}/m2m", "Content-Location with IPv6")


def test(checks: Checks):
    for part in (first_start, terminal, commands, refusals, newer_schema, configuration, reload, systemd, stop_under_load, restart_keeps_all,
                 expiry_while_down, listeners):
        try:
            part(checks)
        except (OSError, RuntimeError, ValueError, IndexError, TypeError) as error:
            checks.that(False, f"{type(error).__name__}: {error}")


nscl_test.main(test)
