# SPDX-License-Identifier: GPL-2.0-or-later
# The virtty executable. All but main() is a library, so that tests walk the same table.
noinst_LIBRARIES += libcli.a
libcli_a_SOURCES = \
	cli/cli.h \
	cli/cloud_init.c cli/cloud_init.h \
	cli/cmd_autostart.c \
	cli/cmd_block.c \
	cli/cmd_bridge.c \
	cli/cmd_console.c \
	cli/cmd_define.c \
	cli/cmd_desc.c \
	cli/cmd_device.c \
	cli/cmd_disk.c \
	cli/cmd_display.c \
	cli/cmd_domjob.c \
	cli/cmd_edit.c \
	cli/cmd_event.c \
	cli/cmd_forward.c \
	cli/cmd_host.c \
	cli/cmd_image.c \
	cli/cmd_image_make.c \
	cli/cmd_image_work.c \
	cli/cmd_import.c \
	cli/cmd_info.c \
	cli/cmd_install.c \
	cli/cmd_iotune.c \
	cli/cmd_interface.c \
	cli/cmd_interface_change.c \
	cli/cmd_jobs.c \
	cli/cmd_keys.c \
	cli/cmd_life.c \
	cli/cmd_list.c \
	cli/cmd_monitor.c \
	cli/cmd_network.c \
	cli/cmd_network_lease.c \
	cli/cmd_network_update.c \
	cli/cmd_osinfo.c \
	cli/cmd_pool.c \
	cli/cmd_pool_make.c \
	cli/cmd_secret.c \
	cli/cmd_screen.c \
	cli/cmd_stats.c \
	cli/cmd_volume.c \
	cli/cmd_volume_make.c \
	cli/cmd_xml.c \
	cli/command.h \
	cli/complete.c \
	cli/context.c \
	cli/device.c cli/device.h \
	cli/disk_text.c cli/disk_text.h \
	cli/edit_text.c cli/edit_text.h \
	cli/follow.c cli/follow.h \
	cli/help.c cli/help.h \
	cli/image.c cli/image.h \
	cli/import_ask.c cli/import_ask.h \
	cli/install_forward.c cli/install_forward.h \
	cli/install_options.c cli/install_options.h \
	cli/install_run.c cli/install_run.h \
	cli/interface_text.c cli/interface_text.h \
	cli/internal.c cli/internal.h \
	cli/machine_filter.c cli/machine_filter.h \
	cli/man.c \
	cli/network.h \
	cli/network_json.c \
	cli/options.c cli/options.h \
	cli/output_table.c cli/output_table.h \
	cli/screen_text.c cli/screen_text.h \
	cli/secret.c cli/secret.h \
	cli/storage.c cli/storage.h \
	cli/suboptions.c cli/suboptions.h \
	cli/table.c \
	cli/terminal.c cli/terminal.h

bin_PROGRAMS += virtty
virtty_SOURCES = cli/main.c
virtty_LDADD = libcli.a libcore.a libstorage.a libnet.a libhv.a libbase.a $(SQLITE_LIBS) $(NL_LIBS) $(JSON_LIBS) $(XML_LIBS)

bashcompletion_DATA = data/completions/virtty
dist_man1_MANS = doc/virtty.1
EXTRA_DIST += data/completions/virtty

# The manual page is kept in the tree; a test says when it must be written anew.
manual: virtty$(EXEEXT)
	./virtty$(EXEEXT) internal man > $(srcdir)/doc/virtty.1
.PHONY: manual
