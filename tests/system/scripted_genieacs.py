# SPDX-License-Identifier: Apache-2.0
"""A GenieACS that a test plays: its north-bound interface with one queue of tasks, and devices that are documents. It answers as the real one's source says:
a task that was carried out is gone; one that failed stays beside a fault; 202 says that it is not done yet."""

import http.server
import json
import threading
import time
import urllib.parse


def text_of_time(seconds):
    return time.strftime("%Y-%m-%dT%H:%M:%S.000Z", time.gmtime(seconds))


def leaf(value, kind="string", writable=False):
    return {"_value": value, "_type": f"xsd:{kind}", "_timestamp": "2026-01-01T00:00:00.000Z", "_writable": writable}


def thing(writable=False, **children):
    return {"_object": True, "_writable": writable, **children}


def box(serial):
    """A device of TR-181 with an SCL (etsiSclMo)."""
    now = text_of_time(time.time())
    scl = thing(writable=True, Enable=leaf(True, "boolean", True), AnnouncedToSCLList=leaf("", "string", True),
                Reregistration=thing(Reregistration=leaf(False, "boolean", True), RegExpirationDuration=leaf(86400, "int", True),
                                     RegSearchStrings=leaf("", "string", True)),
                SAFPolicySet=thing(writable=True))
    return {"_id": f"00A0C9-Box-{serial}", "_lastInform": now, "_lastBoot": "2020-01-01T00:00:00.000Z", "_lastBootstrap": "2020-01-01T00:00:00.000Z",
            "_deviceId": {"_Manufacturer": "Maker", "_OUI": "00A0C9", "_ProductClass": "Box", "_SerialNumber": serial},
            "Device": thing(DeviceInfo=thing(Manufacturer=leaf("Maker"), ModelName=leaf("Model 1"), SerialNumber=leaf(serial), ProductClass=leaf("Box"),
                                             SoftwareVersion=leaf("1.0"), HardwareVersion=leaf("A"),
                                             MemoryStatus=thing(Total=leaf(1024, "unsignedInt"), Free=leaf(512, "unsignedInt"))),
                            ETSIM2M=thing(SCL={"_object": True, "_writable": False, "1": scl}))}


