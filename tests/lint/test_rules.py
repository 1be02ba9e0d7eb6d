# SPDX-License-Identifier: LGPL-2.1-or-later
"""Rule ids are stable and known: each one the model reports is in the manual and in a test.

Owns that the three agree; what a rule does is tests/unit.
"""

import glob
import os
import re
import unittest

from support import tap

ROOT = os.environ["SOURCE_ROOT"]
AREAS = ("alias audio boot channel clock controller cpu cputune device disk domain features filesystem graphics host "
         "hostdev hyperv input interface iommu iothread iotune launch memory numa os pci seclabel serial shmem sysinfo "
         "throttle timer tpm usb value vcpu video watchdog")


def read(*path):
    with open(os.path.join(ROOT, *path), encoding="utf-8") as file:
        return file.read()


def rules_of_model():
    """The first string of every report: it is the rule's id."""
    found = set()
    for path in glob.glob(os.path.join(ROOT, "model", "rules", "**", "*.c"), recursive=True):
        text = read(path)
        found |= set(re.findall(r'(?:rule_report|source_report|report_\w+|check_choice|check_set|refuse)'
                                r'\(\s*\w+,\s*"([a-z-]+)"', text))
    return found


def rules_of_manual():
    text = read("docs", "domwright-rules.7").replace("\\-", "-")
    return re.findall(r'^\.BR ([a-z-]+) "', text, re.MULTILINE)


def severities_of_manual():
    text = read("docs", "domwright-rules.7").replace("\\-", "-")
    return {rule: words.split(", ") for rule, words in re.findall(r'^\.BR ([a-z-]+) " \(([a-z, ]+)\)"', text, re.MULTILINE)}


def severities_of_tests():
    """Pairs of a rule and a severity that a row of the tests of rules expects, of one or of three versions."""
    text = "".join(read(path) for path in glob.glob(os.path.join(ROOT, "tests", "unit", "test-rules-*.c")))
    rows = re.findall(r'\{"([a-z-]+)",\s*(?:\d+,\s*\d+,\s*)?((?:(?:DW_SEVERITY_)?(?:ERROR|WARNING|INFO|NOTHING),\s*)+)', text)
    return {(rule, word.lower()) for rule, words in rows for word in re.findall("ERROR|WARNING|INFO", words)}


class Rules(unittest.TestCase):
    def test_names(self):
        pattern = re.compile("(" + AREAS.replace(" ", "|") + r")(-[a-z]+)*$")
        self.assertEqual([], [rule for rule in rules_of_model() if not pattern.match(rule)])

    def test_manual(self):
        manual = rules_of_manual()
        self.assertEqual(sorted(set(manual)), manual)
        self.assertEqual(sorted(rules_of_model()), manual)

    def test_severities(self):
        manual = severities_of_manual()
        self.assertEqual([], sorted(pair for pair in severities_of_tests() if pair[1] not in manual[pair[0]]))

    def test_each_is_tested(self):
        tests = "".join(read(path) for path in glob.glob(os.path.join(ROOT, "tests", "unit", "test-*.c")))
        self.assertEqual([], sorted(rule for rule in rules_of_model() if f'"{rule}"' not in tests))


if __name__ == "__main__":
    tap.main()
