#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The daemon as an operator meets it: start, credentials, signals, service manager, health.   daemon_test.py NSCL"""
import base64
import http.client
import json
import os
import pty
import re
import resource
import signal
import socket
import stat
import subprocess
import sys
import tempfile
import time
import unittest

NSCL = os.path.abspath(sys.argv.pop(1))
# The sanitizers and the coverage are told by variables of their own; NSCL_* of the caller would change the daemon.
ENVIRONMENT = {k: v for k, v in os.environ.items() if not k.startswith("NSCL_")}
PATIENCE = 30  # seconds; a sanitizer on a busy machine is slow


def run(*arguments, stdin="", **variables):
    return subprocess.run([NSCL, *arguments], env={**ENVIRONMENT, **variables}, input=stdin,
                          capture_output=True, text=True, timeout=PATIENCE)


def until(condition, what):
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        result = condition()
        if result:
            return result
        time.sleep(0.02)
    raise AssertionError(f"did not happen: {what}")


class Daemon:
    """One `nscl serve` on a port that the system chooses, its log in a file."""

    def __init__(self, directory, *arguments, stderr=None, preexec=None, **variables):
        self.directory = directory
        self.log_name = os.path.join(directory, "test.log")
        os.makedirs(directory, exist_ok=True)
        with open(self.log_name, "ab") as log:
            self.start = log.tell()
            self.process = subprocess.Popen(
                [NSCL, "serve", "--data-dir", directory, "--listen", "127.0.0.1:0", *arguments],
                env={**ENVIRONMENT, **variables}, stderr=stderr or log, stdout=log, preexec_fn=preexec)

    def log(self):
        with open(self.log_name, encoding="utf-8") as log:
            log.seek(self.start)
            return log.read()

    def wait_until_ready(self):
        def port():
            if self.process.poll() is not None:
                raise AssertionError(f"ended with {self.process.returncode}: {self.log()}")
            return re.search(r"http://127\.0\.0\.1:(\d+)", self.log())
        self.port = int(until(port, "the daemon is ready").group(1))
        return self

    def get(self, path, user=None, method="GET", body=None, headers=None):
        headers = dict(headers or {})
        if user:
            headers["Authorization"] = "Basic " + base64.b64encode(user.encode()).decode()
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        connection.request(method, path, body, headers)
        response = connection.getresponse()
        text = response.read().decode()
        connection.close()
        return response.status, text

    def password(self):
        with open(os.path.join(self.directory, "admin-password"), encoding="ascii") as file:
            return file.read().strip()

    def send(self, number):
        self.process.send_signal(number)

    def end(self, number=signal.SIGTERM):
        if self.process.poll() is None:
            self.send(number)
        return self.process.wait(PATIENCE)


