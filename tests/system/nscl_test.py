# SPDX-License-Identifier: Apache-2.0
"""What every test of the running daemon needs: start and stop it, talk HTTP to it octet by octet, validate what it says.

Python 3.11, standard library only. A test is a script: `script.py PATH_OF_NSCL` (or NSCL_BINARY). Exit code 0 = passed,
1 = failed, 77 = skipped, with the reason on the last line.
"""

import atexit
import ctypes
import functools
import json
import os
import pathlib
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import traceback

from wire import (Answer, BadAnswer, Client, Connection, basic, basic_uri, compose, exchange,  # noqa: F401
                  first_status)

SKIPPED = 77
ROOT = pathlib.Path(__file__).resolve().parents[2]
STATUS_OF = {
    "STATUS_BAD_REQUEST": 400, "STATUS_PERMISSION_DENIED": 401, "STATUS_FORBIDDEN": 403, "STATUS_NOT_FOUND": 404,
    "STATUS_METHOD_NOT_ALLOWED": 405, "STATUS_NOT_ACCEPTABLE": 406, "STATUS_REQUEST_TIMEOUT": 408,
    "STATUS_CONFLICT": 409, "STATUS_UNSUPPORTED_MEDIA_TYPE": 415, "STATUS_INTERNAL_SERVER_ERROR": 500,
    "STATUS_NOT_IMPLEMENTED": 501, "STATUS_BAD_GATEWAY": 502, "STATUS_SERVICE_UNAVAILABLE": 503,
    "STATUS_GATEWAY_TIMEOUT": 504,
}


def skip(reason):
    print(f"SKIPPED: {reason}")
    sys.exit(SKIPPED)


def binary():
    """Path of the daemon: first argument that is a file, else NSCL_BINARY."""
    for argument in sys.argv[1:]:
        if os.path.isfile(argument) and os.access(argument, os.X_OK):
            return os.path.abspath(argument)
    path = os.environ.get("NSCL_BINARY", "")
    if not path:
        sys.exit("usage: " + sys.argv[0] + " PATH_OF_NSCL   (or set NSCL_BINARY)")
    return os.path.abspath(path)


def shared(*parts):
    """A file of the shared material (schemas, samples, recordings), or None if it is not there."""
    base = pathlib.Path(os.environ.get("NSCL_SHARED") or ROOT.parent / "shared")
    path = base.joinpath(*parts)
    return path if path.exists() else None


def need_shared(*parts):
    path = shared(*parts)
    if path is None:
        skip("/".join(parts) + " is not here (set NSCL_SHARED)")
    return path


def free_port(address="127.0.0.1"):
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    with socket.socket(family) as probe:
        probe.bind((address, 0))
        return probe.getsockname()[1]


# ---------------------------------------------------------------- checks

class Checks:
    """Collects failures, so that one run shows all of them."""

    def __init__(self):
        self.failures, self.passed, self.group = [], 0, ""

    def section(self, name):
        self.group = name
        print(f"-- {name}", flush=True)

    def that(self, condition, text):
        if condition:
            self.passed += 1
        else:
            self.failures.append(f"{self.group}: {text}" if self.group else text)
            print("FAIL " + self.failures[-1], flush=True)
        return bool(condition)

    def equal(self, actual, expected, text):
        return self.that(actual == expected, f"{text}: got {_short(actual)}, expected {_short(expected)}")

    def status(self, answer, expected, text):
        allowed = expected if isinstance(expected, (tuple, set, list)) else (expected,)
        return self.that(answer is not None and answer.status in allowed,
                         f"{text}: got {answer.brief() if answer else 'no answer'}, expected "
                         + " or ".join(str(code) for code in allowed))

    def finish(self):
        print(f"{self.passed} checks passed, {len(self.failures)} failed")
        for failure in self.failures:
            print("  - " + failure)
        return 1 if self.failures else 0


def _short(value):
    text = repr(value)
    return text if len(text) < 300 else text[:300] + "..."


def main(function):
    """Runs a test script's function(checks); exceptions count as failures."""
    checks = Checks()
    try:
        function(checks)
    except SystemExit:
        raise
    except BaseException:
        traceback.print_exc()
        checks.failures.append("exception: " + traceback.format_exc(limit=1).strip().splitlines()[-1])
    sys.exit(checks.finish())


