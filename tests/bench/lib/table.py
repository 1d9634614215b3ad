# SPDX-License-Identifier: GPL-2.0-or-later
"""The table of results: one line a row, printed as soon as it is known."""
import statistics


class Table:
    HEAD = ("what", "virtty: median", "min", "max", "n", "limit (bare)", "ratio", "libvirt's virsh", "target")

    def __init__(self, out):
        self.out = out
        self.rows = []

    def _line(self, cells):
        print("| " + " | ".join(cells) + " |", file=self.out, flush=True)

    def head(self):
        self._line(self.HEAD)
        self._line(["---"] + ["---:"] * (len(self.HEAD) - 2) + ["---"])

    def add(self, what, ours, bare=(), virsh=(), unit="ms", target="", digits=1):
        """A row of measured lists of numbers, all in the same unit; an empty list is '-'."""
        def middle(values):
            return f"{statistics.median(values):.{digits}f} {unit}" if values else "-"
        low, high = ((f"{f(ours):.{digits}f}") if ours else "-" for f in (min, max))
        limit = statistics.median(bare) if bare else 0
        ratio = f"{statistics.median(ours) / limit:.2f}" if ours and limit else "-"
        self._line([what, middle(ours), low, high, str(len(ours)), middle(bare), ratio, middle(virsh), target or "-"])
        self.rows.append(what)

    def note(self, what, text):
        """A row that could not be measured, and why."""
        self._line([what, text] + ["-"] * (len(self.HEAD) - 2))
