# SPDX-License-Identifier: Apache-2.0
"""What the servers have in common that tell simulated devices what a test wants to have done, and the process that simulates."""

import http.server
import queue
import subprocess
import threading

import nscl_test


class ScriptedServer:
    """An HTTP server on a port of its own. `script` holds what is asked next; `refuse` may have an answer instead; `files` are given away."""

    def __init__(self, script=(), refuse=None, files=None):
        self.script, self.refuse, self.files = queue.Queue(), refuse, files or {}
        for each in script:
            self.script.put(each)
        self.requests, self.lock = [], threading.Lock()
        server = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, *arguments):
                pass

            def do_POST(self):
                server.answer(self)

            def do_GET(self):
                server.serve(self, None)

            def do_PUT(self):
                server.serve(self, self.rfile.read(int(self.headers["Content-Length"])))

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def __enter__(self):
        return self

    def __exit__(self, *unused):
        self.server.shutdown()
        self.server.server_close()

    def take(self, handler):
        """The body of a request, which is kept with its head."""
        body = handler.rfile.read(int(handler.headers.get("Content-Length") or 0))
        with self.lock:
            self.requests.append((body, dict(handler.headers)))
        return body

    def asked(self):
        """What the script has next, or None."""
        try:
            return self.script.get_nowait()
        except queue.Empty:
            return None

    @staticmethod
    def send(handler, status, body=b"", **fields):
        handler.send_response(status)
        for name, value in fields.items():
            handler.send_header(name.replace("_", "-"), value)
        if status != 204:
            handler.send_header("Content-Length", str(len(body)))
        handler.end_headers()
        handler.wfile.write(body)

    def answer(self, handler):
        raise NotImplementedError

    def serve(self, handler, content):
        found = self.files.get(handler.path)
        return self.send(handler, 200, found) if found is not None and content is None else self.send(handler, 404)


class Simulator:
    """`nscl simulate ...`"""

    def __init__(self, *arguments):
        self.process = subprocess.Popen([nscl_test.binary(), "simulate", *arguments], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)

    def __enter__(self):
        return self

    def __exit__(self, *unused):
        self.end()

    def wait(self):
        output, _ = self.process.communicate(timeout=60)
        return self.process.returncode, output

    def end(self):
        if self.process.poll() is None:
            self.process.terminate()
        self.process.communicate(timeout=30)
        return self.process.returncode
