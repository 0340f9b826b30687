# SPDX-License-Identifier: Apache-2.0
"""A daemon with listeners for bootstrap, service connection and mId, and what plays devices against it."""

import json
import pathlib
import re
import socket
import subprocess
import threading

import nscl_test
from certificates import Authority
from nscl_test import Daemon
from wire import Connection, compose

BOOTSTRAP, RENEW, CONNECTION = "/m2m-bootstrap/v1", "/m2m-bootstrap/v1/renew", "/m2m-connection/v1"


def element(text, name):
    match = re.search(rf"<m2m:{name}>([^<]*)</m2m:{name}>", text)
    return match[1] if match else ""


class Recorder:
    """Passes on what goes to a port, and keeps it."""

    def __init__(self, target):
        self.target, self.sent, self.received = target, [], []
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self):
        while True:
            try:
                inner = self.listener.accept()[0]
                outer = socket.create_connection(("127.0.0.1", self.target))
            except OSError:
                return
            self.sent.append(b"")
            index = len(self.sent) - 1
            threading.Thread(target=self._pass, args=(inner, outer, index), daemon=True).start()
            threading.Thread(target=self._pass, args=(outer, inner, None), daemon=True).start()

    def _pass(self, source, sink, index):
        try:
            while octets := source.recv(65536):
                if index is None:
                    self.received.append(octets)
                else:
                    self.sent[index] += octets
                sink.sendall(octets)
            sink.shutdown(socket.SHUT_WR)
        except OSError:
            pass

    def octets(self):
        return b"".join(self.sent + self.received)

    def close(self):
        self.listener.close()


class World:
    """A daemon with all its listeners, and the certificates of devices."""

    def __init__(self, checks, folder, name, settings=""):
        self.checks, self.folder, self.name = checks, folder, name
        self.authority = Authority(folder)
        self.secrets = set()
        self.ports = [nscl_test.free_port() for _ in range(5)]
        self.plain, self.mid, self.connection, self.bootstrap, self.vouchers = self.ports
        config = folder / f"{name}.toml"
        config.write_text(f"""
[[listener]]
[[listener]]
tls = "psk"
[[listener]]
purpose = "connection"
tls = "psk"
[[listener]]
purpose = "bootstrap"
tls = "certificate"
certificate = "{self.authority / 'server.pem'}"
private_key = "{self.authority / 'server.key'}"
client_ca = "{self.authority / 'ca.pem'}"
require_client_certificate = true
[[listener]]
purpose = "bootstrap"
tls = "psk"
[bootstrap]
mas = "https://127.0.0.1:{self.connection}"
scl_ids = ["nscl", "other"]
hardware_prefix = "urn:dev:"
{settings}
""")
        self.daemon = Daemon(config=config, listen=[f"127.0.0.1:{port}" for port in self.ports], start=False)
        self.daemon.port = self.plain
        self.start()

    def start(self):
        self.daemon.launch()
        self.checks.that(self.daemon.wait_ready(), "ready")

    def cli(self, *words, code=0):
        done = self.daemon.cli(*words, "--data-dir", str(self.daemon.data_dir))
        self.checks.equal(done.returncode, code, f"nscl {' '.join(words)}: {done.stderr.strip()}")
        return done.stdout

    def devices(self):
        return {device["hardware"]: device for device in json.loads(self.cli("node", "list", "--json"))}

    def keys(self, node):
        return [key for key in json.loads(self.cli("key", "list", "--json")) if key["node"] == node]

    # -- what plays a device

    def play(self, *words, save=None, url=None, certificate="dev1"):
        """`nscl bootstrap-device`; with what it kept."""
        kept = pathlib.Path(save or self.folder / "kept")
        kept.unlink(missing_ok=True)
        line = ["bootstrap-device", "--url", f"https://127.0.0.1:{url or self.bootstrap}", "--save", str(kept)]
        if certificate:
            line += ["--cert", self.authority / f"{certificate}.pem", "--key", self.authority / f"{certificate}.key", "--ca", self.authority / "ca.pem"]
        done = self.daemon.cli(*line, *words)
        state = json.loads(kept.read_text()) if kept.exists() else {}
        for key in (state.get("key"), state.get("connection", {}).get("key")):
            if key:
                self.secrets.add(key.removeprefix("hex:"))
        return done, state

    def connect(self, certificate, context=None):
        context = context or self.authority.context(certificate)
        connection = Connection("127.0.0.1", self.bootstrap, 20)
        connection.socket = context.wrap_socket(connection.socket, server_hostname="127.0.0.1")
        return connection

    def post(self, certificate, body=None, target=BOOTSTRAP, method="POST", headers=None, context=None):
        """One request to the bootstrap listener with that certificate."""
        connection = self.connect(certificate, context)
        connection.send(compose(method, target, "h", "" if body is None else body, headers))
        answer = connection.read()
        connection.close()
        return answer

    def ask(self, port, identity, key, method, target, body=None, headers=None, version="-tls1_3"):
        """Status and text of one answer to a request with a key."""
        line = ["openssl", "s_client", "-quiet", version, "-connect", f"127.0.0.1:{port}", "-psk_identity", identity, "-psk", key]
        client = subprocess.Popen(line, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        try:
            client.stdin.write(compose(method, target, "h", body, {"Connection": "close", **(headers or {})}))
            client.stdin.flush()
            answer = client.stdout.read().decode("utf-8", "replace")
            client.stdin.close()
        except BrokenPipeError:
            answer = ""
        client.wait(10)
        match = re.match(r"HTTP/1.1 (\d+)", answer)
        return int(match[1]) if match else 0, answer

    def alert(self, port, *options):
        done = subprocess.run(["openssl", "s_client", "-connect", f"127.0.0.1:{port}", *options], stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=20)
        match = re.search(r"alert number (\d+)", done.stderr + done.stdout)
        return int(match[1]) if match else None

    def alert_of_key(self, port, identity, key):
        return self.alert(port, "-tls1_3", "-psk_identity", identity, "-psk", key)
