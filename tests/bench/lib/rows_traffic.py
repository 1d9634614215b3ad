# SPDX-License-Identifier: GPL-2.0-or-later
"""Rows about throughput: guest to host and guest to guest, on a network of virtty's beside a bridge made by hand with the same QEMU bare. All
guests run at once, and one pair of them works at a time, in turns."""
import contextlib
import json
import os
import socket
import subprocess
import threading
import time

from lib import bare, documents, processes, target
from lib.namespace import Namespace, ip, received
from lib.programs import TOP, Failure
from lib.rows_network import define_network

CONTROL_PORT, SINK_PORT, GUEST_PORT = 5000, 5001, 5002
WARM_S, WINDOW_S = 0.3, 1.0
NETWORK = """<network><name>lab</name><forward mode='nat'/><bridge name='virbr-lab' stp='off'/><ip address='192.168.122.1' prefix='24'/></network>
"""


def _guest_files(context):
    """The tests' guest, made where virtty was built, or where $VIRTTY_TEST_GUEST says."""
    directory = os.environ.get("VIRTTY_TEST_GUEST", os.path.join(os.path.dirname(context.binary), "tests", "guest-files"))
    os.makedirs(directory, exist_ok=True)
    done = subprocess.run([os.path.join(TOP, "tests", "guest", "make-guest"), directory], text=True, stdout=subprocess.DEVNULL,
                          stderr=subprocess.PIPE, check=False)
    if done.returncode != 0:
        raise Failure(f"the test guest cannot be made: {done.stderr.strip()}")
    return directory


def _document(name, number, files, address, card):
    return f"""<domain type='qemu'>
  <name>{name}</name>
  <uuid>{documents.uuid(number)}</uuid>
  <memory unit='MiB'>192</memory>
  <vcpu>1</vcpu>
  <os><type arch='x86_64' machine='q35'>hvm</type><kernel>{files}/vmlinux</kernel><initrd>{files}/initrd.img</initrd>
    <cmdline>console=ttyS0 quiet do=served address={address}/24</cmdline></os>
  <features><acpi/></features>
  <devices>
    <interface type='{card}'><mac address='52:54:00:00:01:{number & 255:02x}'/><source network='lab'/><target dev='bt{number & 255}'/><model type='virtio'/></interface>
    <serial type='pty'><target port='0'/></serial>
    <memballoon model='none'/>
  </devices>
</domain>
"""


class Guest:
    """One that runs: where it is reached, by what name the host knows its end, and its QEMU."""

    def __init__(self, address, port, pid):
        self.address = address
        self.port = port
        self.pid = pid

    def tell(self, line, timeout=120):
        """Runs a line in the guest; the connection, whose end ends it."""
        deadline = time.monotonic() + timeout
        while True:
            try:
                connection = socket.create_connection((self.address, CONTROL_PORT), timeout=2)
                connection.sendall(line.encode() + b"\n")
                return connection
            except OSError as problem:
                if time.monotonic() > deadline:
                    raise Failure(f"guest {self.address} does not answer: {problem}") from problem
                time.sleep(0.2)

    def ask(self, line):
        """What the line prints."""
        with contextlib.closing(self.tell(line + "; exit")) as connection:
            connection.settimeout(60)
            text = b""
            while more := connection.recv(4096):
                text += more
            return text.decode(errors="replace")


class Sink:
    """Listens on this host's address and throws away what comes."""

    def __init__(self, address):
        self.server = socket.create_server((address, SINK_PORT))
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self):
        buffer = bytearray(1 << 18)
        while True:
            try:
                connection, _ = self.server.accept()
            except OSError:
                return
            with contextlib.closing(connection), contextlib.suppress(OSError):
                while connection.recv_into(buffer):
                    pass

    def close(self):
        self.server.shutdown(socket.SHUT_RDWR)
        self.server.close()


