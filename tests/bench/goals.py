# SPDX-License-Identifier: Apache-2.0
"""The goals: what each compares, and the values it must and should reach (docs/performance.md says what they mean)."""

import dataclasses
import statistics
import typing

MIB = 1 << 20
DEFAULT_CACHE = 64 * MIB

# Peers cannot be installed beside every build: their distance to the baselines was measured once, on this kind of machine.
PEER_CREATE_BY_RAW = {"tinyIoT": 0.019, "OM2M": 0.022}     # creates / rows a second of SQLite, one row per transaction
PEER_GET_BY_HELLO = {"tinyIoT": 0.10, "OM2M": 0.048}       # retrieves / requests a second of Beast
TINYIOT_AT_100K = 24 / 268                                 # of its own rate when nothing is stored


@dataclasses.dataclass
class Measure:
    """A value of one round, made of the loads it names; or, without loads, of what was measured once."""
    value: typing.Callable             # (round or None, facts) -> number
    loads: tuple = ()


@dataclasses.dataclass
class Goal:
    number: str
    text: str
    must: float
    stretch: float
    measure: Measure
    is_at_least: bool = True
    cpu: str | None = None             # the load whose CPU stands beside it
    unit: str = ""
    is_derived: bool = False

    def verdict(self, reached):
        reaches = (lambda bound: reached >= bound) if self.is_at_least else (lambda bound: reached <= bound)
        return "stretch" if reaches(self.stretch) else "must" if reaches(self.must) else "not"


def ratio(above, below, factor=1.0):
    return Measure(lambda r, facts: factor * r[above]["rate"] / r[below]["rate"], (above, below))


def by_hello(name, factor=1.0):
    """Against the mean of the two Beast loads that stand around the GETs of a round."""
    return Measure(lambda r, facts: factor * r[name]["rate"] * 2 / (r["hello"]["rate"] + r["hello_again"]["rate"]),
                   (name, "hello", "hello_again"))


def figure(name, field, factor=1.0):
    return Measure(lambda r, facts: factor * r[name][field], (name,))


def fact(name, factor=1.0):
    return Measure(lambda r, facts: factor * facts[name])


def octets_per_instance():
    """Growth of the second half of the filling, when the page cache is full."""
    def grown(_, facts):
        counts, anonymous = facts["stored"], facts["stored_anonymous"]
        return max(0.0, (anonymous[2] - anonymous[1]) / max(1, counts[2] - counts[1]))
    return Measure(grown)


def octets_beyond_cache():
    def beyond(_, facts):
        return max(0.0, (facts["stored_anonymous"][2] - facts["anonymous_at_start"] - DEFAULT_CACHE) / facts["stored"][2])
    return Measure(beyond)


