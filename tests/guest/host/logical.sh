# shellcheck shell=sh
# A volume group with device-mapper under it: made, activated, filled, grown, in use, taken apart.
# shellcheck source=tests/guest/host/lib.sh
. /etc/host/lib.sh

dmsetup ls >/dev/null 2>&1 || skip 'the kernel has no device mapper'

# built, never over what is there
mke2fs -q -F /dev/vdb
check 'define' virtty pool-define-as vg logical --source-dev /dev/vda
refused 'no group yet' 'there is no volume group' virtty pool-start vg
check 'build' virtty pool-build vg
refused 'build twice' 'is there already' virtty pool-build vg
check 'define over a file system' virtty pool-define-as other logical --source-dev /dev/vdb
refused 'a file system is kept' 'holds ext2 already' virtty pool-build other
check 'overwrite' virtty pool-build other --overwrite
refused 'a disk of another group' "belongs to volume group 'other'" sh -c '
	virtty pool-define-as third logical --source-dev /dev/vdb && virtty pool-build third --overwrite'
check 'start' virtty pool-start vg
check 'start the other' virtty pool-start other
prints 'sources' '<name>other</name>' virtty find-storage-pool-sources logical

# thick volumes, and every byte of them
head -c 8388608 /dev/urandom >/tmp/random
check 'a volume' virtty vol-create-as vg web1 8M
check 'its device' test -b /dev/vg/web1
check 'upload' virtty vol-upload web1 /tmp/random --pool vg
check 'what was uploaded' cmp /tmp/random /dev/vg/web1
check 'download' virtty vol-download web1 /tmp/back --pool vg
check 'what was downloaded' cmp /tmp/random /tmp/back
check 'clone' virtty vol-clone web1 web2 --pool vg
check 'what was cloned' cmp /dev/vg/web1 /dev/vg/web2
check 'no tag is left' sh -c '! lvs --noheadings -o lv_tags vg | grep -q virtty'
check 'an image' virtty vol-create-as default image.qcow2 24M --format qcow2
check 'with something in it' qemu-io -f qcow2 -c 'write -P 0x5a 1M 3M' /root/virtty/images/image.qcow2
check 'an image becomes a volume' sh -c '
	echo "<volume><name>web3</name><capacity>1</capacity></volume>" | virtty vol-create-from vg - image.qcow2 --inputpool default'
check 'what came of it' qemu-img compare -f qcow2 -F raw /root/virtty/images/image.qcow2 /dev/vg/web3
check 'a volume becomes an image' sh -c '
	echo "<volume><name>back.qcow2</name><capacity>1</capacity><target><format type=\"qcow2\"/></target></volume>" |
	virtty vol-create-from default - web3 --inputpool vg'
check 'what came of that' qemu-img compare -f qcow2 -F raw /root/virtty/images/back.qcow2 /dev/vg/web3
refused 'no room' 'no room for' virtty vol-create-as vg big 4G
check 'grow' virtty vol-resize web3 32M --pool vg
check 'grown' test "$(blockdev --getsize64 /dev/vg/web3)" = 33554432
check 'wipe' virtty vol-wipe web2 --pool vg
check 'wiped' sh -c 'cmp -n 8388608 /dev/vg/web2 /dev/zero'

# in use: by a file system, by QEMU's locks
check 'a file system' mke2fs -q -F /dev/vg/web2
check 'mounted' mount /dev/vg/web2 /mnt
refused 'a mounted volume is not deleted' "mounted at '/mnt'" virtty vol-delete web2 --pool vg
refused 'nor written' "mounted at '/mnt'" virtty vol-upload web2 /tmp/random --pool vg
refused 'nor is its pool stopped' "in use: 'web2'" virtty pool-destroy vg
check 'nothing of it was stopped' test -b /dev/vg/web1
umount /mnt

# stopped and started again: the volumes are there, and hold what they held
sync
check 'stop' virtty pool-destroy vg
check 'nothing is active' test ! -e /dev/vg/web3
refused 'an inactive pool' 'is not active' virtty vol-list vg
check 'start again' virtty pool-start vg
check 'the bytes are there' cmp /tmp/random /dev/vg/web1
lvchange --activate n vg/web3
check 'look again after somebody else' virtty pool-refresh vg
prints 'says so' 'is not active' virtty vol-info web3 --pool vg
check 'stop for good' virtty pool-destroy vg
refused 'not with volumes in it' 'holds' virtty pool-delete vg
check 'start to empty it' virtty pool-start vg
for name in web1 web2 web3; do check "delete $name" virtty vol-delete "$name" --pool vg; done
check 'gone' test ! -e /dev/vg/web1
check 'stop it' virtty pool-destroy vg
check 'delete' virtty pool-delete vg
check 'its disk is free' sh -c '! pvs /dev/vda 2>/dev/null'
