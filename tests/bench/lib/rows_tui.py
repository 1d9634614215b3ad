# SPDX-License-Identifier: GPL-2.0-or-later
"""Rows about the terminal program, with many machines of which twenty run; htop beside it says what a terminal program costs here."""
import os
import shutil

from lib import documents, processes, screen, target

MANY = 20


IDLE_RUNS = 3  # the last ones of all


def _measure(context, argv, text, environment, runs, idle):
    results = []
    for i in range(runs):
        context.programs.settle()
        results.append(screen.measure(argv, text, environment, idle if i >= runs - IDLE_RUNS else 0))
    return results


def _htop(context, runs, idle):
    path = shutil.which("htop")
    if not path:
        context.table.note("htop", "not measured: it is not installed")
        return []
    environment = {**os.environ, "HOME": context.directory("htop"), "XDG_CONFIG_HOME": context.scratch}
    return _measure(context, [path], "PID", environment, runs, idle)


def tui_rows(context):
    home = context.virtty()
    running = [f"a{i:02}" for i in range(MANY)]
    files = [documents.write(home.home, n, documents.minimal(n, 5000 + i)) for i, n in enumerate(running)]
    files += [documents.write(home.home, f"vm{i:04}", documents.typical(f"vm{i:04}", i, home.home)) for i in range(context.machines() - MANY)]
    home.run("define", *files)
    for n in running:
        home.run("start", n)
    processes.fall_quiet([home.info(n)["pid"] for n in running])  # their firmware finds nothing to boot
    runs, idle = context.rounds(9), 3 if context.quick else 10
    ours = _measure(context, [home.binary], "a19", home.environment, runs, idle)
    theirs = _htop(context, runs, idle)
    table, what = context.table, f"TUI, {context.machines():,} machines, {MANY} running"

    def all_of(results, key):
        return [r[key] for r in results if key in r]

    def add(name, key, unit, goal, digits=1):
        table.add(f"{what}: {name} (limit: htop)", all_of(ours, key), all_of(theirs, key), unit=unit, target=goal, digits=digits)
    add("first full screen", "first", "ms", target.under(15))
    add("key to screen", "key", "ms", target.under(2), 2)
    add("PSS", "pss", "MiB", target.under(10, "MiB"))
    add("idle CPU", "cpu", "%", target.under(0.5, "%"), 2)
    add("bytes while idle", "bytes", "B/s", target.under(200, "B/s"), 0)
    table.add(f"{what}: most bytes at once while idle (limit: the first full screen)", all_of(ours, "burst"), all_of(ours, "screen"), unit="B",
              target=target.limit_times(0.25, "no repaint: a quarter"), digits=0)
    context.close(home)
