/* Judges a claim file by the newest release of a channel, and looks a code up.
 *
 *   cc check.c -lwarifu -o check && ./check CHANNEL ROOT REMEMBERED KIND CODE DAY CLAIMS.UKE
 *
 * Status: 0 done, 1 the file has errors, 2 could not run, 3 the release is not trusted. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <warifu.h>

/* A text has a length, and no NUL behind it. */
static void print(FILE *to, WarifuText text) {
    fwrite(text.data, 1, text.length, to);
}

/* Says why, in both languages, and ends. */
static int give_up(WarifuError *error) {
    WarifuStatus status = warifu_error_status(error);
    WarifuText english, japanese;
    if (warifu_error_message(error, WARIFU_ENGLISH, &english) == WARIFU_STATUS_OK &&
        warifu_error_message(error, WARIFU_JAPANESE, &japanese) == WARIFU_STATUS_OK) {
        print(stderr, english);
        fputs("\n", stderr);
        print(stderr, japanese);
        fputs("\n", stderr);
    }
    warifu_error_close(&error);
    return status == WARIFU_STATUS_REFUSED || status == WARIFU_STATUS_EXPIRED ? 3 : 2;
}

static uint8_t *read_whole(const char *path, size_t *length) {
    FILE *file = fopen(path, "rb");
    if (!file || fseek(file, 0, SEEK_END) != 0) { perror(path); exit(2); }
    long size = ftell(file);
    rewind(file);
    uint8_t *bytes = malloc(size > 0 ? (size_t)size : 1);
    if (size < 0 || !bytes || fread(bytes, 1, (size_t)size, file) != (size_t)size) { perror(path); exit(2); }
    fclose(file);
    *length = (size_t)size;
    return bytes;
}

static uint32_t kind_of(const char *name) {
    if (!strcmp(name, "procedure")) return WARIFU_PROCEDURE;
    if (!strcmp(name, "drug")) return WARIFU_DRUG;
    if (!strcmp(name, "material")) return WARIFU_MATERIAL;
    if (!strcmp(name, "disease")) return WARIFU_DISEASE;
    if (!strcmp(name, "modifier")) return WARIFU_MODIFIER;
    return WARIFU_COMMENT;
}

static const char *const standings[] = {"", "in force", "abolished", "unknown", "not known", "not held"};

int main(int argc, char **argv) {
    if (argc != 8) { fprintf(stderr, "see the head of check.c\n"); return 2; }
    WarifuError *error = NULL;

    /* What is not named stays null. */
    WarifuSource source = {.channel = argv[1], .root = argv[2], .remembered = argv[3]};
    WarifuRelease *release = NULL;
    if (warifu_open(&source, &release, &error) != WARIFU_STATUS_OK) return give_up(error);

    int ended = 2;
    WarifuAnswer *answer = NULL;
    uint8_t *bytes = NULL;
    WarifuText text;
    if (warifu_release_about(release, &text, &error) != WARIFU_STATUS_OK) goto failed;
    print(stderr, text);
    fputs("\n", stderr);

    WarifuRecord record;
    uint32_t code = (uint32_t)strtoul(argv[5], NULL, 10), day = (uint32_t)strtoul(argv[6], NULL, 10);
    if (warifu_look_up(release, kind_of(argv[4]), code, day, &record, &error) != WARIFU_STATUS_OK) goto failed;
    fprintf(stderr, "%09" PRIu32 " on %" PRIu32 ": %s, ", code, day, standings[record.standing]);
    print(stderr, record.name);
    fputs(" (", stderr);
    print(stderr, record.series);
    fputs(")", stderr);
    if (record.day) fprintf(stderr, ", %" PRIu32, record.day);
    if (record.amount_kind != WARIFU_AMOUNT_KIND_NONE) {
        fprintf(stderr, ", %" PRIu64 ".%02" PRIu64, record.amount_hundredths / 100, record.amount_hundredths % 100);
    }
    fputs("\n", stderr);

    size_t length;
    bytes = read_whole(argv[7], &length);
    if (warifu_check(release, bytes, length, &answer, &error) != WARIFU_STATUS_OK) goto failed;
    /* All lines at once; warifu_answer_line gives them one by one. */
    if (warifu_answer_lines(answer, &text, &error) != WARIFU_STATUS_OK) goto failed;
    print(stdout, text);
    WarifuSummary summary;
    if (warifu_answer_summary(answer, &summary, &error) != WARIFU_STATUS_OK) goto failed;
    ended = summary.errors > 0 ? 1 : 0;

failed:
    if (error) ended = give_up(error);
    free(bytes);
    warifu_answer_close(&answer, NULL);
    warifu_release_close(&release, NULL);
    return ended;
}
