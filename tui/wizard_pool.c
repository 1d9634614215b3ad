/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The wizard's pools: the first choice is a place by its path, the others are pools. */
#include "tui/wizard_pool.h"

#include "base/gettext.h"
#include "base/memory.h"
#include "base/strv.h"
#include "base/text.h"

#include <stdlib.h>
#include <string.h>

void wizard_pools_clear(struct wizard *wizard)
{
	for (size_t i = 0; i < wizard->pool_count; i++)
		free(wizard->pools[i].name);
	free(TAKE_POINTER(wizard->pools));
	wizard->pool_count = 0;
}

const struct wizard_pool *wizard_pool(const struct wizard *wizard)
{
	size_t at = wizard->choice[WIZARD_POOL];

	return at > 0 && at <= wizard->pool_count ? &wizard->pools[at - 1] : NULL;
}

static void add(struct wizard *wizard, const char *name, uint64_t available)
{
	*ARRAY_ADD(wizard->pools, wizard->pool_count) = (struct wizard_pool){ xstrdup(name), available };
}

void wizard_give_pool(struct wizard *wizard, const char *name)
{
	add(wizard, name, 0);
	wizard->choice[WIZARD_POOL] = wizard->pool_count;
}

/* Others' volumes are made by their servers. */
static bool makes_volumes(enum pool_type type)
{
	return type == POOL_DIR || type == POOL_FS || type == POOL_NETFS || type == POOL_LOGICAL || type == POOL_DISK;
}

void wizard_take_pools(struct wizard *wizard, const struct pool_row *pools, size_t count)
{
	const struct wizard_pool *chosen = wizard_pool(wizard);
	_cleanup_free_ char *name = chosen != NULL ? xstrdup(chosen->name) : NULL;
	bool found = name == NULL;

	wizard_pools_clear(wizard);
	wizard->choice[WIZARD_POOL] = 0;
	for (size_t i = 0; i < count; i++) {
		bool is_chosen = text_equal(pools[i].name, name);

		/* the directory of the default one is proposed as it is */
		if (!is_chosen && (!pools[i].active || !makes_volumes(pools[i].type) || text_equal(pools[i].name, "default")))
			continue;
		add(wizard, pools[i].name, pools[i].figures.available);
		if (is_chosen)
			wizard->choice[WIZARD_POOL] = wizard->pool_count;
		found |= is_chosen;
	}
	/* gone, or never there: it is refused by its name when the machine is made */
	if (!found)
		wizard_give_pool(wizard, name);
}

char **wizard_pool_choices(const struct wizard *wizard)
{
	char **words = strv_add(NULL, _("a file: its place is below"));

	for (size_t i = 0; i < wizard->pool_count; i++)
		words = strv_addf(words, _("pool %s"), wizard->pools[i].name);
	return words;
}
