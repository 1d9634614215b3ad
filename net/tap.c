/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Taps and macvtaps: a guest's end of a cable, as descriptors. */
#include "net/link_internal.h"

#include "base/file.h"
#include "base/memory.h"
#include "base/text.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/if_link.h>
#include <linux/if_tun.h>
#include <linux/rtnetlink.h>
#include <net/ethernet.h>
#include <net/if.h>
#include <netinet/ether.h>
#include <netlink/msg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#define TUN_PATH "/dev/net/tun"
#define NAMES_MAX 4096 /* numbers tried for "macvtap%d" */

static bool fail_tun(int errnum, struct error *err)
{
	if (errnum == ENOENT || errnum == ENODEV || errnum == ENXIO) {
		error_set(err, ERROR_NOT_FOUND, "%s is missing: this kernel has no taps", TUN_PATH);
		return error_hint(err, "'modprobe tun' loads them; a container has to be given the device");
	}
	if (errnum == EACCES || errnum == EPERM) {
		error_set(err, ERROR_UNSUPPORTED, "a tap cannot be made: %s", strerror(errnum));
		return error_hint(err,
				  "it needs root (CAP_NET_ADMIN); without it use <interface type='user'>, or type 'bridge' where root allows it");
	}
	return error_set_errno(err, errnum, "cannot make a tap");
}

static void close_all(int *fds, unsigned count)
{
	for (unsigned i = 0; i < count; i++)
		cleanup_close(&fds[i]);
}

/* One queue of a tap; the first one makes it, and its name is in request from then on. */
static bool open_queue(struct ifreq *request, int *ret_fd, struct error *err)
{
	_cleanup_close_ int fd = open(TUN_PATH, O_RDWR | O_CLOEXEC | O_NONBLOCK);

	if (fd < 0)
		return fail_tun(errno, err);
	if (ioctl(fd, TUNSETIFF, request) < 0) {
		if (errno == EBUSY || errno == EEXIST)
			return error_set(err, ERROR_EXISTS, "an interface '%s' is there already", request->ifr_name);
		return fail_tun(errno, err);
	}
	*ret_fd = TAKE_FD(fd);
	return true;
}

/* What a tap and a macvtap have in common once they are there. */
static bool dress(struct links *links, const char *name, const struct tap_settings *settings, bool with_mac,
		  struct error *err)
{
	if (with_mac && settings->mac != NULL && !link_set_mac(links, name, settings->mac, err))
		return false;
	if (settings->mtu != 0 && !link_set_mtu(links, name, settings->mtu, err))
		return false;
	return settings->alias == NULL || link_set_alias(links, name, settings->alias, err);
}

bool tap_open(struct links *links, const char *name, const struct tap_settings *settings, int *ret_fds,
	      char ret_name[LINK_NAME_SIZE], struct error *err)
{
	struct ifreq request = { 0 };
	short flags = IFF_TAP | IFF_NO_PI;

	if (strlen(name) >= sizeof request.ifr_name)
		return error_set(err, ERROR_INVALID, "'%s' is too long for an interface's name", name);
	memcpy(request.ifr_name, name, strlen(name));
	if (settings->queues > 1)
		flags |= IFF_MULTI_QUEUE;
	if (settings->vnet_header)
		flags |= IFF_VNET_HDR;
	/* an interface of that name that is there already is somebody else's */
	if (strchr(name, '%') == NULL && if_nametoindex(name) != 0)
		return error_set(err, ERROR_EXISTS, "an interface '%s' is there already", name);
	for (unsigned i = 0; i < settings->queues; i++) {
		/* the first one makes it, and never joins one that somebody made meanwhile */
		request.ifr_flags = (short)(i == 0 ? flags | IFF_TUN_EXCL : flags);
		if (!open_queue(&request, &ret_fds[i], err)) {
			close_all(ret_fds, i);
			return false;
		}
	}
	if (!dress(links, request.ifr_name, settings, true, err)) {
		close_all(ret_fds, settings->queues);
		return false;
	}
	memcpy(ret_name, request.ifr_name, LINK_NAME_SIZE);
	return true;
}

/* Numbers of interfaces are a network namespace's own, and /dev is not: is it the one meant? */
static bool is_named(int fd, const char *name)
{
	struct ifreq request = { 0 };

	return ioctl(fd, TUNGETIFF, &request) == 0 && text_equal(request.ifr_name, name);
}

