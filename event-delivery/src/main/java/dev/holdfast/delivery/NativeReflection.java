package dev.holdfast.delivery;

import dev.holdfast.event.FailureReason;
import io.quarkus.runtime.annotations.RegisterForReflection;
import org.postgresql.ssl.DefaultJavaSSLFactory;

/**
 * What Jackson reaches by reflection when it reads and writes events, and the driver of PostgreSQL by a name in its URL; a
 * native image keeps nothing else of it.
 */
@RegisterForReflection(
        targets = {FailureReason.class, DefaultJavaSSLFactory.class},
        classNames = NativeReflection.WIRE)
final class NativeReflection {
    /** By name, since only the event model itself may use it. */
    static final String WIRE = "dev.holdfast.event.PaymentEventJson$Wire";

    private NativeReflection() {}
}
