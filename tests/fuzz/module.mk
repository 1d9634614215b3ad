# SPDX-License-Identifier: GPL-2.0-or-later
# Fuzzers: every parser of foreign bytes has one (configure --enable-fuzzers CC=clang); tests/fuzz/corpus/NAME/ holds what was found to matter.
# A target is tests/fuzz/fuzz_NAME.c; scripts/check runs each for a while.
FUZZ_TARGETS =
EXTRA_DIST += tests/fuzz/corpus
if FUZZERS
noinst_PROGRAMS += $(FUZZ_TARGETS)
fuzz_ldflags = $(AM_LDFLAGS) -fsanitize=fuzzer

FUZZ_TARGETS += tests/fuzz/fuzz_block_reports
tests_fuzz_fuzz_block_reports_SOURCES = tests/fuzz/fuzz_block_reports.c
tests_fuzz_fuzz_block_reports_LDFLAGS = $(fuzz_ldflags)
tests_fuzz_fuzz_block_reports_LDADD = libstorage.a libbase.a $(JSON_LIBS) $(XML_LIBS)

FUZZ_TARGETS += tests/fuzz/fuzz_domain
tests_fuzz_fuzz_domain_SOURCES = tests/fuzz/fuzz_domain.c tests/fuzz/must.h
tests_fuzz_fuzz_domain_LDFLAGS = $(fuzz_ldflags)
tests_fuzz_fuzz_domain_LDADD = libhv.a libbase.a $(JSON_LIBS) $(XML_LIBS)

FUZZ_TARGETS += tests/fuzz/fuzz_firewall
tests_fuzz_fuzz_firewall_SOURCES = tests/fuzz/fuzz_firewall.c
tests_fuzz_fuzz_firewall_LDFLAGS = $(fuzz_ldflags)
tests_fuzz_fuzz_firewall_LDADD = libnet.a libbase.a $(NL_LIBS) $(JSON_LIBS) $(XML_LIBS)

FUZZ_TARGETS += tests/fuzz/fuzz_image
tests_fuzz_fuzz_image_SOURCES = tests/fuzz/fuzz_image.c
tests_fuzz_fuzz_image_LDFLAGS = $(fuzz_ldflags)
tests_fuzz_fuzz_image_LDADD = libstorage.a libbase.a $(JSON_LIBS) $(XML_LIBS)

FUZZ_TARGETS += tests/fuzz/fuzz_iso
tests_fuzz_fuzz_iso_SOURCES = tests/fuzz/fuzz_iso.c
tests_fuzz_fuzz_iso_LDFLAGS = $(fuzz_ldflags)
tests_fuzz_fuzz_iso_LDADD = libstorage.a libbase.a $(JSON_LIBS) $(XML_LIBS)

# what is below core
fuzz_core_libs = libcore.a libstorage.a libnet.a libhv.a libbase.a $(SQLITE_LIBS) $(NL_LIBS) $(JSON_LIBS) $(XML_LIBS)

FUZZ_TARGETS += tests/fuzz/fuzz_agent
tests_fuzz_fuzz_agent_SOURCES = tests/fuzz/fuzz_agent.c tests/fuzz/must.h
tests_fuzz_fuzz_agent_LDFLAGS = $(fuzz_ldflags)
tests_fuzz_fuzz_agent_LDADD = $(fuzz_core_libs)

FUZZ_TARGETS += tests/fuzz/fuzz_job
tests_fuzz_fuzz_job_SOURCES = tests/fuzz/fuzz_job.c
tests_fuzz_fuzz_job_LDFLAGS = $(fuzz_ldflags)
tests_fuzz_fuzz_job_LDADD = $(fuzz_core_libs)

FUZZ_TARGETS += tests/fuzz/fuzz_keymap
tests_fuzz_fuzz_keymap_SOURCES = tests/fuzz/fuzz_keymap.c tests/fuzz/must.h
tests_fuzz_fuzz_keymap_LDFLAGS = $(fuzz_ldflags)
tests_fuzz_fuzz_keymap_LDADD = libhv.a libbase.a $(JSON_LIBS) $(XML_LIBS)

FUZZ_TARGETS += tests/fuzz/fuzz_fonts
tests_fuzz_fuzz_fonts_SOURCES = tests/fuzz/fuzz_fonts.c tests/fuzz/must.h
tests_fuzz_fuzz_fonts_LDFLAGS = $(fuzz_ldflags)
tests_fuzz_fuzz_fonts_LDADD = libscreen.a libbase.a $(LZMA_LIBS) $(ZLIB_LIBS) $(JSON_LIBS) $(XML_LIBS)

