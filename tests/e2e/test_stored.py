# SPDX-License-Identifier: LGPL-2.1-or-later
"""What libvirt accepts without storing it, on a real QEMU host: each such change says so.

Owns what the person is told after a definition. How values are compared is test-stored's business.
"""

import os

import rig
from support import services, tap
from support.client import HOST, device, settings

GIB = 2**30
CELLS = ("<cpu><numa><cell id='0' cpus='0-1' memory='2097152'/>"
         "<cell id='1' cpus='2-3' memory='2097152'/></numa></cpu>")
NIC = "52:54:00:aa:bb:01"
NETWORK = ("<interface type='bridge'><mac address='52:54:00:aa:bb:01'/><source bridge='br0'/>"
           "<model type='virtio'/></interface>")
BALLOON = "<memballoon model='virtio'/>"


def document(name, inside="", devices="", vcpu="<vcpu>4</vcpu>", machine="q35"):
    return (f"<domain type='qemu'><name>{name}</name><memory unit='KiB'>4194304</memory>{vcpu}"
            f"<os><type arch='x86_64' machine='{machine}'>hvm</type></os>"
            f"<features><acpi/><apic/></features>{inside}<devices>{devices}</devices></domain>")


class Stored(rig.Case):
    def define(self, inside="", devices="", **more):
        name = self.id().rsplit(".", 1)[1]
        path, result = self.client.call(HOST, "Host", "DefineXML", "(sa{sv})",
                                        document(name, inside, devices, **more), {})
        self.addCleanup(self.libvirtd.virsh, "undefine", name, check=False)
        return path, self.told(result)

    def told(self, result):
        """rule, kind, key and value of what the comparison found; each in a sentence."""
        rows = [row for row in result["problems"]
                if row["rule"] == "not-stored" or row["rule"].startswith("stored-")]
        for row in rows:
            self.assertEqual("warning" if row["rule"] == "not-stored" else "info", row["severity"])
            self.assertRegex(row["message"], r"\.$")
        return [(row["rule"], row["kind"], row["key"], row["value"]) for row in rows]

    def reason(self, result):
        [row] = [row for row in result["problems"] if row["rule"] == "not-stored"]
        return row["message"]

    def set(self, path, values, unset=()):
        result = self.client.modify(path, values, unset, {"diff": True})
        return self.told(result), result

    def set_device(self, path, kind, id, values):
        result = self.client.call(path, "Config", "ModifyDevice", "(ssa{sv}asa{sv})", kind, id,
                                  settings(values), [], {})
        return self.told(result), result

    def remove(self, path, kind, id):
        result = self.client.call(path, "Config", "RemoveDevice", "(ssa{sv})", kind, id, {})
        return self.told(result), result

    def test_nothing_of_what_any_domain_gets(self):
        for machine in ("q35", "pc", "pc-q35-7.2"):
            with self.subTest(machine=machine):
                self.assertEqual([], self.define(machine=machine)[1])
                self.libvirtd.virsh("undefine", self.id().rsplit(".", 1)[1])

    def test_other_spellings(self):
        path, told = self.define(
            "<cputune><vcpupin vcpu='0' cpuset='0,1,2'/></cputune>",
            NETWORK.replace("aa:bb", "AA:BB"))
        self.assertEqual([], told)
        told, result = self.set(path, {"memory": 4 * 2**30 + 1, "os.machine": "q35",
                                       "cputune.vcpupin.1.cpuset": "3,1,2"})
        self.assertEqual([], told)
        self.assertIn("+    <vcpupin vcpu='1' cpuset='1-3'/>\n", result["diff"])

    def test_memory_beside_cells(self):
        path, _ = self.define(CELLS)
        told, result = self.set(path, {"memory": "8GiB", "currentMemory": "8GiB"})
        self.assertEqual([("not-stored", "", "memory", "4294967296"),
                          ("not-stored", "", "currentMemory", "4294967296")], told)
        self.assertEqual("", result["diff"])
        self.assertIn("Key memory was set to \"8589934592\", but libvirt stored \"4294967296\". The memory of a "
                      "guest with NUMA cells is what they have together: set cpu.numa.cell.N.memory.",
                      [row["message"] for row in result["problems"]])

    def test_removed_defaults(self):
        path, _ = self.define(devices=BALLOON + "<graphics type='vnc'/>")
        [(balloon, _)] = [(id, kind) for kind, id, _ in self.devices(path, "memballoon")]
        self.assertEqual([], self.remove(path, "memballoon", balloon)[0])
        self.assertEqual(["none"], [have["model"] for _, _, have in self.devices(path, "memballoon")])
        for kind, id, word in (("controller", "usb0", "set its model to none"),
                               ("controller", "pci0", "The machine"),
                               ("video", self.devices(path, "video")[0][1], "graphics")):
            with self.subTest(kind=kind, id=id):
                told, result = self.remove(path, kind, id)
                self.assertEqual([("not-stored", kind, "", "")], told)
                self.assertIn(word, self.reason(result))

    def test_removed_audio(self):
        path, _ = self.define(devices="<graphics type='vnc'/>")
        sound = [("audio", "1", {"id": 1, "type": "none"})]
        self.assertEqual(sound, self.devices(path, "audio"))
        for values, changed in (({}, False), ({"type": "file", "path": "/tmp/sound"}, True)):
            self.client.call(path, "Config", "ModifyDevice", "(ssa{sv}asa{sv})", "audio", "1", settings(values), [],
                             {})
            told, result = self.remove(path, "audio", "1")
            self.assertEqual(([], changed, sound), (told, result["changed"], self.devices(path, "audio")))

    def test_removed_mouse(self):
        path, _ = self.define()
        [mouse] = [id for _, id, keys in self.devices(path, "input") if keys["type"] == "mouse"]
        told, result = self.remove(path, "input", mouse)
        self.assertEqual([("not-stored", "input", "", "")], told)
        self.assertIn("The machine has it.", self.reason(result))

    def test_other_machine(self):
        path, _ = self.define(machine="pc-i440fx-7.2")
        self.assertEqual([], self.set(path, {"os.machine": "pc-q35-7.2"})[0])
        self.assertEqual([], self.set(path, {"os.machine": "pc-i440fx-7.2"})[0])

    def devices(self, path, kind):
        return self.client.call(path, "Config", "GetDevices", "(sa{sv})", kind, {})

    def test_vcpus_beside_a_list(self):
        path, _ = self.define(vcpu="<vcpu current='2'>4</vcpu><vcpus><vcpu id='0' enabled='yes' "
                              "hotpluggable='no'/><vcpu id='1' enabled='yes' hotpluggable='no'/>"
                              "<vcpu id='2' enabled='no' hotpluggable='yes'/><vcpu id='3' "
                              "enabled='no' hotpluggable='yes'/></vcpus>")
        told, result = self.set(path, {"vcpu.current": 3})
        self.assertEqual([], told)
        self.assertIn("+    <vcpu id='2' enabled='yes' hotpluggable='yes'/>\n", result["diff"])
        self.assertEqual([], self.set(path, {}, ["vcpu.current"])[0])
        self.assertEqual({"vcpus.vcpu.3.enabled": True},
                         self.client.get_settings(path, "vcpus.vcpu.3.enabled"))
        told, result = self.set(path, {"vcpu.current": 1})
        self.assertEqual([("not-stored", "", "vcpu.current", "2")], told)
        self.assertIn("set vcpus.vcpu.N.enabled", self.reason(result))

    def test_vcpus_beside_cells(self):
        path, _ = self.define("<cpu><numa><cell id='0' cpus='0' memory='1048576'/><cell id='1' "
                              "cpus='1' memory='1048576'/></numa></cpu>", vcpu="<vcpu>2</vcpu>")
        for dry in (True, False):
            result = self.client.modify(path, {"vcpu": 4}, (), {"diff": True, "dry-run": dry})
            self.assertIn("+      <cell id='0' cpus='0,2-3'", result["diff"])
            self.assertEqual(["vcpu-cells-follow"], [row["rule"] for row in result["problems"]
                                                     if row["key"] == "cpu.numa.cell.0.cpus"])

    def test_pins_of_vcpus_that_go(self):
        path, _ = self.define("<cputune><vcpupin vcpu='0' cpuset='0'/><vcpupin vcpu='3' cpuset='1'/>"
                              "</cputune>")
        told, result = self.set(path, {"vcpu": 2})
        self.assertEqual([], told)
        self.assertEqual([("vcpu-drops", "info", "cputune.vcpupin.3.cpuset")],
                         [(row["rule"], row["severity"], row["key"]) for row in result["problems"]])

    def test_interface(self):
        path, _ = self.define(devices=NETWORK)
        told, result = self.set_device(path, "interface", "52:54:00:aa:bb:01", {"target.dev": "vnet9"})
        self.assertEqual([("not-stored", "interface", "target.dev", "")], told)
        self.assertIn("choose one that begins otherwise", self.reason(result))
        self.assertEqual([], self.set_device(path, "interface", "52:54:00:aa:bb:01",
                                             {"target.dev": "web0"})[0])

    def test_display(self):
        path, told = self.define(devices="<graphics type='vnc' autoport='yes'/>")
        self.assertEqual([("stored-added", "video", "", "")], told)
        told, result = self.set_device(path, "graphics", "vnc", {"port": 5901, "autoport": True})
        self.assertEqual([("not-stored", "graphics", "port", "-1")], told)
        self.assertIn("set autoport to no as well", self.reason(result))
        told, result = self.set_device(path, "graphics", "vnc", {"connected": "keep"})
        self.assertEqual([("not-stored", "graphics", "connected", "")], told)

    UNSET = (
        ("serial", "#1", "source.mode", "connect"), ("controller", "scsi0", "model", "lsilogic"),
        ("interface", NIC, "model.type", "rtl8139"), ("video", "#1", "model.type", "cirrus"),
        ("hostdev", None, "managed", "no"), ("", "", "on_reboot", "restart"),
    )

    def test_unset(self):
        """What libvirt takes then may be the opposite of what there was."""
        path, _ = self.define(
            "<on_reboot>destroy</on_reboot>",
            "<serial type='unix'><source mode='bind' path='/tmp/s'/></serial>"
            "<controller type='scsi' index='0' model='virtio-scsi'/>" + NETWORK +
            "<video><model type='none'/></video>"
            "<hostdev mode='subsystem' type='pci' managed='yes'><source>"
            "<address domain='0x0000' bus='0x00' slot='0x1f' function='0x0'/></source></hostdev>",
            machine="pc")
        for kind, id, key, value in self.UNSET:
            with self.subTest(kind=kind, key=key):
                if kind == "hostdev":
                    [id] = [each for _, each, _ in self.devices(path, kind)]
                edit = ("modify" if kind else "set", kind, id, {}, [key])
                _, result = self.client.call(path, "Config", "Apply", "(a(sssa{sv}as)a{sv})", [edit], {})
                told = [row for row in self.told(result) if row[0] == "stored-default"]
                self.assertEqual([("stored-default", kind, key, value)], told)

    def test_unset_address(self):
        """The result has the id that libvirt made, by which the interface is known now."""
        path, _ = self.define(devices=NETWORK)
        ids, result = self.client.call(path, "Config", "Apply", "(a(sssa{sv}as)a{sv})",
                                       [("modify", "interface", NIC, {}, ["mac.address"])], {})
        [(_, mac, _)] = self.devices(path, "interface")
        self.assertNotEqual(NIC, mac)
        self.assertEqual(([mac], mac), (ids, result["id"]))
        self.assertEqual([("stored-default", "interface", "mac.address", mac)], self.told(result))

    def test_unset_in_a_draft(self):
        path, _ = self.define(devices=NETWORK)
        draft = self.client.domain(path, "Edit")
        self.client.call(draft, "Config", "ModifyDevice", "(ssa{sv}asa{sv})", "interface", NIC, {},
                         ["model.type"], {})
        told = self.told(self.client.call(draft, "Draft", "Commit", "(a{sv})", {})[1])
        self.assertEqual([("stored-default", "interface", "model.type")], [row[:3] for row in told])

    def test_running(self):
        path, _ = self.define(devices="<graphics type='vnc'/>", machine="pc", vcpu="<vcpu>1</vcpu>")
        self.libvirtd.virsh("setmaxmem", "test_running", "64M", "--config")
        self.client.domain(path, "Start")
        self.addCleanup(self.libvirtd.virsh, "destroy", "test_running", check=False)
        services.wait_for(lambda: self.client.property(path, "Domain", "Active"), "Active")
        result = self.client.call(path, "Config", "ModifyDevice", "(ssa{sv}asa{sv})", "graphics", "vnc",
                                  settings({"connected": "keep"}), [],
                                  settings({"affect": "live", "diff": True}))
        self.assertEqual([("not-stored", "graphics", "connected", "")], self.told(result))
        self.assertIn("In the running domain: Key connected of graphics \"vnc\" was set to \"keep\", but "
                      "libvirt left it out.", self.reason(result))
        self.assertNotIn("keep", result["diff"])

    def test_memory_that_is_requested(self):
        """Without a driver the guest has none of it."""
        path, _ = self.define(
            "<maxMemory slots='1' unit='GiB'>8</maxMemory>" + CELLS,
            "<memory model='virtio-mem'><target><size unit='MiB'>128</size><node>0</node>"
            "<block unit='MiB'>2</block><requested>0</requested></target></memory>")
        self.client.domain(path, "Start")
        self.addCleanup(self.libvirtd.virsh, "destroy", "test_memory_that_is_requested", check=False)
        [(_, id, _)] = self.devices(path, "memory")
        for requested, told in ((64 << 20, [("live.asked", "info", "target.requested", "0")]), (0, [])):
            result = self.client.call(path, "Config", "ModifyDevice", "(ssa{sv}asa{sv})", "memory", id,
                                      settings({"target.requested": requested}), [],
                                      settings({"affect": "both"}))
            self.assertEqual(told, [(row["rule"], row["severity"], row["key"], row["value"])
                                    for row in result["problems"] if row["rule"].startswith("live.")])

    def test_secrets_are_not_told(self):
        path, _ = self.define(devices="<graphics type='vnc'/>")
        told, _ = self.set_device(path, "graphics", "vnc", {"passwd": "secret"})
        self.assertEqual([], told)

    def test_commit(self):
        path, _ = self.define()
        draft = self.client.domain(path, "Edit")
        self.client.call(draft, "Config", "RemoveDevice", "(ssa{sv})", "controller", "usb0", {})
        told = self.told(self.client.call(draft, "Draft", "Commit", "(a{sv})", {})[1])
        self.assertEqual([("not-stored", "controller", "", "")], told)

    def test_commit_after_rebase(self):
        path, _ = self.define(CELLS, NETWORK)
        draft = self.client.domain(path, "Edit")
        self.set_device(draft, "interface", NIC, {"target.dev": "vnet9"})
        self.client.modify(draft, {"memory": "8GiB"})
        self.client.modify(path, {"title": "elsewhere"})
        self.assertEqual([], self.told(self.client.call(draft, "Draft", "Rebase", "(a{sv})", {})))
        result = self.client.call(draft, "Draft", "Commit", "(a{sv})", {})[1]
        self.assertEqual([("not-stored", "", "memory", str(4 * GIB)),
                          ("not-stored", "interface", "target.dev", "")], self.told(result))
        self.assertEqual({"title": "elsewhere", "memory": 4 * GIB},
                         self.client.get_settings(path, "title", "memory"))

    def test_apply_all(self):
        plain, _ = self.define(devices="<graphics type='vnc' autoport='yes'/>")
        port = ("modify", "graphics", "vnc", settings({"port": 5901, "autoport": True}), [])
        other, _ = self.client.define(
            {"name": "test_apply_all_fixed", "type": "qemu", "memory": "64MiB", "vcpu": 1,
             "os.arch": "x86_64", "os.machine": "pc"},
            [device("graphics", type="vnc", port=5901, autoport=False)])
        self.addCleanup(self.libvirtd.virsh, "undefine", "test_apply_all_fixed", check=False)
        rows = self.client.call(HOST, "Host", "ApplyAll", "(a{sv}a(sssa{sv}as)a{sv})",
                                settings({"name": "test_apply_all*"}), [port], {})
        self.assertEqual({path: [("not-stored", "graphics", "port", "-1")] for path in (plain, other)},
                         {path: self.told(row) for path, row in rows})
        for _, row in rows:
            self.assertIn("set autoport to no as well", self.reason(row))
        port = ("modify", "graphics", "vnc", settings({"port": 5901}), [])
        rows = self.client.call(HOST, "Host", "ApplyAll", "(a{sv}a(sssa{sv}as)a{sv})",
                                settings({"name": "test_apply_all*"}), [port], {})
        self.assertEqual([[], []], [self.told(row) for _, row in rows])

    def change_file(self, name, old, new):
        """As libvirt has it on its disk: what it reads there it does not complete as what it is given."""
        path = os.path.join(self.libvirtd.directory, "config", "libvirt", "qemu", name + ".xml")
        self.libvirtd.kill()
        connected = lambda: self.client.property(HOST, "Host", "Connected")
        services.wait_for(lambda: not connected(), "the loss of the connection")
        with open(path, encoding="utf-8") as file:
            text = file.read()
        self.assertIn(old, text)
        with open(path, "w", encoding="utf-8") as file:
            file.write(text.replace(old, new))
        self.libvirtd.start()
        services.wait_for(connected, "a connection")

    def define_more_than_cells(self):
        """A domain whose memory is more than that of its cells, which libvirt keeps till the next
        definition."""
        path, _ = self.define(CELLS)
        self.change_file(self.id().rsplit(".", 1)[1], ">4194304</memory>", ">8388608</memory>")
        services.wait_for(lambda: self.client.get_settings(path, "memory") == {"memory": 8 * GIB},
                          "the file is read")
        return path

    def test_restore(self):
        path = self.define_more_than_cells()
        first = self.client.property(path, "Config", "Revision")
        self.assertEqual([("stored-changed", "", "memory", str(4 * GIB))],
                         self.set(path, {"title": "x"})[0])
        result = self.client.call(path, "Domain", "Restore", "(sa{sv})", first, {})
        self.assertEqual([("not-stored", "", "memory", str(4 * GIB))], self.told(result))
        self.assertIn("set cpu.numa.cell.N.memory", self.reason(result))
        self.assertEqual({"memory": 4 * GIB}, self.client.get_settings(path, "memory", "title"))

    def test_recover(self):
        path = self.define_more_than_cells()
        uuid = self.client.property(path, "Domain", "UUID")
        self.client.domain(path, "Undefine")
        path, result = self.client.call(HOST, "Host", "Recover", "(sa{sv})", uuid, {})
        self.assertEqual([("not-stored", "", "memory", str(4 * GIB))], self.told(result))
        self.assertEqual({"memory": 4 * GIB}, self.client.get_settings(path, "memory"))

    def test_new_domain(self):
        path, result = self.client.define(
            {"name": "test_new_domain", "type": "qemu", "memory": "64MiB", "vcpu": 1, "os.type": "hvm",
             "os.arch": "x86_64", "os.machine": "pc", "vcpu.placement": "static"},
            [device("interface", type="bridge", source__bridge="br0", target__dev="vnet1")],
            {"diff": True})
        self.addCleanup(self.libvirtd.virsh, "undefine", "test_new_domain", check=False)
        self.assertEqual([("not-stored", "interface", "target.dev", "")], self.told(result))
        self.assertIn("+  <on_poweroff>destroy</on_poweroff>\n", result["diff"])


if __name__ == "__main__":
    tap.main()
