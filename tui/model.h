/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The machines as the screens see them: the manager's list, kept fresh, with what only a front end knows: CPU load and jobs under way. */
#ifndef TUI_MODEL_H
#define TUI_MODEL_H

#include "core/addresses.h"
#include "core/manager.h"

#define HISTORY_BARS      60  /* that are kept */
#define HISTORY_SECONDS   5   /* that one bar stands for: few bars change in a second, so an idle screen costs few bytes */
#define HISTORY_UNKNOWN   255

struct figures {
	int64_t id; /* of the machine */
	bool marked; /* by the user, to be acted on with others */
	uint64_t cpu_ns;
	int64_t cpu_at_us;
	int cpu_percent; /* of one CPU; -1: not known yet, or off */
	uint8_t history[HISTORY_BARS]; /* load of all its CPUs in percent, the newest last; HISTORY_UNKNOWN: not measured */
	uint64_t rss_kib; /* what it holds of the host's memory; 0: off, or not known yet */
	uint8_t memory_history[HISTORY_BARS]; /* the same in percent of what it was promised, at the times of history */
	unsigned history_sum, history_samples; /* of the bar to come */
	struct ip_address address; /* that it is reached by; family 0: none is known */
	bool asked_to_stop; /* its guest was asked to shut down and has not yet */
	const char *busy; /* what a job does with it now ("starting"); NULL: nothing. Borrowed: a constant */
};

struct model {
	struct manager *manager;
	struct machine *machines; /* owned, by name */
	struct figures *figures;  /* owned, one for each machine, same order */
	size_t count;
	size_t active;
	uint64_t promised_kib; /* memory of the active ones */
	struct addresses *addresses; /* owned */
	int address_columns; /* the longest of the addresses known; 0: none is */
	struct host_info host;
	int64_t host_at_ms;
};

/* Reads everything once. */
bool model_open(struct model *model, struct manager *manager, struct error *err);
void model_close(struct model *model);
/* Reads the list anew. On failure the old one stays. */
bool model_refresh(struct model *model, struct error *err);
/* A second has passed: CPU load of the active machines. True when a machine is no longer what its row says (its keeper or QEMU died): refresh. */
bool model_tick(struct model *model);
/* Asks which addresses the active machines have: cheap, but not before the first screen is there. True when one is different. */
bool model_look_at_addresses(struct model *model);
/* Index of a machine by row; model->count when it is gone. */
size_t model_find(const struct model *model, int64_t id);
/* The percentage to show for a load in tenths of a percent, where shown (-1: nothing) stood before. */
int figures_settle(int shown, int64_t tenths);
/* Adds a measured load (of one CPU) to the bars; the memory's go with them. */
void figures_add_load(struct figures *figures, int percent, unsigned vcpus, uint64_t memory_kib);
void model_set_busy(struct model *model, int64_t id, const char *busy);

#endif
