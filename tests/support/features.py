# SPDX-License-Identifier: LGPL-2.1-or-later
"""What the libvirt of this machine can do, by asking it: tests run on several of its versions.

Owns questions only; what follows from the answers is the tests' business.
"""

import functools
import subprocess


def _virsh(*arguments):
    """Whether virsh's own copy of the test driver does this."""
    return subprocess.run(["virsh", "-c", "test:///default", *arguments], stdin=subprocess.DEVNULL,
                          capture_output=True).returncode == 0


@functools.cache
def test_driver_has_domain_capabilities():
    """Since between libvirt 9.0 and 11.3 the test driver answers for what domains can have."""
    return _virsh("domcapabilities")


@functools.cache
def test_driver_plugs_devices():
    """Since between libvirt 9.0 and 11.3."""
    return _virsh("attach-disk", "test", "/x", "vdz", "--live")


@functools.cache
def schema_has(word, places=1):
    """Whether a word is in the schema of what domains have, at so many places or more."""
    with open("/usr/share/libvirt/schemas/domaincommon.rng", encoding="utf-8") as file:
        return file.read().count(f"<value>{word}</value>") >= places
