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
from support import tap

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

    def on_terminal(self, *words, typed="", env=None, program=(rig.CLIENT,)):
        """Status and everything the terminal shows, lines ended as usual."""
        master, slave = pty.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
        process = subprocess.Popen([*program, *words], stdin=slave, stdout=slave,
                                   stderr=slave, start_new_session=True,
                                   env={**rig.BARE, **self.env, "TERM": "xterm", **(env or {})},
                                   preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0))
        os.close(slave)
        os.write(master, typed.encode())
        seen = b""
        while True:
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
        self.assertIn("title=a\\x9b31mb\n", self.said("show", "web1", "title"))
        self.assertIn("a\\x9b31mb", self.on_terminal("--no-pager", "xml", "web1")[1])
        self.assertEqual("a\u009b31mb", self.get("web1", "title"))

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
        monitor = subprocess.Popen(
            ["busctl", "--address=" + self.bus.address, "--json=short", "--match",
             "type='method_call',destination='org.domwright1',member='Start'", "monitor"],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        try:
            self.assertIn("Monitoring", monitor.stderr.readline())
            path = self.said("path", "web1").strip()
            self.on_terminal("start", path, env=env, program=program)
            self.assertEqual(4, json.loads(monitor.stdout.readline())["flags"] & 4)
            self.run_client("start", path)
            self.assertEqual(0, json.loads(monitor.stdout.readline())["flags"] & 4)
        finally:
            monitor.terminate()
            monitor.communicate()

    def test_no_agent_for_root_or_without_a_terminal(self):
        log, env = self.agent_environment()
        if os.geteuid() == 0:
            self.on_terminal("set", "web1", "vcpu=2", env=env)
        self.ok("set", "web1", "vcpu=1", env=env)
        self.assertEqual(0, os.path.getsize(log))


if __name__ == "__main__":
    tap.main()
