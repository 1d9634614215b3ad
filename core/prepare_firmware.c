/* SPDX-License-Identifier: GPL-2.0-or-later */
/* UEFI at start: code and variables as a pair, and the machine's own copy of the variables, kept as qcow2. */
#include "base/file.h"
#include "base/memory.h"
#include "base/process.h"
#include "base/strv.h"
#include "base/text.h"
#include "base/xml.h"
#include "core/prepare_internal.h"
#include "hv/domain.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define CONVERT_TIMEOUT_MS 30000

void prepared_firmware_clear(struct prepared_firmware *firmware)
{
	free(firmware->code);
	free(firmware->code_format);
	free(firmware->nvram);
	free(firmware->nvram_format);
	free(firmware->template);
	free(firmware->template_format);
	*firmware = (struct prepared_firmware){ 0 };
}

struct firmware_request firmware_request_of(const struct domain *domain)
{
	const struct domain_os *os = &domain->os;
	struct firmware_request request = {
		.arch = os->arch, .machine = os->machine, .code = os->loader, .secure = os->loader_secure == TRI_YES,
	};

	for (size_t i = 0; i < os->firmware_feature_count; i++) {
		const struct firmware_feature *feature = &os->firmware_features[i];
		bool wanted = feature->enabled != TRI_NO;

		if (feature->name == FIRMWARE_SECURE_BOOT && wanted)
			request.secure = true;
		else if (feature->name == FIRMWARE_SECURE_BOOT)
			request.no_secure = true;
		else if (feature->name == FIRMWARE_ENROLLED_KEYS && wanted)
			request.enrolled = true;
		else if (feature->name == FIRMWARE_ENROLLED_KEYS)
			request.no_enrolled = true;
	}
	return request;
}

/* Firmware in flash: asked for by kind, or a loader that says it is flash. A ROM loader is QEMU's -bios: hv's own. */
static bool wants_flash(const struct domain_os *os)
{
	if (os->firmware == FIRMWARE_EFI)
		return true;
	return os->loader && os->loader_type == LOADER_PFLASH;
}

static bool check_loader(const struct domain_os *os, const char *name, struct error *err)
{
	if (path_exists(os->loader))
		return true;
	error_set(err, ERROR_NOT_FOUND, "firmware '%s' does not exist", os->loader);
	return error_hint(err, "install it (Debian: ovmf), or write <os firmware='efi'> without <loader> to let virtty choose: virtty edit %s", name);
}

/* Where the machine's variables are and in which format. One that virtty makes is qcow2; one that is there without a stated format is raw, as
 * libvirt has it: it is the guest's to write, so its head proves nothing. */
static void choose_nvram(struct manager *manager, const struct domain *domain, struct prepared_firmware *ret)
{
	const struct domain_os *os = &domain->os;

	ret->nvram = os->nvram ? xstrdup(os->nvram) : machine_nvram(manager, domain->uuid);
	if (os->nvram_format)
		ret->nvram_format = xstrdup(os->nvram_format);
	else
		ret->nvram_format = xstrdup(os->nvram && path_exists(os->nvram) ? "raw" : "qcow2");
}

