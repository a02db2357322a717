/**
 * Tells zod not to compile its checks: it would try `new Function`, which this page's security policy forbids and
 * reports. To be imported before any schema is made.
 */
import { config } from "zod";

config({ jitless: true });
