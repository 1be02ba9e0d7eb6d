# SPDX-License-Identifier: LGPL-2.1-or-later
"""A Debian of the test's own, booted with systemd in a container, with domwright installed in it.

Owns making the tree of packages and the build with --prefix=/usr (both kept in the build directory),
booting, running commands inside, and the end. The tree itself is never written to: what happens in a
container is in memory and gone with it. It expects nothing of what is installed.
"""

import atexit
import fcntl
import glob
import json
import os
import re
import shutil
import subprocess
import unittest

from support import services

SOURCE = os.environ["SOURCE_ROOT"]
BUILD = os.environ["BUILD_ROOT"]
PLACE = os.path.join(BUILD, "tests", "installed")
TREE = os.path.join(PLACE, "tree")
PREFIX_BUILD = os.path.join(PLACE, "build")
# Of each program its own: a running container has it mounted.
IMAGE = os.path.join(PLACE, f"image-{os.getpid()}")
PROBE = os.environ["PROBE"]

PACKAGES = ("systemd,systemd-sysv,dbus,dbus-user-session,polkitd,procps,util-linux,iproute2,"
            "libvirt-daemon-system,libvirt-clients,libvirt-daemon-driver-qemu,qemu-system-x86,"
            "qemu-utils")
# Since Debian 13 libvirt's drivers are packages of their own.
DRIVERS = "," + ",".join(f"libvirt-daemon-driver-{name}" for name in (
    "network", "nodedev", "secret", "storage"))
# Paths that a test has no use for and that take half of the time.
LEFT_OUT = ("man", "doc", "locale", "info")
PATH = "/usr/sbin:/usr/bin:/sbin:/bin"
BOOT_SECONDS = 120
COMMAND_SECONDS = 60


class Missing(Exception):
    """What this machine lacks, for a skip."""


def _run(*argv, **options):
    done = subprocess.run(argv, stdin=subprocess.DEVNULL, capture_output=True, text=True, **options)
    if done.returncode != 0:
        raise AssertionError(f"{' '.join(argv)}:\n{done.stdout}{done.stderr}")
    return done.stdout


# ---- What is put into it ----

def _release():
    with open("/etc/os-release", encoding="utf-8") as file:
        fields = dict(line.rstrip().split("=", 1) for line in file if "=" in line)
    if fields.get("ID") != "debian":
        raise Missing("the tree is made of Debian's packages, by Debian's tools")
    return fields["VERSION_CODENAME"].strip('"')


def _sources():
    """The machine's own files of Debian's archive; none: mmdebstrap's idea of it."""
    found = []
    for path in ["/etc/apt/sources.list", *glob.glob("/etc/apt/sources.list.d/*")]:
        if os.path.isfile(path) and path.endswith((".list", ".sources")):
            with open(path, encoding="utf-8", errors="replace") as file:
                if re.search(r"^(deb |URIs:).*/debian/?(\s|$)", file.read(), re.M):
                    found.append(path)
    return found


def _make_tree(tree, more):
    if os.path.exists(tree + ".made"):
        return
    release = _release()
    shutil.rmtree(tree, ignore_errors=True)
    made = subprocess.run(
        ["mmdebstrap", "--quiet", "--mode=root", "--variant=minbase",
         '--aptopt=APT::Install-Recommends "false"', "--dpkgopt=force-unsafe-io",
         '--aptopt=Acquire::Check-Valid-Until "false"',  # testing's list of packages expires
         *(f"--dpkgopt=path-exclude=/usr/share/{name}/*" for name in LEFT_OUT),
         "--include=" + ",".join([PACKAGES + (DRIVERS if release != "bookworm" else ""), *more]),
         release, tree, *_sources()],
        stdin=subprocess.DEVNULL, capture_output=True, text=True)
    if made.returncode != 0:
        last = made.stderr.strip().splitlines()[-1:] or ["no reason given"]
        raise Missing("Debian's packages cannot be had: " + last[0])
    with open(tree + ".made", "w"):
        pass


def _make_image():
    """domwright as a distribution builds it."""
    if not os.path.exists(os.path.join(PREFIX_BUILD, "build.ninja")):
        _run("meson", "setup", PREFIX_BUILD, SOURCE)
    targets = json.loads(_run("meson", "introspect", "--targets", PREFIX_BUILD))
    _run("ninja", "-C", PREFIX_BUILD, *(os.path.relpath(name, PREFIX_BUILD) for target in targets
                                        if target["installed"] for name in target["filename"]))
    _run("meson", "install", "-C", PREFIX_BUILD, "--no-rebuild", "--destdir", IMAGE)
    shutil.copy(PROBE, os.path.join(IMAGE, "usr", "libexec", "domwright-probe"))


def make_packages(folder, umask=0o022, **environment):
    """Debian packages of the sources, in a folder; their paths by name."""
    _run(os.path.join(SOURCE, "dev"), "package", folder, umask=umask,
         env={**os.environ, **environment})
    found = glob.glob(os.path.join(folder, "*.deb"))
    return {os.path.basename(path).split("_")[0]: path for path in found}


def build_packages():
    """What ./dev builds with."""
    with open(os.path.join(SOURCE, "dev"), encoding="utf-8") as file:
        return re.search(r'^packages_build="(.*?)"', file.read(), re.M | re.S)[1].split()


