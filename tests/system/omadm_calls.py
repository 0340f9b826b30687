#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Devices of OMA-DM are made known and called: `nscl device bootstrap`, and package 0 by UDP, HTTP and short message. The message centre is Net::SMPP
(smpp_centre.pl). Row 53 of device management; no password in the log."""

import base64
import hashlib
import hmac
import pathlib
import re
import socket
import subprocess
import tempfile
import time

import nscl_test
from nscl_test import Daemon
from receiver import Receiver

DEVICE = "urn:imei:350000000000001"
M2M = 'xmlns:m2m="http://uri.etsi.org/m2m"'
XML = {"Content-Type": "application/xml"}
PATIENCE = 20
CENTRE = pathlib.Path(__file__).with_name("smpp_centre.pl")


def b64_md5(octets):
    return base64.b64encode(hashlib.md5(octets).digest())


def digest_of(account, trigger):
    """rem.md 3.2"""
    known = b64_md5(account["server_id"] + b":" + account["secret"])
    return hashlib.md5(b":".join([known, account["nonce"], b64_md5(trigger)])).digest()


class Centre:
    """The message centre, or None if Net::SMPP is not here."""

    def __init__(self, *words):
        self.process = subprocess.Popen(["perl", str(CENTRE), *words], stdout=subprocess.PIPE, text=True, preexec_fn=nscl_test.die_with_parent)
        self.port = int(self.process.stdout.readline())

    def line(self):
        return self.process.stdout.readline().split()

    def close(self):
        self.process.kill()
        self.process.wait()


def has_peer():
    try:
        return subprocess.run(["perl", "-MNet::SMPP", "-e", "1"], capture_output=True, timeout=20).returncode == 0
    except OSError:
        return False


def configuration(folder, centre):
    text = '[management]\nconnection_request_networks = ["127.0.0.0/8"]\n[log]\nlevel = "debug"\n'
    if centre:
        text += f'[smpp]\naddress = "127.0.0.1"\nport = {centre.port}\nsystem_id = "nscl"\npassword = "hushsmpp"\ndestinations = ["+4915"]\n'
    path = pathlib.Path(folder) / "nscl.toml"
    path.write_text(text)
    return path


def device(daemon, *words):
    return daemon.cli("device", *words, "--data-dir", str(daemon.data_dir))


def account_in(document):
    """As the client reads it: what belongs to the server's credentials."""
    text = document.read_text()
    part = text[text.index('value="CLIENT"'):]
    value = {name: re.search(f'name="{name}" value="([^"]*)"', part)[1].encode() for name in ("AAUTHNAME", "AAUTHSECRET", "AAUTHDATA")}
    return {"server_id": value["AAUTHNAME"], "secret": value["AAUTHSECRET"], "nonce": base64.b64decode(value["AAUTHDATA"])}


def bootstrapped(checks, daemon, folder):
    checks.section("bootstrap")
    wbxml, pin, xml = pathlib.Path(folder) / "cp.wbxml", pathlib.Path(folder) / "pin", pathlib.Path(folder) / "cp.xml"
    pin.write_text("1234\n")
    pin.chmod(0o600)
    words = ["bootstrap", DEVICE, "--url", "http://127.0.0.1:9/dm", "--server-id", "nscl", "--scl", "gw"]
    done = device(daemon, *words, "--out", str(wbxml), "--sec", "userpin", "--pin-file", str(pin))
    checks.equal(done.returncode, 0, done.stderr)
    checks.equal(wbxml.read_bytes()[:2], b"\x02\x0b", "WBXML of client provisioning")
    checks.equal(wbxml.stat().st_mode & 0o777, 0o600, "for its owner alone")
    mac = hmac.new(b"1234", wbxml.read_bytes(), "sha1").hexdigest().upper()
    checks.equal(done.stdout.strip(), f"application/vnd.wap.connectivity-wbxml; SEC=1; MAC={mac}", "its content type")
    dm = device(daemon, *words, "--out", str(wbxml), "--profile", "dm")
    checks.equal(dm.stdout.strip(), "application/vnd.syncml.dm+wbxml", "the other profile")
    checks.equal(wbxml.read_bytes()[:5], b"\x02\xa4\x01\x6a\x00", "a message of DM 1.2")
    apn = [*words, "--out", str(xml), "--xml", "--apn", "m2m.example", "--apn-user", "sim", "--apn-password-file", str(pin), "--proxy", "192.0.2.1", "--proxy-port", "3128"]
    checks.equal(device(daemon, *apn).returncode, 0, "how it reaches the network")
    told = re.findall('name="(AUTHNAME|AUTHSECRET|NAP-ADDRESS|PXADDR|PORTNBR|TO-PROXY)" value="([^"]*)"', xml.read_text())
    checks.equal(told, [("PXADDR", "192.0.2.1"), ("PORTNBR", "3128"), ("NAP-ADDRESS", "m2m.example"), ("AUTHNAME", "sim"), ("AUTHSECRET", "1234"), ("TO-PROXY", "PROXY1")], "is told")
    xml.unlink()
    for wrong in (["--profile", "dm", "--apn", "a"], ["--apn-user", "u", "--apn-password-file", str(pin)], ["--apn", "a", "--apn-user", "u"], ["--proxy", "192.0.2.1"],
                  ["--apn", "a", "--proxy", "proxy.example"], ["--apn", "a", "--proxy", "192.0.2.1", "--proxy-port", "0"]):
        checks.that(device(daemon, *words, "--out", str(xml), *wrong).returncode != 0 and not xml.exists(), f"refused: {wrong}")
    for wrong in (["--sec", "userpin"], ["--sec", "rot13", "--pin-file", str(pin)], ["--scl", "a/b"]):
        checks.that(device(daemon, *words, "--out", str(wbxml), *wrong).returncode != 0, f"refused: {wrong}")
    checks.equal(device(daemon, *words, "--out", str(xml), "--xml").returncode, 0, "to be looked at")
    shown = device(daemon, "show", DEVICE, "--json").stdout
    checks.that('"OMA_DM"' in shown and '"scls/gw"' in shown, shown)
    return account_in(xml)


