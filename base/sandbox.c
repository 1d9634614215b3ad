/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The sandbox: seccomp by libseccomp, and limits. */
#include "base/sandbox.h"

#include <errno.h>
#include <seccomp.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#define MEMORY_LIMIT	 (512UL * 1024 * 1024) /* address space: two of the largest screens, and what is made of one */
#define DESCRIPTOR_LIMIT 64
#define DESCRIPTORS_OLD	 1024

#if defined(__SANITIZE_ADDRESS__)
#define SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define SANITIZED 1
#endif
#endif
#ifndef SANITIZED
#define SANITIZED 0
#endif

/* clang-format off */

/* Bytes between descriptors that are open, memory, time, and the threads that there are. (qsort() asks sysinfo how much memory it may
 * take.) */
static const int allowed[] = {
	SCMP_SYS(read), SCMP_SYS(write), SCMP_SYS(readv), SCMP_SYS(writev), SCMP_SYS(recvmsg),
	SCMP_SYS(sendmsg), SCMP_SYS(recvfrom), SCMP_SYS(sendto), SCMP_SYS(shutdown), SCMP_SYS(getsockopt),
	SCMP_SYS(close), SCMP_SYS(fcntl), SCMP_SYS(poll), SCMP_SYS(ppoll), SCMP_SYS(select),
	SCMP_SYS(pselect6), SCMP_SYS(futex), SCMP_SYS(brk), SCMP_SYS(munmap), SCMP_SYS(mremap),
	SCMP_SYS(madvise), SCMP_SYS(clock_gettime), SCMP_SYS(clock_nanosleep), SCMP_SYS(nanosleep),
	SCMP_SYS(gettimeofday), SCMP_SYS(getrandom), SCMP_SYS(sched_yield), SCMP_SYS(rt_sigprocmask),
	SCMP_SYS(rt_sigreturn), SCMP_SYS(restart_syscall), SCMP_SYS(exit), SCMP_SYS(exit_group),
	SCMP_SYS(getpid), SCMP_SYS(gettid), SCMP_SYS(sysinfo),
};

/* What the sanitizers' run-time takes to report a fault, and to look for leaks at the end. */
static const int sanitizers[] = {
	SCMP_SYS(open), SCMP_SYS(openat), SCMP_SYS(fstat), SCMP_SYS(newfstatat), SCMP_SYS(stat),
	SCMP_SYS(lstat), SCMP_SYS(readlink), SCMP_SYS(readlinkat), SCMP_SYS(access), SCMP_SYS(lseek),
	SCMP_SYS(getdents), SCMP_SYS(getdents64), SCMP_SYS(clone), SCMP_SYS(ptrace), SCMP_SYS(wait4),
	SCMP_SYS(prctl), SCMP_SYS(arch_prctl), SCMP_SYS(personality), SCMP_SYS(kill), SCMP_SYS(sigaltstack),
	SCMP_SYS(rt_sigaction), SCMP_SYS(rt_sigsuspend), SCMP_SYS(mmap), SCMP_SYS(mprotect), SCMP_SYS(msync),
	SCMP_SYS(process_vm_readv), SCMP_SYS(getppid), SCMP_SYS(prlimit64), SCMP_SYS(getrlimit),
	SCMP_SYS(getrusage), SCMP_SYS(sched_getaffinity), SCMP_SYS(uname), SCMP_SYS(ioctl),
};

/* clang-format on */

static int allow(scmp_filter_ctx filter, const int *calls, size_t count)
{
	int result = 0;

	for (size_t i = 0; i < count && result == 0; i++)
		result = seccomp_rule_add(filter, SCMP_ACT_ALLOW, calls[i], 0);
	return result;
}

static int fill(scmp_filter_ctx filter)
{
	/* No memory that could be executed. */
	const struct scmp_arg_cmp data_only = SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0);
	const struct scmp_arg_cmp ourselves = { .arg = 0, .op = SCMP_CMP_EQ, .datum_a = (scmp_datum_t)getpid() };
	int result = seccomp_attr_set(filter, SCMP_FLTATR_CTL_TSYNC, 1);

	if (result == 0)
		result = allow(filter, allowed, sizeof allowed / sizeof *allowed);
	/* abort() says what it is. */
	if (result == 0)
		result = seccomp_rule_add_array(filter, SCMP_ACT_ALLOW, SCMP_SYS(tgkill), 1, &ourselves);
	if (result == 0 && SANITIZED)
		return allow(filter, sanitizers, sizeof sanitizers / sizeof *sanitizers);
	if (result == 0)
		result = seccomp_rule_add_array(filter, SCMP_ACT_ALLOW, SCMP_SYS(mmap), 1, &data_only);
	if (result == 0)
		result = seccomp_rule_add_array(filter, SCMP_ACT_ALLOW, SCMP_SYS(mprotect), 1, &data_only);
	return result;
}

static bool limit(int resource, rlim_t value)
{
	const struct rlimit both = { value, value };

	return setrlimit(resource, &both) == 0;
}

void sandbox_close_from(int first)
{
	if (syscall(SYS_close_range, (unsigned)first, ~0U, 0) == 0)
		return;
	for (int fd = first; fd < DESCRIPTORS_OLD; fd++) /* a kernel before 5.9 */
		close(fd);
}

bool sandbox_enter(struct error *err)
{
	scmp_filter_ctx filter;
	int result;

	/* The sanitizers reserve terabytes of addresses. */
	if (!limit(RLIMIT_CORE, 0) || !limit(RLIMIT_NOFILE, DESCRIPTOR_LIMIT) ||
	    (!SANITIZED && !limit(RLIMIT_AS, MEMORY_LIMIT)))
		return error_set_errno(err, errno, "cannot limit memory");
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0 || (!SANITIZED && prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) < 0))
		return error_set_errno(err, errno, "cannot give up privileges");
	filter = seccomp_init(SCMP_ACT_KILL_PROCESS);
	if (!filter)
		return error_set(err, ERROR_SYSTEM, "cannot make a filter of system calls");
	result = fill(filter);
	if (result == 0)
		result = seccomp_load(filter);
	seccomp_release(filter);
	return result == 0 || error_set_errno(err, -result, "cannot confine system calls");
}
