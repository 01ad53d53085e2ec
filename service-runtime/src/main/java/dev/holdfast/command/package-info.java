/** What a service's process is told on its command line: to serve, or to ask the one that serves how it is. */
@NullMarked
package dev.holdfast.command;

import org.jspecify.annotations.NullMarked;
