/**
 * Breaks a stack of its own in every way it knows, one after another under load, and checks after each few that nothing
 * is lost and nothing was done twice. {@link dev.holdfast.faults.Faults} runs it.
 */
@NullMarked
package dev.holdfast.faults;

import org.jspecify.annotations.NullMarked;
