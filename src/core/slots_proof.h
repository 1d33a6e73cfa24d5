/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * How slots.c is proven: lemmas as ghost functions, their contracts the statements, their bodies the proofs (a loop is an
 * induction). Included by slots.c alone; comments only, for the compiler.
 *
 * The plan: (1) geometry: where each node's span lies follows from the capacity and the node's number alone, level by level, in
 * linear arithmetic. (2) The code keeps a structural invariant: a node is a function of its children. (3) What that means, the
 * longest free prefix, suffix and run, is derived here, bottom up, in lemma_all_tell(); the code that maintains the tree never
 * mentions a free run. (4) Every step has ground premises and ground conclusions; quantified facts stay inside the lemma that
 * needs them.
 */
#pragma once

/*@ // ---- the laws of span() and low(), for one node and for all
    predicate geo(integer n, integer k) = span(n, k) == 2 * span(n, 2*k) && span(n, 2*k+1) == span(n, 2*k)
      && low(n, 2*k) == low(n, k) && low(n, 2*k+1) == low(n, k) + span(n, 2*k);
    predicate geo_range(integer n, integer k) = 1 <= span(n, k) <= n && 0 <= low(n, k) && low(n, k) + span(n, k) <= n;
    predicate geo_all(integer n) = span(n, 1) == n && low(n, 1) == 0
      && (\forall integer k; 1 <= k < n ==> geo(n, k))
      && (\forall integer k; 1 <= k < 2*n ==> geo_range(n, k));
    predicate geo_level(integer n) = \forall integer j, k; 1 <= j <= k < 2*n && span(n, j) == span(n, k) ==> k < 2*j;
    predicate geo_mono(integer n) = \forall integer j, k; 1 <= j <= k < 2*n ==> span(n, k) <= span(n, j);

    // ---- what node k, which spans [a, a+z), tells of the slots in its span
    predicate tells_prefix{L}(struct gnt_slots s, integer k, integer a, integer z) =
      slots_free(s, a, a + s.prefix[k]) && (s.prefix[k] < z ==> s.owner[a + s.prefix[k]] != 0);
    predicate tells_suffix{L}(struct gnt_slots s, integer k, integer a, integer z) =
      slots_free(s, a + z - s.suffix[k], a + z) && (s.suffix[k] < z ==> s.owner[a + z - s.suffix[k] - 1] != 0);
    predicate tells_run{L}(struct gnt_slots s, integer k, integer a, integer z) =
      \forall integer i, j; a <= i <= j <= a + z && slots_free(s, i, j) ==> j - i <= s.run[k];
    predicate node_tells{L}(struct gnt_slots s, integer k, integer a, integer z) =
      tells_prefix(s, k, a, z) && tells_suffix(s, k, a, z) && tells_run(s, k, a, z);
    predicate slots_tells{L}(struct gnt_slots s, integer k) = node_tells(s, k, low(s.capacity, k), span(s.capacity, k));
*/

