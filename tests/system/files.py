#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Files for devices from outside: `nscl file`, signatures by the openssl command (R7.10), the listener by curl and by hand, threat row F1, what breaks off, and memory.
Transfers are made as rows by tests/unit/files; here the listener is asked as who has none, and files are read by operators."""

import hashlib
import json
import os
import pathlib
import shutil
import subprocess
import tempfile
import time

import nscl_test
from certificates import Authority, openssl
from nscl_test import Daemon, free_port
from wire import Connection, compose

CONFIG = """[[listener]]
[[listener]]
port = {port}
purpose = "files"
[files]
url = "http://127.0.0.1:{port}"
signers = ["{signer}"]
"""


class World:
    def __init__(self, folder):
        self.folder = folder
        self.port = free_port()
        authority = Authority(folder).create()
        authority.make("vendor", "DNS:vendor.example", "codeSigning")
        authority.make("stranger", "DNS:stranger.example", "codeSigning")
        self.config = folder / "nscl.toml"
        self.config.write_text(CONFIG.format(port=self.port, signer=folder / "vendor.pem"))
        self.tree = free_port()
        self.daemon = Daemon(config=self.config, listen=[f"127.0.0.1:{self.tree}", f"127.0.0.1:{self.port}"], start=False)
        self.daemon.port = self.tree

    def write(self, name, octets):
        (self.folder / name).write_bytes(octets)
        return str(self.folder / name)

    def sign(self, image, signer="vendor", form="DER"):
        out = str(self.folder / f"{pathlib.Path(image).name}.{signer}.{form}")
        openssl("cms", "-sign", "-binary", "-signer", str(self.folder / f"{signer}.pem"), "-inkey", str(self.folder / f"{signer}.key"), "-outform", form, "-in", image, "-out", out)
        return out

    def bare(self, image, signer="vendor"):
        out = str(self.folder / f"{pathlib.Path(image).name}.{signer}.bare")
        openssl("dgst", "-sha256", "-sign", str(self.folder / f"{signer}.key"), "-out", out, image)
        return out

    def file(self, *words):
        return self.daemon.cli("file", *words, "--config", str(self.config), "--data-dir", str(self.daemon.data_dir), wait=120)

    def octets(self):
        return sorted(path.name for path in (self.daemon.data_dir / "files").iterdir())


def imports(checks, world):
    checks.section("import")
    image = world.write("box.bin", os.urandom(300_000))
    digest = hashlib.sha256(pathlib.Path(image).read_bytes()).hexdigest()
    for form in ("DER", "PEM"):
        done = world.file("import", image, "--name", f"box-{form}", "--version", "2", "--oui", "00AA00", "--product-class", "Box", "--signature", world.sign(image, form=form))
        checks.equal(done.returncode, 0, f"signed, {form}: {done.stderr}")
    checks.equal(world.file("import", image, "--name", "box-bare", "--signature", world.bare(image)).returncode, 0, "signed, bare")
    checks.equal(world.octets(), [digest], "the octets are kept once")
    listed = json.loads(world.file("list", "--json").stdout)
    checks.equal([(f["name"], f["sha256"], f["size"], f["signed"]) for f in listed], [(n, digest, 300_000, True) for n in ("box-DER", "box-PEM", "box-bare")], "the list")

    checks.section("R7.10, F1: import refuses")
    other = world.write("other.bin", b"another image")
    for name, words in {"no signature": [], "of a stranger": ["--signature", world.sign(other, "stranger")], "bare, of a stranger": ["--signature", world.bare(other, "stranger")],
                        "of another file": ["--signature", world.sign(image)], "no signature at all": ["--signature", image], "a path": ["--signature", world.sign(other)]}.items():
        done = world.file("import", other, "--name", "../../x" if name == "a path" else "other", *words)
        checks.that(done.returncode in (1, 2), f"{name}: {done.returncode} {done.stderr}")
        checks.that(str(world.daemon.data_dir) not in done.stderr or name == "no signature at all", f"{name}: says what to mend: {done.stderr}")
    cut = world.write("cut.bin", pathlib.Path(image).read_bytes()[:-1])
    checks.equal(world.file("import", cut, "--name", "cut", "--signature", world.sign(image)).returncode, 1, "truncated")
    checks.equal(world.octets(), [digest], "nothing is left of what was refused")
    checks.equal(world.file("import", world.write("page", b"<html>"), "--name", "page", "--type", "2 Web Content").returncode, 0, "what is no firmware needs no signature")


def damage(checks, world):
    checks.section("R7.10: damage")
    checks.equal(world.file("verify").returncode, 0, "all is as it was imported")
    victim = world.daemon.data_dir / "files" / hashlib.sha256(b"<html>").hexdigest()
    victim.write_bytes(b"<htmL>")
    done = world.file("verify")
    checks.that(done.returncode == 1 and "page\tthe octets" in done.stdout and "box-DER\tok" in done.stdout, f"verify: {done.stdout}")
    world.daemon.restart()
    deadline = time.monotonic() + 10
    while "files.damaged" not in world.daemon.log() and time.monotonic() < deadline:
        time.sleep(0.05)
    checks.that("files.damaged" in world.daemon.log(), "the start says so")
    checks.status(world.daemon.admin().get("/m2m-admin/files/page"), 409, "and it is not served")
    checks.equal(world.file("remove", "page").returncode, 0, "remove")
    checks.that(not victim.exists(), "its octets go with it")


def operators(checks, world):
    checks.section("operators")
    admin = world.daemon.admin()
    names = [file["name"] for file in json.loads(admin.get("/m2m-admin/files").text)["files"]]
    checks.that("box-DER" in names, f"the list: {names}")
    octets = (world.folder / "box.bin").read_bytes()
    checks.that(admin.get("/m2m-admin/files/box-DER").body == octets, "the octets")
    checks.status(admin.get("/m2m-admin/files/nothing"), 404, "nothing")
    checks.status(admin.get("/m2m-admin/files/..%2f..%2fnscl.db"), 404, "a path")
    checks.status(admin.post("/m2m-admin/files/box-DER", "x"), 405, "it is read only")
    other = world.daemon.client(world.daemon.principal("meter", "secret"))
    checks.status(other.get("/m2m-admin/files"), 404, "others see nothing")
    checks.status(other.get("/m2m-admin/files/box-DER"), 404, "nor that")
    if shutil.which("curl"):
        url, user = f"http://{world.daemon.host}/m2m-admin/files/box-DER", "admin:" + world.daemon.admin_password()
        part = subprocess.run(["curl", "-s", "-u", user, "-r", "10-19", "-D", "-", url], capture_output=True, timeout=30).stdout
        checks.that(part.startswith(b"HTTP/1.1 206 ") and part.endswith(octets[10:20]) and b"Content-Range: bytes 10-19/300000" in part, "curl -r")
        head = subprocess.run(["curl", "-s", "-u", user, "-I", url], capture_output=True, timeout=30).stdout
        checks.that(b"Content-Length: 300000" in head and b"Transfer-Encoding" not in head, "curl -I")
    checks.that("file.read" in world.daemon.cli("audit", "list", "--data-dir", str(world.daemon.data_dir)).stdout, "the reading is recorded")


def strangers(checks, world):
    checks.section("strangers at the listener for files")
    for method, target in (("GET", "/files/" + "a" * 26 + "/box-DER"), ("PUT", "/uploads/" + "a" * 26 + "/x"), ("GET", "/files/../nscl.db"), ("GET", "/m2m"), ("GET", "/m2m-admin/files")):
        connection = Connection("127.0.0.1", world.port)
        connection.send(compose(method, target, "h", b"x" if method == "PUT" else None))
        checks.status(connection.read(), 404, f"{method} {target}")
        connection.close()
    checks.that(not any(name.startswith("new-") for name in world.octets()), "and nothing of it is written")


def memory(checks, world):
    checks.section("300 MiB")
    size = 300 << 20
    image = world.folder / "large.bin"
    with open(image, "wb") as out:
        for _ in range(300):
            out.write(os.urandom(1 << 20))
    checks.equal(world.file("import", str(image), "--name", "large", "--type", "2 Web Content").returncode, 0, "import")
    before = world.daemon.resident()
    connection = Connection("127.0.0.1", world.tree, 60)
    connection.send(compose("GET", "/m2m-admin/files/large", world.daemon.host, authorization=world.daemon.admin().authorization))
    got, most = hashlib.sha256(), 0
    head, octets = connection.read(head_only=True), len(connection.buffer)
    got.update(connection.buffer)
    while octets < size:
        part = connection.socket.recv(1 << 20)
        if not part:
            break
        octets += len(part)
        got.update(part)
        most = max(most, world.daemon.resident())
    with open(image, "rb") as source:
        expected = hashlib.file_digest(source, "sha256").hexdigest()
    checks.that(head.status == 200 and octets == size and got.hexdigest() == expected, f"all of it arrives: {octets}")
    checks.that(most - before < 16 << 20, f"memory grew by {(most - before) >> 20} MiB")


def test(checks):
    if not shutil.which("openssl"):
        nscl_test.skip("there is no openssl command")
    with tempfile.TemporaryDirectory(prefix="nscl-files-") as folder:
        world = World(pathlib.Path(folder))
        with world.daemon as daemon:
            daemon.start()
            imports(checks, world)
            operators(checks, world)
            strangers(checks, world)
            memory(checks, world)
            damage(checks, world)


if __name__ == "__main__":
    nscl_test.main(test)
