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

STATUS = "<action>/a</action><progress>100</progress><finalStatus>SUCCESS</finalStatus>"
GROUP = "<m2m:memberType>ATTACHED_DEVICE</m2m:memberType><m2m:members><reference>/m2m/scls/s/attachedDevices/d</reference></m2m:members>"
ITEM = "<m2m:areaNwkTypeItem><m2m:name>pan</m2m:name><m2m:value>7</m2m:value></m2m:areaNwkTypeItem>"
ALLOWED = ("<m2m:rcatSchedule m2m:id='r'><m2m:rcatValue>RCAT_3</m2m:rcatValue><m2m:schedItem m2m:id='i'><m2m:absTimeSpan m2m:id='a'>"
           "<m2m:startTime>2026-01-12T01:00:00Z</m2m:startTime><m2m:endTime>2026-01-12T05:00:00Z</m2m:endTime></m2m:absTimeSpan>"
           "<m2m:schedule><m2m:scheduleString id='s'>* 1-4 * * *</m2m:scheduleString></m2m:schedule></m2m:schedItem></m2m:rcatSchedule>")
FIRMWARE_ACTION = "".join(f"<m2m:fw{name}>/a</m2m:fw{name}>" for name in ("Download", "Update", "DownloadAndUpdate", "Remove"))
SOFTWARE_ACTION = "".join(f"<m2m:sw{name}>/a</m2m:sw{name}>"
                          for name in ("Download", "DownloadAndInstall", "Install", "Remove", "Activate", "Deactivate"))

