# SPDX-License-Identifier: LGPL-2.1-or-later
"""What the client says without a daemon: help, the manual, wrong command lines, what it links to."""

import fnmatch
import os
import re
import shutil
import subprocess
import unittest

import rig
from support import services, tap

MANUAL = os.path.join(rig.SOURCE, "client", "domwright.1")
VERB_HEADINGS = ["Inspect", "Modify", "Define and undefine", "Power", "Drafts", "Reference"]
NOWHERE = {"DBUS_SYSTEM_BUS_ADDRESS": "unix:path=/nonexistent"}


def help_sections():
    """{heading: lines} of --help."""
    sections, lines = {}, []
    for line in rig.run("--help").out.splitlines():
        if match := re.match(r"([\w ]+):$", line):
            lines = sections.setdefault(match[1], [])
        elif line.startswith("  "):
            lines.append(line)
        else:
            lines = []
    return sections


def verbs():
    return sorted(re.match(r"  (\w+(?: \w+)?)  ", line)[1] for heading in VERB_HEADINGS
                  for line in help_sections()[heading])


def misspellings(word):
    """With a letter left out, doubled, or before its neighbour, and all that was typed so far."""
    ends = range(word.index(" ") + 2 if " " in word else 1, len(word))
    return {word[:i] + word[i + 1:] for i in ends} | {word[:i] + word[i - 1:] for i in ends} | \
        {word[:i] + word[i + 1:i + 2] + word[i] + word[i + 2:] for i in ends} | {word[:i] for i in ends} - {word}


def option_names():
    return sorted(re.search(r"--[a-z-]+", line)[0] for line in help_sections()["Options"])


def manual_tags(first, last):
    """The tagged paragraphs' tags between two headings, without fonts."""
    with open(MANUAL) as file:
        text = file.read()
    part = text[text.index(".SH " + first):text.index(".SH " + last)]
    tags = re.findall(r"^\.TP\n\.\w+ (.*)$", part, re.M)
    return [re.sub(r"\\f.", "", tag).replace("\\-", "-") for tag in tags]


