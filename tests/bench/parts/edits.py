# SPDX-License-Identifier: LGPL-2.1-or-later
"""Reading and editing one domain, beside libvirt and libxml2 used directly."""


def measure(bench, name, names):
    with bench.place(name) as place:
        yield from place.run("edits", place.bus.address, place.uri, place.kind, *names)
