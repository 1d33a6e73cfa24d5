/* SPDX-License-Identifier: MIT */
/*
 * The predicates of the core (slots_logic.h, table_logic.h, state_logic.h) as code. Each function says, of the memory it is given,
 * whether a predicate holds; that it says so exactly is its contract, and proven (make prove) as the core is. The model's checks call
 * these (check_state.c, check_map.c), so that what is checked at run time is what the proof of the core is about. Nothing here
 * changes anything.
 *
 * What a program cannot ask is a precondition: where the arrays are, and that they are apart. ASan watches over that.
 */
#pragma once
#include "state.h"

/* ---- I1, I3: the slots (armed_slots.c) */

/*@ assigns \nothing;
    ensures exact: \result != 0 <==> slots_capacity(n);
*/
u32 armed_capacity(u32 n);

/*@ requires mem:   slots_mem(s);
    assigns  \nothing;
    ensures  exact: \result != 0 <==> slots_leaves(s);
*/
u32 armed_leaves(struct gnt_slots s);

/*@ requires mem:   slots_mem(s);
    assigns  \nothing;
    ensures  exact: \result != 0 <==> slots_inv(s);
*/
u32 armed_slots(struct gnt_slots s);

/* ---- I1: the map table (armed_state.c) */

/*@ requires mem:   table_mem(t) && f < t.slots.capacity;
    assigns  \nothing;
    ensures  exact: \result != 0 <==> table_span(t, f);
*/
u32 armed_span(struct gnt_table t, u32 f);

/*@ requires mem:   table_mem(t) && q < t.slots.capacity;
    assigns  \nothing;
    ensures  exact: \result != 0 <==> table_owner(t, q);
*/
u32 armed_owner(struct gnt_table t, u32 q);

/*@ requires mem:   table_mem(t);
    assigns  \nothing;
    ensures  exact: \result != 0 <==> table_inv(t);
*/
u32 armed_table(struct gnt_table t);

/* ---- I5, I9: the records and the limits */

/*@ requires mem:   state_mem(s) && k < s.table.slots.capacity;
    assigns  \nothing;
    ensures  exact: \result != 0 <==> record_ok(s, k);
*/
u32 armed_record(struct gnt_state s, u32 k);

/*@ requires mem:   state_mem(s);
    assigns  \nothing;
    ensures  exact: \result != 0 <==> limits_ok(s);
*/
u32 armed_limits(struct gnt_state s);

/* All of it, at once: this is asked after every critical section. */
/*@ requires mem:   state_mem(s);
    assigns  \nothing;
    ensures  exact: \result != 0 <==> state_inv(s);
*/
u32 armed_state(struct gnt_state s);
