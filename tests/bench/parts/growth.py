# SPDX-License-Identifier: LGPL-2.1-or-later
"""What the daemon's memory gains over many calls and definitions: with --growth over as many as the
goals say, else over a hundredth; and what is left of it at rest.
"""

import time

import places

CALLS = 1_000_000
DEFINES = 10_000
REST_SECONDS = 150  # the schema is dropped after two minutes without use


def measure(bench, name, names):
    share = 1 if bench.growth else 10_000 if bench.quick else 100
    with bench.place(name, spread_out=True) as place:
        process = place.daemon.process
        yield from bench.run("growth", place.bus.address, place.kind, process.pid, CALLS // share,
                             DEFINES // share)
        if not bench.growth:
            yield {"name": "growth-rest", "absent": "it takes minutes: only with --growth"}
            return
        time.sleep(REST_SECONDS)
        yield {"name": "growth-rest", "unit": "KiB", "other": [],
               "ours": [places.status_kib(process, "RssAnon")]}
