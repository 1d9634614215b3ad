/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reads the headers of a tar archive, one after the other, trusting none of them. */
#include "storage/tar.h"

#include "base/memory.h"
#include "base/strv.h"
#include "base/text.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Places in a header block. */
enum {
	AT_NAME = 0,
	NAME_BYTES = 100,
	AT_SIZE = 124,
	SIZE_BYTES = 12,
	AT_CHECKSUM = 148,
	CHECKSUM_BYTES = 8,
	AT_TYPE = 156,
	AT_MAGIC = 257,
	AT_PREFIX = 345,
	PREFIX_BYTES = 155,
};

/* What the headers before a member's own said of it. */
struct extra {
	char *name; /* owned; NULL: nothing */
	bool has_size;
	uint64_t size;
};

struct reading {
	const struct tar_source *source;
	uint64_t offset;
	struct extra extra; /* of the next member */
	size_t headers;
	struct tar *tar;
};

void tar_clear(struct tar *tar)
{
	for (size_t i = 0; i < tar->count; i++)
		free(tar->members[i].name);
	free(tar->members);
	*tar = (struct tar){ 0 };
}

const struct tar_member *tar_find(const struct tar *tar, const char *name)
{
	for (size_t i = 0; i < tar->count; i++)
		if (text_equal(tar->members[i].name, name))
			return &tar->members[i];
	return NULL;
}

static bool broken(const struct reading *reading, const char *what, struct error *err)
{
	return error_set(err, ERROR_INVALID, "'%s' is a broken tar archive: %s (at byte %llu)", reading->source->path, what,
			 (unsigned long long)reading->offset);
}

/* ---- numbers ---- */

/* Octal digits with blanks or NUL bytes around them. */
static bool read_octal(const uint8_t *bytes, size_t length, uint64_t *ret)
{
	uint64_t value = 0;
	size_t i = 0;

	while (i < length && bytes[i] == ' ')
		i++;
	for (; i < length && bytes[i] >= '0' && bytes[i] <= '7'; i++) {
		if (value > UINT64_MAX >> 3)
			return false;
		value = value << 3 | (uint64_t)(bytes[i] - '0');
	}
	for (; i < length; i++)
		if (bytes[i] != ' ' && bytes[i] != '\0')
			return false;
	*ret = value;
	return true;
}

/* Octal, or GNU's base 256 where the first bit is set. A negative one is none. */
static bool read_number(const uint8_t *bytes, size_t length, uint64_t *ret)
{
	uint64_t value = bytes[0] & 0x3f;

	if (!(bytes[0] & 0x80))
		return read_octal(bytes, length, ret);
	if (bytes[0] & 0x40)
		return false;
	for (size_t i = 1; i < length; i++) {
		if (value > UINT64_MAX >> 8)
			return false;
		value = value << 8 | bytes[i];
	}
	*ret = value;
	return true;
}

/* The sum of a header's bytes, its own field taken as blanks; some old programs added them as signed. */
static bool checksum_is_right(const uint8_t *block)
{
	uint64_t stated;
	uint32_t sum = 0;
	int32_t signed_sum = 0;

	if (!read_octal(block + AT_CHECKSUM, CHECKSUM_BYTES, &stated))
		return false;
	for (size_t i = 0; i < TAR_BLOCK; i++) {
		uint8_t byte = i >= AT_CHECKSUM && i < AT_CHECKSUM + CHECKSUM_BYTES ? ' ' : block[i];

		sum += byte;
		signed_sum += (int8_t)byte;
	}
	return stated == sum || (signed_sum >= 0 && stated == (uint32_t)signed_sum);
}

static bool is_zero(const uint8_t *block)
{
	return block[0] == 0 && memcmp(block, block + 1, TAR_BLOCK - 1) == 0;
}

bool tar_recognise(const uint8_t block[TAR_BLOCK])
{
	return !is_zero(block) && block[0] != '\0' && checksum_is_right(block);
}

/* ---- names ---- */

/* Made plain ("./a//b" is "a/b"), or refused: NULL. Owned. */
static char *clean_name(const char *name)
{
	_cleanup_strv_ char **parts = NULL;
	char **kept = NULL, *clean;

	if (!utf8_valid(name, strlen(name)) || name[0] == '/')
		return NULL;
	for (const char *at = name; *at != '\0'; at++)
		if ((unsigned char)*at < 0x20 || *at == 0x7f || *at == '\\')
			return NULL;
	parts = strv_split(name, "/");
	for (char **part = parts; part != NULL && *part != NULL; part++) {
		if (strcmp(*part, "..") == 0) {
			strv_free(kept);
			return NULL;
		}
		if (strcmp(*part, ".") != 0)
			kept = strv_add(kept, *part);
	}
	if (kept == NULL)
		return xstrdup("");
	clean = strv_join(kept, "/");
	strv_free(kept);
	return clean;
}

