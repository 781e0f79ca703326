/* SPDX-License-Identifier: Apache-2.0 */
/*
 * standalone.c - main() of a fuzz target without libFuzzer: feeds it every file
 * of the folders (or files) named, and every beginning of small ones, each in
 * memory of exactly its size so that the sanitizers see one byte too far.
 */
#include <dirent.h>
#include <string.h>
#include <sys/stat.h>

#include "fuzz.h"

enum { FILE_MAX = 16 << 20, PATH_CAP = 4096, BEGINNINGS_MAX = 1024 };

static void feed(const uint8_t *bytes, size_t size) {
  uint8_t *exact = malloc(size > 0 ? size : 1);
  FUZZ_CLAIM(exact != NULL);
  if (size > 0)
    memcpy(exact, bytes, size);
  (void)LLVMFuzzerTestOneInput(exact, size);
  free(exact);
}

static int feed_file(const char *path) {
  FILE *file = fopen(path, "rb");
  uint8_t *bytes = malloc(FILE_MAX);
  size_t size = file != NULL && bytes != NULL ? fread(bytes, 1, FILE_MAX, file) : 0;
  int ok = file != NULL && bytes != NULL && !ferror(file) && size < FILE_MAX;
  if (file != NULL)
    (void)fclose(file);
  if (!ok) {
    (void)fprintf(stderr, "%s: cannot be read\n", path);
    free(bytes);
    return -1;
  }
  (void)printf("%s\n", path); /* the last one printed is the one that crashed */
  (void)fflush(stdout);
  feed(bytes, size);
  for (size_t n = 0; size <= BEGINNINGS_MAX && n < size; n++)
    feed(bytes, n);
  free(bytes);
  return 1;
}

static int visible(const struct dirent *entry) {
  return entry->d_name[0] != '.';
}

/* The number of files fed, -1 on failure. */
static int feed_path(const char *path) {
  struct stat st;
  if (stat(path, &st) == 0 && !S_ISDIR(st.st_mode))
    return feed_file(path);
  struct dirent **entries = NULL;
  int n = scandir(path, &entries, visible, alphasort), fed = 0;
  if (n < 0)
    (void)fprintf(stderr, "%s: cannot be read\n", path);
  for (int i = 0; i < n; i++) {
    char name[PATH_CAP];
    int len = snprintf(name, sizeof name, "%s/%s", path, entries[i]->d_name);
    int result = fed < 0 || len < 0 || (size_t)len >= sizeof name ? -1 : feed_file(name);
    fed = result < 0 ? -1 : fed + result;
    free(entries[i]);
  }
  free(entries);
  return n < 0 ? -1 : fed;
}

int main(int argc, char **argv) {
  int total = 0;
  for (int i = 1; i < argc; i++) {
    int fed = feed_path(argv[i]);
    if (fed < 0)
      return EXIT_FAILURE;
    total += fed;
  }
  (void)printf("%d inputs\n", total);
  return total > 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
