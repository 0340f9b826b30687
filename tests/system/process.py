#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The process and its files: what others may see of it, whom it becomes, what it refuses to start with. Threat row F3, L4 (core)."""

import errno
import os
import pathlib
import pwd
import re
import resource
import shutil
import signal
import socket
import stat
import subprocess
import tempfile
import time

import nscl_test
from nscl_test import Checks, Daemon, die_with_parent

USER = "nobody"


def status_of(pid):
    """/proc/PID/status as a dictionary."""
    text = pathlib.Path(f"/proc/{pid}/status").read_text(encoding="ascii")
    return dict(line.split(":\t", 1) for line in text.splitlines() if ":\t" in line)


def mode_of(path):
    return stat.S_IMODE(os.stat(path).st_mode)


def is_private(checks: Checks, pid, name):
    status = status_of(pid)
    checks.equal(status["NoNewPrivs"], "1", f"{name}: NoNewPrivs")
    checks.equal(status["Umask"], "0077", f"{name}: Umask")
    limits = pathlib.Path(f"/proc/{pid}/limits").read_text(encoding="ascii")
    checks.that(re.search(r"Max core file size\s+0\s+0", limits), f"{name}: no core file: {limits}")
    # What only the process itself and root may look into belongs to root.
    checks.equal(os.stat(f"/proc/{pid}/environ").st_uid, 0, f"{name}: it is not dumpable")


def looks(checks: Checks):
    checks.section("what others see")
    with tempfile.TemporaryDirectory(prefix="nscl-user-") as folder, Daemon(start=False) as daemon:
        daemon.port = nscl_test.free_port()
        if os.geteuid() == 0:   # everything of root belongs to root: another user shows whether it is dumpable
            os.chmod(folder, 0o755)
            daemon.program = shutil.copy(daemon.program, folder)
            os.chown(daemon.data_dir, pwd.getpwnam(USER).pw_uid, -1)
        daemon.launch(preexec_fn=unlimited_user)
        checks.that(daemon.wait_ready(), f"ready: {daemon.log()[-300:]}")
        is_private(checks, daemon.pid, "serve")
        line = [daemon.program, "principal", "add", "late", "--password-stdin", "--data-dir", str(daemon.data_dir)]
        with subprocess.Popen(line, stdin=subprocess.PIPE, stderr=subprocess.PIPE, text=True, preexec_fn=unlimited_user) as command:
            deadline = time.monotonic() + 20   # by then it waits for its password
            while status_of(command.pid)["Umask"] != "0077" and time.monotonic() < deadline:
                time.sleep(0.01)
            is_private(checks, command.pid, "principal")
            command.communicate("a password\n", 30)


def unlimited():
    """Core files as large as this host allows, and nothing private: the program has to see to it itself."""
    die_with_parent()
    hard = resource.getrlimit(resource.RLIMIT_CORE)[1]
    resource.setrlimit(resource.RLIMIT_CORE, (hard, hard))
    os.umask(0)


def unlimited_user():
    unlimited()
    if os.geteuid() == 0:
        os.setgroups([])
        os.setuid(pwd.getpwnam(USER).pw_uid)


def in_groups_of_root():
    die_with_parent()
    os.setgroups([0, 4])


def aborts(checks: Checks):
    checks.section("SIGABRT")
    with Daemon(start=False) as daemon, tempfile.TemporaryDirectory(prefix="nscl-core-") as folder:
        daemon.port = nscl_test.free_port()
        daemon.launch(preexec_fn=unlimited, cwd=folder)
        checks.that(daemon.wait_ready(), "ready")
        os.kill(daemon.pid, signal.SIGABRT)
        _, status = os.waitpid(daemon.pid, 0)
        checks.equal(os.WTERMSIG(status), signal.SIGABRT, "it ends by the signal")
        checks.that(not os.WCOREDUMP(status), "no core is dumped")
        checks.equal(os.listdir(folder), [], "no file is left")
        for item in daemon.data_dir.rglob("*"):
            checks.equal(mode_of(item), 0o700 if item.is_dir() else 0o600, f"mode of {item.name}, whatever the umask was")
        daemon.process = None


