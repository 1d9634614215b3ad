/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Defining machines: everything is read and checked first, then written by one transaction, all or none. */
#include "base/memory.h"
#include "base/strv.h"
#include "base/text.h"
#include "base/xml.h"
#include "core/manager_internal.h"
#include "core/network_use.h"
#include "hv/domain.h"

#include <stdlib.h>
#include <string.h>

/* One document on its way into the state. */
struct candidate {
	const struct definition_input *input;
	struct definition_result *result;
	struct definition definition;
	bool accepted, uuid_stated;
};

static bool has_uuid(const struct domain *domain)
{
	return xml_child(domain->node, "uuid") != NULL;
}

static void candidates_free(struct candidate *candidates, size_t count)
{
	for (size_t i = 0; i < count; i++)
		definition_clear(&candidates[i].definition);
	free(candidates);
}

static void refuse(struct candidate *candidate, struct error *why)
{
	error_move(&candidate->result->error, why);
	candidate->accepted = false;
}

/* It can be meant: the one is to run in place of the other. uses: of all machines; NULL: those with such a MAC are asked for, which is dear for
 * many documents. Takes warnings over. */
static char **warn_macs(struct manager *manager, const struct network_uses *uses, const struct domain *domain, const char *source, char **warnings)
{
	for (size_t i = 0; i < domain->interface_count; i++) {
		const struct interface *interface = &domain->interfaces[i];
		_cleanup_network_uses_ struct network_uses found = { 0 };
		_cleanup_error_ struct error why = ERROR_INIT;
		const struct network_use *other;

		if (!interface->mac || (interface->type != INTERFACE_NETWORK && interface->type != INTERFACE_BRIDGE) ||
		    (!uses && !network_uses_of_mac(manager, interface->mac, &found, NULL)))
			continue;
		other = network_uses_find_mac(uses ? uses : &found, domain->name, interface->mac);
		if (!other)
			continue;
		network_use_fail(other, &why);
		warnings = strv_addf(warnings, "%s:%ld: %s", source, xmlGetLineNo(interface->device.node), error_text(&why));
	}
	return warnings;
}

/* Was a UUID in the text? domain_settle() adds one, so it is looked at in the document as parsed. */
static void read_candidate(struct manager *manager, const struct network_uses *uses, struct candidate *candidate)
{
	_cleanup_error_ struct error err = ERROR_INIT;
	char **warnings = NULL;
	struct domain *domain;

	if (candidate->input->unread && error_is_set(candidate->input->unread)) {
		refuse(candidate, candidate->input->unread);
		return;
	}
	domain = domain_parse(candidate->input->source, candidate->input->text, candidate->input->length, &err);
	if (domain) {
		candidate->uuid_stated = has_uuid(domain);
		candidate->accepted = definition_settle(manager, domain, candidate->input->source, &warnings, &err);
	}
	if (candidate->accepted) {
		definition_take(&candidate->definition, domain);
		candidate->result->name = xstrdup(domain->name);
		warnings = warn_macs(manager, uses, domain, candidate->input->source, warnings);
		candidate->result->warnings = definition_warnings(manager, domain, candidate->input->source, warnings);
	} else {
		strv_free(warnings);
		refuse(candidate, &err);
	}
	domain_free(domain);
}

static int compare_names(const void *a, const void *b)
{
	const struct candidate *const *one = a, *const *two = b;

	return strcmp((*one)->definition.name, (*two)->definition.name);
}

static int compare_uuids(const void *a, const void *b)
{
	const struct candidate *const *one = a, *const *two = b;

	return strcmp((*one)->definition.uuid, (*two)->definition.uuid);
}

/* Two documents of one command must not be the same machine. */
static void refuse_doubles(struct candidate *candidates, size_t count, int (*compare)(const void *, const void *), const char *what)
{
	_cleanup_free_ struct candidate **sorted = xcalloc(count, sizeof *sorted);
	size_t used = 0;

	for (size_t i = 0; i < count; i++)
		if (candidates[i].accepted)
			sorted[used++] = &candidates[i];
	qsort(sorted, used, sizeof *sorted, compare);
	for (size_t i = 1; i < used; i++) {
		struct candidate *one = sorted[i - 1], *two = sorted[i];
		_cleanup_error_ struct error err = ERROR_INIT;

		if (compare(&one, &two) != 0)
			continue;
		error_set(&err, ERROR_EXISTS, "%s and %s have the same %s (%s)", one->input->source, two->input->source, what,
			  compare == compare_names ? two->definition.name : two->definition.uuid);
		/* The first stays in the row of doubles, so that each further one is compared too. */
		sorted[i] = one;
		refuse(two, &err);
	}
}

