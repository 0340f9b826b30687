#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Kills the daemon with SIGKILL at random moments while instances are made and notifications flow: after the restart every
acknowledged instance is told of at least once, in order for each subscription, and no subscription is lost. What is told twice is
told again from the first one that was not known to have arrived. NSCL_CRASH_ROUNDS (default 10), NSCL_CRASH_SEED repeat a run.
Shows: R4.2, R4.16, R4.21, C4."""

import os
import random
import threading
import time

import delivery
import nscl_test
from delivery import Scene, application, instance
from nscl_test import Checks
from receiver import CLOSE, RESET, answer

ROUNDS = int(os.environ.get("NSCL_CRASH_ROUNDS", "10"))
SEED = int(os.environ.get("NSCL_CRASH_SEED", str(int(time.time()))))
WORKERS = 3
FAILURES = (answer(503), RESET, CLOSE)


class Worker:
    """One container, its subscribers of both dialects, and what was acknowledged."""

    def __init__(self, scene: Scene, number):
        self.path, self.name = scene.container(f"w{number}/c"), f"w{number}"
        self.instances = f"{self.path}/contentInstances"
        self.acknowledged, self.doubtful, self.count, self.wrong = [], set(), 0, []
        self.subscriptions = [scene.subscribe(self.instances, f"/{self.name}/plain", "plain"),
                              scene.subscribe(self.instances, f"/{self.name}/paused", "paused", pause=200),
                              scene.subscribe(self.instances, f"/{self.name}/latest", "newest", criteria="<attributeAccessor>latest</attributeAccessor>"),
                              scene.subscribe(self.instances, f"/{self.name}/om2m", "om2m", base="/om2m/nscl")]

    def run(self, daemon, authorization, stop):
        client = nscl_test.Client(daemon.address, daemon.port, authorization, timeout=5)
        try:
            while not stop.is_set():
                self.count += 1
                name = f"i{self.count}"
                self.doubtful.add(name)
                made = client.post(f"/m2m/{self.instances}", instance(name))
                self.doubtful.discard(name)
                if made.status == 201:
                    self.acknowledged.append(name)
                else:
                    self.wrong.append(made.brief())
        except OSError:
            pass                              # killed: whether the last one was made, its notification may tell
        finally:
            client.close()

    def told(self, scene: Scene, kind):
        """Lists of ids, one for each notification, in the order in which they came."""
        return [request.notify().ids() for request in scene.receiver.matching(lambda request: request.target == f"/{self.name}/{kind}")]

    def is_complete(self, scene: Scene):
        newest = self.acknowledged[-1:]
        return all(not newest or any(newest[0] in ids for ids in self.told(scene, kind)) for kind in ("plain", "paused", "om2m"))

    def problems(self, scene: Scene):
        found, self.wrong = list(self.wrong), []
        for kind in ("plain", "paused", "om2m"):
            told = self.told(scene, kind)
            known = {name for ids in told for name in ids}
            missing = [name for name in self.acknowledged if name not in known]
            invented = known - set(self.acknowledged) - self.doubtful
            if missing or invented:
                found.append(f"{self.name}/{kind}: never told {missing[:5]}, told but not made {sorted(invented)[:5]}")
            found += disorder(f"{self.name}/{kind}", told)
        if kind == "om2m" and any(len(ids) != 1 for ids in told):
            found.append(f"{self.name}/om2m: an event is one instance")
        latest = [number(ids[0]) for ids in self.told(scene, "latest") if ids]
        if latest != sorted(latest):
            found.append(f"{self.name}/latest: goes backwards: {latest[-10:]}")
        return found


def number(name):
    return int(name[1:])


def disorder(what, told):
    """A notification begins right behind the one before it, or says again what that one said: nothing is left out or goes back further."""
    problems, begin, end = [], 0, 0
    for ids in told:
        numbers = [number(name) for name in ids]
        if not numbers or numbers != sorted(set(numbers)):
            problems.append(f"{what}: {ids}")
        elif numbers[0] > end:
            begin, end = numbers[0], numbers[-1]
        elif numbers[0] == begin:             # a repetition, perhaps with what has come since
            end = max(end, numbers[-1])
        else:
            problems.append(f"{what}: {ids[:3]} after one of {begin} to {end}")
    return problems


def one_round(scene: Scene, workers, chance):
    authorization, stop = scene.admin.authorization, threading.Event()
    scene.receiver.usual = Moody(chance.randrange(1 << 30))
    threads = [threading.Thread(target=worker.run, args=(scene.daemon, authorization, stop)) for worker in workers]
    for thread in threads:
        thread.start()
    time.sleep(chance.uniform(0.05, 1.2))
    scene.daemon.process.kill()
    scene.daemon.process.wait()
    stop.set()
    for thread in threads:
        thread.join()
    if chance.random() < 0.3:                 # and sometimes once more, while it starts
        scene.daemon.launch()
        time.sleep(chance.uniform(0, 0.4))
        scene.daemon.process.kill()
        scene.daemon.process.wait()
    scene.receiver.usual = answer(204)
    scene.daemon.start()


class Moody:
    """Takes most notifications, some of them late, and fails a few."""

    def __init__(self, seed):
        self.random = random.Random(seed)

    def __call__(self, receiver, peer):
        mood = self.random.random()
        if mood < 0.03:
            return self.random.choice(FAILURES)(receiver, peer)
        if mood < 0.1:
            time.sleep(self.random.uniform(0, 0.05))
        return answer(204)(receiver, peer)


def test(checks: Checks):
    print(f"seed {SEED}", flush=True)
    chance = random.Random(SEED)
    with Scene(checks, {"delivery.last_retry": "1s"}) as scene:
        scene.make("applications", application("w"))
        workers = [Worker(scene, number) for number in range(WORKERS)]
        for done in range(1, ROUNDS + 1):
            one_round(scene, workers, chance)
            scene.until(lambda: all(worker.is_complete(scene) for worker in workers), f"round {done}: the newest acknowledged ones are told of", 30)
            for worker in workers:
                problems = worker.problems(scene)
                checks.that(not problems, f"round {done}: {problems[:5]} and {max(0, len(problems) - 5)} more")
                for own in worker.subscriptions:
                    checks.status(scene.admin.get(own), 200, f"round {done}: {own} is there")
        made, told = sum(len(worker.acknowledged) for worker in workers), len(scene.receiver.matching())
        print(f"{ROUNDS} kills, {made} instances acknowledged, {told} notifications came")
        checks.that(made > ROUNDS and told > made, "there was something to lose")


if __name__ == "__main__":
    nscl_test.main(test)
