# SPDX-License-Identifier: LGPL-2.1-or-later
"""All threads at once: many callers on two hosts, one of which comes and goes. What it shows needs a
build with a sanitizer, best that of threads: `./dev test --thread-sanitizer`.
"""

import os
import random
import signal
import subprocess
import time
import unittest

import rig
from support import client, services, tap
from support.client import HOST, settings

CALLERS = 5
CALLS = 200000
DOMAINS = 250
LISTS = 40
COLUMNS = ["name", "uuid", "state", "active", "id", "persistent", "autostart", "title"]
CONFIGURATION = "[hosts]\nlocal=test:///default\n"
OTHER = "other=test:///default\n"


class Threads(unittest.TestCase):
    def test_hosts_come_and_go(self):
        seed = int(os.environ.get("HOSTILE_SEED") or random.randrange(2 ** 31))
        print(f"# HOSTILE_SEED={seed}", flush=True)
        bus = self.enterContext(services.Bus())
        place = os.path.join(bus.directory, "domwright.conf")

        def configure(text):
            with open(place + ".new", "w") as file:
                file.write(text)
            os.rename(place + ".new", place)

        configure(CONFIGURATION + OTHER)
        daemon = self.enterContext(services.Daemon(bus, "--config", place))
        daemon.wait_connected()
        callers = [subprocess.Popen(
            [os.environ["HOSTILE"], bus.address, str(rig.times(CALLS)), str(seed + number)],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
            preexec_fn=services.die_with_parent) for number in range(CALLERS)]
        turn = 0
        while any(caller.poll() is None for caller in callers):
            turn += 1
            configure(CONFIGURATION + OTHER * (turn % 2))
            daemon.process.send_signal(signal.SIGHUP)
            time.sleep(0.3)
        for caller in callers:
            said = caller.communicate()[0]
            self.assertEqual(0, caller.returncode, said)
        self.assertIsNone(daemon.process.poll(), daemon.log[-20000:])
        self.assertEqual([], rig.reports(daemon))

    def test_lists_at_once(self):
        """Lists that are long enough to be written in slices, and too short to take turns."""
        bus = self.enterContext(services.Bus())
        place = os.path.join(bus.directory, "node.xml")
        rows = "".join(f"<domain type='test'><name>d{number}</name><memory>1024</memory>"
                       "<os><type>hvm</type></os></domain>" for number in range(DOMAINS))
        with open(place, "w") as file:
            file.write(f"<node>{rows}</node>")
        daemon = self.enterContext(services.Daemon(bus, "--host", f"local=test://{place}"))
        daemon.wait_connected()
        one = client.Client(bus.address)
        self.addCleanup(one.close)
        calls = rig.Calls(one)
        for number in range(LISTS):
            calls.send(number, HOST, "Host", "ListDomains", "(a{sv})", settings({"columns": COLUMNS}))
        calls.wait_all()
        self.assertEqual({"done"}, set(calls.outcomes.values()))


if __name__ == "__main__":
    tap.main()
