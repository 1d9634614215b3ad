/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Commands that make volumes, and carry their contents in and out. */
#include "config.h"

#include "base/text.h"
#include "base/xml.h"
#include "cli/storage.h"
#include "core/image_work.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <string.h>
#include <unistd.h>

/* ---- vol-create, vol-create-as ---- */

/* The guest would miss the end of what is below: it is made as asked, and that is said. */
static void warn_smaller(struct cli *cli, const struct volume *volume)
{
	const struct image_name name = { .path = volume->path, .format = volume->format };
	struct image_layer *layers = NULL;
	size_t count = 0;

	if (volume->type != VOLUME_FILE || volume->format != IMAGE_QCOW2 ||
	    !image_chain_load(cli->manager, &name, false, &layers, &count, NULL))
		return;
	if (count > 1 && layers[0].image.virtual_bytes < layers[1].image.virtual_bytes) {
		_cleanup_free_ char *size = cli_size(layers[0].image.virtual_bytes, false),
				    *needed = cli_size(layers[1].image.virtual_bytes, false);
		_cleanup_free_ char *warning =
			strf(_("volume '%s' has %s and its backing file '%s' %s: what lies beyond is not seen through it"),
			     volume->name, size, layers[1].path, needed);

		cli_warnings((char *const[]){ warning, NULL });
	}
	image_layers_free(layers, count);
}

static unsigned metadata_flag(struct cli *cli)
{
	return cli_flag(cli, "prealloc-metadata") ? VOLUME_METADATA : 0;
}

static bool create(struct cli *cli, const char *source, const char *text, char **ret_name, struct error *err)
{
	struct pool_row pool = { 0 };
	struct volume volume = { 0 };
	int64_t job = 0;
	bool done = cli_pool(cli, &pool, err) &&
		    volume_create(cli->manager, &pool, source, text, strlen(text), metadata_flag(cli), &volume, &job, err) &&
		    cli_job(cli, job, err);

	if (done) {
		*ret_name = xstrdup(volume.name);
		warn_smaller(cli, &volume);
	}
	volume_clear(&volume);
	pool_row_clear(&pool);
	return done;
}

static bool run_vol_create(struct cli *cli, struct error *err)
{
	_cleanup_free_ char *text = NULL, *source = NULL, *name = NULL;

	if (!cli_document(cli_string(cli, "file"), &text, &source, err) || !create(cli, source, text, &name, err))
		return false;
	cli_note(cli, _("Vol %s created from %s\n"), name, source);
	return true;
}

static void add_bytes(xmlNode *parent, const char *name, uint64_t bytes)
{
	_cleanup_free_ char *text = strf("%" PRIu64, bytes);

	xml_set_attribute(xml_add_child(parent, name, text), "unit", "bytes");
}

/* The backing volume by name, key or path: its path. Owned; NULL on error. */
static char *backing_path(struct cli *cli, struct error *err)
{
	const char *key = cli_string(cli, "backing-vol");
	struct pool_row pool = { 0 };
	struct volume volume = { 0 };
	char *path = NULL;

	if (cli_volume_in(cli, key, key[0] == '/' ? NULL : cli_string(cli, "pool"), &volume, &pool, err))
		path = xstrdup(volume.path);
	volume_clear(&volume);
	pool_row_clear(&pool);
	return path;
}

static bool add_backing(struct cli *cli, xmlNode *root, struct error *err)
{
	_cleanup_free_ char *path = NULL;

	if (cli_string(cli, "backing-vol") == NULL)
		return cli_string(cli, "backing-vol-format") == NULL ||
		       cli_usage(cli, err, _("--backing-vol-format needs --backing-vol"));
	path = backing_path(cli, err);
	if (path == NULL)
		return false;
	xmlNode *backing = xml_add_child(root, "backingStore", NULL);

	xml_add_child(backing, "path", path);
	if (cli_string(cli, "backing-vol-format") != NULL)
		xml_set_attribute(xml_add_child(backing, "format", NULL), "type",
				  cli_string(cli, "backing-vol-format"));
	return true;
}

