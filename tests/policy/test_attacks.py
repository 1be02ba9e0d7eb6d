# SPDX-License-Identifier: LGPL-2.1-or-later
"""Ways round the policy that somebody with some rights may try, each by every method it can be tried.

Owns the attacks whose answer lies in what polkit is asked; those on secrets are in test_secrets.py.
"""

import contextlib
import re

import rig
from rig import DENIED, HOST, IMAGES, INTERACTIVE, MANAGER, Refused, document, path_of, settings
from rig import uuid_of
from support import tap

# alice may do everything but let a machine reach more of its host; bob may define new machines
# only; storage may attach one image below /srv/team; dev has machines of one name.
RULES = {"10-test.rules": """
polkit.addRule(function(action, subject) {
    var granted = {
        alice: ["define", "modify", "control", "undefine"],
        bob: ["define", "use-host-resources"],
        oper: ["modify", "use-host-resources"]
    }[subject.user] || [];
    if (granted.indexOf(action.id.replace("org.domwright1.", "")) >= 0)
        return polkit.Result.YES;
    if (subject.user == "dev" && (action.lookup("domain") || "").indexOf("dev-") == 0)
        return polkit.Result.YES;
    if (subject.user == "store" && action.id == "org.domwright1.modify")
        return polkit.Result.YES;
    if (subject.user == "store" && action.id == "org.domwright1.use-host-resources" &&
        (action.lookup("path") || "").indexOf("/srv/team/") == 0)
        return polkit.Result.YES;
    return polkit.Result.NOT_HANDLED;
});
"""}
REACH = "org.domwright1.use-host-resources"


def modify(kind, device, values=None, unset=()):
    return [("modify", kind, device, settings(values or {}), list(unset))]


def add(kind, values):
    return [("add", kind, "", settings(values), [])]


def change(values=None, unset=()):
    return [("set", "", "", settings(values or {}), list(unset))]


RAW = {"driver.type": "raw", "target.bus": "virtio"}

# What each would do, as edits: none may be done without use-host-resources.
REACHING_EDITS = {
    "a raw image read as qcow2, whose header names any file": modify("disk", "vda", {"driver.type": "qcow2"}),
    "an image whose format is guessed": modify("disk", "vda", unset=["driver.type"]),
    "another format of one's own image":
        add("disk", {**RAW, "driver.type": "qcow2", "source.file": "/srv/images/{name}/a.qcow2"}),
    "an image whose header names a file for its data, its chain stated":
        add("disk", {**RAW, "driver.type": "qcow2", "source.file": "/srv/images/{name}/a.img",
                     "backing.none": True}),
    "an image that is going to have such a header":
        add("disk", {**RAW, "source.file": "/srv/images/{name}/a.qcow2"}),
    "a bus for which the header's chain is read": modify("disk", "vda", {"target.bus": "sd"}),
    "the password of the display, guessed": modify("graphics", "vnc", {"passwd": rig.SECRET}),
    "another domain's disk": add("disk", {**RAW, "source.file": "/srv/vm/web-1.img"}),
    "another domain's image directory":
        add("disk", {**RAW, "source.file": "/srv/images/other/a.img"}),
    "the directory's own name as part of another":
        add("disk", {**RAW, "source.file": "/srv/images/{name}-b/a.img"}),
    "up and out of the image directory":
        add("disk", {**RAW, "source.file": "/srv/images/{name}/../../../etc/shadow"}),
    "an image that may only be read, written to":
        add("disk", {**RAW, "source.file": "/srv/iso/debian.iso"}),
    "a block device": add("disk", {**RAW, "type": "block", "source.dev": "/dev/sda"}),
    "another file": modify("disk", "vda", {"source.file": "/etc/shadow"}),
    "a shared disk": modify("disk", "vda", {"shareable": True}),
    "a disk on the network":
        add("disk", {**RAW, "type": "network", "source.protocol": "nbd",
                     "source.host.1.name": "10.0.0.1"}),
    "an emulator": change({"emulator": "/srv/evil.sh"}),
    "a kernel": change({"os.kernel": "/etc/shadow"}),
    "firmware variables":
        change({"os.loader": "/usr/share/code.fd", "os.loader.readonly": True,
                "os.loader.type": "pflash", "os.nvram": "/etc/passwd"}),
    "a core dump": change({"on_crash": "coredump-destroy"}),
    "no filter": modify("interface", "52:54:00:11:22:33", unset=["filterref.filter"]),
    "another network": modify("interface", "52:54:00:11:22:33", {"source.network": "admin"}),
    "a device of the host":
        add("hostdev", {"mode": "subsystem", "type": "usb", "source.vendor": "0x1d6b",
                        "source.product": "0x0002"}),
    "a folder of the host":
        add("filesystem", {"source.dir": "/etc", "target.dir": "etc"}),
    "a console in a file": add("serial", {"type": "file", "source.path": "/etc/cron.d/x"}),
    "a display for the whole network": modify("graphics", "vnc", {"listen": "0.0.0.0"}),
}

