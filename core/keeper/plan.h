/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a keeper is told: the plan of one machine's start (or adoption), as JSON over its start socket and kept in its run directory.
 *
 * `virtty-keeper ROW DATABASE` has the start socket as descriptor 3. It opens the state and waits; EOF before a plan ends it, and nothing has
 * happened.
 * First message to the keeper: the plan, with the descriptors QEMU inherits.
 * Messages from the keeper: {"running":true, "pid":N} or {"error":{"message":"...", "hint":"..."}}; then it closes the socket.
 * EOF from the front end changes nothing: a start that was handed over goes on.
 *
 * {
 *   "format": 1,
 *   "mode": "start" | "adopt",
 *   "domain": 12, "generation": 7, "run_id": 3, "name": "web1", "uuid": "...",
 *   "database": "/var/lib/virtty/state.db",
 *   "virtty": "/usr/bin/virtty",              (run as `virtty internal prepare|release ...` at restart and death)
 *   "directory": "/run/virtty/12",            (control, qmp, console sockets, plan.json, pid files)
 *   "qmp": "/run/virtty/12/qmp",              (QEMU listens there)
 *   "stderr": "/var/log/virtty/12/qemu.log",  (appended; its tail goes into history)
 *   "argv": ["/usr/bin/qemu-system-x86_64", ...],
 *   "fds": [3, 4],                            (number in QEMU of each passed descriptor, in order)
 *   "setup": [{"execute": ...}, ...],         (before cont)
 *   "paused": false,
 *   "accel": "tcg", "vnc": "unix:/run/virtty/12/vnc",
 *   "on_poweroff": "destroy", "on_reboot": "restart", "on_crash": "destroy",
 *   "consoles": [{"name": "serial0", "id": "charserial0", "socket": "...", "viewer": "...", "log": "...", "pty": true}]
 * }
 * "adopt" reads the rest from plan.json in the directory: the message then has format, mode, domain, generation, directory, database, virtty only. */
#ifndef CORE_KEEPER_PLAN_H
#define CORE_KEEPER_PLAN_H

#define PLAN_FORMAT 1
/* In the run directory while a change of devices is under way (core/device_journal.c): left there when its author died. */
#define CHANGE_FILE "change"
#define PLAN_SIZE_LIMIT (1024 * 1024)
#define PLAN_FD_LIMIT 64

/* Own commands on `control`, beside all of QMP:
 *   virtty-status                                -> {"pid", "qemu", "state", "reason", "consoles": [...], "clients": N}
 *   virtty-shutdown {"then": "off"|"restart"|"stay-off"}
 *                                                -> {} once the guest was asked; asked again every 5 s until it stops (120 s at most). After
 *                                                   "off" on_poweroff says what follows, after "stay-off" nothing does
 *   virtty-destroy {"graceful": bool}            -> {} when QEMU is gone and all is released
 *   virtty-lock {"wait-ms": N} / virtty-unlock   -> {}: the machine's one change lock, held by a connection, freed when it closes
 *   virtty-reexec {"path": "..."}                -> {}: the keeper executes itself anew, keeping pid, child and descriptors
 * Events of its own: VIRTTY_STATE {"state", "reason"}.
 *
 * A console's viewer socket speaks frames both ways: 1 byte type, 3 bytes length (big endian), payload.
 *   to the viewer:  'd' data (replay first, then live), 's' status JSON {"writer": bool, "held-by-other": bool, "live": bool}
 *   from a viewer:  'd' input, 'w' asks to write (payload "force" takes over), 'r' gives writing up, 'b' a serial break
 * A viewer begins as a reader; it gets 's' at once, after replay, and whenever its right to write changes. */

#endif
