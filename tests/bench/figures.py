# SPDX-License-Identifier: LGPL-2.1-or-later
"""The figures: what each measures beside what, where, and how good it has to be.

Owns goals, medians and verdicts. How a figure is measured is the business of its part (parts/); how
it is shown, of report.py.
"""

import statistics
from typing import NamedTuple

# name: (driver, domains). "test" at 1 and 1,000 is inside the daemon; at 10,000 it is behind libvirtd,
# so that the daemon's memory is its own. "qemu" is a real libvirtd; its domains are not started.
PLACES = {
    "test-1": ("test", 1),
    "test-1000": ("test", 1000),
    "test-10000": ("test", 10000),
    "qemu-0": ("qemu", 0),
    "qemu-running": ("qemu", 0),  # the part starts one
    "qemu-1000": ("qemu", 1000),
}
EVERYWHERE = ("test-1", "test-1000", "test-10000", "qemu-1000")
MANY = ("test-10000",)
REAL = ("qemu-1000",)
TABLES = ("test-1000", "qemu-1000")
BOTH = ("test-1", "qemu-1000")
EMPTY = ("qemu-0",)
RUNNING = ("test-1", "qemu-running")
NOWHERE = ("",)

# A run is cut into these, and its spread is that of the pieces but the lowest and the highest; a tail
# needs larger pieces, and then it is that of all.
BLOCKS = 9
TAIL_BLOCKS = 3


class Figure(NamedTuple):
    name: str
    part: str
    places: tuple
    what: str  # ours beside the other
    goal: float | None = None
    of: str = "ratio"  # what the goal bounds: "ratio" (ours / other, at most), "times" (other / ours,
    #                    at least), "ours" (at most)
    quantile: float = 0.5  # of ours
    other_quantile: float | None = None  # of the other; None: the same


MS, S, MIB = 1e3, 1e6, 1024

