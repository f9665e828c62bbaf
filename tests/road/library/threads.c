/* Threads judge by one release at once, and each gets what one alone gets: threads CHANNEL ROOT CLAIMS.UKE */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <warifu.h>

enum { THREADS = 8, TIMES = 20 };

static WarifuRelease *release;
static uint8_t *bytes;
static size_t length;
static WarifuText expected;

static void *judge(void *unused) {
    (void)unused;
    for (int time = 0; time < TIMES; time++) {
        WarifuAnswer *answer = NULL;
        WarifuError *error = NULL;
        WarifuText lines, about;
        WarifuRecord record;
        int is_same = warifu_check(release, bytes, length, &answer, &error) == WARIFU_STATUS_OK &&
            warifu_answer_lines(answer, &lines, &error) == WARIFU_STATUS_OK && lines.length == expected.length &&
            memcmp(lines.data, expected.data, lines.length) == 0 &&
            warifu_look_up(release, WARIFU_PROCEDURE, 111000110, 20240610, &record, &error) == WARIFU_STATUS_OK &&
            record.standing == WARIFU_STANDING_IN_FORCE &&
            warifu_release_about(release, &about, &error) == WARIFU_STATUS_OK && about.length > 0 &&
            /* And errors are each thread's own. */
            warifu_look_up(release, 9, 1, 1, &record, &error) == WARIFU_STATUS_MISUSE && error;
        warifu_answer_close(&answer, NULL);
        warifu_error_close(&error);
        if (!is_same) return (void *)1;
    }
    return NULL;
}

int main(int argc, char **argv) {
    if (argc != 4) return 2;
    FILE *file = fopen(argv[3], "rb");
    if (!file) return 2;
    bytes = malloc(1u << 20);
    length = fread(bytes, 1, 1u << 20, file);
    fclose(file);
    WarifuSource source = {.channel = argv[1], .root = argv[2]};
    WarifuAnswer *alone = NULL;
    if (warifu_open(&source, &release, NULL) || warifu_check(release, bytes, length, &alone, NULL) ||
        warifu_answer_lines(alone, &expected, NULL)) {
        return 2;
    }
    pthread_t threads[THREADS];
    int failed = 0;
    for (int at = 0; at < THREADS; at++) failed |= pthread_create(&threads[at], NULL, judge, NULL);
    for (int at = 0; at < THREADS; at++) {
        void *differs;
        failed |= pthread_join(threads[at], &differs) || differs != NULL;
    }
    warifu_answer_close(&alone, NULL);
    warifu_release_close(&release, NULL);
    free(bytes);
    return failed;
}
