#!/usr/bin/env python3
"""Looks for statements that g++ 12 miscompiles around co_await (docs/architecture.md): an inline capturing lambda, a braced
temporary or a choice of values as an argument, an empty body.   coroutine_traps.py SOURCE_DIRECTORY, or --self-test"""
import pathlib
import re
import sys

LAMBDA = re.compile(r"(?<![\w\])])\[\s*(?:[&=]|this|\w)[^\]\n]*\]\s*(?:\([^()]*\)\s*)?(?:mutable\s*|noexcept\s*|->\s*[\w:<>&\s]+)*\{")
BRACED = re.compile(r"[(,]\s*(?:[A-Za-z_][\w:]*(?:<[^<>;]*>)?)?\s*\{\s*[^\s}]")
CHOICE = re.compile(r"[(,][^(),?]*\?[^(),]*[^:]:(?!:)")
EMPTY_BODY = re.compile(r"\bif\s*\([^;{}]*co_await[^;{}]*&&[^;{}]*co_await[^;{}]*\)\s*(?:\{\s*\}|;)")
SPAWN = re.compile(r"co_spawn\s*\(")


def blank_comments_and_texts(text: str) -> str:
    pattern = re.compile(r'//[^\n]*|/\*.*?\*/|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])\'', re.DOTALL)
    return pattern.sub(lambda m: re.sub(r"[^\n]", " ", m.group()), text)


def statements(text: str):
    """(line, statement): cut at ';', and at braces that stand outside of parentheses."""
    depth, begin = 0, 0
    for i, c in enumerate(text):
        if c in "([":
            depth += 1
        elif c in ")]":
            depth = max(0, depth - 1)
        if (c == ";" and depth == 0) or (c in "{}" and depth == 0):
            statement = text[begin:i + 1]
            lead = len(statement) - len(statement.lstrip())
            yield text.count("\n", 0, begin + lead) + 1, statement
            begin = i + 1


def traps(text: str):
    text = blank_comments_and_texts(text)
    for line, statement in statements(text):
        if "co_await" in statement:
            awaited = statement[statement.index("co_await"):]
            if LAMBDA.search(statement):
                yield line, "capturing lambda written inline beside co_await"
            if BRACED.search(awaited):
                yield line, "braced temporary as an argument beside co_await"
            if CHOICE.search(awaited):
                yield line, "?: as an argument beside co_await: its string may be freed twice"
        elif SPAWN.search(statement) and "use_awaitable" in statement and LAMBDA.search(statement):
            yield line, "capturing lambda written inline in co_spawn with use_awaitable"
    for match in EMPTY_BODY.finditer(text):
        yield text.count("\n", 0, match.start()) + 1, "two co_await in a condition with an empty body"


BAD = [
    "auto x = co_await f([&](int a) { return a; });",
    "co_await f([this] { return 1; }, token);",
    "co_await store.write([job = std::move(job)](Transaction& t) mutable { return job(t); });",
    "auto answer = co_await handle(Request{\"a\", 1});",
    "auto answer = co_await handle({a, 1});",
    "co_await f(1, Agg{.a = x});",
    "co_await f(is_there ? path : \"scls\", x);",
    "auto y = co_await f(x, is_there ? path : other());",
    "if (co_await a() && co_await b()) {}",
    "co_await co_spawn(io, [&]() -> Task<void> { co_return; }, use_awaitable);",
]
GOOD = [
    "const auto look = [&](View& view) { use(view); };\nauto x = co_await f(look);",
    "timer.expires_after(1s);\nco_await timer.async_wait(awaited);",
    "auto [error, count] = co_await socket.async_read_some(buffer(data), awaited);",
    "if (co_await a() && co_await b()) { go(); }",
    "auto v = co_await f(x) ? 1 : std::string(y);",
    "values[i] = co_await f(std::move(local));",
    "store.write([](T&) { return 1; }, context, [this](R) { done(); });\nco_await wait();",
    "// co_await f({a, 1});\nint x;",
    "co_return co_await f(Text(\"a{b}\"));",
]


def self_test() -> int:
    wrong = [f"not found: {code}" for code in BAD if not list(traps(code))]
    wrong += [f"found in good code: {code}" for code in GOOD if list(traps(code))]
    print("\n".join(wrong) or "self test passed")
    return 1 if wrong else 0


def main() -> int:
    if sys.argv[1] == "--self-test":
        return self_test()
    root = pathlib.Path(sys.argv[1])
    files = [p for d in ("src", "include", "resources", "security", "rem", "tests")
             for p in sorted((root / d).rglob("*")) if p.suffix in (".h", ".cpp")]
    found = [f"{p.relative_to(root)}:{line}: {what}" for p in files for line, what in traps(p.read_text())]
    coroutines = sum("co_await" in p.read_text() for p in files)
    print("\n".join(found) or f"{coroutines} files with co_await, no trap")
    return 1 if found or self_test() else 0


if __name__ == "__main__":
    sys.exit(main())
