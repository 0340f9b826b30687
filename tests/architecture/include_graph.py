#!/usr/bin/env python3
"""Each layer includes only what lies below it.   include_graph.py SOURCE_DIRECTORY"""
import pathlib
import re
import sys

# layer -> the layers it may include beside itself
BELOW = {
    "base": [],
    "model": ["base"],
    "codec": ["base", "model"],
    "store": ["base", "model", "codec"],
    "net": ["base"],
    "security": ["base", "model", "codec", "store", "net"],  # net: what it asks of keys alone
}
BELOW["core"] = BELOW["security"] + ["security"]  # net: the coroutine type of net/async.h alone
BELOW["resources"] = BELOW["core"] + ["core"]
BELOW["delivery"] = BELOW["core"] + ["core"]
BELOW["rem"] = BELOW["core"] + ["core"]
BELOW["http"] = BELOW["delivery"] + ["delivery", "rem"]
BELOW["app"] = BELOW["http"] + ["http", "resources"]
ONLY_HEADER = {("security", "net"): {"net/psk_lookup.h"}, ("core", "net"): {"net/async.h"}, ("resources", "net"): set(), ("delivery", "net"): {"net/async.h", "net/awaiting.h"}}

# library headers that only these layers may include: the compile-time walls of the project
LIBRARY_WALLS = {
    r"boost/beast": {"net"},
    r"spdlog/": {"base"},
    r"zlib\.h": {"base"},
    r"sqlite3\.h": {"store"},
    r"pugixml": {"codec", "rem"},
    r"wbxml": {"rem"},
    r"toml\+\+": {"app"},
    r"CLI/": {"app"},
    r"openssl/": {"base", "security", "net"},
}
INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]', re.MULTILINE)


def layer_of(path: pathlib.Path) -> str | None:
    parts = path.parts
    if parts[0] in ("resources", "security", "rem"):
        return parts[0]
    if parts[0] == "src":
        return parts[1]
    return parts[2]  # include/nscl/<layer>


def problems_in(root: pathlib.Path, path: pathlib.Path):
    layer = layer_of(path)
    if layer not in BELOW:
        yield f"{path}: {layer} is no known layer"
        return
    for quote, name in INCLUDE.findall((root / path).read_text()):
        for wall, layers in LIBRARY_WALLS.items():
            if re.match(wall, name) and layer not in layers:
                yield f"{path}: includes {name}, which only {', '.join(sorted(layers))} may"
        if quote == '"' and ".." in name:
            yield f"{path}: includes {name}: no way up into another folder"
        if not name.startswith("nscl/"):
            continue
        other = name.split("/")[1]
        if other != layer and other not in BELOW[layer]:
            yield f"{path}: {layer} may not include {name}"
        allowed = ONLY_HEADER.get((layer, other))
        if allowed is not None and name.removeprefix("nscl/") not in allowed:
            yield f"{path}: of {other}, {layer} may include {', '.join(sorted(allowed)) or 'nothing'} only"


def main() -> int:
    root = pathlib.Path(sys.argv[1])
    files = [p.relative_to(root) for d in ("src", "include/nscl", "resources", "security", "rem")
             for p in sorted((root / d).rglob("*")) if p.suffix in (".h", ".cpp")]
    if len(files) < 50:
        print(f"only {len(files)} files found in {root}")
        return 1
    problems = [problem for path in files for problem in problems_in(root, path)]
    print("\n".join(problems) or f"{len(files)} files, no include upwards")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
