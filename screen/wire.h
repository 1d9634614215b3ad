/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a front end and virtty-screen say to each other over a stream socket: frames, encoded and decoded here for both
 * ends.
 *
 * A frame is one byte of type, three of length (little-endian), and the payload. Numbers in payloads are little-endian.
 * Neither end trusts the other: lengths, counts and ranges are checked where they are read, and a frame that breaks the
 * rules ends the connection. */
#ifndef SCREEN_WIRE_H
#define SCREEN_WIRE_H

#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define WIRE_LARGEST   (8 * 1024 * 1024) /* a frame's payload */
#define WIRE_COLUMNS   512		 /* of any grid of cells */
#define WIRE_ROWS      256
#define WIRE_TEXT_SIZE 256 /* of a name or reason, bytes of UTF-8 without control characters */
#define WIRE_CLIPBOARD (64 * 1024)
#define WIRE_CELL_PIXELS 256 /* of a terminal cell, either way */

/* From a front end to virtty-screen, whose only argument is the file that keeps what it found in the installed fonts. */
enum wire_request {
	WIRE_CONNECT = 1, /* struct wire_connect; the connected socket of the server comes along as a descriptor */
	WIRE_VIEW,	  /* struct wire_view: what the viewer can show, and wants to see */
	WIRE_ACK,	  /* u32: the serial of a WIRE_FRAME that has been shown: the next one may come */
	WIRE_KEY,	  /* struct wire_key */
	WIRE_POINTER,	  /* struct wire_pointer */
	WIRE_COPIED,	  /* UTF-8 for the guest's clipboard */
	WIRE_REFRESH,	  /* the whole screen is to be read from the server again */
};

/* From virtty-screen to a front end. */
enum wire_report {
	WIRE_STATE = 64, /* struct wire_state */
	WIRE_LAYOUT,	 /* struct wire_layout: what the cells mean from now on; all cells are blank then */
	WIRE_CELLS,	 /* struct wire_cells: a run of cells of one row */
	WIRE_IMAGE,	 /* struct wire_image: a picture in the terminal's own protocol, for the whole view */
	WIRE_FRAME,	 /* u32 serial: the cells and images before it are one whole screen; no other comes before its
			    WIRE_ACK */
	WIRE_CURSOR,	 /* struct wire_cursor: where the guest's text cursor is */
	WIRE_BELL,	 /* nothing */
	WIRE_CUT,	 /* UTF-8 that the guest copied */
};

struct wire_connect {
	char password[64]; /* "" none; wiped after use at both ends */
};

/* How to show it: by itself from the share of recognised cells, always as text cells, always as a picture. */
enum wire_mode { WIRE_MODE_AUTO, WIRE_MODE_TEXT, WIRE_MODE_PICTURE };
/* In what a picture is drawn. */
enum wire_picture { WIRE_ASCII, WIRE_BLOCKS, WIRE_SIXEL, WIRE_KITTY };
enum wire_colours { WIRE_MONO, WIRE_16, WIRE_256, WIRE_TRUE };

struct wire_view {
	uint8_t mode, picture, colours;	  /* the enums above */
	uint16_t columns, rows;		  /* of the terminal's area; 0 0: nobody looks, send nothing */
	uint16_t cell_width, cell_height; /* pixels of one of its cells; 0: not known, 8x16 is assumed */
	/* The part of the guest's screen, in its pixels, that a picture shows; 0 0 0 0: all of it. Moved into the
	 * screen where it is not. */
	uint16_t x, y, width, height;
	uint8_t frames_per_second; /* at most; 0: 30 */
};

struct wire_key {
	bool down;
	uint32_t keysym;   /* X11's; 0: none */
	uint32_t scancode; /* XT set 1, extended ones with 0x80 set, as RFB's QEMU extension has it; 0: none */
};

struct wire_pointer {
	uint16_t x, y;	 /* the guest's pixels */
	uint8_t buttons; /* bit 0 left, 1 middle, 2 right, 3 wheel up, 4 wheel down, as in RFB */
};

enum wire_link {
	WIRE_CONNECTING,
	WIRE_CONNECTED,
	WIRE_CLOSED,
	WIRE_REFUSED /* broken or hostile: trying again is useless */
};

struct wire_state {
	uint8_t link;		   /* enum wire_link */
	bool scancodes, clipboard; /* the server takes them */
	bool absolute;		   /* the pointer is where we say; false: it moves by differences */
	uint16_t width, height;	   /* the guest's screen */
	char text[WIRE_TEXT_SIZE]; /* the server's name, or why it is closed, for people */
};

/* What the cells are. */
enum wire_kind {
	WIRE_KIND_NONE, /* nothing to show yet */
	WIRE_KIND_GRID, /* the guest's own text cells, all of them, whatever the terminal's size; cells that are no text
			   are drawn by a block */
	WIRE_KIND_PICTURE, /* cells of the terminal's area */
};

