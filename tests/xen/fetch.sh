#!/bin/sh
# SPDX-License-Identifier: MIT
#
# Brings what a boot of real Xen needs to $BUILD/xen: the hypervisor gunzipped (QEMU's multiboot
# loader does not do it), dom0's kernel as a plain vmlinux (saves three seconds of emulated
# unpacking) and its Xen modules. Nothing is installed: the kernel package that matches the
# installed headers is downloaded and unpacked there. A second run finds everything.
#
# usage: tests/xen/fetch.sh [--kver]		--kver prints the kernel release it would use, and does nothing
# environment: BUILD (default: build/ of this clone), KVER (default: the newest headers in
# /lib/modules), XEN (the hypervisor, default: the newest /boot/xen-*.gz, else downloaded too),
# IMAGE_DEB (a kernel package on disk, instead of a download)
#
# A KVER that is set has a folder of its own, $BUILD/xen-$KVER. KVER=backports is the newest kernel
# that Debian has for this release in its backports, with its headers, at xen-backports/kdir for
# kernel/build.sh. It stays the same one until that folder is removed.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
mkdir -p "${BUILD:=$here/../../build}"
BUILD=$(cd "$BUILD" && pwd)
dir=$BUILD/xen${KVER:+-$KVER}

die() { echo "fetch: $*" >&2; exit 1; }

# a release without headers cannot be given a module
kver() {
	for d in /lib/modules/*/build; do
		[ -f "$d/Makefile" ] || continue
		d=${d%/build}; echo "${d##*/}"
	done | sort -V | tail -n 1
}

# little-endian number of $2 bytes at offset $1 of file $3
number() { od -A n -t "u$2" -j "$1" -N "$2" "$3" | tr -d ' '; }

# The kernel proper out of a bzImage, which says itself where its payload is
# (Documentation/arch/x86/boot.rst: 0x1f1, 0x248, 0x24c).
unpack_vmlinux() { # bzImage vmlinux
	start=$(( ($(number 497 1 "$1") + 1) * 512 + $(number 584 4 "$1") ))
	length=$(number 588 4 "$1")
	tail -c "+$((start + 1))" "$1" | head -c "$length" > "$2.payload"
	case $(od -A n -t x1 -N 4 "$2.payload" | tr -d ' ') in
	fd377a58) xz -dc --single-stream < "$2.payload" > "$2.part" ;;
	# the size word behind the stream makes gzip warn (2)
	1f8b*) gzip -dc < "$2.payload" > "$2.part" || [ $? = 2 ] ;;
	28b52ffd) head -c "$((length - 4))" "$2.payload" | zstd -dcq > "$2.part" ;;
	*) die "$1: the kernel is packed in a way this script does not know" ;;
	esac
	rm "$2.payload"
	[ "$(od -A n -t x1 -N 4 "$2.part" | tr -d ' ')" = 7f454c46 ] || die "$1: no ELF file inside"
	mv "$2.part" "$2"
}

# Downloads package $2, of version $3 if that is not empty, to the directory $1, without installing
# it.
download() {
	sandbox=
	# apt's own user could not write to a clone below /root; apt would say so at length
	[ "$(id -u)" != 0 ] || sandbox="-o APT::Sandbox::User=root"
	echo "fetch: downloading $2 $3"
	(cd "$1" && apt-get $apt -qq $sandbox download "$2${3:+=$3}") ||
		die "no $2 $3 to download: try 'apt-get update', and for a kernel newer headers, or IMAGE_DEB=<package>"
}

# From now on apt is asked about backports alone, on the machine's own mirror, with lists in $tmp:
# the machine's are not touched.
use_backports() {
	codename=$(. /etc/os-release && echo "$VERSION_CODENAME")
	mirror=$(apt-get indextargets --format '$(REPO_URI)' "Codename: $codename" | sort -u | head -n 1)
	[ -n "$mirror" ] || die "apt knows no mirror of $codename: try 'apt-get update'"
	keys=/usr/share/keyrings/debian-archive-keyring.gpg
	[ ! -r $keys ] || signed="[signed-by=$keys] "
	mkdir -p "$tmp/lists/partial"
	echo "deb ${signed:-}$mirror $codename-backports main" > "$tmp/sources.list"
	apt="-o Dir::Etc::sourcelist=$tmp/sources.list -o Dir::Etc::sourceparts=- -o Dir::State::Lists=$tmp/lists
		-o Dir::Cache::pkgcache= -o Dir::Cache::srcpkgcache="
	[ "$(id -u)" != 0 ] || apt="$apt -o APT::Sandbox::User=root"
	apt-get $apt -qq update || die "no list of $codename-backports"
}

# What package $1 depends on that is called $2, whichever versions there are
depends() { apt-cache $apt show "$1" | sed -n "s/^Depends:.*[ ,]\\($2\\)[ ,(].*/\\1/p" | head -n 1; }

