#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Plays conformance scripts: run.py [--format xml|json] PATH_OF_NSCL [script.m2m ...]. No script named: all, in both forms."""

import pathlib
import sys

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent / "system")]

import nscl_test  # noqa: E402
import script  # noqa: E402


def settings(lines):
    found = {}
    for line in lines:
        if line.text.startswith("setting "):
            name, _, value = line.text[8:].partition("=")
            found[name.strip()] = value.strip()
    return found


def play(path, form):
    lines = script.parse(path.read_text("utf-8"))
    with nscl_test.Daemon(env=settings(lines)) as daemon:
        run = script.Run(daemon, form, path)
        try:
            run.play(lines)
        except (OSError, nscl_test.BadAnswer) as error:
            run.failures.append(f"{path.name}: {type(error).__name__}: {error}")
        if not daemon.alive():
            run.failures.append(f"{path.name}: the daemon ended: {daemon.log()[-500:]}")
    note = f", {run.unvalidated} not checked by a schema" if run.unvalidated else ""
    print(f"{'ok  ' if not run.failures else 'FAIL'} {form:4} {path.name} ({run.checked} representations{note})", flush=True)
    for failure in run.failures:
        print("     " + failure)
    return not run.failures


def main():
    arguments = sys.argv[1:]
    forms = ["xml", "json"]
    if "--format" in arguments:
        at = arguments.index("--format")
        forms = [arguments[at + 1]]
        del arguments[at:at + 2]
    paths = [pathlib.Path(item) for item in arguments if item.endswith(".m2m")] or sorted(HERE.glob("*.m2m"))
    results = [play(path, form) for path in paths for form in forms]
    print(f"{sum(results)} of {len(results)} passed")
    return 0 if all(results) else 1


if __name__ == "__main__":
    sys.exit(main())
