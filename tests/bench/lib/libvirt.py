# SPDX-License-Identifier: GPL-2.0-or-later
"""A private libvirtd beside the benchmark: an unprivileged session in a directory of its own, no network, ended by its process id."""
import os
import shutil
import subprocess
import time

from lib import processes
from lib.programs import Failure

NOBODY = 65534


def find():
    """(virsh, libvirtd), or None where one is missing."""
    path = os.environ.get("PATH", "") + ":/usr/sbin:/sbin"
    found = [shutil.which(name, path=path) for name in ("virsh", "libvirtd", "setpriv")]
    return (found[0], found[1]) if all(found) else None


class Libvirt:
    """One session daemon. As root it is given to another user: libvirtd run by root would be the system's."""

    def __init__(self, directory, programs):
        self.virsh, libvirtd = find()
        self.directory = directory
        run = os.path.join(directory, "run")
        os.makedirs(run, mode=0o700)
        self.environment = {**os.environ, "HOME": directory, "XDG_RUNTIME_DIR": run, "XDG_CONFIG_HOME": os.path.join(directory, "config"),
                            "XDG_CACHE_HOME": os.path.join(directory, "cache"), "LC_ALL": "C.UTF-8"}
        prefix = []
        if os.geteuid() == 0:
            for path in (directory, run):
                os.chown(path, NOBODY, NOBODY)
            prefix = ["setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups"]
        self.log = open(os.path.join(directory, "log"), "wb")
        self.daemon = subprocess.Popen([programs.reaper, *prefix, libvirtd, "-p", os.path.join(directory, "pid"), "-t", "0"], env=self.environment,
                                       stdin=subprocess.DEVNULL, stdout=self.log, stderr=self.log)
        self.uri = f"qemu+unix:///session?socket={run}/libvirt/libvirt-sock"
        deadline = time.monotonic() + 20
        while subprocess.run(self.command("list"), env=self.environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                             check=False).returncode != 0:
            if time.monotonic() > deadline or self.daemon.poll() is not None:
                self.close()
                raise Failure("libvirtd did not come up")
            time.sleep(0.05)

    def command(self, *words):
        return [self.virsh, "-q", "-c", self.uri, *words]

    def run(self, *words, text=None):
        """One virsh; with text the commands come on its standard input."""
        done = subprocess.run(self.command(*words), env=self.environment, text=True, input=text, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, check=False)
        if done.returncode != 0:
            raise Failure(f"virsh {' '.join(words)[:60]}: {done.stdout.strip()[-300:]}")
        return done.stdout

    def close(self):
        for name in self.run("list", "--name").split() if self.daemon.poll() is None else []:
            self.run("destroy", name)
        self.daemon.terminate()
        self.daemon.wait()
        self.log.close()
        # The session's virtlogd was started by libvirtd, and says who it is.
        for name in ("virtlogd.pid", "virtlockd.pid"):
            try:
                with open(os.path.join(self.directory, "run", "libvirt", name), encoding="ascii") as file:
                    processes.end(int(file.read()), 15)
            except (OSError, ValueError):
                pass
        for pid in processes.running_from(self.directory):
            processes.end(pid)
