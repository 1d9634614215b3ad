/* SPDX-License-Identifier: GPL-2.0-or-later */
/* `virtty import`: a machine of an image or an appliance that comes from elsewhere. */
#include "config.h"

#include "base/strv.h"
#include "base/text.h"
#include "cli/cli.h"
#include "cli/cloud_init.h"
#include "cli/import_ask.h"
#include "cli/install_options.h"
#include "cli/install_run.h"
#include "core/import.h"

#include <string.h>

#define OPTION_WORD(name, aliases, words, value, help) \
	{ name, aliases, 0, OPTION_STRING, 0, COMPLETE_WORDS, words, value, help }
#define OPTION_ANY(name, aliases, letter, value, help) \
	{ name, aliases, letter, OPTION_STRING, 0, COMPLETE_NONE, NULL, value, help }

static const struct option import_options[] = {
	{ "file", NULL, 0, OPTION_STRING, TRAIT_POSITIONAL | TRAIT_REQUIRED, COMPLETE_FILE, NULL, N_("FILE"),
	  N_("a disk image of any format, also compressed by xz, gzip or zstd; or an appliance: .ova, .ovf") },
	OPTION_ANY("name", NULL, 'n', N_("NAME"), N_("name of the machine (default: its own, or after the file)")),
	OPTION_SIMPLE("convert", N_("copy it into a pool, in virtty's format; the file stays as it is (the default; asked on a terminal)")),
	OPTION_SIMPLE("in-place", N_("use the image where it is, as it is: the machine writes to it")),
	{ "pool", NULL, 0, OPTION_STRING, 0, COMPLETE_POOL, NULL, N_("POOL"), N_("where the copy goes (default: 'default')") },
	OPTION_WORD("format", NULL, "qcow2 raw", N_("FORMAT"), N_("of the copy (default qcow2)")),
	OPTION_WORD("source-format", NULL, "raw qcow2 qcow qed vmdk vdi vhdx vpc", N_("FORMAT"), N_("of the image, instead of what its head says")),
	OPTION_ANY("size", NULL, 0, N_("GIB"), N_("make the copy of the disk at least so large")),
	OPTION_WORD("bus", NULL, "virtio sata scsi ide", N_("BUS"), N_("of its disks (default: virtio for an image, what an appliance says)")),
	OPTION_ANY("memory", "ram", 'r', N_("MIB"), N_("memory in MiB, or with a unit: 2G")),
	OPTION_ANY("vcpus", NULL, 0, N_("NUMBER"), N_("virtual CPUs")),
	{ "network", NULL, 'w', OPTION_LIST, 0, COMPLETE_WORDS, NULL, N_("NETWORK"), N_("user[,model=,mac=] or none") },
	OPTION_ANY("boot", NULL, 0, N_("BOOT"), N_("uefi, an order such as hd,network, menu=on")),
	OPTION_WORD("virt-type", NULL, "kvm qemu", N_("TYPE"), N_("kvm or qemu (default: KVM where it is usable)")),
	OPTION_ANY("machine", NULL, 0, N_("TYPE"), N_("machine type, such as q35 or pc")),
	OPTION_ANY("cpu", NULL, 0, N_("MODEL"), N_("CPU: a mode or a model")),
	OPTION_ANY("osinfo", "os-variant", 0, N_("OS"), N_("the system in it, such as debian12")),
	OPTION_CLOUD_INIT,
	OPTION_SIMPLE("start", N_("start it")),
	OPTION_SIMPLE("no-start", N_("only define it (the default)")),
	OPTION_SIMPLE("autostart", N_("start it with the host from now on")),
	OPTION_SIMPLE("noautoconsole", N_("with --start: do not connect to its console")),
	{ "wait", NULL, 0, OPTION_MAYBE_INT, 0, COMPLETE_NONE, NULL, N_("MINUTES"),
	  N_("with --start: wait until it is off again, at most so long (0: not at all)") },
	OPTION_SIMPLE("print-xml", N_("print its XML and do nothing")),
	OPTION_SIMPLE("dry-run", N_("check everything, say what would be left out, and do nothing")),
	OPTION_END,
};

/* ---- an image ---- */

/* Asked where somebody sits and did not say. *ret: use it in place. */
static bool ask_in_place(struct cli *cli, const struct import_image *image, bool *ret, struct error *err)
{
	*ret = cli_flag(cli, "in-place");
	if (*ret || cli_flag(cli, "convert") || cli_string(cli, "pool") || cli_string(cli, "format") || cli_string(cli, "size") ||
	    image->packing != PACKING_NONE || cli_flag(cli, "dry-run") || cli_flag(cli, "print-xml") || !import_can_ask(cli))
		return true;
	return import_ask(image, ret, err);
}

static bool request_in_place(struct cli *cli, const struct import_image *image, struct install_disk *disk, struct error *err)
{
	if (image->packing != PACKING_NONE) {
		error_set(err, ERROR_INVALID, _("'%s' is compressed: it cannot be used in place"), image->path);
		return error_hint(err, _("--convert makes a disk of it"));
	}
	if (cli_string(cli, "pool") || cli_string(cli, "format") || cli_string(cli, "size"))
		return cli_usage(cli, err, _("--in-place excludes --pool, --format and --size"));
	disk->path = xstrdup(image->path);
	disk->format = xstrdup(enum_word(&image_format_words, (int)image->format));
	return true;
}

