#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""docs/hostile.md has each threat row, and each test that the documents name exists and is run: functions of system tests, tests of
GoogleTest, scripts, files. threat_rows.py SOURCE_DIRECTORY"""
import collections
import fnmatch
import pathlib
import re
import sys

ROWS = {"T": 20, "H": 25, "U": 7, "X": 10, "J": 6, "A": 18, "S": 10, "B": 10, "D": 10, "L": 5, "F": 4}
NOT_HERE = {"F1", "F2"}   # firmware comes with remote management
GTEST = re.compile(r"^\s*(?:TYPED_)?TEST(?:_[FP])?\(\s*(\w+),\s*(\w+)\s*\)", re.MULTILINE)
ROW = re.compile(r"([A-Z])(\d+)(?: to [A-Z](\d+))?")


def functions_used(text):
    """Functions that a script calls or hands on, not only defines."""
    count = collections.Counter(re.findall(r"\w+", text))
    return {name for name in re.findall(r"^def (\w+)\(", text, re.MULTILINE) if count[name] > 1}


class Tests:
    """What there is, by name."""

    def __init__(self, root: pathlib.Path):
        system = root / "tests/system"
        self.scripts = {path.name: path.read_text() for path in system.glob("*.py")}
        self.functions = {name: functions_used(text) for name, text in self.scripts.items()}
        self.sources = {path.name: path.read_text() for path in (root / "tests").rglob("*.cpp")}
        found = [name for text in self.sources.values() for name in GTEST.findall(text)]
        self.suites, self.units = {suite for suite, _ in found}, {name for _, name in found}
        cmake = (system / "CMakeLists.txt").read_text()
        self.registered = set(re.findall(r"nscl_system_test\((\w+)", cmake))
        for names, prefix in re.findall(r"foreach\(name ([\w ]+)\)[^\n]*\n\s*nscl_system_test\((\w*)\$\{name\}", cmake):
            self.registered |= {prefix + name for name in names.split()}
        self.modules = {re.match(r"\w+", text)[0] for path in (root / "tests/unit").rglob("CMakeLists.txt")
                        for text in path.read_text().split("nscl_unit_test(")[1:]}

    def has(self, name, scripts):
        """`name` as a document writes it; a function has to be in one of `scripts`, or in any if there are none."""
        if name.endswith(".py"):
            return name in self.scripts and name.removesuffix(".py") in self.registered
        if name.endswith((".cpp", ".h")):
            return name in self.sources
        if name.startswith("system."):
            return name.removeprefix("system.") in self.registered
        if name.startswith("unit."):
            return name.removeprefix("unit.") in self.modules
        if name.endswith(".*"):
            return name.removesuffix(".*") in self.suites
        where = [script for script in scripts if script in self.scripts] or self.scripts
        return any(name in self.functions[script] for script in where) or bool(fnmatch.filter(self.units, name))


def quoted(text):
    return re.findall(r"`([^`]+)`", text)


def rows_in(cell):
    for letter, first, last in ROW.findall(cell):
        for number in range(int(first), int(last or first) + 1):
            yield f"{letter}{number}"


def problems_in_rows(text, tests: Tests):
    listed, scripts_of_section = set(NOT_HERE), []
    for line in text.splitlines():
        if line.startswith("## "):
            scripts_of_section = []
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if not line.startswith("| ") or len(cells) < 3 or cells[0] == "row":
            scripts_of_section += [name for name in quoted(line) if name.endswith(".py")]
            continue
        listed |= set(rows_in(cells[0]))
        scripts = [name for name in quoted(cells[1]) if name.endswith(".py")]
        names = quoted(cells[1])
        if not names:
            yield f"docs/hostile.md: {cells[0]}: no test"
        for name in names:
            if not tests.has(name, scripts + scripts_of_section):
                yield f"docs/hostile.md: {cells[0]}: there is no test {name}"
    for letter, count in ROWS.items():
        for number in range(1, count + 1):
            if f"{letter}{number}" not in listed:
                yield f"docs/hostile.md: no row {letter}{number}"


def problems_in_documents(root, tests: Tests):
    """`test \\`Name\\`` anywhere, and the scripts that the table of docs/testing.md names."""
    for path in [root / "README.md", *sorted((root / "docs").rglob("*.md"))]:
        text = path.read_text()
        names = re.findall(r"\btests? `([^`/ ]+)`", text)
        if path.name == "testing.md":
            names += re.findall(r"`(system\.\w+|\w+\.py)`", text)
        for name in names:
            if not (tests.has(name, []) or name in tests.scripts or (root / name).exists()):
                yield f"{path.relative_to(root)}: there is no test {name}"


def main() -> int:
    root = pathlib.Path(sys.argv[1])
    tests = Tests(root)
    problems = [*problems_in_rows((root / "docs/hostile.md").read_text(), tests), *problems_in_documents(root, tests)]
    print("\n".join(problems) or f"each threat row has its tests, among {len(tests.units)} and {len(tests.registered)} scripts")
    return 1 if problems or len(tests.units) < 100 else 0


if __name__ == "__main__":
    sys.exit(main())
