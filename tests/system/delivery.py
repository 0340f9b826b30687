# SPDX-License-Identifier: Apache-2.0
"""What the tests of delivery share: a daemon that may call loopback, a receiver, documents, and checks of notifications."""

import pathlib
import tempfile
from xml.sax.saxutils import escape

import nscl_test
from nscl_test import Checks, Daemon
from receiver import Receiver

M2M = 'xmlns:m2m="http://uri.etsi.org/m2m" xmlns:xmime="http://www.w3.org/2005/05/xmlmime" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'
SETTINGS = {"outgoing.allowed_networks": ["127.0.0.0/8"], "delivery.first_retry": "1s", "lifetime.minimum": "0s"}
NOWHERE = "http://127.0.0.1:9"   # nobody listens there


def document(root, content="", **attributes):
    inside = "".join(f' {name.replace("_", ":")}="{escape(str(value))}"' for name, value in attributes.items() if value is not None)
    return f"<m2m:{root} {M2M}{inside}>{content}</m2m:{root}>"


def application(name, content=""):
    return document("application", content, appId=name)


def container(name, content=""):
    return document("container", content, m2m_id=name)


def instance(name, text="x", content_type="text/plain", before=""):
    return document("contentInstance", f'{before}<m2m:content xmime:contentType="{content_type}"><m2m:textContent>{escape(text)}</m2m:textContent>'
                    "</m2m:content>", m2m_id=name)


def strings(*texts):
    inside = "".join(f"<m2m:searchString>{escape(text)}</m2m:searchString>" for text in texts)
    return f"<m2m:searchStrings>{inside}</m2m:searchStrings>"


def subscription(contact, name=None, criteria="", expires=None, pause=None, until=None, more=""):
    """`criteria`: the children of filterCriteria; `more`: what the schema has behind contact."""
    inside = f"<m2m:expirationTime>{expires}</m2m:expirationTime>" if expires else ""
    inside += f"<m2m:minimalTimeBetweenNotifications>{pause}</m2m:minimalTimeBetweenNotifications>" if pause is not None else ""
    inside += f"<m2m:delayTolerance>{until}</m2m:delayTolerance>" if until else ""
    inside += f'<m2m:filterCriteria xsi:type="m2m:ContentInstancesFilterCriteriaType">{criteria}</m2m:filterCriteria>' if criteria else ""
    return document("subscription", f"{inside}<m2m:contact>{escape(contact)}</m2m:contact>{more}", m2m_id=name)


def access_right(name, holder, *flags):
    """What the application `holder` may do; changed by the operator only."""
    def permission(who, which):
        marks = "".join(f"<m2m:flag>{flag}</m2m:flag>" for flag in which)
        return (f'<m2m:permission m2m:id="p"><m2m:permissionFlags>{marks}</m2m:permissionFlags><m2m:permissionHolders><m2m:applicationIDs>'
                f"<m2m:applicationID>{who}</m2m:applicationID></m2m:applicationIDs></m2m:permissionHolders></m2m:permission>")
    return document("accessRight", f"<m2m:permissions>{permission(holder, flags)}</m2m:permissions>"
                    f"<m2m:selfPermissions>{permission('keeper', ['READ'])}</m2m:selfPermissions>", m2m_id=name)


def config_file(settings):
    """A TOML file of {"section.key": value}; values are texts, numbers, flags or lists of texts."""
    text = ""
    for key, value in settings.items():
        section, name = key.split(".")
        shown = nscl_test.json.dumps(value)
        text += f"[{section}]\n" if f"[{section}]\n" not in text else ""
        text = text.replace(f"[{section}]\n", f"[{section}]\n{name} = {shown}\n", 1)
    path = pathlib.Path(tempfile.mkstemp(prefix="nscl-config-", suffix=".toml")[1])
    path.write_text(text)
    return path


