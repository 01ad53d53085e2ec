/**
 * Gives back captured money of orders on request: many parts, up to what was captured. What is asked for is written down and
 * counted by one transaction, then booked by payments, which is asked until it has done so.
 */
@NullMarked
package dev.holdfast.order.refund;

import org.jspecify.annotations.NullMarked;
