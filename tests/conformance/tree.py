# SPDX-License-Identifier: Apache-2.0
"""A representation as a neutral tree, and its two forms on the wire: XML by the ETSI schemas, JSON by the project's rules.

Written from the specification alone and on purpose not from the product's descriptors: it is the other half of the
comparison. XML attributes and elements are both "members" of a node; the tables here say which is which.
"""

import json
import re
import xml.etree.ElementTree as ElementTree
from xml.sax.saxutils import escape, quoteattr

M2M = "http://uri.etsi.org/m2m"
XMIME = "http://www.w3.org/2005/05/xmlmime"
XSI = "http://www.w3.org/2001/XMLSchema-instance"

# Children in schema order, for the roots and structures a script may write in any order.
_ANNC = "link accessRightID searchStrings expirationTime announceTo"
ORDER = {name: children.split() for name, children in {
    "sclBase": "accessRightID searchStrings creationTime lastModifiedTime aPocHandling",
    "scl": "pocs remTriggerAddr onlineStatus serverCapability link schedule expirationTime accessRightID searchStrings "
           "creationTime lastModifiedTime locTargetDevice mgmtProtocolType integrityValResults aPocHandling sclType "
           "announceTo publicDomain containersReference",
    "application": "expirationTime accessRightID searchStrings creationTime lastModifiedTime announceTo aPoC aPoCPaths "
                   "locRequestor referencePoint containersReference",
    "applicationAnnc": _ANNC, "containerAnnc": _ANNC, "groupAnnc": _ANNC, "accessRightAnnc": _ANNC, "sclAnnc": _ANNC,
    "accessRight": "expirationTime searchStrings creationTime lastModifiedTime announceTo permissions selfPermissions",
    "container": "expirationTime accessRightID searchStrings creationTime lastModifiedTime announceTo maxNrOfInstances "
                 "maxByteSize maxInstanceAge contentInstancesReference",
    "locationContainer": "expirationTime accessRightID searchStrings creationTime lastModifiedTime announceTo maxNrOfInstances "
                         "maxByteSize maxInstanceAge contentInstancesReference subcontainersReference subscriptionsReference "
                         "locationContainerType",
    "notificationChannel": "channelType contactURI channelData creationTime lastModifiedTime",
    "communicationChannel": "channelType contactURI channelData creationTime lastModifiedTime",
    "mgmtObj": "expirationTime accessRightID searchStrings creationTime lastModifiedTime moID originalMO contentType description "
               "parametersCollection subscriptionsReference",
    "parameters": "accessRightID creationTime lastModifiedTime originalMO parametersCollection subscriptionsReference",
    "mgmtCmd": "expirationTime accessRightID searchStrings creationTime lastModifiedTime description cmdType execEnable execReqArgs "
               "execInstancesReference subscriptionsReference",
    "contentInstance": "creationTime lastModifiedTime delayTolerance searchStrings contentTypes contentSize content",
    "group": "expirationTime accessRightID searchStrings creationTime lastModifiedTime announceTo memberType "
             "currentNrOfMembers maxNrOfMembers members membersContentAccessRightID memberTypeValidated consistencyStrategy",
    "subscription": "expirationTime minimalTimeBetweenNotifications delayTolerance creationTime lastModifiedTime "
                    "filterCriteria subscriptionType contact aggregateURI timeoutReason noRepresentation subscriberId",
    "m2mPoc": "contactInfo expirationTime onlineStatus creationTime lastModifiedTime",
    "announceTo": "activated sclList global",
    "permission": "permissionFlags permissionHolders",
    "permissionHolders": "holderRefs applicationIDs sclIDs all domains",
    "aPoCPath": "path accessRightID searchStrings",
    "filterCriteria": "ifModifiedSince ifUnmodifiedSince ifNoneMatch attributeAccessor searchString createdAfter "
                      "createdBefore sizeFrom sizeUntil contentType metaDataOnly",
}.items()}

# An element that may occur more than once: an array in JSON, always.
REPEATED = {"reference", "searchString", "permission", "flag", "holderRef", "applicationID", "sclID", "domain",
            "namedReference", "contentInstance", "scheduleString", "aPoCPath", "ifNoneMatch", "status", "execReqArg", "execResultItem",
            "trapEventTimeStamp", "areaNwkTypeItem", "rcatSchedule", "schedItem", "absTimeSpan", "blockItem", "accessNetwork"}
