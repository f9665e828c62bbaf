/* Every wrong call is an error with both messages, and no crash: misuse CHANNEL ROOT CLAIMS.UKE MEBIBYTES */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <warifu.h>

static int failed = 0;

/* That a call ended with this status, and says why in both languages unless it was done. */
static void ends(const char *what, WarifuStatus status, WarifuStatus expected, WarifuError **error) {
    if (status != expected) {
        fprintf(stderr, "%s: status %d, not %d\n", what, (int)status, (int)expected);
        failed = 1;
    }
    if (!error) return;
    if (status == WARIFU_STATUS_OK) {
        if (*error) { fprintf(stderr, "%s: done, and an error\n", what); failed = 1; }
        return;
    }
    WarifuText english = {NULL, 0}, japanese = {NULL, 0};
    if (!*error || warifu_error_status(*error) != status ||
        warifu_error_message(*error, WARIFU_ENGLISH, &english) != WARIFU_STATUS_OK || english.length == 0 ||
        warifu_error_message(*error, WARIFU_JAPANESE, &japanese) != WARIFU_STATUS_OK || japanese.length == 0 ||
        (english.length == japanese.length && memcmp(english.data, japanese.data, english.length) == 0)) {
        fprintf(stderr, "%s: no error with two messages\n", what);
        failed = 1;
    } else {
        printf("%s: %.*s / %.*s\n", what, (int)english.length, english.data, (int)japanese.length, japanese.data);
    }
    warifu_error_close(error);
    if (*error) { fprintf(stderr, "%s: not closed\n", what); failed = 1; }
}

#define OF(expected, call) ends(#call, call, WARIFU_STATUS_##expected, &error)

