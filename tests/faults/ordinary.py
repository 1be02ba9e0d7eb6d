# SPDX-License-Identifier: LGPL-2.1-or-later
"""An ordinary call of every method there is, and the domain and the draft they are made on.

Owns the table, and what the introspection says has to be in it. How the calls are made, and what is
done to the daemon meanwhile, is others' business.
"""

import dataclasses
import glob
import os
import re

from support.client import HOST, MANAGER, NAME, device, settings
from support.guests import document, path_of, uuid_of

MAC = "52:54:00:aa:bb:cc"
SUBJECT = path_of(1)
OTHER_UUID = uuid_of(2)
DBUS = "org.freedesktop.DBus."
METADATA = "<note xmlns='urn:test'>{}</note>"

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
NEW = settings({"name": "other", "uuid": OTHER_UUID, "memory": "1GiB", "type": "test",
                "os.arch": "i686"})
FILE = settings({"source.file": "/srv/vm/new.img", "driver.type": "raw", "target.bus": "virtio"})


@dataclasses.dataclass
class Call:
    interface: str
    method: str
    target: object  # a path, or "draft": the one that is there
    signature: str = "(a{sv})"
    arguments: tuple = ({},)
    state: str = "shutoff"  # of the domain before it
    draft: str = ""  # the draft there is before it: none, "edited" or "new"
    note: str = ""
    then: tuple = ()  # calls after it that belong to it, on the draft it makes

    @property
    def label(self):
        kind = "draft" if self.target == "draft" else self.target.removeprefix(HOST) or "host"
        kind = "domain" if kind == SUBJECT.removeprefix(HOST) else kind
        return " ".join(filter(None, [f"{self.interface.removeprefix(DBUS)}.{self.method}",
                                      kind.removeprefix("/org/"), self.note]))


def _options(**values):
    return (settings({key.replace("_", "-"): value for key, value in values.items()}),)


def standard_calls():
    properties = DBUS + "Properties"
    calls = [Call(DBUS + "Introspectable", "Introspect", path, "()", ())
             for path in (MANAGER, HOST, SUBJECT)]
    calls += [Call(properties, "Get", path, "(ss)", (f"{NAME}.{interface}", key))
              for path, interface, key in ((MANAGER, "Manager", "Hosts"), (HOST, "Host", "Uri"),
                                           (SUBJECT, "Domain", "State"),
                                           (SUBJECT, "Config", "Revision"))]
    calls += [Call(properties, "GetAll", path, "(s)", (f"{NAME}.{interface}",))
              for path, interface in ((MANAGER, "Manager"), (HOST, "Host"), (SUBJECT, "Domain"))]
    return calls + [
        Call(properties, "Get", "draft", "(ss)", (NAME + ".Config", "Revision"), draft="edited"),
        Call(properties, "GetAll", "draft", "(s)", (NAME + ".Draft",), draft="edited"),
        Call(DBUS + "ObjectManager", "GetManagedObjects", HOST, "()", ()),
        Call(DBUS + "Peer", "Ping", MANAGER, "()", ()),
    ]


def manager_calls():
    new = "(a{sv}a(sa{sv})a{sv})"
    disk = [device("disk", source__file="/srv/vm/new.img")]
    life = (Call("Config", "Modify", "made", "(a{sv}asa{sv})", (settings({"title": "x"}), [], {})),
            Call("Draft", "Diff", "made"), Call("Draft", "Commit", "made"))
    return [
        Call("Manager", "Build", MANAGER, new, (NEW, disk, {})),
        Call("Manager", "Parse", MANAGER, "(sa{sv})", (DOCUMENT, {})),
        Call("Manager", "NewDraft", MANAGER, new, (NEW, disk, {})),
        Call("Manager", "NewDraft", MANAGER, new, (NEW, [], {}), then=life, note="and its life"),
        Call("Manager", "ImportDraft", MANAGER, "(sa{sv})", (DOCUMENT, {})),
        Call("Manager", "ListDrafts", MANAGER, draft="edited"),
        Call("Manager", "FindDomain", MANAGER, "(sa{sv})", ("subject", {})),
        Call("Manager", "DescribeKeys", MANAGER, "(ssa{sv})", ("disk", "driver", {})),
    ]


def host_calls():
    new = "(a{sv}a(sa{sv})a{sv})"
    disk = [device("disk", source__file="/srv/vm/new.img")]
    return [
        Call("Host", "Define", HOST, new, (NEW, disk, *_options(diff=True))),
        Call("Host", "Define", HOST, new, (NEW, disk, *_options(dry_run=True)), note="dry"),
        Call("Host", "DefineXML", HOST, "(sa{sv})", (OTHER, {})),
        Call("Host", "DefineXML", HOST, "(sa{sv})", ("<domain", {}), note="not XML"),
        Call("Host", "ListDomains", HOST),
        Call("Host", "GetCapabilities", HOST),
        Call("Host", "GetDomainCapabilities", HOST),
        Call("Host", "ListChoices", HOST, "(ssa{sv})", ("disk", "device", {})),
        Call("Host", "ListChoices", HOST, "(ssa{sv})", ("interface", "source.network", {}),
             note="of libvirt"),
        Call("Host", "GetCapabilitiesXML", HOST),
        Call("Host", "GetDomainCapabilitiesXML", HOST),
    ]


