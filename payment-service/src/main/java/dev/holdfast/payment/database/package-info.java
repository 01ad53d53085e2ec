/** How this service talks to PostgreSQL: plain SQL, as each hot statement has to be seen to be judged. It knows no tables. */
@NullMarked
package dev.holdfast.payment.database;

import org.jspecify.annotations.NullMarked;
