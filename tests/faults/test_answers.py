# SPDX-License-Identifier: LGPL-2.1-or-later
"""Answers stay far below what the bus lets through (32 MiB), whatever documents say: the most problems
with the longest id, and domains whose titles are as long as documents may be. The daemon lives.
"""

import unittest

from support import client, services, tap
from support.client import HOST, MANAGER

LONG = 900000
DOMAINS = 36  # whose titles are together as long as the bus ends a sender for
SHOWN = 256 + 2  # bytes of a text that was cut, with its mark
MOST_PROBLEMS = 1000
SETTINGS = ("cache", "io", "error_policy", "discard", "detect_zeroes", "rerror_policy", "ioeventfd",
            "event_idx", "copy_on_read", "iothread", "queues", "metadata_cache")


def domain(name, devices="", title=""):
    return (f"<domain type='test'><name>{name}</name><title>{title}</title><memory>1024</memory>"
            f"<os><type>hvm</type></os><devices>{devices}</devices></domain>")


def wrong_disks(target, count):
    """Disks of one target with wrong values, each of which is a problem that names the disk."""
    wrong = " ".join(f"{setting}='wrong'" for setting in SETTINGS)
    disk = (f"<disk type='wrong' device='wrong'><driver name='wrong' type='wrong' {wrong}/>"
            f"<target dev='{target}' bus='wrong'/></disk>")
    return disk * count


class Answers(unittest.TestCase):
    def setUp(self):
        self.bus = self.enterContext(services.Bus())
        self.daemon = self.enterContext(services.Daemon(self.bus, "--host", "local=test:///default"))
        self.daemon.wait_connected()
        self.client = client.Client(self.bus.address)
        self.addCleanup(self.client.close)
        self.owner = self.name_owner()

    def name_owner(self):
        return self.bus.call("/org/freedesktop/DBus", "org.freedesktop.DBus", "GetNameOwner", "s",
                             client.NAME, name="org.freedesktop.DBus")

    def tearDown(self):
        self.assertEqual(self.owner, self.name_owner())

    def check(self, problems):
        self.assertLessEqual(len(problems), MOST_PROBLEMS + 1)
        for problem in problems:
            for key in ("id", "value", "key", "kind"):
                self.assertLessEqual(len(problem[key].encode()), SHOWN, problem)
        return problems

    def test_problems_with_a_long_id(self):
        text = domain("a", wrong_disks("d" * LONG, 1))
        draft = self.client.call(MANAGER, "Manager", "ImportDraft", "(sa{sv})", text, {})
        problems = self.client.call(draft, "Config", "Validate", "(a{sv})", {})
        self.assertGreater(len(self.check(problems)), 10)
        _, result = self.client.call(HOST, "Host", "DefineXML", "(sa{sv})", text,
                                     {"dry-run": client.variant(True)})
        self.assertGreater(len(self.check(result["problems"])), 10)

    def test_many_problems(self):
        text = domain("a", wrong_disks("vda", 800))
        draft = self.client.call(MANAGER, "Manager", "ImportDraft", "(sa{sv})", text, {})
        problems = self.client.call(draft, "Config", "Validate", "(a{sv})", {})
        self.check(problems)
        self.assertEqual(MOST_PROBLEMS + 1, len(problems))
        self.assertEqual("more-problems", problems[-1]["rule"])
        self.assertEqual("error", problems[-1]["severity"])

    def test_long_titles(self):
        for number in range(DOMAINS):
            self.client.call(HOST, "Host", "DefineXML", "(sa{sv})",
                             domain(f"a{number}", title="é" * (LONG // 2)), {})
        shown = "é" * 127 + "…"
        objects = self.client.call(HOST, "org.freedesktop.DBus.ObjectManager", "GetManagedObjects", "()")
        titles = [interfaces[client.NAME + ".Domain"]["Title"] for interfaces in objects.values()
                  if client.NAME + ".Domain" in interfaces]
        self.assertEqual([shown] * DOMAINS, [title for title in titles if title])
        rows = self.client.call(HOST, "Host", "ListDomains", "(a{sv})",
                                 {"columns": client.variant(["name", "title"]),
                                  "name": client.variant("a*")})
        self.assertEqual(DOMAINS, len(rows))
        for _, row in rows:
            self.assertEqual(shown, row["title"])


if __name__ == "__main__":
    tap.main()
