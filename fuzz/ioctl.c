/* SPDX-License-Identifier: MIT */
/*
 * Target: any bytes are a program (program.h), which runs on the model. What must hold is on_model.h's to say.
 */
#include "on_model.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct program p;
	static struct on_model o;

	program_decode(&p, data, size);
	on_model_begin(&o, &p, NULL);
	execute(&p, &o.machine, NULL, NULL);
	on_model_end(&o);
	return 0;
}
