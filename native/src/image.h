/*
 * Images: for each, one mount namespace prepared in advance that holds nothing but the image's read-only root and a
 * minimal /dev. An execution enters it and takes a copy of its own, so the host's files are never in its mount tree
 * and no pivot_root is needed while a request waits.
 */
#ifndef CODEEXEC_IMAGE_H
#define CODEEXEC_IMAGE_H

#include "protocol.h"

#define IMAGE_MAX_LAYERS 16

/* Prepares `name` from directories stacked topmost first, replacing an earlier one. Returns NULL or what failed. */
const char *image_register(struct bytes name, const struct bytes *layers, unsigned layer_count);
/* The namespace's descriptor, or -1 when no image has that name. */
int image_namespace(struct bytes name);

#endif
