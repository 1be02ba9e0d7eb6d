# SPDX-License-Identifier: LGPL-2.1-or-later
"""What hosts have and can do, on private libvirtds with QEMU in emulation.

Owns choices, capabilities and what follows from them; what is promised while libvirt is away is in
test_libvirtd.py.
"""

import os
import re
import signal
import unittest

import rig
from rig import HOST
from support import services, tap
from support.client import device, settings

NETWORK = "<network><name>lab</name><forward mode='bridge'/><bridge name='br7'/></network>"


class Case(rig.Case):
    """One libvirtd for all tests of a class, and for each a daemon that knows it as local."""

    @classmethod
    def setUpClass(cls):
        cls.libvirtd = cls.enterClassContext(services.Libvirtd())

    def setUp(self):
        self.bus = self.enterContext(services.Bus())
        self.daemon = self.enterContext(services.Daemon(
            self.bus, "--host", f"local={self.libvirtd.uri}"))
        self.client = self.new_client()

    def choices(self, kind, key, **options):
        """value -> doc"""
        found = self.call(HOST, "Host", "ListChoices", "(ssa{sv})", kind, key, settings(options))
        return {choice["value"]: choice["doc"] for choice in found}

    def file(self, name, text, mode=0o644):
        path = os.path.join(self.libvirtd.directory, name)
        with open(path, "w") as out:
            out.write(text)
        os.chmod(path, mode)
        return path


@unittest.skipIf(services.Libvirtd.missing(), services.Libvirtd.missing())
class Choices(Case):
    def test_networks(self):
        self.assertEqual({}, self.choices("interface", "source.network"))
        self.libvirtd.virsh("net-define", self.file("net.xml", NETWORK))
        self.assertEqual({"lab": "not active, bridge br7"},
                         self.choices("interface", "source.network"))
        self.libvirtd.virsh("net-start lab; net-autostart lab")
        self.assertEqual({"lab": "active, started with the host, bridge br7"},
                         self.choices("interface", "source.network"))

    def test_pools_and_volumes(self):
        place = os.path.join(self.libvirtd.directory, "pool")
        self.libvirtd.virsh(f"pool-define-as images dir --target {place}; pool-build images")
        self.assertEqual({"images": "not active"}, self.choices("disk", "source.pool"))
        self.libvirtd.virsh("pool-start images; vol-create-as images b.raw 3M --format raw; "
                            "vol-create-as images a.raw 1536M --allocation 0 --format raw")
        pools = self.choices("disk", "source.pool")
        self.assertRegex(pools["images"], r"^active, \d+(\.\d)? [MGTP]iB of \d+(\.\d)? [MGTP]iB available$")
        self.assertEqual(pools, self.choices("disk", "backing.1.source.pool"))
        self.assertEqual([("a.raw", f"file of 1.5 GiB, 0 bytes in use, {place}/a.raw"),
                          ("b.raw", f"file of 3.0 MiB, 3.0 MiB in use, {place}/b.raw")],
                         list(self.choices("disk", "source.volume", pool="images").items()))
        with self.refused("InvalidValue", "pool"):
            self.choices("disk", "source.volume")
        with self.refused("NotFound", "nothing"):
            self.choices("disk", "source.volume", pool="nothing")

    def devices(self, capability, pattern):
        """What virsh says of the host's devices: the texts between two marks."""
        found = set()
        for name in self.libvirtd.virsh("nodedev-list", "--cap", capability).stdout.split():
            xml = self.libvirtd.virsh("nodedev-dumpxml", name).stdout
            before, after = pattern
            found.add(xml.split(before)[1].split(after)[0])
        return found

    def test_host_devices(self):
        names = self.devices("net", ("<interface>", "<"))
        found = self.choices("interface", "source.dev")
        self.assertEqual(names, set(found))
        self.assertIn("lo", names)
        self.assertEqual("00:00:00:00:00:00, link unknown", found["lo"])
        self.assertEqual(found, self.choices("hostdev", "source.interface"))
        self.assertEqual(self.devices("storage", ("<block>", "<")),
                         set(self.choices("disk", "source.dev")))
        pci = {name.removeprefix("pci_")
               for name in self.libvirtd.virsh("nodedev-list", "--cap", "pci").stdout.split()}
        self.assertEqual(pci, {address.replace(":", "_").replace(".", "_")
                               for address in self.choices("hostdev", "source.address")})
        for key in ("source.vendor", "source.product", "source.address.bus", "source.address.uuid",
                    "source.adapter.name", "source.address.unit"):
            self.assertIsInstance(self.choices("hostdev", key), dict)

    def test_machines(self):
        machines = self.choices("", "os.machine", arch="x86_64")
        q35 = [name for name, doc in machines.items()
               if re.fullmatch(r"also called q35, at most \d+ vcpus", doc)]
        guests = self.plain(HOST, "Host", "GetCapabilities")["guests"]
        self.assertEqual([guest["aliases"]["q35"] for guest in guests if guest["arch"] == "x86_64"],
                         q35)


