# SPDX-License-Identifier: LGPL-2.1-or-later
"""Each call into libvirt fails in turn, under each method that makes it: the answer is an error that
keeps libvirt's code and domain, or says what is not known; nothing is changed, and all is well after.
"""

import os
import time
import unittest

from gi.repository import GLib

import rig
from support import client, services, tap, watch
from support.client import HOST, MANAGER, settings

ERROR = client.NAME + ".Error."
CODE, DOMAIN = 38, 67  # VIR_ERR_SYSTEM_ERROR of VIR_FROM_RESCTRL: nobody else says so here
DOCUMENT = """<domain type='test'><name>{name}</name><memory unit='KiB'>65536</memory>
<os><type arch='i686'>hvm</type></os></domain>"""
OPTIONS = ("(a{sv})", {})
GUEST = {"memory": "64MiB", "type": "test", "os.arch": "i686"}

# Function of libvirt -> methods that have to fail with it: (object, interface, method, signature,
# arguments…). The object is HOST, MANAGER, or the state the domain is in.
NEEDED = {
    "virDomainDefineXMLFlags": [
        (HOST, "Host", "DefineXML", "(sa{sv})", DOCUMENT.format(name="new"), {}),
        (HOST, "Host", "Define", "(a{sv}a(sa{sv})a{sv})",
         settings({"name": "new", "memory": "64MiB"}), [], {}),
        ("shutoff", "Config", "Modify", "(a{sv}asa{sv})", settings({"title": "t"}), [], {}),
        ("shutoff", "Config", "SetMetadata", "(ssa{sv})", "urn:x", "<x xmlns='urn:x'/>", {})],
    "virDomainGetXMLDesc": [
        ("shutoff", "Config", "GetXML", *OPTIONS),
        ("shutoff", "Config", "Describe", *OPTIONS),
        ("shutoff", "Config", "Modify", "(a{sv}asa{sv})", settings({"title": "t"}), [], {}),
        ("shutoff", "Domain", "Edit", *OPTIONS)],
    "virDomainCreate": [("shutoff", "Domain", "Start", *OPTIONS)],
    "virDomainShutdown": [("running", "Domain", "Shutdown", *OPTIONS)],
    "virDomainDestroy": [("running", "Domain", "Destroy", *OPTIONS)],
    "virDomainReboot": [("running", "Domain", "Reboot", *OPTIONS)],
    "virDomainReset": [("running", "Domain", "Reset", *OPTIONS)],
    "virDomainSuspend": [("running", "Domain", "Suspend", *OPTIONS)],
    "virDomainResume": [("paused", "Domain", "Resume", *OPTIONS)],
    "virDomainSetAutostart": [("shutoff", "Domain", "SetAutostart", "(ba{sv})", True, {})],
    "virDomainUndefineFlags": [("shutoff", "Domain", "Undefine", *OPTIONS)],
    "virDomainLookupByUUIDString": [("unmet", "Config", "GetXML", *OPTIONS)],
    "virConnectListAllNetworks": [
        (HOST, "Host", "ListChoices", "(ssa{sv})", "interface", "source.network", {})],
    "virConnectListAllStoragePools": [
        (HOST, "Host", "ListChoices", "(ssa{sv})", "disk", "source.pool", {})],
    "virStoragePoolLookupByName": [
        (HOST, "Host", "ListChoices", "(ssa{sv})", "disk", "source.volume",
         settings({"pool": "default-pool"}))],
    "virStoragePoolListAllVolumes": [
        (HOST, "Host", "ListChoices", "(ssa{sv})", "disk", "source.volume",
         settings({"pool": "default-pool"}))],
}
# The same of changes of a running domain: the edit that needs the call, after one that has been made by then.
FIRST = ("set", "", "", settings({"title": "t"}), [])
LIVE = {
    "virDomainSetMetadata": FIRST,
    "virDomainSetMemoryFlags": ("set", "", "", settings({"currentMemory": "32MiB"}), []),
    "virDomainSetLifecycleAction": ("set", "", "", settings({"on_crash": "preserve"}), []),
    "virDomainSetMemoryParameters": ("set", "", "", settings({"memtune.hard_limit": "1GiB"}), []),
    "virDomainSetBlockIoTune": ("modify", "disk", "vda", settings({"iotune.total_iops_sec": 100,
                                                                   "iotune.total_iops_sec_max": 200}), []),
    "virDomainSetVcpusFlags": ("set", "", "", settings({"vcpu.current": 2}), []),
    "virDomainPinVcpuFlags": ("set", "", "", settings({"cputune.vcpupin.0.cpuset": "0"}), []),
    "virDomainPinEmulator": ("set", "", "", settings({"cputune.emulatorpin.cpuset": "0"}), []),
    "virDomainPinIOThread": ("set", "", "", settings({"cputune.iothreadpin.1.cpuset": "0"}), []),
    "virDomainAddIOThread": ("set", "", "", settings({"iothreads": 2}), []),
    "virDomainDelIOThread": ("set", "", "", settings({"iothreads": 0}), []),
    "virDomainSetIOThreadParams": ("set", "", "", settings({"iothreadids.iothread.1.thread_pool_max": 9}), []),
    "virDomainSetSchedulerParametersFlags": ("set", "", "", settings({"cputune.shares": 99}), []),
    "virDomainSetNumaParameters": ("set", "", "", settings({"numatune.memory.nodeset": "0"}), []),
    "virDomainSetBlkioParameters": ("set", "", "", settings({"blkiotune.weight": 300}), []),
    "virDomainSetMemoryStatsPeriod": ("modify", "memballoon", "ua-balloon", settings({"stats.period": 5}), []),
    "virDomainDetachDeviceAlias": ("remove", "disk", "vdc", settings({}), []),
    "virDomainDetachDeviceFlags": ("remove", "lease", "a", settings({}), []),
    "virDomainUpdateDeviceFlags": ("modify", "interface", "52:54:00:00:00:07",
                                   settings({"link.state": "down"}), []),
    "virDomainAttachDeviceFlags": ("add", "disk", "", settings({
        "source.file": "/b.img", "driver.type": "raw", "target.bus": "virtio", "target.dev": "vdb"}), []),
}
# Without these there is less to tell, and no error: the domain's state is looked at again.
SPARED = ["virConnectSetKeepAlive", "virConnectDomainEventRegisterAny", "virConnectGetHostname",
          "virConnectRegisterCloseCallback", "virConnectGetLibVersion", "virConnectGetVersion",
          "virDomainGetState", "virDomainGetAutostart", "virDomainIsPersistent",
          "virStoragePoolGetInfo", "virNetworkGetBridgeName"]


