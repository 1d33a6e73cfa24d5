/* SPDX-License-Identifier: MIT */
/*
 * Predicates and functions of src/core/copy_logic.h in a form that E-ACSL 25 can translate: it fails on \max, and takes a range of a
 * quantifier only if nothing else stands beside it.
 */
#undef copy_ops
#undef copy_okay
#undef copy_first_failure
#define copy_ops(g) (copy_pages((g)->source, (g)->len) < copy_pages((g)->dest, (g)->len) \
	? copy_pages((g)->dest, (g)->len) : copy_pages((g)->source, (g)->len))
#define copy_okay(b, number) (\forall integer k_okay; 0 <= k_okay < (b)->n ==> \
	((b)->op[k_okay].segment == (number) ==> (b)->op[k_okay].status == GNT_COPY_OKAY))
#define copy_first_failure(b, number, i) (0 <= (i) < (b)->n && (b)->op[i].segment == (number) && (b)->op[i].status != GNT_COPY_OKAY \
	&& (\forall integer k_first; 0 <= k_first < (i) ==> \
	((b)->op[k_first].segment == (number) ==> (b)->op[k_first].status == GNT_COPY_OKAY)))
