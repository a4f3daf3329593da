/* SPDX-License-Identifier: Apache-2.0
 * Reading quality values. */
#include "net/quality.h"

/* "0", "0.5", "0.125", "1", "1.000"; whatever else stands there counts as its digits do. */
static int thousandths(kw_str text)
{
    int value = text.ptr[0] == '1' ? 1000 : 0;
    int unit = 100;
    for (size_t i = 2; i < text.len && i < 5 && value < 1000; i++, unit /= 10) {
        char c = text.ptr[i];
        value += c >= '0' && c <= '9' ? (c - '0') * unit : 0;
    }
    return value;
}

int kw_quality_split(kw_str item, kw_str *out_name)
{
    kw_str rest = {0};
    (void)kw_str_split(item, ';', out_name, &rest);
    *out_name = kw_str_trim(*out_name);
    while (rest.len > 0) {
        kw_str param = {0};
        (void)kw_str_split(rest, ';', &param, &rest);
        param = kw_str_trim(param);
        bool is_q = param.len > 2 && (param.ptr[0] | 0x20) == 'q' && param.ptr[1] == '=';
        if (is_q) {
            return thousandths((kw_str){param.ptr + 2, param.len - 2});
        }
    }
    return 1000;
}
