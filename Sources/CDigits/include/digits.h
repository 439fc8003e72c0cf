// Optical recognition of handwritten digits (UCI), 1,797 images of 8x8: gzip of CSV, 64 pixels 0..16 and the label a line.
#pragma once
extern const unsigned long ls_digits_gzip_count;
const unsigned char *ls_digits_bytes(void);
