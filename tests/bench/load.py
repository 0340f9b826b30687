# SPDX-License-Identifier: Apache-2.0
"""Runs wrk against a server, and reads what it says."""

import pathlib
import re
import shutil
import subprocess

import machine

SCRIPT = pathlib.Path(__file__).with_name("requests.lua")
MICROSECONDS = {"us": 1.0, "ms": 1e3, "s": 1e6, "m": 60e6}


class BenchError(Exception):
    """The measurement itself is broken: nothing can be said about the server."""


def is_available():
    return shutil.which("wrk") is not None


def write_requests(path, requests):
    """The file that requests.lua reads."""
    with open(path, "wb") as file:
        for request in requests:
            file.write(b"%d\n" % len(request) + request)


def _percentile(text, share):
    found = re.search(rf"^\s+{share}%\s+([\d.]+)(us|ms|s|m)$", text, re.M)
    return float(found[1]) * MICROSECONDS[found[2]] if found else 0.0


def parse(text):
    """Figures of a wrk report; latencies in microseconds."""
    total = re.search(r"^\s+(\d+) requests in ([\d.]+)(us|ms|s|m),", text, re.M)
    if not total:
        raise BenchError("wrk said:\n" + text)
    errors = re.search(r"Socket errors: connect (\d+), read (\d+), write (\d+), timeout (\d+)", text)
    refused = re.search(r"Non-2xx or 3xx responses: (\d+)", text)
    seconds = float(total[2]) * MICROSECONDS[total[3]] / 1e6
    return {"requests": int(total[1]), "rate": int(total[1]) / max(seconds, 1e-3), "p50_us": _percentile(text, 50),
            "p99_us": _percentile(text, 99), "refused": int(refused[1]) if refused else 0,
            "socket_errors": sum(map(int, errors.groups())) if errors else 0}


def command(url, seconds, connections, headers=None, file=None, first=0):
    line = ["wrk", "-t1", f"-c{connections}", f"-d{max(1, round(seconds))}s", "--latency", "--timeout", "10s"]
    for name, value in (headers or {}).items():
        line += ["-H", f"{name}: {value}"]
    return line + (["-s", str(SCRIPT), url, "--", str(file), str(first)] if file else [url])


def run(server, line, known=()):
    """One load on `server` (it has a pid). Every answer must be 2xx: a fast refusal is no figure."""
    watch = machine.Watch(server.pid, known)
    done = subprocess.run(line, capture_output=True, text=True, check=False)
    figures = watch.stop()
    if done.returncode:
        raise BenchError(f"wrk failed: {done.stdout}{done.stderr}")
    figures |= parse(done.stdout)
    if figures["refused"] or figures["socket_errors"] or not figures["requests"]:
        raise BenchError(f"{figures['refused']} refusals, {figures['socket_errors']} socket errors: {' '.join(line)}\n{done.stdout}")
    figures["cpu_us"] = figures.pop("cpu_s") * 1e6 / figures["requests"]
    return figures
