# SPDX-License-Identifier: LGPL-2.1-or-later
"""The report: one table for people, one JSON file for machines.

Owns their form only.
"""

import json
import os
import platform
import subprocess
import time

JSON_HELP = """\
The JSON file is one object:
  version    of this form: 1
  when       UTC, ISO 8601
  machine    kernel, cpus, libvirt, and commit of the tree where it is a git clone
  form       "normal", "quick" or "growth"
  figures    an array, in the table's order, of
    name, place, driver, domains     which figure, measured where
    what                             in words: ours / the other
    unit                             of ours and other: us, bytes, KiB
    samples, quantile                how many turns; which quantile of them ours and other are
    ours, other                      numbers; other is null where nothing is beside it
    ratio, spread                    ours / other: in the middle, and [low, high] over pieces of the
                                     run; null without another
    goal                             null, or {"of": "ratio" | "times" | "ours", "value": number}: ratio
                                     and ours at most value, times (other / ours) at least
    met, sure                        true, false or null; sure is false where the goal is in the spread
    ours_p99, other_p99, note        where there is more to say
  left_out   an array of {name, place, why}: figures this machine cannot measure, or
             that failed; then the exit status is 1
"""


def _quantity(value, unit):
    if value is None:
        return "-"
    if unit == "us":
        for size, name in ((1e6, "s"), (1e3, "ms")):
            if value >= size:
                return f"{value / size:.3g} {name}"
        return f"{value:.3g} µs"
    if unit == "KiB" and abs(value) >= 1024:
        return f"{value / 1024:.2f} MiB"
    return f"{value:.0f} {unit}"


def _goal(figure):
    goal = figure["goal"]
    if goal is None:
        return ""
    if goal["of"] == "ours":
        return "≤ " + _quantity(goal["value"], figure["unit"])
    return f"≥ {goal['value']:g} ×" if goal["of"] == "times" else f"≤ {goal['value']:.2f}"


def _ratio(figure):
    """Ratio and spread, the way round the goal has it."""
    if figure["ratio"] is None:
        return "", ""
    low, high = figure["spread"]
    if figure["goal"] and figure["goal"]["of"] == "times":
        return f"{1 / figure['ratio']:.0f} ×", f"{1 / high:.0f}–{1 / low:.0f}"
    return f"{figure['ratio']:.2f}", f"{low:.2f}–{high:.2f}"


def _verdict(figure):
    if figure["met"] is None:
        return ""
    return ("met" if figure["met"] else "MISSED") + ("" if figure["sure"] else ", unsure")


def show(figures, left_out):
    """The table. Ours and the other are medians, or the quantile the words name."""
    head = ("figure", "where", "ours", "floor or peer", "ratio", "spread", "goal", "verdict", "what")
    rows = [(figure["name"], figure["place"], _quantity(figure["ours"], figure["unit"]),
             _quantity(figure["other"], figure["unit"]), *_ratio(figure), _goal(figure),
             _verdict(figure), figure["what"] + (f" ({figure['note']})" if "note" in figure else ""))
            for figure in figures]
    widths = [max(len(row[i]) for row in [head, *rows]) for i in range(len(head) - 1)]
    right = (2, 3, 4, 5, 6)
    print()
    for row in [head, *rows]:
        print("  ".join(text.rjust(width) if i in right else text.ljust(width)
                        for i, (text, width) in enumerate(zip(row, widths))) + "  " + row[-1])
    for absent in left_out:
        print(f"left out: {absent['name']} {absent['place']}: {absent['why']}")
    missed = sum(figure["met"] is False for figure in figures)
    met = sum(figure["met"] is True for figure in figures)
    print(f"{met} goals met, {missed} missed; unsure: the goal lies within the spread")


def _output(*argv):
    done = subprocess.run(argv, stdin=subprocess.DEVNULL, capture_output=True, text=True)
    return done.stdout.strip() if done.returncode == 0 else None


def write(path, figures, left_out, form):
    root = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
    content = {
        "version": 1,
        "when": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
        "machine": {
            "kernel": platform.release(),
            "cpus": len(os.sched_getaffinity(0)),
            "libvirt": _output("pkg-config", "--modversion", "libvirt"),
            "commit": _output("git", "-c", "safe.directory=*", "-C", root, "rev-parse", "HEAD"),
        },
        "form": form,
        "figures": figures,
        "left_out": left_out,
    }
    with open(path, "w") as file:
        json.dump(content, file, indent=1, allow_nan=False)
        file.write("\n")
