/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The command line that a document would start, without making or starting anything. */
#include "base/clock.h"
#include "base/memory.h"
#include "core/manager_internal.h"
#include "core/prepare_internal.h"
#include "hv/caps.h"
#include "hv/domain.h"
#include "hv/launch.h"

/* The row that the document's UUID belongs to; 0: none. Its directories are shown then. */
static int64_t row_of(struct manager *manager, const struct domain *domain)
{
	_cleanup_machine_ struct machine machine = { 0 };

	return machine_find(manager, domain->uuid, &machine, NULL) ? machine.id : 0;
}

static char *command_line(struct manager *manager, const struct domain *domain, const struct qemu_caps *caps,
			  const struct prepared_firmware *firmware, struct error *err)
{
	const struct engine *engine = engine_find(enum_word(&domain_type_words, (int)domain->type));
	int64_t row = row_of(manager, domain);
	_cleanup_free_ char *run_directory = machine_run_directory(manager, row), *log_directory = machine_log_directory(manager, row);
	struct launch_resources resources = {
		.kvm = engine && engine->needs_kvm,
		.run_directory = run_directory,
		.log_directory = log_directory,
		.firmware_code = firmware->code,
		.firmware_code_format = firmware->code_format,
		.nvram = firmware->nvram,
		.nvram_format = firmware->nvram_format,
		.firmware_requires_smm = firmware->requires_smm,
		.wall_s = clock_wall_ms() / 1000,
		.qmp_fd = -1,
		.first_console_fd = -1,
		.first_channel_fd = -1,
	};
	struct launch *launch;
	char *text;

	if (!engine) {
		error_set(err, ERROR_UNSUPPORTED, "virtty has no engine for its <domain type=>");
		return NULL;
	}
	launch = engine->build(domain, caps, &resources, err);
	text = launch ? launch_command_line(launch) : NULL;
	launch_free(launch);
	return text;
}

bool domain_native(struct manager *manager, const char *source, const char *text, size_t length, char **ret, struct error *err)
{
	_cleanup_domain_ struct domain *domain = domain_parse(source, text, length, err);
	_cleanup_free_ char *emulator = domain ? manager_domain_emulator(manager, domain, err) : NULL;
	const struct qemu_caps *caps = emulator ? manager_caps(manager, emulator, err) : NULL;
	struct prepared_firmware firmware = { 0 };

	*ret = NULL;
	if (!caps || !domain_settle(domain, caps, err) || !domain_validate(domain, source, err))
		return false;
	if (prepare_firmware(manager, domain, &firmware, err))
		*ret = command_line(manager, domain, caps, &firmware, err);
	prepared_firmware_clear(&firmware);
	return *ret != NULL;
}
