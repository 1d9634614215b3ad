# SPDX-License-Identifier: GPL-2.0-or-later
"""Processes that a benchmark starts: found again, waited for, ended by their id and nothing else."""
import ctypes
import os
import select
import signal
import time

PR_SET_CHILD_SUBREAPER = 36
LOOK_S = 0.25
QUIET = 0.01  # of a processor, each


def adopt_orphans():
    """What our children leave running becomes our child: it can be waited for, and does not survive unseen."""
    ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def end(pid, how=signal.SIGKILL, timeout=10):
    """Sends a signal and waits for the end; seconds it took. A process that has gone already is no error."""
    begin = time.perf_counter()
    try:
        fd = os.pidfd_open(pid)
    except ProcessLookupError:
        return 0.0
    try:
        signal.pidfd_send_signal(fd, how)
        select.select([fd], [], [], timeout)
    except ProcessLookupError:
        pass
    finally:
        os.close(fd)
    try:
        os.waitpid(pid, os.WNOHANG)
    except ChildProcessError:
        pass
    return time.perf_counter() - begin


def reap():
    """Buries orphans that ended meanwhile."""
    try:
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass
    except ChildProcessError:
        pass


def smaps(pid):
    """Figures of /proc/PID/smaps_rollup in kB: Rss, Pss, Private_Dirty..."""
    found = {}
    with open(f"/proc/{pid}/smaps_rollup", encoding="ascii") as lines:
        for line in lines:
            key, _, rest = line.partition(":")
            if rest.strip().endswith("kB"):
                found[key] = int(rest.split()[0])
    return found


def wakeups(pid):
    """How often the process has gone to sleep by itself, all its threads."""
    total = 0
    for task in os.listdir(f"/proc/{pid}/task"):
        with open(f"/proc/{pid}/task/{task}/status", encoding="ascii", errors="replace") as lines:
            total += sum(int(line.split()[1]) for line in lines if line.startswith("voluntary_ctxt_switches"))
    return total


def cpu_seconds(pid):
    """All its threads; to the nanosecond where the kernel keeps scheduler statistics, else to the tick."""
    try:
        total = 0
        for task in os.listdir(f"/proc/{pid}/task"):
            with open(f"/proc/{pid}/task/{task}/schedstat", encoding="ascii") as file:
                total += int(file.read().split()[0])
        if total:
            return total / 1e9
    except (OSError, IndexError):
        pass
    with open(f"/proc/{pid}/stat", encoding="utf-8", errors="replace") as file:
        fields = file.read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def fall_quiet(pids, patience=10):
    """Waits until these processes together use next to nothing of a processor, as machines do once their firmware has found nothing to boot; this many
    seconds at most."""
    deadline, used = time.monotonic() + patience, sum(map(cpu_seconds, pids))
    while time.monotonic() < deadline:
        time.sleep(LOOK_S)
        before, used = used, sum(map(cpu_seconds, pids))
        if used - before < QUIET * LOOK_S * len(pids):
            return


def running_from(directory):
    """Processes whose command line or environment names a directory of ours."""
    found = []
    for name in os.listdir("/proc"):
        if not name.isdigit() or int(name) == os.getpid():
            continue
        try:
            with open(f"/proc/{name}/cmdline", "rb") as file:
                if directory.encode() in file.read():
                    found.append(int(name))
                    continue
            with open(f"/proc/{name}/environ", "rb") as file:
                if f"VIRTTY_HOME={directory}".encode() in file.read():
                    found.append(int(name))
        except OSError:
            pass
    return found