/*@ ghost
  /@ requires power(w) && 1 < w <= GNT_SLOTS_MAX;
     assigns \nothing;
     ensures w == 2 * (w/2) && power(w/2) && depth(w) == 1 + depth(w/2);
  @/
  void lemma_half(u32 w) { }

  /@ requires 2 <= m && m % 2 == 0 && power(m / 2);
     assigns \nothing;
     ensures power(m);
  @/
  void lemma_double(u32 m) { }

  // the largest capacity is one
  /@ assigns \nothing;
     ensures slots_capacity(GNT_SLOTS_MAX);
  @/
  void lemma_max(void) {
    lemma_double(2); lemma_double(4); lemma_double(8); lemma_double(16); lemma_double(32); lemma_double(64);
    lemma_double(128); lemma_double(256); lemma_double(512); lemma_double(1024); lemma_double(2048); lemma_double(4096);
    lemma_double(8192); lemma_double(16384); lemma_double(32768); lemma_double(65536); lemma_double(131072);
    lemma_double(262144); lemma_double(524288); lemma_double(1048576);
  }

  // all laws of span() and low(), from the leaves (w = n) up to the root (w = 1); level w is the nodes w .. 2w-1, of size s
  /@ requires slots_capacity(n);
     assigns \nothing;
     ensures geo_all(n);
     ensures geo_level(n);
     ensures geo_mono(n);
  @/
  void lemma_geometry(u32 n) {
    u32 w = n, s = 1;
    /@ loop invariant pw: power(w) && 1 <= w <= n;
       loop invariant sn: 1 <= s <= n;
       loop invariant cur: \forall integer k; w <= k < 2*w ==> span(n, k) == s;
       loop invariant fst: low(n, w) == 0;
       loop invariant adj: \forall integer k; w <= k < 2*w-1 ==> low(n, k+1) == low(n, k) + s;
       loop invariant lst: low(n, 2*w-1) + s == n;
       loop invariant low: \forall integer k; 2*w <= k < 2*n ==> 1 <= span(n, k) < s;
       loop invariant rng: \forall integer k; w <= k < 2*n ==> geo_range(n, k);
       loop invariant geo: \forall integer k; w <= k < n ==> geo(n, k);
       loop invariant mono: \forall integer j, k; w <= j <= k < 2*n ==> span(n, k) <= span(n, j);
       loop invariant lev: \forall integer j, k; w <= j <= k < 2*n && span(n, j) == span(n, k) ==> k < 2*j;
       loop assigns w, s;
       loop variant w;
    @/
    while (w > 1) {
      u32 W = w, t = s;
      lemma_half(w);
      w = W / 2;
      s = 2 * t;
      /@ assert W2: W == 2*w; @/
      /@ assert c0: \forall integer k; w <= k < 2*w ==> span(n, k) == 2*span(n, 2*k) && low(n, k) == low(n, 2*k); @/
      /@ assert c1: \forall integer k; w <= k < 2*w ==> span(n, k) == s; @/
      /@ assert c2a: \forall integer k; w <= k < 2*w ==> low(n, 2*k+1) == low(n, k) + t; @/
      /@ assert c2b: \forall integer k; w <= k < 2*w-1 ==> low(n, 2*k+2) == low(n, 2*k+1) + t; @/
      /@ assert c2c: \forall integer k; w <= k < 2*w ==> low(n, 2*k+1) + t <= n; @/
      /@ assert c2d: \forall integer k; w <= k < 2*w-1 ==> low(n, k+1) == low(n, 2*k+2); @/
    }
  }

  // ... and for one node, one pair of nodes on a level, one parent
  /@ requires slots_capacity(n) && 1 <= k < 2*n;
     assigns \nothing;
     ensures in: k < n ==> geo(n, k) && geo_range(n, 2*k) && geo_range(n, 2*k+1);
     ensures lf: k >= n ==> span(n, k) == 1 && low(n, k) == k - n;
     ensures rg: geo_range(n, k);
     ensures rt: span(n, 1) == n && low(n, 1) == 0;
     ensures l1: span(n, k) == 1 ==> k >= n;
  @/
  void lemma_geometry_at(u32 n, u32 k) { lemma_geometry(n); }

  /@ requires slots_capacity(n) && 1 <= l <= i <= r < 2*n && span(n, l) == span(n, r);
     assigns \nothing;
     ensures span(n, i) == span(n, l) && r < 2*l;
  @/
  void lemma_level(u32 n, u32 l, u32 i, u32 r) { lemma_geometry(n); }

  /@ requires slots_capacity(n) && 2 <= k < 2*n;
     assigns \nothing;
     ensures span(n, k/2) == 2 * span(n, k);
  @/
  void lemma_parent(u32 n, u32 k) {
    lemma_geometry(n);
    /@ assert geo(n, k/2); @/
    /@ assert k == 2*(k/2) || k == 2*(k/2)+1; @/
  }

  // depth
  /@ requires 2 <= m <= 4*GNT_SLOTS_MAX + 1;
     assigns \nothing;
     ensures depth(m) == 1 + depth(m / 2);
  @/
  void lemma_depth_up(u32 m) { }

  /@ requires 1 <= k <= 2*GNT_SLOTS_MAX;
     assigns \nothing;
     ensures d1: depth(1) == 0;
     ensures d0: depth(k) >= 0;
     ensures dl: depth(2*k) == 1 + depth(k);
     ensures dr: depth(2*k+1) == 1 + depth(k);
     ensures up: k > 1 ==> depth(k/2) == depth(k) - 1;
  @/
  void lemma_depth(u32 k) {
    u32 j = k, i = 0;
    /@ loop invariant 1 <= j && i + j <= k;
       loop invariant depth(k) == depth(j) + i;
       loop assigns j, i;
       loop variant j;
    @/
    while (j > 1) { lemma_depth_up(j); j = j / 2; i++; }
    /@ assert hl: (2*k) / 2 == k; @/
    /@ assert hr: (2*k+1) / 2 == k; @/
    lemma_depth_up(2*k);
    lemma_depth_up(2*k+1);
    if (k > 1) { lemma_depth_up(k); }
  }

  // all leaves are equally deep, and the depth is small
  /@ requires slots_capacity(n) && n <= k < 2*n;
     assigns \nothing;
     ensures depth(k) == depth(n);
     ensures 0 <= depth(n) < n;
  @/
  void lemma_leaf_depth(u32 n, u32 k) {
    u32 m = n, j = k, i = 0;
    /@ loop invariant power(m) && 1 <= m <= n && m <= j < 2*m;
       loop invariant i + m <= n;
       loop invariant depth(n) == depth(m) + i;
       loop invariant depth(k) == depth(j) + i;
       loop assigns m, j, i;
       loop variant m;
    @/
    while (m > 1) {
      lemma_half(m); lemma_depth_up(m); lemma_depth_up(j);
      m = m / 2; j = j / 2; i++;
    }
    lemma_depth(1);
  }

  // the cost of refresh_above(): a potential of 2 * (width + depth), paid one per node
  /@ requires slots_capacity(n) && a < b <= n && l == (n + a) / 2 && r == (n + b - 1) / 2;
     assigns \nothing;
     ensures 2*(r-l+1) + 2*depth(l) <= (b-a) + 2*depth(n);
     ensures depth(l) >= 0 && 0 <= depth(n) < n;
  @/
  void lemma_cost_start(u32 n, u32 a, u32 b, u32 l, u32 r) {
    lemma_leaf_depth(n, n + a);
    lemma_depth(n + a);
    lemma_depth(l);
  }

  /@ requires 2 <= l <= r < GNT_SLOTS_MAX;
     assigns \nothing;
     ensures 2*(r/2-l/2+1) + 2*depth(l/2) <= (r-l+1) + 2*depth(l);
     ensures depth(l/2) >= 0;
  @/
  void lemma_cost_step(u32 l, u32 r) { lemma_depth(l); lemma_depth(l/2); }

  // the values of the two logic functions, as numbers
  /@ requires slots_capacity(n) && 1 <= k < 2*n;
     assigns \nothing;
     ensures \result == span(n, k);
  @/
  u32 lemma_span_of(u32 n, u32 k) {
    u32 w = n, s = 1;
    lemma_geometry_at(n, n);
    /@ loop invariant power(w) && 1 <= w <= n && k < 2*w;
       loop invariant lv: \forall integer j; w <= j < 2*w ==> span(n, j) == s;
       loop invariant 1 <= s <= n;
       loop assigns w, s;
       loop variant w;
    @/
    while (k < w) {
      lemma_half(w);
      lemma_geometry_at(n, w/2);
      w = w / 2;
      s = 2 * s;
      /@ assert st: \forall integer j; w <= j < 2*w ==> span(n, j) == 2*span(n, 2*j); @/
      /@ assert sw: span(n, w) == s; @/
    }
    return s;
  }

  /@ requires slots_capacity(n) && 1 <= k < 2*n;
     assigns \nothing;
     ensures \result == low(n, k);
  @/
  u32 lemma_low_of(u32 n, u32 k) {
    u32 j = k;
    /@ loop invariant 1 <= j < 2*n;
       loop invariant low(n, j) == low(n, k);
       loop assigns j;
       loop variant 2*n - j;
    @/
    while (j < n) { j = 2 * j; }
    return j - n;
  }
*/


