#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A full disk: writes are answered 503, reads go on, /readyz says why; when there is space again the daemon recovers by
itself, and nothing that was acknowledged is missing. Needs root for a small file system of its own. Shows: R5.1.1."""

import os
import pathlib
import shutil
import subprocess
import tempfile
import time

import nscl_test
from nscl_test import Checks, Daemon

APPLICATION = '<m2m:application xmlns:m2m="http://uri.etsi.org/m2m" appId="%s"/>'
CONTAINER = '<m2m:container xmlns:m2m="http://uri.etsi.org/m2m" m2m:id="c"/>'
INSTANCES = "/m2m/applications/full/containers/c/contentInstances"


def small_disk(folder):
    if os.geteuid() != 0:
        nscl_test.skip("needs root to mount a small file system")
    done = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=128m,mode=0700", "tmpfs", str(folder)], capture_output=True, text=True)
    if done.returncode:
        nscl_test.skip("mount of a tmpfs failed: " + done.stderr.strip())


def fill(checks, client, kept):
    """Stores until the disk is full; remembers what was acknowledged."""
    refused = None
    for number in range(2000):
        content = (f"{number} " + "x" * 30_000).encode()
        answer = client.post(INSTANCES, content, content_type="application/octet-stream")
        if answer.status == 201:
            kept[INSTANCES + "/" + answer.field("Location").rsplit("/", 1)[1]] = content
            continue
        refused = answer
        break
    if checks.that(refused is not None, "the disk becomes full"):
        checks.status(refused, 503, f"a write on a full disk, after {len(kept)} that went well")
    return refused


def while_full(checks, daemon, client, kept):
    checks.section("while it is full")
    for attempt in range(5):
        checks.status(client.post(INSTANCES, b"x" * 30_000, content_type="text/plain"), 503, "another write")
    answer = daemon.probe("/readyz")
    checks.status(answer, 503, "/readyz")
    checks.that(len(answer.body) > 5, f"/readyz says why: {answer.text!r}")
    checks.status(daemon.probe("/livez"), 200, "/livez")
    checks.that(daemon.alive(), "the daemon runs on")
    verify(checks, client, kept)
    answer = client.get("/m2m/applications/full")
    checks.status(answer, 200, "reads go on")
    checks.that("disk" in daemon.log().lower() or "full" in daemon.log().lower(), "the log says it")
    checks.that(len(daemon.log()) < 200_000, "and does not repeat it without end")


def verify(checks, client, kept):
    wrong = [path for path, content in kept.items() if client.get(path + "/content").body != content]
    checks.equal(wrong[:3], [], f"all {len(kept)} acknowledged instances are there")
    text = client.get(INSTANCES + "?metaDataOnly=true").body
    number = int(text.split(b"currentNrOfInstances>")[1].split(b"<")[0])
    checks.equal(number, len(kept), "the counter fits: nothing is half applied")


def recovered(checks, daemon, client, kept):
    checks.section("with space again")
    deadline, answer = time.monotonic() + 30, None
    while time.monotonic() < deadline:
        answer = client.post(INSTANCES, b"after", content_type="text/plain")
        if answer.status == 201:
            break
        time.sleep(0.3)
    if checks.status(answer, 201, "a write within 30 s"):
        kept[INSTANCES + "/" + answer.field("Location").rsplit("/", 1)[1]] = b"after"
    while time.monotonic() < deadline and daemon.probe("/readyz").status != 200:
        time.sleep(0.3)
    checks.status(daemon.probe("/readyz"), 200, "/readyz")
    verify(checks, client, kept)


def test(checks: Checks):
    folder = pathlib.Path(tempfile.mkdtemp(prefix="nscl-disk-"))
    small_disk(folder)
    try:
        ballast = folder / "ballast"
        with Daemon(data_dir=folder / "data") as daemon:
            with open(ballast, "wb") as file:
                os.posix_fallocate(file.fileno(), 0, 112 << 20)
            client, kept = daemon.admin(timeout=30), {}
            checks.status(client.post("/m2m/applications", APPLICATION % "full"), 201, "application")
            checks.status(client.post("/m2m/applications/full/containers", CONTAINER), 201, "container")
            for occasion in (1, 2):
                checks.section(f"filling, time {occasion}")
                if fill(checks, client, kept) is None:
                    break
                while_full(checks, daemon, client, kept)
                if occasion == 1:
                    ballast.unlink()
                    recovered(checks, daemon, client, kept)
                    with open(ballast, "wb") as file:
                        os.posix_fallocate(file.fileno(), 0, 80 << 20)
            checks.section("stop and start on a full disk")
            checks.that(daemon.stop() is not None, "it stops")
            daemon.launch()
            time.sleep(1.5)
            if daemon.alive():
                verify(checks, daemon.admin(), kept)
            else:
                checks.that("disk" in daemon.log()[-500:] or "full" in daemon.log()[-500:], f"it says why it ended: {daemon.log()[-300:]}")
        checks.section("stop and start with space")
        ballast.unlink()
        with Daemon(data_dir=folder / "data") as daemon:
            verify(checks, daemon.admin(), kept)
            recovered(checks, daemon, daemon.admin(), kept)
    finally:
        subprocess.run(["umount", str(folder)], capture_output=True)
        shutil.rmtree(folder, ignore_errors=True)


nscl_test.main(test)
