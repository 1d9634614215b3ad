/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Starts a QEMU binary without a machine, asks it everything in one batch of QMP, and ends it. */
#include "hv/caps.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/json.h"
#include "base/memory.h"
#include "base/process.h"
#include "base/strbuf.h"
#include "base/strv.h"
#include "base/text.h"
#include "hv/caps_flags.h"

#define PROBE_TIMEOUT_MS   20000
#define PROBE_OUTPUT_LIMIT ((size_t)32 * 1024 * 1024)
#define PROBE_STDERR_LIMIT ((size_t)64 * 1024)

/* The batch: every question has its place in the table as id. */
enum question {
	ASK_CAPABILITIES,
	ASK_VERSION,
	ASK_TARGET,
	ASK_KVM,
	ASK_MACHINES,
	ASK_CPUS,
	ASK_TYPES,
	ASK_SCHEMA,
	ASK_OPTIONS,
	ASK_COUNT
};

static const struct {
	const char *command;
	const char *arguments; /* JSON, or NULL */
	bool required;
} questions[ASK_COUNT] = {
	[ASK_CAPABILITIES] = { "qmp_capabilities", NULL, true },
	[ASK_VERSION] = { "query-version", NULL, true },
	[ASK_TARGET] = { "query-target", NULL, true },
	[ASK_KVM] = { "query-kvm", NULL, false },
	[ASK_MACHINES] = { "query-machines", NULL, true },
	[ASK_CPUS] = { "query-cpu-definitions", NULL, false }, /* some targets have none */
	[ASK_TYPES] = { "qom-list-types", "{\"implements\":\"device\",\"abstract\":false}", true },
	[ASK_SCHEMA] = { "query-qmp-schema", NULL, true },
	[ASK_OPTIONS] = { "query-command-line-options", NULL, true },
};

struct probe {
	const char *binary;
	pid_t pid;  /* 0: not started */
	int qmp;    /* our end of QEMU's stdin and stdout */
	int errors; /* read end of its stderr */
	struct strbuf output, stderr_text;
	size_t parsed; /* bytes of output looked at */
	size_t answered;
	struct json_object *answers[ASK_COUNT]; /* owned "return" values */
};

static void probe_clear(struct probe *probe)
{
	if (probe->pid > 0) {
		/* It has said all it had to say and holds nothing: no need to wait for an orderly end. */
		kill(probe->pid, SIGKILL);
		while (waitpid(probe->pid, NULL, 0) < 0 && errno == EINTR)
			;
	}
	cleanup_close(&probe->qmp);
	cleanup_close(&probe->errors);
	strbuf_clear(&probe->output);
	strbuf_clear(&probe->stderr_text);
	for (size_t i = 0; i < ASK_COUNT; i++)
		json_object_put(probe->answers[i]);
}

/* Refusals before anything is run, in words that say more than exec's errno. */
static bool binary_check(const char *binary, struct error *err)
{
	struct stat st;

	if (stat(binary, &st) != 0) {
		if (errno == ENOENT || errno == ENOTDIR)
			error_set(err, ERROR_NOT_FOUND, "emulator '%s' does not exist", binary);
		else
			error_set_errno(err, errno, "emulator '%s' cannot be looked at", binary);
		return error_hint(
			err,
			"install QEMU (Debian: apt install qemu-system-x86), or name an installed one in <emulator>");
	}
	if (!S_ISREG(st.st_mode) || access(binary, X_OK) != 0)
		return error_set(err, ERROR_INVALID, "emulator '%s' is not a program that may be run", binary);
	return true;
}

/* The child: only what is safe between fork and exec. It dies with us, for without a reader QEMU would wait for ever.
 */
static void __attribute__((noreturn)) child_run(const char *binary, int qmp, int errors, pid_t parent)
{
	char *const argv[] = { (char *)binary,
			       (char *)"-S",
			       (char *)"-no-user-config",
			       (char *)"-nodefaults",
			       (char *)"-nographic",
			       (char *)"-machine",
			       (char *)"none,accel=kvm:tcg",
			       (char *)"-qmp",
			       (char *)"stdio",
			       NULL };
	const char *words;
	sigset_t none;

	for (int number = 1; number < NSIG; number++)
		signal(number, SIG_DFL);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	if (prctl(PR_SET_PDEATHSIG, SIGKILL) == 0 && getppid() == parent && dup2(qmp, STDIN_FILENO) >= 0 &&
	    dup2(qmp, STDOUT_FILENO) >= 0 && dup2(errors, STDERR_FILENO) >= 0)
		execv(binary, argv);
	words = strerrordesc_np(errno);
	if (write(STDERR_FILENO, words, strlen(words)) < 0)
		_exit(126);
	_exit(127);
}

