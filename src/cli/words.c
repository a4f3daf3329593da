/* SPDX-License-Identifier: Apache-2.0
 * The tree is never built: its branches are prefixes of the rows. */
#include "cli/words.h"

/* What follows `words` in a command's words: "keys rotate" behind "emtp". False: it is elsewhere.
 * */
static bool rest_behind(const kw_command *command, kw_str words, kw_str *out)
{
    kw_str all = kw_str_of(command->words);
    if (words.len == 0) {
        *out = all;
        return true;
    }
    if (!kw_str_starts_with(all, words) || all.len <= words.len || all.ptr[words.len] != ' ') {
        return false;
    }
    *out = (kw_str){all.ptr + words.len + 1, all.len - words.len - 1};
    return true;
}

const kw_command *kw_words_command(const kw_program *program, kw_str words)
{
    for (size_t i = 0; i < program->commands_count; i++) {
        if (kw_str_equal(kw_str_of(program->commands[i]->words), words)) {
            return program->commands[i];
        }
    }
    return NULL;
}

bool kw_words_exist(const kw_program *program, kw_str words)
{
    kw_str rest = {0};
    for (size_t i = 0; i < program->commands_count; i++) {
        if (rest_behind(program->commands[i], words, &rest)) {
            return true;
        }
    }
    return kw_words_command(program, words) != NULL;
}

const char *kw_words_help(const kw_program *program, kw_str words)
{
    const kw_command *command = kw_words_command(program, words);
    if (command != NULL) {
        return command->help;
    }
    for (size_t i = 0; i < program->groups_count; i++) {
        if (kw_str_equal(kw_str_of(program->groups[i].words), words)) {
            return program->groups[i].help;
        }
    }
    return words.len == 0 ? program->help : "";
}

/* The first word behind `words` of row `row`; empty: the row is elsewhere. */
static kw_str first_word(const kw_program *program, size_t row, kw_str words)
{
    kw_str rest = {0};
    kw_str word = {0};
    kw_str tail = {0};
    if (rest_behind(program->commands[row], words, &rest)) {
        (void)kw_str_split(rest, ' ', &word, &tail);
    }
    return word;
}

static bool stands_before(const kw_program *program, size_t row, kw_str words, kw_str word)
{
    for (size_t i = 0; i < row; i++) {
        if (kw_str_equal(first_word(program, i, words), word)) {
            return true;
        }
    }
    return false;
}

bool kw_words_next_child(kw_words_child *child, const kw_program *program, kw_str words)
{
    while (child->next < program->commands_count) {
        size_t row = child->next++;
        kw_str word = first_word(program, row, words);
        if (word.len > 0 && !stands_before(program, row, words, word)) {
            const char *begin = program->commands[row]->words;
            child->word = word;
            child->words = (kw_str){begin, (size_t)(word.ptr - begin) + word.len};
            return true;
        }
    }
    return false;
}