static bool request_image(struct cli *cli, const char *file, struct install_request *request, struct error *err)
{
	const char *stated = cli_string(cli, "source-format"), *size = cli_string(cli, "size"), *bus = cli_string(cli, "bus");
	int format = stated ? enum_value(&image_format_words, stated) : IMAGE_UNKNOWN;
	struct import_image image = { 0 };
	struct install_disk *disk;
	bool in_place, good = import_look(file, (enum image_format)format, &image, err) && ask_in_place(cli, &image, &in_place, err);

	if (!good) {
		import_image_clear(&image);
		return false;
	}
	disk = ARRAY_ADD(request->disks, request->disk_count);
	disk->bus = xstrdup_null(bus);
	request->import = true;
	if (in_place) {
		good = request_in_place(cli, &image, disk, err);
	} else {
		disk->pool = xstrdup_null(cli_string(cli, "pool"));
		disk->format = xstrdup_null(cli_string(cli, "format"));
		good = size == NULL || size_parse(size, "GiB", &disk->size_bytes, err) || error_wrap(err, "--size");
		disk->content = import_image_copy(&image);
	}
	const char *dot = strrchr(image.name, '.');

	if (request->name == NULL)
		request->proposed_name = xstrndup(image.name, dot != NULL && dot != image.name ? (size_t)(dot - image.name) : strlen(image.name));
	import_image_clear(&image);
	return good;
}

/* ---- an appliance ---- */

static void show_appliance(struct cli *cli, const struct import_appliance *appliance)
{
	const struct ovf *ovf = &appliance->ovf;
	const char *name = ovf->product ? ovf->product : ovf->name ? ovf->name : ovf->id;
	_cleanup_free_ char *memory = size_format(ovf->memory_bytes);

	cli_note(cli, "%s%s%s\n", name ? name : _("an appliance"), ovf->product_version ? " " : "", ovf->product_version ? ovf->product_version : "");
	if (ovf->os_text)
		cli_note(cli, _("  system: %s\n"), ovf->os_text);
	cli_note(cli, _("  CPUs: %llu, memory: %s, %s\n"), (unsigned long long)(ovf->vcpus ? ovf->vcpus : 1), memory, ovf->efi ? "UEFI" : "BIOS");
	for (size_t i = 0; i < appliance->drive_count; i++) {
		const struct import_drive *drive = &appliance->drives[i];
		uint64_t bytes = drive->image && drive->image->virtual_bytes > drive->size_bytes ? drive->image->virtual_bytes : drive->size_bytes;
		_cleanup_free_ char *size = size_format(bytes);

		cli_note(cli, _("  %s: %s, %s\n"), drive->cdrom ? _("CD-ROM") : _("disk"), drive->image ? drive->image->name : _("empty"), size);
	}
}

/* A warning for each thing that is not as it was. */
static void show_notes(char *const *notes)
{
	for (; notes && *notes; notes++) {
		_cleanup_free_ char *clean = cli_clean(*notes), *text = strf(_("not taken over as it is: %s"), clean);

		cli_warnings((char *const[]){ text, NULL });
	}
}

static bool request_appliance(struct cli *cli, const char *file, struct install_request *request, struct error *err)
{
	struct import_appliance appliance = { 0 };
	bool good;

	if (cli_flag(cli, "in-place"))
		return cli_usage(cli, err, _("the disks of an appliance cannot be used in place: they are copied"));
	if (cli_string(cli, "source-format") || cli_string(cli, "size"))
		return cli_usage(cli, err, _("--source-format and --size are for a single image"));
	good = import_appliance_open(file, &appliance, err) &&
	       import_appliance_request(&appliance, cli_string(cli, "bus"), cli_string(cli, "pool"), cli_string(cli, "format"), request, err);
	if (good && !cli_flag(cli, "print-xml"))
		show_appliance(cli, &appliance);
	if (good)
		show_notes(appliance.notes);
	import_appliance_clear(&appliance);
	return good;
}

/* ---- the command ---- */

static bool make(struct cli *cli, struct install_request *request, struct error *err)
{
	const char *file = cli_string(cli, "file");

	if (!(import_is_appliance(file) ? request_appliance(cli, file, request, err) : request_image(cli, file, request, err)))
		return false;
	if (!cli_manager(cli, err))
		return false;
	if (cli_flag(cli, "print-xml") || cli_flag(cli, "dry-run"))
		return cli_install_show(cli, request, err);
	return cli_install_make(cli, request, cli_flag(cli, "start"), err);
}

static bool run_import(struct cli *cli, struct error *err)
{
	struct install_request request = { 0 };
	bool good = cli_exclusive(cli, err, "convert", "in-place", NULL) && cli_exclusive(cli, err, "start", "no-start", NULL);

	if (good && (!install_request_machine(&cli->arguments, &request, err) || !cloud_init_read(&cli->arguments, &request, err))) {
		cli->usage = !err || err->code != ERROR_UNSUPPORTED;
		good = false;
	}
	good = good && make(cli, &request, err);
	install_request_clear(&request);
	return good;
}

const struct command command_import = {
	.name = "import",
	.group = GROUP_DOMAIN,
	.summary = N_("make a machine from a disk image or an appliance"),
	.description = N_("Makes a machine of a disk image of any format that QEMU reads, also compressed by xz, gzip or zstd, or of an appliance (OVA, "
			  "OVF 1 and 2): its disks are copied into a pool, or an image is used in place. Of an appliance the digests of its manifest are "
			  "compared, and what cannot be taken over is said. If anything fails, all is taken back."),
	.options = import_options,
	.run = run_import,
};
