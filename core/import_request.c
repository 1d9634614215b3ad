/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The machine of an envelope as a request to install.h: what QEMU has is taken as it is, the rest by what comes nearest, with a word. */
#include "base/memory.h"
#include "base/strbuf.h"
#include "base/strv.h"
#include "base/text.h"
#include "base/xml.h"
#include "core/import_internal.h"

#include <stdlib.h>
#include <string.h>

#define MIB	  (UINT64_C(1) << 20)
#define IDE_PLACES 4

static void note(struct import_appliance *appliance, char *text)
{
	if (strv_contains(appliance->notes, text))
		free(text);
	else
		appliance->notes = strv_take(appliance->notes, text);
}

/* ---- the system ---- */

/* What VMware and VirtualBox call systems, as osinfo does, where a choice hangs on it. The first that begins the name counts. */
static const struct {
	const char *begins, *osinfo;
} systems[] = {
	{ "windows2022", "win2k22" }, { "windows2019", "win2k19" }, { "windows2016", "win2k16" }, { "windows2012", "win2k12" },
	{ "windows11", "win11" },     { "windows12", "win11" },	    { "windows10", "win10" },	  { "windows9srv", "win2k16" },
	{ "windows9", "win10" },      { "windows8srv", "win2k12" }, { "windows81", "win8.1" },	  { "windows8", "win8" },
	{ "windows7", "win7" },	      { "winVista", "winvista" },   { "winXP", "winxp" },	  { "winNet", "win2k3" },
	{ "debian12", "debian12" },   { "debian11", "debian11" },   { "debian10", "debian10" },	  { "debian9", "debian9" },
};

/* Owned; NULL: not told. */
static char *guess_system(const struct ovf *ovf)
{
	for (size_t i = 0; ovf->os_type != NULL && i < ARRAY_LENGTH(systems); i++)
		if (strncasecmp(ovf->os_type, systems[i].begins, strlen(systems[i].begins)) == 0)
			return xstrdup(systems[i].osinfo);
	/* of which release, nobody says; but what it needs of a machine is alike */
	if (ovf->os_text != NULL && strcasestr(ovf->os_text, "windows") != NULL)
		return xstrdup("win10");
	return NULL;
}

static void put_machine(struct import_appliance *appliance, struct install_request *request)
{
	const struct ovf *ovf = &appliance->ovf;
	const char *description = ovf->description != NULL ? ovf->description : ovf->product;

	if (request->memory_mib == 0)
		request->memory_mib = (ovf->memory_bytes + MIB - 1) / MIB;
	if (request->vcpus == 0 && ovf->vcpus > 0 && ovf->vcpus <= 4096)
		request->vcpus = (unsigned)ovf->vcpus;
	if (request->osinfo == NULL)
		request->osinfo = guess_system(ovf);
	if (request->description == NULL && description != NULL && xml_text_valid(description))
		request->description = xstrdup(description);
	if (request->boot == NULL && ovf->efi)
		request->boot = xstrdup("uefi");
	if (ovf->secure_boot)
		note(appliance, xstrdup("Secure Boot: it starts without; 'virtty edit' adds it"));
}

/* A name that machines may have, of what it is called. */
static void put_name(const struct import_appliance *appliance, struct install_request *request)
{
	const char *slash = strrchr(appliance->path, '/');
	const char *names[] = { appliance->ovf.name, appliance->ovf.id };

	if (request->name != NULL)
		return;
	for (size_t i = 0; i < ARRAY_LENGTH(names); i++)
		if (names[i] != NULL && name_check("name", names[i], NULL)) {
			request->proposed_name = xstrdup(names[i]);
			return;
		}
	const char *base = slash != NULL ? slash + 1 : appliance->path, *dot = strrchr(base, '.');

	request->proposed_name = xstrndup(base, dot != NULL && dot != base ? (size_t)(dot - base) : strlen(base));
}

/* ---- disks ---- */

/* Are all on IDE, and are there no more than an old PC takes? */
static bool fits_ide(const struct import_appliance *appliance)
{
	size_t disks = 0;

	for (size_t i = 0; i < appliance->drive_count; i++) {
		if (!appliance->drives[i].cdrom && appliance->drives[i].bus != OVF_BUS_IDE)
			return false;
		disks += !appliance->drives[i].cdrom;
	}
	return disks > 0 && appliance->drive_count <= IDE_PLACES;
}

