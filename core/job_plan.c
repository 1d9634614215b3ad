/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The plan of a job as its row keeps it: written by whoever starts the job, read by its process and by whoever finds it dead. */
#include "core/job_internal.h"

#include "base/json.h"
#include "base/memory.h"
#include "base/strv.h"

#include <stdlib.h>
#include <string.h>

ENUM_WORDS(job_kind, JOB_KIND_COUNT, "create", "convert", "clone", "upload", "download", "wipe", "check", "resize",
	   "import", "rebase", "commit", "compare");

static void put_argv(struct json_object *json, const char *key, char *const *argv)
{
	struct json_object *words;

	if (argv == NULL)
		return;
	words = json_object_new_array();
	for (size_t i = 0; argv[i] != NULL; i++)
		json_object_array_add(words, json_object_new_string(argv[i]));
	json_set(json, key, words);
}

/* False: it is there, and no list of words. */
static bool take_argv(struct json_object *json, const char *key, char ***ret)
{
	struct json_object *words = json_get(json, key);

	if (words == NULL)
		return true;
	if (!json_object_is_type(words, json_type_array) || json_object_array_length(words) == 0)
		return false;
	for (size_t i = 0; i < json_object_array_length(words); i++) {
		struct json_object *word = json_object_array_get_idx(words, i);

		if (!json_object_is_type(word, json_type_string))
			return false;
		*ret = strv_add(*ret, json_object_get_string(word));
	}
	return true;
}

char *job_plan_text(const struct job_plan *plan, bool has_fd)
{
	_cleanup_json_ struct json_object *json = json_object_new_object();

	json_set_string(json, "kind", enum_word(&job_kind_words, (int)plan->kind));
	put_argv(json, "argv", plan->argv);
	put_argv(json, "source-argv", plan->source_argv);
	put_argv(json, "target-argv", plan->target_argv);
	json_set_string(json, "subject", plan->subject);
	json_set_string(json, "source", plan->source);
	json_set_string(json, "target", plan->target);
	json_set_string(json, "final", plan->final);
	json_set_string(json, "pool", plan->pool);
	json_set_string(json, "also-pool", plan->also_pool);
	json_set_string(json, "volume", plan->volume);
	json_set_string(json, "volume-key", plan->volume_key);
	json_set_bool(json, "target-zero", plan->target_zero);
	json_set_string(json, "format", enum_word(&image_format_words, (int)plan->format));
	json_set_int(json, "source-offset", (int64_t)plan->source_offset);
	json_set_int(json, "target-offset", (int64_t)plan->target_offset);
	json_set_int(json, "length", (int64_t)plan->length);
	json_set_int(json, "total", (int64_t)plan->bytes_total);
	json_set_int(json, "passes", plan->wipe_passes);
	json_set_bool(json, "ours", plan->target_is_ours);
	json_set_bool(json, "replace", plan->replace);
	json_set_string(json, "mode", plan->mode);
	json_set_string(json, "owner", plan->owner);
	json_set_string(json, "group", plan->group);
	json_set_bool(json, "tied", plan->tied);
	json_set_string(json, "source-format", enum_word(&image_format_words, (int)plan->source_format));
	json_set_string(json, "packing", enum_word(&packing_words, (int)plan->packing));
	json_set_string(json, "digest", enum_word(&digest_words, (int)plan->digest));
	json_set_string(json, "digest-hex", plan->digest_hex);
	json_set_string(json, "scratch", plan->scratch);
	json_set_int(json, "size", (int64_t)plan->size_bytes);
	json_set_bool(json, "fd", has_fd);
	return json_text(json);
}

void job_reading_clear(struct job_reading *reading)
{
	strv_free(reading->argv);
	strv_free(reading->source_argv);
	strv_free(reading->target_argv);
	cleanup_json(&reading->json);
	*reading = (struct job_reading){ 0 };
}

bool job_plan_read(const char *text, struct job_reading *ret, struct error *err)
{
	*ret = (struct job_reading){ .json = json_parse("job", text, strlen(text), err) };
	if (ret->json == NULL)
		return false;
	int kind = enum_value(&job_kind_words, json_get_string(ret->json, "kind", NULL));
	int format = enum_value(&image_format_words, json_get_string(ret->json, "format", NULL));
	int source_format = enum_value(&image_format_words, json_get_string(ret->json, "source-format", NULL));
	int packing = enum_value(&packing_words, json_get_string(ret->json, "packing", NULL));
	int digest = enum_value(&digest_words, json_get_string(ret->json, "digest", NULL));

	if (kind < 0) {
		job_reading_clear(ret);
		return error_set(err, ERROR_INVALID, "the job is of a kind that this virtty does not know");
	}
	if (!take_argv(ret->json, "argv", &ret->argv) || !take_argv(ret->json, "source-argv", &ret->source_argv) ||
	    !take_argv(ret->json, "target-argv", &ret->target_argv)) {
		job_reading_clear(ret);
		return error_set(err, ERROR_INVALID, "the job's plan is damaged");
	}
	ret->has_fd = json_get_bool(ret->json, "fd", false);
	ret->plan = (struct job_plan){
		.kind = (enum job_kind)kind,
		.subject = json_get_string(ret->json, "subject", ""),
		.argv = ret->argv,
		.source_argv = ret->source_argv,
		.target_argv = ret->target_argv,
		.source = json_get_string(ret->json, "source", NULL),
		.volume = json_get_string(ret->json, "volume", NULL),
		.volume_key = json_get_string(ret->json, "volume-key", NULL),
		.target_zero = json_get_bool(ret->json, "target-zero", false),
		.target = json_get_string(ret->json, "target", NULL),
		.source_offset = (uint64_t)json_get_int(ret->json, "source-offset", 0),
		.target_offset = (uint64_t)json_get_int(ret->json, "target-offset", 0),
		.length = (uint64_t)json_get_int(ret->json, "length", 0),
		.final = json_get_string(ret->json, "final", NULL),
		.target_is_ours = json_get_bool(ret->json, "ours", false),
		.replace = json_get_bool(ret->json, "replace", false),
		.mode = json_get_string(ret->json, "mode", NULL),
		.owner = json_get_string(ret->json, "owner", NULL),
		.group = json_get_string(ret->json, "group", NULL),
		.bytes_total = (uint64_t)json_get_int(ret->json, "total", 0),
		.format = format > 0 ? (enum image_format)format : IMAGE_UNKNOWN,
		.pool = json_get_string(ret->json, "pool", NULL),
		.also_pool = json_get_string(ret->json, "also-pool", NULL),
		.wipe_passes = (unsigned)json_get_int(ret->json, "passes", 1),
		.tied = json_get_bool(ret->json, "tied", false),
		.source_format = source_format > 0 ? (enum image_format)source_format : IMAGE_UNKNOWN,
		.packing = packing > 0 ? (enum packing)packing : PACKING_NONE,
		.digest = digest > 0 ? (enum digest)digest : DIGEST_NONE,
		.digest_hex = json_get_string(ret->json, "digest-hex", NULL),
		.scratch = json_get_string(ret->json, "scratch", NULL),
		.size_bytes = (uint64_t)json_get_int(ret->json, "size", 0),
	};
	return true;
}
