# SPDX-License-Identifier: LGPL-2.1-or-later
"""affect "auto" on a running guest: what can be done in it is done on both sides, and only the rest waits,
also within one edit and one device, and where the configuration has it already.

Owns how edits are taken apart; the guest has no system.
"""

import rig
from support import tap
from support.client import device, settings

MAC = "52:54:00:00:00:01"


class Auto(rig.LiveCase):
    def setUp(self):
        self.path = self.define("auto", [
            *rig.PORTS[:6], *rig.BUSES,
            device("disk", device="cdrom", target__dev="sda", target__bus="sata"),
            device("disk", source__file=self.image("root"), driver__type="raw", target__dev="vda",
                   target__bus="virtio"),
            device("interface", type="user", mac__address=MAC, model__type="virtio"),
            device("memballoon", model="virtio", stats__period=2)], vcpu=2, vcpu__current=1)
        self.client.domain(self.path, "Start")
        self.addCleanup(lambda: [self.libvirtd.virsh(*words, "auto") for words in (["destroy"], ["undefine"])])

    def apply(self, *edits, affect="auto"):
        rows = [(verb, kind, id, settings(values), []) for verb, kind, id, values in edits]
        return self.client.call(self.path, "Config", "Apply", "(a(sssa{sv}as)a{sv})", rows,
                                settings({"affect": affect}))[1]

    def outcome(self, *edits):
        result = self.apply(*edits)
        return result["applied"], sorted(result.get("waiting", []))

    def test_settings(self):
        """A rule of the running document refuses one of them."""
        self.modify(self.path, {"vcpu": 4}, affect="config")
        self.assertEqual(("both", ["vcpu.current"]),
                         self.outcome(("set", "", "", {"title": "t", "vcpu.current": 3})))
        self.assertEqual((["t", "t"], [3, 1]), (self.settings(self.path, "title"),
                                                self.settings(self.path, "vcpu.current")))
        result = self.apply(("set", "", "", {"vcpu.current": 3}))  # the configuration has it
        self.assertEqual((False, ["vcpu.current"]), (result["changed"], result["waiting"]))

    def test_edits(self):
        self.modify(self.path, {"on_reboot": "destroy"}, affect="live")
        image = self.image("a.iso")
        for title in ("t", "u"):
            self.assertEqual(("both", ["on_poweroff"]), self.outcome(
                ("modify", "disk", "sda", {"source.file": image, "driver.type": "raw"}),
                ("set", "", "", {"on_poweroff": "restart", "title": title})))
        self.assertEqual((["u", "u"], ["restart", "destroy"]), (self.settings(self.path, "title"),
                                                               self.settings(self.path, "on_poweroff")))
        self.assertEqual([image, image], [self.device(self.path, "disk", "sda", live)["source.file"]
                                          for live in (False, True)])
        draft = self.client.domain(self.path, "Edit")
        self.client.modify(draft, {"title": "v", "on_poweroff": "restart", "description": "d"})
        result = self.client.call(draft, "Draft", "Commit", "(a{sv})", settings({"affect": "auto"}))[1]
        self.assertIn("title", [*result.get("waiting", []), "title" if result["applied"] == "both" else ""])

    def test_within_a_device(self):
        self.assertEqual(("both", [f"interface/{MAC}/model.type"]), self.outcome(
            ("modify", "interface", MAC, {"link.state": "down", "model.type": "e1000"})))
        self.assertEqual([("down", "e1000"), ("down", "virtio")], [
            (card["link.state"], card["model.type"]) for card in (
                self.device(self.path, "interface", MAC, live) for live in (False, True))])
        self.assertEqual(("both", ["memballoon/#1/autodeflate"]), self.outcome(
            ("modify", "memballoon", "#1", {"stats.period": 7, "autodeflate": True})))
        with self.refused("Invalid", "model.type"):
            self.apply(("modify", "interface", MAC, {"link.state": "up", "model.type": "rtl8139"}), affect="both")

    def test_medium(self):
        """It is put in though its drive has a key that waits, in one edit or several."""
        for number, edits in enumerate((
                [("modify", {"source.file": "", "serial": "S0"})],
                [("modify", {"source.file": "", "serial": "S1", "iotune.total_iops_sec": 9})],
                [("modify", {"source.file": ""}), ("modify", {"serial": "S2"})],
                [("media", {"source.file": "", "driver.type": "raw"}), ("modify", {"serial": "S3"})])):
            with self.subTest(edits=edits):
                image = self.image(f"{number}.iso")
                rows = [(verb, "disk", "sda", {key: value or image for key, value in values.items()})
                        for verb, values in edits]
                with self.refused("Invalid", "serial") as caught:
                    self.apply(*rows, affect="both")
                self.assertNotIn("source.file", caught.exception.message)
                self.assertEqual(("both", ["disk/sda/serial"]), self.outcome(*rows))
                self.assertEqual([image, image], [self.device(self.path, "disk", "sda", live)["source.file"]
                                                  for live in (False, True)])

    def test_limits(self):
        """What a configuration may have until it is complete, QEMU refuses at once."""
        for key in ("size_iops_sec", "read_bytes_sec_max", "read_bytes_sec_max_length"):
            edit = ("modify", "disk", "vda", {"iotune." + key: 9000000})
            with self.refused("Invalid", key, "running domain"):
                self.apply(edit, affect="both")
            self.assertEqual(("config", ["disk/vda/iotune." + key]), self.outcome(edit))


if __name__ == "__main__":
    tap.main()
