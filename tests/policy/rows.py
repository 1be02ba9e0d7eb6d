# SPDX-License-Identifier: LGPL-2.1-or-later
"""Every method of the contract, as an ordinary call of it, and the actions polkit is asked for.

Owns the table that the matrix is computed from. It makes calls; who makes them is the caller's
business.
"""

import dataclasses
import re

from rig import HOST, MANAGER, SECRET, document, path_of, settings, uuid_of
from support.client import device

READ = ["read"]
MODIFY = ["read", "modify"]
DEFINE = ["read", "define"]
REACH = ["use-host-resources"]
DISK = {"source.file": "/srv/vm/new.img", "driver.type": "raw", "target.bus": "virtio"}
EMPTY_CDROM = {"device": "cdrom", "target.bus": "sata"}
NEW = {"memory": "1GiB", "vcpu": 1}
METADATA = "<note xmlns='urn:test'>x</note>"


class Tried:
    """What one call is made with: who calls, a domain and drafts of the caller's, made when asked
    for."""

    def __init__(self, world, person, active=False, secret=SECRET, name=None):
        self.world = world
        self.person = person
        self.active = active
        self.secret = secret
        self.prefix = name  # of the names of domains made for this and by it
        self.domain = None

    def _domain(self):
        if self.domain is None:
            self.domain = self.world.new_domain(self.prefix, self.active, self.secret)
        return self.domain

    def object(self, kind):
        return {"manager": lambda: MANAGER, "host": lambda: HOST, "domain": self._domain,
                "draft": self._draft, "edited": self._edited,
                "reaching": self._reaching}[kind]()

    def _draft(self):
        return self.person.call(MANAGER, "Manager", "ImportDraft", "(sa{sv})", self.new_xml(PLAIN), {})

    def _edited(self):
        """A draft of a domain, as everybody who may read can have it, with a change in it."""
        draft = self.person.plain(self._domain(), "Domain", "Edit")
        self.person.modify(draft, {"title": "edited"})
        return draft

    def _reaching(self):
        draft = self._edited()
        self.person.call(draft, "Config", "AddDisk", "(a{sv}a{sv})", settings(DISK), {})
        return draft

    def name(self):
        """A name no domain has yet."""
        self.world.number += 1
        return f"{self.prefix or 'new'}-{self.world.number}"

    def new_xml(self, text):
        name = self.name()
        return text.format(name=name, uuid=uuid_of(self.world.number))

    def replacement(self, change, **options):
        """The document of the domain with a change, and the option that it takes its place."""
        world, path = self.world, self._domain()
        text = world.root.plain(path, "Config", "GetXML", **options)
        revision = world.property(path, "Config", "Revision")
        return re.sub(*change, text, count=1), settings({"expected-revision": revision})

    def end(self):
        """Takes away what was made, and what the call may have made."""
        for number in range(self.world.number, max(self.world.number - 3, 0), -1):
            self.world.remove(path_of(number))
        for draft in self.person.plain(MANAGER, "Manager", "ListDrafts"):
            self.person.plain(draft, "Draft", "Discard")


# Nothing in it reaches beyond the guest.
PLAIN = """<domain type='test'>
  <name>{name}</name>
  <uuid>{uuid}</uuid>
  <memory unit='KiB'>1048576</memory>
  <vcpu>1</vcpu>
  <os>
    <type arch='i686'>hvm</type>
  </os>
</domain>
"""


@dataclasses.dataclass
class Row:
    interface: str
    method: str
    object: str
    asks: list
    signature: str
    arguments: object  # of a Tried; a list
    active: object = False  # the domain has to run; "paused": and be paused
    done: str = "ok"  # what a call that is allowed ends with
    early: bool = False  # it ends so whoever calls
    note: str = ""

    @property
    def label(self):
        return f"{self.interface}.{self.method} {self.object}{' ' + self.note if self.note else ''}"


def only_options(**values):
    return "(a{sv})", lambda _: [settings({key.replace("_", "-"): value
                                          for key, value in values.items()})]


