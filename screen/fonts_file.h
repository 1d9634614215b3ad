/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The installed fonts, read once and kept in a file until they change. */
#ifndef SCREEN_FONTS_FILE_H
#define SCREEN_FONTS_FILE_H

#include "screen/fonts.h"

/* The fonts as the file has them; when they have changed since, or there is no file, they are read anew and the file is
 * made (NULL: no file). Never NULL: a file that cannot be made costs time, not fonts. */
struct fonts *fonts_file_load(const char *path);

#endif