int main(int argc, char **argv) {
    if (argc != 5) return 2;
    WarifuError *error = NULL;
    WarifuRelease *release = (WarifuRelease *)(intptr_t)0x10;
    WarifuAnswer *answer = (WarifuAnswer *)(intptr_t)0x10;
    WarifuRecord record;
    WarifuSummary summary;
    WarifuText text;
    const char *not_utf8 = "channel\xff";

    /* Opening. */
    WarifuSource good = {.channel = argv[1], .root = argv[2]}, source = {0};
    OF(MISUSE, warifu_open(NULL, &release, &error));
    if (release) { fputs("a release in spite of an error\n", stderr); failed = 1; }
    OF(MISUSE, warifu_open(&source, &release, &error));
    source = good, source.root = NULL;
    OF(MISUSE, warifu_open(&source, &release, &error));
    source = good, source.channel = not_utf8;
    OF(NOT_UTF8, warifu_open(&source, &release, &error));
    source = good, source.schemas = not_utf8;
    OF(NOT_UTF8, warifu_open(&source, &release, &error));
    source = good, source.root = "/nowhere/root.json";
    OF(HERE, warifu_open(&source, &release, &error));
    source = good, source.root = argv[3];
    OF(HERE, warifu_open(&source, &release, &error));
    source = good, source.policy = argv[3];
    OF(HERE, warifu_open(&source, &release, &error));
    source = good, source.channel = "/nowhere";
    OF(UNAVAILABLE, warifu_open(&source, &release, &error));
    OF(MISUSE, warifu_open(&good, NULL, &error));
    OF(MISUSE, warifu_open(&good, (WarifuRelease **)((char *)&release + 1), &error));
    /* Whoever does not want to know why is told the status. */
    ends("no error wanted", warifu_open(NULL, NULL, NULL), WARIFU_STATUS_MISUSE, NULL);
    OF(OK, warifu_open(&good, &release, &error));

    /* Looking up. */
    OF(MISUSE, warifu_look_up(NULL, WARIFU_DRUG, 1, 20240601, &record, &error));
    OF(MISUSE, warifu_look_up(release, WARIFU_DRUG, 1, 20240601, NULL, &error));
    OF(MISUSE, warifu_look_up(release, 0, 1, 20240601, &record, &error));
    OF(MISUSE, warifu_look_up(release, 77, 1, 20240601, &record, &error));
    OF(MISUSE, warifu_look_up(release, WARIFU_DRUG, 0, 20240601, &record, &error));
    OF(MISUSE, warifu_look_up(release, WARIFU_DRUG, UINT32_MAX, 20240601, &record, &error));
    OF(MISUSE, warifu_look_up(release, WARIFU_DRUG, 1, 20240631, &record, &error));
    OF(MISUSE, warifu_look_up(release, WARIFU_DRUG, 1, UINT32_MAX, &record, &error));
    WarifuQuestion asked[2] = {{WARIFU_DRUG, 1, 20240601}, {WARIFU_DRUG, 1, 20240631}};
    WarifuRecord records[2];
    OF(OK, warifu_look_up_all(release, NULL, 0, NULL, &error));
    OF(OK, warifu_look_up_all(release, asked, 1, records, &error));
    OF(MISUSE, warifu_look_up_all(release, asked, 2, records, &error));
    OF(MISUSE, warifu_look_up_all(release, asked, SIZE_MAX / 2, records, &error));
    OF(MISUSE, warifu_look_up_all(release, NULL, 1, records, &error));
    OF(MISUSE, warifu_look_up_all(release, asked, 1, NULL, &error));
    OF(MISUSE, warifu_look_up_all(NULL, asked, 1, records, &error));
    OF(MISUSE, warifu_release_about(release, NULL, &error));

    /* Judging. */
    OF(MISUSE, warifu_check(release, NULL, 7, &answer, &error));
    if (answer) { fputs("an answer in spite of an error\n", stderr); failed = 1; }
    OF(MISUSE, warifu_check(release, (const uint8_t *)"", 0, &answer, &error));
    OF(MISUSE, warifu_check(release, (const uint8_t *)"IR", 2, NULL, &error));
    OF(MISUSE, warifu_check(NULL, (const uint8_t *)"IR", 2, &answer, &error));
    OF(TOO_LARGE, warifu_check(release, (const uint8_t *)"IR", SIZE_MAX, &answer, &error));

    /* So many MiB of anything are a claim file with findings. */
    size_t length = (size_t)atoi(argv[4]) << 20;
    uint8_t *garbage = malloc(length);
    uint32_t chance = 1;
    for (size_t at = 0; at < length; at++) {
        chance ^= chance << 13, chance ^= chance >> 17, chance ^= chance << 5;
        garbage[at] = (uint8_t)chance;
    }
    OF(OK, warifu_check(release, garbage, length, &answer, &error));
    free(garbage);
    OF(OK, warifu_answer_summary(answer, &summary, &error));
    if (summary.findings == 0) { fputs("garbage without a finding\n", stderr); failed = 1; }
    OF(OK, warifu_answer_line(answer, (size_t)summary.lines - 1, &text, &error));
    OF(MISUSE, warifu_answer_line(answer, (size_t)summary.lines, &text, &error));
    OF(MISUSE, warifu_answer_line(answer, SIZE_MAX, &text, &error));
    OF(MISUSE, warifu_answer_lines(answer, NULL, &error));

    /* A handle of another kind, and one that was closed. */
    OF(MISUSE, warifu_answer_summary((WarifuAnswer *)release, &summary, &error));
    OF(MISUSE, warifu_release_about((WarifuRelease *)answer, &text, &error));
    OF(MISUSE, warifu_release_close((WarifuRelease **)&answer, &error));
    OF(MISUSE, warifu_release_close(NULL, &error));
    ends("an error that is none", warifu_error_status((WarifuError *)release), WARIFU_STATUS_MISUSE, NULL);
    ends("an error that is null", warifu_error_status(NULL), WARIFU_STATUS_MISUSE, NULL);
    ends("no message", warifu_error_message(NULL, WARIFU_ENGLISH, &text), WARIFU_STATUS_MISUSE, NULL);
    warifu_open(NULL, NULL, &error);
    ends("no language", warifu_error_message(error, 5, &text), WARIFU_STATUS_MISUSE, NULL);
    ends("an error is no release", warifu_release_close((WarifuRelease **)&error, NULL), WARIFU_STATUS_MISUSE, NULL);
    ends("an error is closed", warifu_error_close(&error), WARIFU_STATUS_OK, NULL);
    ends("and once more", warifu_error_close(&error), WARIFU_STATUS_OK, NULL);
    /* What a release gave goes with it; an answer stays. */
    OF(OK, warifu_release_close(&release, &error));
    if (release) { fputs("the release is not null\n", stderr); failed = 1; }
    OF(OK, warifu_release_close(&release, &error));
    OF(MISUSE, warifu_release_about(release, &text, &error));
    WarifuAnswer *other = NULL;
    OF(MISUSE, warifu_check(release, (const uint8_t *)"IR", 2, &other, &error));
    OF(OK, warifu_answer_lines(answer, &text, &error));
    OF(OK, warifu_answer_close(&answer, &error));
    OF(OK, warifu_answer_close(&answer, &error));
    OF(MISUSE, warifu_answer_lines(answer, &text, &error));
    return failed;
}
