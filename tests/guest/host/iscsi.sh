# shellcheck shell=sh
# Pools of type iscsi: the host's initiator and a target of its own, in user space on loopback.
# shellcheck source=tests/guest/host/lib.sh
. /etc/host/lib.sh

iqn=iqn.2026-01.org.example
lun=unit:0:0:1

serve() {
	tgtd -f >/tmp/tgtd.log 2>&1 &
	server=$!
	wait_until 20 tgtadm --lld iscsi --mode sys --op show
	for target in "1 open" "2 locked"; do
		tgtadm --lld iscsi --mode target --op new --tid "${target% *}" -T "$iqn:${target#* }"
		tgtadm --lld iscsi --mode logicalunit --op new --tid "${target% *}" --lun 1 -b "/root/${target#* }"
		tgtadm --lld iscsi --mode target --op bind --tid "${target% *}" -I ALL
	done
	tgtadm --lld iscsi --mode account --op new --user alice --password password1234
	tgtadm --lld iscsi --mode account --op bind --tid 2 --user alice
}

# define NAME TARGET [MORE]
define() {
	printf '<pool type="iscsi"><name>%s</name><source><host name="127.0.0.1"/><device path="%s"/>%s</source></pool>\n' \
		"$1" "$iqn:$2" "$3" >/tmp/pool.xml
	check "define $1" virtty pool-define /tmp/pool.xml
}

truncate -s 32M /root/open /root/locked
dd if=/dev/urandom of=/root/in bs=1M count=32
check 'the target comes up' serve

prints 'what a server has' "$iqn:open" virtty find-storage-pool-sources-as iscsi --host 127.0.0.1
refused 'no server' 'cannot ask the iSCSI server 127.0.0.1:3333' virtty find-storage-pool-sources-as iscsi --host 127.0.0.1 --port 3333
define p open
define missing nothing
refused 'no such target' "has no target '$iqn:nothing'" virtty pool-start missing
check 'start' virtty pool-start p
prints 'a stable name' "/dev/disk/by-path/ip-127.0.0.1:3260-iscsi-$iqn:open-lun-1" virtty vol-list p
prints 'sizes' '32.00 MiB' virtty pool-info p
prints 'a device' 'block' virtty vol-list p --details
check 'upload' virtty vol-upload $lun /root/in --pool p
check 'every byte is there' cmp /root/in /root/open
check 'download' virtty vol-download $lun /root/out --pool p
check 'every byte is back' cmp /root/in /root/out
refused 'the server makes volumes' 'its server makes volumes' virtty vol-create-as p x 1M

# LUNs that come later
truncate -s 8M /root/later
check 'one more LUN' tgtadm --lld iscsi --mode logicalunit --op new --tid 1 --lun 2 -b /root/later
check 'refresh' virtty pool-refresh p
prints 'it is seen' 'unit:0:0:2' virtty vol-list p
check 'a volume of it is mounted' sh -c 'mke2fs -q /dev/disk/by-path/*open-lun-2 && mount /dev/disk/by-path/*open-lun-2 /mnt'
refused 'what is mounted is not logged out of' 'cannot stop pool' virtty pool-destroy p
check 'unmount' umount /mnt

check 'stop' virtty pool-destroy p
check 'logged out' sh -c '! ls -d /sys/class/iscsi_session/session*'
check 'nothing is left in open-iscsi' sh -c '! ls /etc/iscsi/nodes/* 2>/dev/null | grep -q .'
refused 'nothing is listed' 'not active' virtty vol-list p

# passwords
define locked locked '<initiator><iqn name="iqn.2026-01.org.example:me"/></initiator><auth type="chap" username="alice"><secret usage="locked"/></auth>'
define unlocked locked
refused 'a password is wanted' 'authorization' virtty pool-start unlocked
refused 'no secret' "there is no secret 'iscsi locked'" virtty pool-start locked
printf '<secret><usage type="iscsi"><target>locked</target></usage></secret>\n' >/tmp/secret.xml
check 'secret' virtty secret-define /tmp/secret.xml
printf password5678 >/tmp/password
check 'another password' virtty secret-set-value 'iscsi locked' --file /tmp/password
refused 'it is refused' 'authorization' virtty pool-start locked
check 'no password is left' sh -c '! grep -rq password5678 /etc/iscsi'
printf password1234 >/tmp/password
check 'the password' virtty secret-set-value 'iscsi locked' --file /tmp/password
check 'it is let in' virtty pool-start locked
check 'under the name of the pool' grep -q "iqn.2026-01.org.example:me" /sys/class/iscsi_session/*/initiatorname
check 'its record is for root alone' sh -c '! find /etc/iscsi/nodes -type f -perm /077 | grep -q .'
check 'a volume' virtty vol-info $lun --pool locked
check 'stop' virtty pool-destroy locked
check 'no password is left' sh -c '! grep -rq password1234 /etc/iscsi'

# a server that goes
check 'start again' virtty pool-start p
kill -9 "$server"
check 'the kernel sees it' wait_until 60 grep -q FAILED /sys/class/iscsi_session/session*/state
refused 'refresh says so' 'does not answer' timeout 30 virtty pool-refresh p
check 'a list of pools' timeout 30 virtty pool-list --all
serve
check 'it is back' wait_until 60 grep -q LOGGED_IN /sys/class/iscsi_session/session*/state
check 'refresh' virtty pool-refresh p
kill -9 "$server"
check 'the kernel sees it again' wait_until 60 grep -q FAILED /sys/class/iscsi_session/session*/state
check 'stop without the server' timeout 100 virtty pool-destroy p
check 'logged out' sh -c '! ls -d /sys/class/iscsi_session/session*'
refused 'no start without the server' 'cannot' timeout 100 virtty pool-start p

# started with the host
serve
check 'autostart' virtty pool-autostart p
check 'started by itself' virtty autostart --run
prints 'it is active' 'running' virtty pool-info p
check 'stop' virtty pool-destroy p
