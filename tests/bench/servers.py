# SPDX-License-Identifier: Apache-2.0
"""The servers under measurement: the daemon, and the baselines that the goals compare it with."""

import base64
import json
import mmap
import pathlib
import random
import re
import shutil
import struct
import subprocess
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "system"))
import load       # noqa: E402
import machine    # noqa: E402
import nscl_test  # noqa: E402
from load import BenchError  # noqa: E402

CONTAINERS = 100
PAYLOAD = 200
APPLICATION = "/m2m/applications/bench"
NAMESPACES = 'xmlns:m2m="http://uri.etsi.org/m2m" xmlns:xmime="http://www.w3.org/2005/05/xmlmime"'
INSTANCE = ('<?xml version="1.0" encoding="UTF-8"?><m2m:contentInstance ' + NAMESPACES + '><m2m:content xmime:contentType='
            '"application/octet-stream"><m2m:binaryContent>%s</m2m:binaryContent></m2m:content></m2m:contentInstance>'
            % base64.b64encode(random.Random(1).randbytes(PAYLOAD)).decode())


def wait_until(condition, seconds, what, step=0.005):
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            raise BenchError(what)
        time.sleep(step)


class BeastHello:
    """Plain Boost.Beast, one thread, 300 octets."""

    def __init__(self, program):
        self.port = nscl_test.free_port()
        self.url = f"http://127.0.0.1:{self.port}/hello"
        self.process = subprocess.Popen([program, "127.0.0.1", str(self.port)])
        self.pid = self.process.pid
        wait_until(self._answers, 10, "bench_beast_hello does not answer")

    def _answers(self):
        try:
            return nscl_test.Client("127.0.0.1", self.port).get("/hello").status == 200
        except OSError:
            return False

    def close(self):
        self.process.kill()
        self.process.wait()


class RawSqlite:
    """Bare SQLite on the same disk; and what one fdatasync takes there."""

    def __init__(self, program, directory):
        self.program, self.directory = program, pathlib.Path(directory)
        self.directory.mkdir(parents=True, exist_ok=True)

    def _run(self, *arguments):
        watch = machine.Watch()
        done = subprocess.run([self.program, self.directory, *map(str, arguments)], capture_output=True, text=True, check=False)
        figures = watch.stop()
        if done.returncode:
            raise BenchError(done.stderr.strip())
        return figures | json.loads(done.stdout)

    def rows(self, batch, seconds):
        figures = self._run("rows", batch, seconds)
        return figures | {"rate": figures["rows_per_s"]}

    def sync(self, seconds):
        return self._run("sync", seconds)


class SyncCounter:
    """The fsync and fdatasync calls of a daemon that was started with the preloaded library."""

    def __init__(self, library, directory):
        path = pathlib.Path(directory) / "syncs"
        path.write_bytes(bytes(8))
        self.environment = {"LD_PRELOAD": str(library), "BENCH_SYNC_COUNTER": str(path)}
        with open(path, "r+b") as file:
            self.place = mmap.mmap(file.fileno(), 8)

    def value(self):
        return struct.unpack("=Q", self.place[:8])[0]


