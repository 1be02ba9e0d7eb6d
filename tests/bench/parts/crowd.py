# SPDX-License-Identifier: LGPL-2.1-or-later
"""A cheap call among 8 clients that make slow ones: those that ask libvirt most, and long lists."""


def median_of(values):
    return sorted(values)[len(values) // 2]


def measure(bench, name, names):
    with bench.place(name, spread_out=True) as place:
        for wanted in names:
            alone, crowd = place.run("crowd", place.bus.address, wanted.removeprefix("crowd-"),
                                     turns=bench.turns * 10, seconds=bench.seconds * 5)
            echo = sorted(crowd["other"])[-1 - len(crowd["other"]) // 100]
            if wanted == "crowd-define":
                crowd["note"] = f"one define alone {median_of(alone['ours']):.0f} µs"
            else:
                crowd["other"] = alone["ours"]
                crowd["note"] = f"the echo's p99 {echo:.0f} µs"
            yield crowd
