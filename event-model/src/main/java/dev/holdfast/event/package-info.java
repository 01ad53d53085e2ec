/**
 * What the services say to each other over the broker. The JSON on the wire is frozen by the samples of this module's
 * tests and described in {@code asyncapi.yaml}.
 */
@NullMarked
package dev.holdfast.event;

import org.jspecify.annotations.NullMarked;
