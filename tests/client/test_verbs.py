# SPDX-License-Identifier: LGPL-2.1-or-later
"""Each verb on domains of libvirt's test driver: what it does, says and returns."""

import json
import os
import re
import shutil
import subprocess
import unittest

import rig
from support import tap


class Looking(rig.Live):
    def test_list(self):
        self.said("create", "a", "memory=1GiB")
        lines = self.said("list").splitlines()
        self.assertEqual(["a\tshutoff", "test\trunning", "web1\tshutoff", "web2\tshutoff"],
                         [line.rpartition("\t")[0] for line in lines])
        self.assertEqual(lines, self.said().splitlines())
        self.assertEqual(["web1", "web2"], [line.split("\t")[0] for line
                                            in self.said("list", "web*").splitlines()])
        self.assertEqual(self.said("list"), self.said("-H", "local", "list"))

    def test_list_of_some(self):
        self.said("autostart", "web2", "on")
        self.said("set", "web1", "title=The first")
        self.assertEqual("test\n", self.said("list", "--state=running", "-o", "name"))
        self.assertEqual("web2\n", self.said("list", "--autostart", "--columns=name"))
        self.assertEqual("yes\tshutoff\tweb2\n", self.said("list", "web2", "-o", "autostart,state,name"))
        self.assertEqual("web1\tThe first\nweb2\t\n", self.said("list", "web*", "-o", "name,title"))
        self.assertEqual("web1\t512MiB\t/srv/web1.qcow2\n",
                         self.said("list", "web1", "-o", "name,memory,disk/vda/source.file"))
        [row] = self.ok("list", "--autostart", "-o", "title", "--json").json
        self.assertEqual(["path", "host", "title"], list(row))
        self.assertIn("none_such", self.ends(1, "list", "-o", "none_such").err)
        for columns, said in ((",", "has no name"), ("name,", "has no name"), ("", "has no name"),
                              ("name,state,name", "name stands there twice")):
            with self.subTest(columns):
                self.assertIn(said, self.ends(2, "list", "-o", columns).err)
        self.assertIn('--state: "off" is none of running, ', self.ends(2, "list", "--state=off").err)
        self.assertEqual("local\tweb1\n", self.said("list", "web1", "-o", "host,name"))
        said = self.ok("list", "web1", "-o", "host,pending", "--json").out
        self.assertEqual((1, "local"), (said.count('"host"'), json.loads(said)[0]["host"]))

    def test_words_when_there_is_nothing(self):
        for sentence, *words in (("No domains match.", "list", "--state=crashed"),
                                 ("No domains match.", "list", "nothing*"),
                                 ("No drafts.", "draft", "list")):
            with self.subTest(words):
                answer = self.ok(*words)
                self.assertEqual(("", sentence + "\n"), (answer.out, answer.err))
                answer = self.ok(*words, "--json")
                self.assertEqual(([], ""), (answer.json, answer.err))

    def test_words_when_nothing_of_a_domain_is_meant(self):
        for said, *words in (("web1: info: Nothing that is set, and no device, begins with \"interface\".",
                              "show", "web1", "interface"),
                             ("web1: info: Nothing is set that has such a key.",
                              "get", "web1", "interface/*/model.type"),
                             ("web*: info: Nothing is set that has such a key.", "get", "web*", "cpu.*")):
            with self.subTest(words):
                answer = self.ok(*words)
                self.assertEqual("domwright: " + said + "\n", answer.err)
        self.assertEqual("", self.ok("get", "*", "disk/*/source.file").err)

    def test_one_host(self):
        self.assertEqual(self.said("hosts"), self.said("hosts", "-H", "local"))
        for options in ([], ["--json"]):
            self.assertIn('There is no host', self.ends(1, "hosts", "-H", "nowhere", *options).err)

    def test_list_json(self):
        [web] = self.ok("list", "web1", "--json").json
        self.assertEqual({"path": self.said("path", "web1").strip(), "host": "local", "name": "web1",
                          "uuid": self.get("web1", "uuid"), "state": "shutoff", "active": False}, web)

    def test_a_host_that_is_not_there(self):
        answer = self.ends(1, "-H", "nowhere", "list")
        self.assertEqual('domwright: There is no host "nowhere"; "domwright hosts" lists those that -H can name.\n',
                         answer.err)

    def test_show(self):
        said = self.said("show", "web1").splitlines()
        self.assertIn("name=web1", said)
        self.assertIn("memory=512MiB", said)
        self.assertIn("disk/vda/source.file=/srv/web1.qcow2", said)
        part = self.said("show", "web1", "disk/vda/source").splitlines()
        self.assertEqual([line for line in said if line.startswith("disk/vda/source")], part)
        self.assertIn("# web2", self.said("show", "web*").splitlines())

    def test_what_show_says_set_takes(self):
        before = self.said("xml", "web1")
        words = [line for line in self.said("show", "web1").splitlines()
                 if "=" in line and not line.startswith(("name=", "uuid="))]
        self.ok("set", "web1", *words)
        self.assertEqual(before, self.said("xml", "web1"))

    def test_show_json(self):
        shown = self.ok("show", "web1", "--json").json
        self.assertEqual(["settings", "devices", "revision"], list(shown))
        self.assertEqual(512 << 20, shown["settings"]["memory"])
        [disk] = [item for item in shown["devices"] if item["kind"] == "disk"]
        self.assertEqual("vda", disk["id"])
        self.assertEqual("/srv/web1.qcow2", disk["properties"]["source.file"])
        both = self.ok("show", "web*", "--json").json
        self.assertEqual(["web1", "web2"], sorted(both))
        self.assertEqual(shown, both["web1"])

    def test_get(self):
        self.assertEqual("536870912\n", self.said("get", "web1", "memory"))
        self.assertEqual("/srv/web1.qcow2\n", self.said("get", "web1", "disk/vda/source.file"))
        self.assertEqual("vcpu=1\nname=web1\n", self.said("get", "web1", "vcpu", "name"))
        self.assertEqual("disk/vda/source.file=/srv/web1.qcow2\n",
                         self.said("get", "web1", "disk/vda/source.*"))
        self.assertEqual(["web1\tweb1", "web2\tweb2"],
                         sorted(self.said("get", "web*", "name").splitlines()))
        self.assertEqual({"memory": 536870912, "disk/vda/target.dev": "vda"},
                         self.ok("get", "web1", "memory", "disk/vda/target.dev", "--json").json)

    def test_get_of_devices_by_number_and_pattern(self):
        self.said("add", "web1", "disk", "source.file=/srv/b.raw", "target.bus=virtio")
        self.assertEqual("/srv/web1.qcow2\n", self.said("get", "web1", "disk/#1/source.file"))
        self.assertEqual("/srv/b.raw\n", self.said("get", "web1", "disk/#2/source.file"))
        self.assertEqual("disk/vda/source.file=/srv/web1.qcow2\ndisk/vdb/source.file=/srv/b.raw\n",
                         self.said("get", "web1", "disk/*/source.file"))
        self.assertEqual("web1\tdisk/vda/source.file=/srv/web1.qcow2\n"
                         "web1\tdisk/vdb/source.file=/srv/b.raw\n"
                         "web2\tdisk/vda/source.file=/srv/web2.qcow2\n",
                         self.said("get", "web*", "disk/*/source.file"))

    def test_get_what_is_not_set(self):
        answer = self.ends(1, "get", "web1", "name", "title")
        self.assertEqual("name=web1\n", answer.out)
        self.assertEqual('domwright: web1: title is not set; "domwright show" lists what is, '
                         '"domwright keys" what can be.\n', answer.err)
        self.ends(1, "get", "web1", "disk/vdz/source.file")
        self.ends(1, "get", "web1", "disk/#2/source.file")
        for word, said in (("disk/vda/driver.cahce", 'did you mean "driver.cache"?'), ("disk/*/bogus", '"bogus"'),
                           ("bogus/*/x", "bogus"), ("bogus/vda/x", "bogus")):
            answer = self.ends(1, "get", "web1", word)
            self.assertIn(said, answer.err)
            self.assertNotIn("is not set", answer.err)
        self.assertEqual("", self.said("get", "web1", "interface/*/mac.address"))
        self.assertEqual("", self.said("get", "web1", "disk/vda/iotune.*"))
        self.assertIn("memory", self.ends(1, "get", "web1", "memroy").err)

    def test_xml(self):
        text = self.said("xml", "web1")
        self.assertTrue(text.startswith("<domain"))
        self.assertIn("<name>web1</name>", text)
        self.assertEqual(text, self.ok("xml", "web1", "--json").json)

    def test_path_and_uuid_stand_for_a_name(self):
        path = self.said("path", "web1").strip()
        uuid = self.get("web1", "uuid")
        self.assertEqual("/org/domwright1/host/local/domain/_" + uuid.replace("-", "_"), path)
        self.assertEqual("web1", self.get(path, "name"))
        self.assertEqual("web1", self.get(uuid, "name"))
        self.assertEqual(path, self.ok("path", "web1", "--json").json)

    def test_no_such_domain(self):
        answer = self.ends(1, "get", "nowhere", "name")
        self.assertRegex(answer.err, "^domwright: nowhere: .*nowhere")
        self.assertEqual('domwright: no*: No domain has a name like this; "domwright list" lists '
                         "them.\n", self.ends(1, "get", "no*", "name").err)

    def test_diff_of_two(self):
        self.assertEqual("", self.ok("diff", "web1", "web1").out)
        answer = self.ends(1, "diff", "web1", "web2")
        self.assertTrue(answer.out.startswith("--- web1\n+++ web2\n@@"), answer.out)
        self.assertIn("\n-  <name>web1</name>\n", answer.out)
        self.assertIn("\n+  <name>web2</name>\n", answer.out)
        self.assertEqual(2, self.run_client("diff", "web1", "nowhere").status)
        self.assertEqual('domwright: web1: A domain is compared with another document: "domwright diff '
                         'DOMAIN DOMAIN"; "domwright pending" lists what waits until it is started again.\n',
                         self.ends(2, "diff", "web1").err)

    def test_validate(self):
        rows = [line.split("\t") for line in self.said("validate", "web1").splitlines()]
        self.assertEqual([["warning", "os.machine", "os-machine-stated"]], [row[:3] for row in rows])
        [problem] = self.ok("validate", "web1", "--json").json
        self.assertEqual(rows[0], [problem[name] for name in ("severity", "key", "rule", "message")])
        self.assertEqual(["# web1", "# web2"],
                         sorted(line for line in self.said("validate", "web*").splitlines()
                                if line.startswith("#")))
        self.ends(2, "validate", "nowhere")

    def test_hosts(self):
        [line] = self.said("hosts").splitlines()
        self.assertEqual(["local", "test:///default", "yes"], line.split("\t")[:3])
        [host] = self.ok("hosts", "--json").json
        self.assertIs(True, host["Connected"])


