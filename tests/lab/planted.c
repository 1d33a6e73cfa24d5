// SPDX-License-Identifier: GPL-2.0-only
/*
 * Bugs, planted: writing the name of one to /sys/module/planted/parameters/bug commits it. Each is
 * the least that its checker must report; if one is not reported, the silence of the checkers over
 * a driver means nothing. It must be loaded into a kernel that is about to be thrown away.
 */
#include <linux/delay.h>
#include <linux/kfence.h>
#include <linux/kthread.h>
#include <linux/list.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/refcount.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/string.h>
#include <linux/workqueue.h>

static DEFINE_MUTEX(first);
static DEFINE_MUTEX(second);
static DEFINE_SPINLOCK(spin);

/* what the compiler must not know */
static volatile unsigned int ten = 10, seventy = 70;

static void lock_order(void)
{
	mutex_lock(&first);
	mutex_lock(&second);
	mutex_unlock(&second);
	mutex_unlock(&first);
	mutex_lock(&second);
	mutex_lock(&first);
	mutex_unlock(&first);
	mutex_unlock(&second);
}

static void sleep_in_atomic(void)
{
	spin_lock(&spin);
	mutex_lock(&first);
	mutex_unlock(&first);
	spin_unlock(&spin);
}

/* KFENCE watches one object in many. */
static u8 *watched_object(void)
{
	u8 *p = NULL;

	for (int i = 0; i < 10000; i++) {
		p = kmalloc(32, GFP_KERNEL);
		if (is_kfence_address(p))
			return p;
		kfree(p);
		if (i % 8 == 0)
			usleep_range(1000, 2000);
	}
	pr_err("planted: KFENCE gave no object\n");
	return NULL;
}

static void use_after_free(void)
{
	u8 *p = watched_object();

	if (!p)
		return;
	kfree(p);
	READ_ONCE(p[0]);
}

static void out_of_bounds(void)
{
	u8 *p = watched_object();

	if (!p)
		return;
	/* KFENCE puts an object at one end of its page: one of the two is beyond it */
	OPTIMIZER_HIDE_VAR(p);
	READ_ONCE(p[32]);
	READ_ONCE(p[-1]);
	kfree(p);
}

static void double_free(void)
{
	u8 *p = kmalloc(200, GFP_KERNEL);

	OPTIMIZER_HIDE_VAR(p);
	kfree(p);
	kfree(p);
}

static void write_after_free(void)
{
	struct kmem_cache *cache = kmem_cache_create("planted", 128, 0, SLAB_POISON, NULL);
	u8 *p = kmem_cache_alloc(cache, GFP_KERNEL);

	OPTIMIZER_HIDE_VAR(p);
	kmem_cache_free(cache, p);
	WRITE_ONCE(p[64], 1);
	kmem_cache_free(cache, kmem_cache_alloc(cache, GFP_KERNEL));
	kmem_cache_shrink(cache);
	kmem_cache_destroy(cache);
}

static void page_after_free(void)
{
	struct page *page = alloc_page(GFP_KERNEL), *again;
	LIST_HEAD(taken);

	__free_page(page);
	WRITE_ONCE(*(u8 *)page_address(page), 1);
	for (int i = 0; i < 10000; i++) {
		again = alloc_page(GFP_KERNEL);
		if (!again)
			break;
		list_add(&again->lru, &taken);
		if (again == page)
			break;
	}
	while (!list_empty(&taken)) {
		again = list_first_entry(&taken, struct page, lru);
		list_del(&again->lru);
		__free_page(again);
	}
}

/* several, for the last may still be in a register somewhere */
static void leak(void)
{
	for (int i = 0; i < 8; i++)
		memset(kmalloc(100, GFP_KERNEL), i, 100);
}

static void shift(void)
{
	seventy += 1 << seventy;
}

static void bounds(void)
{
	static int table[8];

	table[ten] = 1;
}

static void list_twice(void)
{
	LIST_HEAD(list);
	struct list_head entry;

	list_add(&entry, &list);
	list_del(&entry);
	list_del(&entry);
}

static void nothing(struct work_struct *work)
{
}

static void work_freed(void)
{
	struct delayed_work *work = kmalloc(sizeof(*work), GFP_KERNEL);

	INIT_DELAYED_WORK(work, nothing);
	schedule_delayed_work(work, 100 * HZ);
	kfree(work);
}

static void reference(void)
{
	static refcount_t count = REFCOUNT_INIT(1);

	refcount_dec(&count);
}

static int hung_thread(void *data)
{
	set_current_state(TASK_UNINTERRUPTIBLE);
	schedule_timeout(12 * HZ);
	return 0;
}

static void hang(void)
{
	kthread_run(hung_thread, NULL, "planted-hang");
}

static const struct {
	const char *name;
	void (*commit)(void);
} bugs[] = {
	{ "lock-order", lock_order },
	{ "sleep-in-atomic", sleep_in_atomic },
	{ "use-after-free", use_after_free },
	{ "out-of-bounds", out_of_bounds },
	{ "double-free", double_free },
	{ "write-after-free", write_after_free },
	{ "page-after-free", page_after_free },
	{ "leak", leak },
	{ "shift", shift },
	{ "bounds", bounds },
	{ "list", list_twice },
	{ "work-freed", work_freed },
	{ "reference", reference },
	{ "hang", hang },
};

static int set_bug(const char *value, const struct kernel_param *kp)
{
	for (unsigned int i = 0; i < ARRAY_SIZE(bugs); i++) {
		if (sysfs_streq(value, bugs[i].name)) {
			bugs[i].commit();
			return 0;
		}
	}
	return -EINVAL;
}

static const struct kernel_param_ops bug_ops = { .set = set_bug };

module_param_cb(bug, &bug_ops, NULL, 0200);
MODULE_PARM_DESC(bug, "Name of the bug to commit");

MODULE_DESCRIPTION("Bugs that the kernel's checkers must report");
MODULE_LICENSE("GPL");
