# SPDX-License-Identifier: LGPL-2.1-or-later
"""People who call the service: each a process of its own user, with or without an agent that types a
password when polkit asks.

Owns the conversation with bus_agent.py and the terminals; expects nothing of the answers.
"""

import contextlib
import fcntl
import json
import os
import pty
import queue
import subprocess
import sys
import termios
import threading

from gi.repository import GLib

from support import machine, services
from support.client import NAME, settings

SECONDS = 130
DENIED = "org.freedesktop.DBus.Error.AccessDenied"
INTERACTIVE = "org.freedesktop.DBus.Error.InteractiveAuthorizationRequired"


class Refused(Exception):
    """An error as answer: its D-Bus name without the project's prefix, and its message."""

    def __init__(self, name, message):
        super().__init__(f"{name}: {message}")
        self.name = name.removeprefix("org.domwright1.Error.")
        self.message = message


class Person:
    """One connection of one user; `interactive` sets the flag on calls that do not say."""

    def __init__(self, user, interactive=False):
        self.user = user
        self.interactive = interactive
        self.signals = []
        self.raw = []  # every line that came from the bus, for scans
        self._answers = queue.Queue()
        self._early = {}
        self._number = 0

    def __enter__(self):
        self.process = subprocess.Popen(
            [sys.executable, machine.BUS_AGENT, machine.ADDRESS], stdin=subprocess.PIPE,
            stdout=subprocess.PIPE, cwd="/", text=True, preexec_fn=services.die_with_parent,
            env={"PATH": os.environ["PATH"]}, **machine.identity(self.user))
        self._reader = threading.Thread(target=self._listen, daemon=True)
        self._reader.start()
        self.name = self._next()["name"]
        return self

    def __exit__(self, *_):
        with contextlib.suppress(BrokenPipeError):
            self.process.stdin.close()
        self.process.kill()
        self.process.wait()
        self._reader.join()
        self.process.stdout.close()

    @property
    def pid(self):
        return self.process.pid

    def _listen(self):
        for line in self.process.stdout:
            self.raw.append(line)
            answer = json.loads(line)
            if "signal" in answer:
                self.signals.append(answer["signal"])
            else:
                self._answers.put(answer)
        self._answers.put(None)

    def _next(self):
        answer = self._answers.get(timeout=SECONDS)
        if answer is None:
            raise AssertionError(f"{self.user}'s process has ended")
        return answer

    def reconnect(self):
        """Leaves the bus and comes back as another sender, of the same process."""
        self._tell(reconnect=True)
        self.name = self._next()["name"]

    def leave(self, seconds):
        """The same, so long after what was sent before."""
        self._tell(reconnect=True, after=seconds)
        answer = self._next()
        while "name" not in answer:  # of calls that were answered first
            answer = self._next()
        self.name = answer["name"]

    def _tell(self, **order):
        self.process.stdin.write(json.dumps(order) + "\n")
        self.process.stdin.flush()

    def begin(self, path, interface, method, signature="()", *arguments, interactive=None,
              destination=NAME):
        """Sends a call; its number."""
        self._number += 1
        if "." not in interface:
            interface = NAME + "." + interface
        self._tell(number=self._number, destination=destination, path=path, interface=interface,
                   method=method, signature=signature,
                   body=GLib.Variant(signature, arguments).print_(True),
                   interactive=self.interactive if interactive is None else interactive)
        return self._number

    def end(self, number):
        """The answer of a call that was begun: as of client.Client.call; Refused is raised."""
        while number not in self._early:
            answer = self._next()
            self._early[answer["number"]] = answer
        answer = self._early.pop(number)
        if "error" in answer:
            raise Refused(answer["error"], answer["message"])
        values = GLib.Variant.parse(None, answer["body"]).unpack()
        return values[0] if len(values) == 1 else values

    def call(self, *arguments, **options):
        return self.end(self.begin(*arguments, **options))

    def plain(self, path, interface, method, interactive=None, **options):
        """A method that takes nothing but options."""
        options = {key.replace("_", "-"): value for key, value in options.items()}
        return self.call(path, interface, method, "(a{sv})", settings(options),
                         interactive=interactive)

    def modify(self, path, values, unset=(), options=None, **flags):
        return self.call(path, "Config", "Modify", "(a{sv}asa{sv})", settings(values), list(unset),
                         settings(options or {}), **flags)

    def outcome(self, *arguments, **options):
        """The name of the error a call ends with, or "ok"."""
        try:
            self.call(*arguments, **options)
            return "ok"
        except Refused as refusal:
            return refusal.name


class Terminal:
    """A program of a user on a terminal of its own, each question "Password:" answered in turn."""

    def __init__(self, user, argv, password=None, environment=None, pass_fds=()):
        master, slave = pty.openpty()
        self.password = password
        self.output = ""
        self.asked = threading.Event()
        self.process = subprocess.Popen(
            argv, stdin=slave, stdout=slave, stderr=slave, cwd="/", start_new_session=True,
            pass_fds=pass_fds, preexec_fn=lambda: self._take_terminal(slave), env={
                "PATH": os.environ["PATH"], "TERM": "dumb", "LANG": "C.UTF-8",
                **(environment or {})}, **machine.identity(user))
        os.close(slave)
        self._master = master
        self._reader = threading.Thread(target=self._converse, daemon=True)
        self._reader.start()

    @staticmethod
    def _take_terminal(slave):
        services.die_with_parent()
        fcntl.ioctl(slave, termios.TIOCSCTTY, 0)

    def _converse(self):
        answered = 0
        while True:
            try:
                data = os.read(self._master, 4096)
            except OSError:
                return
            if not data:
                return
            self.output += data.decode(errors="replace")
            if self.output.count("Password:") > answered:
                answered += 1
                self.asked.set()
                if self.password is not None:
                    self.answer(self.password)

    def answer(self, text):
        """Types a line once it is not shown: what is typed before is thrown away."""
        services.wait_for(lambda: not termios.tcgetattr(self._master)[3] & termios.ECHO,
                          "the terminal hides what is typed")
        os.write(self._master, text.encode() + b"\n")

    def wait(self, seconds=SECONDS):
        status = self.process.wait(seconds)
        self._reader.join()
        return status

    def close(self):
        if self.process.poll() is None:
            self.process.terminate()
        self.process.wait()
        self._reader.join()
        if self._master is not None:
            os.close(self._master)
            self._master = None


class Agent:
    """polkit's text agent for one person: it types `password` as often as it is asked; None: it lets
    the question stand, and `asked` tells that there is one."""

    def __init__(self, person, password=machine.PASSWORD):
        self.person = person
        self.password = password

    def __enter__(self):
        registered, notify = os.pipe()
        self.terminal = Terminal(
            self.person.user, ["pkttyagent", "--process", str(self.person.pid), "--notify-fd",
                               str(notify)], self.password, pass_fds=[notify])
        os.close(notify)
        os.read(registered, 1)  # it closes its end once polkit knows it
        os.close(registered)
        if self.terminal.process.poll() is not None:
            raise AssertionError("pkttyagent: " + self.terminal.output)
        return self

    def __exit__(self, *_):
        self.terminal.close()

    @property
    def asked(self):
        return self.terminal.asked

    @property
    def text(self):
        return self.terminal.output
