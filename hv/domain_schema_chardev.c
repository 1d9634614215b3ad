/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Tables of what a guest talks through: <serial>, <console>, <channel> and <graphics>. */
#include "hv/domain_schema.h"

SCHEMA_CHOICES(socket_modes, "bind", "connect");
SCHEMA_CHOICES(switches, "on", "off");
SCHEMA_CHOICES(share_policies, "allow-exclusive", "force-shared", "ignore");

#define HAS_PATH (BIT(CHARDEV_PTY) | BIT(CHARDEV_UNIX) | BIT(CHARDEV_FILE) | BIT(CHARDEV_DEV) | BIT(CHARDEV_PIPE) | BIT(CHARDEV_ABSENT))

#define SCHEMA_TYPE struct chardev
#define CHARDEV_ROWS \
	ROW_WORD("@type", type, chardev_type_words, "Type", "pty and unix are served to viewers; file only takes output", .key = true, \
		 .default_value = "pty"), \
	ROW_KNOWN("@tty"), \
	ROW_STRING("source/@path", path, "Path", "Socket, file or device on the host", SCHEMA_WHEN(type, HAS_PATH)), \
	ROW_CHOICE("source/@mode", mode, socket_modes, "Mode", "bind: QEMU listens; connect: it connects", SCHEMA_WHEN(type, BIT(CHARDEV_UNIX))), \
	ROW_CHOICE("source/@append", append, switches, "Append", "on: an earlier file is kept", SCHEMA_WHEN(type, BIT(CHARDEV_FILE))), \
	ROW_STRING("log/@file", log_file, "Log", "A file that gets a copy of all output"), \
	ROW_CHOICE("log/@append", log_append, switches, NULL, "off: the log begins anew at each start")

static const struct schema_row serial_rows[] = {
	CHARDEV_ROWS,
	ROW_WORD("target/@type", serial_target, serial_target_words, "Kind", "The serial port's bus"),
	ROW_UINT("target/@port", port, 0, 255, "Port", "0 is COM1, ttyS0"),
	ROW_STRING("target/model/@name", target_model, NULL, "QEMU's device"),
	DEVICE_ROWS,
};
SCHEMA_DEFINE(serial_schema, "serial", serial_rows, device.node);

static const struct schema_row console_rows[] = {
	CHARDEV_ROWS,
	ROW_WORD("target/@type", console_target, console_target_words, "Kind", "serial: the first serial port; virtio: hvc0"),
	ROW_UINT("target/@port", port, 0, 255, "Port", "Number of the console"),
	DEVICE_ROWS,
};
SCHEMA_DEFINE(console_schema, "console", console_rows, device.node);

static const struct schema_row channel_rows[] = {
	CHARDEV_ROWS,
	ROW_WORD("target/@type", channel_target, channel_target_words, "Kind", "virtio: a port that the guest opens by its name",
		 .required = true),
	ROW_STRING("target/@name", channel_name, "Name", "org.qemu.guest_agent.0 is the guest agent's",
		   SCHEMA_WHEN(channel_target, ~BIT(CHANNEL_GUESTFWD))),
	ROW_KNOWN("target/@state"),
	DEVICE_ROWS,
};
SCHEMA_DEFINE(channel_schema, "channel", channel_rows, device.node);
#undef SCHEMA_TYPE

#define IS_VNC BIT(GRAPHICS_VNC)
#define SCHEMA_TYPE struct graphics
static const struct schema_row graphics_rows[] = {
	ROW_WORD("@type", type, graphics_type_words, "Type", "How the screen is shown", .key = true, .required = true),
	ROW_STRING("@port", port, "Port", "TCP port, -1 for any free one; none: a unix socket", SCHEMA_WHEN(type, IS_VNC)),
	ROW_WORD("@autoport", autoport, yesno_words, NULL, "Take any free port", SCHEMA_WHEN(type, IS_VNC)),
	ROW_STRING("@listen", listen, "Address", "Address to listen on; without a port no address is used", SCHEMA_WHEN(type, IS_VNC)),
	ROW_STRING("@socket", socket, "Socket", "Path of a unix socket", SCHEMA_WHEN(type, IS_VNC)),
	ROW_STRING("@keymap", keymap, "Keymap", "Keyboard layout for viewers that send symbols", SCHEMA_WHEN(type, IS_VNC)),
	ROW_RAW("@passwd", password, "Password", "VNC password, at most 8 characters", SCHEMA_WHEN(type, IS_VNC), .secret = true),
	ROW_CHOICE("@sharePolicy", share_policy, share_policies, NULL, "What happens when a second viewer comes", SCHEMA_WHEN(type, IS_VNC)),
	ROW_WORD("listen/@type", listen_type, listen_type_words, "Listen", "address, socket or none", SCHEMA_WHEN(type, IS_VNC)),
	ROW_STRING("listen/@address", listen_address, NULL, "Address to listen on", SCHEMA_WHEN(type, IS_VNC)),
	ROW_STRING("listen/@socket", listen_socket, NULL, "Path of a unix socket", SCHEMA_WHEN(type, IS_VNC)),
	DEVICE_ROWS,
};
SCHEMA_DEFINE(graphics_schema, "graphics", graphics_rows, device.node);
#undef SCHEMA_TYPE
