/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the bottom line says of a machine's screen. */
#ifndef TUI_VIEW_LEAD_H
#define TUI_VIEW_LEAD_H

#include "base/strbuf.h"
#include "tui/view_session.h"

/* Why nothing is live: ": shut off, waiting for it to start"; nothing when it is. */
void view_lead_trouble(const struct view_session *session, struct strbuf *lead);
/* What is seen: " [text 80x25]", " [text 160x50 97%, from row 1]", " [picture 1024x768]". */
void view_lead_kind(const struct view_session *session, struct strbuf *lead);

#endif
