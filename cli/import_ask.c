/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Questions about images from elsewhere. */
#include "config.h"

#include "cli/import_ask.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

bool import_can_ask(const struct cli *cli)
{
	return !cli->quiet && isatty(STDIN_FILENO) && isatty(STDERR_FILENO);
}

/* A line without its newline. */
static bool read_answer(char *line, size_t size, struct error *err)
{
	fflush(stderr);
	if (fgets(line, (int)size, stdin) == NULL)
		return error_set(err, ERROR_FAILED, _("nothing was answered: nothing was done"));
	line[strcspn(line, "\n")] = '\0';
	return true;
}

bool import_ask(const struct import_image *image, bool *ret_in_place, struct error *err)
{
	char line[64];

	fprintf(stderr, _("'%s' is a %s image. Copy it into a pool (c), or use it in place (i)? [c] "), image->name,
		enum_word(&image_format_words, (int)image->format));
	if (!read_answer(line, sizeof line, err))
		return false;
	*ret_in_place = strcasecmp(line, "i") == 0;
	return *ret_in_place || line[0] == '\0' || strcasecmp(line, "c") == 0 ||
	       error_set(err, ERROR_INVALID, _("the answer is c or i, not '%s'"), line);
}

static bool ask_disk(struct install_disk *disk, struct error *err)
{
	struct import_image image = { 0 };
	bool in_place = false, good = true;

	/* what is wrong with it, the installation says */
	if (!import_look(disk->path, IMAGE_UNKNOWN, &image, NULL))
		return true;
	bool foreign = image.packing != PACKING_NONE || (image.format != IMAGE_QCOW2 && image.format != IMAGE_RAW);

	if (foreign && image.packing == PACKING_NONE)
		good = import_ask(&image, &in_place, err);
	if (foreign && good && in_place) {
		disk->format = xstrdup(enum_word(&image_format_words, (int)image.format));
	} else if (foreign && good) {
		disk->copy = disk->path;
		disk->path = NULL;
	}
	import_image_clear(&image);
	return good;
}

bool import_ask_disks(const struct cli *cli, struct install_request *request, struct error *err)
{
	if (!import_can_ask(cli) || cli_flag(cli, "print-xml") || cli_flag(cli, "dry-run"))
		return true;
	for (size_t i = 0; i < request->disk_count; i++) {
		struct install_disk *disk = &request->disks[i];

		if (disk->path != NULL && disk->format == NULL && !disk->cdrom && !disk->readonly && !install_disk_is_new(disk) && !ask_disk(disk, err))
			return false;
	}
	return true;
}
