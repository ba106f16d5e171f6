/* The table of settings: each with its check. */

#include <string.h>

#include "../analysis/zone.h"
#include "../input/campaign_value.h"
#include "../input/field.h"
#include "rtn_id.h"
#include "settings.h"

#define SETTINGS_PORT_MAX    65535
#define SETTINGS_PPM_DIGITS  4          /* of a percentage */

static void settings_get_base_url(const struct rtn_settings *settings,
    char text[CMD_SETTING_MAX]);
static void settings_get_timezone(const struct rtn_settings *settings,
    char text[CMD_SETTING_MAX]);
static void settings_get_currency(const struct rtn_settings *settings,
    char text[CMD_SETTING_MAX]);
static void settings_get_node(const struct rtn_settings *settings,
    char text[CMD_SETTING_MAX]);
static void settings_get_pixel(const struct rtn_settings *settings,
    char text[CMD_SETTING_MAX]);
static void settings_get_redirect(const struct rtn_settings *settings,
    char text[CMD_SETTING_MAX]);
static void settings_get_unsubscribe(const struct rtn_settings *settings,
    char text[CMD_SETTING_MAX]);

static void settings_get_global(const struct rtn_settings *settings,
    char text[CMD_SETTING_MAX]);
static void settings_get_segment(const struct rtn_settings *settings,
    char text[CMD_SETTING_MAX]);

static bool settings_set_base_url(struct rtn_settings *settings,
    struct rtn_str value, const char **reason);
static bool settings_set_timezone(struct rtn_settings *settings,
    struct rtn_str value, const char **reason);
static bool settings_set_currency(struct rtn_settings *settings,
    struct rtn_str value, const char **reason);
static bool settings_set_node(struct rtn_settings *settings,
    struct rtn_str value, const char **reason);
static bool settings_set_pixel(struct rtn_settings *settings,
    struct rtn_str value, const char **reason);
static bool settings_set_redirect(struct rtn_settings *settings,
    struct rtn_str value, const char **reason);
static bool settings_set_unsubscribe(struct rtn_settings *settings,
    struct rtn_str value, const char **reason);
static bool settings_set_global(struct rtn_settings *settings,
    struct rtn_str value, const char **reason);
static bool settings_set_segment(struct rtn_settings *settings,
    struct rtn_str value, const char **reason);


const struct cmd_setting  cmd_settings[] = {
    { "base-url", false, settings_get_base_url, settings_set_base_url },
    { "timezone", true, settings_get_timezone, settings_set_timezone },
    { "currency", false, settings_get_currency, settings_set_currency },
    { "node", false, settings_get_node, settings_set_node },
    { "pixel-path", false, settings_get_pixel, settings_set_pixel },
    { "redirect-path", false, settings_get_redirect, settings_set_redirect },
    { "unsubscribe-path", false, settings_get_unsubscribe,
      settings_set_unsubscribe },
    { "global-holdout", false, settings_get_global, settings_set_global },
    { "segment-mib", false, settings_get_segment, settings_set_segment },
    { NULL, false, NULL, NULL }
};


const struct cmd_setting *
cmd_setting_find(const char *name)
{
    const struct cmd_setting  *setting;

    for (setting = cmd_settings; setting->name != NULL; setting++) {
        if (strcmp(setting->name, name) == 0) {
            return setting;
        }
    }

    return NULL;
}


int
cmd_setting_set(struct cmd_context *ctx, struct rtn_settings *settings,
    const char *name, const char *value)
{
    const char                *reason;
    struct rtn_str             text = { value, strlen(value) };
    const struct cmd_setting  *setting = cmd_setting_find(name);

    if (setting == NULL) {
        return cmd_fail(ctx, CMD_USAGE, "no setting '%s'; run 'retentionctl "
                        "config get' to see them all", name);
    }

    if (!setting->set(settings, text, &reason)) {
        return cmd_fail(ctx, CMD_USAGE, "%s '%s': %s", name, value, reason);
    }

    return CMD_OK;
}


