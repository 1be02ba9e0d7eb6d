# SPDX-License-Identifier: LGPL-2.1-or-later
"""Runs the command line client, alone or against domwrightd on libvirt's test driver.

Owns how the client is called and what came of it; what it should have said is the tests' business.
"""

import json
import os
import subprocess
import unittest

from support import services

CLIENT = os.path.abspath(services.CLIENT)
SOURCE = os.environ["SOURCE_ROOT"]

BARE = {key: value for key, value in os.environ.items()
        if key not in ("PAGER", "DOMWRIGHT_PAGER", "NO_COLOR", "EDITOR", "VISUAL")}


class Answer:
    def __init__(self, done):
        self.status = done.returncode
        self.out = done.stdout
        self.err = done.stderr

    @property
    def json(self):
        return json.loads(self.out)


def run(*words, stdin="", env=None, text=True, prefix=(), cwd=None):
    """The client with these words; bytes in and out when not text."""
    return Answer(subprocess.run([*prefix, CLIENT, *words], capture_output=True, text=text, cwd=cwd,
                                 input=stdin, env={**BARE, **(env or {})}))


class Live(unittest.TestCase):
    """A private bus in the system bus's place, with a daemon. `web1` and `web2` are defined anew for
    each test; the driver's own domain `test` is running."""

    maxDiff = None
    HOSTS = ("--host", "local=test:///default")

    @classmethod
    def setUpClass(cls):
        cls.bus = cls.enter(services.Bus())
        cls.daemon = cls.enter(services.Daemon(cls.bus, *cls.HOSTS))

    @classmethod
    def enter(cls, service):
        service.__enter__()
        cls.addClassCleanup(service.__exit__, None, None, None)
        return service

    def setUp(self):
        for name in ("web1", "web2"):
            self.ok("create", name, "memory=512MiB", "vcpu=1", "disk",
                    f"source.file=/srv/{name}.qcow2", "target.bus=virtio")

    def tearDown(self):
        for domain in self.ok("-H", "local", "list", "--json").json:
            if domain["name"] != "test":
                if domain["active"]:
                    self.ok("destroy", domain["uuid"])
                self.ok("undefine", domain["uuid"])
        for draft in self.ok("draft", "list", "--json").json:
            self.ok("draft", "discard", draft["path"])

    @property
    def env(self):
        return {"DBUS_SYSTEM_BUS_ADDRESS": self.bus.address}

    def run_client(self, *words, **options):
        options["env"] = {**self.env, **options.get("env", {})}
        return run(*words, **options)

    def ends(self, status, *words, **options):
        """Runs the client, which must end with this status."""
        answer = self.run_client(*words, **options)
        self.assertEqual(status, answer.status, (words, answer.out, answer.err))
        return answer

    def ok(self, *words, **options):
        return self.ends(0, *words, **options)

    def said(self, *words, **options):
        """What a call that must succeed prints; beside it there may be remarks only."""
        answer = self.ok(*words, **options)
        self.assertRegex(answer.err, r"\A((domwright: [^\n]*: (info|warning): |No )[^\n]*\n)*\Z")
        return answer.out

    def get(self, domain, key):
        return self.ok("get", domain, key).out.removesuffix("\n")
