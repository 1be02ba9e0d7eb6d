# SPDX-License-Identifier: LGPL-2.1-or-later
"""The sample rules do what they say, and no more: each alone, against the table of all methods.

Owns what is expected of the files in dbus/examples; they are tried as they are installed.
"""

import os

import rig
from rig import HOST, IMAGES, MANAGER, settings
from scene import PLAIN, ROWS, Scene
from support import tap
from support.client import device
from support.sample_calls import READ, REACH

RAW = {"driver.type": "raw", "target.bus": "virtio"}


class Example(rig.Case):
    NAME = None  # of the file
    POLICY = IMAGES

    @classmethod
    def setUpClass(cls):
        if cls.NAME is None:
            return
        with open(os.path.join(rig.EXAMPLES, cls.NAME), encoding="utf-8") as file:
            cls.RULES = {cls.NAME: file.read()}
        super().setUpClass()

    def granted(self, user, name=None):
        """The labels of the rows that are done for this user, beyond what everybody may do."""
        person = self.person(user)
        found = []
        for row in ROWS:
            if set(row.asks) <= set(READ):
                continue
            scene = Scene(self.world, person, row.state, name=name)
            try:
                where = scene.object(row.object)
                arguments = row.arguments_in(scene)
                if person.outcome(where, row.interface, row.method, row.signature,
                                  *arguments) == row.done:
                    found.append(row)
            finally:
                scene.end()
        return found

    def check_others(self):
        for user in ("alice", "oper"):
            self.assertEqual([], self.granted(user))

    def apply(self, person, path, *edits):
        return person.outcome(path, "Config", "Apply", "(a(sssa{sv}as)a{sv})", list(edits), {})

    @staticmethod
    def add(path, **more):
        return ("add", "disk", "", settings({**RAW, "source.file": path, **more}), [])


class Developers(Example):
    NAME = "developers.rules"

    def test_machines_of_that_name(self):
        # With a new name %n of the image directories is another one: an administrator's decision.
        wanted = [row.label for row in ROWS if not set(row.asks) <= set(READ)
                  and not {"read-secrets", *REACH} & set(row.asks) and row.method != "Rename"]
        self.assertTrue({"Host.Define host", "Draft.Commit edited", "Domain.Undefine domain",
                         "Domain.Start domain"} <= set(wanted))
        self.assertEqual(wanted, [row.label for row in self.granted("dev", "dev")])

    def test_other_machines(self):
        for name in ("prod", "dev", "adev-", "Dev-"):
            with self.subTest(name):
                # new_domain() puts "-1" and so on behind the name.
                wanted = name == "dev"
                self.assertEqual(wanted, bool(self.granted("dev", name)))

    def test_image_directories(self):
        person = self.person("dev")

        def define(name, file):
            return person.outcome(
                HOST, "Host", "Define", "(a{sv}a(sa{sv})a{sv})",
                settings({"name": name, "memory": "1GiB", "vcpu": 1}),
                [device("disk", source__file=file, driver__type="raw", target__bus="virtio")], {})

        self.assertEqual("ok", define("dev-x", "/srv/images/dev-x/a.img"))
        self.assertEqual(rig.INTERACTIVE, define("dev-y", "/srv/images/dev-x/a.img"))
        self.assertEqual(rig.INTERACTIVE, define("x-dev-", "/srv/images/x-dev-/a.img"))

    DISK = device("disk", source__file="/srv/images/dev-a/a.qcow2", driver__type="qcow2",
                  target__bus="virtio", backing__none=True)
    NETWORK = device("interface", source__network="default", model__type="virtio")
    DISPLAY = device("graphics", type="vnc", listen="127.0.0.1")

    def define(self, person, name, *devices):
        return person.outcome(HOST, "Host", "Define", "(a{sv}a(sa{sv})a{sv})",
                              settings({"name": name, "memory": "1GiB", "vcpu": 1}), list(devices),
                              {})

    def test_a_machine_one_can_use(self):
        """A disk, a network and a display, made, changed, run and removed by the developer alone."""
        person = self.person("dev")
        self.assertEqual("ok", self.define(person, "dev-a", self.DISK, self.NETWORK, self.DISPLAY))
        path = person.call(MANAGER, "Manager", "FindDomain", "(sa{sv})", "dev-a", {})
        self.assertEqual("ok", self.apply(person, path, ("set", "", "", settings({"vcpu": 2}), []),
                                          ("add", "interface", "", self.NETWORK[1], [])))
        for method in ("Start", "Destroy", "Undefine"):
            self.assertEqual("ok", person.outcome(path, "Domain", method, "(a{sv})", {}))

    def test_a_refusal_says_what_would_do_without(self):
        person = self.person("dev")
        for (kind, values), said in (
                (device("disk", source__file="/srv/images/dev-r/a.qcow2", driver__type="qcow2"),
                 "disk vda: driver.type. A raw image there needs none, nor a .qcow2 one whose chain is "
                 "stated, with backing.none=yes or backing.1."),
                (device("disk", source__file="/srv/images/dev-b/a.img", driver__type="raw"),
                 "disk vda: source.file. An image in one of the service's image-directories needs none."),
                (device("graphics", type="vnc"),
                 "graphics vnc: listen. A display with listen=127.0.0.1 needs none."),
                (device("graphics", type="vnc", listen="0.0.0.0"),
                 "graphics vnc: listen. A display with listen=127.0.0.1 needs none."),
                (("", settings({"emulator": "/bin/sh"})),
                 "emulator. The host's own emulator needs none; leave it out.")):
            guest = settings({"name": "dev-r", "memory": "1GiB", "vcpu": 1})
            with self.assertRaises(rig.Refused) as caught:
                person.call(HOST, "Host", "Define", "(a{sv}a(sa{sv})a{sv})",
                            {**guest, **({} if kind else values)}, [(kind, values)] if kind else [], {})
            self.assertEqual(rig.INTERACTIVE, caught.exception.name)
            self.assertTrue(caught.exception.message.endswith("It is needed for " + said),
                            caught.exception.message)

    def test_nothing_else_of_the_host(self):
        person = self.person("dev")
        for number, other in enumerate((
                device("interface", source__network="management", model__type="virtio"),
                device("interface", source__bridge="br0"),
                device("interface", type="user", model__type="virtio"),
                device("graphics", type="vnc", listen="0.0.0.0"),
                device("disk", source__file="/srv/images/dev-b/a.img", driver__type="raw",
                       target__bus="virtio"),
                device("filesystem", source__dir="/srv", target__dir="srv"))):
            with self.subTest(other[0], number=number):
                self.assertEqual(rig.INTERACTIVE, self.define(person, f"dev-other-{number}", other))
                self.assertEqual(rig.INTERACTIVE,
                                 self.define(person, f"dev-other-{number}", self.NETWORK, other))
        # More than is shown of them: what a rule cannot see it does not grant.
        many = [device("interface", source__network="default") for _ in range(20)]
        self.assertEqual(rig.INTERACTIVE, self.define(person, "dev-many", *many))
        self.assertEqual(rig.INTERACTIVE, self.define(person, "prod", self.NETWORK))
        self.assertEqual(rig.INTERACTIVE, self.define(self.person("alice"), "dev-other", self.NETWORK))

    def test_others(self):
        self.check_others()


