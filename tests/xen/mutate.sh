# shellcheck shell=sh
# SPDX-License-Identifier: MIT
#
# Tests tested: the module is broken on purpose, one way at a time, in a copy of the tree, and each time that must be seen.
# To be sourced. The caller is in a folder of tests/, and has set:
#	$name	what the line of counts begins with
#	$dir	a folder below $BUILD, where the copy and the logs go
# and defines:
#	mutants	prints the list: name, file in kernel/, sed script (a tab in it is \t), and what more it needs, up to two columns
#	caught	is the copy in $tree found to be broken? 0 if so, and for the right reason. Its arguments are those two columns,
#		$mutant the name; what it prints are comments of KTAP
# Prints KTAP, and last "NAME: N passed, N failed, 0 skipped in S s"; a mutant that survives is a failed row.

top=$(cd "$(dirname "$0")/../.." && pwd)
mkdir -p "${BUILD:=$top/build}/$dir"
BUILD=$(cd "$BUILD" && pwd)
export BUILD
dir=$BUILD/$dir
tree=$dir/tree

choose() { # [name...]
	[ $# != 0 ] || mutants
	for chosen; do
		mutants | grep "^$chosen	" || { echo "$name: there is no mutant $chosen" >&2; return 1; }
	done
}

# A mutant that changes nothing proves nothing.
mutate() { # file script
	rm -rf "$tree"
	mkdir -p "$tree/src"
	cp -R "$top/kernel" "$top/proofs" "$top/spec" "$tree/"
	cp -R "$top/src/core" "$tree/src/core"
	sed -i "$2" "$tree/kernel/$1"
	! cmp -s "$top/kernel/$1" "$tree/kernel/$1" || { echo "# it changes nothing"; return 1; }
}

# The module of the copy, which is that of an experiment, to $module.
build_module() {
	module=$dir/build/module/grantproof.ko
	BUILD=$dir/build UNPROVEN=1 "$tree/kernel/build.sh" > "$dir/$mutant.build" 2>&1 ||
		{ echo "# it does not build: see $dir/$mutant.build"; return 1; }
}

run_mutants() { # [name...]
	start=$(date +%s)
	choose "$@" > "$dir/list"
	echo "KTAP version 1"
	echo "1..$(wc -l < "$dir/list")"
	n=0 survivors=0
	while IFS='	' read -r mutant file script more expected; do
		n=$((n + 1)) verdict=ok
		mutate "$file" "$script" && caught "$more" "$expected" < /dev/null || verdict="not ok" survivors=$((survivors + 1))
		echo "$verdict $n - $mutant"
	done < "$dir/list"
	echo "$name: $((n - survivors)) passed, $survivors failed, 0 skipped in $(($(date +%s) - start)) s"
	return $((survivors != 0))
}
