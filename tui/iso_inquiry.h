/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Finding out in the background what ISOs hold: a job, whose answers are kept in the state and read from there. */
#ifndef TUI_ISO_INQUIRY_H
#define TUI_ISO_INQUIRY_H

struct iso_inquiry;
struct job_list;

/* Begins it: for one ISO, or (path NULL) for all of the host. done is called once, when it is over, well or not; the inquiry is gone then. NULL when it
 * could not begin. */
struct iso_inquiry *iso_inquiry_begin(struct job_list *jobs, const char *path, void (*done)(const char *path, void *userdata), void *userdata);
/* Nobody wants to hear of it any more: done is not called. NULL is nothing. */
void iso_inquiry_drop(struct iso_inquiry *inquiry);

#endif
