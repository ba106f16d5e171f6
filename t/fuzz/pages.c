#include "fuzz.h"

#include "db/pages.h"


/* A file of any bytes: sound, or a sentence. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    int                    rc, has_names;
    struct db_pages_fault  fault;

    for (has_names = 0; has_names < 2; has_names++) {
        fault.sentence[0] = '\0';
        rc = db_pages_verify(data, size, has_names, &fault);

        assert(rc == 0 || rc == RTN_ERR_DAMAGED || rc == RTN_ERR_NEWER
               || rc == RTN_ERR_NOMEM);
        assert((rc == RTN_ERR_DAMAGED) == (fault.sentence[0] != '\0'));
    }

    return 0;
}
