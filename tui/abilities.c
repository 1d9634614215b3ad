/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The terminal is asked by the terminal's own means; tmux by its command, run beside us. */
#include "tui/abilities.h"

#include "base/memory.h"
#include "tui/job.h"
#include "tui/terminal.h"

#include <stdlib.h>

static void on_tmux(const struct job_result *result, void *userdata)
{
	struct ui *ui = *(struct ui **)userdata;

	if (!result->ok)
		return;
	terminal_answered_by_tmux(ui->term, result->output);
	ui_dirty(ui);
}

void abilities_ask(struct ui *ui)
{
	static const char *const arguments[] = { "internal", "tmux", NULL };
	_cleanup_error_ struct error ignored = ERROR_INIT;

	terminal_ask(ui->term);
	if (multiplexer() != MULTIPLEXER_TMUX || !terminal_tmux_is_due(ui->term))
		return;
	struct ui **whose = xmalloc(sizeof *whose);

	*whose = ui;
	if (!job_run(ui->jobs, arguments, on_tmux, free, whose, &ignored))
		free(whose);
}