def config_calls(target, **before):
    """On a domain or on a draft."""
    kind, edits = "(sa{sv}a{sv})", "(a(sssa{sv}as)a{sv})"
    title, serial = settings({"title": "changed"}), settings({"serial": "X1"})
    diff = settings({"diff": True, "affect": "config"})
    secret = settings({"passwd": "Jalapeno"})
    network = settings({"source.network": "default", "mac.address": MAC})

    def call(method, *rest, **more):
        return Call("Config", method, target, *rest, **{**before, **more})

    return [
        call("Describe"),
        call("Describe", "(a{sv})", _options(secrets=True), note="with secrets"),
        call("GetSettings", "(asa{sv})", ([], {})),
        call("GetDevices", "(sa{sv})", ("", {})),
        call("GetXML"),
        call("GetXML", "(a{sv})", _options(secrets=True), note="with secrets"),
        call("GetMetadata", "(sa{sv})", ("urn:test", {})),
        call("Validate"),
        call("Modify", "(a{sv}asa{sv})", (title, [], diff), note="with a diff"),
        call("Modify", "(a{sv}asa{sv})", (settings({"memory": "lots"}), [], {}), note="refused"),
        call("AddDevice", kind, ("interface", network, *_options(dry_run=True)), note="dry"),
        call("AddDevice", kind, ("disk", FILE, {})),
        call("ModifyDevice", "(ssa{sv}asa{sv})", ("graphics", "#1", secret, [], diff),
             note="a secret, with a diff"),
        call("RemoveDevice", "(ssa{sv})", ("disk", "sdc", {})),
        call("AddDisk", "(a{sv}a{sv})", (FILE, {})),
        call("ModifyDisk", "(sa{sv}asa{sv})", ("vda", serial, [], {})),
        call("RemoveDisk", "(sa{sv})", ("vda", {})),
        call("SetHyperV", "(a{sv}a{sv})", (settings({"relaxed": True}), {})),
        call("SetBootOrder", "(a(ss)a{sv})", ([("disk", "vda")], {})),
        call("ApplyPreset", "(sa{sv})", ("linux", {})),
        call("Apply", edits, ([("set", "", "", title, []), ("add", "disk", "", FILE, []),
                               ("modify", "disk", "vda", serial, []),
                               ("remove", "disk", "sdc", {}, [])], diff), note="of four edits"),
        call("SetMetadata", "(ssa{sv})", ("urn:test", METADATA.format("new"), {})),
    ]


def draft_calls():
    return [
        Call("Draft", "Diff", "draft", draft="edited"),
        Call("Draft", "Commit", "draft", draft="new", note="new"),
        Call("Draft", "Commit", "draft", "(a{sv})", _options(diff=True), draft="edited"),
        Call("Draft", "Commit", "draft", "(a{sv})", _options(dry_run=True), draft="edited",
             note="dry"),
        Call("Draft", "Discard", "draft", draft="edited"),
    ]


def domain_calls():
    def row(method, state, **more):
        return Call("Domain", method, SUBJECT, state=state, **more)

    return [
        Call("Domain", "Edit", SUBJECT),
        Call("Domain", "SetAutostart", SUBJECT, "(ba{sv})", (True, {})),
        row("Undefine", "shutoff"),
        row("Start", "shutoff"),
        row("Start", "running", note="refused"),
        row("Shutdown", "running"),
        row("Destroy", "running"),
        row("Reboot", "running"),
        row("Reset", "running"),
        row("Suspend", "running"),
        row("Resume", "paused"),
        Call("Domain", "ListHistory", SUBJECT),
        Call("Domain", "Restore", SUBJECT, "(sa{sv})", ("r", {})),
        Call("Config", "GetDevices", SUBJECT, "(sa{sv})", ("", *_options(live=True)),
             state="running", note="live"),
        Call("Config", "Modify", SUBJECT, "(a{sv}asa{sv})", (settings({"title": "x"}), [], {}),
             state="running", note="running"),
    ]


def all_calls():
    return (standard_calls() + manager_calls() + host_calls() + config_calls(SUBJECT)
            + config_calls("draft", draft="edited") + draft_calls() + domain_calls())


def contract():
    """{(interface, method, where)} of the published interfaces; where is "draft" or ""."""
    found = set()
    for path in glob.glob(os.path.join(os.environ["SOURCE_ROOT"], "dbus", "*.xml")):
        with open(path, encoding="utf-8") as file:
            text = file.read()
        for name, body in re.findall(r'<interface name="org\.domwright1\.(\w+)">(.*?)</interface>',
                                     text, re.S):
            places = {"Config": ["", "draft"], "Draft": ["draft"]}.get(name, [""])
            found |= {(name, method, place) for place in places
                      for method in re.findall(r'<method name="(\w+)"', body)}
    return found


def covered():
    """The same of the table."""
    return {(call.interface, call.method, "draft" if call.target == "draft" else "")
            for call in all_calls()}
