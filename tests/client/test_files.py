# SPDX-License-Identifier: LGPL-2.1-or-later
"""Files in place of domains: bytes, encodings, modes; standard input and output."""

import os
import stat
import tempfile
import unittest

import rig
from support import tap

DOCUMENT = """<?xml version="1.0"{declaration}?>
<!-- {comment} -->
<domain type="qemu" xmlns:x="urn:x">
    <name>web</name>
  <memory unit='GiB'>1</memory>{end}
  <vcpu>1</vcpu>
  <os><type arch='x86_64'>hvm</type></os>
  <devices>
    <disk type='file' device="disk"><source file='/srv/a b.qcow2'/><target dev='vda' bus='virtio'/></disk>
    <graphics type='vnc' passwd='s3cret'/>
  </devices>
  <metadata><x:own x:k='&#x76;'/></metadata>
</domain>
"""


def document(declaration="", comment="kept", end=""):
    return DOCUMENT.format(declaration=declaration, comment=comment, end=end)


class Files(rig.Live):
    def setUp(self):
        self.folder = self.enter_folder()
        self.file = os.path.join(self.folder, "web.xml")

    def tearDown(self):
        self.assertEqual([], self.ok("draft", "list", "--json").json, "a draft was left behind")
        self.assertEqual([], [name for name in os.listdir(self.folder) if name.startswith(".")])

    def enter_folder(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        return folder.name

    def write(self, content, mode=0o644):
        with open(self.file, "wb") as file:
            file.write(content if isinstance(content, bytes) else content.encode())
        os.chmod(self.file, mode)

    def read(self):
        with open(self.file, "rb") as file:
            return file.read()

    def test_edit_changes_what_it_names(self):
        self.write(document())
        self.said("set", self.file, "vcpu=4", "disk/vda/driver.cache=none")
        self.assertIn(b"<vcpu>4</vcpu>", self.read())
        self.assertIn(b"cache='none'", self.read())
        self.said("set", self.file, "vcpu=1", "disk/vda/driver.cache-")
        self.assertEqual(document().encode(), self.read())
        self.said("set", self.file, "vcpu=4")
        self.assertEqual(document().replace("<vcpu>1<", "<vcpu>4<").encode(), self.read())

    def test_names_with_dots(self):
        self.write(document())
        before = self.read()
        self.said("set", self.file, "cpu.model=qemu64", "cpu.feature.sse4.1.policy=require",
                  "qemu.commandline.env.A_B=c")
        self.assertRegex(self.read(), rb"<feature name=.sse4\.1. policy=.require./>")
        self.assertEqual("require\n", self.said("get", self.file, "cpu.feature.sse4.1.policy"))
        self.assertIn("qemu.commandline.env.A_B", self.said("show", self.file))
        self.said("set", self.file, "cpu.feature.sse4.1.policy-", "cpu.model-", "qemu.commandline.env.A_B-")
        self.assertEqual(before, self.read())

    def test_line_ends_and_passwords_stay(self):
        self.write(document().replace("\n", "\r\n"))
        self.said("set", self.file, "vcpu=4")
        self.assertEqual(document().replace("\n", "\r\n").replace("<vcpu>1<", "<vcpu>4<").encode(),
                         self.read())

    def test_mode_and_link_stay(self):
        self.write(document(), 0o4610)
        link = os.path.join(self.folder, "link.xml")
        os.symlink("web.xml", link)
        self.said("set", link, "vcpu=4")
        self.assertTrue(os.path.islink(link))
        self.assertEqual(0o4610, stat.S_IMODE(os.stat(self.file).st_mode))
        self.assertIn(b"<vcpu>4<", self.read())

    @unittest.skipUnless(os.geteuid() == 0, "needs root to give files away")
    def test_owner_stays(self):
        self.write(document(), 0o640)
        os.chown(self.file, 12345, 23456)
        self.said("set", self.file, "vcpu=4")
        self.assertEqual((12345, 23456, 0o640), (os.stat(self.file).st_uid, os.stat(self.file).st_gid,
                                                 stat.S_IMODE(os.stat(self.file).st_mode)))

    def test_nothing_is_written_without_a_change(self):
        self.write(document())
        before = os.stat(self.file)
        self.said("set", self.file, "vcpu=1")
        self.said("show", self.file)
        self.ends(1, "-n", "set", self.file, "vcpu=4")
        self.ends(1, "set", self.file, "vcpuu=4")
        after = os.stat(self.file)
        self.assertEqual((before.st_ino, before.st_mtime_ns), (after.st_ino, after.st_mtime_ns))

    def test_encodings(self):
        for name, mark in (("ISO-8859-1", b""), ("windows-1252", b""), ("UTF-16LE", b"\xff\xfe"),
                           ("UTF-16BE", b"\xfe\xff"), ("KOI8-R", b""), ("UTF-8", b"\xef\xbb\xbf"),
                           ("UTF-8", b"")):
            with self.subTest(name=name, mark=mark):
                comment = "Привет" if name == "KOI8-R" else "é"
                declared = "UTF-16" if name.startswith("UTF-16") else name
                text = document(f' encoding="{declared}"', comment)
                self.write(mark + text.encode(name))
                self.said("set", self.file, "vcpu=4")
                self.assertEqual(mark + text.replace("<vcpu>1<", "<vcpu>4<").encode(name), self.read())
                self.assertEqual("4\n", self.said("get", self.file, "vcpu"))

    def test_character_the_encoding_does_not_have(self):
        text = document(' encoding="ISO-8859-1"', "é")
        self.write(text.encode("latin-1"))
        self.said("set", self.file, "title=é€")
        self.assertIn(">é&#x20AC;<".encode("latin-1"), self.read())
        self.assertEqual("é€\n", self.said("get", self.file, "title"))
        self.said("set", self.file, "title-")
        self.assertEqual(text.encode("latin-1"), self.read())

    def test_wrong_encodings(self):
        self.write(document().encode() + b"<!-- \xff -->")
        self.assertEqual(f"domwright: {self.file}: This is not UTF-8 text, and nothing in it names "
                         "another encoding.\n", self.ends(1, "show", self.file).err)
        self.write(document(' encoding="klingon"'))
        self.assertEqual(f"domwright: {self.file}: The encoding klingon is not known here; convert the "
                         "file to UTF-8.\n", self.ends(1, "show", self.file).err)
        self.write(document(' encoding="US-ASCII"', "é"))
        self.assertEqual(f"domwright: {self.file}: The file is not in the encoding US-ASCII that it "
                         "claims.\n", self.ends(1, "show", self.file).err)
        self.write(document(' encoding="UTF-7"', "+AGE-"))
        self.assertEqual(f"domwright: {self.file}: The encoding UTF-7 cannot be written back byte for "
                         "byte; convert the file to UTF-8.\n", self.ends(1, "show", self.file).err)

    def test_wrong_files(self):
        missing = os.path.join(self.folder, "none.xml")
        self.assertEqual(f"domwright: {missing}: No such file or directory.\n",
                         self.ends(1, "show", missing).err)
        self.assertEqual(f"domwright: {self.folder}/: Is a directory.\n",
                         self.ends(1, "show", self.folder + "/").err)
        self.assertEqual('domwright: /dev/null: It is no regular file; "-" reads standard input.\n',
                         self.ends(1, "define", "/dev/null").err)
        for content in (b"", b"<network/>", b"<domain>", b"<!DOCTYPE domain []><domain/>", b"\0"):
            with self.subTest(content):
                self.write(content)
                self.assertTrue(self.ends(1, "set", self.file, "vcpu=1").err.startswith(
                    f"domwright: {self.file}: "))
                self.assertEqual(content, self.read())
        self.write(b"<domain>" + b" " * (1 << 20) + b"</domain>")
        self.assertIn("LimitExceeded", self.ends(1, "-v", "show", self.file).err)

    def test_name_of_a_file_without_a_slash(self):
        self.write(document())
        answer = self.ends(1, "show", "web.xml", cwd=self.folder)
        self.assertEqual("domwright: web.xml: There is no domain of this name; for the file write "
                         "./web.xml.\n", answer.err)
        self.said("set", "./web.xml", "vcpu=4", cwd=self.folder)
        self.assertIn(b"<vcpu>4<", self.read())

    def test_standard_input_and_output(self):
        changed = document().replace("<vcpu>1<", "<vcpu>4<")
        self.assertEqual(changed, self.said("set", "-", "vcpu=4", stdin=document()))
        self.assertEqual(document(), self.said("set", "-", "vcpu=1", stdin=document()))
        self.assertEqual("1\n", self.said("get", "-", "vcpu", stdin=document()))
        with_disk = self.said("add", "-", "disk", "source.file=/srv/b", "target.bus=virtio",
                              stdin=document())
        self.assertIn("<target dev='vdb' bus='virtio'/>", with_disk)
        self.assertEqual("", self.ends(1, "set", "-", "vcpuu=4", stdin=document()).out)
        self.ends(2, "--json", "set", "-", "vcpu=4", stdin=document())
        self.ends(2, "--diff", "set", "-", "vcpu=4", stdin=document())
        latin = document(' encoding="ISO-8859-1"', "é").encode("latin-1")
        answer = self.ok("set", "-", "vcpu=4", stdin=latin, text=False)
        self.assertEqual(latin.replace(b"<vcpu>1<", b"<vcpu>4<"), answer.out)

    def test_validate_and_diff(self):
        self.write(document())
        self.ok("validate", self.file)
        self.write(document(end="<currentMemory unit='GiB'>2</currentMemory>"))
        answer = self.ends(1, "validate", self.file)
        self.assertRegex(answer.out, r"(?m)^error\tcurrentMemory\t")
        self.ends(1, "diff", self.file, "test")

    def test_create(self):
        words = ["name=web9", "type=qemu", "memory=1GiB", "os.type=hvm"]
        self.said("create", self.file, *words, "disk", "source.file=/srv/a", "target.bus=virtio")
        self.assertEqual("web9\n", self.said("get", self.file, "name"))
        self.assertIn("The file is there already", self.ends(1, "create", self.file, *words).err)
        self.assertIn("<name>web9</name>", self.said("create", "-", *words))
        self.assertIn("<type arch='i686'>", self.said("-H", "local", "create", "-", "name=web9",
                                                      "memory=1GiB"))
        self.ends(1, "get", "web9", "name")

    def test_create_tells_its_guesses(self):
        """As on a host: a guess is a warning, the rest is told to who asks."""
        words = ["create", "-", "name=web9", "type=qemu", "memory=1MiB", "disk", "source.file=/srv/jammy.img",
                 "target.bus=virtio"]
        plain, verbose = self.ends(0, *words).err, self.ends(0, "-v", *words).err
        self.assertIn("warning: disk/vda: Key driver.type is raw", plain)
        self.assertNotIn("info:", plain)
        self.assertIn("info: disk/vda: Key target.dev is vda", verbose)
        for said in (plain.splitlines(), verbose.splitlines()):
            self.assertEqual(len(said), len(set(said)), said)

    def test_create_what_no_host_takes(self):
        words = ["memory=1GiB", "os.type=hvm", "disk", "source.file=/x.qcow2"]
        for dry in ([], ["-n"]):
            answer = self.run_client(*dry, "create", self.file, *words)
            self.assertIn("error: Key name is missing; give the domain a name.", answer.err)
            self.assertEqual(1, answer.err.count("Key name is missing"), answer.err)
            self.assertIn("error: Key type is missing;", answer.err)
            self.assertEqual(2 if dry else 1, answer.status)
            self.assertFalse(os.path.exists(self.file))

    def test_what_is_written_is_valid(self):
        """The schema's word counts before the file is written; what was wrong already is no reason to
        refuse another change."""
        self.write(document())
        before = self.read()
        answer = self.ends(1, "set", self.file, "disk/vda/alias=ua-a b")
        self.assertIn("error: ", answer.err)
        self.assertEqual(before, self.read())
        self.write(document(end="<nothing/>"))
        self.ends(1, "validate", self.file)
        self.said("set", self.file, "vcpu=4")
        self.ends(1, "set", self.file, "vcpu=3", "disk/vda/alias=ua-a b")
        self.assertEqual("4\n", self.said("get", self.file, "vcpu"))

    def test_one_verdict_of_a_file(self):
        """A dry run says what the edit says, and nothing is printed as done that is not."""
        self.write(document())
        before = self.read()
        for verb, *words in (["set", "disk/vda/alias=ua-a b"],
                             ["add", "interface", "source.network=default", "target.dev=x y"],
                             ["add", "disk", "source.file=/srv/b.raw", "target.bus=virtio", "alias=ua-a b"]):
            with self.subTest(words):
                done, tried = [self.run_client(*dry, verb, self.file, *words) for dry in ([], ["-n"])]
                self.assertEqual((1, 2), (done.status, tried.status), (done.err, tried.err))
                self.assertEqual("", done.out)
                self.assertIn(": error: ", done.err)
                self.assertIn(": error: ", tried.err)
                through = self.run_client(verb, "-", *words, stdin=document())
                self.assertEqual((1, ""), (through.status, through.out))
                for dry in ([], ["-n"]):
                    self.assertIn('"message":', self.run_client("--json", *dry, verb, self.file, *words).err)
                self.assertEqual("", self.run_client("--json", verb, self.file, *words).out)
                self.assertEqual(before, self.read())
        self.assertEqual("vdb\n", self.ok("add", self.file, "disk", "source.file=/srv/b.raw",
                                          "target.bus=virtio").out)
        self.assertIn("+    <disk", self.ok("-d", "add", self.file, "disk", "source.file=/srv/c.raw",
                                            "target.bus=virtio").out)

    def test_devices_by_position(self):
        self.write(document(end="").replace("</devices>", "<controller type='usb' index='0' model='ich9-ehci1'/>"
                   "<controller type='usb' index='0' model='ich9-uhci1'><master startport='2'/></controller></devices>"))
        self.assertEqual("ich9-uhci1\n", self.said("get", self.file, "controller/#2/model"))
        self.assertEqual("controller/#2/master.startport=2\n",
                         self.said("show", self.file, "controller/#2/master.startport"))
        shown = self.said("show", self.file, "controller/#2")
        self.assertIn("controller/#2/model=ich9-uhci1\n", shown)
        self.assertNotIn("ich9-ehci1", shown)
        self.assertEqual("", self.said("show", self.file, "controller/#3"))

    def test_devices_are_called_as_they_were_written(self):
        """Rules and the schema, in a file and of a domain, of new devices and of old ones."""
        self.write(document())
        for words, name in ((("add", "rng", "backend.model=egd", "backend.type=tcp"), "rng backend.model=egd: "),
                            (("add", "filesystem", "target.dir=a", "source.name=b"), "filesystem/a: "),
                            (("set", "graphics/#1/type-"), "graphics/#1: ")):
            for options in ((), ("-n",)):
                with self.subTest(words=words, options=options):
                    answer = self.run_client(*options, words[0], self.file, *words[1:])
                    errors = [line for line in answer.err.splitlines()
                              if ": info: " not in line and ": warning: " not in line]
                    self.assertTrue(errors)
                    for line in errors:
                        self.assertIn(name, line)

    def test_one_of_two_drives_of_one_name(self):
        """The other one is empty: that the second is, too, is not to be said."""
        self.write(document().replace("</devices>", "<disk type='file' device='cdrom'><target dev='sda'/></disk><disk "
                   "type='file' device='cdrom'><source file='/b.iso'/><target dev='sda'/></disk></devices>"))
        self.assertIn("sda belongs to two disks", self.run_client("eject", self.file, "#3").err)
        self.assertIn("-", self.run_client("-n", "eject", self.file, "#3").out)

    def test_define(self):
        self.write(document().replace("qemu", "test").replace("x86_64", "i686"))
        self.assertEqual("web\n", self.ok("define", self.file).out)
        self.assertEqual("1", self.get("web", "vcpu"))
        text = self.said("xml", "web").replace(">1</vcpu>", ">3</vcpu>")
        self.assertNotIn("s3cret", text)
        self.assertIn("AlreadyExists", self.ends(1, "-v", "define", "-", stdin=text).err)
        revision = self.ok("show", "web", "--json").json["revision"]
        self.ends(1, "-n", "define", "--expect", revision, "-", stdin=text)
        self.assertEqual("1", self.get("web", "vcpu"))
        self.ok("define", "--expect", revision, "-", stdin=text)
        self.assertEqual("3", self.get("web", "vcpu"))
        self.assertIn("passwd='s3cret'", self.said("xml", "--secrets", "web"))
        self.assertIn("Conflict", self.ends(1, "-v", "define", "--expect", revision, "-",
                                            stdin=text.replace(">3<", ">4<")).err)
        self.ok("undefine", "web")
        self.assertIn("give the secret itself", self.ends(1, "define", "-", stdin=text).err)
        self.ends(1, "define", "-", stdin="<domain/>")

    def test_somebody_else_writes_meanwhile(self):
        # The editor stands for the person who takes long.
        self.write(document())
        editor = os.path.join(self.folder, "editor")
        with open(editor, "w") as file:
            file.write(f"#!/bin/sh\nsed -i 's/>1</>4</' \"$1\"\necho '<!-- -->' >>'{self.file}'\n")
        os.chmod(editor, 0o755)
        answer = self.ends(1, "edit", self.file, env={"EDITOR": editor, "TMPDIR": self.folder,
                                                      "XDG_RUNTIME_DIR": self.folder})
        self.assertIn("was changed by another program meanwhile", answer.err)
        self.assertEqual(document().encode() + b"<!-- -->\n", self.read())


if __name__ == "__main__":
    tap.main()
