#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Each row of the list of oddities of CPEs (4.9, 1 to 40) is named by a test of device management: "O12" in its name, or "4.9 row 12" or "oddity 12" in a comment.
oddity_rows.py SOURCE_DIRECTORY"""
import pathlib
import re
import sys

ROWS = set(range(1, 41))
NAME = re.compile(r"\bO(\d{1,2})(?:And(\d{1,2}))?(?=[a-zA-Z,:\s]|$)")
COMMENT = re.compile(r"(?:4\.9,? rows?|[Oo]ddit(?:y|ies)) ((?:\d+(?!\.?\d)(?:, | and )?)+)")


def rows_named(text):
    found = {int(number) for match in NAME.findall(text) for number in match if number}
    return found | {int(number) for match in COMMENT.findall(text) for number in re.findall(r"\d+", match)}


def main(root):
    tests = [*(path for module in ("rem", "nrem", "wake", "files") for path in (root / "tests/unit" / module).glob("*.cpp")), *(root / "tests/system").glob("*.py")]
    missing = sorted(ROWS - {row for path in tests for row in rows_named(path.read_text())})
    if missing:
        print("no test names these oddities: " + ", ".join(f"O{row}" for row in missing))
        return 1
    print(f"each of {len(ROWS)} oddities has a test")
    return 0


if __name__ == "__main__":
    assert rows_named("TEST(A, O10And25Prefixes) // 4.9 rows 1, 2, oddities 7 and 8, 4.9 row 40") == {10, 25, 1, 2, 7, 8, 40}
    sys.exit(main(pathlib.Path(sys.argv[1])))
