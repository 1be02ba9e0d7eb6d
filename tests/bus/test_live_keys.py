# SPDX-License-Identifier: LGPL-2.1-or-later
"""Every key, set and unset, in a running domain: whatever the dry run says of it, it says so, and neither
side has changed. What can be done and what cannot is the business of other tests.

Owns that no combination of key, side and option ends the daemon or is left without an answer.
"""

import collections
import itertools

import rig
from support import tap
from support.client import device, settings

MAC = "52:54:00:00:00:07"
DEVICES = {
    "disk": ("vda", {"target.dev": "vda", "target.bus": "virtio", "source.file": "/vda.img"}),
    "interface": (MAC, {"type": "network", "source.network": "default", "mac.address": MAC}),
    "graphics": ("vnc", {"type": "vnc"}), "video": ("ua-video", {"model.type": "qxl"}),
    "sound": ("ua-sound", {"model": "ich6"}), "rng": ("ua-rng", {}), "tpm": ("ua-tpm", {"model": "tpm-crb"}),
    "controller": ("usb0", {"type": "usb", "index": 0, "model": "qemu-xhci"}), "input": ("ua-input", {"type": "tablet"}),
    "channel": ("org.a", {"type": "unix", "target.name": "org.a"}), "serial": ("ua-serial", {"type": "pty"}),
    "filesystem": ("t", {"source.dir": "/srv", "target.dir": "t"}),
    "watchdog": ("ua-watchdog", {"model": "i6300esb"}), "memballoon": ("ua-balloon", {"model": "virtio"}),
    "redirdev": ("ua-redirdev", {"type": "tcp", "source.mode": "connect", "source.host": "h",
                                 "source.service": "1"}),
    "hub": ("ua-hub", {"type": "usb"}),
    "hostdev": ("ua-hostdev", {"type": "usb", "source.vendor": "0x1234", "source.product": "0xbeef"}),
    "vsock": ("ua-vsock", {"cid.auto": True}), "panic": ("ua-panic", {"model": "isa"}),
}
TEXTS = ("/a", "a")
# What the daemon may answer; anything else is a fault of its own.
ANSWERS = {"UnknownKey", "InvalidValue", "Invalid", "Unsupported", "NotFound", "AlreadyExists"}


def example(key):
    """A value that the key may take."""
    if key.get("values"):
        return key["values"][-1]
    if key["type"] == "b":
        return True
    if key["type"] in "iutx":
        return max(key.get("min", 1), 1)
    return ["a"] if key["type"] == "as" else None  # of a text several are tried


class Keys(rig.Case):
    def setUp(self):
        super().setUp()
        self.path, _ = self.client.define(
            {"name": "keys", "memory": "64MiB", "type": "test", "os.arch": "i686"}, [])
        for kind, (name, values) in DEVICES.items():
            alias = {"alias": name} if name.startswith("ua-") else {}
            with self.subTest(kind):
                self.call(self.path, "Config", "AddDevice", "(sa{sv}a{sv})", kind, settings({**values, **alias}), {})
        self.client.domain(self.path, "Start")

    def documents(self):
        return [self.client.get_xml(self.path, {"live": side}) for side in (False, True)]

    def answer(self, kind, name, values, unset, affect):
        options = settings({"affect": affect, "dry-run": True})
        edit = ("modify" if kind else "set", kind, name, settings(values), unset)
        try:
            result = self.call(self.path, "Config", "Apply", "(a(sssa{sv}as)a{sv})", [edit], options)[1]
        except rig.GLib.Error as error:
            name = rig.client.error_name(error).removeprefix(rig.ERROR)
            self.assertIn(name, ANSWERS, error.message)
            return name
        return "refused" if any(row["severity"] == "error" for row in result["problems"]) else "fits"

    def test_each(self):
        before, counts = self.documents(), collections.Counter()
        for key in self.call(rig.MANAGER, "Manager", "DescribeKeys", "(ssa{sv})", "*", "", {}):
            kind, text = key["kind"], key["key"].replace(".N", ".1")
            if kind and kind not in DEVICES:
                continue
            value = example(key)
            name = DEVICES[kind][0] if kind else ""
            tries = [({text: tried}, []) for tried in (TEXTS if value is None else (value,))] + [({}, [text])]
            for (values, unset), affect in itertools.product(tries, ("live", "both")):
                with self.subTest(kind, values=values, unset=unset, affect=affect):
                    counts[self.answer(kind, name, values, unset, affect)] += 1
        self.assertEqual(before, self.documents())
        self.assertGreater(counts["refused"], 1000, counts)
        self.assertGreater(counts["fits"], 500, counts)


if __name__ == "__main__":
    tap.main()
