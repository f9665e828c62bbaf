// libwarifu: a claim checker inside another program. docs/libwarifu.md has the whole of it.
//
// Every function that can fail returns a WarifuStatus. What is handed out by `Something **something` is a
// handle: the caller closes it by the function that ends in _close, once, when no thread uses it any more.
// What is handed out as WarifuText belongs to the handle that gave it. Whatever is handed in stays the
// caller's.
//
// `error` may be null. Else it is given null when the call was done, and when it was not an error that the
// caller closes with warifu_error_close: an error that lies there already is not closed by that.
//
// Written by cbindgen; do not change it by hand.

#ifndef WARIFU_H
#define WARIFU_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

// A procedure (診療行為).
#define WARIFU_PROCEDURE 1

// A drug (医薬品).
#define WARIFU_DRUG 2

// A material (特定器材).
#define WARIFU_MATERIAL 3

// A comment (コメント).
#define WARIFU_COMMENT 4

// A disease (傷病名), in use or former: a code of seven digits.
#define WARIFU_DISEASE 5

// A modifier of a disease (修飾語): a code of four digits.
#define WARIFU_MODIFIER 6

// The language of a message: English.
#define WARIFU_ENGLISH 0

// The language of a message: Japanese.
#define WARIFU_JAPANESE 1

// How a call ended. Every status but WARIFU_STATUS_OK comes with an error that says why, in English and
// Japanese, but from the functions of errors themselves.
typedef enum {
  // It was done.
  WARIFU_STATUS_OK = 0,
  // The call is not right: a null pointer, a handle of another kind or a closed one, a day that is none,
  // an empty claim file. The calling program is to be mended.
  WARIFU_STATUS_MISUSE = 1,
  // A text that was handed in is not UTF-8.
  WARIFU_STATUS_NOT_UTF8 = 2,
  // The channel has no release, or cannot be read. Try again later.
  WARIFU_STATUS_UNAVAILABLE = 3,
  // What was signed has expired. Have it signed anew, or see to this machine's clock.
  WARIFU_STATUS_EXPIRED = 4,
  // It is not trusted: unsigned, signed by too few, changed, withdrawn, older than what was seen before.
  WARIFU_STATUS_REFUSED = 5,
  // It is trusted, but its masters cannot be used for checks.
  WARIFU_STATUS_BAD_DATA = 6,
  // The claim file is larger than one may be (64 MiB).
  WARIFU_STATUS_TOO_LARGE = 7,
  // A file of this machine (root, policy, schemas, what is remembered) cannot be read or written, or is
  // not right.
  WARIFU_STATUS_HERE = 8,
  // A fault of this library; the handles that took part are to be closed.
  WARIFU_STATUS_BROKEN = 9,
} WarifuStatus;

// How a code stands on a day.
typedef enum {
  // A record is in force.
  WARIFU_STANDING_IN_FORCE = 1,
  // It could last be used before that day: on `day`.
  WARIFU_STANDING_ABOLISHED = 2,
  // The series that governs the day does not list the code: not yet, not any more, or not at all.
  WARIFU_STANDING_UNKNOWN = 3,
  // No publication that the release holds tells what the code was then. Nothing follows from that. From
  // `day` on one does tell, where it is not 0.
  WARIFU_STANDING_NOT_KNOWN = 4,
  // No series that the release holds governs the day.
  WARIFU_STANDING_NOT_HELD = 5,
} WarifuStanding;

// How an amount is meant.
typedef enum {
  // There is none: the code is not in force, or is that of a comment, a disease or a modifier.
  WARIFU_AMOUNT_KIND_NONE = 0,
  // Points added (点数識別 3).
  WARIFU_AMOUNT_KIND_POINTS = 1,
  // Points taken off (8).
  WARIFU_AMOUNT_KIND_POINTS_OFF = 2,
  // A percentage added (点数識別 5, 金額種別 5).
  WARIFU_AMOUNT_KIND_PERCENT = 3,
  // A percentage taken off (6).
  WARIFU_AMOUNT_KIND_PERCENT_OFF = 4,
  // Yen: of a procedure (1), or of one unit of a drug or a material (金額種別 1).
  WARIFU_AMOUNT_KIND_YEN = 5,
  // What stands there is not told by its kind alone: the claim records the amount, or a rule makes it.
  WARIFU_AMOUNT_KIND_OTHER = 6,
} WarifuAmountKind;

