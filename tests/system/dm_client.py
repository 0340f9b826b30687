# SPDX-License-Identifier: Apache-2.0
"""A client of OMA-DM in XML that is not the product's own, with the habits of libdmclient as rem.md tells them: a zero octet behind what was written, statuses for
each item, our credentials needed before anything is done, an alert before the status of its Exec, no chunks."""

import base64
import hashlib
import re
import xml.etree.ElementTree as ElementTree

from nscl_test import Client

MEDIA = "application/vnd.syncml.dm+xml"
NAMES = re.compile(r"\{[^}]*\}")
DEV_INFO = {"DevId": None, "Man": "test manufacturer", "Mod": "test model", "DmV": "1.0", "Lang": "en"}


def b64(octets):
    return base64.b64encode(octets).decode()


def md5_cred(user, password, nonce):
    digest = b64(hashlib.md5(f"{user}:{password}".encode()).digest()).encode()
    return b64(hashlib.md5(digest + b":" + nonce).digest())


def escaped(text):
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def element(name, *inside, space=""):
    attribute = f" xmlns='{space}'" if space else ""
    return f"<{name}{attribute}>{''.join(inside)}</{name}>"


def meta(**values):
    return element("Meta", *(element(name, text, space="syncml:metinf") for name, text in values.items())) if values else ""


class Message:
    """A message of the server."""

    def __init__(self, octets):
        root = ElementTree.fromstring(octets)
        for node in root.iter():
            node.tag = NAMES.sub("", node.tag)
        self.header, self.body = root.find("SyncHdr"), root.find("SyncBody")
        self.msg_id, self.session = self.header.findtext("MsgID"), self.header.findtext("SessionID")
        self.statuses = [node for node in self.body if node.tag == "Status"]
        self.commands = [node for node in self.body if node.tag not in ("Status", "Final", "Results")]
        self.is_final = self.body.find("Final") is not None
        self.alerts = [node.findtext("Data").strip() for node in self.commands if node.tag == "Alert"]

    def status_of(self, cmd_ref):
        """Of our command; "0": of our header."""
        return [node.findtext("Data") for node in self.statuses if node.findtext("CmdRef") == cmd_ref]

    def chal(self):
        """Type and nonce that are asked for in the status of our header."""
        for node in self.statuses:
            if node.findtext("CmdRef") == "0" and node.find("Chal") is not None:
                return node.findtext("Chal/Meta/Type"), base64.b64decode(node.findtext("Chal/Meta/NextNonce") or "")
        return None


