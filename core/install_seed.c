/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What cloud-init is told, as a part of an installation. */
#include "base/memory.h"
#include "base/strv.h"
#include "base/text.h"
#include "core/install_internal.h"

#include <string.h>

/* Passwords came apart from the text. */
static bool take_passwords(const struct install_request *request, struct seed *seed, struct error *err)
{
	bool made = seed_wants_root_password(request->cloud_init);

	if (seed->user_data != NULL && (made || request->cloud_password != NULL || request->cloud_root_password != NULL))
		return error_set(err, ERROR_INVALID, "cloud-init: user-data= is all of it: passwords go into that file");
	if (made && request->cloud_root_password == NULL)
		return error_set(err, ERROR_INVALID, "cloud-init: a root password was to be made, and was not");
	seed->password = xstrdup_null(request->cloud_password);
	seed->root_password = xstrdup_null(request->cloud_root_password);
	seed->root_password_expires = made;
	return true;
}

/* Can anybody log in? A cloud image has no password of its own. */
static void warn_locked_out(struct installation *installation, const struct seed *seed)
{
	if (seed->user_data == NULL && seed->keys == NULL && seed->root_keys == NULL && seed->password == NULL && seed->root_password == NULL)
		installation->warnings = strv_add(installation->warnings,
						  "cloud-init is given neither a key nor a password: most cloud images let nobody in without");
}

/* A network configuration needs to name its card. */
static const char *first_mac(struct installation *installation)
{
	char mac[MAC_TEXT_SIZE];

	if (installation->network_count == 0)
		return NULL;
	if (installation->networks[0].mac == NULL) {
		mac_make(mac);
		installation->networks[0].mac = xstrdup(mac);
	}
	return installation->networks[0].mac;
}

/* On the bus of the first disk, which the system in it has a driver for: kernels that are made for clouds know virtio, and often no SATA. There it
 * is a disk, since virtio has no CD-ROM; cloud-init goes by the label. */
static void add_drive(struct manager *manager, struct installation *installation)
{
	const char *bus = installation->windows ? "sata" : "virtio";

	for (size_t i = installation->image_count; i-- > 0;)
		if (!installation->images[i].cdrom)
			bus = installation->images[i].bus;
	struct install_image image = {
		.path = machine_seed(manager, installation->uuid),
		.format = xstrdup("raw"),
		.bus = xstrdup(bus),
		.cdrom = !text_equal(bus, "virtio"),
		.readonly = true,
	};

	*ARRAY_ADD(installation->images, installation->image_count) = image;
}

bool install_resolve_seed(struct manager *manager, struct installation *installation, struct error *err)
{
	_cleanup_seed_ struct seed seed = { 0 };

	if (installation->request->cloud_init == NULL)
		return true;
	if (!seed_parse(installation->request->cloud_init, &seed, err) || !take_passwords(installation->request, &seed, err))
		return false;
	warn_locked_out(installation, &seed);
	for (char **warning = seed.warnings; warning != NULL && *warning != NULL; warning++)
		installation->warnings = strv_add(installation->warnings, *warning);
	uuid_make(installation->uuid);
	installation->has_seed = true;
	if (!seed_texts(&seed, installation->name, installation->uuid, first_mac(installation), &installation->seed, err))
		return false;
	add_drive(manager, installation);
	return true;
}
