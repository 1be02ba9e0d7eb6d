# SPDX-License-Identifier: LGPL-2.1-or-later
"""An edit and a reading where the history is kept, beside a daemon that can keep none; and what
synchronising the history adds to the edit."""

import os

from support import services

NOWHERE = "/proc/no-such-directory"


def measure(bench, name, names):
    with bench.place(name, daemon=False) as place:
        sync = os.path.join(place.bus.directory, "sync")
        with open(sync, "wb") as file:
            file.write(b"\0")
        shim = os.path.join(bench.build, "tests/bench/programs/shim-sync.so")
        place.start_daemon(wrapper=["env", "BENCH_SYNC=" + sync, "LD_PRELOAD=" + os.path.abspath(shim)])
        place.wait_domains()
        other_bus = place.stack.enter_context(services.Bus())
        other_host = bench.own_libvirtd(place.stack)
        without = place.stack.enter_context(services.Daemon(
            other_bus, "--host", "local=" + other_host.uri, "--state-directory", NOWHERE))
        without.wait_connected()
        yield from place.run("history", place.bus.address, other_bus.address, sync, place.kind, *names)
