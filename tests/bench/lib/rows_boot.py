# SPDX-License-Identifier: GPL-2.0-or-later
"""Rows about a guest's boot: the demonstration ISO to READY on its serial line, BIOS and UEFI, beside the same QEMU bare."""
import glob
import os
import shutil
import subprocess
import time

from lib import bare, documents, target
from lib.programs import TOP, Failure

WORD = b"READY"


def _wait(path, begin, timeout=180):
    """Seconds from begin to the word in a file that grows."""
    seen, file = b"", None
    while time.perf_counter() - begin < timeout:
        if file is None and os.path.exists(path):
            file = open(path, "rb")
        more = file.read() if file else b""
        seen = seen[-len(WORD):] + more
        if WORD in seen:
            file.close()
            return time.perf_counter() - begin
        time.sleep(0.01)
    with open(path, "rb") as whole:
        raise Failure(f"no {WORD.decode()} in {timeout} s; the guest's last words: {whole.read()[-200:]!r}")


def _document(name, number, iso, uefi):
    firmware = " firmware='efi'" if uefi else ""
    return f"""<domain type='qemu'>
  <name>{name}</name>
  <uuid>{documents.uuid(number)}</uuid>
  <memory unit='MiB'>512</memory>
  <vcpu>1</vcpu>
  <os{firmware}><type arch='x86_64' machine='q35'>hvm</type><boot dev='cdrom'/></os>
  <features><acpi/></features>
  <on_reboot>restart</on_reboot>
  <devices>
    <disk type='file' device='cdrom'><driver name='qemu' type='raw'/><source file='{iso}'/><target dev='sda' bus='sata'/><readonly/></disk>
    {documents.SERIAL}
    <video><model type='vga'/></video>
  </devices>
</domain>
"""


def _virtty(home, name):
    begin = time.perf_counter()
    home.run("start", name)
    log = glob.glob(os.path.join(home.directory(name, "log"), "serial0.log"))
    seconds = _wait(log[0], begin)
    home.run("destroy", name)
    os.unlink(log[0])
    return seconds


def _bare(naked, replace, log):
    begin = time.perf_counter()
    naked.start("boot", replace)
    seconds = _wait(log, begin)
    naked.end("boot")
    os.unlink(log)
    return seconds


def _nvram(home, directory):
    """Our own copy of the variables that virtty made for the machine: (old path, new path)."""
    found = [f for f in glob.glob(os.path.join(home.home, "**", "*"), recursive=True) if "nvram" in f.lower() and os.path.isfile(f)]
    for path in found:
        shutil.copy(path, directory)
    return [(path, os.path.join(directory, os.path.basename(path))) for path in found]


def boot_rows(context):
    home, iso = context.virtty(), os.path.join(context.scratch, "demo.iso")
    iso = os.environ.get("BENCH_ISO", iso)
    if not os.path.exists(iso):
        done = subprocess.run([os.path.join(TOP, "scripts", "make-demo-iso"), iso], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                              stderr=subprocess.PIPE, text=True, check=False)
        if done.returncode != 0:
            raise Failure("no ISO: " + done.stderr.strip()[-300:])
    for number, (name, uefi) in enumerate((("bios", False), ("uefi", True))):
        home.run("define", documents.write(home.home, name, _document(name, number, iso, uefi)))
        _virtty(home, name)  # warms the page cache, makes the NVRAM
        directory = context.directory("b")
        naked = context.closed_later(bare.Bare(context.programs, directory, home.run("domxml-to-native", "qemu-argv", "--domain", name)))
        replace = _nvram(home, directory)
        log = os.path.join(directory, "boot", "serial0.log")
        ours, limit = [], []
        for _ in range(context.rounds(5, 1)):
            ours.append(_virtty(home, name))
            limit.append(_bare(naked, replace, log))
        context.table.add(f"boot of the demonstration ISO to {WORD.decode()}, TCG, {name.upper()}", ours, limit, unit="s", target=target.limit_times(1.02, "within 2 %"),
                          digits=2)
        context.close(naked)
    context.close(home)
