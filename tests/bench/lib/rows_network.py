# SPDX-License-Identifier: GPL-2.0-or-later
"""Rows about networks, in a network namespace: net-start beside dnsmasq alone, net-list of many, a machine's tap beside one made by hand."""
import glob
import os
import shutil
import subprocess

from lib import documents, target
from lib.namespace import Namespace, ip
from lib.programs import Failure

NAT = """<network>
  <name>lab</name>
  <forward mode='nat'/>
  <bridge name='virbr-lab' stp='off'/>
  <ip address='192.168.122.1' prefix='24'><dhcp><range start='192.168.122.100' end='192.168.122.200'/></dhcp></ip>
  <ip family='ipv6' address='fd00:122::1' prefix='64'><dhcp><range start='fd00:122::100' end='fd00:122::1ff'/></dhcp></ip>
</network>
"""
# No address: a bridge, and no dnsmasq.
BRIDGE = "<network><name>n{number:03}</name><bridge name='vb{number:03}' stp='off'/></network>\n"


def define_network(context, host, name, text):
    path = documents.write(context.directory("net"), name, text)
    host.run("net-define", path)


def _dnsmasq_config(context, home):
    """The configuration of the network's dnsmasq, with a lease file of its own."""
    found = glob.glob(os.path.join(home.home, "run", "network-*", "dnsmasq.conf"))
    if not found:
        raise Failure("the network has no dnsmasq.conf")
    with open(found[0], encoding="utf-8") as file:
        text = file.read()
    directory = context.directory("dns")
    path = os.path.join(directory, "dnsmasq.conf")
    with open(path, "w", encoding="utf-8") as file:
        file.write(text.replace(os.path.dirname(found[0]), directory))
    return path


def start_rows(context):
    """net-start and net-destroy of a NAT network with DHCP for both families; the limit is its dnsmasq alone, on a bridge that is there."""
    dnsmasq = shutil.which("dnsmasq", path=os.environ.get("PATH", "") + ":/usr/sbin:/sbin")
    if not dnsmasq:
        raise Failure("dnsmasq is not installed")
    context.closed_later(Namespace())
    home = context.virtty()
    define_network(context, home, "lab", NAT)
    home.run("net-start", "lab")
    bare = [context.programs.bare_dnsmasq, dnsmasq, _dnsmasq_config(context, home)]
    home.run("net-destroy", "lab")
    starts, ends, limit = [], [], []
    for i in range(context.rounds(31, 5) + 1):
        start, end = context.programs.time(home.command("net-start", "lab"), home.command("net-destroy", "lab"), environment=home.environment)
        ip("link", "add", "virbr-lab", "type", "bridge", "forward_delay", "0")
        ip("addr", "add", "192.168.122.1/24", "dev", "virbr-lab")
        ip("addr", "add", "fd00:122::1/64", "dev", "virbr-lab", "nodad")
        ip("link", "set", "virbr-lab", "up")
        context.programs.settle()
        alone = int(subprocess.run(bare, check=True, text=True, stdout=subprocess.PIPE).stdout) / 1e6
        ip("link", "del", "virbr-lab")
        if i:
            starts.append(start)
            ends.append(end)
            limit.append(alone)
    context.table.add("`net-start` of a NAT network (limit: its dnsmasq alone)", starts, limit, target=target.limit_plus(60))
    context.table.add("`net-destroy` of it", ends)
    context.close()


def list_rows(context):
    """net-list of a hundred networks, off and running; virsh's are off: its session cannot start them."""
    count, rounds = 20 if context.quick else 100, context.rounds(31, 5)
    context.closed_later(Namespace())
    home, host = context.virtty(), context.libvirt()
    for i in range(count):
        for one in [home, host] if host else [home]:
            define_network(context, one, f"n{i:03}", BRIDGE.format(number=i))
    commands = [home.command("net-list", "--all")] + ([host.command("net-list", "--all")] if host else [])
    times = context.interleave(rounds, *commands, environment=home.environment)
    context.table.add(f"`net-list --all` of {count} networks", times[0], (), times[1] if host else (), target=target.under(10))
    for i in range(count):
        home.run("net-start", f"n{i:03}")
    times = context.interleave(rounds, home.command("net-list"), environment=home.environment)
    context.table.add(f"`net-list` of {count} that run", times[0], target=target.under(10))
    for i in range(count):
        home.run("net-destroy", f"n{i:03}")
    context.close()


def tap_row(context):
    """A machine's tap: made, marked, a port of its network's bridge, up."""
    context.closed_later(Namespace())
    home = context.virtty()
    define_network(context, home, "lab", NAT)
    home.run("net-start", "lab")
    card = "<interface type='network'><mac address='52:54:00:00:00:51'/><source network='lab'/><model type='virtio'/></interface>"
    document = documents.write(home.home, "tap", documents.minimal("tap", 1, card))
    context.programs.settle()
    done = subprocess.run([context.programs.with_core("tap_time", context.binary), document, "virbr-lab", str(context.rounds(101, 11))], text=True,
                          env=home.environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=False)
    if done.returncode != 0:
        raise Failure(done.stderr.strip())
    pairs = [[int(ns) / 1e6 for ns in line.split()] for line in done.stdout.splitlines()][1:]
    context.table.add("a machine's tap ready on a network (limit: by hand)", [ours for ours, _ in pairs], [bare for _, bare in pairs],
                      target=target.under(2), digits=3)
    home.run("net-destroy", "lab")
    context.close()


def frame_rows(context):
    """What the host's kernel does for a frame of a guest, in processor time: the network's share of a guest's throughput, without the guest.
    The limit is a bridge that masquerades by a line of nft. Where bridges pass frames to the firewall (br_netfilter), that counts in all of it."""
    context.closed_later(Namespace())
    home = context.virtty()
    define_network(context, home, "lab", NAT)
    home.run("net-start", "lab")
    apart = context.closed_later(Namespace())
    ip("link", "add", "brbare", "type", "bridge", "forward_delay", "0")
    ip("addr", "add", "192.168.123.1/24", "dev", "brbare")
    ip("link", "set", "brbare", "up")
    subprocess.run(["nft", "add table ip nat; add chain ip nat post { type nat hook postrouting priority 100; };"
                    "add rule ip nat post ip saddr 192.168.123.0/24 ip daddr != 192.168.123.0/24 masquerade"], check=True)
    other = os.open("/proc/self/ns/net", os.O_RDONLY)
    context.close(apart)
    card = "<interface type='network'><mac address='52:54:00:00:00:{:02x}'/><source network='lab'/><model type='virtio'/></interface>"
    document = documents.write(home.home, "frames", documents.minimal("frames", 1, card.format(0x61) + card.format(0x62)))
    done = subprocess.run([context.programs.with_core("frame_time", context.binary), document, "virbr-lab", "192.168.122.1",
                           f"/dev/fd/{other}", "brbare", "192.168.123.1", str(context.rounds(201, 21))], text=True, env=home.environment,
                          pass_fds=[other], stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=False)
    os.close(other)
    if done.returncode != 0:
        raise Failure(done.stderr.strip())
    columns = list(zip(*[[int(ns) / 1e3 for ns in line.split()] for line in done.stdout.splitlines()]))
    for i, what in ((0, "tap to tap"), (2, "tap to host")):
        context.table.add(f"the kernel's work for a frame, {what} (limit: NAT by hand)", list(columns[i]), list(columns[i + 1]), unit="us", digits=2)
    home.run("net-destroy", "lab")
    context.close()


def network_rows(context):
    start_rows(context)
    list_rows(context)
    tap_row(context)
    frame_rows(context)
