/**
 * How the services talk to PostgreSQL: plain SQL, as each hot statement has to be seen to be judged, and which of its
 * failures pass by themselves. It knows no tables.
 */
@NullMarked
package dev.holdfast.delivery.database;

import org.jspecify.annotations.NullMarked;