class DmClient:
    """`tree`: leaves by their paths as (Format, text); nodes that are there without leaves as ("node", ""). `fixed`: what nobody may write (425)."""

    def __init__(self, port, device, password, server_password, user=None, path="/dm", media=MEDIA):
        self.connection = Client("127.0.0.1", port, timeout=30)
        self.path, self.device, self.user, self.media = path, device, user or device, media
        self.password, self.server_password, self.server = password, server_password, "nscl"
        self.type, self.nonce, self.own_nonce = "syncml:auth-basic", b"", b""   # nonce: the server's, for us; own_nonce: ours, for it
        self.tree = {f"./DevInfo/{name}": ("chr", text or device) for name, text in DEV_INFO.items()}
        self.tree |= {"./DevDetail/FwV": ("chr", "1.0"), "./DevDetail/SwV": ("chr", "2.0"), "./DevDetail/HwV": ("chr", "3.0"), "./DevDetail/DevTyp": ("chr", "device"),
                      "./DevDetail/OEM": ("chr", "maker"), "./DevDetail/LrgObj": ("bool", "false"), "./Vendor/memory": ("node", "")}
        self.fixed = set(self.tree) - {"./Vendor/memory"}
        self.types = {}            # of roots of management objects, by their paths
        self.executed, self.heard, self.sent, self.answers = [], [], [], []
        self.executables = {"./test/execute": "200"}
        self.accepts_server = True
        self.zero = "\0"
        self.large = {}            # leaves that come in chunks: text, and the Size that is told
        self.pending = []          # chunks to be sent

    # -- what it says

    def node(self, path):
        """Names right below a node; None: there is none."""
        below = {name[len(path) + 1:].split("/")[0] for name in [*self.tree, *self.types] if name.startswith(path + "/")}
        return sorted(below) if below or self.tree.get(path, ("",))[0] == "node" or path in self.types else None

    def cred(self):
        if self.type == "syncml:auth-basic":
            data = b64(f"{self.user}:{self.password}".encode())
        else:
            data = md5_cred(self.user, self.password, self.nonce)
        return element("Cred", meta(Format="b64", Type=self.type), element("Data", data))

    def header(self, with_cred):
        return element("SyncHdr", "<VerDTD>1.2</VerDTD><VerProto>DM/1.2</VerProto>", element("SessionID", self.session), element("MsgID", str(self.msg)),
                       element("Target", element("LocURI", "http://127.0.0.1/dm")),
                       element("Source", element("LocURI", self.device), element("LocName", self.user) if self.user != self.device else ""),
                       self.cred() if with_cred else "", meta(MaxMsgSize="16384"))

    def compose(self, body, with_cred=False, is_final=True):
        return ("<?xml version=\"1.0\" encoding=\"UTF-8\"?><SyncML xmlns='SYNCML:SYNCML1.2'>" + self.header(with_cred) +
                element("SyncBody", *body, "<Final/>" if is_final else "") + "</SyncML>").encode()

    def next_id(self):
        self.cmd += 1
        return element("CmdID", str(self.cmd))

    def status(self, message, cmd_ref, name, code, target="", more=""):
        return element("Status", self.next_id(), element("MsgRef", message.msg_id), element("CmdRef", cmd_ref), element("Cmd", name),
                       element("TargetRef", escaped(target)) if target else "", more, element("Data", str(code)))

    def alert(self, code, *items, correlator=""):
        return element("Alert", self.next_id(), element("Data", code), element("Correlator", correlator) if correlator else "", *items)

    def alert_item(self, source, type_, data, format_="int"):
        return element("Item", element("Source", element("LocURI", source)), meta(Format=format_, Type=type_), element("Data", data))

    def dev_info(self):
        items = [element("Item", element("Source", element("LocURI", path)), meta(Format="chr", Type="text/plain"), element("Data", escaped(text)))
                 for path, (_, text) in self.tree.items() if path.startswith("./DevInfo/")]
        return element("Replace", self.next_id(), *items)

    # -- a session

    def begin(self, session="1", alert="1201", alerts=()):
        """Package 1, as often as it is challenged, at most three times; the server's answer to the last. `alerts`: items of generic alerts."""
        self.session, self.msg, self.target, self.is_over = session, 0, self.path, False
        message = None
        for _ in range(4):
            before = [self.header_status(message)] if message else []
            body = [*before, self.alert(alert) if message else self.first(alert), self.dev_info(), *(self.alert("1226", *items, correlator=key) for key, items in alerts)]
            message = self.post(body, with_cred=True)
            self.last_body = body
            code = (message.status_of("0") or ["0"])[0]
            asked = message.chal()
            if asked:
                self.type, self.nonce = asked[0], asked[1]
            if code == "212" or not asked or code == "200":
                break
        self.package_one_status = code
        return message

    def first(self, alert):
        self.cmd = 0
        return self.alert(alert)

    def post(self, body, with_cred=False, is_final=True):
        self.msg += 1
        octets = self.compose(body, with_cred, is_final)
        return self.post_octets(octets)

    def post_octets(self, octets, media=None):
        self.sent.append(octets)
        answer = self.connection.post(self.target, octets, content_type=media or self.media)
        self.answers.append(answer)
        if answer.status != 200:
            raise AssertionError(f"HTTP {answer.status}: {answer.text}")
        message = Message(answer.body)
        self.heard.append(message)
        uri = message.header.findtext("RespURI")
        if uri:
            self.target = "/" + uri.split("/", 3)[3]
        self.cmd = 0
        return message

    def header_status(self, message):
        """We take the server for who it is, or challenge it."""
        cred = message.header.find("Cred")
        wanted = md5_cred(self.server, self.server_password, self.own_nonce)
        is_good = cred is not None and cred.findtext("Data") == wanted and self.accepts_server
        self.is_trusted = is_good
        challenge = ""
        if not is_good:
            self.own_nonce = f"nonce {message.msg_id} of {self.session}".encode()
        challenge = element("Chal", meta(Format="b64", Type="syncml:auth-md5", NextNonce=b64(self.own_nonce)))
        code = "212" if is_good else "401" if cred is not None else "407"
        return self.status(message, "0", "SyncHdr", code, more=challenge)

    def run(self, session="1", alert="1201", alerts=(), messages=200):
        """A whole session; the codes that both sides told of each other's credentials."""
        message = self.begin(session, alert, alerts)
        for _ in range(messages):
            goes_on = self.pending and message.alerts == ["1222"]
            body = [self.header_status(message)]   # first: whether the server is believed
            body += self.next_chunk(message) if goes_on else [part for command in message.commands for part in self.answer(message, command)]
            if not message.commands and message.is_final and self.is_trusted:
                return self.package_one_status, "212"
            if not message.commands and len(body) == 1 and not message.is_final:
                body.append(self.alert("1222"))
            if not message.commands and message.is_final:
                if self.refusals(message) > 1:
                    return self.package_one_status, "401"
            message = self.post(body, is_final=not self.pending)
        raise AssertionError("the session does not end")

    def refusals(self, message):
        self.refused = getattr(self, "refused", 0) + 1
        return self.refused

    # -- commands

    def answer(self, message, command):
        name, ref = command.tag, command.findtext("CmdID")
        if not self.is_trusted:
            return [self.status(message, ref, name, 401)]
        if name == "Atomic":
            return [part for inner in command if inner.tag not in ("CmdID", "Meta") for part in self.answer(message, inner)]
        if name == "Alert":
            return [self.status(message, ref, name, 500)]
        done = {"Get": self.get, "Add": self.add, "Replace": self.replace, "Delete": self.delete, "Exec": self.execute}.get(name)
        if not done:
            target = command.findtext("Item/Target/LocURI") or ""
            return [self.status(message, ref, name, 501, target)]
        out, results = [], []
        for item in command.findall("Item"):
            uri = item.findtext("Target/LocURI")
            before, code, result = done(uri, item, command)
            out += [*before, self.status(message, ref, name, code, uri)]
            results += result
        if self.pending:
            out.append(self.pending.pop(0)(self))
        if results:
            out.append(element("Results", self.next_id(), element("MsgRef", message.msg_id), element("CmdRef", ref), *results))
        return out

    def next_chunk(self, message):
        return [self.status(message, message.commands[0].findtext("CmdID"), "Alert", 200), self.pending.pop(0)(self)]

    def in_chunks(self, uri, msg_ref, cmd_ref, size=8000):
        text, told = self.large[uri]
        pieces = [text[at:at + size] for at in range(0, len(text), size)]

        def chunk(client, number):
            values = {"Format": "chr", "Type": "text/plain"} | ({"Size": str(told)} if number == 0 else {})
            item = element("Item", element("Source", element("LocURI", uri)), meta(**values), element("Data", pieces[number]),
                           "<MoreData/>" if number + 1 < len(pieces) else "")
            return element("Results", client.next_id(), element("MsgRef", msg_ref), element("CmdRef", cmd_ref), item)

        return [lambda client, number=number: chunk(client, number) for number in range(len(pieces))]

    def result(self, uri, format_, text):
        kind = {"Format": format_} if format_ == "node" else {"Format": format_, "Type": "text/plain"}
        return element("Item", element("Source", element("LocURI", escaped(uri))), meta(**kind), element("Data", escaped(text)))

    def get(self, uri, _item, command):
        if uri in self.large:
            self.pending = self.in_chunks(uri, self.heard[-1].msg_id, command.findtext("CmdID"))
            return [], 200, []
        path, _, query = uri.partition("?")
        children = self.node(path) if path != "." else sorted({name.split("/")[1] for name in [*self.tree, *self.types]})
        if path not in self.tree and children is None:
            return [], 404, []
        if query == "prop=Type":
            return [], 200, [self.result(uri, "chr", self.types.get(path, "" if children else "text/plain") + self.zero)]
        if query:
            return [], 406, []
        if children is not None:
            return [], 200, [self.result(uri, "node", "/".join(children))]
        return [], 200, [self.result(uri, *self.tree[path])]

    def add(self, uri, item, _command):
        if uri in self.tree or self.node(uri) is not None:
            return [], 418, []
        parent = uri.rpartition("/")[0]
        if self.node(parent) is None:
            return [], 404, []
        if not parent.startswith("./Vendor/memory"):
            return [], 425, []
        format_ = item.findtext("Meta/Format") or "chr"
        self.tree[uri] = (format_, "" if format_ == "node" else (item.findtext("Data") or "") + self.zero)
        return [], 200, []

    def replace(self, uri, item, _command):
        if uri not in self.tree:
            return [], 404, []
        if uri in self.fixed:
            return [], 425, []
        self.tree[uri] = (self.tree[uri][0], (item.findtext("Data") or "") + self.zero)
        return [], 200, []

    def delete(self, uri, _item, _command):
        gone = [path for path in self.tree if path == uri or path.startswith(uri + "/")]
        for path in gone:
            del self.tree[path]
        return [], 200 if gone else 404, []

    def execute(self, uri, _item, command):
        self.executed.append(uri)
        if uri not in self.executables:
            return [], 404, []
        result = self.executables[uri]
        if callable(result):
            return result(uri, command)
        alert = self.alert("1226", self.alert_item(uri, "urn:test", result, "text/plain"), correlator=command.findtext("Correlator") or "")
        return [alert], 200, []
