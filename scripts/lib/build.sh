# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Builds a tree out of place, quietly: what the tools say goes to a log, whose end is shown on a failure.

# Runs a command into a log; shows the log's end when it fails.
logged() {
	local log=$1
	shift
	if ! "$@" >>"$log" 2>&1 </dev/null; then
		tail -n 40 "$log" >&2
		printf 'error: %s failed\nhint: all that was said is in %s\n' "$1" "$log" >&2
		return 1
	fi
}

# The autotools of a fresh checkout.
build_autotools() {
	local top=$1 log=$2
	[ -x "$top/configure" ] && return
	(cd "$top" && logged "$log" autoreconf -fi)
}

# Configures TOP in BUILD with further arguments, unless BUILD is configured with these already.
build_configure() {
	local top=$1 build=$2 log=$2/build.log
	shift 2
	mkdir -p "$build"
	: >"$log"
	build_autotools "$top" "$log" || return
	if [ ! -f "$build/config.status" ] || { [ "$build" != "$top" ] && [ "$(cat "$build/.configured" 2>/dev/null)" != "$*" ]; }; then
		(cd "$build" && logged "$log" "$top/configure" "$@") || return
		if [ "$build" != "$top" ]; then printf '%s' "$*" >"$build/.configured"; fi
	fi
}

# build_tree TOP BUILD [CONFIGURE-ARGUMENT...]
build_tree() {
	local build=$2
	printf 'Building in %s\n' "$build"
	build_configure "$@" || return
	logged "$build/build.log" make -C "$build" -j "$(nproc)"
}