# The kernel of backports: its release to $kver, its headers, which name each other below /usr, to
# $dir/headers, and there each finds the other wherever the folder is moved.
unpack_headers() {
	headers=$(depends linux-headers-amd64 "linux-headers-[0-9][^ ]*")
	kver=${headers#linux-headers-}
	[ -n "$kver" ] || die "no linux-headers-amd64 in backports"
	for p in "$headers" "$(depends "$headers" "linux-headers-[^ ]*-common")" "$(depends "$headers" "linux-kbuild-[^ ,]*")"; do
		download "$tmp" "$p" ""
		dpkg-deb -x "$tmp/$p"_*.deb "$tmp/headers"
	done
	sed -i 's|^include /usr/src/|include $(dir $(lastword $(MAKEFILE_LIST)))../|' "$tmp/headers/usr/src/$headers/Makefile"
	rm -rf "$dir/headers" "$dir/kdir"
	mv "$tmp/headers" "$dir/headers"
	ln -s "headers/usr/src/$headers" "$dir/kdir"
}

# The hypervisor to $dir/hypervisor, installed or not.
unpack_xen() {
	gz=$xen
	if [ -z "$gz" ]; then
		download "$tmp" "$xen_package" ""
		dpkg-deb --fsys-tarfile "$tmp/$xen_package"_*.deb | tar -x -C "$tmp" --wildcards './boot/xen-*.gz'
		gz=$(ls "$tmp"/boot/xen-*.gz)
	fi
	gzip -dc "$gz" > "$tmp/hypervisor"
	mv "$tmp/hypervisor" "$dir/hypervisor"
}

unpack_kernel() {
	if [ -r "/boot/vmlinuz-$kver" ] && [ -d "/lib/modules/$kver/kernel/drivers/xen" ]; then
		root=
	else
		# the very version of the headers: another build of the same release may not load
		# the modules built against them
		deb=${IMAGE_DEB:-}
		[ -n "$deb" ] || download "$tmp" "linux-image-$kver" \
			"$([ -n "$apt" ] || dpkg-query -W -f '${Version}' "linux-headers-$kver" 2>/dev/null || true)"
		dpkg-deb --fsys-tarfile "${deb:-$(ls "$tmp"/linux-image-*.deb)}" | tar -x -C "$tmp" --wildcards \
			"./boot/vmlinuz-$kver" "./lib/modules/$kver/kernel/drivers/xen/*" \
			"./lib/modules/$kver/kernel/drivers/block/xen-blkfront.ko*"
		root=$tmp
	fi
	mkdir -p "$tmp/modules"
	cp "$root/lib/modules/$kver/kernel/drivers/xen"/*.ko* "$root/lib/modules/$kver/kernel/drivers/xen"/*/*.ko* \
		"$root/lib/modules/$kver/kernel/drivers/block"/xen-blkfront.ko* "$tmp/modules/" 2>/dev/null || true
	for m in "$tmp"/modules/*.ko.xz; do
		[ ! -f "$m" ] || xz -d "$m"
	done
	[ -f "$tmp/modules/xen-gntdev.ko" ] || die "$kver has no xen-gntdev module"
	unpack_vmlinux "$root/boot/vmlinuz-$kver" "$tmp/vmlinux"
	rm -rf "$dir/modules"
	mv "$tmp/modules" "$dir/modules"
	mv "$tmp/vmlinux" "$dir/vmlinux"
}

kver=${KVER:-$(kver)}
apt=
[ "$kver" != backports ] || [ ! -f "$dir/release" ] || kver=$(cat "$dir/release")
[ -n "$kver" ] || die "no kernel headers in /lib/modules: install linux-headers-amd64"
if [ "${1:-}" = --kver ]; then
	echo "$kver"
	exit 0
fi
mkdir -p "$dir"
xen_package=xen-hypervisor-4.17-amd64
xen=${XEN:-$(ls /boot/xen-*.gz 2>/dev/null | sort -V | tail -n 1)}

# what is there is right if it came from the same two sources
want="${KVER:-$kver} ${IMAGE_DEB:-} ${xen:-$xen_package} $([ -z "$xen" ] || date -r "$xen" +%s)"
if [ "$(cat "$dir/fetched" 2>/dev/null)" != "$want" ] || [ ! -f "$dir/modules/xen-blkfront.ko" ]; then
	rm -f "$dir/fetched"
	tmp=$dir/tmp.$$
	mkdir -p "$tmp"
	trap 'rm -rf "$tmp"' EXIT
	unpack_xen
	if [ "${KVER:-}" = backports ]; then
		use_backports
		unpack_headers
	fi
	unpack_kernel
	echo "$kver" > "$dir/release"
	echo "$want" > "$dir/fetched"
fi
echo "fetch: ${xen:-$xen_package}, Linux $kver in $dir"