def fixed(signature, *values):
    return signature, lambda _: list(values)


def manager_rows():
    new = "(a{sv}a(sa{sv})a{sv})"
    return [
        Row("Manager", "Build", "manager", [], *fixed(new, settings({"name": "x", **NEW}), [], {})),
        Row("Manager", "Parse", "manager", [], *fixed("(sa{sv})", document("x", 1), {})),
        Row("Manager", "NewDraft", "manager", [], *fixed(new, settings({"name": "x", **NEW}), [], {})),
        Row("Manager", "ImportDraft", "manager", [], *fixed("(sa{sv})", document("x", 1), {})),
        Row("Manager", "ListDrafts", "manager", [], *only_options()),
        Row("Manager", "FindDomain", "manager", READ, *fixed("(sa{sv})", "test", {})),
        Row("Manager", "DescribeKeys", "manager", [], *fixed("(ssa{sv})", "disk", "driver", {})),
    ]


def host_rows():
    new = "(a{sv}a(sa{sv})a{sv})"

    def define(devices=(), **options):
        return new, lambda tried: [settings({"name": tried.name(), **NEW}), list(devices),
                                   settings(options)]

    return [
        Row("Host", "Define", "host", DEFINE, *define()),
        Row("Host", "Define", "host", DEFINE + REACH,
            *define([device("disk", source__file="/srv/vm/x.img", driver__type="raw",
                            target__bus="virtio")]), note="with a disk"),
        Row("Host", "Define", "host", READ, *define(**{"dry-run": True}), note="dry"),
        Row("Host", "DefineXML", "host", DEFINE, "(sa{sv})",
            lambda tried: [tried.new_xml(PLAIN), {}]),
        Row("Host", "DefineXML", "host", MODIFY, "(sa{sv})",
            lambda tried: tried.replacement((">2</vcpu>", ">1</vcpu>")), note="instead"),
        # Or a right guess would be told from a wrong one.
        Row("Host", "DefineXML", "host", MODIFY + REACH, "(sa{sv})",
            lambda tried: tried.replacement((">2</vcpu>", ">1</vcpu>"), secrets=True),
            note="instead, with the password that is there"),
        Row("Host", "DefineXML", "host", MODIFY + REACH, "(sa{sv})",
            lambda tried: tried.replacement((r"/srv/vm/", "/srv/other/")), note="instead, a path"),
        Row("Host", "ListDomains", "host", READ, *only_options()),
        Row("Host", "GetCapabilities", "host", READ, *only_options()),
        Row("Host", "GetDomainCapabilities", "host", READ, *only_options(), done="Unsupported"),
        Row("Host", "ListChoices", "host", READ, *fixed("(ssa{sv})", "disk", "device", {})),
        Row("Host", "GetCapabilitiesXML", "host", READ, *only_options()),
        Row("Host", "GetDomainCapabilitiesXML", "host", READ, *only_options(), done="Unsupported"),
    ]


