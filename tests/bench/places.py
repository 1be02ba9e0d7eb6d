# SPDX-License-Identifier: LGPL-2.1-or-later
"""Where figures are measured: a private bus with the floor service, domwrightd and libvirt-dbus on
it, on hosts with as many domains as a place has.

Owns starting, filling and ending all that, and running the C programs. It does not know what they
measure.
"""

import contextlib
import json
import os
import pwd
import shutil
import subprocess

import figures
from support import services


class Absent(Exception):
    """This machine lacks what a figure needs; the text says what."""


class Failed(Exception):
    """Something that is measured does not work; the text says what."""


class FloorService(services.Service):
    def __init__(self, program, bus):
        super().__init__("bench-floor")
        self.program = program
        self.bus = bus

    def start(self):
        self.process = self.spawn([self.program, self.bus.address])
        self.await_ready(self.process, lambda: self.bus.has_owner("org.domwright.Floor"))


class LibvirtDbus(services.Service):
    """The peer. For the QEMU host it runs as the user of libvirtd, whose session it looks for."""

    PROGRAM = "libvirt-dbus"

    def __init__(self, bus, libvirtd=None):
        super().__init__("libvirt-dbus")
        self.bus = bus
        self.libvirtd = libvirtd
        self.host = "/org/libvirt/QEMU" if libvirtd else "/org/libvirt/Test"

    @classmethod
    def program(cls):
        found = shutil.which(cls.PROGRAM, path=os.environ.get("PATH", os.defpath) + ":/usr/sbin")
        if not found:
            raise Absent("libvirt-dbus is not installed")
        return found

    @staticmethod
    def environment(libvirtd):
        run = os.path.dirname(os.path.dirname(libvirtd.socket)) if libvirtd else None
        return {**os.environ, **({"XDG_RUNTIME_DIR": run} if run else {})}

    def start(self):
        environment = {**self.environment(self.libvirtd), "DBUS_SESSION_BUS_ADDRESS": self.bus.address}
        identity = {}
        if self.libvirtd and os.geteuid() == 0:
            nobody = peer_user()
            identity = {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}
        self.process = self.spawn([self.program(), "--session"], env=environment, cwd="/", **identity)
        self.await_ready(self.process, lambda: self.bus.has_owner("org.libvirt"))


def peer_user():
    return pwd.getpwnam("nobody")


def status_kib(process, field):
    with open(f"/proc/{process.pid}/status") as file:
        for line in file:
            if line.startswith(field + ":"):
                return int(line.split()[1])
    raise KeyError(field)


def threads(pid):
    return [int(name) for name in os.listdir(f"/proc/{pid}/task")]


@contextlib.contextmanager
def one_cpu(*pids):
    """Everything on one processor: this program, what it starts, and these processes. A call and its
    floor are hand-overs between processes; where the kernel happens to put each of them is worth more
    than what is measured, and lasts as long as the processes do."""
    everywhere = os.sched_getaffinity(0)
    try:
        for cpus in ({max(everywhere)}, everywhere):
            for thread in [0, *(each for pid in pids for each in threads(pid))]:
                with contextlib.suppress(ProcessLookupError):  # it may have ended by now
                    os.sched_setaffinity(thread, cpus)
            if cpus != everywhere:
                yield
    finally:
        os.sched_setaffinity(0, everywhere)


