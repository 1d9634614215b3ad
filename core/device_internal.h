/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One change of a machine's devices on its way: the frame that every kind of device uses. */
#ifndef CORE_DEVICE_INTERNAL_H
#define CORE_DEVICE_INTERNAL_H

#include "core/device_change.h"
#include "core/manager_internal.h"

struct hotplug;
struct json_object;

/* What a change makes of the live document, told so that it can be done again on a newer text of it. */
enum edit_kind {
	EDIT_ADD,     /* xml is added, once QEMU has the device */
	EDIT_REMOVE,  /* the device goes, once QEMU has it no more */
	EDIT_REPLACE, /* xml takes its place */
	EDIT_MEDIUM,  /* the same for a drive: xml once node is in it, empty once nothing is */
};
struct device_edit {
	enum edit_kind kind;
	char *alias;	   /* owned, as all here */
	char *xml, *empty; /* NULL where the kind needs none */
	char *node;	   /* the medium's block node; NULL: it is taken out */
};

struct device_change {
	struct manager *manager;
	struct machine machine; /* owned: as it is under the lock */
	unsigned flags;		/* CHANGE_LIVE and CHANGE_CONFIG as they were resolved */
	const struct qemu_caps *caps;
	/* the running machine: NULL and -1 when it is not to be changed */
	struct domain *live;	   /* owned: as it is now */
	char *live_text;	   /* owned: what that was read from */
	int fd;			   /* the connection that holds the lock */
	int events;		   /* another one, for events alone; -1: not opened yet */
	struct device_edit *edits; /* owned array */
	size_t edit_count;
	bool noted; /* the change is on record in the run directory */
	bool forwards; /* it is about port forwards: who catches up looks at those */
	/* the definition: NULL when it is not to be changed */
	struct domain *stored;	   /* owned: as it is now */
	char *stored_text;	   /* owned */
	struct domain *new_stored; /* owned: as it will be */
	/* makes new_stored of stored; called again when somebody else was faster */
	struct domain *(*patch)(struct device_change *change, const struct domain *stored, void *userdata,
				struct error *err);
	void *userdata;
};

/* Resolves the flags, and for a running machine takes the lock and catches up with what others left. To be ended in any
 * case. */
bool change_begin(struct device_change *change, struct manager *manager, const struct machine *machine, unsigned flags,
		  struct error *err);
/* Computes the new definition, where one is to be changed: before anything is done to the running machine. */
bool change_patch(struct device_change *change,
		  struct domain *(*patch)(struct device_change *, const struct domain *, void *, struct error *),
		  void *userdata, struct error *err);
/* Writes both documents and the event (kind NULL: none; else about the running machine) in one transaction. What was
 * noted stays, for what may be left to clean up. */
bool change_commit(struct device_change *change, const char *kind, const char *what, const char *detail,
		   struct error *err);
void change_end(struct device_change *change);
/* The capabilities of the emulator that runs. */
bool change_find_caps(struct device_change *change, const struct domain *live, struct error *err);

/* ---- the live document (device_journal.c) ---- */

/* Adds an edit; strings are copied. */
struct device_edit *change_edit(struct device_change *change, enum edit_kind kind, const char *alias, const char *xml);
/* The edits made in a document. Owned; NULL with err. */
struct domain *edits_apply(const struct device_edit *edits, size_t count, const struct domain *domain,
			   struct error *err);
/* Writes down what is about to be done to QEMU: the edits, and commands that take back (undo) or that must be said
 * again (redo). Both may be NULL. */
bool change_note(struct device_change *change, struct json_object *undo, struct json_object *redo, struct error *err);
/* It is done, or taken back. */
void change_forget(struct device_change *change);
/* After commands that failed: what has come all the same is written into the document, what was opened in vain is
 * closed; or, where QEMU cannot be asked any more, left for the next one. */
void change_give_up(struct device_change *change);
/* Finishes what others left: reads what was noted, compares the live document with QEMU, writes it. Under the lock. */
bool change_catch_up(struct device_change *change, struct error *err);

/* ---- QEMU (device_qmp.c) ---- */

/* One command under the lock; reply (may be NULL) owned. Takes arguments over. */
bool change_call(struct device_change *change, const char *command, struct json_object *arguments,
		 struct json_object **ret_reply, struct error *err);