// What a claim file came to. It is never changed: any number of threads may use it at once.
// warifu_answer_close closes it.
typedef struct WarifuAnswer WarifuAnswer;

// An error that the caller holds and closes.
typedef struct WarifuError WarifuError;

// A release that judges. It is never changed: any number of threads may use it at once. warifu_release_close
// closes it, when nobody uses it any more.
typedef struct WarifuRelease WarifuRelease;

// What a claim file came to, in numbers.
typedef struct {
  // The number of the release that judged.
  uint64_t release;
  // Claims in the file.
  uint64_t claims;
  // Items and comments looked up.
  uint64_t items;
  // Findings altogether.
  uint64_t findings;
  // Of these, errors.
  uint64_t errors;
  // Of these, items that could not be judged.
  uint64_t unjudged;
  // Of these, notices: told, and processed as right.
  uint64_t notices;
  // Findings that were only counted: no line says them.
  uint64_t left_out;
  // Lines of the answer: the findings that are said, and the summary at last.
  uint64_t lines;
} WarifuSummary;

// Text in UTF-8: `length` bytes from `data` on. No NUL follows it. It belongs to the handle that gave it and
// is there until that is closed; nobody frees it. `data` is never null.
typedef struct {
  // The first byte.
  const char *data;
  // How many bytes.
  size_t length;
} WarifuText;

// Where a release is opened from. All texts are paths in UTF-8, ended by NUL; they stay the caller's, and
// are not used after the call. Begin with a struct of zeros.
typedef struct {
  // The folder of the channel, as `warifu release publish` or `warifu channel copy` wrote it.
  const char *channel;
  // The file of the root that is trusted, as both organisations gave it out.
  const char *root;
  // The folder that remembers what was accepted, so that nothing older is accepted later; it is made when
  // it is not there. Null: nothing is remembered, and an older copy of the channel is not noticed.
  const char *remembered;
  // The file that says what this side demands of releases (docs/trust.md). Null: what is built in.
  const char *policy;
  // The folder of the site's schemas. Null: those that are built in.
  const char *schemas;
} WarifuSource;

// What a release says of a code on a day. The texts belong to the release.
typedef struct {
  // How the code stands.
  WarifuStanding standing;
  // A day as the number YYYYMMDD, as `standing` says; else 0.
  uint32_t day;
  // The name of the record, or of the one that was abolished; empty where none is known.
  WarifuText name;
  // The series that governs the day, such as r06; empty where none does.
  WarifuText series;
  // How the points of a procedure or the price of a drug or a material are meant.
  WarifuAmountKind amount_kind;
  // The points, the percentage or the price, in hundredths; 0 where there is none.
  uint64_t amount_hundredths;
} WarifuRecord;

// What is asked of a release: a code of a kind (WARIFU_PROCEDURE and so on) on a treatment day.
typedef struct {
  // The kind.
  uint32_t kind;
  // The code, as a number.
  uint32_t code;
  // The day, as the number YYYYMMDD.
  uint32_t day;
} WarifuQuestion;