FIGURES = (
    Figure("document", "model", NOWHERE, "parse, add a disk by the table, export / libxml2", 0.50),
    Figure("document-edit", "model", NOWHERE, "the same with defaults and rules / libxml2"),
    Figure("document-memory", "model", NOWHERE, "an open document / libxml2's tree", 1.00),

    Figure("ping", "calls", EVERYWHERE, "Ping / an sd-bus echo's", 1.10),
    Figure("property", "calls", EVERYWHERE, "Get of any property / Ping", 1.15),
    Figure("lookup-name", "calls", EVERYWHERE, "FindDomain by name / Ping", 1.15),
    Figure("lookup-uuid", "calls", EVERYWHERE, "FindDomain by UUID / Ping", 1.15),
    Figure("property-same", "calls", EVERYWHERE, "the same / Get of a property of an sd-bus service"),
    Figure("lookup-same", "calls", EVERYWHERE, "FindDomain / a method with its arguments and answer"),
    Figure("list", "calls", EVERYWHERE, "ListDomains / the same rows from memory", 1.15),
    Figure("table", "calls", TABLES, "the same with memory, vcpu and the first disk's file / ListDomains", 2),

    Figure("get-xml", "edits", EVERYWHERE, "GetXML / Ping + libvirt's GetXMLDesc", 1.25),
    Figure("get-xml-same", "edits", EVERYWHERE, "GetXML / the text from a service's memory + GetXMLDesc"),
    Figure("get-settings", "edits", EVERYWHERE, "GetSettings / Ping + libvirt's GetXMLDesc"),
    Figure("modify-define", "edits", EVERYWHERE, "Modify + define / Ping + get, edit, define", 1.10),
    Figure("add-disk-define", "edits", EVERYWHERE, "AddDisk + define / Ping + get, edit, define", 1.10),
    Figure("apply-ten", "edits", EVERYWHERE, "Apply of ten edits / Modify of one", 1.15),

    Figure("history", "history", EMPTY, "Modify + define, history kept, not synchronised / none", 1.05),
    Figure("history-read", "history", EMPTY, "GetXML where history is kept / none", 1.02),
    Figure("history-sync", "history", EMPTY, "Modify + define, history synchronised / not"),

    Figure("apply-all", "many", REAL, "ApplyAll of all domains / the floors of as many edits", 1.10),
    Figure("apply-all-loop", "many", REAL, "the same / virt-xml --edit for each", 100, "times"),

    Figure("live", "live", RUNNING, "a change of a running domain / Ping + the libvirt call", 1.25),
    # The call sends the whole device, so that the right one has to be read before it.
    Figure("live-link", "live", ("qemu-running",), "its link / Ping + that reading + the libvirt call", 1.25),
    Figure("live-link-call", "live", ("qemu-running",), "the same / Ping + the libvirt call alone"),
    Figure("both", "live", RUNNING, "both sides / the configuration, then that libvirt call", 1.15),
    Figure("idle", "idle", ("test-1000",), "daemon's CPU in a second without calls, all domains running",
           0.02 * S, "ours"),

    Figure("cpu-edit", "cpu", REAL, "daemon's own CPU in an edit / libxml2 parse + serialise", 1.50),
    Figure("cpu-edit-whole", "cpu", REAL, "daemon's CPU with libvirt's client and sd-bus / floors of all"),

    Figure("peer-ping", "peer", BOTH, "Ping / libvirt-dbus's"),
    Figure("peer-property", "peer", BOTH, "Get of one property / libvirt-dbus's"),
    Figure("peer-lookup", "peer", BOTH, "FindDomain / libvirt-dbus's lookup"),
    Figure("peer-get-xml", "peer", BOTH, "GetXML / libvirt-dbus's GetXMLDesc"),
    Figure("peer-add-disk", "peer", BOTH, "AddDisk + define / get, edit, define by libvirt-dbus"),
    Figure("inventory", "peer", REAL, "name, uuid, state … of all domains", 3 * MS, "ours"),
    Figure("peer-inventory", "peer", REAL, "the same / libvirt-dbus, a call a domain", 200, "times"),

    Figure("crowd-define", "crowd", REAL, "cheap call's p99 while 8 clients define / the echo's p99", 3,
           quantile=0.99),
    Figure("crowd-list", "crowd", MANY, "cheap call's p99 while 8 clients list / one list", 2,
           quantile=0.99, other_quantile=0.5),
    Figure("crowd-managed", "crowd", MANY, "cheap call's p99 while 8 clients GetManagedObjects / one", 2,
           quantile=0.99, other_quantile=0.5),

    Figure("greedy-property", "greedy", BOTH, "one user's cheap call's p99, another greedy / in quiet", 2,
           quantile=0.99),
    Figure("greedy-get-xml", "greedy", BOTH, "one user's GetXML's p99, another greedy / in quiet", 2,
           quantile=0.99),
    Figure("greedy-echo", "greedy", BOTH, "the echo's p99 meanwhile / in quiet", quantile=0.99),
    Figure("greedy-beside-echo", "greedy", BOTH, "the cheap call's p99 meanwhile / the echo's", 3,
           quantile=0.99),

    *(figure
      for attack, doing in (("problems", "sending long names with many problems"),
                            ("secrets", "hiding 8,000 secrets"), ("cells", "with 3,000 NUMA cells"),
                            ("disks", "with 1,500 equal disks"),
                            ("pairs", "setting keys that contradict each other"),
                            ("titles", "listing 36 titles of 950 kB"))
      for figure in (
          *(Figure(f"attack-{attack}-{call}", "attack", REAL,
                   f"one user's {what}'s p99, another {doing} / in quiet", 2, quantile=0.99)
            for call, what in (("call", "cheap call"), ("edit", "edit"), ("draft", "draft"))),
          Figure(f"attack-{attack}-echo", "attack", REAL,
                 f"the echo's p99, another {doing} / in quiet", quantile=0.99),
          Figure(f"attack-{attack}-beside-echo", "attack", REAL,
                 "the cheap call's p99 meanwhile / the echo's", 3, quantile=0.99))),

    Figure("hung-other-host", "hung", REAL, "GetXML of another host, libvirtd hung / not hung", 2),
    Figure("hung-inventory", "hung", REAL, "GetAll on the hung host / not hung", 2),
    Figure("hung-draft", "hung", REAL, "Modify of a draft, libvirtd hung / not hung", 2),
    Figure("hung-echo", "hung", REAL, "the echo meanwhile / before and after"),
    Figure("hung-stuck", "hung", REAL, "the last of 100 stuck calls ends after", 30 * S, "ours", 1.0),
    Figure("hung-recovery", "hung", REAL, "the host answers again after", 1 * S, "ours", 1.0),

    Figure("start-owned", "start", REAL, "start to name on the bus / libvirt-dbus"),
    Figure("start-list", "start", REAL, "start to first list of all domains / libvirt-dbus", 0.75),

    Figure("memory-connected", "memory", EMPTY, "RssAnon, connected / libvirt-dbus", 4 * MIB, "ours"),
    Figure("memory", "memory", REAL, "RssAnon with 1,000 domains / libvirt-dbus"),
    Figure("memory-many", "memory", MANY, "RssAnon with 10,000 domains", 8 * MIB, "ours"),
    Figure("memory-listed", "memory", MANY, "the same after a list and GetManagedObjects", 8 * MIB, "ours"),
    Figure("memory-peak", "memory", MANY, "peak of all its memory (VmHWM) by then"),

    Figure("growth-calls", "growth", REAL, "growth over many calls", 256, "ours", 1.0),
    Figure("growth-defines", "growth", REAL, "growth over many define + undefine", 256, "ours", 1.0),
    Figure("growth-rest", "growth", REAL, "RssAnon when all that is over and unused things are dropped",
           4 * MIB, "ours"),

    Figure("cli-build", "commands", BOTH, "domwright -n create / virt-install --print-xml", 50, "times"),
    Figure("cli-edit", "commands", BOTH, "domwright set FILE / virt-xml --edit --print-xml", 50, "times"),
    Figure("cli-add-disk", "commands", BOTH, "domwright add … disk / virt-xml --add-device", 35, "times"),
    Figure("cli-set", "commands", BOTH, "domwright set + define / virt-xml --edit", 35, "times"),
    Figure("cli-virsh-edit", "commands", REAL, "domwright set + define / virsh edit with sed"),
    Figure("cli-xml", "commands", REAL, "domwright xml / virsh dumpxml"),
    Figure("cli-list", "commands", REAL, "domwright, the list / virsh list --all"),
    Figure("cli-media", "live_commands", ("qemu-running",), "domwright insert --now / virsh change-media"),
    Figure("cli-media-virt-xml", "live_commands", ("qemu-running",),
           "the same / virt-xml --update --edit", 10, "times"),
    Figure("cli-link", "live_commands", ("qemu-running",), "domwright set --live / virsh domif-setlink"),
    Figure("cli-link-virt-xml", "live_commands", ("qemu-running",),
           "domwright set --now / virt-xml --update --edit", 10, "times"),
    Figure("cli-define", "commands", REAL, "domwright define / virsh define"),
)

