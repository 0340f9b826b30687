# SPDX-License-Identifier: Apache-2.0
"""The script language of *.m2m: reading it, and doing what it says against a running daemon. README.md describes it."""

import base64
import calendar
import re
import time
import urllib.parse

import nscl_test
import tree

MEDIA = {"xml": "application/xml", "json": "application/json"}
VERBS = {"CREATE": "POST", "RETRIEVE": "GET", "UPDATE": "PUT", "DELETE": "DELETE", "EXECUTE": "POST"}
PASSWORD = "conformance"


class ScriptError(Exception):
    """The script itself is wrong."""


class Line:
    def __init__(self, number, text):
        self.number, self.text, self.below = number, text, []


def parse(text):
    """Lines with what is indented below each."""
    top = Line(0, "")
    levels = [(-1, top)]
    for number, raw in enumerate(text.splitlines(), 1):
        if not raw.strip() or raw.strip().startswith("#"):
            continue
        depth = len(raw) - len(raw.lstrip(" "))
        while levels[-1][0] >= depth:
            levels.pop()
        line = Line(number, raw.strip())
        levels[-1][1].below.append(line)
        levels.append((depth, line))
    return top.below


class Run:
    """One script over one format."""

    def __init__(self, daemon, form, path):
        self.daemon, self.form, self.path = daemon, form, path
        self.values, self.credentials = {}, {}
        self.failures, self.checked, self.unvalidated = [], 0, 0
        self.dialect, self.headers, self.answer, self.node = "standard", {}, None, None
        self.broken = False
        self.client = daemon.client()
        self.credentials["admin"] = nscl_test.basic("admin", daemon.admin_password())
        self.client.authorization = self.credentials["admin"]
        self.values["host"] = daemon.host

    # -- statements

    def play(self, lines):
        for line in lines:
            word, _, rest = line.text.partition(" ")
            if word in VERBS or word in ("HEAD", "OPTIONS", "PATCH"):
                self.send(line, word, self.fill(line, rest.strip()))
                continue
            statement = getattr(self, "do_" + word, None)
            if statement is None:
                raise ScriptError(f"{self.path}:{line.number}: unknown statement '{word}'")
            statement(line, rest if word == "repeat" else self.fill(line, rest.strip()))

    def do_setting(self, line, rest):
        pass  # taken before the daemon starts

    def do_principal(self, line, rest):
        words = rest.split()
        name, options = words[0], words[1:]
        if options[:1] == ["scl"]:
            self.daemon.principal(name, PASSWORD, scl=options[1])
        elif options[:1] == ["entity"]:
            self.daemon.principal(name, PASSWORD, entity=options[1])
        else:
            self.daemon.principal(name, PASSWORD, operator=options[:1] == ["operator"])
        self.credentials[name] = nscl_test.basic(name, PASSWORD)

    def do_as(self, line, rest):
        if rest == "nobody":
            self.client.authorization = None
            return
        if rest not in self.credentials:
            raise ScriptError(f"{self.path}:{line.number}: no principal '{rest}'")
        self.client.authorization = self.credentials[rest]

    def do_dialect(self, line, rest):
        self.dialect = rest

    def do_with(self, line, rest):
        name, _, value = rest.partition("=")
        self.headers[name.strip()] = value.strip()

    def do_wait(self, line, rest):
        match = re.fullmatch(r"at most (\S+) until (\w+) (\S+) (STATUS_\w+)", rest)
        if not match:
            time.sleep(seconds(rest))
            return
        deadline = time.monotonic() + seconds(match[1])
        while True:
            self.send(Line(line.number, line.text), match[2], match[3])
            if self.answer.status == http_code(match[4], self.answer) or time.monotonic() > deadline:
                break
            time.sleep(0.2)
        self.do_expect(line, match[4])

    def do_repeat(self, line, rest):
        match = re.fullmatch(r"(\d+) times as (\w+)", rest.strip())
        for number in range(1, int(match[1]) + 1):
            self.values[match[2]] = str(number)
            self.play(line.below)

    def do_remember(self, line, rest):
        name, _, source = rest.partition("=")
        source = source.strip()
        kind, _, what = source.partition(" ")
        if kind == "attribute":
            found = self.node.find(what) if self.node else []
            value = found[0].text if found else None
        elif kind == "header":
            value = self.answer.field(what)
        elif kind == "created":
            value = self.relative(self.answer.field("Location") or "")
        else:
            value = source
        if value is None:
            self.fail(line, f"nothing to remember: {source}")
        self.values[name.strip()] = value or ""

    # -- requests

    def send(self, line, word, target):
        body, content_type = None, None
        if line.below and line.below[0].text.split()[0] == "raw":
            content_type, body = self.raw_body(line.below[0])
        elif line.below:
            node = self.tree_of(line.below[0])
            body = tree.to_xml(node) if self.form == "xml" else tree.to_json(node)
            content_type = MEDIA[self.form]
        if word == "EXECUTE":
            body, content_type = b"", None
        media = MEDIA[self.form] + (", */*;q=0.5" if target.endswith("/content") else "")
        headers = {"Accept": media, **self.headers}
        self.headers = {}
        if content_type is None and body is not None:
            headers.setdefault("Content-Type", None)
        self.broken = False
        self.answer = self.client.request(VERBS.get(word, word), self.uri(target), body, headers, content_type)
        self.node = None
        self.inspect(line, word)

    def raw_body(self, line):
        match = re.fullmatch(r"raw (\S+)(?: (.*))?", self.fill(line, line.text), re.S)
        content_type, text = match[1], match[2] or ""
        if text.startswith("base64 "):
            return content_type, base64.b64decode(text[7:])
        return (None if content_type == "-" else content_type), text.encode()

    def tree_of(self, line):
        text = self.fill(line, line.text)
        name, equals, value = text.partition(" =")
        node = tree.Node(name.strip(), value.strip() if equals else None)
        for below in line.below:
            if below.text.startswith("@"):
                key, _, value = self.fill(below, below.text[1:]).partition("=")
                node.attributes[key.strip()] = value.strip()
            else:
                node.children.append(self.tree_of(below))
        return node

    def uri(self, target):
        if target.startswith(("/", "http:")):
            return target
        path, _, query = target.partition("?")
        base = "/om2m/nscl" if self.dialect == "om2m" else "/m2m"
        path = base if path == "sclBase" else base + "/" + path
        if query:
            query = "?" + "&".join(self.parameter(pair) for pair in query.split("&"))
        return path + query

    @staticmethod
    def parameter(pair):
        key, _, value = pair.partition("=")
        return key + "=" + urllib.parse.quote(value, safe="/:.*-_~")

    def relative(self, uri):
        uri = re.sub(r"^http://[^/]+", "", uri)
        for base in ("/m2m/", "/om2m/nscl/", "nscl/"):
            if uri.startswith(base):
                return uri[len(base):]
        return uri

    # -- what holds for every answer

    def inspect(self, line, word):
        answer = self.answer
        if answer.status == 500:
            self.fail(line, "500: " + answer.text[:200])
        if answer.body and word != "HEAD":
            self.read_body(line)
        if answer.status == 201 and not answer.field("Location"):
            self.fail(line, "201 without Location")
        if answer.status // 100 in (4, 5) and answer.status != 412 and (self.node is None or self.node.name != "errorInfo"):
            self.fail(line, f"{answer.status} without errorInfo in the form asked for: {answer.text[:100]!r}")
        self.inspect_tag(line)

    def read_body(self, line):
        media = (self.answer.field("Content-Type") or "").split(";")[0]
        reader = {"application/xml": tree.from_xml, "application/json": tree.from_json}.get(media)
        if reader is None or (self.answer.status == 200 and re.search(r"/content(/|$|\?)", line.text)):
            return
        try:
            self.node = reader(self.answer.body)
        except tree.Malformed as error:
            self.fail(line, str(error))
            return
        self.checked += 1
        for problem in tree.problems(self.node):
            self.fail(line, problem)
        if media == "application/xml" and nscl_test.have_schemas() and nscl_test.schema_for(self.node.name):
            # Values of version 1 are kept as they came, though the schema of version 2 does not know them.
            body = self.answer.body.replace(b">OMA DM<", b">OMA_DM<")
            complaint = nscl_test.validate(body, self.dialect == "om2m")
            if complaint:
                self.fail(line, "not valid by the schema: " + complaint)
        elif media == "application/xml":
            self.unvalidated += 1

    def inspect_tag(self, line):
        times = self.node.find("lastModifiedTime") if self.node is not None else []
        if times and self.answer.status in (200, 201) and self.node.name != "errorInfo" and not self.is_part():
            expected = '"' + (times[0].text or "") + '"'
            if self.answer.field("ETag") != expected:
                self.fail(line, f"ETag is {self.answer.field('ETag')}, lastModifiedTime {expected}")

    def is_part(self):
        return self.node.name == "lastModifiedTime"

    # -- expectations

    def do_expect(self, line, rest):
        if self.broken:
            return
        word = rest.split()[0]
        if re.fullmatch(r"STATUS_\w+|\d{3}", word):
            self.expect_status(line, rest.split())
            return
        negative = word == "no"
        body = rest[3:] if negative else rest
        kind, _, what = body.partition(" ")
        check = getattr(self, "expect_" + kind, None)
        if check is None:
            raise ScriptError(f"{self.path}:{line.number}: cannot expect '{kind}'")
        problem = check(what.strip(), negative)
        if problem:
            self.fail(line, f"{problem} [{self.answer.status} {self.answer.text[:400]!r}]")

    def expect_status(self, line, words):
        allowed = [word for word in words if word != "or"]
        for word in allowed:
            code = int(word) if word.isdigit() else http_code(word, self.answer)
            if self.answer.status == code:
                given = self.node.find("statusCode") if self.node is not None and self.node.name == "errorInfo" else []
                if given and word in nscl_test.STATUS_OF and given[0].text != word:
                    self.fail(line, f"errorInfo says {given[0].text}, expected {word}")
                return
        self.fail(line, f"expected {' or '.join(allowed)}, got {self.answer.brief()}")
        self.broken = True

    def found(self, path):
        return self.node.find(path) if self.node is not None else []

    def expect_root(self, name, negative):
        actual = self.node.name if self.node is not None else None
        return None if (actual == name) != negative else f"document element is {actual}"

    def expect_body(self, text, negative):
        if negative:
            return "there is a body" if self.answer.body else None
        if text.startswith("="):
            wanted = text[1:].strip()
            return None if self.answer.text == wanted else f"body is {self.answer.text[:100]!r}"
        return None if self.answer.body else "there is no body"

    def expect_attribute(self, what, negative):
        match = re.fullmatch(r"(\S+?)(?:\s+(=|<|>|contains|about|is)(?:\s+(.*))?)?", what)
        path, operator, value = match[1], match[2], (match[3] or "").strip()
        nodes = self.found(path)
        if operator is None:
            return None if bool(nodes) != negative else f"attribute {path} is {'there' if negative else 'missing'}"
        if not nodes:
            return None if negative else f"attribute {path} is missing"
        good = compare(nodes[0].text or "", operator, value)
        return None if good != negative else f"attribute {path} is {nodes[0].text!r}"

    def expect_list(self, what, negative):
        match = re.fullmatch(r"(\S+)\s+(=|has)(?:\s+(.*))?", what)
        actual = [node.text if node.text is not None else "" for node in self.found(match[1])]
        wanted = [item.strip() for item in (match[3] or "").split(",") if item.strip()]
        good = sorted(actual) == sorted(wanted) if match[2] == "=" else all(item in actual for item in wanted)
        if negative and match[2] == "has":
            good = any(item in actual for item in wanted)
        return None if good != negative else f"list {match[1]} is {actual}"

    def expect_order(self, what, negative):
        path, _, value = what.partition(" = ")
        actual = [node.text for node in self.found(path.strip())]
        wanted = [item.strip() for item in value.split(",")]
        return None if (actual == wanted) != negative else f"{path} is {actual}"

    def expect_count(self, what, negative):
        path, _, value = what.partition("=")
        actual = len(self.found(path.strip()))
        return None if (actual == int(value)) != negative else f"{path.strip()} occurs {actual} times"

    def expect_header(self, what, negative):
        match = re.fullmatch(r"([\w-]+)(?:\s+(=|contains)\s+(.*))?", what)
        actual = self.answer.field(match[1])
        if match[2] is None or actual is None:
            return None if (actual is not None) != negative else f"header {match[1]} is {actual}"
        good = actual == match[3] if match[2] == "=" else match[3] in actual
        return None if good != negative else f"header {match[1]} is {actual}"

    def expect_location(self, what, negative):
        actual, wanted = self.answer.field("Location") or "", what.lstrip("= ")
        wanted = "nscl/" + wanted if self.dialect == "om2m" else f"http://{self.daemon.host}/m2m/{wanted}"
        return None if (actual == wanted) != negative else f"Location is {actual}, expected {wanted}"

    # -- helpers

    def fill(self, line, text):
        def value(match):
            name = match[1]
            if name.startswith("now"):
                return moment(name[3:])
            if name.startswith("text "):
                return "x" * int(name[5:])
            if name not in self.values:
                raise ScriptError(f"{self.path}:{line.number}: nothing remembered as '{name}'")
            return self.values[name]
        return re.sub(r"\$\{([^}]+)\}", value, text)

    def fail(self, line, text):
        self.failures.append(f"{self.path.name}:{line.number}: {line.text}: {text}")


