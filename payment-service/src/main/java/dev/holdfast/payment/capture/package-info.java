/** Takes held money for good when order-service asks for it over the broker. Decisions are plain Java, their effects one set-based statement. */
@NullMarked
package dev.holdfast.payment.capture;

import org.jspecify.annotations.NullMarked;
