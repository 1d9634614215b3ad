# SPDX-License-Identifier: GPL-2.0-or-later
"""Rows about storage: a directory of many images looked into, listed, an image's head read, a sparse image cloned."""
import os
import subprocess

from lib import target
from lib.libvirt import NOBODY

POOL = "<pool type='dir'><name>{name}</name><target><path>{path}</path></target></pool>\n"


def _images(directory, count):
    """Files that begin as qcow2 images do, and are as long."""
    first = os.path.join(directory, "first")
    subprocess.run(["qemu-img", "create", "-q", "-f", "qcow2", first, "10G"], check=True)
    with open(first, "rb") as file:
        head = file.read(4096)
    size = os.path.getsize(first)
    os.unlink(first)
    for i in range(count):
        with open(os.path.join(directory, f"v{i:05}.qcow2"), "wb") as file:
            file.write(head)
            file.truncate(size)


def _define(directory, path, name, *hosts):
    """The same directory as a pool of each."""
    document = os.path.join(directory, name + ".xml")
    with open(document, "w", encoding="utf-8") as file:
        file.write(POOL.format(name=name, path=path))
    os.chmod(document, 0o644)
    for host in hosts:
        host.run("pool-define", document)
        host.run("pool-start", name)


def _time_starts(context, rounds, home, host, path):
    """pool-start reads every head: what it knew went with pool-destroy."""
    ours, bare, theirs = [], [], []
    for i in range(rounds + 1):
        home.run("pool-destroy", "many")
        if host:
            host.run("pool-destroy", "many")
        commands = [home.command("pool-start", "many"), [context.programs.bare_directory, path, "heads"]]
        commands += [host.command("pool-start", "many")] if host else []
        times = context.programs.time(*commands, environment=home.environment)
        if i:
            ours.append(times[0])
            bare.append(times[1])
            theirs += times[2:]
    return ours, bare, theirs


def pool_rows(context):
    """A pool of many images: looked into for the first time, again with nothing changed, listed; one head; the pools listed."""
    count = 1000 if context.quick else 10000
    base, rounds = context.directory("pool"), context.rounds(11)
    path = os.path.join(base, "p")
    os.makedirs(path, mode=0o755)
    _images(path, count)
    home, host = context.virtty(), context.libvirt()
    if host:
        os.chown(path, NOBODY, NOBODY)
        for name in os.listdir(path):
            os.chown(os.path.join(path, name), NOBODY, NOBODY)
    _define(base, path, "many", *([home, host] if host else [home]))
    table, bare = context.table, context.programs.bare_directory
    ours, limit, theirs = _time_starts(context, rounds, home, host, path)
    table.add(f"`pool-start`: {count:,} images looked into for the first time", ours, limit, theirs, target=target.under(2000))
    for what, words, alone, goal in (
            (f"`pool-refresh` of {count:,}, nothing changed", ("pool-refresh", "many"), [bare, path], target.under(100)),
            (f"`vol-list` of {count:,}", ("vol-list", "many"), [bare, path], None),
            ("`pool-list`", ("pool-list",), None, None)):
        commands = [home.command(*words)] + ([alone] if alone else []) + ([host.command(*words)] if host else [])
        times = context.interleave(rounds, *commands, environment=home.environment)
        table.add(what, times.pop(0), times.pop(0) if alone else (), times.pop(0) if host else (), target=goal)
    files = [os.path.join(path, name) for name in sorted(os.listdir(path))[:100]]
    context.programs.settle()
    done = subprocess.run([context.programs.head_time, "50", *files], check=True, text=True, stdout=subprocess.PIPE)
    table.add("an image's head, opened and read", [int(ns) / 1e3 for ns in done.stdout.split()], unit="us", target=target.under(50, "us"))
    context.close(*([home, host] if host else [home]))


def clone_row(context):
    """A sparse image of 10 GiB with some data: as long as the data takes. The limit is cp; qemu-img convert stands below it."""
    mebibytes, rounds = (32 if context.quick else 256), context.rounds(7)
    base = context.directory("clone")
    path = os.path.join(base, "p")
    os.makedirs(path, mode=0o755)
    image, copy = os.path.join(path, "sparse.img"), os.path.join(path, "copy")
    with open(image, "wb") as file:
        for i in range(mebibytes):
            file.seek(i * (10 << 30) // mebibytes)
            file.write(os.urandom(1 << 20))
        file.truncate(10 << 30)
    os.sync()
    home, host = context.virtty(), context.libvirt()
    if host:
        os.chown(path, NOBODY, NOBODY)
        os.chown(image, NOBODY, NOBODY)
    _define(base, path, "p", *([home, host] if host else [home]))
    # cp writes nothing out; the others do: it is followed by the same
    ways = {"virtty": home.command("vol-clone", "sparse.img", "copy", "--pool", "p"),
            "cp": ["sh", "-c", f"cp --sparse=always '{image}' '{copy}' && sync '{copy}'"],
            "qemu-img": ["qemu-img", "convert", "-f", "raw", "-O", "raw", image, copy]}
    if host:
        ways["virsh"] = host.command("vol-clone", "sparse.img", "copy", "--pool", "p")
    times = {way: [] for way in ways}
    for i in range(rounds + 1):
        for way, command in ways.items():
            ms = context.programs.time(command, environment=home.environment)[0]
            if i:
                times[way].append(ms)
            if way == "virsh":
                host.run("vol-delete", "copy", "--pool", "p")
            else:
                os.unlink(copy)
    what = f"`vol-clone` of 10 GiB, {mebibytes} MiB of it data"
    context.table.add(f"{what}; limit: cp", times["virtty"], times["cp"], times.get("virsh", ()),
                      target=target.limit_times(1.5, "limit x 1.5"))
    context.table.add(f"{what}; limit: qemu-img convert", times["virtty"], times["qemu-img"])
    context.close(*([home, host] if host else [home]))