# ---------------------------------------------------------------- the daemon

_libc = ctypes.CDLL(None)


def die_with_parent():
    """In the child: no daemon outlives a test that was ended by force (PR_SET_PDEATHSIG)."""
    _libc.prctl(1, signal.SIGKILL, 0, 0, 0)


class Daemon:
    """A running `nscl serve`. Ends with the test; its data folder too, unless it was given."""

    def __init__(self, data_dir=None, address="127.0.0.1", port=None, listen=None, env=None, arguments=None, config=None,
                 start=True):
        self.program = binary()
        self._own_dir = data_dir is None
        self.data_dir = pathlib.Path(data_dir or tempfile.mkdtemp(prefix="nscl-test-"))
        self.address, self.fixed_port, self.port = address, port, port
        self.listen, self.env, self.arguments = listen, dict(env or {}), list(arguments or [])
        self.config = config
        self.log_path = pathlib.Path(tempfile.mkstemp(prefix="nscl-log-")[1])
        self.process, self._clients, self.terminal = None, [], ""
        if start:
            self.start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def command(self):
        line = [self.program, "serve"]
        if self.config:
            line += ["--config", str(self.config)]
        line += ["--data-dir", str(self.data_dir)]
        for listener in self.listen or [self.host]:
            line += ["--listen", listener]
        return line + self.arguments

    @property
    def host(self):
        return f"[{self.address}]:{self.port}" if ":" in self.address else f"{self.address}:{self.port}"

    def start(self, wait=20):
        for _ in range(3):
            if self.fixed_port is None and not self.listen:
                self.port = self.port or free_port(self.address)
            self.launch()
            if self.wait_ready(wait):
                return self
            code = self.process.poll()
            if code is None or "in use" not in self.log():
                break
            self.port = None
        text = self.log()[-3000:]
        self.kill()
        raise RuntimeError(f"the daemon did not become ready (exit code {code}):\n{text}")

    def launch(self, **options):
        environment = {key: value for key, value in os.environ.items() if not key.startswith(("NSCL_", "NOTIFY_"))}
        environment.update({key: str(value) for key, value in self.env.items()})
        with open(self.log_path, "ab") as log:
            streams = {"stdin": subprocess.DEVNULL, "stdout": log, "stderr": log, "preexec_fn": die_with_parent, **options}
            self.process = subprocess.Popen(self.command(), env=environment, **streams)
        return self.process

    @property
    def pid(self):
        return self.process.pid if self.process else None

    def alive(self):
        return self.process is not None and self.process.poll() is None

    def resident(self):
        """Octets of memory that the process holds."""
        with open(f"/proc/{self.pid}/status", encoding="ascii") as status:
            return int(re.search(r"VmRSS:\s+(\d+)", status.read())[1]) * 1024

    def log(self):
        return self.log_path.read_text("utf-8", "replace") if self.log_path.exists() else ""

    def wait_ready(self, wait=20):
        deadline = time.monotonic() + wait
        while time.monotonic() < deadline and self.alive():
            try:
                if self.probe("/readyz").status == 200:
                    return True
            except (OSError, BadAnswer):
                pass
            time.sleep(0.03)
        return False

    def probe(self, target, timeout=5):
        connection = Connection(self.address, self.port, timeout)
        try:
            connection.send(compose("GET", target, self.host))
            return connection.read()
        finally:
            connection.close()

    def stop(self, wait=20):
        """SIGTERM; the exit code, or None if it did not stop in time."""
        if not self.process:
            return None
        self.close_clients()
        if self.alive():
            self.process.send_signal(signal.SIGTERM)
        try:
            return self.process.wait(wait)
        except subprocess.TimeoutExpired:
            self.kill()
            return None

    def kill(self):
        self.close_clients()
        if self.process:
            if self.alive():
                self.process.kill()
            self.process.wait()

    def restart(self, wait=20):
        code = self.stop()
        self.start(wait)
        return code

    def clients(self):
        return list(self._clients)

    def close_clients(self):
        for client in self._clients:
            client.close()

    def close(self):
        self.kill()
        self.log_path.unlink(missing_ok=True)
        if self._own_dir:
            shutil.rmtree(self.data_dir, ignore_errors=True)

    # -- identities

    def admin_password(self):
        return (self.data_dir / "admin-password").read_text().strip()

    def cli(self, *arguments, stdin=None, env=None, wait=30):
        environment = {key: value for key, value in os.environ.items() if not key.startswith(("NSCL_", "NOTIFY_"))}
        environment.update(env or {})
        return subprocess.run([self.program, *arguments], input=stdin, capture_output=True, text=True, timeout=wait,
                              env=environment)

    def principal(self, name, password="", entity=None, scl=None, operator=False):
        """Adds a principal; without a password if it is empty. Returns what goes into Authorization."""
        line = ["principal", "add", name, "--data-dir", str(self.data_dir)]
        line += ["--entity", entity] if entity else []
        line += ["--scl", scl] if scl else []
        line += ["--operator"] if operator else []
        line += ["--password-stdin"] if password else ["--without-password"]
        done = self.cli(*line, stdin=password + "\n" if password else None)
        if done.returncode:
            raise RuntimeError(f"{' '.join(line)}: exit code {done.returncode}: {done.stdout}{done.stderr}")
        return basic(name, password)

    def client(self, authorization=None, **options):
        client = Client(self.address, self.port, authorization, **options)
        self._clients.append(client)
        return client

    def admin(self, **options):
        return self.client(basic("admin", self.admin_password()), **options)


