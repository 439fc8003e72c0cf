// A region is open while `opened` is its number. A worker counts itself in before it looks at `opened`; the caller closes the
// region before it looks at that count. Both are sequentially consistent, so either the worker sees that the region is closed,
// or the caller sees the worker and waits: nobody reads a region that is being written.
#include "pool.h"
#include <pthread.h>
#include <stdatomic.h>
#include <time.h>
#include <sched.h>
#include "host.h"

#define LS_LOOK_NANOSECONDS 200000  // before a worker sleeps

static pthread_mutex_t region = PTHREAD_MUTEX_INITIALIZER;  // held by the caller whose region it is
static pthread_mutex_t bed = PTHREAD_MUTEX_INITIALIZER;     // for those who sleep
static pthread_cond_t wake = PTHREAD_COND_INITIALIZER;
static atomic_int sleepers, inside, places;
static atomic_uint_fast64_t opened, next;
static uint64_t number;
static int32_t workers;
static int64_t count;
static void (*work)(void *, int64_t);
static void *context;

static void breathe(void) {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  __asm__ volatile("yield");
#endif
}

static int64_t now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (int64_t)time.tv_sec * 1000000000 + time.tv_nsec;
}

static void iterate(void) {
  const ls_mode mode = ls_mode_begin();
  for (uint64_t i; (i = atomic_fetch_add(&next, 1)) < (uint64_t)count;) work(context, (int64_t)i);
  ls_mode_end(mode);
}

static bool is_new(uint64_t last) {
  const uint64_t now_open = atomic_load(&opened);
  return now_open != 0 && now_open != last;
}

static void *serve(void *unused) {
  (void)unused;
  uint64_t last = 0;
  for (;;) {
    for (int64_t end = now() + LS_LOOK_NANOSECONDS; !is_new(last) && now() < end;)
      for (int i = 0; i < 64 && !is_new(last); i++) breathe();
    if (!is_new(last)) {
      pthread_mutex_lock(&bed);
      atomic_fetch_add(&sleepers, 1);
      while (!is_new(last)) pthread_cond_wait(&wake, &bed);
      atomic_fetch_sub(&sleepers, 1);
      pthread_mutex_unlock(&bed);
    }
    atomic_fetch_add(&inside, 1);
    const uint64_t found = atomic_load(&opened);
    if (found != 0 && found != last) {
      last = found;
      if (atomic_fetch_sub(&places, 1) > 0) iterate();
    }
    atomic_fetch_sub(&inside, 1);
  }
  return NULL;
}

// As many workers as are wanted, or as the system gives.
static void hire(int32_t wanted) {
  while (workers < wanted) {
    pthread_t thread;
    if (pthread_create(&thread, NULL, serve, NULL) != 0) return;
    pthread_detach(thread);
    workers++;
  }
}

bool ls_run_concurrently(int64_t iterations, int32_t threads, void (*body)(void *, int64_t), void *data) {
  if (pthread_mutex_trylock(&region) != 0) return false;
  const int32_t helpers = (int32_t)(iterations < threads ? iterations : threads) - 1;
  hire(helpers);
  count = iterations, work = body, context = data;
  atomic_store(&next, 0);
  atomic_store(&places, helpers);
  atomic_store(&opened, ++number);
  if (helpers > 0 && atomic_load(&sleepers) > 0) {
    pthread_mutex_lock(&bed);
    pthread_cond_broadcast(&wake);
    pthread_mutex_unlock(&bed);
  }
  iterate();
  atomic_store(&opened, 0);
  for (int looks = 0; atomic_load(&inside) > 0; looks++) {
    if (looks < 20000) breathe();
    else sched_yield();
  }
  pthread_mutex_unlock(&region);
  return true;
}
