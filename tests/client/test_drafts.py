# SPDX-License-Identifier: LGPL-2.1-or-later
"""Drafts on the command line, and the editor."""

import os
import tempfile

import rig
from support import tap


class Drafts(rig.Live):
    def new(self, *words):
        path = self.ok("draft", "new", *words).out.strip()
        self.assertTrue(path.startswith("/org/domwright1/draft/"), path)
        return path

    def test_new_to_commit(self):
        draft = self.new("web3", "memory=1GiB", "disk", "source.file=/srv/3.raw", "target.bus=virtio")
        self.assertEqual("vdb\n", self.said("add", draft, "disk", "source.file=/srv/b.raw",
                                            "target.bus=virtio"))
        self.said("set", draft.rpartition("/")[2], "vcpu=3")
        self.assertIn("vcpu=3\n", self.said("draft", "show", draft))
        self.assertEqual("vcpu=3\n", self.said("draft", "show", draft, "vcpu"))
        self.assertEqual(self.said("xml", draft), self.said("xml", draft.rpartition("/")[2]))
        self.assertEqual(draft + "\n", self.said("path", draft.rpartition("/")[2]))
        self.ends(1, "-n", "draft", "commit", draft)
        self.assertEqual("web3\n", self.ok("draft", "commit", draft).out)
        self.assertEqual("/srv/b.raw", self.get("web3", "disk/vdb/source.file"))
        self.ends(1, "draft", "show", draft)

    def test_new_tells_what_it_guessed(self):
        """As create does; what is missing yet is no error."""
        said = self.ok("draft", "new", "web3", "disk", "source.file=/srv/web3", "target.bus=virtio").err
        self.assertIn("domwright: web3: warning: disk/vda: Key driver.type is raw, because nothing in source.file",
                      said)
        self.assertIn("domwright: web3: warning: Key memory is missing;", said)
        self.assertNotIn("error", said)

    def test_a_kind_in_place_of_the_name(self):
        for words in (("draft", "new"), ("create",)):
            said = self.ends(1, *words, "disk", "source.file=/srv/a.qcow2").err
            self.assertIn('"disk" is taken for the name', said)

    def test_list_and_discard(self):
        self.assertEqual("", self.said("draft"))
        first, second = self.new("a", "memory=1GiB"), self.new("b", "memory=1GiB")
        lines = [line.split("\t") for line in self.said("draft", "list").splitlines()]
        self.assertEqual(sorted(path.rpartition("/")[2] for path in (first, second)),
                         sorted(line[0] for line in lines))
        listed = self.ok("draft", "list", "--json").json
        self.assertEqual(sorted([first, second]), sorted(row["path"] for row in listed))
        self.assertEqual([os.getuid()], sorted({row["Owner"] for row in listed}))
        unnamed = self.said("draft", "new", "memory=1GiB").strip()
        names = {first: "a", second: "b", unnamed: ""}
        self.assertEqual(names, {row["path"]: row["name"] for row in self.ok("draft", "list", "--json").json})
        self.assertEqual({path.rpartition("/")[2]: name or "-" for path, name in names.items()},
                         {line.split("\t")[0]: line.split("\t")[1]
                          for line in self.said("draft", "list").splitlines()})
        self.said("draft", "discard", unnamed)
        for name in ("c", "new draft"):
            words = [] if name == "new draft" else [name]
            self.assertTrue(self.ends(1, "draft", "new", *words, "memroy=1GiB").err.startswith(
                f'domwright: {name}: Unknown key "memroy"'))
        self.said("draft", "discard", first, second.rpartition("/")[2])
        self.assertEqual("", self.said("draft", "list"))
        self.assertEqual('domwright: nothing: There is no such draft; "domwright draft list" lists '
                         "yours.\n", self.ends(1, "draft", "discard", "nothing").err)

    def test_open_a_domain(self):
        draft = self.ok("draft", "open", "web1").out.strip()
        self.assertEqual("", self.said("draft", "diff", draft))
        self.said("set", draft, "vcpu=3")
        answer = self.ends(1, "draft", "diff", draft)
        self.assertIn("\n+  <vcpu placement='static'>3</vcpu>\n", answer.out)
        self.assertEqual(answer.out, self.ends(1, "diff", draft).out)
        self.assertEqual("1", self.get("web1", "vcpu"))
        [line] = self.said("draft", "list").splitlines()
        self.assertEqual("web1", line.split("\t")[1])
        self.ok("draft", "commit", draft)
        self.assertEqual("3", self.get("web1", "vcpu"))

    def test_stale_draft(self):
        draft = self.ok("draft", "open", "web1").out.strip()
        self.said("set", draft, "vcpu=3")
        self.said("set", "web1", "title=other")
        self.assertEqual("stale", self.said("draft", "list").rstrip("\n").split("\t")[-1])
        self.assertIn("Conflict", self.ends(1, "-v", "draft", "commit", draft).err)
        self.assertIn("\"domwright draft rebase\" brings the draft onto that",
                      self.ends(1, "draft", "commit", draft).err)
        self.assertEqual("1", self.get("web1", "vcpu"))

    def test_open_a_document(self):
        text = self.said("xml", "web1").replace("web1", "web7").replace(
            self.get("web1", "uuid"), "6b5b5e0c-1d2a-4e0c-9d3c-2f9f8f1b7a11")
        draft = self.ok("draft", "open", "-", stdin=text).out.strip()
        self.assertEqual(text, self.said("xml", draft))
        self.assertEqual("web7\n", self.ok("-H", "local", "draft", "commit", draft).out)

    def test_preset(self):
        draft = self.new("web3", "memory=1GiB", "--preset=windows")
        self.assertEqual("localtime", self.get(draft, "clock.offset"))


