# shellcheck shell=sh
# What the scripts of the little host share. A line "ok WHAT" or "not ok WHAT: WHY" goes to the test for each check.

export VIRTTY_HOME=/root/virtty

note() {
	printf '%s\n' "$*" >&3
}

# The command, as it was called and with what it printed, goes to the log.
logged() {
	printf '+ %s\n' "$*"
	"$@" </dev/null >/tmp/out 2>/tmp/err 3>&-
	status=$?
	cat /tmp/out /tmp/err
	return "$status"
}

# check WHAT COMMAND...: it exits with 0.
check() {
	what=$1
	shift
	if logged "$@"; then
		note "ok $what"
	else
		note "not ok $what: '$*' exited with $status: $(head -c 300 /tmp/err | tr '\n' ' ')"
	fi
}

# refused WHAT TEXT COMMAND...: it fails, and says TEXT.
refused() {
	what=$1 text=$2
	shift 2
	if logged "$@"; then
		note "not ok $what: '$*' was not refused"
	elif grep -q -F -e "$text" /tmp/err; then
		note "ok $what"
	else
		note "not ok $what: '$*' said not '$text' but: $(head -c 300 /tmp/err | tr '\n' ' ')"
	fi
}

# prints WHAT TEXT COMMAND...: it exits with 0, and its output holds TEXT.
prints() {
	what=$1 text=$2
	shift 2
	if ! logged "$@"; then
		note "not ok $what: '$*' exited with $status: $(head -c 300 /tmp/err | tr '\n' ' ')"
	elif grep -q -F -e "$text" /tmp/out; then
		note "ok $what"
	else
		note "not ok $what: '$*' printed not '$text' but: $(head -c 300 /tmp/out | tr '\n' ' ')"
	fi
}

# wait_until SECONDS COMMAND...: looks until it exits with 0; false when the time is up.
wait_until() {
	turns=$(($1 * 10))
	shift
	until "$@" >/dev/null 2>&1; do
		turns=$((turns - 1))
		[ "$turns" -gt 0 ] || return 1
		usleep 100000
	done
}

# Nothing that follows would make sense.
skip() {
	note "skip $*"
	exit 0
}
