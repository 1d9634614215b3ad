/* SPDX-License-Identifier: GPL-2.0-or-later */
/* virt-install's options as a request to core. */
#include "config.h"

#include "base/gettext.h"
#include "base/memory.h"
#include "base/strbuf.h"
#include "base/strv.h"
#include "base/text.h"
#include "base/uuid.h"
#include "cli/cli.h"
#include "cli/cloud_init.h"
#include "cli/install_forward.h"
#include "cli/install_options.h"
#include "cli/secret.h"
#include "cli/suboptions.h"

#include <stdlib.h>
#include <string.h>

#define MIB	   (UINT64_C(1024) * 1024)
#define VCPU_LIMIT 4096

#define OPTION_VALUE(name, aliases, letter, value, help) \
	{ name, aliases, letter, OPTION_STRING, 0, COMPLETE_NONE, NULL, value, help }

const struct option install_options[] = {
	OPTION_VALUE("name", NULL, 'n', N_("NAME"), N_("name of the machine (default: after the ISO or the disk)")),
	OPTION_VALUE("memory", "ram", 'r', N_("MIB"), N_("memory in MiB, or with a unit: 2G (default 2048)")),
	OPTION_VALUE("vcpus", NULL, 0, N_("NUMBER"), N_("virtual CPUs (default 2)")),
	{ "cdrom", NULL, 'c', OPTION_STRING, 0, COMPLETE_FILE, NULL, N_("ISO"), N_("install from this ISO") },
	OPTION_SIMPLE("import", N_("no installation: boot the first disk")),
	{ "disk", NULL, 0, OPTION_LIST, 0, COMPLETE_FILE, NULL, N_("DISK"),
	  N_("path=, pool= or vol=POOL/VOLUME, with size=GIB,format=,sparse=,copy=IMAGE,backing_store=,backing_format=,bus=,cache=,discard=,"
	     "io=,readonly=,device=; or none") },
	{ "network", NULL, 'w', OPTION_LIST, 0, COMPLETE_WORDS, NULL, N_("NETWORK"),
	  N_("network=NAME, bridge=NAME, type=direct,source=DEVICE, user, passt or none[,model=,mac=,forward=2222:22]") },
	OPTION_VALUE("graphics", NULL, 0, N_("GRAPHICS"), N_("vnc[,listen=,port=,keymap=,password-file=] or none")),
	OPTION_VALUE("console", NULL, 0, N_("CONSOLE"), N_("pty[,target_type=serial] (without it), or none")),
	OPTION_VALUE("channel", NULL, 0, N_("CHANNEL"),
		     N_("unix,target.type=virtio,target.name=org.qemu.guest_agent.0 (a Linux guest has it without it), or none")),
	OPTION_VALUE("boot", NULL, 0, N_("BOOT"),
		     N_("uefi, an order such as hd,cdrom,network, menu=on, or kernel=,initrd=,kernel_args=")),
	{ "virt-type", NULL, 0, OPTION_STRING, 0, COMPLETE_WORDS, "kvm qemu", N_("TYPE"),
	  N_("kvm or qemu (default: KVM where it is usable)") },
	OPTION_VALUE("machine", NULL, 0, N_("TYPE"), N_("machine type, such as q35 or pc")),
	OPTION_VALUE("cpu", NULL, 0, N_("MODEL"), N_("CPU: a mode or a model")),
	OPTION_VALUE("osinfo", "os-variant", 0, N_("OS"),
		     N_("what will be installed: debian12, or [name=][,detect=on][,require=on] (default: what the ISO says)")),
	OPTION_VALUE("os-type", NULL, 0, N_("TYPE"), N_("does nothing: --osinfo says it")),
	OPTION_CLOUD_INIT,
	OPTION_VALUE("metadata", NULL, 0, N_("METADATA"), N_("title=,description=")),
	OPTION_VALUE("description", NULL, 0, N_("TEXT"), N_("description of the machine")),
	OPTION_SIMPLE("wizard", N_("ask for all on the screen, with what is given filled in; also without anything to boot")),
	OPTION_SIMPLE("autostart", N_("start it with the host from now on")),
	OPTION_SIMPLE("noreboot", N_("stay off when the guest reboots at the end of its installation")),
	OPTION_SIMPLE("noautoconsole", N_("do not connect to its console")),
	{ "wait", NULL, 0, OPTION_MAYBE_INT, 0, COMPLETE_NONE, NULL, N_("MINUTES"),
	  N_("wait until it is off again, at most so long (0: not at all); exit 1 if it is not") },
	OPTION_SIMPLE("print-xml", N_("print its XML and do nothing")),
	OPTION_SIMPLE("dry-run", N_("check everything and do nothing")),
	OPTION_END,
};

