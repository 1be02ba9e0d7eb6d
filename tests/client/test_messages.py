# SPDX-License-Identifier: LGPL-2.1-or-later
"""What the client says about words it does not take, about patterns, passwords and strangers' text."""

import json
import os
import re
import subprocess
import tempfile

import rig
from support import services, tap


class Messages(rig.Live):
    def test_a_document_of_a_domain_that_exists(self):
        answer = self.ends(1, "define", "-", stdin=self.said("xml", "web1"))
        self.assertIn("--expect=REVISION", answer.err)

    def test_pattern_has_headings(self):
        answer = self.ends(1, "-n", "set", "web*", "vcpu=4")
        self.assertEqual(["# web1", "# web2"], [line for line in answer.out.splitlines()
                                                if line.startswith("#")])
        self.assertTrue(answer.err.endswith("domwright: web*: info: 2 domains: 2 would change.\n"))
        self.assertEqual("", self.ok("-n", "set", "web*", "vcpu=1").out)
        self.assertNotIn("#", self.ends(1, "-n", "set", "web1", "vcpu=4").out)

    def test_options_have_their_own_names(self):
        for words, said in ((["set", "web1", "title=x", "--live"], "--live needs a running domain"),
                            (["set", "web1", "title=x", "--now"], "--now needs a running domain")):
            with self.subTest(words):
                answer = self.ends(1, *words)
                self.assertIn(said, answer.err)
                self.assertNotIn("affect", answer.err)

    def test_each_line_says_what_it_is_about(self):
        answer = self.ends(1, "rename", "web1", "x\ny")
        for line in answer.err.splitlines():
            self.assertTrue(line.startswith("domwright: web1: "), answer.err)

    def test_what_would_change_cannot_be_said(self):
        with open("/dev/full", "w") as full:
            done = subprocess.run([rig.CLIENT, "-n", "set", "web1", "title=x"], stdout=full, text=True,
                                  stderr=subprocess.PIPE, env={**rig.BARE, **self.env})
        self.assertEqual(2, done.returncode)
        self.assertTrue(done.stderr.endswith("domwright: Standard output could not be written.\n"), done.stderr)

    def test_every_wrong_key_and_value_is_named(self):
        before = self.said("xml", "web1")
        answer = self.ends(1, "set", "web1", "memroy=1GiB", "vcpu=2", "disk/vda/driver.cache=nnoe",
                           "disk/vda/driver.cahce-")
        lines = answer.err.splitlines()
        self.assertEqual(3, len(lines), answer.err)
        for line, key in zip(lines, ("memroy", "driver.cahce", "driver.cache")):
            self.assertRegex(line, f'^domwright: web1: .*"{key}"')
        answer = self.ends(1, "create", "web3", "memroy=1GiB", "disk", "siez=1", "disk", "source.flie=/x")
        self.assertEqual(3, answer.err.count("\n"), answer.err)
        self.assertEqual(before, self.said("xml", "web1"))

    def test_a_device_is_named_as_it_was_written(self):
        answer = self.ends(1, "set", "web1", "vcpu=2", "disk/vda/driver.cahce=none")
        self.assertTrue(answer.err.startswith("domwright: web1: disk/vda: "), answer.err)
        answer = self.ends(1, "create", "web3", "memory=1GiB", "disk", "source.file=/x", "size=1GiB")
        self.assertNotIn("Edit 2", answer.err)
        self.assertIn('"qemu-img create -f qcow2 FILE SIZE"', answer.err)
        answer = self.ends(1, "-n", "create", "web3", "memory=1GiB", "disk", "source.file=/srv/x.raw",
                           "disk", "source.file=/srv/y.raw")
        for name in ("vda", "vdb"):
            self.assertIn(f"domwright: web3: info: disk/{name}: Key type is file", answer.err)

    def test_words_of_other_programs(self):
        for words, sentence in (
                (["set", "web1", "disk/vda/cache=none"], '"cache" is written driver.cache.'),
                (["add", "web1", "cdrom", "source.file=/x.iso"],
                 "A CD-ROM drive is a disk: disk device=cdrom source.file=FILE."),
                (["create", "x", "memory=1GiB", "network=default"],
                 "A network card is a device: interface source.network=NAME."),
                (["add", "web1", "disk", "bus=virtio"], '"bus" is written target.bus.'),
                (["set", "web1", "cpu.feature.vmx=require"],
                 'Unknown key "cpu.feature.vmx". A feature of the processor is written '
                 "cpu.feature.NAME.policy=require."),
                (["set", "web1", "cpu=host-passthrough"], 'Unknown key "cpu". The processor is written '
                 "cpu.mode=host-passthrough, or cpu.model=NAME."),
                (["set", "web1", "name=web2"], 'Key "name" of a defined domain cannot be changed; rename the '
                 'domain instead. "domwright rename DOMAIN NAME" does.'),
                (["set", "web1", "tpm=default"], 'Unknown key "tpm"; "tpm" is a kind of device. The keys of one '
                 "are written KIND/ID/KEY=VALUE, those of a new one KIND KEY=VALUE..."),
                (["set", "web1", "spice=yes"],
                 'Unknown key "spice". A display is of kind graphics: graphics type=spice autoport=yes.'),
                (["set", "web1", "acpi=yes"], 'Unknown key "acpi"; did you mean "features.acpi"?'),
                (["set", "web1", "features.smm.state=on"],
                 'Unknown key "features.smm.state"; did you mean "features.smm"?'),
                # A key that nobody sets is no guess.
                (["set", "web1", "iothreadids.iothread.1.id=1"], 'Unknown key "iothreadids.iothread.1.id"; '
                 'did you mean "iothreadids.iothread.1"?'),
                (["add", "web1", "disk", "queues=2"],
                 'Unknown key "queues" of kind "disk"; did you mean "driver.queues"?'),
                (["get", "web1", "disk/vda/cache"],
                 'disk/vda: Unknown key "cache". "cache" is written driver.cache.'),
                (["get", "web1", "disk/vda/queues"],
                 'disk/vda: Unknown key "queues"; did you mean "driver.queues"?'),
                (["get", "web1", "disk/vdz/serial"], 'web1: No disk "vdz". There are: vda.'),
                (["keys", "disk", "cache"], 'No key of kind "disk" begins with "cache". "cache" is written '
                 'driver.cache. "domwright keys disk" lists all.'),
                (["set", "web1", "vcpus=2"], 'Unknown key "vcpus". The number of processors is written vcpu.')):
            with self.subTest(words):
                self.assertTrue(self.ends(1, *words).err.endswith(sentence + "\n"))

    def test_hints_name_keys_that_exist_for_keys_that_do_not(self):
        with open(os.path.join(rig.SOURCE, "client", "text", "hints.c")) as file:
            text = file.read()
        part = re.search(r"key_hints\[\] = \{\n(.*?)\n\};", text, re.S)[1]
        hints = re.findall(r'^ *\{"([^"]*)", "([^"]+)",', part, re.M)
        self.assertEqual(part.count("{"), len(hints))
        keys = {(row["kind"], row["key"]) for row in self.ok("keys", "*", "--json").json}
        kinds = {kind for kind, _ in keys}
        for kind, words in hints:
            self.assertIn(kind, kinds)
            self.assertEqual(set(), {(kind, word) for word in words.split()} & keys)
        plain = re.sub(r'"\s*"', "", text).replace('\\"', "")
        named = set(re.findall(r"domwright keys ((?:[a-zS]+ )?[a-zS]+\.)", plain))
        self.assertIn("disk iotune.", named)
        for words in sorted(named):
            with self.subTest(words):
                self.ok("keys", *words.split())
        part = re.search(r"kind_hints\[\] = \{\n(.*?)\n\};", text, re.S)[1]
        for words in re.findall(r'^ *\{"([^"]+)",', part, re.M):
            self.assertEqual(set(), set(words.split()) & kinds)

    def test_examples_for_options_of_other_programs_can_be_made(self):
        with open(os.path.join(rig.SOURCE, "client", "text", "hints.c")) as file:
            part = re.search(r"written_options\[\] = \{\n(.*?)\n\};", file.read(), re.S)[1]
        examples = re.findall(r'"([^"]+)"\}', part)
        self.assertEqual(part.count("{"), len(examples))
        usual = {"memory": "1GiB", "type": "kvm", "os.arch": "x86_64", "os.machine": "q35",
                 "features.acpi": "yes"}
        for example in examples:
            words = example.split()
            others = [f"{key}={value}" for key, value in usual.items() if not words[0].startswith(key + "=")]
            with self.subTest(example):
                answer = self.ends(1, "-n", "create", "-", "name=web3", *others, *words)
                self.assertNotIn(": error: ", answer.err)

    def test_first_keys_are_keys(self):
        with open(os.path.join(rig.SOURCE, "client", "text", "hints.c")) as file:
            part = re.search(r"first_keys\[\] = \{\n(.*?)\n\};", file.read(), re.S)[1]
        named = re.findall(r'\{"(.*?)", "(.*?)", (?:NULL|"(.*?)")\}', part)
        self.assertEqual(part.count("{"), len(named))
        known = {(row["kind"], row["key"]) for row in self.ok("keys", "*", "--json").json}
        self.assertEqual(set(), {(kind, key) for kind, *keys in named for key in keys if key} - known)

    def test_what_goes_along_is_told(self):
        self.assertIn("info: Key currentMemory is", self.ok("set", "web1", "memory=1GiB").err)
        self.assertIn("info: Key currentMemory stays", self.ok(
            "set", "web1", "currentMemory=512MiB", "vcpu=1").err + self.ok("set", "web1", "memory=2GiB").err)
        self.said("add", "web1", "graphics", "type=spice", "autoport=yes", "image.compression=off")
        self.assertIn("info: graphics/spice: Key image.compression was off and is dropped", self.ok(
            "set", "web1", "graphics/spice/type=vnc").err)
        self.assertNotIn("by default", self.ok("add", "web1", "interface").err)

    def test_what_would_have_gone_along_is_not(self):
        self.said("add", "web1", "graphics", "type=vnc")
        answer = self.ends(2, "-n", "set", "web1", "graphics/vnc/port=auto", "memory=abc", "vcpu=2")
        self.assertEqual(["graphics/vnc", "memory"], re.findall('error: (?:Key ")?([a-z/]+)', answer.err), answer.err)
        self.assertNotIn("autoport", answer.err)
        self.assertNotIn("currentMemory", answer.err)
        self.assertIn("Key autoport is no", self.ends(1, "-n", "set", "web1", "graphics/vnc/port=5901").err)

    def test_device_is_named_as_it_was(self):
        [id] = self.said("add", "web1", "interface", "source.network=default").split()
        self.assertEqual(f'domwright: web1: interface/{id}: Key mac.address is "hello"; write six pairs of '
                         "hexadecimal digits, such as 52:54:00:12:34:56.\n",
                         self.ends(1, "set", "web1", f"interface/{id}/mac.address=hello").err)
        self.said("add", "web1", "graphics", "type=spice", "autoport=yes")
        answer = self.ends(1, "set", "web1", "graphics/spice/type=vnc", "graphics/spice/audio.id=7").err
        self.assertIn("web1: graphics/spice: Key audio.id is 7, but", answer)
        self.assertNotIn("graphics/vnc", answer)

    def test_second_of_two_alike(self):
        usb = ["add", "web1", "hostdev", "source.vendor=0x0781", "source.product=0x5567"]
        self.said(*usb)
        self.assertIn("source.address.bus", self.ends(1, *usb).err)

        first = "source.address.bus=1", "source.address.device=2"
        self.said("remove", "web1", "hostdev/0x0781:0x5567")
        self.said(*usb, *first)
        self.assertEqual("0x0781:0x5567", re.search("hostdev/(.*)/type", self.said("show", "web1"))[1])
        self.assertEqual("#2\n", self.said(*usb, "source.address.bus=1", "source.address.device=3"))
        self.assertEqual(["#1", "#2"], re.findall("hostdev/(.*)/type", self.said("show", "web1")))
        self.assertEqual("3\n", self.said("get", "web1", "hostdev/#2/source.address.device"))
        self.assertIn("There are: #1, #2.", self.ends(1, "get", "web1", "hostdev/0x0781:0x5567/managed").err)
        self.said("set", "web1", "hostdev/#2/managed=yes")
        self.assertEqual([["hostdev", "0x0781:0x5567"]], self.ok("history", "web1", "--json").json[0]["devices"])
        self.said("remove", "web1", "hostdev/#1")
        self.assertEqual("3\n", self.said("get", "web1", "hostdev/0x0781:0x5567/source.address.device"))

    def test_passwords_are_not_words(self):
        self.said("add", "web1", "graphics", "type=vnc")
        self.assertEqual("", self.ok("set", "web1", "graphics/vnc/passwd=@-", stdin="first\nmore").err)
        self.assertEqual("first\n", self.ok("--secrets", "get", "web1", "graphics/vnc/passwd").out)
        with tempfile.NamedTemporaryFile("w") as file:
            file.write("second\r\n")
            file.flush()
            self.said("set", "web1", f"graphics/vnc/passwd=@{file.name}")
        self.assertEqual("second\n", self.ok("--secrets", "get", "web1", "graphics/vnc/passwd").out)
        for source in ("-", "/nonexistent"):
            answer = self.ends(2, "set", "web1", f"graphics/vnc/passwd=@{source}")
            self.assertIn("graphics/vnc/passwd", answer.err)
        self.said("set", "web1", "title=@-")
        self.assertEqual("@-", self.get("web1", "title"))

    def test_a_document_without_its_passwords(self):
        answer = self.ok("-d", "add", "web1", "graphics", "type=vnc", "passwd=@-", stdin="secret\n")
        self.assertIn("passwd='(new secret)'", answer.out)
        for word, said in (("passwd=@-", "(new secret)"), ("keymap=de", "(unchanged secret)")):
            for option in ("-n", "-d"):
                answer = self.run_client(option, "set", "web1", f"graphics/vnc/{word}", stdin="other\n")
                self.assertIn(f"passwd='{said}'", answer.out)
        answer = self.ok("xml", "web1")
        self.assertIn("(unchanged secret)", answer.out)
        self.assertEqual("domwright: web1: info: Passwords are left out; to define this text elsewhere, "
                         "print it with --secrets.\n", answer.err)
        self.assertEqual("", self.ok("--secrets", "xml", "web1").err)
        self.assertEqual("", self.ok("xml", "web2").err)
        text = re.sub("<uuid>.*</uuid>", "", answer.out).replace("web1", "web3")
        answer = self.ends(1, "define", "-", stdin=text)
        self.assertIn('"domwright xml --secrets"', answer.err)


