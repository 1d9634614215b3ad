/* SPDX-License-Identifier: GPL-2.0-or-later */
/* virtty-iscsi: what it is asked for, and a session with a target. */
#ifndef STORAGE_ISCSI_SESSION_H
#define STORAGE_ISCSI_SESSION_H

#include "base/error.h"

#include <stdint.h>

struct iscsi_context;
struct scsi_task;

/* Words of the command line, borrowed; none of them is secret. */
struct request {
	const char *portal;	   /* "host:port", "[address]:port" */
	const char *target;	   /* its IQN; NULL: a discovery */
	const char *initiator;	   /* the IQN to log in with */
	const char *user;	   /* CHAP; NULL: none */
	const char *password_file; /* holds its password, to the byte */
	int lun;
	uint64_t offset, length; /* of a transfer; length 0: to the end */
};

/* Connects and logs in. Nothing is tried again by itself: a server that goes away ends what is going on. NULL on error. */
struct iscsi_context *session_open(const struct request *request, struct error *err);
void session_close(struct iscsi_context *session);
/* The error of the last call. Always false. */
bool session_fail(struct iscsi_context *session, const char *what, struct error *err);
/* Did that command do it? Frees the task when it did not. */
bool session_good(struct iscsi_context *session, struct scsi_task *task, const char *what, struct error *err);

/* From here on the server has so long to answer, or this process ends and says so. Called before each step. */
void watchdog_start(const char *portal);
void watchdog_feed(void);

/* Prints what there is as JSON: {"luns": [{"lun", "bytes", "block", "vendor", "product", "serial"}]},
 * {"targets": [{"name", "portals": [...]}]}. */
bool list_luns(struct iscsi_context *session, struct error *err);
bool list_targets(struct iscsi_context *session, struct error *err);
/* The LUN's bytes to stdout, or stdin's to the LUN, which is written out at the end. */
bool transfer_read(struct iscsi_context *session, const struct request *request, struct error *err);
bool transfer_write(struct iscsi_context *session, const struct request *request, struct error *err);
/* The LUN's size. */
struct extent {
	uint64_t blocks;
	uint32_t block_bytes;
};
bool read_extent(struct iscsi_context *session, int lun, struct extent *ret, struct error *err);

#endif
