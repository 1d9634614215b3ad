# shellcheck shell=sh
# Pools of type netfs: a server in user space (nfs-ganesha) on the host's own loopback.
# shellcheck source=tests/guest/host/lib.sh
. /etc/host/lib.sh

if ! { mkfs.ext4 -F -q /dev/vda && mkdir -p /srv && mount /dev/vda /srv; }; then
	skip 'no file system to be served'
fi
mkdir -p /srv/images /srv/fixed /run/ganesha /var/lib/nfs/ganesha
cat >/tmp/ganesha.conf <<'END'
NFS_CORE_PARAM { Protocols = 4; Enable_NLM = false; Enable_RQUOTA = false; fsid_device = true; }
NFSv4 { UseGetpwnam = true; Only_Numeric_Owners = true; Graceless = true; Lease_Lifetime = 5; Grace_Period = 5; RecoveryBackend = fs; }
LOG { Default_Log_Level = EVENT; }
EXPORT { Export_Id = 1; Path = /srv/images; Pseudo = /images; Access_Type = RW; Squash = No_Root_Squash; SecType = sys; FSAL { Name = VFS; } }
EXPORT { Export_Id = 2; Path = /srv/fixed; Pseudo = /fixed; Access_Type = RO; Squash = No_Root_Squash; SecType = sys; FSAL { Name = VFS; } }
END

serve() {
	ganesha.nfsd -F -f /tmp/ganesha.conf -L /tmp/ganesha.log -p /tmp/ganesha.pid >/dev/null 2>&1 &
	server=$!
	wait_until 30 sh -c 'netstat -ltn | grep -q ':2049 ''
}

# define NAME EXPORT
define() {
	printf '<pool type="netfs"><name>%s</name><source><host name="127.0.0.1"/><dir path="/%s"/><format type="nfs"/><protocol ver="4.1"/></source><target><path>/pools/%s</path></target></pool>\n' \
		"$1" "$2" "$1" >/tmp/pool.xml
	check "define $1" virtty pool-define /tmp/pool.xml
}

refused 'no server yet' 'cannot' timeout 60 sh -c 'printf "<pool type=\"netfs\"><name>early</name><source><host name=\"127.0.0.1\"/><dir path=\"/images\"/><protocol ver=\"4.1\"/></source><target><path>/pools/early</path></target></pool>" >/tmp/early.xml && virtty pool-create /tmp/early.xml'
check 'the server comes up' serve
define n images
define missing nothing
define fixed fixed
refused 'no such export' 'cannot mount' virtty pool-start missing
check 'start' virtty pool-start n
check 'mounted' grep -q ' /pools/n nfs4 ' /proc/mounts
check 'create' virtty vol-create-as n a.img 16M
check 'create qcow2' virtty vol-create-as n b.qcow2 1G --format qcow2
dd if=/dev/urandom of=/root/in bs=1M count=16
check 'upload' virtty vol-upload a.img /root/in --pool n
check 'every byte is there' cmp /root/in /srv/images/a.img
check 'download' virtty vol-download a.img /root/out --pool n
check 'every byte is back' cmp /root/in /root/out
check 'clone' virtty vol-clone a.img c.img --pool n
check 'every byte of it' cmp /root/in /srv/images/c.img
check 'convert' sh -c 'printf "<volume><name>d.qcow2</name><capacity>1</capacity><target><format type=\"qcow2\"/></target></volume>" >/tmp/v.xml && virtty vol-create-from n /tmp/v.xml a.img'
check 'every byte of that' qemu-img compare -f raw -F qcow2 /root/in /srv/images/d.qcow2
check 'resize' virtty vol-resize b.qcow2 2G --pool n
check 'wipe' virtty vol-wipe c.img --pool n
check 'delete' virtty vol-delete c.img --pool n
prints 'what is there' 'b.qcow2' virtty vol-list n
check 'nothing unfinished' sh -c '! ls -A /srv/images | grep -q "^\."'

check 'start of a read-only one' virtty pool-start fixed
refused 'nothing is made in it' 'Read-only file system' virtty vol-create-as fixed x 1M
check 'stop it' virtty pool-destroy fixed

# the server falls silent
kill -STOP "$server"
refused 'refresh' 'does not answer' timeout 30 virtty pool-refresh n
refused 'list' 'does not answer' timeout 30 virtty vol-list n
refused 'create' 'does not answer' timeout 30 virtty vol-create-as n e.img 1M
refused 'delete' 'does not answer' timeout 30 virtty vol-delete a.img --pool n
check 'the pools' timeout 30 virtty pool-list --all
check 'another pool' timeout 30 virtty vol-create-as default local.img 1M
kill -CONT "$server"
check 'it is back' virtty pool-refresh n

# and goes for good
kill -9 "$server"
refused 'refresh without it' 'does not answer' timeout 30 virtty pool-refresh n
check 'stop without it' timeout 60 virtty pool-destroy n
check 'unmounted' sh -c '! grep -q " /pools/n " /proc/mounts'
refused 'no start without it' 'cannot mount' timeout 150 virtty pool-start n

# started with the host
check 'autostart' virtty pool-autostart n
refused 'it is named, and holds nobody up' "pool 'n'" timeout 150 virtty autostart --run
check 'the server again' serve
check 'started by itself' virtty autostart --run
check 'its volumes' cmp /root/in /pools/n/a.img
check 'stop' virtty pool-destroy n
