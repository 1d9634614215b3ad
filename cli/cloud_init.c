/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Passwords for cloud-init. */
#include "config.h"

#include "base/text.h"
#include "cli/cli.h"
#include "cli/cloud_init.h"
#include "cli/secret.h"
#include "core/seed.h"

/* The password in the file that a part names; "-" asks for it. */
static bool read_password(const char *text, const char *key, const char *question, char **ret, struct error *err)
{
	_cleanup_free_ char *path = seed_value(text, key);

	if (path == NULL)
		return true;
	if (*path == '\0')
		return error_set(err, ERROR_INVALID, _("--cloud-init: %s needs a value"), key);
	*ret = secret_read(path, question, err);
	return *ret != NULL || error_wrap(err, "--cloud-init: %s", key);
}

bool cloud_init_read(const struct arguments *arguments, struct install_request *ret, struct error *err)
{
	const char *text = argument_string(arguments, "cloud-init");
	_cleanup_seed_ struct seed seed = { 0 };

	if (!argument_flag(arguments, "cloud-init"))
		return true;
	if (text == NULL)
		text = "";
	ret->cloud_init = xstrdup(text);
	if (!seed_parse(text, &seed, err))
		return false;
	if (!read_password(text, "password-file", seed.user != NULL ? _("Password of the user:") : _("Password of the image's user:"),
			   &ret->cloud_password, err) ||
	    !read_password(text, "root-password-file", _("Password of root:"), &ret->cloud_root_password, err))
		return false;
	if (!seed_wants_root_password(text))
		return true;
	if (ret->cloud_root_password != NULL)
		return error_set(err, ERROR_INVALID, _("--cloud-init: root-password-file= and root-password-generate= exclude each other"));
	ret->cloud_root_password = seed_make_password();
	return true;
}

void cloud_init_show_password(const struct install_request *request)
{
	if (request->cloud_init == NULL || request->cloud_root_password == NULL || !seed_wants_root_password(request->cloud_init))
		return;
	printf(_("Password for the first login as root: %s\n"), request->cloud_root_password);
	fflush(stdout);
}
