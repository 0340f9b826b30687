# SPDX-License-Identifier: Apache-2.0
"""What applications do while the daemon is killed in their midst, and what may be there then."""

import json
import threading
import time

import nscl_test


class Wanted:
    """What may be at each place: the last that was acknowledged, and whatever may have come after it."""

    def __init__(self, places):
        self.values = {place: [None] for place in places}   # None: what was there before

    def change(self, place, text, ask):
        """`ask`: has it changed, and gives the answer."""
        self.values[place].append(text)   # perhaps
        if ask().status in (200, 202, 204):
            self.values[place] = [text]

    def admits(self, place, text):
        return None in self.values[place] or text in self.values[place]


def storm(world, works, seconds):
    """Each of `works`, functions of a client, again and again; the daemon is killed in their midst, and started again."""
    begun = threading.Barrier(len(works) + 1)   # a password takes a while

    def repeat(work):
        client = nscl_test.Client("127.0.0.1", world.port, world.admin.authorization, timeout=60)
        try:
            client.get("/m2m")
            begun.wait(60)
            while True:
                work(client)
        except (OSError, nscl_test.BadAnswer):
            pass

    threads = [threading.Thread(target=repeat, args=(work,)) for work in works]
    for thread in threads:
        thread.start()
    begun.wait(60)
    time.sleep(seconds)
    world.daemon.process.kill()
    for thread in threads:
        thread.join(60)
    world.daemon.kill()
    world.daemon.start()


def queues(world, devices):
    """How much waits for each of these devices, those left out for which nothing does."""
    rows = [json.loads(world.admin.get(f"/m2m-admin/devices/{device}").text) for device in devices]
    return {row["id"]: row["pending"] for row in rows if row["pending"]}
