/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Images that come from elsewhere must be whole in themselves: what they name could be any file of this host. */
#include "base/memory.h"
#include "base/strv.h"
#include "base/text.h"
#include "storage/image_internal.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#define DESCRIPTOR_BYTES (64 * 1024)
#define SECTOR		 512u
#define NO_PARENT	 0xffffffffu

/* A window on a file: all of it, or a member of an archive. */
struct window {
	int fd;
	uint64_t offset, length;
	const char *path;
};

/* Up to length bytes from at on, NUL-terminated. Owned; NULL on error. */
static char *read_window(const struct window *window, uint64_t at, size_t length, size_t *ret_length, struct error *err)
{
	char *bytes;
	size_t done = 0;

	if (at > window->length)
		at = window->length;
	if (length > window->length - at)
		length = (size_t)(window->length - at);
	bytes = xcalloc(1, length + 1);
	while (done < length) {
		ssize_t n = pread(window->fd, bytes + done, length - done, (off_t)(window->offset + at + done));

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0) {
			free(bytes);
			error_set_errno(err, errno, "cannot read '%s'", window->path);
			return NULL;
		}
		if (n == 0)
			break;
		done += (size_t)n;
	}
	*ret_length = done;
	return bytes;
}

static bool names_another(const char *path, const char *what, const char *name, struct error *err)
{
	error_set(err, ERROR_UNSUPPORTED, "'%s' is not whole: %s '%s'", path, what, name);
	return error_hint(err, "where it comes from, make one image of both: qemu-img convert -O qcow2 IMAGE NEW");
}

/* ---- vmdk ---- */

/* Does a descriptor name a parent? "parentCID=ffffffff" is none. */
static bool check_parent(const struct window *window, const char *text, struct error *err)
{
	const char *cid = strstr(text, "parentCID=");

	if (strstr(text, "parentFileNameHint") != NULL || (cid != NULL && strtoul(cid + 10, NULL, 16) != NO_PARENT))
		return names_another(window->path, "it is the difference to", "another vmdk", err);
	return true;
}

/* The name of an extent: a file beside the descriptor, and really there. */
static bool check_extent_name(const struct window *window, const char *name, struct error *err)
{
	const char *slash = strrchr(window->path, '/');
	_cleanup_free_ char *path = strf("%.*s%s", slash != NULL ? (int)(slash + 1 - window->path) : 0, window->path, name);
	_cleanup_close_ int fd = -1;
	struct stat st;

	if (strchr(name, '/') != NULL || strchr(name, ':') != NULL || strcmp(name, "..") == 0 || name[0] == '\0')
		return names_another(window->path, "its data is in", name, err);
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	if (fd < 0 || fstat(fd, &st) < 0)
		return error_set_errno(err, errno, "'%s' needs '%s' beside it", window->path, name);
	return S_ISREG(st.st_mode) || error_set(err, ERROR_INVALID, "'%s' needs '%s' beside it, which is no file", window->path, name);
}

/* "RW 4192256 FLAT "disk-flat.vmdk" 0": what qemu-img would open for it. */
static bool check_extent(const struct window *window, const char *line, struct error *err)
{
	const char *open, *close;

	line += strspn(line, " \t\v\f");
	if (!text_starts(line, "RW") && !text_starts(line, "RDONLY"))
		return true;
	open = strchr(line, '"');
	close = open != NULL ? strchr(open + 1, '"') : NULL;
	if (open == NULL)
		return true; /* of zeroes */
	if (close == NULL)
		return error_set(err, ERROR_INVALID, "'%s' is a broken vmdk image: an extent's name does not end", window->path);
	_cleanup_free_ char *name = xstrndup(open + 1, (size_t)(close - open - 1));

	return check_extent_name(window, name, err);
}

static bool check_vmdk_text(const struct window *window, bool whole_file, struct error *err)
{
	size_t length;
	_cleanup_free_ char *text = read_window(window, 0, DESCRIPTOR_BYTES, &length, err);
	_cleanup_strv_ char **lines = NULL;

	if (text == NULL)
		return false;
	/* what follows a NUL is padding, which nobody reads */
	if (!whole_file || window->length > DESCRIPTOR_BYTES)
		return error_set(err, ERROR_INVALID, "'%s' is a vmdk descriptor where an image must be", window->path);
	if (!check_parent(window, text, err))
		return false;
	lines = strv_split(text, "\r\n");
	for (char **line = lines; line != NULL && *line != NULL; line++)
		if (!check_extent(window, *line, err))
			return false;
	return true;
}

/* A sparse extent has its descriptor inside; one without a capacity would only be the head of a descriptor that names others. */
static bool check_vmdk_sparse(const struct window *window, struct error *err)
{
	size_t length, text_length;
	_cleanup_free_ char *head = read_window(window, 0, SECTOR, &length, err), *text = NULL;

	if (head == NULL)
		return false;
	if (length < 44 || le64((const uint8_t *)head + 12) == 0)
		return error_set(err, ERROR_INVALID, "'%s' is a broken vmdk image: it has no size", window->path);
	uint64_t at = le64((const uint8_t *)head + 28), sectors = le64((const uint8_t *)head + 36);

	if (at == 0 || at > window->length / SECTOR)
		return true;
	text = read_window(window, at * SECTOR, sectors > DESCRIPTOR_BYTES / SECTOR ? DESCRIPTOR_BYTES : (size_t)sectors * SECTOR, &text_length,
			   err);
	return text != NULL && check_parent(window, text, err);
}

static bool check_vmdk(const struct window *window, bool whole_file, struct error *err)
{
	size_t length;
	_cleanup_free_ char *magic = read_window(window, 0, 4, &length, err);

	if (magic == NULL)
		return false;
	if (magic[0] == '#')
		return check_vmdk_text(window, whole_file, err);
	return magic[0] != 'K' || check_vmdk_sparse(window, err);
}

bool image_stands_alone(int fd, const char *path, uint64_t offset, uint64_t length, const struct image *image, struct error *err)
{
	struct window window = { .fd = fd, .offset = offset, .length = length != 0 ? length : image->file_bytes, .path = path };

	if (image->backing_file != NULL)
		return names_another(path, "it lies on", image->backing_file, err);
	if (image->external_data || image->data_file != NULL)
		return names_another(path, "its data is in", image->data_file != NULL ? image->data_file : "another file", err);
	if (image->encrypted) {
		error_set(err, ERROR_UNSUPPORTED, "'%s' is encrypted", path);
		return error_hint(err, "decrypt it where it comes from; encrypted images can be used in place by a document that names their secret");
	}
	return image->format != IMAGE_VMDK || check_vmdk(&window, offset == 0 && length == 0, err);
}