/*@ ghost
  /@ requires slots_capacity(s.capacity) && 1 <= k < 2*s.capacity;
     requires k < s.capacity ==> slots_bound(s, k);
     requires k >= s.capacity ==> slots_leaf(s, k - s.capacity);
     assigns \nothing;
     ensures slots_bound(s, k);
  @/
  void lemma_bound(struct gnt_slots s, u32 k) { lemma_geometry_at(s.capacity, k); }

  /@ requires s.capacity <= k < 2*s.capacity;
     requires slots_leaf(s, k - s.capacity);
     assigns \nothing;
     ensures sp: tells_prefix(s, k, k - s.capacity, 1);
     ensures ss: tells_suffix(s, k, k - s.capacity, 1);
     ensures sb: tells_run(s, k, k - s.capacity, 1);
  @/
  void lemma_leaf_tells(struct gnt_slots s, u32 k) { }

  /@ requires 1 <= k < GNT_SLOTS_MAX && 1 <= h && 0 <= a && h <= GNT_SLOTS_MAX && a <= GNT_SLOTS_MAX;
     requires node_is(s, k, h) && node_fits(s, 2*k, h) && node_fits(s, 2*k+1, h);
     requires node_tells(s, 2*k, a, h) && node_tells(s, 2*k+1, a + h, h);
     assigns \nothing;
     ensures sp: tells_prefix(s, k, a, 2*h);
     ensures ss: tells_suffix(s, k, a, 2*h);
     ensures sb: tells_run(s, k, a, 2*h);
  @/
  void lemma_node_tells(struct gnt_slots s, u32 k, u32 a, u32 h) {
    /@ assert p1: slots_free(s, a, a + s.prefix[k]); @/
    /@ assert p2a: s.prefix[2*k] < h ==> s.prefix[k] == s.prefix[2*k] && s.owner[a + s.prefix[2*k]] != 0; @/
    /@ assert p2b: s.prefix[2*k] == h && s.prefix[2*k+1] < h ==> a + s.prefix[k] == a + h + s.prefix[2*k+1]
         && s.owner[a + h + s.prefix[2*k+1]] != 0; @/
    /@ assert p2: s.prefix[k] < 2*h ==> s.owner[a + s.prefix[k]] != 0; @/
    /@ assert s1: slots_free(s, a + 2*h - s.suffix[k], a + 2*h); @/
    /@ assert s2a: s.suffix[2*k+1] < h ==> s.suffix[k] == s.suffix[2*k+1] && s.owner[a + 2*h - s.suffix[2*k+1] - 1] != 0; @/
    /@ assert s2b: s.suffix[2*k+1] == h && s.suffix[2*k] < h ==> a + 2*h - s.suffix[k] == a + h - s.suffix[2*k]
         && s.owner[a + h - s.suffix[2*k] - 1] != 0; @/
    /@ assert s2: s.suffix[k] < 2*h ==> s.owner[a + 2*h - s.suffix[k] - 1] != 0; @/
    /@ assert bl: \forall integer i, j; a <= i <= j <= a + h && slots_free(s, i, j) ==> j - i <= s.run[k]; @/
    /@ assert br: \forall integer i, j; a + h <= i <= j <= a + 2*h && slots_free(s, i, j) ==> j - i <= s.run[k]; @/
    /@ assert bx1: \forall integer i, j; a <= i < a + h <= j <= a + 2*h && slots_free(s, i, j) ==> a + h - s.suffix[2*k] <= i; @/
    /@ assert bx2: \forall integer i, j; a <= i < a + h <= j <= a + 2*h && slots_free(s, i, j) ==>
         j <= a + h + s.prefix[2*k+1]; @/
    /@ assert bx: \forall integer i, j; a <= i < a + h <= j <= a + 2*h && slots_free(s, i, j) ==> j - i <= s.run[k]; @/
  }

  // rename the span of node k: from the logic functions to the numbers a and z
  /@ requires slots_tells(s, k) && slots_bound(s, k) && low(s.capacity, k) == a && span(s.capacity, k) == z;
     assigns \nothing;
     ensures node_tells(s, k, a, z) && node_fits(s, k, z);
  @/
  void lemma_span(struct gnt_slots s, u32 k, u32 a, u32 z) { }

  /@ requires slots_capacity(s.capacity) && 1 <= k < 2*s.capacity;
     requires lf: k >= s.capacity ==> slots_leaf(s, k - s.capacity);
     requires nd: k < s.capacity ==> slots_node(s, k) && slots_bound(s, 2*k) && slots_bound(s, 2*k+1) && slots_tells(s, 2*k)
       && slots_tells(s, 2*k+1);
     assigns \nothing;
     ensures slots_tells(s, k);
  @/
  void lemma_tells(struct gnt_slots s, u32 k) {
    lemma_geometry_at(s.capacity, k);
    if (k >= s.capacity) {
      lemma_leaf_tells(s, k);
      /@ assert sl: slots_tells(s, k); @/
    } else {
      u32 h = lemma_span_of(s.capacity, 2*k), a = lemma_low_of(s.capacity, k);
      /@ assert gl: low(s.capacity, 2*k) == a && low(s.capacity, 2*k+1) == a + h; @/
      /@ assert gr: span(s.capacity, 2*k+1) == h && span(s.capacity, k) == 2*h && 1 <= h; @/
      /@ assert n0: node_is(s, k, h); @/
      lemma_span(s, 2*k, a, h);
      lemma_span(s, 2*k+1, a + h, h);
      lemma_node_tells(s, k, a, h);
      /@ assert sz: node_tells(s, k, a, 2*h); @/
      /@ assert sn: slots_tells(s, k); @/
    }
  }

  /@ requires slots_capacity(s.capacity) && slots_inv(s);
     assigns \nothing;
     ensures \forall integer k; 1 <= k < 2*s.capacity ==> slots_tells(s, k);
  @/
  void lemma_all_tell(struct gnt_slots s) {
    /@ loop invariant 0 <= k < 2*s.capacity;
       loop invariant \forall integer q; k < q < 2*s.capacity ==> slots_tells(s, q);
       loop assigns k;
       loop variant k;
    @/
    for (u32 k = 2*s.capacity-1; k >= 1; k--) {
      if (k >= s.capacity) {
        /@ assert leafcase: slots_leaf(s, k-s.capacity); @/
      } else {
        lemma_bound(s, 2*k);
        lemma_bound(s, 2*k+1);
      }
      lemma_tells(s, k);
    }
  }

  // all there is to know about node k
  /@ requires slots_capacity(s.capacity) && slots_inv(s) && 1 <= k < 2*s.capacity;
     assigns \nothing;
     ensures sm: slots_tells(s, k);
     ensures nd: k < s.capacity ==> slots_node(s, k);
     ensures lf: k >= s.capacity ==> slots_leaf(s, k - s.capacity);
     ensures bd: slots_bound(s, k);
  @/
  void lemma_node(struct gnt_slots s, u32 k) { lemma_all_tell(s); lemma_bound(s, k); }
*/