static bool read_memory(const char *text, struct install_request *ret, struct error *err)
{
	_cleanup_suboptions_ struct suboptions parts = { 0 };
	uint64_t bytes;

	if (!text)
		return true;
	if (!suboptions_parse("memory", text, "memory", "memory", &parts, err))
		return false;
	if (!size_parse(suboption_value(&parts, "memory"), "MiB", &bytes, err))
		return error_wrap(err, "--memory");
	if (bytes < MIB)
		return error_set(err, ERROR_INVALID, _("--memory is at least 1 MiB, not '%s'"), text);
	ret->memory_mib = bytes / MIB;
	return true;
}

static bool read_vcpus(const char *text, struct install_request *ret, struct error *err)
{
	_cleanup_suboptions_ struct suboptions parts = { 0 };
	const char *number;
	uint64_t value;

	if (!text)
		return true;
	if (!suboptions_parse("vcpus", text, "vcpus", "vcpus", &parts, err))
		return false;
	number = suboption_value(&parts, "vcpus");
	if (!text_to_uint(number, false, &value) || value < 1 || value > VCPU_LIMIT)
		return error_set(err, ERROR_INVALID, _("--vcpus takes a number from 1 to %d, not '%s'"), VCPU_LIMIT,
				 number);
	ret->vcpus = (unsigned)value;
	return true;
}

/* A part copied into the request; absent stays NULL. */
static char *copy_part(const struct suboptions *parts, const char *key)
{
	return xstrdup_null(suboption_value(parts, key));
}

static bool read_bool(const char *option, const struct suboptions *parts, const char *key, bool *ret, struct error *err)
{
	const char *value = suboption_value(parts, key);

	if (!value)
		return true;
	*ret = value[0] == '\0' || strcmp(value, "on") == 0 || strcmp(value, "yes") == 0;
	if (*ret || strcmp(value, "off") == 0 || strcmp(value, "no") == 0)
		return true;
	return error_set(err, ERROR_INVALID, _("--%s: %s is on or off, not '%s'"), option, key, value);
}

static bool read_device(const struct suboptions *parts, struct install_disk *disk, struct error *err)
{
	const char *device = suboption_value(parts, "device");

	if (!device || strcmp(device, "disk") == 0)
		return true;
	disk->cdrom = strcmp(device, "cdrom") == 0;
	return disk->cdrom || error_set(err, ERROR_INVALID, _("--disk: device is disk or cdrom, not '%s'"), device);
}

/* "POOL/VOLUME": neither a pool's name nor a volume's holds a slash. */
static bool read_volume(const struct suboptions *parts, struct install_disk *disk, struct error *err)
{
	const char *text = suboption_value(parts, "vol");
	const char *slash = text ? strchr(text, '/') : NULL;

	if (!text)
		return true;
	if (!slash || slash == text || slash[1] == '\0')
		return error_set(err, ERROR_INVALID, _("--disk: vol is POOL/VOLUME, not '%s'"), text);
	if (disk->pool)
		return error_set(err, ERROR_INVALID, _("--disk: vol= names its pool: pool= goes without it"));
	disk->pool = xstrndup(text, (size_t)(slash - text));
	disk->volume = xstrdup(slash + 1);
	return true;
}

/* What the new image is read through: virt-install's word for it, and a shorter one. */
static bool read_backing(const struct suboptions *parts, struct install_disk *disk, struct error *err)
{
	if (suboption_value(parts, "backing") && suboption_value(parts, "backing_store"))
		return error_set(err, ERROR_INVALID, _("--disk: backing= and backing_store= are the same: one of them is enough"));
	disk->backing = copy_part(parts, suboption_value(parts, "backing") ? "backing" : "backing_store");
	disk->backing_format = copy_part(parts, "backing_format");
	return disk->backing || !disk->backing_format ||
	       error_set(err, ERROR_INVALID, _("--disk: backing_format= needs backing_store="));
}

