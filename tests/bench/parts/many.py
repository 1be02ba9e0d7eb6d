# SPDX-License-Identifier: LGPL-2.1-or-later
"""One edit of many domains by one call, beside as many edits by libvirt and libxml2 used directly, and
beside virt-xml in a loop."""

import shutil

import places
from parts.commands import timed

TURNS = 3  # of 1,000 edits on either side, and as many undone
SAMPLE = 5  # runs of virt-xml


def time_loop(place, sample):
    """Microseconds that virt-xml takes for all domains, by those of a few."""
    program = shutil.which("virt-xml")
    if not program:
        raise places.Absent("virt-xml is not installed")
    took = [timed([program, "-c", place.uri, f"bench-{number}", "--edit", "--metadata",
                   "title=by virt-xml"], 0) for number in range(min(sample, place.count))]
    return sum(took) / len(took) * place.count


def measure(bench, name, names):
    with bench.place(name) as place:
        for row in place.run("many", place.bus.address, place.uri, place.kind, place.count,
                             turns=min(TURNS, bench.turns)):
            yield row
            if "apply-all-loop" not in names:
                continue
            try:
                loop = time_loop(place, min(SAMPLE, bench.turns))
                yield {"name": "apply-all-loop", "unit": "us", "ours": row["ours"],
                       "other": [loop] * len(row["ours"]),
                       "note": f"virt-xml: {min(SAMPLE, bench.turns)} runs, scaled"}
            except places.Absent as absent:
                yield {"name": "apply-all-loop", "absent": str(absent)}
