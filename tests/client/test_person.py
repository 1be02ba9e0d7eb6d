# SPDX-License-Identifier: LGPL-2.1-or-later
"""The client on a terminal: alignment, colours, pager, questions; and none of them elsewhere."""

import fcntl
import json
import os
import pty
import select
import shutil
import struct
import subprocess
import tempfile
import termios
import unittest

import rig
from support import services, tap
from test_messages import STRANGE

NOBODY = 65534


class Terminal(rig.Live):
    def setUp(self):
        super().setUp()
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = folder.name
        os.chmod(self.folder, 0o755)

    def script(self, name, text):
        path = os.path.join(self.folder, name)
        with open(path, "w") as file:
            file.write("#!/bin/sh\n" + text)
        os.chmod(path, 0o755)
        return path

    def on_terminal(self, *words, typed="", prompt="", env=None, program=(rig.CLIENT,)):
        """Status and everything the terminal shows, lines ended as usual. What is typed is typed when the
        prompt is there."""
        master, slave = pty.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
        process = subprocess.Popen([*program, *words], stdin=slave, stdout=slave,
                                   stderr=slave, start_new_session=True,
                                   env={**rig.BARE, **self.env, "TERM": "xterm", **(env or {})},
                                   preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0))
        os.close(slave)
        seen = b""
        while True:
            if typed and prompt.encode() in seen:
                os.write(master, typed.encode())
                typed = ""
            if not select.select([master], [], [], 60)[0]:
                process.kill()
                self.fail(f"{words} waits for more than was typed:\n{seen.decode()}")
            try:
                part = os.read(master, 65536)
            except OSError:
                break
            if not part:
                break
            seen += part
        os.close(master)
        return process.wait(), seen.decode().replace("\r\n", "\n")

    def test_what_waits_is_marked(self):
        self.said("start", "web1")
        self.said("set", "web1", "memory=1GiB", "vcpu=3")
        self.said("set", "web1", "title=run", "--live")
        self.said("remove", "web1", "disk", "vda")

        def shown(*words):
            status, text = self.on_terminal("show", "web1", "--no-pager", *words, env={"NO_COLOR": "1"})
            self.assertEqual(0, status)
            return [" ".join(line.split()) for line in text.splitlines() if "(" in line]
        self.assertEqual(["vcpu 3 (waits for the next start; runs with: 1)"], shown("vcpu"))
        self.assertIn("memory 1GiB (waits for the next start; runs with: 512MiB)", shown("memory"))
        self.assertEqual(["vcpu 1 (at the next start: 3)"], shown("vcpu", "--live"))
        self.assertEqual(["title run (at the next start: nothing)"], shown("title", "--live"))
        self.assertIn("(at the next start: absent)", shown("disk/vda", "--live")[0])
        self.assertIn("vcpu=3\n", self.said("show", "web1", "vcpu"))

    def test_columns_and_colours(self):
        status, seen = self.on_terminal("--no-pager", "list", "web*")
        self.assertEqual(0, status)
        heading, first, second = seen.splitlines()
        self.assertEqual("\033[1mNAME  STATE    UUID\033[0m", heading)
        self.assertRegex(first, "^web[12]  shutoff  [0-9a-f-]{36}$")
        self.assertNotIn("\033", self.on_terminal("--no-pager", "list", env={"NO_COLOR": "1"})[1])
        self.assertNotIn("\033", self.on_terminal("--no-pager", "list", env={"TERM": "dumb"})[1])
        self.assertIn("\033", self.on_terminal("--no-pager", "list", env={"NO_COLOR": ""})[1])
        self.assertEqual(self.said("get", "web1", "name"),
                         self.on_terminal("get", "web1", "name")[1])

    def test_show(self):
        seen = self.on_terminal("--no-pager", "show", "web1")[1]
        self.assertRegex(seen, r"(?m)^memory +512MiB$")
        self.assertRegex(seen, r"(?m)^\033\[1mdisk vda\033\[0m\n(  .*\n)*  source\.file +/srv/web1.qcow2$")

    def test_diff_has_colours(self):
        status, seen = self.on_terminal("--no-pager", "-n", "set", "web1", "vcpu=2")
        self.assertEqual(1, status)
        self.assertIn("\033[32m+  <vcpu placement='static'>2</vcpu>\033[0m\n", seen)

    def test_names_cannot_steer_the_terminal(self):
        self.said("set", "web1", "title=a\u009b31mb")
        self.assertIn("title=a\\u009b31mb\n", self.said("show", "web1", "title"))
        self.assertIn("a\\u009b31mb", self.on_terminal("--no-pager", "xml", "web1")[1])
        self.assertEqual("a\u009b31mb", self.get("web1", "title"))

    def test_nothing_steers_the_terminal(self):
        """Whatever shows what a domain's author wrote; programs get it as it is."""
        self.said("start", "web1")
        self.said("set", "web1", "title=a" + "".join(STRANGE))
        for words in (["xml", "web1"], ["get", "web1", "title"], ["show", "web1"], ["list", "-o", "title"],
                      ["diff", "web1", "web2"], ["-n", "set", "web1", "title=b"], ["history", "web1"],
                      ["pending", "web1"], ["set", "web1", "title=c" + "".join(STRANGE), "-d"],
                      *([*words, "--json"] for words in (["xml", "web1"], ["show", "web1"],
                                                         ["history", "web1"], ["pending", "web1"]))):
            with self.subTest(words):
                seen = self.on_terminal("--no-pager", *words)[1]
                self.assertEqual([], [character for character in STRANGE if character in seen])
                if words[0] != "history":  # which names revisions alone
                    self.assertIn("\\u202e", seen)

    def test_pager(self):
        pager = self.script("pager", "echo BEGIN; cat; echo END\n")
        status, seen = self.on_terminal("xml", "web1", env={"PAGER": pager})
        self.assertEqual((0, "BEGIN\n" + self.said("xml", "web1") + "END\n"), (status, seen))
        xml = self.said("xml", "web1")
        for words, env in ((["--no-pager", "xml", "web1"], {"PAGER": pager}),
                           (["xml", "web1"], {"PAGER": pager, "DOMWRIGHT_PAGER": ""}),
                           (["xml", "web1"], {"PAGER": "cat"})):
            with self.subTest(words=words, env=env):
                self.assertEqual((0, xml), self.on_terminal(*words, env=env))
        self.assertEqual(xml, self.said("xml", "web1", env={"PAGER": pager}))
        self.assertEqual("web1\n", self.on_terminal("get", "web1", "name", env={"PAGER": pager})[1])

    def test_quitting_the_pager_early_is_no_error(self):
        pager = self.script("pager", "exit 0\n")
        status, seen = self.on_terminal("keys", "*", env={"PAGER": pager})
        self.assertIn(status, (0, -13))
        self.assertEqual("", seen)

    def test_edit_again(self):
        editor = self.script("editor", "grep -q '<vcpuu' \"$1\" && exec sed -i 's/vcpuu/vcpu/; s/>1</>6</' "
                                       "\"$1\"\nsed -i 's/<vcpu/<vcpuu/' \"$1\"\n")
        env = {"EDITOR": editor, "XDG_RUNTIME_DIR": self.folder}
        status, seen = self.on_terminal("edit", "web1", typed="n\n", env=env)
        self.assertEqual(1, status, seen)
        self.assertIn("Edit again? [Y/n]", seen)
        self.assertIn("Your text is kept in " + self.folder, seen)
        editor = self.script("editor", f"if [ -e {self.folder}/once ]; then sed -i 's/vcpuu/vcpu/g; s/>1</>6</' "
                                       f"\"$1\"; else touch {self.folder}/once; "
                                       "sed -i 's/vcpu/vcpuu/g' \"$1\"; fi\n")
        status, seen = self.on_terminal("edit", "web1", typed="y\n", env=env)
        self.assertEqual(0, status, seen)
        self.assertEqual("6", self.get("web1", "vcpu"))

    def test_edit_of_what_changed_meanwhile(self):
        offer = "web1 has been changed meanwhile. Bring your changes onto what it is now? [Y/n] "

        def edit(old, new, meanwhile, status, typed="y\n"):
            editor = self.script("editor", f"sed -i 's/>{old}</>{new}</' \"$1\"\n'{rig.CLIENT}' set web1 {meanwhile}\n")
            found, seen = self.on_terminal("edit", "web1", typed=typed, prompt=offer,
                                           env={"EDITOR": editor, "XDG_RUNTIME_DIR": self.folder})
            self.assertEqual(status, found, seen)
            return seen

        edit(1, 6, "title=elsewhere", 0)
        self.assertEqual(("6", "elsewhere"), (self.get("web1", "vcpu"), self.get("web1", "title")))
        # The same setting: nothing is overwritten, and what was typed is kept.
        seen = edit(6, 7, "vcpu=3", 1, typed="y\nn\n")
        self.assertIn('Key vcpu is "7" in the draft, and now "3" in the domain', seen)
        self.assertIn("Your text is kept in " + self.folder, seen)
        self.assertEqual("3", self.get("web1", "vcpu"))
        self.assertEqual([], self.ok("draft", "list", "--json").json)

    def test_passwords_are_asked_for(self):
        self.said("add", "web1", "graphics", "type=vnc")
        status, seen = self.on_terminal("set", "web1", "graphics/vnc/passwd=@-", typed="one two\n",
                                        prompt="Value of graphics/vnc/passwd: ")
        self.assertEqual((0, "Value of graphics/vnc/passwd: \n"), (status, seen))
        self.assertEqual("one two\n", self.ok("--secrets", "get", "web1", "graphics/vnc/passwd").out)
        self.assertIn("can be read by other users",
                      self.on_terminal("set", "web1", "graphics/vnc/passwd=three")[1])
        self.assertEqual("", self.ok("set", "web1", "graphics/vnc/passwd=four").err)

    # polkit's agent: a script in its place that says how it was called, when it is ready and that it
    # was ended.
    AGENT = """
echo "agent $*" >>{log}
trap 'echo ended >>{log}; kill $!; exit 0' TERM
eval "exec $2>&-"
sleep 60 &
wait
"""

    def agent_environment(self):
        log = os.path.join(self.folder, "log")
        open(log, "w").close()
        os.chmod(log, 0o666)
        self.script("pkttyagent", self.AGENT.format(log=log))
        return log, {"PATH": self.folder + ":" + os.environ["PATH"]}

    @unittest.skipUnless(os.geteuid() == 0 and shutil.which("setpriv"), "needs root and setpriv")
    def test_agent(self):
        log, env = self.agent_environment()
        client = shutil.copy(rig.CLIENT, os.path.join(self.folder, "domwright"))
        program = ["setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups", client]
        for words, wanted in ((["set", "web1", "vcpu=2"], True), (["--secrets", "xml", "web1"], True),
                              (["list"], False), (["xml", "web1"], False),
                              (["--address=" + self.bus.address, "set", "web1", "vcpu=2"], False)):
            with self.subTest(words):
                open(log, "w").close()
                status, seen = self.on_terminal("--no-pager", *words, env=env, program=program)
                # Access is the daemon's own user's and root's only.
                self.assertEqual(1, status, seen)
                with open(log) as file:
                    # --fallback belongs to a session, which there may be or not.
                    self.assertRegex(file.read(), r"\Aagent --notify-fd \d+( --fallback)?\nended\n\Z"
                                                  if wanted else r"\A\Z")

    @unittest.skipUnless(os.geteuid() == 0 and shutil.which("setpriv"), "needs root and setpriv")
    def test_calls_say_whether_a_person_can_be_asked(self):
        _, env = self.agent_environment()
        client = shutil.copy(rig.CLIENT, os.path.join(self.folder, "domwright"))
        program = ["setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups", client]
        place = os.path.join(self.folder, "calls")
        with open(place, "w") as file:
            monitor = subprocess.Popen(
                ["busctl", "--address=" + self.bus.address, "--json=short", "--match",
                 "type='method_call',destination='org.domwright1'", "monitor"],
                stdout=file, stderr=subprocess.DEVNULL)
        self.addCleanup(monitor.wait)
        self.addCleanup(monitor.terminate)

        def seen(member):
            with open(place) as file:
                calls = [json.loads(line) for line in file if line.endswith("\n")]
            return [call["flags"] for call in calls if call["member"] == member]

        def monitored():
            self.bus.call("/org/domwright1", "org.freedesktop.DBus.Peer", "Ping")
            return seen("Ping")

        services.wait_for(monitored, "what is sent is seen")
        path = self.said("path", "web1").strip()
        self.on_terminal("start", path, env=env, program=program)
        self.run_client("start", path)
        services.wait_for(lambda: len(seen("Start")) == 2, "both calls")
        self.assertEqual([4, 0], [flags & 4 for flags in seen("Start")])

    def test_no_agent_for_root_or_without_a_terminal(self):
        log, env = self.agent_environment()
        if os.geteuid() == 0:
            self.on_terminal("set", "web1", "vcpu=2", env=env)
        self.ok("set", "web1", "vcpu=1", env=env)
        self.assertEqual(0, os.path.getsize(log))


if __name__ == "__main__":
    tap.main()
