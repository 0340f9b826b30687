#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""No two headers define a type of one name in one namespace: the linker would not tell, and take the functions of one for the other.
one_definition.py SOURCE_DIRECTORY"""
import collections
import pathlib
import re
import sys

FOLDERS = ("include", "src", "security", "resources", "rem", "tests")
NAMESPACE = re.compile(r"^namespace\s+([\w:]*)\s*\{")
END = re.compile(r"^\}\s*// namespace")
TYPE = re.compile(r"^(?:template\s*<[^>]*>\s*)?(?:struct|class|enum class)\s+(?:\[\[\w+\]\]\s*)?(\w+)\b(?!::)[^;]*$")


def definitions(text: str):
    """(namespace, name) of the types at namespace level. The house writes these at the beginning of a line."""
    namespaces = []
    for line in text.splitlines():
        if found := NAMESPACE.match(line):
            if not line.rstrip().endswith("}"):
                namespaces.append(found.group(1) or "?")
        elif END.match(line):
            if namespaces:
                namespaces.pop()
        elif (found := TYPE.match(line)) and "?" not in namespaces and not line.rstrip().endswith(("(", ",")):
            yield "::".join(namespaces), found.group(1)


def problems(files):
    places = collections.defaultdict(set)
    for name, text in files:
        for definition in definitions(text):
            places[definition].add(name)
    for (namespace, name), found in sorted(places.items()):
        if len(found) > 1:
            yield f"{namespace}::{name} is defined in {', '.join(sorted(found))}"


def self_test():
    one = "namespace a::b {\nstruct Wanted {\n  int x;\n};\nstruct Other;\n}  // namespace a::b\n"
    other = "namespace a::b {\nnamespace {\nclass Hidden {\n};\n}  // namespace\nclass Wanted final : public X {\n};\n}  // namespace a::b\n"
    assert list(problems([("1", one), ("2", other)])) == ["a::b::Wanted is defined in 1, 2"]
    assert not list(problems([("1", one), ("2", other.replace("a::b", "c"))]))
    assert not list(problems([("1", one), ("2", "namespace a::b {\nstruct Other {\n};\n}  // namespace a::b\n")]))


def main():
    self_test()
    root = pathlib.Path(sys.argv[1])
    headers = [path for folder in FOLDERS for path in sorted((root / folder).rglob("*.h"))]
    found = list(problems((str(path.relative_to(root)), path.read_text()) for path in headers))
    print("\n".join(found) or f"{len(headers)} headers, each type once")
    sys.exit(1 if found else 0)


if __name__ == "__main__":
    main()
