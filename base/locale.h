/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The user's characters and language. */
#ifndef BASE_LOCALE_H
#define BASE_LOCALE_H

/* Takes characters and messages from the environment; numbers and dates stay those of the C locale, as scripts read them. A locale that this
 * host does not have (ssh brings the name of another host's) still says whether characters are UTF-8. */
void locale_take(void);

#endif
