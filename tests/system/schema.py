#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Every representation of every type the server keeps, and every error it says, is valid by the ETSI schemas. Shows: C3."""

import nscl_test
from nscl_test import Checks, Daemon

M2M = 'xmlns:m2m="http://uri.etsi.org/m2m" xmlns:xmime="http://www.w3.org/2005/05/xmlmime"'
STRINGS = "<m2m:searchStrings><m2m:searchString>a</m2m:searchString></m2m:searchStrings>"
LATER = nscl_test.iso(nscl_test.time.time() + 86400)
RIGHT = ("<m2m:permission m2m:id='p'><m2m:permissionFlags><m2m:flag>READ</m2m:flag><m2m:flag>WRITE</m2m:flag></m2m:permissionFlags>"
         "<m2m:permissionHolders><m2m:holderRefs><m2m:holderRef>/m2m/applications/a</m2m:holderRef></m2m:holderRefs>"
         "<m2m:applicationIDs><m2m:applicationID>a</m2m:applicationID></m2m:applicationIDs><m2m:sclIDs><m2m:sclID>s</m2m:sclID>"
         "</m2m:sclIDs><m2m:all/><m2m:domains><m2m:domain>example.net</m2m:domain></m2m:domains></m2m:permissionHolders>"
         "</m2m:permission>")
ANNOUNCE = "<m2m:announceTo><m2m:activated>false</m2m:activated><m2m:sclList/><m2m:global>false</m2m:global></m2m:announceTo>"

# collection, document element with its attributes, content
MADE = [
    ("scls", "scl sclId='s'", "<m2m:pocs><reference>http://s.example.net/m2m</reference></m2m:pocs><m2m:link>http://s.example.net/"
     "m2m</m2m:link><m2m:schedule><m2m:scheduleString id='x'>* * * * *</m2m:scheduleString></m2m:schedule>"
     f"{STRINGS}<m2m:mgmtProtocolType>OMA_DM</m2m:mgmtProtocolType><m2m:sclType>GSCL</m2m:sclType>"),
    ("scls/s/applications", "applicationAnnc id='aAnnc'", f"<m2m:link>http://s.example.net/m2m/applications/a</m2m:link>{STRINGS}"),
    ("scls/s/containers", "containerAnnc m2m:id='cAnnc'", f"<m2m:link>http://s.example.net/m2m/containers/c</m2m:link>{STRINGS}"),
    ("scls/s/groups", "groupAnnc m2m:id='gAnnc'", f"<m2m:link>http://s.example.net/m2m/groups/g</m2m:link>{STRINGS}"),
    ("scls/s/accessRights", "accessRightAnnc m2m:id='rAnnc'",
     f"<m2m:link>http://s.example.net/m2m/accessRights/r</m2m:link>{STRINGS}"),
    ("scls/s/m2mPocs", "m2mPoc m2m:id='p'",
     "<m2m:contactInfo><m2m:contactURI>http://198.51.100.1</m2m:contactURI></m2m:contactInfo>"),
    ("scls/s/sclAnncs", "sclAnnc id='tAnnc'", f"<m2m:link>http://t.example.net/m2m</m2m:link>{STRINGS}"),
    ("scls/s/attachedDevices", "attachedDevice m2m:id='d'", ""),
    ("scls/s/notificationChannels", "notificationChannel m2m:id='n'", "<m2m:channelType>LONG_POLLING</m2m:channelType>"),
    ("scls/s/communicationChannels", "communicationChannel m2m:id='n'", "<m2m:channelType>LONG_POLLING</m2m:channelType>"),
    ("accessRights", "accessRight m2m:id='r'", f"<m2m:expirationTime>{LATER}</m2m:expirationTime>{STRINGS}{ANNOUNCE}"
     f"<m2m:permissions>{RIGHT}</m2m:permissions><m2m:selfPermissions>{RIGHT}</m2m:selfPermissions>"),
    ("applications", "application appId='a'", f"<m2m:expirationTime>{LATER}</m2m:expirationTime><m2m:accessRightID>/m2m/accessRights/r"
     f"</m2m:accessRightID>{STRINGS}{ANNOUNCE}<m2m:aPoC>http://a.example.net</m2m:aPoC><m2m:aPoCPaths><m2m:aPoCPath><m2m:path>x/"
     f"</m2m:path>{STRINGS}</m2m:aPoCPath></m2m:aPoCPaths>"),
    ("applications/a/containers", "container m2m:id='c'", f"{STRINGS}{ANNOUNCE}<m2m:maxNrOfInstances>5</m2m:maxNrOfInstances>"
     "<m2m:maxByteSize>5000</m2m:maxByteSize><m2m:maxInstanceAge>P1Y2M3DT4H5M6S</m2m:maxInstanceAge>"),
    ("applications/a/containers", "locationContainer m2m:id='l'",
     f"{STRINGS}<m2m:locationContainerType>APPLICATION_GENERATED</m2m:locationContainerType>"),
    ("applications/a/notificationChannels", "notificationChannel m2m:id='n'", "<m2m:channelType>LONG_POLLING</m2m:channelType>"),
    ("applications/a/containers/c/subcontainers", "container m2m:id='d'", ""),
    ("applications/a/containers/c/contentInstances", "contentInstance m2m:id='t'", f"<m2m:delayTolerance>{LATER}</m2m:delayTolerance>"
     f"{STRINGS}<m2m:content xmime:contentType='text/plain'><m2m:textContent>x &amp; y</m2m:textContent></m2m:content>"),
    ("applications/a/containers/c/contentInstances", "contentInstance m2m:id='b'",
     "<m2m:content xmime:contentType='image/png'><m2m:binaryContent>iVBORw0KGgo=</m2m:binaryContent></m2m:content>"),
    ("applications/a/groups", "group m2m:id='g'", f"{STRINGS}{ANNOUNCE}<m2m:memberType>CONTAINER</m2m:memberType><m2m:members>"
     "<reference>/m2m/applications/a/containers/c</reference></m2m:members>"),
    ("applications/a/containers/c/contentInstances/subscriptions", "subscription m2m:id='u'",
     f"<m2m:expirationTime>{LATER}</m2m:expirationTime><m2m:filterCriteria xmlns:xsi='http://www.w3.org/2001/XMLSchema-instance' "
     "xsi:type='m2m:ContentInstancesFilterCriteriaType'><attributeAccessor>latest</attributeAccessor><sizeFrom>1</sizeFrom>"
     "</m2m:filterCriteria><m2m:contact>http://a.example.net/n</m2m:contact>"),
    ("applications/a/subscriptions", "subscription m2m:id='v'",
     "<m2m:filterCriteria><searchString>a</searchString></m2m:filterCriteria><m2m:contact>http://a.example.net/n</m2m:contact>"),
    ("applications/a/subscriptions", "subscription m2m:id='w'", "<m2m:contact>http://a.example.net/n</m2m:contact>"),
]
COLLECTIONS = [
    "", "scls", "scls/subscriptions", "scls/s/containers", "scls/s/groups", "scls/s/applications", "scls/s/accessRights",
    "scls/s/subscriptions", "scls/s/m2mPocs", "scls/s/sclAnncs", "scls/s/sclAnncs/tAnnc/applications", "scls/s/attachedDevices",
    "scls/s/attachedDevices/d/subscriptions", "scls/s/notificationChannels", "scls/s/communicationChannels",
    "applications/a/notificationChannels", "applications", "applications/subscriptions", "applications/a/containers",
    "applications/a/groups", "applications/a/accessRights", "applications/a/subscriptions", "applications/a/containers/c/subscriptions",
    "applications/a/containers/c/contentInstances", "applications/a/containers/c/contentInstances?metaDataOnly=true",
    "applications/a/containers/c/contentInstances/latest", "applications/a/containers/c/contentInstances/oldest",
    "applications/a/containers/c/contentInstances/subscriptions", "applications/a/containers/c/subcontainers",
    "applications/a/containers/d/contentInstances", "containers", "groups", "accessRights", "subscriptions", "discovery",
    "discovery?searchString=a", "discovery?searchString=nothing", "discovery?maxSize=1",
    "scls/s/applications/aAnnc/containers", "scls/s/applications/aAnnc/groups", "scls/s/applications/aAnnc/accessRights",
]


