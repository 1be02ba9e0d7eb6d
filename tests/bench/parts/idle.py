# SPDX-License-Identifier: LGPL-2.1-or-later
"""The daemon's processor time while nobody calls it and all domains run: what it costs to find the
changes that libvirt has no events for.
"""

import os
import time

TICK_US = 1e6 / os.sysconf("SC_CLK_TCK")
PIECES = 5


def busy(process):
    """Microseconds of all its threads."""
    with open(f"/proc/{process.pid}/stat") as file:
        fields = file.read().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) * TICK_US


def start_all(place):
    """Those that do not run yet."""
    host = "/org/domwright1/host/local"
    for path, values in place.bus.call(host, "org.domwright1.Host", "ListDomains", "a{sv}", "0")[0]:
        if not values["active"]["data"]:
            place.bus.call(path, "org.domwright1.Domain", "Start", "a{sv}", "0")


def measure(bench, name, names):
    """A round of all documents takes 45 s: a piece has its share of it."""
    with bench.place(name) as place:
        start_all(place)
        seconds = 0.2 if bench.quick else 9
        time.sleep(seconds)
        found = []
        for _ in range(1 if bench.quick else PIECES):
            before, begin = busy(place.daemon.process), time.monotonic()
            time.sleep(seconds)
            found.append((busy(place.daemon.process) - before) / (time.monotonic() - begin))
        yield {"name": "idle", "unit": "us", "ours": found, "other": []}