/* Owned; NULL on error. */
static char *document_of_options(struct cli *cli, struct error *err)
{
	_cleanup_xmldoc_ xmlDoc *doc = xmlNewDoc(BAD_CAST "1.0");
	xmlNode *root = xmlNewNode(NULL, BAD_CAST "volume");
	uint64_t capacity = 0, allocation = 0;

	xmlDocSetRootElement(doc, root);
	if (!cli_option_size(cli, "capacity", &capacity, err) || !cli_option_size(cli, "allocation", &allocation, err))
		return NULL;
	if (!xml_text_valid(cli_string(cli, "name"))) {
		error_set(err, ERROR_INVALID, _("a volume's name cannot hold control characters, as a line's end"));
		return NULL;
	}
	xml_add_child(root, "name", cli_string(cli, "name"));
	add_bytes(root, "capacity", capacity);
	if (cli_string(cli, "allocation") != NULL)
		add_bytes(root, "allocation", allocation);
	if (cli_string(cli, "format") != NULL) {
		xmlNode *target = xml_add_child(root, "target", NULL);

		xml_set_attribute(xml_add_child(target, "format", NULL), "type", cli_string(cli, "format"));
	}
	return add_backing(cli, root, err) ? xml_format(doc) : NULL;
}

#define FILE_FORMATS "raw qcow2 qcow qed vmdk vdi vhdx vpc"

/* A word that is no format is answered by those that this pool can make, not by all that any document can name. */
static bool check_format(struct cli *cli, struct error *err)
{
	const char *word = cli_string(cli, "format");
	_cleanup_free_ char *contents = enum_list(&disk_content_words);
	struct pool_row pool = { 0 };

	/* what is known, and not to be had in this pool, is refused with the reason */
	if (word == NULL || enum_value(&image_format_words, word) > 0 || enum_value(&disk_content_words, word) >= 0)
		return true;
	if (!cli_pool(cli, &pool, err))
		return false;
	enum pool_type type = pool.type;

	pool_row_clear(&pool);
	return cli_usage(cli, err, _("--format '%s' is unknown; allowed: %s"), word,
			 type == POOL_DISK								? contents
			 : type == POOL_DIR || type == POOL_FS || type == POOL_NETFS
				 ? FILE_FORMATS
				 : "raw");
}

static bool run_vol_create_as(struct cli *cli, struct error *err)
{
	_cleanup_free_ char *text = document_of_options(cli, err), *name = NULL;

	if (text == NULL)
		return false;
	if (cli_flag(cli, "print-xml"))
		return fputs(text, stdout) >= 0;
	if (!check_format(cli, err))
		return false;
	if (!create(cli, CLI_OPTIONS, text, &name, err))
		return cli_options_error(err);
	cli_note(cli, _("Vol %s created\n"), name);
	return true;
}

/* ---- vol-create-from, vol-clone ---- */

/* *ret_name is the new volume's: owned. */
static bool copy(struct cli *cli, const struct pool_row *pool, const char *source, const char *text,
		 const struct pool_row *from_pool, const struct volume *from, bool compress, char **ret_name,
		 struct error *err)
{
	struct volume volume = { 0 };
	int64_t job = 0;
	unsigned flags = (cli_flag(cli, "reflink") ? COPY_REFLINK : 0) | (compress ? COPY_COMPRESS : 0) | metadata_flag(cli);
	bool done = volume_create_from(cli->manager, pool, source, text, strlen(text), from_pool, from, flags, &volume,
				       &job, err) &&
		    cli_job(cli, job, err);

	if (done)
		*ret_name = xstrdup(volume.name);
	volume_clear(&volume);
	return done;
}

/* The pool of the volume that is copied; NULL: its path says it. */
static const char *input_pool(struct cli *cli, const struct pool_row *pool)
{
	if (cli_string(cli, "inputpool") != NULL)
		return cli_string(cli, "inputpool");
	return cli_string(cli, "vol")[0] == '/' ? NULL : pool->name;
}

static bool run_vol_create_from(struct cli *cli, struct error *err)
{
	_cleanup_free_ char *text = NULL, *source = NULL, *name = NULL;
	struct pool_row pool = { 0 }, from_pool = { 0 };
	struct volume from = { 0 };
	bool done = cli_document(cli_string(cli, "file"), &text, &source, err) && cli_pool(cli, &pool, err) &&
		    cli_volume_in(cli, cli_string(cli, "vol"), input_pool(cli, &pool), &from, &from_pool, err) &&
		    copy(cli, &pool, source, text, &from_pool, &from, cli_flag(cli, "compress"), &name, err);

	if (done)
		cli_note(cli, _("Vol %s created from input vol %s\n"), name, from.name);
	volume_clear(&from);
	pool_row_clear(&from_pool);
	pool_row_clear(&pool);
	return done;
}

