# SPDX-License-Identifier: LGPL-2.1-or-later
"""Where the sample calls are made in the tests of faults: one domain, which is there before each call,
and one draft.

Owns no rows but those of the standard interfaces. What is done to the daemon meanwhile is the test
programs' business.
"""

import dataclasses

from support.client import HOST, MANAGER, NAME, settings
from support.guests import document, path_of, uuid_of
from support.sample_calls import FAULTS, NEW, Sample, all_samples

SUBJECT = path_of(1)
OTHER_UUID = uuid_of(2)
DBUS = "org.freedesktop.DBus."

DOCUMENT = document("subject", 1).replace("  <memory", """  <title>before</title>
  <metadata>
    <note xmlns="urn:test">kept</note>
  </metadata>
  <memory""", 1)
OTHER = f"""<domain type='test'>
  <name>other</name>
  <uuid>{OTHER_UUID}</uuid>
  <memory unit='KiB'>1048576</memory>
  <os>
    <type arch='i686'>hvm</type>
  </os>
</domain>
"""
DRAFTS = {"draft": "new", "edited": "edited"}  # by the kind of object they are


@dataclasses.dataclass(frozen=True)
class Call(Sample):
    """A sample with its path and its arguments."""

    path: str = ""  # "draft": the one that is there; "made": what the call before it has made
    draft: str = ""  # the draft there is before it: none, "edited" or "new"


class Scene:
    """The names that are free in it."""

    def new_settings(self):
        return {"name": "other", "uuid": OTHER_UUID, **NEW}

    def new_xml(self):
        return OTHER

    def new_name(self):
        return "renamed"

    def uuid(self):
        return uuid_of(1)


def resolved(sample):
    place = {"manager": MANAGER, "host": HOST, "domain": SUBJECT, "made": "made"}
    fields = {field.name: getattr(sample, field.name) for field in dataclasses.fields(Sample)}
    fields["arguments"] = tuple(sample.arguments_in(Scene()))
    fields["then"] = tuple(resolved(step) for step in sample.then)
    draft = DRAFTS.get(sample.object, "")
    if sample.method == "ListDrafts":
        draft = "edited"
    return Call(**fields, path=place.get(sample.object, "draft"), draft=draft)


def standard_calls():
    properties = DBUS + "Properties"

    def get(path, interface, key, draft=""):
        return Call(properties, "Get", path, [], "(ss)", (f"{NAME}.{interface}", key), path=path,
                    draft=draft)

    def get_all(path, interface, draft=""):
        return Call(properties, "GetAll", path, [], "(s)", (f"{NAME}.{interface}",), path=path,
                    draft=draft)

    return [
        *(Call(DBUS + "Introspectable", "Introspect", path, [], "()", (), path=path)
          for path in (MANAGER, HOST, SUBJECT)),
        get(MANAGER, "Manager", "Hosts"), get(HOST, "Host", "Uri"), get(SUBJECT, "Domain", "State"),
        get(SUBJECT, "Config", "Revision"), get("draft", "Config", "Revision", "edited"),
        get_all(MANAGER, "Manager"), get_all(HOST, "Host"), get_all(SUBJECT, "Domain"),
        get_all("draft", "Draft", "edited"),
        Call(DBUS + "ObjectManager", "GetManagedObjects", HOST, [], "()", (), path=HOST),
        Call(DBUS + "Peer", "Ping", MANAGER, [], "()", (), path=MANAGER),
    ]


def all_calls():
    return standard_calls() + [resolved(sample) for sample in all_samples(FAULTS)]


def covered():
    return {(call.interface, call.method) for call in all_calls()}
