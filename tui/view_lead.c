/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The words for it. */
#include "tui/view_lead.h"

#include "base/gettext.h"
#include "tui/actions.h"
#include "tui/model.h"

void view_lead_trouble(const struct view_session *session, struct strbuf *lead)
{
	const struct machine *machine = view_session_machine(session);
	const struct wire_state *state = view_session_state(session);
	enum style style;

	if (machine == NULL) {
		strbuf_printf(lead, ": %s", _("no longer defined"));
	} else if (state->link != WIRE_CONNECTED && !machine_is_active(machine)) {
		const struct model *model = session->ui->model;
		const struct figures *figures = &model->figures[model_find(model, session->id)];

		strbuf_printf(lead, ": %s, %s", action_state_word(machine, figures, &style),
			      _("waiting for it to start"));
	} else if (state->link != WIRE_CONNECTED) {
		strbuf_printf(lead, ": %s", session->trouble != NULL ? _("not connected") : _("connecting"));
	}
}

void view_lead_kind(const struct view_session *session, struct strbuf *lead)
{
	const struct wire_layout *layout = view_session_layout(session);
	const struct view_window *window = &session->window;

	/* of a screen that is gone its size is no news, and the keys need the room */
	if (!view_session_connected(session) && !session->copy.active)
		return;
	if (window->frozen != NULL) {
		strbuf_puts(lead, _(" [stands still]"));
	} else if (layout->kind == WIRE_KIND_GRID) {
		strbuf_printf(lead, _(" [text %ux%u"), layout->columns, layout->rows);
		if (view_window_share(window) < 100)
			strbuf_printf(lead, " %u%%", view_window_share(window));
		if (view_window_smaller(window))
			strbuf_printf(lead, _(", from row %d"), window->top + 1);
		strbuf_puts(lead, "]");
	} else if (layout->kind == WIRE_KIND_PICTURE) {
		strbuf_printf(lead, _(" [picture %ux%u"), layout->width, layout->height);
		if (session->part.width > 0)
			strbuf_printf(lead, _(", %ux%u of it"), session->part.width, session->part.height);
		strbuf_puts(lead, "]");
	} else if (view_session_connected(session)) {
		strbuf_puts(lead, _(" [nothing shown yet]"));
	}
}
