# SPDX-License-Identifier: LGPL-2.1-or-later
"""One user's calls while another has 20 connections with 100 calls under way on each.

On a system bus of its own, where policy is asked and what one user may have at once is bounded.
"""

import os
import sys

import places
from support import machine, services

USERS = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "users.py")
ROOT = os.path.dirname(os.path.dirname(os.path.dirname(USERS)))


def rows_of(bench, place, turns, attack=()):
    environment = {**os.environ, "DOMWRIGHTD": services.DAEMON, "DOMWRIGHT": services.CLIENT,
                   "SOURCE_ROOT": ROOT}
    return bench.rows([sys.executable, USERS, place.uri, bench.program("floor"), bench.program("greedy"),
                       turns, bench.seconds * 6, *attack], environment)


def measure(bench, name, names):
    reason = machine.missing()
    if reason:
        raise places.Absent(reason)
    with bench.place(name, daemon=False, spread_out=True) as place:
        *rows, echo = rows_of(bench, place, bench.turns * 10)
        for row in rows:
            row["note"] = "the echo's p99 {:.0f} and {:.0f} µs".format(
                *(sorted(echo[side])[-1 - len(echo[side]) // 100] for side in ("ours", "other")))
        yield from [*rows, echo, {**rows[0], "name": "greedy-beside-echo", "other": echo["ours"]}]
