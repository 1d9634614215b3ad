/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The small devices: input, memory balloon, random numbers. */
#include <string.h>

#include "base/memory.h"
#include "base/text.h"
#include "hv/launch_build.h"

/* An error left the JSON half made; a good one is printed. */
static bool finish(struct builder *b, struct json_object *json, bool ok)
{
	if (ok)
		return build_device(b, json);
	json_object_put(json);
	return false;
}

static const char *input_driver(const struct input *input)
{
	static const char *const usb[INPUT_TYPE_COUNT] = {
		[INPUT_TABLET] = "usb-tablet", [INPUT_MOUSE] = "usb-mouse", [INPUT_KEYBOARD] = "usb-kbd"
	};
	static const char *const virtio[INPUT_TYPE_COUNT] = { [INPUT_TABLET] = "virtio-tablet-pci",
							      [INPUT_MOUSE] = "virtio-mouse-pci",
							      [INPUT_KEYBOARD] = "virtio-keyboard-pci" };

	if (input->bus == INPUT_USB)
		return usb[input->type];
	return input->bus == INPUT_VIRTIO ? virtio[input->type] : NULL;
}

static bool build_input(struct builder *b, const struct input *input)
{
	const char *driver = input_driver(input);
	const char *type = enum_word(&input_type_words, (int)input->type),
		   *bus = enum_word(&input_bus_words, (int)input->bus);
	_cleanup_free_ char *what = strf("input '%s'", input->device.alias ? input->device.alias : "(no alias)");
	struct json_object *json;

	/* The PC's keyboard controller has both. */
	if (input->bus == INPUT_PS2 && (input->type == INPUT_MOUSE || input->type == INPUT_KEYBOARD))
		return true;
	if (!driver)
		return build_unsupported(b, "use a tablet, mouse or keyboard on the usb or virtio bus",
					 "%s: type '%s' on bus '%s' is not supported", what, type ? type : "(none)",
					 bus ? bus : "(none)");
	if (!device_check_alias(b, &input->device, what))
		return false;
	json = device_new(driver);
	json_set_string(json, "id", input->device.alias);
	return finish(b, json, device_add_address(b, &input->device, what, json));
}

bool build_inputs(struct builder *b)
{
	for (size_t i = 0; i < b->domain->input_count; i++)
		if (!build_input(b, &b->domain->inputs[i]))
			return false;
	return true;
}

/* What the balloon does only once QEMU listens: statistics, and less memory than the maximum. */
static void setup_memballoon(struct builder *b)
{
	const struct domain *domain = b->domain;
	struct json_object *arguments;

	if (domain->memballoon.stats_period_s.set) {
		_cleanup_free_ char *path = strf("/machine/peripheral/%s", domain->memballoon.device.alias);

		arguments = json_object_new_object();
		json_set_string(arguments, "path", path);
		json_set_string(arguments, "property", "guest-stats-polling-interval");
		json_set_int(arguments, "value", (int64_t)domain->memballoon.stats_period_s.value);
		build_setup(b, "qom-set", arguments);
	}
	if (domain->current_memory_kib.set && domain->current_memory_kib.value > 0 &&
	    domain->current_memory_kib.value < domain->memory_kib) {
		arguments = json_object_new_object();
		json_set_int(arguments, "value", (int64_t)(domain->current_memory_kib.value * 1024));
		build_setup(b, "balloon", arguments);
	}
}

bool build_memballoon(struct builder *b)
{
	const struct memballoon *balloon = &b->domain->memballoon;
	struct json_object *json;

	if (!balloon->device.node || text_equal(balloon->model, "none"))
		return true;
	if (!text_equal(balloon->model, "virtio"))
		return build_unsupported(b, "use model='virtio' or 'none'", "memballoon: model '%s' is not supported",
					 balloon->model ? balloon->model : "(none)");
	if (!device_check_alias(b, &balloon->device, "memballoon"))
		return false;
	json = device_new("virtio-balloon-pci");
	json_set_string(json, "id", balloon->device.alias);
	if (balloon->autodeflate != TRI_ABSENT)
		json_set_bool(json, "deflate-on-oom", balloon->autodeflate == TRI_YES);
	if (balloon->free_page_reporting != TRI_ABSENT)
		json_set_bool(json, "free-page-reporting", balloon->free_page_reporting == TRI_YES);
	setup_memballoon(b);
	return finish(b, json, device_add_address(b, &balloon->device, "memballoon", json));
}

/* The host's side of a random number generator. */
static bool build_rng_backend(struct builder *b, const struct rng *rng, const char *id)
{
	struct json_object *json;
	const char *path = rng->backend_path && *rng->backend_path ? rng->backend_path : "/dev/urandom";
	bool builtin = text_equal(rng->backend_model, "builtin");

	if (!builtin && !text_equal(rng->backend_model, "random"))
		return build_unsupported(b, "use <backend model='random'>/dev/urandom</backend>",
					 "rng '%s': backend '%s' is not supported", rng->device.alias,
					 rng->backend_model ? rng->backend_model : "(none)");
	json = json_object_new_object();
	json_set_string(json, "qom-type", builtin ? "rng-builtin" : "rng-random");
	json_set_string(json, "id", id);
	if (!builtin) {
		json_set_string(json, "filename", path);
		build_file(b, path, true, false);
	}
	build_json(b, "-object", json);
	return true;
}

static bool build_rng(struct builder *b, const struct rng *rng)
{
	_cleanup_free_ char *id = NULL;
	struct json_object *json;

	if (!text_equal(rng->model, "virtio"))
		return build_unsupported(b, "use model='virtio'", "rng: model '%s' is not supported",
					 rng->model ? rng->model : "(none)");
	if (!device_check_alias(b, &rng->device, "rng"))
		return false;
	id = strf("obj%s", rng->device.alias);
	if (!build_rng_backend(b, rng, id))
		return false;
	json = device_new("virtio-rng-pci");
	json_set_string(json, "rng", id);
	json_set_string(json, "id", rng->device.alias);
	if (rng->rate_bytes.set) {
		json_set_int(json, "max-bytes", (int64_t)rng->rate_bytes.value);
		json_set_int(json, "period", (int64_t)(rng->rate_period_ms.set ? rng->rate_period_ms.value : 1000));
	}
	return finish(b, json, device_add_address(b, &rng->device, "rng", json));
}

bool build_rngs(struct builder *b)
{
	for (size_t i = 0; i < b->domain->rng_count; i++)
		if (!build_rng(b, &b->domain->rngs[i]))
			return false;
	return true;
}