#ifdef __cplusplus
extern "C" {
#endif // __cplusplus

// Judges the claim file (UKE) of `length` bytes at `bytes`, which stay the caller's and are not used after
// the call. Whatever is wrong with the file is a finding, and no error.
//
// `answer` is given a handle, which the caller closes with warifu_answer_close; null when there is an error.
// It does not need the release any more.
//
// # Safety
// `release` is null or a handle that is not closed; `bytes` is null or leads to so many bytes, which nobody
// changes meanwhile; `answer` and `error` may be written, or are null.
WarifuStatus warifu_check(const WarifuRelease *release,
                          const uint8_t *bytes,
                          size_t length,
                          WarifuAnswer **answer,
                          WarifuError **error);

// The numbers of an answer.
//
// # Safety
// `answer` is null or a handle that is not closed; `summary` and `error` may be written, or are null.
WarifuStatus warifu_answer_summary(const WarifuAnswer *answer,
                                   WarifuSummary *summary,
                                   WarifuError **error);

// All lines of an answer, each ended by LF: byte for byte what `warifu-checker check --json` prints, and
// what a checker answers over HTTP (docs/openapi.json). A line is a JSON object: a finding, or at last the
// summary.
//
// `lines` is given a text that belongs to the answer.
//
// # Safety
// `answer` is null or a handle that is not closed; `lines` and `error` may be written, or are null.
WarifuStatus warifu_answer_lines(const WarifuAnswer *answer,
                                 WarifuText *lines,
                                 WarifuError **error);

// One line of an answer, without its end: `index` counts from 0, and the last one is the summary.
//
// `line` is given a text that belongs to the answer.
//
// # Safety
// As for warifu_answer_lines.
WarifuStatus warifu_answer_line(const WarifuAnswer *answer,
                                size_t index,
                                WarifuText *line,
                                WarifuError **error);

// Closes the answer at `answer` and leaves null there; null is closed already. Its texts are gone with it.
//
// # Safety
// `answer` is null or may be written, and what lies there is null or a handle that is not closed; `error`
// may be written, or is null.
WarifuStatus warifu_answer_close(WarifuAnswer **answer,
                                 WarifuError **error);

// The status that an error came with; WARIFU_STATUS_MISUSE of what is no error.
//
// # Safety
// `error` is null or a handle that is not closed.
WarifuStatus warifu_error_status(const WarifuError *error);

// What an error says in a `language` (WARIFU_ENGLISH, WARIFU_JAPANESE): what, where, why and what to do
// next.
//
// `message` is given a text that belongs to the error.
//
// # Safety
// `error` is null or a handle that is not closed; `message` may be written, or is null.
WarifuStatus warifu_error_message(const WarifuError *error,
                                  uint32_t language,
                                  WarifuText *message);

// Closes the error at `error` and leaves null there; null is closed already. Its texts are gone with it.
//
// # Safety
// `error` is null or may be written, and what lies there is null or a handle that is not closed.
WarifuStatus warifu_error_close(WarifuError **error);

// The version of this library. The text is there as long as the library.
WarifuText warifu_version(void);

// Opens the newest release of a channel: verified as a checker verifies it, by this machine's clock, its
// masters read and indexed. That takes some tenths of a second and some tens of megabytes.
//
// `release` is given a handle, which the caller closes with warifu_release_close; null when there is an
// error. The release is used until it is closed, also when it has expired or a newer one was published
// since: who wants that opens anew.
//
// # Safety
// `source` and its texts may be read, `release` and `error` may be written, or are null.
WarifuStatus warifu_open(const WarifuSource *source,
                         WarifuRelease **release,
                         WarifuError **error);

// What a release is, as one JSON object: `release` (its number), `manifest`, `masters`, `checks` and
// `program` (by what it judges), `title`, `expires`, `activate_at` where it is not meant to judge at once,
// and `signed_by`.
//
// `json` is given a text that belongs to the release.
//
// # Safety
// `release` is null or a handle that is not closed; `json` and `error` may be written, or are null.
WarifuStatus warifu_release_about(const WarifuRelease *release,
                                  WarifuText *json,
                                  WarifuError **error);

// What a release says of the `code`, as a number, of a `kind` on a treatment `day` (the number YYYYMMDD).
// Codes have nine digits (WARIFU_PROCEDURE, WARIFU_DRUG, WARIFU_MATERIAL, WARIFU_COMMENT), seven
// (WARIFU_DISEASE) or four (WARIFU_MODIFIER). A code that nobody knows is no error: `record` says so.
//
// `record` is written where there is no error; its texts belong to the release.
//
// # Safety
// `release` is null or a handle that is not closed; `record` and `error` may be written, or are null.
WarifuStatus warifu_look_up(const WarifuRelease *release,
                            uint32_t kind,
                            uint32_t code,
                            uint32_t day,
                            WarifuRecord *record,
                            WarifuError **error);

// The same of `count` questions at once, in less time than as many calls: `records[i]` is what the release
// says of `asked[i]`. At the first question that is not right the call ends with an error that names it;
// the records before it are written.
//
// # Safety
// `release` is null or a handle that is not closed; `asked` leads to `count` questions, which nobody changes
// meanwhile, and `records` to room for as many records, or is null; `error` may be written, or is null.
WarifuStatus warifu_look_up_all(const WarifuRelease *release,
                                const WarifuQuestion *asked,
                                size_t count,
                                WarifuRecord *records,
                                WarifuError **error);

// Closes the release at `release` and leaves null there; null is closed already. Its texts are gone with it;
// answers that it gave stay. Nobody may be using it.
//
// # Safety
// `release` is null or may be written, and what lies there is null or a handle that is not closed; `error`
// may be written, or is null.
WarifuStatus warifu_release_close(WarifuRelease **release,
                                  WarifuError **error);

#ifdef __cplusplus
}  // extern "C"
#endif  // __cplusplus

#endif  /* WARIFU_H */
