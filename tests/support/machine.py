# SPDX-License-Identifier: LGPL-2.1-or-later
"""A machine of the test's own as far as policy sees it: users, a system bus, polkitd, domwrightd.

Owns a mount namespace in which /run, the users' files, polkit's folders and PAM's are private; the
real ones are not touched, and all is gone when the program ends. There is no logind in it: polkit
takes every caller for inactive and remote, so the defaults for "any" apply. What is asked and
expected is the tests' business.
"""

import contextlib
import ctypes
import json
import os
import queue
import re
import shutil
import socket
import stat
import subprocess
import sys
import threading

from support import services

SOURCE = os.environ.get("SOURCE_ROOT", os.getcwd())
POLKITD = "/usr/lib/polkit-1/polkitd"
HELPER = "/usr/lib/polkit-1/polkit-agent-helper-1"
HELPER_SOCKET = "/run/polkit/agent-helper.socket"
SOCKET = "/run/dbus/system_bus_socket"
ADDRESS = "unix:path=" + SOCKET
RULES = "/etc/polkit-1/rules.d"
PROGRAMS = "/run/programs"  # where users who may not enter the tree or the build run them from
BUS_AGENT = PROGRAMS + "/bus_agent.py"
CLIENT = PROGRAMS + "/domwright"

CLONE_NEWNS = 0x00020000

# Name -> (uid, extra groups). Passwords are locked but for the administrator's.
USERS = {
    "domwright": (7000, []),
    "alice": (7001, []),
    "bob": (7002, []),
    "mallory": (7003, []),
    "oper": (7004, ["operators"]),
    "admin": (7005, ["sudo"]),
    "dev": (7006, ["developers"]),
    "desk": (7007, ["helpdesk"]),
    "store": (7008, ["storage"]),
}
GROUPS = {"operators": 7100, "developers": 7101, "helpdesk": 7102, "storage": 7103}
PASSWORD = "correct horse"
# Of PASSWORD, by `openssl passwd -5`.
HASH = "$5$domwright$0zTTBjnL.ZSKNNVVQ19ZESXp57J/ICtZfg/fGLCU8e4"

BUS_CONFIG = f"""<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>system</type>
  <listen>{ADDRESS}</listen>
  <auth>EXTERNAL</auth>
  <policy context="default">
    <allow user="*"/>
    <deny own="*"/>
    <deny send_type="method_call"/>
    <allow send_type="signal"/>
    <allow send_requested_reply="true" send_type="method_return"/>
    <allow send_requested_reply="true" send_type="error"/>
    <allow receive_type="method_call"/>
    <allow receive_type="method_return"/>
    <allow receive_type="error"/>
    <allow receive_type="signal"/>
    <allow send_destination="org.freedesktop.DBus" send_interface="org.freedesktop.DBus"/>
    <allow send_destination="org.freedesktop.DBus"
           send_interface="org.freedesktop.DBus.Introspectable"/>
    <allow send_destination="org.freedesktop.DBus" send_interface="org.freedesktop.DBus.Properties"/>
  </policy>
  <policy user="root">
    <allow send_destination="org.freedesktop.DBus" send_interface="org.freedesktop.DBus.Monitoring"/>
  </policy>
  <include>/usr/share/dbus-1/system.d/org.freedesktop.PolicyKit1.conf</include>
  <include>/run/domwright-policy/org.domwright1.conf</include>
</busconfig>
"""

# The first rule of all: writes down every check with all its details, and leaves it to the others.
LOG_RULE = """
polkit.addRule(function(action, subject) {
    var details = {};
    for (var name in action) {
        if (name.indexOf("_detail_") == 0 && name.indexOf("_detail_polkit.") != 0)
            details[name.substring(8)] = action[name];
    }
    polkit.log("CHECK " + JSON.stringify([subject.user, action.id, details]) + " END");
    return polkit.Result.NOT_HANDLED;
});
polkit.addAdminRule(function(action, subject) {
    return ["unix-group:sudo"];
});
"""


def missing():
    """What this machine lacks for one of our own, as text for a skip; None when nothing."""
    if os.geteuid() != 0:
        return "needs root, to be other users"
    path = os.environ.get("PATH", os.defpath) + ":/usr/sbin:/sbin"
    absent = [name for name in ("dbus-daemon", "mount", "pkttyagent", POLKITD)
              if not shutil.which(name, path=path)]
    if absent:
        return "needs " + ", ".join(absent)
    tried = subprocess.run(["unshare", "--mount", "mount", "-t", "tmpfs", "none", "/run"],
                           stdin=subprocess.DEVNULL, capture_output=True, text=True)
    return None if tried.returncode == 0 else "needs mounts of its own: " + tried.stderr.strip()


