# SPDX-License-Identifier: LGPL-2.1-or-later
"""Private services for tests and measurements: a message bus, domwrightd, libvirtd with QEMU.

Owns starting and ending them, each in a directory of its own; it knows nothing of what is tried on
them. Nothing here touches the machine's own bus, libvirtd or configuration, and nothing outlives the
program: each service is a context manager, and dies with the program even if that is killed.

    with Bus() as bus, Libvirtd() as libvirtd, Daemon(bus, "--host", f"local={libvirtd.uri}"):
        bus.call(...)

The programs under test come from the environment (meson sets it): DOMWRIGHTD, DOMWRIGHT; a
DOMWRIGHTD_WRAPPER, such as "valgrind --error-exitcode=9", is put before the daemon.
"""

import atexit
import ctypes
import json
import os
import pwd
import re
import shlex
import shutil
import signal
import socket
import subprocess
import tempfile
import time

PR_SET_PDEATHSIG = 1
DAEMON = os.environ.get("DOMWRIGHTD", "build/daemon/domwrightd")
WRAPPER = shlex.split(os.environ.get("DOMWRIGHTD_WRAPPER", ""))
CLIENT = os.environ.get("DOMWRIGHT", "build/client/domwright")
START_SECONDS = 180

_libc = ctypes.CDLL(None)


def wait_for(condition, what, seconds=START_SECONDS):
    """Polls until condition() is true and returns its value; AssertionError naming `what` if never."""
    end = time.monotonic() + seconds
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > end:
            raise AssertionError(f"after {seconds} s still not: {what}")
        time.sleep(0.02)


def _answers(path):
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
        return probe.connect_ex(path) == 0


def free_port():
    """A TCP port of the loopback device that nobody uses now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def die_with_parent():
    _libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


def sanitizers():
    """The libraries of sanitizers the daemon is linked with: its memory is then not what it was."""
    linked = subprocess.run(["ldd", DAEMON], capture_output=True, text=True).stdout
    return re.findall(r"=> (\S*/lib[at]san\S*)", linked)


def preloaded(shim):
    """The value of LD_PRELOAD that puts a shim before the libraries of our programs, but after a
    sanitizer that wants to be first."""
    return ":".join([*sanitizers(), shim])


class Service:
    """One program in the foreground, its output in `log`, its files in `directory`."""

    def __init__(self, name):
        self.name = name
        self.process = None
        self.directory = None

    def __enter__(self):
        self.directory = tempfile.mkdtemp(prefix=f"domwright-{self.name}-")
        try:
            self.start()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        try:
            self.stop()
        finally:
            shutil.rmtree(self.directory, ignore_errors=True)

    @property
    def log(self):
        try:
            with open(os.path.join(self.directory, "log"), errors="replace") as file:
                return file.read()
        except FileNotFoundError:
            return ""

    def spawn(self, argv, **options):
        with open(os.path.join(self.directory, "log"), "ab") as log:
            options = {"stdout": log, **options}
            return subprocess.Popen(argv, stdin=subprocess.DEVNULL, stderr=log,
                                    preexec_fn=die_with_parent, **options)

    def start(self):
        raise NotImplementedError

    def stop(self):
        self.end(self.process)
        self.process = None

    def end(self, process, seconds=20):
        """SIGTERM, then SIGKILL; the exit status, or None if it never ran."""
        if process is None:
            return None
        if process.poll() is None:
            process.send_signal(signal.SIGCONT)
            process.terminate()
            try:
                process.wait(seconds)
            except subprocess.TimeoutExpired:
                process.kill()
        return process.wait()

    def await_ready(self, process, ready):
        def check():
            if process.poll() is not None:
                raise AssertionError(f"{self.name} ended with {process.returncode}:\n{self.log}")
            return ready()

        wait_for(check, f"{self.name} is ready")


class Bus(Service):
    """A message bus on which everybody may own and call everything."""

    CONFIG = """<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <listen>unix:path={socket}</listen>
  <auth>EXTERNAL</auth>
  <policy context="default">
    <allow user="*"/>
    <allow send_destination="*" eavesdrop="true"/>
    <allow eavesdrop="true"/>
    <allow own="*"/>
  </policy>
  <limit name="max_replies_per_connection">50000</limit>
  <limit name="max_match_rules_per_connection">50000</limit>
