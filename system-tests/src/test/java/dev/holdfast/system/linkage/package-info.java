/** Whether the classes that the services are packaged with fit each other. */
@NullMarked
package dev.holdfast.system.linkage;

import org.jspecify.annotations.NullMarked;
