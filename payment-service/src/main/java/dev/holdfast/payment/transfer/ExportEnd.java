package dev.holdfast.payment.transfer;

import io.quarkus.runtime.annotations.RegisterForReflection;
import org.jspecify.annotations.Nullable;

/**
 * The last line of an export.
 *
 * @param end always true: no transfer has it
 * @param transfers how many lines are before it
 * @param cursor where the next export goes on; null where there is nothing yet
 */
@RegisterForReflection
record ExportEnd(boolean end, long transfers, @Nullable String cursor) {}
