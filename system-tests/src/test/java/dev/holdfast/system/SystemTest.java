package dev.holdfast.system;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * A test against the whole system: its parameters may be the stack, which such tests share. After each test the
 * system must come to rest, and the invariants must hold.
 */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@ExtendWith(OnStack.class)
@interface SystemTest {
    /** Of order-service and payment-service each; tests that ask for as many share a stack. */
    int replicas() default 1;
}
