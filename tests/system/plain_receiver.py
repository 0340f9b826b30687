# SPDX-License-Identifier: Apache-2.0
"""A peer that tests play: an HTTP server that notes what it is sent and answers what the test wants. Standard library only."""

import http.server
import threading
import time


class Receiver:
    """`answers` maps a path to a status, or to a function of the body that gives (status, fields); others are answered 204."""

    def __init__(self):
        self.messages, self.answers, self.lock = [], {}, threading.Condition()
        receiver = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self):
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                with receiver.lock:
                    receiver.messages.append((self.path, self.headers, body))
                    receiver.lock.notify_all()
                answer = receiver.answers.get(self.path, 204)
                status, fields = answer(body) if callable(answer) else (answer, {})
                self.send_response(status)
                for name, value in fields.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_):
                pass

        class Server(http.server.ThreadingHTTPServer):
            daemon_threads = True

            def handle_error(self, *_):
                pass   # the daemon was killed meanwhile

        self.server = Server(("127.0.0.1", 0), Handler)
        self.host = "127.0.0.1:%d" % self.server.server_address[1]
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def uri(self, path):
        return f"http://{self.host}{path}"

    def at(self, path):
        """Bodies that came to a path, in order."""
        with self.lock:
            return [body for where, _, body in self.messages if where == path]

    def wait(self, path, count, seconds=15):
        """The bodies at a path, once there are so many of them, or what came in time."""
        deadline = time.monotonic() + seconds
        with self.lock:
            while True:
                found = [body for where, _, body in self.messages if where == path]
                left = deadline - time.monotonic()
                if len(found) >= count or left <= 0:
                    return found
                self.lock.wait(left)

    def close(self):
        self.server.shutdown()
        self.server.server_close()