</busconfig>
"""

    def __init__(self):
        super().__init__("bus")
        self.address = None

    def start(self):
        os.chmod(self.directory, 0o755)
        place = os.path.join(self.directory, "socket")
        config = os.path.join(self.directory, "bus.conf")
        with open(config, "w") as file:
            file.write(self.CONFIG.format(socket=place))
        self.process = self.spawn(["dbus-daemon", "--config-file=" + config, "--nofork",
                                   "--nopidfile", "--nosyslog"])
        # The socket is there a moment before it is listened on.
        self.await_ready(self.process, lambda: os.path.exists(place) and _answers(place))
        self.address = "unix:path=" + place

    def busctl(self, *arguments, check=True):
        """Runs busctl on this bus; the finished process with text output."""
        done = subprocess.run(["busctl", "--address=" + self.address, *arguments],
                              stdin=subprocess.DEVNULL, capture_output=True, text=True)
        if check and done.returncode != 0:
            raise AssertionError(f"busctl {' '.join(arguments)}:\n{done.stderr}")
        return done

    def call(self, path, interface, method, signature="", *arguments, name="org.domwright1"):
        """A method's answer as Python data; variants come as busctl's {"type", "data"}."""
        done = self.busctl("--json=short", "call", name, path, interface, method,
                           *([signature] if signature else []), *map(str, arguments))
        return json.loads(done.stdout)["data"] if done.stdout.strip() else []

    def has_owner(self, name):
        done = self.busctl("--json=short", "call", "org.freedesktop.DBus", "/org/freedesktop/DBus",
                           "org.freedesktop.DBus", "NameHasOwner", "s", name)
        return json.loads(done.stdout)["data"][0]


class Daemon(Service):
    """domwrightd on a bus; `status` is its exit status once stopped; `wrapper` is put before it."""

    def __init__(self, bus, *arguments, wrapper=()):
        super().__init__("domwrightd")
        self.wrapper = wrapper
        self.bus = bus
        self.arguments = arguments
        self.status = None

    def start(self):
        self.process = self.spawn([*self.wrapper, *WRAPPER, DAEMON, "--address=" + self.bus.address,
                                   "--state-directory", self.directory, *self.arguments])
        self.await_ready(self.process, lambda: self.bus.has_owner("org.domwright1"))

    def wait_connected(self, host="local", answers=True):
        """Waits for the host's libvirt, and unless told otherwise until it has said what it can do:
        a fresh libvirtd looks at every emulator first, which takes longer than the daemon waits."""
        wait_for(lambda: self.bus.call("/org/domwright1/host/" + host,
                                       "org.freedesktop.DBus.Properties", "Get", "ss",
                                       "org.domwright1.Host",
                                       "HypervisorVersion" if answers else "Connected")[0]["data"],
                 f"host {host} is connected")

    def stop(self):
        self.status = self.end(self.process)
        self.process = None
        if self.status:
            raise AssertionError(f"domwrightd ended with {self.status}:\n{self.log}")


class Libvirtd(Service):
    """libvirtd and virtlogd with QEMU in emulation, all state in one directory.

    It is libvirt's unprivileged kind: run as root, it becomes the user nobody. `uri` reaches it from
    any user who may enter the directory, root included. With tcp=True it also listens on the loopback
    device, and `tcp_uri` reaches it through libvirt's remote transport. With own_programs=True it
    finds emulators only in the folder `bin` of its directory.
    """

    PROGRAMS = ("libvirtd", "virtlogd", "qemu-system-x86_64")
    # What libvirt found out of QEMU takes it seconds, with many QEMU programs half a minute: the libvirtds
    # of one program share it, and the first is not ready before it has it.
    _cache = None

    def __init__(self, tcp=False, own_programs=False):
        super().__init__("libvirtd")
        self.own_programs = own_programs
        self.logger = None
        self.socket = None
        self.uri = None
        self.port = free_port() if tcp else None
        self.tcp_uri = f"qemu+tcp://127.0.0.1:{self.port}/session" if tcp else None

    def _listening(self):
        """The options that make it listen on the loopback device."""
        if not self.port:
            return []
        config = os.path.join(self.directory, "libvirtd.conf")
        with open(config, "w") as file:
            file.write(f'listen_tls = 0\nlisten_tcp = 1\nlisten_addr = "127.0.0.1"\n'
                       f'tcp_port = "{self.port}"\nauth_tcp = "none"\n')
        return ["--listen", "--config", config]

    @classmethod
    def missing(cls):
        """What this machine lacks to run it, as text for a skip; None when nothing."""
        path = os.environ.get("PATH", os.defpath) + ":/usr/sbin:/sbin"
        absent = [name for name in cls.PROGRAMS if not shutil.which(name, path=path)]
        return "needs " + ", ".join(absent) if absent else None

    def _as_user(self):
        if os.geteuid() != 0:
            return {}
        nobody = pwd.getpwnam("nobody")
        return {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}

    def start(self):
        identity = self._as_user()
        answers_last = "uri" if Libvirtd._cache else "capabilities"
        if not Libvirtd._cache:
            Libvirtd._cache = tempfile.mkdtemp(prefix="domwright-cache-")
            atexit.register(shutil.rmtree, Libvirtd._cache, ignore_errors=True)
        path = "/usr/sbin:/usr/bin:/sbin:/bin"
        if self.own_programs:
            path = os.path.join(self.directory, "bin") + ":/usr/sbin:/sbin"
            os.makedirs(os.path.join(self.directory, "bin"), exist_ok=True)
        environment = {"PATH": path, "HOME": self.directory}
        for name, folder in (("XDG_RUNTIME_DIR", "run"), ("XDG_CONFIG_HOME", "config"),
                             ("XDG_CACHE_HOME", Libvirtd._cache), ("XDG_DATA_HOME", "data")):
            environment[name] = os.path.join(self.directory, folder)
            os.makedirs(environment[name], 0o700, exist_ok=True)
            if identity:
                os.chown(environment[name], identity["user"], identity["group"])
        if identity:
            os.chown(self.directory, identity["user"], identity["group"])
        self.socket = os.path.join(environment["XDG_RUNTIME_DIR"], "libvirt", "libvirt-sock")
        self.uri = "qemu+unix:///session?socket=" + self.socket
        options = {"env": environment, "cwd": "/", **identity}
        if self.logger is None or self.logger.poll() is not None:
            self.logger = self.spawn(["virtlogd"], **options)
            ready = os.path.join(os.path.dirname(self.socket), "virtlogd-sock")
            self.await_ready(self.logger, lambda: os.path.exists(ready))
        self.process = self.spawn(["libvirtd", *self._listening()], **options)
        self.await_ready(self.process, lambda: self.virsh(answers_last, check=False).returncode == 0)

    def virsh(self, *arguments, check=True):
        done = subprocess.run(["virsh", "-q", "-c", self.uri, *arguments],
                              stdin=subprocess.DEVNULL, capture_output=True, text=True)
        if check and done.returncode != 0:
            raise AssertionError(f"virsh {' '.join(arguments)}:\n{done.stderr}")
        return done

    def make_readable(self, path):
        """Gives a file made by the test to the user QEMU runs as."""
        identity = self._as_user()
        if identity:
            os.chown(path, identity["user"], identity["group"])

    def pause(self):
        self.process.send_signal(signal.SIGSTOP)

    def resume(self):
        self.process.send_signal(signal.SIGCONT)

    def kill(self):
        """SIGKILL; start() brings it back on the same socket, with the same domains."""
        self.process.kill()
        self.process.wait()

    def stop(self):
        if self.process is not None and self.process.poll() is None:
            self.resume()
            listed = self.virsh("list", "--uuid", check=False)
            for uuid in listed.stdout.split():
                self.virsh("destroy", uuid, check=False)
        super().stop()
        self.end(self.logger)
        self.logger = None
