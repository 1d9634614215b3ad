/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Where the data of an image lies: read from qemu-img in pieces, since a fragmented image has no end of runs. */
#include "base/json.h"
#include "base/memory.h"
#include "base/process.h"
#include "base/strv.h"
#include "core/image_work_internal.h"
#include "core/secret.h"

#include <inttypes.h>
#include <string.h>

#define PIECE_LIMIT_MS 120000
#define OUTPUT_LIMIT   (1024 * 1024 - 1) /* as much as process_run() keeps */
#define SMALLEST_PIECE (UINT64_C(1) << 20)

/* Do both runs say the same, and follow each other? A piece's end is no end of a run. */
static bool continues(struct json_object *last, struct json_object *next)
{
	static const char *const same[] = { "data", "zero", "present" };
	int64_t length = json_get_int(last, "length", 0);
	bool offsets = json_get(last, "offset") != NULL;

	for (size_t i = 0; i < ARRAY_LENGTH(same); i++)
		if (json_get_bool(last, same[i], false) != json_get_bool(next, same[i], false))
			return false;
	return json_get_int(last, "start", 0) + length == json_get_int(next, "start", 0) &&
	       json_get_int(last, "depth", 0) == json_get_int(next, "depth", 0) &&
	       offsets == (json_get(next, "offset") != NULL) &&
	       (!offsets || json_get_int(last, "offset", 0) + length == json_get_int(next, "offset", 0));
}

static void append(struct json_object *runs, struct json_object *more)
{
	for (size_t i = 0; i < json_object_array_length(more); i++) {
		size_t count = json_object_array_length(runs);
		struct json_object *next = json_object_array_get_idx(more, i);
		struct json_object *last = count > 0 ? json_object_array_get_idx(runs, count - 1) : NULL;

		if (last != NULL && continues(last, next))
			json_set_int(last, "length", json_get_int(last, "length", 0) + json_get_int(next, "length", 0));
		else
			json_object_array_add(runs, json_object_get(next));
	}
}

/* *ret NULL with true: it was more than can be kept at once. */
static bool read_piece(struct manager *manager, const struct image_source *image, uint64_t start, uint64_t length,
		       struct json_object **ret, struct error *err)
{
	_cleanup_strv_ char **argv = qemu_img_map(image, start, length);
	_cleanup_free_ char *output = NULL;

	*ret = NULL;
	if (!process_run_ok(argv, PIECE_LIMIT_MS, &output, err))
		return error_wrap(err, "qemu-img map") || secret_explain(manager, argv, err);
	if (strlen(output) >= OUTPUT_LIMIT)
		return true;
	*ret = json_parse("qemu-img", output, strlen(output), err);
	return *ret != NULL && (json_object_is_type(*ret, json_type_array) ||
				error_set(err, ERROR_PROTOCOL, "qemu-img map: no list came"));
}

bool image_map(struct manager *manager, const struct image_name *name, struct json_object **ret, struct error *err)
{
	struct image_source image = image_source_of(name);
	_cleanup_json_ struct json_object *details = NULL, *runs = json_object_new_array();
	uint64_t at = 0, end, piece;

	if (!image_check_stated(manager, name, "map", err) || !image_details(name, &details, err))
		return false;
	end = (uint64_t)json_get_int(details, "virtual-size", 0);
	for (piece = end; at < end;) {
		_cleanup_json_ struct json_object *more = NULL;

		if (piece > end - at)
			piece = end - at;
		if (!read_piece(manager, &image, at, piece, &more, err))
			return false;
		if (more == NULL && piece <= SMALLEST_PIECE)
			return error_set(err, ERROR_FAILED, "'%s' is too fragmented to be mapped", name->path);
		if (more == NULL) {
			piece = (piece / 2 + SMALLEST_PIECE - 1) / SMALLEST_PIECE * SMALLEST_PIECE;
			continue;
		}
		append(runs, more);
		at += piece;
	}
	*ret = runs;
	runs = NULL;
	return true;
}
