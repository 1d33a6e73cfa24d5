# SPDX-License-Identifier: MIT
# E-ACSL 25 does not translate a predicate that has a label, that is, one that reads memory. So each definition
#	predicate NAME{L}(TYPE A, ...) = BODY;
# of the core's *_logic.h becomes a macro of the same name and meaning, whose names are its own. In the definition itself NAME is
# followed by a brace, so that it is no use of the macro, and neither is NAME{Pre}(...): that stays what it is.
function own(text, names,    out, id, before) {
	out = ""
	while (match(text, /[A-Za-z_][A-Za-z_0-9]*/)) {
		before = substr(text, 1, RSTART - 1)
		id = substr(text, RSTART, RLENGTH)
		out = out before
		if ((id in names) && before !~ /(\.|->|\\)$/ && !(before == "" && out ~ /(\.|->|\\)$/))
			id = names[id] == 2 ? id "_" name : "(" id "_" name ")"
		out = out id
		text = substr(text, RSTART + RLENGTH)
	}
	return out text
}
function define(text,    head, args, n, i, list, names, rest, a) {
	if (text !~ /^(predicate|logic integer) [a-z_0-9]+\{L\}\(/)
		return
	sub(/^(predicate|logic integer) /, "", text)
	name = substr(text, 1, index(text, "{") - 1)
	args = substr(text, index(text, "(") + 1)
	rest = substr(args, index(args, ")") + 1)
	args = substr(args, 1, index(args, ")") - 1)
	sub(/^ *= */, "", rest)
	sub(/; *$/, "", rest)
	if (rest ~ ("(^|[^a-z_])" name "\\(")) # recursive
		return
	n = split(args, a, /, */)
	list = ""
	for (i = 1; i <= n; i++) {
		sub(/^.*[ *]/, "", a[i])
		names[a[i]] = 1
		list = list (i > 1 ? ", " : "") a[i] "_" name
	}
	args = rest
	while (match(args, /\\(forall|exists) integer [a-z, ]+;/)) {
		head = substr(args, RSTART, RLENGTH - 1)
		args = substr(args, RSTART + RLENGTH)
		sub(/^.*integer /, "", head)
		n = split(head, a, /, */)
		for (i = 1; i <= n; i++)
			names[a[i]] = 2
	}
	# an argument that is an expression stays one
	rest = own(rest, names)
	print "#define " name "(" list ") (" rest ")"
}
{ sub(/\/\/.*/, ""); sub(/^\/\*@ */, "   "); gsub(/[ \t]+/, " "); sub(/^ /, "") }
/^(predicate|logic) / || /^\*\// { define(text); text = "" }
/^\*\// { inside = 0 }
/^(predicate|logic) / { inside = 1 }
inside { text = text (text == "" ? "" : " ") $0 }
END { define(text) }
