# shellcheck shell=sh
# The little host itself: what the other scripts take for granted is there.
# shellcheck source=tests/guest/host/lib.sh
. /etc/host/lib.sh

prints 'virtty runs' 'virtty' virtty version
prints 'a pool of its own' 'default' virtty pool-list --all
check 'a volume' virtty vol-create-as default a.qcow2 10M --format qcow2
check 'device-mapper' dmsetup ls
check 'LVM' lvm version
check 'disks' test -b /dev/vda -a -b /dev/vdb
check 'udev' test -d /dev/disk/by-path
check 'NFS' grep -q nfs4 /proc/filesystems
check 'iSCSI' test -d /sys/class/iscsi_transport/tcp
