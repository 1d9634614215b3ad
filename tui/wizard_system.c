/* SPDX-License-Identifier: GPL-2.0-or-later */
/* From an ISO's system to the wizard's fields. */
#include "tui/wizard_system.h"

#include "base/gettext.h"
#include "base/memory.h"
#include "base/text.h"
#include "hv/arch.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define MIB (UINT64_C(1) << 20)
#define GIB (UINT64_C(1) << 30)

/* The fields that an ISO's system has something to say about. */
static const enum wizard_field fields[WIZARD_OWN_COUNT] = { WIZARD_SYSTEM, WIZARD_MEMORY, WIZARD_VCPUS, WIZARD_SIZE };

/* Where a field is among them; WIZARD_OWN_COUNT: it is none. */
static size_t own_place(enum wizard_field field)
{
	size_t at = 0;

	while (at < WIZARD_OWN_COUNT && fields[at] != field)
		at++;
	return at;
}

static bool is_own(const struct wizard *wizard, size_t at)
{
	const char *text = wizard->text[fields[at]];

	return wizard->own[at] != NULL && text_equal(text != NULL ? text : "", wizard->own[at]);
}

/* What is recommended for one of them; NULL: nothing is. Owned. */
static char *recommended(const struct os_system *system, enum wizard_field field, uint64_t host_memory_kib, unsigned cpus)
{
	struct os_resources wants = os_wants(system);

	switch ((int)field) {
	case WIZARD_SYSTEM:
		return xstrdup(system->short_id != NULL ? system->short_id : system->id);
	case WIZARD_MEMORY:
		if (host_memory_kib != 0 && wants.memory_bytes / 1024 > host_memory_kib && system->minimum.memory_bytes / 1024 <= host_memory_kib)
			wants.memory_bytes = system->minimum.memory_bytes;
		return wants.memory_bytes >= MIB ? strf("%" PRIu64, wants.memory_bytes / MIB) : NULL;
	case WIZARD_VCPUS:
		return wants.cpus > 1 && (cpus == 0 || wants.cpus <= cpus) ? strf("%u", wants.cpus) : NULL;
	case WIZARD_SIZE:
		return wants.disk_bytes >= MIB ? strf("%" PRIu64, (wants.disk_bytes + GIB - 1) / GIB) : NULL;
	default:
		return NULL;
	}
}

/* Was it said on the command line? */
static bool is_given(const struct wizard *wizard, enum wizard_field field)
{
	const struct install_request *given = &wizard->given;

	switch ((int)field) {
	case WIZARD_SYSTEM:
		return given->osinfo != NULL;
	case WIZARD_MEMORY:
		return given->memory_mib != 0;
	case WIZARD_VCPUS:
		return given->vcpus != 0;
	default:
		return given->disk_count > 0;
	}
}

void wizard_own(struct wizard *wizard)
{
	for (size_t at = 0; at < WIZARD_OWN_COUNT; at++) {
		const char *text = wizard->text[fields[at]];

		if (is_given(wizard, fields[at]))
			continue;
		wizard->defaults[at] = xstrdup(text != NULL ? text : "");
		wizard->own[at] = xstrdup(wizard->defaults[at]);
	}
	wizard->own_firmware = wizard->given.boot != NULL ? FIRMWARE_GIVEN : FIRMWARE_BIOS;
}

/* UEFI where nothing else starts it: by the system's own word, or by the ISO's boot entries. */
static void take_firmware(struct wizard *wizard)
{
	const struct iso_info *iso = &wizard->iso;
	bool uefi_alone = iso->system != NULL ? iso->system->uefi && !iso->system->bios : iso->boots_uefi && !iso->boots_bios;

	if (wizard->own_firmware == FIRMWARE_GIVEN || wizard->choice[WIZARD_FIRMWARE] != wizard->own_firmware)
		return;
	wizard->own_firmware = uefi_alone ? FIRMWARE_UEFI : FIRMWARE_BIOS;
	wizard->choice[WIZARD_FIRMWARE] = wizard->own_firmware;
}

void wizard_take_iso(struct wizard *wizard, struct iso_info *info, uint64_t host_memory_kib, unsigned cpus)
{
	iso_info_clear(&wizard->iso);
	if (info != NULL) {
		wizard->iso = *info;
		*info = (struct iso_info){ 0 };
	}
	take_firmware(wizard);
	for (size_t at = 0; at < WIZARD_OWN_COUNT; at++) {
		const struct os_system *system = wizard->iso.system;
		char *text;

		wizard->own_recommended[at] = false;
		if (!is_own(wizard, at))
			continue;
		text = system != NULL ? recommended(system, fields[at], host_memory_kib, cpus) : NULL;
		wizard->own_recommended[at] = text != NULL;
		free(wizard->own[at]);
		wizard->own[at] = text != NULL ? text : xstrdup(wizard->defaults[at]);
		wizard_set_text(wizard, fields[at], wizard->own[at]);
	}
}

const char *wizard_recommended_for(const struct wizard *wizard, enum wizard_field field)
{
	size_t at = own_place(field);

	if (at == WIZARD_OWN_COUNT || wizard->iso.system == NULL || !wizard->own_recommended[at] || !is_own(wizard, at))
		return NULL;
	return wizard->iso.system->name;
}

char *wizard_iso_note(const struct wizard *wizard)
{
	const struct iso_info *iso = &wizard->iso;
	_cleanup_free_ char *path = wizard_path(wizard, WIZARD_ISO);

	if (!text_equal(iso->path, path) || !iso->known || (iso->system == NULL && iso->label == NULL))
		return NULL;
	_cleanup_free_ char *title = iso_title(iso), *size = size_format(iso->size_bytes);

	return iso->arch != NULL ? strf("%s (%s), %s", title, iso->arch, size) : strf("%s, %s", title, size);
}

char *wizard_iso_doubt(const struct wizard *wizard)
{
	const struct iso_info *iso = &wizard->iso;
	_cleanup_free_ char *path = wizard_path(wizard, WIZARD_ISO);
	const struct arch *host = arch_host();

	if (!text_equal(iso->path, path) || !iso->known)
		return NULL;
	/* 32 bits run on 64 */
	if (iso->arch != NULL && host != NULL && !text_equal(iso->arch, host->name) && !text_equal(iso->arch, "all") &&
	    !(text_equal(host->name, "x86_64") && text_equal(iso->arch, "i686")))
		return strf(_("it is for %s, and this host is %s"), iso->arch, host->name);
	if (iso->system == NULL && iso->label != NULL && !iso->boots_bios && !iso->boots_uefi)
		return xstrdup(_("it has nothing to boot from"));
	return NULL;
}
