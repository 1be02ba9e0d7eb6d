# SPDX-License-Identifier: LGPL-2.1-or-later
"""The rules against a real libvirt: what we call clean it defines, what it takes we do not call wrong.

Owns the directory the embedded libvirt lives in; the domains are made by oracle.c, and those that are
safe by safe.c. DOMWRIGHT_ORACLE is how many (80; 20 in the short form, which every run of the tests
has), DOMWRIGHT_ORACLE_SEED with which one to begin (1).
"""

import os
import shutil
import subprocess
import tempfile
import unittest

from support import tap

COUNT = os.environ.get("DOMWRIGHT_ORACLE", "80")
SEED = os.environ.get("DOMWRIGHT_ORACLE_SEED", "1")
# libvirt's QEMU driver wants these, whoever runs it; they exist in this mount namespace only.
USERS = {"/etc/passwd": "libvirt-qemu:x:64055:64055::/:/usr/sbin/nologin\n",
         "/etc/group": "libvirt-qemu:x:64055:\nkvm:x:64056:\n"}
CONFIGURATION = """user = "root"
group = "root"
security_driver = "none"
namespaces = []
cgroup_controllers = []
"""
MOUNT = 'mount --bind "$1" /etc/passwd && mount --bind "$2" /etc/group && shift 2 && exec "$@"'


def missing():
    if os.geteuid() != 0:
        return "only root can give libvirt the users it asks for"
    if not shutil.which("qemu-system-x86_64"):
        return "there is no qemu-system-x86_64"
    return None


@unittest.skipIf(missing(), missing())
class Oracle(unittest.TestCase):
    def ask(self, program, *arguments, seconds):
        """Runs a program with qemu:///embed in a directory of its own."""
        with tempfile.TemporaryDirectory() as folder:
            os.chmod(folder, 0o755)  # QEMU is asked as another user
            os.makedirs(os.path.join(folder, "root", "etc"))
            with open(os.path.join(folder, "root", "etc", "qemu.conf"), "w", encoding="utf-8") as file:
                file.write(CONFIGURATION)
            files = []
            for path, more in USERS.items():
                with open(path, encoding="utf-8") as file:
                    text = file.read()
                files.append(os.path.join(folder, os.path.basename(path)))
                with open(files[-1], "w", encoding="utf-8") as file:
                    file.write(text + more)
            ran = subprocess.run(
                ["unshare", "--mount", "sh", "-c", MOUNT, "sh", *files, program,
                 os.path.join(folder, "root"), *arguments],
                capture_output=True, text=True, check=False, timeout=seconds)
        if ran.returncode == 77:
            self.skipTest(ran.stderr.strip().splitlines()[-1])
        self.assertEqual(0, ran.returncode, ran.stdout + ran.stderr)

    def test_rules_and_libvirt_agree(self):
        self.ask(os.environ["ORACLE"], SEED, COUNT, seconds=380 + 2 * int(COUNT))

    def test_what_is_safe_stays_so(self):
        """What libvirt fills in is judged as if somebody had written it."""
        self.ask(os.environ["SAFE"], seconds=380)


if __name__ == "__main__":
    tap.main()