/* A node of our own, where /dev has none. */
static int open_node(const char *name, int index, struct error *err)
{
	_cleanup_free_ char *number = strf("/sys/class/net/%s/macvtap/tap%d/dev", name, index);
	_cleanup_free_ char *text = NULL;
	/* /tmp is often mounted so that devices in it are none */
	char beside[] = "/dev/virtty-tap-XXXXXX", elsewhere[] = "/tmp/virtty-tap-XXXXXX";
	unsigned major_number, minor_number;

	if (!file_read(number, 64, &text, NULL, err))
		return -1;
	bool read = sscanf(text, "%u:%u", &major_number, &minor_number) == 2;
	const char *directory = !read ? NULL : mkdtemp(beside) != NULL ? beside : mkdtemp(elsewhere);

	if (directory == NULL) {
		error_set(err, ERROR_SYSTEM, "cannot make a device node for '%s'", name);
		return -1;
	}
	_cleanup_free_ char *node = strf("%s/tap", directory);
	int fd = -1;

	if (mknod(node, S_IFCHR | 0600, makedev(major_number, minor_number)) == 0)
		fd = open(node, O_RDWR | O_CLOEXEC | O_NONBLOCK);
	if (fd < 0)
		error_set_errno(err, errno, "cannot open the device of '%s'", name);
	unlink(node);
	rmdir(directory);
	return fd;
}

static int open_macvtap(const char *name, int index, struct error *err)
{
	_cleanup_free_ char *device = strf("/dev/tap%d", index);
	_cleanup_close_ int fd = open(device, O_RDWR | O_CLOEXEC | O_NONBLOCK);

	if (fd >= 0 && is_named(fd, name))
		return TAKE_FD(fd);
	return open_node(name, index, err);
}

static uint32_t mode_value(const char *mode)
{
	return text_equal(mode, "private")	? MACVLAN_MODE_PRIVATE :
	       text_equal(mode, "vepa")		? MACVLAN_MODE_VEPA :
	       text_equal(mode, "passthru")	? MACVLAN_MODE_PASSTHRU :
						  MACVLAN_MODE_BRIDGE;
}

static bool make_macvtap(struct links *links, const char *name, int lower, const char *mode,
			 const struct tap_settings *settings, struct error *err)
{
	struct nl_msg *message = link_request(RTM_NEWLINK, NLM_F_CREATE | NLM_F_EXCL, 0);
	struct ether_addr mac;

	nla_put_string(message, IFLA_IFNAME, name);
	nla_put_u32(message, IFLA_LINK, (uint32_t)lower);
	if (settings->mac != NULL && ether_aton_r(settings->mac, &mac) != NULL)
		nla_put(message, IFLA_ADDRESS, ETH_ALEN, &mac);
	nla_put_u32(message, IFLA_NUM_TX_QUEUES, settings->queues);
	nla_put_u32(message, IFLA_NUM_RX_QUEUES, settings->queues);
	struct nlattr *info = nla_nest_start(message, IFLA_LINKINFO);

	nla_put_string(message, IFLA_INFO_KIND, "macvtap");
	struct nlattr *data = nla_nest_start(message, IFLA_INFO_DATA);

	nla_put_u32(message, IFLA_MACVLAN_MODE, mode_value(mode));
	nla_nest_end(message, data);
	nla_nest_end(message, info);
	int code = link_send(links, message);

	return code >= 0 || link_fail(code, "make the macvtap", name, err);
}

static bool set_queue(int fd, const struct tap_settings *settings, struct error *err)
{
	struct ifreq request = { .ifr_flags = IFF_TAP | IFF_NO_PI };

	if (settings->queues > 1)
		request.ifr_flags |= IFF_MULTI_QUEUE;
	if (settings->vnet_header)
		request.ifr_flags |= IFF_VNET_HDR;
	if (ioctl(fd, TUNSETIFF, &request) < 0)
		return error_set_errno(err, errno, "cannot set up a macvtap's queue");
	return true;
}

bool link_free_name(const char *pattern, char ret[LINK_NAME_SIZE], struct error *err)
{
	const char *percent = strstr(pattern, "%d");

	for (unsigned i = 0; i < NAMES_MAX; i++) {
		_cleanup_free_ char *candidate = percent != NULL ? strf("%.*s%u%s", (int)(percent - pattern), pattern, i, percent + 2) :
								   xstrdup(pattern);

		if (strlen(candidate) >= LINK_NAME_SIZE)
			return error_set(err, ERROR_INVALID, "'%s' is too long for an interface's name", candidate);
		if (if_nametoindex(candidate) == 0) {
			memset(ret, 0, LINK_NAME_SIZE);
			memcpy(ret, candidate, strlen(candidate));
			return true;
		}
		if (percent == NULL)
			break;
	}
	return error_set(err, ERROR_EXISTS, "an interface '%s' is there already", pattern);
}