/* Does it say which image it is about, and that once? */
static bool check_disk(const struct install_disk *disk, struct error *err)
{
	bool is_new = install_disk_is_new(disk);

	if (disk->path && disk->pool)
		return error_set(err, ERROR_INVALID, _("--disk: path= and a pool exclude each other"));
	if (!disk->path && !disk->volume && !is_new)
		return error_set(err, ERROR_INVALID,
				 _("--disk needs path= or vol= (an image that exists), or size= or copy= (a new one)"));
	return is_new || !disk->full ||
	       error_set(err, ERROR_INVALID, _("--disk: sparse= is about a new image, which needs size="));
}

static bool read_disk(const char *text, struct install_request *ret, struct error *err)
{
	_cleanup_suboptions_ struct suboptions parts = { 0 };
	/* "size=20" is no path: virt-install, too, takes only a first part without '=' for one. */
	bool good = suboptions_parse("disk", text, "path",
				     "path pool vol size format sparse copy backing_store backing backing_format bus cache "
				     "discard io readonly device",
				     &parts, err);
	bool sparse = true;
	struct install_disk *disk;
	const char *size;

	if (!good)
		return false;
	disk = ARRAY_ADD(ret->disks, ret->disk_count);
	disk->path = copy_part(&parts, "path");
	disk->pool = copy_part(&parts, "pool");
	disk->format = copy_part(&parts, "format");
	disk->copy = copy_part(&parts, "copy");
	disk->bus = copy_part(&parts, "bus");
	disk->cache = copy_part(&parts, "cache");
	disk->discard = copy_part(&parts, "discard");
	disk->io = copy_part(&parts, "io");
	size = suboption_value(&parts, "size");
	if (size && !size_parse(size, "GiB", &disk->size_bytes, err))
		return error_wrap(err, "--disk");
	if (size && disk->size_bytes == 0)
		return error_set(err, ERROR_INVALID, _("--disk: a size of 0 is no disk"));
	if (!read_volume(&parts, disk, err) || !read_backing(&parts, disk, err) ||
	    !read_bool("disk", &parts, "sparse", &sparse, err))
		return false;
	disk->full = !sparse;
	return check_disk(disk, err) && read_bool("disk", &parts, "readonly", &disk->readonly, err) &&
	       read_device(&parts, disk, err);
}

static bool read_disks(const struct arguments *arguments, struct install_request *ret, struct error *err)
{
	size_t count = 0;
	const char *const *texts = argument_list(arguments, "disk", &count);

	for (size_t i = 0; i < count; i++) {
		if (strcmp(texts[i], "none") == 0)
			ret->no_disks = true;
		else if (!read_disk(texts[i], ret, err))
			return false;
	}
	if (ret->no_disks && ret->disk_count > 0)
		return error_set(err, ERROR_INVALID, _("--disk none and another --disk exclude each other"));
	return true;
}

/* The parts put together again as core takes them, the type first; those in skip (blanks between) stay out. NULL on error. */
static char *join_parts(const char *option, const char *type, const struct suboptions *parts, const char *skip, struct error *err)
{
	_cleanup_strv_ char **left_out = strv_split(skip, " ");
	_cleanup_strbuf_ struct strbuf b = STRBUF_INIT;

	strbuf_puts(&b, type);
	for (size_t i = 0; i < parts->count; i++) {
		const struct suboption *part = &parts->items[i];

		if (strv_contains(left_out, part->key))
			continue;
		if (text_empty(part->value)) {
			error_set(err, ERROR_INVALID, _("--%s: %s needs a value"), option, part->key);
			return NULL;
		}
		strbuf_put_part(&b, part->key, part->value);
	}
	return strbuf_take(&b);
}

/* What a network joins, as virt-install words it: "network=default", "bridge=br0", "type=direct,source=eth0", "user", "user,backend.type=passt",
 * "passt", "none". Owned; NULL: none of these. */
