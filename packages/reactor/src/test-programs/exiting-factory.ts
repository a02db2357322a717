/** Ends its thread before it could listen. */
process.exit(3);