class SeveralHosts(rig.Live):
    """A second host that cannot be reached keeps nobody from the first."""

    HOSTS = (*rig.Live.HOSTS, "--host", "away=test:///nonexistent.xml")

    def test_list(self):
        answer = self.run_client("list")
        self.assertEqual(["test", "web1", "web2"],
                         sorted(line.split("\t")[0] for line in answer.out.splitlines()))
        self.assertEqual((1, 1), (answer.status, answer.err.count("\n")))
        self.said("-H", "local", "list")

    def test_pattern(self):
        answer = self.ends(1, "set", "web*", "vcpu=2")
        self.assertRegex(answer.err, r"\Adomwright: web\*: [^\n]*\ndomwright: web\*: info: 2 domains: "
                                     r"2 changed\.\n\Z")
        self.assertEqual(["2", "2"], [self.get("web1", "vcpu"), self.get("web2", "vcpu")])
        self.said("-H", "local", "set", "web*", "vcpu=3")

    def test_hosts(self):
        self.assertEqual(["away\ttest:///nonexistent.xml\tno", "local\ttest:///default\tyes"],
                         sorted("\t".join(line.split("\t")[:3])
                                for line in self.said("hosts").splitlines()))

    def test_choice_of_host(self):
        self.ends(1, "-H", "away", "get", "web1", "name")
        self.assertEqual("web1\n", self.said("-H", "local", "get", "web1", "name"))


