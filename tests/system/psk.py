# SPDX-License-Identifier: Apache-2.0
"""A device with a pre-shared key, played by `openssl s_client`, and the commands that give it one."""

import re
import subprocess

from wire import compose


class PskDevices:
    """`daemon` and `psk`, the port of its listener with tls = "psk", are set by whoever inherits."""

    def key(self, *words):
        done = self.daemon.cli("key", *words, "--data-dir", str(self.daemon.data_dir))
        if done.returncode:
            raise RuntimeError(f"key {words}: {done.stderr}")
        return done.stdout.strip().removeprefix("hex:")

    def s_client(self, identity, key, *options):
        return ["openssl", "s_client", "-connect", f"127.0.0.1:{self.psk}", "-psk_identity", identity, "-psk", key, *options]

    def start(self, identity, key, *options):
        return subprocess.Popen(self.s_client(identity, key, "-quiet", *options), stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                stderr=subprocess.DEVNULL)

    def ask(self, identity, key, version, *request, headers=None, body=None):
        """Status and text of one answer over a connection of its own."""
        client = self.start(identity, key, version)
        client.stdin.write(compose(*request, f"127.0.0.1:{self.psk}", body, {"Connection": "close", **(headers or {})}))
        client.stdin.flush()
        answer = client.stdout.read().decode("utf-8", "replace")
        client.stdin.close()
        client.wait(10)
        match = re.match(r"HTTP/1.1 (\d+)", answer)
        return int(match[1]) if match else 0, answer

    def alert(self, identity, key, version):
        done = subprocess.run(self.s_client(identity, key, version), stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=20)
        match = re.search(r"alert number (\d+)", done.stderr + done.stdout)
        return int(match[1]) if match else None
