#include <ATen/Parallel.h>
#include <dlfcn.h>

#include <algorithm>
#include <exception>
#include <mutex>

#include "Tile.h"

namespace ctorch {
namespace {

using Body = std::function<void(int64_t, int64_t)>;

/// The entry of the OpenMP runtime that libtorch itself runs on. Its own `at::parallel_for` is a template that needs a
/// compiler switch in every package that uses it; without one it silently runs on one thread.
using Launch = void (*)(void (*)(void *), void *, unsigned, unsigned);
using ThreadNumber = int (*)();

struct Team {
  Launch launch = reinterpret_cast<Launch>(dlsym(RTLD_DEFAULT, "GOMP_parallel"));
  ThreadNumber number = reinterpret_cast<ThreadNumber>(dlsym(RTLD_DEFAULT, "omp_get_thread_num"));
  ThreadNumber inParallel = reinterpret_cast<ThreadNumber>(dlsym(RTLD_DEFAULT, "omp_in_parallel"));
  bool works() const { return launch != nullptr && number != nullptr && inParallel != nullptr && !inParallel(); }
};

struct Job {
  const Body *body;
  ThreadNumber number;
  int64_t count, threads;
  std::exception_ptr failure;
  std::mutex mutex;
};

void runPart(void *pointer) {
  auto *job = static_cast<Job *>(pointer);
  const int64_t thread = job->number();
  const int64_t begin = job->count * thread / job->threads;
  const int64_t end = job->count * (thread + 1) / job->threads;
  if (begin >= end) return;
  try {
    (*job->body)(begin, end);
  } catch (...) {
    // An exception must not leave the thread's function.
    std::lock_guard<std::mutex> lock(job->mutex);
    job->failure = std::current_exception();
  }
}

int measuredVectorWidth() {
  __builtin_cpu_init();
  if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512bw") &&
      __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512cd")) {
    return 512;
  }
  return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") && __builtin_cpu_supports("bmi2") ? 256 : 128;
}

}  // namespace

thread_local int vectorLimit = 512;

int vectorWidth() {
  static const int width = measuredVectorWidth();
  return std::min(width, vectorLimit);
}

int64_t threadCount() { return at::get_num_threads(); }

void parallelFor(int64_t count, int64_t grain, const Body &body) {
  static const Team team;
  const int64_t parts = (count + std::max<int64_t>(grain, 1) - 1) / std::max<int64_t>(grain, 1);
  const int64_t threads = std::min<int64_t>(threadCount(), parts);
  if (threads <= 1 || !team.works()) {
    if (count > 0) body(0, count);
    return;
  }
  Job job{&body, team.number, count, threads, nullptr, {}};
  team.launch(runPart, &job, static_cast<unsigned>(threads), 0);
  if (job.failure) std::rethrow_exception(job.failure);
}

}  // namespace ctorch
