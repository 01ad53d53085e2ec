package dev.holdfast.delivery;

import dev.holdfast.event.FailureReason;
import io.quarkus.runtime.annotations.RegisterForReflection;

/** What Jackson reaches by reflection when it reads and writes events; a native image keeps nothing else of it. */
@RegisterForReflection(targets = FailureReason.class, classNames = NativeReflection.WIRE)
final class NativeReflection {
    /** By name, since only the event model itself may use it. */
    static final String WIRE = "dev.holdfast.event.PaymentEventJson$Wire";

    private NativeReflection() {}
}
