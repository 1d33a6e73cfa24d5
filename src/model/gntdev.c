/* SPDX-License-Identifier: MIT */
/*
 * The driver's instance: open, release and ioctl; user memory; and the environment of env_user.h and env_lock.h but for
 * VMAs. It must neither decode an argument nor touch an array of the state.
 */
#include "env.h"
#include "gntdev.h"

/* ---- memory of a state: every array is an allocation of its own, so that the sanitizer knows its bounds */

static void state_free(struct model *m, const struct gnt_state *s)
{
	env_free(m, s->table.slots.owner);
	env_free(m, s->table.slots.prefix);
	env_free(m, s->table.slots.suffix);
	env_free(m, s->table.slots.run);
	env_free(m, s->table.count);
	env_free(m, s->table.map);
	env_free(m, s->block);
	env_free(m, s->vmas);
	env_free(m, s->calls);
	env_free(m, s->tried);
}

/* All arrays or none: 0 or -ENOMEM. */
static int state_new(struct model *m, u32 capacity, struct gnt_limits *limits, struct gnt_state *s)
{
	void *array[GNT_STATE_ARRAYS] = { NULL };

	for (u32 i = 0; i < GNT_STATE_ARRAYS; i++)
		array[i] = env_alloc(m, gnt_state_array_bytes(i, capacity));
	*s = (struct gnt_state){
		.table.slots = { capacity, array[0], array[1], array[2], array[3] },
		.table.count = array[4], .table.map = array[5],
		.block = array[6], .vmas = array[7], .calls = array[8], .tried = array[9], .limits = limits,
	};
	for (u32 i = 0; i < GNT_STATE_ARRAYS; i++) {
		if (!array[i]) {
			state_free(m, s);
			return -ENOMEM;
		}
	}
	return 0;
}

s32 gnt_env_state_new(struct gnt_file *file, u32 capacity, struct gnt_state *s)
{
	struct mirror *call = mirror_call();

	ensure_open(file->m, "I10: an allocation under the lock");
	ensure(call->spare.table.slots.capacity == 0, "a call has two spare states");
	ensure(gnt_slots_capacity(capacity) == capacity, "I3: a state of a capacity that is not legal");
	if (state_new(file->m, capacity, file->state.limits, s))
		return -GNT_ENOMEM;
	call->spare = *s;
	return 0;
}

static bool same_state(const struct gnt_state *a, const struct gnt_state *b)
{
	return a->table.slots.capacity == b->table.slots.capacity && a->table.slots.owner == b->table.slots.owner
	       && a->table.slots.prefix == b->table.slots.prefix && a->table.slots.suffix == b->table.slots.suffix
	       && a->table.slots.run == b->table.slots.run && a->table.count == b->table.count
	       && a->table.map == b->table.map && a->block == b->block && a->vmas == b->vmas && a->calls == b->calls
	       && a->tried == b->tried && a->limits == b->limits;
}

/* The running call's spare state is no longer its. */
static void spare_given(const struct gnt_state *s)
{
	struct mirror *call = mirror_call();

	ensure(same_state(s, &call->spare), "a state is given away that is not the call's spare one");
	call->spare = (struct gnt_state){ 0 };
}

void gnt_env_replace(struct gnt_file *file, struct gnt_state s)
{
	ensure(file->lock.held, "I10: a state is replaced without the lock");
	ensure(file->old.table.slots.capacity == 0, "a state is replaced twice in a critical section");
	spare_given(&s);
	file->old = file->state;
	file->state = s;
}

void gnt_env_state_free(struct gnt_file *file, struct gnt_state s)
{
	ensure_open(file->m, "I10: memory is freed under the lock");
	spare_given(&s);
	state_free(file->m, &s);
}

/* ---- the lock */

struct gnt_state gnt_env_lock(struct gnt_file *file)
{
	env_lock(file->m, &file->lock);
	mirror_locked(file);
	return file->state;
}

