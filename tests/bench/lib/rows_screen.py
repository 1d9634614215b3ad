# SPDX-License-Identifier: GPL-2.0-or-later
"""Rows about a guest's screen: virtty-screen between a VNC server and a viewer that a program plays."""
import os
import subprocess

from lib import target
from lib.programs import Failure

SIZES = ((80, 24), (200, 50))


def _show(context, what, fonts, columns, rows, seconds):
    context.programs.settle()
    screen = os.path.join(os.path.dirname(context.binary), "virtty-screen")
    done = subprocess.run([context.programs.screen_show, what, screen, fonts, str(columns), str(rows), str(seconds)],
                          text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=False, timeout=60 + 10 * seconds)
    if done.returncode != 0:
        raise Failure(done.stderr.strip())
    return [[float(word) for word in line.split()] for line in done.stdout.splitlines()]


def screen_rows(context):
    fonts = os.path.join(context.directory("fonts"), "fonts.cache")
    seconds = 1 if context.quick else 4
    _show(context, "change", fonts, 80, 24, 0.1)  # the fonts are kept from here on
    memory = []
    for columns, rows in SIZES:
        speed, share = [], []
        for _ in range(context.rounds(5)):
            for frames, percent, kib in _show(context, "moving", fonts, columns, rows, seconds):
                speed.append(frames)
                share.append(percent)
                memory.append(kib / 1024)
        where = f"a 1280x800 screen that moves, in blocks at {columns}x{rows}"
        context.table.add(where, speed, unit="frames/s", target=target.at_least(29, "frames/s"))
        context.table.add("... of one processor", share, unit="%", target=target.under(50, "%"))
    context.table.add("... virtty-screen's memory (PSS)", memory, unit="MiB", target=target.under(25, "MiB"))
    changes = [ms / 1000 for (ms,) in _show(context, "change", fonts, 80, 24, 2 * seconds)]
    context.table.add("a line of it changes: until the viewer has the frame", changes, target=target.under(5), digits=2)