def _our_guests(context, files):
    """Two guests on a NAT network of virtty's."""
    home = context.virtty()
    define_network(context, home, "lab", NETWORK)
    home.run("net-start", "lab")
    guests = []
    for i in (1, 2):
        name, address = f"g{i}", f"192.168.122.1{i}"
        home.run("define", documents.write(home.home, name, _document(name, 0x10 + i, files, address, "network")))
        home.run("start", name)
        port = json.loads(home.run("domiflist", name, "--json"))[0]["interface"]
        guests.append(Guest(address, port, home.info(name)["pid"]))
    return home, guests


def _bare_guests(context, home, files):
    """The same two on a bridge and persistent taps made by hand, by the command line that virtty would use."""
    ip("link", "add", "brbare", "type", "bridge", "forward_delay", "0")
    ip("addr", "add", "192.168.123.1/24", "dev", "brbare")
    ip("link", "set", "brbare", "up")
    guests = []
    for i in (1, 2):
        name, port, address = f"b{i}", f"bt{0x20 + i}", f"192.168.123.1{i}"
        ip("tuntap", "add", "dev", port, "mode", "tap", "vnet_hdr")
        ip("link", "set", port, "master", "brbare", "up")
        path = documents.write(home.home, name, _document(name, 0x20 + i, files, address, "ethernet").replace("<source network='lab'/>", ""))
        naked = context.closed_later(bare.Bare(context.programs, context.directory("b"), home.run("domxml-to-native", "qemu-argv", path)))
        naked.start(name)
        guests.append(Guest(address, port, naked.running[name]))
    return guests


def _rate(guests, to):
    """(MiB/s that the first guest sends to an address and port, MiB in a second of the QEMUs' processor time)."""
    connection = guests[0].tell(f"nc {to} </dev/zero >/dev/null 2>&1 & echo $! >/run/sender; wait; exit")
    try:
        time.sleep(WARM_S)
        begin, bytes_before, cpu_before = time.perf_counter(), received(guests[0].port), [processes.cpu_seconds(g.pid) for g in guests]
        time.sleep(WINDOW_S)
        seconds, mebibytes = time.perf_counter() - begin, (received(guests[0].port) - bytes_before) / 2**20
        cpu = sum(processes.cpu_seconds(g.pid) for g in guests) - sum(cpu_before)
    finally:
        guests[0].ask("kill $(cat /run/sender)")
        connection.close()
    if mebibytes < 1:
        raise Failure(f"guest {guests[0].address} sends nothing")
    return mebibytes / seconds, mebibytes / cpu


def _in_turns(context, parties, to):
    """Rates of both parties, each first every other time."""
    rates = [([], []), ([], [])]
    for i in range(context.rounds(41, 3)):
        for which in ((0, 1), (1, 0))[i % 2]:
            context.programs.settle()
            for series, value in zip(rates[which], _rate(parties[which], to(parties[which]))):
                series.append(value)
    return rates


def traffic_rows(context):
    context.closed_later(Namespace())
    files = _guest_files(context)
    home, ours = _our_guests(context, files)
    naked = _bare_guests(context, home, files)
    parties = (ours, naked)
    for guest in ours + naked:
        guest.ask("true")
    for address in ("192.168.122.1", "192.168.123.1"):
        context.closed_later(Sink(address))
    goal = target.at_least_of_limit(0.97, "limit - 3 %")

    def rows(what, to):
        (mine, mine_cpu), (theirs, theirs_cpu) = _in_turns(context, parties, to)
        context.table.add(f"throughput, {what} (limit: a bridge by hand, QEMU bare)", mine, theirs, unit="MiB/s", target=goal)
        context.table.add(f"throughput, {what}: in a second of QEMU's processor time", mine_cpu, theirs_cpu, unit="MiB", target=goal)

    rows("guest to host", lambda guests: f"{guests[0].address.rsplit('.', 1)[0]}.1 {SINK_PORT}")
    for guests in parties:
        guests[1].tell(f"nc -ll -p {GUEST_PORT} -e sh -c 'cat >/dev/null' & exit")
    rows("guest to guest", lambda guests: f"{guests[1].address} {GUEST_PORT}")
    home.run("destroy", "g1")
    home.run("destroy", "g2")
    home.run("net-destroy", "lab")
    context.close()
