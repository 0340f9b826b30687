# SPDX-License-Identifier: Apache-2.0
"""A daemon with an ACS, a DM server and files for devices, and simulated devices (docs/simulator.md) that call it over a line that can be read and cut."""

import json
import pathlib
import re
import shutil
import signal
import subprocess
import tempfile
import threading

import nscl_test
from cwmp_line import Line
from nscl_test import Daemon, die_with_parent, free_port, until

CONFIG = """
[[listener]]

[[listener]]
purpose = "acs"

[[listener]]
purpose = "files"
{dm}
[acs]
authentication = "{authentication}"
informs_per_minute = 10000

[management]
unknown_devices = "adopt"
connection_request_networks = ["127.0.0.0/8"]
live_wait = "15s"
{management}

[files]
url = "http://127.0.0.1:{files}"
unsigned_over_http = true
{more_files}

[outgoing]
allowed_networks = ["127.0.0.0/8"]

[delivery]
first_retry = "1s"
"""
DM = """
[[listener]]
purpose = "dm"

[dm]
basic_without_tls = true
sessions_per_minute = 10000
"""
PATIENCE = 60   # seconds; a session takes milliseconds
XML = {"Content-Type": "application/xml"}
M2M = 'xmlns:m2m="http://uri.etsi.org/m2m"'


class World:
    """`management`, `files`: more lines of these sections of the configuration; `dm`: those of a DM server, None: there is none.
    with World(checks) as world: ..."""

    def __init__(self, checks, authentication="off", management="", files="", dm=None):
        self.checks, self.folder = checks, pathlib.Path(tempfile.mkdtemp(prefix="nscl-cwmp-"))
        self.port, self.acs, self.files = free_port(), free_port(), free_port()
        self.dm = None if dm is None else free_port()
        config = self.folder / "nscl.toml"
        config.write_text(CONFIG.format(authentication=authentication, management=management, files=self.files, more_files=files,
                                        dm="" if dm is None else DM + dm))
        self.daemon = Daemon(config=config, data_dir=self.folder / "data", start=False,
                             listen=[f"127.0.0.1:{port}" for port in (self.port, self.acs, self.files, self.dm) if port])
        self.daemon.port = self.port
        self.daemon.start()
        self.admin, self.devices = self.daemon.admin(timeout=60), []

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        for device in self.devices:
            device.stop()
        self.daemon.close()
        shutil.rmtree(self.folder, ignore_errors=True)

    def device(self, prefix, **options):
        made = Device(self, prefix, **options)
        self.devices.append(made)
        return made

    def import_dm(self, device, password, server_password, manufacturer=""):
        """A device of OMA-DM as an operator imports it, with its id as its user name."""
        columns = {"protocol": "OMA_DM", "id": device, "user": device, "password": password, "connection_user": "nscl", "connection_password": server_password,
                   "manufacturer": manufacturer}
        path = self.secret(f"{device}.csv", "\n".join(map(",".join, (columns.keys(), columns.values()))))
        return self.command("device", "import", path)

    def call_at(self, scl, address):
        """Has the device of an SCL called there."""
        answer = self.put(f"{scl}/remTriggerAddr", f"<m2m:remTriggerAddr {M2M}>{address}</m2m:remTriggerAddr>")
        self.checks.status(answer, (200, 204), f"remTriggerAddr of {scl}")

    def dm_device(self, prefix, **options):
        made = DmDevice(self, prefix, **options)
        self.devices.append(made)
        return made

    def secret(self, name, text):
        """A file with a password."""
        path = self.folder / name
        path.write_text(text + "\n")
        path.chmod(0o600)
        return str(path)

    def command(self, *words):
        """`nscl words`: what it prints as JSON, if it does."""
        done = self.daemon.cli(*words, "--data-dir", str(self.daemon.data_dir))
        self.checks.equal(done.returncode, 0, f"nscl {' '.join(words)}: {done.stderr}")
        return json.loads(done.stdout) if "--json" in words else done.stdout

    # -- the tree

    def get(self, path):
        return self.admin.get(path)

    def put(self, path, document):
        return self.admin.put(path, document, headers=XML)

    def valid(self, document):
        """By the ETSI schemas, where they are to be had."""
        if nscl_test.have_schemas():
            self.checks.equal(nscl_test.validate(document), None, f"valid by its schema: {document}")

    def until(self, path, wanted, text):
        """The document at `path` once `wanted` is found in it."""
        last = []

        def found():
            answer = self.get(path)
            last[:] = [answer.status, answer.text]
            return answer.status == 200 and re.search(wanted, answer.text)

        is_found = bool(until(found, PATIENCE))
        self.checks.that(is_found, f"{text}: {last[0]} {last[1][-1500:]}")
        return last[1] if last[0] == 200 else ""

    def bind(self, device, name, object_path):
        """A management object for any object of the device's data model."""
        xml = (f'<m2m:mgmtObj {M2M} m2m:id="{name}"><m2m:moID>{object_path}</m2m:moID>'
               f"<m2m:originalMO>{object_path}</m2m:originalMO></m2m:mgmtObj>")
        return self.admin.post(f"{device.scl}/mgmtObjs", xml, headers=XML)

    def execute(self, path, **arguments):
        """The execInstance of a command that was taken, and the answer."""
        items = "".join(f"<execReqArg><name>{name}</name><value>{text}</value></execReqArg>" for name, text in arguments.items())
        body = f"<m2m:execReqArgs {M2M}>{items}</m2m:execReqArgs>" if items else ""
        answer = self.admin.post(f"{path}/execEnable", body, headers=XML if items else None)
        self.checks.equal(answer.status, 202, f"EXECUTE of {path}: {answer.text}")
        return re.sub(r"^https?://[^/]*", "", answer.field("Location") or ""), answer

    def finished(self, path, text="the command ends"):
        return self.until(path, "execStatus>FINISHED<", text)


