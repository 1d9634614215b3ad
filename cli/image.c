/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Looking up what commands about images name, and what a new one is to be like. */
#include "config.h"

#include "cli/image.h"

#include "base/text.h"
#include "cli/suboptions.h"

#include <string.h>

bool cli_image(struct cli *cli, const char *name, const char *format, const char *secret, struct image_name *ret,
	       struct error *err)
{
	return cli_manager(cli, err) &&
	       image_name_find(cli->manager, cli_string(cli, name), format != NULL ? cli_string(cli, format) : NULL,
			       secret != NULL ? cli_string(cli, secret) : NULL, ret, err);
}

bool cli_backing(struct cli *cli, const char *name, const char *format, struct image_name *ret, bool *ret_given,
		 struct error *err)
{
	*ret_given = cli_string(cli, name) != NULL;
	if (!*ret_given)
		return cli_string(cli, format) == NULL || cli_usage(cli, err, _("--%s needs --%s"), format, name);
	if (!cli_image(cli, name, format, NULL, ret, err))
		return false;
	if (ret->stated)
		return true;
	error_set(err, ERROR_INVALID,
		  _("the format of '%s' is not stated: a guest can write any head into a raw image"), ret->path);
	error_hint(err, _("--%s says it"), format);
	image_name_clear(ret);
	return false;
}

static bool read_switch(const struct suboptions *parts, const char *key, bool *ret, struct error *err)
{
	const char *value = suboption_value(parts, key);

	if (value == NULL)
		return true;
	*ret = text_equal(value, "on") || text_equal(value, "yes") || value[0] == '\0';
	return *ret || text_equal(value, "off") || text_equal(value, "no") ||
	       error_set(err, ERROR_INVALID, _("--options: %s is on or off, not '%s'"), key, value);
}

/* The option, or its part in -o; both are one too many. */
static bool read_text(struct cli *cli, const struct suboptions *parts, const char *option, const char *key,
		      const char **ret, struct error *err)
{
	*ret = suboption_value(parts, key);
	if (cli_string(cli, option) != NULL && *ret != NULL)
		return cli_usage(cli, err, _("--%s and --options %s= are the same: one of them is enough"), option,
				 key);
	if (*ret == NULL)
		*ret = cli_string(cli, option);
	return true;
}

bool cli_image_options(struct cli *cli, struct image_options *ret, struct suboptions *parts, struct error *err)
{
	const char *text = cli_string(cli, "options"), *cluster = NULL;

	ret->lazy_refcounts = cli_flag(cli, "lazy-refcounts");
	ret->nocow = cli_flag(cli, "nocow");
	cli->usage = true;
	if (text != NULL && !suboptions_parse("options", text, NULL,
					      "preallocation cluster_size compat lazy_refcounts nocow", parts, err))
		return false;
	if (!read_text(cli, parts, "preallocation", "preallocation", &ret->preallocation, err) ||
	    !read_text(cli, parts, "compat", "compat", &ret->compat, err) ||
	    !read_text(cli, parts, "cluster-size", "cluster_size", &cluster, err) ||
	    !read_switch(parts, "lazy_refcounts", &ret->lazy_refcounts, err) ||
	    !read_switch(parts, "nocow", &ret->nocow, err))
		return false;
	if (cluster != NULL && !size_parse(cluster, "b", &ret->cluster_bytes, err))
		return error_wrap(err, "--cluster-size");
	cli->usage = false;
	return true;
}