static bool
settings_take(char *field, size_t size, struct rtn_str value,
    const char **reason)
{
    if (value.len >= size) {
        *reason = "too long";
        return false;
    }

    memcpy(field, value.data, value.len);
    field[value.len] = '\0';

    return true;
}


static bool
settings_begins(struct rtn_str text, const char *word)
{
    size_t  len = strlen(word);

    return text.len >= len && memcmp(text.data, word, len) == 0;
}


/* The host of "host[:port]", in brackets for IPv6; false: another form. */

static bool
settings_host(struct rtn_str authority, struct rtn_str *host)
{
    size_t           end;
    int64_t          number;
    const char      *allowed, *reason;
    struct rtn_str   port;

    allowed = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
              "0123456789.-";
    end = 0;

    if (authority.len > 0 && authority.data[0] == '[') {
        allowed = "0123456789abcdefABCDEF:.";
        end = 1;
    }

    while (end < authority.len && authority.data[end] != '\0'
           && strchr(allowed, authority.data[end]) != NULL)
    {
        end++;
    }

    if (authority.len > 0 && authority.data[0] == '[') {
        if (end == authority.len || authority.data[end] != ']') {
            return false;
        }

        end++;
    }

    host->data = authority.data;
    host->len = end;

    if (end == authority.len) {
        return end > 0;
    }

    if (authority.data[end] != ':') {
        return false;
    }

    port.data = authority.data + end + 1;
    port.len = authority.len - end - 1;

    return end > 0
           && rti_integer(port, 1, SETTINGS_PORT_MAX, &number, &reason) == 0;
}


static bool
settings_is_loopback(struct rtn_str host)
{
    static const char  local[] = "localhost";
    static const char  ipv6[] = "[::1]";

    return (host.len == sizeof(local) - 1
            && memcmp(host.data, local, host.len) == 0)
           || (host.len == sizeof(ipv6) - 1
               && memcmp(host.data, ipv6, host.len) == 0)
           || (settings_begins(host, "127.")
               && strspn(host.data, "0123456789.") >= host.len);
}


static bool
settings_set_base_url(struct rtn_settings *settings, struct rtn_str value,
    const char **reason)
{
    bool            is_http = settings_begins(value, "http://");
    size_t          scheme = is_http ? strlen("http://") : strlen("https://");
    struct rtn_str  host, authority;

    if (!is_http && !settings_begins(value, "https://")) {
        *reason = "must begin with https://";
        return false;
    }

    if (value.data[value.len - 1] == '/' && value.len > scheme) {
        value.len--;
    }

    authority.data = value.data + scheme;
    authority.len = value.len - scheme;

    if (!settings_host(authority, &host)) {
        *reason = "not https://, a host and perhaps a port; paths have "
                  "settings of their own";
        return false;
    }

    if (is_http && !settings_is_loopback(host)) {
        *reason = "http is for localhost and 127.0.0.1 alone; use https";
        return false;
    }

    return settings_take(settings->base_url, sizeof(settings->base_url), value,
                         reason);
}


static bool
settings_set_timezone(struct rtn_settings *settings, struct rtn_str value,
    const char **reason)
{
    if (rta_zone_use(value, reason) != 0) {
        return false;
    }

    return settings_take(settings->timezone, sizeof(settings->timezone), value,
                         reason);
}


static bool
settings_set_currency(struct rtn_settings *settings, struct rtn_str value,
    const char **reason)
{
    return rti_currency(value, settings->currency, reason) == 0;
}


static bool
settings_set_node(struct rtn_settings *settings, struct rtn_str value,
    const char **reason)
{
    int64_t  node;

    if (rti_integer(value, 0, RTN_NODE_MAX, &node, reason) != 0) {
        *reason = "not a whole number from 0 to 255";
        return false;
    }

    settings->node = (uint8_t) node;

    return true;
}