static size_t count_refused(const struct definition_result *results, size_t count, size_t *ret_first)
{
	size_t refused = 0;

	for (size_t i = count; i > 0; i--)
		if (error_is_set(&results[i - 1].error)) {
			refused++;
			*ret_first = i - 1;
		}
	return refused;
}

static bool summarise(const struct definition_result *results, size_t count, struct error *err)
{
	size_t first = 0, refused = count_refused(results, count, &first);

	if (refused == 0)
		return true;
	error_set(err, results[first].error.code, "%s", error_text(&results[first].error));
	if (results[first].error.hint)
		error_hint(err, "%s", results[first].error.hint);
	if (count > 1)
		error_wrap(err, "nothing was defined: %zu of %zu documents were refused, the first", refused, count);
	return false;
}

/* Inside the transaction. False: the database failed; a document that clashes has its error set and the others go on. */
static bool write_candidate(struct manager *manager, struct candidate *candidate, struct error *err)
{
	_cleanup_error_ struct error clash = ERROR_INIT;
	const char *what;
	int64_t id;

	if (!definition_match(manager, candidate->definition.name, candidate->definition.uuid, candidate->uuid_stated, &id, &clash)) {
		if (clash.code != ERROR_EXISTS)
			return error_move(err, &clash);
		refuse(candidate, &clash);
		return true;
	}
	what = id ? "Defined Updated" : "Defined Added";
	return definition_put(manager, &id, &candidate->definition, DEFINITION_PERSISTENT, err) &&
	       history_add(manager->db, id, "lifecycle", what, NULL, err);
}

static bool write_all_candidates(struct manager *manager, struct candidate *candidates, size_t count, struct error *err)
{
	if (!db_begin(manager->db, err))
		return false;
	for (size_t i = 0; i < count; i++)
		if (!write_candidate(manager, &candidates[i], err))
			goto failed;
	for (size_t i = 0; i < count; i++)
		if (!candidates[i].accepted)
			goto failed;
	return db_commit(manager->db, err);
failed:
	db_rollback(manager->db);
	return false;
}

bool domain_define(struct manager *manager, const struct definition_input *inputs, size_t count, struct definition_result *results,
		   struct error *err)
{
	struct candidate *candidates = xcalloc(count ? count : 1, sizeof *candidates);
	struct network_uses uses = { 0 };
	bool ok;

	memset(results, 0, count * sizeof *results);
	/* for warnings: without it there are none of that kind */
	if (count > 1)
		(void)network_uses_read(manager, &uses, NULL);
	for (size_t i = 0; i < count; i++) {
		candidates[i].input = &inputs[i];
		candidates[i].result = &results[i];
		read_candidate(manager, count > 1 ? &uses : NULL, &candidates[i]);
	}
	network_uses_clear(&uses);
	if (count > 1) {
		refuse_doubles(candidates, count, compare_names, "name");
		refuse_doubles(candidates, count, compare_uuids, "UUID");
	}
	ok = summarise(results, count, err) && (write_all_candidates(manager, candidates, count, err) || (summarise(results, count, err), false));
	candidates_free(candidates, count);
	return ok;
}

bool domain_is_known(const struct definition_input *input, struct error *err)
{
	_cleanup_domain_ struct domain *domain = domain_parse(input->source, input->text, input->length, NULL);
	_cleanup_strv_ char **unknown = domain ? domain_warnings(domain, input->source) : NULL;
	size_t count = strv_length(unknown);

	if (count == 0)
		return true;
	if (count == 1)
		error_set(err, ERROR_UNSUPPORTED, "%s", unknown[0]);
	else
		error_set(err, ERROR_UNSUPPORTED, "%s; and %zu more", unknown[0], count - 1);
	return error_hint(err, "without --validate it is defined, with warnings");
}

bool domain_judge(struct manager *manager, const struct definition_input *input, struct definition_result *result, struct error *err)
{
	struct candidate candidate = { .input = input, .result = result };

	*result = (struct definition_result){ 0 };
	read_candidate(manager, NULL, &candidate);
	definition_clear(&candidate.definition);
	return summarise(result, 1, err);
}

void definition_results_free(struct definition_result *results, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		free(results[i].name);
		strv_free(results[i].warnings);
		error_clear(&results[i].error);
	}
	memset(results, 0, count * sizeof *results);
}
