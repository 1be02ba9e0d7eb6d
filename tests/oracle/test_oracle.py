# SPDX-License-Identifier: LGPL-2.1-or-later
"""The rules against a real libvirt: what we call clean it defines, what it takes we do not call wrong.

Owns how much is asked: the domains are made by random.c, single settings by sweep.c, those that are
safe by safe.c, and those with a device whose type changes by types.c. DOMWRIGHT_ORACLE is how many
domains (80; 20 in the short form, which every run of the tests has), DOMWRIGHT_ORACLE_SHARE one in how
many settings (40; 300), DOMWRIGHT_ORACLE_SEED with which one to begin (1).
"""

import os
import re
import shutil
import tempfile
import unittest
import unittest.mock

import sandbox
from support import tap

COUNT = os.environ.get("DOMWRIGHT_ORACLE", "80")
SHARE = os.environ.get("DOMWRIGHT_ORACLE_SHARE", "40")
SEED = os.environ.get("DOMWRIGHT_ORACLE_SEED", "1")
DOMAIN = """<domain type='{type}'><name>t</name><memory>65536</memory>
<os><type arch='x86_64' machine='pc-q35-7.2'>hvm</type></os>{cells}<devices>{devices}</devices></domain>"""
# What libvirt takes, what both refuse, what libvirt refuses for what no document tells, what is not QEMU's.
DOCUMENTS = {"taken": ("kvm", "<sound model='ich9'/>"), "refused": ("qemu", "<memballoon/><memballoon/>"),
             "left": ("qemu", "<video><model type='vmvga'/></video>"), "other": ("lxc", ""),
             "kept": ("qemu", "<emulator>/nowhere/qemu</emulator>")}
# What libvirt refuses with a zero beyond its memory: so many would end the process they are asked in.
FAR = """<vcpu>2</vcpu><cpu><numa><cell id='0' cpus='0' memory='32768'/><cell id='1' cpus='1' memory='32768'>
<distances><sibling id='1' value='255'/></distances></cell></numa></cpu>"""
N_FAR = 200
# What libvirt takes with a warning of ours, and what both refuse by a rule alone.
WRONG = {"warned": "<graphics type='dbus'><audio id='7'/></graphics>",
         "clash": "<sound model='ich9'><address type='pci' bus='0' slot='0x10'/></sound>" * 2}


def missing():
    if os.geteuid() != 0:
        return "only root can give libvirt the users it asks for"
    if not shutil.which("qemu-system-x86_64"):
        return "there is no qemu-system-x86_64"
    return None


@unittest.skipIf(missing(), missing())
class Oracle(unittest.TestCase):
    def ask(self, program, *arguments, seconds, found=False):
        """found: there is something to be found."""
        ran = sandbox.run(program, *arguments, seconds=seconds)
        if ran.returncode == sandbox.NOTHING_HERE:
            self.skipTest(ran.stderr.strip().splitlines()[-1])
        self.assertEqual(int(found), ran.returncode, ran.stdout + ran.stderr)
        return ran.stdout

    def test_rules_and_libvirt_agree(self):
        self.ask(os.environ["ORACLE"], "random", SEED, COUNT, seconds=380 + 2 * int(COUNT))

    def test_single_settings(self):
        said = self.ask(os.environ["ORACLE"], "sweep", SEED, SHARE, seconds=780)
        asked = int(re.search(r"^(\d+) settings, 0 disagreements", said, re.MULTILINE)[1])
        self.assertGreater(asked, 500)

    def ask_documents(self, documents, found=False):
        with tempfile.TemporaryDirectory() as folder:
            for name, (kind, devices, *cells) in documents.items():
                with open(os.path.join(folder, name + ".xml"), "w", encoding="utf-8") as file:
                    file.write(DOMAIN.format(type=kind, devices=devices, cells="".join(cells)))
            with open(os.path.join(folder, "notes.txt"), "w", encoding="utf-8") as file:
                file.write("no document")
            return self.ask(os.environ["ORACLE"], "documents", folder, seconds=380, found=found)

    def test_documents(self):
        """What `ask documents FOLDER` counts, by documents of each sort."""
        said = self.ask_documents(DOCUMENTS | {f"far-{number}": ("qemu", "", FAR) for number in range(N_FAR)})
        self.assertIn(f"{N_FAR + 4} documents, 0 false errors, 0 missed", said)
        self.assertIn(f"both refuse {N_FAR + 1},", said)
        self.assertIn("not of QEMU 1)", said)

    def test_wrong_rules_are_found(self):
        for rule, name, counts in (("audio-reference", "warned", "1 false errors, 0 missed"),
                                   ("pci-address-unique", "clash", "0 false errors, 1 missed")):
            with self.subTest(rule), unittest.mock.patch.dict(os.environ, ORACLE_OVERTURN=rule):
                said = self.ask_documents({name: ("qemu", WRONG[name])}, found=True)
                self.assertIn("1 documents, " + counts, said)
                self.assertIn(f" {name}.xml: ", said)

    def test_types_take_along(self):
        """A change of type leaves a device that libvirt defines, or is refused."""
        self.ask(os.environ["TYPES"], SEED, str(int(COUNT) // 2), seconds=380 + 2 * int(COUNT))

    def test_what_is_safe_stays_so(self):
        """What libvirt fills in is judged as if somebody had written it."""
        self.ask(os.environ["SAFE"], seconds=380)


if __name__ == "__main__":
    tap.main()
