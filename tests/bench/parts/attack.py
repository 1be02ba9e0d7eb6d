# SPDX-License-Identifier: LGPL-2.1-or-later
"""One user's calls while another, who has no right to anything, does what once took the service from
everybody: programs/attacks.c has the attacks. The floor service's echo tells what the bus and the
processors have to do with it: what it suffers is told beside what ours does.
"""

import places
from parts import greedy
from support import machine


def measure(bench, name, names):
    reason = machine.missing()
    if reason:
        raise places.Absent(reason)
    with bench.place(name, daemon=False, spread_out=True) as place:
        for attack in dict.fromkeys(each.split("-")[1] for each in names):
            rows = list(greedy.rows_of(bench, place, 1 if bench.quick else bench.turns * 10, [attack]))
            call, echo = rows[0], rows[-1]
            floor = echo["ours"], echo["other"]
            yield from [*({**row, "floor": floor} for row in rows[:-1]), echo,
                        {**call, "name": f"attack-{attack}-beside-echo", "other": echo["ours"]}]