# schema type, below which object, id, content behind the inherited elements
MODELS = [
    ("EtsiDeviceInfo", "", "etsiDeviceInfo", "<m2m:deviceLabel>x</m2m:deviceLabel><m2m:softwareVersion>1</m2m:softwareVersion>"),
    ("EtsiDeviceCapability", "", "etsiDeviceCapability", ""),
    ("CapabilityInstance", "etsiDeviceCapability", "ci", f"<m2m:capabilityName>camera</m2m:capabilityName><m2m:capabilityActionStatus>"
     f"{STATUS}</m2m:capabilityActionStatus>"),
    ("EtsiBattery", "", "etsiBattery", "<m2m:standbyTime>90</m2m:standbyTime>"),
    ("BatteryInstance", "etsiBattery", "bi", "<m2m:battLevel>50</m2m:battLevel><m2m:battStatus>NORMAL</m2m:battStatus>"),
    ("EtsiMemory", "", "etsiMemory", "<m2m:ramAvailable>1</m2m:ramAvailable><m2m:ramTotal>2</m2m:ramTotal>"),
    ("EtsiTrapEvent", "", "etsiTrapEvent", ""),
    ("TrapEventAction", "etsiTrapEvent", "trapEventAction", "<m2m:trapEventEnable>/a</m2m:trapEventEnable>"),
    ("EtsiPerformanceLog", "", "etsiPerformanceLog", "<m2m:logTypeId>appLog</m2m:logTypeId><m2m:logData><l xmlns='urn:l'>1</l>"
     "</m2m:logData>"),
    ("PerfLogAction", "etsiPerformanceLog", "perfLogAction", "<m2m:perfLogStart>/a</m2m:perfLogStart>"),
    ("EtsiFirmware", "", "etsiFirmware", ""),
    ("FwInstance", "etsiFirmware", "fw", "<m2m:firmwareName>n</m2m:firmwareName><m2m:firmwareVersion>1</m2m:firmwareVersion>"
     f"<m2m:firmwareURL>http://f</m2m:firmwareURL><m2m:fwActionStatus>{STATUS}</m2m:fwActionStatus>"),
    ("FirmwareAction", "etsiFirmware/fw", "firmwareAction", FIRMWARE_ACTION),
    ("EtsiSoftware", "", "etsiSoftware", ""),
    ("SwInstance", "etsiSoftware", "sw", "<m2m:softwareName>n</m2m:softwareName><m2m:softwareVersion>1</m2m:softwareVersion>"
     f"<m2m:softwareURL>http://s</m2m:softwareURL><m2m:swActionStatus>{STATUS}</m2m:swActionStatus>"),
    ("SoftwareAction", "etsiSoftware/sw", "softwareAction", SOFTWARE_ACTION),
    ("EtsiReboot", "", "etsiReboot", "<m2m:rebootLevel>RESTART_OS</m2m:rebootLevel><m2m:rebootTiming>ASAP</m2m:rebootTiming>"),
    ("RebootAction", "etsiReboot", "rebootAction", "<m2m:reboot>/a</m2m:reboot><m2m:factoryReset>/a</m2m:factoryReset>"),
    ("EtsiAreaNwkInfo", "", "etsiAreaNwkInfo", "<m2m:numOfAreaNwks>1</m2m:numOfAreaNwks>"),
    ("AreaNwkInstance", "etsiAreaNwkInfo", "an", "<m2m:areaNwkType>ZIGBEE</m2m:areaNwkType><m2m:addressType>non-IP</m2m:addressType>"
     f"<m2m:areaNwkTypeInfo>{ITEM}</m2m:areaNwkTypeInfo><m2m:listOfDevices>{GROUP}</m2m:listOfDevices>"),
    ("EtsiAreaNwkDeviceInfo", "", "etsiAreaNwkDeviceInfo", ""),
    ("AreaNwkDeviceInfoInstance", "etsiAreaNwkDeviceInfo", "ad", "<m2m:areaNwkID>1</m2m:areaNwkID><m2m:sleepInterval>0</m2m:sleepInterval>"
     f"<m2m:sleepDuration>0</m2m:sleepDuration><m2m:status>AWAKE</m2m:status><m2m:areaNwkTypeInfoOfDevice>{ITEM}"
     "</m2m:areaNwkTypeInfoOfDevice>"),
    ("EtsiSclMo", "", "etsiSclMo", "<m2m:regTargetNsclList><reference>http://n/m2m</reference></m2m:regTargetNsclList>"
     "<m2m:regExpirationDuration>P1D</m2m:regExpirationDuration>"),
    ("SclMoAction", "etsiSclMo", "sclMoAction", "<m2m:reRegistration>/a</m2m:reRegistration>"),
    ("SafPolicySet", "etsiSclMo", "set", "<m2m:policyScope><reference>default</reference></m2m:policyScope>"),
    ("AnpPolicy", "etsiSclMo/set", "anp", f"<m2m:anName>c</m2m:anName><m2m:rcatSchedList m2m:id='l'>{ALLOWED}</m2m:rcatSchedList>"),
    ("M2mSpPolicy", "etsiSclMo/set", "m2mSpPolicy", "<m2m:defaultRcatValue>RCAT_0</m2m:defaultRcatValue>"),
    ("RcatParamList", "etsiSclMo/set/m2mSpPolicy", "rc", "<m2m:rcatValue>RCAT_0</m2m:rcatValue><m2m:defaultTrpdtValue>"
     "<tolerableTime>14:30:00Z</tolerableTime></m2m:defaultTrpdtValue><m2m:rankedAnList m2m:id='r'>"
     "<m2m:accessNetwork>c</m2m:accessNetwork></m2m:rankedAnList>"),
    ("MgmtObj", "", "vendor", "<v:led xmlns:v='urn:v' v:on='1'>red<v:x/></v:led>"),
    ("Parameters", "vendor", "part", "<v:led xmlns:v='urn:v'/>"),
]


def model(kind, above, identity, content):
    """Entry of MADE for a model."""
    root = "parameters" if above else "mgmtObj"
    head = "" if above else "<m2m:moID>urn:example:mo</m2m:moID>"
    named = f"{root} m2m:id='{identity}' xmlns:xsi='http://www.w3.org/2001/XMLSchema-instance' xsi:type='m2m:{kind}'"
    return "scls/s/mgmtObjs" + (above and "/" + above), named, head + content


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
    *(model(*each) for each in MODELS),
    ("scls/s/mgmtObjs", "mgmtCmd m2m:id='cmd'", "<m2m:cmdType>REBOOT</m2m:cmdType><m2m:execReqArgs><execReqArg><name>a</name>"
     "<value>1</value></execReqArg></m2m:execReqArgs>"),
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
    "scls/s/subscriptions", "scls/s/m2mPocs", "scls/s/sclAnncs", "scls/s/sclAnncs/tAnnc/applications",
    "scls/mgmtObjs", "applications/mgmtObjs", "scls/s/mgmtObjs", "scls/s/mgmtObjs/cmd/execInstances", "scls/s/mgmtObjs/etsiFirmware/fw", "scls/s/attachedDevices",
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
