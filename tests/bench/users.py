# SPDX-License-Identifier: LGPL-2.1-or-later
"""users.py URI FLOOR PROGRAM TURNS SECONDS [ATTACK]: a program of the bench where callers are several users.

Owns a system bus with polkitd, the floor service and the daemon on the host `local`, in mounts of its
own, which is why it is a program. PROGRAM is given the bus's address and the numbers of two users, of
whom the second may change domains, and prints the report.
"""

import os
import subprocess
import sys

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

import places  # noqa: E402
from support import machine  # noqa: E402

FLOOR_POLICY = """  <policy user="root"><allow own="org.domwright.Floor"/></policy>
  <policy context="default"><allow send_destination="org.domwright.Floor"/></policy>
</busconfig>"""


RULES = {"10-bench.rules": """
polkit.addRule(function(action, subject) {
    return subject.user == "bob" ? polkit.Result.YES : polkit.Result.NOT_HANDLED;
});
"""}


class OpenDaemon(machine.SystemDaemon):
    """As root: the bench's libvirtd is that of another user."""

    USER = "root"


def main():
    uri, floor, program, turns, seconds, *attack = sys.argv[1:]
    machine.enter()
    machine.BUS_CONFIG = machine.BUS_CONFIG.replace("</busconfig>", FLOOR_POLICY)
    with machine.SystemBus() as bus, machine.Polkitd(bus, RULES), places.FloorService(floor, bus), \
            OpenDaemon(bus, "--host", "local=" + uri) as daemon:
        daemon.wait_connected()
        people = [str(machine.USERS[name][0]) for name in ("alice", "bob")]
        return subprocess.run([program, turns, seconds, machine.ADDRESS, *people, *attack],
                              stdin=subprocess.DEVNULL).returncode


if __name__ == "__main__":
    sys.exit(main())
