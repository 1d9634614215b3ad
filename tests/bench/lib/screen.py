# SPDX-License-Identifier: GPL-2.0-or-later
"""A program on a pseudo-terminal, as a person meets it: first full screen, answer to a key, memory, idling."""
import fcntl
import os
import pty
import select
import signal
import statistics
import struct
import termios
import time

from lib import processes
from lib.programs import Failure

DOWN = b"\x1b[B"
COLUMNS, LINES = 100, 30


def _spawn(argv, environment):
    pid, fd = pty.fork()
    if pid == 0:
        fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", LINES, COLUMNS, 0, 0))
        os.execvpe(argv[0], argv, {**environment, "TERM": "xterm-256color"})
    return pid, fd


def _drain(fd, quiet):
    """Reads until nothing came for a while (2 s at most); when the last byte came, and how many."""
    begin = last = time.perf_counter()
    count = 0
    while last - begin < 2 and select.select([fd], [], [], quiet)[0]:
        count += len(os.read(fd, 65536))
        last = time.perf_counter()
    return last, count


def _first(fd, text, begin):
    """Milliseconds to the text and to the last byte of the screen that it is on; the bytes of it all."""
    seen = b""
    while text not in seen:
        if not select.select([fd], [], [], 10)[0]:
            raise Failure(f"{text!r} did not come: {seen[-200:]!r}")
        seen += os.read(fd, 65536)
    shown = time.perf_counter()
    last, more = _drain(fd, 0.1)
    return 1000 * (max(shown, last) - begin), len(seen) + more


def _key(fd):
    """Milliseconds from a key to the first byte of the answer."""
    _drain(fd, 0.03)
    begin = time.perf_counter()
    os.write(fd, DOWN)
    if not select.select([fd], [], [], 2)[0]:
        raise Failure("a key had no answer in 2 s")
    return 1000 * (time.perf_counter() - begin)


def _idle(pid, fd, seconds):
    """CPU in percent, bytes a second, and the most bytes that came at once, while nobody types."""
    cpu, bursts, deadline = processes.cpu_seconds(pid), [0], time.perf_counter() + seconds
    while (left := deadline - time.perf_counter()) > 0:
        if select.select([fd], [], [], left)[0]:
            bursts.append(_drain(fd, 0.05)[1])
    return {"cpu": 100 * (processes.cpu_seconds(pid) - cpu) / seconds, "bytes": sum(bursts) / seconds, "burst": max(bursts)}


def measure(argv, text, environment, idle=0):
    """One run of a program: first (ms), screen (bytes), key (ms), pss (MiB); with idle seconds cpu (%), bytes (B/s), burst (bytes)."""
    begin = time.perf_counter()
    pid, fd = _spawn(argv, environment)
    try:
        first, size = _first(fd, text.encode(), begin)
        result = {"first": first, "screen": size}
        result["key"] = statistics.median(_key(fd) for _ in range(9))
        result["pss"] = processes.smaps(pid)["Pss"] / 1024
        return {**result, **(_idle(pid, fd, idle) if idle else {})}
    finally:
        processes.end(pid, signal.SIGTERM, 2)
        processes.end(pid)
        os.close(fd)
