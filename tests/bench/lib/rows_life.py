# SPDX-License-Identifier: GPL-2.0-or-later
"""Rows about machines that run: start, destroy, twenty in turn, domstats, memory and wake-ups of a keeper."""
import os
import time

from lib import bare, documents, processes, target

MANY = 20


def _hosts(context):
    """A home and a libvirtd that know the same MANY minimal machines, and the same QEMU bare."""
    home, host = context.virtty(), context.libvirt()
    files = [documents.write(home.home, f"m{i:02}", documents.minimal(f"m{i:02}", i)) for i in range(MANY)]
    home.run("define", *files)
    if host:
        host.run(text="".join(f"define {f}\n" for f in files))
    naked = bare.Bare(context.programs, context.directory("b"), home.run("domxml-to-native", "qemu-argv", "--domain", "m00"))
    return home, host, context.closed_later(naked)


def start_rows(context):
    home, host, naked = _hosts(context)
    ours, limit, theirs = ([], []), ([], [], []), ([], [])
    time_it = context.programs.time
    for i in range(context.rounds(15) + 1):
        for series, results in ((ours, time_it(home.command("start", "m00"), home.command("destroy", "m00"), environment=home.environment)),
                                (limit, (*naked.start("m00"), naked.end("m00"))),
                                (theirs, time_it(host.command("start", "m00"), host.command("destroy", "m00")) if host else ())):
            for one, ms in zip(series, results):
                if i:
                    one.append(ms)
    context.table.add("`start` of a minimal machine (limit: QEMU's QMP greeting)", ours[0], limit[0], theirs[0], target=target.limit_plus(10))
    context.table.add("the same (limit: QEMU's answer to `cont`)", ours[0], limit[1], theirs[0])
    context.table.add("`destroy` of it", ours[1], limit[2], theirs[1], target=target.under(15))
    context.close(*[x for x in (home, host, naked) if x])


def _start_many(context, parties, names, paused):
    """Times of rounds in which all are started one after the other; the last round's machines stay."""
    home, host, naked = parties
    words, time_it = ["start"] + ["--paused"] * paused, context.programs.time
    ours, limit, theirs = [], [], []
    rounds = context.rounds(5, 1)
    for i in range(rounds):
        with_host = host and i >= rounds - 2
        ours.append(sum(time_it(*[home.command(*words, n) for n in names], environment=home.environment)))
        limit.append(sum(naked.start(n, paused=paused)[0] for n in names))
        if with_host:
            theirs.append(sum(time_it(*[host.command(*words, n) for n in names])))
        if i < rounds - 1 or paused:
            for n in names:
                home.run("destroy", n)
                naked.end(n)
                if with_host:
                    host.run("destroy", n)
    return ours, limit, theirs


def many_rows(context):
    """Twenty started in turn, in rounds; then, with twenty of each running, their figures."""
    home, host, naked = _hosts(context)
    names = [f"m{i:02}" for i in range(MANY)]
    context.table.add(f"`start --paused` of {MANY}, in turn", *_start_many(context, (home, host, naked), names, True), target=target.under(950))
    context.table.add(f"`start` of {MANY}, in turn: their firmware runs meanwhile", *_start_many(context, (home, host, naked), names, False))
    qemus = [home.info(n)["pid"] for n in names] + list(naked.running.values()) + (processes.running_from(host.directory) if host else [])
    processes.fall_quiet(qemus)  # the firmware finds nothing to boot
    _stats(context, home, host, [naked.qmp_path(n) for n in names])
    _memory(context, home, names)
    context.close(*[x for x in (home, host, naked) if x])


def _stats(context, home, host, sockets):
    commands = [home.command("domstats"), [context.programs.bare_stats, *sockets]] + ([host.command("domstats")] if host else [])
    times = context.interleave(context.rounds(15, 5), *commands, environment=home.environment)
    context.table.add(f"`domstats`, {MANY} running", times[0], times[1], times[2] if host else (), target=target.under(20))


def _memory(context, home, names):
    """What the keepers hold while nothing happens, and how often they wake."""
    keepers = [home.info(n)["keeper_pid"] for n in names]
    seconds = 3 if context.quick else 10
    before = [processes.wakeups(pid) for pid in keepers]
    time.sleep(seconds)
    woken = [(processes.wakeups(pid) - n) / seconds for pid, n in zip(keepers, before)]
    context.table.add(f"a keeper's private dirty memory ({MANY} running)", [processes.smaps(p)["Private_Dirty"] for p in keepers], unit="kB",
                      target=target.under(600, "kB"), digits=0)
    context.table.add(f"a keeper's wake-ups a second, idle for {seconds} s", woken, unit="/s", target=target.nothing(), digits=2)


def resident_row(context):
    """What stays resident when no machine runs, in MiB: processes whose command line or environment names the home."""
    home = context.virtty()
    path = documents.write(home.home, "m00", documents.minimal("m00", 0))
    home.run("define", path)
    home.run("start", "m00")
    home.run("destroy", "m00")
    deadline = time.monotonic() + 5
    while (left := processes.running_from(home.home)) and time.monotonic() < deadline:
        time.sleep(0.02)
    host, theirs = context.libvirt(), []
    if host:
        theirs = [sum(processes.smaps(p)["Rss"] for p in processes.running_from(host.directory)) / 1024]
        context.close(host)
    context.table.add("resident, no machine running (RSS)", [sum(processes.smaps(p)["Rss"] for p in left) / 1024], (), theirs, unit="MiB",
                      target=target.nothing())
    context.close(home)


def two_rows(context):
    """A keeper's memory with two machines running: what a page shared by both costs is not private."""
    home = context.virtty()
    names = ("m00", "m01")
    home.run("define", *[documents.write(home.home, n, documents.minimal(n, i)) for i, n in enumerate(names)])
    for n in names:
        home.run("start", n)
    machines = [home.info(n) for n in names]
    processes.fall_quiet([m[key] for m in machines for key in ("pid", "keeper_pid")])
    dirty = [processes.smaps(m["keeper_pid"])["Private_Dirty"] for m in machines]
    context.table.add("a keeper's private dirty memory (2 running)", dirty, unit="kB", target=target.under(600, "kB"), digits=0)
    context.close(home)
