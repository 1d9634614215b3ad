/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The devices of a machine as rows: a table of their kinds, and what each says of itself. */
#include "base/memory.h"
#include "base/strv.h"
#include "base/text.h"
#include "base/xml.h"
#include "core/describe_internal.h"
#include "hv/domain_schema.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

char *describe_address(const struct address *address)
{
	const char *word = enum_word(&address_type_words, (int)address->type);

	switch (address->type) {
	case ADDRESS_ABSENT:
	case ADDRESS_COUNT:
		return NULL;
	case ADDRESS_PCI:
		return strf("%s %04" PRIx64 ":%02" PRIx64 ":%02" PRIx64 ".%" PRIx64, word, address->domain.value, address->bus.value,
			    address->slot.value, address->function.value);
	case ADDRESS_DRIVE:
		return strf("%s %" PRIu64 ":%" PRIu64 ":%" PRIu64 ":%" PRIu64, word, address->controller.value, address->bus.value,
			    address->target.value, address->unit.value);
	case ADDRESS_USB:
		return strf("%s %" PRIu64 ":%s", word, address->bus.value, address->port != NULL ? address->port : "?");
	case ADDRESS_VIRTIO_SERIAL:
	case ADDRESS_CCID:
		return strf("%s %" PRIu64 ":%" PRIu64 ":%s", word, address->controller.value, address->bus.value,
			    address->port != NULL ? address->port : "?");
	case ADDRESS_ISA:
		if (!address->iobase.set)
			return xstrdup(word);
		return strf("%s 0x%" PRIx64, word, address->iobase.value);
	case ADDRESS_VIRTIO_MMIO:
	case ADDRESS_UNASSIGNED:
	case ADDRESS_SPAPR_VIO:
	case ADDRESS_CCW:
	case ADDRESS_DIMM:
		break;
	}
	return xstrdup(word);
}

/* Words with ", " between; NULL ones are left out. */
static char *join(const char *a, const char *b, const char *c)
{
	_cleanup_strv_ char **words = NULL;
	const char *const all[] = { a, b, c };

	for (size_t i = 0; i < ARRAY_LENGTH(all); i++)
		if (all[i] != NULL)
			words = strv_add(words, all[i]);
	return strv_join(words, ", ");
}

static void fill_disk(const void *object, struct describe_row *row)
{
	static const char *const kinds[DISK_DEVICE_COUNT] = { "Disk", "Disk", "CD-ROM", "Floppy", "LUN" };
	const struct disk *disk = object;
	const struct disk_source *source = &disk->source;
	bool plain = disk->kind == DISK_DISK || disk->kind == DISK_DEVICE_ABSENT;

	row->label = strf("%s %s", kinds[disk->kind], disk->target != NULL ? disk->target : "?");
	row->kind = disk->kind == DISK_CDROM || disk->kind == DISK_FLOPPY ? DESCRIBE_DRIVE : DESCRIBE_OTHER;
	row->key = xstrdup_null(disk->target);
	row->value = join(enum_word(&disk_bus_words, (int)disk->bus), enum_word(&disk_format_words, (int)source->format),
			  plain && disk->readonly ? "read-only" : disk->shareable ? "shareable" : NULL);
	if (source->type == DISK_VOLUME)
		row->source = strf("%s of pool %s", source->volume != NULL ? source->volume : "?", source->pool != NULL ? source->pool : "?");
	else if (source->file != NULL || source->dev != NULL)
		row->source = xstrdup(source->file != NULL ? source->file : source->dev);
	else if (source->type == DISK_NETWORK)
		row->source = disk_source_text(source);
	else if (source->type == DISK_FILE || source->type == DISK_TYPE_ABSENT)
		row->source = xstrdup("(empty)");
	else
		row->source = xstrdup_null(enum_word(&disk_type_words, (int)source->type));
}

/* "Network net0"; a device without an alias yet has no number. */
static char *named(const char *kind, const struct device *device)
{
	return device->alias != NULL ? strf("%s %s", kind, device->alias) : xstrdup(kind);
}

static void fill_interface(const void *object, struct describe_row *row)
{
	const struct interface *interface = object;
	const char *type = enum_word(&interface_type_words, (int)interface->type);

	row->label = named("Network", &interface->device);
	row->kind = DESCRIBE_CARD;
	row->key = xstrdup_null(interface->mac);
	row->value = join(interface->model, interface->mac, interface->link == TRI_NO ? "unplugged" : NULL);
	row->source = interface->source != NULL ? strf("%s %s", type, interface->source) : xstrdup_null(type);
}

static void fill_controller(const void *object, struct describe_row *row)
{
	const struct controller *controller = object;
	const char *type = enum_word(&controller_type_words, (int)controller->type);

	row->label = controller->index.set ? strf("Controller %s %" PRIu64, type, controller->index.value) : strf("Controller %s", type);
	row->value = xstrdup_null(controller->model);
	if (text_equal(controller->model, "pcie-root") || text_equal(controller->model, "pci-root"))
		row->address = xstrdup("pci 0000:00");
}

