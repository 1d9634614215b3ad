/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One client of the control socket: its queues, its place in the order of commands, its answers. */
#ifndef CORE_KEEPER_CLIENT_H
#define CORE_KEEPER_CLIENT_H

#include "core/keeper/keeper.h"
#include "hv/qmp_scan.h"

#define CLIENT_PENDING_LIMIT 4                  /* commands under way for one client; then it is not read */
#define CLIENT_REPLY_LIMIT   (8 * 1024 * 1024)  /* bytes that wait for one client; past that it is dropped */
#define CLIENT_EVENT_LIMIT   (1024 * 1024)      /* the same, when events would be added */

struct forward;

struct client {
	struct client *next;
	struct keeper *keeper;
	int fd;
	int passed;            /* the descriptor that came last, and waits for its getfd; -1: none */
	struct event *read, *write;
	struct event *go;      /* goes on with what was held back, from the loop: nothing here calls itself */
	struct qmp_framer framer;
	struct strbuf in;      /* read, and not looked at before what is under way has been answered */
	struct strbuf out;
	size_t out_at;
	char *held;            /* a message that waits until the forwarded ones before it are answered */
	size_t held_length;
	struct forward *forwards; /* the commands under way in QEMU */
	unsigned pending;      /* how many they are */
	char *id;              /* raw, of the own command that is being answered; NULL: it had none */
	bool busy;             /* an own command answers later */
	bool negotiated;
	bool ended;            /* it will say no more: goes once all is answered and out is empty */
	bool dead;
	bool wants_end;        /* waits for virtty-destroy */
	bool wants_shutdown;   /* ... for the answer to system_powerdown */
	bool wants_reexec;     /* ... for the keeper to execute itself anew */
	/* the machine's change lock (lock.c) */
	bool holds_lock;
	uint64_t lock_ticket;  /* != 0: waits for it */
	struct event *lock_timer;
};

struct client *client_new(struct keeper *keeper, int fd);
/* Only marks it: what is running may still look at it. The control frees it soon. */
void client_close(struct client *client);
void client_free(struct client *client);

/* Queues bytes and sends what can be sent; limit as above. */
void client_send(struct client *client, const char *bytes, size_t length, size_t limit);
/* Answers the own command under way. client_return() takes over value (NULL: {}). hint may be NULL. */
void client_return(struct client *client, struct json_object *value);
void client_error(struct client *client, const char *class, const char *words, const char *hint);
/* The answer comes later, by one of the two above. */
void client_wait(struct client *client);

/* ---- own.c ---- */

/* Is it a command of the keeper's own? Then it is carried out. */
bool own_command(struct client *client, const char *text, size_t length, const struct qmp_message *message);

/* ---- lock.c ---- */

void lock_ask(struct client *client, int64_t wait_ms);
void lock_free(struct client *client);
bool lock_is_held(struct keeper *keeper);

/* ---- control.c ---- */

void control_sweep(struct keeper *keeper);
struct client *control_first(struct keeper *keeper);
uint64_t control_ticket(struct keeper *keeper);

#endif