class OnlyHost(rig.Live):
    """A host of another name than local."""

    HOSTS = ("--host", "only=test:///default")

    def tearDown(self):
        for name in ("web1", "web2"):
            self.ok("undefine", name)

    def test_the_only_host_is_meant(self):
        self.assertIn("/host/only/", self.ok("path", "web1").out)
        self.ok("capabilities")
        self.ok("choices", "disk", "target.bus")
        self.ok("recover")


class NoLocalHost(rig.Live):
    """Several hosts, none of them of the name local."""

    HOSTS = ("--host", "one=test:///default", "--host", "two=test:///default")

    def setUp(self):
        pass

    def tearDown(self):
        pass

    def test_the_host_is_asked_for(self):
        for words in (["create", "web3", "memory=1GiB"], ["choices", "os.type"], ["capabilities"], ["recover"]):
            with self.subTest(words):
                self.assertTrue(self.ends(1, *words).err.endswith(
                    'There are several hosts, and none is called local; name one with -H. "domwright hosts" lists '
                    "them.\n"))
        self.ok("-H", "two", "choices", "os.type")


# What may steer a terminal, reorder a line, end one, or hide in it.
STRANGE = ["\x7f", "\x80", "\x9b", "\u061c", "\u200e", "\u200f", "\u2028", "\u2029", "\u202a",
           "\u202b", "\u202c", "\u202d", "\u202e", "\u2066", "\u2067", "\u2068", "\u2069", "\ufeff",
           "\U000e0041"]