INTEGERS = {"maxNrOfInstances", "maxByteSize", "currentNrOfInstances", "currentByteSize", "contentSize", "maxNrOfMembers",
            "currentNrOfMembers", "minimalTimeBetweenNotifications", "matchSize", "sizeFrom", "sizeUntil", "ivalResults",
            "signedIvalResult", "progress", "standbyTime", "battLevel", "ramAvailable", "ramTotal", "areaNwkID", "sleepInterval",
            "sleepDuration", "failedAttempts", "maxPendReqs", "currentIndex"}
BOOLEANS = {"serverCapability", "activated", "global", "memberTypeValidated", "noRepresentation", "metaDataOnly", "truncated"}
UNQUALIFIED_PARENTS = {"filterCriteria", "integrityValResults", "membersContentResponses", "status", "execReqArgs", "execReqArg", "fwActionStatus", "rebootActionStatus",
                       "eventOccured", "defaultTrpdtValue"}
UNQUALIFIED = {"reference"}
PLAIN_ID = {"applicationAnnc", "sclAnnc", "namedReference", "latest", "oldest", "scheduleString", "status"}
PLAIN_ATTRIBUTES = {"appId", "sclId", "href"}
COLLECTIONS = re.compile(r".*Collection$")


class Malformed(Exception):
    """The answer is not what its form demands."""


class Node:
    def __init__(self, name, text=None):
        self.name, self.text, self.attributes, self.children = name, text, {}, []

    def members(self, name):
        """Text or sub-tree of every member called `name`: an XML attribute or child elements."""
        if name in self.attributes:
            return [Node(name, self.attributes[name])]
        return [child for child in self.children if child.name == name]

    def find(self, path):
        """All nodes at `a/b/c` below this one; `a[2]` picks the second, `a[id=x]` the one with that member."""
        found = [self]
        for step in path.split("/"):
            name, _, pick = step.partition("[")
            found = [member for node in found for member in node.members(name)]
            if pick:
                found = _pick(found, pick.rstrip("]"))
        return found

    def names(self):
        return list(self.attributes) + [child.name for child in self.children]


def _pick(nodes, which):
    if which.isdigit():
        return nodes[int(which) - 1:int(which)]
    name, _, value = which.partition("=")
    return [node for node in nodes if any(member.text == value for member in node.members(name))]


# ---------------------------------------------------------------- XML

def to_xml(root):
    return ('<?xml version="1.0" encoding="UTF-8"?>\n'
            + _element(root, "", f' xmlns:m2m="{M2M}" xmlns:xmime="{XMIME}" xmlns:xsi="{XSI}"') + "\n").encode()


def _element(node, parent, declarations=""):
    name = node.name if is_unqualified(node.name, parent) else "m2m:" + node.name
    attributes = "".join(f" {_attribute_name(node.name, key)}={quoteattr(_attribute_value(key, value))}"
                         for key, value in node.attributes.items())
    inside = "".join(_element(child, node.name) for child in in_order(node)) or escape(node.text or "")
    return f"<{name}{declarations}{attributes}>{inside}</{name}>" if inside else f"<{name}{declarations}{attributes}/>"


def in_order(node):
    order = ORDER.get(node.name)
    if not order:
        return node.children
    return sorted(node.children, key=lambda child: order.index(child.name) if child.name in order else len(order))


def is_unqualified(name, parent):
    return name in UNQUALIFIED or parent in UNQUALIFIED_PARENTS


def _attribute_name(element, attribute):
    if attribute == "contentType":
        return "xmime:contentType"
    if attribute == "xsi:type":
        return attribute
    if attribute in PLAIN_ATTRIBUTES or element in PLAIN_ID:
        return attribute
    return "m2m:" + attribute


def _attribute_value(attribute, value):
    return "m2m:" + value if attribute == "xsi:type" and ":" not in value else value


def from_xml(octets):
    try:
        return _from_element(ElementTree.fromstring(octets), "")
    except ElementTree.ParseError as error:
        raise Malformed(f"not well-formed XML: {error}") from error


