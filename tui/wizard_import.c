/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the wizard makes of images, appliances and cloud images. */
#include "tui/wizard_import.h"

#include "base/file.h"
#include "base/gettext.h"
#include "base/memory.h"
#include "base/strbuf.h"
#include "base/strv.h"
#include "base/text.h"
#include "core/import.h"
#include "core/seed.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* The fields of cloud-init, and the words of its parts. */
static const struct {
	enum wizard_field field;
	const char *part;
} parts[] = {
	{ WIZARD_CLOUD_USER, "user" },
	{ WIZARD_CLOUD_KEY, "ssh-key" },
	{ WIZARD_CLOUD_HOST, "hostname" },
	{ WIZARD_CLOUD_PACKAGES, "package" },
};

/* ---- appliances ---- */

bool wizard_is_appliance(const struct wizard *wizard)
{
	_cleanup_free_ char *path = wizard->choice[WIZARD_SOURCE] == SOURCE_IMAGE ? wizard_path(wizard, WIZARD_IMAGE) : NULL;

	return path != NULL && import_is_appliance(path);
}

char **wizard_import_words(const struct wizard *wizard)
{
	_cleanup_free_ char *path = wizard_path(wizard, WIZARD_IMAGE), *name = wizard_text(wizard, WIZARD_NAME);
	char **words = strv_add(strv_add(NULL, "import"), path != NULL ? path : "");

	if (name != NULL || wizard->proposed_name != NULL)
		words = strv_addf(words, "--name=%s", name != NULL ? name : wizard->proposed_name);
	return strv_add(words, "--start");
}

/* ---- cloud images ---- */

void wizard_default_key(struct wizard *wizard)
{
	static const char *const names[] = { "id_ed25519.pub", "id_ecdsa.pub", "id_rsa.pub" };
	const char *home = getenv("HOME");

	for (size_t i = 0; !text_empty(home) && i < ARRAY_LENGTH(names); i++) {
		_cleanup_free_ char *path = strf("%s/.ssh/%s", home, names[i]), *shown = strf("~/.ssh/%s", names[i]);

		if (access(path, R_OK) < 0)
			continue;
		wizard_set_text(wizard, WIZARD_CLOUD_KEY, shown);
		return;
	}
}

/* The field of "key=value"; WIZARD_FIELD_COUNT: there is none. */
static enum wizard_field part_field(const char *text, const char **ret_value)
{
	for (size_t i = 0; i < ARRAY_LENGTH(parts); i++) {
		size_t length = strlen(parts[i].part);

		*ret_value = text + length + 1;
		if (strncmp(text, parts[i].part, length) == 0 && text[length] == '=')
			return parts[i].field;
	}
	return WIZARD_FIELD_COUNT;
}

bool wizard_take_cloud(struct wizard *wizard)
{
	const char *text = wizard->given.cloud_init;
	_cleanup_strv_ char **words = text != NULL ? strv_split_parts(text) : NULL;
	struct wizard before = *wizard;
	const char *value;

	if (words == NULL || wizard->given.cloud_password != NULL || wizard->given.cloud_root_password != NULL)
		return false;
	for (char **word = words; *word != NULL; word++) {
		enum wizard_field field = part_field(*word, &value);

		/* several packages are one field; of all else there is one */
		if (field == WIZARD_FIELD_COUNT || (before.text[field] != NULL && field != WIZARD_CLOUD_PACKAGES))
			return false;
		before.text[field] = *word;
	}
	for (size_t i = 0; i < ARRAY_LENGTH(parts); i++)
		wizard_set_text(wizard, parts[i].field, NULL);
	for (char **word = words; *word != NULL; word++) {
		enum wizard_field field = part_field(*word, &value);
		_cleanup_free_ char *more = wizard->text[field] != NULL ? strf("%s %s", wizard->text[field], value) : xstrdup(value);

		wizard_set_text(wizard, field, more);
	}
	return true;
}

