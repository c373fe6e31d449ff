import { z } from 'zod';

/** Facts about a cluster, one per line, to compare two clusters. */
export type Facts = Readonly<Record<string, string>>;

const uuid = /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/g;
const digest = /(?:[0-9A-F]{2}:){19}[0-9A-F]{2}/g;
const named = z.record(z.string(), z.looseObject({ name: z.string() }));
const config = z.looseObject({ nodes: named, nodegroups: named });

/** A configuration, field by field. Nodes and groups appear by name, and random values are removed. */
export function configFacts(text: string): Facts {
  const facts = flatten('config', JSON.parse(withNames(text, text)));
  return Object.fromEntries(facts.map(([key, value]) => [key, struck(key, value)]));
}

/** Replaces ids of nodes and groups by their names, and all other ids by a word. */
export function withNames(text: string, configuration: string): string {
  const { nodes, nodegroups } = config.parse(JSON.parse(configuration));
  const names = new Map(Object.entries({ ...nodes, ...nodegroups }).map(([id, { name }]) => [id, name]));
  return text.replace(uuid, (id) => names.get(id) ?? 'UUID').replace(digest, 'DIGEST');
}

function struck(key: string, value: string): string {
  if (/\.[cm]time$/.test(key)) return value === '0' ? '0' : 'TIME';
  if (key.endsWith('.serial_no')) return 'SERIAL';
  return key.endsWith('.rsahostkeypub') ? 'KEY' : value;
}

function flatten(key: string, value: unknown): readonly (readonly [string, string])[] {
  if (Array.isArray(value) && value.every((item) => typeof item === 'string')) {
    return [[key, value.toSorted().join(' ')]];
  }
  if (typeof value !== 'object' || value === null) return [[key, JSON.stringify(value)]];
  const inner = Object.entries(value as Record<string, unknown>);
  if (inner.length === 0) return [[key, 'empty']];
  return inner.flatMap(([name, item]) => flatten(`${key}.${name}`, item));
}