static void fill_chardev(const char *kind, const struct chardev *chardev, const char *target, struct describe_row *row)
{
	const char *type = enum_word(&chardev_type_words, (int)chardev->type);

	row->label = named(kind, &chardev->device);
	row->value = join(target, chardev->same_as_serial ? "the first serial port" : NULL, NULL);
	row->source = chardev->path != NULL ? strf("%s %s", type != NULL ? type : "", chardev->path) : xstrdup_null(type);
}

/* The ports of a PC's serial lines, by their number; other cards have addresses of their own. */
static char *isa_serial_address(const struct chardev *chardev)
{
	static const unsigned ports[] = { 0x3f8, 0x2f8, 0x3e8, 0x2e8 };
	uint64_t number = chardev->port.set ? chardev->port.value : 0;

	if (chardev->serial_target != SERIAL_ISA || number >= ARRAY_LENGTH(ports))
		return NULL;
	return strf("isa 0x%x", ports[number]);
}

static void fill_serial(const void *object, struct describe_row *row)
{
	const struct chardev *chardev = object;

	row->address = isa_serial_address(chardev);
	fill_chardev("Serial", chardev, enum_word(&serial_target_words, (int)chardev->serial_target), row);
}

static void fill_console(const void *object, struct describe_row *row)
{
	const struct chardev *chardev = object;

	if (chardev->same_as_serial)
		row->address = xstrdup("as that port");
	fill_chardev("Console", chardev,
		     chardev->same_as_serial ? NULL : enum_word(&console_target_words, (int)chardev->console_target), row);
}

static void fill_channel(const void *object, struct describe_row *row)
{
	const struct chardev *channel = object;

	fill_chardev("Channel", channel, channel->channel_name, row);
	if (text_equal(channel->channel_name, GUEST_AGENT_CHANNEL)) {
		free(row->label);
		row->label = named("Guest agent", &channel->device);
	}
}

static void fill_graphics(const void *object, struct describe_row *row)
{
	const struct graphics *graphics = object;
	const char *address = graphics->listen != NULL ? graphics->listen : "127.0.0.1";
	const char *type = enum_word(&graphics_type_words, (int)graphics->type);
	bool any = graphics->autoport == TRI_YES || text_equal(graphics->port, "-1");

	row->label = xstrdup("Graphics");
	row->address = xstrdup("on the host");
	row->value = join(type, graphics->password != NULL ? "with a password" : NULL, NULL);
	if (graphics->port != NULL && !text_equal(graphics->port, "-1"))
		row->source = strf("%s port %s", address, graphics->port);
	else if (any)
		row->source = strf("%s, any free port", address);
	else if (!text_empty(graphics->socket))
		row->source = strf("unix %s", graphics->socket);
	else if (graphics->type == GRAPHICS_VNC)
		row->source = xstrdup("a unix socket, made at start");
}

static void fill_video(const void *object, struct describe_row *row)
{
	const struct video *video = object;

	row->label = named("Video", &video->device);
	row->value = xstrdup_null(video->model);
}

static void fill_input(const void *object, struct describe_row *row)
{
	const struct input *input = object;

	row->label = named("Input", &input->device);
	if (input->bus == INPUT_PS2)
		row->address = xstrdup("ps2");
	row->value = join(enum_word(&input_type_words, (int)input->type), enum_word(&input_bus_words, (int)input->bus), NULL);
}

static void fill_rng(const void *object, struct describe_row *row)
{
	const struct rng *rng = object;

	row->label = named("Random", &rng->device);
	row->value = join(rng->model, rng->backend_model, NULL);
	row->source = xstrdup_null(rng->backend_path);
}

static void fill_memballoon(const void *object, struct describe_row *row)
{
	const struct memballoon *balloon = object;

	row->label = named("Balloon", &balloon->device);
	row->value = xstrdup_null(balloon->model);
}

/* Kinds of device in the order in which they are shown. */
static const struct kind {
	const struct schema *schema;
	size_t items; /* of the array in struct domain; count_offset 0: the struct itself */
	size_t count;
	void (*fill)(const void *object, struct describe_row *row);
} kinds[] = {
#define LIST(schema_, items_, count_, fill_) { &(schema_), offsetof(struct domain, items_), offsetof(struct domain, count_), fill_ }
	LIST(disk_schema, disks, disk_count, fill_disk),
	LIST(interface_schema, interfaces, interface_count, fill_interface),
	LIST(serial_schema, serials, serial_count, fill_serial),
	LIST(console_schema, consoles, console_count, fill_console),
	LIST(channel_schema, channels, channel_count, fill_channel),
	LIST(graphics_schema, graphics, graphics_count, fill_graphics),
	LIST(video_schema, videos, video_count, fill_video),
	LIST(input_schema, inputs, input_count, fill_input),
	LIST(rng_schema, rngs, rng_count, fill_rng),
	{ &memballoon_schema, offsetof(struct domain, memballoon), 0, fill_memballoon },
	LIST(controller_schema, controllers, controller_count, fill_controller),
#undef LIST
};
/* A struct of a device begins with what all devices have. */
_Static_assert(offsetof(struct device, node) == 0, "a device's node is its first member");