class Editor(rig.Live):
    """edit, with sed for a person."""

    def setUp(self):
        super().setUp()
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = folder.name

    def edit(self, status, script, *words):
        return self.ends(status, "edit", *words, env={
            "EDITOR": f"sed -i -e '{script}'", "XDG_RUNTIME_DIR": self.folder})

    def test_domain(self):
        answer = self.edit(0, "s/>1</>4</", "web1")
        self.assertEqual("", answer.out)
        self.assertEqual("4", self.get("web1", "vcpu"))
        self.assertEqual([], os.listdir(self.folder))
        self.edit(1, "s/>4</>5</", "web1", "-n")
        self.assertEqual("4", self.get("web1", "vcpu"))

    def test_nothing_changed(self):
        answer = self.edit(0, "", "web1")
        self.assertEqual("domwright: web1: info: Nothing was changed.\n", answer.err)

    def test_refused_text_is_kept(self):
        answer = self.edit(1, "s/<vcpu/<vcpuu/", "web1")
        [name] = os.listdir(self.folder)
        self.assertTrue(answer.err.endswith(
            f"domwright: web1: Your text is kept in {self.folder}/{name}.\n"), answer.err)
        self.assertEqual(0o600, os.stat(os.path.join(self.folder, name)).st_mode & 0o777)
        self.assertEqual("1", self.get("web1", "vcpu"))

    def test_only_changed_text_is_kept(self):
        for editor in ("rm", "false"):
            with self.subTest(editor):
                answer = self.ends(1, "edit", "web1", env={"EDITOR": editor, "XDG_RUNTIME_DIR": self.folder})
                self.assertNotIn("kept", answer.err)
                self.assertEqual([], os.listdir(self.folder))

    def test_name_and_uuid_stay(self):
        answer = self.edit(1, "s/>web1</>web9</", "web1")
        self.assertIn("A domain keeps its name", answer.err)
        self.ends(1, "get", "web9", "name")
        self.edit(1, "s/<uuid>....../<uuid>000000/", "web1")
        self.assertEqual(["test", "web1", "web2"],
                         sorted(row["name"] for row in self.ok("list", "--json").json))

    def test_somebody_else_changes_it_meanwhile(self):
        script = os.path.join(self.folder, "editor")
        with open(script, "w") as file:
            file.write(f"#!/bin/sh\nsed -i 's/>1</>4</' \"$1\"\n'{rig.CLIENT}' set web1 title=x\n")
        os.chmod(script, 0o755)
        answer = self.ends(1, "-v", "edit", "web1", env={"VISUAL": script, "EDITOR": "false",
                                                         "XDG_RUNTIME_DIR": self.folder})
        self.assertIn("Conflict", answer.err)
        self.assertIn("meanwhile; edit it again", answer.err)
        self.assertEqual(("1", "x"), (self.get("web1", "vcpu"), self.get("web1", "title")))

    def test_passwords_stay(self):
        """They are not shown, and are what they were."""
        self.ok("add", "web1", "graphics", "type=vnc", "passwd=hush")
        self.edit(0, "/hush/d; s/>1</>4</", "web1")
        self.assertEqual(("4", "hush\n"),
                         (self.get("web1", "vcpu"), self.ok("--secrets", "get", "web1", "graphics/vnc/passwd").out))
        self.assertEqual([], self.ok("draft", "list", "--json").json)

    def test_editor_that_fails(self):
        answer = self.ends(1, "edit", "web1", env={"EDITOR": "false",
                                                   "XDG_RUNTIME_DIR": self.folder})
        self.assertIn('The editor "false" has failed; $VISUAL or $EDITOR names another.', answer.err)

    def test_draft(self):
        draft = self.ok("draft", "new", "web3", "memory=1GiB").out.strip()
        other = self.edit(0, "s/web3/web4/", draft).out.strip()
        self.assertEqual("web4", self.get(other, "name"))
        self.ends(1, "draft", "show", draft)
        opened = self.ok("draft", "open", "web1").out.strip()
        self.assertEqual(opened, self.edit(0, "s/>1</>4</", opened).out.strip())
        self.assertIn("+  <vcpu placement='static'>4</vcpu>\n", self.ends(1, "draft", "diff", opened).out)
        self.edit(1, "s/>4</>5</", opened, "-n")
        self.assertEqual("4", self.get(opened, "vcpu"))

    def test_file(self):
        name = os.path.join(self.folder, "a.xml")
        text = "<domain type='test'>\n  <name>é</name>\n  <memory>1024</memory>\n"
        text += "  <os><type>hvm</type></os>\n</domain>\n"
        with open(name, "wb") as file:
            file.write(("<?xml version='1.0' encoding='ISO-8859-1'?>\n" + text).encode("latin-1"))
        self.edit(0, "s/1024/2048/", name)
        with open(name, "rb") as file:
            self.assertEqual(("<?xml version='1.0' encoding='ISO-8859-1'?>\n"
                              + text.replace("1024", "2048")).encode("latin-1"), file.read())
        self.edit(1, "s/<memory>/<memory/", name)
        self.ends(2, "edit", "-")


if __name__ == "__main__":
    tap.main()