bool macvtap_open(struct links *links, const char *name, const char *lower, const char *mode,
		  const struct tap_settings *settings, int *ret_fds, struct error *err)
{
	int parent = link_index(lower, err);
	unsigned opened = 0;

	if (parent == 0 || !make_macvtap(links, name, parent, mode, settings, err))
		return false;
	int index = link_index(name, err);
	bool ok = index != 0 && dress(links, name, settings, false, err) && link_set_up(links, name, true, err);

	while (ok && opened < settings->queues) {
		ret_fds[opened] = open_macvtap(name, index, err);
		ok = ret_fds[opened] >= 0;
		opened += ok;
		ok = ok && set_queue(ret_fds[opened - 1], settings, err);
	}
	if (ok)
		return true;
	close_all(ret_fds, opened);
	link_delete(links, name, NULL, NULL);
	return false;
}

/* ---- what others made ---- */

static bool fail_foreign(const char *name, const struct tap_settings *settings, int errnum, struct error *err)
{
	switch (errnum) {
	case EPERM:
	case EACCES:
		error_set(err, ERROR_UNSUPPORTED, "tap '%s' is not this user's: %s", name, strerror(errnum));
		return error_hint(err, "root gives it to one: 'ip tuntap add dev %s mode tap%s vnet_hdr user NAME'", name,
				  settings->queues > 1 ? " multi_queue" : "");
	case EBUSY:
		error_set(err, ERROR_UNSUPPORTED, "tap '%s' is in use", name);
		return error_hint(err, "another machine or program has it open; each needs one of its own");
	case EINVAL:
		error_set(err, ERROR_UNSUPPORTED, "tap '%s' was not made for %u queue%s", name, settings->queues, settings->queues > 1 ? "s" : "");
		return error_hint(err, "'ip tuntap add ... multi_queue' makes one for several, which no single one can have, nor a tun");
	case ENOENT:
	case ENODEV:
	case ENXIO:
		return fail_tun(errnum, err);
	default:
		return error_set_errno(err, errnum, "cannot open tap '%s'", name);
	}
}

static bool open_foreign_queue(const char *name, const struct tap_settings *settings, int *ret_fd, struct error *err)
{
	_cleanup_close_ int fd = open(TUN_PATH, O_RDWR | O_CLOEXEC | O_NONBLOCK);
	struct ifreq request = { .ifr_flags = IFF_TAP | IFF_NO_PI };

	if (fd < 0)
		return fail_tun(errno, err);
	memcpy(request.ifr_name, name, strlen(name));
	if (settings->queues > 1)
		request.ifr_flags |= IFF_MULTI_QUEUE;
	if (settings->vnet_header)
		request.ifr_flags |= IFF_VNET_HDR;
	if (ioctl(fd, TUNSETIFF, &request) < 0)
		return fail_foreign(name, settings, errno, err);
	*ret_fd = TAKE_FD(fd);
	return true;
}

static bool open_foreign_macvtap(const struct link *link, const struct tap_settings *settings, int *ret_fd, struct error *err)
{
	_cleanup_close_ int fd = open_macvtap(link->name, link->index, err);

	if (fd < 0 && geteuid() != 0)
		return error_hint(err, "root gives it to a user: 'chown NAME /dev/tap%d'", link->index);
	if (fd < 0 || !set_queue(fd, settings, err))
		return false;
	*ret_fd = TAKE_FD(fd);
	return true;
}

bool tap_open_foreign(struct links *links, const char *name, const struct tap_settings *settings, int *ret_fds, struct error *err)
{
	struct link link;

	if (!link_find(links, name, &link, err)) {
		if (err != NULL && err->code == ERROR_NOT_FOUND)
			error_hint(err, "managed='no' is for a tap that is there already; without it virtty makes one");
		return false;
	}
	if (!text_equal(link.kind, "tun") && !text_equal(link.kind, "macvtap")) {
		error_set(err, ERROR_UNSUPPORTED, "interface '%s' is no tap", name);
		return error_hint(err, "type 'bridge' joins a bridge, type 'direct' stands on a device");
	}
	for (unsigned i = 0; i < settings->queues; i++) {
		if (text_equal(link.kind, "tun") ? open_foreign_queue(name, settings, &ret_fds[i], err) :
						   open_foreign_macvtap(&link, settings, &ret_fds[i], err))
			continue;
		close_all(ret_fds, i);
		return false;
	}
	return true;
}
