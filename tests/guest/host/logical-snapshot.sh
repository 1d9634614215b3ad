# shellcheck shell=sh
# Snapshots of a volume group's volumes, and sparse ones, which are snapshots of nothing.
# shellcheck source=tests/guest/host/lib.sh
. /etc/host/lib.sh

dmsetup ls >/dev/null 2>&1 || skip 'the kernel has no device mapper'

check 'define' virtty pool-define-as vg logical --source-dev /dev/vda
check 'build' virtty pool-build vg
check 'start' virtty pool-start vg
head -c 8388608 /dev/urandom >/tmp/random
check 'an origin' virtty vol-create-as vg web1 8M
check 'with something in it' virtty vol-upload web1 /tmp/random --pool vg

# snapshots of thick volumes
check 'a snapshot' virtty vol-create-as vg snap1 8M --allocation 8M --backing-vol web1
prints 'what it is one of' '<path>/dev/vg/web1</path>' virtty vol-dumpxml snap1 --pool vg
prints 'as large as that' '8388608' virtty vol-dumpxml snap1 --pool vg
check 'the same bytes' cmp /tmp/random /dev/vg/snap1
check 'its origin changes' dd if=/dev/zero of=/dev/vg/web1 bs=1M count=2 conv=notrunc,fsync
check 'and it does not' cmp /tmp/random /dev/vg/snap1
refused 'nor may its origin be wiped' 'snap1' virtty vol-wipe web1 --pool vg
refused 'its origin stays' 'snap1' virtty vol-delete web1 --pool vg
refused 'it has its origin'"'"'s size' 'is a snapshot' virtty vol-resize snap1 40M --pool vg
refused 'none of a snapshot' 'is a snapshot itself' virtty vol-create-as vg snap2 8M --backing-vol snap1
check 'a sparse one, as libvirt makes it' virtty vol-create-as vg sparse 1G --allocation 8M
check 'its size' test "$(blockdev --getsize64 /dev/vg/sparse)" = 1073741824
prints 'it is listed' '1.00 GiB' virtty vol-list vg --details
refused 'nothing taken needs a thin pool' 'has no thin pool' virtty vol-create-as vg none 1G --allocation 0
for name in snap1 sparse web1; do check "delete $name" virtty vol-delete "$name" --pool vg; done
check 'gone' test ! -e /dev/vg/web1

# a snapshot whose store overflows is not shown as if it were whole
check 'an origin' virtty vol-create-as vg origin 8M
check 'a small store' virtty vol-create-as vg small 8M --allocation 4M --backing-vol origin
dd if=/tmp/random of=/dev/vg/origin bs=1M conv=fsync 2>/dev/null
check 'look again' virtty pool-refresh vg
prints 'it overflowed' 'overflowed' virtty vol-info small --pool vg
check 'delete it' virtty vol-delete small --pool vg
check 'delete the origin' virtty vol-delete origin --pool vg
