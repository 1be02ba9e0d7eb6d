# SPDX-License-Identifier: LGPL-2.1-or-later
"""Runs the unittest cases of the calling program and reports them as TAP.

Owns the form of the report only. It knows nothing of domwright or of meson, which reads the report.
A program ends with `if __name__ == "__main__": tap.main()`; arguments are names of tests to run,
none means all.
"""

import signal
import sys
import unittest


def _stop(signum, _frame):
    # A test that is stopped from outside must still end the services it started.
    raise SystemExit(128 + signum)


class _Result(unittest.TestResult):
    def __init__(self):
        super().__init__()
        self.count = 0
        self.subtest_failed = False

    def startTest(self, test):
        super().startTest(test)
        self.subtest_failed = False

    def _line(self, verdict, test, note=""):
        self.count += 1
        name = test.id().removeprefix("__main__.").replace("#", "")
        print(f"{verdict} {self.count} - {name}{note}", flush=True)

    def _failed(self, test, err):
        self._line("not ok", test)
        for line in self._exc_info_to_string(err, test).splitlines():
            print("# " + line, flush=True)

    def addSuccess(self, test):
        if not self.subtest_failed:
            self._line("ok", test)

    def addFailure(self, test, err):
        super().addFailure(test, err)
        self._failed(test, err)

    def addError(self, test, err):
        super().addError(test, err)
        self._failed(test, err)

    def addSubTest(self, test, subtest, err):
        super().addSubTest(test, subtest, err)
        if err is not None:
            self.subtest_failed = True
            self._failed(subtest, err)

    def addSkip(self, test, reason):
        super().addSkip(test, reason)
        self._line("ok", test, " # SKIP " + reason)

    def addExpectedFailure(self, test, err):
        raise AssertionError("a test either passes or fails: mend " + test.id())

    addUnexpectedSuccess = addExpectedFailure


def main():
    signal.signal(signal.SIGTERM, _stop)
    signal.signal(signal.SIGINT, _stop)
    loader = unittest.defaultTestLoader
    module = sys.modules["__main__"]
    names = sys.argv[1:]
    suite = loader.loadTestsFromNames(names, module) if names else loader.loadTestsFromModule(module)
    result = _Result()
    suite.run(result)
    print(f"1..{result.count}", flush=True)
    sys.exit(0 if result.wasSuccessful() else 1)
