import { type Document, isAlias, isMap, isNode, isScalar, isSeq } from 'yaml';
import type { Problem } from './problems.ts';

/** Where in the text the problem is; what is not there has the place of what it should be in. */
export function placeInYaml(document: Document, { path, atKey = false }: Problem): number {
  const places = [offset(document.contents)];
  let here: unknown = document.contents;
  for (const part of path) {
    const [key, value] = step(isAlias(here) ? here.resolve(document) : here, part);
    if (value === undefined) break;
    places.push(offset(key), (atKey ? offset(key) : undefined) ?? offset(value));
    here = value;
  }
  return places.findLast((place) => place !== undefined) ?? 0;
}

function step(inside: unknown, part: string | number): readonly [key: unknown, value: unknown] {
  if (isSeq(inside)) return [undefined, inside.items[Number(part)]];
  if (!isMap(inside)) return [undefined, undefined];
  const pair = inside.items.find(({ key }) => isScalar(key) && String(key.value) === String(part));
  return [pair?.key, pair?.value];
}

function offset(node: unknown): number | undefined {
  return isNode(node) ? node.range?.[0] : undefined;
}