/* The document of a copy: what the source is, under another name. Owned. */
static char *clone_document(const struct volume *from, const char *name)
{
	_cleanup_xmldoc_ xmlDoc *doc = xmlNewDoc(BAD_CAST "1.0");
	xmlNode *root = xmlNewNode(NULL, BAD_CAST "volume");
	const char *format = enum_word(&image_format_words, (int)from->format);

	xmlDocSetRootElement(doc, root);
	xml_add_child(root, "name", name);
	add_bytes(root, "capacity", from->capacity);
	if (format != NULL)
		xml_set_attribute(xml_make_path(root, "target/format"), "type", format);
	return xml_format(doc);
}

static bool run_vol_clone(struct cli *cli, struct error *err)
{
	_cleanup_free_ char *text = NULL, *name = NULL;
	struct pool_row pool = { 0 };
	struct volume from = { 0 };
	bool done = cli_volume(cli, &from, &pool, err);

	if (done && !xml_text_valid(cli_string(cli, "newname")))
		done = error_set(err, ERROR_INVALID,
				 _("a volume's name cannot hold control characters, as a line's end"));
	if (done)
		text = clone_document(&from, cli_string(cli, "newname"));
	if (done && cli_flag(cli, "print-xml"))
		fputs(text, stdout);
	else if (done && !(done = copy(cli, &pool, CLI_OPTIONS, text, &pool, &from, false, &name, err)))
		cli_options_error(err);
	else if (done)
		cli_note(cli, _("Vol %s cloned from %s\n"), cli_string(cli, "newname"), from.name);
	volume_clear(&from);
	pool_row_clear(&pool);
	return done;
}

/* ---- vol-upload, vol-download ---- */

static bool run_vol_upload(struct cli *cli, struct error *err)
{
	const char *file = cli_string(cli, "file");
	_cleanup_close_ int fd = strcmp(file, "-") == 0 ? dup(STDIN_FILENO) : open(file, O_RDONLY | O_CLOEXEC);
	struct pool_row pool = { 0 };
	struct volume volume = { 0 };
	int64_t job = 0;

	if (fd < 0)
		return error_set_errno(err, errno, _("cannot read '%s'"), file);
	bool done =
		cli_volume(cli, &volume, &pool, err) &&
		volume_upload(cli->manager, &pool, &volume, fd, (uint64_t)argument_int(&cli->arguments, "offset", 0),
			      (uint64_t)argument_int(&cli->arguments, "length", 0), &job, err) &&
		cli_job(cli, job, err);

	volume_clear(&volume);
	pool_row_clear(&pool);
	return done;
}

static bool download(struct cli *cli, const struct pool_row *pool, const struct volume *volume, int64_t *ret_job,
		     struct error *err)
{
	const char *file = cli_string(cli, "file");
	uint64_t offset = (uint64_t)argument_int(&cli->arguments, "offset", 0),
		 length = (uint64_t)argument_int(&cli->arguments, "length", 0);
	_cleanup_close_ int fd = -1;

	if (strcmp(file, "-") != 0)
		return volume_download_file(cli->manager, pool, volume, file, offset, length, ret_job, err);
	fd = dup(STDOUT_FILENO);
	if (fd < 0)
		return error_set_errno(err, errno, _("cannot write '%s'"), file);
	return volume_download(cli->manager, pool, volume, fd, offset, length, cli_flag(cli, "sparse"), ret_job, err);
}

static bool run_vol_download(struct cli *cli, struct error *err)
{
	struct pool_row pool = { 0 };
	struct volume volume = { 0 };
	int64_t job = 0;
	bool done = cli_volume(cli, &volume, &pool, err) && download(cli, &pool, &volume, &job, err) && cli_job(cli, job, err);

	volume_clear(&volume);
	pool_row_clear(&pool);
	return done;
}

#define OPTION_NEW_FILE(help)                                                                                          \
	{                                                                                                              \
		"file", NULL, 0, OPTION_STRING, TRAIT_POSITIONAL | TRAIT_REQUIRED, COMPLETE_FILE, NULL, N_("FILE"),    \
			help                                                                                           \
	}
#define OPTION_NUMBER(name, help)                                                                                      \
	{                                                                                                              \
		name, NULL, 0, OPTION_INT, TRAIT_POSITIONAL, COMPLETE_NONE, NULL, N_("BYTES"), help                    \
	}
#define OPTION_NAME(name, help)                                                                                        \
	{                                                                                                              \
		name, NULL, 0, OPTION_STRING, TRAIT_POSITIONAL | TRAIT_REQUIRED, COMPLETE_NONE, NULL, N_("NAME"), help \
	}

#define OPTION_METADATA OPTION_SIMPLE("prealloc-metadata", N_("qcow2: write its tables at once, not its data"))

static const struct option vol_create_options[] = {
	OPTION_POOL,
	OPTION_XML_FILE(N_("volume XML; '-' is standard input")),
	OPTION_METADATA,
	OPTION_END,
};

