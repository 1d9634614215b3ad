# SPDX-License-Identifier: GPL-2.0-or-later
# The screens are a library, so that tests can link them.
noinst_LIBRARIES += libtui.a
libtui_a_SOURCES = \
	tui/abilities.c tui/abilities.h \
	tui/actions.c tui/actions.h \
	tui/batch.c tui/batch.h \
	tui/bindings.c tui/bindings.h \
	tui/busy_list.c tui/busy_list.h \
	tui/card_forms.c tui/card_forms.h \
	tui/cell.c tui/cell.h \
	tui/clipboard.c tui/clipboard.h \
	tui/colours.c tui/colours.h \
	tui/compare.c tui/compare.h \
	tui/console_advice.c tui/console_advice.h \
	tui/console_input.c tui/console_input.h \
	tui/console_session.c tui/console_session.h \
	tui/consoles.c tui/consoles.h \
	tui/copy_mode.c tui/copy_mode.h \
	tui/definition_edit.c tui/definition_edit.h \
	tui/details_devices.c \
	tui/details_events.c \
	tui/details_notes.c \
	tui/details_overview.c \
	tui/details_tab.h \
	tui/details_xml.c \
	tui/device_when.c tui/device_when.h \
	tui/dialog.c tui/dialog.h \
	tui/dialog_prompt.c tui/dialog_prompt.h \
	tui/directory.c tui/directory.h \
	tui/entry_actions.c \
	tui/entry_change.c \
	tui/entry_forms.c \
	tui/filter_words.c tui/filter_words.h \
	tui/foreground.c tui/foreground.h \
	tui/form.c tui/form.h \
	tui/form_draw.c \
	tui/forward_form.c \
	tui/guest_keys.c tui/guest_keys.h \
	tui/help.c tui/help.h \
	tui/host_line.c tui/host_line.h \
	tui/input.c tui/input.h \
	tui/input_filter.c tui/input_filter.h \
	tui/iso_inquiry.c tui/iso_inquiry.h \
	tui/job.c tui/job.h \
	tui/key_feed.c tui/key_feed.h \
	tui/keys.c tui/keys.h \
	tui/kitty_keys.c tui/kitty_keys.h \
	tui/line_edit.c tui/line_edit.h \
	tui/lines.h \
	tui/lines_text.c tui/lines_text.h \
	tui/list_rows.c tui/list_rows.h \
	tui/load_bars.c tui/load_bars.h \
	tui/look_back.c tui/look_back.h \
	tui/loop.c tui/loop.h \
	tui/medium_form.c tui/medium_form.h \
	tui/model.c tui/model.h \
	tui/network_actions.c tui/network_actions.h \
	tui/network_entries.c tui/network_entries.h \
	tui/network_form.c \
	tui/network_model.c tui/network_model.h \
	tui/network_table.c \
	tui/network_words.c tui/network_words.h \
	tui/paste_ask.c tui/paste_ask.h \
	tui/pool_actions.c tui/pool_actions.h \
	tui/pool_forms.c \
	tui/pool_table.c tui/pool_table.h \
	tui/preview.c tui/preview.h \
	tui/rename.c tui/rename.h \
	tui/rescue.c tui/rescue.h \
	tui/row_actions.c tui/row_actions.h \
	tui/screen.c tui/screen.h \
	tui/screen_autostart.c tui/screen_autostart.h \
	tui/screen_console.c tui/screen_console.h \
	tui/screen_delete.c tui/screen_delete.h \
	tui/screen_details.c tui/screen_details.h \
	tui/screen_files.c tui/screen_files.h \
	tui/screen_form.c tui/screen_form.h \
	tui/screen_isos.c tui/screen_isos.h \
	tui/screen_jobs.c tui/screen_jobs.h \
	tui/screen_list.c tui/screen_list.h \
	tui/screen_network.c tui/screen_network.h \
	tui/screen_networks.c tui/screen_networks.h \
	tui/screen_pick.c tui/screen_pick.h \
	tui/screen_pick_network.c tui/screen_pick_network.h \
	tui/screen_storage.c tui/screen_storage.h \
	tui/screen_tabs.c tui/screen_tabs.h \
	tui/screen_view.c tui/screen_view.h \
	tui/screen_volume.c tui/screen_volume.h \
	tui/screen_wizard.c tui/screen_wizard.h \
	tui/scrollback.c tui/scrollback.h \
	tui/settings.c tui/settings.h \
	tui/ssh_line.c tui/ssh_line.h \
	tui/storage_command.c \
	tui/storage_model.c tui/storage_model.h \
	tui/storage_task.c tui/storage_task.h \
	tui/subnet_text.c tui/subnet_text.h \
	tui/table_pair.c tui/table_pair.h \
	tui/table_picker.c tui/table_picker.h \
	tui/terminal.c tui/terminal.h \
	tui/terminal_image.c tui/terminal_image.h \
	tui/terminal_query.c tui/terminal_query.h \
	tui/terminfo.c tui/terminfo.h \
	tui/text_screen.c tui/text_screen.h \
	tui/theme.c tui/theme.h \
	tui/usage_bar.c tui/usage_bar.h \
	tui/view_cells.c tui/view_cells.h \
	tui/view_draw.c tui/view_draw.h \
	tui/view_lead.c tui/view_lead.h \
	tui/view_mouse.c tui/view_mouse.h \
	tui/view_picture.c tui/view_picture.h \
	tui/view_press.c tui/view_press.h \
	tui/view_session.c tui/view_session.h \
	tui/view_window.c tui/view_window.h \
	tui/volume_actions.c tui/volume_actions.h \
	tui/volume_forms.c \
	tui/volume_upload.c \
	tui/vt.c tui/vt.h tui/vt_internal.h \
	tui/vt_filter.c tui/vt_filter.h \
	tui/vt_keys.c \
	tui/widget_list.c tui/widget_list.h \
	tui/widget_status.c tui/widget_status.h \
	tui/widget_table.c tui/widget_table.h \
	tui/widget_tabs.c tui/widget_tabs.h \
	tui/widget_text.c tui/widget_text.h \
	tui/widget_text_search.c \
	tui/wizard_check.c tui/wizard_check.h \
	tui/wizard_fields.c \
	tui/wizard_import.c tui/wizard_import.h \
	tui/wizard_model.c tui/wizard_model.h \
	tui/wizard_network.c tui/wizard_network.h \
	tui/wizard_pool.c tui/wizard_pool.h \
	tui/wizard_system.c tui/wizard_system.h
libtui_a_CFLAGS = $(AM_CFLAGS) $(NCURSES_CFLAGS) $(VTERM_CFLAGS) $(TERMKEY_CFLAGS)

pkglibexec_PROGRAMS += virtty-tui
virtty_tui_SOURCES = tui/main.c
virtty_tui_LDADD = libtui.a libcore.a libstorage.a libnet.a libhv.a libbase.a \
	$(NCURSES_LIBS) $(VTERM_LIBS) $(TERMKEY_LIBS) $(EVENT_LIBS) $(SQLITE_LIBS) $(NL_LIBS) $(JSON_LIBS) $(XML_LIBS)