class Scene:
    """A daemon, its operator and a receiver. with Scene(checks) as scene: ..."""

    def __init__(self, checks: Checks, settings=None, **options):
        self.checks, self.config = checks, config_file({**SETTINGS, **(settings or {})})
        self.daemon = Daemon(config=self.config, **options)
        self.admin, self.receiver = self.daemon.admin() if self.daemon.alive() else None, Receiver()
        self.receivers = [self.receiver]

    def __enter__(self):
        return self

    def __exit__(self, *_):
        for receiver in self.receivers:
            receiver.close()
        self.daemon.close()
        self.config.unlink()

    def another_receiver(self, *arguments, **options):
        self.receivers.append(Receiver(*arguments, **options))
        return self.receivers[-1]

    @property
    def base(self):
        return f"http://{self.daemon.host}/m2m"

    def make(self, collection, body, client=None, base="/m2m"):
        """Creates; returns the answer."""
        answer = (client or self.admin).post(f"{base}/{collection}".rstrip("/"), body)
        self.checks.status(answer, 201, f"POST to {base}/{collection}")
        return answer

    def container(self, path):
        """Makes an application and a container below it: "a/c" -> "applications/a/containers/c"."""
        above, name = path.split("/")
        if self.admin.get(f"/m2m/applications/{above}").status == 404:
            self.make("applications", application(above))
        self.make(f"applications/{above}/containers", container(name))
        return f"applications/{above}/containers/{name}"

    def add(self, path, name, *arguments, **options):
        return self.make(f"{path}/contentInstances", instance(name, *arguments, **options))

    def subscribe(self, resource, path, name, client=None, base="/m2m", receiver=None, **options):
        """Subscribes the receiver's `path` to `resource`; returns the subscription's own path."""
        contact = (receiver or self.receiver).uri(path)
        collection = f"{resource}/subscriptions".lstrip("/")
        self.make(collection, subscription(contact, name, **options), client, base)
        return f"{base}/{collection}/{name}"

    def notified(self, path, count, receiver=None, seconds=15):
        """The notifications that came to `path`: exactly `count` of them when that many have been waited for."""
        found = (receiver or self.receiver).wait(count, seconds, lambda request: request.target == path)
        self.checks.equal(len(found), count, f"notifications at {path}")
        return [self.checked(request) for request in found]

    def checked(self, request):
        """What every notification must be; returns it taken apart."""
        checks, what = self.checks, f"notification at {request.target}"
        notify = request.notify()
        checks.equal(request.method, "POST", what)
        checks.equal(request.field("Content-Type").split(";")[0], "application/json" if notify.is_json else "application/xml", what)
        if nscl_test.have_schemas() and not notify.is_json:
            is_om2m = notify.qualified
            if not (is_om2m and notify.status == "STATUS_CREATED"):   # what OM2M's clients want, and no schema has
                complaint = nscl_test.validate(_unqualified(request.body) if is_om2m else request.body)
                checks.that(complaint is None, f"{what}: {complaint}\n{request.body.decode()}")
            is_document = (notify.content_type or "").split(";")[0] == "application/xml"
            if notify.representation and is_document and nscl_test.schema_for(nscl_test.root_name(notify.representation)):
                complaint = nscl_test.validate(notify.representation, is_om2m)
                checks.that(complaint is None, f"{what}, representation: {complaint}\n{notify.text}")
        return notify

    def error_of(self, notify, status):
        self.checks.equal(notify.status, status, "statusCode of the last notification")
        self.checks.that("errorInfo" in notify.text and status in notify.text, f"its representation is an errorInfo: {notify.text}")

    def until(self, condition, text, seconds=15):
        """Waits until condition() holds."""
        deadline = nscl_test.time.monotonic() + seconds
        while not (held := condition()) and nscl_test.time.monotonic() < deadline:
            nscl_test.time.sleep(0.05)
        return self.checks.that(held, text)

    def gone(self, path, seconds=15):
        self.until(lambda: self.admin.get(path).status == 404, f"{path} is gone", seconds)


def _unqualified(body):
    for name in (b"representation", b"subscriptionReference", b"requestingEntity", b"contact"):
        body = body.replace(b"<om2m:" + name, b"<" + name).replace(b"</om2m:" + name, b"</" + name)
    return body


def run(parts, settings=None):
    """Runs each part(scene) with the same daemon; what one of them throws does not keep the others from running."""
    def test(checks: Checks):
        with Scene(checks, settings) as scene:
            for part in parts:
                checks.section(part.__name__.replace("_", " "))
                try:
                    part(scene)
                except (OSError, RuntimeError, ValueError, IndexError, TypeError, AttributeError, KeyError) as error:
                    checks.that(False, f"{type(error).__name__}: {error}")
            checks.that(scene.daemon.alive(), f"the daemon lives: {scene.daemon.log()[-800:]}")
    nscl_test.main(test)
