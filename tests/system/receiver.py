# SPDX-License-Identifier: Apache-2.0
"""A scripted HTTP receiver: takes what the daemon sends, records it octet by octet, and answers as it is told, or not.

    with Receiver() as receiver:
        receiver.script(answer(503), RESET)          # for the next two requests; then 204 again
        request, = receiver.wait(1)
"""

import base64
import json
import re
import socket
import struct
import threading
import time
import xml.etree.ElementTree as ElementTree

M2M = "{http://uri.etsi.org/m2m}"
CONTENT_TYPE = "{http://www.w3.org/2005/05/xmlmime}contentType"


class Request:
    """What came: method, target and field values exactly as sent."""

    def __init__(self, method, target, fields, body):
        self.method, self.target, self.fields, self.body = method, target, fields, body
        self.at, self.time = time.monotonic(), time.time()

    def field(self, name):
        values = [value for key, value in self.fields if key.lower() == name.lower()]
        return values[0] if len(values) == 1 else (values or None)

    def notify(self):
        return Notify(self.body)


class Notify:
    """A notify document, in either format and dialect. `qualified`: all children are in the namespace (OM2M)."""

    def __init__(self, body):
        self.body, self.is_json = body, body.lstrip()[:1] == b"{"
        found = self._from_json() if self.is_json else self._from_xml()
        self.status, self.content_type, encoded, self.reference = found
        self.representation = None if encoded is None else base64.b64decode(encoded, validate=True)

    def _from_json(self):
        inside = json.loads(self.body)
        inside = inside.get("notify", inside)
        representation = inside.get("representation") or {}
        return inside["statusCode"], representation.get("contentType"), representation.get("$t"), inside["subscriptionReference"]

    def _from_xml(self):
        root = ElementTree.fromstring(self.body)
        if root.tag != M2M + "notify":
            raise ValueError(f"no notify: {root.tag}")
        self.qualified = all(child.tag.startswith(M2M) for child in root)
        children = {child.tag.removeprefix(M2M): child for child in root}
        representation = children.get("representation")
        return (children["statusCode"].text, None if representation is None else representation.get(CONTENT_TYPE),
                None if representation is None else re.sub(r"\s", "", representation.text or ""), children["subscriptionReference"].text)

    @property
    def text(self):
        return (self.representation or b"").decode("utf-8", "replace")

    def ids(self):
        """The m2m:id of each contentInstance, in order."""
        return re.findall(r'contentInstance [^>]*\bid="([^"]+)"', self.text)


# ---------------------------------------------------------------- how to answer: function(receiver, socket) -> keep open?

def answer(status, body=b"", fields=(), reason="Told"):
    def act(_, peer):
        lines = [f"HTTP/1.1 {status} {reason}"] + [f"{key}: {value}" for key, value in dict(fields).items()]
        if status != 204:
            lines.append(f"Content-Length: {len(body)}")
        peer.sendall("\r\n".join(lines).encode("latin-1") + b"\r\n\r\n" + (b"" if status == 204 else body))
        return True
    return act


def raw(octets):
    """Sends these octets, whatever they are, and closes."""
    def act(_, peer):
        peer.sendall(octets)
        return False
    return act


def HANG(receiver, peer):
    """No answer, as long as the receiver lives or the other side waits."""
    peer.settimeout(0.1)
    while not receiver.is_over:
        try:
            if not peer.recv(1):
                return False
        except TimeoutError:
            pass
    return False


def RESET(_, peer):
    """The connection ends by RST."""
    peer.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    return False


def CLOSE(_, __):
    """The connection ends without an answer."""
    return False


GARBAGE = raw(b"\x16\x03\x01 this is no HTTP\r\n\r\n")


def too_much(octets):
    return raw(f"HTTP/1.1 200 Much\r\nContent-Length: {octets}\r\n\r\n".encode() + b"x" * octets)