def _mount(*arguments):
    subprocess.run(["mount", *arguments], check=True, stdin=subprocess.DEVNULL)


def _write(path, text, mode=0o644):
    with open(path, "w", encoding="utf-8") as file:
        os.fchmod(file.fileno(), mode)
        file.write(text)


def _read(path):
    with open(path, encoding="utf-8", errors="surrogateescape") as file:
        return file.read()


def _tmpfs(path):
    _mount("-t", "tmpfs", "-o", "mode=755", "domwright-test", path)


def _replace(path, text, mode):
    ours = os.path.join("/run/files", os.path.basename(path))
    _write(ours, text, mode)
    _mount("--bind", ours, path)


def _make_users():
    lines = {"/etc/passwd": [], "/etc/shadow": []}
    members = {}
    for name, (uid, groups) in USERS.items():
        lines["/etc/passwd"].append(f"{name}:x:{uid}:{uid}::/run/homes/{name}:/bin/sh")
        lines["/etc/shadow"].append(f"{name}:{HASH if name == 'admin' else '!'}:19000::::::")
        os.makedirs(f"/run/homes/{name}")
        os.chown(f"/run/homes/{name}", uid, uid)
        for group in groups:
            members.setdefault(group, []).append(name)
    known = _read("/etc/group").splitlines()
    kept = [line for line in known if line.split(":")[0] not in {*USERS, *GROUPS, "sudo"}]
    sudo = next((line.split(":")[2] for line in known if line.startswith("sudo:")), "27")
    groups = {**{name: uid for name, (uid, _) in USERS.items()}, **GROUPS, "sudo": sudo}
    kept += [f"{name}:x:{gid}:{','.join(members.get(name, []))}" for name, gid in groups.items()]
    for path, mode in (("/etc/passwd", 0o644), ("/etc/shadow", 0o640)):
        others = [line for line in _read(path).splitlines() if line.split(":")[0] not in USERS]
        _replace(path, "\n".join(others + lines[path]) + "\n", mode)
    _replace("/etc/group", "\n".join(kept) + "\n", 0o644)


def _make_polkit():
    for folder in ("/etc/polkit-1", "/usr/share/polkit-1", "/usr/local/share/polkit-1"):
        if os.path.isdir(folder):
            _tmpfs(folder)
            for name in ("actions", "rules.d"):
                os.mkdir(os.path.join(folder, name))
    shutil.copy(os.path.join(SOURCE, "dbus/org.domwright1.policy"), "/usr/share/polkit-1/actions")
    _tmpfs("/etc/pam.d")
    stack = "auth required pam_unix.so nodelay\naccount required pam_unix.so\n"
    _write("/etc/pam.d/polkit-1", stack)
    _write("/etc/pam.d/other", stack)


def own_mounts():
    """From here on, what this program mounts is seen by it and by what it starts, and by nobody else."""
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.unshare(CLONE_NEWNS) != 0:
        raise OSError(ctypes.get_errno(), "unshare")
    _mount("--make-rprivate", "/")


def enter():
    """Makes the machine, for the rest of this program and all it starts. Ends the program as skipped
    where that cannot be."""
    reason = missing()
    if reason:
        print("1..0 # SKIP " + reason)
        sys.exit(0)
    own_mounts()
    _tmpfs("/run")
    for name in ("dbus", "files", "homes", "programs", "domwright-policy"):
        os.mkdir("/run/" + name)
    _make_users()
    _make_polkit()
    shutil.copy(os.path.join(SOURCE, "dbus/org.domwright1.conf"), "/run/domwright-policy")
    bus_agent = os.path.join(os.path.dirname(__file__), "bus_agent.py")
    for program in (services.DAEMON, services.CLIENT, bus_agent):
        shutil.copy(program, PROGRAMS)
    os.environ.pop("DBUS_SYSTEM_BUS_ADDRESS", None)
    os.environ.pop("DBUS_SESSION_BUS_ADDRESS", None)
    os.umask(0o022)


def identity(user):
    """Arguments of subprocess that make it this user's."""
    if user == "root":
        return {}
    uid, groups = USERS[user]
    return {"user": uid, "group": uid,
            "extra_groups": [GROUPS.get(name) or _gid(name) for name in groups]}


def _gid(name):
    return int(re.search(rf"^{name}:[^:]*:(\d+)", _read("/etc/group"), re.M)[1])


class SystemBus(services.Bus):
    """The system bus, with polkit's and our own policy of who may send what."""

    def start(self):
        config = os.path.join(self.directory, "bus.conf")
        _write(config, BUS_CONFIG)
        if os.path.exists(SOCKET):
            os.unlink(SOCKET)
        self.process = self.spawn(["dbus-daemon", "--config-file=" + config, "--nofork",
                                   "--nopidfile", "--nosyslog"])
        self.await_ready(self.process, lambda: self.busctl("list", check=False).returncode == 0)
        self.address = ADDRESS

    def busctl(self, *arguments, check=True):
        self.address = ADDRESS
        return super().busctl(*arguments, check=check)


