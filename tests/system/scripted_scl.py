# SPDX-License-Identifier: Apache-2.0
"""Another SCL as far as announcement needs one: a plain HTTP server that writes down what it is asked and answers as it is
told, else as an SCL to which everything is welcome."""

import http.server
import threading
import time


class Request:
    def __init__(self, method, path, fields, body):
        self.method, self.path, self.fields, self.body = method, path, fields, body

    @property
    def text(self):
        return self.body.decode("utf-8", "replace")

    def brief(self):
        return f"{self.method} {self.path}"


class ScriptedScl:
    def __init__(self, prefix):
        """`prefix`: what stands before a Location in the path, "/om2m/" for peers that write them relative."""
        self.prefix, self.requests, self.scripts = prefix, [], []
        self.changed = threading.Condition()
        scl = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do(self):
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                status, fields, content = scl.answer(Request(self.command, self.path, self.headers, body))
                self.send_response(status)
                for name, value in fields.items():
                    self.send_header(name, value)
                if status != 204:
                    self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content if status != 204 else b"")

            do_GET = do_POST = do_PUT = do_DELETE = do

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.port = self.server.server_address[1]
        threading.Thread(target=self.server.serve_forever, args=(0.05,), daemon=True).start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.server.shutdown()
        self.server.server_close()

    def script(self, method, end, status, fields=None, content=b""):
        """The next request of this method whose path ends with `end` gets this answer."""
        with self.changed:
            self.scripts.append((method, end, status, fields or {}, content))

    def answer(self, request):
        with self.changed:
            self.requests.append(request)
            self.changed.notify_all()
            for script in self.scripts:
                method, end, status, fields, content = script
                if request.method == method and request.path.endswith(end):
                    self.scripts.remove(script)
                    return status, fields, content
        if request.method == "POST":
            place = request.path.removeprefix(self.prefix) + "/" + named_in(request.text)
            return 201, {"Location": place}, b""
        return {"PUT": 200, "DELETE": 204}.get(request.method, 404), {}, b""

    def wait_for(self, briefs, wait=20):
        """True once exactly these requests have come, in this order."""
        deadline = time.monotonic() + wait
        with self.changed:
            while len(self.requests) < len(briefs):
                left = deadline - time.monotonic()
                if left <= 0 or not self.changed.wait(left):
                    return False
            return self.briefs() == briefs

    def briefs(self):
        return [request.brief() for request in self.requests]

    def take(self):
        """What has come since the last time."""
        with self.changed:
            taken, self.requests = self.requests, []
        return taken


def named_in(document):
    """The id in the document element of an announcement."""
    for form in (' id="', 'm2m:id="'):
        if form in document:
            return document.split(form, 1)[1].split('"', 1)[0]
    return "unnamed"
