/**
 * Which replica of a service to ask, for every caller that is given a list of addresses. It neither opens connections nor
 * sends anything: its callers do, and say how it went.
 */
@NullMarked
package dev.holdfast.replica;

import org.jspecify.annotations.NullMarked;