class Nscl:
    """The daemon with one I/O thread and, after populate(), an application with containers."""

    def __init__(self, directory, library, settings=None):
        self.directory = pathlib.Path(directory)
        shutil.rmtree(self.directory, ignore_errors=True)
        data = self.directory / "data"
        data.mkdir(parents=True)
        self.syncs = SyncCounter(library, self.directory)
        # A password is verified every few minutes by default; a tenth of a second of that would fall into some rounds.
        settings = {"NSCL_SERVER_THREADS": 1, "NSCL_AUTHENTICATION_REMEMBER": "1d", "NSCL_QUOTA_WRITES": 0} | (settings or {})
        self.daemon = nscl_test.Daemon(data_dir=data, env=settings | self.syncs.environment, start=False)
        self.authorization = self.daemon.principal("bench", "bench-password", entity="applications/bench")
        self.daemon.start()
        self.pid = self.daemon.pid
        self.at_start = machine.memory(self.pid)
        self.client = self._connect()

    def _connect(self):
        self.url = f"http://127.0.0.1:{self.daemon.port}"
        client = self.daemon.client(self.authorization, timeout=60)
        if client.get("/m2m").status == 401:   # from here on the daemon remembers the credential
            raise BenchError("the principal is not accepted")
        return client

    # -- what it holds

    def expect(self, answer, status):
        if answer.status != status:
            raise BenchError("the daemon answered " + answer.brief())
        return answer

    def populate(self, containers=CONTAINERS, instances=10):
        body = f'<m2m:application {NAMESPACES} appId="bench"/>'
        self.expect(self.client.post("/m2m/applications", body), 201)
        targets = [(f"{APPLICATION}/containers", f'<m2m:container {NAMESPACES} m2m:id="{self.name(i)}"/>') for i in range(containers)]
        self.post_all(targets)
        self.post_all([(self.instances(i % containers), INSTANCE) for i in range(instances)])

    def post_all(self, requests, window=32):
        """Sends them over one connection, some ahead of their answers."""
        connection = nscl_test.Connection("127.0.0.1", self.daemon.port, 60)
        for begin in range(0, len(requests), window):
            part = requests[begin:begin + window]
            connection.send(b"".join(self.compose("POST", target, body) for target, body in part))
            for _ in part:
                self.expect(connection.read(), 201)
        connection.close()

    @staticmethod
    def name(number):
        return f"c{number:02}"

    def instances(self, number):
        return f"{APPLICATION}/containers/{self.name(number)}/contentInstances"

    def ids(self, number):
        """Ids of the instances of a container that one answer holds."""
        answer = self.expect(self.client.get(self.instances(number), headers={"Accept": "application/xml"}), 200)
        return re.findall(r'\bid="(CI_[0-9a-z]+)"', answer.text)

    def count(self, containers=CONTAINERS):
        return sum(int(re.search(r"currentNrOfInstances>(\d+)<", self.expect(self.client.get(self.instances(i)), 200).text)[1])
                   for i in range(containers))

    # -- requests

    def headers(self):
        return {"Authorization": self.authorization, "Accept": "application/xml"}

    def compose(self, method, target, body=None):
        return nscl_test.compose(method, target, self.daemon.host, body, {"Accept": "application/xml"},
                                 authorization=self.authorization)

    def write_creates(self):
        file = self.directory / "creates"
        load.write_requests(file, [self.compose("POST", self.instances(i), INSTANCE) for i in range(CONTAINERS)])
        return file

    def write_gets(self, targets, name="gets"):
        file = self.directory / name
        load.write_requests(file, [self.compose("GET", target) for target in targets])
        return file

    def create(self, seconds, connections=32):
        before = self.syncs.value()
        figures = load.run(self, load.command(self.url, seconds, connections, file=self.write_creates()))
        return figures | {"syncs_per_request": (self.syncs.value() - before) / figures["requests"]}

    def get(self, seconds, target):
        return load.run(self, load.command(self.url + target, seconds, 32, self.headers()))

    def get_each(self, seconds, file, first=0):
        return load.run(self, load.command(self.url, seconds, 32, file=file, first=first))

    # -- its life

    def memory(self):
        return machine.memory(self.pid)

    def restart(self, kill=False):
        """Seconds from the start of the process to readiness."""
        if kill:
            self.daemon.kill()
        elif self.daemon.stop(60) != 0:
            raise BenchError("the daemon did not stop: " + self.daemon.log()[-2000:])
        began = time.monotonic()
        self.daemon.launch()
        wait_until(self._is_ready, 60, "the daemon did not start again")
        elapsed = time.monotonic() - began
        self.pid, self.client = self.daemon.pid, self._connect()
        return elapsed

    def _is_ready(self):
        try:
            return self.daemon.probe("/readyz").status == 200
        except (OSError, nscl_test.BadAnswer):
            return False

    def close(self):
        self.daemon.close()
        shutil.rmtree(self.directory, ignore_errors=True)
