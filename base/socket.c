/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Unix stream sockets by path. */
#include "base/socket.h"
#include "base/memory.h"

#include <errno.h>
#include <stdalign.h>
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

static bool address_of(const char *path, struct sockaddr_un *ret, struct error *err)
{
	size_t length = strlen(path);

	if (length == 0)
		return error_set(err, ERROR_INVALID, "the socket path is empty");
	*ret = (struct sockaddr_un){ .sun_family = AF_UNIX };
	if (length >= sizeof ret->sun_path)
		return error_set(err, ERROR_INVALID, "socket path '%s' is %zu bytes long, more than %zu", path, length,
				 sizeof ret->sun_path - 1);
	memcpy(ret->sun_path, path, length);
	return true;
}

/* Only a socket is removed: anything else at that path is somebody's file. */
static bool remove_old(const char *path, struct error *err)
{
	struct stat st;

	if (lstat(path, &st) < 0)
		return errno == ENOENT || error_set_errno(err, errno, "cannot look at '%s'", path);
	if (!S_ISSOCK(st.st_mode))
		return error_set(err, ERROR_EXISTS, "'%s' exists and is not a socket", path);
	if (unlink(path) < 0 && errno != ENOENT)
		return error_set_errno(err, errno, "cannot remove the old socket '%s'", path);
	return true;
}

int socket_listen(const char *path, int backlog, struct error *err)
{
	struct sockaddr_un address;

	if (!address_of(path, &address, err) || !remove_old(path, err))
		return -1;
	_cleanup_close_ int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	if (fd < 0) {
		error_set_errno(err, errno, "cannot make a socket");
		return -1;
	}
	/* bind() makes the file: never let it be wider than 0600, not even for a moment */
	mode_t old = umask(0177);
	int bound = bind(fd, (struct sockaddr *)&address, sizeof address);
	int saved = errno;

	umask(old);
	if (bound < 0) {
		error_set_errno(err, saved, "cannot make the socket '%s'", path);
		return -1;
	}
	if (listen(fd, backlog) < 0) {
		error_set_errno(err, errno, "cannot listen on '%s'", path);
		unlink(path);
		return -1;
	}
	return TAKE_FD(fd);
}

int socket_connect(const char *path, struct error *err)
{
	struct sockaddr_un address;

	if (!address_of(path, &address, err))
		return -1;
	_cleanup_close_ int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (fd < 0) {
		error_set_errno(err, errno, "cannot make a socket");
		return -1;
	}
	while (connect(fd, (struct sockaddr *)&address, sizeof address) < 0) {
		if (errno == EINTR)
			continue;
		bool absent = errno == ENOENT || errno == ECONNREFUSED;

		error_set_errno(err, errno, "cannot connect to '%s'", path);
		if (absent && err != NULL)
			err->code = ERROR_NOT_FOUND;
		return -1;
	}
	return TAKE_FD(fd);
}

ssize_t socket_send_fd(int socket, const void *bytes, size_t length, int fd)
{
	alignas(struct cmsghdr) char control[CMSG_SPACE(sizeof fd)] = { 0 };
	struct iovec part = { (void *)(uintptr_t)bytes, length };
	struct msghdr message = { .msg_iov = &part, .msg_iovlen = 1, .msg_control = control, .msg_controllen = sizeof control };
	struct cmsghdr *head = CMSG_FIRSTHDR(&message);

	head->cmsg_level = SOL_SOCKET;
	head->cmsg_type = SCM_RIGHTS;
	head->cmsg_len = CMSG_LEN(sizeof fd);
	memcpy(CMSG_DATA(head), &fd, sizeof fd);
	return sendmsg(socket, &message, MSG_NOSIGNAL | MSG_DONTWAIT);
}

ssize_t socket_receive_fd(int socket, void *bytes, size_t size, int *ret_fd)
{
	alignas(struct cmsghdr) char control[CMSG_SPACE(sizeof *ret_fd)];
	struct iovec part = { bytes, size };
	struct msghdr message = { .msg_iov = &part, .msg_iovlen = 1, .msg_control = control, .msg_controllen = sizeof control };
	ssize_t n = recvmsg(socket, &message, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);

	*ret_fd = -1;
	if (n < 0)
		return n;
	for (struct cmsghdr *head = CMSG_FIRSTHDR(&message); head != NULL; head = CMSG_NXTHDR(&message, head)) {
		if (head->cmsg_level != SOL_SOCKET || head->cmsg_type != SCM_RIGHTS)
			continue;
		/* padding makes room for more than one */
		for (size_t i = 0; i < (head->cmsg_len - CMSG_LEN(0)) / sizeof *ret_fd; i++) {
			if (*ret_fd >= 0)
				close(*ret_fd);
			memcpy(ret_fd, CMSG_DATA(head) + i * sizeof *ret_fd, sizeof *ret_fd);
		}
	}
	return n;
}
