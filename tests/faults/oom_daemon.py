# SPDX-License-Identifier: LGPL-2.1-or-later
"""A daemon an allocation of which can be made to fail, and what its world looks like from outside.

Owns the daemon, the order to the shim, and making the world what a call finds it as. What may come of
a failure is the tests' to say.
"""

import contextlib
import mmap
import os
import re
import signal
import struct
import tempfile
import time

from gi.repository import Gio, GLib

import rig
from scene import DBUS, DOCUMENT, OTHER, SUBJECT
from support import client, services
from support.client import HOST, MANAGER, settings

TEST = HOST + "/domain/_6695eb01_f6a4_8304_79aa_97f2502e193f"
LIBRARIES = ("libsystemd", "libxml2", "libvirt", "domwrightd", "libglib")
SHIM_ORDER = ("libsystemd", "libxml2", "libglib", "libvirt", "domwrightd")  # as in shim-malloc.c
COUNT_ONLY = -1
# GLib's abort is one of the first two, by version; else the daemon exits by itself.
CLEAN = {-signal.SIGABRT, -signal.SIGTRAP, 0, 1}
GONE = {DBUS + "Error." + name for name in ("NoReply", "ServiceUnknown", "NameHasNoOwner")}
DRAFT = re.compile(MANAGER + r"/draft/\w+")
PATIENCE_MS = 30000
SOON = 5  # seconds, for what goes on after an answer


class Ended(Exception):
    """The daemon has, rather than to answer."""


def without_identity(text):
    """A clone gets another UUID and other addresses each time it is made."""
    return re.sub(r"<uuid>[^<]*</uuid>|<mac address='[^']*'/>", "", text)


def plain(value):
    """An answer without what differs from one call to the next: drafts' paths, the time."""
    if isinstance(value, str):
        return DRAFT.sub("(draft)", value)
    if isinstance(value, dict):
        return {plain(key): plain(each) for key, each in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(each) for each in value]
    return 0 if isinstance(value, int) and value > 1e15 else value


def parts(look):
    """Of what the world looks like: pieces short enough to be shown."""
    for path, (text, values) in sorted(look[0].items()):
        yield from [path, *text.splitlines(), *sorted(map(str, values.items()))]
    for values, text in look[1]:
        yield from [*sorted(map(str, values.items())), *text.splitlines()]