static bool spawn_with(const char *binary, int qmp, int errors, pid_t *ret_pid, struct error *err)
{
	pid_t parent = getpid(), child = fork();

	if (child < 0)
		return error_set_errno(err, errno, "cannot fork");
	if (child == 0)
		child_run(binary, qmp, errors, parent);
	*ret_pid = child;
	return true;
}

/* All questions at once, far smaller than a socket's buffer, and quit behind them: waiting there before QEMU runs, so
 * that it ends by itself when we die in between. */
static bool probe_ask(struct probe *probe, struct error *err)
{
	_cleanup_strbuf_ struct strbuf batch = STRBUF_INIT;

	for (int i = 0; i < ASK_COUNT; i++)
		strbuf_printf(&batch, "{\"execute\":\"%s\",\"arguments\":%s,\"id\":%d}\n", questions[i].command,
			      questions[i].arguments ? questions[i].arguments : "{}", i);
	if (send(probe->qmp, batch.data, batch.length, MSG_NOSIGNAL) != (ssize_t)batch.length)
		return error_set_errno(err, errno, "cannot write to a socket pair");
	return true;
}

static bool probe_start(struct probe *probe, struct error *err)
{
	int pair[2], errors[2];
	bool ok;

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) != 0)
		return error_set_errno(err, errno, "cannot make a socket pair");
	probe->qmp = pair[0];
	if (pipe2(errors, O_CLOEXEC) != 0) {
		error_set_errno(err, errno, "cannot make a pipe");
		close(pair[1]);
		return false;
	}
	probe->errors = errors[0];
	ok = probe_ask(probe, err) && spawn_with(probe->binary, pair[1], errors[1], &probe->pid, err);
	close(pair[1]);
	close(errors[1]);
	return ok && fd_set_nonblock(probe->qmp, true) && fd_set_nonblock(probe->errors, true);
}

/* "'/x' failed: its last line of stderr", or what it did instead of answering. */
static bool probe_fail(struct probe *probe, enum error_code code, const char *what, struct error *err)
{
	_cleanup_strv_ char **lines = strv_split(probe->stderr_text.data ? probe->stderr_text.data : "", "\r\n");
	size_t count = strv_length(lines);

	if (count > 0)
		return error_set(err, code, "emulator '%s' %s: %.400s", probe->binary, what, lines[count - 1]);
	return error_set(err, code, "emulator '%s' %s", probe->binary, what);
}

static bool probe_answer(struct probe *probe, const char *line, size_t length, struct error *err)
{
	_cleanup_json_ struct json_object *message = json_parse(probe->binary, line, length, err);
	struct json_object *value;
	int64_t id;

	if (!message)
		return probe_fail(probe, ERROR_PROTOCOL, "does not speak QMP", err);
	id = json_get_int(message, "id", -1);
	if (id < 0 || id >= ASK_COUNT)
		return true; /* the greeting or an event */
	value = json_get(message, "return");
	if (!value && questions[id].required)
		return error_set(err, ERROR_FAILED, "emulator '%s' refuses %s: %s", probe->binary,
				 questions[id].command, json_get_string(message, "error/desc", "no reason given"));
	if (!probe->answers[id])
		probe->answers[id] = json_object_get(value);
	probe->answered++;
	return true;
}

/* Whole lines that have come in. */
static bool probe_parse(struct probe *probe, struct error *err)
{
	const char *newline;

	while (probe->answered < ASK_COUNT && probe->output.length > probe->parsed &&
	       (newline = memchr(probe->output.data + probe->parsed, '\n', probe->output.length - probe->parsed))) {
		const char *line = probe->output.data + probe->parsed;
		size_t length = (size_t)(newline - line);

		probe->parsed += length + 1;
		if (!probe_answer(probe, line, length, err))
			return false;
	}
	strbuf_consume(&probe->output, probe->parsed);
	probe->parsed = 0;
	return true;
}

/* Takes what is there. Returns false at the end of the stream. */
static bool drain(int fd, struct strbuf *to, size_t limit)
{
	for (;;) {
		char *room = strbuf_reserve(to, 65536);
		ssize_t n = read(fd, room, 65536);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return errno == EAGAIN;
		if (n == 0)
			return false;
		if (to->length < limit)
			strbuf_commit(to, (size_t)n);
	}
}