/*@ ghost
  // stepping right (or crossing): no fit starts in the left half before the crossing point
  /@ requires 1 <= k < GNT_SLOTS_MAX && 1 <= h && 0 <= a && a + 2*h <= s.capacity && 1 <= count <= GNT_SLOTS_MAX;
     requires node_fits(s, 2*k, h) && node_fits(s, 2*k+1, h) && node_tells(s, 2*k, a, h) && node_tells(s, 2*k+1, a + h, h);
     requires s.run[2*k] < count;
     requires none: \forall integer i; i < a ==> !slots_fit(s, i, count);
     assigns \nothing;
     ensures left: \forall integer i; i < a + h - s.suffix[2*k] ==> !slots_fit(s, i, count);
     ensures right: s.suffix[2*k] + s.prefix[2*k+1] < count && s.run[2*k+1] >= count ==> \forall integer i; i < a + h ==>
       !slots_fit(s, i, count);
     ensures cross: s.suffix[2*k] + s.prefix[2*k+1] >= count ==> slots_fit(s, a + h - s.suffix[2*k], count);
  @/
  void lemma_step(struct gnt_slots s, u32 k, u32 a, u32 h, u32 count) {
    /@ assert a1: \forall integer i; a <= i && i + count <= a + h ==> !slots_fit(s, i, count); @/
    /@ assert a2: \forall integer i; a <= i < a + h - s.suffix[2*k] && i + count > a + h ==> !slots_fit(s, i, count); @/
    /@ assert a3: s.suffix[2*k] + s.prefix[2*k+1] < count && s.run[2*k+1] >= count ==> s.prefix[2*k+1] < h; @/
  }

  /@ requires slots_capacity(s.capacity) && slots_inv(s);
     requires 1 <= count;
     assigns \nothing;
     ensures none: s.run[1] < count ==> slots_full(s, count);
     ensures some: s.run[1] <= s.capacity;
     ensures tail: node_tells(s, 1, 0, s.capacity) && s.suffix[1] <= s.capacity;
     ensures at: low(s.capacity, 1) == 0 && span(s.capacity, 1) == s.capacity;
     ensures dp: depth(1) == 0;
  @/
  void lemma_root(struct gnt_slots s, u32 count) {
    lemma_node(s, 1);
    lemma_geometry_at(s.capacity, 1);
    lemma_depth(1);
    /@ assert s1: node_tells(s, 1, 0, s.capacity); @/
  }

  /@ requires slots_capacity(s.capacity) && slots_inv(s);
     requires s.capacity <= k < 2*s.capacity && 1 <= count <= s.run[k];
     assigns \nothing;
     ensures slots_fit(s, k - s.capacity, count);
  @/
  void lemma_leaf(struct gnt_slots s, u32 k, u32 count) {
    lemma_node(s, k);
    /@ assert count == 1 && s.owner[k - s.capacity] == 0; @/
  }

  // everything find_lowest() needs to know to step down from inner node k, which spans [a, a+2h)
  /@ requires slots_mem(s) && slots_inv(s);
     requires 1 <= k < s.capacity && 1 <= count <= s.capacity && s.run[k] >= count;
     requires a == low(s.capacity, k) && h == span(s.capacity, k) / 2;
     requires none: \forall integer i; i < a ==> !slots_fit(s, i, count);
     assigns \nothing;
     ensures half: span(s.capacity, 2*k) == h && span(s.capacity, 2*k+1) == h && h >= 1;
     ensures down: low(s.capacity, 2*k) == a && low(s.capacity, 2*k+1) == a + h;
     ensures rng: a + 2*h <= s.capacity;
     ensures bnd: s.suffix[2*k] <= h && s.prefix[2*k+1] <= h;
     ensures deep: depth(2*k) == 1 + depth(k) && depth(2*k+1) == 1 + depth(k);
     ensures left: s.run[2*k] < count ==> \forall integer i; i < a + h - s.suffix[2*k] ==> !slots_fit(s, i, count);
     ensures cross: s.run[2*k] < count && s.suffix[2*k] + s.prefix[2*k+1] >= count ==> slots_fit(s, a + h - s.suffix[2*k], count);
     ensures over: s.run[2*k] < count && s.suffix[2*k] + s.prefix[2*k+1] < count ==> s.run[2*k+1] >= count;
     ensures right: s.run[2*k] < count && s.suffix[2*k] + s.prefix[2*k+1] < count ==> \forall integer i; i < a + h ==>
       !slots_fit(s, i, count);
  @/
  void lemma_descend(struct gnt_slots s, u32 k, u32 a, u32 h, u32 count) {
    lemma_geometry_at(s.capacity, k);
    lemma_depth(k);
    lemma_node(s, k);
    lemma_node(s, 2*k);
    lemma_node(s, 2*k+1);
    /@ assert g0: span(s.capacity, 2*k) == h && span(s.capacity, 2*k+1) == h && 1 <= h; @/
    /@ assert g1: low(s.capacity, 2*k) == a && low(s.capacity, 2*k+1) == a + h && a + 2*h <= s.capacity; @/
    /@ assert n0: node_is(s, k, h); @/
    lemma_span(s, 2*k, a, h);
    lemma_span(s, 2*k+1, a + h, h);
    if (s.run[2*k] < count) lemma_step(s, k, a, h, count);
  }
*/

/*@ ghost
  /@ requires slots_capacity(s.capacity);
     requires \forall integer q; 1 <= q < s.capacity ==> s.prefix[q] == 0 && s.suffix[q] == 0 && s.run[q] == 0;
     assigns \nothing;
     ensures ib: slots_bounds(s);
     ensures nd: \forall integer k; 1 <= k && 2*k+1 < s.capacity ==> slots_node(s, k);
  @/
  void lemma_zero(struct gnt_slots s) {
    lemma_geometry(s.capacity);
    /@ assert rg: \forall integer k; 1 <= k < s.capacity ==> 0 <= span(s.capacity, k); @/
  }
*/
