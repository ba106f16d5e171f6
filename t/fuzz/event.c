#include "fuzz.h"

#include "rtn_event.h"

#define ID  (UINT64_C(1000) << 22)


/* A payload that is read is written the same way, but for fields of a later
   version, which are not kept. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct rtn_event  event, again;
    static uint8_t           record[RTN_EVENT_RECORD_MAX];

    size_t  len, len_again;

    if (rtn_event_decode(ID, fuzz_str(data, size), &event) != 0) {
        return 0;
    }

    assert(rtn_event_encode(&event, record, sizeof(record), &len) == 0);
    assert(rtn_event_decode(ID, fuzz_str(record, len), &again) == 0);
    assert(again.occurred_ms == event.occurred_ms
           && again.item_count == event.item_count);
    assert(rtn_event_encode(&again, record, sizeof(record), &len_again) == 0);
    assert(len == len_again);

    return 0;
}