def refused_files(checks: Checks):
    """F3: symlink, FIFO, world-writable as store, configuration, secret."""
    checks.section("F3 files of the store")
    for what, damage in {
        "the database is a FIFO": lambda data: (data / "nscl.db").unlink() or os.mkfifo(data / "nscl.db", 0o600),
        "the database is a symbolic link": lambda data: link(data / "nscl.db"),
        "the log is a symbolic link": lambda data: link(data / "nscl.db-wal"),
        "the log is a FIFO": lambda data: os.mkfifo(data / "nscl.db-wal", 0o600),
        "the lock is a FIFO": lambda data: (data / "lock").unlink() or os.mkfifo(data / "lock", 0o600),
        "the lock is a symbolic link": lambda data: link(data / "lock"),
        "everybody writes the database": lambda data: os.chmod(data / "nscl.db", 0o606),
        "everybody writes the directory": lambda data: os.chmod(data, 0o707),
        "everybody writes the folder above": lambda data: os.chmod(data.parent, 0o777),
        "the directory is a symbolic link": lambda data: link(data),
    }.items():
        with tempfile.TemporaryDirectory(prefix="nscl-files-") as folder:
            data = pathlib.Path(folder) / "data"
            with Daemon(data_dir=data) as daemon:
                daemon.stop()
                damage(data)
                is_refused(checks, daemon, what, str(data) if "above" not in what else folder)


def link(path):
    """Puts a symbolic link in the place of `path`, to what was there."""
    aside = path.with_name(path.name + ".aside")
    if path.exists():
        path.rename(aside)
    else:
        aside.touch(0o600)
    path.symlink_to(aside)


def is_refused(checks: Checks, daemon, what, named):
    daemon.log_path.write_text("")
    daemon.port = nscl_test.free_port()
    process = daemon.launch()
    try:
        code = process.wait(15)
    except subprocess.TimeoutExpired:
        daemon.kill()
        code = None
    checks.that(code in (1, 2), f"{what}: exit code {code}")
    checks.that(named in daemon.log(), f"{what}: the text names {named}: {daemon.log()[-300:]}")


def refused_configuration(checks: Checks):
    checks.section("F3 configuration and secrets")
    with tempfile.TemporaryDirectory(prefix="nscl-files-") as name, Daemon(start=False) as daemon:
        folder = pathlib.Path(name)
        good, secret = folder / "nscl.toml", folder / "secret"
        good.write_text("")
        secret.write_text("user:password\n")
        secret.chmod(0o600)
        (folder / "link.toml").symlink_to(good)
        os.mkfifo(folder / "fifo.toml", 0o600)
        loose = folder / "loose.toml"
        loose.write_text("")
        loose.chmod(0o666)
        for file in ("link.toml", "fifo.toml", "loose.toml"):
            daemon.config = folder / file
            is_refused(checks, daemon, file, str(folder / file))
        daemon.config = None
        (folder / "secret.link").symlink_to(secret)
        os.mkfifo(folder / "secret.fifo", 0o600)
        shown = folder / "secret.shown"
        shown.write_text("user:password\n")
        shown.chmod(0o644)
        for file in ("secret.link", "secret.fifo", "secret.shown"):
            daemon.env = {"NSCL_OM2M_PEER_CREDENTIAL_FILE": folder / file}
            is_refused(checks, daemon, file, str(folder / file))
            done = daemon.cli("principal", "add", "x", "--password-file", str(folder / file), "--data-dir", str(daemon.data_dir))
            checks.that(done.returncode == 2 and str(folder / file) in done.stderr, f"--password-file {file}: {done.stderr}")
        checks.equal(os.listdir(daemon.data_dir), [], "nothing was made")
        folder.chmod(0o777)
        daemon.env, daemon.config = {}, good
        is_refused(checks, daemon, "a folder that everybody writes", str(good))
        folder.chmod(0o1777)
        daemon.env = {"NSCL_OM2M_PEER_CREDENTIAL_FILE": secret}
        daemon.port = None
        daemon.start()
        checks.that(daemon.alive(), "a sticky folder and a private file are good")


