/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Errors as data: a code for programs, a message and a hint for people, filled where the fault is and wrapped on the way up. */
#ifndef BASE_ERROR_H
#define BASE_ERROR_H

#include <stdbool.h>

enum error_code {
	ERROR_NONE,
	ERROR_INVALID,     /* input that breaks a rule: XML, an option, a name */
	ERROR_NOT_FOUND,   /* the thing named does not exist */
	ERROR_EXISTS,      /* a thing of that name or key exists already */
	ERROR_STATE,       /* right request, wrong moment: "is not running" */
	ERROR_BUSY,        /* somebody else holds it */
	ERROR_UNSUPPORTED, /* understood, but not to be had here */
	ERROR_SYSTEM,      /* a system call failed */
	ERROR_DATABASE,    /* the state file failed */
	ERROR_PROTOCOL,    /* a peer broke its protocol */
	ERROR_TIMEOUT,     /* no answer in time */
	ERROR_FAILED,      /* a peer or a child process said no */
};

/* An error starts zeroed (ERROR_INIT) and owns its two strings; error_clear() frees them.
 * Every function below accepts err == NULL (the caller does not care). */
struct error {
	enum error_code code;
	char *message; /* owned; one line, no final full stop, names the thing: "disk '/a.img' does not exist" */
	char *hint;    /* owned, may be NULL: the way out */
};

#define ERROR_INIT \
	{ 0 }

/* All setters replace what err held before and return false, so that a function can `return error_set(...)`. */
bool error_set(struct error *err, enum error_code code, const char *format, ...) __attribute__((format(printf, 3, 4)));

/* As error_set(), with ERROR_SYSTEM and ": " strerror(errnum) appended. */
bool error_set_errno(struct error *err, int errnum, const char *format, ...) __attribute__((format(printf, 3, 4)));

/* Puts context before the message: "cannot start 'web1': " + message. The code and the hint stay. */
bool error_wrap(struct error *err, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Sets the hint, replacing an earlier one. */
bool error_hint(struct error *err, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Hands from's content to to (freed first) and leaves from empty. Returns false. */
bool error_move(struct error *to, struct error *from);

bool error_is_set(const struct error *err);
void error_clear(struct error *err);

/* The error's message, or "unknown error": never NULL. Borrowed. */
const char *error_text(const struct error *err);

#endif
