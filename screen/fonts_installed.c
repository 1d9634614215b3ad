/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The fonts that are installed on this host: which files there are, and reading them all. */
#include "base/memory.h"
#include "base/strv.h"
#include "screen/fonts.h"

#include <dirent.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#define FILES_MAX     1024 /* of one directory */
#define FILE_SIZE_MAX ((off_t)64 * 1024 * 1024)

/* Of each group, the first that is there: distributions differ in where they put the same thing. */
static const char *const groups[][8] = {
	{ "/usr/share/qemu/vgabios-stdvga.bin", "/usr/share/seabios/vgabios-stdvga.bin",
	  "/usr/share/seavgabios/vgabios-stdvga.bin", "/usr/share/vgabios/vgabios-stdvga.bin" },
	{ "/usr/bin/qemu-system-x86_64", "/usr/libexec/qemu-kvm", "/usr/bin/qemu-kvm",
	  "/usr/local/bin/qemu-system-x86_64" },
	{ "/usr/share/OVMF/OVMF_CODE_4M.fd", "/usr/share/OVMF/OVMF_CODE.fd", "/usr/share/edk2/ovmf/OVMF_CODE.fd",
	  "/usr/share/edk2/x64/OVMF_CODE.4m.fd", "/usr/share/edk2-ovmf/x64/OVMF_CODE.fd",
	  "/usr/share/qemu/edk2-x86_64-code.fd", "/usr/share/qemu/ovmf-x86_64-code.bin" },
};
static const char *const font_directories[] = {
	"/usr/share/consolefonts",
	"/usr/share/kbd/consolefonts",
	"/usr/lib/kbd/consolefonts",
};
static const char *const grub_fonts[] = { "/usr/share/grub/unicode.pf2", "/usr/share/grub2/unicode.pf2",
					  "/boot/grub/fonts/unicode.pf2", "/boot/grub2/fonts/unicode.pf2", NULL };

static char **add_first(char **files, const char *const *group, size_t length)
{
	for (size_t i = 0; i < length && group[i] != NULL; i++)
		if (access(group[i], R_OK) == 0)
			return strv_add(files, group[i]);
	return files;
}

static int is_font(const struct dirent *entry)
{
	static const char *const endings[] = { ".psf", ".psfu", ".psf.gz", ".psfu.gz" };
	size_t length = strlen(entry->d_name);

	for (size_t i = 0; i < ARRAY_LENGTH(endings); i++) {
		size_t ending = strlen(endings[i]);

		if (length > ending && strcmp(entry->d_name + length - ending, endings[i]) == 0)
			return 1;
	}
	return 0;
}

static int is_kernel(const struct dirent *entry)
{
	return strncmp(entry->d_name, "vmlinuz-", strlen("vmlinuz-")) == 0;
}

/* The files of a directory that are wanted, in the order of their names (numbers by value); at most the last limit. */
static char **add_directory(char **files, const char *directory, int (*wanted)(const struct dirent *), size_t limit)
{
	struct dirent **entries = NULL;
	int count = scandir(directory, &entries, wanted, versionsort);

	for (int i = 0; i < count; i++) {
		_cleanup_free_ char *path = strf("%s/%s", directory, entries[i]->d_name);

		if ((size_t)(count - i) <= limit && access(path, R_OK) == 0)
			files = strv_take(files, TAKE_POINTER(path));
		free(entries[i]);
	}
	free(entries);
	return files;
}

char **fonts_installed(void)
{
	char **files = strv_copy(NULL);

	for (size_t i = 0; i < ARRAY_LENGTH(groups); i++)
		files = add_first(files, groups[i], ARRAY_LENGTH(groups[i]));
	for (size_t i = 0; i < ARRAY_LENGTH(font_directories); i++)
		files = add_directory(files, font_directories[i], is_font, FILES_MAX);
	files = add_first(files, grub_fonts, ARRAY_LENGTH(grub_fonts));
	/* Its large font is nowhere else. One kernel has what all have. */
	return add_directory(files, "/boot", is_kernel, 1);
}

static void add_file(struct fonts *fonts, const char *path)
{
	_cleanup_close_ int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	struct stat st;
	void *bytes;

	if (fd < 0 || fstat(fd, &st) < 0 || !S_ISREG(st.st_mode) || st.st_size == 0 || st.st_size > FILE_SIZE_MAX)
		return;
	bytes = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
	if (bytes == MAP_FAILED)
		return;
	fonts_add(fonts, path, bytes, (size_t)st.st_size, NULL);
	munmap(bytes, (size_t)st.st_size);
}

void fonts_add_installed(struct fonts *fonts)
{
	_cleanup_strv_ char **files = fonts_installed();

	for (size_t i = 0; files[i] != NULL; i++)
		add_file(fonts, files[i]);
}

static uint64_t mix(uint64_t sum, const void *bytes, size_t length)
{
	for (const unsigned char *p = bytes; length > 0; p++, length--)
		sum = (sum ^ *p) * 0x100000001b3u;
	return sum;
}

char *fonts_stamp(void)
{
	_cleanup_strv_ char **files = fonts_installed();
	uint64_t sum = 0xcbf29ce484222325u;

	for (size_t i = 0; files[i] != NULL; i++) {
		struct stat st = { 0 };
		int64_t values[3];

		if (stat(files[i], &st) < 0)
			continue;
		values[0] = st.st_size;
		values[1] = st.st_mtim.tv_sec;
		values[2] = st.st_mtim.tv_nsec;
		sum = mix(sum, files[i], strlen(files[i]) + 1);
		sum = mix(sum, values, sizeof values);
	}
	/* The first number is that of the rules by which the files are read. */
	return strf("1 %zu %016" PRIx64, strv_length(files), sum);
}
