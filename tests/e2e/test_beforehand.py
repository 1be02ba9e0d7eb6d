# SPDX-License-Identifier: LGPL-2.1-or-later
"""What is told of running guests before anything is done in them: what cannot be, what waits for a restart,
and what --now could do.

Owns no change of a running guest; those are test_live.py's.
"""

import re
import subprocess

import rig
from support import services, tap
from support.client import device, settings


class Beforehand(rig.LiveCase):
    def waits(self, path):
        return {row["key"]: row["waits"] for row in self.client.domain(path, "ListPending")}

    def test_fewer_processors(self):
        """Those a domain was started with stay; what the list calls hotpluggable goes."""
        processors = {f"vcpus__vcpu__{n}__{key}": value for n in range(4) for key, value in (
            ("enabled", n < 3), ("hotpluggable", n > 1))}
        for name, values, fewest in (("few", {"vcpu": 3}, 3), ("some", {"vcpu": 3, "vcpu__current": 2}, 2),
                                     ("listed", {"vcpu": 4, "vcpu__current": 3, **processors}, 2)):
            with self.subTest(name):
                path = self.define(name, **values)
                self.client.domain(path, "Start")
                before = self.client.get_xml(path)
                for affect in ("live", "both"):
                    with self.refused("Invalid", f"below {fewest}", "affect \"config\""):
                        self.modify(path, {"vcpu.current": 1}, affect=affect)
                    result = self.modify(path, {"vcpu.current": 1}, affect=affect, **{"dry-run": True})
                    self.assertEqual(["live.vcpus"], self.rules(result, "error"))
                result = self.modify(path, {"vcpu.current": fewest}, **{"dry-run": True})
                self.assertEqual([], self.rules(result, "error"))
                self.assertEqual(before, self.client.get_xml(path))
                if name != "listed":
                    result = self.modify(path, {"vcpu.current": 1}, affect="auto")
                    self.assertEqual(("config", ["vcpu.current"]), (result["applied"], result["waiting"]))
                    self.assertEqual({"vcpu.current": "restart"}, self.waits(path))
                self.client.domain(path, "Destroy")

    def test_restart_is_told(self):
        """By a dry run as by the call, and again where the configuration has the value already."""
        path = self.define("told")
        self.client.domain(path, "Start")

        def told(values, **options):
            result = self.modify(path, values, **options)
            return [result.get(member) for member in ("changed", "applied", "waiting", "restart-needed")]
        for values, affect, expected in (
                ({"features.vmport": True}, "auto", [True, "config", ["features.vmport"], True]),
                ({"features.vmport": True}, "auto", [False, None, ["features.vmport"], True]),
                ({"features.vmport": True, "title": "t"}, "auto", [True, "both", ["features.vmport"], True]),
                ({"title": "u"}, "auto", [True, "both", None, False]),
                ({"title": "v"}, "config", [True, "config", None, True]),
                ({"title": "u"}, "config", [True, "config", None, False]),
                ({"title": "w"}, "live", [True, "live", None, False])):
            with self.subTest(values, affect=affect):
                for dry in (True, False):
                    self.assertEqual(expected, told(values, affect=affect, **{"dry-run": dry}), dry)
        self.client.domain(path, "Destroy")

    def test_what_a_session_cannot_do_waits(self):
        path = self.define("limited", vcpu=2, vcpu__current=1)
        self.client.domain(path, "Start")
        limits = {"cputune.shares": 500, "cputune.period": 50000, "memtune.hard_limit": "1GiB",
                  "blkiotune.weight": 300, "numatune.memory.nodeset": "0"}
        self.modify(path, {**limits, "title": "t", "vcpu.current": 2}, affect="config")
        self.assertEqual({**dict.fromkeys(limits, "restart"), "title": "now", "vcpu.current": "now"},
                         {key: waits for key, waits in self.waits(path).items() if key != "numatune.memory.mode"})
        self.client.domain(path, "Destroy")

    def test_what_the_running_domain_has_no_room_for_waits(self):
        """A row that an edit of the running domain would be refused for is not said to be possible now."""
        path = self.define("narrow", [
            *rig.PORTS[:3], device("rng", alias="ua-r"), *(
                device("disk", source__file=self.image(name), driver__type="raw", target__dev=name,
                       target__bus="virtio") for name in ("vda", "vdb"))],
            vcpu=4, vcpu__current=2, iothreads=1, on_reboot="restart")
        self.client.domain(path, "Start")
        more = {"vcpu": 6, "vcpu.current": 6, "memory": "96MiB", "currentMemory": "96MiB", "iothreads": 3,
                "iothreadids.iothread.3.thread_pool_max": 8, "on_poweroff": "restart", "title": "t"}
        self.modify(path, {"on_reboot": "destroy"}, affect="live")
        self.modify(path, more, affect="config")
        limits = {"vda": {"iotune.size_iops_sec": 10}, "vdb": {"iotune.read_iops_sec": 9}}
        for target, values in limits.items():
            self.client.call(path, "Config", "ModifyDevice", "(ssa{sv}asa{sv})", "disk", target, settings(values),
                             [], {})
        ids = [self.add(path, "rng", {"alias": f"ua-{number}"}, affect="config")[0] for number in range(6)]
        self.remove(path, "rng", "ua-r", affect="config")
        rows = {(row["kind"], row["id"], row["key"]): row["waits"] for row in self.client.domain(path, "ListPending")}
        for (kind, id, key), waits in rows.items():
            with self.subTest(kind=kind, id=id, key=key):
                dry = {"affect": "live", "dry-run": True}
                if waits == "lost" or kind == "controller" or key.endswith(".id"):
                    continue
                if kind == "disk":
                    result = self.client.call(path, "Config", "ModifyDevice", "(ssa{sv}asa{sv})", kind, id,
                                              settings(limits[id]), [], settings(dry))
                elif key:
                    result = self.modify(path, {key: self.settings(path, key)[0]}, **dry)
                elif id in ids:
                    _, result = self.add(path, kind, {"alias": id}, **dry)
                else:
                    result = self.remove(path, kind, id, **dry)
                self.assertEqual(waits == "restart", bool(self.rules(result, "error")), (waits, result["problems"]))
        threads = [f"iothreadids.iothread.{thread}" for thread in ("2", "3", "3.thread_pool_max")]
        self.assertEqual({*(("", "", key) for key in ("title", "iothreads", *threads)), ("rng", "ua-r", ""),
                          ("disk", "vdb", "iotune.read_iops_sec")},
                         {name for name, waits in rows.items() if waits == "now"})
        self.client.domain(path, "Destroy")

    def test_disk_whose_controller_has_no_room_waits(self):
        """Its place in the configuration is on a controller that the running domain has no port for."""
        path = self.define("crowded", [*rig.PORTS[:2], rig.BUSES[1], device("rng", alias="ua-r")])
        self.client.domain(path, "Start")
        for target, waits in (("sdb", "now"), ("sdx", "restart")):
            disk = {"source.file": self.image(target), "driver.type": "raw", "target.dev": target,
                    "target.bus": "scsi"}
            self.add(path, "disk", disk, affect="config")
            rows = {row["id"]: row["waits"] for row in self.client.domain(path, "ListPending")}
            _, result = self.add(path, "disk", disk, affect="live", **{"dry-run": True})
            self.assertEqual((waits, waits == "restart"),
                             (rows[target], bool(self.rules(result, "error"))), target)
        self.client.domain(path, "Destroy")

    def test_controller_in_use_stays(self):
        """libvirt says that it is busy, once it is asked."""
        path = self.define("used", [*rig.PORTS[:2], rig.BUSES[1], device(
            "disk", source__file=self.image("used"), driver__type="raw", target__dev="sda", target__bus="scsi")])
        self.client.domain(path, "Start")
        for affect in ("live", "both"):
            result = self.remove(path, "controller", "scsi0", affect=affect, **{"dry-run": True})
            self.assertEqual(["live.not-possible"], self.rules(result, "error"))
            with self.refused("Invalid", 'disk "sda" is on it', 'affect "config"'):
                self.remove(path, "controller", "scsi0", affect=affect)
        result = self.client.call(path, "Config", "Apply", "(a(sssa{sv}as)a{sv})", [
            ("remove", "controller", "scsi0", {}, []), ("remove", "disk", "sda", {}, [])],
            settings({"affect": "live", "dry-run": True}))[-1]
        self.assertEqual([], self.rules(result, "error"))
        self.client.domain(path, "Destroy")

    def test_one_reason(self):
        """What comes along with what was asked for is no reason of its own."""
        path = self.define("other", [*rig.PORTS[:3], device("rng")])
        self.client.domain(path, "Start")

        def errors(values, **options):
            result = self.modify(path, values, **{"dry-run": True}, **options)
            return [(row["key"], row["id"]) for row in result["problems"] if row["severity"] == "error"]
        for affect in ("live", "both"):
            self.assertEqual([("os.machine", "")], errors({"os.machine": "pc"}, affect=affect))
            self.assertEqual({("os.machine", ""), ("vcpu", "")},
                             {*errors({"os.machine": "pc", "vcpu": 2, "title": "t"}, affect=affect)})
            with self.refused("Invalid", "os.machine") as caught:
                self.modify(path, {"os.machine": "pc"}, affect=affect)
            self.assertNotIn("address", caught.exception.message)
        result = self.modify(path, {"os.machine": "pc"}, affect="auto")
        self.assertEqual("config", result["applied"])
        self.assertIn("os.machine", result["waiting"])
        self.client.domain(path, "Destroy")

    def test_rows(self):
        """Each names its edit, key and value; what is wrong with both sides is told once."""
        path = self.define("rows", [device("graphics", type="vnc"), device("video", model__type="vga"), device(
            "disk", source__file=self.image("rows"), driver__type="raw", target__dev="vda", target__bus="virtio")])
        self.client.domain(path, "Start")
        edits = [("set", "", "", {"title": "t"}), ("modify", "disk", "vda", {"driver.cache": "none"}),
                 ("set", "", "", {"memory": "1GiB"}), ("modify", "graphics", "vnc", {"passwd": "Jalapeno"}),
                 ("add", "sound", "", {}), ("set", "", "", {"currentMemory": "64MiB"})]
        whole = [("live.not-possible", "", "", "memory", "1GiB", 3), ("live.plug", "disk", "vda", "driver.cache", "none", 2),
                 ("live.not-possible", "graphics", "vnc", "passwd", "", 4), ("live.not-possible", "sound", "", "", "", 5)]
        burst = "iotune.total_bytes_sec_max"
        for given, both in (
                (edits[:5], whole),
                ([edits[5]], [("memory-current", "", "", "currentMemory", str(64 << 20), 1)]),
                ([("set", "", "", {"vcpu.current": 2})], [("vcpu-current", "", "", "vcpu.current", "2", 1)]),
                ([("set", "", "", {"title": "two\nlines"})], [("domain-title", "", "", "title", "two\nlines", 1)]),
                ([edits[0], ("set", "", "", {"vcpu.current": 0})],
                 [("invalid-value", "", "", "vcpu.current", "0", 2)]),
                ([("modify", "disk", "vda", {burst: 1000})],
                 [("live.not-possible", "disk", "vda", burst, "1000", 1)])):
            with self.subTest(edits=given):
                result = self.client.call(path, "Config", "Apply", "(a(sssa{sv}as)a{sv})", [
                    (verb, kind, id, settings(values), []) for verb, kind, id, values in given],
                    settings({**rig.BOTH, "dry-run": True}))[1]
                self.assertEqual(sorted(both), sorted(
                    tuple(row[part] for part in ("rule", "kind", "id", "key", "value", "edit"))
                    for row in result["problems"] if row["severity"] == "error"))
        self.client.domain(path, "Destroy")

    def test_threads_in_use(self):
        """A thread cannot go before the guest has let go of its disk; nor is there a processor to pin."""
        disk = device("disk", source__file=self.image("threads"), driver__type="raw", driver__iothread=2,
                      target__dev="vda", target__bus="virtio")
        path = self.define("threads", [*rig.PORTS[:3], disk], iothreads=2)
        self.client.domain(path, "Start")
        before = self.client.get_xml(path)

        def apply(affect, **options):
            edits = [("remove", "disk", "vda", {}, []), ("set", "", "", settings({"iothreads": 1}), [])]
            return self.client.call(path, "Config", "Apply", "(a(sssa{sv}as)a{sv})", edits,
                                    settings({"affect": affect, "timeout": 0, **options}))[1]
        for affect in ("live", "both"):
            [row] = [row for row in apply(affect, **{"dry-run": True})["problems"] if row["severity"] == "error"]
            self.assertEqual(("live.not-possible", "iothreads", "1", 2),
                             tuple(row[part] for part in ("rule", "key", "value", "edit")))
            with self.refused("Invalid", "thread 2", 'disk "vda"', "remove that first"):
                apply(affect)
            with self.refused("Invalid", "cputune.vcpupin.1.cpuset"):
                self.modify(path, {"cputune.vcpupin.1.cpuset": "0"}, affect=affect)
        self.assertEqual(before, self.client.get_xml(path))
        result = apply("auto")
        self.assertEqual((["iothreads"], [("disk", "vda")]), (result["waiting"], result["removing"]))
        self.client.domain(path, "Destroy")

    def errors(self, edit, **options):
        """Of a dry run; the call itself is refused as well, and changes nothing."""
        verb, kind, id, values = edit
        edits = [(verb, kind, id, settings(values), [])]

        def apply(**more):
            return self.client.call(self.path, "Config", "Apply", "(a(sssa{sv}as)a{sv})", edits,
                                    settings({**options, **more}))[1]
        before = self.client.get_xml(self.path), self.client.get_xml(self.path, {"live": True})
        with self.refused("Invalid") as caught:
            apply()
        self.assertEqual(before, (self.client.get_xml(self.path), self.client.get_xml(self.path, {"live": True})))
        rows = [row for row in apply(**{"dry-run": True})["problems"] if row["severity"] == "error"]
        for row in rows:
            self.assertIn(row["message"], caught.exception.message)
        return {(row["rule"], row["key"], row["value"]) for row in rows}

    def test_processors_of_the_host(self):
        """A pin names one that is there at least, and is a list; of a session's guest not all need be."""
        self.path = self.define("pinned", iothreads=1)
        self.client.domain(self.path, "Start")
        for key in ("cputune.vcpupin.0.cpuset", "cputune.emulatorpin.cpuset", "cputune.iothreadpin.1.cpuset"):
            for affect in ("live", "both"):
                for value, rule in (("4000-4001", "live.not-possible"), ("3-1", "cputune-list"), ("0,^0", "cputune-list")):
                    with self.subTest(key=key, value=value, affect=affect):
                        self.assertEqual({(rule, key, value)}, self.errors(("set", "", "", {key: value}), affect=affect))
            with self.refused("Invalid", "x", "name others"):
                self.modify(self.path, {key: "x"}, affect="live")
            result = self.modify(self.path, {key: "4000"}, affect="auto")
            self.assertEqual(("config", [key]), (result["applied"], result["waiting"]))
            self.assertEqual("live", self.modify(self.path, {key: "0,4000"}, affect="live")["applied"])
        self.client.domain(self.path, "Destroy")

    def test_places_that_are_not_there(self):
        """What the call is refused for a dry run tells, with the part of the address."""
        self.path = self.define("placed", [*rig.PORTS[:3], *rig.BUSES])
        self.client.domain(self.path, "Start")
        pci = {"address.type": "pci", "address.bus": "0x03", "address.slot": "0x00"}
        for kind, values, key in (
                ("rng", {**pci, "address.bus": "0x20"}, "address.bus"),
                ("rng", {**pci, "address.bus": "0x00", "address.slot": "0x09"}, "address.bus"),
                ("rng", {**pci, "address.function": "0x1"}, "address.function"),
                ("rng", {"address.type": "virtio-mmio"}, "address.type"),
                ("channel", {"target.name": "a.b", "address.type": "virtio-serial", "address.controller": "3",
                             "address.bus": "0", "address.port": "1"}, "address.controller")):
            with self.subTest(kind=kind, values=values):
                for affect in ("live", "both"):
                    self.assertEqual({("live.no-slot", key, values[key])},
                                     self.errors(("add", kind, "", {**values, "alias": "ua-new"}), affect=affect))
        id, result = self.add(self.path, "rng", {**pci, "address.bus": "0x20"}, affect="auto")
        self.assertEqual(("config", ["rng/" + id]), (result["applied"], [
            name for name in result["waiting"] if not name.startswith("controller/")]))
        self.client.domain(self.path, "Destroy")

    def test_memory_of_a_node_that_is_not_there(self):
        self.path = self.define("nodes", maxMemory="1GiB", maxMemory__slots=2, memory="64MiB", **{
            "cpu.numa.cell.0.cpus": "0", "cpu.numa.cell.0.memory": "64MiB"})
        self.client.domain(self.path, "Start")
        module = {"alias": "ua-m", "model": "dimm", "target.size": "64MiB", "target.node": 0, "source.nodemask": "700"}
        for affect in ("live", "both"):
            _, result = self.add(self.path, "memory", module, affect=affect, **{"dry-run": True})
            self.assertEqual([("live.not-possible", "source.nodemask", "700")], [
                (row["rule"], row["key"], row["value"]) for row in result["problems"] if row["severity"] == "error"])
            with self.refused("Invalid", "source.nodemask is 700", "name others"):
                self.add(self.path, "memory", module, affect=affect)
        self.client.domain(self.path, "Destroy")

    def test_block_job(self):
        """libvirt lets no disk go while it is copied."""
        disk = device("disk", source__file=self.image("copied"), driver__type="raw", target__dev="vda",
                      target__bus="virtio")
        self.path = self.define("copying", [*rig.PORTS[:3], disk])
        self.client.domain(self.path, "Start")
        self.libvirtd.virsh("blockcopy", "copying", "vda", "--dest", self.image("copy"), "--format", "raw",
                            "--reuse-external", "--transient-job")
        services.wait_for(lambda: "ready='yes'" in self.client.get_xml(self.path, {"live": True}), "the copy")
        for affect in ("live", "both"):
            self.assertEqual({("live.not-possible", "", "")}, self.errors(("remove", "disk", "vda", {}), affect=affect))
        result = self.remove(self.path, "disk", "vda", affect="auto")
        self.assertEqual(("config", ["disk/vda"]), (result["applied"], result["waiting"]))
        self.libvirtd.virsh("blockjob", "copying", "vda", "--abort")
        self.assertEqual([("disk", "vda")], self.remove(self.path, "disk", "vda", affect="live", timeout=0)["removing"])
        self.client.domain(self.path, "Destroy")

    def say(self, *words):
        return subprocess.run([services.CLIENT, "--address=" + self.bus.address, *words],
                              capture_output=True, text=True)

    def test_what_now_could_do(self):
        """The command line says so only where the same with --now does it."""
        path = self.define("said", [
            *rig.PORTS[:3], device("graphics", type="vnc"), device("video", model__type="vga"),
            device("disk", device="cdrom", target__dev="sda", target__bus="sata"),
            *(device("disk", source__file=self.image(name), target__dev=name, target__bus="virtio",
                     driver__type="raw", **more) for name, more in (
                         ("vdb", {}), ("vdc", {"iotune__group_name": "g", "iotune__read_iops_sec": 100}))),
            device("rng"), device("interface", type="user", mac__address="52:54:00:00:00:07")],
            vcpu=2)
        self.client.domain(path, "Start")
        [[_, rng, _]] = self.devices(path, "rng", True)
        file, plain = "source.file=" + self.image("said"), "driver.type=raw"
        for offered, words in (
                (False, ("add", "said", "disk", "target.bus=sata", file, plain)),
                (False, ("add", "said", "disk", "target.bus=virtio", file + "2", plain)),  # it is added
                ("--live", ("remove", "said", "rng/" + rng)),  # from what runs as well
                (False, ("remove", "said", "video/#1")),
                (False, ("set", "said", "disk/vda/serial=S1")),  # of what waits as a whole
                (False, ("set", "said", "disk/vdb/target.dev=vdz")),
                (False, ("set", "said", "interface/52:54:00:00:00:07/mac.address=52:54:00:00:00:08")),
                (False, ("set", "said", "disk/vdc/iotune.*-")),
                (False, ("set", "said", "vcpu.current=1")),
                (False, ("set", "said", "cputune.shares=500")),
                (False, ("set", "said", "graphics/vnc/passwd=x")),
                (True, ("set", "said", "disk/sda/source.file=" + self.image("said3"))),
                (True, ("set", "said", "on_reboot=destroy")),
                (False, ("set", "s[a]id", "cputune.period=50000")),
                (True, ("set", "s[a]id", "title=t")),
                (False, ("set", "said", "on_reboot=restart", "disk/sdb/serial=S2"))):
            with self.subTest(words=words):
                said = self.say(*words)
                [told] = re.findall(r"(?:It|\(1\), it) takes effect at the next start(.*)\n", said.stderr)
                option = "--now" if offered is True else offered
                self.assertEqual((0, f"; {option} does it at once as well." if offered else "."),
                                 (said.returncode, told))
                if offered is True:
                    said = self.say(*words, "--now")
                    self.assertEqual((0, ""), (said.returncode, said.stderr))
        self.client.domain(path, "Destroy")


if __name__ == "__main__":
    tap.main()