class LibvirtErrors(unittest.TestCase):
    def setUp(self):
        self.bus = self.enterContext(services.Bus())
        self.daemon = self.enterContext(rig.Shimmed(self.bus, "--host", "local=test:///default"))
        self.daemon.wait_connected()
        self.client = client.Client(self.bus.address)
        self.addCleanup(self.client.close)
        self.number = 0

    def tearDown(self):
        self.assertEqual([], rig.reports(self.daemon))

    def domain(self, state):
        """A new domain in this state; "unmet" is one that nobody has asked about."""
        self.number += 1
        path, _ = self.client.call(HOST, "Host", "DefineXML", "(sa{sv})",
                                   DOCUMENT.format(name=f"d{self.number}"), {})
        if state in ("running", "paused"):
            self.client.domain(path, "Start")
        if state == "paused":
            self.client.domain(path, "Suspend")
        if state == "unmet":  # the daemon keeps handles of a few domains
            for _ in range(40):
                self.client.get_xml(self.domain("shutoff"))
        return path

    def state(self):
        rows = self.client.call(HOST, "Host", "ListDomains", "(a{sv})",
                                settings({"columns": ["name", "state", "autostart"]}))
        return {path: (row, self.client.get_xml(path)) for path, row in rows}

    def try_call(self, where, *call):
        path = where if where.startswith("/") else self.domain(where)
        before = self.state() if where != "unmet" else None
        try:
            self.daemon.fault(self.fault)
            with self.assertRaises(GLib.Error) as caught:
                self.client.call(path, *call)
        finally:
            self.daemon.fault()
        if before is not None:
            self.assertEqual(before, self.state())
        self.client.call(path, *call)  # without the fault it can be done
        if where == HOST and call[1].startswith("Define"):
            self.client.domain(self.client.call(MANAGER, "Manager", "FindDomain", "(sa{sv})", "new",
                                                {}), "Undefine")
        return caught.exception

    def test_each(self):
        for function, calls in NEEDED.items():
            for call in calls:
                with self.subTest(function=function, method=call[2]):
                    self.fault = f"{function} {CODE} {DOMAIN}"
                    error = self.try_call(*call)
                    self.assertEqual(ERROR + "Libvirt", client.error_name(error), error.message)
                    self.assertRegex(error.message, rf"made to fail: {function} [^.\s]+ "
                                                    rf"\(libvirt error {CODE}, domain {DOMAIN}\)\.$")

    def test_each_of_a_running_domain(self):
        """The configuration, defined by then, comes back, and so does what was changed in what runs."""
        path, _ = self.client.define(
            {**GUEST, "name": "runs", "vcpu": 2, "vcpu.current": 1, "iothreads": 1,
             "iothreadids.iothread.1.thread_pool_max": 5, "numatune.memory.mode": "strict",
             "numatune.memory.nodeset": "0-1"},
            [client.device("disk", target__dev="vda", target__bus="virtio", source__file="/a.img",
                           driver__type="raw"),
             client.device("disk", target__dev="vdc", target__bus="virtio", source__file="/c.img",
                           driver__type="raw", alias="ua-c"),
             client.device("memballoon", model="virtio", alias="ua-balloon"),
             client.device("lease", lockspace="space", key="a", target__path="/leases"),
             client.device("interface", type="network", source__network="default",
                           mac__address="52:54:00:00:00:07")])
        self.client.domain(path, "Start")

        def documents():
            return [self.client.get_xml(path, {"live": live}) for live in (False, True)]
        before = documents()
        for function, edit in LIVE.items():
            for affect in ("both", "live"):
                with self.subTest(function=function, affect=affect):
                    self.daemon.fault(f"{function} {CODE} {DOMAIN}")
                    edits = [edit] if edit is FIRST else [FIRST, edit]
                    with self.assertRaises(GLib.Error) as caught:
                        self.client.call(path, "Config", "Apply", "(a(sssa{sv}as)a{sv})", edits,
                                         settings({"affect": affect}))
                    self.daemon.fault()
                    error = caught.exception
                    self.assertEqual(ERROR + "Libvirt", client.error_name(error), error.message)
                    self.assertIn(f"made to fail: {function}", error.message)
                    self.assertIn("The running domain is what it was.", error.message)
                    self.assertEqual(before, documents())

    def test_codes(self):
        """Codes that mean something here have a name of their own."""
        call = ("shutoff", "Config", "Modify", "(a{sv}asa{sv})", settings({"title": "t"}), [], {})
        for code, name in ((42, "NotFound"), (8, "InvalidValue"), (28, "AlreadyExists"), (3, "Unsupported"),
                           (67, "Unsupported"), (84, "Unsupported"), (1, "Libvirt"),
                           (9, "Libvirt"), (88, "Libvirt"), (4095, "Libvirt")):
            with self.subTest(code=code):
                self.fault = f"virDomainDefineXMLFlags {code} {DOMAIN}"
                error = self.try_call(*call)
                self.assertEqual(ERROR + name, client.error_name(error), error.message)

    def test_spared(self):
        for function in SPARED:
            with self.subTest(function):
                path = self.domain("shutoff")
                self.daemon.fault(f"{function} {CODE} {DOMAIN}")
                self.client.modify(path, {"title": "t"})
                self.client.domain(path, "Start")
                for kind, key in (("disk", "source.pool"), ("interface", "source.network")):
                    self.client.call(HOST, "Host", "ListChoices", "(ssa{sv})", kind, key, {})
                self.daemon.fault()
                self.assertEqual("t", self.client.get_settings(path, "title")["title"])

    def test_not_read(self):
        """What cannot be read is tried again when there is an occasion, not at once and for ever."""
        path = self.domain("shutoff")
        self.state()
        self.daemon.fault(f"virDomainGetXMLDesc {CODE} {DOMAIN}")
        with self.assertRaises(GLib.Error):
            self.client.modify(path, {"title": "t"})
        time.sleep(0.2)  # a hundred times what one try takes
        self.assertLess(self.daemon.calls_of("virDomainGetXMLDesc"), 20)
        self.daemon.fault()
        before = self.daemon.calls_of("virDomainGetXMLDesc")
        self.client.define({**GUEST, "name": "occasion"})
        services.wait_for(lambda: self.daemon.calls_of("virDomainGetXMLDesc") >= before + 2,
                          "that of the new one, and another")

    def test_hanging(self):
        """No answer in time: of a change nothing is known, and it is settled when there is one."""
        path = self.domain("shutoff")
        for function, method, name in (
                ("virDomainGetXMLDesc", lambda: self.client.get_xml(path), "HostUnavailable"),
                ("virDomainDefineXMLFlags", lambda: self.client.modify(path, {"title": "late"}),
                 "OutcomeUnknown")):
            with self.subTest(function):
                self.daemon.fault(function + " hang")
                with self.assertRaises(GLib.Error) as caught:
                    method()
                self.daemon.fault()
                self.assertEqual(ERROR + name, client.error_name(caught.exception),
                                 caught.exception.message)
                self.assertIn('did not answer in time about domain "', caught.exception.message)
        services.wait_for(lambda: self.client.get_settings(path, "title").get("title") == "late",
                          "the change that was late")

    def test_connecting(self):
        """A host that cannot be opened, or listed, is away and comes back by itself."""
        for function in ("virConnectOpen", "virConnectListAllDomains", "virConnectGetCapabilities"):
            with self.subTest(function), services.Bus() as bus:
                daemon = rig.Shimmed(bus, "--host", "local=test:///default")
                daemon.fault_at_start = f"{function} {CODE} {DOMAIN}"
                with daemon:
                    daemon.fault(daemon.fault_at_start)
                    one = client.Client(bus.address)
                    with self.subTest("answers"):
                        try:
                            one.call(HOST, "Host", "ListDomains", "(a{sv})", {})
                        except GLib.Error as error:
                            self.assertIn(client.error_name(error),
                                          (ERROR + "HostUnavailable", ERROR + "Libvirt"))
                    daemon.fault()
                    daemon.wait_connected()
                    one.close()

    def test_nothing_reaches_libvirt(self):
        """What is refused is refused before libvirt is told of it."""
        before = self.daemon.calls_of("virDomainDefineXMLFlags")
        for text in ("<domain>", "<domain type='test'><name>..</name><memory>1</memory></domain>",
                     "<domain type='test'><name>a/b</name><memory>1</memory></domain>",
                     "<domain type='test'><name>a\nb</name><memory>1</memory></domain>",
                     "<domain type='test'><name>\x01</name></domain>",
                     "<domain type='test'>" + "<a>" * 300 + "</a>" * 300 + "</domain>",
                     "<!DOCTYPE x><domain type='test'><name>x</name></domain>"):
            with self.subTest(text[:60]), self.assertRaises(GLib.Error):
                self.client.call(HOST, "Host", "DefineXML", "(sa{sv})", text, {})
        self.assertEqual(before, self.daemon.calls_of("virDomainDefineXMLFlags"))


