# SPDX-License-Identifier: LGPL-2.1-or-later
"""What a domain names and its host has not: networks, bridges, network cards, storage, memory,
processors and NUMA nodes, asked of libvirt itself.

Owns the asking, on the test driver and on QEMU's; the words of the warnings are test-rules-options'.
"""

import os
import unittest

import rig
from rig import HOST
from support import services, tap
from support.client import device, settings

NOWHERE = "nowhere"
VOLUME = "a.img"
MUCH = str(1 << 50)
LATE = "65000"
RULES = {"host-network", "host-bridge", "host-nic", "host-pool", "host-volume", "host-memory",
         "host-processors", "host-nodes"}
MAC = "52:54:00:aa:bb:01"


class References(rig.Case):
    """On the test driver, which has one network, one network card and an empty pool."""

    GUEST = {"type": "test", "memory": "64MiB", "vcpu": 1, "os.arch": "i686", "os.type": "hvm"}
    NETWORK, NIC, POOL = "default", "eth1", "default-pool"

    def told(self, problems):
        """rule, id, key and value of the warnings that are about the host."""
        found = [row for row in problems if row["rule"] in RULES]
        for row in found:
            self.assertEqual("warning", row["severity"])
            self.assertRegex(row["message"], r"this host .*\.$")
        return [(row["rule"], row["id"], row["key"], row["value"]) for row in found]

    def define(self, values=(), *devices, **options):
        path, result = self.client.define({**self.GUEST, "name": "guest", **dict(values)}, devices,
                                          options)
        return path, self.told(result["problems"])

    def interface(self, type, rule, key, there):
        """No word of what is there; the warning of what is not in a dry run, a definition, an edit that
        brings it in, and by Validate, but not in an edit of something else."""
        values = {"type": type, key: there, "mac.address": MAC}
        expected = [(rule, MAC, key, NOWHERE)]
        missing = ("interface", settings({**values, key: NOWHERE}))
        self.assertEqual(expected, self.define((), missing, **{"dry-run": True})[1])
        path, told = self.define((), missing)
        self.assertEqual(expected, told)
        self.plain(path, "Domain", "Undefine")
        path, told = self.define((), ("interface", settings(values)))
        self.assertEqual([], told)
        self.assertEqual([], self.told(self.plain(path, "Config", "Validate")))
        result = self.call(path, "Config", "ModifyDevice", "(ssa{sv}asa{sv})", "interface", MAC,
                           settings({key: NOWHERE}), [], {})
        self.assertEqual(expected, self.told(result["problems"]))
        self.assertEqual(expected, self.told(self.plain(path, "Config", "Validate")))
        self.assertEqual([], self.told(self.client.modify(path, {"title": "another"})["problems"]))
        self.plain(path, "Domain", "Undefine")

    def test_networks(self):
        self.interface("network", "host-network", "source.network", self.NETWORK)

    def test_network_cards(self):
        self.interface("bridge", "host-bridge", "source.bridge", self.NIC)
        self.interface("direct", "host-nic", "source.dev", self.NIC)

    def disk(self, pool, volume):
        return {"source.pool": pool, "source.volume": volume, "target.dev": "vda",
                "target.bus": "virtio", "driver.type": "raw"}

    def test_pools(self):
        """Of a volume in a pool that is not there nothing is said."""
        _, told = self.define((), ("disk", settings(self.disk(NOWHERE, VOLUME))))
        self.assertEqual([("host-pool", "vda", "source.pool", NOWHERE)], told)

    def test_volumes(self):
        _, told = self.define((), ("disk", settings(self.disk(self.POOL, NOWHERE))))
        self.assertEqual([("host-volume", "vda", "source.volume", NOWHERE)], told)

    def test_memory_processors_and_nodes(self):
        for values, rule, key in (
                ({"memory": MUCH}, "host-memory", "memory"),
                ({"vcpu.cpuset": LATE}, "host-processors", "vcpu.cpuset"),
                ({"cputune.emulatorpin.cpuset": "0-" + LATE}, "host-processors",
                 "cputune.emulatorpin.cpuset"),
                ({"cputune.vcpupin.0.cpuset": LATE}, "host-processors", "cputune.vcpupin.0.cpuset"),
                ({"numatune.memory.nodeset": "9"}, "host-nodes", "numatune.memory.nodeset")):
            with self.subTest(key=key):
                few = {name: "0" for name in values if name != "memory"}
                path, told = self.define(few)
                self.assertEqual([], told)
                self.plain(path, "Domain", "Undefine")
                result = self.call(HOST, "Host", "Define", "(a{sv}a(sa{sv})a{sv})", settings(
                    {**self.GUEST, "name": "guest", **values}), [], settings({"dry-run": True}))[1]
                self.assertEqual([(rule, key)], [(row[0], row[2]) for row in self.told(result["problems"])])

    def test_without_a_host(self):
        """A document of no host is asked about none."""
        draft = self.draft({"type": "test"}, [device("interface", type="network", source__network=NOWHERE)],
                           host="")
        self.assertEqual([], self.told(self.plain(draft, "Config", "Validate")))


@unittest.skipIf(services.Libvirtd.missing(), services.Libvirtd.missing())
class OnQemu(References):
    GUEST = {"type": "qemu", "memory": "64MiB", "vcpu": 1, "os.arch": "x86_64", "os.type": "hvm"}
    NETWORK, NIC, POOL = "lan", "lo", "images"

    def setUp(self):
        self.libvirtd = self.enterContext(services.Libvirtd())
        self.HOSTS = ("--host", "local=" + self.libvirtd.uri)
        self.make_network_and_volume()
        super().setUp()
        self.daemon.wait_connected()

    def make_network_and_volume(self):
        folder = os.path.join(self.libvirtd.directory, "images")
        os.mkdir(folder)
        self.libvirtd.make_readable(folder)
        file = os.path.join(self.libvirtd.directory, "lan.xml")
        with open(file, "w") as out:
            out.write("<network><name>lan</name><bridge name='virbr77'/></network>")
        self.libvirtd.virsh("net-define", file)
        self.libvirtd.virsh("pool-create-as", "images", "dir", "--target", folder)
        self.libvirtd.virsh("vol-create-as", "images", VOLUME, "1M")

    def test_network_cards(self):
        if self.libvirtd.virsh("iface-list", check=False).returncode != 0:
            _, told = self.define((), device("interface", type="bridge", source__bridge=NOWHERE))
            self.assertEqual([], told, "what libvirt cannot tell is no fault")
            return
        super().test_network_cards()

    def test_a_volume_that_is_there(self):
        path, told = self.define((), ("disk", settings(self.disk(self.POOL, VOLUME))))
        self.assertEqual([], told)
        self.assertEqual([], self.told(self.plain(path, "Config", "Validate")))
        self.libvirtd.virsh("vol-delete", "--pool", self.POOL, VOLUME)
        self.assertEqual([("host-volume", "vda", "source.volume", VOLUME)],
                         self.told(self.plain(path, "Config", "Validate")))


if __name__ == "__main__":
    tap.main()
