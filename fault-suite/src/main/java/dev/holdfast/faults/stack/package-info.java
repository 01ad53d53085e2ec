/** PostgreSQL, RabbitMQ and the three packaged services as processes on free ports in a folder of their own. Each can be killed and started again. */
@NullMarked
package dev.holdfast.faults.stack;

import org.jspecify.annotations.NullMarked;