def _from_element(element, parent):
    namespace, name = _split(element.tag)
    wanted = "" if is_unqualified(name, parent) else M2M
    if parent not in ("locRequestor", "other") and namespace != wanted:
        raise Malformed(f"<{name}> in <{parent}> is in namespace '{namespace}', must be in '{wanted}'")
    node = Node(name)
    for key, value in element.attrib.items():
        space, attribute = _split(key)
        wanted = _split_name(_attribute_name(name, "xsi:type" if space == XSI else attribute))
        if space != wanted:
            raise Malformed(f"attribute {attribute} of <{name}> is in namespace '{space}', must be in '{wanted}'")
        node.attributes["xsi:type" if space == XSI else attribute] = value.removeprefix("m2m:") if space == XSI else value
    node.children = [_from_element(child, name) for child in element]
    node.text = None if node.children else (element.text or "")
    return node


def _split(tag):
    return tag[1:].split("}", 1) if tag.startswith("{") else ("", tag)


def _split_name(name):
    return {"m2m": M2M, "xmime": XMIME, "xsi": XSI}[name.split(":")[0]] if ":" in name else ""


# ---------------------------------------------------------------- JSON

def to_json(root):
    return json.dumps({root.name: _value(root)}, ensure_ascii=False).encode()


def _value(node):
    if not node.attributes and not node.children:
        return {} if node.text is None else _scalar(node.name, node.text)
    members = dict(node.attributes)
    for child in in_order(node):
        if child.name in REPEATED or _is_list(child.name, node.name):
            members.setdefault(child.name, []).append(_value(child))
        else:
            members[child.name] = _value(child)
    if node.text:
        members["$t"] = node.text
    return members


def _is_list(name, parent):
    return (name == "contentType" and parent in ("contentTypes", "filterCriteria")) or (name == "schedule" and parent == "schedItem")


def _scalar(name, text):
    if name in INTEGERS and re.fullmatch(r"-?[0-9]{1,18}", text):
        return int(text)
    if name in BOOLEANS and text in ("true", "false"):
        return text == "true"
    return text


def from_json(octets):
    try:
        document = json.loads(octets.decode("utf-8"), object_pairs_hook=_no_duplicates)
    except ValueError as error:
        raise Malformed(f"not JSON: {error}") from error
    if not isinstance(document, dict) or len(document) != 1:
        raise Malformed("a JSON document is an object with one member, the root element")
    name, value = next(iter(document.items()))
    return _from_value(name, value, "")


def _no_duplicates(pairs):
    if len({name for name, _ in pairs}) != len(pairs):
        raise ValueError("a name occurs twice in one object")
    return dict(pairs)


def _from_value(name, value, parent):
    node = Node(name)
    if isinstance(value, dict):
        for key, member in value.items():
            if key == "$t":
                node.text = member
            elif key in ("appId", "sclId", "href", "id") or (key == "contentType" and not isinstance(member, list)) \
                    or key == "xsi:type":
                node.attributes[key] = member
            else:
                node.children += _children(key, member, name)
        return node
    node.text = _text(name, value, parent)
    return node


def _children(name, value, parent):
    wants_list = name in REPEATED or _is_list(name, parent)
    if isinstance(value, list) != wants_list:
        raise Malformed(f"JSON member {name} of {parent} must {'' if wants_list else 'not '}be an array")
    return [_from_value(name, item, parent) for item in (value if wants_list else [value])]


def _text(name, value, parent):
    if value is None:
        raise Malformed(f"JSON member {name} of {parent} is null")
    kind = bool if name in BOOLEANS else int if name in INTEGERS else str
    if type(value) is not kind:
        raise Malformed(f"JSON member {name} of {parent} is {json.dumps(value)}, must be of type {kind.__name__}")
    return str(value).lower() if kind is bool else str(value)


# ---------------------------------------------------------------- what the SCL must never do

def problems(root):
    """Rules for every representation the SCL sends, beyond its schema."""
    found = []
    if root.find("subscriberId"):
        found.append("subscriberId is never sent")
    order = ORDER.get(root.name)
    if order:
        known = [child.name for child in root.children if child.name in order]
        if known != sorted(known, key=order.index):
            found.append("elements are not in schema order: " + " ".join(known))
    for time_name in ("creationTime", "lastModifiedTime", "expirationTime"):
        for node in root.find(time_name):
            if not re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.(\d{3}|\d{6}))?Z", node.text or ""):
                found.append(f"{time_name} is {node.text!r}, must be UTC with 0, 3 or 6 fraction digits")
    return found
