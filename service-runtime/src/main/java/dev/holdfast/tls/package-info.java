/** Certificates of the services, and whom they trust. */
@NullMarked
package dev.holdfast.tls;

import org.jspecify.annotations.NullMarked;
