/* SPDX-License-Identifier: GPL-2.0-or-later */
/* QMP messages as raw bytes: where one ends in a stream, where its members lie, its id replaced. No tree is ever built here. */
#ifndef HV_QMP_SCAN_H
#define HV_QMP_SCAN_H

#include "base/error.h"
#include "base/strbuf.h"

#include <stdbool.h>
#include <stddef.h>

/* ---- a stream cut into messages ---- */

/* Cuts a byte stream into JSON objects by counting braces outside strings, as QEMU does (a line end is not needed). Zeroed with a
 * limit set is ready for use. */
struct qmp_framer {
	size_t limit;         /* bytes of one message */
	struct strbuf kept;   /* a message's beginning, kept between feeds */
	unsigned depth;
	bool in_string, escaped;
	bool skipping;        /* after garbage: everything up to the end of the line */
	bool delivered;       /* kept holds a message that was handed out */
};

enum qmp_frame {
	QMP_FRAME_MORE,     /* all bytes were taken, no message is whole yet */
	QMP_FRAME_MESSAGE,
	QMP_FRAME_GARBAGE,  /* something that cannot begin a message; the rest of its line will be skipped */
	QMP_FRAME_TOO_LONG, /* over the limit: the stream cannot be followed any more */
};

/* Takes bytes up to the end of one message; *ret_used of them were taken. A message (*ret_text) is borrowed: from bytes when it lies
 * there whole, else from the framer until the next feed. */
enum qmp_frame qmp_framer_feed(struct qmp_framer *framer, const char *bytes, size_t length, size_t *ret_used, const char **ret_text,
			       size_t *ret_length);
void qmp_framer_clear(struct qmp_framer *framer);

/* ---- one message ---- */

enum qmp_key {
	QMP_KEY_EXECUTE,
	QMP_KEY_EXEC_OOB,
	QMP_KEY_ARGUMENTS,
	QMP_KEY_ID,
	QMP_KEY_RETURN,
	QMP_KEY_ERROR,
	QMP_KEY_EVENT,
	QMP_KEY_GREETING, /* "QMP" */
	QMP_KEY_COUNT
};

struct qmp_span {
	size_t at, length; /* length 0: absent */
};

/* Where the known members of a message lie: their names (with quotes) and their values. */
struct qmp_message {
	struct qmp_span name[QMP_KEY_COUNT];
	struct qmp_span value[QMP_KEY_COUNT];
};

#define QMP_DEPTH_LIMIT 1024

/* Checks that text is one strict JSON object in UTF-8 and finds its known members. A known member twice, or a member name with an escape
 * in it at the top (it could hide one), is an error. */
bool qmp_scan(const char *text, size_t length, struct qmp_message *ret, struct error *err);

/* Is the value of key the plain string word? */
bool qmp_value_is(const char *text, const struct qmp_message *message, enum qmp_key key, const char *word);
/* A plain string value, copied; NULL when it is absent, no string, or has escapes. Owned. */
char *qmp_value_string(const char *text, const struct qmp_message *message, enum qmp_key key);

/* Appends the message to out with its id's value replaced by the raw JSON value id. A message without an id gets one; with id NULL a
 * message loses its own. */
void qmp_replace_id(struct strbuf *out, const char *text, size_t length, const struct qmp_message *message, const char *id,
		    size_t id_length);

#endif