static char *network_type(const struct suboptions *parts)
{
	static const char *const joins[] = { "network", "bridge", "direct" };
	const char *type = suboption_value(parts, "type"), *source = suboption_value(parts, "source"),
		*backend = suboption_value(parts, "backend.type");

	for (size_t i = 0; i < ARRAY_LENGTH(joins); i++) {
		const char *name = suboption_value(parts, joins[i]);

		if (!name && text_equal(type, joins[i]))
			name = source;
		if (!text_empty(name)) {
			_cleanup_strbuf_ struct strbuf b = STRBUF_INIT;

			strbuf_put_part(&b, joins[i], name);
			return strbuf_take(&b);
		}
	}
	if (text_equal(type, "default"))
		return xstrdup("network=default");
	if (text_equal(type, "user"))
		return xstrdup(text_equal(backend, "passt") ? "passt" : "user");
	return text_equal(type, "passt") || text_equal(type, "none") ? xstrdup(type) : NULL;
}

/* backend.type: passt has made "passt" of "user". */
static bool check_backend(const struct suboptions *parts, const char *type, struct error *err)
{
	const char *backend = suboption_value(parts, "backend.type");
	bool passt = text_equal(backend, "passt");

	if (!backend || text_equal(type, passt ? "passt" : "user")) {
		if (!backend || passt || text_equal(backend, "default"))
			return true;
		return error_set(err, ERROR_INVALID, _("--network: backend.type is 'passt' or 'default', not '%s'"), backend);
	}
	return error_set(err, ERROR_INVALID, _("--network: backend.type=%s does not go with '%s'"), backend, type);
}

/* "user,model=e1000": the type must be one that can be had. */
static bool read_network(const char *text, struct install_request *ret, struct error *err)
{
	_cleanup_suboptions_ struct suboptions parts = { 0 };
	_cleanup_strbuf_ struct strbuf joined = STRBUF_INIT;
	_cleanup_free_ char *type = NULL, *rest = NULL;
	_cleanup_strv_ char **forwards = NULL;
	char canonical[MAC_TEXT_SIZE];

	if (!install_forwards_take(text, &rest, &forwards, err))
		return false;
	if (!suboptions_parse("network", rest, "type",
			      "type network bridge direct source source_mode source.mode mode model model.type mac mac.address backend.type forward",
			      &parts, err))
		return false;
	/* the ones with a value were taken out */
	if (suboption_value(&parts, "forward"))
		return error_set(err, ERROR_INVALID, _("--%s: %s needs a value"), "network", "forward");
	type = network_type(&parts);
	if (!type) {
		error_set(err, ERROR_INVALID, _("--network '%s': not a network"), text);
		return error_hint(err, _("network=default joins a network, bridge=br0 a bridge, type=direct,source=eth0 a device; "
					 "user and passt need no privilege, none is no card"));
	}
	if (!check_backend(&parts, type, err))
		return false;
	const char *mac = suboption_value(&parts, "mac"), *model = suboption_value(&parts, "model"), *mode = suboption_value(&parts, "source_mode");

	mac = mac ? mac : suboption_value(&parts, "mac.address");
	model = model ? model : suboption_value(&parts, "model.type");
	mode = mode ? mode : suboption_value(&parts, "source.mode");
	mode = mode ? mode : suboption_value(&parts, "mode");
	if (mac && !mac_parse(mac, canonical))
		return error_set(err, ERROR_INVALID, _("--network: '%s' is no MAC address of one card"), mac);
	if (model && !*model)
		return error_set(err, ERROR_INVALID, _("--%s: %s needs a value"), "network", "model");
	strbuf_puts(&joined, type);
	if (model)
		strbuf_put_part(&joined, "model", model);
	if (mac)
		strbuf_put_part(&joined, "mac", mac);
	if (mode)
		strbuf_put_part(&joined, "mode", mode);
	for (char **forward = forwards; forward && *forward; forward++)
		strbuf_put_part(&joined, "forward", *forward);
	ret->networks = strv_take(ret->networks, strbuf_take(&joined));
	return true;
}

static bool read_networks(const struct arguments *arguments, struct install_request *ret, struct error *err)
{
	size_t count = 0;
	const char *const *texts = argument_list(arguments, "network", &count);

	for (size_t i = 0; i < count; i++) {
		if (!read_network(texts[i], ret, err))
			return false;
	}
	if (count > 1 && strv_contains(ret->networks, "none"))
		return error_set(err, ERROR_INVALID, _("--network none and another --network exclude each other"));
	return true;
}

