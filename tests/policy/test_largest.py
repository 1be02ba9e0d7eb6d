# SPDX-License-Identifier: LGPL-2.1-or-later
"""The largest answer of each method and the largest of each signal, from documents as long as may be
and from a thousand domains: within the bound, or an error that says how to ask for less. And what the
daemon's processor time for it was, libvirt's test driver included: within a budget.

Owns the worst documents; what is called is the common table and, for what needs something there
before it, the rows here. The long form (DOMWRIGHT_TEST_LARGEST=full) takes every document through
every row.
"""

import os
import re

from gi.repository import Gio, GLib

import rig
from rig import HOST, MANAGER, document, machine, path_of, settings, uuid_of
from support import client, services, tap
from support.client import NAME
from support.sample_calls import METADATA, NEW, POLICY, all_samples, contract

FULL = os.environ.get("DOMWRIGHT_TEST_LARGEST") == "full"
MOST = 16 << 20  # bytes of a message …
HEADER = 4096  # … without its header
MOST_ERROR = 64 << 10
BUDGET = 5 * (20 if services.sanitizers() else 1)  # seconds of processor time for one call …
BUDGET_OF_MANY = 6 * BUDGET  # … and for one that changes a thousand domains
CHANGES = 100  # of a domain: as many as its history keeps
MANY, MANY_HOST = 1000, "/org/domwright1/host/many"
MIB = 1 << 20
SUBJECT = path_of(1)
PROPERTIES, STANDARD = "org.freedesktop.DBus.Properties", "org.freedesktop.DBus."
LIMIT = NAME + ".Error.LimitExceeded"
READ_ONCE = ("Describe", "GetMetadata", "GetDevices", "GetXML", "Validate", "Rename")  # of each document, in the short form


def filled(head="", devices=""):
    """The document of the sample calls with more in it."""
    text = document("subject-1", 1).replace("  <memory", f"  <metadata>\n    {METADATA}\n  </metadata>\n"
                                            f"{head}  <memory", 1)
    return text.replace("  </devices>", devices + "  </devices>", 1)


# libvirt's test driver defines these.
DOCUMENTS = {
    "references": lambda count: filled(
        "  <title>" + "&lt;" * (count * 64) + "</title>\n  <description>" + "&amp;" * (count * 50)
        + "</description>\n"),
    "lines": lambda count: filled("  <description>" + "x\n" * (count * 256) + "</description>\n"),
    "interfaces": lambda count: filled(devices="".join(
        "    <interface type='user'>\n      <mac address='52:54:01:{:02x}:{:02x}:{:02x}'/>\n"
        "      <target dev='tap{}'/>\n    </interface>\n".format(
            number >> 16, number >> 8 & 255, number & 255, number) for number in range(count))),
    "metadata": lambda count: filled().replace(
        ">x</note>", ">" + "<a b='{}'/>".format("&#9;" * 20) * (6 * count) + "</note>"),
}
WRONG = "".join(f"{name}='wrong' " for name in
                ("cache", "io", "error_policy", "discard", "detect_zeroes", "rerror_policy", "ioeventfd",
                 "event_idx", "copy_on_read", "iothread", "queues", "metadata_cache"))
# These it does not; drafts take them.
FAULTY = {
    "faults": lambda count: filled(devices=(
        f"<disk type='wrong' device='wrong'><driver {WRONG}/><target dev='vda' bus='wrong'/></disk>\n")
        * count),
    "a long name of faults": lambda count: filled(devices=(
        f"<disk type='wrong' device='wrong'><driver {WRONG}/><target dev='{'d' * 440 * count}' "
        "bus='wrong'/></disk>\n")),
}
COUNT, FEWER = 2100, 100  # more than is allowed of any; room for an edit and for addresses


def write_domains(path):
    """A host's own file for libvirt's test driver: a thousand domains, with more to say than fits. Each is
    in a file of its own, since libvirt reads no file of more than ten MiB."""
    domain = ("<domain type='test'><name>{name}</name><uuid>{uuid}</uuid><title>{title}</title>"
              "<description>{text}</description><memory>1024</memory><os><type>hvm</type></os></domain>")
    folder = os.path.splitext(path)[0]
    os.mkdir(folder)
    names = [f"{folder}/{number}.xml" for number in range(MANY)]
    for number, name in enumerate(names):
        with open(name, "w", encoding="utf-8") as file:
            file.write(domain.format(name=f"{'n' * 200}-{number}", uuid=uuid_of(10000 + number),
                                     title="é" * 5000, text="d" * 18000))
    with open(path, "w", encoding="utf-8") as file:
        file.write("<node>" + "".join(f"<domain file='{name}'/>" for name in names) + "</node>")


