/** Bits of a number by which it is put in one of the piles of a pass. */
const DIGIT_BITS = 16;
const PILES = 1 << DIGIT_BITS;
const DIGITS = 64 / DIGIT_BITS;

/**
 * The places of numbers in ascending order; of equal ones the earlier place first. By piles of 16 bits, lowest first
 * (Knuth 1998, volume 3, section 5.2.5), which takes millions of numbers a fraction of the time of a comparison each.
 * Numbers that are not a number come last.
 *
 * @example ascendingOrder(new Float64Array([30, 10, 20])) // [1, 2, 0]
 */
export function ascendingOrder(values: Float64Array): Uint32Array {
  const count = values.length;
  if (count < PILES)
    return Uint32Array.from(values.keys()).sort((left, right) => compare(values[left]!, values[right]!));
  const digits = new Uint16Array(count * DIGITS);
  new Float64Array(digits.buffer).set(values);
  for (let index = 0; index < count; index += 1) {
    const last = index * DIGITS + DIGITS - 1;
    // In the order of unsigned numbers: of negative ones all bits turn, of the others the sign.
    if (values[index] === 0)
      digits[last] = 0x8000; // −0 is 0
    else if ((digits[last]! & 0x8000) === 0) digits[last]! |= 0x8000;
    else if (!Number.isNaN(values[index]))
      for (let digit = 0; digit < DIGITS; digit += 1) digits[index * DIGITS + digit]! ^= 0xffff;
  }
  let order: Uint32Array = Uint32Array.from({ length: count }, (_, index) => index);
  let next: Uint32Array = new Uint32Array(count);
  const ends = new Uint32Array(PILES);
  for (let digit = 0; digit < DIGITS; digit += 1) {
    ends.fill(0);
    for (let at = digit; at < digits.length; at += DIGITS) ends[digits[at]!]! += 1;
    let start = 0;
    for (let pile = 0; pile < PILES; pile += 1) {
      const size = ends[pile]!;
      ends[pile] = start;
      start += size;
    }
    for (let place = 0; place < count; place += 1) {
      const index = order[place]!;
      const pile = digits[index * DIGITS + digit]!;
      next[ends[pile]!] = index;
      ends[pile]! += 1;
    }
    [order, next] = [next, order];
  }
  return order;
}

const compare = (left: number, right: number) =>
  Number.isNaN(left) || Number.isNaN(right)
    ? Number(Number.isNaN(left)) - Number(Number.isNaN(right))
    : left - right;
