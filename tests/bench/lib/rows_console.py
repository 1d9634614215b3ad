# SPDX-License-Identifier: GPL-2.0-or-later
"""Row about consoles: a peer that floods its serial line, read straight and through the keeper."""
import glob
import os
import socket
import subprocess
import time

from lib import documents, processes, target
from lib.programs import Failure


def _drain(context, path, seconds, raw=False):
    """MB/s that came, and the share of what was sent meanwhile that came."""
    words = [context.programs.console_drain] + (["--raw"] if raw else []) + [path, str(seconds)]
    done = subprocess.run(words, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=False)
    if done.returncode != 0:
        raise Failure(done.stderr.strip())
    came, sent, ns = (int(n) for n in done.stdout.split())
    return came / ns * 1e3, came / max(sent, 1)


def _straight(context, seconds):
    """The peer without a keeper: it inherits a listening socket, as from one, and writes a log."""
    directory = context.directory("f")
    path = os.path.join(directory, "s")
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(path)
        listening.listen(1)
        peer = subprocess.Popen([context.programs.flood_peer, "-chardev",
                                 f"socket,id=charserial0,fd={listening.fileno()},logfile={directory}/log"],
                                pass_fds=[listening.fileno()], stdin=subprocess.DEVNULL)
    try:
        return _drain(context, path, seconds, raw=True)[0]
    finally:
        processes.end(peer.pid)
        os.unlink(os.path.join(directory, "log"))


def _through(context, home, seconds):
    home.run("start", "flood")
    try:
        deadline, found = time.monotonic() + 5, []
        while not found and time.monotonic() < deadline:
            found = glob.glob(os.path.join(home.directory("flood", "run"), "c*"))
            found = [f for f in found if not f.endswith("control")]
        if not found:
            raise Failure("no console socket")
        return _drain(context, found[0], seconds)
    finally:
        home.run("destroy", "flood")


def console_row(context):
    home = context.virtty()
    seconds = 1 if context.quick else 3
    home.run("define", documents.write(home.home, "flood", documents.minimal("flood", 1, documents.SERIAL, context.programs.flood_peer)))
    ours, limit, share = [], [], []
    for _ in range(context.rounds(5)):
        speed, part = _through(context, home, seconds)
        ours.append(speed)
        share.append(100 * part)
        limit.append(_straight(context, seconds))
    context.table.add("console through the keeper to a viewer (limit: straight from the peer)", ours, limit, unit="MB/s", target=target.at_least(20, "MB/s"),
                      digits=0)
    context.table.add("... share of the guest's bytes that a fast viewer gets", share, unit="%", digits=1)
    context.close(home)
