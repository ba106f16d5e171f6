/* Small questions about runs of bytes, shared by the readers of this folder. */

#ifndef RTN_TEXT_H_INCLUDED
#define RTN_TEXT_H_INCLUDED

#include "rtn_text.h"

/* Whether a run spells a word, byte for byte. */
bool rtn_text_is(struct rtn_str text, const char *word);

/* The length that a text of at most max bytes has, cut between characters. */
size_t rtn_text_cut(struct rtn_str text, size_t max);

/*
 * Reads a decimal such as "-12.50" as a whole number of its last digit.
 *
 * digits   how many stand after the point at most; zeros past them are
 *          forgiven
 * max      the largest magnitude; less than INT64_MAX / 10 - 9
 *
 * RTN_ERR_LIMIT: another form, or past max.
 */
int rtn_decimal_parse(struct rtn_str text, int digits, int64_t max,
    int64_t *value);

#endif /* RTN_TEXT_H_INCLUDED */
