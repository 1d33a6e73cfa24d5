#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# Makes $BUILD/grantproof-dkms_VERSION_all.deb: the sources of the module, the proven core among them,
# from which DKMS builds it for each kernel on the machine it is installed on; and the files by which
# it takes the place of xen-gntdev, from the next start of the machine. The same tree gives the same
# package, byte for byte.
#
# usage: kernel/package.sh
# environment: BUILD (default: build/ of this clone)
set -eu

here=$(cd "$(dirname "$0")" && pwd)
top=$(cd "$here/.." && pwd)
mkdir -p "${BUILD:=$top/build}"
BUILD=$(cd "$BUILD" && pwd)
dir=$BUILD/deb

die() { echo "deb: $*" >&2; exit 1; }

version=$(sed -n 's/^version := //p' "$here/Kbuild")
spec=$(sed -n 's/^Version \([0-9.]*[0-9]\):.*/\1/p' "$top/spec/requirements.md")
hash=$("$top/proofs/core-hash.sh" "$top/src/core")
[ -n "${version:+$spec}" ] || die "no version in kernel/Kbuild, or in spec/requirements.md"
[ "$hash" = "$(cat "$top/proofs/proven.sha256")" ] || die "src/core is not the core that was proven: run 'make prove'"
deb=$BUILD/grantproof-dkms_${version}_all.deb

# What DKMS builds: see build.sh for the like.
sources() { # folder
	mkdir -p "$1/core" "$1/kernel"
	cp "$top"/src/core/*.[ch] "$1/core/"
	cp "$here"/*.[ch] "$1/kernel/"
	cp "$here/Kbuild" "$top/proofs/core-hash.sh" "$1/"
	sed "s/@VERSION@/$version/; s/@CORE_SHA256@/$hash/; s/@SPEC_VERSION@/$spec/" "$here/dkms.conf" > "$1/dkms.conf"
	! grep '@' "$1/dkms.conf" | grep -v '^#' || die "dkms.conf: not filled in"
}

documents() { # folder
	mkdir -p "$1"
	{
		echo "kernel/ and dkms.conf are under the GNU General Public License, version 2 only: see"
		echo "/usr/share/common-licenses/GPL-2. core/ is under that or the following, at your choice;"
		echo "core-hash.sh is under the following. Each file says so in its SPDX line."
		echo
		cat "$top/LICENSES/MIT.txt"
	} > "$1/copyright"
	cat > "$1/README.Debian" <<-END
	grantproof $version takes the place of the kernel's xen-gntdev, specification $spec, core
	$hash

	It is used from the next start of the machine. Earlier: end every program that has /dev/xen/gntdev
	open, then "rmmod xen-gntdev" and "modprobe grantproof".
	What runs:	cat /sys/module/grantproof/parameters/core_sha256
	Parameters:	modinfo grantproof; to set one, "options grantproof NAME=VALUE" in a file of
			/etc/modprobe.d
	rmmod grantproof is refused while a program has the device open, and while a page that was a
	grant's is still in use, such as in I/O.
	To go back, remove the package, and start the machine anew.
	END
}

control() { # folder
	mkdir -p "$1"
	cat > "$1/control" <<-END
	Package: grantproof-dkms
	Version: $version
	Architecture: all
	Section: kernel
	Priority: optional
	Maintainer: The grantproof developers <grantproof@localhost>
	Depends: dkms (>= 2.1.0.0)
	Recommends: linux-headers-amd64
	Description: /dev/xen/gntdev with a machine-checked core (DKMS)
	 The device through which programs in a Xen dom0 map and copy the memory of other domains, as a
	 kernel module in the place of xen-gntdev. Its decisions are those of a core in C that was proven
	 with Frama-C, byte for byte: DKMS builds no other.
	END
	cat > "$1/postinst" <<-END
	#!/bin/sh
	set -e
	[ "\$1" != configure ] || /usr/lib/dkms/common.postinst grantproof $version /usr/share/grantproof-dkms "" "\$2"
	END
	cat > "$1/prerm" <<-END
	#!/bin/sh
	set -e
	case "\$1" in
	remove | upgrade | deconfigure)
		[ -z "\$(dkms status -m grantproof -v $version)" ] || dkms remove -m grantproof -v $version --all
		;;
	esac
	END
	chmod 755 "$1/postinst" "$1/prerm"
}

rm -rf "$dir/root"
sources "$dir/root/usr/src/grantproof-$version"
documents "$dir/root/usr/share/doc/grantproof-dkms"
control "$dir/root/DEBIAN"
# not in /etc, where they would outlive the package
mkdir -p "$dir/root/usr/lib/modprobe.d" "$dir/root/usr/lib/modules-load.d"
cp "$here/grantproof.conf" "$dir/root/usr/lib/modprobe.d/"
# where there is no Xen, loading it fails, which systemd takes for what it is
printf '# SPDX-License-Identifier: GPL-2.0-only\ngrantproof\n' > "$dir/root/usr/lib/modules-load.d/grantproof.conf"
(cd "$dir/root" && find usr -type f | LC_ALL=C sort | xargs md5sum > DEBIAN/md5sums)
find "$dir/root" -type d -exec chmod 755 {} +
find "$dir/root" -type f ! -perm -100 -exec chmod 644 {} +
# no time of day in it
find "$dir/root" -exec touch -h -d @0 {} +
SOURCE_DATE_EPOCH=0 dpkg-deb --root-owner-group -Zxz --build "$dir/root" "$deb" > /dev/null
echo "deb: $deb, core $hash"