# ---------------------------------------------------------------- XML by the schemas

def have_schemas():
    return shared("spec", "xsd") is not None and shutil.which("xmllint") is not None


def schema_for(root, version=""):
    folder = shared("spec", "xsd", version)
    if folder is None:
        return None
    if root in ("subscription", "mgmtObj", "parameters") and not version:
        return folder / "driver-all.xsd"
    name = {"membersContentResponses": "membersContent"}.get(root, root)
    path = folder / (name + ".xsd")
    return path if path.exists() else None


def root_name(xml):
    match = re.search(rb"<(?:[A-Za-z_][\w.-]*:)?([A-Za-z_][\w.-]*)[\s/>]", re.sub(rb"<\?.*?\?>", b"", xml, flags=re.S))
    return match[1].decode() if match else ""


def validate(xml, om2m=False):
    """None if `xml` (octets) is valid by the schema of its document element, else what xmllint says. What the dialect of
    OM2M shows may be valid by version 1.1.1 instead: these gateways know no other."""
    if isinstance(xml, str):
        xml = xml.encode()
    schema = schema_for(root_name(xml))
    if b":AnpPolicy\"" in xml:
        schema = schema.with_name("driver-anp.xsd")
    if b"<m2m:attached>" in xml:
        return None   # no value of it is valid by the schema
    if schema and re.search(rb':(CapabilityAction|TrapInstance)"', xml):
        schema = mended_schemas() / schema.name
    complaint = _validate(xml, schema)
    if complaint and om2m and _validate(xml, schema_for(root_name(xml), "v1.1.1")) is None:
        return None
    return complaint


def valid(checks, xml):
    """Checks that `xml` is valid by its schema, if the schemas are here."""
    if have_schemas():
        checks.equal(validate(xml), None, "it is valid by its schema")


@functools.cache
def mended_schemas():
    """A copy of the schemas without the blanks that end the names of two types, which xmllint does not find then."""
    folder = pathlib.Path(tempfile.mkdtemp(prefix="nscl-schemas-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    for source in shared("spec", "xsd").glob("*.xsd"):
        text = source.read_bytes()
        (folder / source.name).write_bytes(re.sub(rb'(complexType name="\w+) "', rb'\1"', text))
    return folder


def _validate(xml, schema):
    if schema is None:
        return f"no schema for <{root_name(xml)}>"
    done = subprocess.run(["xmllint", "--nonet", "--noout", "--schema", str(schema), "-"], input=xml, capture_output=True)
    return None if done.returncode == 0 else done.stderr.decode("utf-8", "replace").strip()


def until(condition, wait=60):
    """What `condition` gives once that counts as true, or the last of it when the time is over."""
    end = time.monotonic() + wait
    while not (found := condition()) and time.monotonic() < end:
        time.sleep(0.02)
    return found


def iso(seconds):
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(seconds))


def to_json(value):
    return json.dumps(value).encode()
