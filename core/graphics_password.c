/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The VNC password of a machine, where it is kept as a secret. */
#include "core/graphics_password.h"

#include "base/file.h"
#include "base/memory.h"
#include "base/text.h"
#include "core/secret.h"
#include "hv/domain.h"

#include <stdlib.h>
#include <string.h>

/* A file's last line end is not part of what somebody types. Owned; NULL on error. */
static char *read_password(struct manager *manager, const struct secret *secret, struct error *err)
{
	_cleanup_free_ char *path = secret_file(manager, secret, err);
	char *value = NULL, *password = NULL;
	size_t length = 0;

	if (path == NULL || !file_read(path, SECRET_SIZE_LIMIT, &value, &length, err))
		return NULL;
	size_t kept = length;

	while (kept > 0 && (value[kept - 1] == '\n' || value[kept - 1] == '\r'))
		kept--;
	if (kept > VNC_PASSWORD_MAX)
		error_set(err, ERROR_INVALID, "the secret 'vnc %s' has %zu characters; VNC has room for %d", secret->usage_id, kept,
			  VNC_PASSWORD_MAX);
	else if (kept == 0)
		error_set(err, ERROR_INVALID, "the secret 'vnc %s' is empty", secret->usage_id);
	else
		password = xstrndup(value, kept);
	secret_value_free(value, length);
	return password;
}

static bool wants_password(const struct graphics *graphics)
{
	return graphics->type == GRAPHICS_VNC && text_empty(graphics->password);
}

bool graphics_take_passwords(struct manager *manager, struct domain *domain, struct error *err)
{
	_cleanup_error_ struct error none = ERROR_INIT;
	_cleanup_free_ char *key = strf("vnc %s", domain->name);
	struct secret secret = { 0 };
	bool ok = true, wanted = false;

	for (size_t i = 0; i < domain->graphics_count; i++)
		wanted = wanted || wants_password(&domain->graphics[i]);
	if (!wanted)
		return true;
	if (!secret_find(manager, key, &secret, &none))
		return none.code == ERROR_NOT_FOUND || error_move(err, &none);
	for (size_t i = 0; ok && i < domain->graphics_count; i++) {
		struct graphics *graphics = &domain->graphics[i];

		if (!wants_password(graphics))
			continue;
		free(graphics->password);
		graphics->password = read_password(manager, &secret, err);
		ok = graphics->password != NULL;
	}
	secret_clear(&secret);
	return ok;
}