# The same, where it takes a document: (pattern, replacement).
REACHING_TEXTS = {
    "no label": (r"  <seclabel.*?/>\n", ""),
    "a label of its own":
        (r"<seclabel.*?/>", "<seclabel type='static' model='dac' relabel='yes'>"
         "<label>0:0</label></seclabel>"),
    "a second label": (r"(  <seclabel.*?/>\n)", r"\1  <seclabel type='none' model='selinux'/>\n"),
    "no filter": (r"\n *<filterref.*?/>", ""),
    "a second source": (r"(<source file=.*?/>)", r"\1<source file='/etc/shadow'/>"),
    "a second driver": (r"(<driver name='qemu' type='raw'/>)", r"<driver type='qcow2'/>\1"),
    "a second disk of the same target":
        (r"(    <disk type='file'.*?</disk>\n)", r"\1\1"),
    "an emulator": (r"<devices>", "<devices><emulator>/srv/evil.sh</emulator>"),
    "arguments of QEMU":
        (r"<domain type='test'>(.*)</domain>",
         r"<domain type='test' xmlns:q='http://libvirt.org/schemas/domain/qemu/1.0'>\1"
         r"<q:commandline><q:arg value='-fw_cfg'/></q:commandline></domain>"),
    "an element nobody knows": (r"<devices>", "<devices><gateway path='/etc'/>"),
    "an attribute nobody knows": (r"<memory ", "<memory file='/etc/shadow' "),
    "another type of domain": (r"<domain type='test'>", "<domain type='xen'>"),
    "comments in between":
        (r"<source file='[^']*'/>", "<!-- a --><source file='/etc/shadow'/><!-- b -->"),
    "a template of firmware variables":
        (r"</os>", "<loader readonly='yes' type='pflash'>/usr/share/code.fd</loader>"
         "<nvram template='/etc/shadow'>/srv/x</nvram></os>"),
}
# libvirt's schema, or the host's capabilities, do not even let these come so far.
REFUSED_BEFORE = ["a second source", "a second driver", "a second disk of the same target",
                  "an element nobody knows", "an attribute nobody knows", "another type of domain"]


