// The built-in data set, embedded as the gzip file that Fixtures/ holds.
#include "digits.h"

#pragma clang diagnostic ignored "-Wc23-extensions"

static const unsigned char gzip[] = {
#embed "../../Fixtures/digits.csv.gz"
};
const unsigned long ls_digits_gzip_count = sizeof gzip;

// A function, because Swift does not import an array of unknown size.
const unsigned char *ls_digits_bytes(void) { return gzip; }
