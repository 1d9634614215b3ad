# SPDX-License-Identifier: GPL-2.0-or-later
"""The same QEMU without virtty: its command line from domxml-to-native, started by bare_start."""
import os
import re
import shlex
import signal
import subprocess

from lib import processes
from lib.programs import Failure


class Bare:
    """QEMUs started from one command line, each in a directory of its own."""

    def __init__(self, programs, scratch, native):
        self.programs = programs
        self.scratch = scratch
        self.words = shlex.split(native)
        place = next((re.search(r"path=(.*)/qmp,", w) for w in self.words if "charmonitor" in w and "path=" in w), None)
        if place is None:
            raise Failure("domxml-to-native shows no QMP socket")
        self.place = place.group(1)
        self.running = {}

    def argv(self, directory, replace=()):
        """The words with our own directory for virtty's, and the QMP socket as an inherited descriptor."""
        words = []
        for word in self.words:
            word = re.sub(r"path=[^,]*/qmp,", "fd=@FD@,", word) if "charmonitor" in word else word
            for old, new in ((self.place, directory), *replace):
                word = word.replace(old, new)
            words.append(re.sub(r"logfile=[^,]*/", f"logfile={directory}/", word))
        return words

    def start(self, name, replace=(), paused=False):
        """Milliseconds to the QMP greeting, and to the guest's first step."""
        directory = os.path.join(self.scratch, name)
        os.makedirs(directory, exist_ok=True)
        path = os.path.join(directory, "qmp")
        self.programs.settle()
        # In a session of its own, as a keeper's QEMU is: the kernel shares the processors out among sessions first (autogroup).
        done = subprocess.run([self.programs.bare_start, *["--paused"][:paused], path, *self.argv(directory, replace)], text=True, check=False,
                              start_new_session=True, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=open(os.path.join(directory, "stderr"), "w"))
        if done.returncode != 0:
            with open(os.path.join(directory, "stderr"), encoding="utf-8", errors="replace") as file:
                raise Failure(f"bare QEMU: {file.read()[-500:]}")
        greeting, running, pid = (int(word) for word in done.stdout.split())
        self.running[name] = pid
        return greeting / 1e6, running / 1e6

    def qmp_path(self, name):
        return os.path.join(self.scratch, name, "qmp")

    def end(self, name):
        """Milliseconds from SIGTERM to the end."""
        return 1000 * processes.end(self.running.pop(name), signal.SIGTERM)

    def close(self):
        for name in list(self.running):
            self.end(name)