def restored_copy(checks: Checks):
    checks.section("a restored database")
    with Daemon() as daemon:
        daemon.stop()
        os.chmod(daemon.data_dir / "nscl.db", 0o644)
        daemon.start()
        checks.equal(mode_of(daemon.data_dir / "nscl.db"), 0o600, "its mode is mended")
        checks.equal(mode_of(daemon.data_dir / "nscl.db-wal"), 0o600, "and that of its log")


def low_port():
    """A free port that only root may bind, unless this host allows it to everybody."""
    for port in range(1023, 600, -1):
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
                return port
            except OSError as problem:
                if problem.errno not in (errno.EADDRINUSE, errno.EACCES):
                    raise
    return nscl_test.free_port()


def gives_up_root(checks: Checks):
    checks.section("from root to a user")
    account = pwd.getpwnam(USER)
    with tempfile.TemporaryDirectory(prefix="nscl-user-") as folder:
        os.chmod(folder, 0o755)
        data = pathlib.Path(folder) / "data"
        with Daemon(data_dir=data, port=low_port(), env={"NSCL_SERVER_USER": USER}, start=False) as daemon:
            daemon.launch(preexec_fn=in_groups_of_root)
            checks.that(daemon.wait_ready(), f"ready: {daemon.log()[-300:]}")
            tasks = os.listdir(f"/proc/{daemon.pid}/task")
            checks.that(len(tasks) > 3, f"{len(tasks)} threads")
            for task in tasks:
                status = status_of(f"{daemon.pid}/task/{task}")
                checks.equal(set(status["Uid"].split()), {str(account.pw_uid)}, f"user of {status['Name']}")
                checks.equal(set(status["Gid"].split()), {str(account.pw_gid)}, f"group of {status['Name']}")
                checks.equal(set(status["Groups"].split()) - {str(account.pw_gid)}, set(), f"groups of {status['Name']}")
                for name in ("CapPrm", "CapEff", "CapInh", "CapAmb"):
                    checks.equal(int(status[name], 16), 0, f"{name} of {status['Name']}")
            is_private(checks, daemon.pid, "serve")
            for item in (data, *data.rglob("*")):
                checks.equal(item.stat().st_uid, account.pw_uid, f"owner of {item.name}")
            checks.equal(mode_of(data), 0o700, "mode of the data directory")
            checks.equal(daemon.restart(), 0, "it stops, and starts again with its own directory")
            checks.status(daemon.admin().get("/m2m"), 200, "and serves")
            daemon.stop()
            os.chown(data, 0, 0)
            is_refused(checks, daemon, "a directory of another user", "belongs to user")
            checks.equal(data.stat().st_uid, 0, "which stays as it is")


def refuses_root(checks: Checks):
    checks.section("root and other hosts")
    with Daemon(listen=["127.0.0.1:0", "0.0.0.0:0"], start=False) as daemon:   # refused before anything is bound
        is_refused(checks, daemon, "root, reachable by others", "--allow-root")
        checks.equal(os.listdir(daemon.data_dir), [], "nothing was made")
        done = daemon.cli("check-config", "--listen", "0.0.0.0:8080")
        checks.that(done.returncode == 0 and "plain HTTP" in done.stderr, f"check-config warns: {done.stderr}")
        done = daemon.cli("check-config", "--listen", "127.0.0.1:8080")
        checks.equal(done.stderr, "", "and not of the loopback")
    with Daemon() as daemon:
        checks.that("running as root" in daemon.log(), "on the loopback alone it warns")


def test(checks: Checks):
    looks(checks)
    aborts(checks)
    refused_files(checks)
    refused_configuration(checks)
    restored_copy(checks)
    if os.geteuid() == 0:
        gives_up_root(checks)
        refuses_root(checks)


nscl_test.main(test)
