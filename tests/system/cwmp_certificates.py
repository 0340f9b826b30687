#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""CPEs that prove who they are by a TLS client certificate (4.1, 4.3), and how many sessions begin from one address (5.6)."""

import pathlib
import tempfile
import time

import nscl_test
from certificates import Authority
from cwmp_oddities import inform, rpc_of
from nscl_test import Connection, Daemon, compose, free_port

CONFIG = """
[[listener]]
port = {port}
[[listener]]
purpose = "acs"
port = {acs}
tls = "certificate"
certificate = "{folder}/server.pem"
private_key = "{folder}/server.key"
client_ca = "{folder}/ca.pem"
[acs]
client_certificates = "{wanted}"
certificate_ouis = ["0ADD05"]
informs_per_minute_and_address = {most}
[management]
unknown_devices = "adopt"
"""


class World:
    def __init__(self, authority, wanted, most=100):
        self.authority, self.port, self.acs = authority, free_port(), free_port()
        self.config = authority.folder / "nscl.toml"
        self.config.write_text(CONFIG.format(port=self.port, acs=self.acs, folder=authority.folder, wanted=wanted, most=most))
        self.daemon = Daemon(port=self.port, start=False)
        self.daemon.command = lambda: [self.daemon.program, "serve", "--config", str(self.config), "--data-dir", str(self.daemon.data_dir)]

    def __enter__(self):
        self.daemon.start()
        return self

    def __exit__(self, *_):
        self.daemon.close()

    def call(self, certificate, *bodies, fields=None):
        """The answers to these messages, on one connection."""
        connection = Connection("127.0.0.1", self.acs)
        try:
            connection.socket = self.authority.context(certificate).wrap_socket(connection.socket, server_hostname="127.0.0.1")
            answers = []
            for body in bodies:
                connection.send(compose("POST", "/acs", f"127.0.0.1:{self.acs}", body, {"Content-Type": "text/xml", **(fields or {})}))
                answers.append(connection.read())
            return answers
        finally:
            connection.close()

    def refused(self):
        """Who came as somebody else, of the audit trail."""
        done = self.daemon.cli("audit", "list", "--data-dir", str(self.daemon.data_dir))
        lines = [line.split("\t") for line in done.stdout.splitlines()]
        return [words[3] for words in lines if words[2] == "acs.identity_mismatch"]


def identities(checks, world):
    checks.section("who a certificate is")
    begun, asked = world.call("0ADD00-Box-S1", inform("S1"), b"")
    checks.equal((rpc_of(begun), rpc_of(asked)), ("InformResponse", "GetRPCMethods"), "OUI-ProductClass-Serial in the CN, and no password")
    checks.equal(rpc_of(world.call("named", inform("S2"))[0]), "InformResponse", "or as an alternative name")
    checks.equal(rpc_of(world.call("S3", inform("S3", "0ADD05"))[0]), "InformResponse", "the serial number alone, for a known OUI")
    checks.equal(world.refused(), [], "nobody was refused")
    for certificate, message in (("0ADD00-Box-S1", inform("S9")), ("0ADD00-Box-S1", inform("S1", "0ADD05")), ("S3", inform("S3"))):
        checks.status(world.call(certificate, message)[0], 401, f"{certificate} as another device")
    end = time.monotonic() + 20
    while len(world.refused()) < 2 and time.monotonic() < end:
        time.sleep(0.05)
    checks.equal(world.refused(), ["CN:0ADD00-Box-S1", "CN:S3"], "which is in the audit trail, the first time of each")


def without(checks, authority):
    checks.section("without a certificate")
    with World(authority, "accept") as world:
        identities(checks, world)
        answer = world.call(None, inform("S1"))[0]
        checks.that(answer.status == 401 and (answer.field("WWW-Authenticate") or "").startswith("Digest"), f"it is asked for a password: {answer.brief()}")
    with World(authority, "require") as world:
        checks.status(world.call(None, inform("S1"))[0], 403, "it is not served where one is required")
        checks.equal(rpc_of(world.call("0ADD00-Box-S1", inform("S1"))[0]), "InformResponse", "who has one is")


def quota(checks, authority):
    checks.section("sessions from one address")
    with World(authority, "accept", most=2) as world:
        for certificate, serial in (("0ADD00-Box-S1", "S1"), ("named", "S2")):
            checks.equal(rpc_of(world.call(certificate, inform(serial), b"")[0]), "InformResponse", "as many as may be")
        answer = world.call("0ADD00-Box-S1", b"<this is not looked at>")[0]
        checks.equal((answer.status, answer.field("Retry-After")), (503, "60"), "one more is told to come later, before its message is parsed")


def wrong(checks, authority):
    checks.section("contradictions in the configuration")
    world = World(authority, "require")
    world.config.write_text("\n".join(line for line in world.config.read_text().splitlines() if not line.startswith("client_ca")))
    done = world.daemon.cli("check-config", "--config", str(world.config))
    checks.that(done.returncode != 0 and "client_ca" in done.stderr + done.stdout and "acs.client_certificates" in done.stderr + done.stdout, f"{done.stdout}{done.stderr}")


def main(checks):
    with tempfile.TemporaryDirectory(prefix="nscl-cwmp-tls-") as folder:
        authority = Authority(pathlib.Path(folder)).create()
        authority.make("server", "IP:127.0.0.1", "serverAuth")
        authority.make("0ADD00-Box-S1", "", "clientAuth")
        authority.make("named", "DNS:0ADD00-Box-S2", "clientAuth")
        authority.make("S3", "", "clientAuth")
        without(checks, authority)
        quota(checks, authority)
        wrong(checks, authority)


if __name__ == "__main__":
    nscl_test.main(main)
