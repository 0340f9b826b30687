#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""R65: a thousand simulated devices call at once. All are served or told to come later, and no operation is lost or done twice."""

import os
import re
import subprocess

import nscl_test
from management import World, value
from nscl_test import Checks

DEVICES = 100 if os.environ.get("NSCL_TEST_SANITIZED") else 1000
WITH_WORK = DEVICES // 10
DURATION = '<m2m:regExpirationDuration xmlns:m2m="http://uri.etsi.org/m2m">PT7200S</m2m:regExpirationDuration>'
COUNTERS = r"sessions (\d+), failed (\d+), told to wait (\d+), open (\d+), RPCs (\d+)"


def all_call(world):
    """Sessions, and RPCs, of one session of each device."""
    line = [world.daemon.program, "simulate", "cpe", "--acs", f"http://127.0.0.1:{world.acs}/acs", "--count", str(DEVICES), "--parallel", str(DEVICES), "--once",
            "--retry-scale", "0.01"]
    done = subprocess.run(line, capture_output=True, text=True, check=False, timeout=200)
    found = re.findall(COUNTERS, done.stdout)
    world.checks.that(done.returncode == 0 and found, f"the devices end well: {done.returncode} {done.stdout[-500:]}{done.stderr[-500:]}")
    sessions, failed, waited, still_open, rpcs = map(int, found[-1]) if found else (0, 0, 0, 0, 0)
    world.checks.equal((sessions, failed, still_open), (DEVICES, 0, 0), f"each has its session; {waited} were told to wait")
    return rpcs


def device(number):
    return f"/m2m/scls/00A0C9-SIM-SIM{number:06d}/mgmtObjs/etsiSclMo"


def test(checks: Checks):
    world = World(checks)
    try:
        checks.section("all call for the first time")
        found_out = all_call(world)
        checks.equal(found_out % DEVICES, 0, "all are asked alike")
        checks.section("some are to be changed, and all are switched off")
        for number in range(1, WITH_WORK + 1):
            answer = world.admin.put(f"{device(number)}/regExpirationDuration", DURATION, headers={"Content-Type": "application/xml"})
            checks.equal(answer.status, 202, f"device {number}: {answer.text}")
        checks.section("all call at once")
        checks.equal(all_call(world), found_out + 2 * WITH_WORK, "what was to be changed is read and set once in each, beside what a device that comes back is asked")
        for number in range(1, WITH_WORK + 1):
            body = world.get(f"{device(number)}?rem=cached").text
            checks.equal(value(body, "regExpirationDuration"), "PT7200S", f"the tree shows it of device {number}")
    finally:
        world.close()


if __name__ == "__main__":
    nscl_test.main(test)
