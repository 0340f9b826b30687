#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""docs/acceptance-tr069.md has each row of the acceptance list, and each test that it names exists, is run, and names the row. acceptance_rows.py SOURCE_DIRECTORY"""
import pathlib
import re
import sys

from threat_rows import Tests, quoted

ROWS = [*range(1, 40), *range(57, 66)]
# Tests that are being written, and the rows that they are to name. What is there has to be taken out.
COMING = {("system.cwmp_oddities", row) for row in (6, 7, 8, 37, 38)} | {("system.gateway_devices", 59), ("system.external_acs", 62), ("system.acs_load", 65),
                                                                        ("unit.nrem", 13)}
LISTS = re.compile(r"(?<!\d\.\d )\b[Rr]ows? (\d+(?!\d|\.\d)(?:(?:, | and | to )(?:R?\d+(?!\d|\.\d)))*)")   # "4.9 row 5" is of another list


def rows_named_in(text):
    out = {int(number) for number in re.findall(r"R(\d+)(?!\d|\.\d)", text)}
    for list_ in LISTS.findall(text):
        for first, last in re.findall(r"(\d+)(?: to (\d+))?", list_):
            out |= set(range(int(first), int(last or first) + 1))
    return out


def text_of(root, test):
    kind, name = test.split(".")
    paths = [root / f"tests/system/{name}.py"] if kind == "system" else sorted((root / "tests/unit" / name).glob("*.cpp"))
    return "\n".join(path.read_text() for path in paths if path.exists())


def problems(root):
    tests, listed = Tests(root), set()
    for line in (root / "docs/acceptance-tr069.md").read_text().splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if len(cells) != 3 or not cells[0].isdigit():
            continue
        row, names = int(cells[0]), quoted(cells[2])
        listed.add(row)
        if not names:
            yield f"row {row}: no test"
        for name in names:
            is_there = tests.has(name, []) and row in rows_named_in(text_of(root, name))
            if is_there and (name, row) in COMING:
                yield f"row {row}: {name} is there: take it out of COMING"
            if not is_there and (name, row) not in COMING:
                yield f"row {row}: {name} is not there, is not run, or does not name R{row}"
    yield from (f"no row {row}" for row in ROWS if row not in listed)


def main() -> int:
    found = list(problems(pathlib.Path(sys.argv[1])))
    print("\n".join(found) or f"each of {len(ROWS)} rows has its tests, of which {len(COMING)} are to come")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