char *wizard_cloud_init(const struct wizard *wizard)
{
	struct strbuf text = STRBUF_INIT;

	for (size_t i = 0; i < ARRAY_LENGTH(parts); i++) {
		_cleanup_free_ char *value = wizard_text(wizard, parts[i].field);
		_cleanup_strv_ char **words = NULL;

		if (value == NULL)
			continue;
		if (parts[i].field == WIZARD_CLOUD_PACKAGES)
			words = strv_split(value, " ,");
		else
			words = strv_add(NULL, value);
		for (char **word = words; word != NULL && *word != NULL; word++)
			strbuf_put_part(&text, parts[i].part, *word);
	}
	/* nothing at all would be another wish: a password for root */
	if (text.length == 0)
		strbuf_put_part(&text, "disable", "off");
	return strbuf_take(&text);
}

/* ---- checks ---- */

static enum field_verdict say(char **ret_message, enum field_verdict verdict, const char *text)
{
	*ret_message = xstrdup(text);
	return verdict;
}

/* Can it be used as it is, or must it be copied? */
enum field_verdict wizard_check_image(const struct wizard *wizard, enum wizard_field field, int fd, const char *path, char **ret_message)
{
	_cleanup_error_ struct error err = ERROR_INIT;
	_cleanup_image_ struct image image = { 0 };
	struct import_image import = { 0 };
	bool copied = field == WIZARD_CLOUD_IMAGE ? wizard->choice[WIZARD_BASE] == BASE_COPY :
		      field == WIZARD_IMAGE	  ? wizard->choice[WIZARD_TAKE] == TAKE_COPY :
						    false;
	uint8_t bytes[8] = { 0 };

	if (field == WIZARD_IMAGE && import_is_appliance(path))
		return FIELD_FINE;
	if (copied) {
		bool good = import_look(path, IMAGE_UNKNOWN, &import, &err);

		import_image_clear(&import);
		return good ? FIELD_FINE : say(ret_message, FIELD_WRONG, error_text(&err));
	}
	if (pread(fd, bytes, sizeof bytes, 0) > 0 && packing_recognise(bytes, sizeof bytes) != PACKING_NONE)
		return say(ret_message, FIELD_WRONG, _("it is compressed: choose a copy of it"));
	if (field != WIZARD_CLOUD_IMAGE && access(path, W_OK) < 0)
		return say(ret_message, FIELD_WRONG, _("it cannot be written: choose a copy of it"));
	if (!image_read(fd, path, IMAGE_UNKNOWN, &image, &err))
		return say(ret_message, FIELD_WRONG, error_text(&err));
	if (image.format == IMAGE_QCOW2)
		return FIELD_FINE;
	if (image.format == IMAGE_RAW)
		return say(ret_message, FIELD_DOUBTFUL, _("no qcow2 header: it is taken as a raw image"));
	_cleanup_free_ char *foreign = strf(_("it is a %s image: choose a copy of it, as qcow2"), enum_word(&image_format_words, (int)image.format));

	return say(ret_message, FIELD_WRONG, foreign);
}

enum field_verdict wizard_check_cloud(const struct wizard *wizard, enum wizard_field field, char **ret_message)
{
	_cleanup_free_ char *value = wizard_text(wizard, field);
	_cleanup_error_ struct error err = ERROR_INIT;
	_cleanup_seed_ struct seed seed = { 0 };
	struct strbuf text = STRBUF_INIT;

	if (value == NULL)
		return field == WIZARD_CLOUD_KEY ? say(ret_message, FIELD_DOUBTFUL, _("without a key most cloud images let nobody in")) : FIELD_FINE;
	for (size_t i = 0; i < ARRAY_LENGTH(parts); i++)
		if (parts[i].field == field)
			strbuf_put_part(&text, parts[i].part, value);
	bool good = seed_parse(text.data, &seed, &err);

	strbuf_clear(&text);
	return good ? FIELD_FINE : say(ret_message, FIELD_WRONG, error_text(&err));
}