def set_trigger(checks, admin, address):
    answer = admin.put("/m2m/scls/gw/remTriggerAddr", f"<m2m:remTriggerAddr {M2M}>{address}</m2m:remTriggerAddr>", headers=XML)
    checks.that(answer.status in (200, 204), f"{address}: {answer.status} {answer.text}")


def verified(checks, package, account, text):
    trigger = package[16:]
    checks.equal(package[:16], digest_of(account, trigger), f"{text}: the digest verifies with the stored nonce")
    checks.equal(trigger[:5].hex(), "02d8000000", f"{text}: version 11, in the background, by the server")
    checks.that(trigger[5:7] != b"\0\0", f"{text}: a session")
    checks.equal(trigger[7:], bytes([4]) + b"nscl", f"{text}: the server's id")
    return trigger[5:7]


def by_udp(checks, daemon, admin, account):
    checks.section("UDP")
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as phone:
        phone.bind(("127.0.0.1", 0))
        phone.settimeout(PATIENCE)
        set_trigger(checks, admin, f"udp://127.0.0.1:{phone.getsockname()[1]}")
        checks.equal(device(daemon, "connect", DEVICE).returncode, 0, "connect")
        datagram = phone.recv(2048)
    checks.equal(datagram[1:6].hex(), "0603c4af87", "a WSP push of a notification")
    return verified(checks, datagram[6:], account, "UDP")


def by_http(checks, daemon, admin, account, session):
    checks.section("HTTP")
    with Receiver() as receiver:
        set_trigger(checks, admin, receiver.uri("/wake"))
        device(daemon, "connect", DEVICE)
        request = receiver.wait(1, PATIENCE)[0]
    checks.equal(request.field("Content-Type"), "application/vnd.syncml.notification", "its media type")
    checks.equal(verified(checks, request.body, account, "HTTP"), session, "the same session, as none has come")


def by_short_message(checks, daemon, admin, account, centre):
    checks.section("short message")
    if not centre:
        print("Net::SMPP is not here (libnet-smpp-perl)")
        return
    set_trigger(checks, admin, "tel:+4915112345")
    device(daemon, "connect", DEVICE)
    system, password, number, esm_class, coding, octets, status = centre.line()
    checks.equal([system, password, number, esm_class, coding, status], ["nscl", "hushsmpp", "4915112345", "64", "4", "88"], "the message, and that it was throttled")
    device(daemon, "connect", DEVICE)
    octets, status = bytes.fromhex(centre.line()[5]), "0"
    checks.equal(octets[:7].hex(), "0605040b8423f0", "to port 2948")
    checks.equal(octets[8:13].hex(), "0603c4af87", "a WSP push of a notification")
    checks.that(len(octets) <= 140, "one message")
    verified(checks, octets[13:], account, "SMPP")
    set_trigger(checks, admin, "tel:+19001234")
    device(daemon, "connect", DEVICE)
    deadline = time.monotonic() + PATIENCE
    while "connection_request.forbidden" not in device(daemon, "events", DEVICE).stdout and time.monotonic() < deadline:
        time.sleep(0.2)
    checks.that("smpp.destinations" in device(daemon, "events", DEVICE).stdout, "a number that is not called")


def run(checks):
    centre = Centre("--throttle", "1") if has_peer() else None
    with tempfile.TemporaryDirectory() as folder, Daemon(config=configuration(folder, centre)) as daemon:
        admin = daemon.admin()
        gateway = daemon.client(daemon.principal("gw", "secret", scl="gw"))
        made = gateway.post("/m2m/scls", f'<m2m:scl {M2M} m2m:sclId="gw"><m2m:link>http://127.0.0.1:9</m2m:link><m2m:mgmtProtocolType>OMA_DM</m2m:mgmtProtocolType></m2m:scl>', headers=XML)
        checks.status(made, 201, "the gateway registers")
        account = bootstrapped(checks, daemon, folder)
        session = by_udp(checks, daemon, admin, account)
        by_http(checks, daemon, admin, account, session)
        by_short_message(checks, daemon, admin, account, centre)
        checks.section("the end")
        checks.equal(daemon.stop(), 0, "it stops")
        if centre:
            checks.equal(centre.line(), ["unbound"], "the centre is taken leave of")
            centre.close()
        for secret in (account["secret"].decode(), "hushsmpp"):
            checks.that(secret not in daemon.log(), "no password in the log")


if __name__ == "__main__":
    nscl_test.main(run)
