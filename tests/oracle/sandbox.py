# SPDX-License-Identifier: LGPL-2.1-or-later
"""Where the programs of this folder find an embedded libvirt: a directory, its configuration, its users."""

import os
import subprocess
import tempfile

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
NOTHING_HERE = 77  # how the programs end where there is no such libvirt


def run(program, *arguments, seconds=None, capture=True):
    """Runs a program with qemu:///embed in a directory of its own, which is its first argument."""
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
        return subprocess.run(
            ["unshare", "--mount", "sh", "-c", MOUNT, "sh", *files, program,
             os.path.join(folder, "root"), *arguments],
            capture_output=capture, text=True, check=False, timeout=seconds)
