/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Fuzzes the readers of images' heads: whatever a file begins with, the answer is bounded, and what is said of it is
 * consistent. */
#include "base/memory.h"
#include "base/text.h"
#include "storage/image.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	_cleanup_error_ struct error err = ERROR_INIT;
	_cleanup_image_ struct image image = { 0 };

	if (size < 2)
		return 0;
	/* The first byte: what the image is said to be. The second: how large its file is; 0: no larger than what is there. */
	enum image_format stated = (enum image_format)(data[0] % IMAGE_FORMAT_COUNT);
	uint64_t bytes = data[1] % 63 != 0 ? UINT64_C(1) << data[1] % 63 : size - 2;

	if (!image_parse(data + 2, size - 2, bytes, "image", stated, &image, &err)) {
		if (err.code == ERROR_NONE || image.backing_file != NULL)
			abort();
		return 0;
	}
	if (image.format == IMAGE_UNKNOWN || (stated != IMAGE_UNKNOWN && image.format != stated))
		abort();
	if (stated == IMAGE_RAW && (image.backing_file != NULL || image.virtual_bytes != bytes))
		abort();
	if (image.format == IMAGE_QCOW2 &&
	    (image.cluster_bits < 9 || image.cluster_bits > 21 || image.virtual_bytes > INT64_MAX))
		abort();
	if (image.backing_file != NULL && (strlen(image.backing_file) > 1023 || !utf8_valid(image.backing_file, strlen(image.backing_file))))
		abort();
	if (image.format == IMAGE_QCOW2 && (uint64_t)image.snapshots * 40 > bytes)
		abort();
	return 0;
}
