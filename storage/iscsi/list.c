/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a server has: targets by discovery, LUNs of a target with their sizes. */
#include "storage/iscsi/session.h"

#include "base/file.h"
#include "base/json.h"
#include "base/memory.h"
#include "base/text.h"

#include <iscsi/iscsi.h>
#include <iscsi/scsi-lowlevel.h>
#include <json-c/json.h>
#include <string.h>
#include <unistd.h>

#define LUNS_LIMIT	 1024
#define REPORT_BYTES	 (8 + 8 * LUNS_LIMIT)
#define ATTENTION_TRIES	 10 /* a session begins with news of what happened before it */
#define BLOCK_LIMIT	 65536

static bool print(struct json_object *json, struct error *err)
{
	_cleanup_free_ char *text = json_text(json), *line = strf("%s\n", text);

	return write_all(STDOUT_FILENO, line, strlen(line)) || error_set(err, ERROR_FAILED, "cannot write");
}

/* A LUN tells first of resets and changes, one at a time. */
static void take_attentions(struct iscsi_context *session, int lun)
{
	for (int tries = 0; tries < ATTENTION_TRIES; tries++) {
		watchdog_feed();
		struct scsi_task *task = iscsi_testunitready_sync(session, lun);
		bool again = task != NULL && task->status == SCSI_STATUS_CHECK_CONDITION &&
			     task->sense.key == SCSI_SENSE_UNIT_ATTENTION;

		if (task != NULL)
			scsi_free_scsi_task(task);
		if (!again)
			return;
	}
}

bool read_extent(struct iscsi_context *session, int lun, struct extent *ret, struct error *err)
{
	_cleanup_free_ char *what = strf("cannot read the size of LUN %d", lun);

	take_attentions(session, lun);
	watchdog_feed();
	struct scsi_task *task = iscsi_readcapacity16_sync(session, lun);

	if (!session_good(session, task, what, err))
		return false;
	const struct scsi_readcapacity16 *capacity = scsi_datain_unmarshall(task);

	*ret = (struct extent){ 0 };
	if (capacity != NULL)
		*ret = (struct extent){ capacity->returned_lba + 1, capacity->block_length };
	scsi_free_scsi_task(task);
	if (ret->block_bytes >= 512 && ret->block_bytes <= BLOCK_LIMIT && (ret->block_bytes & (ret->block_bytes - 1)) == 0 &&
	    ret->blocks != 0 && ret->blocks <= (uint64_t)INT64_MAX / ret->block_bytes)
		return true;
	return error_set(err, ERROR_PROTOCOL, "%s: the server's answer makes no sense", what);
}

/* Text that a server sent: blanks at its ends and what is not printable are left out. */
static void put_text(struct json_object *json, const char *key, const char *text, size_t length)
{
	_cleanup_free_ char *copy = xstrndup(text, length);
	size_t kept = 0;

	for (const char *at = copy; *at != '\0'; at++)
		if (*at > 0x20 ? *at < 0x7f : *at == ' ' && kept > 0)
			copy[kept++] = *at;
	while (kept > 0 && copy[kept - 1] == ' ')
		kept--;
	copy[kept] = '\0';
	if (kept > 0)
		json_set_string(json, key, copy);
}

static void put_serial(struct iscsi_context *session, int lun, struct json_object *json)
{
	watchdog_feed();
	struct scsi_task *task = iscsi_inquiry_sync(session, lun, 1, SCSI_INQUIRY_PAGECODE_UNIT_SERIAL_NUMBER, 255);
	const struct scsi_inquiry_unit_serial_number *serial =
		task != NULL && task->status == SCSI_STATUS_GOOD ? scsi_datain_unmarshall(task) : NULL;

	if (serial != NULL && serial->usn != NULL)
		put_text(json, "serial", serial->usn, strlen(serial->usn));
	if (task != NULL)
		scsi_free_scsi_task(task);
}

/* Is it a disk? Then it gets its line; controllers, tapes and empty places get none. */
static bool add_lun(struct iscsi_context *session, int lun, struct json_object *luns, struct error *err)
{
	_cleanup_free_ char *what = strf("cannot look at LUN %d", lun);
	struct extent extent;

	watchdog_feed();
	struct scsi_task *task = iscsi_inquiry_sync(session, lun, 0, 0, 255);

	if (!session_good(session, task, what, err))
		return false;
	const struct scsi_inquiry_standard *inquiry = scsi_datain_unmarshall(task);
	_cleanup_json_ struct json_object *json = json_object_new_object();
	bool disk = inquiry != NULL && inquiry->qualifier == SCSI_INQUIRY_PERIPHERAL_QUALIFIER_CONNECTED &&
		    inquiry->device_type == SCSI_INQUIRY_PERIPHERAL_DEVICE_TYPE_DIRECT_ACCESS;

	if (disk) {
		put_text(json, "vendor", inquiry->vendor_identification, sizeof inquiry->vendor_identification);
		put_text(json, "product", inquiry->product_identification, sizeof inquiry->product_identification);
	}
	scsi_free_scsi_task(task);
	if (!disk)
		return true;
	if (!read_extent(session, lun, &extent, err))
		return false;
	json_set_int(json, "lun", lun);
	json_set_int(json, "bytes", (int64_t)(extent.blocks * extent.block_bytes));
	json_set_int(json, "block", extent.block_bytes);
	put_serial(session, lun, json);
	json_object_array_add(luns, TAKE_POINTER(json));
	return true;
}

bool list_luns(struct iscsi_context *session, struct error *err)
{
	_cleanup_json_ struct json_object *answer = json_object_new_object();
	struct json_object *luns = json_object_new_array();
	bool ok = true;

	json_set(answer, "luns", luns);
	take_attentions(session, 0);
	watchdog_feed();
	struct scsi_task *task = iscsi_reportluns_sync(session, 0, REPORT_BYTES);

	if (!session_good(session, task, "cannot list the target's LUNs", err))
		return false;
	const struct scsi_reportluns_list *list = scsi_datain_unmarshall(task);

	for (uint32_t i = 0; ok && list != NULL && i < list->num && i < LUNS_LIMIT; i++)
		ok = add_lun(session, list->luns[i], luns, err);
	scsi_free_scsi_task(task);
	return ok && print(answer, err);
}

bool list_targets(struct iscsi_context *session, struct error *err)
{
	_cleanup_json_ struct json_object *answer = json_object_new_object();
	struct json_object *targets = json_object_new_array();

	json_set(answer, "targets", targets);
	watchdog_feed();
	struct iscsi_discovery_address *found = iscsi_discovery_sync(session);

	/* a server without targets says nothing, and that is no error */
	for (const struct iscsi_discovery_address *at = found; at != NULL; at = at->next) {
		struct json_object *target = json_object_new_object(), *portals = json_object_new_array();

		put_text(target, "name", at->target_name, strlen(at->target_name));
		for (const struct iscsi_target_portal *portal = at->portals; portal != NULL; portal = portal->next)
			json_object_array_add(portals, json_object_new_string(portal->portal));
		json_set(target, "portals", portals);
		json_object_array_add(targets, target);
	}
	if (found != NULL)
		iscsi_free_discovery_data(session, found);
	return print(answer, err);
}
