# SPDX-License-Identifier: MIT
#
# Judges the console log of a boot with one test that the stock driver's kernel should not survive, and prints that as a
# row and a verdict line: passed if dom0 came to that test, and its kernel, in the middle of it or at its end, complained.
#
# awk -v says=PATTERN -v name=test-xen -v nonce=N -v elapsed=S -f crash.awk LOG

BEGIN {
	nonce = nonce ""
	if (says == "")
		says = "Kernel panic|BUG: |Oops: |general protection fault"
}
{ sub(/\r+$/, "") }
/^\(XEN\) Xen version / { xen = 1 }
$1 == "#" && $2 == "rig:" && $5 "" == nonce && $3 == "begin" { part = $4 }
$1 == "#" && $2 == "rig:" && $5 "" == nonce && $3 == "end" && $4 == "boot" { booted = $6 "" == "0" }
part == "boot" && $1 == "not" && $2 == "ok" { broken = 1 }
part == "dare" && evidence == "" && $0 !~ /^(#|(not )?ok )/ && $0 ~ says {
	evidence = $0
	sub(/^\[ *[0-9.]+\] */, "", evidence)
}
END {
	good = xen && booted && !broken && part == "dare" && evidence != ""
	print "# the stock driver's kernel: " (evidence != "" ? evidence : part == "dare" ? "no complaint" : "did not come that far")
	printf "%s: %d passed, %d failed, 0 skipped in %d s\n", name, good, !good, elapsed
	exit !good
}