@unittest.skipIf(services.Libvirtd.missing(), services.Libvirtd.missing())
class Offered(Case):
    """New guests are what this host can do."""

    def build(self, values, devices=(), **options):
        return self.call(rig.MANAGER, "Manager", "Build", "(a{sv}a(sa{sv})a{sv})",
                         settings({"name": "web", "memory": "64MiB", **values}), list(devices),
                         settings(options))

    def refuses(self, values, *words, devices=()):
        with self.refused("Unsupported", *words):
            self.build(values, devices)
        with self.refused("Unsupported", *words):
            self.client.define({"name": "web", "memory": "64MiB", **values}, devices)
        self.assertEqual({}, self.domains())

    def test_filled(self):
        xml = self.build({"os.machine": "q35"})
        q35 = [name for name, doc in self.choices("", "os.machine", arch="x86_64").items()
               if "also called q35" in doc]
        self.assertIn(f"<type arch='x86_64' machine='{q35[0]}'>hvm</type>", xml)
        self.assertIn("<emulator>/usr/bin/qemu-system-x86_64</emulator>", xml)
        self.assertRegex(xml, "^<domain type='(qemu|kvm)'>")
        bare = self.build({"os.machine": "q35"}, host="")
        self.assertNotIn("emulator", bare)
        self.assertNotIn("arch=", bare)

    def test_refused(self):
        self.refuses({"type": "xen"}, "type is xen", "qemu")
        self.refuses({"type": "qemu", "os.arch": "itanium"}, "os.arch is itanium", "x86_64")
        self.refuses({"type": "qemu", "os.machine": "pc-q35-99.0"}, "pc-q35-99.0", "it offers: pc-")
        self.refuses({"type": "qemu", "os.machine": "isapc", "vcpu": 2}, "vcpu is 2", "1 at most",
                     devices=[device("memballoon", model="none")])
        self.refuses({"type": "qemu", "os.machine": "q35"}, "model.type is xen", "virtio",
                     devices=[device("video", model__type="xen")])

    def test_warned(self):
        """What libvirt defines, and only the start would refuse."""
        path, result = self.client.define({"name": "web", "memory": "64MiB", "type": "qemu",
                                           "cpu.mode": "host-passthrough"})
        self.addCleanup(self.client.domain, path, "Undefine")
        [problem] = [problem for problem in result["problems"]
                     if problem["rule"] == "host-cpu-mode"]
        self.assertEqual(("warning", "cpu.mode", "host-passthrough"),
                         (problem["severity"], problem["key"], problem["value"]))
        self.assertIn("custom", problem["allowed"])
        _, result = self.client.call(path, "Config", "AddDisk", "(a{sv}a{sv})", settings(
            {"source.file": "/nonexistent/a.raw", "driver.type": "raw", "target.bus": "sd",
             "target.dev": "sda"}), {})
        self.assertIn(("warning", "host-disk-bus"),
                      [(problem["severity"], problem["rule"]) for problem in result["problems"]])

    def test_machine_that_an_edit_leaves(self):
        """An edit is judged by what the host can do for the new machine, not for the old one."""
        values = {"name": "web", "type": "qemu", "memory": "64MiB", "os.arch": "x86_64", "os.machine": "q35",
                  "vcpu": 260, "features.ioapic.driver": "qemu", "features.apic": True}
        path, _ = self.client.define(values, [device("iommu", model="intel", driver__intremap=True,
                                                     driver__eim=True)])
        self.addCleanup(self.client.domain, path, "Undefine")
        planned = self.client.modify(path, {"os.machine": "pc"}, options={"dry-run": True})
        self.assertIn("host-vcpu", [row["rule"] for row in planned["problems"]])
        with self.refused("Invalid", "vcpu is 260", "255 at most", "only q35"):
            self.client.modify(path, {"os.machine": "pc"})
        edits = [("remove", "iommu", "#1", {}, []), ("set", "", "", settings({"os.machine": "pc", "vcpu": 255}), [])]
        self.client.call(path, "Config", "Apply", "(a(sssa{sv}as)a{sv})", edits, {})
        most = self.plain(HOST, "Host", "GetDomainCapabilities", machine="q35")["vcpu.max"]
        with self.refused_many_vcpus(f"vcpu is {most + 1}", f"{most} at most"):
            self.client.modify(path, {"os.machine": "q35", "vcpu": most + 1, "features.ioapic.driver": "qemu"})

    def test_newer_keys(self):
        version = self.libvirt_version()
        newer = [(key["key"], key["since"]) for key in self.call(
            rig.MANAGER, "Manager", "DescribeKeys", "(ssa{sv})", "disk", "", {})
                 if key["since"] and tuple(map(int, key["since"].split("."))) > version
                 and key["type"] == "b" and "N" not in key["key"].split(".")]
        for key, since in newer:
            lun = {"device": "lun", "source__dev": "/dev/sdz", "driver__type": "raw"}
            file = {"source__file": "/nonexistent/a.qcow2", "driver__type": "qcow2"}
            source = lun if key.startswith("source.reservations.") else file
            beside = {"target.bus": "scsi", "target.dev": "sda"} if key == "target.dpofua" else {}
            for start in ("source.reservations.", "source.dataStore.source.reservations."):
                if key.startswith(start):
                    beside[start + "managed"] = True
            if key.startswith("source.dataStore."):
                beside["source.dataStore.type"] = "file"
            with self.subTest(key=key), self.refused("Unsupported", key, since):
                self.build({"type": "qemu"}, [device("disk", **{"target.bus": "virtio", "target.dev": "vda"}
                                                     | source | beside | {key: True})])

    def test_machines_that_the_host_has_not(self):
        for options, said in (({"arch": "bogus"}, 'no architecture "bogus"; it has '),
                              ({"type": "kvn"}, 'no type "kvn"; it has '),
                              ({"arch": "x86_64", "machine": "q36"},
                               'no machine "q36"; the nearest that it has is q35.'),
                              ({"arch": "x86_64", "machine": "a board"},
                               'no machine "a board"; ListChoices has those of os.machine.'),
                              ({"arch": ""}, 'no architecture "";')):
            for call in (lambda: self.plain(HOST, "Host", "GetDomainCapabilities", **options),
                         lambda: self.plain(HOST, "Host", "GetDomainCapabilitiesXML", **options),
                         lambda: self.choices("", "os.machine", **options),
                         lambda: self.choices("disk", "target.bus", **options),
                         lambda: self.choices("disk", "", **options)):
                with self.subTest(options), self.refused("InvalidValue", said):
                    call()
        self.assertTrue(self.choices("disk", "target.bus", arch="x86_64", machine="q35"))

    def test_hyperv(self):
        """A preset takes what the host offers, and says what it left out."""
        offered = set(self.plain(HOST, "Host", "GetDomainCapabilities", type="qemu", arch="x86_64",
                                 machine="q35").get("hyperv", []))
        path, _ = self.client.define({"name": "web", "type": "qemu", "memory": "64MiB",
                                      "os.machine": "q35"})
        self.addCleanup(self.libvirtd.virsh, "undefine web", check=False)
        result = self.client.set_hyperv(path, {"all": True})
        on = {key.split(".")[1] for key, value in self.client.get_settings(path, "hyperv.*").items()
              if value is True and key.count(".") == 1}
        self.assertEqual(offered, on | set(result["skipped"]) & offered)
        self.assertIn("this host offers only", result["skipped"]["relaxed"])
        self.assertNotIn("relaxed", on)
        self.assertFalse(on & set(result["skipped"]))