def seconds(text):
    match = re.fullmatch(r"([+-]?)(\d+(?:\.\d+)?)(ms|s|m|h|d)?", text.strip())
    if not match:
        raise ScriptError(f"no time span: '{text}'")
    factor = {"ms": 0.001, "s": 1, None: 1, "m": 60, "h": 3600, "d": 86400}[match[3]]
    return float(match[2]) * factor * (-1 if match[1] == "-" else 1)


def moment(offset):
    return nscl_test.iso(time.time() + (seconds(offset) if offset else 0))


def instant(text):
    match = re.fullmatch(r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(\.\d+)?(?:Z|\+00:00)", text)
    if not match:
        return None
    return calendar.timegm(time.strptime(match[1], "%Y-%m-%dT%H:%M:%S")) + float(match[2] or 0)


def compare(actual, operator, value):
    if operator == "=":
        return actual == value
    if operator == "contains":
        return value in actual
    if operator == "is":
        return {"time": instant(actual) is not None, "empty": actual == "",
                "number": re.fullmatch(r"-?\d+", actual) is not None}[value]
    left, right = instant(actual), instant(value)
    if left is None or right is None:
        left, right = float(actual), float(value)
    if operator == "about":
        return abs(left - right) <= 5
    return left < right if operator == "<" else left > right


def http_code(name, answer):
    if name == "STATUS_OK":
        return 204 if answer.status == 204 else 200
    return {"STATUS_CREATED": 201, "STATUS_NOT_MODIFIED": 304, "STATUS_PRECONDITION_FAILED": 412,
            **nscl_test.STATUS_OF}[name]
