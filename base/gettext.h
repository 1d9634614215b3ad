/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Marks for translation: _() looks a text up, N_() only marks it (in tables). */
#ifndef BASE_GETTEXT_H
#define BASE_GETTEXT_H

#include <libintl.h>

#define _(text) gettext(text)
#define N_(text) (text)

#endif