@unittest.skipIf(services.Libvirtd.missing(), services.Libvirtd.missing())
class Running(Case):
    """What changes in a guest that runs, by virsh and by the guest, is told with its names."""

    GUEST = {"name": "web", "type": "qemu", "memory": "64MiB", "os.arch": "x86_64",
             "os.machine": "q35"}

    def setUp(self):
        super().setUp()
        self.daemon.wait_connected()
        self.path, _ = self.client.define(self.GUEST, [
            device("disk", device="cdrom", target__dev="sda", target__bus="sata", readonly=True),
            *[device("controller", type="pci", model="pcie-root-port") for _ in range(4)],
            device("memballoon", model="virtio")])
        self.addCleanup(self.libvirtd.virsh, "destroy web; undefine web", check=False)
        self.signals = rig.Signals(self.client)
        self.client.domain(self.path, "Start")  # after which the daemon knows what runs
        self.signals.wait_property(self.path, "Active", True)
        self.client.domain(self.path, "Suspend")
        self.signals.wait_property(self.path, "State", "paused")
        self.signals.told.clear()

    def changed(self):
        """What is told of the running side until it is what it is now; it may come in steps."""
        keys, devices = set(), set()

        def is_now(path, name, arguments):
            return (path, name) == (self.path, "Config.Changed") and arguments[0] and \
                arguments[3] == self.plain(self.path, "Config", "Describe", live=True)[2]

        self.signals.wait(is_now, "a change")
        for path, name, arguments in self.signals.told:
            if (path, name) == (self.path, "Config.Changed") and arguments[0]:
                keys.update(arguments[1])
                devices.update(arguments[2])
        self.signals.told.clear()
        return keys, devices

    def test_devices(self):
        image = self.file("extra.raw", "x" * 65536)
        self.libvirtd.make_readable(image)
        disk = self.file("disk.xml", f"<disk type='file' device='disk'><driver name='qemu' "
                         f"type='raw'/><source file='{image}'/><target dev='vdb' bus='virtio'/></disk>")
        self.libvirtd.virsh("attach-device", "web", disk, "--live")
        keys, devices = self.changed()
        self.assertEqual((set(), {("disk", "vdb")}), (keys, devices))
        self.assertNotIn("vdb", self.client.get_xml(self.path))
        self.assertIn("vdb", self.client.get_xml(self.path, {"live": True}))
        self.libvirtd.virsh("blkdeviotune", "web", "vdb", "--total-bytes-sec", "1000000", "--live")
        self.assertEqual((set(), {("disk", "vdb")}), self.changed())
        # The guest has no system that would let go of the device. QEMU takes it out at a reset,
        # but not at one that comes before the firmware has found the device's slot.
        self.libvirtd.virsh("detach-disk", "web", "vdb", "--live")
        self.client.domain(self.path, "Resume")

        def taken_out():
            self.client.domain(self.path, "Reset")
            return "vdb" not in self.libvirtd.virsh("dumpxml", "web").stdout

        services.wait_for(taken_out, "the disk to go")
        self.assertEqual((set(), {("disk", "vdb")}), self.changed())

    def test_tray_and_medium(self):
        image = self.file("disc.iso", "x" * 65536)
        self.libvirtd.make_readable(image)
        self.libvirtd.virsh("change-media", "web", "sda", image, "--insert", "--live")
        self.assertEqual((set(), {("disk", "sda")}), self.changed())
        self.client.domain(self.path, "Resume")
        self.signals.settle()
        self.signals.told.clear()
        self.libvirtd.virsh("qemu-monitor-command", "web",
                            '{"execute":"blockdev-open-tray","arguments":{"id":"sata0-0-0",'
                            '"force":true}}')
        self.assertEqual((set(), {("disk", "sda")}), self.changed())

    def test_many_states(self):
        """A thousand changes of state in a burst: each is told, in order."""
        self.client.domain(self.path, "Resume")
        self.signals.wait_property(self.path, "State", "running")
        self.signals.told.clear()
        self.libvirtd.virsh("suspend web; resume web; " * 500 + "destroy web")
        self.signals.wait_property(self.path, "State", "shutoff")
        told = [arguments[1]["State"] for path, name, arguments in self.signals.told
                if path == self.path and name == "Properties.PropertiesChanged"
                and "State" in arguments[1]]
        self.assertEqual(["paused", "running"] * 500, told[:1000])
        self.assertEqual("shutoff", told[-1])

    def test_restart_is_another_document(self):
        """What differs between two runs is no change of what runs."""
        self.client.modify(self.path, {"title": "other"})
        self.client.domain(self.path, "Destroy")
        self.client.domain(self.path, "Start")
        self.signals.wait_property(self.path, "Active", True)
        self.signals.settle()
        self.assertEqual([False], [arguments[0] for path, name, arguments in self.signals.told
                                   if name == "Config.Changed"])