class Simulated:
    """A process that plays one device."""

    def start(self):
        self.process = subprocess.Popen(self.command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, preexec_fn=die_with_parent)
        threading.Thread(target=lambda stream=self.process.stdout: self.output.extend(iter(stream.readline, "")), daemon=True).start()

    def stop(self):
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()

    def sleep(self):
        """It neither calls nor answers, and forgets nothing, until wake()."""
        self.process.send_signal(signal.SIGSTOP)

    def wake(self):
        self.process.send_signal(signal.SIGCONT)

    def known(self):
        """Waits for its management objects."""
        return self.world.until(f"{self.scl}/mgmtObjs", "etsiDeviceInfo", "R1, R40: the device's objects are made at its first contact")


class DmDevice(Simulated):
    """`nscl simulate dm` with one device, imported with passwords of both sides. `line`: what it calls over; `manufacturer`: what it says, and is known as."""

    def __init__(self, world, prefix, interval=1, manufacturer="", extra=()):
        self.world, self.serial, self.line, self.output, self.process = world, prefix + "000001", Line(world.dm), [], None
        self.id, self.scl = self.serial, f"/m2m/scls/{self.serial}"
        self.password, self.server_password = f"{prefix} client password", f"{prefix} server password"
        world.import_dm(self.id, self.password, self.server_password, manufacturer)
        extra = [*extra, "--manufacturer", manufacturer] if manufacturer else extra
        self.command = [world.daemon.program, "simulate", "dm", "--url", f"http://127.0.0.1:{self.line.port}/dm", "--serial-prefix", prefix, "--interval", str(interval),
                        "--password-file", world.secret(f"{prefix}.password", self.password), "--server-id", "nscl",
                        "--server-password-file", world.secret(f"{prefix}.server", self.server_password), "--retry-scale", "0.001",
                        "--notifications", "127.0.0.1:0", *extra]
        self.start()

    def known(self):
        """The same, and it can be called from then on."""
        text = super().known()
        told = until(lambda: [found for found in (re.search(r"notifications at (\S+) and", line) for line in self.output) if found])
        self.world.call_at(self.scl, told[0][1])
        return text


class Device(Simulated):
    """`nscl simulate cpe` with one device that calls each `interval` seconds, and whenever it is called. `line`: what it calls over."""

    def __init__(self, world, prefix, interval=1, style="plain", password=None, user=None, called=True, extra=()):
        self.world, self.serial, self.line = world, prefix + "000001", Line(world.acs)
        self.id = f"00A0C9-SIM-{self.serial}"
        self.scl = f"/m2m/scls/{self.id}"
        line = [world.daemon.program, "simulate", "cpe", "--acs", f"http://127.0.0.1:{self.line.port}/acs", "--serial-prefix", prefix, "--interval", str(interval),
                "--style", style, "--retry-scale", "0.001", *extra]
        line += ["--connection-requests", "127.0.0.1:0"] if called else []
        line += ["--password-file", world.secret(f"{prefix}.password", password)] if password else []
        line += ["--user", user] if user else []
        self.command, self.output, self.process = line, [], None
        self.start()


def value(document, name):
    found = re.search(rf"<(?:\w+:)?{name}(?: [^>]*)?>([^<]*)<", document)
    return found.group(1) if found else None


def item(document, name):
    found = re.search(rf"<execResultItem><name>{name}</name><value>([^<]*)</value>", document)
    return found.group(1) if found else None


def changed_document(document):
    """What a client may send of a document that it has read."""
    for name in ("creationTime", "lastModifiedTime", "moID", "originalMO", "subscriptionsReference"):
        document = re.sub(rf"<m2m:{name}>.*?</m2m:{name}>", "", document, flags=re.S)
    document = re.sub(r"<m2m:parametersCollection.*?(/>|</m2m:parametersCollection>)", "", document, flags=re.S)
    return re.sub(r' m2m:id="[^"]*"', "", document)