class Words(unittest.TestCase):
    maxDiff = None

    def refused(self, sentence, *words):
        answer = rig.run(*words, env=NOWHERE)
        self.assertEqual((2, "", "domwright: " + sentence + "\n"),
                         (answer.status, answer.out, answer.err))

    def test_version(self):
        with open(os.path.join(rig.SOURCE, "meson.build")) as file:
            version = re.search(r"version: '([^']+)'", file.read())[1]
        self.assertEqual(f"domwright {version}\n", rig.run("--version").out)

    def test_manual_has_exactly_the_verbs(self):
        said = [re.match(r'"?(\w+(?: \w+)?)"?(?: |$)(?=["\\]|$)', tag)
                for tag in manual_tags("VERBS", "OPTIONS")]
        self.assertEqual(verbs(), sorted(match[1] for match in said))

    def test_manual_has_exactly_the_options(self):
        said = [name for tag in manual_tags("OPTIONS", '"EXIT STATUS"')
                for name in re.findall(r"--[a-z-]+", tag)]
        self.assertEqual(option_names(), sorted(said))

    def test_manual_has_the_letters_and_arguments_of_options(self):
        for line in help_sections()["Options"]:
            letter, name, argument = re.match(r"  (?:-(\w), |    )(--[a-z-]+)(?:=([A-Z]+))? ",
                                              line).groups()
            with self.subTest(name):
                [tag] = [tag for tag in manual_tags("OPTIONS", '"EXIT STATUS"')
                         if name in re.findall(r"--[a-z-]+", tag)]
                if letter:
                    self.assertIn("-" + letter, tag)
                if argument:
                    self.assertIn("=" + argument, tag)

    def test_manual_has_the_arguments_of_verbs(self):
        tags = {}
        for tag in manual_tags("VERBS", "OPTIONS"):
            plain = tag.replace('"', "")
            [verb] = [verb for verb in verbs() if plain == verb or plain.startswith(verb + " ")]
            tags[verb] = plain[len(verb):].strip()
        for verb in verbs():
            with self.subTest(verb):
                first = rig.run(*verb.split(), "--help").out.split("\n")[0]
                said = first.removeprefix("domwright " + verb).split(": ")[0].strip()
                self.assertEqual(said, tags[verb])

    @unittest.skipUnless(shutil.which("mandoc"), "needs mandoc")
    def test_manual_is_well_formed(self):
        done = subprocess.run(["mandoc", "-T", "lint", "-W", "warning", MANUAL],
                              capture_output=True, text=True)
        self.assertEqual("", done.stdout + done.stderr)

    def test_help_and_manual_have_the_same_headings(self):
        with open(MANUAL) as file:
            text = file.read()
        part = text[text.index(".SH VERBS"):text.index(".SH OPTIONS")]
        self.assertEqual(VERB_HEADINGS, [heading for heading in help_sections() if heading != "Options"])
        self.assertEqual(VERB_HEADINGS, [heading.strip('"') for heading
                                         in re.findall(r"^\.SS (.*)$", part, re.M)])

    def test_help_is_a_verb(self):
        self.assertEqual(rig.run("--help").out, rig.run("help").out)
        self.assertEqual(rig.run("set", "--help").out, rig.run("help", "set").out)
        self.assertEqual(rig.run("draft", "open", "--help").out, rig.run("help", "draft", "open").out)
        self.refused('"y" is not a verb; help takes one.', "help", "set", "y")
        self.assertEqual([verb for verb in verbs() if verb.startswith("draft ")],
                         sorted(re.findall(r"^domwright (draft \w+)", rig.run("help", "draft").out, re.M)))
        self.assertEqual(rig.run("help", "draft").out, rig.run("draft", "--help").out)
        self.refused('There is no verb "draft nothing"; "domwright help draft" lists them.', "draft", "nothing")

    def test_every_verb_has_help(self):
        for verb in verbs():
            with self.subTest(verb):
                answer = rig.run(*verb.split(), "--help")
                self.assertEqual((0, ""), (answer.status, answer.err))
                self.assertTrue(answer.out.startswith(f"domwright {verb}"), answer.out)

    def test_help_of_a_verb_lists_its_own_options(self):
        self.assertEqual(["--dry-run", "--diff", "--expect", "--cascade", "--live", "--now", "--timeout"],
                         re.findall(r"^ .*(--[a-z-]+)", rig.run("set", "-h").out, re.M))
        self.assertNotIn("Options", rig.run("hosts", "-h").out)

    def test_wrong_verbs(self):
        self.refused('There is no verb "hyprv"; did you mean "hyperv"?', "hyprv", "web")
        self.refused('There is no verb "strat"; did you mean "start"?', "strat", "web")
        self.refused('There is no verb "draft comit"; did you mean "draft commit"?', "draft", "comit")
        self.refused('There is no verb "zzzz"; "domwright help" lists them.', "zzzz")
        self.refused('There is no verb "draft frob"; "domwright help draft" lists them.', "draft", "frob")
        self.refused('There is no verb "draft set". "domwright set" takes a draft in place of a domain.',
                     "draft", "set", "x", "vcpu=1")
        self.refused('There is no verb "draft delete". "domwright draft discard" discards drafts, "domwright '
                     'remove" removes a device from one.', "draft", "delete", "x")

    def test_nobody_is_led_to_a_verb_that_destroys(self):
        dangerous = ("destroy", "undefine", "reset", "remove", "draft discard")
        for verb in dangerous:
            for word in sorted(misspellings(verb) - set(verbs())):
                with self.subTest(word):
                    answer = rig.run(*word.split(), "web", env=NOWHERE)
                    self.assertEqual(2, answer.status)
                    for other in dangerous:
                        self.assertNotIn(f'"{other}"', answer.err)
        self.assertIn("rest", misspellings("reset"))

    def test_short_words_are_not_each_other(self):
        for word in ("kil", "dest", "rem", "und", "sto", "dis"):
            with self.subTest(word):
                self.refused(f'There is no verb "{word}"; "domwright help" lists them.', word, "web")

    def test_words_of_other_programs(self):
        self.refused('There is no verb "dumpxml". "domwright xml" prints the document.', "dumpxml", "web")
        self.refused('There is no verb "stop". "domwright shutdown" asks the guest to shut down.',
                     "stop", "web")
        self.refused('There is no option --all. "domwright list" shows all domains; --state=running those '
                     "that run.", "list", "--all")
        self.refused("There is no option --network. Settings and devices are written without dashes: interface "
                     "source.network=default model.type=virtio.", "create", "x", "--network", "bridge=br0")
        self.refused('"create" does not take --autostart. "domwright autostart DOMAIN on" starts a domain with '
                     "its host.", "create", "x", "--autostart")
        for word in ("01:00.0", "1:0.0", "0000:01:00.0", "pci_0000_01_00_0"):
            self.refused(f'"{word}" is a PCI device; write type=pci source.address=0000:01:00.0.',
                         "add", "web", "hostdev", word)
        self.refused('"001.002" is a USB device; write type=usb source.address.bus=1 source.address.device=2.',
                     "add", "web", "hostdev", "001.002")
        self.refused('"2:0:0:1" is a SCSI device; write type=scsi source.adapter.name=scsi_host2 '
                     "source.address.bus=0 source.address.target=0 source.address.unit=1.",
                     "add", "web", "hostdev", "2:0:0:1")
        for word in ("wlan0", "000g:00:00.0", "1:2:3", "01:00.0x"):
            self.assertIn('"domwright choices hostdev source.address"',
                          rig.run("add", "web", "hostdev", word, env=NOWHERE).err)
        self.refused('"qxl" is not KEY=VALUE; write model.type=qxl, if that is meant.', "add", "web", "video", "qxl")
        self.refused('"br0" is not KEY=VALUE; write source.network=br0, or source.bridge=br0, if that is meant.',
                     "add", "web", "interface", "br0")
        self.refused('"/dev/sdb" is a device of the host; write source.dev=/dev/sdb.',
                     "add", "web", "disk", "/dev/sdb")
        self.refused('"046d:c52b" is a USB device; write type=usb source.vendor=0x046d '
                     "source.product=0xc52b.", "create", "web", "memory=1GiB", "hostdev", "046d:c52b")
        self.refused('There is no kind of device "cdrom". A CD-ROM drive is a disk: disk device=cdrom '
                     "source.file=FILE.", "add", "web", "cdrom", "/srv/debian.iso")
        for word, verb in (("off", "shutdown"), ("poweron", "start"), ("powercycle", "restart"),
                           ("copy", "clone"), ("mv", "rename"), ("export", "xml"), ("import", "define"),
                           ("disable", "autostart"), ("add-disk", "add"), ("cdrom", "add"),
                           ("describe", "show"), ("commit", "help draft"), ("find", "get")):
            with self.subTest(word):
                self.assertRegex(rig.run(word, "web", env=NOWHERE).err,
                                 f'^domwright: There is no verb "{word}"\\. [^\n]*"domwright {verb}[ "]')
        self.refused('There is no verb "virt-viewer". domwright shows no displays; virt-viewer does.',
                     "virt-viewer", "web")
        self.refused('There is no verb "passwd". "domwright set DOMAIN graphics/vnc/passwd=@-" asks for the '
                     "password of a display.", "passwd", "web")

    def test_hints_are_for_words_that_are_nothing_here(self):
        with open(os.path.join(rig.SOURCE, "client", "text", "hints.c")) as file:
            text = file.read()
        tables = dict(re.findall(r"(\w+)_hints\[\] = \{\n(.*?)\n\};", text, re.S))
        self.assertEqual({"verb", "option", "surplus", "kind", "key"}, set(tables))
        first = r'^ *\{"([^"]+)",'
        mine = {word for line in re.findall(first, tables["verb"], re.M) for word in line.split()}
        first_words = {verb.split()[0] for verb in verbs()}
        self.assertEqual(set(), {verb for verb in first_words for word in mine
                                 if fnmatch.fnmatchcase(verb, word)})
        self.assertIn("dumpxml", mine)
        tables["option"] += re.search(r"written_options\[\] = \{\n(.*?)\n\};", text, re.S)[1]
        mine = [word for line in re.findall(first, tables["option"], re.M) for word in line.split()]
        self.assertEqual(set(), set(mine) & set(option_names()))
        self.assertEqual(sorted(set(mine)), sorted(mine))
        self.assertIn("--network", mine)
        self.assertEqual(set(), {"--" + word for word in re.findall(first, tables["surplus"], re.M)} -
                         set(option_names()))

    @unittest.skipUnless(shutil.which("virsh"), "needs virsh")
    def test_every_command_of_virsh_is_a_verb_or_has_a_hint(self):
        said = subprocess.run(["virsh", "help"], capture_output=True, text=True, check=True).stdout
        newer = {"await"}  # of libvirt 12.8
        commands = set(re.findall(r"^    ([a-z][a-z0-9-]+) ", said, re.M)) | newer
        self.assertIn("dumpxml", commands)
        its_own = {"cd", "echo", "exit", "pwd", "quit"}  # of its interactive shell
        for command in sorted(commands - its_own - {verb.split()[0] for verb in verbs()}):
            with self.subTest(command):
                self.assertRegex(rig.run(command, env=NOWHERE).err,
                                 f'^domwright: There is no verb "{command}"\\. \\S')

    def test_every_wrong_word_is_named(self):
        answer = rig.run("set", "web", "vcpu", "a b=1", "memory=1GiB", env=NOWHERE)
        self.assertEqual((2, 2), (answer.status, answer.err.count("\n")))
    def test_wrong_options(self):
        self.refused("There is no option --dryrun; did you mean --dry-run?", "--dryrun", "list")
        self.refused('There is no option --nonsense; see "domwright --help".', "--nonsense")
        self.refused('There is no option -x; see "domwright --help".', "list", "-x")
        self.refused('--host needs an argument; see "domwright --help".', "list", "--host")
        self.refused('"list" does not take --dry-run; see "domwright list --help".', "list", "-n")
        self.refused('"set" does not take --nvram; see "domwright set --help".', "set", "--nvram",
                     "web", "vcpu=1")
        self.refused('--host is given twice, with "a" and with "b"; give it once.', "-H", "a", "list", "--host=b")
        self.refused("--session and --address name two buses; give one of them.", "--session",
                     "--address=unix:path=/x", "list")
        self.refused('"a/b" is not the name of a host: it has letters, digits and "_" only; '
                     '"domwright hosts" lists them.', "-H", "a/b", "list")

    def test_wrong_number_of_words(self):
        self.refused('"set" takes more arguments: domwright set DOMAIN CHANGE...', "set", "web")
        self.refused('"xml" takes fewer arguments: domwright xml DOMAIN', "xml", "a", "b")
        self.refused('"list" takes fewer arguments: domwright list [PATTERN]; -o name,memory,vcpu prints '
                     "columns.", "list", "memory", "vcpu")

    def test_wrong_words(self):
        self.refused('"vcpu" says no value; write vcpu=VALUE to set it, or vcpu- to unset it.',
                     "set", "web", "vcpu")
        for word in ("disk/vda=1", "=1", "/x=1", "disk//x=1", "a b=1"):
            with self.subTest(word):
                self.refused(f'"{word}" is not a change; write KEY=VALUE or KEY- for the domain, '
                             "KIND/ID/KEY=VALUE or KIND/ID/KEY- for a device.", "set", "web", word)
        for word in ("disk/vda", "disk/vda/", "disk/vda-"):
            self.refused(f'"{word}" is a device; write disk/vda/KEY=VALUE to change it, or remove it with "domwright '
                         'remove DOMAIN disk/vda".', "set", "web", word)
        self.refused('"vda" does not name a device; write KIND/ID, for example disk/vda.',
                     "boot", "web", "vda")
        self.refused('"source.file" is not KEY=VALUE, for example source.file=/srv/web.qcow2.',
                     "add", "web", "disk", "source.file")
        self.refused('"source.file=/x" is not a kind of device; write KIND before its properties, '
                     "for example disk.", "add", "web", "source.file=/x")
        self.refused('Which disk? Write disk/ID; "domwright show web disk" lists them.',
                     "remove", "web", "disk")
        for word in ("vda", "52:54:00:00:00:07", ""):  # an id without its kind
            self.refused(f'"{word}" does not name a device; write KIND/ID, for example disk/vda.',
                         "remove", "web", word)
        self.refused('"maybe" is neither on nor off.', "autostart", "web", "maybe")
        self.refused('"a/b" is not a key; write KEY for the domain\'s, KIND/ID/KEY for a device\'s.',
                     "get", "web", "a/b")
        self.refused('"./x.xml" is a file; this verb takes a domain.', "start", "./x.xml")
        self.refused('"./x.xml" is a file; this verb takes a draft.', "draft", "commit", "./x.xml")

    def test_words_that_are_no_text(self):
        self.refused("Word 2 of the command is not UTF-8 text.", "set", "web", b"title=\xff")
        self.refused("Word 1 of the command is not UTF-8 text.", "xml", b"\xff")

    def test_no_session(self):
        env = {name: value for name, value in rig.BARE.items()
               if name not in ("DBUS_SESSION_BUS_ADDRESS", "XDG_RUNTIME_DIR")}
        done = subprocess.run([rig.CLIENT, "--session", "list"], env=env, capture_output=True, text=True)
        self.assertEqual((1, "domwright: The session bus cannot be reached: neither DBUS_SESSION_BUS_ADDRESS nor "
                             "XDG_RUNTIME_DIR says where it is, as they do for who has logged in.\n"),
                         (done.returncode, done.stderr))

    def test_no_bus(self):
        answer = rig.run("list", env=NOWHERE)
        self.assertEqual((1, "domwright: The system bus (another is named with --session or --address) "
                             "cannot be reached: No such file or directory.\n"),
                         (answer.status, answer.err))
        for words in (["-n", "set", "web", "vcpu=1"], ["-n", "create", "web", "memory=1GiB"],
                      ["diff", "a", "b"], ["validate", "web"]):
            with self.subTest(words):
                answer = rig.run(*words, env=NOWHERE)
                self.assertEqual((2, 1), (answer.status, answer.err.count("\n")))

    def test_no_daemon(self):
        with services.Bus() as bus:
            for options in (["--address=" + bus.address], ["--session"], []):
                with self.subTest(options):
                    answer = rig.run(*options, "list",
                                     env={"DBUS_SYSTEM_BUS_ADDRESS": bus.address,
                                          "DBUS_SESSION_BUS_ADDRESS": bus.address})
                    self.assertEqual(1, answer.status)
                    user, other = ("--user ", "") if options == ["--session"] else ("", "--session or ")
                    self.assertEqual(
                        f'domwright: domwrightd is not on this bus; start it with "systemctl {user}start '
                        f'domwrightd", or name another bus with {other}--address.\n', answer.err)

    @unittest.skipUnless(shutil.which("readelf"), "needs readelf")
    def test_links_to_libsystemd_only(self):
        said = subprocess.run(["readelf", "-d", rig.CLIENT], capture_output=True, text=True,
                              check=True).stdout
        needed = re.findall(r"\(NEEDED\).*\[(\S+?)\.so", said)
        self.assertIn("libsystemd", needed)
        self.assertEqual([], sorted(set(needed) - {"libsystemd", "libc", "libasan", "libubsan",
                                                   "liblsan", "libgcov"}))


if __name__ == "__main__":
    tap.main()
