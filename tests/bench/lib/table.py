# SPDX-License-Identifier: GPL-2.0-or-later
"""The table of results: one line a row, printed as soon as it is known; and at the end how many targets were met."""
import statistics


class Table:
    HEAD = ("what", "virtty: median", "min", "max", "n", "limit (bare): median (min)", "ratio", "libvirt's virsh", "target", "met")

    def __init__(self, out, judging=True):
        """judging False: fewer machines and rounds than the targets are for."""
        self.out = out
        self.judging = judging
        self.met, self.missed = [], []

    def _line(self, cells):
        print("| " + " | ".join(cells) + " |", file=self.out, flush=True)

    def head(self):
        self._line(self.HEAD)
        self._line(["---"] + ["---:"] * (len(self.HEAD) - 3) + ["---", "---"])

    def _verdict(self, what, target, ours, limit):
        verdict = target.met(ours, limit) if target and self.judging and ours is not None else None
        if verdict is None:
            return "-"
        (self.met if verdict else self.missed).append(what)
        return "yes" if verdict else "no"

    def add(self, what, ours, bare=(), virsh=(), unit="ms", target=None, digits=1):
        """A row of measured lists of numbers, all in the same unit; an empty list is '-'. target: one of target.py's."""
        def middle(values):
            return f"{statistics.median(values):.{digits}f} {unit}" if values else "-"
        low, high = ((f"{f(ours):.{digits}f}") if ours else "-" for f in (min, max))
        median = statistics.median(ours) if ours else None
        limit = statistics.median(bare) if bare else 0
        least = f" ({min(bare):.{digits}f})" if len(bare) > 1 else ""
        ratio = f"{median / limit:.2f}" if ours and limit else "-"
        self._line([what, middle(ours), low, high, str(len(ours)), middle(bare) + least, ratio, middle(virsh), target.words if target else "-",
                    self._verdict(what, target, median, limit)])

    def note(self, what, text):
        """A row that could not be measured, and why."""
        self._line([what, text] + ["-"] * (len(self.HEAD) - 2))

    def summary(self):
        if self.met or self.missed:
            print(f"\nTargets met: {len(self.met)} of {len(self.met) + len(self.missed)}.", file=self.out)
        for what in self.missed:
            print(f"- missed: {what}", file=self.out)
