# SPDX-License-Identifier: LGPL-2.1-or-later
"""From the start of the program to its name on the bus and its first list, beside libvirt-dbus."""

import os
import tempfile

import places
from support import services


def measure(bench, name, names):
    peer = places.LibvirtDbus.program()
    with bench.place(name, daemon=False, spread_out=True) as place, tempfile.TemporaryDirectory() as state:
        yield from place.run(
            "start", place.bus.address, place.count, places.peer_user().pw_uid, "--",
            os.path.abspath(services.DAEMON), "--address=" + place.bus.address, "--state-directory",
            state, "--host", "local=" + place.uri, "--", peer, "--session",
            turns=min(bench.turns, 27), seconds=bench.seconds * 3,
            environment={**places.LibvirtDbus.environment(place.libvirtd),
                         "DBUS_SESSION_BUS_ADDRESS": place.bus.address})
