/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What checks and comparisons came to: kept by their jobs as JSON, and read again. */
#include "base/json.h"
#include "base/memory.h"
#include "base/strbuf.h"
#include "base/text.h"
#include "core/image_work.h"
#include "core/job_internal.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

/* exit statuses of qemu-img */
enum { CHECK_CORRUPT = 2, CHECK_LEAKS = 3, COMPARE_DIFFERENT = 1 };

/* ---- as a job ends ---- */

/* From the first brace on: what stands before it is progress, or a word to a person. Owned. */
static char *check_outcome(const char *said)
{
	const char *brace = said != NULL ? strchr(said, '{') : NULL;
	_cleanup_json_ struct json_object *json =
		brace != NULL ? json_parse("check", brace, strlen(brace), NULL) : NULL;

	return json != NULL ? json_text(json) : NULL;
}

/* "Content mismatch at offset 4096!", "Images are identical.": the only form in which qemu-img says it. */
static char *compare_outcome(const char *said, bool identical)
{
	static const char mark[] = "offset ";
	_cleanup_json_ struct json_object *json = json_object_new_object();
	const char *at = said != NULL ? strstr(said, mark) : NULL;

	json_set_bool(json, "identical", identical);
	json_set_bool(json, "sizes-differ", said != NULL && strstr(said, "size mismatch") != NULL);
	if (!identical && at != NULL)
		json_set_int(json, "offset", (int64_t)strtoull(at + strlen(mark), NULL, 10));
	return json_text(json);
}

bool job_outcome(enum job_kind kind, int status, const char *said, char **ret)
{
	int code = WIFEXITED(status) ? WEXITSTATUS(status) : -1;

	*ret = NULL;
	if (kind == JOB_CHECK && (code == 0 || code == CHECK_CORRUPT || code == CHECK_LEAKS)) {
		*ret = check_outcome(said);
		return *ret != NULL;
	}
	if (kind == JOB_COMPARE && (code == 0 || code == COMPARE_DIFFERENT)) {
		*ret = compare_outcome(said, code == 0);
		return true;
	}
	return code == 0;
}

/* ---- read again ---- */

static uint64_t count_of(struct json_object *json, const char *key)
{
	int64_t value = json_get_int(json, key, 0);

	return value > 0 ? (uint64_t)value : 0;
}

bool image_check_read(const char *result, struct image_check_result *ret, struct error *err)
{
	_cleanup_json_ struct json_object *json =
		json_parse("check", result != NULL ? result : "", result != NULL ? strlen(result) : 0, err);

	if (json == NULL)
		return false;
	*ret = (struct image_check_result){
		.corruptions = count_of(json, "corruptions"),
		.leaks = count_of(json, "leaks"),
		.errors = count_of(json, "check-errors"),
		.corruptions_fixed = count_of(json, "corruptions-fixed"),
		.leaks_fixed = count_of(json, "leaks-fixed"),
		.total_clusters = count_of(json, "total-clusters"),
		.allocated_clusters = count_of(json, "allocated-clusters"),
		.fragmented_clusters = count_of(json, "fragmented-clusters"),
		.compressed_clusters = count_of(json, "compressed-clusters"),
		.end_offset = count_of(json, "image-end-offset"),
	};
	return true;
}

static void add_count(struct strbuf *text, uint64_t count, const char *one, const char *many)
{
	if (count == 0)
		return;
	if (text->length > 0)
		strbuf_puts(text, "; ");
	strbuf_printf(text, "%" PRIu64 " %s", count, count == 1 ? one : many);
}

char *image_check_text(const struct image_check_result *result)
{
	struct strbuf text = STRBUF_INIT;

	add_count(&text, result->corruptions_fixed, "error was repaired", "errors were repaired");
	add_count(&text, result->leaks_fixed, "leaked cluster was given back", "leaked clusters were given back");
	add_count(&text, result->corruptions, "error: what it holds may be damaged",
		  "errors: what it holds may be damaged");
	add_count(&text, result->leaks, "cluster is leaked: space that nothing uses, no data is lost",
		  "clusters are leaked: space that nothing uses, no data is lost");
	add_count(&text, result->errors, "place could not be checked", "places could not be checked");
	return text.length > 0 ? strbuf_take(&text) : xstrdup("no errors");
}

bool image_compare_read(const char *result, struct image_compare_result *ret, struct error *err)
{
	_cleanup_json_ struct json_object *json =
		json_parse("compare", result != NULL ? result : "", result != NULL ? strlen(result) : 0, err);

	if (json == NULL)
		return false;
	*ret = (struct image_compare_result){ .identical = json_get_bool(json, "identical", false),
					      .sizes_differ = json_get_bool(json, "sizes-differ", false),
					      .has_offset = json_get(json, "offset") != NULL,
					      .offset = count_of(json, "offset") };
	return true;
}
