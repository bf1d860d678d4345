/**
 * The directory of customers: identifiers found by blind index, enrolment and links, the session of
 * a customer, and the log entries about one.
 */
@NullMarked
package io.contextkeep.vault.customers;

import org.jspecify.annotations.NullMarked;
