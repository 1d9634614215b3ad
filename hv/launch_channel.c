/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Channels: virtio ports that the guest opens by their names, and the sockets on the host that they lead to. */
#include <stdlib.h>

#include "base/memory.h"
#include "base/strbuf.h"
#include "base/text.h"
#include "hv/launch_build.h"

bool chardev_is_channel(const struct chardev *chardev)
{
	return chardev->channel_target == CHANNEL_VIRTIO &&
	       (chardev->type == CHARDEV_UNIX || chardev->type == CHARDEV_FILE || chardev->type == CHARDEV_NULL);
}

/* Is its socket virtty's to make? */
static bool is_ours(const struct chardev *channel)
{
	return chardev_is_channel(channel) && channel->type == CHARDEV_UNIX && text_empty(channel->path);
}

size_t launch_channel_count(const struct domain *domain)
{
	size_t count = 0;

	for (size_t i = 0; i < domain->channel_count; i++)
		count += is_ours(&domain->channels[i]);
	return count;
}

/* How many of ours come before it. */
static size_t number_of(const struct domain *domain, const struct chardev *channel)
{
	size_t number = 0;

	for (const struct chardev *other = domain->channels; other < channel; other++)
		number += is_ours(other);
	return number;
}

char *launch_channel_socket(const struct domain *domain, const struct chardev *channel, const char *run_directory)
{
	if (is_ours(channel))
		return strf("%s/g%zu", run_directory, number_of(domain, channel));
	return channel->type == CHARDEV_UNIX ? xstrdup_null(channel->path) : NULL;
}

/* QEMU listens on an inherited socket, or on a path when the command is only shown. */
static void add_socket(struct builder *b, struct strbuf *text, const struct chardev *channel)
{
	if (b->resources->first_channel_fd >= 0) {
		strbuf_printf(text, "socket,id=char%s,fd=%d,server=on,wait=off", channel->device.alias,
			      b->resources->first_channel_fd + (int)number_of(b->domain, channel));
	} else {
		_cleanup_free_ char *path = launch_channel_socket(b->domain, channel, b->resources->run_directory);
		_cleanup_free_ char *escaped = build_escape(path);

		strbuf_printf(text, "socket,id=char%s,path=%s,server=on,wait=off", channel->device.alias, escaped);
	}
	if (channel->log_file)
		build_chardev_log(b, text, channel->log_file, !text_equal(channel->log_append, "off"));
}

static bool build_backend(struct builder *b, const struct chardev *channel, const char *what)
{
	_cleanup_strbuf_ struct strbuf text = STRBUF_INIT;

	if (is_ours(channel))
		add_socket(b, &text, channel);
	else if (!build_chardev_backend(b, &text, channel, what))
		return false;
	build_arg(b, "-chardev", text.data);
	return true;
}

static bool build_channel(struct builder *b, const struct chardev *channel, const char *what)
{
	_cleanup_free_ char *chardev = NULL;
	struct json_object *json;

	if (channel->channel_target != CHANNEL_VIRTIO)
		return build_unsupported(b, "use target type 'virtio'", "%s: target type '%s' is not supported yet", what,
					 enum_word(&channel_target_words, (int)channel->channel_target));
	if (!chardev_is_channel(channel))
		return build_unsupported(b, "use type='unix', 'file' or 'null'", "%s: type '%s' is not supported yet", what,
					 enum_word(&chardev_type_words, (int)channel->type));
	if (!device_check_alias(b, &channel->device, what) || !build_backend(b, channel, what))
		return false;
	chardev = strf("char%s", channel->device.alias);
	json = device_new("virtserialport");
	json_set_string(json, "chardev", chardev);
	json_set_string(json, "id", channel->device.alias);
	json_set_string(json, "name", channel->channel_name);
	if (device_add_address(b, &channel->device, what, json))
		return build_device(b, json);
	json_object_put(json);
	return false;
}

bool build_channels(struct builder *b)
{
	for (size_t i = 0; i < b->domain->channel_count; i++) {
		_cleanup_free_ char *what = strf("channel %zu", i);

		if (!build_channel(b, &b->domain->channels[i], what))
			return false;
	}
	return true;
}
