# SPDX-License-Identifier: LGPL-2.1-or-later
"""Calls that need what the host can do, made while libvirt has not said it yet: they wait, and are then
answered as if they had been made later; when it does not say it in time they fail.

Owns the order of events. Which methods these are stands in their rows (METHOD_NEEDS_CAPABILITIES); that
the rows are right is tests/lint/test_methods.py.
"""

import os
import unittest

from gi.repository import GLib

import scene
import rig
from support import client, rows, services, tap
from support.client import HOST, MANAGER, settings

ERROR = client.NAME + ".Error."
HANG = "virConnectGetCapabilities hang"
DRY = {"Modify", "AddDevice", "ModifyDevice", "RemoveDevice", "AddDisk", "ModifyDisk", "RemoveDisk",
       "ChangeMedia", "SetHyperV", "SetBootOrder", "ApplyPreset", "Apply", "ApplyAll", "SetMetadata", "Define",
       "DefineXML", "Commit"}
# What is refused for another reason than that the test driver has no domain capabilities.
OTHERWISE = {"Recover": "NotFound", "Restore": "NotFound", "Rename": "Invalid"}  # it runs


def is_flagged(call):
    return any((row.interface, row.method) == (call.interface, call.method)
               for row in rows.method_rows() if "METHOD_NEEDS_CAPABILITIES" in row.flags)


def flagged_calls():
    """A call of every such method, of those that change something one that only plans."""
    found = {}
    for call in scene.all_calls():
        place = "draft" if call.path == "draft" else ""
        if is_flagged(call) and call.note not in ("not XML", "refused"):
            found.setdefault((call.interface, call.method, place), call)
    return list(found.values())


def dry(call):
    if call.method not in DRY:
        return call.arguments
    return (*call.arguments[:-1], {**call.arguments[-1], **settings({"dry-run": True})})


class Capabilities(unittest.TestCase):
    maxDiff = None

    def start(self):
        """A daemon that serves one domain, and that libvirt does not tell what the host can do."""
        bus = self.enterContext(services.Bus())
        node = os.path.join(bus.directory, "node.xml")
        with open(node, "w", encoding="utf-8") as file:
            file.write(f"<node>{scene.DOCUMENT}</node>")
        self.daemon = self.enterContext(rig.Shimmed(bus, "--host", "local=test://" + node,
                                                    fault=HANG))
        self.daemon.wait_connected(answers=False)
        self.client = rig.connect(self, bus)

    def tearDown(self):
        self.assertEqual([], rig.reports(self.daemon))

    def draft(self, call):
        """The path of the draft that a call is made on: one of the domain, or a new one."""
        if call.draft == "new":
            return self.client.call(MANAGER, "Manager", "ImportDraft", "(sa{sv})", scene.OTHER,
                                    settings({"host": "local"}))
        return self.client.call(scene.SUBJECT, "Domain", "Edit", "(a{sv})", {})

    def answer(self, call, path):
        """What the call answers now; an error as its message."""
        try:
            return self.client.call(path, call.interface, call.method, call.signature, *dry(call))
        except GLib.Error as error:
            return error.message

    def test_calls_wait(self):
        self.start()
        calls = flagged_calls()
        self.assertGreater(len(calls), 30)
        drafts = {}  # one for the calls that only look at it, one for each that holds it

        def target(call):
            if call.path != "draft":
                return call.path
            key = (call.draft, call.method if call.interface == "Draft" else "")
            if key not in drafts:
                drafts[key] = self.draft(call)
            return drafts[key]

        targets = [(call, target(call)) for call in calls]
        waiting = rig.Answers(self.client)
        for call, path in targets:
            waiting.send(call.label, path, call.interface, call.method, call.signature, *dry(call))
        for _ in range(5):  # what needs no capabilities is answered meanwhile
            for method, signature, arguments in (("Describe", "(a{sv})", ({},)),
                                                 ("GetXML", "(a{sv})", ({},)),
                                                 ("GetSettings", "(asa{sv})", ([], {}))):
                self.client.call(scene.SUBJECT, "Config", method, signature, *arguments)
            self.client.call(HOST, "Host", "ListDomains", "(a{sv})", {})
        self.assertEqual({}, waiting.answers)
        self.daemon.fault()
        waiting.wait_all()
        for call, path in targets:
            with self.subTest(call.label):
                answer = waiting.answers[call.label]
                if isinstance(answer, GLib.Error):
                    self.assertEqual(ERROR + OTHERWISE.get(call.method, "Unsupported"),
                                     client.error_name(answer), answer.message)
                    answer = answer.message
                if call.method != "NewDraft":  # which makes another one each time
                    self.assertEqual(self.answer(call, path), answer)

    def test_too_late(self):
        self.start()
        with self.assertRaises(GLib.Error) as caught:
            self.client.call(scene.SUBJECT, "Config", "SetHyperV", "(a{sv}a{sv})",
                             settings({"recommended": True}), settings({"dry-run": True}))
        self.assertEqual(ERROR + "HostUnavailable", client.error_name(caught.exception))
        self.assertIn("Host local has not said yet what it can do", caught.exception.message)
        self.client.get_xml(scene.SUBJECT)  # what needs no capabilities goes on
        self.daemon.fault()
        services.wait_for(self.succeeds, "the capabilities")

    def test_order(self):
        """Who calls when libvirt has just said it, and nobody has looked yet, comes after those who wait."""
        self.start()
        calls = rig.Answers(self.client)

        def send(step):
            calls.send(step, scene.SUBJECT, "Config", "Modify", "(a{sv}asa{sv})",
                       settings({"title": f"step {step}"}), [], {})
            calls.pass_time(0.02)

        send(0)
        self.daemon.fault("virConnectGetVersion hang")  # which is asked right after it
        for step in range(1, 10):
            send(step)
        self.assertEqual({}, calls.answers)
        self.daemon.fault()
        calls.wait_all()
        self.assertEqual([(step, "done") for step in range(10)], list(calls.outcomes.items()))

    def succeeds(self):
        try:
            self.client.set_hyperv(scene.SUBJECT, {"relaxed": True}, settings({"dry-run": True}))
        except GLib.Error:
            return False
        return True


if __name__ == "__main__":
    tap.main()