static bool is_ustar(const uint8_t *block)
{
	return memcmp(block + AT_MAGIC, "ustar", 6) == 0;
}

/* The name in the header itself. Owned. */
static char *header_name(const uint8_t *block)
{
	_cleanup_free_ char *name = xstrndup((const char *)block + AT_NAME, strnlen((const char *)block + AT_NAME, NAME_BYTES));
	size_t prefix = is_ustar(block) ? strnlen((const char *)block + AT_PREFIX, PREFIX_BYTES) : 0;

	return prefix > 0 ? strf("%.*s/%s", (int)prefix, (const char *)block + AT_PREFIX, name) : TAKE_POINTER(name);
}

/* ---- what stands before a member ---- */

/* The bytes of a long name or of a pax header. Owned, NUL-terminated; NULL on error. */
static char *read_extra(struct reading *reading, uint64_t size, struct error *err)
{
	_cleanup_free_ char *bytes = NULL;

	if (size > TAR_EXTRA_BYTES)
		return broken(reading, "a name or an extended header is too long", err), NULL;
	bytes = xcalloc(1, size + 1);
	if (size > 0 && !reading->source->read(reading->source->userdata, reading->offset, bytes, size, err))
		return NULL;
	return TAKE_POINTER(bytes);
}

static bool take_pax_value(struct reading *reading, const char *key, const char *value, struct error *err)
{
	if (text_starts(key, "GNU.sparse."))
		return broken(reading, "it holds a sparse file", err);
	if (strcmp(key, "path") == 0) {
		free(reading->extra.name);
		reading->extra.name = xstrdup(value);
	}
	if (strcmp(key, "size") == 0) {
		reading->extra.has_size = text_to_uint(value, false, &reading->extra.size);
		if (!reading->extra.has_size)
			return broken(reading, "a size is no number", err);
	}
	return true;
}

/* Records "LENGTH KEY=VALUE\n", LENGTH counting all of itself. */
static bool read_pax(struct reading *reading, const char *bytes, size_t size, struct error *err)
{
	for (size_t at = 0; at < size;) {
		_cleanup_free_ char *key = NULL, *value = NULL;
		const char *blank = memchr(bytes + at, ' ', size - at), *equals;
		uint64_t length;

		if (blank == NULL || blank - (bytes + at) > 10)
			return broken(reading, "an extended header is not understood", err);
		_cleanup_free_ char *digits = xstrndup(bytes + at, (size_t)(blank - (bytes + at)));

		if (!text_to_uint(digits, false, &length) || length > size - at || length <= strlen(digits) + 2 ||
		    bytes[at + length - 1] != '\n')
			return broken(reading, "an extended header is not understood", err);
		size_t rest = at + length - 1 - (size_t)(blank + 1 - bytes);

		equals = memchr(blank + 1, '=', rest);
		if (equals == NULL || memchr(blank + 1, '\0', rest) != NULL)
			return broken(reading, "an extended header is not understood", err);
		key = xstrndup(blank + 1, (size_t)(equals - blank - 1));
		value = xstrndup(equals + 1, rest - (size_t)(equals + 1 - (blank + 1)));
		if (!take_pax_value(reading, key, value, err))
			return false;
		at += length;
	}
	return true;
}

/* ---- members ---- */

static bool add_member(struct reading *reading, const uint8_t *block, uint64_t size, struct error *err)
{
	_cleanup_free_ char *raw = reading->extra.name != NULL ? xstrdup(reading->extra.name) : header_name(block);
	_cleanup_free_ char *name = clean_name(raw);

	if (name == NULL)
		return broken(reading, "a member's name leads out of it, or is no text", err);
	if (name[0] == '\0' || text_ends(raw, "/"))
		return broken(reading, "a member has no name", err);
	if (tar_find(reading->tar, name) != NULL)
		return error_set(err, ERROR_INVALID, "'%s' is a broken tar archive: '%s' is in it twice", reading->source->path, name);
	if (reading->tar->count == TAR_MEMBERS)
		return error_set(err, ERROR_INVALID, "'%s' holds more than %d files", reading->source->path, TAR_MEMBERS);
	*ARRAY_ADD(reading->tar->members, reading->tar->count) =
		(struct tar_member){ .name = TAKE_POINTER(name), .offset = reading->offset, .size = size };
	return true;
}

static void forget_extra(struct reading *reading)
{
	free(reading->extra.name);
	reading->extra = (struct extra){ 0 };
}

