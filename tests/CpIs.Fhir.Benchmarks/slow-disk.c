// Makes every fdatasync and fsync take 7 ms longer, as an ordinary disk would: a figure measured on a fast disk says little
// about group commit. Build and use:
//   cc -shared -fPIC -O2 -o slow-disk.so tests/CpIs.Fhir.Benchmarks/slow-disk.c -ldl
//   LD_PRELOAD=$PWD/slow-disk.so dotnet out/CpIs.Fhir.Server.dll --demo --bench
//   LD_PRELOAD=$PWD/slow-disk.so dotnet tests/CpIs.Fhir.Benchmarks/bin/Release/net10.0/CpIs.Fhir.Benchmarks.dll bench ...
//   (so that the floor of the store is measured on the same disk)
#define _GNU_SOURCE
#include <dlfcn.h>
#include <time.h>

static int later(const char *name, int fd)
{
    const struct timespec delay = {0, 7000000};
    int (*real)(int) = (int (*)(int))dlsym(RTLD_NEXT, name);
    nanosleep(&delay, 0);
    return real(fd);
}

int fdatasync(int fd) { return later("fdatasync", fd); }
int fsync(int fd) { return later("fsync", fd); }
