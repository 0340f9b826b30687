# SPDX-License-Identifier: Apache-2.0
"""What is measured, in which order. Loads that are compared run close together, round after round."""

import math
import pathlib
import random
import signal
import subprocess
import sys
import time

import load
import servers
from servers import CONTAINERS, Nscl

CONTAINERS_FOR_MEMORY = {"full": 20_000, "quick": 4_000, "smoke": 300}
CRASHES = {"full": 20, "quick": 5, "smoke": 1}
ROUNDS = {"full": 5, "quick": 3, "smoke": 1}
SECONDS = {"full": 4, "quick": 2, "smoke": 0.3}   # wrk knows no less than 1
INSTANCES = {"full": 1_000_000, "quick": 100_000, "smoke": 2_000}
SAMPLE = 100_000          # of the stored instances, for random GETs
FILL_SECONDS = 5


def say(text):
    print(text, file=sys.stderr, flush=True)


class Bench:
    """One run. `records` holds the rounds: name of the load -> its figures; `facts` what was measured once."""

    def __init__(self, scale, build, directory, rounds=None, seconds=None, instances=None):
        self.scale, self.build, self.directory = scale, pathlib.Path(build), pathlib.Path(directory)
        self.rounds = rounds or ROUNDS[scale]
        self.seconds = seconds or SECONDS[scale]
        self.instances = instances or INSTANCES[scale]
        self.records, self.facts = [], {}
        self.random = random.Random(7)

    def start(self, name, settings=None):
        return Nscl(self.directory / name, self.build / "bench" / "bench_count_syncs.so", settings)

    def run(self):
        hello = servers.BeastHello(self.build / "bench" / "bench_beast_hello")
        raw = servers.RawSqlite(self.build / "bench" / "bench_raw_sqlite", self.directory / "raw")
        stored = None
        try:
            stored, targets = self.store_instances()
            self.measure_rounds(hello, raw, stored, targets)
            self.facts["anonymous_at_end"] = stored.memory()["anonymous"]
        finally:
            hello.close()
            if stored:
                stored.close()
        self.measure_containers()
        self.crash()

    # -- 10^6 stored

    def fill(self, server, instances):
        """Creates by wrk until there are about as many."""
        count, seconds = server.count(), 1
        while count < instances:
            rate = server.create(seconds)["rate"]
            count = server.count()
            seconds = min(FILL_SECONDS, max(1, math.floor((instances - count) / rate)))
        return count

    def store_instances(self):
        say(f"storing {self.instances} instances")
        server = self.start("stored")
        self.facts |= {f"{kind}_at_start": octets for kind, octets in server.at_start.items()}
        server.populate()
        counts, anonymous = [server.count()], [server.memory()["anonymous"]]
        for part in (0.5, 1):
            counts.append(self.fill(server, int(self.instances * part)))
            anonymous.append(server.memory()["anonymous"])
        self.facts |= {"stored": counts, "stored_anonymous": anonymous, "stored_rss": server.memory()["rss"]}
        self.facts["store_octets"] = sum(file.stat().st_size for file in (server.directory / "data").iterdir())
        targets = self.harvest(server)
        self.facts["restart_s"] = server.restart(kill=True)
        return server, targets

    def harvest(self, server):
        """URIs of instances of all ages in random order, asked of a daemon that lists more of them than usual."""
        server.daemon.env |= {"NSCL_ANSWERS_INSTANCES": "1000000", "NSCL_ANSWERS_BYTES": "1GiB"}
        server.restart()
        targets = []
        for number in range(CONTAINERS):
            ids = server.ids(number)
            chosen = self.random.sample(ids, min(len(ids), SAMPLE // CONTAINERS))
            targets += [f"{server.instances(number)}/{name}" for name in chosen]
        for name in ("NSCL_ANSWERS_INSTANCES", "NSCL_ANSWERS_BYTES"):
            del server.daemon.env[name]
        self.random.shuffle(targets)
        return targets

    # -- rounds

    def measure_rounds(self, hello, raw, stored, targets):
        """Adds rounds, up to as many again, while others disturbed some load in too many."""
        file = stored.write_gets(targets)
        most = self.rounds * 2 if self.scale == "full" else self.rounds
        while len(self.records) < self.rounds or (len(self.records) < most and self.lacks_clean_loads()):
            say(f"round {len(self.records) + 1}")
            fresh = self.start("fresh")
            try:
                fresh.populate()
                self.records.append(self.measure_round(hello, raw, (fresh, stored), file))
            finally:
                fresh.close()

    def lacks_clean_loads(self):
        return any(sum(not record[name]["noisy"] for record in self.records) < self.rounds for name in self.records[0])

    def measure_round(self, hello, raw, daemons, file):
        fresh, stored = daemons
        seconds = self.seconds
        latest = fresh.instances(0) + "/latest"
        hot = fresh.instances(1) + "/" + fresh.ids(1)[0]
        few = [f"{fresh.instances(number)}/{name}" for number in range(10) for name in fresh.ids(number)]
        first = self.random.randrange(SAMPLE)
        record = {"sync": raw.sync(min(1, seconds))}
        record["hello"] = load.run(hello, load.command(hello.url, seconds, 32))
        record["latest"] = fresh.get(seconds, latest)
        record["hot"] = fresh.get(seconds, hot)
        record["stored_latest"] = stored.get(seconds, latest)
        record["by_id"] = fresh.get_each(seconds, fresh.write_gets(few))
        record["stored_by_id"] = stored.get_each(seconds, file, first)
        record["hello_again"] = load.run(hello, load.command(hello.url, seconds, 32))
        record["raw_32"] = raw.rows(32, seconds)
        record["create"] = fresh.create(seconds)
        record["stored_create"] = stored.create(seconds)
        record["raw_1"] = raw.rows(1, seconds)
        record["create_alone"] = fresh.create(seconds, connections=1)
        return record

    # -- containers, crashes

    def measure_containers(self):
        """A small page cache, so that what grows is what the daemon itself keeps of each container."""
        count = CONTAINERS_FOR_MEMORY[self.scale]
        say(f"making {count} containers")
        server = self.start("containers", {"NSCL_STORE_CACHE": "1MiB"})
        try:
            server.populate(1, 10)
            before = server.memory()["anonymous"]
            server.post_all([(f"{servers.APPLICATION}/containers", f'<m2m:container {servers.NAMESPACES} m2m:id="{server.name(i)}"/>')
                             for i in range(1, count)])
            server.post_all([(server.instances(i), servers.INSTANCE) for i in range(1, count)])
            for number in range(0, count, max(1, count // 2000)):
                server.client.get(server.instances(number) + "/latest")
            self.facts["octets_per_container"] = (server.memory()["anonymous"] - before) / (count - 1)
        finally:
            server.close()

    def crash(self):
        """SIGKILL under load: what wrk saw acknowledged must be there afterwards."""
        say(f"killing the daemon {CRASHES[self.scale]} times")
        server = self.start("crash")
        acknowledged = lost = 0
        try:
            server.populate()
            for _ in range(CRASHES[self.scale]):
                before = server.count()
                seen = self.acknowledged_until_killed(server)
                server.restart(kill=True)
                acknowledged += seen
                lost += max(0, seen - (server.count() - before))
        finally:
            server.close()
        self.facts |= {"acknowledged": acknowledged, "lost": lost}

    def acknowledged_until_killed(self, server):
        line = load.command(server.url, 2, 32, file=server.write_creates())
        with subprocess.Popen(line, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as wrk:
            time.sleep(self.random.uniform(0.3, 1.5))
            server.daemon.process.send_signal(signal.SIGKILL)
            figures = load.parse(wrk.communicate()[0])
        return figures["requests"] - figures["refused"]