static bool probe_listen(struct probe *probe, struct error *err)
{
	int64_t deadline = clock_monotonic_ms() + PROBE_TIMEOUT_MS;
	struct pollfd fds[2] = { { probe->qmp, POLLIN, 0 }, { probe->errors, POLLIN, 0 } };

	while (probe->answered < ASK_COUNT) {
		int64_t left = deadline - clock_monotonic_ms();
		bool open;

		if (left <= 0)
			return probe_fail(probe, ERROR_TIMEOUT, "did not answer within 20 s", err);
		if (poll(fds, 2, (int)left) < 0 && errno != EINTR)
			return error_set_errno(err, errno, "cannot wait for '%s'", probe->binary);
		if (fds[1].revents && !drain(probe->errors, &probe->stderr_text, PROBE_STDERR_LIMIT))
			fds[1].fd = -1;
		open = !fds[0].revents || drain(probe->qmp, &probe->output, PROBE_OUTPUT_LIMIT);
		if (!probe_parse(probe, err))
			return false;
		if (probe->output.length >= PROBE_OUTPUT_LIMIT)
			return probe_fail(probe, ERROR_PROTOCOL, "sends more than virtty takes", err);
		if (!open && probe->answered < ASK_COUNT) {
			/* QMP ends before stderr does: what it said last is the reason. */
			if (fds[1].fd >= 0 && poll(&fds[1], 1, 1000) > 0)
				drain(probe->errors, &probe->stderr_text, PROBE_STDERR_LIMIT);
			return probe_fail(probe, ERROR_FAILED, "ended before it answered over QMP", err);
		}
	}
	return true;
}

/* QEMU gives a default CPU as a type name; its model name is in the CPU list. */
static const char *cpu_model_of(struct json_object *cpus, const char *type)
{
	size_t count = json_object_is_type(cpus, json_type_array) ? json_object_array_length(cpus) : 0;

	for (size_t i = 0; type && i < count; i++) {
		struct json_object *cpu = json_object_array_get_idx(cpus, i);

		if (text_equal(json_get_string(cpu, "typename", NULL), type))
			return json_get_string(cpu, "name", NULL);
	}
	return NULL;
}

static void read_machines(struct qemu_caps *caps, struct json_object *machines, struct json_object *cpus)
{
	size_t count = json_object_is_type(machines, json_type_array) ? json_object_array_length(machines) : 0;

	for (size_t i = 0; i < count; i++) {
		struct json_object *json = json_object_array_get_idx(machines, i);
		const char *name = json_get_string(json, "name", NULL);
		int64_t cpu_max = json_get_int(json, "cpu-max", 1);
		struct qemu_machine *machine;

		if (!name || strcmp(name, "none") == 0)
			continue;
		machine = ARRAY_ADD(caps->machines, caps->machine_count);
		machine->name = xstrdup(name);
		machine->alias = xstrdup_null(json_get_string(json, "alias", NULL));
		machine->default_cpu =
			xstrdup_null(cpu_model_of(cpus, json_get_string(json, "default-cpu-type", NULL)));
		machine->ram_id = xstrdup_null(json_get_string(json, "default-ram-id", NULL));
		machine->cpu_max = cpu_max > 0 && cpu_max <= UINT32_MAX ? (uint32_t)cpu_max : 1;
		machine->is_default = json_get_bool(json, "is-default", false);
		machine->deprecated = json_get_bool(json, "deprecated", false);
	}
}

static int compare_text(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static void read_cpus(struct qemu_caps *caps, struct json_object *cpus)
{
	size_t count = json_object_is_type(cpus, json_type_array) ? json_object_array_length(cpus) : 0;

	for (size_t i = 0; i < count; i++) {
		const char *name = json_get_string(json_object_array_get_idx(cpus, i), "name", NULL);

		if (name)
			caps->cpu_models = strv_add(caps->cpu_models, name);
	}
	if (caps->cpu_models)
		qsort(caps->cpu_models, strv_length(caps->cpu_models), sizeof *caps->cpu_models, compare_text);
}

static struct qemu_caps *probe_reduce(const struct probe *probe)
{
	struct qemu_caps *caps = xcalloc(1, sizeof *caps);
	struct json_object *version = probe->answers[ASK_VERSION];
	struct caps_answers answers = { probe->answers[ASK_TYPES], probe->answers[ASK_SCHEMA],
					probe->answers[ASK_OPTIONS], probe->answers[ASK_KVM] };

	caps->binary = xstrdup(probe->binary);
	caps->arch = xstrdup(json_get_string(probe->answers[ASK_TARGET], "arch", ""));
	caps->version = strf("%lld.%lld.%lld", (long long)json_get_int(version, "qemu/major", 0),
			     (long long)json_get_int(version, "qemu/minor", 0),
			     (long long)json_get_int(version, "qemu/micro", 0));
	caps->package = xstrdup(json_get_string(version, "package", ""));
	read_machines(caps, probe->answers[ASK_MACHINES], probe->answers[ASK_CPUS]);
	read_cpus(caps, probe->answers[ASK_CPUS]);
	caps_flags_read(caps, &answers);
	return caps;
}

struct qemu_caps *caps_probe(const char *binary, struct error *err)
{
	_cleanup_(probe_clear) struct probe probe = { .binary = binary, .qmp = -1, .errors = -1 };

	if (!binary_check(binary, err) || !probe_start(&probe, err))
		return NULL;
	if (!probe_listen(&probe, err))
		return NULL;
	return probe_reduce(&probe);
}
