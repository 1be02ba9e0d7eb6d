# SPDX-License-Identifier: LGPL-2.1-or-later
"""An ordinary call of every method of the contract, and what it needs: one table for all tests that
try every method, whoever calls and whatever fails meanwhile.

Owns the rows. A test program has a scene, which says where a row's object is and which names are
free: `object(kind)`, `new_settings()`, `new_xml()`, `new_name()`, `uuid()`, `replacement(change)`,
`earlier(reach)`. Kinds of objects are
"manager", "host", "domain", "draft" (of a new domain), "edited" (a draft of a domain with a change)
and "reaching" (the same with a disk more).
"""

import dataclasses
import glob
import os
import re

from gi.repository import GLib

from support import features, rows
from support.client import device, settings
from support.guests import document

# What libvirt's test driver answers, and to a change of a running domain's devices.
DOMAIN_CAPABILITIES = "ok" if features.test_driver_has_domain_capabilities() else "Unsupported"
PLUGGED = "ok" if features.test_driver_plugs_devices() else "Unsupported"

READ = ["read"]
MODIFY = ["read", "modify"]
DEFINE = ["read", "define"]
REACH = ["use-host-resources"]
CONTROL = ["control"]
DISK = {"source.file": "/srv/vm/new.img", "driver.type": "raw", "target.bus": "virtio"}
EMPTY_CDROM = {"device": "cdrom", "target.bus": "sata"}
NETWORK = {"source.network": "default", "mac.address": "52:54:00:aa:bb:cc"}
NEW = {"memory": "1GiB", "vcpu": 1, "type": "test", "os.arch": "i686"}
NOBODY_UUID = "5e0f5a3c-0000-4000-8000-00000000dead"  # of no domain
METADATA = "<note xmlns='urn:test'>x</note>"
BUILD = "(a{sv}a(sa{sv})a{sv})"
APPLY = "(a(sssa{sv}as)a{sv})"
ALL_TESTS, POLICY, FAULTS = "", "policy", "faults"
AFFECTS = ("live", "both", "auto")


@dataclasses.dataclass(frozen=True)
class Sample:
    interface: str
    method: str
    object: str
    asks: list  # the actions polkit is asked for, in order
    signature: str = "(a{sv})"
    arguments: object = ({},)  # a tuple, or a function of the scene
    state: str = "shutoff"  # of the domain before it
    done: str = "ok"  # what a call that is allowed ends with
    note: str = ""
    then: tuple = ()  # calls after it that belong to it: on "made", the draft it makes
    only: str = ALL_TESTS  # the tests it is for; a call that differs only in its effect is policy's

    @property
    def label(self):
        return f"{self.interface}.{self.method} {self.object}{' ' + self.note if self.note else ''}"

    def arguments_in(self, scene):
        return list(self.arguments(scene) if callable(self.arguments) else self.arguments)


def options(**values):
    return settings({key.replace("_", "-"): value for key, value in values.items()})


def manager_samples():
    new = (settings({"name": "x", **NEW}), [device("disk", source__file="/srv/vm/new.img")], {})
    life = (Sample("Config", "Modify", "made", [], "(a{sv}asa{sv})", (settings({"title": "x"}), [], {})),
            Sample("Draft", "Diff", "made", []), Sample("Draft", "Commit", "made", DEFINE))
    return [
        Sample("Manager", "Build", "manager", [], BUILD, new),
        Sample("Manager", "BuildReport", "manager", [], BUILD, new),
        Sample("Manager", "Parse", "manager", [], "(sa{sv})", (document("x", 1), {})),
        Sample("Manager", "NewDraft", "manager", [], BUILD, new),
        Sample("Manager", "NewDraft", "manager", [], BUILD,
               lambda scene: (settings(scene.new_settings()), [], {}), then=life,
               note="and its life", only=FAULTS),
        Sample("Manager", "ImportDraft", "manager", [], "(sa{sv})", (document("x", 1), {})),
        Sample("Manager", "ListDrafts", "manager", []),
        Sample("Manager", "FindDomain", "manager", READ, "(sa{sv})", ("test", {})),
        Sample("Manager", "DescribeKeys", "manager", [], "(ssa{sv})", ("disk", "driver", {})),
    ]


