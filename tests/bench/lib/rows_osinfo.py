# SPDX-License-Identifier: GPL-2.0-or-later
"""Rows about ISOs: what one holds, asked for the first time and known; a list of many."""
import os
import shutil

from lib import target

SECTOR = 2048


def _descriptor(kind):
    return bytearray([kind]) + bytearray(b"CD001\1") + bytearray(SECTOR - 7)


def _iso(path, label):
    """An ISO that says it is this one, and boots: nothing else is in it."""
    primary, boot, catalog = _descriptor(1), _descriptor(0), bytearray(SECTOR)
    for at, text, width in ((8, b"", 32), (40, label.encode(), 32), (318, b"", 128), (574, b"", 128)):
        primary[at:at + width] = text.ljust(width)
    primary[80], primary[129] = 20, SECTOR >> 8
    boot[7:30] = b"EL TORITO SPECIFICATION"
    boot[71] = 19
    catalog[0], catalog[28], catalog[29], catalog[30], catalog[31], catalog[32] = 1, 0xaa, 0x55, 0x55, 0xaa, 0x88
    with open(path, "wb") as file:
        file.write(bytes(16 * SECTOR) + primary + boot + _descriptor(255) + catalog)


def osinfo_rows(context):
    home, rounds = context.virtty(), context.rounds(15)
    images = os.path.join(home.home, "images")
    os.makedirs(images, exist_ok=True)
    path = os.path.join(images, "one.iso")
    _iso(path, "Debian 11.5.0 amd64 n")
    detect = shutil.which("osinfo-detect")
    commands = [home.command("osinfo", path)] + ([[detect, path]] if detect else [])
    cold = [[] for _ in commands]
    for i in range(rounds + 1):
        os.utime(path, ns=(i, i))  # another file than the one that is known
        for series, ms in zip(cold, context.programs.time(*commands, environment=home.environment)):
            if i:
                series.append(ms)
    context.table.add("`osinfo` of an ISO never seen (limit: osinfo-detect)", cold[0], cold[1] if detect else ())
    known = context.interleave(rounds, home.command("osinfo", path), environment=home.environment)
    context.table.add("... of one that is known", known[0], target=target.under(5))
    for i in range(100):
        _iso(os.path.join(images, f"{i}.iso"), f"Debian {i % 12}.5.0 amd64 n")
    home.run("iso-list")
    listed = context.interleave(rounds, home.command("iso-list"), environment=home.environment)
    context.table.add("`iso-list`, 101 ISOs that are known", listed[0], target=target.under(10))
