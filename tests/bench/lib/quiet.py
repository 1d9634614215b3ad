# SPDX-License-Identifier: GPL-2.0-or-later
"""Waiting for a moment in which the host does little else: what is timed on a shared host says more then."""
import time

BUSY = 0.15   # of all processors, which is called quiet
LOOK_S = 0.05


def _jiffies():
    """(all, idle) since boot, of all processors together."""
    with open("/proc/stat", encoding="ascii") as file:
        fields = [int(word) for word in file.readline().split()[1:9]]
    return sum(fields), fields[3] + fields[4]


def wait(patience):
    """Returns when the processors have been idle for a moment, or when this many seconds have passed; False for the latter."""
    deadline = time.monotonic() + patience
    while time.monotonic() < deadline:
        before = _jiffies()
        time.sleep(LOOK_S)
        after = _jiffies()
        whole = after[0] - before[0]
        if whole > 0 and 1 - (after[1] - before[1]) / whole < BUSY:
            return True
    return False
