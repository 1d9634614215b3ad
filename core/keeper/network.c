/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Minds a network's dnsmasq: starts it, says whether it came up, starts it again when it dies, ends it at last. Where somebody clears the host's packet
 * filter, it has the network's rules put back. */
#include "core/keeper/network.h"

#include "base/clock.h"
#include "base/file.h"
#include "base/memory.h"
#include "base/paths.h"
#include "base/process.h"
#include "base/spawn.h"
#include "base/strbuf.h"
#include "base/strv.h"
#include "base/text.h"
#include "core/db.h"
#include "core/keeper_spawn.h"
#include "net/nft.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define UP_LIMIT_MS   10000 /* dnsmasq says within it that it has started */
#define END_LIMIT_MS  3000
#define DEATHS_MAX    3 /* in DEATHS_MS; then it is tried less often */
#define DEATHS_MS     60000
#define PAUSE_MS      10000
#define LINE_LIMIT    4096

struct minder {
	const char *name, *directory, *database;
	struct process_id child;
	bool is_ours;	/* our own child, which we have to reap */
	int pidfd;	/* owned; -1: none runs */
	int output;	/* owned: what it says; -1: that of a keeper before us */
	int signals;	/* owned */
	struct strbuf line;
	char *last_words;	/* owned */
	int64_t deaths[DEATHS_MAX]; /* when, monotonic ms; a ring */
	size_t death_count;
	int rules;	/* owned: hears of changes of the packet filter; -1: not */
	pid_t mender;	/* `virtty internal mend`; 0: none runs */
	int mender_end; /* owned: its pidfd */
	bool again;	/* the rules went once more while it ran */
};

static char *path_of(const struct minder *minder, const char *file)
{
	return strf("%s/%s", minder->directory, file);
}

/* ---- who runs ---- */

static void watch_child(struct minder *minder)
{
	minder->pidfd = (int)syscall(SYS_pidfd_open, minder->child.pid, 0);
}

/* One that a killed keeper left: it goes on, and is ours to mind. */
static bool take_over(struct minder *minder)
{
	_cleanup_free_ char *path = path_of(minder, NETWORK_CHILD_FILE);

	minder->child = process_recorded(path);
	if (minder->child.pid == 0 || !process_alive(&minder->child))
		return false;
	watch_child(minder);
	/* it may have ended, and its number be another's, before we held it */
	if (minder->pidfd >= 0 && process_alive(&minder->child))
		return true;
	cleanup_close(&minder->pidfd);
	return false;
}

/* ---- starting ---- */

static void become_dnsmasq(char *const *argv, const char *pid_path, int output)
{
	int null = open("/dev/null", O_RDWR);
	sigset_t none;

	/* we know dnsmasq's words in English */
	setenv("LC_ALL", "C", 1);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	signal(SIGPIPE, SIG_DFL);
	signal(SIGHUP, SIG_DFL);
	if (process_record(pid_path) && null >= 0 && dup2(null, 0) >= 0 && dup2(null, 1) >= 0 && dup2(output, 2) >= 0)
		execv(argv[0], argv);
	_exit(127);
}

static bool start(struct minder *minder, struct error *err)
{
	_cleanup_free_ char *binary = process_find("dnsmasq"), *pid_path = path_of(minder, NETWORK_CHILD_FILE);
	_cleanup_free_ char *config = path_of(minder, NETWORK_CONFIG_FILE), *conf_option = strf("--conf-file=%s", config);
	char *argv[] = { binary, (char[]){ "--keep-in-foreground" }, (char[]){ "--log-facility=-" }, conf_option, NULL };
	int ends[2];

	if (binary == NULL) {
		error_set(err, ERROR_NOT_FOUND, "the program 'dnsmasq' was not found");
		return error_hint(err, "install the package dnsmasq-base: it gives guests addresses and names");
	}
	if (pipe2(ends, O_CLOEXEC) < 0)
		return error_set_errno(err, errno, "cannot make a pipe");
	pid_t pid = fork();

	if (pid == 0)
		become_dnsmasq(argv, pid_path, ends[1]);
	close(ends[1]);
	cleanup_close(&minder->output);
	minder->output = ends[0];
	if (pid < 0)
		return error_set_errno(err, errno, "cannot start dnsmasq");
	(void)fd_set_nonblock(minder->output, true);
	minder->child = process_of(pid);
	minder->child.pid = pid;
	minder->is_ours = true;
	watch_child(minder);
	return true;
}

