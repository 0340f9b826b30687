#!/usr/bin/env python3
"""Rules of the source tree: length and heading of files, no path of somebody's machine, no unfinished business.
tree_rules.py SOURCE_DIRECTORY"""
import pathlib
import re
import sys

LONGEST_FILE = 400
LICENSE_LINE = "// SPDX-License-Identifier: Apache-2.0"
SOURCE = {".h", ".cpp"}
TEXT = SOURCE | {".def", ".md", ".txt", ".cmake", ".toml", ".service", ".json", ".py", ".sh", ".m2m", ""}
SKIPPED = {".git", "build", "data", "__pycache__"}
MACHINE_PATH = re.compile(r"(?<![\w.$}/-])/(?:home|root|work|Users)/\w")
UNFINISHED = re.compile(r"\b(?:TODO|FIXME|XXX|HACK)\b|\bfor now\b|\bnot implemented yet\b")


def files_of(root: pathlib.Path):
    for path in sorted(root.rglob("*")):
        if path.is_file() and not SKIPPED & set(path.relative_to(root).parts) and path.suffix in TEXT:
            yield path


def problems_in(root: pathlib.Path, path: pathlib.Path):
    name = path.relative_to(root)
    text = path.read_text(errors="replace")
    if path.suffix in SOURCE:
        lines = text.count("\n")
        if lines > LONGEST_FILE:
            yield f"{name}: {lines} lines, more than {LONGEST_FILE}"
        if not text.startswith(LICENSE_LINE):
            yield f"{name}: does not begin with the licence line"
        if path.suffix == ".h" and "#pragma once" not in text:
            yield f"{name}: no #pragma once"
    if path.name == "tree_rules.py":
        return
    for number, line in enumerate(text.splitlines(), 1):
        if MACHINE_PATH.search(line):
            yield f"{name}:{number}: path of a machine: {line.strip()}"
        if path.suffix in SOURCE and UNFINISHED.search(line):
            yield f"{name}:{number}: unfinished: {line.strip()}"


def readmes_missing(root: pathlib.Path):
    for folder in [*sorted((root / "src").iterdir()), root / "resources", root / "security", root / "rem"]:
        if folder.is_dir() and not (folder / "README.md").is_file():
            yield f"{folder.relative_to(root)}: no README.md"


def main() -> int:
    root = pathlib.Path(sys.argv[1])
    files = list(files_of(root))
    problems = [problem for path in files for problem in problems_in(root, path)] + list(readmes_missing(root))
    print("\n".join(problems) or f"{len(files)} files keep the rules")
    return 1 if problems or len(files) < 100 else 0


if __name__ == "__main__":
    sys.exit(main())
