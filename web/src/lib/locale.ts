/** Numbers and dates follow the reader's browser; the words are English. */
export const locale = navigator.language;
