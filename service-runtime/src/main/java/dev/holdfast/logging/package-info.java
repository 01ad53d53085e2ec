/**
 * Escapes what is foreign in log lines, whoever logs it: a line is one record, and nothing in it steers a terminal.
 * Every service has it.
 */
@NullMarked
package dev.holdfast.logging;

import org.jspecify.annotations.NullMarked;
