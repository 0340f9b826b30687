#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""docs/acceptance-tr069.md and -omadm.md have each row of the acceptance list, and each test that it names exists, is run, and names the row. acceptance_rows.py SOURCE_DIRECTORY"""
import pathlib
import re
import sys

from threat_rows import Tests, quoted

LISTS_OF_ROWS = {"tr069": [*range(1, 40), *range(57, 66)], "omadm": [*range(40, 57), 61]}
LISTS = re.compile(r"(?<!\d\.\d )\b[Rr]ows? ?(\d+(?!\d|\.\d)(?:(?:, | and | to )(?:R?\d+(?!\d|\.\d)))*)")   # "4.9 row 5" is of another list


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


def problems(root, protocol, rows):
    tests, listed = Tests(root), set()
    for line in (root / f"docs/acceptance-{protocol}.md").read_text().splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if len(cells) != 3 or not cells[0].isdigit():
            continue
        row, names = int(cells[0]), quoted(cells[2])
        listed.add(row)
        if not names:
            yield f"row {row}: no test"
        for name in names:
            if not tests.has(name, []) or row not in rows_named_in(text_of(root, name)):
                yield f"row {row}: {name} is not there, is not run, or does not name R{row}"
    yield from (f"no row {row}" for row in rows if row not in listed)


def main() -> int:
    root = pathlib.Path(sys.argv[1])
    found = [problem for protocol, rows in LISTS_OF_ROWS.items() for problem in problems(root, protocol, rows)]
    print("\n".join(found) or f"each of {sum(map(len, LISTS_OF_ROWS.values()))} rows has its tests")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
