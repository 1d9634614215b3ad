# SPDX-License-Identifier: GPL-2.0-or-later
"""Rows about machines at rest: list, dominfo, domstate, dumpxml, define, domxml-to-native."""
import os
import shutil
import subprocess

from lib import documents, target


def _typicals(context, count):
    """Documents of machines whose disks are there: all the same empty image."""
    directory = context.directory("xml")
    image = os.path.join(directory, "image")
    subprocess.run(["qemu-img", "create", "-q", "-f", "qcow2", image, "1G"], check=True)
    for i in range(count):
        os.link(image, os.path.join(directory, f"vm{i:04}.qcow2"))
    return [documents.write(directory, f"vm{i:04}", documents.typical(f"vm{i:04}", i, directory)) for i in range(count)]


def _in_turns(context, home, host, rows, rounds):
    """Rows of (what, virtty's words, bare command, virsh's words, target)."""
    for what, ours, bare, theirs, goal in rows:
        commands = [home.command(*ours)] + ([bare] if bare else []) + ([host.command(*theirs)] if host else [])
        times = context.interleave(rounds, *commands, environment=home.environment)
        context.table.add(what, times.pop(0), times.pop(0) if bare else (), times.pop(0) if host else (), target=goal)


def list_rows(context):
    """list of many and of ten; dominfo, domstate, dumpxml of one; the cost of the process alone."""
    count, bare = context.machines(), context.programs.bare_list
    for machines, goal in ((count, target.under(5)), (10, target.under(4))):
        home, host = context.virtty(), context.libvirt()
        files = _typicals(context, machines)
        home.run("define", *files)
        if host:
            host.run(text="".join(f"define {f}\n" for f in files))
        state, name = os.path.join(home.home, "state.db"), "vm0005"
        rows = [(f"`list --all`, {machines:,} machines", ("list", "--all"), [bare, state], ("list", "--all"), goal)]
        if machines == 10:
            rows += [(f"`{command}` of one of 10", (command, name), [bare, state, name], (command, name), goal)
                     for command in ("dominfo", "domstate", "dumpxml")]
        if machines != 10:
            rows += [(f"`dumpxml` of one of {machines:,}", ("dumpxml", name), [bare, state, name], ("dumpxml", name), target.under(4)),
                     ("`version`, or `virsh -v`: the process alone", ("--version",), None, ("-v",), None)]
        _in_turns(context, home, host, rows, context.rounds(31, 5))
        context.close(*([home, host] if host else [home]))


def define_row(context):
    """Many machines defined in one command, durably; each round in a home that knows its QEMU already."""
    count, rounds = context.machines(), context.rounds(7)
    files = _typicals(context, count)
    seed = context.virtty()
    warm = documents.write(seed.home, "warm", documents.typical("warm", 99999, seed.home))
    seed.run("define", warm)
    seed.run("undefine", "warm")
    ours, bare, theirs = [], [], []
    for i in range(rounds + 1):
        home = seed.copy_to(os.path.join(context.scratch, "define"))
        database = os.path.join(context.scratch, "bare.db")
        for name in os.listdir(context.scratch):
            if name.startswith("bare.db"):
                os.unlink(os.path.join(context.scratch, name))
        os.sync()
        a, b = context.programs.time(home.command("define", *files), [context.programs.bare_define, database, *files],
                                     environment=home.environment)
        if i:
            ours.append(a)
            bare.append(b)
    host = context.libvirt()
    if host:
        commands = os.path.join(context.scratch, "define.virsh")
        with open(commands, "w", encoding="utf-8") as file:
            file.write("".join(f"define {f}\n" for f in files))
        for _ in range(2 if context.quick else 3):
            theirs += context.programs.time(["<" + commands, *host.command()])
            host.run(text="".join(f"undefine vm{i:04}\n" for i in range(count)))
        context.close(host)
    shutil.rmtree(os.path.join(context.scratch, "define"), ignore_errors=True)
    context.table.add(f"`define` of {count:,} machines in one command", ours, bare, theirs, target=target.under(250, note=", durable"))
    context.close(seed)


def native_row(context):
    """Without the network card: libvirt's domxml-to-native would make a tap for it."""
    home, host = context.virtty(), context.libvirt()
    path = documents.write(context.directory("n"), "native", documents.typical("native", 7, home.home, network=""))
    home.run("domxml-to-native", "qemu-argv", path)
    commands = [home.command("domxml-to-native", "qemu-argv", path)]
    if host:
        commands.append(host.command("domxml-to-native", "qemu-argv", "--xml", path))
    times = context.interleave(context.rounds(21, 5), *commands, environment=home.environment)
    context.table.add("`domxml-to-native` of a typical machine", times[0], (), times[1] if host else (), target=target.under(5))
    context.close(*([home, host] if host else [home]))
