#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Trusted time stamps: what the openssl command line says of the tokens, who gets them, what is refused (threat rows F3, F4
and A16), and that no serial number comes twice, whatever happens to the process."""

import base64
import os
import pathlib
import re
import shutil
import subprocess
import tempfile
import threading
import time

import nscl_test
from nscl_test import Client, Daemon, basic

QUERY = "application/timestamp-query"
EKU = "critical,timeStamping"
POLICY = "1.3.6.1.4.1.32473.7"   # of the number for documentation
METERING = '<m2m:application xmlns:m2m="http://uri.etsi.org/m2m" appId="metering"/>'


def openssl(*arguments, data=None):
    return subprocess.run(["openssl", *map(str, arguments)], input=data, capture_output=True)


def must(*arguments, data=None):
    done = openssl(*arguments, data=data)
    if done.returncode:
        raise RuntimeError(f"openssl {' '.join(map(str, arguments))}: {done.stderr.decode()}")
    return done.stdout


class Authority:
    """A root and the time stamping authorities that it certified, in a folder."""

    def __init__(self, folder):
        self.folder = folder
        must("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "30", "-subj", "/CN=Test root",
             "-keyout", folder / "ca.key", "-out", folder / "ca.pem")

    def certify(self, name, usage=EKU, key=("ec", "-pkeyopt", "ec_paramgen_curve:P-256"), further=""):
        """(certificate, key) of a new authority."""
        certificate, private = self.folder / f"{name}.pem", self.folder / f"{name}.key"
        extensions = self.folder / f"{name}.ext"
        extensions.write_text((f"extendedKeyUsage={usage}\n" if usage else "") + further)
        request = must("req", "-new", "-newkey", *key, "-nodes", "-subj", f"/CN={name}", "-keyout", private)
        certificate.write_bytes(must("x509", "-req", "-CA", self.folder / "ca.pem", "-CAkey", self.folder / "ca.key", "-CAcreateserial",
                                     "-days", "30", "-extfile", extensions, data=request))
        private.chmod(0o600)
        return certificate, private

    def query(self, data, *options, digest="-sha256"):
        path = self.folder / "data"
        path.write_bytes(data)
        return must("ts", "-query", "-data", path, digest, "-cert", *options)

    def verifies(self, data, token, is_token=False):
        """What `openssl ts -verify` says of a response, or of a bare token."""
        path, content = self.folder / "reply", self.folder / "data"
        path.write_bytes(token)
        content.write_bytes(data)
        done = openssl("ts", "-verify", "-data", content, "-in", path, *(["-token_in"] if is_token else []), "-CAfile", self.folder / "ca.pem")
        return done.returncode == 0 and b"Verification: OK" in done.stdout + done.stderr

    def text(self, reply, is_token=False):
        path = self.folder / "reply"
        path.write_bytes(reply)
        return must("ts", "-reply", "-in", path, *(["-token_in"] if is_token else []), "-text").decode()


def configure(folder, certificate="", private="", further=""):
    path = folder / "nscl.toml"
    path.write_text(f'[timestamp]\ncertificate = "{certificate}"\nprivate_key = "{private}"\npolicy = "{POLICY}"\n{further}')
    return path


def ask(client, query, **options):
    """Asks again when the quota says to wait."""
    while True:
        answer = client.post("/m2m-tsa", query, content_type=QUERY, **options)
        if answer.status != 429:
            return answer
        time.sleep(0.15)


def read(client, target):
    while True:
        answer = client.get(target)
        if answer.status != 429:
            return answer
        time.sleep(0.15)


def serial_of(text):
    return int(re.search(r"Serial number: 0x([0-9A-F]+)", text)[1], 16)


def tokens(checks, daemon, authority):
    checks.section("tokens")
    admin = daemon.admin()
    for digest in ("-sha256", "-sha384", "-sha512"):
        answer = ask(admin, authority.query(b"the reading", digest=digest))
        checks.status(answer, 200, f"a query by {digest}")
        checks.equal(answer.field("Content-Type"), "application/timestamp-reply", "the reply's type")
        checks.that(authority.verifies(b"the reading", answer.body), f"openssl verifies the token over {digest}")
        checks.that(not authority.verifies(b"another reading", answer.body), "and refuses it for changed data")
    text = authority.text(answer.body)
    checks.that("Status: Granted." in text, "the status is granted")
    checks.that(f"Policy OID: {POLICY}" in text, "the policy of the configuration is named")
    checks.that(re.search(r"Nonce: 0x[0-9A-F]+", text), "the nonce comes back")
    checks.that(f"Policy OID: {POLICY}" in authority.text(ask(admin, authority.query(b"x", "-tspolicy", POLICY)).body),
                "the policy may be asked for")
    checks.status(admin.get("/m2m-tsa"), 405, "GET")
    checks.equal(admin.get("/m2m-tsa").field("Allow"), "POST", "and what is allowed")
    checks.status(admin.post("/m2m-tsa", b"x", content_type="application/xml"), 415, "another type of body")
    answer = ask(admin, authority.query(b"waited for"), headers={"Expect": "100-continue"})
    checks.that(authority.verifies(b"waited for", answer.body), "a query that waits for 100 Continue")


def imprint_of(size):
    """A query whose imprint is that long, by hand: openssl makes none."""
    def der(tag, content):
        length = len(content)
        octets = length.to_bytes((length.bit_length() + 7) // 8 or 1, "big")
        return bytes([tag]) + (bytes([length]) if length < 128 else bytes([128 + len(octets)]) + octets) + content
    algorithm = der(0x30, bytes.fromhex("0609608648016503040201") + b"\x05\x00")
    return der(0x30, b"\x02\x01\x01" + der(0x30, algorithm + der(0x04, b"\x5a" * size)))


def refused(checks, daemon, authority):
    """F4: the refusal is inside a valid TimeStampResp."""
    checks.section("F4 refusals")
    admin = daemon.admin()
    proper = authority.query(b"x")
    cases = {"MD5": (authority.query(b"x", digest="-md5"), "badAlg"), "SHA-1": (authority.query(b"x", digest="-sha1"), "badAlg"),
             "an unknown policy": (authority.query(b"x", "-tspolicy", "1.2.3.4.99"), "unacceptedPolicy"),
             "an imprint of 3 KiB": (imprint_of(3000), "badDataFormat"), "an imprint of 64 KiB": (imprint_of(65000), "badDataFormat"),
             "an imprint of nearly 1 MiB": (imprint_of(2**20 - 100), "badDataFormat"),
             "an imprint of one octet": (imprint_of(1), "badDataFormat"), "no query": (b"\x30\x03abc", "badDataFormat"),
             "octets behind the query": (proper + b"\0", "badDataFormat"), "half a query": (proper[:-9], "badDataFormat"), "text": (b"now?", "badDataFormat")}
    reasons = {"badAlg": "unrecognized or unsupported algorithm identifier", "unacceptedPolicy": "the requested TSA policy is not supported by the TSA",
               "badDataFormat": "the data submitted has the wrong format"}
    for name, (query, reason) in cases.items():
        answer = ask(admin, query)
        if checks.status(answer, 200, name):
            text = authority.text(answer.body)
            checks.that("Status: Rejected." in text and reasons[reason] in text, f"{name} is rejected as {reason}: {text}")
            checks.that("TST info:\nNot included." in text, f"{name}: no token")
    checks.status(admin.post("/m2m-tsa", imprint_of(2**20), content_type=QUERY), 413, "an imprint of 1 MiB is above the listener's limit")
    checks.that(authority.verifies(b"x", ask(admin, proper).body), "a proper query is answered as before")


def users(checks, daemon, authority):
    checks.section("A16 who may ask")
    query = authority.query(b"x")
    stranger = daemon.client(daemon.principal("meter", "secret", entity="applications/meter"))
    named = daemon.client(daemon.principal("notary", "secret", entity="applications/notary"))
    unknown = stranger.post("/m2m-nothing", query, content_type=QUERY)
    answer = stranger.post("/m2m-tsa", query, content_type=QUERY)
    checks.status(answer, 404, "an ordinary principal")
    checks.equal((answer.body, answer.field("Allow")), (unknown.body, None), "is told what any unknown path tells")
    checks.status(stranger.get("/m2m-tsa"), 404, "and for GET")
    checks.status(daemon.client().post("/m2m-tsa", query, content_type=QUERY), 401, "nobody")
    checks.that(authority.verifies(b"x", ask(named, query).body), "a principal of the list")
    answer = stranger.get("/m2m/applications?timestamp=1")
    checks.equal((answer.status, answer.field("X-NSCL-Timestamp-Token")), (200, None), "for an ordinary principal the parameter means nothing")


def quota(checks, daemon, authority):
    """F4: 1,000 a second from one principal, while another is served. At most 10 at once and 10 for each second are."""
    checks.section("F4 quota")
    query, codes, waits = authority.query(b"x"), [], []
    daemon.principal("busy", "secret", operator=True)
    daemon.client(basic("busy", "secret")).get("/m2m")   # its password is verified once
    began = time.monotonic()

    def flood():
        client = Client(daemon.address, daemon.port, basic("busy", "secret"))
        for _ in range(250):
            answer = client.post("/m2m-tsa", query, content_type=QUERY)
            codes.append(answer.status)
            waits.append(answer.field("Retry-After"))
        client.close()

    threads = [threading.Thread(target=flood) for _ in range(4)]
    for thread in threads:
        thread.start()
    checks.that(authority.verifies(b"x", ask(daemon.admin(), query).body), "another principal is served meanwhile")
    for thread in threads:
        thread.join()
    granted, most = codes.count(200), 11 + 10 * (time.monotonic() - began)
    checks.that(10 <= granted <= most, f"{granted} of 1,000 were served, at most {most:.0f} may be")
    checks.equal(codes.count(200) + codes.count(429), 1000, "the others are answered 429")
    checks.that(all(wait == "1" for code, wait in zip(codes, waits) if code == 429), "with Retry-After")


def representations(checks, daemon, authority):
    checks.section("representations")
    admin = daemon.admin()
    checks.status(admin.post("/m2m/applications", METERING), 201, "an application")
    for accept in ("application/xml", "application/json"):
        answer = admin.get("/m2m/applications/metering?timestamp=1", headers={"Accept": accept})
        token = base64.b64decode(answer.field("X-NSCL-Timestamp-Token") or "", validate=True)
        checks.that(authority.verifies(answer.body, token, is_token=True), f"the token of {accept} verifies")
        checks.that(not authority.verifies(answer.body + b" ", token, is_token=True), "but not for another octet more")
        checks.equal(answer.body, admin.get("/m2m/applications/metering", headers={"Accept": accept}).body, "the representation is what it is without")
    for target in ("/m2m/applications/metering", "/m2m/applications/metering?timestamp=0", "/m2m/applications/metering?timestamp="):
        checks.equal(read(admin, target).field("X-NSCL-Timestamp-Token"), None, f"none for {target}")
    answer = read(admin, "/m2m/applications/none?timestamp=1")
    checks.equal((answer.status, answer.field("X-NSCL-Timestamp-Token")), (404, None), "none for what is not there")
    tag = admin.get("/m2m/applications/metering").field("ETag")
    answer = admin.get("/m2m/applications/metering?timestamp=1", headers={"If-None-Match": tag})
    checks.equal((answer.status, answer.field("X-NSCL-Timestamp-Token")), (304, None), "none without a representation")
    answers = [admin.get("/m2m/applications/metering?timestamp=1").status for _ in range(60)]
    checks.that(429 in answers, f"the quota holds for these as well: {set(answers)}")


def serials(checks, daemon, authority):
    checks.section("serial numbers")
    query, seen = authority.query(b"x"), []
    for round_ in range(4):
        admin = daemon.admin()
        seen += [serial_of(authority.text(ask(admin, query).body)) for _ in range(5)]
        daemon.kill()
        daemon.start()
    checks.equal(len(set(seen)), len(seen), "no number comes twice over four kills")
    checks.equal(sorted(seen), seen, "and they rise")
    daemon.stop()


def clock(checks, authority, files):
    checks.section("the clock")
    with Daemon(config=configure(authority.folder, *files, "require_synchronised = true\n")) as daemon:
        text = authority.text(ask(daemon.admin(), authority.query(b"x")).body)
        is_trusted = "the clock is not synchronised" not in daemon.log()
        if is_trusted:
            checks.that("Status: Granted." in text and re.search(r"Accuracy: .*0x", text), "the token tells the accuracy: " + text)
        else:
            checks.that("Status: Rejected." in text and "the TSA's time source is not available" in text, "timeNotAvailable: " + text)
            answer = daemon.admin().get("/m2m?timestamp=1")
            checks.status(answer, 503, "no representation without its token")
            checks.that("clock is not synchronised" in answer.text, "and why")
    if not is_trusted:
        with Daemon(config=configure(authority.folder, *files)) as daemon:
            text = authority.text(ask(daemon.admin(), authority.query(b"x")).body)
            checks.that("Accuracy: unspecified" in text, "no accuracy is told by a clock that nobody keeps: " + text)


def unconfigured(checks, authority):
    checks.section("no authority")
    with Daemon() as daemon:
        answer = daemon.admin().post("/m2m-tsa", authority.query(b"x"), content_type=QUERY)
        checks.status(answer, 501, "without a certificate")
        checks.that("[timestamp]" in answer.text, "it says what is missing: " + answer.text)
        checks.status(daemon.admin().get("/m2m?timestamp=1"), 501, "for representations too")
        checks.status(daemon.admin().get("/m2m"), 200, "all else works")


def refused_start(folder, config):
    done = subprocess.run([nscl_test.binary(), "serve", "--config", str(config), "--data-dir", str(folder / "none"), "--listen", "127.0.0.1:0"],
                          capture_output=True, text=True, timeout=30)
    return done.returncode, done.stderr


def bad_files(checks, authority, files):
    """F3, and certificates of which a verifier would refuse every token."""
    checks.section("F3 files that are refused at the start")
    certificate, private = files
    folder = authority.folder
    link, pipe, foreign, locked = folder / "link.key", folder / "pipe.key", folder / "open.key", folder / "locked.key"
    link.symlink_to(private)
    os.mkfifo(pipe, 0o600)
    shutil.copy(private, foreign)
    foreign.chmod(0o644)
    must("pkey", "-in", private, "-aes128", "-passout", "pass:x", "-out", locked)
    locked.chmod(0o600)
    certify = authority.certify
    cases = {"a symbolic link": (certificate, link, "symbolic link"), "a FIFO": (certificate, pipe, "regular file"),
             "a key that everybody may read": (certificate, foreign, "chmod 600"), "a key that is not there": (certificate, folder / "no.key", "no.key"),
             "a key with a passphrase": (certificate, locked, "without a passphrase"), "the key of another": (certificate, folder / "ca.key", "not that of the certificate"),
             "no certificate": (private, private, "not a list of certificates"),
             "no usage": (*certify("plain", ""), "extended key usage"), "a usage that is not critical": (*certify("lax", "timeStamping"), "extended key usage"),
             "a second usage": (*certify("double", "critical,timeStamping,serverAuth"), "extended key usage"),
             "a key usage beside": (*certify("encrypts", further="keyUsage=digitalSignature,keyEncipherment\n"), "key usage must be"),
             "a short RSA key": (*certify("short", key=("rsa:1024",)), "2048 bits"), "a kind of key that no token can have": (*certify("ed", key=("ed25519",)), "elliptic curve")}
    (folder / "ca.key").chmod(0o600)
    for name, (certificate_file, key_file, expected) in cases.items():
        code, text = refused_start(folder, configure(folder, certificate_file, key_file))
        checks.that(code == 1 and "[timestamp]" in text and expected in text, f"{name}: exit code {code}, {text!r}")
    for name, lines, expected in (("a certificate alone", f'certificate = "{certificate}"', "timestamp.private_key"), ("no policy", 'policy = "gold"', "object identifier")):
        (folder / "nscl.toml").write_text(f"[timestamp]\n{lines}\n")
        code, text = refused_start(folder, folder / "nscl.toml")
        checks.that(code == 2 and expected in text, f"{name}: exit code {code}, {text!r}")


def chains(checks, authority):
    checks.section("RSA")
    files = authority.certify("rsa", key=("rsa:3072",), further="keyUsage=critical,digitalSignature\n")
    with Daemon(config=configure(authority.folder, *files)) as daemon:
        checks.that(authority.verifies(b"x", ask(daemon.admin(), authority.query(b"x")).body), "a token signed by RSA verifies")


def run(checks):
    if not shutil.which("openssl"):
        nscl_test.skip("the openssl command line is not here")
    with tempfile.TemporaryDirectory(prefix="nscl-tsa-") as folder:
        authority = Authority(pathlib.Path(folder))
        files = authority.certify("tsa")
        with Daemon(config=configure(authority.folder, *files, 'principals = ["notary"]\n')) as daemon:
            for part in (tokens, refused, users, representations, quota, serials):
                part(checks, daemon, authority)
        clock(checks, authority, files)
        chains(checks, authority)
        unconfigured(checks, authority)
        bad_files(checks, authority, files)


nscl_test.main(run)