def define_samples():
    vcpu = (">2</vcpu>", ">1</vcpu>")

    def define(asks, devices=(), note="", **values):
        return Sample("Host", "Define", "host", asks, BUILD, lambda scene: (
            settings(scene.new_settings()), list(devices), options(**values)), note=note)

    def instead(asks, change, note, **secrets):
        return Sample("Host", "DefineXML", "host", asks, "(sa{sv})",
                      lambda scene: scene.replacement(change, **secrets), note=note, only=POLICY)

    return [
        define(DEFINE),
        define(DEFINE + REACH, [device("disk", source__file="/srv/vm/x.img", driver__type="raw",
                                       target__bus="virtio")], "with a disk", diff=True),
        define(READ, note="dry", dry_run=True),
        Sample("Host", "DefineXML", "host", DEFINE, "(sa{sv})", lambda scene: (scene.new_xml(), {})),
        Sample("Host", "DefineXML", "host", [], "(sa{sv})", ("<domain", {}), done="InvalidXML",
               note="not XML", only=FAULTS),
        instead(MODIFY, vcpu, "instead"),
        # Or a right guess would be told from a wrong one.
        instead(MODIFY + REACH, vcpu, "instead, with the password that is there", secrets=True),
        instead(MODIFY + REACH, (r"/srv/vm/", "/srv/other/"), "instead, a path"),
    ]


def many_samples():
    """ApplyAll, about one domain: what it asks is what Apply asks."""
    title = [("set", "", "", settings({"title": "changed"}), [])]
    disk = [("add", "disk", "", settings(DISK), [])]

    def many(asks, edits, note="", where=(), more=(), **values):
        return Sample("Host", "ApplyAll", "host", asks, "(a{sv}a(sssa{sv}as)a{sv})", lambda scene: (
            settings({"uuid": [scene.uuid()], **dict(where)}), edits, options(**values)), note=note,
            **dict(more))

    return [
        many(MODIFY, title),
        many(MODIFY + REACH, disk, "with a file", diff=True),
        many(MODIFY, title, "by a value", {"memory": "1GiB"}),
        many(READ, disk, "dry", dry_run=True),
        many(READ, title, "of none", {"name": "nothing"}, {"only": POLICY}),
    ]


def host_samples():
    def choices(key, note="", **more):
        kind = "interface" if "." in key else "disk"
        return Sample("Host", "ListChoices", "host", READ, "(ssa{sv})", (kind, key, {}), note=note, **more)

    return define_samples() + many_samples() + [
        Sample("Host", "ListDomains", "host", READ),
        Sample("Host", "ListDomains", "host", READ, arguments=(options(
            columns=["name", "memory", "disk/*/source.file", "graphics/*/passwd"]),), note="keys"),
        Sample("Host", "GetCapabilities", "host", READ),
        Sample("Host", "GetDomainCapabilities", "host", READ, done=DOMAIN_CAPABILITIES),
        choices("device"),
        choices("", "all", only=FAULTS),
        choices("source.network", "of libvirt", only=FAULTS),
        Sample("Host", "GetCapabilitiesXML", "host", READ),
        Sample("Host", "GetDomainCapabilitiesXML", "host", READ, done=DOMAIN_CAPABILITIES),
        Sample("Host", "ListRecoverable", "host", READ),
        Sample("Host", "Recover", "host", READ, "(sa{sv})", (NOBODY_UUID, {}), done="NotFound"),
    ]


def reading_samples(where, read, secrets):
    def reading(method, signature="(a{sv})", *values):
        shown = {} if method in ("GetXML", "Describe") else {"only": POLICY}
        return [Sample("Config", method, where, read, signature, (*values, {})),
                Sample("Config", method, where, secrets, signature, (*values, options(secrets=True)),
                       note="with secrets", **shown)]

    return [
        *reading("Describe"), *reading("GetSettings", "(asa{sv})", []),
        *reading("GetDevices", "(sa{sv})", ""), *reading("GetXML"),
        Sample("Config", "GetMetadata", where, read, "(sa{sv})", ("urn:test", {})),
        Sample("Config", "Validate", where, read),
    ]


