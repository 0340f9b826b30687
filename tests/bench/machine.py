# SPDX-License-Identifier: Apache-2.0
"""What the kernel says about processes and about who else used the machine meanwhile."""

import os
import re
import time

TICK = os.sysconf("SC_CLK_TCK")
STEAL_ALLOWED = 0.05     # of the machine's capacity
FOREIGN_ALLOWED = 0.25   # of one core


def cpu_seconds(pid):
    """User and system time of a process so far; 0 once it has ended."""
    try:
        with open(f"/proc/{pid}/stat", encoding="ascii", errors="replace") as file:
            fields = file.read().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return (int(fields[11]) + int(fields[12])) / TICK


def memory(pid):
    """Resident octets: all of them, and those that are not pages of files."""
    with open(f"/proc/{pid}/status", encoding="ascii") as file:
        text = file.read()
    return {name: int(re.search(rf"^{key}:\s+(\d+) kB", text, re.M)[1]) * 1024
            for name, key in (("rss", "VmRSS"), ("anonymous", "RssAnon"))}


def _processor_times():
    with open("/proc/stat", encoding="ascii") as file:
        user, nice, system, idle, wait, irq, soft, steal = (int(field) / TICK for field in file.readline().split()[1:9])
    return {"busy": user + nice + system + irq + soft, "steal": steal, "all": user + nice + system + idle + wait + irq + soft + steal}


def _children_seconds():
    times = os.times()
    return times.user + times.system + times.children_user + times.children_system


class Watch:
    """Measures from its making to stop(): CPU of one server process, and what others took from the machine.

    Children of this process that ended meanwhile (wrk, bench_raw_sqlite) are no strangers; nor are `known` processes.
    """

    def __init__(self, pid=None, known=()):
        self.pid, self.known = pid, set(known) | ({pid} if pid else set())
        self.began = time.monotonic()
        self.processors, self.children = _processor_times(), _children_seconds()
        self.cpu = {process: cpu_seconds(process) for process in self.known}

    def stop(self):
        elapsed = max(time.monotonic() - self.began, 1e-3)
        processors = {key: value - self.processors[key] for key, value in _processor_times().items()}
        used = {process: cpu_seconds(process) - before for process, before in self.cpu.items()}
        own = sum(used.values()) + _children_seconds() - self.children
        steal = processors["steal"] / max(processors["all"], 1e-3)
        foreign = max(0.0, processors["busy"] - own) / elapsed
        return {"cpu_s": used.get(self.pid, 0.0), "steal": round(steal, 4), "foreign": round(foreign, 3),
                "noisy": steal > STEAL_ALLOWED or foreign > FOREIGN_ALLOWED}


def describe():
    """The machine, for the record."""
    def first(path, pattern):
        try:
            with open(path, encoding="utf-8", errors="replace") as file:
                found = re.search(pattern, file.read(), re.M)
        except OSError:
            return ""
        return found[1].strip() if found else ""
    return {"processor": first("/proc/cpuinfo", r"^model name\s*:\s*(.*)$"), "cores": os.cpu_count(),
            "memory_kib": int(first("/proc/meminfo", r"^MemTotal:\s*(\d+)") or 0), "kernel": os.uname().release}