static bool
settings_set_path(char *field, size_t size, struct rtn_str value,
    const char **reason)
{
    size_t              i;
    static const char   allowed[] = "abcdefghijklmnopqrstuvwxyz"
                                    "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                    "0123456789-._~/";

    if (value.len < 1 || value.data[0] != '/'
        || value.data[value.len - 1] != '/')
    {
        *reason = "must begin and end with '/'";
        return false;
    }

    for (i = 0; i < value.len; i++) {
        if (strchr(allowed, value.data[i]) == NULL
            || (i > 0 && value.data[i] == '/' && value.data[i - 1] == '/'))
        {
            *reason = "letters, digits, '-', '.', '_', '~' and single '/' "
                      "are allowed";
            return false;
        }
    }

    return settings_take(field, size, value, reason);
}


static bool
settings_set_pixel(struct rtn_settings *settings, struct rtn_str value,
    const char **reason)
{
    return settings_set_path(settings->pixel_path,
                             sizeof(settings->pixel_path), value, reason);
}


static bool
settings_set_redirect(struct rtn_settings *settings, struct rtn_str value,
    const char **reason)
{
    return settings_set_path(settings->redirect_path,
                             sizeof(settings->redirect_path), value, reason);
}


static bool
settings_set_unsubscribe(struct rtn_settings *settings, struct rtn_str value,
    const char **reason)
{
    return settings_set_path(settings->unsubscribe_path,
                             sizeof(settings->unsubscribe_path), value,
                             reason);
}


static void
settings_get_base_url(const struct rtn_settings *settings,
    char text[CMD_SETTING_MAX])
{
    snprintf(text, CMD_SETTING_MAX, "%s", settings->base_url);
}


static void
settings_get_timezone(const struct rtn_settings *settings,
    char text[CMD_SETTING_MAX])
{
    snprintf(text, CMD_SETTING_MAX, "%s", settings->timezone);
}


static void
settings_get_currency(const struct rtn_settings *settings,
    char text[CMD_SETTING_MAX])
{
    snprintf(text, CMD_SETTING_MAX, "%s", settings->currency);
}


static void
settings_get_node(const struct rtn_settings *settings,
    char text[CMD_SETTING_MAX])
{
    snprintf(text, CMD_SETTING_MAX, "%u", settings->node);
}


static void
settings_get_pixel(const struct rtn_settings *settings,
    char text[CMD_SETTING_MAX])
{
    snprintf(text, CMD_SETTING_MAX, "%s", settings->pixel_path);
}


static void
settings_get_redirect(const struct rtn_settings *settings,
    char text[CMD_SETTING_MAX])
{
    snprintf(text, CMD_SETTING_MAX, "%s", settings->redirect_path);
}


static void
settings_get_unsubscribe(const struct rtn_settings *settings,
    char text[CMD_SETTING_MAX])
{
    snprintf(text, CMD_SETTING_MAX, "%s", settings->unsubscribe_path);
}


static bool
settings_set_global(struct rtn_settings *settings, struct rtn_str value,
    const char **reason)
{
    int64_t  ppm;

    if (!rti_suffix_cut(&value, '%')
        || !rti_decimal_parse(value, SETTINGS_PPM_DIGITS, RTN_GLOBAL_PPM_MAX,
                              &ppm))
    {
        *reason = "not a percentage from 0% to 50%, as 5%";
        return false;
    }

    settings->global_holdout_ppm = (uint32_t) ppm;

    return true;
}


static void
settings_get_global(const struct rtn_settings *settings,
    char text[CMD_SETTING_MAX])
{
    snprintf(text, CMD_SETTING_MAX, "%g%%",
             (double) settings->global_holdout_ppm / 10000);
}


static bool
settings_set_segment(struct rtn_settings *settings, struct rtn_str value,
    const char **reason)
{
    int64_t  mib;

    if (rti_integer(value, 1, RTN_SEGMENT_MIB_MAX, &mib, reason) != 0) {
        *reason = "not a whole number from 1 to 65536";
        return false;
    }

    settings->segment_mib = (uint32_t) mib;

    return true;
}


static void
settings_get_segment(const struct rtn_settings *settings,
    char text[CMD_SETTING_MAX])
{
    snprintf(text, CMD_SETTING_MAX, "%u",
             settings->segment_mib != 0 ? settings->segment_mib
                                        : RTN_SEGMENT_MIB);
}
