# SPDX-License-Identifier: GPL-2.0-or-later
# files of core/
noinst_LIBRARIES += libcore.a
libcore_a_SOURCES = \
	core/addresses.c core/addresses.h \
	core/adopt.c \
	core/autostart.c core/autostart.h \
	core/autostart_unit.c core/autostart_unit.h \
	core/block_live.c \
	core/bridge.c core/bridge.h \
	core/bridge_advise.c \
	core/bridge_change.c \
	core/bridge_internal.h \
	core/bridge_list.c \
	core/bridge_notes.c \
	core/bridge_record.c \
	core/caps_cache.c \
	core/change.c \
	core/change_lock.c core/change_lock.h \
	core/console.c core/console.h \
	core/console_frame.c core/console_frame.h \
	core/consoles.c \
	core/db.c core/db.h \
	core/db_error.c \
	core/db_internal.h \
	core/db_open.c \
	core/db_schema.c \
	core/define.c \
	core/definition.c \
	core/definition_warnings.c \
	core/describe.c core/describe.h \
	core/describe_devices.c \
	core/describe_internal.h \
	core/device_change.c core/device_change.h \
	core/device_disk.c \
	core/device_internal.h \
	core/device_journal.c \
	core/device_interface.c \
	core/device_interface_change.c \
	core/device_interface_internal.h \
	core/device_kind.c \
	core/device_medium.c \
	core/device_plug.c \
	core/device_qmp.c \
	core/display.c core/display.h \
	core/display_start.c core/display_start.h \
	core/display_uri.c \
	core/document.c \
	core/forward.c core/forward.h \
	core/forward_change.c \
	core/forward_internal.h \
	core/forward_taken.c \
	core/forward_user.c \
	core/graphics_password.c core/graphics_password.h \
	core/guest_agent.c core/guest_agent.h \
	core/guest_agent_addresses.c \
	core/guest_agent_talk.c \
	core/history.c core/history.h \
	core/host.c \
	core/image_chain.c \
	core/image_holder.c \
	core/image_make.c \
	core/image_map.c \
	core/image_name.c \
	core/image_outcome.c \
	core/image_uses.c core/image_uses.h \
	core/image_work.c core/image_work.h \
	core/image_work_internal.h \
	core/import.c core/import.h \
	core/import_appliance.c \
	core/import_internal.h \
	core/import_request.c \
	core/install.c core/install.h \
	core/install_arguments.c core/install_arguments.h \
	core/install_document.c \
	core/install_image.c \
	core/install_content.c \
	core/install_internal.h \
	core/install_network.c \
	core/install_json.c core/install_json.h \
	core/install_make.c \
	core/install_options.c \
	core/install_request.c \
	core/install_resolve.c \
	core/install_seed.c \
	core/install_system.c \
	core/interface.c core/interface.h \
	core/iso_list.c \
	core/job.c core/job.h \
	core/job_child.c \
	core/job_copy.c \
	core/job_import.c \
	core/job_internal.h \
	core/job_plan.c \
	core/job_run.c \
	core/job_stream.c \
	core/keeper/plan.h \
	core/keeper_renew.c core/keeper_renew.h \
	core/keeper_spawn.c core/keeper_spawn.h \
	core/last_words.c core/last_words.h \
	core/lifecycle.c \
	core/live.h \
	core/machine.c \
	core/machine_job.c core/machine_job.h \
	core/machine_place.c \
	core/manager.c core/manager.h \
	core/manager_internal.h \
	core/native.c \
	core/network.c core/network.h \
	core/network_choice.c core/network_choice.h \
	core/network_dnsmasq.c \
	core/network_figures.c \
	core/network_forward.c core/network_forward.h \
	core/network_forward_plan.c \
	core/network_host.c \
	core/network_internal.h \
	core/network_mend.c \
	core/network_obstacles.c \
	core/network_port.c core/network_port.h \
	core/network_port_check.c \
	core/network_port_open.c \
	core/network_port_record.c \
	core/network_reserve.c \
	core/network_row.c \
	core/network_switches.c \
	core/network_unreserve.c \
	core/network_update.c \
	core/network_use.c core/network_use.h \
	core/osinfo.h core/osinfo_internal.h \
	core/osinfo_ask.c \
	core/osinfo_iso.c \
	core/osinfo_system.c \
	core/passt.c core/passt.h \
	core/passt_argv.c \
	core/passt_ports.c \
	core/pool.c \
	core/pool_row.c \
	core/preference.c core/preference.h \
	core/prepare.c core/prepare.h \
	core/prepare_chardev.c \
	core/prepare_disk.c \
	core/prepare_firmware.c \
	core/prepare_internal.h \
	core/prepare_network.c \
	core/prepare_pairs.c \
	core/prepare_room.c \
	core/prepare_serve.c \
	core/qmp_call.c \
	core/release.c core/release.h \
	core/resolve_volume.c \
	core/run.c core/run.h \
	core/run_row.h \
	core/run_words.c \
	core/scope.c core/scope.h \
	core/screenshot.c \
	core/secret.c core/secret.h \
	core/secret_document.c \
	core/secret_internal.h \
	core/secret_uses.c \
	core/seed.h core/seed_internal.h \
	core/seed_iso.c \
	core/seed_options.c \
	core/seed_password.c \
	core/seed_text.c \
	core/start.c \
	core/stats.c \
	core/storage.h core/storage_internal.h \
	core/typing.c core/typing.h \
	core/undefine.c core/undefine.h \
	core/undefine_storage.c \
	core/volume.c \
	core/volume_copy.c \
	core/volume_device.c core/volume_device.h \
	core/volume_download.c \
	core/volume_program.c \
	core/volume_row.c \
	core/volume_uses.c \
	core/watch.c \
	screen/wire.c screen/wire_codec.c screen/wire_internal.h

pkglibexec_PROGRAMS += virtty-keeper
virtty_keeper_SOURCES = \
	core/keeper/adopt.c \
	core/keeper/bridge.c core/keeper/bridge.h \
	core/keeper/catch_up.c \
	core/keeper/client.c core/keeper/client.h \
	core/keeper/console_log.c core/keeper/console_log.h \
	core/keeper/control.c core/keeper/control.h \
	core/keeper/crash.c core/keeper/crash.h \
	core/keeper/ending.c core/keeper/ending.h \
	core/keeper/helper.c core/keeper/helper.h \
	core/keeper/keeper.h \
	core/keeper/life.c \
	core/keeper/lock.c \
	core/keeper/main.c \
	core/keeper/network.c core/keeper/network.h \
	core/keeper/own.c \
	core/keeper/plan_read.c core/keeper/plan_read.h \
	core/keeper/port.c core/keeper/port.h \
	core/keeper/port_save.c \
	core/keeper/pty.c core/keeper/pty.h \
	core/keeper/qemu.c core/keeper/qemu.h \
	core/keeper/qemu_event.c \
	core/keeper/record.c core/keeper/record.h \
	core/keeper/reexec.c core/keeper/reexec.h \
	core/keeper/replay.c core/keeper/replay.h \
	core/keeper/shutdown.c \
	core/keeper/spawn.c core/keeper/spawn.h \
	core/keeper/state.c \
	core/keeper/tail.c core/keeper/tail.h \
	core/keeper/viewer.c core/keeper/viewer.h
virtty_keeper_LDADD = libcore.a libstorage.a libnet.a libhv.a libbase.a $(SQLITE_LIBS) $(NL_LIBS) $(JSON_LIBS) $(EVENT_LIBS)
