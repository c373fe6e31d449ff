/** Regular expressions for this program and for the JSON schema, where flags would be lost. */

export const dnsLabel = '^[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?$';

const label = '[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?';

/**
 * At most the characters of a node's full name (see `longestNodeName`), minus those of `node99999.`.  The last label is
 * not a number.
 */
export const domain = `^(?=.{1,47}$)(?:${label}\\.)*(?!\\d+$)${label}$`;

/** Stricter than Ganeti, because group names are parts of RAPI URLs. */
export const groupName = '^[a-zA-Z0-9][a-zA-Z0-9._-]{0,62}$';

export const image = '^[a-zA-Z0-9][a-zA-Z0-9_.:/@-]*$';

/** A path on the client. */
export const path = '^[^\\0\\n]+$';

export const webAddress = '^https?://';

/** A number of bytes, with or without a unit. */
export const size = '^\\d+(?:\\.\\d+)?[bkmgtBKMGT]?(?:[iI]?[bB])?$';

export const time = '^\\d+[smhd]?$';

const byte = '(?:25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)';
const ipv4 = `${byte}(?:\\.${byte}){3}`;

export const ipv4Address = `^${ipv4}$`;

const network4 = `${ipv4}/(?:[89]|[12]\\d)`;

export const subnet = `^${network4}$`;

/** A name of a network device, and the network that it is for. */
export const bridge = `^[a-zA-Z][a-zA-Z0-9_.-]{0,14}(?:=${network4})?$`;

const port = '(?:[1-9]\\d{0,3}|[1-5]\\d{4}|6[0-4]\\d{3}|65[0-4]\\d{2}|655[0-2]\\d|6553[0-5])';

/** IPv4, or IPv6 in brackets. */
const address = `(?:${ipv4}|\\[[0-9a-fA-F:.]+\\])`;

/** `PORT`, `ADDRESS:PORT` or `[IPV6]:PORT`, where PORT can be `auto`. */
export const endpoint = `^(?:${address}:)?(?:auto|${port})$`;

/** A port of a node, or RAPI, and the address to publish it on. */
export const published = `^(?:${address}:)?(?:(?:auto|${port}):)?(?:rapi|[a-z][a-z0-9.-]*:${port})$`;

const endpointText = '[^\\s,]+';

/** An endpoint: `ssh://ops@alpha`, the name of a docker context. */
export const host = `^${endpointText}$`;

const hostKey = `(?:advertise=${ipv4}|port=${port}|(?:nodes|share)=(?:[1-9]\\d{0,2}|1000))`;

/** An endpoint, and options of the host. */
export const hostText = `^${endpointText}(?:,${hostKey})*$`;

/** The name of a Docker network. */
export const network = '^[a-zA-Z0-9][a-zA-Z0-9_.-]*$';
