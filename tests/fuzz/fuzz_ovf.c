/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Fuzzes the reader of OVF envelopes and manifests: whatever a document says, names stay beside it and numbers in range. */
#include "base/memory.h"
#include "storage/ovf.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_href(const char *href)
{
	if (href[0] == '/' || href[0] == '\0' || strstr(href, "://") != NULL || strcmp(href, "..") == 0 || strncmp(href, "../", 3) == 0 ||
	    strstr(href, "/../") != NULL)
		abort();
}

static void check_manifest(const uint8_t *data, size_t size)
{
	_cleanup_error_ struct error err = ERROR_INIT;
	_cleanup_manifest_ struct manifest manifest = { 0 };

	if (!manifest_parse("a.mf", (const char *)data, size, &manifest, &err)) {
		if (err.code == ERROR_NONE || manifest.lines != NULL)
			abort();
		return;
	}
	for (size_t i = 0; i < manifest.count; i++)
		if (strlen(manifest.lines[i].hex) != digest_hex_length(manifest.lines[i].digest))
			abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	_cleanup_error_ struct error err = ERROR_INIT;
	_cleanup_ovf_ struct ovf ovf = { 0 };

	check_manifest(data, size);
	if (!ovf_parse("a.ovf", (const char *)data, size, &ovf, &err)) {
		if (err.code == ERROR_NONE || ovf.files != NULL || ovf.drives != NULL)
			abort();
		return 0;
	}
	for (size_t i = 0; i < ovf.file_count; i++)
		check_href(ovf.files[i].href);
	for (size_t i = 0; i < ovf.drive_count; i++) {
		const struct ovf_drive *drive = &ovf.drives[i];

		if (drive->disk != NULL && (drive->disk < ovf.disks || drive->disk >= ovf.disks + ovf.disk_count))
			abort();
		if (drive->file != NULL && (drive->file < ovf.files || drive->file >= ovf.files + ovf.file_count))
			abort();
		if (drive->disk != NULL && drive->disk->capacity > INT64_MAX)
			abort();
	}
	if (ovf.memory_bytes > INT64_MAX || ovf.file_count > OVF_ITEMS || ovf.drive_count > OVF_ITEMS)
		abort();
	return 0;
}