/* A whole line of what it said; true: it is up. */
static bool take_line(struct minder *minder, const char *line)
{
	/* "Nov 21 12:26:13 dnsmasq[4711]: started, version 2.90 ...", "dnsmasq: failed to ..." */
	const char *who = strstr(line, "dnsmasq"), *colon = who != NULL ? strstr(who, ": ") : NULL;
	const char *words = colon != NULL ? colon + strlen(": ") : line;

	fprintf(stderr, "%s\n", line);
	/* the reason was said before it */
	if (minder->last_words != NULL && text_equal(words, "FAILED to start up"))
		return false;
	free(minder->last_words);
	minder->last_words = xstrdup(words);
	return text_starts(words, "started, ");
}

/* Reads what there is; true once it says that it has started. */
static bool listen_to(struct minder *minder)
{
	char buffer[1024];
	bool up = false;
	ssize_t n;

	while ((n = read(minder->output, buffer, sizeof buffer)) > 0)
		for (ssize_t i = 0; i < n; i++) {
			if (buffer[i] != '\n' && minder->line.length < LINE_LIMIT) {
				strbuf_putc(&minder->line, buffer[i]);
				continue;
			}
			_cleanup_free_ char *line = strbuf_take(&minder->line);

			up = take_line(minder, line) || up;
		}
	if (n == 0)
		close(TAKE_FD(minder->output));
	return up;
}

static void reap(struct minder *minder)
{
	if (minder->is_ours)
		while (waitpid(minder->child.pid, NULL, 0) < 0 && errno == EINTR)
			;
	minder->is_ours = false;
	minder->child = (struct process_id){ 0 };
	cleanup_close(&minder->pidfd);
}

/* dnsmasq has bound its sockets once it says so; before, it may still find that it cannot. */
static bool wait_until_up(struct minder *minder, struct error *err)
{
	int64_t deadline = clock_monotonic_ms() + UP_LIMIT_MS;

	while (minder->output >= 0) {
		struct pollfd polls[2] = { { .fd = minder->output, .events = POLLIN }, { .fd = minder->pidfd, .events = POLLIN } };
		int64_t left = deadline - clock_monotonic_ms();

		if (left <= 0)
			return error_set(err, ERROR_TIMEOUT, "dnsmasq did not start within %d s", UP_LIMIT_MS / 1000);
		(void)poll(polls, 2, (int)left);
		if (listen_to(minder))
			return true;
		if (polls[1].revents != 0)
			break;
	}
	error_set(err, ERROR_FAILED, "dnsmasq: %s", minder->last_words != NULL ? minder->last_words : "it ended without a word");
	if (minder->last_words != NULL && strstr(minder->last_words, "ddress already in use") != NULL)
		error_hint(err, "another name or DHCP server has the port: 'ss -lnup' shows who; it must not listen on all addresses");
	return false;
}

/* ---- ending ---- */

static void end_child(struct minder *minder)
{
	_cleanup_free_ char *path = path_of(minder, NETWORK_CHILD_FILE);

	if (minder->pidfd >= 0) {
		struct pollfd gone = { .fd = minder->pidfd, .events = POLLIN };

		(void)syscall(SYS_pidfd_send_signal, minder->pidfd, SIGTERM, NULL, 0);
		if (poll(&gone, 1, END_LIMIT_MS) <= 0)
			(void)syscall(SYS_pidfd_send_signal, minder->pidfd, SIGKILL, NULL, 0);
		(void)poll(&gone, 1, END_LIMIT_MS);
		reap(minder);
	}
	unlink(path);
}

/* ---- minding ---- */

static void record(struct minder *minder, const char *event, const char *detail)
{
	_cleanup_error_ struct error err = ERROR_INIT;
	struct db *db = db_open(minder->database, DB_KEEPER, &err);

	if (db == NULL)
		return;
	/* a history that cannot be written now is no reason to leave guests without addresses */
	(void)db_run(db, NULL, &err, "INSERT INTO network_event(network, at_ms, event, detail) VALUES(?, ?, ?, ?)", "siss", minder->name,
		     clock_wall_ms(), event, detail);
	db_close(db);
}

/* How long to wait before it is tried again: not at all, unless it keeps dying. */
static int pause_after_death(struct minder *minder)
{
	int64_t now = clock_monotonic_ms();
	int64_t oldest = minder->deaths[minder->death_count % DEATHS_MAX];

	minder->deaths[minder->death_count++ % DEATHS_MAX] = now;
	return minder->death_count > DEATHS_MAX && now - oldest < DEATHS_MS ? PAUSE_MS : 0;
}

/* False: SIGTERM came. */
static bool wait_for_signal(struct minder *minder, int timeout_ms)
{
	struct pollfd term = { .fd = minder->signals, .events = POLLIN };

	return poll(&term, 1, timeout_ms) <= 0;
}

