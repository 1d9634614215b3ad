# SPDX-License-Identifier: GPL-2.0-or-later
"""The machines of the benchmarks: domain documents."""
import os


def uuid(number):
    return f"5b1f3c8a-7d20-4e6b-9c41-{number:012x}"


def minimal(name, number, serial="", emulator=None):
    """No disk, no network, 64 MiB, emulated: what starts fastest anywhere."""
    path = f"<emulator>{emulator}</emulator>" if emulator else ""
    return f"""<domain type='qemu'>
  <name>{name}</name>
  <uuid>{uuid(number)}</uuid>
  <memory unit='MiB'>64</memory>
  <vcpu>1</vcpu>
  <os><type arch='x86_64' machine='pc'>hvm</type></os>
  <devices>{path}{serial}</devices>
</domain>
"""


CARD = "<interface type='user'>\n      <mac address='{mac}'/>\n      <model type='virtio'/>\n    </interface>"


def typical(name, number, directory, network=CARD):
    """What a wizard writes for a Linux server: UEFI no, q35, a disk, a CD drive, a network card, consoles, a screen."""
    mac = f"52:54:00:{number >> 16 & 255:02x}:{number >> 8 & 255:02x}:{number & 255:02x}"
    return f"""<domain type='qemu'>
  <name>{name}</name>
  <uuid>{uuid(number)}</uuid>
  <title>Server {number} of the benchmark</title>
  <metadata>
    <libosinfo:libosinfo xmlns:libosinfo="http://libosinfo.org/xmlns/libvirt/domain/1.0">
      <libosinfo:os id="http://debian.org/debian/12"/>
    </libosinfo:libosinfo>
  </metadata>
  <memory unit='KiB'>2097152</memory>
  <currentMemory unit='KiB'>2097152</currentMemory>
  <vcpu placement='static'>2</vcpu>
  <os>
    <type arch='x86_64' machine='q35'>hvm</type>
    <boot dev='hd'/>
  </os>
  <features>
    <acpi/>
    <apic/>
  </features>
  <clock offset='utc'>
    <timer name='rtc' tickpolicy='catchup'/>
    <timer name='pit' tickpolicy='delay'/>
    <timer name='hpet' present='no'/>
  </clock>
  <on_poweroff>destroy</on_poweroff>
  <on_reboot>restart</on_reboot>
  <on_crash>destroy</on_crash>
  <devices>
    <disk type='file' device='disk'>
      <driver name='qemu' type='qcow2' discard='unmap'/>
      <source file='{directory}/{name}.qcow2'/>
      <target dev='vda' bus='virtio'/>
    </disk>
    <disk type='file' device='cdrom'>
      <driver name='qemu' type='raw'/>
      <target dev='sda' bus='sata'/>
      <readonly/>
    </disk>
    <controller type='usb' model='qemu-xhci' ports='15'/>
    {network.format(mac=mac)}
    <serial type='pty'>
      <target port='0'/>
    </serial>
    <console type='pty'>
      <target type='serial' port='0'/>
    </console>
    <input type='tablet' bus='usb'/>
    <graphics type='vnc' port='-1' autoport='yes'/>
    <video>
      <model type='virtio'/>
    </video>
    <memballoon model='virtio'/>
    <rng model='virtio'>
      <backend model='random'>/dev/urandom</backend>
    </rng>
  </devices>
</domain>
"""


SERIAL = "<serial type='pty'><target port='0'/></serial>"


def write(directory, name, text):
    path = os.path.join(directory, name + ".xml")
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)
    os.chmod(path, 0o644)
    return path
