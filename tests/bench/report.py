# SPDX-License-Identifier: Apache-2.0
"""The table, and the record of a run in JSON."""

import json
import statistics

import machine

LOADS = {"hello": "Beast hello", "hello_again": "Beast hello again", "raw_32": "SQLite, batches of 32", "raw_1": "SQLite, one row",
         "create": "create", "stored_create": "create, many stored", "create_alone": "create, one connection", "latest": "GET latest",
         "stored_latest": "GET latest, many stored", "hot": "GET hot instance", "by_id": "GET by id",
         "stored_by_id": "GET by id, many stored"}


def number(value):
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.3g}"


def _cells(row):
    sign = ">=" if row["at_least"] else "<="
    unit = " " + row["unit"] if row["unit"] else ""
    spread = "" if row["low"] == row["high"] else f" ({number(row['low'])}-{number(row['high'])})"
    what = row["what"] + (" (derived)" if row["derived"] else "")
    spread += " ~" if row["disturbed"] else ""
    return [row["goal"], what, number(row["reached"]) + unit + spread, f"{sign} {number(row['must'])}", f"{sign} {number(row['stretch'])}",
            row["verdict"], "" if row["cpu_us"] is None else number(row["cpu_us"])]


def _print_table(titles, rows):
    widths = [max(len(row[column]) for row in [titles] + rows) for column in range(len(titles))]
    for row in [titles, ["-" * width for width in widths]] + rows:
        print("| " + " | ".join(cell.ljust(width) for cell, width in zip(row, widths)) + " |")


def _load_cells(name, records):
    figures = [record[name] for record in records]
    middle = lambda field: statistics.median(f[field] for f in figures)   # noqa: E731
    rates = [f["rate"] for f in figures]
    latency = [number(middle(field) / 1e3) if field in figures[0] else "" for field in ("p50_us", "p99_us")]
    return [LOADS[name], f"{middle('rate'):,.0f} ({min(rates):,.0f}-{max(rates):,.0f})", *latency, number(middle("cpu_us")),
            f"{100 * middle('steal'):.1f} %", number(middle("foreign"))]


def print_report(rows, bench):
    _print_table(["goal", "what", "reached (min-max)", "must", "stretch", "verdict", "CPU us"], rows=[_cells(row) for row in rows])
    print("\nCPU us: user and system time of the server for each request of that row. (derived): from the recorded distance of the")
    print("peer to the same baseline; the peer itself was not run.\n")
    _print_table(["load (not a goal: rates say little about another machine)", "a second", "p50 ms", "p99 ms", "CPU us", "steal", "foreign cores"],
                 [_load_cells(name, bench.records) for name in LOADS])
    sync = statistics.median(record["sync"]["p50_us"] for record in bench.records)
    print(f"\nfdatasync of 4 KiB: p50 {sync:,.0f} us. {bench.facts['acknowledged']:,} creates acknowledged before a SIGKILL, "
          f"{bench.facts['lost']} lost. {bench.facts['store_octets'] / bench.facts['stored'][2]:,.0f} B of disk for each instance.")
    noisy = sum(figures["noisy"] for record in bench.records for figures in record.values())
    if noisy:
        print(f"WARNING: others disturbed {noisy} of {sum(map(len, bench.records))} loads (steal > {machine.STEAL_ALLOWED:.0%} or foreign CPU > "
              f"{machine.FOREIGN_ALLOWED:.0%} of a core). They are left out, but for the rows with ~, where most were.")


def write_json(path, rows, bench):
    record = {"machine": machine.describe(), "scale": bench.scale, "seconds": bench.seconds, "instances": bench.instances,
              "goals": rows, "facts": bench.facts, "rounds": bench.records}
    with open(path, "w", encoding="utf-8") as file:
        json.dump(record, file, indent=1)
        file.write("\n")
