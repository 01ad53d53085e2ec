/** What this machine's PostgreSQL takes at most: the rows of orders, without services, HTTP and broker. The benchmark holds its figures against it. */
@NullMarked
package dev.holdfast.bench.limit;

import org.jspecify.annotations.NullMarked;