class Attacks(rig.Case):
    RULES = RULES
    POLICY = IMAGES

    def edits_for(self, edits, name):
        """With the name of the domain where there is {name}."""
        return [(verb, kind, device, {key: rig.with_name(value, name) for key, value in values.items()},
                 unset) for verb, kind, device, values, unset in edits]

    def ways(self, person, path, edits):
        """The calls by which edits can be made: name, function."""
        def by_draft():
            draft = person.plain(path, "Domain", "Edit")
            try:
                person.call(draft, "Config", "Apply", "(a(sssa{sv}as)a{sv})", edits, {})
                person.plain(draft, "Draft", "Commit")
            finally:
                with contextlib.suppress(Refused):
                    person.plain(draft, "Draft", "Discard")

        def single():
            verb, kind, device, values, unset = edits[0]
            if verb == "add":
                person.call(path, "Config", "AddDevice", "(sa{sv}a{sv})", kind, values, {})
            elif verb == "modify":
                person.call(path, "Config", "ModifyDevice", "(ssa{sv}asa{sv})", kind, device, values,
                            unset, {})
            else:
                person.call(path, "Config", "Modify", "(a{sv}asa{sv})", values, unset, {})

        def apply():
            person.call(path, "Config", "Apply", "(a(sssa{sv}as)a{sv})",
                        change({"title": "harmless"}) + edits, {})

        return {"one edit": single, "many edits": apply, "a draft": by_draft}

    def text_ways(self, person, path, text):
        def directly():
            revision = self.world.property(path, "Config", "Revision")
            person.call(HOST, "Host", "DefineXML", "(sa{sv})", text,
                        settings({"expected-revision": revision}))

        return {"a document": directly}

    def check_refused(self, label, ways, path):
        before = self.world.state(path)
        for name, way in ways.items():
            with self.subTest(label, way=name):
                with self.world.watched() as checks, self.assertRaises(Refused) as caught:
                    way()
                said, message = caught.exception.name, caught.exception.message
                if label in REFUSED_BEFORE:
                    self.assertEqual("Invalid", said, message)
                else:
                    self.assertEqual((INTERACTIVE, True), (said, REACH in message), message)
                    self.assertEqual(["modify", "use-host-resources"],
                                     [action for _, action, _ in checks if action != "read"])
                self.assertEqual(before, self.world.state(path))

    def test_reaching_edits(self):
        person = self.person("alice")
        for label, edits in REACHING_EDITS.items():
            path = self.world.new_domain()
            edits = self.edits_for(edits, self.world.property(path, "Domain", "Name"))
            self.check_refused(label, self.ways(person, path, edits), path)
            self.world.remove(path)

    def test_reaching_texts(self):
        person = self.person("alice")
        for label, (pattern, replacement) in REACHING_TEXTS.items():
            path = self.world.new_domain()
            shown = person.plain(path, "Config", "GetXML")
            text, count = re.subn(pattern, replacement, shown, count=1, flags=re.S)
            self.assertEqual(1, count, label)
            self.check_refused(label, self.text_ways(person, path, text), path)
            self.world.remove(path)

    def test_ordinary_edits_are_not_reach(self):
        """Or the tests above would prove nothing."""
        person = self.person("alice")
        path = self.world.new_domain("images")
        name = self.world.property(path, "Domain", "Name")
        for edits in (change({"title": "x", "memory": "1GiB", "currentMemory": "512MiB"}),
                      add("disk", {**RAW, "source.file": "/srv/images/{name}/a.img",
                                   "driver.type": "raw"}),
                      add("disk", {"device": "cdrom", "target.bus": "sata", "readonly": True,
                                   "driver.type": "raw", "source.file": "/srv/iso/debian.iso"}),
                      modify("disk", "vda", {"serial": "A", "driver.cache": "none"})):
            with self.subTest(edits=str(edits)):
                with self.world.watched() as checks:
                    person.call(path, "Config", "Apply", "(a(sssa{sv}as)a{sv})",
                                self.edits_for(edits, name), {})
                self.assertEqual(["modify"], [action for _, action, _ in checks if action != "read"])

    # What a new machine reaches is all its own, the ways it is defined by are others.

    def test_new_domains(self):
        person = self.person("alice")
        with self.world.watched() as checks, self.refused(INTERACTIVE, REACH):
            person.call(HOST, "Host", "DefineXML", "(sa{sv})", document("grown", 4001), {})
        self.assertEqual(["read", "define", "use-host-resources"], [action for _, action, _ in checks])
        draft = person.call(MANAGER, "Manager", "ImportDraft", "(sa{sv})", document("grown", 4001), {})
        with self.refused(INTERACTIVE, REACH):
            person.plain(draft, "Draft", "Commit", host="local")
        self.assertEqual(None, self.world.state(path_of(4001)))

    # One action is not another.

    def test_define_does_not_change(self):
        """bob may define machines that reach anything, but no machine that is there."""
        person = self.person("bob")
        path = self.world.new_domain("prod")
        name, number = self.world.property(path, "Domain", "Name"), self.world.number
        before = self.world.state(path)
        for text in (document(name, number), document("renamed", number), document(name, 4002),
                     document("renamed", number).replace(uuid_of(number), uuid_of(number).upper())):
            with self.refused("AlreadyExists"):
                person.call(HOST, "Host", "DefineXML", "(sa{sv})", text, {})
            draft = person.call(MANAGER, "Manager", "ImportDraft", "(sa{sv})", text, {})
            with self.refused("AlreadyExists"):
                person.plain(draft, "Draft", "Commit", host="local")
            person.plain(draft, "Draft", "Discard")
        revision = self.world.property(path, "Config", "Revision")
        with self.refused(INTERACTIVE, "org.domwright1.modify"):
            person.call(HOST, "Host", "DefineXML", "(sa{sv})", document(name, number, "other"),
                        settings({"expected-revision": revision}))
        self.assertEqual(before, self.world.state(path))

    def test_modify_does_not_define(self):
        """oper may change machines that are there, and reach anything with them."""
        person = self.person("oper")
        path = self.world.new_domain("prod")
        before = self.world.all_states()
        draft = person.plain(path, "Domain", "Edit")
        self.world.remove(path)
        with self.assertRaises(Refused) as caught:
            person.plain(draft, "Draft", "Commit")
        self.assertIn(caught.exception.name, ("Conflict", "NotFound"))
        with self.refused(INTERACTIVE, "org.domwright1.define"):
            person.call(HOST, "Host", "DefineXML", "(sa{sv})", document("prod", 4003), {})
        after = self.world.all_states()
        self.assertEqual({key: value for key, value in before.items() if key != path}, after)

    def test_name_and_uuid_stay(self):
        person = self.person("oper")
        path = self.world.new_domain("prod")
        number = self.world.number
        before = self.world.all_states()
        draft = person.plain(path, "Domain", "Edit")
        for values in ({"name": "other"}, {"uuid": uuid_of(4004)}):
            for where in (path, draft):
                with self.assertRaises(Refused):
                    person.modify(where, values)
                    person.plain(where, "Draft", "Commit")
        revision = self.world.property(path, "Config", "Revision")
        shown = person.plain(path, "Config", "GetXML")
        for old, new in (("prod", "dev"), (uuid_of(number), uuid_of(4004))):
            with self.assertRaises(Refused):
                person.call(HOST, "Host", "DefineXML", "(sa{sv})", shown.replace(old, new),
                            settings({"expected-revision": revision}))
        self.assertEqual(before, self.world.all_states())

    def test_a_rule_by_name_sees_the_name_that_is(self):
        """dev may do everything with dev-…; a document's own name does not make it one."""
        person = self.person("dev")
        path = self.world.new_domain("prod")
        before = self.world.state(path)
        shown = person.plain(path, "Config", "GetXML")
        revision = self.world.property(path, "Config", "Revision")
        with self.world.watched() as checks, self.assertRaises(Refused):
            person.call(HOST, "Host", "DefineXML", "(sa{sv})", shown.replace("<name>prod", "<name>dev-"),
                        settings({"expected-revision": revision}))
        self.assertLessEqual({details.get("domain") for _, _, details in checks}, {f"prod-{self.world.number}", None})
        draft = person.plain(path, "Domain", "Edit")
        with self.assertRaises(Refused):
            person.modify(draft, {"name": "dev-1"})
            person.plain(draft, "Draft", "Commit")
        self.assertEqual(before, self.world.state(path))

    # One path is not two.

    def test_rule_by_path(self):
        person = self.person("store")
        allowed = {**RAW, "source.file": "/srv/team/a.img"}
        path = self.world.new_domain()
        with self.world.watched() as checks:
            self.assertEqual("ok", person.outcome(path, "Config", "AddDisk", "(a{sv}a{sv})",
                                                  settings(allowed), {}))
        details = dict((action, details) for _, action, details in checks)["use-host-resources"]
        self.assertEqual("/srv/team/a.img", details["path"])
        self.assertEqual("/srv/team/a.img", details["paths"])

    def test_past_a_rule_by_path(self):
        person = self.person("store")
        allowed = {**RAW, "source.file": "/srv/team/a.img"}
        tries = {
            "two disks": add("disk", allowed) + add("disk", {**RAW, "source.file": "/etc/shadow"}),
            "one there and one instead": modify("disk", "vda", {"source.file": "/srv/team/a.img"}),
            "up and out": add("disk", {**RAW, "source.file": "/srv/team/../../etc/shadow"}),
            "not from the root": add("disk", {**RAW, "source.file": "srv/team/a.img"}),
            "a chain that is guessed":
                add("disk", {**RAW, "driver.type": "qcow2", "source.file": "/srv/team/a.qcow2"}),
            "a chain that leads out":
                add("disk", {**RAW, "driver.type": "qcow2", "source.file": "/srv/team/a.qcow2",
                             "backing.1.type": "file", "backing.1.format": "raw",
                             "backing.1.source.file": "/etc/shadow"}),
            "a chain of a format that is filled in":
                add("disk", {"target.bus": "virtio", "source.file": "/srv/team/a.qcow2"}),
            "and an emulator": add("disk", allowed) + change({"emulator": "/srv/evil.sh"}),
            "and no filter": add("disk", allowed)
                + modify("interface", "52:54:00:11:22:33", unset=["filterref.filter"]),
            "a file that is no image":
                add("serial", {"type": "file", "source.path": "/srv/team/a.img"}),
            "a folder": add("filesystem", {"source.dir": "/srv/team/x", "target.dir": "x"}),
            "a kernel": change({"os.kernel": "/srv/team/a.img"}),
            "a device": add("disk", {**RAW, "type": "block", "source.dev": "/srv/team/a.img"}),
            "a name in two lines": add("disk", {**RAW, "source.file": "/srv/team/a\n/etc/shadow"}),
        }
        for label, edits in tries.items():
            path = self.world.new_domain()
            before = self.world.state(path)
            with self.subTest(label):
                with self.world.watched() as checks, self.assertRaises(Refused) as caught:
                    person.call(path, "Config", "Apply", "(a(sssa{sv}as)a{sv})", edits, {})
                for _, _, details in checks:
                    self.assertNotIn("path", details)
                self.assertEqual(before, self.world.state(path))
                self.assertIn(caught.exception.name, (INTERACTIVE, DENIED, "InvalidValue", "Invalid"))
            self.world.remove(path)

    # What polkit is told.

    def test_details(self):
        person = self.person("oper")
        path = self.world.new_domain()
        name, number = self.world.property(path, "Domain", "Name"), self.world.number
        common = {"host": "local", "domain": name, "uuid": uuid_of(number), "operation": "Apply"}
        edits = add("disk", {**RAW, "source.file": "/srv/b.img"}) \
            + add("disk", {**RAW, "source.file": "/srv/a.img"}) + change({"title": "x"})
        with self.world.watched() as checks:
            person.call(path, "Config", "Apply", "(a(sssa{sv}as)a{sv})", edits, {})
        reach = checks[2][2].pop("reach", None)
        more = {"kinds": "disk\ndomain", "paths": "/srv/a.img\n/srv/b.img"}
        self.assertEqual([("oper", "read", {"host": "local", "operation": "Apply"}),
                          ("oper", "modify", {**common, **more}),
                          ("oper", "use-host-resources", {**common, **more})],
                         [(user, action, {key: value for key, value in details.items()
                                          if key != "reach"}) for user, action, details in checks])
        self.assertIn("vdb", reach)
        self.assertIn("vdc", reach)

    def test_details_of_reading_and_power(self):
        person = self.person("alice")
        path = self.world.new_domain()
        name, number = self.world.property(path, "Domain", "Name"), self.world.number
        domain = {"host": "local", "domain": name, "uuid": uuid_of(number)}
        with self.world.watched() as checks:
            person.plain(path, "Config", "Describe")
            person.plain(path, "Config", "Describe")  # the answer is kept
            person.plain(path, "Domain", "Start")
            person.outcome(path, "Config", "GetXML", "(a{sv})", settings({"secrets": True}))
            person.plain(path, "Domain", "Destroy")
            person.plain(path, "Domain", "Undefine")
        self.assertEqual([
            ("alice", "read", {"host": "local", "operation": "Describe"}),
            ("alice", "control", {**domain, "operation": "Start"}),
            ("alice", "read-secrets", {**domain, "operation": "GetXML"}),
            ("alice", "control", {**domain, "operation": "Destroy"}),
            ("alice", "undefine", {**domain, "operation": "Undefine"})], checks)

    def test_names_are_whole_or_not_told(self):
        """A rule that looks at a name's end cannot be passed with one that is cut."""
        person = self.person("bob")
        name = "n" * 200
        text = rig.document("x", 4005).replace("<name>x</name>", f"<name>{name}</name>")
        with self.world.watched() as checks:
            person.call(HOST, "Host", "DefineXML", "(sa{sv})", text, {})
        self.world.remove(path_of(4005))
        self.assertEqual({False}, {"domain" in details for _, _, details in checks})
        self.assertIn("define", {action for _, action, _ in checks})


