/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What an installation was asked for: what its words mean, and how it is let go. */
#include "base/strv.h"
#include "base/text.h"
#include "core/forward_internal.h"
#include "core/import.h"
#include "core/install_internal.h"

#include <stdlib.h>

bool install_disk_is_new(const struct install_disk *disk)
{
	return disk->size_bytes != 0 || disk->backing != NULL || disk->copy != NULL || disk->content != NULL;
}

void install_disk_clear(struct install_disk *disk)
{
	free(disk->path);
	free(disk->pool);
	free(disk->volume);
	free(disk->format);
	free(disk->backing);
	free(disk->copy);
	import_image_free(disk->content);
	free(disk->backing_format);
	free(disk->bus);
	free(disk->cache);
	free(disk->discard);
	free(disk->io);
	*disk = (struct install_disk){ 0 };
}

void install_request_clear(struct install_request *request)
{
	for (size_t i = 0; i < request->disk_count; i++)
		install_disk_clear(&request->disks[i]);
	free(request->disks);
	strv_free(request->networks);
	free(request->name);
	free(request->proposed_name);
	free(request->cdrom);
	free(request->graphics);
	free(request->password);
	free(request->boot);
	free(request->virt_type);
	free(request->machine);
	free(request->cpu);
	free(request->osinfo);
	free(request->cloud_init);
	free(request->cloud_password);
	free(request->cloud_root_password);
	free(request->title);
	free(request->description);
	*request = (struct install_request){ 0 };
}

void installation_clear(struct installation *installation)
{
	for (size_t i = 0; i < installation->image_count; i++) {
		free(installation->images[i].path);
		free(installation->images[i].format);
		free(installation->images[i].bus);
		free(installation->images[i].pool);
		free(installation->images[i].volume);
		free(installation->images[i].backing);
		free(installation->images[i].backing_format);
		import_image_free(installation->images[i].content);
	}
	free(installation->images);
	for (size_t i = 0; i < installation->network_count; i++) {
		free(installation->networks[i].network);
		free(installation->networks[i].bridge);
		free(installation->networks[i].device);
		free(installation->networks[i].mode);
		free(installation->networks[i].model);
		free(installation->networks[i].mac);
		forwards_free(installation->networks[i].forwards, installation->networks[i].forward_count);
	}
	free(installation->networks);
	free(installation->graphics.listen);
	free(installation->graphics.port);
	free(installation->graphics.keymap);
	free(installation->boot.menu);
	free(installation->boot.kernel);
	free(installation->boot.initrd);
	free(installation->boot.kernel_args);
	free(installation->name);
	free(installation->emulator);
	free(installation->os_name);
	if (installation->system)
		os_system_clear(installation->system);
	free(installation->system);
	seed_texts_clear(&installation->seed);
	strv_free(installation->warnings);
	*installation = (struct installation){ 0 };
}

const char *yes_or_no(const char *word)
{
	if (text_equal(word, "on") || text_equal(word, "yes"))
		return "yes";
	return text_equal(word, "off") || text_equal(word, "no") ? "no" : NULL;
}
