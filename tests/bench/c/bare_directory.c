/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The least that looking into a pool can cost: the same directory read, each file asked about; with "heads" each opened and its
 * first page read too. bare_directory DIRECTORY [heads]: how many there were, and how large. */
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	DIR *directory = argc >= 2 ? opendir(argv[1]) : NULL;
	unsigned long long files = 0, bytes = 0;
	const struct dirent *entry;
	static char head[4096];

	if (directory == NULL) {
		perror("bare_directory");
		return 1;
	}
	while ((entry = readdir(directory)) != NULL) {
		struct stat st;
		int fd;

		if (entry->d_name[0] == '.' || fstatat(dirfd(directory), entry->d_name, &st, 0) < 0)
			continue;
		files++;
		bytes += (unsigned long long)st.st_size;
		if (argc < 3 || (fd = openat(dirfd(directory), entry->d_name, O_RDONLY | O_CLOEXEC)) < 0)
			continue;
		bytes += pread(fd, head, sizeof head, 0) > 0 ? (unsigned char)head[0] : 0;
		close(fd);
	}
	closedir(directory);
	printf("%llu files, %llu bytes\n", files, bytes);
	return 0;
}
