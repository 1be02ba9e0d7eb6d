# SPDX-License-Identifier: LGPL-2.1-or-later
"""What the tests of faults share: how often things are tried, and what a daemon may not have said.

Owns no faults and no expectations: those are in the test programs.
"""

import os
import re

from support import services

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


class Narrow(services.Daemon):
    """The daemon with limits of the system: Narrow(bus, "--stack=524288", arguments=[…])."""

    def __init__(self, bus, *limits, arguments=()):
        super().__init__(bus, *arguments)
        self.limits = limits

    def spawn(self, argv, **options):
        return super().spawn(["prlimit", *self.limits, *argv], **options)