struct wire_layout {
	uint8_t kind;
	uint16_t columns, rows;
	uint16_t recognised; /* of a thousand cells that hold something, as the layout was told */
	/* The pixel of the guest's screen where the cell at (left, top) begins, and the size of a cell in its pixels
	 * times 256. Grid: left and top are 0. Picture: they are the first of the area's cells that the picture covers;
	 * as many blank ones are on the other side. */
	uint16_t x, y, left, top;
	uint32_t cell_width_256, cell_height_256;
	uint16_t width, height; /* the guest's screen */
};

enum {
	WIRE_CELL_TEXT = 1 << 0,  /* a character of the guest's; else drawn from its pixels */
	WIRE_CELL_WIDE = 1 << 1,  /* it takes this cell and the next one */
	WIRE_CELL_RIGHT = 1 << 2, /* which is that: a blank of the same colours */
};

struct wire_cell {
	uint32_t character;		 /* printable Unicode; what is not arrives as U+FFFD */
	uint32_t foreground, background; /* 0xRRGGBB */
	uint8_t flags;
};

struct wire_cells {
	uint16_t row, column, count;
	const struct wire_cell *cells; /* count of them */
};

struct wire_image {
	uint8_t picture; /* WIRE_SIXEL: the data between DCS q and ST; WIRE_KITTY: zlib-compressed RGB, base64 */
	uint16_t row, column, rows, columns; /* the cells of the area that it covers */
	uint16_t width, height;		     /* its pixels */
	const char *bytes;
	size_t length;
};

struct wire_cursor {
	bool shown;
	uint16_t row, column; /* in the grid */
};

/* One whole frame as it was received: the header's type, and a payload that lies in the reader until the next call. */
struct wire_frame {
	uint8_t type;
	const unsigned char *payload;
	size_t length;
	int fd; /* that came along, -1: none; the taker's to close */
};

/* One end of the connection: what was read and not yet taken, what waits to be written. */
struct wire;

/* Owns the socket, which is made non-blocking. */
struct wire *wire_new(int fd);
void wire_free(struct wire *wire);
int wire_fd(const struct wire *wire);
/* Bytes that wait to be written. */
size_t wire_queued(const struct wire *wire);
/* Reads and writes what can be without blocking, at most budget bytes in (0: 1 MiB). False when the other end is gone
 * or broke the rules. */
bool wire_step(struct wire *wire, size_t budget, struct error *err);
/* The next whole frame; false: none yet. */
bool wire_next(struct wire *wire, struct wire_frame *ret);

void wire_put_connect(struct wire *wire, const struct wire_connect *connect, int fd /* taken over */);
void wire_put_view(struct wire *wire, const struct wire_view *view);
void wire_put_ack(struct wire *wire, uint32_t serial);
void wire_put_key(struct wire *wire, const struct wire_key *key);
void wire_put_pointer(struct wire *wire, const struct wire_pointer *pointer);
void wire_put_text(struct wire *wire, uint8_t type, const char *text, size_t length); /* WIRE_COPIED, WIRE_CUT */
void wire_put_plain(struct wire *wire, uint8_t type);				      /* WIRE_REFRESH, WIRE_BELL */
void wire_put_state(struct wire *wire, const struct wire_state *state);
void wire_put_layout(struct wire *wire, const struct wire_layout *layout);
void wire_put_cells(struct wire *wire, const struct wire_cells *cells);
void wire_put_image(struct wire *wire, const struct wire_image *image);
void wire_put_frame(struct wire *wire, uint32_t serial);
void wire_put_cursor(struct wire *wire, const struct wire_cursor *cursor);

/* Payloads back into structs; false when one breaks the rules. Pointers lie in the frame, or (cells) in the caller's
 * room of WIRE_COLUMNS. */
bool wire_get_connect(const struct wire_frame *frame, struct wire_connect *ret);
bool wire_get_view(const struct wire_frame *frame, struct wire_view *ret);
bool wire_get_serial(const struct wire_frame *frame, uint32_t *ret); /* WIRE_ACK, WIRE_FRAME */
bool wire_get_key(const struct wire_frame *frame, struct wire_key *ret);
bool wire_get_pointer(const struct wire_frame *frame, struct wire_pointer *ret);
bool wire_get_text(const struct wire_frame *frame, const char **ret, size_t *ret_length); /* checked UTF-8 */
bool wire_get_state(const struct wire_frame *frame, struct wire_state *ret);
bool wire_get_layout(const struct wire_frame *frame, struct wire_layout *ret);
bool wire_get_cells(const struct wire_frame *frame, struct wire_cell room[WIRE_COLUMNS], struct wire_cells *ret);
bool wire_get_image(const struct wire_frame *frame,
		    struct wire_image *ret); /* bytes checked to be what the protocol allows */
bool wire_get_cursor(const struct wire_frame *frame, struct wire_cursor *ret);

#endif