FIRMWARE = """{"description": "test", "interface-types": ["uefi"], "mapping": {"device": "flash",
 "executable": {"filename": "%s", "format": "raw"},
 "nvram-template": {"filename": "%s", "format": "raw"}},
 "targets": [{"architecture": "x86_64", "machines": ["pc-q35-*"]}], "features": [], "tags": []}"""


@unittest.skipIf(services.Libvirtd.missing(), services.Libvirtd.missing())
class Facts(Case):
    """What a host can do is kept, but not for ever; and nothing is executed to find it out."""

    def setUp(self):
        self.libvirtd = self.enterContext(services.Libvirtd(own_programs=True))
        self.install("qemu-system-x86_64")
        self.bus = self.enterContext(services.Bus())
        self.daemon = self.enterContext(services.Daemon(
            self.bus, "--host", f"local={self.libvirtd.uri}"))
        self.client = self.new_client()
        self.daemon.wait_connected()

    @classmethod
    def setUpClass(cls):
        pass

    def install(self, name):
        folder = os.path.join(self.libvirtd.directory, "bin")
        os.symlink("/usr/bin/" + name, os.path.join(folder, name))

    def emulators(self):
        return {guest["arch"]: os.path.basename(guest["emulator"])
                for guest in self.plain(HOST, "Host", "GetCapabilities")["guests"]}

    def loaders(self):
        have = self.plain(HOST, "Host", "GetDomainCapabilities", type="qemu", arch="x86_64",
                          machine="q35")
        return have["os.firmware"], have.get("os.loader", [])

    def look(self):
        """What happens once a minute, now."""
        self.daemon.process.send_signal(signal.SIGHUP)

    def add_firmware(self):
        """A file that the renewed answers name."""
        code = self.file("code.fd", "")
        folder = os.path.join(self.libvirtd.directory, "config", "qemu", "firmware")
        os.makedirs(folder)
        with open(os.path.join(folder, "10-test.json"), "w") as file:
            file.write(FIRMWARE % (code, code))
        return code

    def test_renewed(self):
        self.assertEqual({"x86_64": "qemu-system-x86_64", "i686": "qemu-system-x86_64"},
                         self.emulators())
        known, loaders = self.loaders()  # those of the firmware this machine has
        code = self.add_firmware()
        self.assertEqual((known, loaders), self.loaders())  # as it was
        self.look()
        services.wait_for(lambda: self.loaders()[0] == ["efi"] and code in self.loaders()[1],
                          "the firmware")
        self.install("qemu-system-i386")

        def replaced():
            self.look()  # again: one look under way is the last for the moment
            return self.emulators()["i686"] == "qemu-system-i386"

        services.wait_for(replaced, "the emulator")
        path, _ = self.client.define({"name": "old", "type": "qemu", "memory": "64MiB",
                                      "os.arch": "i686"})
        self.assertEqual("qemu-system-i386", os.path.basename(
            self.client.get_settings(path, "emulator")["emulator"]))

    def test_autostart(self):
        path, _ = self.client.define({"name": "web", "type": "qemu", "memory": "64MiB"})
        signals = rig.Signals(self.client)
        for verb, value in (("autostart web", True), ("autostart web --disable", False)):
            self.libvirtd.virsh(verb)
            self.look()
            signals.wait_property(path, "Autostart", value)
        self.call(path, "Domain", "SetAutostart", "(ba{sv})", True, {})
        self.look()
        self.assertTrue(self.client.property(path, "Domain", "Autostart"))

    def test_a_callers_emulator_is_not_executed(self):
        mark = os.path.join(self.libvirtd.directory, "run", "mark")
        evil = self.file("evil.sh", f"#!/bin/sh\n: > {mark}\n", 0o755)
        options = {"emulator": evil, "type": "qemu", "arch": "x86_64"}
        for method in ("GetDomainCapabilities", "GetDomainCapabilitiesXML"):
            with self.refused("Unsupported", evil, "capabilities"):
                self.plain(HOST, "Host", method, **options)
        with self.refused("Unsupported", evil):
            self.choices("", "cpu.model", **options)
        guest = {"name": "web", "type": "qemu", "memory": "64MiB", "emulator": evil}
        xml = self.call(rig.MANAGER, "Manager", "Build", "(a{sv}a(sa{sv})a{sv})", settings(guest),
                        [], {})
        self.assertIn(evil, xml)
        self.client.define(guest, options={"dry-run": True})
        self.call(HOST, "Host", "DefineXML", "(sa{sv})", xml, settings({"dry-run": True}))
        draft = self.draft({"emulator": evil, "type": "qemu"})
        self.plain(draft, "Config", "Validate")
        self.plain(draft, "Draft", "Commit", dry_run=True)
        path, _ = self.client.define({**guest, "emulator": os.path.join(
            self.libvirtd.directory, "bin", "qemu-system-x86_64")})
        self.client.modify(path, {"emulator": evil}, options={"dry-run": True})
        self.assertFalse(os.path.exists(mark))
        # That it would leave the mark: whoever may define such a guest does have it executed.
        with self.refused("Libvirt"):
            self.client.modify(path, {"emulator": evil})
        self.assertTrue(os.path.exists(mark))

    def test_a_callers_machine_is_not_an_emulator(self):
        """What the host was asked about is asked again; the lines of a machine's name stay one."""
        mark = os.path.join(self.libvirtd.directory, "run", "mark")
        evil = self.file("evil.sh\n", f"#!/bin/sh\n: > {mark}\n", 0o755).strip()
        xml = ("<domain type='qemu'><name>web</name><memory>65536</memory><os><type arch='x86_64' "
               f"machine='q35&#10;{evil}'>hvm</type></os></domain>")
        self.loaders()
        self.plain(self.import_draft(xml, host="local"), "Config", "Validate")
        self.call(HOST, "Host", "DefineXML", "(sa{sv})", xml, settings({"dry-run": True}))
        code = self.add_firmware()
        self.look()
        services.wait_for(lambda: code in self.loaders()[1], "what was asked again")
        os.unlink(os.path.join(self.libvirtd.directory, "config", "qemu", "firmware", "10-test.json"))

        def is_gone():
            self.look()
            return code not in self.loaders()[1]

        services.wait_for(is_gone, "that again")
        self.assertFalse(os.path.exists(mark))