class Hosts(rig.Case):
    """What is granted on one host is not on another, though names and UUIDs are the same."""

    HOSTS = "[hosts]\nlocal=test:///default\nother=test:///run/files/other.xml\n"
    RULES = {"10-test.rules": """
polkit.addRule(function(action, subject) {
    if (subject.user == "alice" && action.lookup("host") == "other")
        return polkit.Result.YES;
    return polkit.Result.NOT_HANDLED;
});
"""}
    OTHER = HOST.replace("local", "other")

    @classmethod
    def setUpClass(cls):
        with open("/run/files/other.xml", "w") as file:
            file.write("<node/>")  # test:///default would be the same host twice
        super().setUpClass()
        cls.world.daemon.wait_connected("other")

    def test_one_host_is_not_another(self):
        person = self.person("alice")
        here = self.world.new_domain()
        there = here.replace("/local/", "/other/")
        text = document("web-1", self.world.number)
        self.world.root.call(self.OTHER, "Host", "DefineXML", "(sa{sv})", text, {})
        before = self.world.state(here)
        revision = self.world.property(here, "Config", "Revision")
        # Or passwords could be guessed by defining the same with guesses.
        self.assertEqual(before[0], self.world.state(there)[0])
        self.assertNotEqual(revision, self.world.property(there, "Config", "Revision"))
        person.modify(there, {"title": "mine"})
        draft = person.plain(there, "Domain", "Edit")
        person.modify(draft, {"title": "by a draft"})
        self.assertNotEqual("ok", person.outcome(draft, "Draft", "Commit", "(a{sv})",
                                                 settings({"host": "local"})))
        whole = person.call(MANAGER, "Manager", "ImportDraft", "(sa{sv})", document("new", 4100),
                            settings({"host": "other"}))
        self.assertNotEqual("ok", person.outcome(whole, "Draft", "Commit", "(a{sv})",
                                                 settings({"host": "local"})))
        for options in ({}, {"expected-revision": revision}):
            self.assertNotEqual("ok", person.outcome(
                HOST, "Host", "DefineXML", "(sa{sv})",
                document("web-1", self.world.number, "stolen"), settings(options)))
        for call in ((here, "Config", "Modify", "(a{sv}asa{sv})", settings({"title": "x"}), [], {}),
                     (here, "Domain", "Start", "(a{sv})", {}),
                     (here, "Domain", "Undefine", "(a{sv})", {}),
                     (here, "Config", "GetXML", "(a{sv})", settings({"secrets": True}))):
            self.assertEqual(INTERACTIVE, person.outcome(*call))
        self.assertEqual(before, self.world.state(here))
        self.assertIsNone(self.world.state(path_of(4100)))
        for made in (draft, whole):
            person.plain(made, "Draft", "Discard")

    def test_reading_is_asked_for_each(self):
        person = self.person("alice")
        with self.world.watched() as checks:
            for host in (HOST, self.OTHER, HOST):
                person.plain(host, "Host", "ListDomains")
        self.assertEqual([{"host": "local", "operation": "ListDomains"},
                          {"host": "other", "operation": "ListDomains"}],
                         [details for _, _, details in checks])


if __name__ == "__main__":
    tap.main()
