/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The model behind the screens. */
#include "tui/model.h"

#include "base/clock.h"
#include "base/json.h"
#include "base/memory.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>

#define HOST_MS        5000
#define CLEARLY_TENTHS 8

static int64_t now_us(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

static int by_id(const void *a, const void *b)
{
	const struct figures *x = a;
	const struct figures *y = b;

	return (x->id > y->id) - (x->id < y->id);
}

/* A machine keeps its place when it starts or stops. */
static int by_name(const void *a, const void *b)
{
	const struct machine *x = a;
	const struct machine *y = b;
	int order = strcasecmp(x->name, y->name);

	return order != 0 ? order : strcmp(x->name, y->name);
}

static bool asked_to_stop(const struct machine *machine)
{
	const char *text = machine->run.detail;

	if (text == NULL || !machine_is_active(machine))
		return false;
	_cleanup_json_ struct json_object *detail = json_parse("run", text, strlen(text), NULL);

	return detail != NULL && json_get_int(detail, "shutdown_asked_ms", 0) != 0;
}

/* Figures for a new list, carried over from the old one by the machines' rows. */
static struct figures *carry_over(struct model *model, const struct machine *machines, size_t count)
{
	struct figures *figures = xcalloc(count + 1, sizeof *figures);

	if (model->count > 0)
		qsort(model->figures, model->count, sizeof *model->figures, by_id);
	for (size_t i = 0; i < count; i++) {
		struct figures key = { .id = machines[i].id, .cpu_percent = -1 };
		const struct figures *old = NULL;

		memset(key.history, HISTORY_UNKNOWN, sizeof key.history);
		memset(key.memory_history, HISTORY_UNKNOWN, sizeof key.memory_history);
		if (model->count > 0)
			old = bsearch(&key, model->figures, model->count, sizeof key, by_id);
		figures[i] = old != NULL ? *old : key;
		figures[i].asked_to_stop = asked_to_stop(&machines[i]);
		if (!machine_is_active(&machines[i])) {
			figures[i].cpu_percent = -1;
			figures[i].cpu_at_us = 0;
			figures[i].history_sum = figures[i].history_samples = 0;
			figures[i].rss_kib = 0;
			figures[i].address.family = 0;
			memset(figures[i].history, HISTORY_UNKNOWN, sizeof figures[i].history);
			memset(figures[i].memory_history, HISTORY_UNKNOWN, sizeof figures[i].memory_history);
		}
	}
	return figures;
}

bool model_refresh(struct model *model, struct error *err)
{
	struct machine *machines;
	size_t count;

	if (!machine_list(model->manager, &machines, &count, err))
		return false;
	if (count > 0)
		qsort(machines, count, sizeof *machines, by_name);
	struct figures *figures = carry_over(model, machines, count);

	addresses_stale(model->addresses);

	machines_free(model->machines, model->count);
	free(model->figures);
	model->machines = machines;
	model->figures = figures;
	model->count = count;
	model->active = 0;
	model->promised_kib = 0;
	for (size_t i = 0; i < count; i++)
		if (machine_is_active(&machines[i])) {
			model->active++;
			model->promised_kib += machines[i].memory_kib;
		}
	return true;
}

bool model_open(struct model *model, struct manager *manager, struct error *err)
{
	*model = (struct model){ .manager = manager, .addresses = addresses_new(manager) };
	host_info_get(&model->host);
	model->host_at_ms = clock_monotonic_ms();
	if (!model_refresh(model, err))
		return false;
	model_tick(model);
	return true;
}

void model_close(struct model *model)
{
	machines_free(model->machines, model->count);
	free(model->figures);
	addresses_free(model->addresses);
	host_info_clear(&model->host);
	*model = (struct model){ 0 };
}

/* What is shown for a load: the number next to it, but the one shown already as long as that is not clearly wrong. An idle guest would
 * else flicker between 0 and 1, which says nothing and is sent down the line each time. */
int figures_settle(int shown, int64_t tenths)
{
	if (shown >= 0 && llabs(tenths - (int64_t)shown * 10) < CLEARLY_TENTHS)
		return shown;
	return (int)((tenths + 5) / 10);
}

/* True when there is a new load. */
static bool measure(struct figures *figures, uint64_t cpu_ns)
{
	int64_t now = now_us();
	int64_t passed_us = now - figures->cpu_at_us;

	if (figures->cpu_at_us == 0 || cpu_ns < figures->cpu_ns)
		figures->cpu_percent = -1;
	else if (passed_us > 100000)
		figures->cpu_percent = figures_settle(figures->cpu_percent, (int64_t)(cpu_ns - figures->cpu_ns) / passed_us);
	else
		return false; /* too short a time to say anything */
	figures->cpu_ns = cpu_ns;
	figures->cpu_at_us = now;
	return figures->cpu_percent >= 0;
}

static void push(uint8_t *history, unsigned percent)
{
	memmove(history, history + 1, HISTORY_BARS - 1);
	history[HISTORY_BARS - 1] = (uint8_t)(percent < 100 ? percent : 100);
}

void figures_add_load(struct figures *figures, int percent, unsigned vcpus, uint64_t memory_kib)
{
	unsigned load = percent < 0 ? 0 : (unsigned)percent / (vcpus > 0 ? vcpus : 1);

	figures->history_sum += load < 100 ? load : 100;
	if (++figures->history_samples < HISTORY_SECONDS)
		return;
	push(figures->history, figures->history_sum / figures->history_samples);
	push(figures->memory_history, memory_kib > 0 ? (unsigned)(figures->rss_kib * 100 / memory_kib) : 0);
	figures->history_sum = figures->history_samples = 0;
}

bool model_tick(struct model *model)
{
	/* shallow copies: the manager wants them side by side */
	_cleanup_free_ struct machine *active = xcalloc(model->active + 1, sizeof *active);
	_cleanup_free_ size_t *index = xcalloc(model->active + 1, sizeof *index);
	_cleanup_free_ struct machine_stats *stats = xcalloc(model->active + 1, sizeof *stats);
	bool stale = false;
	size_t count = 0;

	for (size_t i = 0; i < model->count && count < model->active; i++)
		if (machine_is_active(&model->machines[i])) {
			stale |= run_truth(&model->machines[i].run) != model->machines[i].truth;
			index[count] = i;
			active[count++] = model->machines[i];
		}
	if (count > 0 && machine_stats(model->manager, active, count, STATS_CPU, stats, NULL))
		for (size_t i = 0; i < count; i++) {
			struct figures *figures = &model->figures[index[i]];

			figures->rss_kib = stats[i].rss_kib;
			if (measure(figures, stats[i].cpu_ns))
				figures_add_load(figures, figures->cpu_percent, active[i].vcpus, active[i].memory_kib);
			machine_stats_clear(&stats[i]);
		}
	if (clock_monotonic_ms() - model->host_at_ms >= HOST_MS) {
		host_info_clear(&model->host);
		host_info_get(&model->host);
		model->host_at_ms = clock_monotonic_ms();
	}
	return stale;
}

bool model_look_at_addresses(struct model *model)
{
	char text[ADDRESS_TEXT_SIZE];

	if (!addresses_look(model->addresses, model->machines, model->count))
		return false;
	model->address_columns = 0;
	for (size_t i = 0; i < model->count; i++) {
		struct ip_address *address = &model->figures[i].address;

		address->family = 0;
		if (!machine_is_active(&model->machines[i]) || !addresses_of(model->addresses, model->machines[i].id, address))
			continue;
		address_format(address, text);
		if ((int)strlen(text) > model->address_columns)
			model->address_columns = (int)strlen(text);
	}
	return true;
}

size_t model_find(const struct model *model, int64_t id)
{
	for (size_t i = 0; i < model->count; i++)
		if (model->machines[i].id == id)
			return i;
	return model->count;
}

void model_set_busy(struct model *model, int64_t id, const char *busy)
{
	size_t i = model_find(model, id);

	if (i < model->count)
		model->figures[i].busy = busy;
}