def prepare(image=True, tree=TREE, more=()):
    """Makes what is missing of a tree, with more packages in it, and the image; Missing where that
    cannot be."""
    if os.geteuid() != 0:
        raise Missing("needs root, for a container")
    absent = [name for name in ("systemd-nspawn", "mmdebstrap", "nsenter", "meson", "ninja")
              if not shutil.which(name)]
    if absent:
        raise Missing("needs " + ", ".join(absent))
    os.makedirs(PLACE, exist_ok=True)
    atexit.register(shutil.rmtree, IMAGE, ignore_errors=True)
    with open(tree + ".lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        _make_tree(tree, more)
        if image:
            _make_image()
        os.makedirs(IMAGE, exist_ok=True)


# ---- The running thing ----

def _children(pid):
    try:
        with open(f"/proc/{pid}/task/{pid}/children") as file:
            return [int(word) for word in file.read().split()]
    except FileNotFoundError:
        return []


def _is_first(pid):
    """Whether this is process 1 of a namespace below ours."""
    try:
        with open(f"/proc/{pid}/status") as file:
            return re.search(r"^NSpid:\s+\d+\s+1$", file.read(), re.M) is not None
    except FileNotFoundError:
        return False


class Container(services.Service):
    """A booted container; `first` is its systemd as this machine sees it."""

    def __init__(self, tree=TREE, **shown):
        """The folders `shown` are seen, and cannot be changed, under their names in /."""
        super().__init__("container")
        self.tree = tree
        self.binds = [f"--bind-ro={folder}:/{name}" for name, folder in shown.items()]
        self.machine = f"domwright-{os.getpid()}"
        self.first = None
        self.groups = []

    def _enter_groups(self):
        """Where systemd does not rule this machine: control groups for the one inside to rule."""
        if os.path.isdir("/run/systemd/system"):
            return []
        for top in ("/sys/fs/cgroup/unified", "/sys/fs/cgroup/systemd", "/sys/fs/cgroup"):
            if os.path.exists(os.path.join(top, "cgroup.procs")):
                group = os.path.join(top, self.machine)
                os.makedirs(group, exist_ok=True)
                self.groups.append(group)
        joins = "".join(f"echo $$ >{group}/cgroup.procs; " for group in self.groups)
        return ["sh", "-c", joins + 'exec "$@"', "sh"]

    def start(self):
        keep = [] if os.path.isdir("/run/systemd/system") else ["--keep-unit"]
        self.process = self.spawn(
            [*self._enter_groups(), "systemd-nspawn", "--quiet", "--directory=" + self.tree,
             "--machine=" + self.machine, "--register=no", *keep,
             "--volatile=overlay", "--boot", "--private-network", "--kill-signal=SIGRTMIN+3",
             "--console=read-only", "--link-journal=no", "--resolv-conf=off", "--timezone=off",
             f"--bind-ro={IMAGE}:/image", f"--bind-ro={SOURCE}/systemd:/scripts", *self.binds,
             "--capability=all", "systemd.unit=multi-user.target"],
            env={**os.environ, "SYSTEMD_NSPAWN_UNIFIED_HIERARCHY": "1"})
        self.await_ready(self.process, self._find_first)
        services.wait_for(lambda: self.run("systemctl", "is-system-running", check=False).stdout
                          .strip() in ("running", "degraded"), "booted", BOOT_SECONDS)

    def _find_first(self):
        known = [self.process.pid]
        for pid in known:
            known += _children(pid)
            if _is_first(pid):
                self.first = pid
        return self.first

    def stop(self):
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()  # nspawn passes it on as "power off"
            try:
                self.process.wait(60)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        for group in self.groups:
            for place, _, _ in os.walk(group, topdown=False):
                try:
                    os.rmdir(place)
                except OSError:
                    pass  # the kernel is not done with it; an empty group is no harm

    def _inside(self, user):
        enter = ["nsenter", "-t", str(self.first), "-m", "-u", "-i", "-n", "-p", "-C", "-r", "-w",
                 "env", "-i", "PATH=" + PATH, "LANG=C.UTF-8", "SYSTEMD_PAGER=cat",
                 "SYSTEMD_COLORS=0"]
        if user != "root":
            enter += ["setpriv", "--reuid", user, "--regid", user, "--init-groups"]
        return enter

    def popen(self, *argv, user="root"):
        return subprocess.Popen([*self._inside(user), *argv], stdin=subprocess.DEVNULL,
                                stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)

    def run(self, *argv, user="root", check=True, seconds=COMMAND_SECONDS):
        done = subprocess.run([*self._inside(user), *argv], stdin=subprocess.DEVNULL,
                              capture_output=True, text=True, timeout=seconds)
        if check and done.returncode != 0:
            raise AssertionError(f"{' '.join(argv)}:\n{done.stdout}{done.stderr}")
        return done

    def write(self, path, text):
        subprocess.run([*self._inside("root"), "sh", "-c", 'mkdir -p "$(dirname "$1")"; cat >"$1"',
                        "sh", path], input=text, text=True, check=True)

    def install(self):
        """Puts the image's files in place, as a package manager does: new files, then the old names."""
        self.run("cp", "-a", "--remove-destination", "/image/.", "/")
        self.run("sh", "/scripts/after-install")

    def show(self, name, unit="domwrightd.service"):
        """A property of a unit, in systemd's words."""
        return self.run("systemctl", "show", "--value", "-p", name, unit).stdout.strip()

    def busctl(self, *arguments, user="root"):
        """A call that has to succeed; its answer as Python data."""
        said = self.run("busctl", "--json=short", *arguments, user=user).stdout
        return json.loads(said)["data"] if said.strip() else []


def installed():
    """A container with domwright installed, until the tests of the module are over; or their skip."""
    try:
        prepare()
    except Missing as reason:
        raise unittest.SkipTest(str(reason)) from None
    machine = Container()
    unittest.addModuleCleanup(machine.__exit__)
    machine.__enter__()
    machine.install()
    return machine
