# SPDX-License-Identifier: LGPL-2.1-or-later
"""Changes of a running domain of libvirt's test driver: what is done, what waits, what is refused.

Owns the option affect and its results; that a real guest sees the change is tests/e2e's business.
"""

import rig
from rig import TEST
from support import features, tap
from support.client import device, settings

MIB = 1 << 20


class Live(rig.Case):
    def both_sides(self, key):
        return [self.client.call(TEST, "Config", "GetSettings", "(asa{sv})", [key],
                                 settings({"live": live})).get(key) for live in (False, True)]

    def modify(self, values, unset=(), **options):
        return self.client.modify(TEST, values, unset, options=options)

    def test_live_leaves_the_configuration(self):
        before = self.client.property(TEST, "Config", "Revision")
        result = self.modify({"title": "now", "currentMemory": 1024 * MIB}, affect="live")
        self.assertEqual((True, False, "live", before),
                         (result["changed"], result["restart-needed"], result["applied"],
                          result["revision"]))
        self.assertEqual([None, "now"], self.both_sides("title"))
        self.assertEqual([2048 * MIB, 1024 * MIB], self.both_sides("currentMemory"))
        self.assertEqual(before, self.client.property(TEST, "Config", "Revision"))

    def test_both(self):
        result = self.modify({"description": "words"}, affect="both")
        self.assertEqual((True, False, "both", False),
                         (result["changed"], result["restart-needed"], result["applied"],
                          "waiting" in result))
        self.assertEqual(["words", "words"], self.both_sides("description"))
        result = self.modify({}, ["description"], affect="both")
        self.assertEqual([None, None], self.both_sides("description"))

    def test_both_is_whole_or_not_at_all(self):
        before = self.client.get_xml(TEST)
        with self.refused("Invalid", "memory", "running domain, only currentMemory, up to it;", "config"):
            self.modify({"memory": 4096 * MIB, "title": "t"}, affect="both")
        self.assertEqual(before, self.client.get_xml(TEST))
        self.assertEqual([None, None], self.both_sides("title"))
        result = self.modify({"memory": 4096 * MIB}, affect="both", **{"dry-run": True})
        self.assertEqual([("live.not-possible", "error", "memory")],
                         [(row["rule"], row["severity"], row["key"])
                          for row in result["problems"] if row["severity"] == "error"])

    def test_what_the_guest_refuses_is_taken_back(self):
        """The test driver cannot update devices."""
        before = self.client.get_xml(TEST)
        [interface] = self.client.call(TEST, "Config", "GetDevices", "(sa{sv})", "interface", {})
        arguments = "interface", interface[1], settings({"link.state": "down"}), []

        def change(**options):
            return self.client.call(TEST, "Config", "ModifyDevice", "(ssa{sv}asa{sv})", *arguments,
                                    settings({"affect": "both", **options}))
        with self.refused("Unsupported", "configuration is what it was"):
            change()
        self.assertEqual(before, self.client.get_xml(TEST))
        result = change(keep=True)
        self.assertEqual(("config", True, [f"interface/{interface[1]}/link.state"]),
                         (result["applied"], result["restart-needed"], result["waiting"]))
        self.assertIn("live.failed", [row["rule"] for row in result["problems"]])

    def test_auto(self):
        result = self.modify({"title": "t", "vcpu": 3}, affect="auto")
        self.assertEqual(("both", True, ["vcpu"]),
                         (result["applied"], result["restart-needed"], result["waiting"]))
        self.assertEqual(["t", "t"], self.both_sides("title"))
        self.assertEqual([3, 2], self.both_sides("vcpu"))

    def test_plug(self):
        """Newer test drivers plug devices; none has aliases, so none unplugs them."""
        before = self.client.get_xml(TEST)
        [interface] = self.client.call(TEST, "Config", "GetDevices", "(sa{sv})", "interface", {})
        with self.refused("Invalid", "alias", "config"):
            self.client.call(TEST, "Config", "RemoveDevice", "(ssa{sv})", "interface", interface[1],
                             settings({"affect": "both"}))
        with self.refused("Invalid", "running domain", "virtio, scsi, usb"):
            self.client.add_disk(TEST, {"source.file": "/x", "target.bus": "sata"},
                                 {"affect": "live"})
        self.assertEqual(before, self.client.get_xml(TEST))

        def add():
            return self.client.add_disk(TEST, {"source.file": "/x", "target.bus": "virtio"},
                                        {"affect": "both"})
        if features.test_driver_plugs_devices():
            _, result = add()
            self.assertEqual(("both", False), (result["applied"], result["restart-needed"]))
            for live in (False, True):
                self.assertIn("<source file='/x'", self.client.get_xml(TEST, {"live": live}))
            return
        with self.refused("Unsupported", "configuration is what it was"):
            add()
        self.assertEqual(before, self.client.get_xml(TEST))

    def test_device_of_one_side(self):
        """What one side lacks is told with the side that has it."""
        [interface] = self.client.call(TEST, "Config", "GetDevices", "(sa{sv})", "interface", {})
        mac = interface[1]

        def remove(*ids, **options):
            edits = [("remove", "interface", id, {}, []) for id in ids]
            return self.client.call(TEST, "Config", "Apply", "(a(sssa{sv}as)a{sv})", edits, settings(options))
        remove(mac)
        with self.refused("NotFound", f'No interface "{mac}". There is no interface. The running domain has it; '
                          'use affect "live".', 'No interface "52:54:00:00:00:99". There is no interface.'):
            remove(mac, "52:54:00:00:00:99", affect="both")
        _, result = remove(mac, **{"dry-run": True})
        self.assertIn('has it; use affect "live".', result["problems"][0]["message"])
        self.client.domain(TEST, "Destroy")
        with self.refused("NotFound", f'No interface "{mac}". There is no interface.') as caught:
            remove(mac)
        self.assertNotIn("affect", caught.exception.message)
        self.client.domain(TEST, "Start")
        id, _ = self.client.call(TEST, "Config", "AddDevice", "(sa{sv}a{sv})", "interface", {}, {})
        with self.refused("NotFound", "In the running domain: ", 'The configuration has it; use affect "config".'):
            remove(id, affect="both")
        _, result = remove(id, affect="live", **{"dry-run": True})
        self.assertIn('has it; use affect "config".', result["problems"][0]["message"])

    def test_new_device_has_no_id_yet(self):
        """It is told by its kind, unless the caller gave it a name."""
        for values, words in (({}, 'The new serial cannot be added to a running domain: '),
                              ({"alias": "ua-x"}, 'Device serial "ua-x" cannot be added to a running domain: ')):
            with self.refused("Invalid", words):
                self.client.call(TEST, "Config", "AddDevice", "(sa{sv}a{sv})", "serial", settings(values),
                                 settings({"affect": "both"}))

    def test_limits(self):
        keys = {"memtune.hard_limit": 4096 * MIB, "memtune.soft_limit": 3072 * MIB}
        result = self.modify(keys, affect="both")
        self.assertEqual(("both", []), (result["applied"], result["problems"]))
        for key, value in keys.items():
            self.assertEqual([value, value], self.both_sides(key))
        self.modify({}, ["memtune.soft_limit"], affect="both")
        self.assertEqual([None, None], self.both_sides("memtune.soft_limit"))
        self.modify({"vcpu.current": 1}, affect="both")
        self.assertEqual([1, 1], self.both_sides("vcpu.current"))
        with self.refused("Invalid", "vcpupin.1.cpuset"):  # no list of processors means all of them
            self.modify({"cputune.vcpupin.1.cpuset": "0"})
            self.client.domain(TEST, "Destroy")
            self.client.domain(TEST, "Start")
            self.modify({}, ["cputune.vcpupin.1.cpuset"], affect="both")

    def test_interface(self):
        """What is behind an interface decides what of it can change."""
        [interface] = self.client.call(TEST, "Config", "GetDevices", "(sa{sv})", "interface", {})
        switched, direct = "52:54:00:00:00:02", "52:54:00:00:00:03"
        cards, _ = self.client.define({"name": "cards", "memory": "1GiB"}, [
            device("interface", type="bridge", source__bridge="br0", virtualport__type="openvswitch",
                   mac__address=switched),
            device("interface", type="direct", source__dev="eth0", mac__address=direct)])
        self.client.domain(cards, "Start")

        def rules(values, path=TEST, id=interface[1]):
            result = self.client.call(
                path, "Config", "ModifyDevice", "(ssa{sv}asa{sv})", "interface", id,
                settings(values), [], settings({"affect": "both", "dry-run": True}))
            return [row["rule"] for row in result["problems"] if row["severity"] == "error"]
        for values in ({"source.network": "other"}, {"type": "bridge", "source.bridge": "br0"},
                       {"link.state": "down"}, {"port.isolated": True},
                       {"bandwidth.inbound.average": 1000}, {"filterref.filter": "clean-traffic"},
                       {"coalesce.rx.frames.max": 7}):
            with self.subTest(values=values):
                self.assertEqual([], rules(values))
        for id, values in ((switched, {"vlan.tag.1.id": 7}), (direct, {"trustGuestRxFilters": True})):
            with self.subTest(values=values):
                self.assertEqual([], rules(values, cards, id))
                self.assertEqual(["live.not-possible"], rules(values)[-1:])
        self.assertEqual(["live.not-possible"], rules({"virtualport.profileid": "p"}, cards, switched))
        for values in ({"mac.address": "52:54:00:00:00:01"}, {"model.type": "e1000"},
                       {"source.portgroup": "g"}, {"mtu.size": 1400}, {"type": "user"},
                       {"boot.order": 1}, {"target.dev": "tap7"}):
            with self.subTest(values=values):
                self.assertIn(rules(values)[0], ("live.plug", "live.not-possible"))

    def test_metadata(self):
        uri, xml = "urn:test:live", '<app xmlns="urn:test:live" a="1"/>'
        self.client.call(TEST, "Config", "SetMetadata", "(ssa{sv})", uri, xml,
                         settings({"affect": "live"}))
        said = [self.client.call(TEST, "Config", "GetMetadata", "(sa{sv})", uri,
                                 settings({"live": live})) for live in (False, True)]
        self.assertEqual(["", True], [said[0], 'a="1"' in said[1] or "a='1'" in said[1]])

    def draft(self, values):
        draft = self.client.domain(TEST, "Edit")
        self.client.modify(draft, values)
        return draft

    def commit(self, draft, **options):
        return self.client.call(draft, "Draft", "Commit", "(a{sv})", settings(options))

    def test_commit(self):
        draft = self.draft({"title": "t", "vcpu": 3})
        with self.refused("Invalid", "vcpu", "running domain", "config"):
            self.commit(draft, affect="both")
        self.assertEqual([None, None], self.both_sides("title"))
        _, result = self.commit(draft, affect="both", **{"dry-run": True})
        self.assertEqual(["live.not-possible"], [row["rule"] for row in result["problems"]
                                                 if row["severity"] == "error"])
        # The draft is still there. What the running domain has of its own it keeps.
        self.modify({"description": "of what runs"}, affect="live")
        path, result = self.commit(draft, affect="auto")
        self.assertEqual((TEST, "both", ["vcpu"], True), (path, result["applied"], result["waiting"],
                                                          result["restart-needed"]))
        self.assertEqual([["t", "t"], [3, 2], [None, "of what runs"]],
                         [self.both_sides(key) for key in ("title", "vcpu", "description")])
        self.assertEqual([], self.client.call(rig.MANAGER, "Manager", "ListDrafts", "(a{sv})", {}))

    def test_commit_live(self):
        before = self.client.get_xml(TEST)
        self.modify({"title": "other"}, affect="live")
        _, result = self.commit(self.draft({"title": "now", "memtune.hard_limit": "4GiB"}), affect="live")
        self.assertEqual(("live", False), (result["applied"], result["restart-needed"]))
        self.assertEqual([[None, "now"], [None, 4096 * MIB]],
                         [self.both_sides(key) for key in ("title", "memtune.hard_limit")])
        self.assertEqual(before, self.client.get_xml(TEST))
        with self.refused("Invalid", "name", "running domain"):
            self.commit(self.draft({"name": "else"}), affect="live")

    def test_commit_that_is_refused(self):
        """By libvirt, whose test driver cannot update devices: the draft is kept."""
        before = self.client.get_xml(TEST)
        draft = self.draft({"title": "t"})
        [interface] = self.client.call(draft, "Config", "GetDevices", "(sa{sv})", "interface", {})
        self.client.call(draft, "Config", "ModifyDevice", "(ssa{sv}asa{sv})", "interface", interface[1],
                         settings({"link.state": "down"}), [], {})
        for affect, words in (("both", ["configuration is what it was"]), ("live", [])):
            with self.refused("Unsupported", "running domain is what it was", *words):
                self.commit(draft, affect=affect)
        self.assertEqual((before, [None, None]), (self.client.get_xml(TEST), self.both_sides("title")))
        self.assertIn("<title>t</title>", self.client.get_xml(draft))

    def test_commit_of_a_new_domain(self):
        draft = self.client.call(rig.MANAGER, "Manager", "NewDraft", "(a{sv}a(sa{sv})a{sv})",
                                 settings({"name": "new", "memory": "64MiB"}), [], {})
        with self.refused("Unsupported", "both", "config"):
            self.commit(draft, affect="both")
        off, _ = self.client.define({"name": "off", "memory": "64MiB", "type": "test", "os.arch": "i686"})
        draft = self.client.domain(off, "Edit")
        with self.refused("Unsupported", "both", "config"):
            self.commit(draft, affect="both")

    def replace(self, xml, **options):
        revision = self.client.property(TEST, "Config", "Revision")
        return self.client.call(rig.HOST, "Host", "DefineXML", "(sa{sv})", xml,
                                settings({"expected-revision": revision, **options}))

    def test_whole_document(self):
        xml = self.client.get_xml(TEST)
        _, result = self.replace(xml.replace("</uuid>", "</uuid>\n  <title>t</title>"), affect="both")
        self.assertEqual("both", result["applied"])
        self.assertEqual(["t", "t"], self.both_sides("title"))
        nameless = self.client.get_xml(TEST).replace(
            "</devices>", "<rng model='virtio'><backend model='random'>/dev/urandom</backend></rng></devices>")
        with self.refused("Invalid", "rng", "ua-", "config"):
            self.replace(nameless, affect="both")
        with self.refused("Unsupported", "both", "config"):
            self.client.call(rig.HOST, "Host", "DefineXML", "(sa{sv})", xml, settings({"affect": "both"}))

    def test_threads(self):
        """They come and go by their own keys as by their number, with what is said of them."""
        one, schedule = "iothreadids.iothread.", "cputune.iothreadsched."
        for name, listed in (("counted", {}), ("listed", {one + str(number): True for number in (1, 2, 3)})):
            path, _ = self.client.define({
                "name": name, "memory": "64MiB", "type": "test", "os.arch": "i686", "iothreads": 3,
                schedule + "1.iothreads": "1-3", schedule + "1.scheduler": "batch", "cputune.iothreadpin.2.cpuset": "0", **listed})
            self.client.domain(path, "Start")
            for values, unset, left, scheduled in (
                    ({}, [one + "2"], [1, 3], "13"), ({one + "7": True}, [], [1, 3, 7], "13"),
                    ({one + "8": True}, [one + "7"], [1, 3, 8], "13"), ({"iothreads": 2}, [], [1, 3], "13"),
                    ({one + "3": False}, [], [1], "1"), ({"iothreads": 2}, [], [1, 2], "1")):
                with self.subTest(name, values=values, unset=unset):
                    result = self.client.modify(path, values, unset, options={"affect": "both"})
                    self.assertEqual("both", result["applied"])
                    for live in (False, True):
                        have = self.client.call(path, "Config", "GetSettings", "(asa{sv})", [
                            "iothreads", "iothreadids.*", "cputune.*"], settings({"live": live}))
                        lists = [have.pop(key) for key in [*have] if key.startswith(schedule)]
                        self.assertEqual(scheduled, "".join(text for text in lists if text != "batch"))
                        # libvirt lists those alone that somebody has numbered.
                        threads = [int(key.removeprefix(one)) for key in have if key.startswith(one)]
                        self.assertEqual(left, sorted(threads) or [*range(1, have["iothreads"] + 1)])
            with self.refused("Invalid", schedule, "running domain"):
                self.client.modify(path, {schedule + "1.iothreads": "1-2"}, options={"affect": "both"})

    def test_threads_that_wait(self):
        """What is said of a thread waits as the thread does, whatever waits besides."""
        one, pin, schedule = "iothreadids.iothread.", "cputune.iothreadpin.%u.cpuset", "cputune.iothreadsched."
        first, kept = {pin % 2: "0", schedule + "1.iothreads": "1-2", schedule + "1.scheduler": "batch"}, one + "1.thread_"
        for name, values, unset, now in (
                ("fewer", {"iothreads": 1}, [], {"iothreads", one + "2", one + "2.thread_pool_max", pin % 2,
                                                 schedule + "2.iothreads", schedule + "2.scheduler"}),
                ("own", {}, [one + "2"], {"iothreads", one + "2", one + "2.thread_pool_max", pin % 2,
                                          schedule + "2.iothreads", schedule + "2.scheduler"}),
                ("more", {"iothreads": 3, one + "3.thread_pool_max": 5, pin % 3: "0"}, [],
                 {"iothreads", one + "3", one + "3.thread_pool_max", pin % 3}),
                ("scheduled", {schedule + "2.scheduler": "idle"}, [], set())):
            with self.subTest(name):
                path, _ = self.client.define({
                    "name": name, "memory": "64MiB", "type": "test", "os.arch": "i686", "iothreads": 2,
                    kept + "pool_max": 4, one + "2.thread_pool_max": 8, **first})
                self.client.domain(path, "Start")
                self.client.modify(path, values, [*unset, kept + "pool_max"])
                rows = {row["key"]: row["waits"] for row in self.client.domain(path, "ListPending")}
                self.assertEqual(now, {key for key in rows if rows[key] == "now"})
                self.assertEqual("restart", rows[kept + "pool_max"])

    def test_restore(self):
        self.modify({"title": "later"}, affect="both")
        [row] = self.client.call(TEST, "Domain", "ListHistory", "(a{sv})", {})
        result = self.client.call(TEST, "Domain", "Restore", "(sa{sv})", row["revision"],
                                  settings({"affect": "both"}))
        self.assertEqual("both", result["applied"])
        self.assertEqual([None, None], self.both_sides("title"))
        row = self.client.call(TEST, "Domain", "ListHistory", "(a{sv})", {})[0]
        self.assertEqual(("restore", "both"), (row["origin"], row["affect"]))

    def test_inactive(self):
        path, _ = self.client.define({"name": "off", "memory": "64MiB", "type": "test",
                                      "os.arch": "i686"})
        for affect in ("live", "both"):
            with self.subTest(affect=affect), self.refused("Unsupported", affect, "config"):
                self.client.modify(path, {"title": "t"}, options={"affect": affect})
        result = self.client.modify(path, {"title": "t"}, options={"affect": "auto"})
        self.assertEqual("config", result["applied"])

    def test_unknown(self):
        with self.refused("InvalidValue", "config, live, both, auto"):
            self.modify({"title": "t"}, affect="all")


if __name__ == "__main__":
    tap.main()
