/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Loads fixture machines and stands for the manager. */
#include "tests/unit/launch_fixture.h"

#include <check.h>
#include <dirent.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/json.h"
#include "base/memory.h"
#include "base/strv.h"
#include "base/text.h"

#define FIXTURE_LIMIT ((size_t)1024 * 1024)

char *fixture_path(const char *below)
{
	return strf("%s/tests/fixtures/%s", TEST_SOURCE_DIR, below);
}

static int compare_names(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

char **fixture_names(const char *suffix)
{
	_cleanup_free_ char *directory = fixture_path("args");
	DIR *stream = opendir(directory);
	char **names = NULL;

	ck_assert_msg(stream != NULL, "no directory %s", directory);
	for (struct dirent *entry; (entry = readdir(stream));)
		if (text_ends(entry->d_name, suffix))
			names = strv_take(names, xstrndup(entry->d_name, strlen(entry->d_name) - strlen(suffix)));
	closedir(stream);
	if (names)
		qsort(names, strv_length(names), sizeof *names, compare_names);
	return names;
}

struct qemu_caps *fixture_caps(void)
{
	_cleanup_free_ char *path = fixture_path("caps/qemu-7.2-x86_64.json");
	_cleanup_free_ char *text = NULL;
	_cleanup_json_ struct json_object *json = NULL;
	struct qemu_caps *caps;
	size_t length;

	ck_assert(file_read(path, FIXTURE_LIMIT, &text, &length, NULL));
	json = json_parse(path, text, length, NULL);
	caps = caps_from_json(json);
	ck_assert_msg(caps != NULL, "%s is not in the cached form", path);
	return caps;
}

struct domain *fixture_domain(const char *name, const struct qemu_caps *caps, struct error *err)
{
	_cleanup_free_ char *below = strf("args/%s.xml", name);
	_cleanup_free_ char *path = fixture_path(below);
	_cleanup_free_ char *file = strf("%s.xml", name);
	_cleanup_free_ char *text = NULL;
	size_t length;
	struct domain *domain;

	if (!file_read(path, FIXTURE_LIMIT, &text, &length, err))
		return NULL;
	domain = domain_parse(file, text, length, err);
	if (!domain)
		return NULL;
	/* what core finds before a start */
	for (size_t i = 0; i < domain->disk_count; i++) {
		struct disk_encryption *encryption = disk_encryption(&domain->disks[i]);

		if (domain->disks[i].source.auth.secret_usage || domain->disks[i].auth.secret_uuid)
			domain->disks[i].source.secret_file = xstrdup("/var/lib/virtty/secrets/login");
		if (encryption && (encryption->secret_usage || encryption->secret_uuid))
			encryption->key_file = xstrdup("/var/lib/virtty/secrets/passphrase");
	}
	if (domain_settle(domain, caps, err) && domain_validate(domain, file, err))
		return domain;
	domain_free(domain);
	return NULL;
}

struct launch_resources fixture_resources(const char *name, const struct domain *domain)
{
	struct launch_resources resources = {
		.kvm = domain->type == DOMAIN_KVM && !text_starts(name, "nokvm-"),
		.run_directory = "/run/virtty/1",
		.log_directory = "/var/log/virtty/1",
		.wall_s = 1700000000,
		.qmp_fd = 3,
		.first_console_fd = 4,
		.first_channel_fd = 20,
		.paused = true,
	};

	if (domain->os.firmware == FIRMWARE_EFI) {
		resources.firmware_requires_smm = domain->os.loader_secure == TRI_YES;
		resources.firmware_code = resources.firmware_requires_smm ? "/usr/share/OVMF/OVMF_CODE_4M.secboot.fd"
									  : "/usr/share/OVMF/OVMF_CODE_4M.fd";
		resources.firmware_code_format = "raw";
		resources.nvram = "/var/lib/virtty/nvram/1.qcow2";
		resources.nvram_format = "qcow2";
	}
	return resources;
}
