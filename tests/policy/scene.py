# SPDX-License-Identifier: LGPL-2.1-or-later
"""Where the sample calls are made in the tests of policy: a domain and drafts for each call.

Owns no rows; who makes the calls is the test programs' business.
"""

import re

from rig import HOST, MANAGER, SECRET, path_of, settings, uuid_of
from support.sample_calls import DISK, NEW, POLICY, all_samples

ROWS = all_samples(POLICY)

# Nothing in it reaches beyond the guest.
PLAIN = """<domain type='test'>
  <name>{name}</name>
  <uuid>{uuid}</uuid>
  <memory unit='KiB'>1048576</memory>
  <vcpu>1</vcpu>
  <os>
    <type arch='i686'>hvm</type>
  </os>
</domain>
"""


class Scene:
    """What one call is made with: who calls, a domain and drafts of the caller's, made on demand."""

    def __init__(self, world, person, state="shutoff", secret=SECRET, name=None):
        self.world = world
        self.person = person
        self.state = state
        self.secret = secret
        self.prefix = name  # of the names of domains made for this and by it
        self.domain = None

    def _domain(self):
        if self.domain is None:
            self.domain = self.world.new_domain(self.prefix, self.state, self.secret)
        return self.domain

    def object(self, kind):
        return {"manager": lambda: MANAGER, "host": lambda: HOST, "domain": self._domain,
                "draft": self._draft, "edited": self._edited,
                "reaching": self._reaching}[kind]()

    def _draft(self):
        return self.person.call(MANAGER, "Manager", "ImportDraft", "(sa{sv})", self.new_xml(), {})

    def _edited(self):
        """A draft of a domain, as everybody who may read can have it, with a change in it."""
        draft = self.person.plain(self._domain(), "Domain", "Edit")
        self.person.modify(draft, {"title": "edited"})
        return draft

    def _reaching(self):
        draft = self._edited()
        self.person.call(draft, "Config", "AddDisk", "(a{sv}a{sv})", settings(DISK), {})
        return draft

    def new_settings(self):
        """Of a domain that is not there yet."""
        self.world.number += 1
        return {"name": f"{self.prefix or 'new'}-{self.world.number}",
                "uuid": uuid_of(self.world.number), **NEW}

    def new_xml(self, text=PLAIN):
        new = self.new_settings()
        return text.format(name=new["name"], uuid=new["uuid"])

    def new_name(self):
        """For the domain, when it is renamed."""
        return f"{self.prefix or 'renamed'}-{self.domain.rpartition('_')[2]}"

    def uuid(self):
        """The domain's."""
        return self.world.property(self._domain(), "Domain", "UUID")

    def replacement(self, change, affect=None, **options):
        """The document of the domain with a change, and the options that it takes its place, on these
        sides."""
        world, path = self.world, self._domain()
        text = world.root.plain(path, "Config", "GetXML", **options)
        revision = world.property(path, "Config", "Revision")
        sides = {"affect": affect} if affect else {}
        return re.sub(*change, text, count=1), settings({"expected-revision": revision, **sides})

    def earlier(self, reach):
        """A revision of the domain, which has another title since then, or another file."""
        root, path = self.world.root, self._domain()
        if reach:
            root.call(path, "Config", "ModifyDevice", "(ssa{sv}asa{sv})", "disk", "vda",
                      settings({"source.file": "/srv/vm/later.img"}), [], {})
        else:
            sides = {"affect": "both"} if self.state == "running" else {}
            root.call(path, "Config", "Modify", "(a{sv}asa{sv})", settings({"title": "later"}), [],
                      settings(sides))
        return root.plain(path, "Domain", "ListHistory")[0]["revision"]

    def end(self):
        """Takes away what was made, and what the call may have made."""
        for number in range(self.world.number, max(self.world.number - 3, 0), -1):
            self.world.remove(path_of(number))
        for draft in self.person.plain(MANAGER, "Manager", "ListDrafts"):
            self.person.plain(draft, "Draft", "Discard")
