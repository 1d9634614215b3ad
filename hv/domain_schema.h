/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The tables that describe the domain model, an element each; forms and documentation read them too. */
#ifndef HV_DOMAIN_SCHEMA_H
#define HV_DOMAIN_SCHEMA_H

#include "hv/domain.h"
#include "base/schema.h"

extern const struct schema domain_schema;
extern const struct schema os_schema, features_schema, cpu_schema, clock_schema;
extern const struct schema address_schema;
extern const struct schema iotune_schema, disk_schema, interface_schema, controller_schema, serial_schema, console_schema, channel_schema,
	input_schema;
extern const struct schema port_forwarding_schema;
extern const struct schema graphics_schema, video_schema, memballoon_schema, rng_schema;

/* A mask for SCHEMA_WHEN of one value of an enum. */
#define BIT(value) (UINT32_C(1) << (value))

/* What every device has, at the end of its table. */
#define DEVICE_ROWS \
	ROW_STRING("alias/@name", device.alias, NULL, "libvirt's name for the device, and its id in QEMU"), \
	ROW_NESTED("address", device.address, address_schema)
#define BOOT_ROW \
	ROW_UINT("boot/@order", device.boot_order, 1, INT32_MAX, "Boot order", "1 is tried first; not together with <os><boot>")

/* "up" and "down", "open" and "closed": tristates with words of their own. */
ENUM_DECLARE(link_state);
ENUM_DECLARE(tray_state);

#endif