class Changing(rig.Live):
    def test_set(self):
        self.said("set", "web1", "memory=1GiB", "currentMemory=1GiB", "title=A=B",
                  "disk/vda/driver.cache=none")
        self.assertEqual(str(1 << 30), self.get("web1", "memory"))
        self.assertEqual("A=B", self.get("web1", "title"))
        self.assertEqual("none", self.get("web1", "disk/vda/driver.cache"))
        before = self.said("xml", "web1")
        self.said("set", "web1", "description=x")
        self.said("set", "web1", "description-")
        self.assertEqual(before, self.said("xml", "web1"))
        self.said("set", "web1", "title-", "disk/vda/driver.cache-")
        self.ends(1, "get", "web1", "title")
        self.ends(1, "get", "web1", "disk/vda/driver.cache")

    def test_set_is_one_transaction(self):
        before = self.said("xml", "web1")
        answer = self.ends(1, "set", "web1", "title=new", "disk/vda/driver.cahce=none")
        self.assertRegex(answer.err, r"^domwright: web1: .*driver\.cahce.*driver\.cache")
        self.assertEqual(before, self.said("xml", "web1"))

    def test_sizes_need_a_unit(self):
        before = self.said("xml", "web1")
        answer = self.ends(2, "set", "web1", "memory=4")
        self.assertEqual("domwright: memory needs a unit: memory=4MiB, memory=4GiB, or memory=4B for "
                         "bytes.\n", answer.err)
        self.ends(2, "create", "web3", "memory=4")
        answer = self.ends(1, "set", "web1", "memory=4Gb")
        self.assertIn("takes 4GiB, or 4GB for powers of 1000: \"Gb\" could be bits.", answer.err)
        self.assertEqual(before, self.said("xml", "web1"))
        self.said("set", "web1", "memory=1073741824B", "currentMemory=1048576KiB")
        self.assertEqual("1073741824", self.get("web1", "memory"))

    def test_pattern(self):
        for count, summary in (("1", "2 domains: 2 unchanged."), ("2", "2 domains: 2 changed.")):
            answer = self.ok("set", "web*", "vcpu=" + count)
            self.assertEqual(f"domwright: web*: info: {summary}\n", answer.err)
        self.assertEqual(["2", "2"], [self.get("web1", "vcpu"), self.get("web2", "vcpu")])

    def test_failure_of_one_does_not_stop_the_others(self):
        self.said("remove", "web1", "disk/vda")
        answer = self.ends(1, "set", "web*", "disk/vda/driver.cache=none")
        self.assertRegex(answer.err, r"\Adomwright: web1: [^\n]*\ndomwright: web\*: info: 2 domains: "
                                     r"1 changed, 1 failed\.\n\Z")
        self.assertEqual("none", self.get("web2", "disk/vda/driver.cache"))

    def test_pattern_of_every_verb(self):
        """All verbs that change something take one, domains come by name, and ids with their names."""
        answer = self.ok("add", "web*", "disk", "source.file=/srv/c.raw", "target.bus=virtio")
        self.assertEqual("web1\tvdb\nweb2\tvdb\n", answer.out)
        self.ok("boot", "web*", "disk/vdb", "disk/vda")
        self.assertEqual(["1", "1"], [self.get(name, "disk/vdb/boot.order") for name in ("web1", "web2")])
        self.ok("boot", "web*", "none")
        self.ends(1, "get", "web1", "disk/vdb/boot.order")
        self.ok("hyperv", "web*", "relaxed")
        self.assertEqual(["yes", "yes"], [self.get(name, "hyperv.relaxed") for name in ("web1", "web2")])
        self.ok("preset", "web*", "linux")
        self.ok("remove", "web*", "disk/vdb")
        self.assertEqual("", self.said("show", "web1", "disk/vdb"))

    def test_pattern_is_one_call(self):
        """What is wrong with the words is said once, of all words, and not for each domain."""
        answer = self.ends(1, "set", "web*", "memroy=1GiB", "disk/vda/driver.cahce=none")
        self.assertEqual(3, answer.err.count("\n"), answer.err)
        self.assertRegex(answer.err, r"web\*: .*memroy.*memory")
        self.assertRegex(answer.err, r"web\*: .*driver\.cahce.*driver\.cache")
        self.assertTrue(answer.err.endswith("web*: info: 2 domains: 2 failed.\n"), answer.err)

    def test_pattern_dry_run(self):
        self.said("remove", "web1", "disk/vda")
        before = self.said("xml", "web2")
        answer = self.ends(2, "-n", "set", "web*", "disk/vda/driver.cache=none")
        self.assertEqual(["# web2"], [line for line in answer.out.splitlines() if line.startswith("#")])
        self.assertIn("web*: info: 2 domains: 1 would change, 1 failed.", answer.err)
        self.assertEqual(before, self.said("xml", "web2"))

    def test_pattern_of_running_domains(self):
        """What waits for a restart is said once."""
        answer = self.ok("set", "t[e]st", "vcpu=1")
        self.assertEqual("domwright: t[e]st: info: Where a domain is running (1), it takes effect "
                         "at the next start.\n",
                         answer.err)
        answer = self.ok("set", "[tw]e[sb]*", "title=x")
        self.assertIn("Where a domain is running (1), it takes effect at the next start.", answer.err)
        self.assertIn("3 domains: 3 changed.", answer.err)
        self.ends(1, "set", "[tw]e[sb]*", "title=x", "--now")  # two of them do not run
        answer = self.ok("set", "t[e]st", "title=y")
        self.assertIn("--now does it at once as well", answer.err)
        self.ok("set", "t[e]st", "title=y", "--now")

    def test_pattern_of_none(self):
        answer = self.ends(1, "set", "nothing*", "vcpu=1")
        self.assertEqual('domwright: nothing*: No domain has a name like this; "domwright list" lists '
                         "them.\n", answer.err)
        self.assertEqual("{}\n", self.ends(1, "set", "nothing*", "vcpu=1", "--json").out)

    def test_pattern_json(self):
        said = self.ok("set", "web*", "vcpu=2", "--json").json
        self.assertEqual(["web1", "web2"], sorted(said))
        self.assertIs(True, said["web1"]["changed"])
        self.said("remove", "web1", "disk/vda")
        answer = self.ends(1, "set", "web*", "disk/vda/driver.cache=none", "--json")
        error = json.loads(answer.err)
        self.assertEqual({key: error[key] for key in ("error", "message")}, answer.json["web1"])
        self.assertIs(True, answer.json["web2"]["changed"])
        self.assertEqual(("org.domwright1.Error.NotFound", "web1"),
                         (error["error"], error["subject"]))
        answer = self.ends(1, "get", "web*", "nothing", "--json")
        self.assertEqual({"web1", "web2"}, set(answer.json))
        self.assertEqual("org.domwright1.Error.UnknownKey", answer.json["web1"]["error"])
        self.assertEqual({"web1": None, "web2": None}, self.ok("start", "web*", "--json").json)

    def test_errors_as_json(self):
        """One object a failure, with the name of an error."""
        for status, name, *words in (
                (2, "org.freedesktop.DBus.Error.InvalidArgs", "no-verb"),
                (2, "org.freedesktop.DBus.Error.InvalidArgs", "set", "web1", "vcpu"),
                (1, "org.freedesktop.DBus.Error.Failed", "get", "web1", "title"),
                (1, "org.domwright1.Error.UnknownKey", "create", "x", "memroy=1", "vcup=1", "disk", "siez=1"),
                (1, "org.domwright1.Error.Invalid", "set", "web1", "currentMemory=4GiB",
                 "disk/vda/driver.io=native")):
            with self.subTest(words):
                error = json.loads(self.ends(status, "--json", *words).err)
                self.assertEqual(name, error["error"])
        self.assertEqual(2, len(error["message"].splitlines()))
        self.assertNotIn("freedesktop", self.ends(1, "-v", "get", "web1", "title").err)

    def test_dry_run(self):
        before = self.said("xml", "web1")
        answer = self.ends(1, "-n", "set", "web1", "vcpu=3")
        self.assertIn("\n+  <vcpu placement='static'>3</vcpu>\n", answer.out)
        self.assertEqual(before, self.said("xml", "web1"))
        self.assertEqual("", self.ends(0, "-n", "set", "web1", "vcpu=1").out)
        self.ends(2, "-n", "set", "web1", "vcpuu=1")
        self.ends(2, "-n", "set", "nowhere", "vcpu=1")
        self.ends(2, "-n", "set", "web1", "currentMemory=4GiB")
        self.ends(1, "-n", "set", "web*", "vcpu=3")
        self.assertEqual(before, self.said("xml", "web1"))

    def test_diff_option(self):
        answer = self.ok("--diff", "set", "web1", "vcpu=3")
        self.assertIn("\n-  <vcpu placement='static'>1</vcpu>\n+  <vcpu placement='static'>3</vcpu>\n",
                      answer.out)

    def test_expect(self):
        revision = self.ok("show", "web1", "--json").json["revision"]
        self.said("set", "--expect", revision, "web1", "vcpu=2")
        answer = self.ends(1, "--verbose", "set", "--expect", revision, "web1", "vcpu=3")
        self.assertIn("(org.domwright1.Error.Conflict)", answer.err)
        self.assertEqual("2", self.get("web1", "vcpu"))

    def test_errors_have_names_when_asked(self):
        plain = self.ends(1, "set", "web1", "vcpuu=1").err
        self.assertNotIn("org.domwright1", plain)
        self.assertEqual(plain.rstrip("\n") + " (org.domwright1.Error.UnknownKey)\n",
                         self.ends(1, "-v", "set", "web1", "vcpuu=1").err)
        error = json.loads(self.ends(1, "--json", "set", "web1", "vcpuu=1").err)
        self.assertEqual({"error": "org.domwright1.Error.UnknownKey", "subject": "web1",
                          "message": plain.removeprefix("domwright: web1: ").rstrip("\n")}, error)

    def test_add_and_remove(self):
        before = self.said("xml", "web1")
        self.assertEqual("vdb\n", self.said("add", "web1", "disk", "source.file=/srv/data.qcow2",
                                            "target.bus=virtio"))
        self.assertEqual("org.qemu.guest_agent.0\n",
                         self.said("add", "web1", "channel", "target.name=org.qemu.guest_agent.0"))
        self.assertEqual("/srv/data.qcow2", self.get("web1", "disk/vdb/source.file"))
        self.said("remove", "web1", "disk/vdb", "channel/org.qemu.guest_agent.0")
        self.ends(1, "get", "web1", "disk/vdb/source.file")
        self.said("add", "web1", "disk", "source.file=/srv/b", "target.dev=vdb")
        self.said("add", "web1", "disk", "source.file=/srv/c", "target.dev=vdc")
        self.said("remove", "web1", "disk", "vdb", "vdc")
        self.assertEqual(re.findall("<disk.*?</disk>", before, re.S),
                         re.findall("<disk.*?</disk>", self.said("xml", "web1"), re.S))
        self.assertIn("vdb", self.ends(1, "remove", "web1", "disk", "vdb").err)
        self.assertEqual(["vdb"], self.ok("add", "web1", "disk", "source.file=/srv/b", "--json",
                                          "target.bus=virtio").json["ids"])
        self.assertIn("disk", self.ends(1, "add", "web1", "dsik").err)

    def test_hyperv(self):
        self.ok("hyperv", "web1", "relaxed", "vapic=on", "spinlocks", "spinlocks.retries=8191")
        self.assertEqual({"hyperv.relaxed": True, "hyperv.vapic": True, "hyperv.spinlocks": True,
                          "hyperv.spinlocks.retries": 8191},
                         {key: value for key, value
                          in self.ok("get", "web1", "hyperv.*", "--json").json.items()
                          if key != "hyperv.mode"})
        self.ok("hyperv", "web1", "vapic=off", "relaxed-")
        self.assertEqual(("no", "no"), (self.get("web1", "hyperv.vapic"),
                                        self.get("web1", "hyperv.relaxed")))
        self.ok("hyperv", "web1", "all=off")
        self.assertNotIn("hyperv.spinlocks=yes", self.ok("get", "web1", "hyperv.*").out)
        self.ok("hyperv", "web1", "recommended")
        self.assertEqual("yes", self.get("web1", "hyperv.relaxed"))
        self.assertIn("relaxed", self.ends(1, "hyperv", "web1", "relaxd").err)

    def test_preset(self):
        self.ok("preset", "web1", "windows")
        self.assertEqual("localtime", self.get("web1", "clock.offset"))
        self.assertIn("windows", self.ends(1, "preset", "web1", "windwos").err)

    def test_boot(self):
        self.said("add", "web1", "disk", "device=cdrom", "target.bus=sata", "target.dev=sda")
        self.ok("boot", "web1", "disk/sda", "disk/vda")
        self.assertEqual(("1", "2"), (self.get("web1", "disk/sda/boot.order"),
                                      self.get("web1", "disk/vda/boot.order")))
        self.ok("boot", "web1", "none")
        self.ends(1, "get", "web1", "disk/vda/boot.order")
        self.assertIn("vdz", self.ends(1, "boot", "web1", "disk/vdz").err)
        self.ends(1, "-n", "boot", "web1", "disk/vda")

    def test_what_get_does_not_find(self):
        """A program tells by the name what it asked wrongly."""
        for word, name in (("nosuch", "UnknownKey"), ("disk/vda/nosuch", "UnknownKey"), ("disk/vdz/serial", "NotFound")):
            with self.subTest(word):
                self.assertEqual("org.domwright1.Error." + name,
                                 json.loads(self.ends(1, "--json", "get", "web1", word).err)["error"])

    def test_name_that_reads_like_a_position(self):
        first = self.said("add", "web1", "channel", "target.name=org.first", "type=unix").strip()
        second = self.said("add", "web1", "channel", "target.name=#1", "type=unix").strip()
        self.assertEqual("org.first", first)
        self.assertEqual("#1", self.get("web1", f"channel/{second}/target.name"))
        self.ok("remove", "web1", "channel", second)
        self.assertEqual("org.first", self.get("web1", "channel/#1/target.name"))

    def test_media(self):
        self.said("add", "web1", "disk", "device=cdrom", "target.bus=sata", "target.dev=sda")
        for path, key in (("/srv/a.iso", "source.file"), ("/dev/sr0", "source.dev")):
            self.ok("insert", "web1", "sda", path)
            self.assertEqual(path, self.get("web1", "disk/sda/" + key))
        self.ok("insert", "web1", "sda", "source.protocol=https", "source.name=a.iso",
                "source.host.1.name=images.example")
        self.assertEqual("network", self.get("web1", "disk/sda/type"))
        self.ok("eject", "web1", "sda")
        self.assertEqual("file", self.get("web1", "disk/sda/type"))
        self.ok("insert", "web1", "disk/sda", "/srv/a.iso")  # as other verbs call it
        self.assertEqual("/srv/a.iso", self.get("web1", "disk/sda/source.file"))
        self.ok("eject", "web1", "disk/sda")
        self.ends(1, "get", "web1", "disk/sda/source.name")
        self.assertIn("whole path", self.ends(2, "insert", "web1", "sda", "a.iso").err)
        self.assertIn("cdrom or a floppy", self.ends(1, "eject", "web1", "vda").err)
        self.assertEqual("sda\n", self.ok("complete", "eject", "web1", "").out)

    def test_create_and_undefine(self):
        answer = self.ok("create", "web3", "memory=1GiB", "vcpu=2", "disk", "source.file=/srv/3.raw",
                         "target.bus=virtio", "disk", "device=cdrom", "target.bus=sata", "channel",
                         "target.name=org.qemu.guest_agent.0")
        self.assertEqual("web3\n", answer.out)
        self.assertEqual("cdrom", self.get("web3", "disk/sda/device"))
        self.assertRegex(self.ends(1, "-v", "create", "web3", "memory=1GiB").err, "AlreadyExists")
        self.ends(1, "-n", "create", "web4", "memory=1GiB")
        self.ends(1, "get", "web4", "name")
        self.said("undefine", "web3")
        self.ends(1, "get", "web3", "name")
        self.ok("create", "--preset=windows", "web3", "memory=1GiB")
        self.assertEqual("localtime", self.get("web3", "clock.offset"))
        created = self.ok("create", "web5", "memory=1GiB", "--json").json
        self.assertEqual(self.said("path", "web5").strip(), created["domain"])
        self.ends(2, "create", "memory=1GiB")

    def test_keys(self):
        said = [line.split("\t") for line in self.said("keys", "disk", "driver.").splitlines()]
        self.assertTrue(all(key.startswith("driver.") for key, _, _ in said))
        self.assertIn("none", dict((key, takes) for key, takes, _ in said)["driver.cache"].split(","))
        self.assertEqual("memory", self.said("keys", "memory").split("\t")[0])
        self.assertEqual(self.said("keys", "os."), self.said("keys", "os.*"))
        both = [line.split("\t")[0] for line in self.said("keys", "memory").splitlines()]
        self.assertIn("memory/model", both)  # a key and a kind
        self.assertEqual(both, [row["kind"] + ("/" if row["kind"] else "") + row["key"]
                                for row in self.ok("keys", "memory", "--json").json])
        self.assertEqual(self.said("keys", "disk", "driver."),
                         "".join(line + "\n" for line in self.said("keys", "disk").splitlines()
                                 if line.startswith("driver.")))
        self.assertIn("iotune.total_bytes_sec\tuint64 (bytes/s)\t", self.said("keys", "disk", "iotune."))
        everything = self.said("keys", "*").splitlines()
        meanings = {line.split("\t")[0]: line.split("\t")[2] for line in everything}
        self.assertTrue(meanings["disk/source.file"].endswith(" Belongs to type=file."))
        self.assertTrue(meanings["input/model"].endswith(
            " Belongs to bus=virtio and type=mouse,tablet,keyboard,passthrough."))
        self.assertTrue(meanings["cpu.feature.NAME.policy"].endswith(" N stands for: name."))
        self.assertTrue(meanings["blkiotune.device.N.path"].endswith(" N stands for: position."))
        self.assertEqual({row["kind"] + "/" + row["key"] for row in self.ok("keys", "*", "--json").json
                          if row["required"]},
                         {key for key, meaning in meanings.items() if meaning.endswith(" Required.")})
        self.assertTrue(any(line.startswith("disk/driver.cache\t") for line in everything))
        self.assertEqual(len(everything), len(self.ok("keys", "*", "--json").json))
        self.assertEqual('domwright: No key begins with "zz". "domwright keys \'*\'" lists all.\n',
                         self.ends(1, "keys", "zz").err)
        self.ends(1, "keys", "zz", "zz")
        for words in (["disk", "driver.*"], ["os.*"]):
            with self.subTest(words):
                plain = [*words[:-1], words[-1].rstrip("*")]
                self.assertEqual(self.said("keys", *plain), self.said("keys", *words))

    def test_choices(self):
        values = [line.split("\t")[0] for line in
                  self.said("choices", "disk", "driver.cache").splitlines()]
        self.assertIn("writeback", values)
        self.assertEqual(values, [row["value"] for row in
                                  self.ok("choices", "disk", "driver.cache", "--json").json])
        self.assertNotRegex(self.said("choices", "disk", "target.bus"), r"\t(\t|\n)")
        self.ends(1, "choices", "disk", "zz")
        self.assertEqual("default", self.said("choices", "interface", "source.network").split("\t")[0])
        self.assertEqual("default-pool", self.said("choices", "disk", "source.pool").split("\t")[0])
        self.assertEqual("", self.said("choices", "disk", "source.volume", "pool=default-pool"))
        self.ends(1, "choices", "disk", "source.volume", "pool=nothing")
        for wrong in (["pool=x"], ["disk", "pool=x", "source.volume"], ["a", "b", "c"]):
            self.ends(2, "choices", *wrong)

    def test_capabilities(self):
        said = dict(line.split("\t") for line in self.said("capabilities").splitlines())
        self.assertEqual("i686", said["host.arch"])
        self.assertEqual("i686", self.ok("capabilities", "--json").json["host.arch"])
        self.assertEqual('domwright: "x" is not NAME=VALUE; NAME is arch, machine, type or emulator.\n',
                         self.ends(2, "capabilities", "x").err)


class Memory(rig.Live):
    @unittest.skipUnless(shutil.which("valgrind"), "needs valgrind")
    def test_valgrind(self):
        prefix = ["valgrind", "-q", "--leak-check=full", "--errors-for-leak-kinds=definite",
                  "--error-exitcode=99"]
        needed = subprocess.run(["readelf", "-d", rig.CLIENT], capture_output=True, text=True).stdout
        if "asan" in needed:
            self.skipTest("the address sanitizer is at work")
        for status, words in ((0, ["list"]), (0, ["show", "web1"]), (0, ["show", "web*", "--json"]),
                              (0, ["get", "web1", "memory", "disk/vda/source.file"]),
                              (1, ["-n", "set", "web*", "vcpu=4", "disk/vda/driver.cache=none"]),
                              (0, ["keys", "disk"]), (1, ["diff", "web1", "web2"]),
                              (1, ["set", "web1", "vcpuu=4"]), (2, ["set", "web1", "memory=4"]),
                              (0, ["complete", "--", "set", "web1", "disk/vda/driver.cache="])):
            with self.subTest(words):
                answer = self.ends(status, *words, prefix=prefix)
                self.assertNotIn("==", answer.err)


if __name__ == "__main__":
    tap.main()
