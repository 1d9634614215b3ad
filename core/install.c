/* SPDX-License-Identifier: GPL-2.0-or-later */
/* virtty install: makes images, defines and starts; what fails is taken back whole. */
#include "core/install.h"

#include "base/file.h"
#include "base/memory.h"
#include "base/process.h"
#include "base/strv.h"
#include "base/xml.h"
#include "core/install_internal.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <string.h>
#include <unistd.h>

#define CREATE_TIMEOUT_MS 300000

/* Does the document hold together? Settled on a copy: the text stays what was chosen. */
static bool check_document(const struct installation *installation, const char *text, struct error *err)
{
	_cleanup_domain_ struct domain *domain = domain_parse(installation->name, text, strlen(text), err);

	return domain && domain_settle(domain, installation->caps, err) && domain_validate(domain, installation->name, err);
}

bool install_xml(struct manager *manager, const struct install_request *request, char **ret_xml, char ***ret_warnings, struct error *err)
{
	struct installation installation;
	_cleanup_free_ char *text = NULL;
	bool ok = install_resolve(manager, request, &installation, err);

	*ret_xml = NULL;
	if (ret_warnings)
		*ret_warnings = NULL;
	if (ok) {
		text = install_document(&installation);
		ok = check_document(&installation, text, err);
	}
	if (ok) {
		*ret_xml = TAKE_POINTER(text);
		if (ret_warnings)
			*ret_warnings = TAKE_POINTER(installation.warnings);
	}
	installation_clear(&installation);
	return ok;
}

/* An image that nobody else has: the empty file is made first, exclusively and private. */
static bool claim_file(const char *path, struct error *err)
{
	const char *slash = strrchr(path, '/');
	_cleanup_free_ char *directory = xstrndup(path, slash == path ? 1 : (size_t)(slash - path));
	int fd;

	if (!directory_make(directory, 0700, err))
		return false;
	fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (fd < 0) {
		error_set_errno(err, errno, "disk '%s' cannot be made", path);
		return errno == EEXIST ? error_hint(err, "leave size= out to use it as it is") : false;
	}
	close(fd);
	return true;
}

static bool create_image(const struct install_image *image, char ***made, struct error *err)
{
	_cleanup_free_ char *qemu_img = process_find("qemu-img");
	_cleanup_free_ char *size = strf("%" PRIu64, image->size_bytes);
	_cleanup_strv_ char **argv = NULL;

	if (!qemu_img) {
		error_set(err, ERROR_NOT_FOUND, "'qemu-img' is not on PATH: it makes disk images");
		return error_hint(err, "install qemu-utils");
	}
	if (!claim_file(image->path, err))
		return false;
	*made = strv_add(*made, image->path);
	argv = strv_add(argv, qemu_img);
	argv = strv_add(argv, "create");
	argv = strv_add(argv, "-q");
	argv = strv_add(argv, "-f");
	argv = strv_add(argv, image->format);
	argv = strv_add(argv, image->path);
	argv = strv_add(argv, size);
	return process_run_ok(argv, CREATE_TIMEOUT_MS, NULL, err) || error_wrap(err, "disk '%s' cannot be made", image->path);
}

/* Defines the document and gives the machine's row. */
static bool define(struct manager *manager, const struct installation *installation, const char *text, struct machine *ret, struct error *err)
{
	struct definition_input input = { .source = installation->name, .text = text, .length = strlen(text) };
	struct definition_result result;
	bool ok = domain_define(manager, &input, 1, &result, err);

	definition_results_free(&result, 1);
	return ok && machine_by_name(manager, installation->name, ret, err);
}

/* What is stored restarts at a reboot: the run that has begun keeps what it began with. */
static bool restart_later(struct manager *manager, const struct machine *machine, struct error *err)
{
	_cleanup_domain_ struct domain *domain = domain_load(manager, machine, false, err);
	xmlNode *node = domain ? xml_child(domain->node, "on_reboot") : NULL;

	if (!domain)
		return false;
	if (node)
		xml_set_text(node, "restart");
	return domain_store(manager, machine, domain, false, err);
}

static bool go_on(const struct installation *installation, struct error *err)
{
	if (!installation->request->cancelled || !installation->request->cancelled())
		return true;
	return error_set(err, ERROR_FAILED, "cancelled: nothing of '%s' is left", installation->name);
}

static bool make(struct manager *manager, struct installation *installation, bool start, char ***made, struct machine *machine, struct error *err)
{
	_cleanup_free_ char *text = install_document(installation);
	char **warnings = NULL;
	bool ok;

	if (!check_document(installation, text, err))
		return false;
	for (size_t i = 0; i < installation->image_count; i++)
		if (installation->images[i].create && (!go_on(installation, err) || !create_image(&installation->images[i], made, err)))
			return false;
	if (!go_on(installation, err) || !define(manager, installation, text, machine, err) || !go_on(installation, err))
		return false;
	if (!start)
		return true;
	ok = domain_start(manager, machine, 0, &warnings, err);
	for (char **warning = warnings; warning && *warning; warning++)
		installation->warnings = strv_add(installation->warnings, *warning);
	strv_free(warnings);
	return ok && (!installation->request->noreboot || restart_later(manager, machine, err)) && go_on(installation, err);
}

/* Everything that was made goes again; a start that failed has taken back its own part. */
static void take_back(struct manager *manager, struct machine *machine, char *const *made)
{
	_cleanup_machine_ struct machine now = { 0 };

	/* A keeper that answered too late may have started it after all. */
	if (machine->id && machine_reload(manager, machine->id, &now, NULL) && machine_is_active(&now))
		domain_destroy(manager, &now, false, NULL);
	if (machine->id)
		domain_undefine(manager, machine, 0, NULL, NULL, NULL);
	for (size_t i = 0; made && made[i]; i++)
		unlink(made[i]);
}

bool install_run(struct manager *manager, const struct install_request *request, bool start, char **ret_name, char ***ret_warnings, struct error *err)
{
	_cleanup_machine_ struct machine machine = { 0 };
	_cleanup_strv_ char **made = NULL;
	struct installation installation;
	bool ok;

	*ret_name = NULL;
	if (ret_warnings)
		*ret_warnings = NULL;
	ok = install_resolve(manager, request, &installation, err);
	if (ok) {
		ok = make(manager, &installation, start, &made, &machine, err);
		if (!ok)
			take_back(manager, &machine, made);
		/* a child that fell to the same signal is not why */
		if (!ok)
			go_on(&installation, err);
	}
	if (ok) {
		*ret_name = xstrdup(installation.name);
		if (ret_warnings)
			*ret_warnings = TAKE_POINTER(installation.warnings);
	}
	installation_clear(&installation);
	return ok;
}
