# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Makes a small Linux guest out of Debian's kernel and busybox, without installing a kernel: an initramfs, an ISO, an unpacked kernel.
# Needs packages_demo of packages.sh. Every function takes a work directory that may be kept: what is there is not made again.

guest_source=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/../guest" && pwd)

guest_fail() {
	printf 'error: %s\n' "$1" >&2
	[ -z "${2:-}" ] || printf 'hint: %s\n' "$2" >&2
	return 1
}

# The package that holds the kernel, which the metapackage depends on.
guest_kernel_package() {
	apt-cache depends --important linux-image-cloud-amd64 2>/dev/null | sed -n 's/^ *Depends: \(linux-image-[0-9][^ ]*\)$/\1/p' | head -n 1
}

# apt's own user could not write to a directory of ours.
guest_download() {
	(cd "$2" && apt-get -q -o APT::Sandbox::User="$(id -un)" download "$1")
}

# WORK/kernel/: vmlinuz and modules/*.ko, those that the list $2 (the demonstration guest's) names. From the installed package where there is
# one, else from one that is downloaded and unpacked.
guest_kernel() {
	local work=$1 list=${2:-$guest_source/modules} package root='' version vmlinuz module found
	[ ! -f "$work/kernel/complete" ] || return 0
	rm -rf "$work/kernel"
	mkdir -p "$work/kernel/modules"
	for vmlinuz in /boot/vmlinuz-*-cloud-amd64; do
		version=${vmlinuz#/boot/vmlinuz-}
		[ ! -r "$vmlinuz" ] || [ ! -d "/lib/modules/$version/kernel" ] || root=/
	done
	if [ -z "$root" ]; then
		package=$(guest_kernel_package)
		if [ -z "$package" ]; then
			packages_update
			package=$(guest_kernel_package)
		fi
		[ -n "$package" ] || guest_fail 'apt knows no linux-image-cloud-amd64' 'this needs Debian on amd64' || return 1
		printf 'Downloading %s (unpacked here, not installed)\n' "$package"
		root=$work/unpacked
		rm -rf "$root" "$work/download"
		mkdir -p "$root" "$work/download"
		# The lists may be older than the archive: read them anew once.
		guest_download "$package" "$work/download" ||
			{ packages_update && package=$(guest_kernel_package) && guest_download "$package" "$work/download"; }
		dpkg-deb -x "$work/download/"linux-image-*.deb "$root"
		for vmlinuz in "$root"/boot/vmlinuz-*-cloud-amd64; do version=${vmlinuz##*/vmlinuz-}; done
	fi
	root=${root%/}
	cp "$root/boot/vmlinuz-$version" "$work/kernel/vmlinuz"
	while read -r module; do
		found=$(find "$root/lib/modules/$version/kernel" -name "$module.ko" -print -quit)
		[ -z "$found" ] || cp "$found" "$work/kernel/modules/"
	done <"$list"
	rm -rf "$work/unpacked" "$work/download"
	chmod -R u+w "$work/kernel"
	touch "$work/kernel/complete"
}

# WORK/NAME: the initramfs. Further arguments: programs to put in its /bin.
guest_initramfs() {
	local work=$1 out=$1/$2 tree=$1/tree applet program
	shift 2
	[ ! -f "$out" ] || return 0
	rm -rf "$tree"
	mkdir -p "$tree"/{bin,dev,etc/acpi/PWRF,modules,proc,root,run,sys,tmp,var/log}
	cp "$(command -v busybox || echo /bin/busybox)" "$tree/bin/busybox"
	for applet in $("$tree/bin/busybox" --list); do
		[ "$applet" = busybox ] || ln -s busybox "$tree/bin/$applet"
	done
	ln -s ../run "$tree/var/run"
	ln -s bin "$tree/sbin"
	ln -s bin/busybox "$tree/init"
	cp "$work"/kernel/modules/*.ko "$tree/modules/"
	cp "$guest_source/"{rc,udhcpc.sh,console,inittab,modules} "$tree/etc/"
	cp "$guest_source/power" "$tree/etc/acpi/PWRF/00000080"
	for program in "$@"; do cp "$program" "$tree/bin/"; done
	chmod 755 "$tree/etc/"{rc,udhcpc.sh,console} "$tree/etc/acpi/PWRF/00000080"
	(cd "$tree" && find . -print0 | LC_ALL=C sort -z | cpio --quiet --null --create --format=newc --owner=0:0) >"$out.part"
	rm -rf "$tree"
	mv "$out.part" "$out"
}

# The ISO $2 from WORK's kernel and initramfs $3; $4: more words for the kernel's command line; $5: for how many seconds its boot menu is shown
# (0: not at all).
guest_iso() {
	local work=$1 out=$2 initramfs=$3 cmdline=${4:-} menu=${5:-0} tree=$1/iso
	local modules='iso9660 part_msdos part_gpt linux normal serial terminal test all_video'
	rm -rf "$tree"
	mkdir -p "$tree/boot/grub"
	cp "$work/kernel/vmlinuz" "$tree/boot/vmlinuz"
	gzip -1 <"$initramfs" >"$tree/boot/initrd.img"
	sed "s|@CMDLINE@|$cmdline|; s|@MENU@|$menu|" "$guest_source/grub.cfg" >"$tree/boot/grub/grub.cfg"
	grub-mkrescue --output="$out.part" --install-modules="$modules" --locales= --fonts= --themes= --compress=no \
		"$tree" -- -volid VIRTTY_DEMO >"$work/grub-mkrescue.log" 2>&1 ||
		guest_fail "grub-mkrescue failed: $(tail -n 1 "$work/grub-mkrescue.log")" "all it said is in $work/grub-mkrescue.log" || return 1
	rm -rf "$tree"
	mv "$out.part" "$out"
}

# Little-endian number of $3 bytes at offset $2 of file $1.
guest_number() {
	od -An -v -t "u$3" -j "$2" -N "$3" -- "$1" | tr -d ' '
}

# WORK/vmlinux: the kernel unpacked, an ELF file with a PVH note. QEMU starts it without firmware, in a third of the time.
guest_vmlinux() {
	local work=$1 image=$1/kernel/vmlinuz out=$1/vmlinux sectors start length unpack
	[ ! -f "$out" ] || return 0
	# Documented in the kernel's x86 boot protocol: "HdrS", setup_sects, payload_offset, payload_length.
	[ "$(guest_number "$image" 514 4)" = 1400005704 ] || guest_fail "$image is not a bzImage" || return 1
	sectors=$(guest_number "$image" 497 1)
	start=$(((sectors + 1) * 512 + $(guest_number "$image" 584 4)))
	length=$(guest_number "$image" 588 4)
	case $(guest_number "$image" "$start" 4) in
	407642370) unpack='lz4 -dc' ;;
	4247762216) unpack='zstd -dc' ;;
	1484404733) unpack='xz -dc' ;;
	*) unpack='gzip -dc' ;;
	esac
	# The payload ends in its unpacked size, which the unpackers take for garbage.
	dd if="$image" bs=1M iflag=skip_bytes,count_bytes skip="$start" count=$((length - 4)) status=none | $unpack >"$out.part"
	[ "$(guest_number "$out.part" 0 4)" = 1179403647 ] || guest_fail "the kernel in $image did not unpack to an ELF file" || return 1
	mv "$out.part" "$out"
}