void gnt_env_unlock(struct gnt_file *file, struct gnt_state s)
{
	const struct gnt_state old = file->old;

	ensure(same_state(&s, &file->state), "I10: the lock is released with another state than the instance's");
	mirror_unlocking(file);
	file->old = (struct gnt_state){ 0 };
	env_unlock(file->m, &file->lock);
	if (old.table.slots.capacity)
		state_free(file->m, &old);
}

/* ---- parameters */

u32 gnt_env_limit(void)
{
	ensure_open(env_world(), "I10: a parameter is read under the lock");
	return mirror_call()->limit_said = env_world()->options.limit;
}

u32 gnt_env_is_pv(void)
{
	ensure_open(env_world(), "I10: a parameter is read under the lock");
	return env_world()->options.mode == MODEL_PV;
}

u32 gnt_env_profile(struct gnt_file *file)
{
	ensure_open(file->m, "I10: a parameter is read under the lock");
	return file->profile;
}

/* ---- user memory */

s32 gnt_env_fetch(u8 *to, u64 from, u32 bytes)
{
	ensure(bytes >= 1, "nothing is fetched");
	if (env_copyin(env_world(), to, from, bytes))
		return -GNT_EFAULT;
	mirror_fetched(to, bytes);
	return 0;
}

s32 gnt_env_store_u64(u64 to, u64 value)
{
	mirror_call()->stored_u64 = (struct mirror_number){ value, to };
	return env_copyout(env_world(), to, &value, sizeof(value)) ? -GNT_EFAULT : 0;
}

s32 gnt_env_store_u32(u64 to, u32 value)
{
	mirror_call()->stored_u32 = (struct mirror_number){ value, to };
	return env_copyout(env_world(), to, &value, sizeof(value)) ? -GNT_EFAULT : 0;
}

s32 gnt_env_store_s16(u64 to, s16 value)
{
	mirror_status(to, value);
	return env_copyout(env_world(), to, &value, sizeof(value)) ? -GNT_EFAULT : 0;
}

/* ---- open, release, ioctl */

/* 0 or -ENOMEM (GNT-OPEN-002) */
static int gntdev_open(struct file *file)
{
	struct model *m = file->m;
	struct gnt_file *dev = env_alloc(m, sizeof(*dev));
	struct gnt_limits *limits = env_alloc(m, sizeof(*limits));
	struct gnt_state state;

	if (!dev || !limits || state_new(m, GNT_SLOTS_MIN, limits, &state)) {
		env_free(m, limits);
		env_free(m, dev);
		return -ENOMEM;
	}
	*dev = (struct gnt_file){ .m = m, .state = state, .profile = m->options.profile };
	gnt_state_init(dev->state, dev->profile);
	mirror_opened(dev);
	file->dev = dev;
	return 0;
}

static void gntdev_release(struct file *file)
{
	struct gnt_file *dev = file->dev;
	struct model *m = dev->m;
	struct mirror call;

	mirror_begin(m, &call);
	gnt_release(dev);
	mirror_end(m, &call);
	mirror_closed(dev);
	state_free(m, &dev->state);
	env_free(m, dev->state.limits);
	env_free(m, dev);
	file->dev = NULL;
}

static s64 ask(struct file *file, u32 command, u64 arg, u32 compat)
{
	struct model *m = file->m;
	struct mirror call;
	s32 error;

	mirror_begin(m, &call);
	env_argument(m, 0);
	error = gnt_ioctl(file->dev, command, arg, compat);
	mirror_ioctl(command, arg, error);
	mirror_end(m, &call);
	return error;
}

static s64 gntdev_ioctl(struct file *file, u32 command, u64 arg)
{
	return ask(file, command, arg, 0);
}

static s64 gntdev_compat_ioctl(struct file *file, u32 command, u64 arg)
{
	return ask(file, command, arg, 1);
}

const struct file_ops gntdev_file_ops = {
	.open = gntdev_open,
	.release = gntdev_release,
	.ioctl = gntdev_ioctl,
	.compat_ioctl = gntdev_compat_ioctl,
	.mmap = gntdev_mmap,
};