/* What a header announces; reading->offset is where its bytes begin. */
static bool take_entry(struct reading *reading, const uint8_t *block, uint64_t size, struct error *err)
{
	_cleanup_free_ char *bytes = NULL;
	bool good = true;

	switch (block[AT_TYPE]) {
	case 'L': /* GNU: the name of the next */
		bytes = read_extra(reading, size, err);
		if (bytes == NULL)
			return false;
		free(reading->extra.name);
		reading->extra.name = xstrdup(bytes);
		return true;
	case 'K': /* GNU: where the next one, a link, leads to */
	case 'V': /* GNU: the archive's label */
		return true;
	case 'x':
	case 'X':
		bytes = read_extra(reading, size, err);
		return bytes != NULL && read_pax(reading, bytes, size, err);
	case 'g': /* for all that follow: nothing of it is used, so it may not say what changes them */
		bytes = read_extra(reading, size, err);
		good = bytes != NULL && read_pax(reading, bytes, size, err);
		if (good && (reading->extra.name != NULL || reading->extra.has_size))
			good = broken(reading, "a global header names a path or a size", err);
		return good;
	case '5': /* a directory */
		forget_extra(reading);
		return true;
	case '0':
	case '7':
	case '\0':
		good = add_member(reading, block, size, err);
		forget_extra(reading);
		return good;
	case 'S':
		return broken(reading, "it holds a sparse file", err);
	default:
		return broken(reading, "it holds something that is neither a file nor a directory", err);
	}
}

static bool read_entry(struct reading *reading, const uint8_t *block, struct error *err)
{
	char type = (char)block[AT_TYPE];
	bool is_file = type == '0' || type == '7' || type == '\0';
	uint64_t size;

	if (!checksum_is_right(block))
		return broken(reading, "a header's checksum is wrong", err);
	if (!read_number(block + AT_SIZE, SIZE_BYTES, &size))
		return broken(reading, "a size is no number", err);
	if (reading->headers++ > TAR_MEMBERS * 4)
		return broken(reading, "it has too many headers", err);
	if (is_file && reading->extra.has_size)
		size = reading->extra.size;
	if (type == '5')
		size = 0;
	reading->offset += TAR_BLOCK;
	if (size > reading->source->size - reading->offset)
		return broken(reading, "it ends inside a member", err);
	if (!take_entry(reading, block, size, err))
		return false;
	uint64_t left = reading->source->size - reading->offset, whole = (size + TAR_BLOCK - 1) / TAR_BLOCK * TAR_BLOCK;

	/* the last member may not be filled up to a block */
	reading->offset += whole <= left ? whole : left;
	return true;
}

bool tar_read(const struct tar_source *source, struct tar *ret, struct error *err)
{
	struct reading reading = { .source = source, .tar = ret };
	bool good = true, ended = false;

	*ret = (struct tar){ 0 };
	while (good && !ended && source->size - reading.offset >= TAR_BLOCK) {
		uint8_t block[TAR_BLOCK];

		good = source->read(source->userdata, reading.offset, block, TAR_BLOCK, err);
		if (!good)
			break;
		ended = is_zero(block);
		if (!ended)
			good = read_entry(&reading, block, err);
	}
	if (good && !ended && reading.offset != source->size)
		good = broken(&reading, "it ends inside a header", err);
	if (good && reading.extra.name != NULL)
		good = broken(&reading, "it ends before a member", err);
	if (good && ret->count == 0)
		good = broken(&reading, "it holds nothing", err);
	forget_extra(&reading);
	if (!good)
		tar_clear(ret);
	return good;
}

/* ---- files ---- */

struct file {
	int fd;
	const char *path;
};

static bool read_file(void *userdata, uint64_t offset, void *bytes, size_t length, struct error *err)
{
	const struct file *file = userdata;

	for (size_t done = 0; done < length;) {
		ssize_t n = pread(file->fd, (char *)bytes + done, length - done, (off_t)(offset + done));

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return error_set_errno(err, errno, "cannot read '%s'", file->path);
		if (n == 0)
			return error_set(err, ERROR_FAILED, "'%s' became shorter meanwhile", file->path);
		done += (size_t)n;
	}
	return true;
}

bool tar_read_file(int fd, const char *path, struct tar *ret, struct error *err)
{
	struct file file = { fd, path };
	struct tar_source source = { .path = path, .read = read_file, .userdata = &file };
	struct stat st;

	*ret = (struct tar){ 0 };
	if (fstat(fd, &st) < 0)
		return error_set_errno(err, errno, "'%s'", path);
	source.size = st.st_size > 0 ? (uint64_t)st.st_size : 0;
	return tar_read(&source, ret, err);
}
