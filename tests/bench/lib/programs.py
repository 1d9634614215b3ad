# SPDX-License-Identifier: GPL-2.0-or-later
"""The small C programs beside the benchmarks: built into the scratch directory, then run."""
import glob
import os
import shutil
import subprocess

from lib import quiet

BENCH = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
TOP = os.path.dirname(os.path.dirname(BENCH))
# What screen_show speaks to virtty-screen with.
SCREEN_SOURCES = ("screen/wire.c", "screen/wire_codec.c", "base/clock.c", "base/error.c", "base/file.c", "base/memory.c", "base/number.c", "base/strbuf.c",
                  "base/text.c")
# What virtty links, so that the bare programs pay for loading the same.
LIBRARIES = ("sqlite3", "json-c", "libxml-2.0")


def _pkg_config(what):
    return subprocess.run(["pkg-config", what, *LIBRARIES], check=True, text=True, stdout=subprocess.PIPE).stdout.split()


class Programs:
    """Paths of the programs, built once."""

    def __init__(self, scratch, patience=0):
        self.scratch = scratch
        self.patience = patience
        self.qemu = shutil.which("qemu-system-x86_64")
        sqlite = ["-Wl,--no-as-needed", *_pkg_config("--libs")]
        self.stopwatch = self._build("stopwatch")
        self.reaper = self._build("reaper")
        self.bare_list = self._build("bare_list", sqlite)
        self.bare_define = self._build("bare_define", sqlite)
        self.bare_start = self._build("bare_start")
        self.bare_stats = self._build("bare_stats")
        self.bare_dnsmasq = self._build("bare_dnsmasq")
        self.bare_directory = self._build("bare_directory")
        self.head_time = self._build("head_time", self._storage_sources())
        self.flood_peer = self._build("flood_peer", [f'-DREAL_QEMU="{self.qemu}"'])
        self.recover_time = self._build("recover_time", self._screen_sources())
        self.console_drain = self._build("console_drain", [os.path.join(TOP, "core", "console_frame.c")])
        self.screen_show = self._build("screen_show", [os.path.join(TOP, name) for name in SCREEN_SOURCES])

    @staticmethod
    def _screen_sources():
        """What reads fonts and screens, and what it needs of base."""
        sources = glob.glob(os.path.join(TOP, "screen", "font[_s]*.c")) + glob.glob(os.path.join(TOP, "screen", "recover*.c"))
        sources += [os.path.join(TOP, "base", name + ".c") for name in ("clock", "error", "file", "memory", "number", "strbuf", "strv", "text")]
        return [*sources, *_pkg_config("--libs"), "-llzma", "-lz"]

    @staticmethod
    def _storage_sources():
        """What reads heads of images, and what it needs of base."""
        sources = glob.glob(os.path.join(TOP, "storage", "image*.c"))
        sources += [os.path.join(TOP, "base", name + ".c") for name in
                    ("clock", "enum", "error", "file", "memory", "number", "process", "strbuf", "strv", "text")]
        return [*sources, *_pkg_config("--libs")]

    def _build(self, name, more=()):
        path = os.path.join(self.scratch, name)
        subprocess.run([os.environ.get("CC", "cc"), "-std=gnu17", "-D_GNU_SOURCE", "-O2", "-pie", "-fPIE", "-Wl,-z,relro,-z,now",
                        f"-I{TOP}", *_pkg_config("--cflags"), os.path.join(BENCH, "c", name + ".c"), "-o", path, *more], check=True)
        return path

    def with_core(self, name, virtty):
        """One that calls virtty's own functions: they are linked from where it was built."""
        build = os.path.dirname(virtty)
        archives = [os.path.join(build, f"lib{name}.a") for name in ("core", "storage", "net", "hv", "base")]
        if not all(os.path.exists(path) for path in archives):
            raise Failure(f"{build} is not where virtty was built: its libraries are not there")
        nl = subprocess.run(["pkg-config", "--cflags", "--libs", "libnl-3.0"], check=True, text=True, stdout=subprocess.PIPE).stdout.split()
        # an archive built with sanitizers wants their libraries
        flags = [] if b"__asan_init" not in open(archives[-1], "rb").read() else ["-fsanitize=address,undefined"]
        return self._build(name, [*archives, *_pkg_config("--libs"), *nl, "-lcrypt", *flags])

    def settle(self):
        """Waits for a quiet moment, where that was asked for."""
        if self.patience:
            quiet.wait(self.patience)

    def time(self, *commands, environment=None):
        """Milliseconds of each command, run one after another. A command whose first word is '<FILE' reads it."""
        self.settle()
        line = [self.stopwatch]
        for i, command in enumerate(commands):
            line += ["--then"] * (i > 0) + list(command)
        done = subprocess.run(line, env=environment, cwd=self.scratch, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=False)
        if done.returncode != 0:
            with open(os.path.join(self.scratch, "stderr"), encoding="utf-8", errors="replace") as file:
                raise Failure(done.stderr.strip() + ": " + file.read()[-500:].strip())
        return [int(ns) / 1e6 for ns in done.stdout.split()]


class Failure(Exception):
    """A command failed: the row says so, and the others go on."""
