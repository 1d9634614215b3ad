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
        os.execvpe(argv[0], argv, {**environment, "TERM": "xterm-256color"})
    fcntl.ioctl(fd, termios.TIOCSWINSZ, struct.pack("HHHH", LINES, COLUMNS, 0, 0))
    return pid, fd


def _drain(fd, quiet):
    """Reads until nothing came for a while (2 s at most); when the last byte came."""
    begin = last = time.perf_counter()
    while last - begin < 2 and select.select([fd], [], [], quiet)[0]:
        os.read(fd, 65536)
        last = time.perf_counter()
    return last


def _first(fd, text, begin):
    """Milliseconds to the text, and to the last byte of the screen that it is on."""
    seen = b""
    while text not in seen:
        if not select.select([fd], [], [], 10)[0]:
            raise Failure(f"{text!r} did not come: {seen[-200:]!r}")
        seen += os.read(fd, 65536)
    shown = time.perf_counter()
    return 1000 * (max(shown, _drain(fd, 0.1)) - begin)


def _key(fd):
    """Milliseconds from a key to the first byte of the answer."""
    _drain(fd, 0.03)
    begin = time.perf_counter()
    os.write(fd, DOWN)
    if not select.select([fd], [], [], 2)[0]:
        raise Failure("a key had no answer in 2 s")
    return 1000 * (time.perf_counter() - begin)


def _idle(pid, fd, seconds):
    """CPU in percent and bytes a second while nobody types."""
    cpu, count, deadline = processes.cpu_seconds(pid), 0, time.perf_counter() + seconds
    while (left := deadline - time.perf_counter()) > 0:
        if select.select([fd], [], [], left)[0]:
            count += len(os.read(fd, 65536))
    return 100 * (processes.cpu_seconds(pid) - cpu) / seconds, count / seconds


def measure(argv, text, environment, idle=0):
    """One run of a program: first (ms), keys (ms each), pss (MiB), and with idle seconds cpu (%) and bytes (B/s)."""
    begin = time.perf_counter()
    pid, fd = _spawn(argv, environment)
    try:
        result = {"first": _first(fd, text.encode(), begin)}
        result["keys"] = [_key(fd) for _ in range(9)]
        result["key"] = statistics.median(result["keys"])
        result["pss"] = processes.smaps(pid)["Pss"] / 1024
        if idle:
            result["cpu"], result["bytes"] = _idle(pid, fd, idle)
        return result
    finally:
        processes.end(pid, signal.SIGTERM, 2)
        processes.end(pid)
        os.close(fd)