def config_samples(where, read, change, reach, secrets):
    """On a domain or on a draft; what each of the four sorts of call asks for."""
    title, serial = settings({"title": "changed"}), settings({"serial": "X1"})
    edits = [("set", "", "", title, []), ("add", "disk", "", settings(DISK), []),
             ("modify", "disk", "vda", serial, []), ("remove", "disk", "sdc", {}, [])]

    def changing(method, signature, *values, asks=change, **more):
        return Sample("Config", method, where, asks, signature, values, **more)

    return reading_samples(where, read, secrets) + [
        changing("Modify", "(a{sv}asa{sv})", title, [], options(diff=True, affect="config")),
        changing("Modify", "(a{sv}asa{sv})", title, [], options(dry_run=True), asks=read, note="dry"),
        changing("Modify", "(a{sv}asa{sv})", settings({"memory": "lots"}), [], {}, asks=read,
                 done="InvalidValue", note="refused", only=FAULTS),
        changing("AddDevice", "(sa{sv}a{sv})", "disk", settings(EMPTY_CDROM), {}),
        changing("AddDevice", "(sa{sv}a{sv})", "disk", settings(DISK), {}, asks=reach,
                 note="with a file"),
        changing("AddDevice", "(sa{sv}a{sv})", "interface", settings(NETWORK), options(dry_run=True),
                 asks=read, note="dry"),
        changing("ModifyDevice", "(ssa{sv}asa{sv})", "disk", "vda", serial, [], {}),
        changing("ModifyDevice", "(ssa{sv}asa{sv})", "disk", "vda",
                 settings({"source.file": "/srv/other"}), [], {}, asks=reach, note="the file",
                 only=POLICY),
        changing("ModifyDevice", "(ssa{sv}asa{sv})", "graphics", "#1",
                 settings({"passwd": "Jalapeno"}), [], options(diff=True), asks=reach,
                 note="a secret, with a diff"),
        changing("RemoveDevice", "(ssa{sv})", "disk", "vda", {}, asks=reach),
        changing("AddDisk", "(a{sv}a{sv})", settings(EMPTY_CDROM), {}),
        changing("AddDisk", "(a{sv}a{sv})", settings(DISK), {}, asks=reach, note="with a file"),
        changing("ModifyDisk", "(sa{sv}asa{sv})", "vda", serial, [], {}),
        changing("RemoveDisk", "(sa{sv})", "vda", {}, asks=reach),
        changing("ChangeMedia", "(sa{sv}a{sv})", "sdc", {}, {}, asks=reach),
        changing("SetHyperV", "(a{sv}a{sv})", settings({"relaxed": True}), {}),
        changing("SetBootOrder", "(a(ss)a{sv})", [("disk", "vda")], {}),
        changing("ApplyPreset", "(sa{sv})", "linux", {}),
        changing("Apply", APPLY, edits[:1], {}),
        changing("Apply", APPLY, edits, options(diff=True), asks=reach, note="of four edits"),
        changing("SetMetadata", "(ssa{sv})", "urn:test", METADATA, {}),
    ]


