/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Fuzzer of QMP's raw bytes: a stream cut into messages, their members found, their ids replaced. */
#include "base/error.h"
#include "base/memory.h"
#include "base/strbuf.h"
#include "hv/qmp_scan.h"
#include "tests/fuzz/must.h"

#include <stdint.h>
#include <string.h>

#define MESSAGE_LIMIT 65536

static void look_at_message(const char *text, size_t length)
{
	_cleanup_strbuf_ struct strbuf replaced = STRBUF_INIT;
	_cleanup_error_ struct error err = ERROR_INIT;
	struct qmp_message message, again;

	if (!qmp_scan(text, length, &message, &err)) {
		must(error_is_set(&err));
		return;
	}
	for (int key = 0; key < QMP_KEY_COUNT; key++) {
		_cleanup_free_ char *value = NULL;

		must(message.value[key].at <= length && message.value[key].length <= length - message.value[key].at);
		value = qmp_value_string(text, &message, (enum qmp_key)key);
		must(value == NULL || message.value[key].length > 0);
	}
	/* with another id it is still a message, and has that one */
	qmp_replace_id(&replaced, text, length, &message, "77", 2);
	must(qmp_scan(replaced.data, replaced.length, &again, &err));
	must(again.value[QMP_KEY_ID].length == 2 && memcmp(replaced.data + again.value[QMP_KEY_ID].at, "77", 2) == 0);
	strbuf_clear(&replaced);
	qmp_replace_id(&replaced, text, length, &message, NULL, 0);
	must(qmp_scan(replaced.data, replaced.length, &again, &err) && again.value[QMP_KEY_ID].length == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct qmp_framer framer = { .limit = MESSAGE_LIMIT };

	if (size == 0)
		return 0;
	/* the first byte says in what pieces the rest arrives */
	size_t piece = data[0] == 0 ? size : data[0];

	for (size_t at = 1; at < size; at += piece) {
		const char *bytes = (const char *)data + at;
		size_t length = size - at < piece ? size - at : piece;

		while (length > 0) {
			const char *text = NULL;
			size_t used = 0, text_length = 0;
			enum qmp_frame frame = qmp_framer_feed(&framer, bytes, length, &used, &text, &text_length);

			must(used <= length);
			if (frame == QMP_FRAME_TOO_LONG) {
				qmp_framer_clear(&framer);
				return 0;
			}
			if (frame == QMP_FRAME_MESSAGE)
				look_at_message(text, text_length);
			must(used > 0 || frame != QMP_FRAME_MORE);
			bytes += used;
			length -= used;
		}
	}
	qmp_framer_clear(&framer);
	return 0;
}
