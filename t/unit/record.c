#include "random.h"
#include "unit.h"

#include "codec/record.h"
#include "codec/wire.h"


static struct rtn_str
sealed(const void *bytes, size_t len)
{
    return (struct rtn_str) { bytes, len };
}


static void
test_vector(void **state)
{
    /* CRC-32 of "keypayload", from another implementation. */
    static const uint8_t  expected[] = {
        1, 0xB0, 0x26, 0x6C, 0xCA, 'p', 'a', 'y', 'l', 'o', 'a', 'd'
    };

    uint8_t         out[sizeof(expected)];
    size_t          len;
    struct rtn_str  payload;

    (void) state;

    assert_int_equal(rtn_record_seal("key", 3, "payload", 7, out, sizeof(out),
                                     &len), 0);
    assert_int_equal(len, sizeof(expected));
    assert_memory_equal(out, expected, len);
    assert_int_equal(rtn_record_open("key", 3, sealed(out, len), &payload), 0);
    assert_int_equal(payload.len, 7);
    assert_memory_equal(payload.data, "payload", 7);

    assert_int_equal(rtn_record_seal("key", 3, "payload", 7, out,
                                     sizeof(out) - 1, &len), RTN_ERR_SPACE);
    assert_int_equal(rtn_record_seal("", 0, NULL, 0, out, 4, &len),
                     RTN_ERR_SPACE);
}


static void
test_in_place(void **state)
{
    uint8_t         out[RTN_RECORD_OVERHEAD + 3] = { 0, 0, 0, 0, 0, 'a', 'b',
                                                     'c' };
    size_t          len;
    struct rtn_str  payload;

    (void) state;

    assert_int_equal(rtn_record_seal("k", 1, out + RTN_RECORD_OVERHEAD, 3, out,
                                     sizeof(out), &len), 0);
    assert_int_equal(rtn_record_open("k", 1, sealed(out, len), &payload), 0);
    assert_memory_equal(payload.data, "abc", 3);
}


static void
test_empty(void **state)
{
    uint8_t         out[RTN_RECORD_OVERHEAD];
    size_t          len;
    struct rtn_str  payload;

    (void) state;

    assert_int_equal(rtn_record_seal("k", 1, NULL, 0, out, sizeof(out), &len),
                     0);
    assert_int_equal(rtn_record_open("k", 1, sealed(out, len), &payload), 0);
    assert_int_equal(payload.len, 0);
    assert_int_equal(rtn_record_open("k", 1, sealed(NULL, 0), &payload),
                     RTN_ERR_CORRUPT);
}


static void
test_damage(void **state)
{
    uint8_t         out[64], payload[16];
    size_t          len, i;
    struct rtn_str  opened;
    int             bit, err;

    (void) state;

    for (i = 0; i < sizeof(payload); i++) {
        payload[i] = (uint8_t) random_next();
    }

    assert_int_equal(rtn_record_seal("key", 3, payload, sizeof(payload), out,
                                     sizeof(out), &len), 0);
    assert_int_equal(rtn_record_open("kez", 3, sealed(out, len), &opened),
                     RTN_ERR_CORRUPT);

    for (i = 0; i < len; i++) {
        assert_int_equal(rtn_record_open("key", 3, sealed(out, i), &opened),
                         RTN_ERR_CORRUPT);

        for (bit = 0; bit < 8; bit++) {
            out[i] ^= (uint8_t) (1 << bit);
            err = rtn_record_open("key", 3, sealed(out, len), &opened);
            out[i] ^= (uint8_t) (1 << bit);

            assert_int_equal(err, i == 0 && bit > 0 ? RTN_ERR_NEWER
                                                    : RTN_ERR_CORRUPT);
        }
    }
}


static void
test_wire(void **state)
{
    static const uint8_t  expected[] = {
        0x01, 0x01, 0x02, 0x01, 0x02, 0x03, 0x01, 0x02, 0x03, 0x04,
        0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x07, 0x08,
        0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFE, 0x00, 0x02, 'h', 'i'
    };

    struct rtn_wire_out  out;
    struct rtn_wire_in   in;
    uint8_t              bytes[sizeof(expected)];
    size_t               len;

    (void) state;

    rtn_wire_out_init(&out, bytes, sizeof(bytes));
    rtn_wire_put_u8(&out, 1);
    rtn_wire_put_u16(&out, 0x0102);
    rtn_wire_put_u24(&out, 0x010203);
    rtn_wire_put_u32(&out, 0x01020304);
    rtn_wire_put_u64(&out, UINT64_C(0x0102030405060708));
    rtn_wire_put_i64(&out, -2);
    rtn_wire_put_str(&out, str("hi"));
    assert_int_equal(rtn_wire_out_end(&out, &len), 0);
    assert_int_equal(len, sizeof(expected));
    assert_memory_equal(bytes, expected, len);

    rtn_wire_in_init(&in, sealed(bytes, len));
    assert_int_equal(rtn_wire_get_u8(&in), 1);
    assert_int_equal(rtn_wire_get_u16(&in), 0x0102);
    assert_int_equal(rtn_wire_get_u24(&in), 0x010203);
    assert_int_equal(rtn_wire_get_u32(&in), 0x01020304);
    assert_true(rtn_wire_get_u64(&in) == UINT64_C(0x0102030405060708));
    assert_true(rtn_wire_get_i64(&in) == -2);
    assert_int_equal(rtn_wire_in_end(&in), RTN_ERR_CORRUPT);
    assert_memory_equal(rtn_wire_get_str(&in).data, "hi", 2);
    assert_int_equal(rtn_wire_in_end(&in), 0);
}


static void
test_wire_latches(void **state)
{
    struct rtn_wire_out  out;
    struct rtn_wire_in   in;
    uint8_t              bytes[3];
    char                 zeros[4] = { 1, 1, 1, 1 };
    size_t               len;

    (void) state;

    rtn_wire_out_init(&out, bytes, sizeof(bytes));
    rtn_wire_put_u32(&out, 1);
    rtn_wire_put_u8(&out, 1);
    assert_int_equal(out.pos, 0);
    assert_int_equal(rtn_wire_out_end(&out, &len), RTN_ERR_SPACE);

    rtn_wire_out_init(&out, bytes, sizeof(bytes));
    rtn_wire_put_str(&out, (struct rtn_str) { "", RTN_WIRE_STR_MAX + 1 });
    assert_int_equal(rtn_wire_out_end(&out, &len), RTN_ERR_LIMIT);

    rtn_wire_in_init(&in, sealed("\0\5abc", 5));
    assert_int_equal(rtn_wire_get_str(&in).len, 0);
    rtn_wire_get_bytes(&in, zeros, sizeof(zeros));
    assert_memory_equal(zeros, "\0\0\0\0", 4);
    assert_int_equal(rtn_wire_left(&in), 0);
    assert_int_equal(rtn_wire_in_end(&in), RTN_ERR_CORRUPT);
}


int
main(int argc, char **argv)
{
    const struct CMUnitTest  tests[] = {
        cmocka_unit_test(test_vector),
        cmocka_unit_test(test_in_place),
        cmocka_unit_test(test_empty),
        cmocka_unit_test(test_damage),
        cmocka_unit_test(test_wire),
        cmocka_unit_test(test_wire_latches)
    };

    random_init(argc, argv);
    cmocka_set_message_output(CM_OUTPUT_TAP);

    return cmocka_run_group_tests(tests, NULL, NULL);
}
