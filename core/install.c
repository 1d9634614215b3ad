/* SPDX-License-Identifier: GPL-2.0-or-later */
/* virtty install: makes images, defines and starts; what fails is taken back whole. */
#include "core/install.h"

#include "base/memory.h"
#include "base/strv.h"
#include "base/xml.h"
#include "core/install_internal.h"
#include "core/network_use.h"

#include <string.h>
#include <unistd.h>

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
	bool ok = install_resolve(manager, request, &installation, err) && install_check_networks(manager, &installation, err);

	*ret_xml = NULL;
	if (ret_warnings)
		*ret_warnings = NULL;
	if (ok) {
		install_warn_space(&installation);
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

/* A MAC that somebody chose is not another machine's, whether that runs or not: the two are meant to run beside each other. */
static bool check_macs(struct manager *manager, const struct installation *installation, struct error *err)
{
	for (size_t i = 0; i < installation->network_count; i++) {
		const struct install_network *network = &installation->networks[i];
		_cleanup_network_uses_ struct network_uses uses = { 0 };

		if (!network->mac || (!network->network && !network->bridge))
			continue;
		if (!network_uses_of_mac(manager, network->mac, &uses, err))
			return false;
		if (uses.count > 0)
			return network_use_fail(&uses.uses[0], err);
	}
	return true;
}

static bool make(struct manager *manager, struct installation *installation, bool start, struct made_images *made, struct machine *machine,
		 struct error *err)
{
	_cleanup_free_ char *text = install_document(installation);
	char **warnings = NULL;
	bool ok;

	if (!check_document(installation, text, err) || !check_macs(manager, installation, err))
		return false;
	for (size_t i = 0; i < installation->image_count; i++)
		if (installation->images[i].create &&
		    (!go_on(installation, err) || !install_make_image(manager, installation, &installation->images[i], made, err)))
			return false;
	if (installation->has_seed && (!go_on(installation, err) || !seed_make(manager, installation->uuid, &installation->seed, err)))
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
static void take_back(struct manager *manager, const struct installation *installation, struct machine *machine, const struct made_images *made)
{
	_cleanup_free_ char *seed = installation->has_seed ? machine_seed(manager, installation->uuid) : NULL;
	_cleanup_machine_ struct machine now = { 0 };

	/* A keeper that answered too late may have started it after all. */
	if (machine->id && machine_reload(manager, machine->id, &now, NULL) && machine_is_active(&now))
		domain_destroy(manager, &now, false, NULL);
	if (machine->id)
		domain_undefine(manager, machine, 0, NULL, NULL, NULL);
	if (seed)
		unlink(seed);
	install_unmake_images(manager, made);
}

bool install_run(struct manager *manager, const struct install_request *request, bool start, char **ret_name, char ***ret_warnings, struct error *err)
{
	_cleanup_machine_ struct machine machine = { 0 };
	struct made_images made = { 0 };
	struct installation installation;
	bool ok;

	*ret_name = NULL;
	if (ret_warnings)
		*ret_warnings = NULL;
	ok = install_resolve(manager, request, &installation, err);
	if (ok) {
		if (!start)
			install_warn_space(&installation);
		ok = make(manager, &installation, start, &made, &machine, err);
		if (!ok)
			take_back(manager, &installation, &machine, &made);
		/* a child that fell to the same signal is not why */
		if (!ok)
			go_on(&installation, err);
	}
	if (ok) {
		*ret_name = xstrdup(installation.name);
		if (ret_warnings)
			*ret_warnings = TAKE_POINTER(installation.warnings);
	}
	made_images_clear(&made);
	installation_clear(&installation);
	return ok;
}
