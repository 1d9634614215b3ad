# SPDX-License-Identifier: GPL-2.0-or-later
"""A network namespace of the benchmark's own: what it starts while it is in there never touches the host's network."""
import ctypes
import os
import subprocess

from lib.programs import Failure

CLONE_NEWNET = 0x40000000


class Namespace:
    """Entered when it is made, left by close(); it ends with the last process in it."""

    def __init__(self):
        self.libc = ctypes.CDLL(None, use_errno=True)
        self.former = os.open("/proc/self/ns/net", os.O_RDONLY | os.O_CLOEXEC)
        if self.libc.unshare(CLONE_NEWNET) != 0:
            os.close(self.former)
            raise Failure(f"a network namespace of one's own needs root: {os.strerror(ctypes.get_errno())}")
        ip("link", "set", "lo", "up")

    def close(self):
        if self.libc.setns(self.former, CLONE_NEWNET) != 0:
            raise SystemExit("bench: the host's network namespace cannot be entered again")  # nothing may be measured there any more
        os.close(self.former)


def ip(*words):
    done = subprocess.run(["ip", *words], text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=False)
    if done.returncode != 0:
        raise Failure(f"ip {' '.join(words)}: {done.stderr.strip()}")
    return done.stdout


def received(name):
    """Bytes that an interface of this namespace has received."""
    with open("/proc/self/net/dev", encoding="ascii") as lines:
        for line in lines:
            words = line.replace(":", " ").split()
            if words and words[0] == name:
                return int(words[1])
    raise Failure(f"there is no interface {name}")
