#!/bin/sh
# shellcheck disable=SC2154  # set by udhcpc
# Called by udhcpc: takes the address that the network gave.
case $1 in
bound | renew)
	ifconfig "$interface" "$ip" netmask "$subnet"
	for gateway in $router; do route add default gw "$gateway" dev "$interface"; done
	: >/etc/resolv.conf
	for server in $dns; do echo "nameserver $server" >>/etc/resolv.conf; done
	;;
esac
exit 0