def config_rows(where, read, change, reach, secrets):
    """On a domain or on a draft; what each of the four sorts of call asks for."""
    disk = [{"serial": "X1"}]

    def changing(method, signature, *values, asks=change, note=""):
        return Row("Config", method, where, asks, *fixed(signature, *values), note=note)

    return [
        Row("Config", "Describe", where, read, *only_options()),
        Row("Config", "Describe", where, secrets, *only_options(secrets=True), note="with secrets"),
        Row("Config", "GetSettings", where, read, *fixed("(asa{sv})", [], {})),
        Row("Config", "GetSettings", where, secrets,
            *fixed("(asa{sv})", [], settings({"secrets": True})), note="with secrets"),
        Row("Config", "GetDevices", where, read, *fixed("(sa{sv})", "", {})),
        Row("Config", "GetDevices", where, secrets,
            *fixed("(sa{sv})", "", settings({"secrets": True})), note="with secrets"),
        Row("Config", "GetXML", where, read, *only_options()),
        Row("Config", "GetXML", where, secrets, *only_options(secrets=True), note="with secrets"),
        Row("Config", "GetMetadata", where, read, *fixed("(sa{sv})", "urn:test", {})),
        Row("Config", "Validate", where, read, *only_options()),
        changing("Modify", "(a{sv}asa{sv})", settings({"title": "changed"}), [], {}),
        changing("Modify", "(a{sv}asa{sv})", settings({"title": "changed"}), [],
                 settings({"dry-run": True}), asks=read, note="dry"),
        changing("AddDevice", "(sa{sv}a{sv})", "disk", settings(EMPTY_CDROM), {}),
        changing("AddDevice", "(sa{sv}a{sv})", "disk", settings(DISK), {}, asks=reach,
                 note="with a file"),
        changing("ModifyDevice", "(ssa{sv}asa{sv})", "disk", "vda", *map(settings, disk), [], {}),
        changing("ModifyDevice", "(ssa{sv}asa{sv})", "disk", "vda",
                 settings({"source.file": "/srv/other"}), [], {}, asks=reach, note="the file"),
        changing("RemoveDevice", "(ssa{sv})", "disk", "vda", {}, asks=reach),
        changing("AddDisk", "(a{sv}a{sv})", settings(EMPTY_CDROM), {}),
        changing("AddDisk", "(a{sv}a{sv})", settings(DISK), {}, asks=reach, note="with a file"),
        changing("ModifyDisk", "(sa{sv}asa{sv})", "vda", *map(settings, disk), [], {}),
        changing("RemoveDisk", "(sa{sv})", "vda", {}, asks=reach),
        changing("SetHyperV", "(a{sv}a{sv})", settings({"relaxed": True}), {}),
        changing("SetBootOrder", "(a(ss)a{sv})", [("disk", "vda")], {}),
        changing("ApplyPreset", "(sa{sv})", "linux", {}),
        changing("Apply", "(a(sssa{sv}as)a{sv})",
                 [("set", "", "", settings({"title": "changed"}), [])], {}),
        changing("Apply", "(a(sssa{sv}as)a{sv})",
                 [("set", "", "", settings({"title": "changed"}), []),
                  ("add", "disk", "", settings(DISK), [])], {}, asks=reach, note="with a file"),
        changing("SetMetadata", "(ssa{sv})", "urn:test", METADATA, {}),
    ]


def draft_rows():
    return [
        Row("Draft", "Diff", "edited", READ, *only_options()),
        Row("Draft", "Commit", "draft", DEFINE, *only_options(host="local"), note="new"),
        Row("Draft", "Commit", "edited", MODIFY, *only_options()),
        Row("Draft", "Commit", "edited", READ, *only_options(dry_run=True), note="dry"),
        Row("Draft", "Commit", "reaching", MODIFY + REACH, *only_options()),
        Row("Draft", "Discard", "edited", [], *only_options()),
    ]


def domain_rows():
    control = ["control"]

    def row(method, active):
        return Row("Domain", method, "domain", control, *only_options(), active=active)

    return [
        Row("Domain", "Edit", "domain", READ, *only_options()),
        Row("Domain", "SetAutostart", "domain", control, *fixed("(ba{sv})", True, {})),
        Row("Domain", "Undefine", "domain", ["undefine"], *only_options()),
        row("Start", False),
        row("Shutdown", True),
        row("Destroy", True),
        row("Reboot", True),
        row("Reset", True),
        row("Suspend", True),
        row("Resume", "paused"),
        Row("Domain", "ListHistory", "domain", [], *only_options(), done="Unsupported", early=True),
        Row("Domain", "Restore", "domain", [], *fixed("(sa{sv})", "r", {}), done="Unsupported",
            early=True),
    ]


def all_rows():
    return (manager_rows() + host_rows()
            + config_rows("domain", READ, MODIFY, MODIFY + REACH, READ + ["read-secrets"])
            + config_rows("edited", [], [], [], []) + draft_rows() + domain_rows())