class Scene:
    """One domain, with whichever document; what a call has made is taken away before the next."""

    def __init__(self, largest, text):
        self.largest = largest
        self.text = text

    def object(self, kind):
        return {"manager": MANAGER, "host": HOST, "domain": SUBJECT}.get(kind) or self._draft(kind)

    def _draft(self, kind):
        call = self.largest.call
        if kind == "draft":
            return call(MANAGER, "Manager", "ImportDraft", "(sa{sv})", self.new_xml(), {})
        if self.largest.is_faulty:
            return call(MANAGER, "Manager", "ImportDraft", "(sa{sv})", self.text, {})
        draft = call(SUBJECT, "Domain", "Edit", "(a{sv})", {})
        call(draft, "Config", "Modify", "(a{sv}asa{sv})", settings({"title": "edited"}), [], {})
        return draft

    def new_settings(self):
        return {"name": "other", "uuid": uuid_of(2), **NEW}

    def new_xml(self):
        return self.text.replace("<name>subject-1<", "<name>other<").replace(uuid_of(1), uuid_of(2))

    def new_name(self):
        return "renamed-1"

    def uuid(self):
        return uuid_of(1)

    def replacement(self, change, given=None, **options):
        revision = self.largest.call(SUBJECT, PROPERTIES, "Get", "(ss)", NAME + ".Config", "Revision")
        return (re.sub(*change, self.text, count=1),
                settings({"expected-revision": revision, **(given or {})}))


