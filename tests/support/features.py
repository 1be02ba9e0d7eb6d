# SPDX-License-Identifier: LGPL-2.1-or-later
"""What the libvirt of this machine can do, by asking it: tests run on several of its versions.

Owns questions only; what follows from the answers is the tests' business.
"""

import functools
import re
import subprocess

_CONTROLLERS = {r"memtune\.": "memory", r"blkiotune\.": "blkio", r"numatune\.": "cpuset",
                r"cputune\.(shares|\w*period|\w*quota)": "cpu"}


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


@functools.cache
def control_groups():
    """The controllers of control groups that are mounted, by their names in the older hierarchies."""
    found = set()
    with open("/proc/self/mounts", encoding="utf-8") as file:
        mounts = [line.split() for line in file]
    for _, place, kind, options, *_ in mounts:
        if kind == "cgroup":
            found |= set(options.split(","))
        elif kind == "cgroup2":
            with open(place + "/cgroup.controllers", encoding="utf-8") as file:
                found |= {"blkio" if name == "io" else name for name in file.read().split()}
    return found


def missing_controller(key):
    """The controller that a running domain needs for a key and that is not mounted; or None."""
    return next((name for pattern, name in _CONTROLLERS.items()
                 if re.match(pattern, key) and name not in control_groups()), None)
