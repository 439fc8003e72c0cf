// libzip (npz archives) and zlib (gz files), as the system installs them.
#pragma once
#include <zip.h>
#include <zlib.h>
