/** What native images need beyond what Quarkus does for them. The JVM never loads it. */
@NullMarked
package dev.holdfast.nativeimage;

import org.jspecify.annotations.NullMarked;
