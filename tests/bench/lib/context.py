# SPDX-License-Identifier: GPL-2.0-or-later
"""What every row is given: the scratch directory, the programs, how many rounds; and it ends what rows started."""
import os
import sys

from lib import libvirt
from lib.virtty import Virtty


class Context:
    def __init__(self, options, scratch, programs, table):
        self.binary = options.virtty
        self.scratch = scratch
        self.programs = programs
        self.table = table
        self.quick = options.quick
        self.with_libvirt = not options.no_libvirt and libvirt.find() is not None
        self.open = []
        self._numbers = 0

    def rounds(self, whole, quick=3):
        return quick if self.quick else whole

    def machines(self):
        """How many make a big host."""
        return 100 if self.quick else 1000

    def directory(self, name):
        """A new directory; short, because sockets live below it."""
        self._numbers += 1
        path = os.path.join(self.scratch, f"{name}{self._numbers}")
        os.makedirs(path, mode=0o755)
        return path

    def virtty(self, name="h"):
        return self.closed_later(Virtty(self.binary, self.directory(name)))

    def libvirt(self):
        """A private libvirtd, or None where it is not installed or not wanted."""
        return self.closed_later(libvirt.Libvirt(self.directory("lv"), self.programs)) if self.with_libvirt else None

    def closed_later(self, thing):
        self.open.append(thing)
        return thing

    def close(self, *things):
        """Ends things, the last first; all of them when none is named."""
        for thing in reversed(things or tuple(self.open)):
            self.open.remove(thing)
            try:
                thing.close()
            except Exception as problem:  # the others must still be ended
                print(f"bench: closing: {problem}", file=sys.stderr)

    def interleave(self, rounds, *commands, environment=None, warm=1):
        """Times of each command, taken in turns so that the host's moods fall on all of them."""
        times = [[] for _ in commands]
        for i in range(rounds + warm):
            for series, ms in zip(times, self.programs.time(*commands, environment=environment)):
                if i >= warm:
                    series.append(ms)
        return times
