# SPDX-License-Identifier: LGPL-2.1-or-later
"""What the client says without a daemon: help, the manual, wrong command lines, what it links to."""

import os
import re
import shutil
import subprocess
import unittest

import rig
from support import services, tap

MANUAL = os.path.join(rig.SOURCE, "client", "domwright.1")
NOWHERE = {"DBUS_SYSTEM_BUS_ADDRESS": "unix:path=/nonexistent"}


def help_sections():
    """{heading: lines} of --help."""
    sections, lines = {}, []
    for line in rig.run("--help").out.splitlines():
        if match := re.match(r"(\w+).*:$", line):
            lines = sections.setdefault(match[1], [])
        elif line.startswith("  "):
            lines.append(line)
        else:
            lines = []
    return sections


def verbs():
    return sorted(re.match(r"  (\w+(?: \w+)?)  ", line)[1] for line in help_sections()["Verbs"])


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

    def test_every_verb_has_help(self):
        for verb in verbs():
            with self.subTest(verb):
                answer = rig.run(*verb.split(), "--help")
                self.assertEqual((0, ""), (answer.status, answer.err))
                self.assertTrue(answer.out.startswith(f"domwright {verb}"), answer.out)

    def test_help_of_a_verb_lists_its_own_options(self):
        self.assertEqual(["--dry-run", "--diff", "--expect", "--cascade"],
                         re.findall(r"^ .*(--[a-z-]+)", rig.run("set", "-h").out, re.M))
        self.assertNotIn("Options", rig.run("list", "-h").out)

    def test_wrong_verbs(self):
        self.refused('There is no verb "hyprv"; did you mean "hyperv"?', "hyprv", "web")
        self.refused('There is no verb "strat"; did you mean "start"?', "strat", "web")
        self.refused('There is no verb "draft comit"; did you mean "draft commit"?', "draft", "comit")
        self.refused('There is no verb "zzzz"; "domwright --help" lists them.', "zzzz")

    def test_wrong_options(self):
        self.refused('There is no option --nonsense; see "domwright --help".', "--nonsense")
        self.refused('There is no option -x; see "domwright --help".', "list", "-x")
        self.refused('--host needs an argument; see "domwright --help".', "list", "--host")
        self.refused('"list" does not take --dry-run; see "domwright list --help".', "list", "-n")
        self.refused('"set" does not take --nvram; see "domwright set --help".', "set", "--nvram",
                     "web", "vcpu=1")
        self.refused("--session and --address name two buses; give one of them.", "--session",
                     "--address=unix:path=/x", "list")
        self.refused('"a/b" is not the name of a host: it has letters, digits and "_" only; '
                     '"domwright hosts" lists them.', "-H", "a/b", "list")

    def test_wrong_number_of_words(self):
        self.refused('"set" takes more arguments: domwright set DOMAIN CHANGE...', "set", "web")
        self.refused('"xml" takes fewer arguments: domwright xml DOMAIN', "xml", "a", "b")

    def test_wrong_words(self):
        self.refused('"vcpu" says no value; write vcpu=VALUE to set it, or vcpu- to unset it.',
                     "set", "web", "vcpu")
        for word in ("disk/vda=1", "=1", "/x=1", "disk//x=1", "a b=1"):
            with self.subTest(word):
                self.refused(f'"{word}" is not a change; write KEY=VALUE or KEY- for the domain, '
                             "KIND/ID/KEY=VALUE or KIND/ID/KEY- for a device.", "set", "web", word)
        self.refused('"vda" does not name a device; write KIND/ID, for example disk/vda.',
                     "boot", "web", "vda")
        self.refused('"source.file" is not KEY=VALUE, for example source.file=/srv/web.qcow2.',
                     "add", "web", "disk", "source.file")
        self.refused('"source.file=/x" is not a kind of device; write KIND before its properties, '
                     "for example disk.", "add", "web", "source.file=/x")
        self.refused('Which disk? Write disk/ID; "domwright show web disk" lists them.',
                     "remove", "web", "disk")
        self.refused('"maybe" is neither on nor off.', "autostart", "web", "maybe")
        self.refused('"a/b" is not a key; write KEY for the domain\'s, KIND/ID/KEY for a device\'s.',
                     "get", "web", "a/b")
        self.refused('"web*" may name several domains; this verb takes one.', "undefine", "web*")
        self.refused('"./x.xml" is a file; this verb takes a domain.', "start", "./x.xml")
        self.refused('"./x.xml" is a file; this verb takes a draft.', "draft", "commit", "./x.xml")
        self.refused("--expect is about one revision; name one domain.", "set", "--expect=x", "web*",
                     "vcpu=1")

    def test_words_that_are_no_text(self):
        self.refused("Word 2 of the command is not UTF-8 text.", "set", "web", b"title=\xff")
        self.refused("Word 1 of the command is not UTF-8 text.", "xml", b"\xff")

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
                    self.assertEqual(
                        'domwright: domwrightd is not on this bus; start it with "systemctl start '
                        'domwrightd", or name another bus with --session or --address.\n', answer.err)

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