bool prepare_firmware(struct manager *manager, const struct domain *domain, struct prepared_firmware *ret, struct error *err)
{
	const struct domain_os *os = &domain->os;
	struct firmware_request request = firmware_request_of(domain);
	_cleanup_error_ struct error local = ERROR_INIT;
	struct firmware *chosen;

	*ret = (struct prepared_firmware){ 0 };
	if (!wants_flash(os)) {
		if (os->loader && !check_loader(os, domain->name, err))
			return false;
		return true;
	}
	if (os->loader && !check_loader(os, domain->name, err))
		return false;
	chosen = firmware_choose(&request, &local);
	/* A stated loader needs no descriptor: only its variables may. */
	if (!chosen && !os->loader)
		return error_move(err, &local);
	ret->code = xstrdup(os->loader ? os->loader : chosen->code);
	ret->code_format = xstrdup(os->loader_format ? os->loader_format : chosen ? chosen->code_format : "raw");
	ret->requires_smm = chosen && chosen->requires_smm;
	if (os->nvram_template) {
		bool same = chosen && text_equal(chosen->vars_template, os->nvram_template);

		ret->template = xstrdup(os->nvram_template);
		ret->template_format = xstrdup(same && chosen->vars_format ? chosen->vars_format : "raw");
	} else if (chosen && chosen->vars_template) {
		ret->template = xstrdup(chosen->vars_template);
		ret->template_format = xstrdup(chosen->vars_format ? chosen->vars_format : "raw");
	}
	if (ret->template || os->nvram)
		choose_nvram(manager, domain, ret);
	firmware_free(chosen);
	return true;
}

/* By a temporary name, so that a half-made file never counts as the machine's variables. */
static bool make_nvram(const struct prepared_firmware *firmware, struct error *err)
{
	_cleanup_free_ char *qemu_img = process_find("qemu-img");
	_cleanup_free_ char *partial = strf("%s.new", firmware->nvram);
	_cleanup_free_ char *directory = xstrndup(firmware->nvram, (size_t)(strrchr(firmware->nvram, '/') - firmware->nvram));
	_cleanup_strv_ char **argv = NULL;

	if (!qemu_img) {
		error_set(err, ERROR_NOT_FOUND, "'qemu-img' is not on PATH: it makes the machine's UEFI variables");
		return error_hint(err, "install qemu-utils");
	}
	if (!path_exists(firmware->template)) {
		error_set(err, ERROR_NOT_FOUND, "firmware template '%s' does not exist", firmware->template);
		return error_hint(err, "install it (Debian: ovmf)");
	}
	if (!directory_make(directory, 0700, err))
		return false;
	for (const char *const *word = (const char *const[]){ qemu_img, "convert", "-f", firmware->template_format, "-O", firmware->nvram_format,
							       firmware->template, partial, NULL };
	     *word; word++)
		argv = strv_add(argv, *word);
	if (!process_run_ok(argv, CONVERT_TIMEOUT_MS, NULL, err) ||
	    (chmod(partial, 0600) < 0 && !error_set_errno(err, errno, "chmod")) || (rename(partial, firmware->nvram) < 0 && !error_set_errno(err, errno, "rename"))) {
		unlink(partial);
		return error_wrap(err, "cannot make the UEFI variables '%s'", firmware->nvram);
	}
	return true;
}

bool prepare_nvram(const struct prepared_firmware *firmware, struct domain *domain, bool *ret_made, bool *ret_changed, struct error *err)
{
	struct domain_os *os = &domain->os;
	xmlNode *node;

	*ret_made = *ret_changed = false;
	if (!firmware->nvram)
		return true;
	if (firmware->nvram[0] != '/')
		return error_set(err, ERROR_INVALID, "<nvram>: '%s' is not an absolute path", firmware->nvram);
	if (!path_exists(firmware->nvram)) {
		if (!firmware->template) {
			error_set(err, ERROR_NOT_FOUND, "UEFI variables '%s' do not exist, and no template for '%s' is known", firmware->nvram,
				  firmware->code);
			return error_hint(err, "name one: <nvram template='...'>");
		}
		if (!make_nvram(firmware, err))
			return false;
		*ret_made = true;
	}
	if (text_equal(os->nvram, firmware->nvram) && (os->nvram_format || text_equal(firmware->nvram_format, "raw")))
		return true;
	node = xml_make_path(domain->node, "os/nvram");
	xml_set_text(node, firmware->nvram);
	xml_set_attribute(node, "format", firmware->nvram_format);
	free(os->nvram);
	free(os->nvram_format);
	os->nvram = xstrdup(firmware->nvram);
	os->nvram_format = xstrdup(firmware->nvram_format);
	*ret_changed = true;
	return true;
}