class Place:
    """What a part gets: a bus with everything on it, and the host the daemon calls `local`."""

    def __init__(self, bench, name, stack, kind, count, libvirtd, uri):
        self.bench, self.name, self.kind, self.count = bench, name, kind, count
        self.libvirtd, self.uri = libvirtd, uri
        self.stack = stack
        self.bus = stack.enter_context(services.Bus())
        self.floor = stack.enter_context(FloorService(bench.program("floor"), self.bus))
        self.daemon = None

    def start_daemon(self, *arguments, wrapper=()):
        daemon = services.Daemon(self.bus, "--host", "local=" + self.uri, *arguments, wrapper=wrapper)
        self.daemon = self.stack.enter_context(daemon)
        self.daemon.wait_connected()
        return self.daemon

    def start_peer(self):
        return self.stack.enter_context(LibvirtDbus(self.bus, self.libvirtd))

    def wait_domains(self):
        """Until the daemon knows all domains."""
        def listed():
            rows = self.bus.call("/org/domwright1/host/local", "org.domwright1.Host", "ListDomains",
                                 "a{sv}", "1", "columns", "as", "0")[0]
            return len(rows) >= self.count

        services.wait_for(listed, f"{self.count} domains at {self.name}")

    def run(self, program, *arguments, turns=None, seconds=None, environment=None):
        """The rows of a C program that takes the effort first."""
        return self.bench.run(program, turns or self.bench.turns, seconds or self.bench.seconds,
                              *arguments, environment=environment)


class Bench:
    """One run: how much effort, and what several places share."""

    def __init__(self, build, turns, seconds, quick=False, corpus=None, growth=False):
        self.build, self.turns, self.seconds, self.quick = build, turns, seconds, quick
        self.corpus, self.growth = corpus, growth
        self.stack = contextlib.ExitStack()
        self.libvirtd = None
        self.filled = set()

    def __enter__(self):
        return self

    def __exit__(self, *exc):
        return self.stack.__exit__(*exc)

    def program(self, name):
        return os.path.join(self.build, "tests/bench/programs/bench-" + name)

    def run(self, program, *arguments, environment=None):
        return self.rows([self.program(program), *arguments], environment)

    @staticmethod
    def rows(argv, environment=None):
        """What a program reports."""
        argv = list(map(str, argv))
        done = subprocess.run(argv, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True,
                              env=environment)
        if done.returncode != 0:
            raise Failed(f"{' '.join(argv)} ended with {done.returncode}")
        return [json.loads(line) for line in done.stdout.splitlines()]

    def domains(self, place):
        """How many a place has; the quick form has fewer."""
        kind, count = figures.PLACES[place]
        return kind, min(count, {1000: 20, 10000: 40}.get(count, count)) if self.quick else count

    def own_libvirtd(self, stack):
        reason = services.Libvirtd.missing()
        if reason:
            raise Absent(reason)
        return stack.enter_context(services.Libvirtd())

    def fill(self, stack, uri, kind, count):
        """Defines the domains, which stay as long as the stack or libvirtd does."""
        process = subprocess.Popen([self.program("fill"), uri, kind, str(count)],
                                   stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        stack.enter_context(process)  # its input is closed at the end, and ends it
        if process.stdout.readline() != "ready\n":
            raise Failed(f"{uri} cannot be filled")

    def shared_uri(self, name, kind, count):
        """The URI of the libvirtd all parts share, which has this place's domains from now on."""
        if self.libvirtd is None:
            self.libvirtd = self.own_libvirtd(self.stack)
        uri = self.libvirtd.uri
        if kind == "test":
            uri = "test+unix:///default?socket=" + self.libvirtd.socket
        if name not in self.filled:
            self.fill(self.stack, uri, kind, count - (kind == "test"))
            self.filled.add(name)
        return uri

    @contextlib.contextmanager
    def place(self, name, daemon=True, spread_out=False):
        """A Place with its daemon running, unless a part wants to start that itself; on one processor,
        unless it is to be spread out."""
        kind, count = self.domains(name)
        inside = kind == "test" and name != "test-10000"
        with contextlib.ExitStack() as stack:
            if inside:
                libvirtd, uri = None, "test:///default"
            elif count:
                uri = self.shared_uri(name, kind, count)
                libvirtd = self.libvirtd
            else:
                libvirtd = self.own_libvirtd(stack)
                uri = libvirtd.uri
            if not spread_out:
                stack.enter_context(one_cpu(*([libvirtd.process.pid] if libvirtd else [])))
            place = Place(self, name, stack, kind, count, libvirtd, uri)
            if daemon:
                place.start_daemon()
                if inside:
                    self.fill(stack, "bus:" + place.bus.address, kind, count - 1)
                place.wait_domains()
            yield place