class Polkitd(services.Service):
    """polkitd with rules of the test: {file name: JavaScript}."""

    def __init__(self, bus, rules=None):
        super().__init__("polkitd")
        self.bus = bus
        self.rules = {"00-log.rules": LOG_RULE, **(rules or {})}
        self.helper = None

    def start(self):
        for name in os.listdir(RULES):
            os.unlink(os.path.join(RULES, name))
        for name, text in self.rules.items():
            _write(os.path.join(RULES, name), text)
        self._start_helper()
        self.process = self.spawn([POLKITD])
        self.await_ready(self.process, lambda: self.bus.has_owner("org.freedesktop.PolicyKit1"))

    def _start_helper(self):
        """Since polkit 127 agents reach the program that checks passwords by a socket of systemd's."""
        if os.stat(HELPER).st_mode & stat.S_ISUID:
            return
        os.makedirs(os.path.dirname(HELPER_SOCKET), exist_ok=True)
        with contextlib.suppress(FileNotFoundError):
            os.unlink(HELPER_SOCKET)  # that of the one before, which is not to be waited for
        self.helper = self.spawn(["systemd-socket-activate", "--accept", "--inetd",
                                  "--listen=" + HELPER_SOCKET, HELPER, "--socket-activated"])
        services.wait_for(lambda: os.path.exists(HELPER_SOCKET), "polkit's helper listens")
        os.chmod(HELPER_SOCKET, 0o666)

    def stop(self):
        super().stop()
        self.end(self.helper)
        self.helper = None

    def checks(self, since=0):
        """[(user, action, details)] in order, of every check since there were so many."""
        found = re.findall(r"CHECK (\[.*?\]) END", self.log)
        return [tuple(json.loads(text)) for text in found][since:]


class Journal:
    """The journal's socket; read() tells all that was sent to it, as text."""

    MARK, STUCK, FILL = b"mark", b"stuck", b"fill"

    PLACE = "/run/systemd/journal/socket"

    def __enter__(self):
        os.makedirs(os.path.dirname(self.PLACE), exist_ok=True)
        self._entries = []
        self._marks = queue.Queue()
        self._halted, self._on_again = threading.Event(), threading.Event()
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._socket.bind(self.PLACE)
        os.chmod(self.PLACE, 0o666)
        self._reader = threading.Thread(target=self._read)
        self._reader.start()
        return self

    def __exit__(self, *_):
        self._send(b"")
        self._reader.join()
        self._socket.close()
        os.unlink(self.PLACE)

    @contextlib.contextmanager
    def stuck(self):
        """Takes nothing meanwhile: its socket is full, and nobody reads it."""
        self._send(self.STUCK)
        self._halted.wait()
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as sender:
            sender.setblocking(False)
            with contextlib.suppress(BlockingIOError):
                while sender.sendto(self.FILL, self.PLACE):
                    pass
        try:
            yield
        finally:
            self._halted.clear()
            self._on_again.set()

    def _read(self):
        # Whoever writes waits when this is not read all the time.
        while entry := self._socket.recv(1 << 20):
            if entry == self.MARK:
                self._marks.put(None)
            elif entry == self.STUCK:
                self._halted.set()
                self._on_again.wait()
                self._on_again.clear()
            elif entry != self.FILL:
                self._entries.append(entry.decode(errors="replace"))

    def _send(self, data):
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as sender:
            sender.sendto(data, self.PLACE)

    def read(self):
        """Every entry that was sent before now."""
        self._send(self.MARK)
        self._marks.get()
        return list(self._entries)


class SystemDaemon(services.Daemon):
    """domwrightd on the system bus as its own user, who is not root; with a journal, it is told that
    its standard error output is one."""

    USER = "domwright"

    def __init__(self, bus, *arguments, journal=None):
        super().__init__(bus, *arguments)
        self.journal = journal

    def start(self):
        if self.USER != "root":
            uid = USERS[self.USER][0]
            os.chown(self.directory, uid, uid)
        environment = dict(os.environ)
        if self.journal:
            with open(os.path.join(self.directory, "log"), "ab") as log:
                status = os.fstat(log.fileno())
            environment["JOURNAL_STREAM"] = f"{status.st_dev}:{status.st_ino}"
        program = os.path.join(PROGRAMS, os.path.basename(services.DAEMON))
        self.process = self.spawn([*services.WRAPPER, program, "--system", "--state-directory",
                                   self.directory, *self.arguments], env=environment,
                                  **identity(self.USER))
        self.await_ready(self.process, lambda: self.bus.has_owner("org.domwright1"))
