// Umbrella of the C kernels.
#pragma once
#include "operations.h"
#include "elementary.h"
#include "host.h"
#include "ieee.h"
#include "soft.h"
#include "big.h"
#include "interval.h"
#include "encoding.h"
#include "measure.h"
#include "lanes.h"
#include "pool.h"