@unittest.skipIf(services.Libvirtd.missing(), services.Libvirtd.missing())
class Slow(unittest.TestCase):
    def test_read_that_began_before_a_change(self):
        """The autostart that a late answer tells of is older than the one that was set meanwhile."""
        libvirtd = self.enterContext(services.Libvirtd())
        bus = self.enterContext(services.Bus())
        daemon = self.enterContext(rig.Shimmed(bus, "--host", f"local={libvirtd.uri}"))
        daemon.wait_connected()
        one = client.Client(bus.address)
        self.addCleanup(one.close)
        path, _ = one.define({"name": "web", "type": "qemu", "memory": "64MiB", "os.arch": "x86_64"})
        signals = watch.Signals(one)
        before = daemon.calls_of("virDomainIsPersistent")
        daemon.fault("virDomainIsPersistent hang")  # which is asked right after the autostart
        text = libvirtd.virsh("dumpxml", "--inactive", "web").stdout
        document = os.path.join(libvirtd.directory, "web.xml")
        with open(document, "w") as file:
            file.write(text.replace("<os>", "<title>late</title><os>", 1))
        libvirtd.make_readable(document)
        libvirtd.virsh("define", document)
        services.wait_for(lambda: daemon.calls_of("virDomainIsPersistent") > before,
                          "it is being read")
        one.call(path, "Domain", "SetAutostart", "(ba{sv})", True, {})
        daemon.fault()
        signals.wait_property(path, "Title", "late")
        self.assertIs(True, one.property(path, "Domain", "Autostart"))

    def test_changed_while_read_for_the_first_time(self):
        """A change that may be in the first document that is read of a guest is told all the same,
        without its names."""
        libvirtd = self.enterContext(services.Libvirtd())
        bus = self.enterContext(services.Bus())
        daemon = self.enterContext(rig.Shimmed(bus, "--host", f"local={libvirtd.uri}"))
        daemon.wait_connected()
        one = client.Client(bus.address)
        self.addCleanup(one.close)
        path, _ = one.define({"name": "web", "type": "qemu", "memory": "64MiB", "os.arch": "x86_64"},
                             [client.device("disk", device="cdrom", target__dev="sda",
                                            target__bus="sata", readonly=True)])
        self.addCleanup(libvirtd.virsh, "destroy web; undefine web", check=False)
        signals = watch.Signals(one)
        image = os.path.join(libvirtd.directory, "disc.iso")
        with open(image, "w") as file:
            file.write("x" * 65536)
        libvirtd.make_readable(image)
        before = daemon.calls_of("virDomainGetXMLDesc")
        daemon.fault("virDomainGetXMLDesc hang")
        libvirtd.virsh("start", "web")
        signals.wait_property(path, "Active", True)
        services.wait_for(lambda: daemon.calls_of("virDomainGetXMLDesc") > before,
                          "it is being read")
        libvirtd.virsh("change-media", "web", "sda", image, "--insert", "--live")
        libvirtd.virsh("suspend", "web")
        signals.wait_property(path, "State", "paused")  # and so the daemon has heard of the medium
        daemon.fault()
        self.assertEqual((True, [], []), signals.wait(
            lambda where, name, arguments: (where, name) == (path, "Config.Changed")
            and arguments[0])[2][:3])


if __name__ == "__main__":
    tap.main()
