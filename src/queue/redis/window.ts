/** Output of one job that may be under way between its worker and whoever follows it. */
export const WINDOW_BYTES = 256 * 1024

/** The follower tells the worker what it has taken in portions of so much; less than the window, so it never stalls. */
export const CREDIT_BYTES = WINDOW_BYTES / 4
