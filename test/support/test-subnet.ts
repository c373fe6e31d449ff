import { randomBytes } from 'node:crypto';

/** A subnet of 16 addresses. Other runs on the same engine use others, so it is chosen at random from 4096. */
export function testSubnet(): string {
  const [third = 0, fourth = 0] = randomBytes(2);
  return `198.19.${third}.${fourth & 0xf0}/28`;
}
