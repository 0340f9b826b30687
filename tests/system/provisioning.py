#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Bootstrap and service connection from outside (B1 to B6, T15): devices are `nscl bootstrap-device`, Python's ssl with a certificate,
and `openssl s_client` with a key. What passes on the wire is recorded, and no key is in it, in a log or in the database."""

import concurrent.futures
import pathlib
import random
import re
import shutil
import socket
import ssl
import tempfile
import threading
import time

import nscl_test
from certificates import Authority
from device_world import BOOTSTRAP, CONNECTION, RENEW, Recorder, World, element
from nscl_test import Checks, until
from wire import BadAnswer, Connection, compose


def whole_way(world):
    checks = world.checks
    checks.section("the whole way")
    world.cli("node", "expect", "urn:dev:1", "--scl", "gw1", "--environment", "tee")
    recorders = [Recorder(port) for port in (world.bootstrap, world.connection, world.mid)]
    to_bootstrap, to_connection, to_mid = recorders
    done, kept = world.play("--connect", f"127.0.0.1:{to_connection.port}", "--mid", f"127.0.0.1:{to_mid.port}", url=to_bootstrap.port)
    checks.equal(done.returncode, 0, f"bootstrap, connection, registration: {done.stderr}")
    checks.that("as derived here" in done.stdout and "gw1 registered and read back" in done.stdout, f"B5 each step is told: {done.stdout}")
    if not kept:
        raise RuntimeError(done.stderr)
    device = world.devices()["urn:dev:1"]
    checks.equal((device["state"], device["node"], device["rootIndex"]), ("bootstrapped", kept["node"], 1), "the inventory")
    checks.equal({key["environment"] for key in world.keys(kept["node"])}, {"tee"}, "what it declared is kept with its keys")
    recorded = b"".join(recorder.octets() for recorder in recorders)
    for secret in world.secrets:
        checks.that(bytes.fromhex(secret) not in recorded and secret.encode() not in recorded, "no key on the wire")
    checks.status(world.daemon.admin().get("/m2m/scls/gw1"), 200, "its scl is there")
    replay = Connection("127.0.0.1", world.connection, 10)
    replay.send(to_connection.sent[0])
    try:
        octets = replay.socket.recv(65536)
        while more := replay.socket.recv(65536):
            octets += more
    except OSError:
        pass
    checks.that(b"HTTP/1.1 201" not in octets, "B4 a replayed recording")
    checks.equal(len([key for key in world.keys(kept["node"]) if key["kind"] == "connection"]), 1, "B4 and it gave no key")
    for recorder in recorders:
        recorder.close()
    return kept


def listeners(world, kept):
    checks = world.checks
    checks.section("listeners")
    root, connection = (kept["identity"], kept["key"][4:]), (kept["connection"]["identity"], kept["connection"]["key"][4:])
    for port, name in ((world.mid, "mId"), (world.vouchers, "bootstrap")):
        checks.equal(world.alert_of_key(port, *root), 47, f"T15 Kmr on {name}")
    checks.equal(world.alert_of_key(world.vouchers, *connection), 47, "T15 Kmc on bootstrap")
    certificate = ["-cert", world.authority / "dev1.pem", "-key", world.authority / "dev1.key"]
    checks.equal(world.alert(world.mid, "-tls1_3", *certificate), 40, "T15 a certificate on mId")
    checks.that(world.alert(world.bootstrap, "-tls1_2") is not None, "no certificate on bootstrap")   # TLS 1.3 tells it after the handshake
    for version in ("-tls1_2", "-tls1_3"):
        checks.equal(world.ask(world.mid, *connection, "GET", "/m2m/scls/gw1", version=version)[0], 200, f"Kmc on mId {version}")
    for target, method, status in (("/m2m", "GET", 404), ("/readyz", "GET", 404), (CONNECTION, "GET", 405), (BOOTSTRAP, "POST", 405), (RENEW, "DELETE", 405)):
        checks.equal(world.ask(world.connection, *root, method, target)[0], status, f"connection listener: {method} {target}")
    for target, method, status in (("/m2m", "GET", 404), (CONNECTION, "POST", 404), (RENEW, "POST", 404), (BOOTSTRAP, "GET", 405), (BOOTSTRAP, "DELETE", 405)):
        checks.status(world.post("dev1", target=target, method=method), status, f"bootstrap listener: {method} {target}")
    hostile = '<!DOCTYPE x [<!ENTITY a "b">]><m2m:bootstrapParamSet xmlns:m2m="http://uri.etsi.org/m2m"/>'
    xml = {"Content-Type": "application/xml"}
    for body, headers, status in ((hostile, xml, 400), ("<a", xml, 400), ("<a/>", {"Content-Type": "text/plain"}, 415), ("x" * 16385, xml, 413)):
        checks.status(world.post("dev1", body, headers=headers), status, f"bad body {body[:20]}")
    checks.equal(world.ask(world.connection, *root, "POST", CONNECTION, body="x")[0], 400, "a service connection has no body")
    without = world.authority.context("dev1")
    without.maximum_version = ssl.TLSVersion.TLSv1_2
    without.options |= 1   # SSL_OP_NO_EXTENDED_MASTER_SECRET
    answer = world.post("dev1", context=without)
    checks.status(answer, 403, "TLS 1.2 without extended master secret")
    checks.that(b"extended master secret" in answer.body, "and why")


def connections(world, kept):
    checks = world.checks
    checks.section("service connection")
    root, connection = (kept["identity"], kept["key"][4:]), (kept["connection"]["identity"], kept["connection"]["key"][4:])
    first = connection[0].split(".")
    for version, index in (("-tls1_2", 2), ("-tls1_3", 3)):
        status, text = world.ask(world.connection, *root, "POST", CONNECTION, version=version)
        checks.equal(status, 201, f"renewal {version}")
        checks.equal((f"{int(element(text, 'securityConnectionId')):016x}", element(text, "securityKmcIndex")), (first[1], str(index)), "same id, next index")
        checks.that("no-store" in text and len(element(text, "securityEncryptedM2MKey")) == 80 and element(text, "securitymIdFlags") == "0002", "its answer")
        document = text[text.index("<?xml"):]
        checks.that(not nscl_test.have_schemas() or nscl_test.validate(document) is None, "valid by the schema")
    for target in (CONNECTION, RENEW):
        checks.equal(world.ask(world.connection, *connection, "POST", target)[0], 401, f"B6 {target} with a Kmc")
    checks.equal(world.ask(world.connection, *connection, "DELETE", CONNECTION)[0], 204, "the end, by its key")
    checks.equal(world.alert_of_key(world.mid, *connection), 47, "the key is revoked")
    status, text = world.ask(world.connection, *root, "POST", CONNECTION)
    checks.that(f"{int(element(text, 'securityConnectionId')):016x}" != first[1], "the next connection has another id")


def refusals(world, stranger):
    checks = world.checks
    checks.section("refusals")
    unlisted = world.authority.context()
    unlisted.load_cert_chain(str(stranger / "dev1.pem"), str(stranger / "dev1.key"))
    try:
        answer = world.post("dev1", context=unlisted)
        checks.that(False, f"B1 a certificate of an unlisted authority: {answer.brief()}")
    except (ssl.SSLError, OSError, BadAnswer):
        checks.that(True, "")
    world.cli("node", "expect", "urn:dev:3")
    world.cli("node", "block", "urn:dev:3")
    unknown, blocked, other = (world.post(name) for name in ("dev2", "dev3", "noname"))
    for answer in (unknown, blocked, other):
        checks.status(answer, 403, "B1 unknown, blocked, and no name that fits")
    checks.equal({unknown.body, blocked.body, other.body}, {unknown.body}, "B1 told the same")
    world.cli("node", "expect", "urn:dev:1", code=1)
    world.cli("node", "approve", "urn:dev:3", code=1)
    world.cli("node", "block", "urn:dev:9", code=1)
    world.cli("node", "expect", "urn:dev:10", "--environment", "cloud", code=1)
    file = world.folder / "devices.csv"
    lines = [f"urn:dev:many:{number},many{number},tee" for number in range(5000)]
    file.write_text("\n".join(lines + ["a b", "urn:dev:many:1", "urn:x,y,tee,z"]) + "\n")
    world.cli("node", "import", str(file), code=1)
    checks.that("urn:dev:many:1" not in world.devices(), "a bad line, and nothing is imported")
    file.write_text("\n".join(lines) + "\n")
    world.cli("node", "import", str(file))
    checks.equal(world.devices().get("urn:dev:many:4999", {}).get("scl"), "many4999", "many devices at once")
    file.write_text("urn:dev:a,a\nurn:dev:b,many7\nurn:dev:c,a\nurn:dev:d,d\n")
    done = world.daemon.cli("node", "import", str(file), "--data-dir", str(world.daemon.data_dir))
    told = [line.removeprefix(f"{file}:") for line in done.stderr.splitlines() if line.startswith(str(file))]
    checks.equal((done.returncode, told), (1, ['2: SCL "many7" is that of device "urn:dev:many:7" already', '3: SCL "a" is that of device "urn:dev:a" already']),
                 "one SCL, one device")
    checks.that("urn:dev:a" not in world.devices(), "and nothing is imported")


def in_parallel(world):
    checks = world.checks
    checks.section("B2")
    world.cli("node", "expect", "urn:dev:2")
    with concurrent.futures.ThreadPoolExecutor(20) as pool:
        answers = [each.result() for each in [pool.submit(world.post, "dev2") for _ in range(100)]]
    given = [answer for answer in answers if answer.status == 201]
    late = [answer for answer in answers if answer.status == 429]
    checks.equal((len(given), len(late)), (1, 99), "B2 of 100 at once one is given a key")
    checks.that(all(1 <= int(answer.field("Retry-After")) <= 60 for answer in late), "the others are told when")
    node = world.devices()["urn:dev:2"]["node"]
    checks.equal([(key["kind"], key["state"], key["index"]) for key in world.keys(node)], [("root", "pending", 1)], "B2 one node, one pending key")


def vouchers(world):
    checks = world.checks
    checks.section("vouchers")
    voucher = world.folder / "voucher"
    voucher.touch(0o600)
    voucher.write_text(world.cli("node", "expect", "box-7", "--scl", "box7", "--voucher"))
    identity, key = voucher.read_text().strip().split(":")
    world.secrets.add(key)
    checks.equal(world.alert_of_key(world.mid, identity, key), 47, "T15 a voucher on mId")
    arguments = ["--voucher-file", str(voucher), "--mid", f"127.0.0.1:{world.mid}"]
    done, kept = world.play(*arguments, url=world.vouchers, certificate=None)
    checks.equal((done.returncode, kept.get("scl")), (0, "box7"), f"a voucher instead of a certificate: {done.stderr}")
    checks.equal(world.alert_of_key(world.vouchers, identity, key), 47, "it is good once")
    world.cli("node", "block", "box-7")
    checks.equal(world.alert_of_key(world.connection, kept["identity"], kept["key"][4:]), 47, "a blocked device has no key")
    checks.equal(world.alert_of_key(world.mid, kept["connection"]["identity"], kept["connection"]["key"][4:]), 47, "of either kind")


def in_the_middle(world):
    """An answer that was carried over from another TLS session does not open, though both ends have good certificates (B5)."""
    checks = world.checks
    checks.section("B5")
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(world.authority / "server.pem", world.authority / "server.key")
    listener = socket.create_server(("127.0.0.1", 0))

    def serve():
        with context.wrap_socket(listener.accept()[0], server_side=True) as inner:
            inner.recv(65536)
            answer = world.post("dev4")
            inner.sendall(b"HTTP/1.1 201 Created\r\nContent-Type: application/xml\r\nContent-Length: %d\r\n\r\n" % len(answer.body) + answer.body)

    world.cli("node", "expect", "urn:dev:4")
    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    done, kept = world.play(url=listener.getsockname()[1], certificate="dev4")
    thread.join(10)
    listener.close()
    checks.equal((done.returncode, kept), (1, {}), "the device refuses the key")
    checks.that("does not unwrap" in done.stderr, f"and says why: {done.stderr}")


def wrong_servers(world, stranger):
    """A device talks to nobody else: not to a server that shows a certificate instead of knowing its voucher (security.md 3.4 row 15),
    nor to one whose certificate is of another authority."""
    checks = world.checks
    checks.section("wrong servers")
    listener = socket.create_server(("127.0.0.1", 0))
    shaken = []

    def serve(context):
        try:
            with context.wrap_socket(listener.accept()[0], server_side=True) as inner:
                shaken.append(inner.recv(1))
        except OSError:
            pass

    voucher = world.folder / "voucher"
    voucher.touch(0o600)
    voucher.write_text(f"v.x:{'5a' * 31}00\n")
    for authority, words, certificate in ((world.authority, ["--voucher-file", str(voucher)], None), (stranger, [], "dev1")):
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(authority / "server.pem", authority / "server.key")
        thread = threading.Thread(target=serve, args=(context,), daemon=True)
        thread.start()
        done, kept = world.play(*words, url=listener.getsockname()[1], certificate=certificate)
        thread.join(10)
        checks.that(done.returncode == 1 and "handshake failed" in done.stderr and not kept, f"refused: {done.stderr}")
    listener.close()
    checks.that(b"P" not in shaken, "and nothing was asked of them")


def nothing_leaks(world):
    checks = world.checks
    checks.section("nothing leaks")
    checks.that(len(world.secrets) >= 3, "some keys to look for")
    log = world.daemon.log().encode()
    files = b"".join(path.read_bytes() for path in world.daemon.data_dir.iterdir() if path.is_file())
    for secret in world.secrets:
        raw = bytes.fromhex(secret)
        for form in (raw, secret.encode(), secret.upper().encode()):
            checks.that(form not in log and form not in files, "no key in the log or the database")


def root_keys(world):
    """The keys come in clear here, as devices of version 1.1.1 want them, so that the test can read them."""
    checks = world.checks
    checks.section("root keys")
    world.cli("node", "expect", "urn:dev:1", "--scl", "gw1")
    answer = world.post("dev1")
    checks.status(answer, 201, "bootstrap")
    text = answer.body.decode()
    node, first = element(text, "securityM2MNodeId"), element(text, "securityM2MKey")
    checks.that(not nscl_test.have_schemas() or nscl_test.validate(answer.body, om2m=True) is None, "valid by the schema of its version")
    checks.equal(re.findall(r"<reference>(\w+)</reference>", text), ["nscl", "other"], "sclIdList")
    checks.equal(world.ask(world.connection, f"n.{node}.1", first, "POST", CONNECTION)[0], 201, "the key works")
    checks.status(world.post("dev1"), 202, "another bootstrap has to be approved")
    checks.equal(world.devices()["urn:dev:1"]["state"], "waiting", "it waits")
    world.cli("node", "approve", "urn:dev:1")
    text = world.post("dev1").body.decode()
    checks.equal((element(text, "securityM2MNodeId"), element(text, "securityKmrIndex")), (node, "2"), "the same node, the next index")
    checks.equal(world.ask(world.connection, f"n.{node}.1", first, "POST", CONNECTION)[0], 201, "the old key works on")
    second = element(text, "securityM2MKey")
    status, text = world.ask(world.connection, f"n.{node}.2", second, "POST", RENEW)
    third = element(text, "securityM2MKey")
    checks.equal((status, element(text, "securityKmrIndex")), (201, "3"), "renewal")
    checks.equal(world.ask(world.connection, f"n.{node}.1", first, "POST", CONNECTION)[0], 401, "B4 an earlier index")
    checks.that(until(lambda: "key.rollback" in world.daemon.log()), "B4 is told")
    checks.that(until(lambda: "\tkey.rollback\t" in world.daemon.cli("audit", "list", "--data-dir", str(world.daemon.data_dir)).stdout), "B4 is recorded")
    claim = f'<m2m:bootstrapParamSet xmlns:m2m="http://uri.etsi.org/m2m"><m2m:securityM2MNodeId>{node}</m2m:securityM2MNodeId></m2m:bootstrapParamSet>'
    world.cli("node", "expect", "urn:dev:2")
    checks.status(world.post("dev2", claim, headers={"Content-Type": "application/xml"}), 409, "the Node-ID of another device")
    checks.equal(world.ask(world.connection, f"n.{node}.3", third, "POST", CONNECTION)[0], 201, "the renewed key works")
    world.cli("key", "revoke", f"n.{node}.2")
    checks.equal(world.alert_of_key(world.connection, f"n.{node}.2", second), 47, "B6 a revoked Kmr")
    for tag, status in (('"2"', 401), ('"4"', 412), ("3", 412), (None, 412)):
        headers = {"If-Match": tag} if tag else {}
        checks.equal(world.ask(world.connection, f"n.{node}.3", third, "DELETE", BOOTSTRAP, headers=headers)[0], status, f"erase with {tag}")
    scl = '<m2m:scl xmlns:m2m="http://uri.etsi.org/m2m" sclId="gw1"><m2m:link>http://gw1.example/m2m</m2m:link><m2m:mgmtProtocolType>OMA_DM</m2m:mgmtProtocolType></m2m:scl>'
    admin = world.daemon.admin()
    checks.status(admin.post("/m2m/scls", scl), 201, "its scl")
    checks.equal(world.ask(world.connection, f"n.{node}.3", third, "DELETE", BOOTSTRAP + "?purge=true", headers={"If-Match": '"3"'})[0], 204, "erase")
    checks.status(admin.get("/m2m/scls/gw1"), 404, "and its scl is purged")
    checks.equal(world.alert_of_key(world.connection, f"n.{node}.3", third), 47, "its keys are gone")
    device = world.devices()["urn:dev:1"]
    checks.equal((device["state"], device["node"]), ("expected", ""), "it is expected anew")
    world.secrets |= {first, second, third}


def kills(world):
    """B3: SIGKILL at any moment of an exchange. However many answers are lost, the next exchange works, and one key is in force."""
    checks = world.checks
    checks.section("B3")
    seed = random.randrange(1 << 30)
    print("seed", seed)
    chance = random.Random(seed)
    world.cli("node", "expect", "urn:dev:5", "--scl", "gw5")
    nodes, answered, committed = set(), 0, 0
    for attempt in range(15):
        client = world.connect("dev5")
        client.send(compose("POST", BOOTSTRAP, "h", ""))
        answer = client.read() if attempt == 0 else None   # that one was stored, and the device forgets it
        time.sleep(chance.uniform(0, 0.02))
        world.daemon.kill()
        answer = answer or swallow(client.read)
        client.close()
        world.start()
        device = world.devices()["urn:dev:5"]
        pending = [key["index"] for key in world.keys(device["node"]) if key["kind"] == "root"] if device["node"] else []
        checks.that(len(pending) <= 1, f"B3 one pending key: {pending}")
        if answer is not None and answer.status == 201:
            answered += 1
            checks.equal(pending, [int(element(answer.body.decode(), "securityKmrIndex"))], "B3 an answer was stored before")
        checks.that(max(pending, default=0) >= committed, "B3 no index goes back")
        committed = max(pending, default=committed)
        nodes.add(device["node"])
    print(f"{answered} answers of 15 arrived, {committed} were stored")
    nodes.discard("")
    checks.equal(len(nodes), 1, f"B3 one node: {nodes}")
    done, kept = world.play("--mid", f"127.0.0.1:{world.mid}", certificate="dev5")
    checks.equal(done.returncode, 0, f"B3 the next exchange works: {done.stderr}")
    checks.that(nodes <= {kept.get("node")}, "for the same node")
    roots = [(key["state"], key["identity"]) for key in world.keys(kept["node"]) if key["kind"] == "root"]
    checks.equal(roots, [("active", kept["identity"])], "B3 one active key at the end")


def swallow(function, *arguments):
    try:
        return function(*arguments)
    except (OSError, BadAnswer):
        return None


def configuration(world):
    checks = world.checks
    checks.section("configuration")
    for listener, complaint in (('purpose = "connection"', "listener[1].tls"), ('purpose = "bootstrap"', "listener[1].tls"), ('purpose = "mid"', "purpose")):
        file = world.folder / "wrong.toml"
        file.write_text(f"[[listener]]\n[[listener]]\nport = 0\n{listener}\n")
        done = world.daemon.cli("check-config", "--config", str(file))
        checks.that(done.returncode == 2 and complaint in done.stderr + done.stdout, f"{listener}: {done.stderr}{done.stdout}")


def test(checks: Checks):
    folder = pathlib.Path(tempfile.mkdtemp(prefix="nscl-provisioning-"))
    try:
        (folder / "stranger").mkdir()
        authority, stranger = Authority(folder), Authority(folder / "stranger")
        authority.create()
        stranger.create()
        authority.make("server", "IP:127.0.0.1", "serverAuth")
        for number in range(1, 6):
            authority.make(f"dev{number}", f"URI:urn:dev:{number}", "clientAuth")
        authority.make("noname", "URI:urn:other:1", "clientAuth")
        stranger.make("dev1", "URI:urn:dev:1", "clientAuth")
        stranger.make("server", "IP:127.0.0.1", "serverAuth")
        world = World(checks, folder, "usual")
        with world.daemon:
            kept = whole_way(world)
            for part in (listeners, connections):
                part(world, kept)
            refusals(world, stranger.folder)
            wrong_servers(world, stranger)
            for part in (in_parallel, vouchers, in_the_middle, configuration, nothing_leaks):
                part(world)
        world = World(checks, folder, "clear", 'pause = "0s"\nper_day = 1000\nv1_clear_key = true')
        with world.daemon:
            root_keys(world)
            kills(world)
            nothing_leaks(world)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    nscl_test.main(test)