static bool start_again(struct minder *minder)
{
	_cleanup_error_ struct error err = ERROR_INIT;

	reap(minder);
	record(minder, "dnsmasq-died", minder->last_words);
	for (;;) {
		if (!wait_for_signal(minder, pause_after_death(minder)))
			return false;
		if (start(minder, &err) && wait_until_up(minder, &err))
			break;
		fprintf(stderr, "%s\n", error_text(&err));
		end_child(minder);
		error_clear(&err);
	}
	record(minder, "dnsmasq-restarted", NULL);
	return true;
}

/* ---- rules ---- */

/* A process of its own: it waits for the network's lock, and whoever has that may be waiting for our end. */
static void mend(struct minder *minder)
{
	_cleanup_free_ char *program = paths_program();
	_cleanup_strv_ char **argv = strv_add(strv_add(strv_add(strv_add(NULL, program), "internal"), "mend"), minder->name);
	_cleanup_error_ struct error err = ERROR_INIT;

	minder->again = minder->mender != 0;
	if (minder->again)
		return;
	if (!spawn(argv, (const int[SPAWN_FDS]){ -1, -1, STDERR_FILENO, -1 }, SPAWN_GROUP, &minder->mender, &err)) {
		fprintf(stderr, "%s\n", error_text(&err));
		minder->mender = 0;
		return;
	}
	minder->mender_end = (int)syscall(SYS_pidfd_open, minder->mender, 0);
}

static void reap_mender(struct minder *minder)
{
	if (minder->mender == 0)
		return;
	while (waitpid(minder->mender, NULL, 0) < 0 && errno == EINTR)
		;
	minder->mender = 0;
	cleanup_close(&minder->mender_end);
}

/* Whoever ends us has the lock, so that it has nothing in its hands. */
static void end_mender(struct minder *minder)
{
	if (minder->mender != 0)
		kill(minder->mender, SIGKILL);
	reap_mender(minder);
}

static void mind(struct minder *minder)
{
	for (;;) {
		struct pollfd polls[] = { { .fd = minder->signals, .events = POLLIN },
					  { .fd = minder->pidfd, .events = POLLIN },
					  { .fd = minder->output, .events = POLLIN },
					  { .fd = minder->rules, .events = POLLIN },
					  { .fd = minder->mender_end, .events = POLLIN } };

		if (poll(polls, ARRAY_LENGTH(polls), -1) < 0) {
			if (errno != EINTR)
				return;
			continue;
		}
		if (polls[0].revents != 0)
			return;
		if (polls[2].revents != 0)
			(void)listen_to(minder);
		if (polls[3].revents != 0 && nft_watch_read(minder->rules))
			mend(minder);
		if (polls[4].revents != 0) {
			reap_mender(minder);
			if (minder->again)
				mend(minder);
		}
		if (polls[1].revents != 0 && !start_again(minder))
			return;
	}
}

static bool answer(int fd, const struct error *err)
{
	bool sent = keeper_send_outcome(fd, err);

	close(fd);
	return sent;
}

/* The network's lock came as stdin: who started us may be dead, and nobody else is to begin anything before we are up, or gone. */
static void release_lock(void)
{
	int null = open("/dev/null", O_RDONLY | O_CLOEXEC);

	if (null >= 0)
		(void)dup2(null, STDIN_FILENO);
	cleanup_close(&null);
}

int network_mind(const char *name, const char *directory, const char *database, int start_fd)
{
	struct minder minder = { .name = name, .directory = directory, .database = database, .pidfd = -1, .output = -1, .signals = -1,
				 .rules = -1, .mender_end = -1 };
	_cleanup_free_ char *pid_path = path_of(&minder, NETWORK_KEEPER_FILE);
	_cleanup_error_ struct error err = ERROR_INIT;
	sigset_t term;

	sigemptyset(&term);
	sigaddset(&term, SIGTERM);
	sigprocmask(SIG_BLOCK, &term, NULL);
	minder.signals = signalfd(-1, &term, SFD_CLOEXEC);
	minder.rules = nft_watch();
	bool up = (process_record(pid_path) || error_set_errno(&err, errno, "cannot write '%s'", pid_path)) &&
		  (take_over(&minder) || (start(&minder, &err) && wait_until_up(&minder, &err)));

	/* A front end that went away before it knew will not have what it started. */
	if (answer(start_fd, up ? NULL : &err) && up) {
		release_lock();
		mind(&minder);
	}
	end_mender(&minder);
	end_child(&minder);
	unlink(pid_path);
	cleanup_close(&minder.output);
	cleanup_close(&minder.signals);
	cleanup_close(&minder.rules);
	strbuf_clear(&minder.line);
	free(minder.last_words);
	return 0;
}
