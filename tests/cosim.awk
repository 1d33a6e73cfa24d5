# SPDX-License-Identifier: MIT
#
# What tests/replay.sh said of Linux's own driver, difference by difference, against tests/cosim.rules; then the sums: a line a
# rule with its count, and the line "explained N DEF-nnn: n, ...", "unexplained N", "programs N", "calls N", "left N".
#
# usage: awk -f cosim.awk cosim.rules LOG
BEGIN { FS = "\t" }
FNR == 1 { file++ }
file == 1 {
	if ($0 !~ /^#/ && NF == 6) {
		rules++
		entry[rules] = $1; op[rules] = $2; model[rules] = $3; device[rules] = $4; fact[rules] = $5; after[rules] = $6
	} else if ($0 !~ /^#/) {
		print "cosim.rules:" FNR ": six fields separated by tabs are a rule"
		broken++
	}
	next
}

function word(line, key,    at) {
	at = match(line, " " key "=[^ ]*")
	return at ? substr(line, RSTART + length(key) + 2, RLENGTH - length(key) - 2) : ""
}

function fits(r, line,    facts, want, n, i) {
	if (op[r] != "*" && op[r] != word(line, "op")) return 0
	if (model[r] != "*" && model[r] != word(line, "model")) return 0
	if (device[r] != "*" && device[r] != word(line, "device")) return 0
	if (fact[r] == "-") return 1
	facts = word(line, "facts")
	n = split(fact[r], want, ",")
	for (i = 1; i <= n; i++)
		if (!index(facts, "," want[i] ",")) return 0
	return 1
}

/^# +[0-9]+ .* DIFFERS op=/ {
	sub(/\r$/, "")
	split($0, part, " DIFFERS ")
	line = " " part[2]
	split($0, number, " ")
	pending++
	said[pending] = $0
	verdict[pending] = 0
	step[pending] = number[2]
	for (r = 1; r <= rules && !verdict[pending]; r++)
		if (fits(r, line)) verdict[pending] = r
	next
}

# a new boot: what a program had said at which the last one died, is of nobody
/^KTAP version/ { pending = 0; next }

# the end of a program: what was said before it is of it
/^(not )?ok [0-9]+ - [0-9a-z]+: [0-9]+ steps, / {
	sub(/\r$/, "")
	name = $0; sub(/^.* - /, "", name); steps = name; sub(/:.*/, "", name); sub(/^[^ ]* /, "", steps)
	programs++
	calls += steps + 0
	stopped = 0
	differences = $0; sub(/^.* steps, /, "", differences)
	if (pending != differences + 0) {
		unexplained++
		print "not explained: " name ": " differences + 0 " differences, and " pending " that can be read"
	}
	for (i = 1; i <= pending && !stopped; i++) {
		r = verdict[i]
		if (r) {
			hits[r]++
			explained++
			stopped = after[r] == "stop"
		} else {
			unexplained++
			stopped = 1
			print "not explained: " name ": " said[i]
		}
		if (stopped && steps > step[i]) left += steps - step[i]
	}
	pending = 0
}

END {
	for (r = 1; r <= rules; r++) {
		if (!hits[r]) print "never: " entry[r] " " op[r] " " model[r] " " device[r] " " fact[r]
		if (!(entry[r] in sum)) order[++entries] = entry[r]
		sum[entry[r]] += hits[r]
	}
	for (i = 1; i <= entries; i++)
		if (sum[order[i]]) list = list (list ? ", " : "") order[i] ": " sum[order[i]]
	print "programs " programs + 0
	print "calls " calls + 0
	print "left " left + 0
	print "unexplained " unexplained + broken + 0
	print "explained " explained + 0 (list ? " (" list ")" : "")
}
