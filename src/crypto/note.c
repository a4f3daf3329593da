/* SPDX-License-Identifier: Apache-2.0
 * Signed notes: split, verify, sign. Source: C2SP signed-note. Secret inputs: signer keys. */
#include "crypto/note.h"

#include "codec/base64.h"
#include "codec/utf8.h"

/* U+2014 EM DASH and a space: how a signature line starts. */
#define LINE_PREFIX "\xe2\x80\x94 "

enum {
    SIGNATURE_BYTES = 4 + 64
}; /* key id, Ed25519 signature */

static uint32_t id_at(const uint8_t bytes[4])
{
    return (uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16 | (uint32_t)bytes[2] << 8 | bytes[3];
}

/* UTF-8 whose only control characters are line feeds, and which ends in one. */
static bool is_note_text(kw_str text)
{
    if (text.len == 0 || text.ptr[text.len - 1] != '\n') {
        return false;
    }
    kw_str rest = text;
    kw_str line = {0};
    while (rest.len > 0) {
        (void)kw_str_split(rest, '\n', &line, &rest);
        if (!kw_utf8_is_line(line)) {
            return false;
        }
    }
    return true;
}

/* Where the signature lines begin: behind the last empty line. 0: there is none. */
static size_t find_signatures(kw_str note)
{
    for (size_t at = note.len; at >= 2; at--) {
        if (note.ptr[at - 1] == '\n' && note.ptr[at - 2] == '\n') {
            return at;
        }
    }
    return 0;
}

/* Key ids stand at the head of the decoded signature, whatever its kind and length. */
static bool read_id(uint32_t *out, kw_str base64)
{
    uint8_t bytes[6]; /* the first eight characters decode to six bytes */
    if (base64.len < 8 || kw_base64_decode_to(KW_MSPAN(bytes), (kw_str){base64.ptr, 8},
                                              KW_BASE64_STANDARD) != KW_OK) {
        return false;
    }
    *out = id_at(bytes);
    return true;
}

static bool parse_line(kw_note_signature *out, kw_str line)
{
    const kw_str prefix = KW_STR(LINE_PREFIX);
    if (!kw_str_starts_with(line, prefix)) {
        return false;
    }
    kw_str name = {0};
    kw_str base64 = {0};
    kw_str rest = {&line.ptr[prefix.len], line.len - prefix.len};
    if (!kw_str_split(rest, ' ', &name, &base64) || name.len == 0 || !read_id(&out->id, base64)) {
        return false;
    }
    out->name = name;
    out->base64 = kw_span_of_str(base64);
    return true;
}

static kw_status parse_lines(kw_note *note, kw_str lines, kw_error *err)
{
    while (lines.len > 0) {
        kw_str line = {0};
        KW_REQUIRE(note->count < KW_NOTE_SIGNATURES_MAX, err, KW_LIMIT, "too many signatures");
        KW_REQUIRE(kw_str_split(lines, '\n', &line, &lines) &&
                       parse_line(&note->signatures[note->count], line),
                   err, KW_BAD_INPUT, "signature line %zu is malformed", note->count + 1);
        note->count++;
    }
    KW_REQUIRE(note->count > 0, err, KW_BAD_INPUT, "the note has no signature");
    return KW_OK;
}

kw_status kw_note_parse(kw_note *out, kw_span bytes, kw_error *err)
{
    kw_str whole = kw_str_of_span(bytes);
    KW_REQUIRE(whole.len <= KW_NOTE_BYTES_MAX, err, KW_LIMIT, "the note is too long");
    KW_REQUIRE(is_note_text(whole), err, KW_BAD_INPUT, "the note is not lines of plain UTF-8");
    size_t at = find_signatures(whole);
    KW_REQUIRE(at > 0, err, KW_BAD_INPUT, "the note has no signatures");
    kw_note note = {.text = {whole.ptr, at - 1}};
    KW_TRY(parse_lines(&note, (kw_str){&whole.ptr[at], whole.len - at}, err));
    *out = note;
    return KW_OK;
}

static bool is_good(const kw_note *note, const kw_note_signature *line,
                    const kw_note_verifier *verifier)
{
    uint8_t bytes[SIGNATURE_BYTES];
    if (kw_base64_decode_to(KW_MSPAN(bytes), kw_str_of_span(line->base64), KW_BASE64_STANDARD) !=
        KW_OK) {
        return false;
    }
    kw_ed25519_signature signature;
    memcpy(signature.bytes, &bytes[4], sizeof signature.bytes);
    return kw_ed25519_verify(&verifier->key, &signature, kw_span_of_str(note->text));
}

/* How one verifier stands to the note. REFUSED: it is named, and a signature of its is wrong. */
static kw_status check_verifier(const kw_note *note, bool *out_signed,
                                const kw_note_verifier *verifier, kw_error *err)
{
    *out_signed = false;
    for (size_t i = 0; i < note->count; i++) {
        const kw_note_signature *line = &note->signatures[i];
        if (line->id != verifier->id || !kw_str_equal(line->name, kw_str_of(verifier->name))) {
            continue;
        }
        KW_REQUIRE(is_good(note, line, verifier), err, KW_REFUSED,
                   "the signature of %.60s is not right", verifier->name);
        *out_signed = true;
    }
    return KW_OK;
}

kw_status kw_note_verify(const kw_note *note, size_t *out_count, const kw_note_verifier *verifiers,
                         size_t count, kw_error *err)
{
    size_t good = 0;
    for (size_t i = 0; i < count; i++) {
        bool has_signed = false;
        KW_TRY(check_verifier(note, &has_signed, &verifiers[i], err));
        good += has_signed ? 1 : 0;
    }
    *out_count = good;
    return KW_OK;
}

kw_status kw_note_sign(const kw_note_signer *signer, kw_buf *out, kw_str text, kw_error *err)
{
    KW_REQUIRE(is_note_text(text), err, KW_BAD_INPUT, "the text is not lines of plain UTF-8");
    uint32_t id = signer->verifier.id;
    uint8_t bytes[SIGNATURE_BYTES] = {(uint8_t)(id >> 24), (uint8_t)(id >> 16), (uint8_t)(id >> 8),
                                      (uint8_t)id};
    kw_ed25519_signature signature;
    kw_ed25519_sign(&signer->key, &signature, kw_span_of_str(text));
    memcpy(&bytes[4], signature.bytes, sizeof signature.bytes);
    char base64[(SIGNATURE_BYTES + 2) / 3 * 4];
    kw_base64_encode_to(base64, KW_SPAN(bytes), KW_BASE64_STANDARD);
    size_t before = out->len;
    kw_status st = kw_buf_append_str(out, text);
    if (st == KW_OK) {
        st = kw_buf_append_format(out, "\n" LINE_PREFIX "%s %.*s\n", signer->verifier.name,
                                  (int)sizeof base64, base64);
    }
    if (st != KW_OK) {
        out->len = before;
        return kw_error_at(err, st, "signing a note");
    }
    return KW_OK;
}