class GenieAcs:
    def __init__(self):
        self.devices, self.tasks, self.faults, self.files, self.calls = {}, [], {}, {}, []
        self.asleep, self.in_session, self.refusals, self.lost = set(), set(), {}, 0
        self.lock, self.count = threading.RLock(), 0
        outer = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def handle_any(self):
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                with outer.lock:
                    outer.calls.append((self.command, self.path, body.decode("utf-8", "replace")))
                    answer = outer.answer(self.command, self.path, self.headers, body)
                if answer is None:   # the connection breaks before the answer
                    self.close_connection = True
                    return
                status, reason, content = answer
                octets = content if isinstance(content, bytes) else json.dumps(content).encode()
                self.send_response(status, reason)
                self.send_header("GenieACS-Version", "1.2.13")
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(octets)))
                self.end_headers()
                self.wfile.write(octets)

            do_GET = do_POST = do_PUT = do_DELETE = handle_any

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.port = self.server.server_address[1]
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def close(self):
        self.server.shutdown()
        self.server.server_close()

    # ---- what a test does

    def add(self, device):
        with self.lock:
            self.devices[device["_id"]] = device

    def wake(self, device):
        """The device calls: what waits for it is done."""
        with self.lock:
            self.asleep.discard(device)
            self.devices[device]["_lastInform"] = text_of_time(time.time())
            for task in [task for task in self.tasks if task["device"] == device]:
                self.carry_out(task)

    def made(self, method, beginning):
        with self.lock:
            return [call for call in self.calls if call[0] == method and call[1].startswith(beginning)]

    def waiting(self, device):
        with self.lock:
            return [task for task in self.tasks if task["device"] == device]

    def value(self, device, path):
        with self.lock:
            node = self.node(device, path)
            return node and node.get("_value")

    # ---- how it works

    def node(self, device, path):
        node = self.devices[device]
        for name in path.split("."):
            node = node.get(name) if isinstance(node, dict) else None
        return node

    def carry_out(self, task):
        """False: the task failed, and waits beside its fault."""
        channel = f"{task['device']}:task_{task['_id']}"
        fault = self.refusals.get((task["device"], task["name"]))
        if fault:
            self.faults[channel] = {"_id": channel, "device": task["device"], "channel": f"task_{task['_id']}", "retries": 0, **fault}
            return False
        device = self.devices[task["device"]]
        if task["name"] == "setParameterValues":
            for path, value, *_ in task["parameterValues"]:
                self.node(task["device"], path)["_value"] = value
        elif task["name"] == "addObject":
            table = self.node(task["device"], task["objectName"])
            number = str(max([int(name) for name in table if name.isdigit()], default=0) + 1)
            table[number] = thing(writable=True, Enable=leaf(False, "boolean", True), PolicyScope=leaf("", "string", True))
            for name, value, *_ in task.get("parameterValues", []):
                table[number][name]["_value"] = value
        elif task["name"] == "deleteObject":
            above, _, name = task["objectName"].rpartition(".")
            self.node(task["device"], above).pop(name, None)
        elif task["name"] == "reboot":
            device["_lastBoot"] = device["_lastInform"] = text_of_time(time.time() + 2)
        self.tasks.remove(task)
        self.faults.pop(channel, None)
        return True

    def answer(self, method, target, headers, body):
        path, _, query = target.partition("?")
        parts = [urllib.parse.unquote(part) for part in path.strip("/").split("/")]
        given = urllib.parse.parse_qs(query, keep_blank_values=True)
        if method == "POST" and len(parts) == 3 and parts[0] == "devices" and parts[2] == "tasks":
            return self.submit(parts[1], json.loads(body), "connection_request" in given)
        if method == "DELETE" and len(parts) == 2 and parts[0] == "tasks":
            return self.remove(parts[1])
        if method == "PUT" and len(parts) == 2 and parts[0] == "files":
            self.files[parts[1]] = (dict(headers), body)
            return 201, "Created", b""
        if method == "GET" and len(parts) == 1 and parts[0] in ("devices", "tasks", "faults"):
            return 200, "OK", self.find(parts[0], given)
        return 404, "Not Found", b"404 Not Found"

    def submit(self, device, task, is_called):
        if device not in self.devices:
            return 404, "Not Found", b"No such device"
        self.count += 1
        if "uniqueKey" in task:
            self.tasks = [each for each in self.tasks if (each["device"], each.get("uniqueKey")) != (device, task["uniqueKey"])]
        task |= {"_id": f"{self.count:024x}", "device": device, "timestamp": "2026-01-01T00:00:00.000Z"}
        self.tasks.append(task)
        if device in self.asleep or not is_called:
            reason, status = "Task queued but not processed", 202
        else:
            status, reason = (200, "OK") if self.carry_out(task) else (202, "Task faulted")
        if self.lost:
            self.lost -= 1
            return None
        return status, reason, task

    def remove(self, ticket):
        found = [task for task in self.tasks if task["_id"] == ticket]
        if not found:
            return 404, "Not Found", b"Task not found"
        if found[0]["device"] in self.in_session:
            return 503, "Service Unavailable", b"Device is in session"
        self.tasks.remove(found[0])
        self.faults.pop(f"{found[0]['device']}:task_{ticket}", None)
        return 200, "OK", b""

    def find(self, collection, given):
        documents = {"devices": self.devices.values(), "tasks": self.tasks, "faults": self.faults.values()}[collection]
        where = json.loads(given.get("query", ["{}"])[0])
        found = [each for each in documents if all(fits(each.get(name), wanted) for name, wanted in where.items())]
        if "sort" in given:
            found.sort(key=lambda each: each["_id"])
        if "limit" in given:
            found = found[:int(given["limit"][0])]
        if "projection" in given:
            found = [projected(each, given["projection"][0].split(",")) for each in found]
        return found


def fits(value, wanted):
    if isinstance(wanted, dict):
        return value is not None and all({"$gt": value > bound}[operator] for operator, bound in wanted.items())
    return value == wanted


def projected(document, paths):
    out = {"_id": document["_id"]}
    for path in paths:
        source, sink, names = document, out, path.strip().split(".")
        for i, name in enumerate(names):
            if not isinstance(source, dict) or name not in source:
                break
            source = source[name]
            if i + 1 == len(names):
                sink[name] = source
            else:
                sink = sink.setdefault(name, {})
    return out