def document(root, content):
    return f"<m2m:{root} {M2M}>{content}</m2m:{root.split()[0]}>"


def check(checks: Checks, answer, what, statuses=(200, 201)):
    if checks.status(answer, statuses, what) and answer.body:
        complaint = nscl_test.validate(answer.body, "om2m" in what)
        checks.that(complaint is None, f"{what}: {complaint}\n{answer.text}")


def own_types(checks: Checks, client, base):
    checks.section(base)
    made = [entry for entry in MADE if base == "/m2m" or not entry[1].startswith("locationContainer")]   # OM2M has no such type
    for collection, root, content in made:
        target = f"{base}/{collection}"
        answer = client.post(target, document(root, content))
        check(checks, answer, f"POST {root} to {target}", (201, 409) if base != "/m2m" else (201,))
    for collection, root, _ in made:
        target = f"{base}/{collection}/" + root.split("'")[1]
        check(checks, client.get(target), f"GET {target}")
    for path in COLLECTIONS:
        if "containers/d/" in path:
            path = path.replace("containers/d/", "containers/c/subcontainers/d/")
        check(checks, client.get(f"{base}/{path}".rstrip("/")), f"GET {base}/{path}")


def errors(checks: Checks, daemon, client):
    checks.section("errors")
    stranger = daemon.client(daemon.principal("stranger", "pw"))
    application = document("application appId='a'", "")
    for what, answer, status in [
            ("bad XML", client.post("/m2m/applications", "<a"), 400),
            ("wrong type", client.post("/m2m/applications", document("container", "")), 400),
            ("no credential", daemon.client().get("/m2m/applications"), 401),
            ("wrong credential", daemon.client(nscl_test.basic("admin", "x")).get("/m2m/applications"), 401),
            ("lacks the flag", stranger.post("/m2m/containers", document("container", "")), 401),
            ("hidden", stranger.get("/m2m/scls/s"), 404), ("missing", client.get("/m2m/x"), 404),
            ("method", client.delete("/m2m/applications"), 405),
            ("not acceptable", client.get("/m2m", headers={"Accept": "image/png"}), 406),
            ("conflict", client.post("/m2m/applications", application), 409),
            ("media type", client.post("/m2m/applications", "x", content_type="image/png"), 415),
            ("unknown method", client.request("FOOBAR", "/m2m"), 501)]:
        checks.status(answer, status, what)
        checks.equal((answer.field("Content-Type") or "").split(";")[0], "application/xml", what + ": media type")
        complaint = nscl_test.validate(answer.body)
        checks.that(complaint is None, f"{what}: {complaint}\n{answer.text}")


def test(checks: Checks):
    if not nscl_test.have_schemas():
        nscl_test.skip("the ETSI schemas or xmllint are not here (set NSCL_SHARED)")
    with Daemon() as daemon:
        client = daemon.admin()
        own_types(checks, client, "/m2m")
        own_types(checks, client, "/om2m/nscl")
        errors(checks, daemon, client)


nscl_test.main(test)