/* The password itself is taken, as virt-install takes it, but anybody can read an argument vector. */
static bool read_password(const struct suboptions *parts, const char *text, struct install_request *ret, struct error *err)
{
	const char *typed = suboption_value(parts, "password");
	const char *file = suboption_value(parts, "password-file");

	if (typed && file)
		return error_set(err, ERROR_INVALID, _("--graphics: password= and password-file= exclude each other"));
	if (typed) {
		if (text_empty(typed))
			return error_set(err, ERROR_INVALID, _("--graphics: password needs a value"));
		ret->password = xstrdup(typed);
		secret_hide(text, "password");
		cli_warnings((char *const[]){ (char *)(uintptr_t)_("a password on a command line can be seen by everybody on this host, and stays "
								   "in the shell's history: password-file=FILE reads it from a file, "
								   "password-file=- asks for it"), NULL });
	}
	if (!file)
		return true;
	ret->password = secret_read(file, _("Password of its screen (VNC):"), err);
	return ret->password != NULL || error_wrap(err, "--graphics");
}

static bool read_graphics(const char *text, struct install_request *ret, struct error *err)
{
	_cleanup_suboptions_ struct suboptions parts = { 0 };
	const char *type, *port;
	uint64_t number;

	if (!text)
		return true;
	if (!suboptions_parse("graphics", text, "type", "type listen port keymap password password-file", &parts, err))
		return false;
	type = suboption_value(&parts, "type");
	if (!type || (strcmp(type, "vnc") != 0 && strcmp(type, "none") != 0))
		return error_set(err, ERROR_INVALID, _("--graphics is vnc or none, not '%s'"), type ? type : text);
	if (strcmp(type, "none") == 0 && parts.count > 1)
		return error_set(err, ERROR_INVALID, _("--graphics none takes nothing more"));
	port = suboption_value(&parts, "port");
	if (port && strcmp(port, "-1") != 0 && (!text_to_uint(port, false, &number) || number < 5900 || number > 65535))
		return error_set(err, ERROR_INVALID, _("--graphics: port is 5900 to 65535, or -1 for any, not '%s'"),
				 port);
	ret->graphics = join_parts("graphics", type, &parts, "type password password-file", err);
	return ret->graphics != NULL && read_password(&parts, text, ret, err);
}

/* A machine gets a serial console on a pseudo-terminal, or none; another kind cannot be had here, so it is refused. */
static bool read_console(const char *text, struct install_request *ret, struct error *err)
{
	_cleanup_suboptions_ struct suboptions parts = { 0 };
	const char *type, *target;

	if (!text)
		return true;
	if (!suboptions_parse("console", text, "type", "type target_type target.type", &parts, err))
		return false;
	type = suboption_value(&parts, "type");
	target = suboption_value(&parts, "target_type");
	if (!target)
		target = suboption_value(&parts, "target.type");
	ret->no_serial = type && strcmp(type, "none") == 0;
	if (ret->no_serial && parts.count > 1)
		return error_set(err, ERROR_INVALID, _("--console none takes nothing more"));
	if ((type && !ret->no_serial && strcmp(type, "pty") != 0) || (target && strcmp(target, "serial") != 0)) {
		error_set(err, ERROR_UNSUPPORTED,
			  _("--console '%s' is not supported: it is pty, or none"), text);
		return error_hint(err, _("'virtty edit' adds other consoles to its XML"));
	}
	return true;
}

/* The channel of the guest's agent, or none; another kind cannot be had here, so it is refused. */
static bool read_channel(const char *text, struct install_request *ret, struct error *err)
{
	_cleanup_suboptions_ struct suboptions parts = { 0 };
	const char *type, *target, *name;

	if (!text)
		return true;
	if (!suboptions_parse("channel", text, "type", "type target_type target.type name target.name", &parts, err))
		return false;
	type = suboption_value(&parts, "type");
	target = suboption_value(&parts, suboption_value(&parts, "target_type") ? "target_type" : "target.type");
	name = suboption_value(&parts, suboption_value(&parts, "name") ? "name" : "target.name");
	ret->no_agent = type && strcmp(type, "none") == 0;
	if (ret->no_agent && parts.count > 1)
		return error_set(err, ERROR_INVALID, _("--channel none takes nothing more"));
	if (!ret->no_agent && ((type && strcmp(type, "unix") != 0) || (target && strcmp(target, "virtio") != 0) || !name ||
			       strcmp(name, "org.qemu.guest_agent.0") != 0)) {
		error_set(err, ERROR_UNSUPPORTED,
			  _("--channel '%s' is not supported: it is the guest agent's, or none"), text);
		return error_hint(err, _("'virtty edit' adds other channels to its XML"));
	}
	return true;
}

