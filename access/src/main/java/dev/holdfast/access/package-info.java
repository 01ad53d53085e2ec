/**
 * Who calls. Bearer tokens are verified here, for every service and the gateway alike, against keys that may change at any
 * time; what a caller may do is said by the rules of the endpoints.
 */
@NullMarked
package dev.holdfast.access;

import org.jspecify.annotations.NullMarked;