def escape(character):
    units = character.encode("utf-16-be")
    return "".join(f"\\u{units[i]:02x}{units[i + 1]:02x}" for i in range(0, len(units), 2))


class Escapes(rig.Live):
    """Names, titles and documents come from whoever may define a domain."""

    TITLE = "a" + "".join(STRANGE) + "\u00e9\u6f22b"
    SHOWN = "a" + "".join(map(escape, STRANGE)) + "\u00e9\u6f22b"

    def setUp(self):
        super().setUp()
        self.said("set", "web1", "title=" + self.TITLE)

    def check(self, text):
        self.assertEqual([], [character for character in STRANGE if character in text], text)

    def test_text(self):
        self.assertEqual(f"title={self.SHOWN}\n", self.said("show", "web1", "title"))
        self.assertEqual(f"web1\t{self.SHOWN}\n", self.said("list", "web1", "-o", "name,title"))
        self.assertEqual(f"name=web1\ntitle={self.SHOWN}\n", self.said("get", "web1", "name", "title"))
        self.said("set", "web2", "title=plain")
        self.assertEqual(f"web1\t{self.SHOWN}\nweb2\tplain\n", self.said("get", "web*", "title"))

    def test_json(self):
        for words in (["list", "-o", "title"], ["show", "web1"], ["get", "web1", "title"],
                      ["xml", "web1"], ["set", "web1", "vcpu=3", "-d"], ["show", "web*"]):
            with self.subTest(words):
                answer = self.ok(*words, "--json")
                self.check(answer.out + answer.err)
                json.loads(answer.out)
        self.assertEqual(self.TITLE, self.ok("get", "web1", "title", "--json").json["title"])

    def test_messages(self):
        for words in (["show", "x" + self.TITLE], ["set", "web1", "x" + self.TITLE],
                      ["set", "web1", "disk/" + self.TITLE + "/driver.cache=none"],
                      ["set", "web1", "disk/vda/driver.cache=" + self.TITLE],
                      ["add", "web1", "k" + self.TITLE], ["v" + self.TITLE, "web1"],
                      ["list", "--o" + self.TITLE], ["define", "./f" + self.TITLE]):
            for options in ([], ["--json"]):
                with self.subTest(words=words, options=options):
                    answer = self.run_client(*options, *words)
                    self.assertNotEqual(0, answer.status)
                    self.check(answer.out + answer.err)

    def test_names(self):
        name = "n\u202eo"
        text = re.sub("<uuid>.*</uuid>", "", self.said("xml", "web2")).replace("web2", name)
        self.assertEqual("n\\u202eo\n", self.ok("define", "-", stdin=text).out)
        for words in (["list"], ["show", "n*"], ["get", "n*", "vcpu"], ["-n", "set", "n*", "vcpu=2"],
                      ["validate", "n*"], ["autostart", "n*"], ["add", "n*", "rng", "backend.model=builtin"],
                      ["list", "--json"], ["show", "n*", "--json"]):
            with self.subTest(words):
                answer = self.run_client(*words)
                self.check(answer.out + answer.err)
                self.assertIn("\\u202e", answer.out)
        watch = subprocess.Popen([rig.CLIENT, "watch"], stdout=subprocess.PIPE,
                                 env={**rig.BARE, **self.env})
        self.addCleanup(watch.wait)
        self.addCleanup(watch.kill)
        os.set_blocking(watch.stdout.fileno(), False)
        seen = [""]

        def changed():
            self.ok("set", name, "vcpu=" + str(2 + len(seen[0]) % 2))
            self.ok("set", name, "vcpu=4")
            seen[0] += (watch.stdout.read() or b"").decode()
            return "changed" in seen[0]

        services.wait_for(changed, "an event of the domain", 20)
        self.check(seen[0])
        self.assertIn("n\\u202eo\t", seen[0])
        watch.stdout.close()

    def test_what_programs_read_is_exact(self):
        self.assertEqual(self.TITLE, self.get("web1", "title"))
        self.assertIn(f"<title>{self.TITLE}</title>", self.said("xml", "web1"))
        self.assertIn(self.TITLE, self.ends(1, "diff", "web1", "web2").out)


if __name__ == "__main__":
    tap.main()
