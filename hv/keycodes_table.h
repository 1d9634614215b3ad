/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The table behind hv/keycodes.h: one row a key. For hv/keycodes.c alone. */
#ifndef HV_KEYCODES_TABLE_H
#define HV_KEYCODES_TABLE_H

#include <stddef.h>
#include <stdint.h>

/* 0 and NULL: the code set does not know the key. What is not here follows from set1 (see hv/keycodes.c). */
struct keycode_row {
	uint8_t number; /* Linux's */
	const char *name;
	uint16_t set1; /* 0xe0xx: after the prefix e0 */
	uint8_t set3, usb;
	const char *os_x_name; /* without kVK_. NULL: os_x is no code */
	uint8_t os_x;
	const char *win32_name; /* without VK_ */
	uint8_t win32;
	uint32_t keysym;
};
extern const struct keycode_row keycode_rows[];
extern const size_t keycode_row_count;

#endif
