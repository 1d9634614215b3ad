/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Filtering and sorting of a list's machines. */
#include "tui/list_rows.h"

#include "base/memory.h"
#include "base/strv.h"
#include "tui/actions.h"
#include "tui/compare.h"
#include "tui/filter_words.h"

#include <stdlib.h>
#include <string.h>

struct order_by {
	const struct model *model;
	enum sort_key key;
	bool reverse;
};

void list_rows_clear(struct list_rows *rows)
{
	free(rows->rows);
	free(rows->filter);
	*rows = (struct list_rows){ 0 };
}

bool sort_key_descends(enum sort_key key)
{
	return key == SORT_CPU || key == SORT_MEMORY || key == SORT_UPTIME || key == SORT_VCPUS || key == SORT_AUTOSTART;
}

static bool matches(char *const *words, const struct machine *machine, const struct figures *figures)
{
	enum style style;
	char address[ADDRESS_TEXT_SIZE] = "";

	if (figures->address.family != 0)
		address_format(&figures->address, address);
	const char *const texts[] = { machine->name, machine->title, action_state_word(machine, figures, &style), address };

	return filter_matches(words, texts, ARRAY_LENGTH(texts));
}

bool list_rows_matches(const char *filter, const struct machine *machine, const struct figures *figures)
{
	_cleanup_strv_ char **words = filter != NULL ? strv_split(filter, " ") : NULL;

	return matches(words, machine, figures);
}

/* What runs comes first, then what stands still, then what is off. */
static int state_rank(const struct machine *machine)
{
	static const int ranks[RUN_STATE_COUNT] = {
		[RUN_RUNNING] = 0, [RUN_BLOCKED] = 0, [RUN_SHUTDOWN] = 1, [RUN_PAUSED] = 2, [RUN_PMSUSPENDED] = 3, [RUN_CRASHED] = 4,
		[RUN_NOSTATE] = 5, [RUN_SHUTOFF] = 6,
	};

	return ranks[machine->state];
}

/* 0 for what is off, else the longer it runs the greater. */
static int64_t uptime_rank(const struct machine *machine)
{
	return machine_is_active(machine) && machine->run.started_at_ms > 0 ? INT64_MAX - machine->run.started_at_ms : 0;
}

/* 10.0.0.9 before 10.0.0.10, IPv4 before IPv6; those without come last */
static int compare_addresses(const struct ip_address *a, const struct ip_address *b)
{
	if (a->family == b->family)
		return a->family == 0 ? 0 : address_compare(a, b);
	if (a->family == 0 || b->family == 0)
		return a->family == 0 ? 1 : -1;
	return compare_signed(a->family, b->family);
}

static int compare_by(enum sort_key key, const struct model *model, size_t a, size_t b)
{
	const struct machine *x = &model->machines[a];
	const struct machine *y = &model->machines[b];

	switch (key) {
	case SORT_STATE:
		return compare_signed(state_rank(x), state_rank(y));
	case SORT_CPU:
		return compare_signed(model->figures[a].cpu_percent, model->figures[b].cpu_percent);
	case SORT_MEMORY:
		return compare_unsigned(x->memory_kib, y->memory_kib);
	case SORT_UPTIME:
		return compare_signed(uptime_rank(x), uptime_rank(y));
	case SORT_VCPUS:
		return compare_signed(x->vcpus, y->vcpus);
	case SORT_ADDRESS:
		return compare_addresses(&model->figures[a].address, &model->figures[b].address);
	case SORT_TITLE:
		return compare_texts(x->title, y->title);
	case SORT_AUTOSTART:
		return compare_signed(x->autostart, y->autostart);
	case SORT_NAME:
	case SORT_KEYS:
		break;
	}
	return 0;
}

static int compare(const void *a, const void *b, void *userdata)
{
	const struct order_by *by = userdata;
	size_t x = *(const size_t *)a;
	size_t y = *(const size_t *)b;
	int order = compare_by(by->key, by->model, x, y);

	/* the model is by name: its order settles the rest, and always forwards, but for names themselves */
	if (order == 0)
		return by->key == SORT_NAME && by->reverse ? compare_unsigned(y, x) : compare_unsigned(x, y);
	return by->reverse ? -order : order;
}

void list_rows_build(struct list_rows *rows, const struct model *model)
{
	struct order_by by = { model, rows->sort, rows->reverse };
	_cleanup_strv_ char **words = rows->filter != NULL ? strv_split(rows->filter, " ") : NULL;

	free(rows->rows);
	rows->rows = xcalloc(model->count + 1, sizeof *rows->rows);
	rows->count = 0;
	for (size_t i = 0; i < model->count; i++)
		if (matches(words, &model->machines[i], &model->figures[i]))
			rows->rows[rows->count++] = i;
	if (rows->count > 1 && (by.key != SORT_NAME || by.reverse))
		qsort_r(rows->rows, rows->count, sizeof *rows->rows, compare, &by);
}

size_t list_rows_find(const struct list_rows *rows, const struct model *model, int64_t id)
{
	for (size_t i = 0; i < rows->count; i++)
		if (model->machines[rows->rows[i]].id == id)
			return i;
	return rows->count;
}

size_t list_rows_marked(const struct list_rows *rows, const struct model *model, size_t *ret_hidden)
{
	size_t shown = 0;
	size_t all = 0;

	for (size_t i = 0; i < rows->count; i++)
		shown += model->figures[rows->rows[i]].marked;
	for (size_t i = 0; i < model->count; i++)
		all += model->figures[i].marked;
	if (ret_hidden != NULL)
		*ret_hidden = all - shown;
	return shown;
}