class DaemonTest(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory(prefix="nscl-daemon-")
        self.directory = os.path.join(self.folder.name, "data")
        self.daemons = []

    def tearDown(self):
        for daemon in self.daemons:
            if daemon.process.poll() is None:
                daemon.process.kill()
                daemon.process.wait()
        self.folder.cleanup()

    def daemon(self, *arguments, **options):
        daemon = Daemon(self.directory, *arguments, **options)
        self.daemons.append(daemon)
        return daemon

    def ready(self, *arguments, **options):
        return self.daemon(*arguments, **options).wait_until_ready()

    def write(self, name, text):
        path = os.path.join(self.folder.name, name)
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
        return path

    # the first start

    def test_first_start_makes_an_administrator_nobody_can_guess(self):
        daemon = self.ready()
        password = daemon.password()
        self.assertRegex(password, r"^[a-z0-9]{24}$")
        mode = os.stat(os.path.join(self.directory, "admin-password")).st_mode
        self.assertEqual(stat.S_IMODE(mode), 0o600)
        self.assertEqual(daemon.get("/m2m", f"admin:{password}")[0], 200)
        self.assertEqual(daemon.get("/m2m", "admin:admin")[0], 401)
        self.assertEqual(daemon.get("/m2m")[0], 401)
        self.assertNotIn(password, daemon.log(), "the password is in the log")
        for name in os.listdir(self.directory):
            if name.startswith("nscl.db"):
                self.assertEqual(os.stat(os.path.join(self.directory, name)).st_mode & 0o077, 0, name)

    def test_data_directory_that_is_made_is_private(self):
        fresh = os.path.join(self.folder.name, "fresh")
        added = run("principal", "add", "first", "--data-dir", fresh)
        self.assertEqual(added.returncode, 0, added.stderr)
        self.assertEqual(stat.S_IMODE(os.stat(fresh).st_mode), 0o700)

    def test_the_password_is_shown_once_and_only_on_a_terminal(self):
        shown = []
        for _ in range(2):
            master, slave = pty.openpty()
            daemon = self.daemon(stderr=slave)
            os.close(slave)
            text = b""
            while b"ready" not in text or (not shown and b"keeps it" not in text):
                text += os.read(master, 4096)
            daemon.end()
            shown.append(self.rest(master, text))
        password = self.daemons[0].password()
        self.assertEqual(shown[0].count(password), 1)
        self.assertNotIn(password, shown[1])

    @staticmethod
    def rest(master, text):
        try:
            while part := os.read(master, 4096):
                text += part
        except OSError:  # the other side is closed
            pass
        os.close(master)
        return text.decode()

    def test_a_second_start_keeps_everything(self):
        daemon = self.ready()
        password = daemon.password()
        self.assertEqual(daemon.end(), 0)
        again = self.ready()
        self.assertEqual(again.password(), password)
        self.assertEqual(again.get("/m2m", f"admin:{password}")[0], 200)

    # what cannot start says why

    def test_one_directory_has_one_daemon(self):
        self.ready()
        second = self.daemon()
        self.assertEqual(second.process.wait(PATIENCE), 1)
        self.assertIn("in use", second.log())

    def test_an_address_in_use_is_named(self):
        first = self.ready()
        other = run("serve", "--data-dir", self.folder.name + "/other", "--listen", f"127.0.0.1:{first.port}")
        self.assertEqual(other.returncode, 1)
        self.assertIn(f"127.0.0.1:{first.port}", other.stderr)
        self.assertFalse(os.path.exists(self.folder.name + "/other/admin-password"))

    def test_a_wrong_configuration_exits_with_2(self):
        path = self.write("bad.toml", "[store]\nqueue = 0\nbogus = 1\n")
        for command in (["serve", "--config", path], ["check-config", "--config", path]):
            result = run(*command)
            self.assertEqual(result.returncode, 2)
            self.assertEqual(result.stderr, f"{path}:2: store.queue: 0 is below 1\n{path}:3: store.bogus: unknown key\n")
        self.assertEqual(run("check-config", NSCL_TYPO="1").returncode, 2)
        self.assertEqual(run("check-config").returncode, 0)

    def test_mapping_files_are_checked_with_the_configuration(self):
        mapping = self.write("my.toml", '[[object]]\ntype = "etsiMemory"\nat = ["{root}X."]\nattributes.ramTotal = "Total"\n')
        path = self.write("c.toml", f'[management]\nmappings = ["{mapping}"]\n')
        self.assertEqual(run("check-config", "--config", path).returncode, 0)
        self.write("my.toml", '[[object]]\ntype = "etsiMemory"\nat = ["{root}X."]\ncolour = "red"\n')
        result = run("check-config", "--config", path)
        self.assertEqual((result.returncode, result.stderr), (2, f"{mapping}:4: colour: unknown key\n"))

    def test_usage_errors_exit_with_2_and_help_with_0(self):
        for arguments in ([], ["nonsense"], ["serve", "--nonsense"], ["principal"], ["principal", "add"]):
            self.assertEqual(run(*arguments).returncode, 2, arguments)
        for arguments in (["--help"], ["serve", "--help"], ["principal", "add", "--help"]):
            result = run(*arguments)
            self.assertEqual(result.returncode, 0)
            self.assertIn("Usage", result.stdout)
        self.assertRegex(run("version").stdout, r"^nscl \d+\.\d+\.\d+\n$")

    # signals

    def test_sigterm_stops_cleanly(self):
        for number in (signal.SIGTERM, signal.SIGINT):
            daemon = self.ready()
            began = time.monotonic()
            self.assertEqual(daemon.end(number), 0)
            self.assertLess(time.monotonic() - began, 5)
            self.assertIn("stopped", daemon.log())

    def half_a_request(self, daemon):
        """A request in progress: its body never comes."""
        credential = base64.b64encode(f"admin:{daemon.password()}".encode()).decode()
        client = socket.create_connection(("127.0.0.1", daemon.port))
        client.sendall((f"POST /m2m/applications HTTP/1.1\r\nHost: x\r\nAuthorization: Basic {credential}\r\n"
                        "Content-Type: application/xml\r\nContent-Length: 100\r\n\r\n<").encode())
        time.sleep(0.5)
        return client

    def test_a_request_that_never_ends_does_not_delay_the_stop_beyond_its_time(self):
        daemon = self.ready("--config", self.write("c.toml", '[[listener]]\ndrain_time = "1s"\n'))
        with self.half_a_request(daemon):
            began = time.monotonic()
            self.assertEqual(daemon.end(), 0)
            took = time.monotonic() - began
        self.assertLess(took, 6)

    def test_a_second_signal_ends_at_once(self):
        daemon = self.ready("--config", self.write("c.toml", '[server]\nstop_time = "1m"\n[[listener]]\ndrain_time = "1m"\n'))
        with self.half_a_request(daemon):
            daemon.send(signal.SIGTERM)
            until(lambda: "stopping" in daemon.log(), "the daemon is stopping")
            time.sleep(0.3)
            self.assertIsNone(daemon.process.poll(), "it waits for the request in progress")
            self.assertEqual(daemon.end(), 1)

    def test_sighup_takes_over_what_it_can(self):
        path = self.write("c.toml", "")
        daemon = self.ready("--config", path)
        self.write("c.toml", '[log]\nlevel = "error"\n')
        daemon.send(signal.SIGHUP)
        until(lambda: daemon.get("/readyz")[0] == 200, "ready")
        time.sleep(0.5)
        before = daemon.log()
        self.assertNotIn("refused", before)
        self.assertEqual(daemon.end(), 0)
        self.assertEqual(daemon.log(), before, "the level error was not taken over")

    def test_sighup_with_a_wrong_file_keeps_the_old_configuration(self):
        path = self.write("c.toml", "")
        daemon = self.ready("--config", path)
        for text, reason in (('[log]\nlevel = "loud"\n', "log.level"), ("[store]\nqueue = 7\n", "store.queue"), ("[", "c.toml:1")):
            self.write("c.toml", text)
            daemon.send(signal.SIGHUP)
            until(lambda: reason in daemon.log(), f"the log names {reason}")
            self.assertEqual(daemon.get("/readyz")[0], 200)
        self.assertEqual(daemon.log().count("reload refused"), 3)
        self.assertEqual(daemon.end(), 0)

    def test_every_thread_leaves_the_signals_to_the_main_one(self):
        daemon = self.ready()
        wanted = sum(1 << (number - 1) for number in (signal.SIGHUP, signal.SIGINT, signal.SIGTERM))
        folder = f"/proc/{daemon.process.pid}/task"
        threads = os.listdir(folder)
        self.assertGreater(len(threads), 3)
        for thread in threads:
            with open(f"{folder}/{thread}/status", encoding="ascii") as file:
                status = file.read()
            if thread == str(daemon.process.pid):
                continue  # takes them in sigtimedwait
            blocked = int(re.search(r"^SigBlk:\s*(\w+)$", status, re.MULTILINE).group(1), 16)
            self.assertEqual(blocked & wanted, wanted, status.splitlines()[0])

    def test_sigpipe_is_harmless(self):
        daemon = self.ready()
        daemon.send(signal.SIGPIPE)
        self.assertEqual(daemon.get("/readyz")[0], 200)

    # the service manager

    def test_service_manager_is_told_each_step(self):
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
            name = f"nscl-test-{os.getpid()}"
            manager.bind("\0" + name)
            manager.settimeout(PATIENCE)
            daemon = self.daemon(NOTIFY_SOCKET="@" + name, WATCHDOG_USEC="1000000")
            self.assertRegex(self.next_message(manager), r"^READY=1\nSTATUS=Serving http://127\.0\.0\.1:\d+$")
            daemon.wait_until_ready()
            self.assertEqual(daemon.get("/readyz")[0], 200, "READY is sent when it serves")
            began = time.monotonic()
            beats = [manager.recv(4096) for _ in range(4)]
            self.assertEqual(beats, [b"WATCHDOG=1"] * 4)
            self.assertLess(time.monotonic() - began, 4)
            daemon.send(signal.SIGHUP)
            self.assertRegex(self.next_message(manager), r"^RELOADING=1\nMONOTONIC_USEC=\d+$")
            self.assertRegex(self.next_message(manager), r"^READY=1\n")
            daemon.send(signal.SIGTERM)
            self.assertRegex(self.next_message(manager), r"^STOPPING=1\n")
            self.assertEqual(daemon.process.wait(PATIENCE), 0)

    @staticmethod
    def next_message(manager):
        while (message := manager.recv(4096)) == b"WATCHDOG=1":
            pass
        return message.decode()

    def test_log_lines_may_be_json(self):
        daemon = self.ready(NSCL_LOG_FORM="json")
        daemon.end()
        lines = [json.loads(line) for line in daemon.log().splitlines()]
        self.assertGreaterEqual(len(lines), 3)

    # health

    def test_health_pages(self):
        daemon = self.ready()
        url = f"http://127.0.0.1:{daemon.port}"
        self.assertEqual(daemon.get("/livez")[0], 200)
        self.assertEqual(daemon.get("/readyz")[0], 200)
        self.assertEqual(run("healthcheck", "--url", url + "/readyz").returncode, 0)
        self.assertEqual(run("healthcheck", NSCL_LISTENER_0_PORT=str(daemon.port)).returncode, 0)
        self.assertEqual(run("healthcheck", "--url", url + "/m2m").returncode, 1)
        daemon.end()
        self.assertEqual(run("healthcheck", "--url", url + "/readyz").returncode, 1)
        self.assertEqual(run("healthcheck", "--url", "ftp://x").returncode, 2)

    def test_not_ready_while_the_disk_takes_nothing(self):
        """A file size limit stands for the full disk: it can be lifted again without being root."""
        low = lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (512 * 1024, resource.RLIM_INFINITY))
        daemon = self.ready(preexec=low)
        user = f"admin:{daemon.password()}"
        xml = {"Content-Type": "application/xml"}

        def create(number):
            body = (f'<application xmlns="http://uri.etsi.org/m2m" appId="a{number}">'
                    f'<searchStrings><searchString>{"x" * 2000}</searchString></searchStrings></application>')
            return daemon.get("/m2m/applications", user, "POST", body, xml)[0]
        statuses = []
        while 503 not in statuses and len(statuses) < 500:
            statuses.append(create(len(statuses)))
        self.assertEqual(statuses[-1], 503, "the limit was never met")
        self.assertEqual(statuses[0], 201)
        status, text = daemon.get("/readyz")
        self.assertEqual(status, 503)
        self.assertIn("commit", text)
        self.assertEqual(daemon.get("/livez")[0], 200)
        self.assertEqual(daemon.get("/m2m", user)[0], 200, "reading still works")
        resource.prlimit(daemon.process.pid, resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
        until(lambda: daemon.get("/readyz")[0] == 200, "ready again")
        self.assertEqual(create("again"), 201)

    # principals beside a running daemon

    def principal(self, *arguments, **options):
        return run("principal", *arguments, "--data-dir", self.directory, **options)

    def test_principals_are_managed_while_the_daemon_runs(self):
        daemon = self.ready()
        added = self.principal("add", "--scl", "gw1")
        self.assertEqual(added.returncode, 0, added.stderr)
        password = added.stdout.strip()
        self.assertRegex(password, r"^[a-z0-9]{24}$")
        authenticated = lambda user: daemon.get("/m2m/scls", user)[0] != 401
        until(lambda: authenticated("gw1:" + password), "the new principal is known")

        self.assertEqual(self.principal("add", "gw1").returncode, 1, "the name is taken")
        self.assertEqual(self.principal("passwd", "gw1", "--password-stdin", stdin="new secret\n").returncode, 0)
        until(lambda: not authenticated("gw1:" + password), "the old password is forgotten")
        self.assertTrue(authenticated("gw1:new secret"))

        listed = json.loads(self.principal("list", "--json").stdout)
        self.assertEqual([(p["name"], p["entity"], p["operator"]) for p in listed],
                         [("admin", "", True), ("gw1", "scls/gw1", False)])
        self.assertEqual(self.principal("remove", "gw1").returncode, 0)
        until(lambda: not authenticated("gw1:new secret"), "the removed principal is forgotten")
        self.assertEqual(self.principal("remove", "gw1").returncode, 1)

    def test_password_sources(self):
        self.ready().end()
        file = self.write("password", "from file\n")
        os.chmod(file, 0o600)
        self.assertEqual(self.principal("add", "a1", "--password-file", file).stdout, "")
        self.assertEqual(self.principal("add", "a2", "--password-stdin", stdin="from stdin").returncode, 0)
        without = self.principal("add", "a3", "--without-password")
        self.assertEqual(without.returncode, 0)
        self.assertIn("Warning", without.stderr)
        for wrong in (["--password-stdin"], ["--password-file", "/no/such/file"], ["--password-file", file, "--password-stdin"]):
            self.assertEqual(self.principal("add", "a4", *wrong).returncode, 2, wrong)
        self.assertEqual(self.principal("add", "a4", "--password", "on the command line").returncode, 2)
        daemon = self.ready()
        for user, status in (("a1:from file", 200), ("a2:from stdin", 200), ("a3:", 200), ("a1:", 401), ("a1:x", 401)):
            self.assertEqual(daemon.get("/m2m", user)[0] == 401, status == 401, user)

    def test_names_and_entities_are_checked(self):
        self.ready().end()
        for wrong in (["a b/c"], ["x", "--entity", "containers/x"], ["x", "--entity", "scls/"], ["x", "--entity", "scls/a/b"],
                      ["x" * 256, "--operator"], ["tab\t", "--operator"], ["x", "--entity", "scls/a", "--scl", "b"]):
            self.assertEqual(self.principal("add", *wrong).returncode, 2, wrong)
        for right in (["n1", "--entity", "http://other.example/m2m"], ["n2", "--operator"], ["urn:x", "--entity", "applications/y"]):
            self.assertEqual(self.principal("add", *right).returncode, 0, right)

    def test_a_typed_directory_is_not_made_by_accident(self):
        for command in (["list"], ["remove", "x"], ["passwd", "x"]):
            result = run("principal", *command, "--data-dir", self.folder.name + "/typo")
            self.assertEqual(result.returncode, 2)
            self.assertIn("no store", result.stderr)
        self.assertFalse(os.path.exists(self.folder.name + "/typo"))

    def test_the_password_file_goes_when_the_password_changes(self):
        self.ready().end()
        file = os.path.join(self.directory, "admin-password")
        self.assertTrue(os.path.exists(file))
        self.assertEqual(self.principal("passwd", "admin").returncode, 0)
        self.assertFalse(os.path.exists(file))


if __name__ == "__main__":
    unittest.main(verbosity=2)
