# SPDX-License-Identifier: LGPL-2.1-or-later
"""What the tests on a real hypervisor share: a private libvirtd with QEMU in emulation, a bus, and a
daemon that serves it as the host `local`, for all tests of a class.

Owns no expectations.
"""

import os
import subprocess
import unittest

from gi.repository import GLib

from support import client, linux_guest, services
from support.client import device, settings

MISSING = services.Libvirtd.missing()
PORTS = [device("controller", type="pci", model="pcie-root-port") for _ in range(12)]
BRIDGE = [device("controller", type="pci", model="pcie-to-pci-bridge")]
BUSES = [device("controller", type=bus, model=model) for bus, model in
         (("usb", "qemu-xhci"), ("scsi", "virtio-scsi"))] + [device("controller", type="virtio-serial")]
BOTH = {"affect": "both"}
FINE, WRONG = "fine", "wrong"


@unittest.skipIf(MISSING, MISSING)
class Case(unittest.TestCase):
    maxDiff = None
    LIBVIRTD = services.Libvirtd

    @classmethod
    def setUpClass(cls):
        cls.libvirtd = cls.enterClassContext(cls.LIBVIRTD())
        cls.bus = cls.enterClassContext(services.Bus())
        cls.daemon = services.Daemon(cls.bus, "--host", "local=" + cls.libvirtd.uri)
        cls.enterClassContext(cls.daemon).wait_connected()
        cls.client = client.Client(cls.bus.address)
        cls.addClassCleanup(cls.client.close)

    def image(self, name, fmt="qcow2"):
        """A new image that libvirt's user can open; its path."""
        path = os.path.join(self.libvirtd.directory, name)
        subprocess.run(["qemu-img", "create", "-q", "-f", fmt, path, "8M"], check=True)
        self.libvirtd.make_readable(path)
        return path


class Judged(Case):
    """Verdicts, once the daemon knows what the host can do."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        services.wait_for(cls.knows_host, "what the host can do")

    @classmethod
    def knows_host(cls):
        try:
            return cls.client.call(client.HOST, "Host", "GetDomainCapabilities", "(a{sv})", {})
        except GLib.Error:
            return False

    @staticmethod
    def verdict(problems):
        errors = [row["message"] for row in problems if row["severity"] == "error"]
        return WRONG if errors else FINE, errors


class LiveCase(Case):
    """Both sides of running guests, and edits of them."""

    @classmethod
    def image(cls, name, size=1 << 20):
        path = os.path.join(cls.libvirtd.directory, name)
        with open(path, "wb") as file:
            file.truncate(size)
        os.chmod(path, 0o666)
        return path

    @classmethod
    def define(cls, name, devices=(), **values):
        path, _ = cls.client.define({"name": name, "type": "qemu", "memory": "32MiB", "vcpu": 1,
                                     "os.arch": "x86_64", "os.machine": "q35", "features.acpi": True,
                                     **{key.replace("__", "."): values[key] for key in values}}, devices)
        return path

    @classmethod
    def define_linux(cls, name, devices=(), **values):
        """Started, and up; `console` is that of the last one."""
        files = linux_guest.Files(cls.libvirtd)
        socket = os.path.join(cls.libvirtd.directory, name + ".console")
        path = cls.define(name, [*devices, device("serial", type="unix", source__mode="bind",
                                                  source__path=socket)],
                          **{"memory": "192MiB", **files.settings(), **values})
        cls.client.domain(path, "Start")
        cls.console = cls.enterClassContext(linux_guest.Console(socket))
        cls.console.await_ready()
        return path

    def modify(self, path, values, unset=(), **options):
        return self.client.modify(path, values, unset, options={**BOTH, **options})

    def settings(self, path, key):
        """In the configuration and in the running domain."""
        return [self.client.call(path, "Config", "GetSettings", "(asa{sv})", [key],
                                 settings({"live": live})).get(key) for live in (False, True)]

    def ids(self, path, kind, live):
        return [id for _, id, _ in self.devices(path, kind, live)]

    def devices(self, path, kind, live):
        return self.client.call(path, "Config", "GetDevices", "(sa{sv})", kind, settings({"live": live}))

    def device(self, path, kind, id, live):
        [found] = [have for _, each, have in self.devices(path, kind, live) if each == id]
        return found

    def sides(self, path, kind, id):
        """Whether the configuration has it, and whether the running domain does."""
        return [id in self.ids(path, kind, live) for live in (False, True)]

    def add(self, path, kind, values=None, **options):
        return self.client.call(path, "Config", "AddDevice", "(sa{sv}a{sv})", kind,
                                settings(values or {}), settings({**BOTH, **options}))

    def remove(self, path, kind, id, **options):
        return self.client.call(path, "Config", "RemoveDevice", "(ssa{sv})", kind, id,
                                settings({**BOTH, **options}))

    def refused(self, name, *words):
        case = self

        class Refused:
            def __enter__(self):
                self.inner = case.assertRaises(GLib.Error)
                self.caught = self.inner.__enter__()
                return self.caught

            def __exit__(self, *what):
                done = self.inner.__exit__(*what)
                case.assertEqual("org.domwright1.Error." + name,
                                 client.error_name(self.caught.exception), self.caught.exception.message)
                for word in words:
                    case.assertIn(word, self.caught.exception.message)
                return done
        return Refused()

    def rules(self, result, severity=None):
        """But for what is said of NUMA cells beside modules of memory."""
        return [row["rule"] for row in result["problems"] if severity in (None, row["severity"])
                and row["rule"] != "memory-numa-sum"]

    def history(self, path):
        row, *_ = self.client.call(path, "Domain", "ListHistory", "(a{sv})", {})
        return row["affect"], row["undone"]

    @staticmethod
    def wait_told(signals, path, kind, id):
        signals.wait(lambda where, name, told: (where, name) == (path, "Config.Changed") and told[0]
                     and (kind, id) in told[2], f"that {kind} {id} of the running domain has changed")

    def wait_gone(self, path, kind, id):
        services.wait_for(lambda: id not in self.ids(path, kind, True), f"{kind} {id} is gone")
