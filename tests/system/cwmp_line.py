# SPDX-License-Identifier: Apache-2.0
"""What stands between devices and the ACS: passes on message by message, keeps them, and cuts where it is told."""

import re
import socket
import threading

from receiver import read_request
from wire import BadAnswer, Connection, compose

RPC = re.compile(r"Body>\s*<(?:[\w-]+:)?(\w+)")


def rpc_of(text):
    """The name of the message in an envelope; empty for an empty POST."""
    found = RPC.search(text)
    return found[1] if found else ""


class Exchange:
    """A message of a device, and what the ACS answered; answer is None while there is none."""

    def __init__(self, number, request):
        self.number, self.request, self.answer = number, request, None   # number: of the connection
        self.text = request.body.decode("utf-8", "replace")
        self.rpc, self.reply = rpc_of(self.text), ""

    def take(self, answer):
        self.answer, self.reply = answer, rpc_of(answer.text)


class Line:
    """`at_request`, `at_answer`: functions of an exchange, called before it is passed on to the ACS, or back to the device. What they change of its body, but for its
    length, is passed on so. False cuts the connection there; of a request, a number of octets passes on that many of the message, and cuts then."""

    def __init__(self, target):
        self.target, self.exchanges, self.at_request, self.at_answer = target, [], None, None
        self._count, self._changed = 0, threading.Condition()
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=128)
        self.port = self._listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self):
        self._listener.close()

    def asked(self, since=0):
        """The RPCs that the ACS sent, in order."""
        return [each.reply for each in self.exchanges[since:] if each.reply and not each.reply.endswith("Response")]

    def told(self, name, since=0):
        """The texts of all messages of the device of that name, in order."""
        return [each.text for each in self.exchanges[since:] if each.rpc == name]

    def sent(self, name, since=0):
        """The same of the ACS."""
        return [each.answer.text for each in self.exchanges[since:] if each.answer and each.reply == name]

    def wait(self, condition, seconds=60):
        """Until condition(exchanges) holds; whether it does."""
        with self._changed:
            return self._changed.wait_for(lambda: condition(self.exchanges), seconds)

    def wait_session(self, since=0, seconds=60):
        """Until a session that began behind `since` messages has ended well."""
        return self.wait(lambda all_: any(each.answer and each.answer.status == 204 for each in all_[since:]), seconds)

    # -- threads

    def _accept(self):
        while True:
            try:
                peer, _ = self._listener.accept()
            except OSError:
                return
            self._count += 1
            threading.Thread(target=self._pass, args=(peer, self._count), daemon=True).start()

    def _pass(self, peer, number):
        acs = None
        try:
            with peer, peer.makefile("rb") as stream:
                peer.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                while request := read_request(stream):
                    exchange = Exchange(number, request)
                    acs = acs or Connection("127.0.0.1", self.target, 60)
                    if not self._exchange(exchange, acs, peer):
                        return
        except (OSError, ValueError, BadAnswer):
            pass   # one of the two has gone: so does the other
        finally:
            if acs:
                acs.close()

    def _exchange(self, exchange, acs, peer):
        request = exchange.request
        with self._changed:
            self.exchanges.append(exchange)
        passes = self.at_request(exchange) if self.at_request else True
        octets = compose(request.method, request.target, "127.0.0.1", request.body, dict(request.fields))
        if passes is not True:
            acs.send(octets[:passes] if passes else b"")
            return False
        acs.send(octets)
        answer = acs.read()
        with self._changed:
            exchange.take(answer)
            self._changed.notify_all()
        if self.at_answer and not self.at_answer(exchange):
            return False
        peer.sendall(answer.head + b"\r\n\r\n" + answer.body)
        return not answer.closes

