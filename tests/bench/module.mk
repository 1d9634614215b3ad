# SPDX-License-Identifier: GPL-2.0-or-later
# Benchmarks: `make bench`, or `make bench BENCH='--quick list start'`.
EXTRA_DIST += \
	tests/bench/README.md \
	tests/bench/c/bare_define.c \
	tests/bench/c/bare_directory.c \
	tests/bench/c/bare_dnsmasq.c \
	tests/bench/c/bare_list.c \
	tests/bench/c/bare_start.c \
	tests/bench/c/bare_stats.c \
	tests/bench/c/by_hand.h \
	tests/bench/c/console_drain.c \
	tests/bench/c/flood_peer.c \
	tests/bench/c/frame_time.c \
	tests/bench/c/head_time.c \
	tests/bench/c/network_document.h \
	tests/bench/c/reaper.c \
	tests/bench/c/recover_time.c \
	tests/bench/c/screen_show.c \
	tests/bench/c/stopwatch.c \
	tests/bench/c/tap_time.c \
	tests/bench/lib/bare.py \
	tests/bench/lib/context.py \
	tests/bench/lib/documents.py \
	tests/bench/lib/libvirt.py \
	tests/bench/lib/namespace.py \
	tests/bench/lib/processes.py \
	tests/bench/lib/programs.py \
	tests/bench/lib/quiet.py \
	tests/bench/lib/rows_boot.py \
	tests/bench/lib/rows_console.py \
	tests/bench/lib/rows_life.py \
	tests/bench/lib/rows_network.py \
	tests/bench/lib/rows_osinfo.py \
	tests/bench/lib/rows_recover.py \
	tests/bench/lib/rows_screen.py \
	tests/bench/lib/rows_state.py \
	tests/bench/lib/rows_storage.py \
	tests/bench/lib/rows_traffic.py \
	tests/bench/lib/rows_tui.py \
	tests/bench/lib/screen.py \
	tests/bench/lib/table.py \
	tests/bench/lib/target.py \
	tests/bench/lib/virtty.py \
	tests/bench/run

.PHONY: bench
bench: all
	$(srcdir)/tests/bench/run --virtty $(abs_top_builddir)/virtty $(BENCH)