class Receiver:
    """Listens on a free port of loopback until it is closed; a thread for each connection. `answers` maps a target to a status,
    or to a function of the body that gives one, or a status with an XML document; where it has none, `usual` answers.
    `tls`: an ssl.SSLContext; then it is called by https."""

    def __init__(self, usual=answer(204), address="127.0.0.1", port=0, tls=None):
        self.tls, self.failed_handshakes = tls, 0
        self.answers = {}
        self.usual, self.requests, self.is_over, self.connections = usual, [], False, 0
        self.most_at_once, self._at_once = 0, 0   # requests between their first octet and our answer
        self._told, self._changed, self._open = [], threading.Condition(), set()
        self._gate = threading.Event()
        self._gate.set()
        self._listener = socket.create_server((address, port), backlog=128)
        self.address, self.port = self._listener.getsockname()[:2]
        threading.Thread(target=self._accept, daemon=True).start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def uri(self, path=""):
        return f"http{'s' if self.tls else ''}://{self.address}:{self.port}{path}"

    def script(self, *actions):
        """The answers to the next requests."""
        with self._changed:
            self._told.extend(actions)

    def hold(self):
        """From now on requests are recorded, but answered only after release()."""
        self._gate.clear()

    def release(self):
        self._gate.set()

    def wait(self, count, seconds=15, where=None):
        """The requests so far (for which where(request) holds), once there are `count` of them, or when time is over."""
        with self._changed:
            self._changed.wait_for(lambda: len(self.matching(where)) >= count, seconds)
            return self.matching(where)

    def at(self, target):
        """The bodies that came to a target, in order."""
        return [request.body for request in self.matching(lambda request: request.target == target)]

    def wait_at(self, target, count, seconds=15):
        self.wait(count, seconds, lambda request: request.target == target)
        return self.at(target)

    def matching(self, where=None):
        return [request for request in self.requests if where is None or where(request)]

    def forget(self, keep=0):
        """All requests so far, but for so many of the last."""
        with self._changed:
            del self.requests[:len(self.requests) - keep]

    def close(self):
        self.is_over = True
        self._gate.set()
        self._listener.close()
        for peer in list(self._open):
            try:
                peer.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass

    # -- threads

    def _accept(self):
        while not self.is_over:
            try:
                peer, _ = self._listener.accept()
            except OSError:
                return
            self.connections += 1
            threading.Thread(target=self._serve, args=(peer,), daemon=True).start()

    def _serve(self, peer):
        if self.tls:
            try:
                peer = self.tls.wrap_socket(peer, server_side=True)
            except OSError:
                self.failed_handshakes += 1
                return
        self._open.add(peer)
        try:
            with peer, peer.makefile("rb") as stream:
                while not self.is_over:
                    request = read_request(stream)
                    if request is None or not self._respond(request, peer):
                        break
        except (OSError, ValueError):
            pass
        finally:
            self._open.discard(peer)

    def _usual_at(self, request):
        told = self.answers.get(request.target)
        if told is None:
            return self.usual
        told = told(request.body) if callable(told) else told
        return answer(told[0], told[1], {"Content-Type": "application/xml"}) if isinstance(told, tuple) else answer(told)

    def _respond(self, request, peer):
        with self._changed:
            self.requests.append(request)
            self._at_once += 1
            self.most_at_once = max(self.most_at_once, self._at_once)
            act = self._told.pop(0) if self._told else self._usual_at(request)
            self._changed.notify_all()
        self._gate.wait()
        with self._changed:
            self._at_once -= 1
        return not self.is_over and act(self, peer)


def read_request(stream):
    """One request with a Content-Length or none; None at the end of the connection, also in the midst of one: the daemon was killed."""
    first = stream.readline(65536)
    if not first:
        return None
    method, target, version = first.decode("latin-1").split(" ")
    if version != "HTTP/1.1\r\n":
        raise ValueError(version)
    fields = []
    while (line := stream.readline(65536)) not in (b"\r\n", b""):
        key, _, value = line.decode("latin-1").partition(":")
        fields.append((key, value.strip()))
    if not line:
        return None
    request = Request(method, target, fields, b"")
    if length := int(request.field("Content-Length") or 0):
        request.body = stream.read(length)
        if len(request.body) < length:
            return None
    return request
