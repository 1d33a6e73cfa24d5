/* SPDX-License-Identifier: MIT */
/* What is remarkable about a call of which a device's answer differs from the model's: for tests/cosim.rules. */
#pragma once
#include <stdio.h>
#include "../fuzz/execute.h"

/* One line's end: " op=map model=ok device=-EFAULT facts=,header-read-only," of call @i. */
void cosim_facts(FILE *to, const struct program *p, unsigned int i, const struct outcome *model, const struct outcome *device);
