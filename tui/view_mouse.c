/* SPDX-License-Identifier: GPL-2.0-or-later */
/* From cells and pixels of the terminal to the guest's. */
#include "tui/view_mouse.h"

#include "tui/terminal.h"

bool view_mouse_is_guests(const struct view_session *session)
{
	return view_session_shows_text(session) == session->other_mouse;
}

/* Where in the guest's screen the mouse is: to the pixel where the terminal tells, else in the middle of a cell. */
static bool point_of(const struct view_session *session, const struct mouse *mouse, unsigned *ret_x, unsigned *ret_y)
{
	const struct wire_layout *layout = view_session_layout(session);
	const struct terminal_abilities *can = terminal_abilities(session->ui->term);
	bool text = view_session_shows_text(session);
	int top = text ? session->window.top : 0, left = text ? session->window.left : 0;

	if (!mouse->pixels)
		return view_pixel(layout, mouse->row + top, mouse->column + left, ret_x, ret_y);
	return view_pixel_exact(layout, mouse->x + left * (int)can->cell_width,
				(mouse->row + top) * (int)can->cell_height + mouse->y % (int)can->cell_height,
				can->cell_width, can->cell_height, ret_x, ret_y);
}

void view_mouse_to_guest(struct view_session *session, const struct mouse *mouse)
{
	uint8_t bit = mouse->button >= 1 && mouse->button <= 5 ? (uint8_t)(1 << (mouse->button - 1)) : 0;
	uint8_t buttons = session->buttons;
	unsigned x, y;

	if (!point_of(session, mouse, &x, &y))
		return;
	if (mouse->action == MOUSE_RELEASE) /* some terminals do not say which button was let go */
		buttons = bit != 0 ? (uint8_t)(buttons & ~bit) : 0;
	else if (mouse->action == MOUSE_PRESS && mouse->button <= 3)
		buttons |= bit;
	if (mouse->action == MOUSE_PRESS && mouse->button > 3) /* a notch of the wheel */
		view_session_point(session, x, y, buttons | bit);
	view_session_point(session, x, y, buttons);
}
