#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Kills the daemon with SIGKILL at random moments under load, again and again: every acknowledged write is there
afterwards, nothing is half applied. NSCL_CRASH_ROUNDS (default 60), NSCL_CRASH_SEED repeat a run. Shows: R4.21, C4."""

import os
import random
import re
import sqlite3
import threading
import time

import nscl_test
from nscl_test import Checks, Daemon, compose

ROUNDS = int(os.environ.get("NSCL_CRASH_ROUNDS", "60"))
SEED = int(os.environ.get("NSCL_CRASH_SEED", str(int(time.time()))))
BUDGET = float(os.environ.get("NSCL_CRASH_SECONDS", "140"))
WORKERS, LIMIT = 4, 5
M2M = 'xmlns:m2m="http://uri.etsi.org/m2m"'
PRESENT, ABSENT = "present", "absent"


class Worker:
    """One client and what it knows: the state of each path after its last acknowledged write, and the write in flight."""

    def __init__(self, number, seed):
        self.name, self.random = f"w{number}", random.Random(seed)
        self.known, self.flight, self.count = {}, None, 0
        self.instances, self.wrong = {}, []   # container -> (last acknowledged number, number in flight)
        self.touched = set()

    def run(self, daemon, authorization, stop):
        client = nscl_test.Client(daemon.address, daemon.port, authorization, timeout=5)
        try:
            while not stop.is_set():
                self.step(client)
        except (OSError, ValueError):
            pass                              # killed: self.flight says what was under way
        except nscl_test.BadAnswer as error:
            self.wrong.append(f"{self.name}: {error}")
        finally:
            client.close()

    def step(self, client):
        choice = self.random.random()
        applications = [path for path, state in self.known.items() if state != ABSENT and path.count("/") == 3]
        containers = list(self.instances)
        if choice < 0.15 or not applications:
            self.create(client, "/m2m/applications", "application appId", f"{self.name}n{self.next()}")
        elif choice < 0.25 or not containers:
            application = self.random.choice(applications)
            path = self.create(client, application + "/containers", "container m2m:id", f"c{self.next()}",
                               f"<m2m:maxNrOfInstances>{LIMIT}</m2m:maxNrOfInstances>")
            if path:
                self.instances[path] = [0, 0]
        elif choice < 0.8:
            self.instance(client, self.random.choice(containers))
        elif choice < 0.93:
            self.update(client, self.random.choice(applications))
        else:
            self.delete(client, self.random.choice(applications))

    def next(self):
        self.count += 1
        return self.count

    def create(self, client, collection, root, name, content=""):
        path = f"{collection}/{name}"
        body = f"<m2m:{root}='{name}' {M2M}>{content}</m2m:{root.split()[0]}>"
        self.begin(path, PRESENT)
        answer = client.post(collection, body)
        self.done(path, PRESENT, answer.status == 201, answer)
        return path if answer.status == 201 else None

    def update(self, client, path):
        value = f"v{self.next()}"
        self.begin(path, value)
        answer = client.put(path, f"<m2m:application {M2M}><m2m:searchStrings><m2m:searchString>{value}</m2m:searchString>"
                                  "</m2m:searchStrings></m2m:application>")
        self.done(path, value, answer.status in (200, 204), answer)

    def delete(self, client, path):
        self.begin(path, ABSENT)
        answer = client.delete(path)
        self.done(path, ABSENT, answer.status == 204, answer)
        if answer.status == 204:
            self.forget_below(path)

    def forget_below(self, path):
        for other in list(self.known):
            if other.startswith(path + "/"):
                self.known[other] = ABSENT
                self.instances.pop(other, None)

    def instance(self, client, container):
        number = self.instances[container][1] = self.instances[container][0] + 1
        self.touched.add(container)
        text = f"{number} " + "x" * self.random.randrange(200)
        answer = client.post(f"{container}/contentInstances",
                             f"<m2m:contentInstance {M2M} xmlns:xmime='http://www.w3.org/2005/05/xmlmime' m2m:id='i{number}'>"
                             f"<m2m:content xmime:contentType='text/plain'><m2m:textContent>{text}</m2m:textContent></m2m:content>"
                             "</m2m:contentInstance>")
        if answer.status == 201:
            self.instances[container][0] = number
        else:
            self.wrong.append(f"{container}: {answer.brief()}")

    def begin(self, path, state):
        self.flight = (path, state)
        self.touched.add(path)

    def done(self, path, state, good, answer):
        if good:
            self.known[path] = state
        else:
            self.wrong.append(f"{path}: {answer.brief()}")
        self.flight = None

    # -- after the crash

    def settle(self, states):
        """Compares what is there with what must be; adopts the outcome of the write that was in flight."""
        problems = list(self.wrong)
        self.wrong = []
        if self.flight:
            path, wanted = self.flight
            actual = states.get(path)
            before = self.known.get(path, ABSENT)
            if not (same(actual, wanted) or same(actual, before)):
                problems.append(f"in flight {path}: {actual}, neither {before} nor {wanted}")
            self.known[path] = ABSENT if actual is None else actual
            if actual is None:
                self.forget_below(path)
            elif "/containers/" in path and before == ABSENT:
                self.instances.setdefault(path, [0, 0])
            self.flight = None
        for path in self.touched:
            if path in self.known and not same(states.get(path), self.known[path]):
                problems.append(f"{path}: {states.get(path)}, acknowledged was {self.known[path]}")
        return problems


def same(actual, wanted):
    if wanted == ABSENT:
        return actual is None
    return actual is not None and (wanted == PRESENT or actual == wanted)


def fetch(daemon, authorization, paths):
    """GETs of many paths on one connection, pipelined by fifties: path -> answer."""
    answers, paths = {}, list(paths)
    connection = nscl_test.Connection(daemon.address, daemon.port)
    try:
        for at in range(0, len(paths), 50):
            part = paths[at:at + 50]
            connection.send(b"".join(compose("GET", path, daemon.host, authorization=authorization) for path in part))
            for path in part:
                answers[path] = connection.read()
    finally:
        connection.close()
    return answers


def state_of(answer):
    if answer.status != 200:
        return None
    found = re.search(rb"searchString>([^<]*)<", answer.body)
    return found[1].decode() if found else PRESENT


def check_instances(worker, answers):
    """The counters fit the instances, none is above the limit, the newest acknowledged one is there."""
    problems = []
    for container, numbers in worker.instances.items():
        answer = answers.get(container + "/contentInstances")
        if answer is None:
            continue
        if answer.status != 200:
            problems.append(f"{container}/contentInstances: {answer.brief()}")
            continue
        ids = [int(number) for number in re.findall(rb'contentInstance [^>]*m2m:id="i(\d+)"', answer.body)]
        sizes = [int(size) for size in re.findall(rb"contentSize>(\d+)<", answer.body)]
        number = int(re.search(rb"currentNrOfInstances>(\d+)<", answer.body)[1])
        total = int(re.search(rb"currentByteSize>(\d+)<", answer.body)[1])
        last, flight = numbers
        newest = ids[-1] if ids else 0
        expected = list(range(max(1, newest - LIMIT + 1), newest + 1))
        if not (newest in (last, flight) and ids == expected and number == len(ids) and total == sum(sizes)):
            problems.append(f"{container}: instances {ids}, counters {number}/{total} for {len(ids)}/{sum(sizes)}, "
                            f"acknowledged {last}, in flight {flight}")
        numbers[0] = numbers[1] = newest
    return problems


def verify(daemon, authorization, workers, everything):
    paths, lists = set(), set()
    for worker in workers:
        paths |= set(worker.known) if everything else worker.touched & set(worker.known)
        paths |= {worker.flight[0]} if worker.flight else set()
        lists |= {path + "/contentInstances" for path in worker.instances if everything or path in worker.touched}
    states = {path: state_of(answer) for path, answer in fetch(daemon, authorization, paths).items()}
    problems = []
    for worker in workers:
        problems += worker.settle(states)
    # Whole or not at all: a created application has its collections, a deleted one has none.
    parts = {path: f"{path}/containers" for path in paths if path.count("/") == 3}
    for path, part in parts.items():
        states[part] = None
    for part, answer in fetch(daemon, authorization, parts.values()).items():
        states[part] = answer.status == 200
    problems += [f"{path} is half there" for path, part in parts.items() if (states[path] is not None) != bool(states[part])]
    answers = fetch(daemon, authorization, lists)
    for worker in workers:
        problems += check_instances(worker, answers)
        worker.touched = set()
    return problems, len(paths) + len(lists)


def one_round(daemon, authorization, workers, chance):
    stop = threading.Event()
    threads = [threading.Thread(target=worker.run, args=(daemon, authorization, stop)) for worker in workers]
    for thread in threads:
        thread.start()
    time.sleep(chance.uniform(0.02, 0.9))
    daemon.process.kill()
    daemon.process.wait()
    stop.set()
    for thread in threads:
        thread.join()
    if chance.random() < 0.2:                 # and sometimes once more, while it starts
        daemon.launch()
        time.sleep(chance.uniform(0, 0.3))
        daemon.process.kill()
        daemon.process.wait()
    daemon.start()


def check_database(checks, daemon):
    daemon.kill()
    for path in daemon.data_dir.rglob("*"):
        if path.is_file() and path.read_bytes()[:15] == b"SQLite format 3":
            database = sqlite3.connect(path)
            checks.equal(database.execute("PRAGMA integrity_check").fetchall(), [("ok",)], f"integrity of {path.name}")
            checks.equal(database.execute("PRAGMA foreign_key_check").fetchall(), [], f"references of {path.name}")
            database.close()


def test(checks: Checks):
    print(f"seed {SEED}", flush=True)
    chance, began, verified = random.Random(SEED), time.monotonic(), 0
    workers = [Worker(number, SEED * 10 + number) for number in range(WORKERS)]
    with Daemon() as daemon:
        authorization = nscl_test.basic("admin", daemon.admin_password())
        done = 0
        while done < ROUNDS and (done < 50 or time.monotonic() - began < BUDGET * 0.9):
            one_round(daemon, authorization, workers, chance)
            done += 1
            problems, number = verify(daemon, authorization, workers, done % 20 == 0)
            verified += number
            checks.that(not problems, f"round {done}: {problems[:5]} and {max(0, len(problems) - 5)} more")
        problems, number = verify(daemon, authorization, workers, True)
        checks.that(not problems, f"at the end: {problems[:5]}")
        spent = time.monotonic() - began
        print(f"{done} kills, {sum(worker.count for worker in workers)} names, {verified + number} states compared, {spent:.0f} s")
        checks.that(done >= min(50, ROUNDS), f"at least 50 kills: {done}")
        checks.that(spent < BUDGET + 10, f"in {BUDGET:.0f} s: {spent:.0f}")
        check_database(checks, daemon)


nscl_test.main(test)
