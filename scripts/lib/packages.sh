# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Which Debian packages virtty needs for what, and how to install those that are missing.

# To build from a checkout.
# shellcheck disable=SC2034  # used by the scripts that source this file
packages_build=(
	autoconf automake autopoint gettext gcc libc6-dev make pkg-config
	libchafa-dev libevent-dev libglib2.0-dev libiscsi-dev libjson-c-dev liblzma-dev libncurses-dev libnl-3-dev libosinfo-1.0-dev libseccomp-dev libsqlite3-dev
	libtermkey-dev libvncserver-dev libvterm-dev libxml2-dev zlib1g-dev
)
# To run machines.
# shellcheck disable=SC2034
packages_run=(dnsmasq-base gzip nftables osinfo-db ovmf passt qemu-system-x86 qemu-utils xorriso xz-utils zstd)
# To make the demonstration ISO (scripts/make-demo-iso).
# shellcheck disable=SC2034
packages_demo=(busybox-static cpio grub-common grub-efi-amd64-bin grub-pc-bin mtools xorriso)
# Debian's release: its installer is packaged under its number.
packages_release=$(sed -n 's/^VERSION_ID="\{0,1\}\([0-9]*\).*/\1/p' /etc/os-release 2>/dev/null || true)
# To test.
# shellcheck disable=SC2034
packages_test=(
	check "debian-installer-${packages_release:-12}-netboot-amd64" clang e2fsprogs fdisk gcc iproute2 iptables iputils-ping libclang-rt-dev
	libosinfo-bin libvirt-clients lvm2 lz4 memtest86+ mount procps python3 python3-yaml qemu-block-extra shellcheck sqlite3 util-linux xz-utils
)

# What the little host of tests/guest/make-host runs. They are unpacked, not installed: most would start services here.
# shellcheck disable=SC2034
packages_host=(dmsetup e2fsprogs fdisk lvm2 mount nfs-common nfs-ganesha nfs-ganesha-vfs open-iscsi qemu-utils rpcbind tgt thin-provisioning-tools udev util-linux)

# Names those of the given packages that are not installed.
packages_missing() {
	local package
	for package in "$@"; do
		# One line for each architecture of it; dpkg may know a package that is "not-installed".
		if ! dpkg-query -W -f '${db:Status-Status}\n' "$package" 2>/dev/null | grep -qx installed; then
			printf '%s\n' "$package"
		fi
	done
}

# Runs a command as root: directly, or through sudo. What needs it is in $1.
as_root() {
	local what=$1
	shift
	if [ "$(id -u)" -eq 0 ]; then
		"$@"
	elif command -v sudo >/dev/null; then
		sudo -- "$@"
	else
		printf 'error: %s needs root, and there is no sudo\nhint: run as root: %s\n' "$what" "$*" >&2
		return 1
	fi
}

packages_update() {
	printf 'Reading the package lists (apt-get update)\n'
	as_root 'reading the package lists' apt-get -q update
}

# Installs what is missing of the given packages, saying so; does nothing when all are there.
packages_install() {
	local missing
	if ! command -v apt-get >/dev/null || ! command -v dpkg-query >/dev/null; then
		printf 'error: this script installs packages with apt-get, and there is none here\n' >&2
		printf 'hint: install what these Debian packages hold, then run autoreconf -fi && ./configure && make:\n  %s\n' "$*" >&2
		return 1
	fi
	mapfile -t missing < <(packages_missing "$@")
	[ "${#missing[@]}" -gt 0 ] || return 0
	printf 'Installing: %s\n' "${missing[*]}"
	packages_update
	as_root 'installing packages' env DEBIAN_FRONTEND=noninteractive apt-get -q install -y --no-install-recommends "${missing[@]}"
}

# Unpacks what is missing of the given packages, and of those they need, in $1/root. Nothing is installed, and nothing of theirs is run.
packages_unpack() {
	local work=$1 missing package
	shift
	mapfile -t missing < <(packages_missing "$@")
	[ "${#missing[@]}" -gt 0 ] || return 0
	printf 'Downloading (unpacked here, not installed): %s\n' "${missing[*]}"
	rm -rf "$work/root" "$work/download"
	mkdir -p "$work/root" "$work/download/partial"
	# apt's own user could not write to a directory of ours.
	apt-get -q -y -o APT::Sandbox::User="$(id -un)" -o Debug::NoLocking=1 -o Dir::Cache::archives="$(realpath "$work/download")" \
		install --no-install-recommends --download-only "${missing[@]}" || return 1
	for package in "$work/download/"*.deb; do dpkg-deb -x "$package" "$work/root" || return 1; done
	rm -rf "$work/download"
}