def affect_samples():
    """Each call that changes a document, of a running domain. What libvirt's test driver cannot do to one
    is refused before anybody is asked, waits with "auto", or is refused by the driver afterwards."""
    title, serial = settings({"title": "changed"}), settings({"serial": "X1"})
    changed, disk = ("set", "", "", title, []), ("add", "disk", "", settings(DISK), [])
    file = {"source.file": "/srv/vm/other.iso"}

    def each(method, signature, *values, live=MODIFY, done="ok", auto=MODIFY, auto_done="ok", note="",
             interface="Config", object="domain", made=None, only=POLICY):
        def row(affect):
            last = options(affect=affect)
            return Sample(interface, method, object, auto if affect == "auto" else live, signature,
                          (lambda scene: made(scene, affect)) if made else (*values, last),
                          state="running", done=auto_done if affect == "auto" else done,
                          note=f"affect {affect}{note}", only=only)
        return [row(affect) for affect in AFFECTS]

    def instead(scene, affect):
        return scene.replacement(("<uuid>", "<title>x</title><uuid>"), affect)

    def all_of_one(edits):
        return lambda scene, affect: (settings({"uuid": [scene.uuid()]}), edits, options(affect=affect))

    def earlier(reach):
        return lambda scene, affect: (scene.earlier(reach), options(affect=affect))

    refused = {"live": READ, "done": "Invalid"}
    return [
        *each("Modify", "(a{sv}asa{sv})", title, [], only=ALL_TESTS),
        *each("AddDevice", "(sa{sv}a{sv})", "disk", settings(EMPTY_CDROM), **refused),
        *each("ModifyDevice", "(ssa{sv}asa{sv})", "disk", "vda", serial, [], **refused),
        *each("ModifyDevice", "(ssa{sv}asa{sv})", "disk", "sdc", settings(file), [], live=MODIFY + REACH,
              auto=MODIFY + REACH, done=PLUGGED, auto_done=PLUGGED, note=", a medium"),
        *each("RemoveDevice", "(ssa{sv})", "disk", "vda", auto=MODIFY + REACH, **refused),
        *each("AddDisk", "(a{sv}a{sv})", settings(EMPTY_CDROM), **refused),
        *each("AddDisk", "(a{sv}a{sv})", settings(DISK), live=MODIFY + REACH, auto=MODIFY + REACH,
              done=PLUGGED, auto_done=PLUGGED, note=", with a file",
              only=ALL_TESTS),
        *each("ModifyDisk", "(sa{sv}asa{sv})", "vda", serial, [], **refused),
        *each("RemoveDisk", "(sa{sv})", "vda", auto=MODIFY + REACH, **refused),
        *each("ChangeMedia", "(sa{sv}a{sv})", "sdc", {}, live=MODIFY + REACH, auto=MODIFY + REACH,
              done=PLUGGED, auto_done=PLUGGED),
        *each("SetHyperV", "(a{sv}a{sv})", settings({"relaxed": True}), **refused),
        *each("SetBootOrder", "(a(ss)a{sv})", [("disk", "vda")], **refused),
        *each("ApplyPreset", "(sa{sv})", "linux", **refused),
        *each("Apply", APPLY, [changed]),
        *each("Apply", APPLY, [changed, disk], live=MODIFY + REACH, auto=MODIFY + REACH,
              done=PLUGGED, auto_done=PLUGGED, note=", with a file"),
        *each("SetMetadata", "(ssa{sv})", "urn:test", METADATA),
        *each("Restore", "(sa{sv})", interface="Domain", made=earlier(False)),
        # Only the configuration had another file.
        *each("Restore", "(sa{sv})", interface="Domain", made=earlier(True), live=MODIFY + REACH,
              auto=MODIFY + REACH, note=", of a file")[1:],
        *each("DefineXML", "(sa{sv})", interface="Host", object="host", made=instead, note=", instead"),
        *each("ApplyAll", "(a{sv}a(sssa{sv}as)a{sv})", interface="Host", object="host",
              made=all_of_one([changed])),
        *each("Commit", "(a{sv})", interface="Draft", object="edited", only=ALL_TESTS),
        *each("Commit", "(a{sv})", interface="Draft", object="reaching", live=MODIFY + REACH,
              auto=MODIFY + REACH, done=PLUGGED, auto_done=PLUGGED),
    ]


def draft_samples():
    return [
        Sample("Draft", "Diff", "edited", READ),
        Sample("Draft", "Commit", "draft", DEFINE, arguments=(options(host="local"),), note="new"),
        Sample("Draft", "Commit", "edited", MODIFY, arguments=(options(diff=True),)),
        Sample("Draft", "Commit", "edited", READ, arguments=(options(dry_run=True),), note="dry"),
        Sample("Draft", "Commit", "reaching", MODIFY + REACH, only=POLICY),
        Sample("Draft", "Rebase", "edited", READ),
        Sample("Draft", "Rebase", "edited", READ, arguments=(options(prefer="mine", dry_run=True),), note="dry"),
        Sample("Draft", "Discard", "edited", []),
    ]


def power_samples():
    return [Sample("Domain", method, "domain", CONTROL, state=state)
            for method, state in (("Start", "shutoff"), ("Restart", "running"),
                                  ("Shutdown", "running"),
                                  ("Destroy", "running"), ("Reboot", "running"),
                                  ("Reset", "running"), ("Suspend", "running"),
                                  ("Resume", "paused"))] + [
        Sample("Domain", "Start", "domain", CONTROL, state="running", done="Libvirt", note="refused",
               only=FAULTS)]