class Helpdesk(Example):
    NAME = "helpdesk.rules"

    def test_power(self):
        found = [row for row in self.granted("desk") if "modify" not in row.asks]
        self.assertEqual({"Start with what it has"}, {f"{row.method} {row.note}" for row in found if row.note})
        self.assertEqual(["Start", "Restart", "Shutdown", "Destroy", "Reboot", "Reset", "Suspend",
                          "Resume"],
                         [row.method for row in found if not row.note])

    def test_others(self):
        self.check_others()


class Storage(Example):
    NAME = "storage.rules"

    def test_ordinary_calls(self):
        """Changes of disks that reach nothing new, whatever the method."""
        self.assertEqual(
            [f"Config.{method} domain{affect}" for affect in ("", " affect auto")
             for method in ("AddDevice", "ModifyDevice", "AddDisk", "ModifyDisk")],
            [row.label for row in self.granted("store")])

    def test_one_image_below_the_path(self):
        person = self.person("store")
        path = self.world.new_domain()
        self.assertEqual("ok", self.apply(person, path, self.add("/srv/team/a.img")))
        self.assertEqual("ok", self.apply(person, path, ("modify", "disk", "vdb",
                                                         settings({"serial": "A"}), [])))
        self.assertEqual(rig.INTERACTIVE, self.apply(person, path, ("remove", "disk", "vdb", {}, [])))
        draft = person.plain(path, "Domain", "Edit")
        self.assertEqual("ok", self.apply(person, draft, self.add("/srv/team/deep/b.img")))
        self.assertEqual("ok", person.outcome(draft, "Draft", "Commit", "(a{sv})", {}))

    def test_nothing_else(self):
        person = self.person("store")
        path = self.world.new_domain()
        before = self.world.state(path)
        title = ("set", "", "", settings({"title": "x"}), [])
        for edits in ([self.add("/srv/teams/a.img")], [self.add("/srv/team/../a.img")],
                      [self.add("/etc/shadow")],
                      [self.add("/srv/team/a.img"), self.add("/srv/team/b.img")],
                      [self.add("/srv/team/a.img"), self.add("/etc/shadow")],
                      [self.add("/srv/team/a.img"), title], [title],
                      [("modify", "disk", "vda", settings({"source.file": "/srv/team/a.img"}), [])],
                      [("remove", "disk", "vda", {}, [])],
                      [("add", "filesystem", "", settings({"source.dir": "/srv/team/x",
                                                           "target.dir": "x"}), [])]):
            with self.subTest(str(edits)):
                self.assertEqual(rig.INTERACTIVE, self.apply(person, path, *edits))
                self.assertEqual(before, self.world.state(path))
        new = PLAIN.format(name="team", uuid=rig.uuid_of(5001))
        self.assertEqual(rig.INTERACTIVE, person.outcome(HOST, "Host", "DefineXML", "(sa{sv})", new, {}))

    def test_others(self):
        self.check_others()


del Example


if __name__ == "__main__":
    tap.main()
