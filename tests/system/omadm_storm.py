#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""SIGKILL at random moments while devices of OMA-DM have sessions, are changed, get nodes and run updates. NSCL_DM_CRASH_ROUNDS (default 10) is how often; NSCL_CRASH_SEED repeats
the choices. What is acknowledged is done, once. The clients are scripted (dm_client.py)."""

import functools
import os
import random
import re
import threading
import time

import nscl_test
from cwmp_world import M2M, XML, World, item, value
from nscl_test import Checks, until
from omadm_acceptance import node_document
from omadm_crash import FUMO, GONE, IMAGE, RECORDS, SCLMO, Device
from storm import Wanted, queues, storm

FIELDS = {"maxNumberOfDiscovRecords": RECORDS, "maxSizeOfDiscovAnswer": f"{SCLMO}/MaxSizeOfDiscovAnswer"}


class Busy(Device):
    """A device that has a session after the other, whatever becomes of the daemon, and tells of each run in the session after it, until that was taken."""

    def __init__(self, world, name):
        super().__init__(world, name)
        self.open, self.ended, self.nodes, self.runs = None, threading.Event(), [], []   # open: the key of a run that is to be told; nodes, runs: what was acknowledged
        self.thread = threading.Thread(target=self.live, daemon=True)

    def live(self):
        while not self.ended.wait(0.05):
            try:
                told = self.open
                self.call(alerts=[self.report(told)] if told else ())
                if told and told == self.open:   # else it was told to run another one since
                    self.open, self.tree[f"{FUMO}/State"] = None, ("int", "10")
            except GONE:
                time.sleep(0.05)

    def fetch(self, node, command):
        out = super().fetch(node, command)
        self.open = self.correlators[-1]
        return out

    def stop(self):
        self.ended.set()
        self.thread.join(60)


class Herd:
    """Devices, and applications that change each of them, make nodes and have things run, again and again."""

    def __init__(self, world, count):
        self.world, self.devices = world, [Busy(world, f"MANY{number}") for number in range(count)]
        self.wanted = Wanted((device.device, field) for device in self.devices for field in FIELDS)
        self.number, self.lock = 1000, threading.Lock()

    def new_number(self):
        with self.lock:
            self.number += 1
            return self.number

    def change(self, device, client):
        for field in FIELDS:
            text = str(self.new_number())
            document = f"<m2m:{field} {M2M}>{text}</m2m:{field}>"
            self.wanted.change((device.device, field), text, lambda: client.put(f"{device.scl}/mgmtObjs/etsiSclMo/{field}", document, headers=XML))

    def make(self, device, client):
        name = f"n{self.new_number()}"
        answer = client.post(f"{device.scl}/mgmtObjs", node_document(name, f"./Vendor/memory/{name}", **{name: name}), headers=XML)
        if answer.status in (201, 202):
            device.nodes.append(name)

    def run(self, device, client):
        """Another update, if the last one is over."""
        if device.runs and value(client.get(device.runs[-1]).text, "execStatus") != "FINISHED":
            return
        items = "".join(f"<execReqArg><name>{name}</name><value>{text}</value></execReqArg>" for name, text in IMAGE.items())
        answer = client.post(f"{device.scl}/mgmtObjs/download/execEnable", f"<m2m:execReqArgs {M2M}>{items}</m2m:execReqArgs>", headers=XML)
        if answer.status == 202:
            device.runs.append(re.sub(r"^https?://[^/]*", "", answer.field("Location")))

    def work(self, part, client):
        for device in self.devices[part::3]:
            self.change(device, client)
            self.make(device, client)
            self.run(device, client)

    def check(self):
        checks = self.world.checks
        for device in self.devices:
            for field, leaf in FIELDS.items():
                wanted, has = self.wanted.values[device.device, field], device.tree[leaf][1].rstrip("\0")
                checks.that(self.wanted.admits((device.device, field), has), f"{device.device}: {field} is {has}, and was to be {wanted}")
            for name in device.nodes:
                checks.that(f"./Vendor/memory/{name}" in device.tree, f"{device.device}: {name} is there")
                checks.status(self.world.get(f"{device.scl}/mgmtObjs/{name}?rem=cached"), 200, f"{device.device}: {name} in the tree")
            for path in device.runs:
                body = self.world.get(path).text
                checks.equal([value(body, "execStatus"), item(body, "FinalStatus")], ["FINISHED", "SUCCESS"], f"{device.device}: {path} {body}")
            checks.equal(len(device.correlators), len(set(device.correlators)), f"{device.device}: nothing was run twice")
            checks.that(len(device.correlators) >= len(device.runs), f"{device.device}: each was run")
        amounts = [sum(len(each) for each in kind) for kind in ([d.nodes for d in self.devices], [d.runs for d in self.devices])]
        print(f"{amounts[0]} nodes, {amounts[1]} runs", flush=True)


def test(checks: Checks):
    rounds = int(os.environ.get("NSCL_DM_CRASH_ROUNDS", "10"))
    seed = int(os.environ.get("NSCL_CRASH_SEED") or random.randrange(1 << 32))
    print(f"seed {seed}", flush=True)
    chance = random.Random(seed)
    with World(checks, dm="") as world:
        herd = Herd(world, 6)
        ids = [device.device for device in herd.devices]
        for device in herd.devices:
            device.thread.start()
            world.until(f"{device.scl}/mgmtObjs", "etsiSclMo", f"{device.device} is known")
        for _ in range(rounds):
            storm(world, [functools.partial(herd.work, part) for part in range(3)], chance.uniform(0.5, 2.5))
        checks.that(until(lambda: not queues(world, ids), 120), f"nothing waits any more: {queues(world, ids)}")
        for device in herd.devices:
            device.stop()
        herd.check()


if __name__ == "__main__":
    nscl_test.main(test)
