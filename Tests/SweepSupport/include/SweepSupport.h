// What tests know of the elementary functions by other routes.
#pragma once
#include "bounds.h"
#include "sweep.h"