static bool read_metadata(const struct arguments *arguments, struct install_request *ret, struct error *err)
{
	_cleanup_suboptions_ struct suboptions parts = { 0 };
	const char *text = argument_string(arguments, "metadata");
	const char *description = argument_string(arguments, "description");

	if (text && !suboptions_parse("metadata", text, NULL, "title description", &parts, err))
		return false;
	if (description && suboption_value(&parts, "description"))
		return error_set(err, ERROR_INVALID, _("--description and --metadata description= exclude each other"));
	ret->title = copy_part(&parts, "title");
	ret->description = description ? xstrdup(description) : copy_part(&parts, "description");
	return true;
}

bool install_request_boots(const struct install_request *request)
{
	_cleanup_strv_ char **words = request->boot ? strv_split_parts(request->boot) : NULL;

	/* firmware and its menu find nothing by themselves */
	for (char **word = words; word && *word; word++) {
		if (strcmp(*word, "uefi") != 0 && !text_starts(*word, "menu=") && !text_starts(*word, "bootmenu.enable="))
			return true;
	}
	return request->cdrom || request->import;
}

/* Is there anything to boot? virt-install asks for it, too. */
static bool check_method(const struct install_request *request, struct error *err)
{
	if (install_request_boots(request))
		return true;
	error_set(err, ERROR_INVALID, _("'install' needs something to boot: --cdrom, --import or --boot"));
	return error_hint(err, _("--cdrom ISO installs from an ISO; --import --disk IMAGE boots a disk; --boot network "
				 "or kernel=... boots without either"));
}

bool install_request_machine(const struct arguments *arguments, struct install_request *ret, struct error *err)
{
	*ret = (struct install_request){
		.name = xstrdup_null(argument_string(arguments, "name")),
		.boot = xstrdup_null(argument_string(arguments, "boot")),
		.virt_type = xstrdup_null(argument_string(arguments, "virt-type")),
		.machine = xstrdup_null(argument_string(arguments, "machine")),
		.cpu = xstrdup_null(argument_string(arguments, "cpu")),
		.osinfo = xstrdup_null(argument_string(arguments, "osinfo")),
	};
	return read_memory(argument_string(arguments, "memory"), ret, err) && read_vcpus(argument_string(arguments, "vcpus"), ret, err) &&
	       read_networks(arguments, ret, err);
}

bool install_request_begin(const struct arguments *arguments, struct install_request *ret, struct error *err)
{
	bool good = install_request_machine(arguments, ret, err);

	ret->cdrom = xstrdup_null(argument_string(arguments, "cdrom"));
	ret->import = argument_flag(arguments, "import");
	ret->noreboot = argument_flag(arguments, "noreboot");
	if (argument_string(arguments, "os-type"))
		cli_warnings((char *const[]){ (char *)(uintptr_t)_("--os-type does nothing any more: --osinfo says what is installed"), NULL });
	if (!good || !read_disks(arguments, ret, err) || !read_graphics(argument_string(arguments, "graphics"), ret, err) ||
	    !read_console(argument_string(arguments, "console"), ret, err) ||
	    !read_channel(argument_string(arguments, "channel"), ret, err) || !read_metadata(arguments, ret, err) ||
	    !cloud_init_read(arguments, ret, err))
		return false;
	if (ret->cdrom && ret->import)
		return error_set(err, ERROR_INVALID, _("--cdrom and --import exclude each other"));
	return true;
}

bool install_request_check(const struct install_request *request, struct error *err)
{
	if (request->import && request->disk_count == 0)
		return error_set(err, ERROR_INVALID, _("--import needs a --disk to boot"));
	return check_method(request, err);
}

bool install_request_read(const struct arguments *arguments, struct install_request *ret, struct error *err)
{
	return install_request_begin(arguments, ret, err) && install_request_check(ret, err);
}
