/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What to do about a console that has nothing to show: an empty screen says nothing to who sees it for the first time. */
#include "tui/console_advice.h"

#include "base/clock.h"
#include "base/gettext.h"
#include "base/memory.h"
#include "tui/console_session.h"
#include "tui/model.h"
#include "tui/terminal.h"

#define SILENCE_MS 8000 /* most guests have said something by then */

/* Lines of at most 76 columns: they begin in the third of eighty. */
static const char *const no_console[] = {
	N_("This machine has no serial line, so there is nothing to be seen here."),
	"",
	N_("To give it one, leave this screen, edit its XML in its details, and put"),
	N_("this between <devices> and </devices>:"),
	"",
	"  <serial type='pty'/>",
	"",
	N_("It is there from the machine's next start on. A Linux guest speaks on it"),
	N_("when its kernel's command line has console=ttyS0."),
};

static const char *const silence[] = {
	N_("The guest has said nothing here yet."),
	"",
	N_("If it is up, press Enter: a login prompt is drawn anew."),
	"",
	N_("If that does nothing, it does not speak on its serial line. Linux does with"),
	N_("console=ttyS0 on its kernel's command line (installers let you add that to"),
	N_("their boot line), and with a login on ttyS0 once it is installed."),
};

/* Has the machine run for so long that silence is worth a word? */
static bool is_silent(const struct console_session *session)
{
	const struct machine *machine = console_session_machine(session);

	return session->console != NULL && !session->replaying && !session->spoken && machine != NULL &&
	       machine->state == RUN_RUNNING && clock_wall_ms() - machine->run.started_at_ms >= SILENCE_MS &&
	       vt_scrolled(session->vt) == 0 && !session->copy.active;
}

void console_advice_draw(const struct console_session *session, struct terminal *term, int top, int rows)
{
	bool lacking = session->lacking && session->console == NULL && session->run_at_ms == 0;
	const char *const *lines = lacking ? no_console : silence;
	int count = lacking ? (int)ARRAY_LENGTH(no_console) : (int)ARRAY_LENGTH(silence);
	/* not where the cursor stands */
	int first = top + 2;

	if (!lacking && !is_silent(session))
		return;
	for (int i = 0; i < count && first + i < top + rows; i++)
		if (*lines[i] != '\0')
			terminal_put(term, first + i, 2, terminal_columns(term), lacking ? STYLE_NORMAL : STYLE_DIM, _(lines[i]));
}