def once_samples():
    """Start with something else for this once."""
    def once(asks, note, **values):
        return Sample("Domain", "Start", "domain", asks, arguments=(values,), note=note)

    def different(**values):
        return GLib.Variant("a{sv}", settings(values))

    change = READ + ["modify", "control"]
    return [
        once(change, "until a reboot", until=GLib.Variant("s", "reboot")),
        once(change, "in another order", boot=GLib.Variant("a(ss)", [("disk", "vda")])),
        once(change + REACH, "with another file",
             settings=different(**{"disk/vda/source.file": "/srv/o.img"})),
        once(READ + CONTROL, "with what it has", settings=different(vcpu=2)),
    ]


def domain_samples():
    def running(method, asks, signature, *values, note):
        return Sample("Config", method, "domain", asks, signature, values, state="running", note=note,
                      only=FAULTS)

    return power_samples() + once_samples() + [
        Sample("Domain", "Edit", "domain", READ),
        Sample("Domain", "Edit", "domain", READ, note="clone", only=FAULTS,  # who may read secrets gets them
               arguments=lambda scene: (options(clone=True, name=scene.new_name(), drop_hostdevs=True),)),
        Sample("Domain", "SetAutostart", "domain", CONTROL, "(ba{sv})", (True, {})),
        Sample("Domain", "Undefine", "domain", ["undefine"]),
        Sample("Domain", "Rename", "domain", MODIFY + ["modify"], "(sa{sv})",
               lambda scene: (scene.new_name(), {})),
        Sample("Domain", "Rename", "domain", READ, "(sa{sv})",
               lambda _: ("renamed", options(dry_run=True)), note="dry", only=POLICY),
        Sample("Domain", "ListPending", "domain", READ, state="running"),
        Sample("Domain", "ListPending", "domain", READ, note="shut off", only=FAULTS),
        Sample("Domain", "ListHistory", "domain", READ),
        Sample("Domain", "GetHistoryXML", "domain", READ, "(sa{sv})", ("r", {}), done="NotFound"),
        Sample("Domain", "DiffHistory", "domain", READ, "(ssa{sv})", ("", "", {})),
        Sample("Domain", "Restore", "domain", READ, "(sa{sv})", ("r", {}), done="NotFound"),
        running("GetDevices", READ, "(sa{sv})", "", options(live=True), note="live"),
        running("Modify", MODIFY, "(a{sv}asa{sv})", settings({"title": "x"}), [], {}, note="running"),
    ]


def all_samples(tests):
    """The rows for the tests of policy or of faults."""
    samples = (manager_samples() + host_samples()
            + config_samples("domain", READ, MODIFY, MODIFY + REACH, READ + ["read-secrets"])
            + config_samples("edited", [], [], [], []) + draft_samples() + domain_samples()
            + affect_samples())
    return [row for row in samples if row.only in (ALL_TESTS, tests)]


def takes_affect():
    """{(interface, method)} of those whose option affect may be another than "config"."""
    found = {(row.interface, row.method) for row in rows.method_rows()
             if (row.interface, row.access) == ("Config", "ACCESS_CHANGE")}
    for path in glob.glob(os.path.join(os.environ["SOURCE_ROOT"], "dbus", "*.xml")):
        with open(path, encoding="utf-8") as file:
            text = file.read()
        [interface] = re.findall(r'<interface name="org\.domwright1\.(\w+)">', text) or [None]
        found |= {(interface, method) for said, method, body in
                  re.findall(r'<!--((?:(?!-->).)*)-->\s*<method name="(\w+)"(.*?)</method>', text, re.S)
                  if 'name="result' in body and re.search(r'affect s\b(?!\s*\(only)', said)}
    return found


def contract():
    """{(interface, method)} of the published interfaces."""
    found = set()
    for path in glob.glob(os.path.join(os.environ["SOURCE_ROOT"], "dbus", "*.xml")):
        with open(path, encoding="utf-8") as file:
            text = file.read()
        for name, body in re.findall(r'<interface name="org\.domwright1\.(\w+)">(.*?)</interface>',
                                     text, re.S):
            found |= {(name, method) for method in re.findall(r'<method name="(\w+)"', body)}
    return found
