# shellcheck shell=sh
# shellcheck disable=SC2016  # for the shells that are called
# Thin volumes of a volume group: what takes no room before it is written, and what a cut off copy leaves.
# shellcheck source=tests/guest/host/lib.sh
. /etc/host/lib.sh

dmsetup ls >/dev/null 2>&1 || skip 'the kernel has no device mapper'

check 'define' virtty pool-define-as vg logical --source-dev /dev/vda
check 'build' virtty pool-build vg
check 'start' virtty pool-start vg
head -c 8388608 /dev/urandom >/tmp/random
check 'an image' virtty vol-create-as default image.qcow2 24M --format qcow2
check 'with something in it' qemu-io -f qcow2 -c 'write -P 0x5a 1M 3M' /root/virtty/images/image.qcow2

# thin volumes
check 'a thin pool' lvcreate --yes --type thin-pool --size 80M --name tp vg
check 'a thin volume' virtty vol-create-as vg thin1 2G --allocation 0
check 'its size' test "$(blockdev --getsize64 /dev/vg/thin1)" = 2147483648
refused 'the thin pool is no volume' 'has no volume' virtty vol-info tp --pool vg
check 'filled' virtty vol-upload thin1 /tmp/random --pool vg
check 'a thin snapshot' virtty vol-create-as vg thin2 2G --backing-vol thin1
check 'active at once' cmp -n 8388608 /tmp/random /dev/vg/thin2
check 'grow a thin one' virtty vol-resize thin1 3G --pool vg
check 'it stands for itself' virtty vol-delete thin1 --pool vg
check 'still there' cmp -n 8388608 /tmp/random /dev/vg/thin2
check 'two thin pools' lvcreate --yes --type thin-pool --size 12M --name tq vg
refused 'which of them' 'has several thin pools' virtty vol-create-as vg thin3 1G --allocation 0
virtty pool-dumpxml vg --inactive | sed "s|</pool>|<virtty:thinpool xmlns:virtty='urn:virtty:pool' name='tq'/></pool>|" >/tmp/pool.xml
check 'named in the document' virtty pool-define /tmp/pool.xml
check 'taken from that' virtty vol-create-as vg thin3 1G --allocation 0
check 'it is in the one that was named' sh -c 'test "$(lvs --noheadings -o pool_lv vg/thin3 | tr -d " ")" = tq'

# a thin volume is filled by holes as well as by data
truncate -s 64M /tmp/sparse && dd if=/tmp/random of=/tmp/sparse bs=1M count=2 seek=30 conv=notrunc 2>/dev/null
check 'a sparse file' cp /tmp/sparse /root/virtty/images/sparse.img
check 'found' virtty pool-refresh default
check 'into a volume of zeroes and data' sh -c '
	echo "<volume><name>thin4</name><capacity>1</capacity><allocation>0</allocation></volume>" | virtty vol-create-from vg - sparse.img --inputpool default'
check 'the same' cmp /tmp/sparse /dev/vg/thin4
check 'zeroes take no room' sh -c 'test "$(lvs --noheadings --nosuffix -o data_percent vg/thin4 | cut -d. -f1 | tr -d " ")" -lt 10'
check 'an image into a thin volume' sh -c '
	echo "<volume><name>thin5</name><capacity>1</capacity><allocation>0</allocation></volume>" | virtty vol-create-from vg - image.qcow2 --inputpool default'
check 'the same bytes' qemu-img compare -f qcow2 -F raw /root/virtty/images/image.qcow2 /dev/vg/thin5
check 'delete that' virtty vol-delete thin5 --pool vg

# a job that is cut off leaves no volume
fail_copy() {
	echo '<volume><name>cut</name><capacity>1</capacity></volume>' | virtty vol-create-from vg - sparse.img --inputpool default &
	wait_until 20 test -b /dev/vg/cut
	for process in /proc/[0-9]*; do
		if tr '\0' ' ' <"$process/cmdline" 2>/dev/null | grep -q 'virtty internal job'; then kill -9 "${process#/proc/}"; fi
	done
	wait $!
	virtty pool-refresh vg && virtty vol-list vg
}
logged fail_copy
check 'a cut job leaves the volume whole or not at all' sh -c '
	lvs vg/cut 2>/dev/null || exit 0; cmp /tmp/sparse /dev/vg/cut'

# stopped and started again: the volumes are there, and hold what they held
sync
check 'stop' virtty pool-destroy vg
check 'nothing is active' test ! -e /dev/vg/thin2
check 'start again' virtty pool-start vg
check 'the bytes are there' cmp -n 8388608 /tmp/random /dev/vg/thin2
for name in cut thin2 thin3 thin4; do
	if [ -e "/dev/vg/$name" ]; then check "delete $name" virtty vol-delete "$name" --pool vg; fi
done