class Largest(rig.Case):
    HOSTS = rig.CONFIGURATION + "many=test:///run/files/many.xml\n"

    @classmethod
    def setUpClass(cls):
        write_domains("/run/files/many.xml")
        super().setUpClass()
        cls.world.daemon.wait_connected("many")
        cls.client = client.Client(machine.ADDRESS)
        cls.addClassCleanup(cls.client.close)
        cls.owner = cls.name_owner()
        cls.answers, cls.signals, cls.costs = {}, {}, {}
        cls.client.connection.signal_subscribe(NAME, None, None, None, None, 0, cls.on_signal)

    @classmethod
    def name_owner(cls):
        return cls.client.connection.call_sync(
            "org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus", "GetNameOwner",
            GLib.Variant("(s)", (NAME,)), None, 0, -1, None).unpack()[0]

    @classmethod
    def on_signal(cls, _connection, _sender, _path, interface, name, values):
        key = (interface, name)
        cls.signals[key] = max(cls.signals.get(key, 0), values.get_size())

    @classmethod
    def tearDownClass(cls):
        for (interface, method), (size, label) in sorted(cls.answers.items()):
            print(f"# {interface}.{method}: {size} bytes ({label}), "
                  f"{cls.costs[interface, method]:.2f} s")
        for (interface, name), size in sorted(cls.signals.items()):
            print(f"# signal {interface}.{name}: {size} bytes")

    def tearDown(self):
        self.assertEqual(self.owner, self.name_owner())
        self.call(MANAGER, "org.freedesktop.DBus.Peer", "Ping")
        while GLib.MainContext.default().iteration(False):
            pass
        for key, size in self.signals.items():
            self.assertLessEqual(size, MOST, key)

    # Calls

    def processor_time(self):
        """Of all of the daemon's threads, in seconds."""
        with open(f"/proc/{self.world.daemon.process.pid}/stat") as file:
            fields = file.read().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def call(self, *arguments):
        return self.client.call(*arguments)

    def try_call(self, *arguments):
        try:
            return self.call(*arguments)
        except GLib.Error:
            return None

    def measure(self, label, reads, path, interface, method, signature="()", *arguments):
        """The name of the error, or "ok"."""
        full = interface if "." in interface else f"{NAME}.{interface}"
        before = self.processor_time()
        message = Gio.DBusMessage.new_method_call(NAME, path, full, method)
        message.set_body(GLib.Variant(signature, arguments))
        reply, _ = self.client.connection.send_message_with_reply_sync(
            message, Gio.DBusSendMessageFlags.NONE, client.TIMEOUT_MS, None)
        used = self.processor_time() - before
        self.assertLess(used, BUDGET_OF_MANY if method == "ApplyAll" else BUDGET, label)
        self.costs[interface, method] = max(used, self.costs.get((interface, method), 0))
        size = len(reply.to_blob(Gio.DBusCapabilityFlags.NONE))
        error = reply.get_error_name()
        self.assertLessEqual(size, (MOST_ERROR if error else MOST) + HEADER)
        key = (interface, method)
        if size > self.answers.get(key, (0, ""))[0]:
            self.answers[key] = (size, error or label)
        if error == LIMIT:
            said = reply.get_body().unpack()[0]
            self.assertRegex(said, "ask for less|fewer|maximum|more than|limit")
            # What has changed something is answered, whatever its answer has to leave out.
            self.assertTrue(reads or "The answer of" not in said, said)
        self.assertNotEqual("org.freedesktop.DBus.Error.NoReply", error)
        return error or "ok"

    # The common table

    def prepare(self, row, text):
        """The domain as the row wants it, and nothing of what the one before has made."""
        for draft in self.call(MANAGER, "Manager", "ListDrafts", "(a{sv})", {}):
            self.try_call(draft, "Draft", "Discard", "(a{sv})", {})
        other = path_of(2)
        self.try_call(other, "Domain", "Undefine", "(a{sv})", {})
        now = self.try_call(SUBJECT, PROPERTIES, "Get", "(ss)", NAME + ".Config", "Revision")
        if now != self.revision or now is None:
            self.define(text)
        state = self.call(SUBJECT, PROPERTIES, "Get", "(ss)", NAME + ".Domain", "State")
        if state != row.state:
            self.try_call(SUBJECT, "Domain", "Destroy", "(a{sv})", {})
            if row.state != "shutoff":
                self.call(SUBJECT, "Domain", "Start", "(a{sv})", {})
            if row.state == "paused":
                self.call(SUBJECT, "Domain", "Suspend", "(a{sv})", {})

    def fitted(self, make):
        """The document with as much of what it has as the limits allow."""
        for count in range(COUNT, 0, -FEWER):
            text = make(count)
            if self.try_call(MANAGER, "Manager", "Parse", "(sa{sv})", text, {}):
                return make(count - FEWER)
        raise AssertionError("every count is too many")

    def define(self, text):
        def defined():
            for method in ("Destroy", "Undefine"):
                self.try_call(SUBJECT, "Domain", method, "(a{sv})", {})
            return self.try_call(HOST, "Host", "DefineXML", "(sa{sv})", text, {})

        services.wait_for(defined, "the domain is there")  # a busy disk may keep it past its deadline
        type(self).revision = self.call(SUBJECT, PROPERTIES, "Get", "(ss)", NAME + ".Config", "Revision")

    def try_rows(self, label, text, rows):
        scene = Scene(self, text)
        outcomes = {}
        for row in rows:
            with self.subTest(row.label, document=label):
                self.prepare(row, self.plain if self.is_faulty else text)
                outcomes[row.label] = self.measure(
                    f"{row.label}, {label}", row.asks in ([], ["read"], ["read", "read-secrets"]),
                    scene.object(row.object), row.interface, row.method, row.signature,
                    *row.arguments_in(scene))
        return outcomes

    revision = None
    is_faulty = False
    plain = document("subject-1", 1)

    def test_documents(self):
        rows = all_samples(POLICY)
        for number, (label, make) in enumerate(DOCUMENTS.items()):
            text = self.fitted(make)
            self.assertGreater(len(text.encode()), MIB // 8, label)
            self.assertLessEqual(len(text.encode()), MIB, label)
            outcomes = self.try_rows(label, text, self.some(rows, number == 0))
            self.assertIn("ok", outcomes.values())
            self.try_more(label, text)

    @staticmethod
    def some(rows, first):
        """In the short form each method once with the first document, and few with others."""
        once = {(row.interface, row.method): row for row in reversed(rows) if first or (
            row.object == "domain" and row.asks == ["read"] and row.method in READ_ONCE)}
        return rows if FULL else [row for row in rows if row in once.values()]

    def try_more(self, label, text):
        """What needs an earlier definition, a run that differs, or a domain that is gone."""
        self.define(text)
        self.call(SUBJECT, "Domain", "Start", "(a{sv})", {})
        revision = self.revision
        self.call(HOST, "Host", "DefineXML", "(sa{sv})", self.plain,
                  settings({"expected-revision": revision}))
        now = self.call(SUBJECT, PROPERTIES, "Get", "(ss)", NAME + ".Config", "Revision")
        rows = [
            (True, SUBJECT, "Domain", "ListPending", "(a{sv})", {}),
            (True, SUBJECT, "Domain", "ListHistory", "(a{sv})", {}),
            (True, SUBJECT, "Domain", "GetHistoryXML", "(sa{sv})", revision, {}),
            (True, SUBJECT, "Domain", "DiffHistory", "(ssa{sv})", revision, now, {}),
            (False, SUBJECT, "Domain", "Restore", "(sa{sv})", revision, settings({"diff": True})),
        ]
        for reads, *call in rows:
            with self.subTest(call[2], document=label):
                self.assertIn(self.measure(label, reads, *call), ("ok", LIMIT))
        for method in ("Destroy", "Undefine"):
            self.call(SUBJECT, "Domain", method, "(a{sv})", {})
        for reads, *call in [(True, HOST, "Host", "ListRecoverable", "(a{sv})", {}),
                             (False, HOST, "Host", "Recover", "(sa{sv})", uuid_of(1), {})]:
            with self.subTest(call[2], document=label):
                self.assertIn(self.measure(label, reads, *call), ("ok", NAME + ".Error.Invalid"))

    def test_a_long_history(self):
        """As many entries as are kept, of a large document and then of small changes."""
        self.define(self.fitted(DOCUMENTS["interfaces"]))
        first = self.revision
        self.call(HOST, "Host", "DefineXML", "(sa{sv})", self.plain,
                  settings({"expected-revision": first}))
        for number in range(CHANGES):
            self.call(SUBJECT, "Config", "Modify", "(a{sv}asa{sv})",
                      settings({"title": f"{number} " + "t" * 2000}), [], {})
        last = self.call(SUBJECT, PROPERTIES, "Get", "(ss)", NAME + ".Config", "Revision")
        history = self.call(SUBJECT, "Domain", "ListHistory", "(a{sv})", {})
        self.assertGreaterEqual(len(history), CHANGES)
        oldest = history[-1]["revision"]
        for reads, *call in [(True, SUBJECT, "Domain", "ListHistory", "(a{sv})", {}),
                             (True, SUBJECT, "Domain", "GetHistoryXML", "(sa{sv})", oldest, {}),
                             (True, SUBJECT, "Domain", "DiffHistory", "(ssa{sv})", oldest, last, {}),
                             (False, SUBJECT, "Domain", "Restore", "(sa{sv})", oldest, {})]:
            with self.subTest(call[2]):
                self.assertEqual("ok", self.measure("a long history", reads, *call))

    def test_faulty_documents(self):
        self.addCleanup(setattr, self, "is_faulty", False)
        self.is_faulty = True
        rows = [row for row in all_samples(POLICY) if row.object in ("draft", "edited")
                or row.method in ("Parse", "ImportDraft", "Validate", "Build")]
        for label, make in FAULTY.items():
            text = self.fitted(make)
            self.try_rows(label, text, rows if FULL else [
                row for row in rows if row.method in ("Validate", "Commit", "Describe", "Diff")])
            dry = settings({"dry-run": True, "diff": True})
            self.measure(label, True, HOST, "Host", "DefineXML", "(sa{sv})", text, dry)

    # A thousand domains

    def test_many_domains(self):
        every = ["name", "title", "description", "os.type", "uuid", "memory", "state"]
        edits = [("set", "", "", settings({"title": "t" * 4000}), [])]
        rows = [
            (True, MANY_HOST, STANDARD + "ObjectManager", "GetManagedObjects"),
            (True, MANY_HOST + "/domain", STANDARD + "Introspectable", "Introspect"),
            (True, MANY_HOST, "Host", "ListDomains", "(a{sv})", settings({"columns": every})),
            (True, MANY_HOST, "Host", "ListDomains", "(a{sv})", settings({"columns": ["title", "name"]})),
            (False, MANY_HOST, "Host", "ApplyAll", "(a{sv}a(sssa{sv}as)a{sv})",
             settings({"name": "*"}), edits, settings({"diff": True})),
            (True, MANAGER, "Manager", "DescribeKeys", "(ssa{sv})", "*", "", {}),
            (True, HOST, "Host", "ListChoices", "(ssa{sv})", "disk", "", {}),
        ]
        found = []
        for reads, *call in rows:
            with self.subTest(call[2]):
                found.append(self.measure("a thousand domains", reads, *call))
        self.assertEqual([LIMIT if number == 2 else "ok" for number in range(len(rows))], found)

    def test_properties(self):
        self.define(self.fitted(DOCUMENTS["references"]))
        draft = self.call(SUBJECT, "Domain", "Edit", "(a{sv})", {})
        for path, interfaces in ((MANAGER, ["Manager"]), (HOST, ["Host"]), (MANY_HOST, ["Host"]),
                                 (SUBJECT, ["Domain", "Config"]), (draft, ["Draft", "Config"]),
                                 (f"{MANY_HOST}/domain/_{uuid_of(10000).replace('-', '_')}", ["Domain"])):
            for interface in interfaces:
                with self.subTest(path=path, interface=interface):
                    size = len(str(self.call(path, PROPERTIES, "GetAll", "(s)", f"{NAME}.{interface}")))
                    self.assertLess(size, MOST_ERROR)

    def test_zz_all_were_tried(self):
        self.assertEqual(set(), contract() - set(self.answers))
        self.assertIn((NAME + ".Config", "Changed"), self.signals)
        self.assertIn((STANDARD + "Properties", "PropertiesChanged"), self.signals)


if __name__ == "__main__":
    tap.main()