# The daemon sees an empty folder where libvirt's schema is; libvirtd sees the schema.
NO_SCHEMA = ("unshare", "--mount", "sh", "-c",
             'mount -t tmpfs none /usr/share/libvirt/schemas && exec "$@"', "sh")


@rig.needs_root
@unittest.skipIf(services.Libvirtd.missing(), services.Libvirtd.missing())
class NoSchema(Case):
    """Where the schema at hand does not speak for the host's libvirt, that libvirt's own is asked."""

    def setUp(self):
        self.bus = self.enterContext(services.Bus())
        self.daemon = self.enterContext(services.Daemon(
            self.bus, "--host", f"local={self.libvirtd.uri}", "--host", "test=test:///default",
            wrapper=NO_SCHEMA))
        self.client = self.new_client()
        self.daemon.wait_connected()
        self.path, result = self.client.define({"name": "web", "type": "qemu", "memory": "64MiB"})
        self.addCleanup(self.libvirtd.virsh, "undefine web", check=False)
        self.assertEqual(["warning"], [problem["severity"] for problem in result["problems"]
                                       if problem["rule"] == "schema-missing"])

    def define_xml(self, xml, **options):
        options = {key.replace("_", "-"): value for key, value in options.items()}
        return self.call(HOST, "Host", "DefineXML", "(sa{sv})", xml, settings(options))

    def test_new(self):
        """libvirt's parser would drop it without a word."""
        xml = self.client.get_xml(self.path).replace("</devices>", "<nonsense/></devices>")
        self.assertIn("<nonsense/>", xml)
        self.client.domain(self.path, "Undefine")
        with self.refused("Invalid", "schema"):
            self.define_xml(xml)
        self.assertEqual({}, self.domains())
        self.define_xml(xml.replace("<nonsense/>", ""))

    def test_changed(self):
        xml = self.client.get_xml(self.path)
        with self.refused("Invalid", "schema"):
            self.define_xml(xml.replace("</devices>", "<nonsense/></devices>"),
                            expected_revision=self.revision(self.path))
        self.assertEqual(xml, self.client.get_xml(self.path))
        self.client.modify(self.path, {"title": "fine"})

    def test_old_fault(self):
        """What was faulty before can still be changed."""
        fault = "<disk type='network' device='disk'><driver name='qemu' type='raw'/>" \
                "<source protocol='ssh' name='a'><host name='h' port='22'/></source>" \
                "<target dev='vdz' bus='virtio'/></disk></devices>"
        xml = self.client.get_xml(self.path).replace("</devices>", fault)
        self.libvirtd.virsh("define", self.file("fault.xml", xml))
        self.client.modify(self.path, {"title": "still editable"})
        self.assertIn("protocol='ssh'", self.client.get_xml(self.path))

    def test_no_schema_anywhere(self):
        """The test driver runs in the daemon: there is no schema for it either."""
        self.call(rig.MANAGER + "/host/test", "Host", "Define", "(a{sv}a(sa{sv})a{sv})",
                  settings({"name": "new", "memory": "64MiB"}), [], {})


if __name__ == "__main__":
    tap.main()
