# SPDX-License-Identifier: LGPL-2.1-or-later
"""A privileged libvirtd for tests, with QEMU in emulation, control groups and virtiofsd.

Owns the mounts that keep it from the machine's own: where libvirt has its files there are directories of
the test's, and /dev has what a guest needs but kvm, which libvirt would probe QEMU for anew each time. All
of it is seen by the test program and what it starts alone.
"""

import ctypes
import glob
import os
import subprocess

from support import machine, services

PLACES = {"run": "/run/libvirt", "lib": "/var/lib/libvirt", "etc": "/etc/libvirt",
          "cache": "/var/cache/libvirt", "logs": "/var/log/libvirt"}
DEVICES = ("null", "zero", "full", "random", "urandom", "tty", "ptmx", "net/tun", "pts", "shm",
           "vhost-vsock")
CLONE_NEWNET = 0x40000000
NETWORK_XML = "<network><name>{0}</name><forward mode='bridge'/><bridge name='{0}'/></network>"
GROUPS = "/sys/fs/cgroup"
USER = {"/etc/passwd": "libvirt-qemu:x:64055:64055::/nonexistent:/usr/sbin/nologin",
        "/etc/group": "libvirt-qemu:x:64055:"}


class SystemLibvirtd(services.Libvirtd):
    """`uri` is qemu:///system; at most one in a program."""

    @classmethod
    def missing(cls):
        lacks = super().missing()
        if lacks:
            return lacks
        if os.geteuid() != 0:
            return "needs root, to have a privileged libvirtd"
        tried = subprocess.run(["unshare", "--mount", "mount", "-t", "tmpfs", "none", "/run"],
                               stdin=subprocess.DEVNULL, capture_output=True, text=True)
        return None if tried.returncode == 0 else "needs mounts of its own: " + tried.stderr.strip()

    def _bind(self, ours, place):
        subprocess.run(["mount", "--bind", ours, place], check=True, stdin=subprocess.DEVNULL)

    def _mount(self):
        machine.own_mounts()
        for name, place in PLACES.items():
            ours = os.path.join(self.directory, name)
            os.makedirs(ours)
            os.makedirs(place, exist_ok=True)
            self._bind(ours, place)
        devices = os.path.join(self.directory, "dev")
        os.makedirs(devices)
        subprocess.run(["mount", "-t", "tmpfs", "dev", devices], check=True, stdin=subprocess.DEVNULL)
        for name in (*DEVICES, *map(os.path.basename, disks())):
            theirs, ours = os.path.join("/dev", name), os.path.join(devices, name)
            if os.path.isdir(theirs):
                os.makedirs(ours)
            elif os.path.exists(theirs):
                os.makedirs(os.path.dirname(ours), exist_ok=True)
                open(ours, "wb").close()
            else:
                continue
            self._bind(theirs, ours)
        subprocess.run(["mount", "--rbind", devices, "/dev"], check=True, stdin=subprocess.DEVNULL)

    def _add_user(self):
        """Debian's libvirt does not begin without this user, whom libvirt-daemon-system makes."""
        for place, entry in USER.items():
            with open(place) as file:
                text = file.read()
            if any(line.startswith("libvirt-qemu:") for line in text.splitlines()):
                continue
            ours = os.path.join(self.directory, os.path.basename(place))
            with open(ours, "w") as file:
                file.write(text + entry + "\n")
            self._bind(ours, place)

    def _pid_file(self, name):
        """Theirs are in /run itself, which several programs share."""
        return ["--pid-file", os.path.join(self.directory, name + ".pid")]

    def start(self):
        self.groups = {path + "/machine" for path in [GROUPS, *glob.glob(GROUPS + "/*")]
                       if not os.path.exists(path + "/machine")}
        os.chmod(self.directory, 0o755)
        self._mount()
        self._add_user()
        with open("/etc/libvirt/qemu.conf", "w") as file:
            file.write('security_driver = "none"\nuser = "root"\ngroup = "root"\nremember_owner = 0\n')
        with open("/etc/libvirt/libvirtd.conf", "w") as file:
            file.write('auth_unix_rw = "none"\n')
        self.uri = "qemu:///system"
        options = {"env": {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin"}, "cwd": "/"}
        self.logger = self.spawn(["virtlogd", *self._pid_file("virtlogd")], **options)
        self.await_ready(self.logger, lambda: os.path.exists("/run/libvirt/virtlogd-sock"))
        self.process = self.spawn(["libvirtd", *self._pid_file("libvirtd")], **options)
        self.await_ready(self.process, lambda: self.virsh("uri", check=False).returncode == 0)

    def make_readable(self, path):
        pass  # QEMU runs as root

    def stop(self):
        super().stop()
        for path in self.groups:
            for folder, _, _ in os.walk(path, topdown=False):
                try:
                    os.rmdir(folder)
                except OSError:
                    pass
        subprocess.run(["umount", "--recursive", "/dev"], stdin=subprocess.DEVNULL, capture_output=True)
        for place in (*PLACES.values(), *USER):
            subprocess.run(["umount", place], stdin=subprocess.DEVNULL, capture_output=True)


def own_network(*bridges):
    """From here on the program has a network of its own, with these bridges."""
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.unshare(CLONE_NEWNET) != 0:
        raise OSError(ctypes.get_errno(), "unshare")
    for name in bridges:
        for words in (("add", name, "type", "bridge"), ("set", name, "up")):
            subprocess.run(["ip", "link", *words], check=True, stdin=subprocess.DEVNULL)


def define_networks(libvirtd, *bridges):
    """Virtual networks on these bridges, by the same names, started."""
    for name in bridges:
        file = os.path.join(libvirtd.directory, name + ".xml")
        with open(file, "w") as out:
            out.write(NETWORK_XML.format(name))
        libvirtd.virsh("net-define", file)
        libvirtd.virsh("net-start", name)


def disks():
    """Block devices of the machine that can be named to libvirt."""
    return sorted(path for name in os.listdir("/sys/block") if not name.startswith(("loop", "ram", "zram"))
                  for path in ["/dev/" + name] if os.path.exists(path))
