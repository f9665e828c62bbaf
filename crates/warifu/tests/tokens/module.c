/* SoftHSM's module but for one thing, which INSTEAD names: what tokens do and SoftHSM does not. */
#include <dlfcn.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* CK_FUNCTION_LIST: the version and 68 functions, in the order of PKCS#11 2.40. */
struct list {
    unsigned char version[2];
    void *calls[68];
};
enum { GET_TOKEN_INFO = 6, GET_MECHANISM_LIST = 7, GET_ATTRIBUTE_VALUE = 24, SIGN = 43 };

static struct list theirs, ours;
typedef unsigned long ul;

static ul hangs(ul s, void *data, ul length, unsigned char *signature, ul *signature_length) {
    for (;;)
        pause();
}

static ul is_gone(ul s, void *data, ul length, unsigned char *signature, ul *signature_length) {
    return 0x32; /* CKR_DEVICE_REMOVED */
}

static ul lies(ul s, void *data, ul length, unsigned char *signature, ul *signature_length) {
    ul (*sign)(ul, void *, ul, unsigned char *, ul *) = theirs.calls[SIGN];
    ul said = sign(s, data, length, signature, signature_length);
    if (said == 0 && signature)
        signature[10] ^= 1;
    return said;
}

static ul token_info(ul slot, unsigned char *info, ul more) {
    ul (*get)(ul, unsigned char *) = theirs.calls[GET_TOKEN_INFO];
    ul said = get(slot, info);
    /* Behind label, manufacturer, model and serial number: the flags. */
    if (said == 0)
        *(ul *)(info + 96) |= more;
    return said;
}

static ul last_try(ul slot, unsigned char *info) { return token_info(slot, info, 0x20000); }
static ul locked(ul slot, unsigned char *info) { return token_info(slot, info, 0x40000); }

static ul only_ecdsa(ul slot, ul *mechanisms, ul *count) {
    *count = 1;
    if (mechanisms)
        mechanisms[0] = 0x1041; /* CKM_ECDSA */
    return 0;
}

struct attribute {
    ul type;
    unsigned char *value;
    ul length;
};

static ul leaks(ul s, ul object, struct attribute *wanted, ul count) {
    ul (*get)(ul, ul, struct attribute *, ul) = theirs.calls[GET_ATTRIBUTE_VALUE];
    ul said = get(s, object, wanted, count);
    for (ul at = 0; at < count; at++)
        if (wanted[at].type == 0x162 && wanted[at].value) /* CKA_EXTRACTABLE */
            wanted[at].value[0] = 1;
    return said;
}

ul C_GetFunctionList(struct list **list) {
    const char *instead = getenv("INSTEAD");
    void *library = dlopen(getenv("SOFTHSM"), RTLD_NOW);
    if (!library)
        return 5;
    ul (*get)(struct list **) = (ul(*)(struct list **))dlsym(library, "C_GetFunctionList");
    struct list *real;
    ul said = get(&real);
    if (said)
        return said;
    theirs = ours = *real;
    if (!strcmp(instead, "hangs"))
        ours.calls[SIGN] = hangs;
    if (!strcmp(instead, "is gone"))
        ours.calls[SIGN] = is_gone;
    if (!strcmp(instead, "lies"))
        ours.calls[SIGN] = lies;
    if (!strcmp(instead, "last try"))
        ours.calls[GET_TOKEN_INFO] = last_try;
    if (!strcmp(instead, "locked"))
        ours.calls[GET_TOKEN_INFO] = locked;
    if (!strcmp(instead, "only ECDSA"))
        ours.calls[GET_MECHANISM_LIST] = only_ecdsa;
    if (!strcmp(instead, "leaks"))
        ours.calls[GET_ATTRIBUTE_VALUE] = leaks;
    *list = &ours;
    return 0;
}
