# SPDX-License-Identifier: MIT
#
# Judges the console log of one boot (see init.sh) and prints its verdict line; exits 0 only if
# nothing is missing. Not a row is believed outside the parts, no part that the caller did not name,
# and no part twice.
#
# awk -v name=test-xen -v nonce=N -v parts="boot smoke log" -v elapsed=S -f verdict.awk LOG

function problem(text) { problems++; print prefix ": " text }

# the blocks that are indented by @indent or more end here
function close_blocks(indent,    i) {
	for (i = deepest; i >= indent; i--)
		if (i in plan) {
			if (seen[i] != plan[i])
				problem(part ": planned " plan[i] " rows, got " seen[i])
			delete plan[i]; delete seen[i]
		}
	if (deepest >= indent)
		deepest = indent - 1
}

function begin(name) {
	if (part != "")
		problem(part ": no end")
	part = name; planned = 0; deepest = -1
}

function end(name, status) {
	if (part != name)
		problem(name ": ends without a beginning")
	close_blocks(0)
	if (!planned)
		problem(name ": no plan")
	if (status != 0)
		problem(name ": ended with " status)
	done[name]++
	part = ""
}

function row(indent, good, number, text) {
	# rows that are indented more belong to this one, which sums them up
	leaf = deepest <= indent
	close_blocks(indent + 1)
	if (!(indent in plan))
		problem(part ": a row before its plan: " text)
	else if (number != ++seen[indent])
		problem(part ": row " number " where " seen[indent] " was due")
	if (!good) {
		if (leaf)
			failed++
		problem(part ": " text)
	} else if (leaf && text ~ /# SKIP/)
		skipped++
	else if (leaf)
		passed++
}

# nonces may look like numbers
BEGIN { nonce = nonce ""; prefix = name }
{ sub(/\r+$/, "") }
/^\(XEN\) Xen version / { xen = 1 }
# what Xen says of every PVH dom0
/^\(XEN\) WARNING: PVH is an experimental mode/ { next }
/Kernel panic|^\(XEN\).*(Panic|BUG|Assertion|FATAL)|(BUG|Oops|WARNING|INFO): |general protection fault|Call Trace:/ {
	problem("log: " $0)
}
$1 == "#" && $2 == "rig:" && $5 "" == nonce && $3 == "begin" { begin($4); next }
$1 == "#" && $2 == "rig:" && $5 "" == nonce && $3 == "end" { end($4, $6); next }
$1 == "#" && $2 == "rig:" && $4 "" == nonce && $3 == "verdict" { verdict++; next }
part == "" { next }
{
	match($0, /^ */)
	if ($1 ~ /^1\.\.[0-9]+$/) {
		close_blocks(RLENGTH)
		planned += $1 != "1..0"; deepest = RLENGTH
		plan[RLENGTH] = substr($1, 4) + 0; seen[RLENGTH] = 0
	} else if ($1 == "ok" && $2 ~ /^[0-9]+$/)
		row(RLENGTH, 1, $2, $0)
	else if ($1 == "not" && $2 == "ok")
		row(RLENGTH, 0, $3, $0)
	else if ($1 == "Bail" && $2 == "out!")
		problem(part ": " $0)
}

END {
	if (!xen)
		problem("Xen did not boot")
	if (part != "")
		problem(part ": no end")
	count = split(parts, want, " ")
	for (i = 1; i <= count; i++) {
		if (done[want[i]] != 1)
			problem(want[i] ": ran " (done[want[i]] + 0) " times")
		delete done[want[i]]
	}
	for (name in done)
		problem(name ": nobody asked for it")
	if (verdict != 1)
		problem("no verdict from dom0")
	if (problems && !failed)
		failed = 1
	printf "%s: %d passed, %d failed, %d skipped in %d s\n", prefix, passed, failed, skipped, elapsed
	exit problems != 0
}