FUZZ_TARGETS += tests/fuzz/fuzz_network
tests_fuzz_fuzz_network_SOURCES = tests/fuzz/fuzz_network.c tests/fuzz/must.h
tests_fuzz_fuzz_network_LDFLAGS = $(fuzz_ldflags)
tests_fuzz_fuzz_network_LDADD = libnet.a libbase.a $(JSON_LIBS) $(XML_LIBS)

FUZZ_TARGETS += tests/fuzz/fuzz_pool
tests_fuzz_fuzz_pool_SOURCES = tests/fuzz/fuzz_pool.c tests/fuzz/must.h
tests_fuzz_fuzz_pool_LDFLAGS = $(fuzz_ldflags)
tests_fuzz_fuzz_pool_LDADD = $(fuzz_core_libs)

FUZZ_TARGETS += tests/fuzz/fuzz_ovf
tests_fuzz_fuzz_ovf_SOURCES = tests/fuzz/fuzz_ovf.c
tests_fuzz_fuzz_ovf_LDFLAGS = $(fuzz_ldflags)
tests_fuzz_fuzz_ovf_LDADD = libstorage.a libbase.a $(JSON_LIBS) $(XML_LIBS)

FUZZ_TARGETS += tests/fuzz/fuzz_qmp
tests_fuzz_fuzz_qmp_SOURCES = tests/fuzz/fuzz_qmp.c
tests_fuzz_fuzz_qmp_LDFLAGS = $(fuzz_ldflags)
tests_fuzz_fuzz_qmp_LDADD = libhv.a libbase.a $(JSON_LIBS) $(XML_LIBS)

FUZZ_TARGETS += tests/fuzz/fuzz_qmp_scan
tests_fuzz_fuzz_qmp_scan_SOURCES = tests/fuzz/fuzz_qmp_scan.c tests/fuzz/must.h
tests_fuzz_fuzz_qmp_scan_LDFLAGS = $(fuzz_ldflags)
tests_fuzz_fuzz_qmp_scan_LDADD = libhv.a libbase.a $(JSON_LIBS) $(XML_LIBS)

FUZZ_TARGETS += tests/fuzz/fuzz_recover
tests_fuzz_fuzz_recover_SOURCES = tests/fuzz/fuzz_recover.c tests/fuzz/must.h tests/unit/screen_draw.c tests/unit/screen_draw.h
tests_fuzz_fuzz_recover_LDFLAGS = $(fuzz_ldflags)
tests_fuzz_fuzz_recover_LDADD = libscreen.a libbase.a $(LZMA_LIBS) $(ZLIB_LIBS) $(JSON_LIBS) $(XML_LIBS)

FUZZ_TARGETS += tests/fuzz/fuzz_rfb
tests_fuzz_fuzz_rfb_SOURCES = tests/fuzz/fuzz_rfb.c tests/fuzz/must.h
tests_fuzz_fuzz_rfb_CFLAGS = $(AM_CFLAGS) -pthread
tests_fuzz_fuzz_rfb_LDFLAGS = $(fuzz_ldflags)
tests_fuzz_fuzz_rfb_LDADD = libscreen.a libbase.a $(SCREEN_LIBS) $(JSON_LIBS)

FUZZ_TARGETS += tests/fuzz/fuzz_tar
tests_fuzz_fuzz_tar_SOURCES = tests/fuzz/fuzz_tar.c
tests_fuzz_fuzz_tar_LDFLAGS = $(fuzz_ldflags)
tests_fuzz_fuzz_tar_LDADD = libstorage.a libbase.a $(JSON_LIBS) $(XML_LIBS)

FUZZ_TARGETS += tests/fuzz/fuzz_vt
tests_fuzz_fuzz_vt_SOURCES = tests/fuzz/fuzz_vt.c tests/fuzz/must.h
tests_fuzz_fuzz_vt_CFLAGS = $(AM_CFLAGS) $(VTERM_CFLAGS) $(TERMKEY_CFLAGS)
tests_fuzz_fuzz_vt_LDFLAGS = $(fuzz_ldflags)
tests_fuzz_fuzz_vt_LDADD = libtui.a libcore.a libstorage.a libnet.a libhv.a libbase.a $(VTERM_LIBS) $(TERMKEY_LIBS) $(NL_LIBS) $(JSON_LIBS) $(XML_LIBS)

FUZZ_TARGETS += tests/fuzz/fuzz_wire
tests_fuzz_fuzz_wire_SOURCES = tests/fuzz/fuzz_wire.c tests/fuzz/must.h
tests_fuzz_fuzz_wire_LDFLAGS = $(fuzz_ldflags)
tests_fuzz_fuzz_wire_LDADD = libscreen.a libbase.a $(JSON_LIBS)
endif