def all_goals(instances):
    stored = f"{instances:,}"
    return [
        Goal("1", "create / SQLite rows, batches of 32", 0.45, 0.65, ratio("create", "raw_32"), cpu="create"),
        Goal("2", "create / SQLite rows, one per transaction", 2, 3, ratio("create", "raw_1"), cpu="create"),
        Goal("3", "create / Beast hello", 0.40, 0.60, by_hello("create"), cpu="create"),
        Goal("4", "create / tinyIoT, nothing stored", 75, 120, ratio("create", "raw_1", factor=1 / PEER_CREATE_BY_RAW["tinyIoT"]),
             is_derived=True),
        Goal("4", "create / OM2M, nothing stored", 60, 100, ratio("create", "raw_1", factor=1 / PEER_CREATE_BY_RAW["OM2M"]),
             is_derived=True),
        Goal("4", f"create with {stored} stored / tinyIoT with 100,000", 800, 1500,
             ratio("stored_create", "raw_1", factor=1 / PEER_CREATE_BY_RAW["tinyIoT"] / TINYIOT_AT_100K), is_derived=True),
        Goal("5", "GET latest / Beast hello", 1.0, 1.5, by_hello("latest"), cpu="latest"),
        Goal("5", "GET hot instance / Beast hello", 1.0, 1.5, by_hello("hot"), cpu="hot"),
        Goal("6", f"GET random one of {stored} / Beast hello", 0.6, 0.9, by_hello("stored_by_id"), cpu="stored_by_id"),
        Goal("7", "GET latest / tinyIoT", 10, 15, by_hello("latest", 1 / PEER_GET_BY_HELLO["tinyIoT"]), is_derived=True),
        Goal("7", "GET hot instance / OM2M", 25, 40, by_hello("hot", 1 / PEER_GET_BY_HELLO["OM2M"]), is_derived=True),
        Goal("8", f"create with {stored} stored / with 10", 0.80, 0.90, ratio("stored_create", "create"), cpu="stored_create"),
        Goal("8", f"GET by id with {stored} stored / with 10", 0.80, 0.90, ratio("stored_by_id", "by_id"), cpu="stored_by_id"),
        Goal("8", f"GET latest with {stored} stored / with 10", 0.80, 0.90, ratio("stored_latest", "latest"), cpu="stored_latest"),
        Goal("9", "p99 of create", 10, 5, figure("create", "p99_us", 1e-3), False, "create", "ms"),
        Goal("9", "p50 of create", 1.5, 1.5, figure("create", "p50_us", 1e-3), False, "create", "ms"),
        Goal("9", "p50 of create on one connection / fdatasync", 3, 2,
             Measure(lambda r, facts: r["create_alone"]["p50_us"] / r["sync"]["p50_us"], ("create_alone", "sync")), False, "create_alone"),
        Goal("9", "p99 of GET latest", 1.5, 0.5, figure("latest", "p99_us", 1e-3), False, "latest", "ms"),
        Goal("10", "resident at start", 20, 12, fact("rss_at_start", 1 / MIB), False, unit="MiB"),
        Goal("10", "growth for each instance once the cache is full", 64, 24, octets_per_instance(), False, unit="B"),
        Goal("10", "for each instance, beyond start and cache", 64, 24, octets_beyond_cache(), False, unit="B"),
        Goal("10", f"RssAnon with {stored} stored", 160, 110, Measure(lambda r, facts: facts["stored_anonymous"][2] / MIB), False,
             unit="MiB"),
        Goal("10", "same after all rounds, all caches full", 160, 110, fact("anonymous_at_end", 1 / MIB), False, unit="MiB"),
        Goal("10", "for each container with its latest instance", 2048, 2048, fact("octets_per_container"), False, unit="B"),
        Goal("11", "acknowledged creates lost by SIGKILL", 0, 0, fact("lost"), False),
        Goal("11", f"restart with {stored} stored", 2, 2, fact("restart_s"), False, unit="s"),
        Goal("12", "fdatasync calls for each create", 1 / 8, 1 / 16, figure("create", "syncs_per_request"), False, "create"),
        Goal("14", "server CPU of a hot GET", 14, 9, figure("latest", "cpu_us"), False, "latest", "us"),
        Goal("14", "server CPU of a create", 32, 22, figure("create", "cpu_us"), False, "create", "us"),
    ]


def choose(records, loads):
    """The rounds in which nobody disturbed these loads; all of them where such are rare."""
    clean = [record for record in records if not any(record[load]["noisy"] for load in loads)]
    return (clean, False) if 2 * len(clean) >= len(records) else (records, True)


def evaluate(goals, records, facts):
    """Rows of the table."""
    rows = []
    for goal in goals:
        used, is_disturbed = choose(records, goal.measure.loads)
        values = [goal.measure.value(record, facts) for record in used] if goal.measure.loads else [goal.measure.value(None, facts)]
        reached = statistics.median(values)
        cpu = statistics.median(record[goal.cpu]["cpu_us"] for record in used) if goal.cpu else None
        rows.append({"goal": goal.number, "what": goal.text, "unit": goal.unit, "reached": reached, "low": min(values),
                     "high": max(values), "must": goal.must, "stretch": goal.stretch, "at_least": goal.is_at_least,
                     "verdict": goal.verdict(reached), "cpu_us": cpu, "derived": goal.is_derived, "disturbed": is_disturbed})
    return rows
