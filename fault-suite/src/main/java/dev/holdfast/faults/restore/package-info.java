/**
 * The drill of backup and restore: both databases are lost and restored to different moments, and what that leaves is mended
 * as docs/restore.md says.
 */
@NullMarked
package dev.holdfast.faults.restore;

import org.jspecify.annotations.NullMarked;
