# SPDX-License-Identifier: GPL-2.0-or-later
"""Rows about text recovery: a whole screen of text, one line of it, and the fonts from their cache."""
import subprocess

from lib import target
from lib.programs import Failure


def _times(context, width, height):
    """Milliseconds of each round, by what was timed."""
    context.programs.settle()
    done = subprocess.run([context.programs.recover_time, str(context.rounds(50)), str(width), str(height)], text=True, stdout=subprocess.PIPE,
                          check=False)
    if done.returncode != 0:
        raise Failure("text recovery cannot be timed: no 8x16 font is installed, or what was drawn was not read")
    return {words[0]: [int(ns) / 1e6 for ns in words[1:]] for words in map(str.split, done.stdout.splitlines())}


def recover_rows(context):
    times = _times(context, 1280, 800)
    context.table.add("text of a 1280x800 screen, every cell a letter (limit: copying its pixels)", times["full"], times["copy"],
                      target=target.under(4), digits=2)
    context.table.add("... of one line of it", times["line"], target=target.under(0.2), digits=3)
    context.table.add("... of a screen never seen, its grid found first", times["first"], digits=2)
    context.table.add("all installed fonts, from their cache", times["restore"], digits=2)
