# SPDX-License-Identifier: Apache-2.0
"""A small, strict HTTP/1.1 client over plain sockets: tests must see, and send, exact octets."""

import base64
import re
import socket
import threading
import urllib.parse

class BadAnswer(Exception):
    """What came back is no HTTP/1.1 answer as this server must give it."""


class Answer:
    def __init__(self, status, reason, fields, body, head):
        self.status, self.reason, self.fields, self.body, self.head = status, reason, fields, body, head

    def field(self, name, default=None):
        for key, value in self.fields:
            if key.lower() == name.lower():
                return value
        return default

    def all_fields(self, name):
        return [value for key, value in self.fields if key.lower() == name.lower()]

    @property
    def closes(self):
        return (self.field("Connection") or "").lower() == "close"

    @property
    def text(self):
        return self.body.decode("utf-8", "replace")

    def brief(self):
        return f"{self.status} {self.text[:160]!r}"


def basic(user, password):
    return "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()


def basic_uri(uri, password=""):
    """Basic in the form of a requesting entity's URI, percent-encoded (as ONG sends it)."""
    return "Basic " + base64.b64encode((urllib.parse.quote(uri, safe="/") + ":" + password).encode()).decode()


class Connection:
    """One TCP connection. Reads answers strictly: a Content-Length on everything but 1xx, 204 and 304, never chunked."""

    def __init__(self, address, port, timeout=10, source=None):
        """`source`: the address that it comes from, if that matters."""
        self.address, self.port, self.timeout = address, port, timeout
        self.buffer = b""
        self.socket = socket.create_connection((address, port), timeout, (source, 0) if source else None)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def close(self):
        try:
            self.socket.close()
        except OSError:
            pass

    def send(self, data):
        self.socket.sendall(data)

    def _more(self):
        data = self.socket.recv(65536)
        if not data:
            raise ConnectionError("the server closed the connection")
        self.buffer += data

    def is_closed(self, wait=2.0):
        """True if the server closes (or has closed) the connection within `wait` seconds."""
        self.socket.settimeout(wait)
        try:
            while True:
                data = self.socket.recv(65536)
                if not data:
                    return True
                self.buffer += data
        except (TimeoutError, socket.timeout):
            return False
        except OSError:
            return True
        finally:
            try:
                self.socket.settimeout(self.timeout)
            except OSError:
                pass

    def read(self, head_only=False):
        while b"\r\n\r\n" not in self.buffer:
            self._more()
        head, _, rest = self.buffer.partition(b"\r\n\r\n")
        lines = head.decode("latin-1").split("\r\n")
        match = re.fullmatch(r"HTTP/1\.1 (\d{3}) ?(.*)", lines[0])
        if not match:
            raise BadAnswer("status line " + repr(lines[0]))
        fields = []
        for line in lines[1:]:
            key, colon, value = line.partition(":")
            if not colon or not re.fullmatch(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+", key):
                raise BadAnswer("header line " + repr(line))
            fields.append((key, value.strip()))
        answer = Answer(int(match[1]), match[2], fields, b"", head)
        self.buffer = rest
        lengths = answer.all_fields("Content-Length")
        if answer.field("Transfer-Encoding"):
            raise BadAnswer("Transfer-Encoding in an answer")
        if answer.status // 100 == 1:
            return answer
        if answer.status in (204, 304):
            return answer
        if len(lengths) != 1:
            raise BadAnswer(f"{len(lengths)} Content-Length fields in a {answer.status}")
        length = 0 if head_only else int(lengths[0])
        while len(self.buffer) < length:
            self._more()
        answer.body, self.buffer = self.buffer[:length], self.buffer[length:]
        return answer


class Client:
    """Sends requests of one requesting entity over a kept connection, and opens it again when the server has closed it."""

    def __init__(self, address, port, authorization=None, timeout=10):
        self.address, self.port, self.authorization, self.timeout = address, port, authorization, timeout
        self.connection = None

    @property
    def host(self):
        return f"[{self.address}]:{self.port}" if ":" in self.address else f"{self.address}:{self.port}"

    def close(self):
        if self.connection:
            self.connection.close()
        self.connection = None

    def request(self, method, target, body=None, headers=None, content_type="application/xml"):
        data = compose(method, target, self.host, body, headers, content_type, self.authorization)
        for attempt in (0, 1):
            fresh = self.connection is None
            try:
                if fresh:
                    self.connection = Connection(self.address, self.port, self.timeout)
                self.connection.send(data)
                answer = self.connection.read(head_only=method == "HEAD")
                while answer.status // 100 == 1:
                    answer = self.connection.read(head_only=method == "HEAD")
                if answer.closes:
                    self.close()
                return answer
            except OSError:
                self.close()
                if fresh or attempt:
                    raise

    def get(self, target, **options):
        return self.request("GET", target, **options)

    def post(self, target, body, **options):
        return self.request("POST", target, body, **options)

    def put(self, target, body, **options):
        return self.request("PUT", target, body, **options)

    def delete(self, target, **options):
        return self.request("DELETE", target, **options)


def compose(method, target, host, body=None, headers=None, content_type="application/xml", authorization=None):
    if isinstance(body, str):
        body = body.encode()
    fields = {"Host": host}
    if authorization:
        fields["Authorization"] = authorization
    if body is not None:
        fields["Content-Type"] = content_type
        fields["Content-Length"] = str(len(body))
    for key, value in (headers or {}).items():
        for known in list(fields):
            if known.lower() == key.lower():
                del fields[known]
        if value is not None:
            fields[key] = value
    lines = [f"{method} {target} HTTP/1.1"] + [f"{key}: {value}" for key, value in fields.items()]
    return "\r\n".join(lines).encode("latin-1") + b"\r\n\r\n" + (body or b"")


def exchange(address, port, data, wait=3.0, half_close=False):
    """Sends octets, returns (all octets received, closed by the server?). For input that is no proper request."""
    received, closed = b"", False
    with socket.create_connection((address, port), 5) as peer:
        peer.settimeout(wait)
        sender = threading.Thread(target=_send_quietly, args=(peer, data, half_close), daemon=True)
        sender.start()
        try:
            while True:
                part = peer.recv(65536)
                if not part:
                    closed = True
                    break
                received += part
        except (TimeoutError, socket.timeout):
            pass
        except OSError:
            closed = True
        try:
            peer.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass
        sender.join(5)
    return received, closed


def _send_quietly(peer, data, half_close):
    try:
        peer.sendall(data)
        if half_close:
            peer.shutdown(socket.SHUT_WR)
    except OSError:
        pass


def first_status(data):
    """Status code of the first final answer in `data`, or None."""
    for match in re.finditer(rb"HTTP/1\.1 (\d{3})", data):
        if match[1] != b"100":
            return int(match[1])
    return None
