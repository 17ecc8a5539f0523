// The width below which a screen is laid out for a phone; the style sheets say the same number.
export const NARROW = 'max-width: 40rem';