/* SATA is what every system since has a driver for, and what QEMU has no twin of goes there. */
static const char *bus_for(struct import_appliance *appliance, const struct import_drive *drive, const char *wanted, bool ide)
{
	if (drive->cdrom)
		return ide ? "ide" : "sata";
	if (wanted != NULL)
		return wanted;
	if (ide)
		return "ide";
	if (drive->bus == OVF_BUS_SCSI || drive->bus == OVF_BUS_NVME)
		note(appliance, strf("its %s controller%s%s%s: the disk is on SATA; where the system has virtio drivers, --bus virtio is faster",
				     enum_word(&ovf_bus_words, (int)drive->bus), drive->controller != NULL ? " '" : "",
				     drive->controller != NULL ? drive->controller : "", drive->controller != NULL ? "'" : ""));
	return "sata";
}

static void put_disks(struct import_appliance *appliance, const char *bus, const char *pool, const char *format, struct install_request *request)
{
	bool ide = bus == NULL ? fits_ide(appliance) && request->machine == NULL : strcmp(bus, "ide") == 0;

	if (ide && request->machine == NULL)
		request->machine = xstrdup("pc");
	for (size_t i = 0; i < appliance->drive_count; i++) {
		const struct import_drive *drive = &appliance->drives[i];
		struct install_disk *disk = ARRAY_ADD(request->disks, request->disk_count);

		disk->pool = xstrdup_null(pool);
		disk->format = xstrdup_null(drive->cdrom ? "raw" : format);
		disk->bus = xstrdup(bus_for(appliance, drive, bus, ide));
		disk->cdrom = drive->cdrom;
		if (drive->image != NULL)
			disk->content = import_image_copy(drive->image);
		/* what the envelope says is what the guest saw */
		if (drive->image == NULL || drive->image->virtual_bytes < drive->size_bytes)
			disk->size_bytes = drive->size_bytes;
	}
	request->no_disks = request->disk_count == 0;
}

/* ---- networks ---- */

static const struct {
	const char *theirs, *ours;
} cards[] = {
	{ "E1000e", "e1000e" }, { "E1000", "e1000" }, { "VmxNet3", "vmxnet3" }, { "PCNet32", "pcnet" }, { "virtio", "virtio" },
};

static const char *card_for(struct import_appliance *appliance, const struct ovf_nic *nic)
{
	for (size_t i = 0; nic->model != NULL && i < ARRAY_LENGTH(cards); i++)
		if (strncasecmp(nic->model, cards[i].theirs, strlen(cards[i].theirs)) == 0)
			return cards[i].ours;
	if (nic->model != NULL)
		note(appliance, strf("its network card '%s': it is an e1000", nic->model));
	return "e1000";
}

static void put_networks(struct import_appliance *appliance, struct install_request *request)
{
	const struct ovf *ovf = &appliance->ovf;

	if (request->networks != NULL)
		return;
	if (ovf->nic_count == 0)
		request->networks = strv_add(NULL, "none");
	for (size_t i = 0; i < ovf->nic_count; i++) {
		const struct ovf_nic *nic = &ovf->nics[i];
		struct strbuf text = STRBUF_INIT;

		strbuf_puts(&text, "user");
		strbuf_put_part(&text, "model", card_for(appliance, nic));
		if (nic->mac != NULL)
			strbuf_put_part(&text, "mac", nic->mac);
		request->networks = strv_take(request->networks, strbuf_take(&text));
		if (nic->network != NULL)
			note(appliance, strf("its network '%s': the card has user networking; --network chooses another", nic->network));
	}
}

bool import_appliance_request(struct import_appliance *appliance, const char *bus, const char *pool, const char *format,
			      struct install_request *request, struct error *err)
{
	if (appliance->drive_count == 0)
		return error_set(err, ERROR_INVALID, "'%s' has no disk", appliance->path);
	put_machine(appliance, request);
	put_name(appliance, request);
	put_disks(appliance, bus, pool, format, request);
	put_networks(appliance, request);
	request->import = true;
	for (char **line = appliance->ovf.notes; line != NULL && *line != NULL; line++)
		appliance->notes = strv_add(appliance->notes, *line);
	strv_free(appliance->ovf.notes);
	appliance->ovf.notes = NULL;
	return true;
}
