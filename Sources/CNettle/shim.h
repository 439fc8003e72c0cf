// SHA-256 from nettle, as the system installs it.
#pragma once
#include <nettle/sha2.h>