static const struct option vol_create_as_options[] = {
	OPTION_POOL,
	OPTION_NAME("name", N_("name of the volume")),
	{ "capacity", NULL, 0, OPTION_STRING, TRAIT_POSITIONAL | TRAIT_REQUIRED, COMPLETE_NONE, NULL, N_("SIZE"),
	  N_("its size: 20G, or bytes") },
	OPTION_ANY_TEXT("allocation", N_("SIZE"),
		    N_("what is taken at once; without it: all for raw, nothing for the others")),
	OPTION_ANY_TEXT("format", N_("FORMAT"), N_("raw (without it), qcow2 and what else qemu-img makes")),
	OPTION_ANY_TEXT("backing-vol", N_("VOLUME"), N_("a volume to be read where this one holds nothing yet")),
	OPTION_ANY_TEXT("backing-vol-format", N_("FORMAT"), N_("the format of that one")),
	OPTION_METADATA,
	OPTION_SIMPLE("print-xml", N_("print the XML, and do nothing")),
	OPTION_END,
};

static const struct option vol_create_from_options[] = {
	OPTION_POOL,
	OPTION_XML_FILE(N_("volume XML; '-' is standard input")),
	OPTION_VOLUME,
	{ "inputpool", NULL, 0, OPTION_STRING, TRAIT_POSITIONAL, COMPLETE_POOL, NULL, N_("POOL"),
	  N_("the pool of the volume that is copied") },
	OPTION_SIMPLE("compress", N_("compress what is copied; qcow2 and vmdk can")),
	OPTION_METADATA,
	OPTION_SIMPLE("reflink", N_("share blocks with it, on file systems that can")),
	OPTION_END,
};

static const struct option vol_clone_options[] = {
	OPTION_VOLUME,
	OPTION_NAME("newname", N_("name of the copy")),
	OPTION_OF_POOL,
	OPTION_METADATA,
	OPTION_SIMPLE("reflink", N_("share blocks with it, on file systems that can")),
	OPTION_SIMPLE("print-xml", N_("print the XML, and do nothing")),
	OPTION_END,
};

static const struct option vol_upload_options[] = {
	OPTION_VOLUME,
	OPTION_NEW_FILE(N_("what is uploaded; '-' is standard input")),
	OPTION_OF_POOL,
	OPTION_NUMBER("offset", N_("where in the volume it goes")),
	OPTION_NUMBER("length", N_("how much of it")),
	OPTION_END,
};

static const struct option vol_download_options[] = {
	OPTION_VOLUME,
	OPTION_NEW_FILE(N_("where it goes; '-' is standard output")),
	OPTION_OF_POOL,
	OPTION_NUMBER("offset", N_("where in the volume to begin")),
	OPTION_NUMBER("length", N_("how much of it")),
	OPTION_SIMPLE("sparse", N_("leave holes in the file")),
	OPTION_END,
};

#define COMMAND(word_, variable_, options_, summary_, description_)                                                    \
	const struct command command_vol_##variable_ = { .name = word_,                                                \
							 .group = GROUP_VOLUME,                                        \
							 .summary = summary_,                                          \
							 .description = description_,                                  \
							 .options = options_,                                          \
							 .run = run_vol_##variable_ }

COMMAND("vol-create", create, vol_create_options, N_("make a volume from an XML file"),
	N_("Makes the volume that the file describes, in libvirt's XML."));
COMMAND("vol-create-as", create_as, vol_create_as_options, N_("make a volume by options"),
	N_("Makes a volume: 'virtty vol-create-as default web1.qcow2 20G --format qcow2'."));
COMMAND("vol-create-from", create_from, vol_create_from_options, N_("make a volume with the contents of another"),
	N_("Makes the volume that the file describes and fills it from another one, converted where the formats "
	   "differ."));
COMMAND("vol-clone", clone, vol_clone_options, N_("copy a volume"),
	N_("Makes a copy in the same pool: by sharing blocks where the file system can, else of what holds data."));
COMMAND("vol-upload", upload, vol_upload_options, N_("write a file into a volume"),
	N_("Writes a file's bytes into a volume, as they are."));

const struct command command_vol_download = {
	.name = "vol-download",
	.group = GROUP_VOLUME,
	.summary = N_("read a volume into a file"),
	.description = N_("Writes a volume's bytes into a file, as they are. The file is there when it is whole; a volume, "
			  "and what a machine uses, is not overwritten."),
	.options = vol_download_options,
	.run = run_vol_download,
	.plain = true, /* the volume's bytes and nothing else */
};
