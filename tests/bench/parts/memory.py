# SPDX-License-Identifier: LGPL-2.1-or-later
"""The daemon's memory when it has come to rest: what is its own (RssAnon), and its peak.

libvirt-dbus beside it has listed all domains and read each, as its clients must.
"""

import time

import places

REST_SECONDS = 1


def at_rest(process, quick):
    """RssAnon once it has not changed for a while, at the latest after 20 s."""
    end = time.monotonic() + (0 if quick else 20)
    value, since = places.status_kib(process, "RssAnon"), time.monotonic()
    while time.monotonic() < end and time.monotonic() - since < REST_SECONDS:
        time.sleep(0.1)
        now = places.status_kib(process, "RssAnon")
        if now != value:
            value, since = now, time.monotonic()
    return value


def row(name, ours, other=None):
    return {"name": name, "unit": "KiB", "ours": [ours], "other": [] if other is None else [other]}


def peer_with_all_read(place):
    peer = place.start_peer()
    paths = place.bus.call(peer.host, "org.libvirt.Connect", "ListDomains", "u", 0, name="org.libvirt")
    for path in paths[0]:
        place.bus.call(path, "org.freedesktop.DBus.Properties", "GetAll", "s", "org.libvirt.Domain",
                       name="org.libvirt")
    return peer.process


def measure(bench, name, names):
    with bench.place(name, spread_out=True) as place:
        process = place.daemon.process
        if "memory-connected" in names or "memory" in names:
            ours = at_rest(process, bench.quick)
            try:
                other = at_rest(peer_with_all_read(place), bench.quick)
            except places.Absent:
                other = None
            for wanted in names:
                yield row(wanted, ours, other)
            return
        yield row("memory-many", at_rest(process, bench.quick))
        host = "/org/domwright1/host/local"
        place.bus.busctl("call", "org.domwright1", host, "org.domwright1.Host", "ListDomains", "a{sv}", "0")
        place.bus.busctl("call", "org.domwright1", host, "org.freedesktop.DBus.ObjectManager",
                         "GetManagedObjects")
        yield row("memory-listed", at_rest(process, bench.quick))
        yield row("memory-peak", places.status_kib(process, "VmHWM"))
