/* Nanoseconds of a lookup through the library, for look_up.rs: look_up CHANNEL ROOT ROUNDS MANY, and on
 * standard input a line "kind code day" for each lookup of a round; MANY of them are asked by one call. Prints
 * those of each round, and how many were in force. */
#define _POSIX_C_SOURCE 200809L
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include <warifu.h>

int main(int argc, char **argv) {
    if (argc != 5) return 2;
    WarifuSource source = {.channel = argv[1], .root = argv[2]};
    WarifuRelease *release = NULL;
    if (warifu_open(&source, &release, NULL)) return 2;
    size_t room = 1u << 20, count = 0;
    size_t many = strtoul(argv[4], NULL, 10);
    WarifuQuestion *asked = malloc(room * sizeof *asked);
    WarifuRecord *records = malloc(many * sizeof *records);
    while (count < room && scanf("%u %u %u", &asked[count].kind, &asked[count].code, &asked[count].day) == 3) count++;
    for (int round = atoi(argv[3]); round > 0; round--) {
        struct timespec begin, end;
        unsigned long long in_force = 0, lengths = 0;
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &begin);
        for (size_t at = 0; at < count && many == 1; at++) {
            WarifuRecord record;
            if (warifu_look_up(release, asked[at].kind, asked[at].code, asked[at].day, &record, NULL)) return 2;
            in_force += record.standing == WARIFU_STANDING_IN_FORCE;
            lengths += record.name.length;
        }
        for (size_t from = 0; from < count && many > 1; from += many) {
            size_t so_many = count - from < many ? count - from : many;
            if (warifu_look_up_all(release, asked + from, so_many, records, NULL)) return 2;
            for (size_t at = 0; at < so_many; at++) {
                in_force += records[at].standing == WARIFU_STANDING_IN_FORCE;
                lengths += records[at].name.length;
            }
        }
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &end);
        double took = (end.tv_sec - begin.tv_sec) * 1e9 + (end.tv_nsec - begin.tv_nsec);
        printf("%.3f %llu %llu\n", took / count, in_force, lengths);
    }
    warifu_release_close(&release, NULL);
    free(asked);
    free(records);
    return 0;
}
