# SPDX-License-Identifier: GPL-2.0-or-later
"""virtty with a home of its own."""
import glob
import json
import os
import shutil
import subprocess

from lib import processes
from lib.programs import Failure


class Virtty:
    """One VIRTTY_HOME. close() ends whatever runs in it."""

    def __init__(self, binary, home):
        self.binary = binary
        self.home = home
        os.makedirs(home, mode=0o700, exist_ok=True)
        self.environment = {**os.environ, "VIRTTY_HOME": home, "LC_ALL": "C.UTF-8"}

    def command(self, *words):
        return [self.binary, *words]

    def run(self, *words, check=True):
        done = subprocess.run(self.command(*words), env=self.environment, text=True, stdin=subprocess.DEVNULL,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=False)
        if check and done.returncode != 0:
            raise Failure(f"virtty {' '.join(words)[:80]}: {done.stderr.strip()[-500:]}")
        return done.stdout

    def info(self, name):
        return json.loads(self.run("dominfo", name, "--json"))

    def directory(self, name, kind):
        """Where the run-time sockets ('run') or console logs ('log') of a machine are: the newest, named by its row."""
        found = [d for d in glob.glob(os.path.join(self.home, kind, "*")) if os.path.isdir(d)]
        row = str(self.info(name).get("row", ""))
        named = [d for d in found if os.path.basename(d) == row]
        return (named or sorted(found, key=os.path.getmtime))[-1]

    def copy_to(self, home):
        """Another home with the same state, while nothing runs."""
        shutil.rmtree(home, ignore_errors=True)
        shutil.copytree(self.home, home, symlinks=True)
        return Virtty(self.binary, home)

    def close(self):
        for name in self.run("list", "--name", check=False).split():
            self.run("destroy", name, check=False)
        for pid in processes.running_from(self.home):
            processes.end(pid)
        processes.reap()
