#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Devices of OMA-DM and their management objects, as docs/acceptance-omadm.md lists them: rows 40 to 46, 48 to 52. The client is a scripted one with the habits of libdmclient, so that
each message can be looked at; what a whole simulated device does is in omadm_devices.py."""

import pathlib
import re
import tempfile
import threading

import nscl_test
from cwmp_world import M2M, XML, World, value
from dm_client import DmClient
from nscl_test import Checks, until
from receiver import Receiver

PASSWORD, SERVER_PASSWORD = "client password", "server password"


class Calling:
    """A client that opens sessions again and again, until the `with` ends; the server believes that it can call it. `place`: what it is in the tree, if it is no SCL."""

    def __init__(self, world, client, pause=0.2, place=None):
        self.world, self.receiver, self.place = world, Receiver(), place or f"/m2m/scls/{client.device}"
        self.client, self.pause, self.ended, self.failure, self.number = client, pause, threading.Event(), None, 100
        self.thread = threading.Thread(target=self.run, daemon=True)

    def __enter__(self):
        self.thread.start()
        self.world.until(f"{self.place}/mgmtObjs", "etsiDeviceInfo", f"{self.client.device}: its objects")
        if "/attachedDevices/" not in self.place:
            self.world.call_at(self.place, self.receiver.uri("/"))
        return self.client

    def __exit__(self, *_):
        self.ended.set()
        self.thread.join(60)
        self.receiver.close()
        if self.failure:
            raise self.failure

    def run(self):
        while not self.ended.wait(self.pause):
            try:
                self.number += 1
                self.client.run(session=f"{self.number:X}")
            except Exception as failure:   # told where the test waits
                self.failure = failure
                return


def elements(mo, values):
    """Attributes of an object; one that is called as the last segment of its node is the node itself, a leaf."""
    def path(name):
        return f' path="{mo}"' if mo and mo.endswith("/" + name) else ""
    return "".join(f'<{name} xmlns="urn:nscl:mo"{path(name)}>{text}</{name}>' for name, text in values.items())


def document(mo="", **values):
    inside = elements(mo, values)
    return f"<m2m:mgmtObj {M2M}>{inside}</m2m:mgmtObj>"


def node_document(name, mo, **values):
    """A management object that is made for a node, with that node if it is not there."""
    inside = elements(mo, values)
    return f'<m2m:mgmtObj {M2M} m2m:id="{name}"><m2m:moID>urn:test</m2m:moID><m2m:originalMO>{mo}</m2m:originalMO>{inside}</m2m:mgmtObj>'


def made(world, scl, name, mo, **values):
    return world.admin.post(f"{scl}/mgmtObjs", node_document(name, mo, **values), headers=XML)


def client_of(world, device, manufacturer="", **options):
    world.import_dm(device, PASSWORD, SERVER_PASSWORD, manufacturer)
    return DmClient(world.dm, device, PASSWORD, SERVER_PASSWORD, **options)


def calls(world):
    """R40, R49: both sides prove who they are, what the device is is found, and a media type without .dm is answered with one that has it."""
    checks = world.checks
    client = client_of(world, "R40", media="application/vnd.syncml+xml")
    checks.equal(client.run(), ("212", "212"), "R40 a whole session")
    with Calling(world, client):
        pass
    info = world.get("/m2m/scls/R40/mgmtObjs/etsiDeviceInfo?rem=cached")
    wanted = {"deviceLabel": "R40", "manufacturer": "test manufacturer", "model": "test model", "deviceType": "device", "firmwareVersion": "1.0", "softwareVersion": "2.0",
              "hardwareVersion": "3.0"}
    checks.equal({name: value(info.text, name) for name in wanted}, wanted, "R40 etsiDeviceInfo")
    world.valid(info.text)
    kinds = {answer.field("Content-Type") for answer in client.answers}
    checks.equal(kinds, {"application/vnd.syncml.dm+xml"}, "R49 how it is answered")


def wrong_password(world):
    """R41: challenged, and refused in the end; no command is sent."""
    checks = world.checks
    client = client_of(world, "R41")
    client.password = "another"
    client.begin()
    checks.equal(client.package_one_status, "401", "R41 refused")
    commands = [command.tag for message in client.heard for command in message.commands]
    checks.equal(commands, [], "R41 no command")
    challenges = [message.chal() is not None for message in client.heard]
    checks.that(challenges[0] and not challenges[-1], f"R41 challenged first, and not any more then: {challenges}")
    alarms = world.command("device", "alarms", "R41", "--json")
    checks.that(until(lambda: any(each["kind"] == "login" for each in world.command("device", "alarms", "R41", "--json")), 70), f"R41 an alarm: {alarms}")


def policy(world):
    """R42: basic is answered with a challenge for md5, and the second package 1 is taken."""
    checks = world.checks
    client = client_of(world, "R42")
    client.begin()
    checks.equal(client.heard[0].chal()[0], "syncml:auth-md5", "R42 md5 is wanted")
    checks.equal([client.package_one_status, len(client.heard)], ["212", 2], "R42 the second one is taken")


def wrong_server_password(world):
    """R43: the device does not believe us: once again with its nonce, then the application is told."""
    checks = world.checks
    client = client_of(world, "R43")
    with Calling(world, client):
        pass
    client.accepts_server = False
    place = len(client.heard)
    with Calling(world, client):
        answer = world.get("/m2m/scls/R43/mgmtObjs/etsiDeviceInfo/manufacturer?rem=live")
    gets = [message for message in client.heard[place:] if any(command.tag == "Get" for command in message.commands)]
    checks.that(answer.status in (200, 502), f"R43 what the application is told: {answer.brief()}")
    checks.that(len(gets) >= 2, f"R43 the same commands once again: {len(gets)}")


def low_level(world):
    """R44, R45, R46: a node is made, changed, read and removed; twice is a conflict; what may not be written is forbidden."""
    checks = world.checks
    client = client_of(world, "R44")
    scl = "/m2m/scls/R44"
    with Calling(world, client):
        checks.status(made(world, scl, "a", "./Vendor/memory/a", a="hello"), 201, "R44 CREATE")
        checks.equal(client.tree.get("./Vendor/memory/a"), ("chr", "hello\0"), "R44 Add")
        checks.status(made(world, scl, "again", "./Vendor/memory/a", a="again"), 409, "R45 twice")
        put = world.put(f"{scl}/mgmtObjs/a", document("./Vendor/memory/a", a="changed"))
        checks.that(put.status in (200, 204), f"R44 PUT: {put.brief()}")
        checks.equal(client.tree["./Vendor/memory/a"][1], "changed\0", "R44 Replace")
        shown = world.get(f"{scl}/mgmtObjs/a?rem=live")
        checks.that(re.search(r">changed</a>", shown.text), f"R44 RETRIEVE without the zero: {shown.brief()}")
        checks.status(made(world, scl, "info", "./DevInfo"), 201, "R46 an object that is there")
        forbidden = world.put(f"{scl}/mgmtObjs/info", document(Man="other"))
        checks.status(forbidden, 403, "R46 425 is forbidden")
        checks.that("OMA-DM 425" in forbidden.text and "./DevInfo/Man" in forbidden.text, f"R46 says so: {forbidden.text}")
        gone = world.admin.delete(f"{scl}/mgmtObjs/a")
        checks.that(gone.status in (200, 204), f"R44 DELETE: {gone.brief()}")
        checks.that("./Vendor/memory/a" not in client.tree, "R44 Delete")


def unknown(world):
    """R48: a node that is not there."""
    checks = world.checks
    client = client_of(world, "R48")
    with Calling(world, client):
        checks.status(made(world, "/m2m/scls/R48", "gone", "./Vendor/memory/gone", gone="here"), 201, "R48 a node")
        del client.tree["./Vendor/memory/gone"]
        put = world.put("/m2m/scls/R48/mgmtObjs/gone", document("./Vendor/memory/gone", gone="again"))
        checks.status(put, 404, "R48 that is not there any more")
        checks.that("OMA-DM 404" in put.text, f"R48 says so: {put.text}")
    told = "".join(octets.decode() for octets in client.sent)
    checks.that("<Data>406</Data>" not in told or "etsiDeviceInfo" in world.get("/m2m/scls/R48/mgmtObjs").text, "R48 406 hinders nothing")


def repeated(world):
    """R50: the same message once more is answered by the same octets, and nothing is done twice."""
    checks = world.checks
    client = client_of(world, "R50")
    message = client.begin()
    octets, first = client.sent[-1], client.answers[-1].body
    commands = len(message.commands)
    client.post_octets(octets)
    checks.equal(client.answers[-1].body, first, "R50 octet by octet")
    checks.that(commands > 0, "R50 there was something to do")


def not_final(world):
    """R51: a message without Final gets statuses and 1222, and no commands."""
    checks = world.checks
    client = client_of(world, "R51")
    client.begin()
    client.session, client.msg, client.target, client.cmd = "51", 0, client.path, 0
    message = client.post([client.alert("1201"), client.dev_info()], with_cred=True, is_final=False)
    checks.equal([message.alerts, [command.tag for command in message.commands]], [["1222"], ["Alert"]], "R51 go on, and nothing else")
    checks.that(not message.is_final, "R51 without Final")


def large(world):
    """R52: a value of 300,000 octets in chunks, with the right Size and a wrong one."""
    checks = world.checks
    client = client_of(world, "R52")
    scl, text = "/m2m/scls/R52", "".join(f"{number:09d}\n" for number in range(30_000))
    with Calling(world, client):
        checks.status(made(world, scl, "big", "./Vendor/memory/big", big="small"), 201, "R52 a node")
        client.large["./Vendor/memory/big"] = (text, len(text))
        shown = world.get(f"{scl}/mgmtObjs/big?rem=live")
        checks.that(text in shown.text, f"R52 put together: {shown.status}, {len(shown.text)} octets")
        place = len(client.heard)
        client.large["./Vendor/memory/big"] = (text, len(text) + 1)
        world.get(f"{scl}/mgmtObjs/big?rem=live")
    codes = [node.findtext("Data") for message in client.heard[place:] for node in message.statuses]
    checks.that("424" in codes and "213" in codes, f"R52 424: {set(codes)}")


def of_a_model(checks):
    """R42: what a mapping file says of a model holds for its devices, and for no others."""
    with tempfile.TemporaryDirectory() as folder:
        mapping = pathlib.Path(folder) / "models.toml"
        mapping.write_text('protocol = "oma_dm"\n\n[[model]]\nmatch = { manufacturer = "test manufacturer" }\nauthentication = "basic"\n')
        mapping.chmod(0o600)
        with World(checks, dm="", management=f'mappings = ["{mapping}"]') as world:
            one, other = client_of(world, "R42a", "test manufacturer"), client_of(world, "R42b")   # what the other says of itself proves nothing
            one.run()
            checks.equal(other.run(), ("212", "212"), "R42 a whole session of another model")
            checks.equal(other.heard[0].chal()[0], "syncml:auth-md5", "R42 another model has to show md5")
            checks.equal(one.heard[0].status_of("0"), ["212"], "R42 basic is enough for this one")


def test(checks: Checks):
    of_a_model(checks)
    with World(checks, dm="") as world:
        for part in (calls, wrong_password, policy, low_level, unknown, repeated, not_final, large, wrong_server_password):
            part(world)


if __name__ == "__main__":
    nscl_test.main(test)