#define BEFORE_UNKNOWN 10 /* kinds that come before what is not known: all but controllers */
_Static_assert(BEFORE_UNKNOWN == ARRAY_LENGTH(kinds) - 1, "controllers are the last kind");

/* Every value that has a label and is no secret. */
static char **details_of(const struct schema *schema, const void *object)
{
	const char *previous = NULL;
	char **details = NULL;

	for (size_t i = 0; i < schema->count; i++) {
		const struct schema_row *row = &schema->rows[i];

		if (row->label == NULL || row->secret || text_equal(row->path, previous))
			continue;
		_cleanup_free_ char *value = schema_get(schema, object, row->path);

		if (value == NULL)
			continue;
		details = strv_addf(details, "%s: %s", row->label, value);
		previous = row->path; /* rows of one path are one value, whichever of them holds */
	}
	return details;
}

/* A disk's image may stand on others. */
static char **add_chain(char **details, const struct disk_source *source)
{
	for (source = source->backing; source != NULL; source = source->backing)
		details = strv_addf(details, "Backed by: %s", source->file != NULL ? source->file : source->dev != NULL ? source->dev : "?");
	return details;
}

static void add_device(struct description *description, const struct kind *kind, const void *object)
{
	const struct device *device = (const struct device *)(const void *)((const char *)object + kind->schema->node_offset);

	if (device->node == NULL)
		return;
	struct describe_row *row = ARRAY_ADD(description->rows, description->count);

	row->group = DESCRIBE_DEVICE;
	kind->fill(object, row);
	/* where its kind has it, but for an address of its own */
	if (device->address.type != ADDRESS_ABSENT) {
		free(row->address);
		row->address = describe_address(&device->address);
	}
	row->details = details_of(kind->schema, object);
	if (kind->fill == fill_disk)
		row->details = add_chain(row->details, &((const struct disk *)object)->source);
	if (device->alias != NULL)
		row->details = strv_addf(row->details, "Alias: %s", device->alias);
	if (row->address != NULL)
		row->details = strv_addf(row->details, "Address: %s", row->address);
}

static void add_kind(const struct domain *domain, struct description *description, const struct kind *kind)
{
	const char *base = (const char *)domain;
	const char *items = base + kind->items;
	size_t count = 1;

	if (kind->count != 0) {
		memcpy(&items, base + kind->items, sizeof items);
		memcpy(&count, base + kind->count, sizeof count);
	}
	for (size_t i = 0; i < count; i++)
		add_device(description, kind, items + i * kind->schema->size);
}

static bool is_known(const xmlNode *node)
{
	if (strcmp((const char *)node->name, "emulator") == 0)
		return true;
	for (size_t i = 0; i < ARRAY_LENGTH(kinds); i++)
		if (strcmp((const char *)node->name, kinds[i].schema->element) == 0)
			return true;
	return false;
}

static uint64_t attribute_number(const xmlNode *node, const char *name)
{
	_cleanup_free_ char *text = xml_attribute(node, name);

	return text != NULL ? strtoull(text, NULL, 0) : 0;
}

/* Where a device that no table describes says it is. */
static char *stated_address(const xmlNode *device)
{
	const xmlNode *node = xml_child(device, "address");
	_cleanup_free_ char *type = node != NULL ? xml_attribute(node, "type") : NULL;
	_cleanup_free_ char *port = node != NULL ? xml_attribute(node, "port") : NULL;
	int value = type != NULL ? enum_value(&address_type_words, type) : -1;
	struct address address = { .type = value > 0 ? (enum address_type)value : ADDRESS_ABSENT };

	address.domain.value = attribute_number(node, "domain");
	address.bus.value = attribute_number(node, "bus");
	address.slot.value = attribute_number(node, "slot");
	address.function.value = attribute_number(node, "function");
	address.controller.value = attribute_number(node, "controller");
	address.target.value = attribute_number(node, "target");
	address.unit.value = attribute_number(node, "unit");
	address.port = port;
	return describe_address(&address);
}

/* Devices that no table describes: their element's name, and what commonly says most. */
static void add_unknown(const struct domain *domain, struct description *description)
{
	const xmlNode *devices = xml_child(domain->node, "devices");

	for (xmlNode *node = devices != NULL ? xml_child(devices, NULL) : NULL; node != NULL; node = xml_next(node, NULL)) {
		if (is_known(node))
			continue;
		_cleanup_free_ char *type = xml_attribute(node, "type");
		_cleanup_free_ char *model = xml_attribute(node, "model");
		struct describe_row *row = ARRAY_ADD(description->rows, description->count);

		row->group = DESCRIBE_DEVICE;
		row->label = xstrdup((const char *)node->name);
		row->value = join(type, model, NULL);
		row->source = xstrdup("kept, but not known to virtty yet");
		row->address = stated_address(node);
		row->details = strv_take(NULL, xml_format_node(node));
	}
}

void describe_devices(const struct domain *domain, struct description *description)
{
	for (size_t i = 0; i < BEFORE_UNKNOWN; i++)
		add_kind(domain, description, &kinds[i]);
	add_unknown(domain, description);
	add_kind(domain, description, &kinds[BEFORE_UNKNOWN]);
}