BY_NAME = {figure.name: figure for figure in FIGURES}
PARTS = tuple(dict.fromkeys(figure.part for figure in FIGURES))


def quantile(values, q):
    ordered = sorted(values)
    return ordered[round(q * (len(ordered) - 1))]


def blocks(values, count):
    """The run in count pieces, one after the other; fewer when it was short."""
    count = min(count, len(values))
    return [values[i * len(values) // count:(i + 1) * len(values) // count] for i in range(count)]


def compare(figure, ours, other):
    """(ours, other, ratio, spread of the ratio): other, ratio and spread None without another side."""
    q = figure.quantile
    mine = quantile(ours, q)
    if not other:
        return mine, None, None, None
    other_q = q if figure.other_quantile is None else figure.other_quantile
    theirs = quantile(other, other_q)
    paired = figure.other_quantile is None
    count = BLOCKS if q == 0.5 else TAIL_BLOCKS
    mine_cut = blocks(ours, count)
    pieces = zip(mine_cut, blocks(other, count) if paired else [other] * len(mine_cut))
    ratios = sorted(quantile(a, q) / quantile(b, other_q) for a, b in pieces)
    low, high = (ratios[1], ratios[-2]) if len(ratios) == BLOCKS else (ratios[0], ratios[-1])
    return mine, theirs, statistics.median(ratios) if q == 0.5 else mine / theirs, [low, high]


def judge(figure, mine, ratio, spread):
    """(met, sure): met is None without a goal, sure says that the whole spread is on that side."""
    if figure.goal is None or (figure.of != "ours" and ratio is None):
        return None, True
    if figure.of == "ours":
        return mine <= figure.goal, True
    bound = 1 / figure.goal if figure.of == "times" else figure.goal
    met = ratio <= bound
    return met, (spread[1] <= bound) if met else (spread[0] > bound)


def note_of(figure, row):
    """What is said beside a figure; where what is below us suffers as well, how much that does."""
    floor = compare(figure, *row["floor"])[2] if row.get("floor") else 0
    return f"the floor: {floor:.2f}" if floor > 1 else row.get("note")


def result(name, place, domains, row):
    """The figure of one row of samples {"unit", "ours", "other", "note"?, "floor"?}, as it goes into
    the JSON. floor: the samples of both sides of what is below us."""
    figure = BY_NAME[name]
    note = note_of(figure, row)
    driver = PLACES[place][0] if place else None
    mine, theirs, ratio, spread = compare(figure, row["ours"], row["other"])
    met, sure = judge(figure, mine, ratio, spread)
    found = {
        "name": name, "place": place, "driver": driver, "domains": domains,
        "what": figure.what, "unit": row["unit"], "samples": len(row["ours"]),
        "quantile": figure.quantile, "ours": mine, "other": theirs, "ratio": ratio, "spread": spread,
        "goal": None if figure.goal is None else {"of": figure.of, "value": figure.goal},
        "met": met, "sure": sure,
    }
    if row["unit"] == "us" and len(row["ours"]) > 1:
        found["ours_p99"] = quantile(row["ours"], 0.99)
        found["other_p99"] = quantile(row["other"], 0.99) if row["other"] else None
    if note:
        found["note"] = note
    return found
