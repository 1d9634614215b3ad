/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Errors as data: set, wrapped, moved and freed. */
#include "base/error.h"
#include "base/memory.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

/* message is taken over; what it was made from may lie in err, so err is freed only now. */
static bool replace(struct error *err, enum error_code code, char *message)
{
	error_clear(err);
	err->code = code;
	err->message = message;
	return false;
}

bool error_set(struct error *err, enum error_code code, const char *format, ...)
{
	va_list ap;

	if (err == NULL)
		return false;
	va_start(ap, format);
	char *message = vstrf(format, ap);

	va_end(ap);
	return replace(err, code, message);
}

bool error_set_errno(struct error *err, int errnum, const char *format, ...)
{
	va_list ap;

	if (err == NULL)
		return false;
	va_start(ap, format);
	_cleanup_free_ char *context = vstrf(format, ap);

	va_end(ap);
	return replace(err, ERROR_SYSTEM, strf("%s: %s", context, strerror(errnum)));
}

bool error_wrap(struct error *err, const char *format, ...)
{
	va_list ap;

	if (err == NULL)
		return false;
	va_start(ap, format);
	_cleanup_free_ char *context = vstrf(format, ap);

	va_end(ap);
	char *message = strf("%s: %s", context, error_text(err));

	free(err->message);
	err->message = message;
	if (err->code == ERROR_NONE)
		err->code = ERROR_FAILED;
	return false;
}

bool error_hint(struct error *err, const char *format, ...)
{
	va_list ap;

	if (err == NULL)
		return false;
	va_start(ap, format);
	char *hint = vstrf(format, ap);

	va_end(ap);
	free(err->hint);
	err->hint = hint;
	return false;
}

bool error_move(struct error *to, struct error *from)
{
	if (to == from || from == NULL)
		return false;
	if (to == NULL) {
		error_clear(from);
		return false;
	}
	error_clear(to);
	*to = *from;
	*from = (struct error)ERROR_INIT;
	return false;
}

bool error_is_set(const struct error *err)
{
	return err != NULL && err->code != ERROR_NONE;
}

void error_clear(struct error *err)
{
	if (err == NULL)
		return;
	free(err->message);
	free(err->hint);
	*err = (struct error)ERROR_INIT;
}

const char *error_text(const struct error *err)
{
	return err != NULL && err->message != NULL ? err->message : "unknown error";
}