/* All of them in order; when one fails, those before are taken back. */
bool change_run(struct device_change *change, struct json_object *commands, struct error *err);
/* Each of them, whatever comes of it. */
void change_try(struct device_change *change, struct json_object *commands);
/* The same for what takes back; where QEMU still holds on to something for a moment, it is waited for. */
void change_take_back(struct device_change *change, struct json_object *commands);
/* The way back of commands: their reverses, last first. Owned array. */
struct json_object *commands_reverse(struct json_object *commands);
/* {"id": id}. Owned. */
struct json_object *id_argument(const char *id);
/* Events from now on are kept for change_event(). */
bool change_listen(struct device_change *change, struct error *err);
/* The next event of one of these names (a list ended by NULL) about this device. ERROR_TIMEOUT after the deadline.
 * Owned. */
struct json_object *change_event(struct device_change *change, const char *const *names, const char *alias,
				 int64_t deadline_ms, struct error *err);
/* Does QEMU still answer? Else what was noted tells the next one what to look at. */
bool change_alive(struct device_change *change);
/* The ids of plugged devices. Owned vector (NULL: none); false with err. */
bool change_devices(struct device_change *change, char ***ret, struct error *err);
/* A number for block nodes that none has yet; 0 with err. */
unsigned change_node_number(struct device_change *change, struct error *err);
/* query-block's entry of the device; *ret_answer (owned) keeps it. NULL with err. */
struct json_object *change_block(struct device_change *change, const char *alias, struct json_object **ret_answer,
				 struct error *err);
/* "libvirt-12-format" is 12; 0: no node of ours. */
unsigned block_node_number(const char *name);
/* Removes the block nodes of ours that nothing uses any more. */
void change_sweep_nodes(struct device_change *change);

/* ---- kinds (device_kind.c) ---- */

struct device_kind {
	const char *element;
	bool (*attach)(struct device_change *change, const struct device_text *text, struct error *err);
	bool (*detach)(struct device_change *change, const struct device_text *text, int wait_ms, struct error *err);
	bool (*update)(struct device_change *change, const struct device_text *text, struct error *err);
	/* After QEMU lost it: what was opened for it goes. node is its element in the live document. */
	void (*lost)(struct device_change *change, const xmlNode *node);
};
extern const struct device_kind disk_kind, interface_kind;
/* The row of an element, NULL with err (ERROR_UNSUPPORTED, ERROR_INVALID). */
const struct device_kind *device_kind_find(const char *element, struct error *err);
/* The same without a word: NULL. */
const struct device_kind *device_kind_of(const xmlNode *node);

/* ---- plugging (device_plug.c) ---- */

/* The text without what it may bring from another machine: an alias that was given there. Owned; NULL with err. */
char *device_text_clean(const struct device_text *text, struct error *err);
/* The document with the device, settled. Owned; NULL with err. */
struct domain *change_with_device(struct device_change *change, const struct domain *domain,
				  const struct device_text *text, struct error *err);
/* What plugs a device: the controllers that come before it, the device itself, and what closes again what was opened
 * for it. */
struct plugging {
	struct hotplug *device;		    /* owned */
	struct json_object *controllers, *undo; /* owned arrays */
};
void plugging_clear(struct plugging *plugging);
/* The rest, where the device is there. next: the document with it. */
bool plugging_complete(struct device_change *change, const struct domain *next, struct plugging *plugging, struct error *err);
/* Plugs it and writes the documents: xml is the device in the live one. A failure takes back what was done. */
bool change_attach(struct device_change *change, const char *alias, const char *words, const char *xml,
		   const struct plugging *plugging, struct error *err);

/* ---- disks ---- */

/* Asks QEMU to let go of a device and waits. what names it in messages: "disk 'vdb'". */
bool change_unplug(struct device_change *change, const char *alias, const char *what, int wait_ms, struct error *err);
/* The disk by target, path or alias, in a document. ERROR_NOT_FOUND. */
struct disk *find_disk(const struct device_change *change, const struct domain *domain, const char *key,
		       struct error *err);
bool disk_attach(struct device_change *change, const struct device_text *text, struct error *err);
bool disk_update(struct device_change *change, const struct device_text *text, struct error *err);
/* The medium of a drive as text says. Part of disk_update(). */
bool disk_change_medium(struct device_change *change, const struct device_text *text, struct error *err);
/* A document settled and validated, with caps of its emulator. */
bool change_settle(struct device_change *change, struct domain *domain, struct error *err);
/* What was opened for a disk or its medium and is to be closed behind it, by the builder that opened it: its nodes, the
 * topmost with that number, and other objects. Owned; NULL: nothing, or it cannot be told. */
struct json_object *disk_opened(struct device_change *change, const struct domain *domain, struct disk *disk,
				unsigned number);
/* "disk 'vdb', '/srv/a.qcow2'": for the history. Owned. */
char *disk_words(const struct disk *disk);

#endif
