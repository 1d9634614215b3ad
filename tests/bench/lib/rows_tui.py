# SPDX-License-Identifier: GPL-2.0-or-later
"""Rows about the terminal program, with many machines of which twenty run; htop beside it says what a terminal program costs here."""
import os
import shutil
import time

from lib import documents, screen

MANY = 20


def _htop(context, runs, idle):
    path = shutil.which("htop")
    if not path:
        return []
    environment = {**os.environ, "HOME": context.directory("htop"), "XDG_CONFIG_HOME": context.scratch}
    return [screen.measure([path], "PID", environment, idle if i == runs - 1 else 0) for i in range(runs)]


def tui_rows(context):
    home = context.virtty()
    running = [f"a{i:02}" for i in range(MANY)]
    files = [documents.write(home.home, n, documents.minimal(n, 5000 + i)) for i, n in enumerate(running)]
    files += [documents.write(home.home, f"vm{i:04}", documents.typical(f"vm{i:04}", i, home.home)) for i in range(context.machines() - MANY)]
    home.run("define", *files)
    for n in running:
        home.run("start", n)
    time.sleep(3)  # their firmware falls quiet
    runs, idle = context.rounds(9), 3 if context.quick else 10
    argv = [home.binary]
    ours = [screen.measure(argv, "a19", home.environment, idle if i == runs - 1 else 0) for i in range(runs)]
    theirs = _htop(context, runs, idle)
    table, what = context.table, f"TUI, {context.machines():,} machines, {MANY} running"

    def add(name, key, unit, target, digits=1):
        table.add(f"{what}: {name} (limit: htop)", [r[key] for r in ours if key in r], [r[key] for r in theirs if key in r], unit=unit,
                  target=target, digits=digits)
    add("first full screen", "first", "ms", "15 ms")
    add("key to screen", "key", "ms", "2 ms", 2)
    add("PSS", "pss", "MiB", "10 MiB")
    add("idle CPU", "cpu", "%", "0.5 %", 2)
    add("bytes while idle", "bytes", "B/s", "", 0)
    context.close(home)
