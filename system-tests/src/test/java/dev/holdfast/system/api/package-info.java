/** The OpenAPI documents as they are served, held against what is answered, and requests generated from them. */
package dev.holdfast.system.api;
