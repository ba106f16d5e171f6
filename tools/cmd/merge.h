/*
 * The merge file: one row a treated recipient who may still be mailed, and
 * only finished columns.  Private to merge*.c.
 *
 * A mail service is a row of merge_formats[]: a name, what it calls the
 * columns, how its templates name one, its limits, and how a row is written.
 */

#ifndef CMD_MERGE_H_INCLUDED
#define CMD_MERGE_H_INCLUDED

#include "../output/file.h"
#include "campaign.h"

enum merge_field {
    MERGE_CUSTOMER_ID = 0,
    MERGE_EMAIL,
    MERGE_NAME,
    MERGE_TIER,
    MERGE_ARM,
    MERGE_COUPON,
    MERGE_COUPON_EXPIRES,           /* the last day it is good, YYYY-MM-DD */
    MERGE_PIXEL_URL,
    MERGE_LINK,                     /* one column a link */
    MERGE_LINK_TRAP,
    MERGE_UNSUBSCRIBE_URL,
    MERGE_FIELDS
};

#define MERGE_COLUMNS_MAX  (MERGE_FIELDS - 1 + RTN_LINKS_MAX)
#define MERGE_NAME_MAX     48       /* bytes of a column's name, with NUL */
#define MERGE_URL_MAX      384      /* base URL, path, token, ".gif", NUL */
#define MERGE_PARTS_MAX    100      /* files of one merge */

struct merge_column {
    enum merge_field  field;
    uint8_t           link;         /* of MERGE_LINK: its number */
    char              name[MERGE_NAME_MAX];
};

/* Values by column. */
struct merge_row {
    const char      *email;
    struct rtn_str   cells[MERGE_COLUMNS_MAX];
};

struct merge;

struct merge_format {
    const char         *name;
    const char *const  *names;      /* of columns by field, for links with
                                       "%s"; NULL: ours, see merge_format.c */
    const char         *tag;        /* how a template names a column, with
                                       "%s"; NULL: no service's */
    size_t              name_max;   /* bytes of a column's name; 0: any */
    size_t              value_max;  /* bytes of a value; 0: any */
    bool                counts_characters;  /* value_max is of characters */
    bool                has_tokens; /* cells have tokens in place of URLs, and
                                       the tags what is around them */
    bool                numbers_links;      /* "%s" of a link's column is its
                                               number, not its name */
    size_t              fields_max; /* columns; 0: any */
    uint64_t            bytes_max;  /* of a file; 0: any */
    bool                keeps_existing; /* takes --existing */
    void              (*header)(const struct merge *merge, FILE *out);
    int               (*row)(const struct merge *merge,
        const struct merge_row *row, FILE *out);
};

extern const struct merge_format *const  merge_formats[];   /* to NULL */
extern const char *const  merge_format_names[];     /* in the same order */
extern const struct merge_format  merge_csv;
extern const struct merge_format  merge_listmonk;
extern const struct merge_format  merge_mailchimp;  /* merge_services.c */
extern const struct merge_format  merge_unisender;
extern const struct merge_format  merge_sendpulse;
extern const struct merge_format  merge_mautic;

struct merge_options {
    int64_t      batch;             /* -1: all */
    int          format;
    const char  *message;
    const char  *test;
    const char  *existing;
    const char  *output;
    int64_t      bytes_max;         /* 0: the format's */
    bool         is_force;
};

/* Attributes that a list has and we keep, by e-mail. */
struct merge_existing;

int merge_existing_read(struct cmd_context *ctx, const char *path,
    struct merge_existing **existing);
/* As JSON text; NULL: none. */
const char *merge_existing_find(const struct merge_existing *existing,
    const char *email);
void merge_existing_free(struct merge_existing *existing);

/* What a reminder's 'unless' asks; see merge_unless.c. */
struct merge_unless;

int merge_unless_open(struct cmd_context *ctx,
    const struct rtn_campaign *campaign, uint32_t bits,
    struct merge_unless **unless);
/* reason: the one bit of enum rtn_unless that holds, or 0.  Recipients come
   by number. */
int merge_unless_ask(struct merge_unless *unless,
    const struct rtn_recipient *recipient, uint32_t *reason);
void merge_unless_close(struct merge_unless *unless);

/* One or more files of one merge; all appear, or none. */
struct merge_output {
    const char       *path;         /* NULL: standard output */
    unsigned          flags;        /* of rto_file_open */
    uint64_t          bytes_max;    /* 0: any */
    struct rto_file  *parts[MERGE_PARTS_MAX];
    size_t            part_count;
    uint64_t          bytes;        /* in the last part */
    uint64_t          rows;         /* the same */
    FILE             *memory;       /* a row before it is written */
    char             *buffer;
    size_t            size;
};

/* Begins the first file.  Say what went wrong. */
int merge_output_begin(struct merge *merge);
int merge_output_row(struct merge *merge, const struct merge_row *row);
/* Makes the files appear, and the one with the tags. */
int merge_output_commit(struct merge *merge);
void merge_output_release(struct merge *merge);

struct merge {
    struct cmd_context          *ctx;
    const struct merge_options  *options;
    const struct merge_format   *format;
    struct rtn_campaign          campaign;
    uint8_t                      message;
    struct rtn_keyring           ring;
    struct merge_existing       *existing;      /* NULL: none */
    struct merge_column          columns[MERGE_COLUMNS_MAX];
    size_t                       column_count;
    struct merge_output          output;

    /* the values of the row at hand */
    struct merge_row             row;
    char                         code[20];
    char                         expires[11];
    char                         urls[MERGE_COLUMNS_MAX][MERGE_URL_MAX];

    uint64_t                     rows;
    uint64_t                     left[CAMPAIGN_LEFT_COUNT];
    uint64_t                     erased;
    uint64_t                     unless[3];     /* by bit */
};

/* Header and row as CSV. */
void merge_csv_header(const struct merge *merge, FILE *out);
int merge_csv_row(const struct merge *merge, const struct merge_row *row,
    FILE *out);

/* Our own name of a column, as in the format csv. */
void merge_column_name(const struct merge *merge,
    const struct merge_column *column, char name[MERGE_NAME_MAX]);

/* What stands before and behind the token in a column of URLs; "" and "" for
   other columns.  path gets "/o/" and the like. */
void merge_around(const struct merge *merge, enum merge_field field,
    const char **path, const char **suffix);

/* Fills columns and checks the format's limits. */
int merge_columns_init(struct merge *merge);

/* Builds the row of a recipient in merge->row and writes it. */
int merge_write(struct merge *merge, const struct rtn_recipient *recipient,
    const char *id, const char *email, const char *name);

/* Writes the rows of those who are mailed, and counts the others. */
int merge_recipients(struct merge *merge);

/* Makes the test recipients and writes their rows. */
int merge_test(struct merge *merge, const char *address);

#endif /* CMD_MERGE_H_INCLUDED */