class World(contextlib.ExitStack):
    def __init__(self):
        super().__init__()
        file = self.enter_context(tempfile.NamedTemporaryFile())
        file.truncate(mmap.PAGESIZE)
        self.order = mmap.mmap(file.fileno(), mmap.PAGESIZE)
        self.callback(self.order.close)
        self.bus = self.enter_context(services.Bus())
        self.client = client.Client(self.bus.address)
        self.callback(self.client.close)
        environment = {"LD_PRELOAD": os.environ["SHIM_MALLOC"], "MALLOC_FAULT": file.name}
        self.daemon = OomDaemon(self.bus, self.client, environment)
        self.enter_context(self.daemon)
        self.draft = "/"
        self.looks = {}  # of the world, by what it was made for
        self.known = None  # what it looks like now, as far as that needs no looking

    # ---- The order ----

    def arm(self, library, left):
        number = SHIM_ORDER.index(library) + 1 if left else COUNT_ONLY
        struct.pack_into("8q", self.order, 0, 0, left, *[0] * 6)
        struct.pack_into("q", self.order, 0, number)

    def disarm(self):
        struct.pack_into("q", self.order, 0, 0)

    def failed(self):
        return struct.unpack_from("q", self.order, 16)[0] > 0

    def seen(self):
        """{library: allocations since arm}"""
        return dict(zip(SHIM_ORDER, struct.unpack_from("5q", self.order, 24)))

    def wait_failed(self, seconds):
        end = time.monotonic() + seconds
        while not self.failed() and time.monotonic() < end:
            time.sleep(0.0005)

    def wait_quiet(self):
        """Until nothing has been allocated for a while; what had been by now, and then."""
        answered = last = self.seen()
        since = time.monotonic()
        while time.monotonic() < since + 0.006:
            time.sleep(0.001)
            now = self.seen()
            if now != last:
                last, since = now, time.monotonic()
        return answered, last

    def watch_quiet(self):
        self.arm(None, 0)
        self.wait_quiet()
        self.disarm()

    # ---- Calls ----

    def ask(self, path, interface, method, signature="(a{sv})", *arguments):
        """What came: ("ok", answer) or (error's name, message)."""
        if "." not in interface:
            interface = client.NAME + "." + interface
        try:
            answer = self.client.connection.call_sync(
                client.NAME, path, interface, method,
                GLib.Variant(signature, arguments or ({},) * (signature != "()")), None,
                Gio.DBusCallFlags.NO_AUTO_START, PATIENCE_MS, None)
        except GLib.Error as error:
            name = client.error_name(error)
            if error.matches(Gio.io_error_quark(), Gio.IOErrorEnum.TIMED_OUT) or not name:
                raise AssertionError(f"{method}: {error.message}:\n{self.daemon.log[-2000:]}")
            if name in GONE:
                self.daemon.process.wait(30)  # it has left the bus: it is ending
                raise Ended from None
            Gio.DBusError.strip_remote_error(error)
            return name, error.message
        return "ok", answer.unpack()

    def get(self, *call):
        outcome, answer = self.ask(*call)
        if outcome != "ok":
            raise AssertionError(f"{call}: {outcome}: {answer}")
        return answer[0] if len(answer) == 1 else answer

    def properties(self, path, interface):
        return self.get(path, DBUS + "Properties", "GetAll", "(s)", f"{client.NAME}.{interface}")

    def make(self, call):
        """An ordinary call: what came of it and of each that belongs to it, up to the first error."""
        outcomes, made = [], "/"
        self.known = None
        for step in (call, *call.then):
            target = {"draft": self.draft, "made": made}.get(step.path, step.path)
            outcome, answer = self.ask(target, step.interface, step.method, step.signature,
                                       *step.arguments)
            if step is call and call.then and outcome == "ok":
                made = answer[0]
            if step.method == "ListDomains" and outcome == "ok":
                answer = (sorted(answer[0]),)
            if step.method in ("ListHistory", "ListRecoverable") and outcome == "ok":
                # How many there are is what all calls before it have done.
                answer = (sorted({field for row in answer[0] for field in row}),)
            outcomes.append((outcome, plain(answer)))
            if outcome != "ok":
                break
        return outcomes

    # ---- The world ----

    def look(self):
        """All that a call may have changed."""
        domains = {}
        for path, _ in self.get(HOST, "Host", "ListDomains"):
            if path == TEST:
                continue
            values = self.properties(path, "Domain")
            for name in ("Id", "StartedAt", "Pending"):  # of this run of the domain
                values.pop(name)
            domains[path] = (self.get(path, "Config", "GetXML", "(a{sv})",
                                      settings({"secrets": True})), values)
        drafts = []
        for path in self.get(MANAGER, "Manager", "ListDrafts"):
            drafts.append((plain(self.properties(path, "Draft")), without_identity(self.text_of(path))))
        return domains, drafts

    def text_of(self, path):
        return self.get(path, "Config", "GetXML", "(a{sv})", settings({"secrets": True}))

    def prepare(self, call):
        """Makes the world what the call needs; what it looks like."""
        key = call.state, call.draft
        if "affect" in call.note:  # what the one before did to the running domain has to go
            self.ask(SUBJECT, "Domain", "Destroy")
            self.known = None
        wanted = self.looks.get(key)
        found = self.known or self.look()
        if found == wanted:
            self.known = found
            return wanted
        self.clear(found, wanted)
        self.bring(found[0].get(SUBJECT), call.state)
        if not wanted or found[1] != wanted[1]:
            self.make_draft(call.draft)
        self.looks.setdefault(key, self.look())
        self.await_look(self.looks[key], "the world is as it was")
        return self.looks[key]

    def clear(self, found, wanted):
        domains, drafts = found
        for path in domains:
            if path != SUBJECT:
                self.ask(path, "Domain", "Destroy")
                self.get(path, "Domain", "Undefine")
        if not wanted or drafts != wanted[1]:
            for path in self.get(MANAGER, "Manager", "ListDrafts"):
                self.get(path, "Draft", "Discard")

    def bring(self, found, state):
        text, values = found or ("", {"State": "shutoff", "Autostart": False})
        if found and values["Name"] != "subject":
            self.get(SUBJECT, "Domain", "Rename", "(sa{sv})", "subject", {})
            text = self.text_of(SUBJECT)
        if not found:
            self.get(HOST, "Host", "DefineXML", "(sa{sv})", DOCUMENT, {})
        elif text != self.subject():
            revision = self.get(SUBJECT, DBUS + "Properties", "Get", "(ss)",
                                client.NAME + ".Config", "Revision")
            self.get(HOST, "Host", "DefineXML", "(sa{sv})", self.subject(),
                     settings({"expected-revision": revision}))
        if values["Autostart"]:
            self.get(SUBJECT, "Domain", "SetAutostart", "(ba{sv})", False, {})
        ways = {("shutoff", "running"): ["Start"], ("shutoff", "paused"): ["Start", "Suspend"],
                ("running", "shutoff"): ["Destroy"], ("paused", "shutoff"): ["Destroy"],
                ("running", "paused"): ["Suspend"], ("paused", "running"): ["Resume"]}
        for method in ways.get((values["State"], state), []):
            self.get(SUBJECT, "Domain", method)

    def subject(self):
        """The document of the domain, as libvirt tells it once it has been defined."""
        for domains, _ in self.looks.values():
            return domains[SUBJECT][0]
        return DOCUMENT

    def make_draft(self, kind):
        if kind == "new":
            self.draft = self.get(MANAGER, "Manager", "ImportDraft", "(sa{sv})", OTHER, {})
        elif kind == "edited":
            self.draft = self.get(SUBJECT, "Domain", "Edit")
            self.get(self.draft, "Config", "Modify", "(a{sv}asa{sv})",
                     settings({"title": "edited"}), [], {})

    def await_look(self, wanted, what):
        """It may take a moment after an answer until it is seen what has changed."""
        end = time.monotonic() + SOON
        while (found := self.look()) != wanted:
            if time.monotonic() > end:
                wrong = [pair for pair in zip(parts(wanted), parts(found)) if pair[0] != pair[1]]
                raise AssertionError(f"{what}: {len(wanted[0])} and {len(wanted[1])} domains and "
                                     f"drafts, then {len(found[0])} and {len(found[1])}: {wrong}")
            time.sleep(0.005)
        self.known = found


class OomDaemon(services.Daemon):
    """Seen to be there by a client that is there already, which takes no programs."""

    def __init__(self, bus, bus_client, environment):
        super().__init__(bus, "--host", "local=test:///default")
        self.client = bus_client
        self.environment = environment
        self.read = 0

    def start(self):
        argv = [services.DAEMON, "--address=" + self.bus.address, "--state-directory",
                self.directory, *self.arguments]
        self.process = self.spawn(argv, env={**os.environ, **self.environment})
        self.await_ready(self.process, self.is_there)

    def is_there(self):
        return self.client.connection.call_sync(
            "org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus", "NameHasOwner",
            GLib.Variant("(s)", (client.NAME,)), None, 0, -1, None).unpack()[0]

    def again(self):
        self.process = None
        self.start()

    def reports(self):
        """What is new in the log and tells of a fault of its own."""
        with open(os.path.join(self.directory, "log"), "rb") as log:
            log.seek(self.read)
            text = log.read().decode(errors="replace")
            self.read = log.tell()
        return [line for line in text.splitlines() if rig.REPORT.search(line)]
