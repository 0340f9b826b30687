#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Bearer tokens from outside: `nscl token` beside a running daemon, and threat row A8 whole: tokens that are expired, of another scope, place,
network or principal, wrong, revoked, or in the query."""

import json
import re
import time

import nscl_test
from nscl_test import Checks, Daemon, until
from siege import application, container

METER, METER2 = "/m2m/applications/meter/containers", "/m2m/applications/meter2/containers"


class Tokens:
    def __init__(self, checks, daemon):
        self.checks, self.daemon, self.texts, self.printed = checks, daemon, [], []

    def run(self, *words):
        done = self.daemon.cli("token", *words, "--data-dir", str(self.daemon.data_dir))
        self.printed.append(done.stderr + ("" if words[0] == "add" else done.stdout))
        return done

    def add(self, *words):
        """Text of a new token; nothing else may stand on standard output."""
        done = self.run("add", *words)
        if done.returncode or not re.fullmatch(r"nscl_[a-z0-9]+_[a-z0-9]{50}\n", done.stdout):
            raise RuntimeError(f"token add {words}: exit code {done.returncode}: {done.stdout}{done.stderr}")
        self.texts.append(done.stdout.strip())
        return self.texts[-1]

    def client(self, text):
        return self.daemon.client("Bearer " + text)

    def listed(self):
        return {token["id"]: token for token in json.loads(self.run("list", "--json").stdout)}


def id_of(text):
    return text.split("_")[1]


def commands(tokens):
    checks = tokens.checks
    checks.section("commands")
    text = tokens.add("meter", "--flags", "READ,DISCOVER", "--path", "/applications/meter", "--path", "/containers", "--network", "127.0.0.0/8",
                      "--network", "::1/128", "--expires", "12h", "--name", "of the reader")
    token = tokens.listed()[id_of(text)]
    checks.equal({key: token[key] for key in ("principal", "name", "flags", "paths", "networks")},
                 {"principal": "meter", "name": "of the reader", "flags": ["READ", "DISCOVER"], "paths": ["/applications/meter", "/containers"],
                  "networks": ["127.0.0.0/8", "::1/128"]}, "it is listed as it was made")
    line = tokens.run("list").stdout.split("\n")[0].split("\t")
    checks.equal(line[:6], [id_of(text), "meter", "of the reader", "READ,DISCOVER", "/applications/meter,/containers", "127.0.0.0/8,::1/128"], "as a line")
    text = tokens.add("meter")
    usual = tokens.listed()[id_of(text)]
    checks.equal((usual["flags"], usual["paths"], usual["networks"], usual["name"]), ([], [], [], ""), "without options it is for everything")
    for words, code, reason in ((("meter", "--expires", "366d"), 2, "365d"), (("meter", "--expires", "0s"), 2, "1s"), (("meter", "--expires", "soon"), 2, "90d"),
                                (("meter", "--flags", "READ,EXECUTE"), 2, "EXECUTE"), (("meter", "--path", "applications"), 2, "path"), (("meter", "--path", "/m2m"), 2, "everything"),
                                (("meter", "--path", "/a READ"), 2, "blank"), (("meter", "--network", "10.0.0.0"), 2, "network"),
                                (("meter", "--network", "10.0.0.0/8 ::/0"), 2, "blank"), (("meter", "--name", "a\nb"), 2, "name"),
                                (("nobody",), 1, "nobody"), ((), 2, "PRINCIPAL")):
        done = tokens.run("add", *words)
        checks.equal((done.returncode, done.stdout, reason in done.stderr), (code, "", True), f"add {words}: {done.stderr.strip()}")
    done = tokens.run("revoke", "nobody")
    checks.that(done.returncode == 1 and "nobody" in done.stderr, "revoking none fails")
    checks.equal(len(tokens.listed()), 2, "what failed has made nothing")


def a8_scope(tokens, admin):
    checks = tokens.checks
    checks.section("A8 scope")
    reader = tokens.client(tokens.add("meter", "--flags", "READ"))
    checks.status(reader.get(METER + "/c"), 200, "A8 READ reads")
    for method, target, body in (("DELETE", METER + "/c", None), ("PUT", METER + "/c", container("c")), ("POST", METER, container("d"))):
        checks.status(reader.request(method, target, body), 401, f"A8 READ used for {method}")
    checks.status(admin.get(METER + "/c"), 200, "A8 it is still there")
    checks.status(reader.post("/m2m-session", ""), 403, "A8 a token opens no session that would outlive it")
    checks.status(tokens.client(tokens.add("meter", "--path", METER)).get(METER + "/c"), 200, "A8 a path may be written as in URIs")
    here = tokens.client(tokens.add("meter", "--path", "/applications/meter"))
    checks.status(here.get(METER + "/c"), 200, "A8 a path covers what lies below it")
    checks.status(here.get("/m2m/applications/meter"), 200, "A8 and itself")
    for target in (METER2 + "/c", "/m2m/applications/meter2", "/m2m/applications", "/m2m", "/m2m/applications/meter/../meter2/containers/c"):
        checks.status(here.get(target), (401, 400), f"A8 a path ends at a segment: {target}")
    whole = tokens.client(tokens.add("meter"))
    checks.status(whole.get("/m2m"), 200, "A8 a token without scope is good for what its principal may")
    checks.status(whole.delete("/m2m/applications/other"), 404, "A8 and for no more")


def a8_proof(tokens):
    checks, daemon = tokens.checks, tokens.daemon
    checks.section("A8 proof")
    text = tokens.add("meter")
    checks.status(tokens.client(text).get("/m2m"), 200, "A8 the token")
    wrong = tokens.client(text[:-1] + ("a" if text[-1] != "a" else "b")).get("/m2m")
    unknown = tokens.client("nscl_aaaaaaaaaaaa_" + text.split("_")[2]).get("/m2m")
    malformed = tokens.client("nscl_").get("/m2m")
    for name, answer in (("wrong", wrong), ("unknown", unknown), ("malformed", malformed)):
        checks.status(answer, 401, f"A8 {name}")
        checks.equal([(key, value) for key, value in answer.fields if key != "Date"], [(key, value) for key, value in wrong.fields if key != "Date"],
                     f"A8 {name} looks like a wrong secret: fields")
        checks.equal(answer.body, wrong.body, f"A8 {name} looks like a wrong secret: body")
    for query in ("access_token=", "token=", "Authorization=Bearer%20", "authorization=Bearer+"):
        checks.status(daemon.client().get("/m2m?" + query + text), 401, f"A8 in the query it is ignored: {query}")
    checks.status(tokens.client(tokens.add("meter", "--network", "10.0.0.0/8", "--network", "fd00::/8")).get("/m2m"), 401, "A8 from another network")
    checks.status(tokens.client(tokens.add("meter", "--network", "10.0.0.0/8", "--network", "127.0.0.0/8")).get("/m2m"), 200, "A8 from its network")


def a8_ends(tokens):
    checks = tokens.checks
    checks.section("A8 ends")
    text = tokens.add("meter", "--expires", "2s")
    client = tokens.client(text)
    checks.that(until(lambda: client.get("/m2m").status == 401), "A8 an expired token is refused")
    checks.status(client.get("/m2m"), 401, "A8 and stays so")
    checks.that(id_of(text) in tokens.listed(), "it is listed until it is revoked")
    text = tokens.add("meter")
    client, other = tokens.client(text), tokens.client(tokens.add("meter"))
    checks.status(client.get("/m2m"), 200, "before it is revoked")
    began = time.monotonic()
    checks.equal(tokens.run("revoke", id_of(text)).returncode, 0, "revoke")
    checks.that(until(lambda: client.get("/m2m").status == 401), "A8 a revoked token is refused")
    print(f"   {time.monotonic() - began:.2f} s after the command began")
    checks.status(other.get("/m2m"), 200, "A8 others of its principal go on")
    checks.that(id_of(text) not in tokens.listed(), "it is listed no more")
    tokens.daemon.principal("guest", "pw")
    guest = tokens.client(tokens.add("guest"))
    checks.status(guest.get("/m2m"), 200, "a token of another principal")
    tokens.daemon.cli("principal", "remove", "guest", "--data-dir", str(tokens.daemon.data_dir))
    checks.that(until(lambda: guest.get("/m2m").status == 401), "A8 a token goes with its principal")
    tokens.daemon.principal("guest", "pw2")
    checks.status(guest.get("/m2m"), 401, "A8 and is not that of who has its name next")


def nothing_told(tokens):
    checks = tokens.checks
    checks.section("secrets")
    told = "".join(tokens.printed) + tokens.daemon.log()
    database = b"".join(path.read_bytes() for path in tokens.daemon.data_dir.iterdir() if path.is_file())
    for text in tokens.texts:
        secret = text.split("_")[2]
        checks.that(secret not in told, "no secret in lists, messages and the log")
        checks.that(secret.encode() not in database, "no secret in the data folder")


def test(checks: Checks):
    with Daemon() as daemon:
        tokens, admin = Tokens(checks, daemon), daemon.admin()
        for name in ("meter", "meter2", "other"):
            checks.status(admin.post("/m2m/applications", application(name)), 201, name)
            checks.status(admin.post(f"/m2m/applications/{name}/containers", container("c")), 201, f"container of {name}")
        daemon.principal("meter", "pw")
        commands(tokens)
        a8_scope(tokens, admin)
        a8_proof(tokens)
        a8_ends(tokens)
        nothing_told(tokens)


nscl_test.main(test)
