/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Fuzzes the documents of pools, volumes and secrets: what is accepted comes out as text that is accepted again, and is the
 * same then. */
#include "base/memory.h"
#include "base/xml.h"
#include "core/secret_internal.h"
#include "base/strv.h"
#include "storage/pool_drivers.h"
#include "tests/fuzz/must.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static char *settle_pool(const char *text, size_t size, struct error *err)
{
	_cleanup_pool_ struct pool *pool = pool_parse("fuzz", text, size, err);

	if (pool == NULL || !pool_settle(pool, err) || !pool_validate(pool, err))
		return NULL;
	free(pool_format(pool, &(struct pool_figures){ 3, 2, 1 }));
	return pool_format(pool, NULL);
}

static void try_pool(const char *data, size_t size)
{
	_cleanup_error_ struct error err = ERROR_INIT;
	_cleanup_free_ char *text = settle_pool(data, size, &err), *again = NULL;

	if (text == NULL) {
		must_do(err.code != ERROR_NONE, "refused without a reason", NULL, "");
		return;
	}
	again = settle_pool(text, strlen(text), &err);
	must_do(again != NULL, "the settled pool is refused", &err, text);
	must_do(strcmp(text, again) == 0, "the settled pool changes", NULL, again);
}

static char *read_volume(const char *text, size_t size, struct error *err)
{
	_cleanup_volume_request_ struct volume_request request = { 0 };
	_cleanup_strv_ char **argv = NULL;

	if (!volume_request_parse("fuzz", text, size, &request, err))
		return NULL;
	must_do(volume_name_check(POOL_DIR, request.name, NULL), "a name that is none", NULL, request.name);
	volume_request_settle(&request);
	must_do(request.format != IMAGE_UNKNOWN, "no format", NULL, request.name);
	if (request.format != IMAGE_RAW)
		argv = directory_create_argv("/p/new", &request, request.encryption != NULL ? "/s" : NULL, NULL);
	must_do(request.format != IMAGE_RAW || request.encryption == NULL, "encryption is lost", NULL, request.name);
	return xml_format(request.doc);
}

static void try_volume(const char *data, size_t size)
{
	_cleanup_error_ struct error err = ERROR_INIT;
	_cleanup_free_ char *text = read_volume(data, size, &err), *again = NULL;

	if (text == NULL) {
		must_do(err.code != ERROR_NONE, "refused without a reason", NULL, "");
		return;
	}
	again = read_volume(text, strlen(text), &err);
	must_do(again != NULL, "the volume is refused", &err, text);
	must_do(strcmp(text, again) == 0, "the volume changes", NULL, again);
}

static void try_secret(const char *data, size_t size)
{
	_cleanup_error_ struct error err = ERROR_INIT;
	_cleanup_xmldoc_ xmlDoc *doc = xml_parse("fuzz", data, size, &err);
	struct secret secret = { 0 };

	if (doc == NULL)
		return;
	if (secret_read_document("fuzz", doc, &secret, &err))
		must_do(secret.uuid != NULL && secret.usage_type != NULL, "a secret without identity", NULL, "");
	else
		must_do(err.code != ERROR_NONE, "refused without a reason", NULL, "");
	secret_clear(&secret);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *text = (const char *)data;

	try_pool(text, size);
	try_volume(text, size);
	try_secret(text, size);
	return 0;
}
