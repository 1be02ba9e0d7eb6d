# SPDX-License-Identifier: LGPL-2.1-or-later
"""What the tests of faults share: how often things are tried, and what a daemon may not have said.

Owns no faults and no expectations: those are in the test programs.
"""

import os
import re
import time

from gi.repository import GLib

from support import client, services

FULL = os.environ.get("DOMWRIGHT_FAULTS") == "full"
# Of a sanitizer, of GLib and of the C library's own checks.
REPORT = re.compile(r"runtime error:|Sanitizer|CRITICAL \*\*|ERROR:.*assertion|free\(\): |malloc\(\): "
                    r"|double free|\*\*\* .* detected \*\*\*")


def times(count):
    """How often something is tried: so often in the long form, one in a hundred in the short."""
    return count if FULL else max(1, count // 100)


def reports(daemon):
    """Lines of the daemon's log that tell of a fault of its own."""
    with open(os.path.join(daemon.directory, "log"), errors="replace") as log:
        return [line.rstrip("\n") for line in log if REPORT.search(line)]


def memory_of(daemon):
    """KiB of physical memory the daemon has of its own now."""
    with open(f"/proc/{daemon.process.pid}/status") as status:
        return int(re.search(r"^RssAnon:\s+(\d+)", status.read(), re.M)[1])


def connect(case, bus):
    """A client until the end of the test, if the bus lives so long."""
    made = client.Client(bus.address)
    made.connection.set_exit_on_close(False)
    case.addCleanup(lambda: made.connection.is_closed() or made.close())
    return made


class Narrow(services.Daemon):
    """The daemon with limits of the system: Narrow(bus, "--stack=524288", arguments=[…])."""

    def __init__(self, bus, *limits, arguments=()):
        super().__init__(bus, *arguments)
        self.limits = limits

    def spawn(self, argv, **options):
        return super().spawn(["prlimit", *self.limits, *argv], **options)


class Shimmed(services.Daemon):
    """The daemon with the shim before libvirt; fault: what is ordered of it from the start."""

    def __init__(self, bus, *arguments, fault=""):
        super().__init__(bus, *arguments)
        self.first_fault = fault
        self.order = self.calls = None

    def start(self):
        self.order = os.path.join(self.directory, "fault")
        self.calls = os.path.join(self.directory, "calls")
        self.fault(self.first_fault)
        super().start()

    def spawn(self, argv, **options):
        environment = {**os.environ, "LIBVIRT_FAULT": self.order, "LIBVIRT_CALLS": self.calls,
                       "LD_PRELOAD": services.preloaded(os.environ["SHIM_LIBVIRT"])}
        return super().spawn(argv, env=environment, **options)

    def fault(self, text=""):
        place = self.order + ".new"
        with open(place, "w") as file:
            file.write(text)
        os.rename(place, self.order)

    def calls_of(self, function):
        with open(self.calls) as file:
            return file.read().split().count(function)


def work(until, seconds=client.TIMEOUT_MS / 1000):
    """Takes in what the bus brings until that is true, or for so long; whether it is."""
    context = GLib.MainContext.default()
    end = time.monotonic() + seconds
    while not until() and time.monotonic() < end:
        if not context.iteration(False):
            time.sleep(0.001)
    return until()


class Calls:
    """Calls whose answers come later: `outcomes` has "done" or an error's name for each key."""

    def __init__(self, bus_client):
        self.connection = bus_client.connection
        self.sent = 0
        self.outcomes = {}

    def send(self, key, path, interface, method, signature="()", *arguments):
        self.sent += 1
        self.connection.call(client.NAME, path, client.NAME + "." + interface, method,
                             GLib.Variant(signature, arguments), None, 0, client.TIMEOUT_MS, None,
                             self._on_done, key)

    def _on_done(self, connection, done, key):
        try:
            connection.call_finish(done)
            self.outcomes[key] = "done"
        except GLib.Error as error:
            self.outcomes[key] = client.error_name(error) or "closed"

    def pass_time(self, seconds):
        self.connection.flush_sync(None)
        work(lambda: False, seconds)

    def wait(self, count):
        """Until so many have been answered."""
        if not work(lambda: len(self.outcomes) >= count):
            raise AssertionError(f"{len(self.outcomes)} answers, not {count}")

    def wait_all(self):
        self.wait(self.sent)


class Answers(Calls):
    """The same, and `answers` has the answer or the error itself."""

    def __init__(self, bus_client):
        super().__init__(bus_client)
        self.answers = {}

    def _on_done(self, connection, done, key):
        try:
            answer = connection.call_finish(done).unpack()
            self.answers[key] = answer[0] if len(answer) == 1 else answer
            self.outcomes[key] = "done"
        except GLib.Error as error:
            self.answers[key] = error
            self.outcomes[key] = client.error_name(error) or "closed"
