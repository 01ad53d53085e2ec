/**
 * What every answer forbids browsers and caches, and who may ask at the port for health and metrics. Every service has
 * it.
 */
@NullMarked
package dev.holdfast.headers;

import org.jspecify.annotations.NullMarked;
